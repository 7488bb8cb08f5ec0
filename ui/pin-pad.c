#include "ui/pin-pad.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/metrics.h"

#define PIN_MOST 16

struct _StnPinPad {
  GtkBox parent;
  GtkLabel *dots;
  GtkGrid *grid;
  gboolean is_low;
  char pin[PIN_MOST + 1];
};

G_DEFINE_TYPE (StnPinPad, stn_pin_pad, GTK_TYPE_BOX)

static guint entered_signal;

static void
show_dots (StnPinPad *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (gsize i = 0; i < strlen (self->pin); i++)
    g_string_append (text, "● ");
  gtk_label_set_text (self->dots, text->len > 0 ? text->str : "PIN");
}

void
stn_pin_pad_clear (StnPinPad *self)
{
  g_return_if_fail (STN_IS_PIN_PAD (self));
  explicit_bzero (self->pin, sizeof self->pin);
  show_dots (self);
}

void
stn_pin_pad_type (StnPinPad *self, char key)
{
  g_return_if_fail (STN_IS_PIN_PAD (self));
  gsize length = strlen (self->pin);
  if (key == '\r' && length > 0) {
    char pin[sizeof self->pin];
    memcpy (pin, self->pin, sizeof pin);
    stn_pin_pad_clear (self);
    g_signal_emit (self, entered_signal, 0, pin);
    explicit_bzero (pin, sizeof pin);
  } else if (key == '\b' && length > 0) {
    self->pin[length - 1] = '\0';
    show_dots (self);
  } else if (g_ascii_isdigit (key) && length < PIN_MOST) {
    self->pin[length] = key;
    self->pin[length + 1] = '\0';
    show_dots (self);
  }
}

static void
on_key (GtkWidget *button, gpointer data)
{
  StnPinPad *self = STN_PIN_PAD (gtk_widget_get_ancestor (button, STN_TYPE_PIN_PAD));
  stn_pin_pad_type (self, (char) GPOINTER_TO_INT (data));
}

/* Where a key stands: as on a telephone; where the screen is low the last row's keys stand in a column beside the digits. */
static void
key_place (guint index, gboolean is_low, int *out_column, int *out_row)
{
  gboolean is_beside = is_low && index >= 9;
  *out_column = is_beside ? 3 : (int) (index % 3);
  *out_row = is_beside ? (int) index - 9 : (int) (index / 3);
}

void
stn_pin_pad_set_low (StnPinPad *self, gboolean is_low)
{
  g_return_if_fail (STN_IS_PIN_PAD (self));
  if (self->is_low == is_low)
    return;
  self->is_low = is_low;
  g_autoptr (GList) children = gtk_container_get_children (GTK_CONTAINER (self->grid));
  for (GList *child = children; child != NULL; child = child->next) {
    guint index = GPOINTER_TO_UINT (g_object_get_data (child->data, "index"));
    int column, row;
    key_place (index, is_low, &column, &row);
    gtk_container_child_set (GTK_CONTAINER (self->grid), child->data, "left-attach", column, "top-attach", row, NULL);
  }
}

static void
stn_pin_pad_finalize (GObject *object)
{
  explicit_bzero (STN_PIN_PAD (object)->pin, PIN_MOST + 1);
  G_OBJECT_CLASS (stn_pin_pad_parent_class)->finalize (object);
}

static void
stn_pin_pad_class_init (StnPinPadClass *class)
{
  G_OBJECT_CLASS (class)->finalize = stn_pin_pad_finalize;
  entered_signal = g_signal_new ("entered", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "pinpad");
}

static void
stn_pin_pad_init (StnPinPad *self)
{
  static const struct {
    const char *label, *name;
    char key;
  } keys[] = {
    { "1", NULL, '1' }, { "2", NULL, '2' },          { "3", NULL, '3' }, { "4", NULL, '4' },
    { "5", NULL, '5' }, { "6", NULL, '6' },          { "7", NULL, '7' }, { "8", NULL, '8' },
    { "9", NULL, '9' }, { "⌫", N_ ("Erase"), '\b' }, { "0", NULL, '0' }, { "OK", N_ ("OK"), '\r' },
  };
  GtkWidget *grid = gtk_grid_new ();
  int size = stn_metrics_pixels (GTK_WIDGET (self), STN_TOUCH_MM);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 8);
  self->dots = GTK_LABEL (gtk_label_new ("PIN"));
  gtk_style_context_add_class (gtk_widget_get_style_context (GTK_WIDGET (self->dots)), "pin-dots");
  gtk_box_pack_start (GTK_BOX (self), GTK_WIDGET (self->dots), FALSE, FALSE, 0);
  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 8);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    GtkWidget *button = gtk_button_new_with_label (keys[i].label);
    if (keys[i].name != NULL)
      atk_object_set_name (gtk_widget_get_accessible (button), _ (keys[i].name));
    gtk_widget_set_focus_on_click (button, FALSE);
    gtk_widget_set_size_request (button, size, size);
    g_signal_connect (button, "clicked", G_CALLBACK (on_key), GINT_TO_POINTER ((int) keys[i].key));
    g_object_set_data (G_OBJECT (button), "index", GUINT_TO_POINTER (i));
    gtk_grid_attach (GTK_GRID (grid), button, (int) i % 3, (int) i / 3, 1, 1);
  }
  self->grid = GTK_GRID (grid);
  gtk_box_pack_start (GTK_BOX (self), grid, TRUE, TRUE, 0);
  gtk_widget_show_all (GTK_WIDGET (self));
  /* whoever wants a PIN shows it */
  gtk_widget_hide (GTK_WIDGET (self));
}
