#include "src/station/panel.h"

#include "src/station/press.h"

/* half of what FORMATS allows, as a slow USB answer comes on top */
#define POLL_NS (5 * STN_NS_PER_MS)
/* a lid that is open for less was not opened; and NRST of the boards waits for the same adapter */
#define LID_POLL_NS (50 * STN_NS_PER_MS)
#define LAMP_NS (2 * STN_NS_PER_S)
/* a lid that is closed slowly touches its switch more than once */
#define LID_STEADY_NS (200 * STN_NS_PER_MS)

typedef enum { LAMP_BUSY, LAMP_OK, LAMP_FAIL, LAMP_COUNT } Lamp;

typedef struct {
  char *name;
  StnLine lines[STN_PANEL_COUNT];
  StnLineLease lamps[LAMP_COUNT];
  StnPress press;
  gboolean is_lid_open; /* as last seen */
  gboolean lid_was_open; /* since the last cycle */
  gint64 closed_since_ns; /* 0: open, or not looked at yet */
} Bank;

struct StnPanel {
  StnClock *clock;
  StnEventQueue *events;
  GArray *banks; /* Bank */
  GMutex mutex;
  GThread *watch;   /* of the lids, while a cycle runs */
  gboolean is_over; /* guarded by the mutex */
};

static Bank *
bank_at (const StnPanel *self, guint index)
{
  return &g_array_index (self->banks, Bank, index);
}

static void
clear_bank (gpointer data)
{
  g_free (((Bank *) data)->name);
}

StnPanel *
stn_panel_new (StnClock *clock, StnEventQueue *events)
{
  StnPanel *self = g_new0 (StnPanel, 1);
  self->clock = stn_clock_ref (clock);
  self->events = events;
  self->banks = g_array_new (FALSE, TRUE, sizeof (Bank));
  g_array_set_clear_func (self->banks, clear_bank);
  g_mutex_init (&self->mutex);
  return self;
}

void
stn_panel_add_bank (StnPanel *self, const char *name, const StnLine *lines)
{
  Bank bank = { .name = g_strdup (name) };
  for (guint i = 0; i < STN_PANEL_COUNT; i++)
    bank.lines[i] = lines[i];
  g_array_append_val (self->banks, bank);
}

static gboolean
has_signal (const StnPanel *self, StnPanelSignal signal)
{
  for (guint i = 0; i < self->banks->len; i++)
    if (bank_at (self, i)->lines[signal].adapter != NULL)
      return TRUE;
  return FALSE;
}

static void
warn (StnPanel *self, StnFailure failure, char *text)
{
  StnEvent *event = stn_event_new (STN_EVENT_WARNING);
  event->utc_us = stn_clock_utc_us (self->clock);
  event->mono_ns = stn_clock_now_ns (self->clock);
  event->failure = failure;
  event->text = text;
  stn_event_queue_post (self->events, event);
}

/* ---- inputs ---- */

/* START and lid of a bank are mostly on one adapter: one reading serves both. */
static gboolean
look (Bank *bank, gboolean *out_pressed, gboolean *out_open, const StnWait *wait, GError **error)
{
  const StnLine *start = &bank->lines[STN_PANEL_START], *lid = &bank->lines[STN_PANEL_LID];
  guint32 start_levels = 0, lid_levels = 0;

  if (start->adapter != NULL && !stn_adapter_read_levels (start->adapter, &start_levels, wait, error))
    return FALSE;
  if (lid->adapter == start->adapter)
    lid_levels = start_levels;
  else if (lid->adapter != NULL && !stn_adapter_read_levels (lid->adapter, &lid_levels, wait, error))
    return FALSE;
  gboolean start_high = start_levels >> start->bit & 1, lid_high = lid_levels >> lid->bit & 1;
  *out_pressed = start->adapter != NULL && start_high != start->active_low;
  *out_open = lid->adapter != NULL && lid_high == lid->active_low;
  return TRUE;
}

/* *out_pressed: a press of some START counts now; *out_open: a bank whose lid is open, or NULL. */
static gboolean
look_at_all (StnPanel *self, gboolean *out_pressed, const Bank **out_open, const StnWait *wait, GError **error)
{
  gint64 now_ns = stn_clock_now_ns (self->clock);

  *out_pressed = FALSE;
  *out_open = NULL;
  for (guint i = 0; i < self->banks->len; i++) {
    Bank *bank = bank_at (self, i);
    gboolean is_down = FALSE, is_open = FALSE;
    if (!look (bank, &is_down, &is_open, wait, error)) {
      g_prefix_error (error, "the panel of bank %s: ", bank->name);
      return FALSE;
    }
    if (bank->lines[STN_PANEL_START].adapter != NULL && stn_press_look (&bank->press, is_down, now_ns))
      *out_pressed = TRUE;
    bank->lid_was_open |= is_open;
    if (is_open)
      bank->closed_since_ns = 0;
    else if (bank->closed_since_ns == 0)
      bank->closed_since_ns = now_ns;
    if (is_open && *out_open == NULL)
      *out_open = bank;
  }
  return TRUE;
}

/* Sleeps until the next look. FALSE at the wait's end; *out_failed says whether it was cancelled. */
static gboolean
sleep_till_next_look (const StnWait *wait, gboolean *out_failed, GError **error)
{
  g_autoptr (GError) failure = NULL;
  if (stn_wait_sleep (wait, POLL_NS, &failure))
    return TRUE;
  *out_failed = !stn_error_is (failure, STN_FAILURE_TIMEOUT);
  if (*out_failed)
    g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* A reading has its own time: the end of the caller's slice must not look like an adapter that does not answer. */
static StnWait
reading_wait (const StnWait *wait)
{
  return stn_wait_new (wait->clock, LAMP_NS, wait->cancellable);
}

static gboolean
lids_were_closed (const StnPanel *self)
{
  gint64 now_ns = stn_clock_now_ns (self->clock);
  gboolean has_lid = FALSE;

  for (guint i = 0; i < self->banks->len; i++) {
    const Bank *bank = bank_at (self, i);
    if (bank->lines[STN_PANEL_LID].adapter == NULL)
      continue;
    has_lid = TRUE;
    if (!bank->lid_was_open || bank->closed_since_ns == 0 || now_ns - bank->closed_since_ns < LID_STEADY_NS)
      return FALSE;
  }
  return has_lid;
}

gboolean
stn_panel_look (StnPanel *self, const StnWait *wait, StnPanelLook *out, GError **error)
{
  const Bank *open = NULL;
  gboolean pressed = FALSE;

  if (!look_at_all (self, &pressed, &open, wait, error))
    return FALSE;
  *out = (StnPanelLook){ .is_pressed = pressed,
                         .open_lid = open != NULL ? open->name : NULL,
                         .was_closed = lids_were_closed (self) };
  return TRUE;
}

gboolean
stn_panel_wait_lid (StnPanel *self, const StnWait *wait, gboolean *out_started, GError **error)
{
  gboolean failed = FALSE;

  do {
    StnPanelLook look = { 0 };
    StnWait reading = reading_wait (wait);
    if (!stn_panel_look (self, &reading, &look, error))
      return FALSE;
    if (look.was_closed) {
      *out_started = TRUE;
      return TRUE;
    }
  } while (sleep_till_next_look (wait, &failed, error));
  if (!failed)
    *out_started = FALSE;
  return !failed;
}

gboolean
stn_panel_wait_start (StnPanel *self, const StnWait *wait, gboolean *out_started, GError **error)
{
  gboolean failed = FALSE;

  do {
    const Bank *open = NULL;
    gboolean pressed = FALSE;
    StnWait reading = reading_wait (wait);
    if (!look_at_all (self, &pressed, &open, &reading, error))
      return FALSE;
    if (pressed && open == NULL) {
      *out_started = TRUE;
      return TRUE;
    }
    if (pressed)
      warn (self, STN_FAILURE_LID_OPEN,
            g_strdup_printf ("START was pressed while the lid of bank %s is open: close it first", open->name));
  } while (sleep_till_next_look (wait, &failed, error));
  if (!failed)
    *out_started = FALSE;
  return !failed;
}

gboolean
stn_panel_wait_closed (StnPanel *self, const StnWait *wait, gboolean *out_closed, GError **error)
{
  gboolean failed = FALSE;

  do {
    const Bank *open = NULL;
    gboolean pressed = FALSE;
    StnWait reading = reading_wait (wait);
    if (!look_at_all (self, &pressed, &open, &reading, error))
      return FALSE;
    if (open == NULL) {
      *out_closed = TRUE;
      return TRUE;
    }
  } while (sleep_till_next_look (wait, &failed, error));
  if (!failed)
    *out_closed = FALSE;
  return !failed;
}

/* ---- the lids while a cycle runs ---- */

static gboolean
look_at_lid (StnPanel *self, Bank *bank, GError **error)
{
  StnWait wait = stn_wait_shielded (self->clock, LAMP_NS);
  const StnLine *lid = &bank->lines[STN_PANEL_LID];
  gboolean high = FALSE;

  if (lid->adapter == NULL)
    return TRUE;
  if (!stn_adapter_read (lid->adapter, lid->bit, &high, &wait, error))
    return FALSE;
  gboolean is_open = high == lid->active_low;
  if (is_open && !bank->is_lid_open)
    warn (self, STN_FAILURE_LID_OPEN,
          g_strdup_printf ("the lid of bank %s was opened while boards are at work: nothing was stopped", bank->name));
  bank->is_lid_open = is_open;
  return TRUE;
}

static gpointer
watch_lids (gpointer data)
{
  StnPanel *self = data;

  for (;;) {
    g_mutex_lock (&self->mutex);
    gint64 next_ns = stn_clock_now_ns (self->clock) + LID_POLL_NS;
    while (!self->is_over && stn_clock_now_ns (self->clock) < next_ns)
      stn_clock_wait (self->clock, self, &self->mutex, next_ns, NULL);
    gboolean is_over = self->is_over;
    g_mutex_unlock (&self->mutex);
    if (is_over)
      return NULL;
    for (guint i = 0; i < self->banks->len; i++) {
      g_autoptr (GError) error = NULL;
      if (look_at_lid (self, bank_at (self, i), &error))
        continue;
      /* the sites on this adapter have their own say; once is enough here */
      warn (self, stn_error_failure (error),
            g_strdup_printf ("the lid of bank %s is not seen any more: %s", bank_at (self, i)->name, error->message));
      return NULL;
    }
  }
}

static void
stop_watching (StnPanel *self)
{
  if (self->watch == NULL)
    return;
  g_mutex_lock (&self->mutex);
  self->is_over = TRUE;
  stn_clock_wake (self->clock, self);
  g_mutex_unlock (&self->mutex);
  stn_clock_thread_join (self->clock, g_steal_pointer (&self->watch), TRUE);
}

static void
start_watching (StnPanel *self)
{
  if (!has_signal (self, STN_PANEL_LID))
    return;
  self->is_over = FALSE;
  for (guint i = 0; i < self->banks->len; i++)
    bank_at (self, i)->is_lid_open = FALSE;
  self->watch = stn_clock_thread_new (self->clock, "lids", watch_lids, self);
}

/* ---- lamps ---- */

static gboolean
light (StnPanel *self, Bank *bank, Lamp lamp, GError **error)
{
  StnWait wait = stn_wait_shielded (self->clock, LAMP_NS);
  return stn_lines_acquire (&bank->lamps[lamp], &bank->lines[STN_PANEL_BUSY + lamp], 1, &wait, error);
}

static gboolean
put_out (StnPanel *self, Bank *bank, Lamp first, guint count, GError **error)
{
  StnWait wait = stn_wait_shielded (self->clock, LAMP_NS);
  return stn_lines_release (&bank->lamps[first], count, &wait, error);
}

gboolean
stn_panel_begin (StnPanel *self, GError **error)
{
  StnWait wait = stn_wait_shielded (self->clock, LAMP_NS);
  const Bank *open = NULL;
  gboolean pressed = FALSE;

  if (!look_at_all (self, &pressed, &open, &wait, error))
    return FALSE;
  if (open != NULL) {
    stn_error_set (error, STN_FAILURE_LID_OPEN, "the lid of bank %s is open", open->name);
    return FALSE;
  }
  for (guint i = 0; i < self->banks->len; i++) {
    Bank *bank = bank_at (self, i);
    bank->press = (StnPress){ 0 };
    bank->lid_was_open = FALSE;
    bank->closed_since_ns = 0;
    if (light (self, bank, LAMP_BUSY, error) && put_out (self, bank, LAMP_OK, 2, error))
      continue;
    g_prefix_error (error, "the lamps of bank %s: ", bank->name);
    for (guint lit = 0; lit <= i; lit++)
      put_out (self, bank_at (self, lit), LAMP_BUSY, LAMP_COUNT, NULL);
    return FALSE;
  }
  start_watching (self);
  return TRUE;
}

void
stn_panel_end (StnPanel *self, const StnPanelResult *results)
{
  stop_watching (self);
  for (guint i = 0; i < self->banks->len; i++) {
    Bank *bank = bank_at (self, i);
    g_autoptr (GError) error = NULL;
    gboolean ok = TRUE;
    if (results[i] != STN_PANEL_NO_VERDICT)
      ok = light (self, bank, results[i] == STN_PANEL_ALL_PASSED ? LAMP_OK : LAMP_FAIL, &error);
    /* who waits for busy to go out reads the other two then */
    ok = put_out (self, bank, LAMP_BUSY, 1, ok ? &error : NULL) && ok;
    if (!ok)
      warn (self, stn_error_failure (error), g_strdup_printf ("the lamps of bank %s: %s", bank->name, error->message));
  }
}

void
stn_panel_free (StnPanel *self)
{
  if (self == NULL)
    return;
  stop_watching (self);
  for (guint i = 0; i < self->banks->len; i++)
    put_out (self, bank_at (self, i), LAMP_BUSY, LAMP_COUNT, NULL);
  g_array_unref (self->banks);
  g_mutex_clear (&self->mutex);
  stn_clock_unref (self->clock);
  g_free (self);
}
