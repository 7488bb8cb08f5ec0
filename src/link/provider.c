#include "src/link/provider.h"

void
stn_provider_free (StnProvider *self)
{
  if (self != NULL)
    self->provider_class->free (self);
}
