/* `boot:` as fields: one line of a job means the same on every family. Which fields there are and which value means
 * what is the target's data; here is only what the intention needs of them. */
#include "src/job/plan-options.h"

static guint32
opposite (const StnOptionField *field)
{
  return field->active == 0 ? 1 : 0;
}

static void
add (GArray *pairs, const StnPlan *plan, const StnOptionField *field, guint32 value)
{
  StnOptionPair pair = {
    .field = field, .value = value, .from = STN_OPTION_FROM_BOOT, .place = plan->job->places.rom_entry
  };
  g_array_append_val (pairs, pair);
}

static const StnOptionField *
field_of (const StnPlan *plan, StnOptionRole role)
{
  const StnOptionField *field = stn_options_by_role (plan->target, role, 0);
  return field != NULL && field->visible && !field->read_only ? field : NULL;
}

/* Where BOOT0 low (address 0) and high (address 1) start, as shipped: flash and ROM. */
static gboolean
add_address (const StnPlan *plan, GArray *pairs, StnOptionRole role, StnOptionRole as_role, GError **error)
{
  const StnOptionField *field = field_of (plan, role);
  const StnOptionField *as = field_of (plan, as_role);
  if (field == NULL)
    return TRUE;
  if (as == NULL || !as->has_default)
    return stn_job_fail (plan->job->places.rom_entry, error, STN_FAILURE_NOT_SUPPORTED,
                         "boot: rom-entry: the address that %s of %s is shipped with is not known",
                         as != NULL ? as->name : field->name, plan->target->name);
  add (pairs, plan, field, as->default_value);
  return TRUE;
}

static gboolean
enter_by_pin (const StnPlan *plan, GArray *pairs, GError **error)
{
  const StnOptionField *select = field_of (plan, STN_OPTION_ROLE_BOOT_SELECT);
  const StnOptionField *boot1 = field_of (plan, STN_OPTION_ROLE_BOOT1);

  if (select == NULL && plan->target->boot_pin != STN_BOOT_PIN_LIVE)
    return stn_job_fail (plan->job->places.rom_entry, error, STN_FAILURE_NOT_SUPPORTED,
                         "boot: rom-entry: pin: %s ignores BOOT0 as shipped, and the option that changes it is not "
                         "known",
                         plan->target->name);
  if (select != NULL)
    add (pairs, plan, select, select->active);
  if (boot1 != NULL)
    add (pairs, plan, boot1, boot1->active);
  return add_address (plan, pairs, STN_OPTION_ROLE_BOOT_ADDRESS_0, STN_OPTION_ROLE_BOOT_ADDRESS_0, error)
         && add_address (plan, pairs, STN_OPTION_ROLE_BOOT_ADDRESS_1, STN_OPTION_ROLE_BOOT_ADDRESS_1, error);
}

/* BOOT0 no longer matters: by the bit that takes its place, by an address that is the flash's too, by SRAM instead of
 * the ROM. Where there is no such field the pin always works (F1, F4): its program may enter the ROM all the same, so
 * `software` leaves nothing to write, but `none` would be a lie. */
static gboolean
close_pin (const StnPlan *plan, GArray *pairs, GError **error)
{
  const StnOptionField *select = field_of (plan, STN_OPTION_ROLE_BOOT_SELECT);
  const StnOptionField *boot0 = field_of (plan, STN_OPTION_ROLE_BOOT0);
  const StnOptionField *boot1 = field_of (plan, STN_OPTION_ROLE_BOOT1);
  const StnOptionField *address = field_of (plan, STN_OPTION_ROLE_BOOT_ADDRESS_1);

  if (select != NULL && boot0 != NULL) {
    add (pairs, plan, select, opposite (select));
    add (pairs, plan, boot0, opposite (boot0));
    return add_address (plan, pairs, STN_OPTION_ROLE_BOOT_ADDRESS_0, STN_OPTION_ROLE_BOOT_ADDRESS_0, error);
  }
  if (plan->job->rom_entry == STN_ROM_ENTRY_SOFTWARE)
    return TRUE;
  if (address != NULL)
    return add_address (plan, pairs, STN_OPTION_ROLE_BOOT_ADDRESS_0, STN_OPTION_ROLE_BOOT_ADDRESS_0, error)
           && add_address (plan, pairs, STN_OPTION_ROLE_BOOT_ADDRESS_1, STN_OPTION_ROLE_BOOT_ADDRESS_0, error);
  if (boot1 != NULL) {
    add (pairs, plan, boot1, opposite (boot1));
    return TRUE;
  }
  return stn_job_fail (plan->job->places.rom_entry, error, STN_FAILURE_NOT_SUPPORTED,
                       "boot: rom-entry: none: %s has no option that keeps BOOT0 from starting its ROM",
                       plan->target->name);
}

gboolean
stn_plan_boot_pairs (const StnPlan *plan, GArray *pairs, GError **error)
{
  switch (plan->job->rom_entry) {
  case STN_ROM_ENTRY_PIN:
    return enter_by_pin (plan, pairs, error);
  case STN_ROM_ENTRY_SOFTWARE:
  case STN_ROM_ENTRY_NONE:
    return close_pin (plan, pairs, error);
  default:
    return TRUE;
  }
}
