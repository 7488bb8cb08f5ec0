/* The plan's hash: SHA-256 over a text of one line each, "key value\n", in this order:
 *
 *     station-plan 1
 *     job HASH                 of job.yaml and all that it names
 *     target NAME HASH-OF-ITS-DATA PRODUCT-ID
 *     flash FIRST LENGTH ERASED-BYTE WRITE-UNIT WRITE-BLOCK QUIRKS BOOT-PIN EMPTY-CHECK
 *     engine NAME
 *     wiring LINES BAUD POWER-OFF-NS POWER-SETTLE-NS
 *     supply CODE                                              where the ROM is told one
 *     span ADDRESS LENGTH SHA-256-OF-ITS-EXPECTED-BYTES        one a span
 *     data ADDRESS LENGTH                                      one a place of unit data
 *     erase all | pages, then the pages' numbers
 *     block ADDRESS LENGTH UNIT-DATA                           one a block
 *     first ADDRESS LENGTH
 *     blank FIRST LAST                                         one a range
 *     unprotect LONGEST-NS                                     where it is allowed
 *     options STEP COMMAND AFTER COMES-BACK WAYS-IN            one an option step, with its values:
 *     option FIELD VALUE FROM PROOF
 *     write-try ADDRESS
 *     leave WAY ONE-VISIT
 *     step NAME BYTES WAYS-IN                                  one a step
 *
 * Numbers are decimal, addresses hexadecimal. Predicted times are left out: they are no part of what is done. */
#include "src/job/plan-private.h"

#include "src/base/bytes.h"

#define HEX "0x%" G_GINT64_MODIFIER "x"

static void
append_target (GString *text, const StnPlan *plan)
{
  const StnTarget *target = plan->target;
  const StnWiring *wiring = &plan->wiring;
  g_string_append_printf (text, "target %s %s %u\n", target->name,
                          target->source_sha256 != NULL ? target->source_sha256 : "-", target->product_id);
  g_string_append_printf (text, "flash " HEX " %" G_GUINT64_FORMAT " %u %u %u %u %d %d\n", target->flash_base,
                          target->flash_bytes, target->erased_byte, stn_target_write_unit_bytes (target),
                          stn_target_write_block_bytes (target), target->quirks, (int) target->boot_pin,
                          (int) target->empty_check);
  g_string_append_printf (text, "engine %s\n", plan->engine_class->name);
  g_string_append_printf (
      text, "wiring %s%s%s%s%s%s%s%s%s %u %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", wiring->has_uart ? "uart," : "",
      wiring->has_usb ? "usb," : "", wiring->has_nrst ? "nrst," : "", wiring->has_boot0 ? "boot0," : "",
      wiring->has_power ? "power," : "", wiring->has_detect ? "detect," : "", wiring->shares_nrst ? "shared-nrst," : "",
      wiring->shares_boot0 ? "shared-boot0," : "", wiring->shares_power ? "shared-power," : "", wiring->baud,
      wiring->power_off_ns, wiring->power_settle_ns);
}

static void
append_contents (GString *text, const StnPlan *plan)
{
  for (guint i = 0; i < plan->span_count; i++) {
    g_autofree char *hash = stn_bytes_sha256 (plan->spans[i].expected, plan->spans[i].length);
    g_string_append_printf (text, "span " HEX " %" G_GUINT64_FORMAT " %s\n", plan->spans[i].address,
                            plan->spans[i].length, hash);
  }
  for (guint i = 0; i < plan->job->data->len; i++) {
    const StnJobData *data = g_ptr_array_index (plan->job->data, i);
    g_string_append_printf (text, "data " HEX " %" G_GUINT64_FORMAT "\n", data->address, data->size_bytes);
  }
  g_string_append (text, plan->erase_all ? "erase all" : "erase pages");
  for (guint i = 0; i < plan->erase_page_count; i++)
    g_string_append_printf (text, " %u", plan->erase_pages[i]);
  g_string_append_c (text, '\n');
  for (guint i = 0; i < plan->block_count; i++)
    g_string_append_printf (text, "block " HEX " %u %d\n", plan->blocks[i].address, plan->blocks[i].length,
                            plan->blocks[i].is_unit_data);
  if (plan->has_first_block)
    g_string_append_printf (text, "first " HEX " %u\n", plan->first_block.address, plan->first_block.length);
  for (guint i = 0; i < plan->blank_check_count; i++)
    g_string_append_printf (text, "blank " HEX " " HEX "\n", plan->blank_checks[i].first, plan->blank_checks[i].last);
}

static void
append_options (GString *text, const StnPlan *plan)
{
  if (plan->unprotect_allowed)
    g_string_append_printf (text, "unprotect %" G_GINT64_FORMAT "\n", plan->unprotect_longest_ns);
  for (guint s = 0; s < plan->option_step_count; s++) {
    const StnPlanOptionStep *step = &plan->option_steps[s];
    g_string_append_printf (text, "options %s %d %d %d %u\n", stn_step_name (step->kind), (int) step->command,
                            (int) step->after, step->comes_back, step->ways_in);
    for (guint i = 0; i < step->value_count; i++)
      g_string_append_printf (text, "option %s " HEX " %s %s\n", step->values[i].field, step->values[i].value,
                              stn_option_from_name (step->values[i].from),
                              stn_option_proof_name (step->values[i].proof));
    if (step->has_write_try)
      g_string_append_printf (text, "write-try " HEX "\n", step->write_try_address);
  }
}

char *
stn_plan_hash (const StnPlan *plan)
{
  g_autoptr (GString) text = g_string_new ("station-plan 1\n");
  g_string_append_printf (text, "job %s\n", plan->job->hash);
  append_target (text, plan);
  if (plan->supply_code > 0)
    g_string_append_printf (text, "supply %u\n", plan->supply_code);
  append_contents (text, plan);
  append_options (text, plan);
  g_string_append_printf (text, "leave %s %d\n", stn_leave_way_name (plan->leave_way), plan->one_visit_only);
  for (guint i = 0; i < plan->step_count; i++)
    g_string_append_printf (text, "step %s %" G_GUINT64_FORMAT " %u\n", stn_step_name (plan->steps[i].kind),
                            plan->steps[i].bytes, plan->steps[i].ways_in);
  return stn_bytes_sha256 (text->str, text->len);
}
