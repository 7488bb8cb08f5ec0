#include "src/bench/board.h"
#include "src/bench/rom-uart.h"

#include <string.h>

static void
work_clear (gpointer data)
{
  StnWork *work = data;
  g_clear_pointer (&work->bytes, g_free);
}

static void
insert_chip (StnBoard *self, const StnTarget *target, StnBoardFaults *faults, const guint8 uid[12],
             gboolean boot_pin_live)
{
  self->target = target;
  self->faults = *faults;
  *faults = (StnBoardFaults){ 0 };
  stn_flash_init (&self->flash, target, self->faults.dead);
  stn_area_init (&self->options, target, boot_pin_live);
  if (self->faults.is_protected) {
    g_autofree guint8 *area = stn_area_after_level (&self->options, STN_AREA_LEVEL_CLOSED);
    stn_area_store (&self->options, area);
  }
  memcpy (self->uid, uid, sizeof self->uid);
  self->rom = stn_rom_new ();
  self->state = STN_BOARD_OFF;
  self->empty_latch = FALSE;
  self->bytes_out = self->bytes_in = 0;
  self->dip_ns = 0;
}

gboolean
stn_board_set_option (StnBoard *self, const char *name, guint32 value)
{
  g_autofree guint8 *area = stn_area_after_field (&self->options, name, value);
  if (area == NULL)
    return FALSE;
  stn_area_store (&self->options, area);
  return TRUE;
}

static void
remove_chip (StnBoard *self)
{
  stn_flash_clear (&self->flash);
  stn_area_clear (&self->options);
  stn_board_faults_clear (&self->faults);
  g_clear_pointer (&self->rom, stn_rom_free);
  g_clear_pointer (&self->ram, g_free);
}

StnBoard *
stn_board_new (const char *name, const StnTarget *target, const StnPace *pace, StnBoardFaults *faults,
               const guint8 uid[12], gboolean boot_pin_live, StnClock *clock)
{
  StnBoard *self = g_new0 (StnBoard, 1);
  g_mutex_init (&self->mutex);
  self->clock = clock;
  self->name = g_strdup (name);
  self->pace = *pace;
  self->works = g_array_new (FALSE, FALSE, sizeof (StnWork));
  g_array_set_clear_func (self->works, work_clear);
  stn_uart_port_init (&self->port, pace);
  insert_chip (self, target, faults, uid, boot_pin_live);
  return self;
}

void
stn_board_free (StnBoard *self)
{
  if (self == NULL)
    return;
  remove_chip (self);
  stn_uart_port_clear (&self->port);
  g_array_unref (self->works);
  g_mutex_clear (&self->mutex);
  g_free (self->name);
  g_free (self);
}

/* ---- works ---- */

void
stn_board_add_work (StnBoard *self, StnWorkKind kind, gint64 start_ns, gint64 end_ns, gboolean is_window,
                    guint64 address, guint8 *bytes, gsize length)
{
  StnWork work = { .kind = kind,
                   .start_ns = start_ns,
                   .end_ns = end_ns,
                   .is_window = is_window,
                   .address = address,
                   .bytes = bytes,
                   .length = length };
  g_array_append_val (self->works, work);
  if (kind == STN_WORK_OPTIONS && self->faults.option_cut != 0) {
    gint64 share = (gint64) MIN (self->faults.option_cut, 99);
    self->dip_ns = start_ns + (end_ns - start_ns) / 100 * share;
  }
}

static void start (StnBoard *self, gint64 at_ns);

/* Options are loaded and the empty check is made at power-on and at an option load, never at a plain reset. */
static void
load_options (StnBoard *self)
{
  stn_area_load (&self->options);
  guint32 erased = self->target->erased_byte * 0x01010101u;
  self->empty_latch = stn_flash_word (&self->flash, self->target->flash_base) == erased;
}

/* Everything goes, but for what PCROP keeps when protection is taken back. */
static void
erase_all (StnBoard *self)
{
  const StnOptionArea *options = &self->options;
  guint8 *kept[STN_AREA_RANGES_MOST] = { NULL };
  for (guint i = 0; i < options->hidden_count; i++) {
    gsize length = (gsize) (options->hidden[i].end - options->hidden[i].first);
    if (!options->hidden[i].stays)
      continue;
    kept[i] = g_malloc (length);
    stn_flash_read (&self->flash, options->hidden[i].first, kept[i], length);
  }
  stn_flash_erase (&self->flash, self->target->flash_base, self->target->flash_bytes);
  for (guint i = 0; i < options->hidden_count; i++)
    if (kept[i] != NULL) {
      stn_flash_place (&self->flash, options->hidden[i].first, kept[i],
                       (gsize) (options->hidden[i].end - options->hidden[i].first));
      g_free (kept[i]);
    }
}

static void
apply (StnBoard *self, const StnWork *work)
{
  switch (work->kind) {
  case STN_WORK_PROGRAM:
    stn_flash_program (&self->flash, work->address, work->bytes, work->length);
    break;
  case STN_WORK_ERASE:
    stn_flash_erase (&self->flash, work->address, work->length);
    break;
  case STN_WORK_ERASE_ALL:
    erase_all (self);
    break;
  case STN_WORK_OPTIONS:
    stn_area_store (&self->options, work->bytes);
    if (stn_area_act_at_once (&self->options))
      stn_area_load (&self->options); /* they are the register's, there is nothing to load */
    break;
  case STN_WORK_RESET:
    start (self, work->end_ns);
    break;
  case STN_WORK_OPTION_LOAD:
    load_options (self);
    start (self, work->end_ns);
    break;
  case STN_WORK_JUMP:
    stn_application_start (self, work->address, work->end_ns);
    break;
  }
}

static void
interrupt (StnBoard *self, const StnWork *work, gint64 now_ns)
{
  switch (work->kind) {
  case STN_WORK_PROGRAM:
    stn_flash_program_cut (&self->flash, work->address, work->bytes, work->length, now_ns - work->start_ns,
                           work->end_ns - work->start_ns);
    break;
  case STN_WORK_ERASE:
  case STN_WORK_ERASE_ALL:
    stn_flash_erase_cut (&self->flash, work->address, work->length);
    break;
  case STN_WORK_OPTIONS:
    stn_area_store_cut (&self->options, work->bytes, now_ns - work->start_ns, work->end_ns - work->start_ns);
    break;
  case STN_WORK_RESET:
  case STN_WORK_OPTION_LOAD:
  case STN_WORK_JUMP:
    break;
  }
}

/* everything that has not happened yet does not happen */
static void
cut (StnBoard *self, gint64 now_ns)
{
  for (guint i = 0; i < self->works->len; i++) {
    const StnWork *work = &g_array_index (self->works, StnWork, i);
    if (work->start_ns <= now_ns && now_ns < work->end_ns)
      interrupt (self, work, now_ns);
  }
  g_array_set_size (self->works, 0);
  stn_uart_port_cut (&self->port, now_ns);
}

gint64
stn_board_next_ns (const StnBoard *self)
{
  gint64 next_ns = self->works->len > 0 ? g_array_index (self->works, StnWork, 0).end_ns : STN_TIME_NEVER;
  return self->dip_ns != 0 ? MIN (self->dip_ns, next_ns) : next_ns;
}

/* what was to be done before the supply fails is done; what it fails in is an option write */
static gboolean
dips_now (const StnBoard *self, gint64 now_ns)
{
  if (self->dip_ns == 0 || self->dip_ns > now_ns)
    return FALSE;
  const StnWork *next = self->works->len > 0 ? &g_array_index (self->works, StnWork, 0) : NULL;
  return next == NULL || next->kind == STN_WORK_OPTIONS || next->end_ns > self->dip_ns;
}

static void dip (StnBoard *self, gint64 at_ns);

void
stn_board_work (StnBoard *self, gint64 now_ns)
{
  for (;;) {
    if (dips_now (self, now_ns)) {
      gint64 at_ns = self->dip_ns;
      self->dip_ns = 0;
      if (self->is_supplied)
        dip (self, at_ns);
      self->faults.option_cut = 0;
      continue;
    }
    if (self->works->len > 0) {
      StnWork work = g_array_index (self->works, StnWork, 0);
      if (work.end_ns > now_ns)
        return;
      g_array_index (self->works, StnWork, 0).bytes = NULL; /* ours now: a reset below may add works */
      g_array_remove_index (self->works, 0);
      apply (self, &work);
      work_clear (&work);
      continue;
    }
    const StnWireByte *next = stn_uart_port_peek (&self->port);
    if (next == NULL)
      return;
    StnWireByte byte = *next;
    stn_uart_port_take (&self->port);
    if (++self->bytes_in == self->faults.lose_at)
      continue;
    if (self->state == STN_BOARD_ROM)
      stn_rom_byte (self, &byte);
  }
}

/* The supply fails for an instant. With no flash times an option write takes none and can't be hit by time alone: the
 * fault says how far it had come. */
static void
dip (StnBoard *self, gint64 at_ns)
{
  for (guint i = 0; i < self->works->len; i++) {
    const StnWork *work = &g_array_index (self->works, StnWork, i);
    if (work->kind == STN_WORK_OPTIONS && work->start_ns == work->end_ns && self->faults.option_cut != 0) {
      stn_area_store_cut (&self->options, work->bytes, (gint64) MIN (self->faults.option_cut, 99), 100);
      g_array_set_size (self->works, 0);
    }
  }
  cut (self, at_ns);
  g_array_set_size (self->port.to_host, 0);
  g_clear_pointer (&self->ram, g_free);
  load_options (self);
  start (self, at_ns);
}

void
stn_board_count_exchange (StnBoard *self, gint64 now_ns)
{
  if (++self->exchanges != self->faults.power_cut_at)
    return;
  stn_board_work (self, now_ns);
  if (self->is_supplied)
    dip (self, now_ns);
  stn_clock_wake (self->clock, self);
}

/* ---- reset and power ---- */

static gboolean
reset_is_held (const StnBoard *self)
{
  if (stn_start_nrst_is_dead (&self->options))
    return FALSE;
  return self->faults.nrst_stuck_low || (self->nrst_low && !self->faults.nrst_stuck_high);
}

static gboolean
boot0_level (const StnBoard *self)
{
  return self->faults.boot0_stuck_high || (self->boot0_high && !self->faults.boot0_stuck_low);
}

/* the core comes out of reset: boot pins are sampled, the empty latch is not */
static void
start (StnBoard *self, gint64 at_ns)
{
  self->starts++;
  self->started_ns = at_ns;
  if (stn_area_load_at_reset (&self->options))
    stn_area_load (&self->options);
  self->flash.jammed = FALSE;
  if (reset_is_held (self)) {
    self->state = STN_BOARD_HELD;
    return;
  }
  StnStart begin = stn_start_select (&self->options, &self->flash, boot0_level (self), self->empty_latch);
  switch (begin.kind) {
  case STN_START_ROM:
    self->state = STN_BOARD_ROM;
    if (self->faults.rom_clears_empty)
      self->empty_latch = FALSE;
    stn_rom_start (self, at_ns);
    break;
  case STN_START_FLASH:
    stn_application_start (self, begin.vectors, at_ns);
    break;
  case STN_START_NOWHERE:
    self->state = STN_BOARD_CRASHED;
    break;
  }
}

static gboolean
is_fed (const StnBoard *self)
{
  if (self->faults.absent || self->faults.is_shorted)
    return FALSE;
  if (self->power_line)
    return TRUE;
  /* what the host's idle TX or a driven BOOT0 push through the protection diodes keeps some boards alive */
  return self->faults.back_powered
         && (self->faults.back_powered_always || self->boot0_high
             || (self->port.is_plugged && (self->port.is_open || self->port.is_held) && !self->port.is_breaking));
}

static void
settle_supply (StnBoard *self, gint64 now_ns)
{
  gboolean fed = is_fed (self);
  if (fed == self->is_supplied)
    return;
  self->is_supplied = fed;
  if (fed) {
    load_options (self);
    start (self, now_ns);
  } else {
    cut (self, now_ns);
    g_clear_pointer (&self->ram, g_free);
    self->state = STN_BOARD_OFF;
  }
}

static void
count_violation (StnBoard *self, gint64 now_ns)
{
  for (guint i = 0; i < self->works->len; i++) {
    const StnWork *work = &g_array_index (self->works, StnWork, i);
    if (work->is_window && work->start_ns <= now_ns && now_ns < work->end_ns) {
      self->violations++;
      return;
    }
  }
}

void
stn_board_set_pins (StnBoard *self, guint mask, guint active, gint64 now_ns)
{
  stn_board_work (self, now_ns);
  gboolean nrst = mask & STN_SIGNAL_NRST ? (active & STN_SIGNAL_NRST) != 0 : self->nrst_low;
  gboolean power = mask & STN_SIGNAL_POWER ? (active & STN_SIGNAL_POWER) != 0 : self->power_line;
  gboolean was_held = reset_is_held (self);
  if (nrst != self->nrst_low || power != self->power_line)
    count_violation (self, now_ns);
  self->nrst_low = nrst;
  self->power_line = power;
  if (mask & STN_SIGNAL_BOOT0)
    self->boot0_high = (active & STN_SIGNAL_BOOT0) != 0;

  gboolean was_supplied = self->is_supplied;
  settle_supply (self, now_ns);
  gboolean held = reset_is_held (self);
  if (was_supplied && self->is_supplied && held != was_held) {
    if (held) {
      cut (self, now_ns);
      self->state = STN_BOARD_HELD;
    } else {
      start (self, now_ns);
    }
  }
  stn_clock_wake (self->clock, self);
}

void
stn_board_set_break (StnBoard *self, gboolean on, gint64 now_ns)
{
  stn_board_work (self, now_ns);
  if (on && !self->port.is_breaking) {
    count_violation (self, now_ns);
    if (self->state == STN_BOARD_ROM) {
      /* a low line with no stop bit: spoils a measurement, or is a byte with a broken frame */
      StnWireByte byte = { .start_ns = now_ns,
                           .end_ns = now_ns,
                           .baud = self->port.line.baud,
                           .parity = self->port.line.parity,
                           .value = 0,
                           .spoilt = TRUE };
      g_array_append_val (self->port.to_board, byte);
    }
  }
  self->port.is_breaking = on;
  settle_supply (self, now_ns);
  stn_board_work (self, now_ns);
  stn_clock_wake (self->clock, self);
}

void
stn_board_set_port (StnBoard *self, gboolean is_open, gboolean is_plugged, gint64 now_ns)
{
  stn_board_work (self, now_ns);
  stn_uart_port_collect (&self->port, now_ns); /* what came while nobody listened is lost */
  g_byte_array_set_size (self->port.received, 0);
  self->port.is_open = is_open;
  self->port.is_plugged = is_plugged;
  if (!is_open && !self->port.is_held)
    self->port.is_breaking = FALSE;
  settle_supply (self, now_ns);
  stn_clock_wake (self->clock, self);
}

void
stn_board_hold_port (StnBoard *self, gboolean is_held, gint64 now_ns)
{
  stn_board_work (self, now_ns);
  self->port.is_held = is_held;
  if (!is_held && !self->port.is_open)
    self->port.is_breaking = FALSE;
  settle_supply (self, now_ns);
  stn_clock_wake (self->clock, self);
}

void
stn_board_set_present (StnBoard *self, gboolean present, gint64 now_ns)
{
  stn_board_work (self, now_ns);
  self->faults.absent = !present;
  settle_supply (self, now_ns);
  stn_clock_wake (self->clock, self);
}

void
stn_board_power_cycle (StnBoard *self, gint64 now_ns)
{
  stn_board_work (self, now_ns);
  count_violation (self, now_ns);
  if (self->is_supplied) {
    cut (self, now_ns);
    g_clear_pointer (&self->ram, g_free);
    load_options (self);
    start (self, now_ns);
  }
  stn_clock_wake (self->clock, self);
}

void
stn_board_replace (StnBoard *self, const StnTarget *target, StnBoardFaults *faults, const guint8 uid[12],
                   gboolean boot_pin_live, gint64 now_ns)
{
  stn_board_work (self, now_ns);
  cut (self, now_ns);
  remove_chip (self);
  insert_chip (self, target, faults, uid, boot_pin_live);
  self->is_supplied = FALSE;
  settle_supply (self, now_ns);
  stn_clock_wake (self->clock, self);
}

/* ---- bytes ---- */

void
stn_board_host_sends (StnBoard *self, const guint8 *bytes, gsize length, gint64 now_ns)
{
  stn_board_work (self, now_ns);
  if (length == 0)
    return;
  count_violation (self, now_ns);
  if (self->port.is_breaking)
    return; /* TX is held low */
  stn_uart_port_host_sends (&self->port, bytes, length, now_ns);
  stn_board_work (self, now_ns);
}

static gboolean
is_among (guint64 at, guint64 before, gsize count)
{
  return at > before && at - before <= count;
}

gint64
stn_board_send (StnBoard *self, const guint8 *bytes, gsize length, guint baud, char parity, gint64 at_ns)
{
  StnUartPort *port = &self->port;
  const StnBoardFaults *faults = &self->faults;
  guint64 before = self->bytes_out;
  self->bytes_out += length;
  if (faults->silence) {
    guint there = port->to_host->len;
    gint64 end = stn_uart_port_board_sends (port, bytes, length, baud, parity, at_ns);
    g_array_set_size (port->to_host, there); /* its time passes, nothing arrives */
    return end;
  }
  if (!is_among (faults->flip_at, before, length) && !is_among (faults->extra_at, before, length)
      && !is_among (faults->drop_at, before, length))
    return stn_uart_port_board_sends (port, bytes, length, baud, parity, at_ns);

  gint64 end = at_ns;
  for (gsize i = 0; i < length; i++) {
    guint64 number = before + i + 1;
    guint8 value = number == faults->flip_at ? bytes[i] ^ 0x10 : bytes[i];
    if (number == faults->extra_at)
      end = stn_uart_port_board_sends (port, (const guint8[]){ 0xe5 }, 1, baud, parity, end);
    end = stn_uart_port_board_sends (port, &value, 1, baud, parity, end);
    if (number == faults->drop_at)
      g_array_set_size (port->to_host, port->to_host->len - 1);
  }
  return end;
}

void
stn_board_read_ram (StnBoard *self, guint64 address, guint8 *buffer, gsize length)
{
  memset (buffer, 0, length);
  for (gsize i = 0; i < length && self->ram != NULL; i++)
    if (address + i >= self->target->ram_base && address + i - self->target->ram_base < self->target->ram_bytes)
      buffer[i] = self->ram[address + i - self->target->ram_base];
}

void
stn_board_write_ram (StnBoard *self, guint64 address, const guint8 *bytes, gsize length)
{
  if (self->ram == NULL)
    self->ram = g_malloc0 (self->target->ram_bytes);
  for (gsize i = 0; i < length; i++)
    if (address + i >= self->target->ram_base && address + i - self->target->ram_base < self->target->ram_bytes)
      self->ram[address + i - self->target->ram_base] = bytes[i];
}
