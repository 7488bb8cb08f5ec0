#include "ui/report-screen.h"

#include <glib/gi18n.h>
#include <string.h>

#include "src/base/error.h"
#include "ui/label.h"
#include "ui/metrics.h"
#include "ui/page-bar.h"
#include "ui/records.h"
#include "ui/report-view.h"
#include "ui/rows.h"
#include "ui/save-place.h"

/* What a report can be asked; the names are those of its `needs` and `takes`. */
enum { FIELD_LOT, FIELD_UNIT, FIELD_FROM, FIELD_TO, FIELD_SITE, FIELD_OPERATOR, FIELD_JOB, FIELD_COUNT };
static const struct {
  const char *name, *title, *placeholder;
} fields[FIELD_COUNT] = {
  [FIELD_LOT] = { "lot", N_ ("Lot"), N_ ("Any") },
  [FIELD_UNIT] = { "unit", N_ ("Board"), N_ ("Serial or UID") },
  [FIELD_FROM] = { "from", N_ ("From day"), N_ ("YYYY-MM-DD") },
  [FIELD_TO] = { "to", N_ ("To day"), N_ ("YYYY-MM-DD") },
  [FIELD_SITE] = { "site", N_ ("Site"), N_ ("Any") },
  [FIELD_OPERATOR] = { "operator", N_ ("Operator"), N_ ("Any") },
  [FIELD_JOB] = { "job", N_ ("Job"), N_ ("Any") },
};

static const struct {
  const char *name, *title;
} keys[] = {
  { "day", N_ ("by day") },           { "site", N_ ("by site") }, { "firmware", N_ ("by firmware") },
  { "operator", N_ ("by operator") }, { "lot", N_ ("by lot") },   { "job", N_ ("by job") },
};

struct _StnReportScreen {
  GtkBox parent;
  StnPageBar *bar;
  StnRows *kinds;
  GtkBox *parameters;
  GtkWidget *labels[FIELD_COUNT], *entries[FIELD_COUNT];
  GtkComboBoxText *by, *paper;
  GtkWidget *make, *save_pdf, *save_csv;
  GtkLabel *note;
  GtkScrolledWindow *scroll;
  StnReportView *view;
  StnRecords *records;
  const StnReportKind *kind;
};

G_DEFINE_TYPE (StnReportScreen, stn_report_screen, GTK_TYPE_BOX)

/* ---- asking ---- */

typedef struct {
  const StnReportKind *kind;
  char *texts[FIELD_COUNT], *by; /* NULL: any */
  char *journal;
  char *path; /* where it is written; NULL: nowhere */
  StnReportFormat format;
  StnPaper paper;
} Question;

typedef struct {
  StnReport *report; /* NULL: it was written */
  char *path;
} Answer;

static void
question_free (gpointer data)
{
  Question *self = data;
  for (guint i = 0; i < FIELD_COUNT; i++)
    g_free (self->texts[i]);
  g_free (self->by);
  g_free (self->journal);
  g_free (self->path);
  g_free (self);
}

static void
answer_free (gpointer data)
{
  Answer *self = data;
  stn_report_free (self->report);
  g_free (self->path);
  g_free (self);
}

static gboolean
write_file (const Question *question, const StnReport *report, GError **error)
{
  g_autoptr (GBytes) bytes = stn_report_to_bytes (report, question->format, question->paper, error);
  gsize length;
  g_autoptr (GError) cause = NULL;

  if (bytes == NULL)
    return FALSE;
  const char *data = g_bytes_get_data (bytes, &length);
  if (g_file_set_contents_full (question->path, data, (gssize) length, G_FILE_SET_CONTENTS_CONSISTENT, 0644, &cause))
    return TRUE;
  stn_error_set (error, STN_FAILURE_BAD_FILE, "%s", cause->message);
  return FALSE;
}

static gpointer
make_report (StnQuery *query, gpointer data, GError **error)
{
  const Question *question = data;
  const StnReportQuery wanted = { .lot = question->texts[FIELD_LOT],
                                  .unit = question->texts[FIELD_UNIT],
                                  .from_day = question->texts[FIELD_FROM],
                                  .to_day = question->texts[FIELD_TO],
                                  .site = question->texts[FIELD_SITE],
                                  .operator_id = question->texts[FIELD_OPERATOR],
                                  .job_name = question->texts[FIELD_JOB],
                                  .by = question->by,
                                  .is_translated = question->path == NULL || question->format == STN_REPORT_PDF };
  g_autoptr (StnReport) report
      = stn_report_new (question->kind, query, question->journal, &wanted, g_get_real_time (), error);
  if (report == NULL || (question->path != NULL && !write_file (question, report, error)))
    return NULL;
  Answer *answer = g_new0 (Answer, 1);
  answer->path = g_strdup (question->path);
  if (question->path == NULL)
    answer->report = g_steal_pointer (&report);
  return answer;
}

static void
on_answer (gpointer data, const GError *error, gpointer screen)
{
  StnReportScreen *self = screen;
  Answer *answer = data;
  if (answer != NULL && answer->path != NULL) {
    g_autofree char *text = g_strdup_printf (_ ("Saved: %s"), answer->path);
    stn_label_set_or_hide (self->note, text);
  } else if (answer == NULL && stn_report_view_pages (self->view) > 0) {
    /* the pages are still what they were */
    g_autofree char *wrong = stn_records_error_text (error);
    stn_label_set_or_hide (self->note, wrong);
  } else {
    stn_report_screen_show (self, answer != NULL ? g_steal_pointer (&answer->report) : NULL, error);
  }
}

static gboolean
is_asked (const StnReportKind *kind, guint field)
{
  g_auto (GStrv) takes = g_strsplit (kind->takes, " ", -1);
  return g_strcmp0 (kind->needs, fields[field].name) == 0 || g_strv_contains ((const char *const *) takes, fields[field].name);
}

static char *
text_of (StnReportScreen *self, guint field)
{
  char *text = g_strstrip (g_strdup (gtk_entry_get_text (GTK_ENTRY (self->entries[field]))));
  if (*text == '\0' || !is_asked (self->kind, field))
    g_clear_pointer (&text, g_free);
  return text;
}

/* FALSE, and it is said, while something that the report needs is not there. */
static gboolean
has_what_it_needs (StnReportScreen *self)
{
  for (guint i = 0; i < FIELD_COUNT; i++) {
    g_autofree char *text = text_of (self, i);
    if (text == NULL && g_strcmp0 (self->kind->needs, fields[i].name) == 0) {
      stn_report_screen_show (self, NULL, NULL);
      stn_label_set_or_hide (self->note, i == FIELD_LOT ? _ ("Scan or type the lot first.")
                                                        : _ ("Scan the board, or type its serial, first."));
      return FALSE;
    }
  }
  return TRUE;
}

static Question *
question_of (StnReportScreen *self)
{
  Question *question = g_new0 (Question, 1);
  const char *journal = stn_records_journal (self->records);
  question->kind = self->kind;
  for (guint i = 0; i < FIELD_COUNT; i++)
    question->texts[i] = text_of (self, i);
  if (self->kind->by != NULL)
    question->by = g_strdup (gtk_combo_box_get_active_id (GTK_COMBO_BOX (self->by)));
  question->journal = journal != NULL ? g_path_get_basename (journal) : g_strdup ("");
  return question;
}

static void
ask (StnReportScreen *self, Question *question)
{
  stn_records_drop (self->records);
  stn_label_set_or_hide (self->note, _ ("Looking…"));
  stn_records_ask (self->records, make_report, question, question_free, answer_free, on_answer, self);
}

static void
on_make (StnReportScreen *self)
{
  if (has_what_it_needs (self)) {
    stn_report_view_show (self->view, NULL);
    ask (self, question_of (self));
  }
}

static void
save (StnReportScreen *self, StnReportFormat format, const char *ending)
{
  if (!has_what_it_needs (self))
    return;
  Question *question = question_of (self);
  const char *about = question->texts[FIELD_LOT] != NULL ? question->texts[FIELD_LOT] : question->texts[FIELD_UNIT];
  question->path = stn_save_place (self->kind->name, about, ending);
  question->format = format;
  question->paper = gtk_combo_box_get_active (GTK_COMBO_BOX (self->paper)) == 1 ? STN_PAPER_LETTER : STN_PAPER_A4;
  ask (self, question);
}

static void
on_save_pdf (StnReportScreen *self)
{
  save (self, STN_REPORT_PDF, "pdf");
}

static void
on_save_csv (StnReportScreen *self)
{
  save (self, STN_REPORT_CSV, "csv");
}

/* ---- showing ---- */

void
stn_report_screen_show (StnReportScreen *self, StnReport *report, const GError *error)
{
  gboolean is_there = report != NULL;
  stn_report_view_show (self->view, report);
  g_autofree char *wrong = error != NULL ? stn_records_error_text (error) : NULL;
  stn_label_set_or_hide (self->note, wrong);
  gtk_widget_set_sensitive (self->save_pdf, is_there);
  gtk_widget_set_sensitive (self->save_csv, is_there);
  gtk_widget_set_visible (GTK_WIDGET (self->scroll), is_there);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroll), 0);
  if (is_there && report->is_empty)
    stn_label_set_or_hide (self->note, _ ("Nothing in the journal fits. Take a filter away."));
}

static void
row_free (gpointer row)
{
  stn_model_row_free (row);
}

static void
show_kinds (StnReportScreen *self)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (row_free);
  guint count;
  const StnReportKind *all = stn_report_kinds (&count);
  for (guint i = 0; i < count; i++) {
    StnModelRow *row = stn_model_add_row (rows, _ (all[i].title), NULL, NULL);
    row->key = g_strdup (all[i].name);
    row->is_selected = self->kind == &all[i];
  }
  stn_rows_show (self->kinds, rows);
}

static void
show_keys (StnReportScreen *self)
{
  g_auto (GStrv) names = g_strsplit (self->kind->by != NULL ? self->kind->by : "", " ", -1);
  gtk_combo_box_text_remove_all (self->by);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (g_strv_contains ((const char *const *) names, keys[i].name))
      gtk_combo_box_text_append (self->by, keys[i].name, _ (keys[i].title));
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (self->by), names[0]);
  gtk_widget_set_visible (GTK_WIDGET (self->by), self->kind->by != NULL);
}

static void
choose (StnReportScreen *self, const StnReportKind *kind)
{
  self->kind = kind;
  show_kinds (self);
  show_keys (self);
  for (guint i = 0; i < FIELD_COUNT; i++) {
    gtk_widget_set_visible (self->labels[i], is_asked (kind, i));
    gtk_widget_set_visible (self->entries[i], is_asked (kind, i));
  }
  stn_page_bar_show (self->bar, _ (kind->title), TRUE, FALSE);
  stn_records_drop (self->records);
  stn_report_screen_show (self, NULL, NULL);
  const char *hint = _ ("Press “Show the report”.");
  if (kind->needs != NULL)
    hint = g_str_equal (kind->needs, "lot") ? _ ("Scan the lot, or type it and press “Show the report”.")
                                            : _ ("Scan the board, or type its serial and press “Show the report”.");
  stn_label_set_or_hide (self->note, hint);
}

void
stn_report_screen_choose (StnReportScreen *self, const char *name)
{
  const StnReportKind *kind = stn_report_kind_find (name);
  if (kind != NULL)
    choose (self, kind);
}

static void
on_kind (StnRows *rows G_GNUC_UNUSED, const char *name, StnReportScreen *self)
{
  stn_report_screen_choose (self, name);
  if (self->kind->needs == NULL)
    on_make (self);
  else
    gtk_widget_child_focus (GTK_WIDGET (self->parameters), GTK_DIR_TAB_FORWARD);
}

void
stn_report_screen_scan (StnReportScreen *self, const char *text)
{
  gboolean is_lot = g_ascii_strncasecmp (text, "LOT:", 4) == 0;
  g_auto (GStrv) parts = is_lot ? g_strsplit (text + 4, ",", 2) : NULL;
  if (is_lot && !is_asked (self->kind, FIELD_LOT))
    stn_report_screen_choose (self, "lot");
  if (!is_lot && !is_asked (self->kind, FIELD_UNIT))
    stn_report_screen_choose (self, "unit");
  gtk_entry_set_text (GTK_ENTRY (self->entries[is_lot ? FIELD_LOT : FIELD_UNIT]), is_lot ? parts[0] : text);
  on_make (self);
}

/* ---- paper ---- */

static guint paper_chosen_signal;

StnPaper
stn_paper_usual (void)
{
  /* GTK knows what is usual where the locale is of */
  return g_strcmp0 (gtk_paper_size_get_default (), GTK_PAPER_NAME_LETTER) == 0 ? STN_PAPER_LETTER : STN_PAPER_A4;
}

void
stn_report_screen_set_paper (StnReportScreen *self, StnPaper paper)
{
  gtk_combo_box_set_active (GTK_COMBO_BOX (self->paper), paper == STN_PAPER_LETTER ? 1 : 0);
}

static void
on_paper (StnReportScreen *self)
{
  g_signal_emit (self, paper_chosen_signal, 0, gtk_combo_box_get_active_id (GTK_COMBO_BOX (self->paper)));
}

/* ---- life ---- */

void
stn_report_screen_set_journal (StnReportScreen *self, const char *journal)
{
  stn_records_set_journal (self->records, journal);
}

static void
stn_report_screen_finalize (GObject *object)
{
  stn_records_free (STN_REPORT_SCREEN (object)->records);
  G_OBJECT_CLASS (stn_report_screen_parent_class)->finalize (object);
}

static void
stn_report_screen_class_init (StnReportScreenClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->finalize = stn_report_screen_finalize;
  paper_chosen_signal = g_signal_new ("paper-chosen", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                      G_TYPE_NONE, 1, G_TYPE_STRING);
  g_type_ensure (STN_TYPE_PAGE_BAR);
  g_type_ensure (STN_TYPE_ROWS);
  g_type_ensure (STN_TYPE_REPORT_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/stationctl/Station/report-screen.ui");
  gtk_widget_class_bind_template_child (widget_class, StnReportScreen, bar);
  gtk_widget_class_bind_template_child (widget_class, StnReportScreen, kinds);
  gtk_widget_class_bind_template_child (widget_class, StnReportScreen, parameters);
  gtk_widget_class_bind_template_child (widget_class, StnReportScreen, by);
  gtk_widget_class_bind_template_child (widget_class, StnReportScreen, paper);
  gtk_widget_class_bind_template_child (widget_class, StnReportScreen, make);
  gtk_widget_class_bind_template_child (widget_class, StnReportScreen, save_pdf);
  gtk_widget_class_bind_template_child (widget_class, StnReportScreen, save_csv);
  gtk_widget_class_bind_template_child (widget_class, StnReportScreen, note);
  gtk_widget_class_bind_template_child (widget_class, StnReportScreen, scroll);
  gtk_widget_class_bind_template_child (widget_class, StnReportScreen, view);
  gtk_widget_class_bind_template_callback (widget_class, on_kind);
  gtk_widget_class_bind_template_callback (widget_class, on_make);
  gtk_widget_class_bind_template_callback (widget_class, on_save_pdf);
  gtk_widget_class_bind_template_callback (widget_class, on_save_csv);
  gtk_widget_class_set_css_name (widget_class, "reportscreen");
}

static void
add_field (StnReportScreen *self, guint field)
{
  GtkWidget *label = self->labels[field] = gtk_label_new (_ (fields[field].title));
  GtkWidget *entry = self->entries[field] = gtk_entry_new ();
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_style_context_add_class (gtk_widget_get_style_context (label), "caption");
  gtk_entry_set_width_chars (GTK_ENTRY (entry), 8);
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), _ (fields[field].placeholder));
  atk_object_set_name (gtk_widget_get_accessible (entry), _ (fields[field].title));
  g_signal_connect_swapped (entry, "activate", G_CALLBACK (on_make), self);
  gtk_box_pack_start (self->parameters, label, FALSE, FALSE, 0);
  gtk_box_pack_start (self->parameters, entry, FALSE, FALSE, 0);
}

static void
stn_report_screen_init (StnReportScreen *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  stn_page_set_instruction (GTK_WIDGET (self), _ ("Choose a report, or return to live"));
  self->records = stn_records_new (NULL);
  for (guint i = 0; i < FIELD_COUNT; i++)
    add_field (self, i);
  gtk_combo_box_text_append (self->paper, "a4", _ ("PDF on A4"));
  gtk_combo_box_text_append (self->paper, "letter", _ ("PDF on Letter"));
  stn_report_screen_set_paper (self, stn_paper_usual ());
  g_signal_connect_swapped (self->paper, "changed", G_CALLBACK (on_paper), self);
  GtkWidget *const buttons[] = { self->make, self->save_pdf, self->save_csv, GTK_WIDGET (self->by), GTK_WIDGET (self->paper) };
  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++)
    stn_page_touch (buttons[i], 0);
  choose (self, &stn_report_kinds (&(guint){ 0 })[0]);
}

GtkWidget *
stn_report_screen_new (void)
{
  return g_object_new (STN_TYPE_REPORT_SCREEN, NULL);
}
