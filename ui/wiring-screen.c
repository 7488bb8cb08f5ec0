#include "ui/wiring-screen.h"

#include <glib/gi18n.h>

#include "src/base/error.h"
#include "ui/label.h"
#include "ui/metrics.h"
#include "ui/page-bar.h"
#include "ui/run-words.h"
#include "ui/verdict-mark.h"
#include "ui/wiring-work.h"

#define IDENTIFY_NS ((gint64) 10 * 1000000000)
#define BEAT_MS 100

static const struct {
  StnTileState tile;
  const char *word;
} site_looks[] = {
  [STN_SITE_PROVED] = { STN_TILE_PASS, N_ ("PROVED") },
  [STN_SITE_WRONG] = { STN_TILE_FAIL, N_ ("WRONG") },
  [STN_SITE_SILENT] = { STN_TILE_CHECK, N_ ("SILENT") },
  [STN_SITE_ERROR] = { STN_TILE_STATION, N_ ("ERROR") },
};

static const StnSiteState order[] = { STN_SITE_WRONG, STN_SITE_ERROR, STN_SITE_SILENT, STN_SITE_PROVED };

static const struct {
  StnTileState tile;
  const char *word, *spoken;
} proof_looks[] = {
  [STN_PROOF_OPEN] = { STN_TILE_READY, N_ ("open"), N_ ("not proved") },
  [STN_PROOF_SEEN] = { STN_TILE_PASS, N_ ("OK"), N_ ("proved") },
  [STN_PROOF_WRONG] = { STN_TILE_FAIL, N_ ("WRONG"), N_ ("wrong") },
  [STN_PROOF_NOT_TESTABLE] = { STN_TILE_OFF, N_ ("untested"), N_ ("not testable with this board") },
  [STN_PROOF_NOT_WIRED] = { STN_TILE_EMPTY, "–", N_ ("not wired") },
};

static const struct {
  StnProofKind kind;
  const char *title;
} columns[] = {
  { STN_PROOF_CONTROL, N_ ("Adapter") }, { STN_PROOF_UART, "UART" },   { STN_PROOF_USB, "USB" },
  { STN_PROOF_NRST, "NRST" },            { STN_PROOF_BOOT0, "BOOT0" }, { STN_PROOF_DETECT, N_ ("Board there") },
};

struct _StnWiringScreen {
  GtkBox parent;
  StnPageBar *bar;
  GtkLabel *summary, *note;
  GtkButton *check, *stop;
  GtkProgressBar *progress;
  GtkGrid *grid;
  StnWiringWork *wiring;
  StnSession *session; /* borrowed; NULL: there is none */
  char *blinking;
  GPtrArray *identify; /* GtkWidget *: the buttons */
  guint beat_source;
  gboolean is_running;
};

G_DEFINE_TYPE (StnWiringScreen, stn_wiring_screen, GTK_TYPE_BOX)

static void
update_buttons (StnWiringScreen *self)
{
  gboolean is_busy = self->wiring != NULL && stn_wiring_work_is_busy (self->wiring);
  gboolean may = !is_busy && !self->is_running;
  gtk_widget_set_sensitive (GTK_WIDGET (self->check), may);
  gtk_widget_set_visible (GTK_WIDGET (self->stop), is_busy);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), is_busy);
  for (guint i = 0; i < self->identify->len; i++)
    gtk_widget_set_sensitive (g_ptr_array_index (self->identify, i), may);
}

/* ---- the rows ---- */

static GtkWidget *
new_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_style_context_add_class (gtk_widget_get_style_context (label), css_class);
  return label;
}

static void
begin (StnWiringScreen *self, StnWiringTask task, const char *site);

static void
on_identify (GtkButton *button, StnWiringScreen *self)
{
  begin (self, STN_WIRING_IDENTIFY, g_object_get_data (G_OBJECT (button), "site"));
}

static char *
board_text (const StnSiteCheck *row)
{
  const char *uid = row->uid != NULL ? row->uid : "–";
  if (!row->is_identified)
    return g_strdup (uid);
  if (row->line != NULL)
    return g_strdup_printf ("%s\n%s", uid, row->line);
  return g_strdup_printf ("%s\n0x%03x", uid, row->product_id);
}

static gboolean
has_column (const StnCheckReport *report, StnProofKind kind, gboolean is_checked)
{
  if (!is_checked)
    return kind != STN_PROOF_USB && kind != STN_PROOF_DETECT;
  for (guint i = 0; i < report->sites->len; i++) {
    const StnSiteCheck *row = g_ptr_array_index (report->sites, i);
    if (row->proofs[kind].state != STN_PROOF_NOT_WIRED)
      return TRUE;
  }
  return FALSE;
}

static void
add_proofs (StnWiringScreen *self, const StnCheckReport *report, const StnSiteCheck *row, int line, gboolean is_checked)
{
  int place = 2;
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++) {
    const StnProof *proof = &row->proofs[columns[i].kind];
    if (!has_column (report, columns[i].kind, is_checked))
      continue;
    GtkWidget *mark = is_checked
      ? stn_verdict_mark_new (proof_looks[proof->state].tile, _ (proof_looks[proof->state].word)) : new_label ("–", "caption");
    gtk_style_context_add_class (gtk_widget_get_style_context (mark), "proof");
    gtk_widget_set_valign (mark, GTK_ALIGN_CENTER);
    gtk_widget_set_tooltip_text (mark, proof->text);
    gtk_grid_attach (self->grid, mark, place++, line, 1, 1);
  }
}

/* What a person who does not see the row hears of it. */
static char *
spoken_row (const StnSiteCheck *row, gboolean is_checked)
{
  GString *text = g_string_new (NULL);
  g_string_append_printf (text, _ ("Let site %s blink"), row->site);
  if (!is_checked)
    return g_string_free (text, FALSE);
  g_string_append_printf (text, ". %s", _ (site_looks[row->state].word));
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    if (row->proofs[columns[i].kind].state != STN_PROOF_NOT_WIRED)
      g_string_append_printf (text, ", %s %s", _ (columns[i].title), _ (proof_looks[row->proofs[columns[i].kind].state].spoken));
  for (guint i = 0; i < row->findings->len; i++)
    g_string_append_printf (text, ". %s", (const char *) g_ptr_array_index (row->findings, i));
  return g_string_free (text, FALSE);
}

static void
add_row (StnWiringScreen *self, const StnCheckReport *report, const StnSiteCheck *row, int *line, gboolean is_checked)
{
  g_autofree char *board = board_text (row);
  g_autofree char *spoken = spoken_row (row, is_checked);
  GtkWidget *mark = is_checked ? stn_verdict_mark_new (site_looks[row->state].tile, _ (site_looks[row->state].word))
                               : stn_verdict_mark_new (STN_TILE_EMPTY, _ ("not checked"));
  GtkWidget *name = new_label (row->site, "site-name"), *uid = new_label (board, "uid");
  GtkWidget *button = gtk_button_new_with_label (_ ("Identify"));

  gtk_widget_set_valign (mark, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (uid, TRUE);
  gtk_label_set_line_wrap (GTK_LABEL (uid), TRUE);
  gtk_label_set_line_wrap_mode (GTK_LABEL (uid), PANGO_WRAP_CHAR);
  gtk_label_set_width_chars (GTK_LABEL (uid), 16);
  gtk_widget_set_focus_on_click (button, FALSE);
  stn_page_touch (button, 1.5 * STN_TOUCH_MM);
  g_object_set_data_full (G_OBJECT (button), "site", g_strdup (row->site), g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (on_identify), self);
  atk_object_set_name (gtk_widget_get_accessible (button), spoken);
  g_ptr_array_add (self->identify, button);
  gtk_grid_attach (self->grid, name, 0, *line, 1, 1);
  gtk_grid_attach (self->grid, mark, 1, *line, 1, 1);
  add_proofs (self, report, row, *line, is_checked);
  gtk_grid_attach (self->grid, uid, 8, *line, 1, 1);
  gtk_grid_attach (self->grid, button, 9, (*line)++, 1, 1);
  for (guint i = 0; is_checked && i < row->findings->len; i++) {
    GtkWidget *finding = new_label (g_ptr_array_index (row->findings, i), "finding");
    gtk_label_set_line_wrap (GTK_LABEL (finding), TRUE);
    gtk_label_set_width_chars (GTK_LABEL (finding), 8);
    gtk_grid_attach (self->grid, finding, 1, (*line)++, 9, 1);
  }
}

static void
add_heads (StnWiringScreen *self, const StnCheckReport *report, gboolean is_checked)
{
  int place = 2;
  gtk_grid_attach (self->grid, new_label (_ ("Site"), "caption"), 0, 0, 1, 1);
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    if (has_column (report, columns[i].kind, is_checked))
      gtk_grid_attach (self->grid, new_label (_ (columns[i].title), "caption"), place++, 0, 1, 1);
  gtk_grid_attach (self->grid, new_label (_ ("UID and chip"), "caption"), 8, 0, 1, 1);
}

static void
show_summary (StnWiringScreen *self, const StnCheckReport *report, gboolean is_checked)
{
  if (!is_checked) {
    stn_label_set (self->summary, _ ("Put a board into every site, then press CHECK THE WIRING."));
    return;
  }
  g_autofree char *text = g_strdup_printf (_ ("%u proved · %u wrong · %u silent · %u with an error"),
                                           report->counts[STN_SITE_PROVED], report->counts[STN_SITE_WRONG],
                                           report->counts[STN_SITE_SILENT], report->counts[STN_SITE_ERROR]);
  stn_label_set (self->summary, text);
}

static char *
error_text (const GError *error)
{
  if (stn_error_is (error, STN_FAILURE_BANK_BUSY))
    return g_strdup_printf (_ ("The sites are held: %s. Wait for the other program, or close it."), error->message);
  if (stn_error_is (error, STN_FAILURE_CANCELLED))
    return g_strdup (_ ("The check was stopped. The lines are at rest."));
  return g_strdup (error->message);
}

void
stn_wiring_screen_show (StnWiringScreen *self, const StnCheckReport *report, gboolean is_checked, const GError *error)
{
  g_autofree char *wrong = error != NULL ? error_text (error) : NULL;
  stn_label_set_or_hide (self->note, wrong);
  if (report != NULL) {
    g_autoptr (GList) children = gtk_container_get_children (GTK_CONTAINER (self->grid));
    g_ptr_array_set_size (self->identify, 0);
    for (GList *child = children; child != NULL; child = child->next)
      gtk_widget_destroy (child->data);
    int line = 1;
    add_heads (self, report, is_checked);
    /* what has to be mended comes first: with many sites it would stand below the screen's edge */
    for (guint round = is_checked ? 0 : G_N_ELEMENTS (order); round <= G_N_ELEMENTS (order); round++)
      for (guint i = 0; i < report->sites->len; i++) {
        const StnSiteCheck *row = g_ptr_array_index (report->sites, i);
        if (round == G_N_ELEMENTS (order) ? !is_checked : row->state == order[round])
          add_row (self, report, row, &line, is_checked);
      }
    gtk_widget_show_all (GTK_WIDGET (self->grid));
    show_summary (self, report, is_checked);
  }
  update_buttons (self);
}

void
stn_wiring_screen_show_progress (StnWiringScreen *self, guint done, guint total, const char *what)
{
  if (self->blinking != NULL) {
    g_autofree char *text = g_strdup_printf (_ ("The board in %s blinks: its program starts twice a second."), self->blinking);
    stn_label_set (self->summary, text);
    gtk_progress_bar_pulse (self->progress);
    return;
  }
  g_autofree char *text = what != NULL ? g_strdup (what)
                          : total > 0  ? g_strdup_printf (_ ("Checking: %u of %u. Leave the boards in place."), done, total)
                                       : g_strdup (_ ("Checking. Leave the boards in place."));
  stn_label_set (self->summary, text);
  gtk_progress_bar_set_fraction (self->progress, total > 0 ? (double) done / total : 0);
}

/* ---- work ---- */

static gboolean
on_beat (gpointer data)
{
  StnWiringScreen *self = data;
  guint done, total;
  g_autofree char *what = NULL;

  stn_wiring_work_look (self->wiring);
  if (!stn_wiring_work_is_busy (self->wiring)) {
    self->beat_source = 0;
    return G_SOURCE_REMOVE;
  }
  stn_wiring_work_progress (self->wiring, &done, &total, &what);
  stn_wiring_screen_show_progress (self, done, total, what);
  return G_SOURCE_CONTINUE;
}

static void
end_beat (StnWiringScreen *self)
{
  if (self->beat_source != 0)
    g_source_remove (self->beat_source);
  self->beat_source = 0;
  g_clear_pointer (&self->blinking, g_free);
}

static void
on_done (StnWiringTask task, const StnCheckReport *report, const GError *error, gpointer data)
{
  StnWiringScreen *self = data;
  g_clear_pointer (&self->blinking, g_free);
  if (report == NULL)
    stn_label_set (self->summary, "");
  stn_wiring_screen_show (self, report, task == STN_WIRING_CHECK, error);
}

static void
begin (StnWiringScreen *self, StnWiringTask task, const char *site)
{
  if (self->session == NULL)
    return;
  g_autofree char *name = g_strdup (site);
  if (!stn_wiring_work_begin (self->wiring, task, name, IDENTIFY_NS))
    return;
  stn_label_set_or_hide (self->note, NULL);
  g_free (self->blinking);
  self->blinking = g_steal_pointer (&name);
  if (task != STN_WIRING_LIST && self->beat_source == 0)
    self->beat_source = g_timeout_add (BEAT_MS, on_beat, self);
  update_buttons (self);
}

static void
on_check (GtkButton *button G_GNUC_UNUSED, StnWiringScreen *self)
{
  begin (self, STN_WIRING_CHECK, NULL);
}

static void
on_stop (GtkButton *button G_GNUC_UNUSED, StnWiringScreen *self)
{
  stn_wiring_screen_close (self);
}

void
stn_wiring_screen_open (StnWiringScreen *self)
{
  begin (self, STN_WIRING_LIST, NULL);
}

void
stn_wiring_screen_close (StnWiringScreen *self)
{
  if (self->wiring != NULL)
    stn_wiring_work_stop (self->wiring);
}

void
stn_wiring_screen_set_running (StnWiringScreen *self, gboolean is_running)
{
  if (self->is_running == is_running)
    return;
  self->is_running = is_running;
  stn_label_set_or_hide (self->note, is_running ? _ ("A cycle runs. The wiring can be checked when it is over.") : NULL);
  update_buttons (self);
}

void
stn_wiring_screen_set_session (StnWiringScreen *self, StnSession *session)
{
  if (self->session == session)
    return;
  end_beat (self);
  g_clear_pointer (&self->wiring, stn_wiring_work_free);
  self->session = session;
  if (session != NULL)
    self->wiring = stn_wiring_work_new (session, on_done, self);
}

static void
stn_wiring_screen_finalize (GObject *object)
{
  StnWiringScreen *self = STN_WIRING_SCREEN (object);
  end_beat (self);
  stn_wiring_work_free (self->wiring);
  g_ptr_array_unref (self->identify);
  G_OBJECT_CLASS (stn_wiring_screen_parent_class)->finalize (object);
}

static void
stn_wiring_screen_class_init (StnWiringScreenClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->finalize = stn_wiring_screen_finalize;
  g_type_ensure (STN_TYPE_PAGE_BAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/stationctl/Station/wiring-screen.ui");
  gtk_widget_class_bind_template_child (widget_class, StnWiringScreen, bar);
  gtk_widget_class_bind_template_child (widget_class, StnWiringScreen, summary);
  gtk_widget_class_bind_template_child (widget_class, StnWiringScreen, note);
  gtk_widget_class_bind_template_child (widget_class, StnWiringScreen, check);
  gtk_widget_class_bind_template_child (widget_class, StnWiringScreen, stop);
  gtk_widget_class_bind_template_child (widget_class, StnWiringScreen, progress);
  gtk_widget_class_bind_template_child (widget_class, StnWiringScreen, grid);
  gtk_widget_class_bind_template_callback (widget_class, on_check);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
  gtk_widget_class_set_css_name (widget_class, "wiringscreen");
}

static void
stn_wiring_screen_init (StnWiringScreen *self)
{
  self->identify = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  stn_page_set_instruction (GTK_WIDGET (self), _ ("Check the wiring, or return to live"));
  stn_page_bar_show (self->bar, _ ("Wiring"), FALSE, FALSE);
  stn_page_touch (GTK_WIDGET (self->check), 3 * STN_TOUCH_MM);
  stn_page_touch (GTK_WIDGET (self->stop), 2 * STN_TOUCH_MM);
}

GtkWidget *
stn_wiring_screen_new (void)
{
  return g_object_new (STN_TYPE_WIRING_SCREEN, NULL);
}
