#include "ui/rows.h"

#include <glib/gi18n.h>

#include "ui/metrics.h"

struct _StnRows {
  GtkBox parent;
  char *shown; /* everything that is shown, as one text: what is equal is not built again */
  char *bin_text; /* NULL: the fail bin */
  guint columns;
  gboolean is_beside; /* buttons beside the text */
};

G_DEFINE_TYPE (StnRows, stn_rows, GTK_TYPE_BOX)

enum { ROW_CHOSEN, ROW_RETRY, ROW_BIN, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];
static const char *const signal_names[SIGNAL_COUNT] = { "row-chosen", "row-retry", "row-bin" };

static void
emit (GtkWidget *button, guint signal)
{
  GtkWidget *self = gtk_widget_get_ancestor (button, STN_TYPE_ROWS);
  g_autofree char *key = g_strdup (g_object_get_data (G_OBJECT (button), "key"));
  if (self != NULL)
    g_signal_emit (self, signals[signal], 0, key);
}

static void
on_chosen (GtkWidget *button, gpointer data G_GNUC_UNUSED)
{
  emit (button, ROW_CHOSEN);
}

static void
on_retry (GtkWidget *button, gpointer data G_GNUC_UNUSED)
{
  emit (button, ROW_RETRY);
}

static void
on_bin (GtkWidget *button, gpointer data G_GNUC_UNUSED)
{
  emit (button, ROW_BIN);
}

static GtkWidget *
add_label (GtkWidget *box, const char *text, const char *css_class, gboolean is_wide)
{
  if (text == NULL || *text == '\0')
    return NULL;
  GtkWidget *label = gtk_label_new (text);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_line_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_line_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  /* a list takes the width it is given; a long text does not push the sites aside */
  gtk_label_set_width_chars (GTK_LABEL (label), 6);
  if (!g_str_equal (css_class, "row-value"))
    gtk_label_set_max_width_chars (GTK_LABEL (label), 20);
  gtk_style_context_add_class (gtk_widget_get_style_context (label), css_class);
  gtk_box_pack_start (GTK_BOX (box), label, is_wide, TRUE, 0);
  return label;
}

/* `caption`: small, under the text; NULL: none. */
static GtkWidget *
add_button (GtkWidget *box, const char *text, const char *caption, const char *key, gboolean may, GCallback callback,
            const char *css_class)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *labels = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_set_valign (labels, GTK_ALIGN_CENTER);
  gtk_container_add (GTK_CONTAINER (labels), gtk_label_new (text));
  if (caption != NULL) {
    GtkWidget *label = gtk_label_new (caption);
    gtk_style_context_add_class (gtk_widget_get_style_context (label), "key");
    gtk_container_add (GTK_CONTAINER (labels), label);
  }
  gtk_container_add (GTK_CONTAINER (button), labels);
  atk_object_set_name (gtk_widget_get_accessible (button), text);
  g_object_set_data_full (G_OBJECT (button), "key", g_strdup (key), g_free);
  gtk_widget_set_sensitive (button, may);
  gtk_widget_set_size_request (button, stn_metrics_pixels (box, STN_TOUCH_MM), stn_metrics_pixels (box, STN_TOUCH_MM));
  gtk_style_context_add_class (gtk_widget_get_style_context (button), css_class);
  g_signal_connect (button, "clicked", callback, NULL);
  gtk_box_pack_start (GTK_BOX (box), button, TRUE, TRUE, 0);
  return button;
}

/* The text to the left, its buttons to the right of it in one line. */
static GtkWidget *
put_beside (GtkWidget *text, GtkWidget *buttons)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 24);
  gtk_widget_set_valign (text, GTK_ALIGN_CENTER);
  int width = stn_metrics_pixels (buttons, 3 * STN_TOUCH_MM + STN_TOUCH_GAP_MM);
  gtk_widget_set_size_request (buttons, width, -1);
  gtk_box_pack_start (GTK_BOX (line), text, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (line), buttons, FALSE, FALSE, 0);
  return line;
}

static GtkWidget *
build_row (StnRows *self, const StnModelRow *row)
{
  gboolean has_buttons = row->retry != NULL || row->may_bin;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  gtk_box_pack_start (GTK_BOX (box), line, FALSE, FALSE, 0);
  GtkWidget *title = add_label (line, row->title, "row-title", TRUE);
  if (has_buttons && title != NULL) {
    /* a serial does not break in the middle of a word */
    gtk_label_set_line_wrap (GTK_LABEL (title), FALSE);
    gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_MIDDLE);
  }
  /* how often it may still be retried stands on the button for it, where it takes no width from the serial */
  const char *caption = has_buttons && row->retry != NULL ? row->value : NULL;
  if (caption != NULL && title != NULL) {
    /* what stands inside a button is not read out */
    g_autofree char *name = g_strdup_printf ("%s, %s", row->title, caption);
    atk_object_set_name (gtk_widget_get_accessible (title), name);
  }
  GtkWidget *value = caption == NULL ? add_label (line, row->value, "row-value", FALSE) : NULL;
  if (value != NULL)
    gtk_label_set_xalign (GTK_LABEL (value), 1);
  add_label (box, row->remark, "row-remark", FALSE);
  if (has_buttons) {
    GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, stn_metrics_pixels (GTK_WIDGET (self), STN_TOUCH_GAP_MM));
    gtk_box_set_homogeneous (GTK_BOX (buttons), TRUE);
    if (!self->is_beside)
      gtk_widget_set_margin_top (buttons, 6);
    if (row->retry != NULL)
      add_button (buttons, row->retry, caption, row->key, row->may_retry, G_CALLBACK (on_retry), "retry-button");
    if (row->may_bin)
      add_button (buttons, self->bin_text != NULL ? self->bin_text : _ ("Fail bin"), NULL, row->key, TRUE,
                  G_CALLBACK (on_bin), "bin-button");
    if (self->is_beside)
      box = put_beside (box, buttons);
    else
      gtk_box_pack_start (GTK_BOX (box), buttons, FALSE, FALSE, 0);
  }
  GtkWidget *item = box;
  if (row->key != NULL && !has_buttons) {
    item = gtk_button_new ();
    g_object_set_data_full (G_OBJECT (item), "key", g_strdup (row->key), g_free);
    gtk_widget_set_size_request (item, -1, stn_metrics_pixels (GTK_WIDGET (self), STN_TOUCH_MM));
    gtk_container_add (GTK_CONTAINER (item), box);
    gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
    g_signal_connect (item, "clicked", G_CALLBACK (on_chosen), NULL);
    if (row->title != NULL)
      atk_object_set_name (gtk_widget_get_accessible (item), row->title);
  }
  GtkStyleContext *style = gtk_widget_get_style_context (item);
  gtk_style_context_add_class (style, "row");
  if (row->is_warning)
    gtk_style_context_add_class (style, "row-warning");
  if (row->is_selected)
    gtk_style_context_add_class (style, "row-selected");
  return item;
}

static char *
all_of (const GPtrArray *rows)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < rows->len; i++) {
    const StnModelRow *row = g_ptr_array_index ((GPtrArray *) rows, i);
    const char *const texts[] = { row->key, row->title, row->value, row->remark, row->retry };
    for (guint k = 0; k < G_N_ELEMENTS (texts); k++)
      g_string_append_printf (text, "%s\x1f", texts[k] != NULL ? texts[k] : "");
    g_string_append_printf (text, "%d%d%d%d\x1e", row->may_retry, row->may_bin, row->is_warning, row->is_selected);
  }
  return g_string_free (text, FALSE);
}

void
stn_rows_show (StnRows *self, const GPtrArray *rows)
{
  g_return_if_fail (STN_IS_ROWS (self) && rows != NULL);
  g_autofree char *all = all_of (rows);
  if (g_strcmp0 (self->shown, all) == 0)
    return;
  g_free (self->shown);
  self->shown = g_steal_pointer (&all);
  g_autoptr (GList) children = gtk_container_get_children (GTK_CONTAINER (self));
  for (GList *child = children; child != NULL; child = child->next)
    gtk_widget_destroy (child->data);
  GtkWidget *line = NULL;
  for (guint i = 0; i < rows->len; i++) {
    if (i % self->columns == 0) {
      line = self->columns > 1 ? gtk_box_new (GTK_ORIENTATION_HORIZONTAL, gtk_box_get_spacing (GTK_BOX (self))) : GTK_WIDGET (self);
      gtk_box_set_homogeneous (GTK_BOX (line), self->columns > 1);
      if (self->columns > 1)
        gtk_box_pack_start (GTK_BOX (self), line, FALSE, FALSE, 0);
    }
    GtkWidget *row = build_row (self, g_ptr_array_index ((GPtrArray *) rows, i));
    gtk_box_pack_start (GTK_BOX (line), row, self->columns > 1, self->columns > 1, 0);
  }
  gtk_widget_show_all (GTK_WIDGET (self));
}

void
stn_rows_set_columns (StnRows *self, guint columns)
{
  g_return_if_fail (STN_IS_ROWS (self) && columns > 0);
  if (self->columns != columns)
    g_clear_pointer (&self->shown, g_free);
  self->columns = columns;
}

void
stn_rows_set_beside (StnRows *self, gboolean is_beside)
{
  g_return_if_fail (STN_IS_ROWS (self));
  self->is_beside = is_beside;
}

void
stn_rows_set_bin_text (StnRows *self, const char *text)
{
  g_return_if_fail (STN_IS_ROWS (self));
  g_free (self->bin_text);
  self->bin_text = g_strdup (text);
}

static void
stn_rows_finalize (GObject *object)
{
  g_free (STN_ROWS (object)->shown);
  g_free (STN_ROWS (object)->bin_text);
  G_OBJECT_CLASS (stn_rows_parent_class)->finalize (object);
}

static void
stn_rows_class_init (StnRowsClass *class)
{
  G_OBJECT_CLASS (class)->finalize = stn_rows_finalize;
  for (guint i = 0; i < SIGNAL_COUNT; i++)
    signals[i] = g_signal_new (signal_names[i], G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "rows");
}

static void
stn_rows_init (StnRows *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  self->columns = 1;
}

GtkWidget *
stn_rows_new (void)
{
  return g_object_new (STN_TYPE_ROWS, NULL);
}
