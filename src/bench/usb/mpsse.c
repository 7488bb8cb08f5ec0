#include "src/bench/usb/mpsse.h"

#include <string.h>

enum {
  SET_LOW = 0x80,
  READ_LOW = 0x81,
  SET_HIGH = 0x82,
  READ_HIGH = 0x83,
  LOOP_ON = 0x84,
  LOOP_OFF = 0x85,
  SEND_NOW = 0x87,
  WAIT_HIGH = 0x88,
  WAIT_LOW = 0x89,
  ZERO_ONLY = 0x9e,
  BAD_COMMAND = 0xfa,
};
/* bits of a shift command */
enum { SHIFT_BITS = 0x02, SHIFT_WRITE = 0x10, SHIFT_READ = 0x20, SHIFT_TMS = 0x40, NOT_SHIFT = 0x80 };
#define WAIT_PIN 0x20  /* GPIOL1, AD5 */
#define INPUT_PIN 0x04 /* TDI/DO back into the chip: AD2 */

/* Commands that do nothing to a pin of ours, and how many arguments they have. */
static const struct {
  guint8 opcode;
  guint8 arguments;
} others[] = {
  { 0x86, 2 }, { 0x8a, 0 }, { 0x8b, 0 }, /* the clock: nothing here is clocked */
  { 0x8c, 0 }, { 0x8d, 0 },              /* three-phase clocking */
  { 0x8e, 1 }, { 0x8f, 2 },              /* clocks without data */
  { 0x94, 0 }, { 0x95, 0 },              /* clocks until a pin */
  { 0x96, 0 }, { 0x97, 0 },              /* adaptive clocking */
  { 0x9c, 2 }, { 0x9d, 2 },
};

void
stn_mpsse_init (StnMpsse *self, const StnMpssePins *pins, gpointer user, GByteArray *out)
{
  *self = (StnMpsse){ .pins = pins, .user = user, .out = out };
  self->commands = g_byte_array_new ();
}

void
stn_mpsse_clear (StnMpsse *self)
{
  g_clear_pointer (&self->commands, g_byte_array_unref);
}

static void
drive (StnMpsse *self)
{
  guint16 released = self->zero_only & self->levels;
  self->pins->drive (self->user, self->directions & (guint16) ~released, self->levels);
}

void
stn_mpsse_reset (StnMpsse *self)
{
  g_byte_array_set_size (self->commands, 0);
  self->levels = self->directions = self->zero_only = 0;
  self->loops_back = FALSE;
  self->flush = FALSE;
  drive (self);
}

static void
put (StnMpsse *self, guint8 byte)
{
  g_byte_array_append (self->out, &byte, 1);
}

static guint8
shifted_in (StnMpsse *self, guint8 sent)
{
  if (self->loops_back)
    return sent;
  return self->pins->levels (self->user) & INPUT_PIN ? 0xff : 0x00;
}

/* Each returns how many bytes it took, 0 when the command is not whole yet. */

static gsize
shift (StnMpsse *self, const guint8 *at, gsize there)
{
  guint8 opcode = at[0];
  if (opcode & SHIFT_BITS) {
    gsize whole = 2 + (opcode & (SHIFT_WRITE | SHIFT_TMS) ? 1 : 0);
    if (there < whole)
      return 0;
    if (opcode & SHIFT_READ)
      put (self, shifted_in (self, whole == 3 ? at[2] : 0));
    return whole;
  }
  if (there < 3)
    return 0;
  gsize count = (gsize) (at[1] | at[2] << 8) + 1;
  gsize whole = 3 + (opcode & SHIFT_WRITE ? count : 0);
  if (there < whole)
    return 0;
  for (gsize i = 0; opcode & SHIFT_READ && i < count; i++)
    put (self, shifted_in (self, opcode & SHIFT_WRITE ? at[3 + i] : 0));
  return whole;
}

static gboolean
is_shift (guint8 opcode)
{
  if (opcode & NOT_SHIFT)
    return FALSE;
  if (opcode & SHIFT_TMS) /* bits only, and never together with data out */
    return (opcode & SHIFT_BITS) && !(opcode & SHIFT_WRITE) && (opcode & 0x08);
  return (opcode & (SHIFT_WRITE | SHIFT_READ)) != 0;
}

static void
set_byte (StnMpsse *self, guint shift_by, guint8 levels, guint8 directions)
{
  guint16 mask = (guint16) (0xffu << shift_by);
  self->levels = (guint16) ((self->levels & ~mask) | levels << shift_by);
  self->directions = (guint16) ((self->directions & ~mask) | directions << shift_by);
  drive (self);
}

static gsize
run_one (StnMpsse *self, const guint8 *at, gsize there)
{
  guint8 opcode = at[0];
  if (is_shift (opcode))
    return shift (self, at, there);
  switch (opcode) {
  case SET_LOW:
  case SET_HIGH:
    if (there < 3)
      return 0;
    set_byte (self, opcode == SET_HIGH ? 8 : 0, at[1], at[2]);
    return 3;
  case READ_LOW:
  case READ_HIGH:
    put (self, (guint8) (self->pins->levels (self->user) >> (opcode == READ_HIGH ? 8 : 0)));
    return 1;
  case LOOP_ON:
  case LOOP_OFF:
    self->loops_back = opcode == LOOP_ON;
    return 1;
  case SEND_NOW:
    self->flush = TRUE;
    return 1;
  case WAIT_HIGH:
  case WAIT_LOW:
    return ((self->pins->levels (self->user) & WAIT_PIN) != 0) == (opcode == WAIT_HIGH) ? 1 : 0;
  case ZERO_ONLY:
    if (there < 3)
      return 0;
    self->zero_only = (guint16) (at[1] | at[2] << 8);
    drive (self);
    return 3;
  default:
    break;
  }
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (others[i].opcode == opcode)
      return there > others[i].arguments ? 1u + others[i].arguments : 0;
  put (self, BAD_COMMAND); /* and the command itself: what programs use to find the beginning of the stream */
  put (self, opcode);
  return 1;
}

void
stn_mpsse_feed (StnMpsse *self, const guint8 *bytes, gsize length)
{
  if (length > 0)
    g_byte_array_append (self->commands, bytes, (guint) length);
  gsize at = 0;
  while (at < self->commands->len) {
    gsize taken = run_one (self, self->commands->data + at, self->commands->len - at);
    if (taken == 0)
      break;
    at += taken;
  }
  if (at > 0)
    g_byte_array_remove_range (self->commands, 0, (guint) at);
}
