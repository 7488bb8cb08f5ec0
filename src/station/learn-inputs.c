/* Lines that the fixture drives: detect pins, lids, START. */
#include "src/link/pins.h"
#include "src/station/learn-private.h"

static gboolean
read_all (StnLearner *self, gboolean *out_high, GError **error)
{
  for (guint control = 0; control < self->pins->len; control++) {
    guint32 levels = 0;
    if (!stn_pins_get (g_ptr_array_index (self->pins, control), &levels, &self->wait, error))
      return FALSE;
    for (guint bit = 0; bit < STN_LEARN_LINES; bit++)
      out_high[control * STN_LEARN_LINES + bit] = levels >> bit & 1;
  }
  return TRUE;
}

/* With everything let go a line reads high by its pull-up; one that reads low is driven by the fixture. */
gboolean
stn_learner_find_inputs (StnLearner *self, GError **error)
{
  g_autofree gboolean *high = g_new0 (gboolean, stn_learner_line_count (self));

  if (!stn_learner_set_lines (self, NULL, NULL, &self->wait, error)
      || !stn_wait_sleep (&self->wait, STN_LEARN_SETTLE_NS, error) || !read_all (self, high, error))
    return FALSE;
  for (guint line = 0; line < stn_learner_line_count (self); line++)
    self->is_input[line] = !high[line];
  return TRUE;
}

static gboolean
take_out (StnLearner *self, StnLearnedSite *site, const gboolean *before, gboolean *out_more, GError **error)
{
  g_autofree gboolean *now = g_new0 (gboolean, stn_learner_line_count (self));

  *out_more = self->options->ask_to_remove (stn_learned_place (site), FALSE, self->options->data);
  if (!*out_more)
    return TRUE;
  if (!stn_wait_sleep (&self->wait, STN_LEARN_SETTLE_NS, error) || !read_all (self, now, error))
    return FALSE;
  for (guint line = 0; line < stn_learner_line_count (self); line++)
    if (!stn_learner_knows (self, line) && now[line] != before[line] && !site->detect.found) {
      site->detect =
          (StnLearnedLine){ .found = TRUE, .control = line / STN_LEARN_LINES, .bit = line % STN_LEARN_LINES };
      site->detect_is_high = before[line];
    }
  *out_more = self->options->ask_to_remove (stn_learned_place (site), TRUE, self->options->data);
  return TRUE;
}

static void
note_inputs (StnLearner *self)
{
  for (guint line = 0; line < stn_learner_line_count (self); line++) {
    gboolean known = !self->is_input[line];
    for (guint i = 0; i < stn_learner_site_count (self); i++) {
      const StnLearnedLine *detect = &stn_learner_site (self, i)->detect;
      known |= detect->found && detect->control * STN_LEARN_LINES + detect->bit == line;
    }
    if (!known)
      g_ptr_array_add (self->learned->notes,
                       g_strdup_printf ("c%u.%s reads low with nobody pulling: a detect pin, a lid, START, or a line "
                                        "that is stuck",
                                        line / STN_LEARN_LINES + 1, stn_pin_name (line % STN_LEARN_LINES)));
  }
}

gboolean
stn_learner_detect_each (StnLearner *self, GError **error)
{
  g_autofree gboolean *before = g_new0 (gboolean, stn_learner_line_count (self));
  gboolean more = self->options->ask_to_remove != NULL;

  if (!stn_learner_set_lines (self, NULL, NULL, &self->wait, error)
      || !stn_wait_sleep (&self->wait, STN_LEARN_SETTLE_NS, error) || !read_all (self, before, error))
    return FALSE;
  for (guint i = 0; more && i < stn_learner_site_count (self); i++) {
    StnLearnedSite *site = stn_learner_site (self, i);
    if ((site->nrst.found || site->boot0.found) && !take_out (self, site, before, &more, error))
      return FALSE;
  }
  note_inputs (self);
  return TRUE;
}
