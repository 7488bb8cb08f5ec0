#include "src/bench/adapter.h"

#define PINS_ALL 0xffffu

typedef struct {
  guint bit;
  StnBoard *board; /* NULL: a bank's */
  StnLineSignal signal;
  gboolean active_low;
} Line;

struct StnLineAdapter {
  GMutex mutex;
  StnClock *clock;
  char *serial, *port;
  GArray *lines; /* Line */
  guint32 driven, levels;
  guint32 held, held_levels; /* by somebody outside */
  gint64 press_every_ns, press_for_ns;
  gboolean is_hub;
  StnHubSwitching switching;
  guint32 open_drain; /* of a link: lines that are let go instead of driven high */
  gboolean is_plugged, is_open;
};

typedef struct {
  StnLink link;
  StnLineAdapter *adapter;
} AdapterLink;

StnLineAdapter *
stn_line_adapter_new (const StnBenchAdapter *config, GHashTable *boards, StnClock *clock)
{
  StnLineAdapter *self = g_new0 (StnLineAdapter, 1);
  g_mutex_init (&self->mutex);
  self->clock = clock;
  self->serial = g_strdup (config->serial);
  self->port = g_strdup (config->port);
  self->is_hub = config->is_hub;
  self->switching = config->switching;
  self->is_plugged = TRUE;
  self->lines = g_array_new (FALSE, FALSE, sizeof (Line));
  for (guint i = 0; i < config->lines->len; i++) {
    const StnBenchLine *from = g_ptr_array_index (config->lines, i);
    Line line = { from->bit, g_hash_table_lookup (boards, from->board), from->signal, from->active_low };
    if (line.board != NULL || line.signal >= STN_LINE_START)
      g_array_append_val (self->lines, line);
  }
  return self;
}

void
stn_line_adapter_free (StnLineAdapter *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->lines);
  g_mutex_clear (&self->mutex);
  g_free (self->serial);
  g_free (self->port);
  g_free (self);
}

gboolean
stn_line_adapter_is_at (const StnLineAdapter *self, const char *place)
{
  return stn_bench_place_is (place, self->serial, self->port);
}

char *
stn_line_adapter_place (StnLineAdapter *self)
{
  g_mutex_lock (&self->mutex);
  gboolean plugged = self->is_plugged;
  g_mutex_unlock (&self->mutex);
  if (!plugged)
    return NULL;
  return self->serial != NULL ? g_strdup (self->serial) : g_strdup_printf ("bench-usb-0:%s", self->port);
}

gboolean
stn_line_adapter_switches (const StnLineAdapter *self, const StnBoard *board)
{
  for (guint i = 0; i < self->lines->len; i++) {
    const Line *line = &g_array_index (self->lines, Line, i);
    if (line->board == board && line->signal == STN_LINE_POWER)
      return TRUE;
  }
  return FALSE;
}

void
stn_line_adapter_set_presses (StnLineAdapter *self, gint64 every_ns, gint64 for_ns)
{
  self->press_every_ns = every_ns;
  self->press_for_ns = for_ns;
}

void
stn_line_adapter_set_input (StnLineAdapter *self, guint bit, gboolean high)
{
  g_mutex_lock (&self->mutex);
  self->held |= 1u << bit;
  self->held_levels = high ? self->held_levels | 1u << bit : self->held_levels & ~(1u << bit);
  g_mutex_unlock (&self->mutex);
}

void
stn_line_adapter_set_plugged (StnLineAdapter *self, gboolean plugged)
{
  g_mutex_lock (&self->mutex);
  self->is_plugged = plugged;
  g_mutex_unlock (&self->mutex);
}

static guint
signal_bit (StnLineSignal signal)
{
  return signal == STN_LINE_NRST    ? STN_SIGNAL_NRST
         : signal == STN_LINE_BOOT0 ? STN_SIGNAL_BOOT0
         : signal == STN_LINE_POWER ? STN_SIGNAL_POWER
                                    : 0;
}

/* All lines of `mask` move at one moment, and a board with several of them sees them move together. */
static void
move_lines (StnLineAdapter *self, guint32 mask)
{
  gint64 now_ns = stn_clock_now_ns (self->clock);
  for (guint i = 0; i < self->lines->len; i++) {
    StnBoard *board = g_array_index (self->lines, Line, i).board;
    gboolean seen_before = board == NULL;
    for (guint k = 0; k < i && !seen_before; k++)
      seen_before = g_array_index (self->lines, Line, k).board == board;
    if (seen_before)
      continue;
    guint moved = 0, active = 0;
    for (guint k = i; k < self->lines->len; k++) {
      const Line *line = &g_array_index (self->lines, Line, k);
      if (line->board != board || !(mask >> line->bit & 1))
        continue;
      gboolean high = self->levels >> line->bit & 1, driven = self->driven >> line->bit & 1;
      moved |= signal_bit (line->signal);
      active |= (driven ? high != line->active_low : self->is_hub) ? signal_bit (line->signal) : 0;
    }
    if (moved == 0)
      continue;
    g_mutex_lock (&board->mutex);
    stn_board_set_pins (board, moved, active, now_ns);
    g_mutex_unlock (&board->mutex);
  }
}

static void
set_levels (StnLineAdapter *self, guint32 mask, guint32 levels)
{
  mask &= PINS_ALL;
  guint32 before = self->driven, before_levels = self->levels;
  self->levels = (self->levels & ~mask) | (levels & mask);
  self->driven = (self->driven | mask) & ~(self->open_drain & self->levels);
  /* what stays as it was is no event for a board, but a line is set as often as its owner likes */
  move_lines (self, mask | (before ^ self->driven) | (before_levels ^ self->levels));
}

void
stn_line_adapter_drive (StnLineAdapter *self, guint32 directions, guint32 levels)
{
  g_mutex_lock (&self->mutex);
  guint32 before = self->driven, before_levels = self->levels;
  self->driven = directions & PINS_ALL;
  self->levels = levels & self->driven;
  /* what stays as it was is no event for a board */
  move_lines (self, (before ^ self->driven) | (before_levels ^ self->levels));
  g_mutex_unlock (&self->mutex);
}

/* what a line that the board drives says */
static gboolean
is_active (const StnBoard *board, StnLineSignal signal)
{
  switch (signal) {
  case STN_LINE_DETECT:
    return !board->faults.absent && stn_clock_now_ns (board->clock) >= board->swapped_ns;
  case STN_LINE_GOOD:
    return board->power_line && !board->faults.is_shorted;
  case STN_LINE_FAULT:
    return board->power_line && board->faults.is_shorted;
  default:
    return FALSE;
  }
}

static gboolean
operator_is_active (const StnLineAdapter *self, StnLineSignal signal)
{
  if (signal == STN_LINE_LID)
    return TRUE;
  gint64 now_ns = stn_clock_now_ns (self->clock);
  return self->press_every_ns > 0 && now_ns >= self->press_every_ns
         && now_ns % self->press_every_ns < self->press_for_ns;
}

static guint32
get_levels (StnLineAdapter *self)
{
  guint32 levels = (self->levels & self->driven) | (PINS_ALL & ~self->driven);
  for (guint i = 0; i < self->lines->len; i++) {
    const Line *line = &g_array_index (self->lines, Line, i);
    if (self->is_hub && line->board->faults.is_shorted)
      levels &= ~(1u << line->bit); /* over-current */
    if (signal_bit (line->signal) != 0 || line->signal >= STN_LINE_BUSY)
      continue;
    if (line->board == NULL) {
      gboolean high = operator_is_active (self, line->signal) != line->active_low;
      levels = high ? levels | 1u << line->bit : levels & ~(1u << line->bit);
      continue;
    }
    g_mutex_lock (&line->board->mutex);
    stn_board_work (line->board, stn_clock_now_ns (self->clock));
    gboolean high = is_active (line->board, line->signal) != line->active_low;
    g_mutex_unlock (&line->board->mutex);
    levels = high ? levels | 1u << line->bit : levels & ~(1u << line->bit);
  }
  return (levels & ~self->held) | (self->held_levels & self->held);
}

guint32
stn_line_adapter_levels (StnLineAdapter *self)
{
  g_mutex_lock (&self->mutex);
  guint32 levels = get_levels (self);
  g_mutex_unlock (&self->mutex);
  return levels;
}

static gboolean
adapter_exchange (StnLink *link, StnExchange *exchange, G_GNUC_UNUSED const StnWait *wait, GError **error)
{
  StnLineAdapter *self = ((AdapterLink *) link)->adapter;
  gboolean done = TRUE;
  g_mutex_lock (&self->mutex);
  if (!self->is_plugged) {
    stn_error_set (error, STN_FAILURE_LINK_LOST, "%s: the adapter is gone", link->name);
    done = FALSE;
  } else if (exchange->operation == STN_OP_SET) {
    set_levels (self, exchange->mask, exchange->levels);
  } else if (exchange->operation == STN_OP_OPEN_DRAIN) {
    self->open_drain = exchange->mask & PINS_ALL;
    guint32 before = self->driven;
    self->driven &= ~(self->open_drain & self->levels);
    move_lines (self, before ^ self->driven);
  } else if (exchange->operation == STN_OP_GET) {
    exchange->levels = get_levels (self);
  } else {
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "%s: an adapter's lines can't %s", link->name,
                   stn_operation_name (exchange->operation));
    done = FALSE;
  }
  g_mutex_unlock (&self->mutex);
  return done;
}

static void
adapter_link_free (StnLink *link)
{
  AdapterLink *self = (AdapterLink *) link;
  g_mutex_lock (&self->adapter->mutex);
  self->adapter->is_open = FALSE;
  self->adapter->open_drain = 0;
  g_mutex_unlock (&self->adapter->mutex);
  g_free (self);
}

static const StnLinkClass adapter_link_class = {
  .kind = "bench", .shape = STN_LINK_PINS, .exchange = adapter_exchange, .free = adapter_link_free
};

StnLink *
stn_line_adapter_open (StnLineAdapter *self, const char *place, GError **error)
{
  if (self->is_hub && self->switching != STN_HUB_SWITCHES_EACH) {
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "%s: the hub says that it %s", place,
                   self->switching == STN_HUB_SWITCHES_NONE ? "does not switch its ports"
                                                            : "switches all its ports together");
    return NULL;
  }
  g_mutex_lock (&self->mutex);
  gboolean plugged = self->is_plugged, busy = self->is_open;
  self->is_open = plugged;
  g_mutex_unlock (&self->mutex);
  if (!plugged) {
    stn_error_set (error, STN_FAILURE_ADAPTER_MISSING, "%s: not plugged in", place);
    return NULL;
  }
  if (busy) {
    stn_error_set (error, STN_FAILURE_PORT_BUSY, "%s: somebody has it open", place);
    return NULL;
  }
  AdapterLink *link = g_new0 (AdapterLink, 1);
  stn_link_init (&link->link, &adapter_link_class, STN_LINK_PINS, place);
  link->adapter = self;
  return &link->link;
}
