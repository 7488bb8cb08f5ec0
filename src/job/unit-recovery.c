/* A board whose option write was cut: what it had is put back. */
#include "src/job/unit-option-bytes.h"

/* As the window's row has it, made into a block of this target; NULL: it is not this target's. */
static StnOptionBlock *
block_of_record (const StnTarget *target, const StnOptionBytes *list, guint count)
{
  const StnOptionBytes *second = count > 1 ? &list[1] : NULL;

  if (count == 0 || list[0].address != target->options_address
      || (second != NULL && second->address != target->options_second_address))
    return NULL;
  g_autoptr (StnOptionBlock) block =
      stn_option_block_new (target, list[0].bytes, list[0].length, second != NULL ? second->bytes : NULL,
                            second != NULL ? second->length : 0, NULL);
  return block != NULL && stn_option_block_check (block, NULL) ? g_steal_pointer (&block) : NULL;
}

static gboolean
is_same (const StnOptionBlock *a, const StnOptionBlock *b)
{
  g_autoptr (GArray) changes = stn_option_block_differences (a, b);
  return changes->len == 0;
}

/* Puts what the board had back, by as many windows as it takes. */
static gboolean
restore (StnUnitRun *self, StnOptionBlock *known, GError **error)
{
  StnOptionPiece last = { .area = G_MAXUINT };
  guint times = 0;

  for (;;) {
    g_autoptr (GError) doubt = NULL;
    g_autoptr (StnOptionBlock) now = stn_unit_run_read_option_block (self, error);
    StnOptionPiece piece;

    if (now == NULL)
      return FALSE;
    stn_unit_run_take_over_options (self, now);
    gboolean is_sound = stn_option_block_check (now, NULL);
    if (!stn_unit_run_next_option_piece (self, now, known, &piece)) {
      if (is_sound)
        return TRUE;
      /* values as they should be over complements that are not: all of it is written again */
      piece = (StnOptionPiece){ .area = 0,
                                .address = self->target->options_address,
                                .changed = TRUE,
                                .length_bytes = self->target->options_bytes };
    }
    if (stn_unit_option_is_in_vain (&piece, &last, &times)) {
      g_autofree char *changes = stn_unit_option_changes_text (now, known);
      stn_error_set_at (error, STN_FAILURE_OPTION_BYTES_UNKNOWN, piece.address, NULL, NULL,
                        "the chip does not take the option bytes that it had: %s", changes);
      return FALSE;
    }
    StnOptionWrite write = { .had = known,
                             .now = now,
                             .after = known,
                             .command = STN_OPTION_COMMAND_WRITE,
                             .longest_ns = stn_unit_run_option_window_ns (self) };
    if (!stn_unit_run_write_option_piece (self, &write, &piece, &doubt, error))
      return FALSE;
    self->has_written = TRUE;
    if (!stn_unit_run_come_back (self, TRUE, self->site->power.adapter != NULL, error)) {
      stn_unit_run_options_are_unknown (error, doubt);
      return FALSE;
    }
  }
}

gboolean
stn_unit_run_recover_options (StnUnitRun *self, GError **error)
{
  const StnOptionWindow *window = self->recovery->window;
  const char *uid = self->recovery->uid;
  g_autoptr (StnOptionBlock) known = NULL, meant = NULL;

  /* another board's option bytes are none of this one's business */
  if (window != NULL && uid != NULL && self->identity.uid[0] != '\0'
      && g_ascii_strcasecmp (uid, self->identity.uid) != 0) {
    stn_error_set_seen (error, STN_FAILURE_UNIT_CHANGED, uid, self->identity.uid,
                        "the board in this site is not the one whose option write was cut%s",
                        self->has_written ? ", and it was opened, which erased it: its ROM showed no UID before" : "");
    return FALSE;
  }
  g_autoptr (StnOptionBlock) now = stn_unit_run_read_option_block (self, error);
  if (now == NULL)
    return FALSE;
  stn_unit_run_take_over_options (self, now);
  if (window != NULL) {
    known = block_of_record (self->target, window->had, window->had_count);
    meant = block_of_record (self->target, window->gets, window->gets_count);
  }
  if (known == NULL) {
    stn_unit_run_note (&self->step->detail, "the record does not say what this board had before");
    return stn_option_block_check (now, error);
  }
  if (stn_option_block_check (now, NULL)) {
    if (is_same (now, known)) {
      stn_unit_run_note (&self->step->detail, "the option bytes are as they were before the write");
      return TRUE;
    }
    if (meant != NULL && is_same (now, meant)) {
      stn_unit_run_note (&self->step->detail, "the option bytes are as the write meant them");
      return TRUE;
    }
  }
  g_autofree char *changes = stn_unit_option_changes_text (now, known);
  if (!restore (self, known, error))
    return FALSE;
  stn_unit_run_note (&self->step->detail, "put back what the board had: %s", changes);
  return TRUE;
}
