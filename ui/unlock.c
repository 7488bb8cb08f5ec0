#include "ui/unlock.h"

#include <glib/gi18n.h>

#include "ui/metrics.h"
#include "ui/pin-pad.h"
#include "ui/screen-private.h"

struct _StnUnlock {
  GtkBox parent;
  GtkLabel *what, *who, *preview;
  GtkBox *body;
  GtkButton *close;
  StnRows *reasons;
  StnPinPad *pad;
  gboolean is_shown, wants_pin, is_low;
};

G_DEFINE_TYPE (StnUnlock, stn_unlock, GTK_TYPE_BOX)

void
stn_unlock_show (StnUnlock *self, const StnModel *model, gboolean is_shown)
{
  if (self->is_shown != is_shown)
    stn_pin_pad_clear (self->pad);
  self->is_shown = is_shown;
  self->wants_pin = is_shown && model->wants_pin;
  gtk_widget_set_visible (GTK_WIDGET (self->pad), self->wants_pin);
  if (!is_shown)
    return;
  stn_label_set_or_hide (self->what, model->unlock_what);
  stn_label_set (self->who, model->person != NULL ? model->person : _ ("Scan the supervisor’s badge."));
  /* on a low screen they stand side by side until one of them was chosen */
  stn_rows_set_columns (self->reasons, self->is_low && !self->wants_pin ? 3 : 1);
  stn_rows_show (self->reasons, model->reasons);
  stn_label_set_or_hide (self->preview, model->unlock_preview);
}

void
stn_unlock_set_low (StnUnlock *self, gboolean is_low)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->body), is_low ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (self->body, is_low ? 24 : 12);
  gtk_widget_set_valign (GTK_WIDGET (self->pad), is_low ? GTK_ALIGN_START : GTK_ALIGN_END);
  self->is_low = is_low;
  stn_pin_pad_set_low (self->pad, is_low);
}

gboolean
stn_unlock_type (StnUnlock *self, char key)
{
  if (self->wants_pin)
    stn_pin_pad_type (self->pad, key);
  return self->wants_pin;
}

static void
on_entered (StnPinPad *pad G_GNUC_UNUSED, const char *pin, StnUnlock *self)
{
  stn_screen_ask (GTK_WIDGET (self), "unlock-pin", pin);
}

static void
stn_unlock_class_init (StnUnlockClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  g_type_ensure (STN_TYPE_ROWS);
  g_type_ensure (STN_TYPE_PIN_PAD);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/stationctl/Station/unlock.ui");
  gtk_widget_class_bind_template_child (widget_class, StnUnlock, what);
  gtk_widget_class_bind_template_child (widget_class, StnUnlock, who);
  gtk_widget_class_bind_template_child (widget_class, StnUnlock, preview);
  gtk_widget_class_bind_template_child (widget_class, StnUnlock, close);
  gtk_widget_class_bind_template_child (widget_class, StnUnlock, body);
  gtk_widget_class_bind_template_child (widget_class, StnUnlock, reasons);
  gtk_widget_class_bind_template_child (widget_class, StnUnlock, pad);
  gtk_widget_class_set_css_name (widget_class, "unlock");
}

static void
stn_unlock_init (StnUnlock *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  stn_screen_connect_rows (self->reasons, "unlock-reason", NULL, NULL);
  g_signal_connect (self->pad, "entered", G_CALLBACK (on_entered), self);
  int touch = stn_metrics_pixels (GTK_WIDGET (self), STN_TOUCH_MM);
  gtk_widget_set_size_request (GTK_WIDGET (self->close), touch, touch * 2 / 3);
}
