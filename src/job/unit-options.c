/* The plan's option steps while a board is in hand.
 *
 * An option step goes in rounds. Each begins with what the board has now, both areas read twice: the reads must agree
 * and fit together, or nothing is written. The step's fields are put in; what then differs is one piece, or two where
 * the chip has two areas, and a piece is a window and a visit: the ROM resets or reloads when it has written. So the
 * next round reads again in the next visit, and the step is over when nothing differs any more. A window that ended in
 * anything but a refusal is no failure by itself: what the board has afterwards decides, and when that can't be seen
 * any more the failure is option-bytes-unknown, with what was seen. */
#include "src/job/unit-option-bytes.h"

/* ---- a step ---- */

/* What its values make of what the board has. */
static StnOptionBlock *
apply (StnUnitRun *self, const StnPlanOptionStep *step, const StnOptionBlock *now, GError **error)
{
  g_autoptr (StnOptionBlock) after = stn_option_block_copy (now);

  for (guint i = 0; i < step->value_count; i++) {
    const StnOptionField *field = stn_options_find (self->target, step->values[i].field, error);
    if (field == NULL || !stn_option_block_set (after, field, (guint32) step->values[i].value, error))
      return NULL;
  }
  return g_steal_pointer (&after);
}

/* What the ROM of this very version needs before written options act. */
static gboolean
choose_after (StnUnitRun *self, const StnPlanOptionStep *step, gboolean *out_by_power, GError **error)
{
  gboolean by_power = step->after == STN_OPTION_AFTER_POWER_CYCLE
                      || (!stn_unit_run_is_usb (self) && (self->binding.quirks & STN_QUIRK_NO_OPTION_LOAD) != 0);

  if (by_power && self->site->power.adapter == NULL) {
    stn_error_set (error, STN_FAILURE_NEEDS_POWER_CYCLE,
                   "option bytes that this ROM writes act after power off and on only, and the site has no power line");
    return FALSE;
  }
  *out_by_power = by_power;
  return TRUE;
}

/* Every planned field has its value, and nothing else moved. */
static gboolean
prove_step (const StnPlanOptionStep *step, const StnOptionBlock *had, const StnOptionBlock *now, GError **error)
{
  const StnTarget *target = stn_option_block_target (now);

  for (guint i = 0; i < step->value_count; i++) {
    const StnOptionField *field = stn_options_find (target, step->values[i].field, error);
    guint32 value = 0;

    if (field == NULL)
      return FALSE;
    if (stn_option_block_get (now, field, &value) && value == step->values[i].value)
      continue;
    g_autofree char *expected = stn_option_field_label (field, (guint32) step->values[i].value);
    g_autofree char *seen = stn_option_field_label (field, value);
    stn_error_set_at (error, STN_FAILURE_OPTION_BYTES_UNKNOWN, field->word, expected, seen,
                      "%s was written and reads as it was", field->name);
    return FALSE;
  }
  g_autoptr (GArray) changes = stn_option_block_differences (had, now);
  for (guint i = 0; i < changes->len; i++) {
    const StnOptionChange *change = &g_array_index (changes, StnOptionChange, i);
    gboolean is_planned = FALSE;
    for (guint k = 0; k < step->value_count; k++)
      is_planned = is_planned || stn_options_find (target, step->values[k].field, NULL) == change->field;
    if (is_planned)
      continue;
    g_autofree char *text = stn_option_change_text (change);
    stn_error_set_at (error, STN_FAILURE_OPTION_BYTES_UNKNOWN, change->field->word, NULL, NULL,
                      "an option field that was not to change did: %s", text);
    return FALSE;
  }
  return TRUE;
}

static void
note_proofs (StnUnitRun *self, const StnPlanOptionStep *step, const char *suffix)
{
  for (guint i = 0; i < step->value_count; i++) {
    const StnPlanOption *value = &step->values[i];
    const StnOptionField *field = stn_options_find (self->target, value->field, NULL);
    g_autofree char *words = stn_option_field_text (field, (guint32) value->value);

    if (value->from == STN_OPTION_FROM_PROTECT)
      stn_unit_run_note (&self->result->protection, "%s %s: %s%s", value->field, words,
                         stn_option_proof_name (value->proof), suffix);
  }
}

/* Into the ROM again, or, where the step was the last visit, out of it for good. */
static gboolean
after_the_window (StnUnitRun *self, const StnPlanOptionStep *step, gboolean by_power, GError **error)
{
  if (step->comes_back)
    return stn_unit_run_come_back (self, TRUE, by_power, error);
  self->visits_are_over = TRUE;
  stn_unit_run_close_rom (self);
  return TRUE;
}

/* What the board has in the end, as far as it can still be asked. */
static gboolean
settle_step (StnUnitRun *self, const StnPlanOptionStep *step, const StnOptionBlock *had, GError **error)
{
  g_autoptr (StnOptionBlock) now = stn_unit_run_read_sound_options (self, error);

  if (now == NULL)
    return FALSE;
  stn_unit_run_take_over_options (self, now);
  return prove_step (step, had, now, error);
}

static guint
option_areas (const StnUnitRun *self)
{
  return self->target->options_second_address != 0 && self->target->options_second_bytes > 0 ? 2 : 1;
}

/* Behind a step that shuts the board nothing is written any more, and what is left over would not be seen. */
static gboolean
check_single_write (StnUnitRun *self, const StnPlanOptionStep *step, const StnOptionBlock *now,
                    const StnOptionBlock *after, GError **error)
{
  guint count = stn_unit_run_count_option_pieces (self, now, after);

  if (!stn_plan_option_step_is_single (step) || count <= 1)
    return TRUE;
  stn_error_set (error, STN_FAILURE_OPTION_BYTES_UNKNOWN,
                 "the options that this board came with need %u writes for the last step, and it has one", count);
  return FALSE;
}

/* Writes what differs until nothing does, a piece a round. `*out_wrote`: at least one window was opened. In a group,
 * whose members are reset together, every member takes part in every round, whether it has something to write or not.
 */
static gboolean
write_rounds (StnUnitRun *self, const StnPlanOptionStep *step, const StnOptionBlock *had, gboolean by_power,
              gboolean *out_wrote, GError **error)
{
  gboolean in_group = self->site->group != NULL;
  guint rounds = in_group ? option_areas (self) : 2 * STN_OPTION_PIECE_TRIES * STN_OPTION_AREAS;
  StnOptionPiece last = { .area = G_MAXUINT };
  guint times = 0;

  *out_wrote = FALSE;
  for (guint round = 0; round < rounds; round++) {
    g_autoptr (GError) doubt = NULL;
    g_autoptr (StnOptionBlock) now =
        round == 0 ? stn_option_block_copy (had) : stn_unit_run_read_sound_options (self, error);
    g_autoptr (StnOptionBlock) after = now != NULL ? apply (self, step, now, error) : NULL;
    StnOptionPiece piece;

    if (after == NULL) {
      if (*out_wrote)
        stn_unit_run_options_are_unknown (error, NULL);
      return FALSE;
    }
    if (round == 0 && !check_single_write (self, step, now, after, error))
      return FALSE;
    gboolean differs = stn_unit_run_next_option_piece (self, now, after, &piece);
    if (!differs && !in_group)
      return TRUE;
    if (differs && stn_unit_option_is_in_vain (&piece, &last, &times))
      return TRUE; /* the proof says what it is that the chip does not take */
    if (differs) {
      StnOptionWrite write = { .had = (StnOptionBlock *) had,
                               .now = now,
                               .after = after,
                               .command = step->command,
                               .longest_ns = MAX (step->longest_ns, stn_unit_run_option_window_ns (self)) };

      if (!stn_unit_run_write_option_piece (self, &write, &piece, &doubt, error))
        return FALSE;
      *out_wrote = TRUE;
      self->has_written = TRUE;
      if (doubt != NULL)
        self->step->tries++;
    }
    if (!after_the_window (self, step, by_power, error)) {
      stn_unit_run_options_are_unknown (error, doubt);
      return FALSE;
    }
    if (stn_plan_option_step_is_single (step))
      return TRUE;
  }
  return TRUE;
}

/* The guard with what this board has, and what its very ROM can write. */
static gboolean
may_write (StnUnitRun *self, const StnPlanOptionStep *step, const StnOptionBlock *had, GError **error)
{
  guint16 rom_version = self->identity.rom_version > 0 ? (guint16) self->identity.rom_version : 0;
  return stn_plan_guard_unit (self->plan, had, error)
         && stn_plan_rom_writes (self->plan, step, had, rom_version, error);
}

static gboolean
opening_or_closing (StnUnitRun *self, const StnPlanOptionStep *step, GError **error)
{
  gboolean by_power = FALSE, wrote = FALSE;

  if (!stn_unit_run_option_speed (self, TRUE, error) || !choose_after (self, step, &by_power, error))
    return FALSE;
  g_autoptr (StnOptionBlock) had = stn_unit_run_read_sound_options (self, error);
  if (had == NULL || !may_write (self, step, had, error) || !write_rounds (self, step, had, by_power, &wrote, error))
    return FALSE;
  if (!step->comes_back && wrote) {
    stn_unit_run_note (&self->step->detail, "written in the last visit: what the board then does has to show it");
    note_proofs (self, step, "");
    return TRUE;
  }
  if (!settle_step (self, step, had, error)) {
    if (wrote)
      stn_unit_run_options_are_unknown (error, NULL);
    return FALSE;
  }
  g_autoptr (StnOptionBlock) planned = apply (self, step, had, error);
  if (planned == NULL)
    return FALSE;
  g_autofree char *changes = stn_unit_option_changes_text (had, planned);
  stn_unit_run_note (&self->step->detail, wrote ? "%s (read back)" : "nothing to write, the board has it (%s)",
                     wrote ? changes : "read");
  note_proofs (self, step, wrote ? "" : " (as it came)");
  return TRUE;
}

static gboolean
has_proof (const StnPlanOptionStep *step, StnOptionProof proof)
{
  for (guint i = 0; i < step->value_count; i++)
    if (step->values[i].proof == proof)
      return TRUE;
  return FALSE;
}

/* ---- the three steps ---- */

gboolean
stn_unit_run_opening_options (StnUnitRun *self, GError **error)
{
  const StnPlanOptionStep *step = stn_plan_option_step (self->plan, STN_STEP_OPENING_OPTIONS);

  if (!opening_or_closing (self, step, error))
    return FALSE;
  /* pages may be others now, and what follows is worked out from what the unit has */
  return stn_unit_run_bind_again (self, error) && stn_unit_run_option_speed (self, FALSE, error);
}

gboolean
stn_unit_run_closing_options (StnUnitRun *self, GError **error)
{
  const StnPlanOptionStep *step = stn_plan_option_step (self->plan, STN_STEP_CLOSING_OPTIONS);

  if (!opening_or_closing (self, step, error))
    return FALSE;
  if (!step->comes_back)
    return !has_proof (step, STN_OPTION_PROOF_BEHAVIOUR) || stn_unit_run_pin_is_dead (self, error);
  return stn_unit_run_try_protected_write (self, step, error);
}

/* As they would be written, or as read where parts are not known. */
static char *
encoded_hex (const StnOptionBlock *block)
{
  GString *text = g_string_new (NULL);

  for (guint area = 0; area < STN_OPTION_AREAS; area++) {
    gsize length = 0;
    const guint8 *bytes = stn_option_block_bytes (block, area, &length);
    g_autofree guint8 *encoded = g_malloc0 (length + 1);
    if (bytes != NULL && stn_option_block_encode (block, area, encoded))
      bytes = encoded;
    for (gsize i = 0; bytes != NULL && i < length; i++)
      g_string_append_printf (text, "%02x", bytes[i]);
  }
  return g_string_free (text, FALSE);
}

gboolean
stn_unit_run_read_protect (StnUnitRun *self, GError **error)
{
  const StnPlanOptionStep *step = stn_plan_option_step (self->plan, STN_STEP_READ_PROTECT);
  gboolean by_power = FALSE, wrote = FALSE;

  if (self->needs_fresh_visit && !stn_unit_run_come_back (self, TRUE, FALSE, error))
    return FALSE;
  if (!stn_unit_run_option_speed (self, TRUE, error) || !choose_after (self, step, &by_power, error))
    return FALSE;
  g_autoptr (StnOptionBlock) had = stn_unit_run_read_sound_options (self, error);
  if (had == NULL || !may_write (self, step, had, error) || !write_rounds (self, step, had, by_power, &wrote, error))
    return FALSE;
  if (step->comes_back && !has_proof (step, STN_OPTION_PROOF_REFUSED_READ) && !settle_step (self, step, had, error)) {
    stn_unit_run_options_are_unknown (error, NULL);
    return FALSE;
  }
  if (step->comes_back && has_proof (step, STN_OPTION_PROOF_REFUSED_READ)
      && !stn_unit_run_prove_refused_read (self, error)) {
    if (!stn_error_is (error != NULL ? *error : NULL, STN_FAILURE_NOT_PROTECTED))
      stn_unit_run_options_are_unknown (error, NULL);
    return FALSE;
  }
  if (!step->comes_back && has_proof (step, STN_OPTION_PROOF_BEHAVIOUR) && !stn_unit_run_pin_is_dead (self, error))
    return FALSE;
  note_proofs (self, step, "");
  g_autoptr (StnOptionBlock) planned = apply (self, step, had, error);
  if (planned == NULL)
    return FALSE;
  g_autofree char *changes = stn_unit_option_changes_text (had, planned);
  stn_unit_run_note (&self->step->detail, "%s", changes);
  /* the bytes can't be read any more: the record has those that were written, not the ones before them */
  if (!step->comes_back || has_proof (step, STN_OPTION_PROOF_REFUSED_READ)) {
    g_free (self->result->options_after);
    self->result->options_after = encoded_hex (planned);
    stn_unit_run_note (&self->step->detail, "options after: as written");
  }
  return TRUE;
}
