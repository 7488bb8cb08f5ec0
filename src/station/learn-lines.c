/* Which line is whose: pulled low, driven high, silenced, switched off, one after another. */
#include "src/job/site-hold.h"
#include "src/link/pins.h"
#include "src/station/learn-private.h"

#include <string.h>

/* until a board's capacitors are empty */
#define POWER_OFF_NS (600 * STN_NS_PER_MS)

/* Lines in `low` go down and up again while those in `high` stand. */
static gboolean
pulse (StnLearner *self, const gboolean *high, const gboolean *low, GError **error)
{
  return stn_learner_set_lines (self, high, low, &self->wait, error)
         && stn_wait_sleep (&self->wait, STN_NRST_LOW_NS, error) && stn_learner_flush (self, error)
         && stn_learner_set_lines (self, high, NULL, &self->wait, error)
         && stn_wait_sleep (&self->wait, STN_LEARN_SETTLE_NS, error);
}

static gboolean
hold (StnLearner *self, const gboolean *high, const gboolean *low, GError **error)
{
  return stn_learner_set_lines (self, high, low, &self->wait, error)
         && stn_wait_sleep (&self->wait, STN_NRST_LOW_NS, error) && stn_learner_flush (self, error);
}

/* ---- what is found ---- */

static void
find_line (StnLearner *self, guint line, guint uart, gboolean is_nrst)
{
  static const char *const words[] = { "BOOT0", "NRST" };
  StnLearnedSite *site = stn_learner_site (self, uart);
  StnLearnedLine *found = is_nrst ? &site->nrst : &site->boot0;
  int *of = is_nrst ? self->nrst_of : self->boot0_of;
  const StnLearnedLine as = { .found = TRUE, .control = line / STN_LEARN_LINES, .bit = line % STN_LEARN_LINES };

  if (of[line] == STN_LEARN_NOBODY)
    of[line] = (int) uart;
  if (!found->found)
    *found = as;
  else if (found->control != as.control || found->bit != as.bit)
    g_ptr_array_add (self->learned->notes,
                     g_strdup_printf ("%s: a second line acts as its %s: c%u.%s", stn_learned_place (site),
                                      words[is_nrst], as.control + 1, stn_pin_name (as.bit)));
}

/* ---- low only ---- */

/* One line after another is pulled low and let go: a board whose ROM is lost meanwhile, or whose program speaks
 * afterwards, is on it. */
gboolean
stn_learner_pull_each_low (StnLearner *self, GError **error)
{
  g_autofree gboolean *low = g_new0 (gboolean, stn_learner_line_count (self));
  g_autofree gboolean *has_rom = g_new0 (gboolean, stn_learner_site_room (self)),
                      *speaks = g_new0 (gboolean, stn_learner_site_room (self));
  gboolean somebody = FALSE;

  /* twice: what was said when the boards got their power is said once */
  if (!stn_learner_set_lines (self, NULL, NULL, &self->wait, error) || !stn_learner_listen (self, FALSE, error)
      || !stn_wait_sleep (&self->wait, STN_LEARN_SETTLE_NS, error) || !stn_learner_flush (self, error)
      || !stn_learner_listen (self, TRUE, error))
    return FALSE;
  const guint count = stn_learner_site_count (self);
  gboolean usb = FALSE;
  for (guint i = 0; i < count; i++) {
    has_rom[i] = self->ears[i].heard == STN_HEARD_ROM;
    speaks[i] = self->ears[i].heard == STN_HEARD_BYTES;
    somebody |= has_rom[i];
    usb |= has_rom[i] && stn_learner_site (self, i)->uart == NULL;
  }
  for (guint line = 0; line < stn_learner_line_count (self); line++) {
    low[line] = TRUE;
    if (!hold (self, NULL, low, error) || (somebody && !stn_learner_listen (self, FALSE, error)))
      return FALSE;
    for (guint i = 0; somebody && i < count; i++)
      if (has_rom[i] && self->ears[i].heard == STN_HEARD_NOTHING)
        find_line (self, line, i, TRUE);
    low[line] = FALSE;
    if (!stn_learner_set_lines (self, NULL, NULL, &self->wait, error)
        || !stn_wait_sleep (&self->wait, usb ? STN_LEARN_USB_COME_NS : STN_LEARN_SETTLE_NS, error)
        || !stn_learner_listen (self, FALSE, error))
      return FALSE;
    for (guint i = 0; i < count; i++)
      if (!has_rom[i] && !speaks[i] && self->ears[i].heard == STN_HEARD_BYTES)
        find_line (self, line, i, TRUE);
  }
  return TRUE;
}

/* ---- high, one at a time ---- */

gboolean
stn_learner_drive_each_high (StnLearner *self, GError **error)
{
  g_autofree gboolean *high = g_new0 (gboolean, stn_learner_line_count (self)),
                      *low = g_new0 (gboolean, stn_learner_line_count (self));

  for (guint line = 0; line < stn_learner_line_count (self); line++)
    low[line] = TRUE;
  if (!pulse (self, NULL, low, error) || !stn_learner_listen (self, TRUE, error))
    return FALSE;
  for (guint i = 0; i < stn_learner_site_count (self); i++)
    self->without[i] = self->ears[i].heard == STN_HEARD_ROM;
  for (guint line = 0; line < stn_learner_line_count (self); line++) {
    if (self->nrst_of[line] != STN_LEARN_NOBODY || self->is_input[line])
      continue;
    /* out of the ROM that the line before has led into: were this one an NRST, its board would not be reset below */
    if (!hold (self, NULL, low, error) || !stn_learner_set_lines (self, NULL, NULL, &self->wait, error)
        || !stn_wait_sleep (&self->wait, STN_BOOT0_HOLD_NS, error))
      return FALSE;
    high[line] = TRUE;
    low[line] = FALSE;
    if (!pulse (self, high, low, error) || !stn_learner_listen (self, TRUE, error))
      return FALSE;
    for (guint i = 0; i < stn_learner_site_count (self); i++)
      if (!self->without[i] && self->ears[i].heard == STN_HEARD_ROM)
        find_line (self, line, i, FALSE);
    high[line] = FALSE;
    low[line] = TRUE;
  }
  return TRUE;
}

/* ---- with every known BOOT0 high ---- */

static gboolean
is_missing_nrst (const StnLearner *self)
{
  for (guint i = 0; i < stn_learner_site_count (self); i++)
    if (stn_learner_site (self, i)->boot0.found && !stn_learner_site (self, i)->nrst.found)
      return TRUE;
  return FALSE;
}

gboolean
stn_learner_silence_each (StnLearner *self, GError **error)
{
  g_autofree gboolean *high = g_new0 (gboolean, stn_learner_line_count (self)),
                      *low = g_new0 (gboolean, stn_learner_line_count (self));
  g_autofree gboolean *has_rom = g_new0 (gboolean, stn_learner_site_room (self));

  if (!is_missing_nrst (self))
    return TRUE;
  for (guint line = 0; line < stn_learner_line_count (self); line++) {
    high[line] = self->boot0_of[line] != STN_LEARN_NOBODY;
    low[line] = !high[line];
  }
  self->expects_usb = self->usb_count > 0;
  if (!pulse (self, high, low, error) || !stn_learner_listen (self, FALSE, error))
    return FALSE;
  const guint count = stn_learner_site_count (self);
  for (guint i = 0; i < count; i++)
    has_rom[i] = self->ears[i].heard == STN_HEARD_ROM;
  self->expects_usb = FALSE; /* from here on they only go */
  memset (low, 0, stn_learner_line_count (self) * sizeof *low);
  for (guint line = 0; line < stn_learner_line_count (self) && is_missing_nrst (self); line++) {
    if (stn_learner_knows (self, line))
      continue;
    low[line] = TRUE;
    if (!hold (self, high, low, error) || !stn_learner_listen (self, FALSE, error))
      return FALSE;
    for (guint i = 0; i < count; i++)
      if (has_rom[i] && !stn_learner_site (self, i)->nrst.found && self->ears[i].heard == STN_HEARD_NOTHING)
        find_line (self, line, i, TRUE);
    low[line] = FALSE;
    if (!stn_learner_set_lines (self, high, NULL, &self->wait, error)
        || !stn_wait_sleep (&self->wait, self->usb_count > 0 ? STN_LEARN_USB_COME_NS : STN_LEARN_SETTLE_NS, error))
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
power_up (StnLearner *self, const gboolean *high, const gboolean *low, GError **error)
{
  g_autofree gboolean *down = g_new0 (gboolean, stn_learner_line_count (self));

  for (guint line = 0; line < stn_learner_line_count (self); line++)
    down[line] = high[line] || low[line];
  return stn_learner_set_lines (self, NULL, down, &self->wait, error)
         && stn_wait_sleep (&self->wait, POWER_OFF_NS, error) && stn_learner_flush (self, error)
         && stn_learner_set_lines (self, high, low, &self->wait, error)
         && stn_wait_sleep (&self->wait, STN_LEARN_SETTLE_NS, error);
}

static gboolean
hear (StnLearner *self, gboolean come, gboolean *out_rom, GError **error)
{
  self->expects_usb = come;
  gboolean ok = stn_learner_listen (self, FALSE, error);
  self->expects_usb = FALSE;
  for (guint i = 0; ok && i < stn_learner_site_count (self); i++)
    out_rom[i] = self->ears[i].heard == STN_HEARD_ROM;
  return ok;
}

static void
judge_power (StnLearner *self, guint line, guint site, const Trial *trial)
{
  StnLearnedSite *found = stn_learner_site (self, site);
  StnLearnedLine *slot = trial->dies_loose ? &found->power : trial->dies_low ? &found->nrst : &found->boot0;

  if (!trial->no_rom || slot->found)
    return;
  *slot = (StnLearnedLine){ .found = TRUE, .control = line / STN_LEARN_LINES, .bit = line % STN_LEARN_LINES };
  if (slot == &found->nrst)
    self->nrst_of[line] = (int) site;
  else if (slot == &found->boot0)
    self->boot0_of[line] = (int) site;
}

/* Each trial begins in the ROM: one that was silenced does not come back by itself. */
static gboolean
try_power_line (StnLearner *self, gboolean *high, guint line, const gboolean *was_there, Trial *trials, GError **error)
{
  g_autofree gboolean *rom = g_new0 (gboolean, stn_learner_site_room (self)),
                      *low = g_new0 (gboolean, stn_learner_line_count (self));
  const guint count = stn_learner_site_count (self);

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
    if (!stn_learner_set_lines (self, high, low, &self->wait, error)
        || !stn_wait_sleep (&self->wait, POWER_OFF_NS, error) || !stn_learner_flush (self, error)
        || !hear (self, FALSE, rom, error))
      return FALSE;
    for (guint i = 0; i < count; i++)
      *(how == 0 ? &trials[i].dies_low : &trials[i].dies_loose) =
          (how == 0 ? trials[i].no_rom : trials[i].dies_low) && !rom[i];
  }
  high[line] = TRUE;
  return TRUE;
}

gboolean
stn_learner_power_each (StnLearner *self, GError **error)
{
  g_autofree gboolean *high = g_new0 (gboolean, stn_learner_line_count (self)),
                      *low = g_new0 (gboolean, stn_learner_line_count (self));
  g_autofree gboolean *there = g_new0 (gboolean, stn_learner_site_room (self));
  gboolean somebody = FALSE;

  if (!self->options->power)
    return TRUE;
  for (guint line = 0; line < stn_learner_line_count (self); line++)
    high[line] = !stn_learner_knows (self, line) && !self->is_input[line];
  if (!power_up (self, high, low, error) || !hear (self, TRUE, there, error))
    return FALSE;
  for (guint i = 0; i < stn_learner_site_count (self); i++) {
    there[i] = there[i] && !stn_learner_site (self, i)->nrst.found && !stn_learner_site (self, i)->boot0.found;
    somebody |= there[i];
  }
  for (guint line = 0; somebody && line < stn_learner_line_count (self); line++) {
    g_autofree Trial *trials = g_new0 (Trial, stn_learner_site_room (self));
    if (!high[line])
      continue;
    if (!try_power_line (self, high, line, there, trials, error))
      return FALSE;
    for (guint i = 0; i < stn_learner_site_count (self); i++)
      if (there[i])
        judge_power (self, line, i, &trials[i]);
  }
  return TRUE;
}
