/* The plan in words, for a person who decides whether to let it loose on a thousand boards. */
#include "src/job/plan-private.h"

#include <string.h>

#include "src/base/clock.h"

enum { LINE_WIDTH = 100, LABEL_WIDTH = 19 };

/* Characters, not bytes: texts have “quotes”. */
static guint
width_of (const char *text, gsize length)
{
  return (guint) g_utf8_strlen (text, (gssize) length);
}

/* "  label       text", wrapped at LINE_WIDTH between words, the next lines beginning under the text. */
void
stn_plan_say (GString *out, const char *label, const char *text)
{
  guint column = LABEL_WIDTH;
  gboolean at_start = TRUE;
  g_string_append_printf (out, "%-*s", LABEL_WIDTH, label);
  for (const char *p = text; *p != '\0';) {
    gsize length = strcspn (p, " ");
    guint width = width_of (p, length);
    if (!at_start && column + 1 + width > LINE_WIDTH) {
      g_string_append_printf (out, "\n%*s", LABEL_WIDTH, "");
      column = LABEL_WIDTH;
      at_start = TRUE;
    }
    if (!at_start) {
      g_string_append_c (out, ' ');
      column++;
    }
    g_string_append_len (out, p, (gssize) length);
    column += width;
    at_start = FALSE;
    p += length;
    p += strspn (p, " ");
  }
  g_string_append_c (out, '\n');
}

void
stn_plan_say_format (GString *out, const char *label, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  stn_plan_say (out, label, text);
}

/* As precise as a prediction deserves: "12 ms", "3.4 s", "2 min 5 s". */
static char *
time_text (gint64 ns)
{
  gint64 tenths = (ns + STN_NS_PER_S / 20) / (STN_NS_PER_S / 10);
  if (ns < STN_NS_PER_S)
    return g_strdup_printf ("%" G_GINT64_FORMAT " ms", (ns + STN_NS_PER_MS - 1) / STN_NS_PER_MS);
  if (tenths < 600)
    return g_strdup_printf ("%" G_GINT64_FORMAT ".%d s", tenths / 10, (int) (tenths % 10));
  gint64 seconds = (tenths + 5) / 10;
  return g_strdup_printf ("%" G_GINT64_FORMAT " min %d s", seconds / 60, (int) (seconds % 60));
}

static char *
range_text (guint64 first, guint64 length)
{
  return g_strdup_printf ("0x%08" G_GINT64_MODIFIER "x..0x%08" G_GINT64_MODIFIER "x", first, first + length - 1);
}

/* "pin", "reset while empty, power-on while empty", "none". */
static char *
ways_text (guint ways)
{
  static const struct {
    guint way;
    const char *name;
  } names[] = { { STN_WAY_IN_PIN, "BOOT0 and a reset" },
                { STN_WAY_IN_EMPTY, "a reset, as the part is empty" },
                { STN_WAY_IN_EMPTY_POWER, "a power cycle while empty" },
                { STN_WAY_IN_OPTIONS, "any reset" },
                { STN_WAY_IN_SOFTWARE, "the application" } };
  GString *text = g_string_new (NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (ways & names[i].way)
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", or " : "", names[i].name);
  if (text->len == 0)
    g_string_append (text, "none");
  return g_string_free (text, FALSE);
}

static void
say_head (GString *out, const StnPlan *plan)
{
  const StnTarget *target = plan->target;
  g_autofree char *flash = stn_text_from_size_bytes (target->flash_bytes);
  g_autofree char *range = range_text (target->flash_base, target->flash_bytes);
  stn_plan_say_format (out, "Job", "%s, revision %" G_GINT64_FORMAT, plan->job->name, plan->job->revision);
  stn_plan_say_format (out, "", "hash %s", plan->job->hash);
  stn_plan_say (out, "", plan->job->signature->words);
  stn_plan_say_format (out, "Plan", "hash %s", plan->hash);
  stn_plan_say_format (out, "Part", "%s (%s), product id 0x%03x, %s of flash at %s", target->name, target->line,
                       target->product_id, flash, range);
  if (target->source != NULL)
    stn_plan_say_format (out, "", "described by: %s", target->source);
  if (plan->wiring.has_uart && plan->engine_class->shape == STN_LINK_STREAM)
    stn_plan_say_format (out, "By", "%s (%s) at %u baud", plan->engine_class->name, plan->engine_class->document,
                         plan->wiring.baud);
  else
    stn_plan_say_format (out, "By", "%s (%s)", plan->engine_class->name, plan->engine_class->document);
  if (plan->supply_code > 0)
    stn_plan_say_format (out, "", "the ROM is told the supply: it erases and programs %u bits at a time",
                         800 / stn_target_program_percent (plan->supply_code));
}

static void
say_images (GString *out, const StnPlan *plan)
{
  for (guint i = 0; i < plan->job->images->len; i++) {
    const StnJobImage *image = g_ptr_array_index (plan->job->images, i);
    g_autofree char *base = g_path_get_basename (image->path);
    guint64 first = stn_image_lowest_address (image->image);
    guint64 last = stn_image_highest_address (image->image);
    stn_plan_say_format (out, i == 0 ? "Images" : "",
                         "%s: %s (%s), %" G_GUINT64_FORMAT " bytes in 0x%08" G_GINT64_MODIFIER
                         "x..0x%08" G_GINT64_MODIFIER "x%s",
                         image->name, base, stn_image_format_name (stn_image_format (image->image)),
                         stn_image_total_bytes (image->image), first, last, image->sha256 != NULL ? ", pinned" : "");
    stn_plan_say_format (out, "", "SHA-256 %s", image->file_sha256);
  }
}

static void
say_unit (GString *out, const StnPlan *plan)
{
  static const char *const sources[] = { "none", "counter", "list", "program", "scan" };
  static const char *const checks[] = { "no check digit", "check digit ISO 7064 MOD 37,36",
                                        "check digit ISO 7064 MOD 11,10", "check digit by Luhn" };
  static const char *const encodings[] = { "ascii", "utf16le", "bcd", "u32le", "u32be", "u64le", "hex" };
  const StnJob *job = plan->job;
  if (!job->has_serial)
    stn_plan_say (out, "Serial", "none");
  else if (job->serial_pattern != NULL)
    stn_plan_say_format (out, "Serial", "from the %s: %s, %s", sources[job->serial_from], job->serial_pattern,
                         checks[job->serial_check]);
  else
    stn_plan_say_format (out, "Serial", "from a %s, %s", sources[job->serial_from], checks[job->serial_check]);
  for (guint i = 0; i < job->data->len; i++) {
    const StnJobData *data = g_ptr_array_index (job->data, i);
    g_autofree char *range = range_text (data->address, data->size_bytes);
    stn_plan_say_format (out, i == 0 ? "Unit data" : "", "%s as %s in %s, padded with 0x%02x", data->value,
                         encodings[data->encoding], range, (guint) data->pad);
  }
}

static void
say_flash (GString *out, const StnPlan *plan)
{
  g_autofree char *erase = NULL;
  guint64 bytes = plan->has_first_block ? plan->first_block.length : 0;
  guint unit_blocks = plan->has_first_block && plan->first_block.is_unit_data ? 1 : 0;
  for (guint i = 0; i < plan->step_count; i++)
    if (plan->steps[i].kind == STN_STEP_ERASE && erase == NULL)
      erase = time_text (plan->steps[i].predicted_ns);
  if (plan->erase_all)
    stn_plan_say_format (out, "Erase", "the whole flash at once, %s", erase);
  else
    stn_plan_say_format (out, "Erase", "%u of %u pages, by number, %s", plan->erase_page_count,
                         stn_target_page_count (plan->target), erase);
  for (guint i = 0; i < plan->job->keep->len; i++) {
    const StnRange *keep = g_ptr_array_index (plan->job->keep, i);
    g_autofree char *range = range_text (keep->first, keep->last - keep->first + 1);
    stn_plan_say_format (out, i == 0 ? "Keep" : "", "%s", range);
  }
  for (guint i = 0; i < plan->block_count; i++) {
    bytes += plan->blocks[i].length;
    unit_blocks += plan->blocks[i].is_unit_data ? 1 : 0;
  }
  if (plan->engine_class->shape == STN_LINK_CONTROL)
    stn_plan_say_format (out, "Write", "%" G_GUINT64_FORMAT " bytes, in blocks as large as the device takes", bytes);
  else
    stn_plan_say_format (out, "Write", "%" G_GUINT64_FORMAT " bytes in %u blocks, %u of them with the unit's own data",
                         bytes, plan->block_count + (plan->has_first_block ? 1 : 0), unit_blocks);
  if (plan->has_first_block) {
    g_autofree char *range = range_text (plan->first_block.address, plan->first_block.length);
    stn_plan_say_format (out, "Held back",
                         "%s: erased first, written when all the rest is proved; a board that is stopped "
                         "half-way starts nothing",
                         range);
  } else {
    stn_plan_say (out, "Held back", "nothing: no image covers the start of the flash");
  }
  for (guint i = 0; i < plan->span_count; i++) {
    g_autofree char *range = range_text (plan->spans[i].address, plan->spans[i].length);
    if (i == 0)
      stn_plan_say_format (out, "Proof", "each byte is read back after its last write: %s", range);
    else
      stn_plan_say (out, "", range);
  }
  if (plan->blank_check_count > 0) {
    guint64 looked_at = 0;
    for (guint i = 0; i < plan->blank_check_count; i++)
      looked_at += plan->blank_checks[i].last - plan->blank_checks[i].first + 1;
    stn_plan_say_format (out, "Blank", "%" G_GUINT64_FORMAT " bytes of the other pages are seen to be erased",
                         looked_at);
  }
}

static void
say_steps (GString *out, const StnPlan *plan)
{
  g_string_append (out, "\nIn this order, with the ways into the ROM that are left after each step:\n");
  for (guint i = 0; i < plan->step_count; i++) {
    const StnPlanStep *step = &plan->steps[i];
    g_autofree char *ways = ways_text (step->ways_in);
    g_autofree char *time = step->predicted_ns > 0 ? time_text (step->predicted_ns) : g_strdup ("");
    g_autofree char *label = g_strdup_printf ("%2u %s", i + 1, stn_step_name (step->kind));
    stn_plan_say_format (out, label, "%s%s%s [%s]", step->words, *time != '\0' ? " " : "", time, ways);
  }
}

static void
say_irreversible (GString *out, const StnPlan *plan)
{
  g_string_append (out, "\nWhat can't be undone:\n");
  stn_plan_say (out, "  erase",
                plan->erase_all || plan->job->erase != STN_ERASE_TOUCHED
                    ? "what was in the flash is gone"
                    : "what was in the pages that are written is gone");
  if (plan->job->has_serial)
    stn_plan_say (out, "  serial",
                  "from the first write of unit data on its serial belongs to the board, whatever becomes of it");
  if (plan->leave_way == STN_LEAVE_WAY_OPTION_RELOAD)
    stn_plan_say (out, "  options",
                  "the option bytes are written again as they were read; power that fails meanwhile leaves the part "
                  "read-protected, which the ROM can't repair without erasing it");
  stn_plan_explain_protection (out, plan);
  if ((plan->steps[plan->step_count - 1].ways_in & STN_WAY_IN_PIN) == 0)
    stn_plan_say (out, "  rework",
                  plan->target->boot_pin != STN_BOOT_PIN_LIVE && plan->job->rom_entry == STN_ROM_ENTRY_AS_SHIPPED
                      ? "as shipped the part ignores BOOT0: its ROM is not reached again this way once it holds a "
                        "program; “boot: { from: flash, rom-entry: pin }” keeps the pin as the way in"
                      : "the finished board ignores BOOT0: its ROM is not reached again this way");
}

char *
stn_plan_explain (const StnPlan *self)
{
  GString *out = g_string_new (NULL);
  g_autofree char *total = time_text (self->predicted_ns);
  say_head (out, self);
  say_images (out, self);
  say_unit (out, self);
  say_flash (out, self);
  stn_plan_explain_options (out, self);
  if (self->one_visit_only)
    stn_plan_say (out, "One visit",
                  "a reset on the way does not come back to the ROM on every version of it, so there is no "
                  "second try of the entry and no search for a baud");
  stn_plan_say_format (out, "Leave", "by %s", stn_leave_way_name (self->leave_way));
  stn_plan_say_format (out, "Left out", "%s", self->job->left_out != NULL ? self->job->left_out : "nothing");
  say_steps (out, self);
  g_string_append_c (out, '\n');
  stn_plan_say_format (out, "Time", "%s a board, if all is typical", total);
  if (self->unprotect_allowed) {
    g_autofree char *more = time_text (self->unprotect_longest_ns);
    stn_plan_say_format (out, "", "%s more for one that arrives protected", more);
  }
  say_irreversible (out, self);
  return g_string_free (out, FALSE);
}
