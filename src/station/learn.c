#include "src/station/learn.h"

#include "src/job/probe.h"
#include "src/job/site-hold.h"
#include "src/link/pins.h"
#include "src/station/locks.h"
#include "src/station/places.h"
#include "src/station/registry.h"

#include <string.h>

#define LINES 16 /* of an adapter */
#define OPEN_NS (10 * STN_NS_PER_S)
#define PARK_NS (5 * STN_NS_PER_S)
/* the slowest usual ROM is there after 20 ms (devices-notes, section 6), a program says its first words */
#define SETTLE_NS (100 * STN_NS_PER_MS)
#define BAUD 115200 /* the highest rate ST tests (AN3155 section 2) */
#define NOBODY -1
/* places where DFU devices may come beside the serial ports */
#define USB_MOST 64
/* the slowest ROM is on the bus after 0.9 s (L1), and the host needs a little more */
#define USB_COME_NS (1200 * STN_NS_PER_MS)
/* until a board's capacitors are empty */
#define POWER_OFF_NS (600 * STN_NS_PER_MS)

typedef struct {
  StnClock *clock; /* borrowed */
  StnWait wait;
  const StnLearnOptions *options;
  StnBench *bench; /* NULL: this machine */
  gboolean owns_bench;
  StnTargets *targets;
  StnProvider *uart_provider, *pins_provider; /* may be the same */
  StnLocks *locks;

  GPtrArray *pins;         /* StnLink: one a control */
  StnProbeEar *ears;       /* one a site of `learned`; they own their ports */
  gboolean *without;       /* [site] its ROM answers without any BOOT0 */
  int *nrst_of, *boot0_of; /* [line] the UART that it leads to, or NOBODY */
  gboolean *is_input;   /* [line] driven by the fixture */
  guint usb_count;
  gboolean expects_usb; /* devices may come now: they are waited for */
  guint done, total;
  StnLearned *learned; /* what becomes of it */
} Learner;

static guint
line_count (const Learner *self)
{
  return self->learned->controls->len * LINES;
}

static guint
uart_count (const Learner *self)
{
  return self->learned->sites->len;
}

/* What arrays over sites need: more may show themselves meanwhile. */
static guint
site_room (const Learner *self)
{
  return self->learned->sites->len + USB_MOST + 1;
}

static const char *
place_of (const StnLearnedSite *site)
{
  return site->uart != NULL ? site->uart : site->usb;
}

static StnLearnedSite *
site_at (const Learner *self, guint uart)
{
  return g_ptr_array_index (self->learned->sites, uart);
}

/* ---- lines ---- */

/* Every line of every adapter: driven high, pulled low, or let go. */
static gboolean
set_lines (Learner *self, const gboolean *high, const gboolean *low, const StnWait *wait, GError **error)
{
  for (guint control = 0; control < self->pins->len; control++) {
    StnLink *pins = g_ptr_array_index (self->pins, control);
    guint32 driven = 0, levels = (1u << LINES) - 1;
    for (guint bit = 0; bit < LINES; bit++) {
      guint line = control * LINES + bit;
      if (high != NULL && high[line])
        driven |= 1u << bit;
      else if (low != NULL && low[line])
        levels &= ~(1u << bit);
    }
    const guint32 all = (1u << LINES) - 1;
    if (!stn_pins_set_open_drain (pins, all & ~driven, wait, error) || !stn_pins_set (pins, all, levels, wait, error))
      return FALSE;
  }
  return TRUE;
}

static void
let_all_go (Learner *self)
{
  StnWait wait = stn_wait_shielded (self->clock, PARK_NS);
  /* an adapter that is gone has let go by itself */
  set_lines (self, NULL, NULL, &wait, NULL);
}

/* ---- listening ---- */

static void
step_done (Learner *self)
{
  self->done++;
  if (self->options->progress != NULL)
    self->options->progress (MIN (self->done, self->total), self->total, self->options->data);
}

static void
remember (Learner *self, guint uart)
{
  const StnProbeEar *ear = &self->ears[uart];
  StnLearnedSite *site = site_at (self, uart);

  site->was_heard |= ear->heard != STN_HEARD_NOTHING;
  if (site->line == NULL && ear->target != NULL)
    site->line = g_strdup (ear->target->line);
  if (site->uid == NULL && ear->uid[0] != '\0')
    site->uid = g_strdup (ear->uid);
}

static gboolean list_places (StnProvider *provider, StnPlaceKind kind, GPtrArray *out, GError **error);

/* The sites whose DFU device is there now; one that nobody has seen before is a new site. */
static gboolean
look_at_usb (Learner *self, gboolean *out_present, GError **error)
{
  g_autoptr (GPtrArray) places = g_ptr_array_new_with_free_func (g_free);

  if (!list_places (self->uart_provider, STN_PLACE_USB, places, error))
    return FALSE;
  for (guint i = 0; i < places->len; i++) {
    const char *place = g_ptr_array_index (places, i);
    guint site = 0;
    while (site < uart_count (self) && g_strcmp0 (site_at (self, site)->usb, place) != 0)
      site++;
    if (site == uart_count (self)) {
      if (self->usb_count == USB_MOST)
        continue;
      StnLearnedSite *found = g_new0 (StnLearnedSite, 1);
      found->usb = g_strdup (place);
      g_ptr_array_add (self->learned->sites, found);
      self->usb_count++;
    }
    out_present[site] = TRUE;
  }
  return TRUE;
}

/* With USB a device is given the time to come before anybody speaks on a UART: a ROM answers where it is spoken to. */
static gboolean
listen (Learner *self, gboolean who, GError **error)
{
  g_autofree gboolean *present = g_new0 (gboolean, site_room (self));

  if ((who || self->expects_usb) && !stn_wait_sleep (&self->wait, USB_COME_NS - SETTLE_NS, error))
    return FALSE;
  if (!look_at_usb (self, present, error))
    return FALSE;
  for (guint i = 0; i < uart_count (self); i++) {
    StnProbeEar *ear = &self->ears[i];
    gboolean may_ask = who && present[i] && self->uart_provider->provider_class->open_usb != NULL;
    ear->who = who;
    /* it is there, and who it is can be asked where this provider opens USB devices too */
    ear->usb_provider = may_ask ? self->uart_provider : NULL;
    ear->usb_place = may_ask ? site_at (self, i)->usb : NULL;
  }
  if (!stn_probe_listen (self->ears, uart_count (self), self->targets, &self->wait, error))
    return FALSE;
  for (guint i = 0; i < uart_count (self); i++) {
    if (site_at (self, i)->uart == NULL)
      self->ears[i].heard = present[i] ? STN_HEARD_ROM : STN_HEARD_NOTHING;
    remember (self, i);
    if (self->ears[i].lost == NULL)
      continue;
    g_ptr_array_add (self->learned->notes,
                     g_strdup_printf ("%s: %s", place_of (site_at (self, i)), self->ears[i].lost->message));
    g_clear_error (&self->ears[i].lost);
    g_clear_pointer (&self->ears[i].uart, stn_link_free);
  }
  step_done (self);
  return TRUE;
}

static gboolean
flush (Learner *self, GError **error)
{
  for (guint i = 0; i < uart_count (self); i++) {
    g_autoptr (GError) ignored = NULL; /* a port that is gone is told when it is listened to */
    if (self->ears[i].uart != NULL && !stn_stream_flush (self->ears[i].uart, &self->wait, &ignored)
        && stn_error_is (ignored, STN_FAILURE_CANCELLED)) {
      g_propagate_error (error, g_steal_pointer (&ignored));
      return FALSE;
    }
  }
  return TRUE;
}

/* Lines in `low` go down and up again while those in `high` stand. */
static gboolean
pulse (Learner *self, const gboolean *high, const gboolean *low, GError **error)
{
  return set_lines (self, high, low, &self->wait, error) && stn_wait_sleep (&self->wait, STN_NRST_LOW_NS, error)
         && flush (self, error) && set_lines (self, high, NULL, &self->wait, error)
         && stn_wait_sleep (&self->wait, SETTLE_NS, error);
}

static gboolean
hold (Learner *self, const gboolean *high, const gboolean *low, GError **error)
{
  return set_lines (self, high, low, &self->wait, error) && stn_wait_sleep (&self->wait, STN_NRST_LOW_NS, error)
         && flush (self, error);
}

/* ---- what is found ---- */

static gboolean
is_known (const Learner *self, guint line)
{
  return self->nrst_of[line] != NOBODY || self->boot0_of[line] != NOBODY;
}

static void
find_line (Learner *self, guint line, guint uart, gboolean is_nrst)
{
  static const char *const words[] = { "BOOT0", "NRST" };
  StnLearnedSite *site = site_at (self, uart);
  StnLearnedLine *found = is_nrst ? &site->nrst : &site->boot0;
  int *of = is_nrst ? self->nrst_of : self->boot0_of;
  const StnLearnedLine as = { .found = TRUE, .control = line / LINES, .bit = line % LINES };

  if (of[line] == NOBODY)
    of[line] = (int) uart;
  if (!found->found)
    *found = as;
  else if (found->control != as.control || found->bit != as.bit)
    g_ptr_array_add (self->learned->notes, g_strdup_printf ("%s: a second line acts as its %s: c%u.%s",
                                                            place_of (site),
                                                            words[is_nrst], as.control + 1, stn_pin_name (as.bit)));
}

/* ---- low only ---- */

/* One line after another is pulled low and let go: a board whose ROM is lost meanwhile, or whose program speaks
 * afterwards, is on it. */
static gboolean
pull_each_low (Learner *self, GError **error)
{
  g_autofree gboolean *low = g_new0 (gboolean, line_count (self));
  g_autofree gboolean *has_rom = g_new0 (gboolean, site_room (self)), *speaks = g_new0 (gboolean, site_room (self));
  gboolean somebody = FALSE;

  /* twice: what was said when the boards got their power is said once */
  if (!set_lines (self, NULL, NULL, &self->wait, error) || !listen (self, FALSE, error)
      || !stn_wait_sleep (&self->wait, SETTLE_NS, error) || !flush (self, error) || !listen (self, TRUE, error))
    return FALSE;
  const guint count = uart_count (self);
  gboolean usb = FALSE;
  for (guint i = 0; i < count; i++) {
    has_rom[i] = self->ears[i].heard == STN_HEARD_ROM;
    speaks[i] = self->ears[i].heard == STN_HEARD_BYTES;
    somebody |= has_rom[i];
    usb |= has_rom[i] && site_at (self, i)->uart == NULL;
  }
  for (guint line = 0; line < line_count (self); line++) {
    low[line] = TRUE;
    if (!hold (self, NULL, low, error) || (somebody && !listen (self, FALSE, error)))
      return FALSE;
    for (guint i = 0; somebody && i < count; i++)
      if (has_rom[i] && self->ears[i].heard == STN_HEARD_NOTHING)
        find_line (self, line, i, TRUE);
    low[line] = FALSE;
    if (!set_lines (self, NULL, NULL, &self->wait, error)
        || !stn_wait_sleep (&self->wait, usb ? USB_COME_NS : SETTLE_NS, error) || !listen (self, FALSE, error))
      return FALSE;
    for (guint i = 0; i < count; i++)
      if (!has_rom[i] && !speaks[i] && self->ears[i].heard == STN_HEARD_BYTES)
        find_line (self, line, i, TRUE);
  }
  return TRUE;
}

/* ---- high, one at a time ---- */

static gboolean
drive_each_high (Learner *self, GError **error)
{
  g_autofree gboolean *high = g_new0 (gboolean, line_count (self)), *low = g_new0 (gboolean, line_count (self));

  for (guint line = 0; line < line_count (self); line++)
    low[line] = TRUE;
  if (!pulse (self, NULL, low, error) || !listen (self, TRUE, error))
    return FALSE;
  for (guint i = 0; i < uart_count (self); i++)
    self->without[i] = self->ears[i].heard == STN_HEARD_ROM;
  for (guint line = 0; line < line_count (self); line++) {
    if (self->nrst_of[line] != NOBODY || self->is_input[line])
      continue;
    /* out of the ROM that the line before has led into: were this one an NRST, its board would not be reset below */
    if (!hold (self, NULL, low, error) || !set_lines (self, NULL, NULL, &self->wait, error)
        || !stn_wait_sleep (&self->wait, STN_BOOT0_HOLD_NS, error))
      return FALSE;
    high[line] = TRUE;
    low[line] = FALSE;
    if (!pulse (self, high, low, error) || !listen (self, TRUE, error))
      return FALSE;
    for (guint i = 0; i < uart_count (self); i++)
      if (!self->without[i] && self->ears[i].heard == STN_HEARD_ROM)
        find_line (self, line, i, FALSE);
    high[line] = FALSE;
    low[line] = TRUE;
  }
  return TRUE;
}

/* ---- with every known BOOT0 high ---- */

static gboolean
is_missing_nrst (const Learner *self)
{
  for (guint i = 0; i < uart_count (self); i++)
    if (site_at (self, i)->boot0.found && !site_at (self, i)->nrst.found)
      return TRUE;
  return FALSE;
}

static gboolean
silence_each (Learner *self, GError **error)
{
  g_autofree gboolean *high = g_new0 (gboolean, line_count (self)), *low = g_new0 (gboolean, line_count (self));
  g_autofree gboolean *has_rom = g_new0 (gboolean, site_room (self));

  if (!is_missing_nrst (self))
    return TRUE;
  for (guint line = 0; line < line_count (self); line++) {
    high[line] = self->boot0_of[line] != NOBODY;
    low[line] = !high[line];
  }
  self->expects_usb = self->usb_count > 0;
  if (!pulse (self, high, low, error) || !listen (self, FALSE, error))
    return FALSE;
  const guint count = uart_count (self);
  for (guint i = 0; i < count; i++)
    has_rom[i] = self->ears[i].heard == STN_HEARD_ROM;
  self->expects_usb = FALSE; /* from here on they only go */
  memset (low, 0, line_count (self) * sizeof *low);
  for (guint line = 0; line < line_count (self) && is_missing_nrst (self); line++) {
    if (is_known (self, line))
      continue;
    low[line] = TRUE;
    if (!hold (self, high, low, error) || !listen (self, FALSE, error))
      return FALSE;
    for (guint i = 0; i < count; i++)
      if (has_rom[i] && !site_at (self, i)->nrst.found && self->ears[i].heard == STN_HEARD_NOTHING)
        find_line (self, line, i, TRUE);
    low[line] = FALSE;
    if (!set_lines (self, high, NULL, &self->wait, error)
        || !stn_wait_sleep (&self->wait, self->usb_count > 0 ? USB_COME_NS : SETTLE_NS, error))
      return FALSE;
  }
  return TRUE;
}

/* ---- power: everything unknown high, then back one by one ---- */

/* What the lines did to a site in the trials of a line. */
typedef struct {
  gboolean no_rom;     /* power comes on with the line low: no ROM */
  gboolean dies_low;   /* in its ROM, and the line goes low: silent */
  gboolean dies_loose; /* and the line is let go: silent */
} Trial;

/* All of it off, then everything in `high` up at once: chips sample BOOT0 as they get power. `low` stays low. */
static gboolean
power_up (Learner *self, const gboolean *high, const gboolean *low, GError **error)
{
  g_autofree gboolean *down = g_new0 (gboolean, line_count (self));

  for (guint line = 0; line < line_count (self); line++)
    down[line] = high[line] || low[line];
  return set_lines (self, NULL, down, &self->wait, error) && stn_wait_sleep (&self->wait, POWER_OFF_NS, error)
         && flush (self, error) && set_lines (self, high, low, &self->wait, error)
         && stn_wait_sleep (&self->wait, SETTLE_NS, error);
}

static gboolean
hear (Learner *self, gboolean come, gboolean *out_rom, GError **error)
{
  self->expects_usb = come;
  gboolean ok = listen (self, FALSE, error);
  self->expects_usb = FALSE;
  for (guint i = 0; ok && i < uart_count (self); i++)
    out_rom[i] = self->ears[i].heard == STN_HEARD_ROM;
  return ok;
}

static void
judge_power (Learner *self, guint line, guint site, const Trial *trial)
{
  StnLearnedSite *found = site_at (self, site);
  StnLearnedLine *slot = trial->dies_loose ? &found->power : trial->dies_low ? &found->nrst : &found->boot0;

  if (!trial->no_rom || slot->found)
    return;
  *slot = (StnLearnedLine){ .found = TRUE, .control = line / LINES, .bit = line % LINES };
  if (slot == &found->nrst)
    self->nrst_of[line] = (int) site;
  else if (slot == &found->boot0)
    self->boot0_of[line] = (int) site;
}

/* Each trial begins in the ROM: one that was silenced does not come back by itself. */
static gboolean
try_power_line (Learner *self, gboolean *high, guint line, const gboolean *was_there, Trial *trials, GError **error)
{
  g_autofree gboolean *rom = g_new0 (gboolean, site_room (self)), *low = g_new0 (gboolean, line_count (self));
  const guint count = uart_count (self);

  high[line] = FALSE;
  low[line] = TRUE;
  if (!power_up (self, high, low, error) || !hear (self, TRUE, rom, error))
    return FALSE;
  for (guint i = 0; i < count; i++)
    trials[i].no_rom = was_there[i] && !rom[i];
  for (guint how = 0; how < 2; how++) {
    gboolean needed = FALSE;
    for (guint i = 0; i < count; i++)
      needed |= how == 0 ? trials[i].no_rom : trials[i].dies_low;
    if (!needed)
      break;
    high[line] = TRUE;
    low[line] = FALSE;
    if (!power_up (self, high, low, error) || !hear (self, TRUE, rom, error))
      return FALSE;
    high[line] = FALSE;
    low[line] = how == 0;
    if (!set_lines (self, high, low, &self->wait, error) || !stn_wait_sleep (&self->wait, POWER_OFF_NS, error)
        || !flush (self, error) || !hear (self, FALSE, rom, error))
      return FALSE;
    for (guint i = 0; i < count; i++)
      *(how == 0 ? &trials[i].dies_low : &trials[i].dies_loose) =
          (how == 0 ? trials[i].no_rom : trials[i].dies_low) && !rom[i];
  }
  high[line] = TRUE;
  return TRUE;
}

static gboolean
power_each (Learner *self, GError **error)
{
  g_autofree gboolean *high = g_new0 (gboolean, line_count (self)), *low = g_new0 (gboolean, line_count (self));
  g_autofree gboolean *there = g_new0 (gboolean, site_room (self));
  gboolean somebody = FALSE;

  if (!self->options->power)
    return TRUE;
  for (guint line = 0; line < line_count (self); line++)
    high[line] = !is_known (self, line) && !self->is_input[line];
  if (!power_up (self, high, low, error) || !hear (self, TRUE, there, error))
    return FALSE;
  for (guint i = 0; i < uart_count (self); i++) {
    there[i] = there[i] && !site_at (self, i)->nrst.found && !site_at (self, i)->boot0.found;
    somebody |= there[i];
  }
  for (guint line = 0; somebody && line < line_count (self); line++) {
    g_autofree Trial *trials = g_new0 (Trial, site_room (self));
    if (!high[line])
      continue;
    if (!try_power_line (self, high, line, there, trials, error))
      return FALSE;
    for (guint i = 0; i < uart_count (self); i++)
      if (there[i])
        judge_power (self, line, i, &trials[i]);
  }
  return TRUE;
}

/* ---- inputs ---- */

static gboolean
read_all (Learner *self, gboolean *out_high, GError **error)
{
  for (guint control = 0; control < self->pins->len; control++) {
    guint32 levels = 0;
    if (!stn_pins_get (g_ptr_array_index (self->pins, control), &levels, &self->wait, error))
      return FALSE;
    for (guint bit = 0; bit < LINES; bit++)
      out_high[control * LINES + bit] = levels >> bit & 1;
  }
  return TRUE;
}

/* With everything let go a line reads high by its pull-up; one that reads low is driven by the fixture. */
static gboolean
find_inputs (Learner *self, GError **error)
{
  g_autofree gboolean *high = g_new0 (gboolean, line_count (self));

  if (!set_lines (self, NULL, NULL, &self->wait, error) || !stn_wait_sleep (&self->wait, SETTLE_NS, error)
      || !read_all (self, high, error))
    return FALSE;
  for (guint line = 0; line < line_count (self); line++)
    self->is_input[line] = !high[line];
  return TRUE;
}

static gboolean
take_out (Learner *self, StnLearnedSite *site, const gboolean *before, gboolean *out_more, GError **error)
{
  g_autofree gboolean *now = g_new0 (gboolean, line_count (self));

  *out_more = self->options->ask_to_remove (place_of (site), FALSE, self->options->data);
  if (!*out_more)
    return TRUE;
  if (!stn_wait_sleep (&self->wait, SETTLE_NS, error) || !read_all (self, now, error))
    return FALSE;
  for (guint line = 0; line < line_count (self); line++)
    if (!is_known (self, line) && now[line] != before[line] && !site->detect.found) {
      site->detect = (StnLearnedLine){ .found = TRUE, .control = line / LINES, .bit = line % LINES };
      site->detect_is_high = before[line];
    }
  *out_more = self->options->ask_to_remove (place_of (site), TRUE, self->options->data);
  return TRUE;
}

static void
note_inputs (Learner *self)
{
  for (guint line = 0; line < line_count (self); line++) {
    gboolean known = !self->is_input[line];
    for (guint i = 0; i < uart_count (self); i++) {
      const StnLearnedLine *detect = &site_at (self, i)->detect;
      known |= detect->found && detect->control * LINES + detect->bit == line;
    }
    if (!known)
      g_ptr_array_add (self->learned->notes,
                       g_strdup_printf ("c%u.%s reads low with nobody pulling: a detect pin, a lid, START, or a line "
                                        "that is stuck",
                                        line / LINES + 1, stn_pin_name (line % LINES)));
  }
}

static gboolean
detect_each (Learner *self, GError **error)
{
  g_autofree gboolean *before = g_new0 (gboolean, line_count (self));
  gboolean more = self->options->ask_to_remove != NULL;

  if (!set_lines (self, NULL, NULL, &self->wait, error) || !stn_wait_sleep (&self->wait, SETTLE_NS, error)
      || !read_all (self, before, error))
    return FALSE;
  for (guint i = 0; more && i < uart_count (self); i++) {
    StnLearnedSite *site = site_at (self, i);
    if ((site->nrst.found || site->boot0.found) && !take_out (self, site, before, &more, error))
      return FALSE;
  }
  note_inputs (self);
  return TRUE;
}

/* ---- one board at two ports ---- */

static gboolean
same_learned (const StnLearnedLine *a, const StnLearnedLine *b)
{
  return a->found && b->found && a->control == b->control && a->bit == b->bit;
}

/* A board that was heard on a UART and, another time, on USB is one site: the same NRST, or the same BOOT0, and nobody
 * else has it. */
static void
join_ports (Learner *self)
{
  GPtrArray *sites = self->learned->sites;

  for (guint i = 0; i < sites->len; i++) {
    StnLearnedSite *uart = g_ptr_array_index (sites, i);
    guint partners = 0, partner = 0;
    for (guint k = 0; uart->uart != NULL && k < sites->len; k++) {
      const StnLearnedSite *other = g_ptr_array_index (sites, k);
      if (k == i || !(same_learned (&uart->nrst, &other->nrst) || same_learned (&uart->boot0, &other->boot0)))
        continue;
      partners++;
      partner = k;
    }
    StnLearnedSite *usb = partners == 1 ? g_ptr_array_index (sites, partner) : NULL;
    if (usb == NULL || usb->uart != NULL || uart->usb != NULL)
      continue;
    uart->usb = g_steal_pointer (&usb->usb);
    if (!uart->nrst.found)
      uart->nrst = usb->nrst;
    if (!uart->boot0.found)
      uart->boot0 = usb->boot0;
    g_ptr_array_remove_index (sites, partner);
  }
}

/* ---- opening ---- */

static gboolean
make_bench (Learner *self, GError **error)
{
  const char *path = self->options->bench_path;
  g_autofree char *bytes = NULL;
  gsize length = 0;
  g_autoptr (GError) unread = NULL;

  self->bench = self->options->bench;
  if (self->bench != NULL || path == NULL)
    return TRUE;
  if (!g_file_get_contents (path, &bytes, &length, &unread)) {
    stn_error_set (error, STN_FAILURE_BAD_FILE, "%s: %s", path, unread->message);
    return FALSE;
  }
  g_autoptr (StnBenchConfig) config = stn_bench_config_parse (path, bytes, length, error);
  if (config == NULL)
    return FALSE;
  self->bench = stn_bench_new (config, self->targets, self->clock, error);
  self->owns_bench = self->bench != NULL;
  if (self->bench == NULL)
    g_prefix_error (error, "%s: ", path);
  return self->bench != NULL;
}

static gboolean
open_providers (Learner *self, GError **error)
{
  const StnProviderRow *uart = stn_registry_find (STN_PORT_UART, self->bench != NULL);
  const StnProviderRow *pins = stn_registry_find (STN_PORT_PINS, self->bench != NULL);

  if (uart == NULL || pins == NULL) {
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED,
                   "this program can't open real adapters and serial ports yet; --bench learns a virtual bench");
    return FALSE;
  }
  self->uart_provider = uart->create (self->bench, error);
  if (self->uart_provider == NULL)
    return FALSE;
  self->pins_provider = pins == uart ? self->uart_provider : pins->create (self->bench, error);
  return self->pins_provider != NULL;
}

static gboolean
list_places (StnProvider *provider, StnPlaceKind kind, GPtrArray *out, GError **error)
{
  g_autoptr (GPtrArray) places = stn_station_places (provider, kind, error);

  for (guint i = 0; places != NULL && i < places->len; i++)
    g_ptr_array_add (out, g_strdup (((const StnPlace *) g_ptr_array_index (places, i))->place));
  return places != NULL;
}

static gboolean
name_places (StnProvider *provider, StnPlaceKind kind, const char *const *named, GPtrArray *out, GError **error)
{
  for (guint i = 0; named != NULL && named[i] != NULL; i++)
    g_ptr_array_add (out, g_strdup (named[i]));
  return named != NULL || list_places (provider, kind, out, error);
}

static void
site_free (gpointer data)
{
  StnLearnedSite *site = data;
  g_free (site->uart);
  g_free (site->usb);
  g_free (site->line);
  g_free (site->uid);
  g_free (site);
}

static void
link_free (gpointer link)
{
  stn_link_free (link);
}

static gboolean
open_pins (Learner *self, GError **error)
{
  const GPtrArray *controls = self->learned->controls;

  for (guint i = 0; i < controls->len; i++) {
    const char *place = g_ptr_array_index (controls, i);
    g_autofree char *what = g_strdup_printf ("adapter %s", place);
    StnWait wait = stn_wait_within (&self->wait, OPEN_NS);
    if (!stn_locks_take (self->locks, place, self->bench != NULL, what, error))
      return FALSE;
    StnLink *pins = self->pins_provider->provider_class->open_pins (self->pins_provider, place, &wait, error);
    if (pins == NULL) {
      g_prefix_error (error, "adapter %s: ", place);
      return FALSE;
    }
    g_ptr_array_add (self->pins, pins);
  }
  return TRUE;
}

/* A port that does not open is none of this station's, or somebody else's: it is noted and left out. */
static gboolean
open_uarts (Learner *self, const GPtrArray *places, GError **error)
{
  self->ears = g_new0 (StnProbeEar, places->len + USB_MOST + 1);
  self->without = g_new0 (gboolean, places->len + USB_MOST + 1);
  for (guint i = 0; i < places->len; i++) {
    StnWait wait = stn_wait_within (&self->wait, OPEN_NS);
    g_autoptr (GError) failure = NULL;
    const char *place = g_ptr_array_index (places, i);
    StnLink *uart = self->uart_provider->provider_class->open_uart (self->uart_provider, place, &wait, &failure);
    if (uart == NULL && stn_error_is (failure, STN_FAILURE_CANCELLED)) {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
    if (uart == NULL) {
      g_ptr_array_add (self->learned->notes, g_strdup_printf ("left out: %s", failure->message));
      continue;
    }
    StnLearnedSite *site = g_new0 (StnLearnedSite, 1);
    site->uart = g_strdup (place);
    self->ears[self->learned->sites->len] = (StnProbeEar){ .uart = uart, .baud = BAUD };
    g_ptr_array_add (self->learned->sites, site);
  }
  return TRUE;
}

static gboolean
open_all (Learner *self, GError **error)
{
  g_autoptr (GPtrArray) uarts = g_ptr_array_new_with_free_func (g_free);
  StnLearned *learned = self->learned;

  self->targets = stn_station_read_targets (error);
  if (self->targets == NULL || !make_bench (self, error)
      || !open_providers (self, error)
      || !name_places (self->pins_provider, STN_PLACE_PINS, self->options->controls, learned->controls, error)
      || !name_places (self->uart_provider, STN_PLACE_UART, self->options->uarts, uarts, error))
    return FALSE;
  /* without a serial port boards may still come on USB */
  if (learned->controls->len == 0) {
    stn_error_set (error, STN_FAILURE_ADAPTER_MISSING, "nothing to learn from: no adapter with pins, %u serial ports",
                   uarts->len);
    return FALSE;
  }
  if (!open_pins (self, error) || !open_uarts (self, uarts, error))
    return FALSE;
  self->nrst_of = g_new (int, line_count (self));
  self->boot0_of = g_new (int, line_count (self));
  self->is_input = g_new0 (gboolean, line_count (self) + 1);
  for (guint line = 0; line < line_count (self); line++)
    self->nrst_of[line] = self->boot0_of[line] = NOBODY;
  self->total = 3 * line_count (self) + 4;
  return TRUE;
}

static void
close_all (Learner *self)
{
  if (self->pins != NULL)
    let_all_go (self);
  for (guint i = 0; self->ears != NULL && i < uart_count (self); i++)
    stn_link_free (self->ears[i].uart);
  g_clear_pointer (&self->ears, g_free);
  g_clear_pointer (&self->pins, g_ptr_array_unref);
  if (self->pins_provider != self->uart_provider)
    stn_provider_free (self->pins_provider);
  stn_provider_free (self->uart_provider);
  if (self->owns_bench)
    stn_bench_free (self->bench);
  self->bench = NULL;
  g_free (self->is_input);
  g_clear_pointer (&self->targets, stn_targets_free);
  g_clear_pointer (&self->locks, stn_locks_free);
  g_free (self->without);
  g_free (self->nrst_of);
  g_free (self->boot0_of);
}

/* ---- the whole ---- */

gboolean
stn_learn_places (const char *bench_path, StnClock *clock, GPtrArray **out_controls, GPtrArray **out_uarts,
                  GError **error)
{
  const StnLearnOptions options = { .bench_path = bench_path };
  Learner self = { .clock = clock, .options = &options };
  g_autoptr (GPtrArray) controls = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) uarts = g_ptr_array_new_with_free_func (g_free);

  self.targets = stn_station_read_targets (error);
  gboolean ok = self.targets != NULL && make_bench (&self, error)
                && open_providers (&self, error) && list_places (self.pins_provider, STN_PLACE_PINS, controls, error)
                && list_places (self.uart_provider, STN_PLACE_UART, uarts, error);
  close_all (&self);
  if (ok) {
    *out_controls = g_steal_pointer (&controls);
    *out_uarts = g_steal_pointer (&uarts);
  }
  return ok;
}

StnLearned *
stn_station_learn (const StnLearnOptions *options, StnClock *clock, GError **error)
{
  g_autoptr (StnLearned) learned = g_new0 (StnLearned, 1);
  Learner self = { .clock = clock, .options = options, .learned = learned };

  learned->bench_path = g_strdup (options->bench_path);
  learned->controls = g_ptr_array_new_with_free_func (g_free);
  learned->sites = g_ptr_array_new_with_free_func (site_free);
  learned->notes = g_ptr_array_new_with_free_func (g_free);
  self.wait = stn_wait_new (clock, STN_TIME_NEVER, options->cancellable);
  self.locks = stn_locks_new ();
  self.pins = g_ptr_array_new_with_free_func (link_free);
  gboolean ok = open_all (&self, error) && find_inputs (&self, error) && pull_each_low (&self, error)
                && drive_each_high (&self, error) && silence_each (&self, error) && power_each (&self, error)
                && detect_each (&self, error);
  if (ok)
    join_ports (&self);
  close_all (&self);
  return ok ? g_steal_pointer (&learned) : NULL;
}

void
stn_learned_free (StnLearned *self)
{
  if (self == NULL)
    return;
  g_free (self->bench_path);
  g_ptr_array_unref (self->controls);
  g_ptr_array_unref (self->sites);
  g_ptr_array_unref (self->notes);
  g_free (self);
}

guint
stn_learned_complete (const StnLearned *self)
{
  guint count = 0;
  for (guint i = 0; i < self->sites->len; i++) {
    const StnLearnedSite *site = g_ptr_array_index (self->sites, i);
    count += site->nrst.found && site->boot0.found;
  }
  return count;
}

const char *
stn_learned_pin_name (const StnLearnedLine *line)
{
  return stn_pin_name (line->bit);
}
