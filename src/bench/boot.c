#include "src/bench/boot.h"

/* patterns 2, 6: bits of USER, the second half-word */
#define F0_USER 0
#define F0_NBOOT1_BIT (16 + 4)

/* pattern 11: OPTR and SECR of G0 */
#define G0_OPTR 0x00
#define G0_NBOOT_SEL_BIT 24
#define G0_NBOOT1_BIT 25
#define G0_NBOOT0_BIT 26
#define G0_SECR 0x70
#define G0_BOOT_LOCK_BIT 16

/* patterns 13, 15, 16: OPTR of L4, G4, WB, WL */
#define L4_OPTR 0x00
#define L4_NBOOT1_BIT 23
#define L4_NSWBOOT0_BIT 26
#define L4_NBOOT0_BIT 27
#define G4_SECR 0x28
#define G4_BOOT_LOCK_BIT 16

static StnStart
by_pins (G_GNUC_UNUSED const StnOptionArea *options, gboolean boot0, G_GNUC_UNUSED gboolean empty)
{
  return boot0 ? STN_START_ROM : STN_START_FLASH; /* BOOT1 is strapped low on the boards of this bench */
}

static StnStart
by_pin_and_nboot1 (const StnOptionArea *options, gboolean boot0, G_GNUC_UNUSED gboolean empty)
{
  if (!boot0)
    return STN_START_FLASH;
  return stn_options_bit (options, F0_USER, F0_NBOOT1_BIT) ? STN_START_ROM : STN_START_RAM;
}

/* A new part has nBOOT_SEL = 1 and nBOOT0 = 1: the pin counts for nothing, only the empty latch leads into the ROM. */
static StnStart
by_g0_options (const StnOptionArea *options, gboolean boot0, gboolean empty)
{
  if (stn_options_bit (options, G0_SECR, G0_BOOT_LOCK_BIT))
    return STN_START_FLASH;
  gboolean high =
      stn_options_bit (options, G0_OPTR, G0_NBOOT_SEL_BIT) ? !stn_options_bit (options, G0_OPTR, G0_NBOOT0_BIT) : boot0;
  if (high)
    return stn_options_bit (options, G0_OPTR, G0_NBOOT1_BIT) ? STN_START_ROM : STN_START_RAM;
  return empty ? STN_START_ROM : STN_START_FLASH;
}

static StnStart
by_l4_options (const StnOptionArea *options, gboolean boot0, gboolean empty)
{
  gboolean high =
      stn_options_bit (options, L4_OPTR, L4_NSWBOOT0_BIT) ? boot0 : !stn_options_bit (options, L4_OPTR, L4_NBOOT0_BIT);
  if (high)
    return stn_options_bit (options, L4_OPTR, L4_NBOOT1_BIT) ? STN_START_ROM : STN_START_RAM;
  return empty ? STN_START_ROM : STN_START_FLASH;
}

static StnStart
by_g4_options (const StnOptionArea *options, gboolean boot0, G_GNUC_UNUSED gboolean empty)
{
  if (stn_options_bit (options, G4_SECR, G4_BOOT_LOCK_BIT))
    return STN_START_FLASH;
  return by_l4_options (options, boot0, FALSE); /* no empty check here */
}

static const struct {
  guint pattern;
  StnStart (*select) (const StnOptionArea *options, gboolean boot0, gboolean empty);
} patterns[] = {
  { 1, by_pins }, { 2, by_pin_and_nboot1 }, { 11, by_g0_options }, { 15, by_g4_options }, { 16, by_l4_options },
};

gboolean
stn_boot_is_modelled (const StnTarget *target)
{
  for (guint i = 0; i < G_N_ELEMENTS (patterns); i++)
    if (patterns[i].pattern == target->boot_pattern)
      return TRUE;
  return FALSE;
}

StnStart
stn_boot_select (const StnOptionArea *options, gboolean boot0, gboolean empty)
{
  if (stn_options_level (options) == 2)
    return STN_START_FLASH; /* level 2 closes the ROM for good */
  for (guint i = 0; i < G_N_ELEMENTS (patterns); i++)
    if (patterns[i].pattern == options->target->boot_pattern)
      return patterns[i].select (options, boot0, empty);
  return STN_START_FLASH;
}
