#include "ui/run-card.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/option-words.h"
#include "ui/metrics.h"
#include "ui/page-bar.h"
#include "ui/run-words.h"
#include "ui/texts.h"
#include "ui/verdict-mark.h"

#define OPTION_WORD_DIGITS 8 /* option bytes are read in words of 32 bits */
enum { FIRST_NUMBER = 2, LAST_NUMBER = 4 }; /* columns of the steps */

static GtkWidget *
new_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_line_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_line_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_width_chars (GTK_LABEL (label), 6);
  gtk_label_set_selectable (GTK_LABEL (label), FALSE);
  gtk_style_context_add_class (gtk_widget_get_style_context (label), css_class);
  return label;
}

static void
add_fact (GtkGrid *grid, const char *name, const char *value)
{
  if (value == NULL || *value == '\0')
    return;
  GtkWidget *left = new_label (name, "caption"), *right = new_label (value, "row-value");
  int line = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (grid), "line"));
  gtk_label_set_line_wrap (GTK_LABEL (left), FALSE);
  gtk_widget_set_valign (left, GTK_ALIGN_START);
  gtk_widget_set_hexpand (right, TRUE);
  gtk_grid_attach (grid, left, 0, line, 1, 1);
  gtk_grid_attach (grid, right, 1, line, 1, 1);
  g_object_set_data (G_OBJECT (grid), "line", GINT_TO_POINTER (line + 1));
}

/* Hex in words of eight digits; with those bold that differ from `other` (NULL: none). Markup. */
static char *
option_words (const char *hex, const char *other)
{
  GString *text = g_string_new (NULL);
  gsize length = strlen (hex);
  for (gsize i = 0; i < length; i += OPTION_WORD_DIGITS) {
    gsize digits = MIN (length - i, (gsize) OPTION_WORD_DIGITS);
    g_autofree char *raw = g_strndup (hex + i, digits);
    g_autofree char *word = g_markup_escape_text (raw, -1);
    gboolean differs = other != NULL && (strlen (other) < i + digits || strncmp (other + i, hex + i, digits) != 0);
    g_string_append_printf (text, differs ? "%s<b><u>%s</u></b>" : "%s%s", i > 0 ? " " : "", word);
  }
  return g_string_free (text, FALSE);
}

/* In words first: the bytes are for the engineer. */
static void
add_options (GtkGrid *grid, const StnRunRow *row)
{
  const StnResult *result = row->result;
  const char *before = result->options_before, *after = result->options_after;
  const struct {
    const char *name, *hex, *other;
  } rows[] = { { _ ("Option bytes before"), before, NULL }, { _ ("Option bytes after"), after, before } };
  gboolean has_changed = before != NULL && after != NULL && g_ascii_strcasecmp (before, after) != 0;
  g_autofree char *changed = has_changed ? stn_option_words (row->run->target, before, after) : NULL;
  g_autofree char *shipped = !has_changed && before != NULL ? stn_option_words (row->run->target, before, NULL) : NULL;

  if (changed != NULL && *changed != '\0')
    add_fact (grid, _ ("Options changed"), changed);
  else if (before != NULL && after != NULL && !has_changed)
    add_fact (grid, _ ("Options changed"), _ ("none"));
  if (shipped != NULL)
    add_fact (grid, _ ("Not as shipped"), *shipped != '\0' ? shipped : _ ("none"));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (rows[i].hex == NULL || (i > 0 && !has_changed))
      continue;
    g_autofree char *words = option_words (rows[i].hex, rows[i].other);
    add_fact (grid, rows[i].name, rows[i].hex);
    GtkWidget *value = gtk_grid_get_child_at (grid, 1, GPOINTER_TO_INT (g_object_get_data (G_OBJECT (grid), "line")) - 1);
    gtk_label_set_markup (GTK_LABEL (value), words);
    gtk_style_context_add_class (gtk_widget_get_style_context (value), "hex");
  }
}

static GtkWidget *
build_facts (const StnRunRow *row)
{
  GtkGrid *grid = GTK_GRID (gtk_grid_new ());
  const StnRun *run = row->run;
  const StnResult *result = row->result;
  g_autofree char *job = g_strdup_printf (_ ("%s, revision %d"), run->job_name != NULL ? run->job_name : "–",
                                          (int) run->job_revision);
  gtk_grid_set_column_spacing (grid, 14);
  gtk_grid_set_row_spacing (grid, 2);
  add_fact (grid, _ ("Job"), job);
  add_fact (grid, _ ("Lot"), run->lot);
  add_fact (grid, _ ("Firmware"), run->images);
  add_fact (grid, _ ("Left out of PASS"), run->left_out);
  if (result != NULL) {
    add_fact (grid, _ ("Serial"), result->serial);
    add_fact (grid, _ ("Protection"), result->protection);
    add_fact (grid, _ ("Answer at the start"), result->boot_answer);
    add_options (grid, row);
    if (result->failure != STN_FAILURE_NONE)
      add_fact (grid, _ ("For the engineer"), result->message);
  }
  add_fact (grid, _ ("Run"), run->run_id);
  return GTK_WIDGET (grid);
}

/* Numbers stand at the right of their columns, and so do the words above them. */
static GtkWidget *
new_head (const char *text, gboolean is_number)
{
  GtkWidget *label = new_label (text, "caption");
  gtk_label_set_xalign (GTK_LABEL (label), is_number ? 1 : 0);
  gtk_label_set_width_chars (GTK_LABEL (label), -1);
  return label;
}

/* "96 KiB"; NULL of none. */
static char *
bytes_text (guint64 bytes)
{
  if (bytes == 0)
    return NULL;
  if (bytes % 1024 == 0)
    return g_strdup_printf (_ ("%d KiB"), (int) MIN (bytes / 1024, G_MAXINT));
  return g_strdup_printf (_ ("%d bytes"), (int) MIN (bytes, G_MAXINT));
}

static GtkWidget *
build_steps (const GPtrArray *steps)
{
  GtkGrid *grid = GTK_GRID (gtk_grid_new ());
  const char *const heads[] = { _ ("Step"), "", _ ("From"), _ ("Time"), _ ("Tries"), _ ("What was seen") };
  gtk_grid_set_column_spacing (grid, 14);
  gtk_grid_set_row_spacing (grid, 2);
  gtk_style_context_add_class (gtk_widget_get_style_context (GTK_WIDGET (grid)), "steps");
  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    gtk_grid_attach (grid, new_head (heads[i], i >= FIRST_NUMBER && i <= LAST_NUMBER), (gint) i, 0, 1, 1);
  for (guint i = 0; i < steps->len; i++) {
    const StnStepRecord *step = g_ptr_array_index ((GPtrArray *) steps, i);
    g_autofree char *from = stn_duration_text (step->started_ns);
    g_autofree char *took = stn_duration_text (step->duration_ns);
    g_autofree char *tries = g_strdup_printf ("%u", step->tries);
    g_autofree char *bytes = bytes_text (step->bytes);
    const char *detail = step->detail != NULL ? step->detail : bytes != NULL ? bytes : "";
    const char *cells[] = { stn_text_step_name (step->kind), stn_verdict_word (step->outcome), from, took, tries, detail };
    for (guint k = 0; k < G_N_ELEMENTS (cells); k++) {
      GtkWidget *label = new_label (cells[k], k == 0 || step->outcome == STN_VERDICT_FAIL ? "row-title" : "row-value");
      gtk_label_set_line_wrap (GTK_LABEL (label), k + 1 == G_N_ELEMENTS (cells));
      gtk_label_set_width_chars (GTK_LABEL (label), -1);
      if (k >= FIRST_NUMBER && k <= LAST_NUMBER)
        gtk_label_set_xalign (GTK_LABEL (label), 1);
      gtk_widget_set_hexpand (label, k + 1 == G_N_ELEMENTS (cells));
      gtk_grid_attach (grid, label, (gint) k, (gint) i + 1, 1, 1);
    }
  }
  return GTK_WIDGET (grid);
}

static void
on_toggled (GtkToggleButton *button, GtkWidget *details)
{
  gboolean is_open = gtk_toggle_button_get_active (button);
  gtk_widget_set_visible (details, is_open);
  gtk_button_set_label (GTK_BUTTON (button), is_open ? _ ("Hide steps") : _ ("Show steps"));
}

static GtkWidget *
build_head (const StnRunRow *row, guint number, guint count)
{
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 14);
  GtkWidget *middle = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  StnVerdict verdict = stn_run_verdict (row);
  g_autofree char *moment = stn_moment_text (row->run->started_utc_us);
  g_autofree char *which = g_strdup_printf (_ ("Run %u of %u · %s"), number, count, moment);
  g_autofree char *took = row->result != NULL
    ? stn_duration_text (row->result->ended_mono_ns - row->run->started_mono_ns) : g_strdup ("–");
  g_autofree char *place = g_strdup_printf (_ ("Station %s · site %s · %s · %s"),
                                            row->run->station != NULL ? row->run->station : "–",
                                            row->run->site != NULL ? row->run->site : "–",
                                            row->run->operator_id != NULL ? row->run->operator_id : "–", took);
  gtk_box_pack_start (GTK_BOX (middle), new_label (which, "row-title"), FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (middle), new_label (place, "row-remark"), FALSE, FALSE, 0);
  GtkWidget *mark = stn_verdict_mark_new (stn_verdict_tile (verdict), stn_verdict_word (verdict));
  gtk_widget_set_valign (mark, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (middle, GTK_ALIGN_CENTER);
  gtk_box_pack_start (GTK_BOX (head), mark, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (head), middle, TRUE, TRUE, 0);
  return head;
}

GtkWidget *
stn_run_card_new (const StnRunRow *row, guint number, guint count, gboolean is_open)
{
  GtkWidget *card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *details = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);
  GtkWidget *head = build_head (row, number, count);
  GtkWidget *toggle = gtk_toggle_button_new ();
  const StnResult *result = row->result;
  StnVerdict verdict = stn_run_verdict (row);
  g_autofree char *sentence = result != NULL ? stn_failure_sentence (result->failure, row->run->site) : NULL;
  g_autofree char *spoken = g_strdup_printf (_ ("Run %u of %u, %s"), number, count, stn_verdict_word (verdict));

  gtk_style_context_add_class (gtk_widget_get_style_context (card), "run-card");
  stn_page_touch (toggle, 1.7 * STN_TOUCH_MM);
  gtk_widget_set_focus_on_click (toggle, FALSE);
  gtk_style_context_add_class (gtk_widget_get_style_context (toggle), "quiet");
  gtk_box_pack_end (GTK_BOX (head), toggle, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (card), head, FALSE, FALSE, 0);
  if (result == NULL)
    sentence = g_strdup (_ ("The program ended in the middle. This board must be run again."));
  if (sentence != NULL)
    gtk_box_pack_start (GTK_BOX (card), new_label (sentence, "sentence"), FALSE, FALSE, 0);
  if (result != NULL && stn_failure_advice (result->failure) != NULL)
    gtk_box_pack_start (GTK_BOX (card), new_label (stn_failure_advice (result->failure), "row-remark"), FALSE, FALSE, 0);
  if (result != NULL && result->steps != NULL && result->steps->len > 0)
    gtk_box_pack_start (GTK_BOX (details), build_steps (result->steps), FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (details), build_facts (row), FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (card), details, FALSE, FALSE, 0);
  gtk_widget_show_all (card);
  g_signal_connect (toggle, "toggled", G_CALLBACK (on_toggled), details);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (toggle), is_open);
  on_toggled (GTK_TOGGLE_BUTTON (toggle), details);
  atk_object_set_name (gtk_widget_get_accessible (card), spoken);
  return card;
}
