/* The flash: erase, program, prove, and the first block that is held back to the end. */
#include "src/job/unit-option-bytes.h"

#include <string.h>

#define BLOCK_BYTES_MOST STN_BIND_BLOCK_BYTES_MOST
#define BLOCK_MARGIN_NS (2 * STN_NS_PER_S)
#define ERASE_MARGIN_NS (4 * STN_NS_PER_S)
#define WRITE_PROTECTED_WORDS \
  "the board came with pages protected against writing (%s), and the job does not open them (“unprotect: allowed”)"
#define MISMATCH_READS 2 /* reads that must agree before a mismatch is put down to the wire */

static void
mismatch (const StnUnitRun *self, guint64 address, const guint8 *expected, const guint8 *seen, gsize length,
          gboolean is_blank_check, GError **error)
{
  gsize at = 0;

  (void) self;
  while (at + 1 < length && expected[at] == seen[at])
    at++;
  g_autofree char *expected_text = g_strdup_printf ("%02x", expected[at]);
  g_autofree char *seen_text = g_strdup_printf ("%02x", seen[at]);
  stn_error_set_at (error, is_blank_check ? STN_FAILURE_NOT_BLANK : STN_FAILURE_VERIFY_MISMATCH, address + at,
                    expected_text, seen_text,
                    is_blank_check ? "not erased" : "the flash does not hold what was written");
}

/* What is read or written at once. */
static guint
block_bytes (const StnUnitRun *self)
{
  return MIN (self->binding.capabilities.read_block_bytes, BLOCK_BYTES_MOST);
}

/* Twice the line's own time and a margin: a slow line is slow, not broken. */
static gint64
block_ns (const StnUnitRun *self)
{
  const StnEngineClass *engine_class = self->plan->engine_class;
  guint bytes = block_bytes (self);
  gint64 line_ns = 0;

  if (engine_class->block_typical_ns != NULL)
    line_ns = engine_class->block_typical_ns (bytes, TRUE);
  else if (engine_class->write_bit_times != NULL && self->plan->wiring.baud > 0)
    line_ns = engine_class->write_bit_times (bytes) * STN_NS_PER_S / self->plan->wiring.baud;
  return 2 * line_ns + BLOCK_MARGIN_NS;
}

static gboolean
read_block (StnUnitRun *self, guint64 address, guint8 *buffer, gsize length, GError **error)
{
  return stn_unit_run_read (self, address, buffer, length, block_ns (self), error);
}

/* Reads a block and holds it against what it must be. AN3155 puts no checksum on what is read, so a mismatch is read
 * again: only when every repeat shows the right bytes was it the wire. */
static gboolean
prove_block (StnUnitRun *self, guint64 address, const guint8 *expected, gsize length, gboolean is_blank_check,
             GError **error)
{
  guint8 seen[BLOCK_BYTES_MOST];

  if (!read_block (self, address, seen, length, error))
    return FALSE;
  if (memcmp (seen, expected, length) == 0) {
    self->result->bytes_proved += length;
    return TRUE;
  }
  for (guint repeat = 0; repeat < MISMATCH_READS; repeat++) {
    guint8 again[BLOCK_BYTES_MOST];

    self->step->tries++;
    if (!read_block (self, address, again, length, error))
      return FALSE;
    if (memcmp (again, expected, length) != 0) {
      mismatch (self, address, expected, again, length, is_blank_check, error);
      return FALSE;
    }
  }
  self->result->bytes_proved += length;
  return TRUE;
}

static gboolean
prove_range (StnUnitRun *self, guint64 first, guint64 end, guint64 *inout_done, GError **error)
{
  guint8 expected[BLOCK_BYTES_MOST];
  guint bytes = block_bytes (self);

  for (guint64 at = first; at < end; at += bytes) {
    gsize length = MIN (bytes, end - at);

    if (!stn_unit_run_check (self, error))
      return FALSE;
    stn_plan_expected (self->plan, self->unit, at, expected, length);
    if (!prove_block (self, at, expected, length, FALSE, error))
      return FALSE;
    *inout_done += length;
    stn_unit_run_advance (self, *inout_done);
  }
  return TRUE;
}

/* ---- erase ---- */

/* Some ROMs answer an erase before it is done (H74 9.1, G07 11.3); what follows then would fall into it. */
static gboolean
wait_out_early_answer (StnUnitRun *self, gint64 longest_ns, const StnWait *wait, GError **error)
{
  if ((self->binding.quirks & STN_QUIRK_EARLY_ERASE_ANSWER) == 0)
    return TRUE;
  return stn_wait_sleep (wait, longest_ns, error);
}

static gboolean
erase_all_body (StnUnitRun *self, const StnWait *shielded, gpointer data, GError **error)
{
  (void) data;
  return stn_engine_erase_all (self->engine, shielded, error)
         && wait_out_early_answer (self, stn_target_mass_erase_longest_ns (self->target), shielded, error);
}

static gboolean
erase_pages_once (StnUnitRun *self, const guint16 *pages, guint count, const StnWait *parent, GError **error)
{
  gint64 longest_ns = 0;

  for (guint i = 0; i < count; i++) {
    StnPage page;
    if (stn_target_page (self->target, pages[i], &page))
      longest_ns += stn_target_page_erase_longest_ns (self->target, &page);
  }
  StnWait wait = stn_wait_within (parent, 2 * longest_ns + ERASE_MARGIN_NS);
  if (stn_engine_erase_pages (self->engine, pages, count, &wait, error))
    return wait_out_early_answer (self, longest_ns, &wait, error);
  if (error != NULL && stn_error_is (*error, STN_FAILURE_NO_ANSWER)) {
    g_autofree char *text = g_strdup ((*error)->message);
    g_clear_error (error);
    stn_error_set (error, STN_FAILURE_ERASE_TIMEOUT, "pages %u to %u: %s", pages[0], pages[count - 1], text);
  }
  return FALSE;
}

/* An erase that went wrong may be sent again: its pages are to be erased anyway. */
static gboolean
erase_pages (StnUnitRun *self, const guint16 *pages, guint count, GError **error)
{
  for (guint try = 1;; try++) {
    g_autoptr (GError) failure = NULL;

    if (erase_pages_once (self, pages, count, &self->wait, &failure))
      return TRUE;
    if (stn_unit_run_may_repeat (self, try, &failure))
      continue;
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
}

/* What the board's options say of pages that can't be written: of all of them, or of the one at `address`. As they are
 * now, where the ROM still shows them, else as they were read at first; the areas of a second bank stand in a second
 * option area. */
static char *
find_write_protection (StnUnitRun *self, const StnErrorDetail *detail)
{
  const StnUnitIdentity *identity = &self->identity;
  g_autoptr (StnOptionBlock) block = NULL;

  if (identity->options == NULL)
    return NULL;
  if (self->in_rom && self->engine != NULL)
    block = stn_unit_run_read_option_block (self, NULL);
  if (block == NULL)
    block = stn_option_block_new (self->target, identity->options, identity->options_length, NULL, 0, NULL);
  if (block == NULL)
    return NULL;
  return detail != NULL && detail->has_address ? stn_option_write_protection_at (block, detail->address)
                                               : stn_option_write_protection (block);
}

/* Some ROMs refuse to erase a protected page, others acknowledge it and do nothing, which shows when it is read back.
 * Either has a name of its own where the board's options say that the page is protected. */
static void
name_write_protection (StnUnitRun *self, gboolean is_erase, GError **inout_error)
{
  static const StnFailure of_a_page[] = { STN_FAILURE_VERIFY_MISMATCH, STN_FAILURE_WRITE_FAILED };
  const StnErrorDetail *detail = stn_error_detail (*inout_error);
  gboolean is_candidate = is_erase && stn_error_is (*inout_error, STN_FAILURE_NACK);

  for (guint i = 0; i < G_N_ELEMENTS (of_a_page); i++)
    is_candidate |= detail != NULL && detail->has_address && stn_error_is (*inout_error, of_a_page[i]);
  g_autofree char *what = is_candidate ? find_write_protection (self, is_erase ? NULL : detail) : NULL;
  if (what == NULL)
    return;
  g_autofree char *text = g_strdup ((*inout_error)->message);
  g_autofree char *expected = g_strdup (detail != NULL ? detail->expected : NULL);
  g_autofree char *seen = g_strdup (detail != NULL ? detail->seen : NULL);
  gboolean has_address = detail != NULL && detail->has_address;
  guint64 address = has_address ? detail->address : 0;
  g_clear_error (inout_error);
  if (has_address)
    stn_error_set_at (inout_error, STN_FAILURE_WRITE_PROTECTED, address, expected, seen, WRITE_PROTECTED_WORDS, what);
  else
    stn_error_set (inout_error, STN_FAILURE_WRITE_PROTECTED, WRITE_PROTECTED_WORDS ": %s", what, text);
}

/* A part of the run that writes pages, or reads back what was written. */
static gboolean
run_over_pages (StnUnitRun *self, gboolean (*part) (StnUnitRun *, GError **), gboolean is_erase, GError **error)
{
  g_autoptr (GError) failure = NULL;

  if (part (self, &failure))
    return TRUE;
  name_write_protection (self, is_erase, &failure);
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* ---- the supply ---- */

/* Once a visit: the engine is a new one then. A ROM that does not take it goes on byte by byte. */
static gboolean
tell_supply (StnUnitRun *self, GError **error)
{
  if (self->plan->supply_code == 0 || self->supply_refused || self->engine->supply_code != 0)
    return TRUE;
  for (guint try = 1;; try++) {
    g_autoptr (GError) failure = NULL;
    StnWait wait = stn_wait_within (&self->wait, block_ns (self));

    if (stn_engine_tell_supply (self->engine, self->plan->supply_code, &wait, &failure))
      return TRUE;
    self->supply_refused = stn_error_is (failure, STN_FAILURE_NACK);
    if (!stn_unit_run_may_repeat (self, try, &failure)) {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
    if (self->supply_refused) {
      g_free (self->step->detail);
      self->step->detail = g_strdup ("the ROM does not take the supply, and goes byte by byte");
      return TRUE;
    }
  }
}

static gboolean
erase_flash (StnUnitRun *self, GError **error)
{
  const StnPlan *plan = self->plan;
  guint64 done = 0;

  if (stn_runner_is_stopping (self->runner)) {
    stn_error_set (error, STN_FAILURE_CANCELLED, "stopped by request before anything was changed");
    return FALSE;
  }
  if (!tell_supply (self, error))
    return FALSE;
  self->has_written = TRUE;
  if (self->binding.erase_all) {
    gint64 longest_ns = 2 * stn_target_mass_erase_longest_ns (self->target) + ERASE_MARGIN_NS;
    for (guint try = 1;; try++) {
      g_autoptr (GError) failure = NULL;

      if (stn_unit_run_window (self, "mass erase", STN_WINDOW_ERASE, longest_ns, 0, erase_all_body, NULL, &failure))
        return TRUE;
      gboolean was_silent = stn_error_is (failure, STN_FAILURE_NO_ANSWER);
      if (stn_unit_run_may_repeat (self, try, &failure))
        continue;
      if (was_silent)
        stn_error_set (error, STN_FAILURE_ERASE_TIMEOUT, "mass erase: %s", failure->message);
      else
        g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  }
  guint at_once = MAX (1, self->binding.erase_pages_at_once);
  for (guint at = 0; at < plan->erase_page_count;) {
    guint count = MIN (at_once, plan->erase_page_count - at);

    if (!stn_unit_run_check (self, error))
      return FALSE;
    if (!erase_pages (self, plan->erase_pages + at, count, error))
      return FALSE;
    for (guint i = 0; i < count; i++) {
      StnPage page;
      if (stn_target_page (self->target, plan->erase_pages[at + i], &page))
        done += page.bytes;
    }
    at += count;
    stn_unit_run_advance (self, done);
  }
  return TRUE;
}

gboolean
stn_unit_run_erase (StnUnitRun *self, GError **error)
{
  return run_over_pages (self, erase_flash, TRUE, error);
}

/* ---- program ---- */

static gboolean
is_erased (const StnTarget *target, const guint8 *bytes, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (bytes[i] != target->erased_byte)
      return FALSE;
  return TRUE;
}

/* After a write whose answer went wrong: the block may hold everything, nothing, or something. Only nothing may be
 * written again (an ECC word is programmed once). TRUE when the block is right now or may be written again. */
static gboolean
look_after_write (StnUnitRun *self, const StnPlanBlock *block, const guint8 *bytes, gboolean *out_is_right,
                  GError **error)
{
  guint8 seen[BLOCK_BYTES_MOST];

  if (!read_block (self, block->address, seen, block->length, error))
    return FALSE;
  *out_is_right = memcmp (seen, bytes, block->length) == 0;
  if (*out_is_right || is_erased (self->target, seen, block->length))
    return TRUE;
  stn_error_set_at (error, STN_FAILURE_WRITE_FAILED, block->address, NULL, NULL,
                    "a write was cut short and left the block half written");
  return FALSE;
}

static gboolean
write_block (StnUnitRun *self, const StnPlanBlock *block, GError **error)
{
  guint8 bytes[BLOCK_BYTES_MOST];
  gint64 longest_ns = stn_target_program_longest_ns (self->target, block->length);

  stn_plan_expected (self->plan, self->unit, block->address, bytes, block->length);
  if (block->is_unit_data && !self->is_exposed && self->serial != NULL) {
    if (!self->ledger->ledger_class->expose (self->ledger, self->run->run_id, error))
      return FALSE;
    self->is_exposed = TRUE;
    self->result->serial_exposed = TRUE;
  }
  for (guint try = 1;; try++) {
    g_autoptr (GError) failure = NULL;
    StnWait wait = stn_wait_within (&self->wait, block_ns (self) + longest_ns);
    gboolean is_right = FALSE;

    if (stn_engine_write (self->engine, block->address, bytes, block->length, &wait, &failure))
      break;
    if (!stn_unit_run_may_repeat (self, try, &failure)) {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
    if (!look_after_write (self, block, bytes, &is_right, error))
      return FALSE;
    if (is_right)
      break;
  }
  self->result->bytes_written += block->length;
  return TRUE;
}

static gboolean
program_flash (StnUnitRun *self, GError **error)
{
  guint64 done = 0;

  if (!tell_supply (self, error))
    return FALSE;
  for (guint i = 0; i < self->binding.block_count; i++) {
    const StnPlanBlock *block = &self->binding.blocks[i];

    if (!stn_unit_run_check (self, error) || !write_block (self, block, error))
      return FALSE;
    done += block->length;
    stn_unit_run_advance (self, done);
  }
  return TRUE;
}

gboolean
stn_unit_run_program (StnUnitRun *self, GError **error)
{
  return run_over_pages (self, program_flash, FALSE, error);
}

static gboolean
verify_flash (StnUnitRun *self, GError **error)
{
  const StnPlan *plan = self->plan;
  guint8 erased[BLOCK_BYTES_MOST];
  guint bytes = block_bytes (self);
  guint64 done = 0;

  for (guint i = 0; i < plan->span_count; i++) {
    guint64 first = plan->spans[i].address;
    guint64 end = first + plan->spans[i].length;

    /* the first block is yet to be written to its page: that page is proved after it */
    if (plan->has_first_block && plan->first_page.address == first)
      first += plan->first_page.bytes;
    if (!prove_range (self, first, end, &done, error))
      return FALSE;
  }
  memset (erased, self->target->erased_byte, sizeof erased);
  for (guint i = 0; i < plan->blank_check_count; i++)
    for (guint64 at = plan->blank_checks[i].first; at <= plan->blank_checks[i].last; at += bytes) {
      gsize length = MIN (bytes, plan->blank_checks[i].last - at + 1);

      if (!stn_unit_run_check (self, error) || !prove_block (self, at, erased, length, TRUE, error))
        return FALSE;
      done += length;
      stn_unit_run_advance (self, done);
    }
  return TRUE;
}

gboolean
stn_unit_run_prove_page_at (StnUnitRun *self, guint64 address, GError **error)
{
  guint64 done = 0;
  StnPage page;

  if (!stn_target_page_at (self->target, address, &page)) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "0x%08" G_GINT64_MODIFIER "x is in no page", address);
    return FALSE;
  }
  return prove_range (self, page.address, page.address + page.bytes, &done, error);
}

gboolean
stn_unit_run_verify (StnUnitRun *self, GError **error)
{
  return run_over_pages (self, verify_flash, FALSE, error);
}

static gboolean
write_first_block (StnUnitRun *self, GError **error)
{
  const StnPlan *plan = self->plan;
  guint64 done = 0;

  /* from here until its page is proved, every way out takes it back */
  self->first_block_open = TRUE;
  if (!stn_unit_run_check (self, error) || !tell_supply (self, error) || !write_block (self, &plan->first_block, error))
    return FALSE;
  if (!prove_range (self, plan->first_page.address, plan->first_page.address + plan->first_page.bytes, &done, error))
    return FALSE;
  self->first_block_open = FALSE;
  return TRUE;
}

gboolean
stn_unit_run_first_block (StnUnitRun *self, GError **error)
{
  return run_over_pages (self, write_first_block, FALSE, error);
}

void
stn_unit_run_take_back_first_block (StnUnitRun *self)
{
  guint16 page = (guint16) self->plan->first_page.number;
  StnWait wait = stn_wait_shielded (self->clock, 5 * STN_NS_PER_S);
  g_autoptr (GError) failure = NULL;

  if (!self->first_block_open || self->engine == NULL || !self->in_rom)
    return;
  if (!stn_engine_resync (self->engine, &wait, &failure) || !erase_pages_once (self, &page, 1, &wait, &failure)) {
    g_autofree char *detail = g_strdup_printf ("the first block could not be taken back: %s", failure->message);
    g_free (self->step->detail);
    self->step->detail = g_steal_pointer (&detail);
    return;
  }
  self->first_block_open = FALSE;
}
