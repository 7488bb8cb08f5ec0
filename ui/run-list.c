#include "ui/run-list.h"

#include <glib/gi18n.h>

#include "ui/metrics.h"
#include "ui/run-words.h"
#include "ui/verdict-mark.h"

struct _StnRunList {
  GtkListBox parent;
  GtkSizeGroup *marks, *moments;
  GtkWidget *more; /* the last row while there is more; NULL */
  guint length;
  gint64 last;
};

G_DEFINE_TYPE (StnRunList, stn_run_list, GTK_TYPE_LIST_BOX)

enum { RUN_CHOSEN, MORE_WANTED, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

static GtkWidget *
add_label (GtkWidget *box, const char *text, const char *css_class, gboolean is_wide)
{
  GtkWidget *label = gtk_label_new (text);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_style_context_add_class (gtk_widget_get_style_context (label), css_class);
  gtk_box_pack_start (GTK_BOX (box), label, is_wide, TRUE, 0);
  return label;
}

/* What is said of a run under its board: the failure in words, or the job and the lot. */
static char *
remark_of (const StnRunRow *row)
{
  const StnRun *run = row->run;
  char *sentence = row->result != NULL ? stn_failure_sentence (row->result->failure, run->site) : NULL;
  if (sentence != NULL)
    return sentence;
  if (row->result == NULL)
    return g_strdup (_ ("The program ended in the middle. This board must be run again."));
  if (run->lot == NULL)
    return g_strdup_printf (_ ("%s · no lot"), run->job_name != NULL ? run->job_name : "–");
  return g_strdup_printf (_ ("%s · lot %s"), run->job_name != NULL ? run->job_name : "–", run->lot);
}

static const char *
board_of (const StnRunRow *row)
{
  const StnResult *result = row->result;
  if (result != NULL && result->serial != NULL)
    return result->serial;
  if (result != NULL && result->uid != NULL)
    return result->uid;
  return row->run->unit_scan != NULL ? row->run->unit_scan : _ ("board not known");
}

static void
run_row_free (gpointer row)
{
  stn_run_row_free (row);
}

static GtkWidget *
build_row (StnRunList *self, StnRunRow *run)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 14);
  GtkWidget *middle = gtk_box_new (GTK_ORIENTATION_VERTICAL, 1);
  GtkWidget *end = gtk_box_new (GTK_ORIENTATION_VERTICAL, 1);
  StnVerdict verdict = stn_run_verdict (run);
  GtkWidget *mark = stn_verdict_mark_new (stn_verdict_tile (verdict), stn_verdict_word (verdict));
  g_autofree char *remark = remark_of (run);
  g_autofree char *moment = stn_moment_text (run->run->started_utc_us);
  const char *site = run->run->site != NULL ? run->run->site : "–";
  const char *person = run->run->operator_id != NULL ? run->run->operator_id : "–";
  /* translators: a site, and who worked there */
  g_autofree char *place = g_strdup_printf (_ ("Site %s · %s"), site, person);
  g_autofree char *spoken = g_strdup_printf ("%s, %s, %s, %s. %s", stn_verdict_word (verdict), board_of (run), place,
                                             moment, remark);

  gtk_widget_set_valign (mark, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (middle, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (end, GTK_ALIGN_CENTER);
  gtk_size_group_add_widget (self->marks, mark);
  gtk_size_group_add_widget (self->moments, end);
  add_label (middle, board_of (run), "row-title", FALSE);
  add_label (middle, remark, "row-remark", FALSE);
  add_label (end, moment, "row-value", FALSE);
  add_label (end, place, "row-remark", FALSE);
  gtk_box_pack_start (GTK_BOX (box), mark, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (box), middle, TRUE, TRUE, 0);
  gtk_box_pack_end (GTK_BOX (box), end, FALSE, FALSE, 0);
  gtk_container_add (GTK_CONTAINER (row), box);
  gtk_widget_set_size_request (row, -1, stn_metrics_pixels (GTK_WIDGET (self), STN_TOUCH_MM));
  g_object_set_data_full (G_OBJECT (row), "run", run, run_row_free);
  atk_object_set_name (gtk_widget_get_accessible (row), spoken);
  return row;
}

static GtkWidget *
build_more (StnRunList *self)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *label = gtk_label_new (_ ("Show older ones"));
  gtk_style_context_add_class (gtk_widget_get_style_context (label), "row-title");
  gtk_container_add (GTK_CONTAINER (row), label);
  gtk_widget_set_size_request (row, -1, stn_metrics_pixels (GTK_WIDGET (self), STN_TOUCH_MM));
  return row;
}

void
stn_run_list_clear (StnRunList *self)
{
  g_autoptr (GList) children = gtk_container_get_children (GTK_CONTAINER (self));
  for (GList *child = children; child != NULL; child = child->next)
    gtk_widget_destroy (child->data);
  self->more = NULL;
  self->length = 0;
  self->last = 0;
}

void
stn_run_list_add (StnRunList *self, GPtrArray *runs, gboolean has_more)
{
  gboolean had_focus = self->more != NULL && gtk_widget_has_focus (self->more);
  GtkWidget *first = NULL;
  g_clear_pointer (&self->more, gtk_widget_destroy);
  while (runs->len > 0) {
    StnRunRow *run = g_ptr_array_steal_index (runs, 0);
    self->last = run->row;
    self->length++;
    GtkWidget *row = build_row (self, run);
    gtk_container_add (GTK_CONTAINER (self), row);
    gtk_widget_show_all (row);
    first = first != NULL ? first : row;
  }
  if (has_more) {
    self->more = build_more (self);
    gtk_container_add (GTK_CONTAINER (self), self->more);
    gtk_widget_show_all (self->more);
  }
  if (had_focus && first != NULL)
    gtk_widget_grab_focus (first);
}

guint
stn_run_list_length (StnRunList *self)
{
  return self->length;
}

gint64
stn_run_list_last (StnRunList *self)
{
  return self->last;
}

static void
stn_run_list_row_activated (GtkListBox *box, GtkListBoxRow *row)
{
  StnRunList *self = STN_RUN_LIST (box);
  if (GTK_WIDGET (row) == self->more)
    g_signal_emit (self, signals[MORE_WANTED], 0);
  else
    g_signal_emit (self, signals[RUN_CHOSEN], 0, g_object_get_data (G_OBJECT (row), "run"));
}

static void
stn_run_list_finalize (GObject *object)
{
  StnRunList *self = STN_RUN_LIST (object);
  g_object_unref (self->marks);
  g_object_unref (self->moments);
  G_OBJECT_CLASS (stn_run_list_parent_class)->finalize (object);
}

static void
stn_run_list_class_init (StnRunListClass *class)
{
  G_OBJECT_CLASS (class)->finalize = stn_run_list_finalize;
  GTK_LIST_BOX_CLASS (class)->row_activated = stn_run_list_row_activated;
  signals[RUN_CHOSEN] = g_signal_new ("run-chosen", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                      G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[MORE_WANTED] = g_signal_new ("more-wanted", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 0);
}

static void
stn_run_list_init (StnRunList *self)
{
  self->marks = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  self->moments = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self), GTK_SELECTION_NONE);
}
