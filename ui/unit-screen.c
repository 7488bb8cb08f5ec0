#include "ui/unit-screen.h"

#include <glib/gi18n.h>

#include "ui/label.h"
#include "ui/page-bar.h"
#include "ui/records.h"
#include "ui/rows.h"
#include "ui/run-card.h"
#include "ui/run-words.h"

#define CARDS_MOST 100 /* of a board that was run again and again; the newest are shown */

struct _StnUnitScreen {
  GtkBox parent;
  StnPageBar *bar;
  StnRows *facts, *serials;
  GtkLabel *note, *serials_title;
  GtkBox *runs;
  GtkWidget *facts_column;
  StnRecords *records;
  char *board;
};

G_DEFINE_TYPE (StnUnitScreen, stn_unit_screen, GTK_TYPE_BOX)

static const struct {
  const char *state, *words;
} serial_states[] = {
  { "free", N_ ("Free again: never on a board") },
  { "leased", N_ ("Given to a run") },
  { "exposed", N_ ("Being written: may be on a board") },
  { "used", N_ ("On a board that passed") },
  { "void", N_ ("Void: never used again") },
};

static const char *
serial_words (const char *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (serial_states); i++)
    if (g_strcmp0 (serial_states[i].state, state) == 0)
      return _ (serial_states[i].words);
  return state;
}

/* ---- asking ---- */

typedef struct {
  char *board;
  gint64 row;
} Question;

static void
question_free (gpointer data)
{
  Question *self = data;
  g_free (self->board);
  g_free (self);
}

void
stn_unit_life_free (StnUnitLife *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->runs, g_ptr_array_unref);
  g_clear_pointer (&self->changes, g_ptr_array_unref);
  g_free (self);
}

static void
life_free (gpointer life)
{
  stn_unit_life_free (life);
}

static gpointer
read_life (StnQuery *query, gpointer data, GError **error)
{
  const Question *question = data;
  StnUnitLife *life = g_new0 (StnUnitLife, 1);
  if (*question->board != '\0') {
    life->runs = stn_query_unit (query, question->board, error);
    life->changes = life->runs != NULL ? stn_query_serial_changes (query, question->board, error) : NULL;
  } else {
    const StnRunFilter filter = { .after_row = question->row - 1, .limit = 1, .with_steps = TRUE };
    life->runs = stn_query_runs (query, &filter, error);
    life->changes = life->runs != NULL ? g_ptr_array_new () : NULL;
  }
  if (life->changes == NULL)
    g_clear_pointer (&life, stn_unit_life_free);
  return life;
}

static void
on_life (gpointer life, const GError *error, gpointer data)
{
  StnUnitScreen *self = data;
  stn_unit_screen_show (self, self->board, life, error);
}

static void
clear (StnUnitScreen *self)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (GList) children = gtk_container_get_children (GTK_CONTAINER (self->runs));
  for (GList *child = children; child != NULL; child = child->next)
    gtk_widget_destroy (child->data);
  stn_rows_show (self->facts, none);
  stn_rows_show (self->serials, none);
}

void
stn_unit_screen_open (StnUnitScreen *self, const char *board, gint64 row)
{
  Question *question = g_new0 (Question, 1);
  question->board = g_strdup (board);
  question->row = row;
  g_free (self->board);
  self->board = g_strdup (board);
  clear (self);
  stn_page_bar_show (self->bar, *board != '\0' ? board : _ ("A run"), TRUE, TRUE);
  stn_label_set_or_hide (self->note, _ ("Looking…"));
  stn_records_drop (self->records);
  stn_records_ask (self->records, read_life, question, question_free, life_free, on_life, self);
}

/* ---- showing ---- */

static void
row_free (gpointer row)
{
  stn_model_row_free (row);
}

static void
add_chip (GPtrArray *rows, const StnUnitLife *life)
{
  const StnResult *known = NULL;
  const StnRun *run = NULL;
  for (guint i = 0; i < life->runs->len; i++) {
    const StnRunRow *row = g_ptr_array_index (life->runs, i);
    if (row->result != NULL && row->result->uid != NULL) {
      known = row->result;
      run = row->run;
    }
  }
  if (known == NULL)
    return;
  g_autofree char *kib = known->flash_bytes > 0 ? g_strdup_printf (_ ("%d KiB of flash"), (int) (known->flash_bytes / 1024)) : NULL;
  stn_model_add_row (rows, _ ("Chip"), run->target, kib);
  stn_model_add_row (rows, _ ("UID"), NULL, known->uid);
}

static void
show_facts (StnUnitScreen *self, const StnUnitLife *life)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (row_free);
  const StnRunRow *first = g_ptr_array_index (life->runs, 0);
  const StnRunRow *last = g_ptr_array_index (life->runs, life->runs->len - 1);
  StnVerdict verdict = stn_run_verdict (last);
  g_autofree char *count = g_strdup_printf ("%u", life->runs->len);
  g_autofree char *from = stn_moment_text (first->run->started_utc_us);
  g_autofree char *to = stn_moment_text (last->run->started_utc_us);
  StnModelRow *now = stn_model_add_row (rows, _ ("Now"), stn_verdict_word (verdict), NULL);
  now->is_warning = verdict != STN_VERDICT_PASS;
  stn_model_add_row (rows, _ ("Runs"), count, NULL);
  stn_model_add_row (rows, _ ("First"), NULL, from);
  stn_model_add_row (rows, _ ("Last"), NULL, to);
  add_chip (rows, life);
  stn_rows_show (self->facts, rows);
}

static void
show_serials (StnUnitScreen *self, const StnUnitLife *life)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (row_free);
  for (guint i = 0; i < life->changes->len; i++) {
    const StnSerialChange *change = g_ptr_array_index (life->changes, i);
    g_autofree char *moment = stn_moment_text (change->utc_us);
    g_autofree char *remark = g_strdup_printf ("%s · %s", moment, change->serial);
    gboolean is_named = g_strcmp0 (change->serial, self->board) == 0;
    stn_model_add_row (rows, serial_words (change->state), NULL, is_named ? moment : remark);
  }
  stn_rows_show (self->serials, rows);
  gtk_widget_set_visible (GTK_WIDGET (self->serials_title), rows->len > 0);
}

void
stn_unit_screen_show (StnUnitScreen *self, const char *board, const StnUnitLife *life, const GError *error)
{
  clear (self);
  if (self->board != board) {
    g_free (self->board);
    self->board = g_strdup (board);
  }
  stn_page_bar_show (self->bar, board != NULL && *board != '\0' ? board : _ ("A run"), TRUE, TRUE);
  gtk_widget_hide (GTK_WIDGET (self->serials_title));
  if (life == NULL || life->runs->len == 0) {
    g_autofree char *wrong = error != NULL ? stn_records_error_text (error) : NULL;
    stn_label_set_or_hide (self->note, wrong != NULL ? wrong : _ ("Nothing is known of this board."));
    gtk_widget_hide (self->facts_column);
    return;
  }
  stn_label_set_or_hide (self->note, NULL);
  gtk_widget_show (self->facts_column);
  show_facts (self, life);
  show_serials (self, life);
  /* the newest first and open: it says how the board stands */
  for (guint i = life->runs->len; i-- > 0 && life->runs->len - i <= CARDS_MOST;) {
    GtkWidget *card = stn_run_card_new (g_ptr_array_index (life->runs, i), i + 1, life->runs->len, i + 1 == life->runs->len);
    gtk_box_pack_start (self->runs, card, FALSE, FALSE, 0);
  }
}

/* ---- life ---- */

void
stn_unit_screen_set_journal (StnUnitScreen *self, const char *journal)
{
  stn_records_set_journal (self->records, journal);
}

static void
stn_unit_screen_finalize (GObject *object)
{
  StnUnitScreen *self = STN_UNIT_SCREEN (object);
  stn_records_free (self->records);
  g_free (self->board);
  G_OBJECT_CLASS (stn_unit_screen_parent_class)->finalize (object);
}

static void
stn_unit_screen_class_init (StnUnitScreenClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->finalize = stn_unit_screen_finalize;
  g_type_ensure (STN_TYPE_PAGE_BAR);
  g_type_ensure (STN_TYPE_ROWS);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/stationctl/Station/unit-screen.ui");
  gtk_widget_class_bind_template_child (widget_class, StnUnitScreen, bar);
  gtk_widget_class_bind_template_child (widget_class, StnUnitScreen, facts);
  gtk_widget_class_bind_template_child (widget_class, StnUnitScreen, facts_column);
  gtk_widget_class_bind_template_child (widget_class, StnUnitScreen, serials);
  gtk_widget_class_bind_template_child (widget_class, StnUnitScreen, serials_title);
  gtk_widget_class_bind_template_child (widget_class, StnUnitScreen, note);
  gtk_widget_class_bind_template_child (widget_class, StnUnitScreen, runs);
  gtk_widget_class_set_css_name (widget_class, "unitscreen");
}

static void
stn_unit_screen_init (StnUnitScreen *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  stn_page_set_instruction (GTK_WIDGET (self), _ ("What happened to this board"));
  self->records = stn_records_new (NULL);
}

GtkWidget *
stn_unit_screen_new (void)
{
  return g_object_new (STN_TYPE_UNIT_SCREEN, NULL);
}
