#include "src/target/target.h"

#include "src/base/clock.h"

#define BLOCK_BYTES 256

/* devices-notes section 6, for chips whose time no source gives */
#define SMALL_PAGE_BYTES (8 * 1024)
#define SMALL_PAGE_ERASE_MS 40
#define LARGE_PAGE_ERASE_MS 5000
#define MASS_ERASE_MS 60000
#define ROM_START_MS 20
/* timing.md section 3: L1 takes 849 ms; only F105 may take longer */
#define USB_START_MS 900
/* uart-an3155 section 7 */
#define OPTION_WRITE_MS 2000
/* timing.md section 2: F0 and F1; L0 by words */
#define PROGRAM_256_TYPICAL_MS 7
#define PROGRAM_256_LONGEST_MS 252

guint
stn_target_page_count (const StnTarget *self)
{
  if (self->stretch_count == 0)
    return 0;
  const StnPageStretch *last = &self->stretches[self->stretch_count - 1];
  return last->first_page + last->page_count;
}

gboolean
stn_target_page (const StnTarget *self, guint number, StnPage *out)
{
  for (guint i = 0; i < self->stretch_count; i++) {
    const StnPageStretch *stretch = &self->stretches[i];
    if (number >= stretch->first_page && number - stretch->first_page < stretch->page_count) {
      guint index = number - stretch->first_page;
      *out = (StnPage){ .number = number,
                        .address = stretch->address + (guint64) index * stretch->page_bytes,
                        .bytes = stretch->page_bytes };
      return TRUE;
    }
  }
  return FALSE;
}

gboolean
stn_target_page_at (const StnTarget *self, guint64 address, StnPage *out)
{
  for (guint i = 0; i < self->stretch_count; i++) {
    const StnPageStretch *stretch = &self->stretches[i];
    if (address < stretch->address)
      continue;
    guint64 index = (address - stretch->address) / stretch->page_bytes;
    if (index < stretch->page_count)
      return stn_target_page (self, stretch->first_page + (guint) index, out);
  }
  return FALSE;
}

gboolean
stn_target_in_flash (const StnTarget *self, guint64 address, guint64 length_bytes)
{
  if (address < self->flash_base)
    return FALSE;
  guint64 offset = address - self->flash_base;
  return offset < self->flash_bytes && length_bytes <= self->flash_bytes - offset;
}

guint
stn_target_write_block_bytes (const StnTarget *self)
{
  return self->quirks & STN_QUIRK_WRITE_128 ? 128 : BLOCK_BYTES;
}

guint
stn_target_write_unit_bytes (const StnTarget *self)
{
  return MAX (1, MAX (self->program_unit_bytes, self->write_align_bytes));
}

static gboolean
has_id (const guint16 *ids, guint count, guint16 id)
{
  for (guint i = 0; i < count; i++) {
    if (ids[i] == id)
      return TRUE;
  }
  return FALSE;
}

/* A version that the data does not list may have any of the faults. */
static gboolean
version_is_known (const StnTarget *self, guint16 bootloader_id)
{
  return bootloader_id != 0 && has_id (self->bootloader_ids, self->bootloader_id_count, bootloader_id);
}

guint
stn_target_quirks_for (const StnTarget *self, guint16 bootloader_id)
{
  if (!version_is_known (self, bootloader_id))
    return self->quirks;
  guint quirks = 0;
  for (guint i = 0; i < self->quirk_rule_count; i++) {
    const StnQuirkRule *rule = &self->quirk_rules[i];
    if (rule->bootloader_ids == NULL || has_id (rule->bootloader_ids, rule->bootloader_id_count, bootloader_id))
      quirks |= rule->quirk;
  }
  return quirks;
}

StnEmptyCheck
stn_target_empty_check_for (const StnTarget *self, guint16 bootloader_id)
{
  if (self->empty_check != STN_EMPTY_CHECK_CLEARED_BY_ROM || self->empty_check_cleared_by == NULL
      || !version_is_known (self, bootloader_id)
      || has_id (self->empty_check_cleared_by, self->empty_check_cleared_by_count, bootloader_id))
    return self->empty_check;
  return STN_EMPTY_CHECK_LATCHED;
}

/* ---- times: saturating, 0 ms is "not known" ---- */

static gint64
ns_from_ms (double ms)
{
  if (!(ms > 0))
    return 0;
  double ns = ms * 1e6;
  return ns >= 9.2e18 ? G_MAXINT64 : (gint64) (ns + 0.5);
}

static gint64
times (gint64 ns, guint64 count)
{
  if (ns <= 0 || count == 0)
    return 0;
  return count > (guint64) (G_MAXINT64 / ns) ? G_MAXINT64 : ns * (gint64) count;
}

static gint64
plus (gint64 a, gint64 b)
{
  return a > G_MAXINT64 - b ? G_MAXINT64 : a + b;
}

static const StnPageEraseTime *
time_of_size (const StnTarget *self, guint32 page_bytes)
{
  for (guint i = 0; i < self->page_erase_time_count; i++) {
    if (self->page_erase_times[i].page_bytes == page_bytes)
      return &self->page_erase_times[i];
  }
  return NULL;
}

static gint64
erase_longest_ns (const StnTarget *self, guint32 page_bytes)
{
  const StnPageEraseTime *own = time_of_size (self, page_bytes);
  if (own != NULL && own->max_ms > 0)
    return ns_from_ms (own->max_ms);
  if (self->page_erase_max_ms > 0)
    return ns_from_ms (self->page_erase_max_ms);
  return ns_from_ms (page_bytes <= SMALL_PAGE_BYTES ? SMALL_PAGE_ERASE_MS : LARGE_PAGE_ERASE_MS);
}

static gint64
erase_typical_ns (const StnTarget *self, guint32 page_bytes)
{
  const StnPageEraseTime *own = time_of_size (self, page_bytes);
  if (own != NULL && own->typical_ms > 0)
    return ns_from_ms (own->typical_ms);
  if ((own == NULL || own->max_ms <= 0) && self->page_erase_typical_ms > 0)
    return ns_from_ms (self->page_erase_typical_ms);
  return erase_longest_ns (self, page_bytes) / 2;
}

gint64
stn_target_page_erase_typical_ns (const StnTarget *self, const StnPage *page)
{
  return erase_typical_ns (self, page->bytes);
}

gint64
stn_target_page_erase_longest_ns (const StnTarget *self, const StnPage *page)
{
  return erase_longest_ns (self, page->bytes);
}

gint64
stn_target_mass_erase_typical_ns (const StnTarget *self)
{
  if (self->mass_erase_typical_ms > 0)
    return ns_from_ms (self->mass_erase_typical_ms);
  if (self->mass_erase_max_ms > 0)
    return ns_from_ms (self->mass_erase_max_ms) / 2;
  gint64 total = 0;
  for (guint i = 0; i < self->stretch_count; i++) {
    const StnPageStretch *stretch = &self->stretches[i];
    total = plus (total, times (erase_typical_ns (self, stretch->page_bytes), stretch->page_count));
  }
  return total;
}

gint64
stn_target_mass_erase_longest_ns (const StnTarget *self)
{
  return ns_from_ms (self->mass_erase_max_ms > 0 ? self->mass_erase_max_ms : MASS_ERASE_MS);
}

/* Whole blocks: the last, shorter one is counted as if it were full. */
static gint64
program_ns (const StnTarget *self, guint64 length_bytes, double ms_per_256)
{
  guint64 block_bytes = stn_target_write_block_bytes (self);
  guint64 blocks = length_bytes / block_bytes + (length_bytes % block_bytes != 0);
  return times ((gint64) ((guint64) ns_from_ms (ms_per_256) / (BLOCK_BYTES / block_bytes)), blocks);
}

gint64
stn_target_program_typical_ns (const StnTarget *self, guint64 length_bytes)
{
  double ms = self->program_256_typical_ms;
  if (ms <= 0)
    ms = self->program_256_max_ms > 0 ? self->program_256_max_ms / 2 : PROGRAM_256_TYPICAL_MS;
  return program_ns (self, length_bytes, ms);
}

gint64
stn_target_program_longest_ns (const StnTarget *self, guint64 length_bytes)
{
  return program_ns (self, length_bytes,
                     self->program_256_max_ms > 0 ? self->program_256_max_ms : PROGRAM_256_LONGEST_MS);
}

gint64
stn_target_rom_start_ns (const StnTarget *self)
{
  return ns_from_ms (self->rom_start_ms > 0 ? self->rom_start_ms : ROM_START_MS);
}

gint64
stn_target_usb_start_ns (const StnTarget *self)
{
  /* crystals that do not answer hold up both */
  return MAX (ns_from_ms (self->usb_start_ms > 0 ? self->usb_start_ms : USB_START_MS), stn_target_rom_start_ns (self));
}

gint64
stn_target_option_write_longest_ns (const StnTarget *self)
{
  return ns_from_ms (self->option_write_max_ms > 0 ? self->option_write_max_ms : OPTION_WRITE_MS);
}

/* AN2606, the device feature word of F2, F4 and F7: the least supply of a code; 8, 16, 16 and 32 bits at a time. A
 * write takes as long at any width; erase times are those of 128 KiB (timing.md section 2). */
static const struct {
  gint64 least_uv;
  guint program_percent, erase_percent;
} supplies[] = {
  { 0, 100, 100 },
  { 2100000, 50, 65 },
  { 2400000, 50, 65 },
  { 2700000, 25, 50 },
};

guint
stn_target_supply_code (const StnTarget *self, gint64 supply_uv)
{
  guint code = 0;

  if (self->supply_word == 0)
    return 0;
  for (guint i = 1; i < G_N_ELEMENTS (supplies); i++)
    if (supply_uv >= supplies[i].least_uv)
      code = i;
  return code;
}

guint
stn_target_program_percent (guint supply_code)
{
  return supplies[MIN (supply_code, G_N_ELEMENTS (supplies) - 1)].program_percent;
}

guint
stn_target_erase_percent (guint supply_code)
{
  return supplies[MIN (supply_code, G_N_ELEMENTS (supplies) - 1)].erase_percent;
}

gint64
stn_target_timeout_ns (gint64 longest_ns)
{
  return plus (times (MAX (longest_ns, 0), 2), 500 * STN_NS_PER_MS);
}
