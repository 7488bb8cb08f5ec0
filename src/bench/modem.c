#include "src/bench/modem.h"

#define LINES_ALL ((1u << STN_MODEM_LINE_COUNT) - 1)

struct StnModem {
  GMutex mutex;
  StnClock *clock;
  StnBoard *board;
  StnBenchModemLine lines[STN_MODEM_LINE_COUNT];
  guint32 levels;
  gboolean is_open;
};

typedef struct {
  StnLink link;
  StnModem *modem;
} ModemLink;

StnModem *
stn_modem_new (const StnBenchUart *config, StnBoard *board, StnClock *clock)
{
  StnModem *self = g_new0 (StnModem, 1);
  g_mutex_init (&self->mutex);
  self->clock = clock;
  self->board = board;
  self->levels = LINES_ALL;
  for (guint i = 0; i < STN_MODEM_LINE_COUNT; i++)
    self->lines[i] = config->modem[i];
  return self;
}

void
stn_modem_free (StnModem *self)
{
  if (self == NULL)
    return;
  g_mutex_clear (&self->mutex);
  g_free (self);
}

gboolean
stn_modem_switches (const StnModem *self)
{
  for (guint i = 0; i < STN_MODEM_LINE_COUNT; i++)
    if (self->lines[i].is_wired && self->lines[i].signal == STN_LINE_POWER)
      return TRUE;
  return FALSE;
}

static void
set_locked (StnModem *self, guint32 mask, guint32 levels)
{
  static const guint bits[] = {
    [STN_LINE_NRST] = STN_SIGNAL_NRST, [STN_LINE_BOOT0] = STN_SIGNAL_BOOT0, [STN_LINE_POWER] = STN_SIGNAL_POWER
  };
  guint moved = 0, active = 0;

  self->levels = (self->levels & ~mask) | (levels & mask);
  for (guint i = 0; i < STN_MODEM_LINE_COUNT; i++) {
    const StnBenchModemLine *line = &self->lines[i];
    if (!line->is_wired || !(mask >> i & 1))
      continue;
    gboolean high = self->levels >> i & 1;
    moved |= bits[line->signal];
    active |= high != line->active_low ? bits[line->signal] : 0;
  }
  if (moved == 0)
    return;
  g_mutex_lock (&self->board->mutex);
  stn_board_set_pins (self->board, moved, active, stn_clock_now_ns (self->clock));
  g_mutex_unlock (&self->board->mutex);
}

void
stn_modem_set (StnModem *self, guint32 mask, guint32 levels)
{
  g_mutex_lock (&self->mutex);
  set_locked (self, mask, levels);
  g_mutex_unlock (&self->mutex);
}

void
stn_modem_raise (StnModem *self)
{
  stn_modem_set (self, LINES_ALL, 0);
}

gboolean
stn_modem_is_open (StnModem *self)
{
  g_mutex_lock (&self->mutex);
  gboolean is_open = self->is_open;
  g_mutex_unlock (&self->mutex);
  return is_open;
}

static gboolean
modem_exchange (StnLink *link, StnExchange *exchange, G_GNUC_UNUSED const StnWait *wait, GError **error)
{
  StnModem *self = ((ModemLink *) link)->modem;
  g_mutex_lock (&self->board->mutex);
  gboolean is_plugged = self->board->port.is_plugged;
  g_mutex_unlock (&self->board->mutex);
  if (!is_plugged) {
    stn_error_set (error, STN_FAILURE_LINK_LOST, "%s: the port is gone", link->name);
    return FALSE;
  }
  gboolean done = TRUE;
  g_mutex_lock (&self->mutex);
  if (exchange->operation == STN_OP_SET && (exchange->mask & ~LINES_ALL) == 0) {
    set_locked (self, exchange->mask, exchange->levels);
  } else if (exchange->operation == STN_OP_GET) {
    exchange->levels = self->levels;
  } else {
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "%s: RTS and DTR can't %s", link->name,
                   stn_operation_name (exchange->operation));
    done = FALSE;
  }
  g_mutex_unlock (&self->mutex);
  return done;
}

static void
hold_port (StnModem *self, gboolean is_held)
{
  g_mutex_lock (&self->board->mutex);
  stn_board_hold_port (self->board, is_held, stn_clock_now_ns (self->clock));
  g_mutex_unlock (&self->board->mutex);
}

static void
modem_link_free (StnLink *link)
{
  StnModem *self = ((ModemLink *) link)->modem;
  g_mutex_lock (&self->mutex);
  self->is_open = FALSE;
  g_mutex_unlock (&self->mutex);
  hold_port (self, FALSE);
  g_free (link);
}

static const StnLinkClass modem_link_class = {
  .kind = "bench", .shape = STN_LINK_PINS, .exchange = modem_exchange, .free = modem_link_free
};

StnLink *
stn_modem_open (StnModem *self, const char *place, GError **error)
{
  g_mutex_lock (&self->board->mutex);
  gboolean is_plugged = self->board->port.is_plugged, was_open = self->board->port.is_open;
  g_mutex_unlock (&self->board->mutex);
  g_mutex_lock (&self->mutex);
  gboolean busy = self->is_open;
  self->is_open |= is_plugged;
  g_mutex_unlock (&self->mutex);
  if (!is_plugged) {
    stn_error_set (error, STN_FAILURE_ADAPTER_MISSING, "%s: not plugged in", place);
    return NULL;
  }
  if (busy) {
    stn_error_set (error, STN_FAILURE_PORT_BUSY, "%s: somebody has its modem lines", place);
    return NULL;
  }
  hold_port (self, TRUE);
  if (!was_open)
    stn_modem_raise (self);
  ModemLink *link = g_new0 (ModemLink, 1);
  stn_link_init (&link->link, &modem_link_class, STN_LINK_PINS, place);
  link->modem = self;
  return &link->link;
}
