/* What jobs say of option bytes, worked out: fields and values as the reference manuals have them (written here as
 * literals), their order, the guard, what needs a signature. */
#include "tests/job/job-fixture.h"

#include "src/job/plan-options.h"

/* Worked out to be explained: without a signature. */
static StnPlan *
words_plan (const Fixture *self, const char *part, const char *more, const StnWiring *wiring, GError **error)
{
  g_autofree char *yaml =
      g_strdup_printf ("job: J\nrevision: 1\ntarget: %s\n"
                       "images: [{ name: app, file: app.bin, address: 0x08000000, vectors: ignore }]\n"
                       "boot-check: none\n%s%s",
                       part, stays_as_shipped (more), more);
  g_autofree char *path = g_build_filename (self->folder, "job.yaml", NULL);
  write_bin (self, "app.bin", 0x08000000, 3000, 0x5a);
  write_file (self, "job.yaml", yaml, strlen (yaml));
  g_autoptr (StnJob) job = stn_job_load_for_words (path, error);
  const StnEngineClass *engine = stn_engine_class_by_name (wiring->has_usb ? "dfu" : "uart");
  return job != NULL ? stn_plan_new (job, self->targets, engine, wiring, error) : NULL;
}

/* "opening-options nBOOT_SEL=0x0 nBOOT1=0x1; read-protect RDP=0xbb"; "-": nothing to write. */
static char *
steps_text (const StnPlan *plan)
{
  GString *text = g_string_new (NULL);
  for (guint s = 0; s < plan->option_step_count; s++) {
    const StnPlanOptionStep *step = &plan->option_steps[s];
    g_string_append_printf (text, "%s%s", s > 0 ? "; " : "", stn_step_name (step->kind));
    for (guint i = 0; i < step->value_count; i++)
      g_string_append_printf (text, " %s=0x%" G_GINT64_MODIFIER "x", step->values[i].field, step->values[i].value);
  }
  if (text->len == 0)
    g_string_append (text, "-");
  return g_string_free (text, FALSE);
}

typedef struct {
  const char *part, *more, *steps;
} Case;

static void
assert_steps (const Fixture *self, const Case *row)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnPlan) plan = words_plan (self, row->part, row->more, &plain_wiring, &error);
  g_autofree char *seen = plan != NULL ? steps_text (plan) : g_strdup (error->message);
  g_test_message ("%s, %s: %s", row->part, row->more, seen);
  g_assert_cmpstr (seen, ==, row->steps);
}

#define PIN "boot: { from: flash, rom-entry: pin }\n"
#define NONE "boot: { from: flash, rom-entry: none }\naccept: [no-way-in]\n"
#define SOFTWARE "boot: { rom-entry: software }\n"

/* Reference manuals, "boot configuration" and "option bytes"; the values of BOOT_ADDx are those of AN2606's patterns 8
 * to 10 and 12: the ROM is 0x0040 x 16 KiB on F7, 0x1FF0 x 64 KiB on H7, address >> 7 on L5, U5 and WBA. */
static const Case cases[] = {
  { "STM32F030xC", PIN, "opening-options nBOOT1=0x1" },
  { "STM32F042x6", PIN, "opening-options nBOOT1=0x1 BOOT_SEL=0x1" },
  { "STM32F051x8", PIN, "opening-options nBOOT1=0x1" },
  { "STM32F091xC", PIN, "opening-options nBOOT1=0x1 BOOT_SEL=0x1" },
  { "STM32F103xB", PIN, "-" },
  { "STM32F205xG", PIN, "-" },
  { "STM32F303xC", PIN, "opening-options nBOOT1=0x1" },
  { "STM32F373xC", PIN, "opening-options nBOOT1=0x1" },
  { "STM32F405xG", PIN, "-" },
  { "STM32F429xI", PIN, "-" },
  { "STM32F722xE", PIN, "opening-options BOOT_ADD0=0x80 BOOT_ADD1=0x40" },
  { "STM32F746xG", PIN, "opening-options BOOT_ADD0=0x80 BOOT_ADD1=0x40" },
  { "STM32F767xI", PIN, "opening-options BOOT_ADD0=0x80 BOOT_ADD1=0x40" },
  { "STM32L053x8", PIN, "opening-options nBOOT1=0x1" },
  { "STM32L073xZ", PIN, "opening-options nBOOT1=0x1" },
  { "STM32L152xB", PIN, "-" },
  { "STM32L152xE", PIN, "-" },
  { "STM32L412xB", PIN, "opening-options nBOOT1=0x1 nSWBOOT0=0x1" },
  { "STM32L433xC", PIN, "opening-options nBOOT1=0x1 nSWBOOT0=0x1" },
  { "STM32L476xG", PIN, "opening-options nBOOT1=0x1" },
  { "STM32L4R5xI", PIN, "opening-options nBOOT1=0x1 nSWBOOT0=0x1" },
  { "STM32G030x8", PIN, "opening-options nBOOT_SEL=0x0 nBOOT1=0x1" },
  { "STM32G071xB", PIN, "opening-options nBOOT_SEL=0x0 nBOOT1=0x1" },
  { "STM32G0B1xE", PIN, "opening-options nBOOT_SEL=0x0 nBOOT1=0x1" },
  { "STM32G431xB", PIN, "opening-options nBOOT1=0x1 nSWBOOT0=0x1" },
  { "STM32G474xE", PIN, "opening-options nBOOT1=0x1 nSWBOOT0=0x1" },
  { "STM32C011x6", PIN, "opening-options nBOOT_SEL=0x0 nBOOT1=0x1" },
  { "STM32C031x6", PIN, "opening-options nBOOT_SEL=0x0 nBOOT1=0x1" },
  { "STM32WB55xG", PIN, "opening-options nBOOT1=0x1 nSWBOOT0=0x1" },
  { "STM32WLE5xC", PIN, "opening-options nBOOT1=0x1 nSWBOOT0=0x1" },
  { "STM32L552xE", PIN, "opening-options nSWBOOT0=0x1 NSBOOTADD0=0x100000 NSBOOTADD1=0x17f200" },
  { "STM32U575xI", PIN, "opening-options nSWBOOT0=0x1 NSBOOTADD0=0x100000 NSBOOTADD1=0x17f200" },
  { "STM32H503xB", PIN, "opening-options NSBOOTADD=0x80000" },
  { "STM32H563xI", PIN, "opening-options NSBOOTADD=0x80000" },
  { "STM32H743xI", PIN, "opening-options BOOT_ADD0=0x800 BOOT_ADD1=0x1ff0" },
  { "STM32H723xG", PIN, "opening-options BOOT_ADD0=0x800 BOOT_ADD1=0x1ff0" },
  { "STM32H7A3xI", PIN, "opening-options BOOT_ADD0=0x800 BOOT_ADD1=0x1ff0" },
  { "STM32WBA52xG", PIN, "opening-options nSWBOOT0=0x1 NSBOOTADD0=0x100000 NSBOOTADD1=0x17f100" },
  { "STM32F030xC", NONE, "read-protect nBOOT1=0x0" },
  { "STM32F042x6", NONE, "read-protect nBOOT0=0x1 BOOT_SEL=0x0" },
  { "STM32F051x8", NONE, "read-protect nBOOT1=0x0" },
  { "STM32F091xC", NONE, "read-protect nBOOT0=0x1 BOOT_SEL=0x0" },
  { "STM32F303xC", NONE, "read-protect nBOOT1=0x0" },
  { "STM32F373xC", NONE, "read-protect nBOOT1=0x0" },
  { "STM32F722xE", NONE, "read-protect BOOT_ADD0=0x80 BOOT_ADD1=0x80" },
  { "STM32F746xG", NONE, "read-protect BOOT_ADD0=0x80 BOOT_ADD1=0x80" },
  { "STM32F767xI", NONE, "read-protect BOOT_ADD0=0x80 BOOT_ADD1=0x80" },
  { "STM32L053x8", NONE, "read-protect nBOOT1=0x0" },
  { "STM32L073xZ", NONE, "read-protect nBOOT1=0x0" },
  { "STM32L412xB", NONE, "read-protect nSWBOOT0=0x0 nBOOT0=0x1" },
  { "STM32L433xC", NONE, "read-protect nSWBOOT0=0x0 nBOOT0=0x1" },
  { "STM32L476xG", NONE, "read-protect nBOOT1=0x0" },
  { "STM32L4R5xI", NONE, "read-protect nSWBOOT0=0x0 nBOOT0=0x1" },
  { "STM32G030x8", NONE, "read-protect nBOOT_SEL=0x1 nBOOT0=0x1" },
  { "STM32G071xB", NONE, "read-protect nBOOT_SEL=0x1 nBOOT0=0x1" },
  { "STM32G0B1xE", NONE, "read-protect nBOOT_SEL=0x1 nBOOT0=0x1" },
  { "STM32G431xB", NONE, "read-protect nSWBOOT0=0x0 nBOOT0=0x1" },
  { "STM32G474xE", NONE, "read-protect nSWBOOT0=0x0 nBOOT0=0x1" },
  { "STM32C011x6", NONE, "read-protect nBOOT_SEL=0x1 nBOOT0=0x1" },
  { "STM32C031x6", NONE, "read-protect nBOOT_SEL=0x1 nBOOT0=0x1" },
  { "STM32WB55xG", NONE, "read-protect nSWBOOT0=0x0 nBOOT0=0x1" },
  { "STM32WLE5xC", NONE, "read-protect nSWBOOT0=0x0 nBOOT0=0x1" },
  { "STM32L552xE", NONE, "read-protect nSWBOOT0=0x0 nBOOT0=0x1 NSBOOTADD0=0x100000" },
  { "STM32U575xI", NONE, "read-protect nSWBOOT0=0x0 nBOOT0=0x1 NSBOOTADD0=0x100000" },
  { "STM32H743xI", NONE, "read-protect BOOT_ADD0=0x800 BOOT_ADD1=0x800" },
  { "STM32H723xG", NONE, "read-protect BOOT_ADD0=0x800 BOOT_ADD1=0x800" },
  { "STM32H7A3xI", NONE, "read-protect BOOT_ADD0=0x800 BOOT_ADD1=0x800" },
  { "STM32WBA52xG", NONE, "read-protect nSWBOOT0=0x0 nBOOT0=0x1 NSBOOTADD0=0x100000" },
  { "STM32F103xB", SOFTWARE, "-" },
  { "STM32F405xG", SOFTWARE, "-" },
};

static void
one_line_means_the_same_on_every_family (Fixture *self, gconstpointer data)
{
  (void) data;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_steps (self, &cases[i]);
}

static const Case protect_cases[] = {
  /* 3000 bytes are three pages of 1 KiB: with the fourth they are bit 0, 0 protects */
  { "STM32F103xB", "protect: { write: [pages 0..3] }\n", "closing-options WRP0=0xfe WRP1=0xff WRP2=0xff WRP3=0xff" },
  { "STM32F103xB", "protect: { write: [pages 0..3, pages 32..39], read: level-1 }\n",
    "closing-options WRP0=0xfe WRP1=0xfc WRP2=0xff WRP3=0xff; read-protect RDP=0x0" },
  /* bit 31 is all pages from 62 on (of 2 KiB; 512 KiB of them) */
  { "STM32F103xE", "protect: { write: [pages 62..255] }\n", "closing-options WRP0=0xff WRP1=0xff WRP2=0xff WRP3=0x7f" },
  { "STM32F030x8", "protect: { write: [pages 0..3] }\n", "closing-options WRP0=0xfe WRP1=0xff" },
  { "STM32F405xG", "protect: { write: [app], read: level-1 }\n", "closing-options nWRP=0xffe; read-protect RDP=0xbb" },
  { "STM32F722xE", "protect: { write: [app] }\n", "closing-options nWRP=0xfe" },
  /* 1 protects */
  { "STM32L053x8", "protect: { write: [pages 0..31] }\n", "closing-options WRP0=0x1" },
  { "STM32L476xG", "protect: { write: [app] }\n",
    "closing-options WRP1A_STRT=0x0 WRP1A_END=0x1 WRP1B_STRT=0xff WRP1B_END=0x0 WRP2A_STRT=0xff WRP2A_END=0x0 "
    "WRP2B_STRT=0xff WRP2B_END=0x0" },
  /* the second bank counts from its own start; page 256 is its first */
  { "STM32L476xG", "protect: { write: [page 0, pages 256..257, page 511] }\n",
    "closing-options WRP1A_STRT=0x0 WRP1A_END=0x0 WRP1B_STRT=0xff WRP1B_END=0x0 WRP2A_STRT=0x0 WRP2A_END=0x1 "
    "WRP2B_STRT=0xff WRP2B_END=0xff" },
  { "STM32G071xB", PIN "protect: { write: [app, page 63], read: level-1 }\n",
    "opening-options nBOOT_SEL=0x0 nBOOT1=0x1; closing-options WRP1A_STRT=0x0 WRP1A_END=0x1 WRP1B_STRT=0x3f "
    "WRP1B_END=0x3f; read-protect RDP=0xbb" },
  { "STM32G431xB", "protect: { write: [0x08000000..0x08000FFF] }\n",
    "closing-options WRP1A_STRT=0x0 WRP1A_END=0x1 WRP1B_STRT=0x3f WRP1B_END=0x0" },
  { "STM32F103xB", "protect: { read: level-0 }\n", "-" },
};

static void
protection_covers_the_pages_that_are_named (Fixture *self, gconstpointer data)
{
  (void) data;
  for (gsize i = 0; i < G_N_ELEMENTS (protect_cases); i++)
    assert_steps (self, &protect_cases[i]);
}

static const Case order_cases[] = {
  /* what opens a way in, and what moves pages, before the erase; the rest when the flash is proved; RDP last */
  { "STM32G0B1xE", PIN "option-bytes: { DUAL_BANK: 0, IWDG_STOP: 0 }\nprotect: { read: level-1 }\n",
    "opening-options DUAL_BANK=0x0 nBOOT_SEL=0x0 nBOOT1=0x1; closing-options IWDG_STOP=0x0; read-protect RDP=0xbb" },
  { "STM32L433xC", "option-bytes: { nSWBOOT0: 0, nBOOT0: 1, IWDG_STOP: 0 }\naccept: [no-way-in]\n",
    "closing-options IWDG_STOP=0x0; read-protect nSWBOOT0=0x0 nBOOT0=0x1" },
  /* a new G0 that nothing leads into later gets its options while it is empty, so that they are read back */
  { "STM32G071xB", "option-bytes: { IWDG_STOP: 0 }\naccept: [no-way-in]\n", "opening-options IWDG_STOP=0x0" },
  { "STM32F103xB", "unprotect: allowed\nprotect: { read: level-1 }\n",
    "opening-options WRP0=0xff WRP1=0xff WRP2=0xff WRP3=0xff; read-protect RDP=0x0" },
  { "STM32F405xG", "option-bytes: { BOR_LEV: 2.4 V }\n", "closing-options BOR_LEV=0x1" },
};

static void
every_field_is_in_its_place_of_the_order (Fixture *self, gconstpointer data)
{
  (void) data;
  for (gsize i = 0; i < G_N_ELEMENTS (order_cases); i++)
    assert_steps (self, &order_cases[i]);
}

static StnPlan *
words_plan_or_fail (const Fixture *self, const char *part, const char *more)
{
  g_autoptr (GError) error = NULL;
  StnPlan *plan = words_plan (self, part, more, &plain_wiring, &error);
  g_assert_no_error (error);
  return plan;
}

static void
assert_proof (const StnPlan *plan, StnStepKind kind, const char *field, const char *proof)
{
  const StnPlanOptionStep *step = stn_plan_option_step (plan, kind);
  g_assert_nonnull (step);
  for (guint i = 0; i < step->value_count; i++)
    if (g_str_equal (step->values[i].field, field)) {
      g_assert_cmpstr (stn_option_proof_name (step->values[i].proof), ==, proof);
      return;
    }
  g_error ("%s is not in the step", field);
}

static void
each_value_says_how_it_is_proved (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (StnPlan) open = words_plan_or_fail (self, "STM32G071xB", PIN "protect: { write: [app], read: level-1 }\n");
  assert_proof (open, STN_STEP_OPENING_OPTIONS, "nBOOT_SEL", "read-back");
  assert_proof (open, STN_STEP_CLOSING_OPTIONS, "WRP1A_END", "read-back");
  assert_proof (open, STN_STEP_READ_PROTECT, "RDP", "refused-read");
  g_assert_true (stn_plan_option_step (open, STN_STEP_READ_PROTECT)->comes_back);

  g_autoptr (StnPlan) closed = words_plan_or_fail (self, "STM32L433xC", NONE);
  assert_proof (closed, STN_STEP_READ_PROTECT, "nSWBOOT0", "behaviour");
  g_assert_false (stn_plan_option_step (closed, STN_STEP_READ_PROTECT)->comes_back);

  g_autoptr (StnPlan) both = words_plan_or_fail (self, "STM32L433xC",
                                                 "boot: { rom-entry: none }\nprotect: { read: level-1 }\n"
                                                 "accept: [no-way-in, not-proved]\n");
  assert_proof (both, STN_STEP_READ_PROTECT, "RDP", "not-provable");
  g_assert_cmpstr (both->accepted, ==, "no-way-in, not-proved");

  g_autoptr (StnPlan) final = words_plan_or_fail (self, "STM32F405xG",
                                                  "protect: { read: level-2 }\n"
                                                  "accept: [read-protection-level-2, no-way-in]\n");
  assert_proof (final, STN_STEP_READ_PROTECT, "RDP", "behaviour");
}

static void
the_ways_in_are_told_after_each_step (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (StnPlan) plan = words_plan_or_fail (self, "STM32G071xB", PIN "protect: { read: level-1 }\n");
  guint seen = 0;
  for (guint i = 0; i < plan->step_count; i++) {
    /* before its options are opened a new G0 has none that lasts; afterwards BOOT0 always leads in */
    if (plan->steps[i].kind < STN_STEP_OPENING_OPTIONS)
      g_assert_cmpuint (plan->steps[i].ways_in & STN_WAY_IN_PIN, ==, 0);
    else
      g_assert_cmpuint (plan->steps[i].ways_in & STN_WAY_IN_PIN, ==, STN_WAY_IN_PIN);
    seen++;
  }
  g_assert_cmpuint (seen, >=, 10);
  /* the level was the last option write: nothing says “empty” any more, and no option can be written again */
  g_assert_cmpstr (stn_leave_way_name (plan->leave_way), ==, "reset");

  g_autoptr (StnPlan) open = words_plan_or_fail (self, "STM32G071xB", PIN);
  g_assert_cmpstr (stn_leave_way_name (open->leave_way), ==, "option-reload");
  g_assert_cmpuint (open->steps[open->step_count - 1].ways_in, ==, STN_WAY_IN_PIN);
}

/* A cut leaves erased options: level 1, and on a G0 the pin ignored. */
static void
windows_that_the_rom_can_not_repair_are_named (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (StnPlan) g0 = words_plan_or_fail (self, "STM32G071xB", PIN "protect: { read: level-1 }\n");
  const StnPlanOptionStep *last = stn_plan_option_step (g0, STN_STEP_READ_PROTECT);
  g_assert_false (last->rom_repairs_cut);
  g_assert_nonnull (strstr (last->cut_words, "a debugger may open"));
  /* 2 s for each write and 20 ms for the start, where the data knows no better */
  g_assert_cmpint (last->longest_ns, >=, stn_target_option_write_longest_ns (g0->target));

  g_autoptr (StnPlan) l4 = words_plan_or_fail (self, "STM32L433xC", PIN "protect: { read: level-1 }\n");
  g_assert_true (stn_plan_option_step (l4, STN_STEP_OPENING_OPTIONS)->rom_repairs_cut);
  last = stn_plan_option_step (l4, STN_STEP_READ_PROTECT);
  g_assert_false (last->rom_repairs_cut);
  g_assert_nonnull (strstr (last->cut_words, "BOOT0 and a reset"));

  /* what the job keeps would be lost */
  g_autoptr (StnPlan) kept = words_plan_or_fail (self, "STM32L433xC", PIN "erase: touched\n");
  g_assert_false (stn_plan_option_step (kept, STN_STEP_OPENING_OPTIONS)->rom_repairs_cut);
}

/* What only one version of a ROM can't do is asked when the version is known. */
static void
a_rom_that_can_not_write_both_at_once_is_refused_by_its_version (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (StnPlan) plan = words_plan_or_fail (self, "STM32U575xI", "");
  g_autoptr (StnOptionBlock) shipped = stn_option_block_new_default (plan->target);
  StnPlanOption values[] = { { .field = "SECWM1_PSTRT", .value = 0x10 }, { .field = "RDP", .value = 0xdc } };
  const StnPlanOptionStep both = { .kind = STN_STEP_READ_PROTECT, .values = values, .value_count = 2 };
  const StnPlanOptionStep one = { .kind = STN_STEP_READ_PROTECT, .values = values, .value_count = 1 };
  g_autoptr (GError) error = NULL;

  g_assert_true (stn_plan_rom_writes (plan, &both, shipped, 0, NULL));
  g_assert_true (stn_plan_rom_writes (plan, &both, shipped, 0x93, NULL));
  g_assert_true (stn_plan_rom_writes (plan, &one, shipped, 0x92, NULL));
  g_assert_false (stn_plan_rom_writes (plan, &both, shipped, 0x92, &error));
  g_assert_error (error, STN_ERROR, STN_FAILURE_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, "by its ROM 0x92 over UART"));
  /* a board that has it already gets no such write */
  g_assert_true (stn_option_block_set (shipped, stn_options_find (plan->target, "RDP", NULL), 0xdc, NULL));
  g_assert_true (stn_plan_rom_writes (plan, &both, shipped, 0x92, NULL));
}

static void
unprotect_states_how_long_its_window_is (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (StnPlan) plan = words_plan_or_fail (self, "STM32F405xG", "unprotect: allowed\n");
  g_assert_true (plan->unprotect_allowed);
  g_assert_cmpint (plan->unprotect_longest_ns, >=, stn_target_mass_erase_longest_ns (plan->target));
  g_autoptr (StnPlan) without = words_plan_or_fail (self, "STM32F405xG", "");
  g_assert_false (without->unprotect_allowed);
  g_assert_cmpuint (without->option_step_count, ==, 0);
}

static void
a_place_for_a_harmless_write_is_erased_and_protected (Fixture *self, gconstpointer data)
{
  (void) data;
  /* 3000 bytes: the last unit of 8 bytes of the second page of 2 KiB */
  g_autoptr (StnPlan) plan = words_plan_or_fail (self, "STM32G071xB", PIN "protect: { write: [app] }\n");
  const StnPlanOptionStep *step = stn_plan_option_step (plan, STN_STEP_CLOSING_OPTIONS);
  g_assert_true (step->has_write_try);
  g_assert_cmphex (step->write_try_address, ==, 0x08000ff8);
  g_autoptr (StnPlan) other = words_plan_or_fail (self, "STM32G071xB", PIN "protect: { write: [page 9] }\n");
  g_assert_false (stn_plan_option_step (other, STN_STEP_CLOSING_OPTIONS)->has_write_try);
}

/* ---- the guard ---- */

static void
assert_accepts (const Fixture *self, const char *part, const char *more, StnFailure failure, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnPlan) plan = words_plan (self, part, more, &plain_wiring, &error);
  g_assert_null (plan);
  g_assert_cmpstr (stn_failure_name (stn_error_failure (error)), ==, stn_failure_name (failure));
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” is not in “%s”", words, error->message);
}

static void
what_shuts_a_board_needs_its_name (Fixture *self, gconstpointer data)
{
  (void) data;
  const StnFailure out = STN_FAILURE_WOULD_LOCK_OUT;
  assert_accepts (self, "STM32L433xC", "option-bytes: { nSWBOOT0: 0 }\n", out, "accept: [no-way-in]");
  assert_accepts (self, "STM32L433xC", "option-bytes: { nBOOT1: 0 }\n", out, "accept: [no-way-in]");
  assert_accepts (self, "STM32F051x8", "option-bytes: { nBOOT1: 0 }\n", out, "accept: [no-way-in]");
  assert_accepts (self, "STM32G431xB", "option-bytes: { BOOT_LOCK: 1 }\n", out, "accept: [boot-lock, no-way-in]");
  assert_accepts (self, "STM32F746xG", "option-bytes: { BOOT_ADD1: 0x0080 }\n", out, "accept: [no-way-in]");
  assert_accepts (self, "STM32H743xI", "protect: { read: level-2 }\n", out, "read-protection-level-2");
  assert_accepts (self, "STM32G071xB", PIN "option-bytes: { NRST_MODE: 2 }\n", out, "nrst-is-gpio");
  assert_accepts (self, "STM32U575xI", "option-bytes: { TZEN: 1 }\n", out, "trustzone");
  /* always the ROM: it is entered, but the board never starts */
  assert_accepts (self, "STM32L433xC", "option-bytes: { nSWBOOT0: 0, nBOOT0: 0 }\n", out, "rom-for-ever");
  /* each name for itself, and none too many */
  assert_accepts (self, "STM32F405xG", "protect: { read: level-2 }\naccept: [no-way-in]\n", out,
                  "accept: [read-protection-level-2]");
  assert_accepts (self, "STM32F405xG", "protect: { read: level-1 }\naccept: [read-protection-level-2]\n",
                  STN_FAILURE_BAD_PLAN, "no consequence of this job");
}

/* With a power line a dead NRST is no lock. */
static void
what_the_wiring_can_do_counts (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (GError) error = NULL;
  g_autoptr (StnPlan) plan = words_plan (
      self, "STM32G071xB", PIN "option-bytes: { NRST_MODE: 2 }\naccept: [nrst-is-gpio]\n", &power_wiring, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (plan->accepted, ==, "nrst-is-gpio");
}

#define LOCKING_JOB                                                                 \
  "job: J\nrevision: 1\ntarget: STM32F405xG\n"                                      \
  "images: [{ name: app, file: app.bin, address: 0x08000000 }]\nboot-check: none\n" \
  "protect: { read: level-2 }\naccept: [read-protection-level-2, no-way-in]\n"

static void
a_job_that_locks_runs_only_when_it_is_signed (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (GError) error = NULL;
  write_bin (self, "app.bin", 0x08000000, 3000, 0x5a);
  g_autoptr (StnSecretKey) key = stn_secret_key_new ("Anna Berg", &error);
  g_autofree char *text = stn_public_key_text (stn_secret_key_public (key));
  write_file (self, "anna.pub", text, strlen (text));
  assert_refused (self, LOCKING_JOB, &plain_wiring, STN_FAILURE_NOT_SIGNED,
                  "job.yaml:7:9: what this job accepts (read-protection-level-2, no-way-in) needs a signature, and it "
                  "is not signed");

  g_autoptr (StnJob) job = job_or_fail (self, LOCKING_JOB);
  g_assert_true (stn_signature_write (job->path, job->hash, key, &error));
  assert_refused (self, LOCKING_JOB, &plain_wiring, STN_FAILURE_NOT_SIGNED, NULL);
  g_setenv ("STATION_KEYS", self->folder, TRUE);
  g_autoptr (StnPlan) plan = plan_or_fail (self, LOCKING_JOB, &plain_wiring);
  g_assert_cmpstr (plan->accepted, ==, "read-protection-level-2, no-way-in");
  g_assert_nonnull (strstr (plan->job->left_out, "accept: read-protection-level-2"));
  g_assert_nonnull (strstr (plan->job->left_out, "signed by Anna Berg (key "));

  /* the firmware is another: the signature is not this job's */
  write_bin (self, "app.bin", 0x08000000, 3000, 0x5b);
  assert_refused (self, LOCKING_JOB, &plain_wiring, STN_FAILURE_NOT_SIGNED, NULL);
  g_setenv ("STATION_KEYS", "/nonexistent", TRUE);
}

static void
a_job_read_for_words_is_never_bound (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (GError) error = NULL;
  g_autoptr (StnPlan) plan = words_plan_or_fail (self, "STM32F405xG", "");
  StnUnitIdentity identity = { .rom = { .product_id = 0x413, .product_id_known = TRUE }, .flash_bytes = -1 };
  StnEngineCapabilities capabilities = { .verbs = STN_ENGINE_READ | STN_ENGINE_WRITE | STN_ENGINE_ERASE_PAGES
                                                  | STN_ENGINE_ERASE_ALL,
                                         .read_block_bytes = 256,
                                         .write_block_bytes = 256,
                                         .erase_pages_at_once = 1 };
  StnBinding binding = { 0 };
  g_assert_false (stn_plan_bind (plan, &identity, &capabilities, &binding, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_NOT_SIGNED));
}

/* The unit came with its pin switched off: what is right for a new part would shut this one. */
static void
a_unit_with_other_options_is_judged_by_its_own (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (GError) error = NULL;
  g_autoptr (StnPlan) plan = words_plan_or_fail (self, "STM32L433xC", "option-bytes: { IWDG_STOP: 0 }\n");
  g_autoptr (StnOptionBlock) unit = stn_option_block_new_default (plan->target);
  g_assert_true (stn_plan_guard_unit (plan, unit, &error));
  g_autofree char *difference = stn_plan_option_difference (plan, unit);
  g_assert_true (g_str_has_prefix (difference, "IWDG_STOP: 0x1"));
  g_assert_true (stn_option_block_set (unit, stn_options_find (plan->target, "nSWBOOT0", NULL), 0, &error));
  g_assert_false (stn_plan_guard_unit (plan, unit, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_OPTION_BYTES_UNKNOWN));
  g_assert_nonnull (strstr (error->message, "no-way-in"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("STATION_KEYS", "/nonexistent", TRUE);
  add_test ("/options/one_line_means_the_same_on_every_family", one_line_means_the_same_on_every_family);
#define ADD(test) add_test ("/options/" #test, test)
  ADD (protection_covers_the_pages_that_are_named);
  ADD (every_field_is_in_its_place_of_the_order);
  ADD (each_value_says_how_it_is_proved);
  ADD (the_ways_in_are_told_after_each_step);
  ADD (windows_that_the_rom_can_not_repair_are_named);
  ADD (a_rom_that_can_not_write_both_at_once_is_refused_by_its_version);
  ADD (unprotect_states_how_long_its_window_is);
  ADD (a_place_for_a_harmless_write_is_erased_and_protected);
  ADD (what_shuts_a_board_needs_its_name);
  ADD (what_the_wiring_can_do_counts);
  ADD (a_job_that_locks_runs_only_when_it_is_signed);
  ADD (a_job_read_for_words_is_never_bound);
  ADD (a_unit_with_other_options_is_judged_by_its_own);
#undef ADD
  return g_test_run ();
}
