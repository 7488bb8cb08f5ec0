#include "src/job/site.h"

#define DEFAULT_BAUD 115200 /* the highest rate ST tests (AN3155 section 2) */

StnSite *
stn_site_new (const char *name, const char *bank)
{
  StnSite *self = g_new0 (StnSite, 1);

  self->name = g_strdup (name);
  self->bank = g_strdup (bank);
  self->enabled = TRUE;
  return self;
}

void
stn_site_free (StnSite *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->bank);
  g_free (self->uart_place);
  g_free (self->usb_place);
  g_free (self->adapters_text);
  g_free (self);
}

StnWiring
stn_site_wiring (const StnSite *self)
{
  return (StnWiring){
    .has_uart = self->uart_place != NULL,
    .has_usb = self->usb_place != NULL,
    .program_by = self->program_by,
    .has_nrst = self->nrst.adapter != NULL,
    .has_boot0 = self->boot0.adapter != NULL,
    .has_power = self->power.adapter != NULL,
    .has_detect = self->detect.adapter != NULL,
    .shares_nrst = self->shares_nrst,
    .shares_boot0 = self->shares_boot0,
    .shares_power = self->shares_power,
    .baud = self->baud != 0 ? self->baud : DEFAULT_BAUD,
    .power_off_ns = self->power_off_ns,
    .power_settle_ns = self->power_settle_ns,
  };
}
