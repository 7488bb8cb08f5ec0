/* Ten keys for a PIN, large enough for a glove. What is typed is shown as dots and never leaves this widget but by
 * "entered" (the PIN). Digits of the keyboard count too, while the window's scanner finds that a person types them. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define STN_TYPE_PIN_PAD (stn_pin_pad_get_type ())
G_DECLARE_FINAL_TYPE (StnPinPad, stn_pin_pad, STN, PIN_PAD, GtkBox)

void stn_pin_pad_clear (StnPinPad *self);
/* Fewer rows of keys, for a screen that is low. */
void stn_pin_pad_set_low (StnPinPad *self, gboolean is_low);
/* A digit, '\b' or '\r', as from the keyboard. */
void stn_pin_pad_type (StnPinPad *self, char key);

G_END_DECLS
