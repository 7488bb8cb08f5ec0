/* The steps of a run in DESIGN's order, with their words and times. */
#include "src/job/plan-private.h"

#include <string.h>

#include "src/base/clock.h"

enum {
  READ_BLOCK_BYTES = 256, /* AN3155 section 3.4; the engine may read less at once, never more */
  /* wTransferSize of most parts (usb-dfu notes, section 1); what a device takes is seen when it is bound */
  USB_BLOCK_BYTES = 2048
};

static guint
read_block_bytes (const StnPlan *plan)
{
  return plan->engine_class->block_typical_ns != NULL ? USB_BLOCK_BYTES : READ_BLOCK_BYTES;
}

static guint
write_block_bytes (const StnPlan *plan)
{
  return plan->engine_class->block_typical_ns != NULL ? USB_BLOCK_BYTES : stn_target_write_block_bytes (plan->target);
}

/* One block on the wire. */
static gint64
wire_ns (const StnPlan *plan, guint length, gboolean is_write)
{
  const StnEngineClass *engine_class = plan->engine_class;
  guint (*bit_times) (guint) = is_write ? engine_class->write_bit_times : engine_class->read_bit_times;

  if (engine_class->block_typical_ns != NULL)
    return engine_class->block_typical_ns (length, is_write);
  return bit_times != NULL ? stn_plan_bits_ns (plan, bit_times (length)) : 0;
}

static gint64
write_ns (const StnPlan *plan, guint length)
{
  guint percent = stn_target_program_percent (plan->supply_code);
  return wire_ns (plan, length, TRUE) + stn_target_program_typical_ns (plan->target, length) * percent / 100;
}

static gint64
read_ns (const StnPlan *plan, guint64 length)
{
  guint most = read_block_bytes (plan);
  gint64 whole_ns = (gint64) (length / most) * wire_ns (plan, most, FALSE);
  return whole_ns + (length % most > 0 ? wire_ns (plan, (guint) (length % most), FALSE) : 0);
}

/* The ways that are left after a step of this kind: those of the last option step up to it, else those of a part as it
 * is shipped. */
static guint
ways_after (const StnPlan *plan, StnStepKind kind, gboolean is_first_block_written)
{
  enum { LASTING = STN_WAY_IN_PIN | STN_WAY_IN_OPTIONS | STN_WAY_IN_SOFTWARE };
  /* the visit is over; what is left is what the finished board offers */
  gboolean is_over = kind == STN_STEP_LEAVE || kind == STN_STEP_BOOT_CHECK || kind == STN_STEP_RECORD;
  for (guint i = plan->option_step_count; i > 0; i--) {
    const StnPlanOptionStep *step = &plan->option_steps[i - 1];
    if (step->kind <= kind)
      return is_first_block_written || is_over ? step->ways_in & LASTING : step->ways_in;
  }
  return is_over ? stn_plan_ways_in (plan, TRUE) & LASTING : stn_plan_ways_in (plan, is_first_block_written);
}

static void
add (StnPlan *plan, GArray *steps, gboolean is_first_block_written, StnPlanStep step)
{
  step.ways_in = ways_after (plan, step.kind, is_first_block_written);
  plan->predicted_ns += step.predicted_ns;
  g_array_append_val (steps, step);
}

static char *
erase_words (const StnPlan *plan)
{
  if (plan->erase_all)
    return g_strdup ("Erase the whole flash at once.");
  if (plan->job->erase == STN_ERASE_TOUCHED)
    return g_strdup_printf ("Erase the %u pages that are written; all others stay as they are.",
                            plan->erase_page_count);
  return g_strdup_printf ("Erase %u pages by number%s.", plan->erase_page_count,
                          plan->job->keep->len > 0 ? "; what the job keeps stays as it is" : "");
}

static void
add_program (StnPlan *plan, GArray *steps)
{
  StnPlanStep step = { .kind = STN_STEP_PROGRAM };
  guint unit_blocks = 0, count;
  g_autofree StnPlanBlock *blocks = stn_plan_join_blocks (plan, write_block_bytes (plan), &count);
  for (guint i = 0; i < count; i++) {
    step.predicted_ns += write_ns (plan, blocks[i].length);
    step.bytes += blocks[i].length;
    unit_blocks += blocks[i].is_unit_data ? 1 : 0;
  }
  if (count == 0)
    return;
  g_autofree char *size = plan->engine_class->block_typical_ns != NULL
                              ? g_strdup_printf (" of up to %u bytes, if the device takes them", USB_BLOCK_BYTES)
                              : g_strdup ("");
  step.words = unit_blocks > 0 ? g_strdup_printf ("Write %u blocks%s, %u of them with the unit's own data.", count,
                                                  size, unit_blocks)
                               : g_strdup_printf ("Write %u blocks%s.", count, size);
  add (plan, steps, FALSE, step);
}

static void
add_verify (StnPlan *plan, GArray *steps)
{
  StnPlanStep step = { .kind = STN_STEP_VERIFY, .bytes = plan->touched_bytes };
  for (guint i = 0; i < plan->span_count; i++)
    step.predicted_ns += read_ns (plan, plan->spans[i].length);
  if (plan->has_first_block) {
    /* its whole page is read after it has been written, in its own step */
    step.bytes -= plan->first_page.bytes;
    step.predicted_ns -= read_ns (plan, plan->first_page.bytes);
  }
  for (guint i = 0; i < plan->blank_check_count; i++) {
    guint64 bytes = plan->blank_checks[i].last - plan->blank_checks[i].first + 1;
    step.bytes += bytes;
    step.predicted_ns += read_ns (plan, bytes);
  }
  step.words = g_strdup ("Read every touched page back and compare each byte; what nothing covers must be erased.");
  add (plan, steps, FALSE, step);
}

static void
add_first_block (StnPlan *plan, GArray *steps)
{
  if (!plan->has_first_block)
    return;
  StnPlanStep step = {
    .kind = STN_STEP_FIRST_BLOCK,
    .bytes = plan->first_block.length,
    .predicted_ns = write_ns (plan, plan->first_block.length) + read_ns (plan, plan->first_page.bytes),
    .words = g_strdup ("Write the first block, held back until all else is proved, and read its page back."),
  };
  add (plan, steps, TRUE, step);
}

static gint64
leave_ns (const StnPlan *plan)
{
  /* BOOT0 is held 1 ms before and 10 ms after the release of NRST */
  gint64 reset_ns = 11 * STN_NS_PER_MS;
  switch (plan->leave_way) {
  case STN_LEAVE_WAY_POWER_CYCLE:
    return plan->wiring.power_off_ns + plan->wiring.power_settle_ns;
  case STN_LEAVE_WAY_OPTION_RELOAD: {
    guint bytes = MIN (plan->target->options_bytes, READ_BLOCK_BYTES);
    return read_ns (plan, bytes) + wire_ns (plan, bytes, TRUE) + stn_target_option_write_longest_ns (plan->target)
           + reset_ns;
  }
  case STN_LEAVE_WAY_GO:
    return 0;
  case STN_LEAVE_WAY_RESET:
  case STN_LEAVE_WAY_COUNT:
  default:
    return reset_ns;
  }
}

static const char *
leave_words (const StnPlan *plan)
{
  switch (plan->leave_way) {
  case STN_LEAVE_WAY_POWER_CYCLE:
    return "BOOT0 low, power off and on.";
  case STN_LEAVE_WAY_OPTION_RELOAD:
    return "BOOT0 low, the option bytes written again as they are, so that the chip reads them and starts its program.";
  case STN_LEAVE_WAY_GO:
    return plan->engine_class->shape == STN_LINK_CONTROL
               ? "Start the program by leaving DFU: no reset, as the job says."
               : "Jump into the program with the ROM's Go: no reset, as the job says.";
  case STN_LEAVE_WAY_RESET:
  case STN_LEAVE_WAY_COUNT:
  default:
    return "BOOT0 low, reset.";
  }
}

static void
add_boot_check (StnPlan *plan, GArray *steps)
{
  const StnJob *job = plan->job;
  StnPlanStep step = { .kind = STN_STEP_BOOT_CHECK };
  g_autofree char *within = stn_text_from_duration_ns (job->boot_check_within_ns);
  switch (job->boot_check) {
  case STN_BOOT_CHECK_UART: {
    enum { BITS_8N1 = 10 };
    g_autofree char *quoted = stn_text_quote (job->boot_check_text);
    step.predicted_ns = (gint64) strlen (job->boot_check_text) * BITS_8N1 * STN_NS_PER_S / job->boot_check_baud;
    step.words = g_strdup_printf ("The board must send %s at %" G_GINT64_FORMAT " baud within %s.", quoted,
                                  job->boot_check_baud, within);
    break;
  }
  case STN_BOOT_CHECK_ROM_GONE:
    if (plan->engine_class->shape == STN_LINK_CONTROL) {
      /* what never comes takes the whole wait */
      step.predicted_ns = stn_target_timeout_ns (stn_target_usb_start_ns (plan->target));
      step.words = g_strdup ("The ROM's USB device must not come back.");
    } else {
      step.words = g_strdup_printf ("The ROM must no longer answer; seen within %s.", within);
    }
    break;
  case STN_BOOT_CHECK_USB:
    step.predicted_ns = stn_target_usb_start_ns (plan->target);
    step.words = g_strdup_printf ("The USB device %s must appear on the site's port within %s.", job->boot_check_text,
                                  within);
    break;
  case STN_BOOT_CHECK_PIN:
    step.words = g_strdup_printf ("The line %s must be seen high and low within %s.", job->boot_check_text, within);
    break;
  case STN_BOOT_CHECK_NONE:
  default:
    return;
  }
  add (plan, steps, TRUE, step);
}

static gint64
enter_ns (const StnPlan *plan)
{
  enum { SYNC_BITS = 2 * 11 }; /* AN3155 section 2: 7F out, 79 in */
  gint64 power = plan->wiring.has_nrst ? 0 : plan->wiring.power_off_ns;
  if (plan->engine_class->shape == STN_LINK_CONTROL)
    return power + stn_target_usb_start_ns (plan->target);
  return power + stn_target_rom_start_ns (plan->target)
         + (plan->engine_class->read_bit_times != NULL ? stn_plan_bits_ns (plan, SYNC_BITS) : 0);
}

/* "nBOOT_SEL = 0 (pin), WRP1A_STRT = 0": fields and what their values are called. */
static char *
values_words (const StnPlan *plan, const StnPlanOptionStep *step)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < step->value_count; i++) {
    const StnOptionField *field = stn_options_find (plan->target, step->values[i].field, NULL);
    g_autofree char *label = field != NULL ? stn_option_field_text (field, (guint32) step->values[i].value) : NULL;
    g_string_append_printf (text, "%s%s: %s", i > 0 ? ", " : "", step->values[i].field, label != NULL ? label : "?");
  }
  return g_string_free (text, FALSE);
}

static void
add_options (StnPlan *plan, GArray *steps, StnStepKind kind)
{
  const StnPlanOptionStep *step = stn_plan_option_step (plan, kind);
  if (step == NULL)
    return;
  static const char *const after[STN_OPTION_AFTER_COUNT] = {
    [STN_OPTION_AFTER_RESET] = "the ROM resets the chip",
    [STN_OPTION_AFTER_RELOAD] = "the chip reads them again, which resets it",
    [STN_OPTION_AFTER_POWER_CYCLE] = "power off and on",
  };
  guint bytes = plan->target->options_bytes + plan->target->options_second_bytes;
  g_autofree char *values = values_words (plan, step);
  StnPlanStep row = {
    .kind = kind,
    .bytes = bytes,
    .predicted_ns = 2 * read_ns (plan, bytes) + wire_ns (plan, MIN (bytes, READ_BLOCK_BYTES), TRUE) + step->longest_ns
                    + (step->comes_back ? enter_ns (plan) + read_ns (plan, bytes) : 0),
    .words = g_strdup_printf ("Set %s; %s%s.", values, after[step->after],
                              step->comes_back ? "; enter again" : "; the board is not entered again"),
  };
  add (plan, steps, kind != STN_STEP_OPENING_OPTIONS, row);
}

void
stn_plan_make_steps (StnPlanMaker *self)
{
  StnPlan *plan = &self->plan;
  g_autoptr (GArray) steps = g_array_new (FALSE, TRUE, sizeof (StnPlanStep));
  gint64 identify_ns = read_ns (plan, READ_BLOCK_BYTES);

  if (plan->wiring.has_power)
    add (plan, steps, FALSE,
         (StnPlanStep){ .kind = STN_STEP_POWER_ON,
                        .predicted_ns = plan->wiring.power_settle_ns,
                        .words = g_strdup ("Switch the board on.") });
  add (plan, steps, FALSE,
       (StnPlanStep){ .kind = STN_STEP_ENTER,
                      .predicted_ns = enter_ns (plan),
                      .words = g_strdup (stn_plan_ways_in (plan, FALSE) & STN_WAY_IN_PIN
                                             ? "BOOT0 high, reset, sync with the ROM."
                                             : "Reset: the part is empty and starts its ROM; "
                                               "sync.") });
  add (plan, steps, FALSE,
       (StnPlanStep){ .kind = STN_STEP_IDENTIFY,
                      .predicted_ns = identify_ns,
                      .words = g_strdup (plan->engine_class->shape == STN_LINK_CONTROL
                                             ? "Compare the memory map; read ROM id, flash size and unique id."
                                             : "Read product id, ROM id, flash size and unique id.") });
  add (plan, steps, FALSE,
       (StnPlanStep){ .kind = STN_STEP_ADMIT, .words = g_strdup ("Ask the record whether this unit may be done.") });
  add (plan, steps, FALSE,
       (StnPlanStep){ .kind = STN_STEP_BIND, .words = g_strdup ("Compare the chip with the plan; refuse or go on.") });
  add_options (plan, steps, STN_STEP_OPENING_OPTIONS);
  add (plan, steps, FALSE,
       (StnPlanStep){ .kind = STN_STEP_ERASE,
                      .predicted_ns = stn_plan_erase_typical_ns (plan, plan->erase_all),
                      .bytes = 0,
                      .words = erase_words (plan) });
  add_program (plan, steps);
  add_verify (plan, steps);
  add_first_block (plan, steps);
  add_options (plan, steps, STN_STEP_CLOSING_OPTIONS);
  add_options (plan, steps, STN_STEP_READ_PROTECT);
  add (
      plan, steps, TRUE,
      (StnPlanStep){ .kind = STN_STEP_LEAVE, .predicted_ns = leave_ns (plan), .words = g_strdup (leave_words (plan)) });
  add_boot_check (plan, steps);
  add (plan, steps, TRUE,
       (StnPlanStep){ .kind = STN_STEP_RECORD,
                      .words = g_strdup ("Commit the record; only then the result is shown.") });
  plan->step_count = steps->len;
  plan->steps = (StnPlanStep *) (gpointer) g_array_free (g_steal_pointer (&steps), FALSE);
}
