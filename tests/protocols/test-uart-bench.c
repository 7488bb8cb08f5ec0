/* The engine against the bench's ROM: two readings of AN3155 by different hands. Both sides' shared numbers are only
 * the constants of uart-wire.h. */
#include "protocols/engine.h"
#include "src/link/fault.h"
#include "tests/bench/bench-fixture.h"

#define IMAGE_BYTES (256 + 256 + 64)
#define KEPT_PAGE_OFFSET 0x10000

typedef struct {
  const char *part;
  guint16 product_id;
  guint16 kept_page;
} Part;

/* Extended Erase, the same with long sectors, Erase */
static const Part parts[] = { { "STM32G071CB", 0x460, 32 }, { "STM32F405RG", 0x413, 4 }, { "STM32F103CB", 0x410, 64 } };

typedef struct {
  Rig rig;
  const StnTarget *target;
  StnLink *link;
  StnEngine *engine;
  guint8 image[IMAGE_BYTES];
  GError *error;
} Stage;

static StnTargets *targets; /* reading them takes longer than a visit, and this opens a thousand */

static void
stage_open (Stage *self, const Part *part, StnFaultPlan *plan)
{
  *self = (Stage){ 0 };
  self->rig.clock = stn_clock_new_virtual ();
  stn_clock_join (self->rig.clock);
  self->rig.targets = targets;
  self->rig.config = stn_bench_config_new ();
  stn_bench_config_set_seed (self->rig.config, 1);
  g_assert_true (stn_bench_config_add_board (self->rig.config, "A1", part->part, NULL));
  g_assert_true (stn_bench_config_add_uart (self->rig.config, UART, "A1", NULL));
  g_assert_true (stn_bench_config_add_line (self->rig.config, PINS, "AC0", "A1", "nrst", TRUE, NULL));
  g_assert_true (stn_bench_config_add_line (self->rig.config, PINS, "AC1", "A1", "boot0", FALSE, NULL));
  rig_start (&self->rig);
  self->target = stn_targets_find (self->rig.targets, part->part, &self->error);
  g_assert_no_error (self->error);
  self->link = self->rig.uart;
  self->rig.uart = NULL; /* the wrappers own it now */
  if (plan != NULL)
    self->link = stn_fault_link_new (self->link, plan);
  for (guint i = 0; i < IMAGE_BYTES; i++)
    self->image[i] = (guint8) (7 * i + 3);
  g_assert_true (stn_bench_board_write (self->rig.bench, "A1", 0x08000000 + KEPT_PAGE_OFFSET, self->image, 256));
  /* a part as shipped may ignore BOOT0; then it comes up in its ROM because it is empty */
  rig_reset (&self->rig, TRUE);
  rig_sleep (&self->rig, 2 * stn_target_rom_start_ns (self->target));
  self->engine = stn_engine_new (stn_engine_class_by_name ("uart"), self->link, self->target);
}

static void
stage_close (Stage *self)
{
  stn_engine_free (self->engine);
  stn_link_free (self->link);
  g_clear_error (&self->error);
  self->rig.targets = NULL;
  rig_clear (&self->rig);
}

static gboolean
holds_image (Stage *self)
{
  guint8 bytes[IMAGE_BYTES];

  g_assert_true (stn_bench_board_read (self->rig.bench, "A1", 0x08000000, bytes, sizeof bytes));
  return memcmp (bytes, self->image, sizeof bytes) == 0;
}

static gboolean
keeps_what_was_not_named (Stage *self)
{
  guint8 bytes[256];

  g_assert_true (stn_bench_board_read (self->rig.bench, "A1", 0x08000000 + KEPT_PAGE_OFFSET, bytes, sizeof bytes));
  return memcmp (bytes, self->image, sizeof bytes) == 0;
}

static gboolean
enter (Stage *self, StnRomIdentity *identity)
{
  return stn_engine_sync (self->engine, 115200, &self->rig.wait, &self->error)
         && stn_engine_identify (self->engine, identity, &self->rig.wait, &self->error);
}

/* The pages of the image, its blocks, and a look at each. */
static gboolean
program (Stage *self)
{
  static const guint16 pages[] = { 0, 1 };
  const StnWait *wait = &self->rig.wait;
  guint8 seen[256];

  StnEngineCapabilities can;

  stn_engine_capabilities (self->engine, &can);
  guint step = MIN (can.erase_pages_at_once, G_N_ELEMENTS (pages));
  for (guint at = 0; at < G_N_ELEMENTS (pages); at += step) {
    StnWait erase = stn_wait_within (wait, 20 * STN_NS_PER_S);
    if (!stn_engine_erase_pages (self->engine, pages + at, step, &erase, &self->error))
      return FALSE;
  }
  for (guint at = 0; at < IMAGE_BYTES; at += 256)
    if (!stn_engine_write (self->engine, 0x08000000 + at, self->image + at, MIN (256, IMAGE_BYTES - at), wait,
                           &self->error))
      return FALSE;
  for (guint at = 0; at < IMAGE_BYTES; at += 256) {
    gsize length = MIN (256, IMAGE_BYTES - at);

    if (!stn_engine_read (self->engine, 0x08000000 + at, seen, length, wait, &self->error))
      return FALSE;
    if (memcmp (seen, self->image + at, length) != 0) {
      stn_error_set (&self->error, STN_FAILURE_VERIFY_MISMATCH, "block at %u", at);
      return FALSE;
    }
  }
  return TRUE;
}

static void
each_part_is_identified_programmed_and_read_back (void)
{
  for (const Part *part = parts; part < parts + G_N_ELEMENTS (parts); part++) {
    StnRomIdentity identity;
    Stage stage;

    g_test_message ("%s", part->part);
    stage_open (&stage, part, NULL);
    enter (&stage, &identity);
    g_assert_no_error (stage.error);
    g_assert_cmphex (identity.product_id, ==, part->product_id);
    program (&stage);
    g_assert_no_error (stage.error);
    g_assert_true (holds_image (&stage));
    g_assert_true (keeps_what_was_not_named (&stage));

    stn_engine_erase_pages (stage.engine, &part->kept_page, 1, &stage.rig.wait, &stage.error);
    g_assert_no_error (stage.error);
    g_assert_false (keeps_what_was_not_named (&stage));
    stn_engine_erase_all (stage.engine, &stage.rig.wait, &stage.error);
    g_assert_no_error (stage.error);
    g_assert_false (holds_image (&stage));
    g_assert_cmpuint (stn_bench_board_window_violations (stage.rig.bench, "A1"), ==, 0);
    stage_close (&stage);
  }
}

static void
a_second_sync_finds_the_rom_again (void)
{
  StnRomIdentity identity;
  Stage stage;

  stage_open (&stage, &parts[0], NULL);
  g_assert_true (enter (&stage, &identity));
  stn_engine_free (stage.engine);
  stage.engine = stn_engine_new (stn_engine_class_by_name ("uart"), stage.link, stage.target);
  enter (&stage, &identity);
  g_assert_no_error (stage.error);
  stage_close (&stage);
}

static void
a_held_board_is_silent (void)
{
  Stage stage;

  stage_open (&stage, &parts[0], NULL);
  rig_pins (&stage.rig, NRST, 0);
  g_assert_false (stn_engine_sync (stage.engine, 115200, &stage.rig.wait, &stage.error));
  g_assert_cmpint (stn_error_failure (stage.error), ==, STN_FAILURE_NO_SYNC);
  g_assert_cmpstr (stn_error_detail (stage.error)->seen, ==, "nothing");
  stage_close (&stage);
}

/* How many exchanges a clean visit takes, sync and identify left out. */
static guint64
exchanges_of (const Part *part, guint64 *out_first)
{
  g_autoptr (StnFaultPlan) plan = stn_fault_plan_new (STN_FAULT_NONE, 0);
  StnRomIdentity identity;
  Stage stage;

  stage_open (&stage, part, plan);
  g_assert_true (enter (&stage, &identity));
  *out_first = stn_fault_plan_count (plan) + 1;
  g_assert_true (program (&stage));
  guint64 count = stn_fault_plan_count (plan);
  stage_close (&stage);
  return count;
}

static void
no_single_fault_makes_a_wrong_board_look_right_and_resync_mends_it (void)
{
  guint failures = 0;
  guint hopeless = 0;

  for (const Part *part = parts; part < parts + G_N_ELEMENTS (parts); part++) {
    guint64 first;
    guint64 count = exchanges_of (part, &first);

    for (StnFaultKind kind = STN_FAULT_NONE + 1; kind < STN_FAULT_KIND_COUNT; kind++)
      for (guint64 at = first; at <= count; at++) {
        g_autoptr (StnFaultPlan) plan = stn_fault_plan_new (kind, at);
        StnRomIdentity identity;
        Stage stage;

        stage_open (&stage, part, plan);
        g_assert_true (enter (&stage, &identity));
        if (program (&stage))
          g_assert_true (holds_image (&stage));
        else {
          guint8 seen[16], truth[16];

          failures++;
          g_test_message ("%s, %s at %u: %s", part->part, stn_fault_kind_name (kind), (guint) at, stage.error->message);
          g_clear_error (&stage.error);
          gboolean is_back = stn_engine_resync (stage.engine, &stage.rig.wait, &stage.error);
          /* a wrong bit in the count of an erase list can make a list that no filler ends: then the honest answer
           * is that only a reset helps */
          if (!is_back && kind != STN_FAULT_GONE) {
            g_assert_cmpstr (stn_fault_kind_name (kind), ==, "flip-out");
            g_assert_cmpint (stn_error_failure (stage.error), ==, STN_FAILURE_NO_ANSWER);
            hopeless++;
          }
          if (is_back) {
            g_assert_no_error (stage.error);
            stn_engine_read (stage.engine, 0x08000000, seen, sizeof seen, &stage.rig.wait, &stage.error);
            g_assert_no_error (stage.error);
            g_assert_true (stn_bench_board_read (stage.rig.bench, "A1", 0x08000000, truth, sizeof truth));
            g_assert_cmpmem (seen, sizeof seen, truth, sizeof truth);
            /* once more, from the erase on, as a station would */
            program (&stage);
            g_assert_no_error (stage.error);
            g_assert_true (holds_image (&stage));
          }
        }
        g_assert_true (keeps_what_was_not_named (&stage));
        stage_close (&stage);
      }
  }
  g_assert_cmpuint (failures, >, 200);
  g_assert_cmpuint (hopeless, <=, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(test) g_test_add_func ("/uart-bench/" #test, test)
  ADD (each_part_is_identified_programmed_and_read_back);
  ADD (a_second_sync_finds_the_rom_again);
  ADD (a_held_board_is_silent);
  ADD (no_single_fault_makes_a_wrong_board_look_right_and_resync_mends_it);
  targets = stn_targets_new (NULL, NULL);
  int result = g_test_run ();
  stn_targets_free (targets);
  return result;
}
