/* S9: the reports. What there is, what each can be asked, its pages as they will be printed, and two buttons that write
 * them to a file. Pages are drawn by the code that makes the PDF. */
#pragma once

#include <gtk/gtk.h>

#include "src/report/report.h"

G_BEGIN_DECLS

#define STN_TYPE_REPORT_SCREEN (stn_report_screen_get_type ())
G_DECLARE_FINAL_TYPE (StnReportScreen, stn_report_screen, STN, REPORT_SCREEN, GtkBox)

GtkWidget *stn_report_screen_new (void);
void stn_report_screen_set_journal (StnReportScreen *self, const char *journal);
/* Which report, by its name. */
void stn_report_screen_choose (StnReportScreen *self, const char *name);
/* A code that was scanned: "LOT:…" is the lot, all else the board of the report that asks for one. */
void stn_report_screen_scan (StnReportScreen *self, const char *text);
/* The paper that PDFs are made for; "paper-chosen" ("a4" or "letter") is emitted when somebody chooses another. */
void stn_report_screen_set_paper (StnReportScreen *self, StnPaper paper);
/* The usual one where this machine's locale is of. */
StnPaper stn_paper_usual (void);
/* Shows a report's pages; takes it. NULL: what went wrong, or nothing yet. */
void stn_report_screen_show (StnReportScreen *self, StnReport *report, const GError *error);

G_END_DECLS
