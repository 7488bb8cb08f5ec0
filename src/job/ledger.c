#include "src/job/ledger.h"

void
stn_ledger_free (StnLedger *self)
{
  if (self != NULL)
    self->ledger_class->free (self);
}
