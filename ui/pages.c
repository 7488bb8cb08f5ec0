#include "ui/pages.h"

#include <string.h>

#include "ui/history-screen.h"
#include "ui/report-screen.h"
#include "ui/unit-screen.h"
#include "ui/wiring-screen.h"

struct StnPages {
  StnWindow *window;
  StnHistoryScreen *history;
  StnUnitScreen *unit;
  StnReportScreen *reports;
  StnWiringScreen *wiring;
  const char *front, *before; /* names of pages; NULL: the run's own screens */
};

/* Shows a page, and the keys go to it. */
static void
show (StnPages *self, const char *name, GtkWidget *page)
{
  if (g_strcmp0 (self->front, "wiring") == 0 && g_strcmp0 (name, "wiring") != 0)
    stn_wiring_screen_close (self->wiring);
  self->before = self->front;
  self->front = name;
  stn_window_set_page (self->window, name);
  if (page != NULL)
    gtk_widget_child_focus (page, GTK_DIR_TAB_FORWARD);
  else
    gtk_window_set_focus (GTK_WINDOW (self->window), NULL);
}

static void
on_history (GSimpleAction *action G_GNUC_UNUSED, GVariant *parameter G_GNUC_UNUSED, gpointer data)
{
  StnPages *self = data;
  show (self, "history", GTK_WIDGET (self->history));
  stn_history_screen_search (self->history);
}

static void
on_reports (GSimpleAction *action G_GNUC_UNUSED, GVariant *parameter G_GNUC_UNUSED, gpointer data)
{
  StnPages *self = data;
  show (self, "reports", GTK_WIDGET (self->reports));
}

static void
on_check_wiring (GSimpleAction *action G_GNUC_UNUSED, GVariant *parameter G_GNUC_UNUSED, gpointer data)
{
  StnPages *self = data;
  show (self, "wiring", GTK_WIDGET (self->wiring));
  stn_wiring_screen_open (self->wiring);
}

static void
on_live (GSimpleAction *action G_GNUC_UNUSED, GVariant *parameter G_GNUC_UNUSED, gpointer data)
{
  show (data, NULL, NULL);
}

static void
on_page_before (GSimpleAction *action G_GNUC_UNUSED, GVariant *parameter G_GNUC_UNUSED, gpointer data)
{
  StnPages *self = data;
  /* the rows are there still, where they were left */
  if (g_strcmp0 (self->front, "unit") == 0 && g_strcmp0 (self->before, "history") == 0)
    show (self, "history", GTK_WIDGET (self->history));
  else
    show (self, NULL, NULL);
}

static const GActionEntry actions[] = {
  { "history", on_history, NULL, NULL, NULL, { 0 } },
  { "reports", on_reports, NULL, NULL, NULL, { 0 } },
  { "check-wiring", on_check_wiring, NULL, NULL, NULL, { 0 } },
  { "live", on_live, NULL, NULL, NULL, { 0 } },
  { "page-before", on_page_before, NULL, NULL, NULL, { 0 } },
};

static void
on_unit_chosen (StnHistoryScreen *history G_GNUC_UNUSED, const char *board, gint64 row, StnPages *self)
{
  show (self, "unit", GTK_WIDGET (self->unit));
  stn_unit_screen_open (self->unit, board, row);
}

/* ---- what a page takes before the session does ---- */

static gboolean
take_scan (StnPages *self, const char *text)
{
  /* who, what and where is the session's: a badge, a command, a job, a site */
  static const char *const others[] = { "OP:", "CMD:", "JOB:", "SITE:", "BIN:", "FIX:" };
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (g_ascii_strncasecmp (text, others[i], strlen (others[i])) == 0)
      return FALSE;
  if (g_str_equal (self->front, "wiring"))
    return FALSE;
  if (g_str_equal (self->front, "reports")) {
    stn_report_screen_scan (self->reports, text);
    return TRUE;
  }
  if (!g_str_equal (self->front, "history"))
    show (self, "history", GTK_WIDGET (self->history));
  stn_history_screen_scan (self->history, text);
  return TRUE;
}

static gboolean
take_space (StnPages *self)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self->window));
  if (focus != NULL)
    gtk_widget_activate (focus);
  return TRUE;
}

static gboolean
take (StnPages *self, const char *name, const char *argument)
{
  if (g_str_equal (name, "scan"))
    return take_scan (self, argument);
  if (g_str_equal (name, "start") || (g_str_equal (name, "refused") && g_str_equal (argument, "start")))
    return take_space (self);
  if (g_str_equal (name, "close-side")) {
    on_page_before (NULL, NULL, self);
    return TRUE;
  }
  return g_str_equal (name, "retry") || g_str_equal (name, "undo-scan") || g_str_equal (name, "refused");
}

static void
on_request (StnWindow *window, const char *name, const char *argument, StnPages *self)
{
  if (self->front != NULL && take (self, name, argument))
    g_signal_stop_emission_by_name (window, "request");
}

/* ---- life ---- */

static void
pages_free (gpointer pages)
{
  g_free (pages);
}

StnPages *
stn_pages_attach (StnWindow *window)
{
  StnPages *self = g_new0 (StnPages, 1);
  self->window = window;
  self->history = STN_HISTORY_SCREEN (stn_history_screen_new ());
  self->unit = STN_UNIT_SCREEN (stn_unit_screen_new ());
  self->reports = STN_REPORT_SCREEN (stn_report_screen_new ());
  self->wiring = STN_WIRING_SCREEN (stn_wiring_screen_new ());
  stn_window_add_page (window, GTK_WIDGET (self->history), "history");
  stn_window_add_page (window, GTK_WIDGET (self->unit), "unit");
  stn_window_add_page (window, GTK_WIDGET (self->reports), "reports");
  stn_window_add_page (window, GTK_WIDGET (self->wiring), "wiring");
  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions), self);
  g_signal_connect (self->history, "unit-chosen", G_CALLBACK (on_unit_chosen), self);
  g_signal_connect (window, "request", G_CALLBACK (on_request), self);
  g_object_set_data_full (G_OBJECT (window), "stn-pages", self, pages_free);
  return self;
}

StnPages *
stn_pages_of (StnWindow *window)
{
  return g_object_get_data (G_OBJECT (window), "stn-pages");
}

void
stn_pages_set_journal (StnPages *self, const char *journal)
{
  stn_history_screen_set_journal (self->history, journal);
  stn_unit_screen_set_journal (self->unit, journal);
  stn_report_screen_set_journal (self->reports, journal);
}

void
stn_pages_set_paper (StnPages *self, const char *paper)
{
  stn_report_screen_set_paper (self->reports, g_strcmp0 (paper, "letter") == 0 ? STN_PAPER_LETTER
                                              : g_strcmp0 (paper, "a4") == 0   ? STN_PAPER_A4
                                                                               : stn_paper_usual ());
}

GtkWidget *
stn_pages_reports (StnPages *self)
{
  return GTK_WIDGET (self->reports);
}

void
stn_pages_set_session (StnPages *self, StnSession *session)
{
  stn_wiring_screen_set_session (self->wiring, session);
}

void
stn_pages_set_running (StnPages *self, gboolean is_running)
{
  stn_wiring_screen_set_running (self->wiring, is_running);
}

const char *
stn_pages_front (StnPages *self)
{
  return self->front;
}
