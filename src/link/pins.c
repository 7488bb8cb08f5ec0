#include "src/link/pins.h"

static const char *const pin_names[] = {
  "AD0", "AD1", "AD2", "AD3", "AD4", "AD5", "AD6", "AD7", "AC0", "AC1", "AC2", "AC3", "AC4", "AC5", "AC6", "AC7",
};

gboolean
stn_pin_from_text (const char *text, guint *out_bit)
{
  for (guint bit = 0; bit < G_N_ELEMENTS (pin_names); bit++)
    if (g_strcmp0 (text, pin_names[bit]) == 0) {
      *out_bit = bit;
      return TRUE;
    }
  return FALSE;
}

const char *
stn_pin_name (guint bit)
{
  return bit < G_N_ELEMENTS (pin_names) ? pin_names[bit] : NULL;
}
