#include "src/record/serial.h"

static const char *const state_names[STN_SERIAL_STATE_COUNT] = {
  [STN_SERIAL_FREE] = "free", [STN_SERIAL_LEASED] = "leased", [STN_SERIAL_EXPOSED] = "exposed",
  [STN_SERIAL_USED] = "used", [STN_SERIAL_VOID] = "void",
};

const char *
stn_serial_state_name (StnSerialState state)
{
  /* a slip must not make a serial look free */
  return (guint) state < STN_SERIAL_STATE_COUNT ? state_names[state] : state_names[STN_SERIAL_VOID];
}
