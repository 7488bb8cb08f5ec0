#include "src/bench/rom-special.h"
#include "src/bench/options-private.h"

#define SET_STATE 0x0001
#define RESET 0x0002
#define TRUSTZONE 0x0082
/* data of TRUSTZONE: the low byte says what */
#define DISABLE_TRUSTZONE 0
#define TO_HALF 1
#define UNLOCK_WRP 2

#define STATE_OPEN 0xed
#define STATE_PROVISIONING 0x17
#define RDP_HALF 0x55

static gboolean
has_states (const StnBoard *board)
{
  return board->target->boot_pattern == 17 || board->target->boot_pattern == 19;
}

gboolean
stn_rom_has_special (const StnBoard *board)
{
  return has_states (board) || board->target->boot_pattern == 12;
}

static gint64
store_field (StnBoard *board, guint8 *area, const char *name, guint32 value, gint64 at_ns)
{
  const StnAreaField *field = stn_area_find (&board->options, name);
  if (field != NULL)
    stn_area_put_field (&board->options, area, field, value);
  return stn_memory_store_options (board, area, at_ns);
}

/* Forward through the states, or from provisioning back to open, which erases everything. */
static StnSpecialResult
set_state (StnBoard *board, guint32 data, gint64 at_ns)
{
  StnSpecialResult result = { .is_known = stn_area_find (&board->options, "PRODUCT_STATE") != NULL, .end_ns = at_ns };
  guint32 now;
  if (!result.is_known || data > 0xff || !stn_area_field (&board->options, "PRODUCT_STATE", &now))
    return result;
  gboolean back = data == STATE_OPEN && now == STATE_PROVISIONING;
  gboolean forward = now == STATE_OPEN || (now == STATE_PROVISIONING && data != STATE_OPEN);
  if (!back && !forward)
    return result;
  if (back)
    result.end_ns = stn_memory_erase_all (board, result.end_ns);
  result.end_ns = store_field (board, stn_area_registers (&board->options), "PRODUCT_STATE", data, result.end_ns);
  result.is_done = result.resets = TRUE;
  return result;
}

static StnSpecialResult
trustzone (StnBoard *board, guint32 data, gint64 at_ns)
{
  StnOptionArea *options = &board->options;
  StnSpecialResult result = { .is_known = TRUE, .end_ns = at_ns };
  gboolean closed = stn_area_level (options) == STN_AREA_LEVEL_CLOSED, on = stn_area_has_trustzone_on (options);
  guint8 *area = NULL;
  switch (data & 0xff) {
  case DISABLE_TRUSTZONE:
    if (!closed || !on || data != 0)
      return result;
    result.end_ns = stn_memory_erase_all (board, at_ns);
    area = stn_area_after_level (options, STN_AREA_LEVEL_OPEN);
    result.end_ns = store_field (board, area, "TZEN", 0, result.end_ns);
    break;
  case TO_HALF:
    if (!closed || !on || data != TO_HALF)
      return result;
    result.end_ns = store_field (board, stn_area_registers (options), "RDP", RDP_HALF, at_ns);
    break;
  case UNLOCK_WRP:
    if (!closed || data >> 16 != 0 || (data >> 8 & 0xff) > 4)
      return result;
    result.end_ns = stn_memory_store_options (board, stn_area_after_unlock (options, data >> 8 & 0xff), at_ns);
    break;
  default:
    return result;
  }
  result.is_done = result.resets = TRUE;
  return result;
}

StnSpecialResult
stn_rom_special (StnBoard *board, guint operation, guint32 data, gint64 at_ns)
{
  if (operation == SET_STATE && board->target->boot_pattern == 17)
    return set_state (board, data, at_ns);
  if (operation == RESET && has_states (board))
    return (StnSpecialResult){ .is_known = TRUE, .is_done = TRUE, .resets = TRUE, .end_ns = at_ns };
  if (operation == TRUSTZONE && board->target->boot_pattern == 12)
    return trustzone (board, data, at_ns);
  return (StnSpecialResult){ .end_ns = at_ns };
}
