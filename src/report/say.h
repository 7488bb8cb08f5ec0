/* What a report says in words, in the language of whoever reads it: through gettext, the domain that the window uses too.
 *
 * Whether a report is translated is a property of the report (StnReportQuery.is_translated): csv and json never are. While
 * one is made or drawn its thread is set to it, so that texts and numbers deep inside need not be told. Marks for
 * xgettext: SAY translates at once, N_ only marks what stands in a const table. Private to src/report. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define N_(text) (text)
#define SAY(text) stn_say (text)

/* Sets this thread's texts and returns how they were, to be set again afterwards. */
gboolean stn_say_set (gboolean is_translated);
/* The text in the reader's language; itself where it has none, or where this thread does not translate. Borrowed. */
const char *stn_say (const char *english) G_GNUC_FORMAT (1);
/* With the reader's decimal sign; never by the process's locale. Free with g_free. */
char *stn_say_number (guint decimals, double value);
/* A word of a const table ("pass", "erase"): translated where it is one that people are shown. Borrowed. */
const char *stn_say_word (const char *word);

G_END_DECLS
