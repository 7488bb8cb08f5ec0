#include "src/link/provider.h"

void
stn_provider_free (StnProvider *self)
{
  if (self != NULL)
    self->provider_class->free (self);
}

StnPlace *
stn_place_new (StnPlaceKind kind, const char *place, const char *what)
{
  StnPlace *self = g_new0 (StnPlace, 1);

  self->kind = kind;
  self->place = g_strdup (place);
  self->what = g_strdup (what);
  return self;
}

void
stn_place_free (StnPlace *self)
{
  if (self == NULL)
    return;
  g_free (self->place);
  g_free (self->what);
  g_free (self);
}
