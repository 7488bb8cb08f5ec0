#include "ui/history-screen.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/history-export.h"
#include "ui/label.h"
#include "ui/metrics.h"
#include "ui/page-bar.h"
#include "ui/records.h"
#include "ui/run-list.h"
#include "ui/run-words.h"
#include "ui/save-place.h"

/* The verdicts that can be asked for, in the order of their buttons. */
static const StnVerdict verdicts[] = { STN_VERDICT_PASS, STN_VERDICT_FAIL, STN_VERDICT_ERROR, STN_VERDICT_UNKNOWN };

struct _StnHistoryScreen {
  GtkBox parent;
  StnPageBar *bar;
  GtkEntry *board, *lot, *site, *day;
  GtkGrid *verdict_grid;
  GtkWidget *verdicts[G_N_ELEMENTS (verdicts)];
  GtkWidget *find, *clear, *save;
  GtkLabel *note;
  GtkScrolledWindow *scroll;
  StnRunList *runs;
  StnRecords *records, *savers; /* a long list being written does not keep the next search waiting */
  StnHistoryQuestion *asked; /* what the rows answer; NULL */
  gboolean is_setting;
};

G_DEFINE_TYPE (StnHistoryScreen, stn_history_screen, GTK_TYPE_BOX)

static guint unit_chosen_signal;

/* ---- asking ---- */

static char *
text_of (GtkEntry *entry)
{
  char *text = g_strstrip (g_strdup (gtk_entry_get_text (entry)));
  if (*text == '\0')
    g_clear_pointer (&text, g_free);
  return text;
}

static StnHistoryQuestion *
question_of (StnHistoryScreen *self, gint64 after_row)
{
  StnHistoryQuestion *question = g_new0 (StnHistoryQuestion, 1);
  question->board = text_of (self->board);
  question->lot = text_of (self->lot);
  question->site = text_of (self->site);
  question->day = text_of (self->day);
  question->after_row = after_row;
  for (guint i = 0; i < G_N_ELEMENTS (verdicts); i++)
    if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->verdicts[i]))) {
      question->has_verdict = TRUE;
      question->verdict = verdicts[i];
    }
  return question;
}

static gpointer
work (StnQuery *query, gpointer question, GError **error)
{
  return stn_history_find (query, question, error);
}

static void
free_question (gpointer question)
{
  stn_history_question_free (question);
}

static void
free_answer (gpointer found)
{
  stn_history_answer_free (found);
}

static void
on_found (gpointer answer, const GError *error, gpointer data)
{
  StnHistoryScreen *self = data;
  stn_history_screen_show (self, self->asked, answer, error);
}

static void
ask (StnHistoryScreen *self, gint64 after_row)
{
  stn_records_drop (self->records);
  stn_history_question_free (self->asked);
  self->asked = question_of (self, after_row);
  if (after_row == 0)
    stn_label_set_or_hide (self->note, _ ("Looking…"));
  stn_records_ask (self->records, work, question_of (self, after_row), free_question, free_answer, on_found, self);
}

void
stn_history_screen_search (StnHistoryScreen *self)
{
  ask (self, 0);
}

void
stn_history_screen_scan (StnHistoryScreen *self, const char *text)
{
  gboolean is_lot = g_ascii_strncasecmp (text, "LOT:", 4) == 0;
  g_auto (GStrv) parts = is_lot ? g_strsplit (text + 4, ",", 2) : NULL;
  gtk_entry_set_text (self->lot, is_lot && parts[0] != NULL ? parts[0] : "");
  gtk_entry_set_text (self->board, is_lot ? "" : text);
  stn_history_screen_search (self);
}

/* ---- saving ---- */

typedef struct {
  StnHistoryQuestion *question;
  char *path;
} Export;

typedef struct {
  char *path;
  guint64 runs;
} Exported;

static void
export_free (gpointer data)
{
  Export *self = data;
  stn_history_question_free (self->question);
  g_free (self->path);
  g_free (self);
}

static void
exported_free (gpointer data)
{
  Exported *self = data;
  g_free (self->path);
  g_free (self);
}

static gpointer
work_export (StnQuery *query, gpointer data, GError **error)
{
  const Export *export = data;
  guint64 runs = 0;
  if (!stn_history_export (query, export->question, export->path, &runs, error))
    return NULL;
  Exported *exported = g_new0 (Exported, 1);
  exported->path = g_strdup (export->path);
  exported->runs = runs;
  return exported;
}

static void
on_exported (gpointer answer, const GError *error, gpointer data)
{
  StnHistoryScreen *self = data;
  const Exported *exported = answer;
  g_autofree char *text = NULL;
  if (exported != NULL) {
    int runs = (int) MIN (exported->runs, G_MAXINT);
    text = g_strdup_printf (ngettext ("%d run saved: %s", "%d runs saved: %s", (gulong) runs), runs, exported->path);
  } else {
    text = stn_records_error_text (error);
  }
  stn_label_set_or_hide (self->note, text);
}

static void
on_save (StnHistoryScreen *self)
{
  Export *export = g_new0 (Export, 1);
  export->question = question_of (self, 0);
  export->path = stn_save_place ("runs", export->question->lot, "csv");
  stn_label_set_or_hide (self->note, _ ("Saving…"));
  stn_records_ask (self->savers, work_export, export, export_free, exported_free, on_exported, self);
}

/* ---- showing ---- */

void
stn_history_screen_show (StnHistoryScreen *self, const StnHistoryQuestion *question, StnHistoryAnswer *answer,
                         const GError *error)
{
  if (question == NULL || question->after_row == 0)
    stn_run_list_clear (self->runs);
  if (answer != NULL)
    stn_run_list_add (self->runs, answer->runs, answer->has_more);
  guint length = stn_run_list_length (self->runs);
  g_autofree char *wrong = error != NULL ? stn_records_error_text (error) : NULL;
  if (error != NULL)
    stn_label_set_or_hide (self->note, wrong);
  else if (length == 0)
    stn_label_set_or_hide (self->note, _ ("Nothing found. Take a filter away, or look for another board."));
  else
    stn_label_set_or_hide (self->note, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->scroll), length > 0);
  gtk_widget_set_sensitive (self->save, length > 0);
}

static void
on_more (StnRunList *runs, StnHistoryScreen *self)
{
  ask (self, stn_run_list_last (runs));
}

static void
on_run (StnRunList *runs G_GNUC_UNUSED, const StnRunRow *row, StnHistoryScreen *self)
{
  const StnResult *result = row->result;
  const char *board = result == NULL ? NULL : result->serial != NULL ? result->serial : result->uid;
  g_signal_emit (self, unit_chosen_signal, 0, board != NULL ? board : "", row->row);
}

/* ---- the fields ---- */

static void
on_entry (GtkEntry *entry G_GNUC_UNUSED, StnHistoryScreen *self)
{
  stn_history_screen_search (self);
}

static void
on_verdict (GtkToggleButton *button, StnHistoryScreen *self)
{
  if (self->is_setting)
    return;
  self->is_setting = TRUE;
  for (guint i = 0; gtk_toggle_button_get_active (button) && i < G_N_ELEMENTS (verdicts); i++)
    if (self->verdicts[i] != GTK_WIDGET (button))
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->verdicts[i]), FALSE);
  self->is_setting = FALSE;
  stn_history_screen_search (self);
}

static void
on_clear (GtkButton *button G_GNUC_UNUSED, StnHistoryScreen *self)
{
  GtkEntry *const entries[] = { self->board, self->lot, self->site, self->day };
  self->is_setting = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    gtk_entry_set_text (entries[i], "");
  for (guint i = 0; i < G_N_ELEMENTS (verdicts); i++)
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->verdicts[i]), FALSE);
  self->is_setting = FALSE;
  stn_history_screen_search (self);
}

/* ---- life ---- */

void
stn_history_screen_set_journal (StnHistoryScreen *self, const char *journal)
{
  stn_records_set_journal (self->records, journal);
  stn_records_set_journal (self->savers, journal);
}

static void
stn_history_screen_finalize (GObject *object)
{
  StnHistoryScreen *self = STN_HISTORY_SCREEN (object);
  stn_records_free (self->records);
  stn_records_free (self->savers);
  stn_history_question_free (self->asked);
  G_OBJECT_CLASS (stn_history_screen_parent_class)->finalize (object);
}

static void
stn_history_screen_class_init (StnHistoryScreenClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->finalize = stn_history_screen_finalize;
  unit_chosen_signal = g_signal_new ("unit-chosen", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_INT64);
  g_type_ensure (STN_TYPE_PAGE_BAR);
  g_type_ensure (STN_TYPE_RUN_LIST);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/stationctl/Station/history-screen.ui");
  gtk_widget_class_bind_template_child (widget_class, StnHistoryScreen, bar);
  gtk_widget_class_bind_template_child (widget_class, StnHistoryScreen, board);
  gtk_widget_class_bind_template_child (widget_class, StnHistoryScreen, lot);
  gtk_widget_class_bind_template_child (widget_class, StnHistoryScreen, site);
  gtk_widget_class_bind_template_child (widget_class, StnHistoryScreen, day);
  gtk_widget_class_bind_template_child (widget_class, StnHistoryScreen, verdict_grid);
  gtk_widget_class_bind_template_child (widget_class, StnHistoryScreen, find);
  gtk_widget_class_bind_template_child (widget_class, StnHistoryScreen, clear);
  gtk_widget_class_bind_template_child (widget_class, StnHistoryScreen, save);
  gtk_widget_class_bind_template_child (widget_class, StnHistoryScreen, note);
  gtk_widget_class_bind_template_child (widget_class, StnHistoryScreen, scroll);
  gtk_widget_class_bind_template_child (widget_class, StnHistoryScreen, runs);
  gtk_widget_class_bind_template_callback (widget_class, on_entry);
  gtk_widget_class_bind_template_callback (widget_class, stn_history_screen_search);
  gtk_widget_class_bind_template_callback (widget_class, on_clear);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
  gtk_widget_class_bind_template_callback (widget_class, on_more);
  gtk_widget_class_bind_template_callback (widget_class, on_run);
  gtk_widget_class_set_css_name (widget_class, "historyscreen");
}

static void
stn_history_screen_init (StnHistoryScreen *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  stn_page_set_instruction (GTK_WIDGET (self), _ ("Find a board, or return to live"));
  self->records = stn_records_new (NULL);
  self->savers = stn_records_new (NULL);
  stn_page_bar_show (self->bar, _ ("All runs"), TRUE, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (verdicts); i++) {
    self->verdicts[i] = gtk_toggle_button_new_with_label (stn_verdict_word (verdicts[i]));
    gtk_widget_set_focus_on_click (self->verdicts[i], FALSE);
    stn_page_touch (self->verdicts[i], STN_TOUCH_MM);
    gtk_widget_set_hexpand (self->verdicts[i], TRUE);
    g_signal_connect (self->verdicts[i], "toggled", G_CALLBACK (on_verdict), self);
    gtk_grid_attach (self->verdict_grid, self->verdicts[i], (gint) i % 2, (gint) i / 2, 1, 1);
    gtk_widget_show (self->verdicts[i]);
  }
  stn_page_touch (self->find, 0);
  stn_page_touch (self->clear, 0);
  stn_page_touch (self->save, 0);
}

GtkWidget *
stn_history_screen_new (void)
{
  return g_object_new (STN_TYPE_HISTORY_SCREEN, NULL);
}
