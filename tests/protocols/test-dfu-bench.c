/* The engine against the bench's DFU device: two readings of AN3156 by different hands. The link carries the bench's
 * transfers on the virtual clock, a frame of the bus each. */
#include "protocols/dfu/dfu-identity.h"
#include "protocols/engine.h"
#include "src/bench/bench-private.h"
#include "src/bench/usb/dfu-device.h"
#include "src/link/fault.h"
#include "src/link/replay.h"
#include "src/link/trace.h"
#include "tests/bench/bench-fixture.h"

/* three whole blocks of 2048 and a tail; more than one page of 2 KB */
#define IMAGE_BYTES (3 * 2048 + 64)
#define FRAME_NS STN_NS_PER_MS
/* timing notes, section 5: 13 packets of 64 bytes in a frame */
#define FRAME_BYTES 832

/* ---- a link to a device of the bench ---- */

typedef struct {
  StnLink link;
  StnClock *clock;
  StnUsbDevice *device;
  gboolean is_paced;
} BenchControl;

static gboolean
wait_until (BenchControl *self, gint64 until_ns, const StnWait *wait, GError **error)
{
  for (gint64 now_ns = stn_clock_now_ns (self->clock); now_ns < until_ns; now_ns = stn_clock_now_ns (self->clock))
    if (stn_clock_wait (self->clock, self, NULL, until_ns, wait->cancellable) == STN_WAKE_CANCELLED) {
      stn_error_set (error, STN_FAILURE_CANCELLED, "stopped on request");
      return FALSE;
    }
  return TRUE;
}

static gboolean
bench_control_exchange (StnLink *link, StnExchange *exchange, const StnWait *wait, GError **error)
{
  BenchControl *self = (BenchControl *) link;
  gboolean in = (exchange->setup.request_type & STN_USB_IN) != 0;
  gsize length = in ? exchange->in_capacity : exchange->out_length;
  g_autofree guint8 *bytes = g_malloc0 (length + 1);
  StnUsbTransfer transfer = {
    .endpoint = in ? STN_USB_IN : 0,
    .setup = { exchange->setup.request_type, exchange->setup.request, exchange->setup.value, exchange->setup.index,
               (guint16) length },
    .bytes = bytes,
    .length = length,
  };

  if (!in && length > 0)
    memcpy (bytes, exchange->out, length);
  if (self->is_paced
      && !wait_until (self, stn_clock_now_ns (self->clock) + FRAME_NS + (gint64) (length / FRAME_BYTES) * FRAME_NS,
                      wait, error))
    return FALSE;
  for (;;) {
    gint64 now_ns = stn_clock_now_ns (self->clock);
    gint64 next_ns = stn_usb_device_work (self->device, now_ns);
    StnUsbAnswer answer =
        self->device->is_gone ? STN_USB_LATER : stn_usb_device_transfer (self->device, &transfer, now_ns);

    if (self->device->is_gone) {
      stn_error_set (error, STN_FAILURE_LINK_LOST, "the device is gone");
      return FALSE;
    }
    if (answer == STN_USB_STALLED) {
      stn_error_set (error, STN_FAILURE_NACK, "STALL");
      return FALSE;
    }
    if (answer == STN_USB_ANSWERED) {
      if (in)
        memcpy (exchange->in, bytes, transfer.actual);
      exchange->in_length = in ? transfer.actual : 0;
      return TRUE;
    }
    if (now_ns >= wait->deadline_ns) {
      stn_error_set (error, STN_FAILURE_NO_ANSWER, "NAK");
      return FALSE;
    }
    if (!wait_until (self, MIN (MAX (next_ns, now_ns + 1), wait->deadline_ns), wait, error))
      return FALSE;
  }
}

static void
bench_control_free (StnLink *link)
{
  BenchControl *self = (BenchControl *) link;

  stn_usb_device_free (self->device);
  g_free (self);
}

static const StnLinkClass bench_control_class = { .kind = "bench",
                                                  .exchange = bench_control_exchange,
                                                  .free = bench_control_free };

/* ---- a visit ---- */

typedef struct {
  Rig rig;
  const StnTarget *target;
  StnLink *link;
  StnEngine *engine;
  StnRomIdentity identity;
  guint8 image[IMAGE_BYTES];
  guint64 kept; /* address of a page that nothing names */
  GError *error;
} Stage;

typedef struct {
  const char *part;
  const char *word; /* of bench.yaml's `dfu:`, NULL: as the chip is */
  const guint16 pages[4];
  guint page_count;
  guint64 kept;
} Part;

static const Part parts[] = {
  { "STM32G0B1CE", NULL, { 0, 1, 2, 3 }, 4, 0x08010000 },
  { "STM32F405RG", NULL, { 0 }, 1, 0x08010000 },
  { "STM32F405RG", "busy-answers", { 0 }, 1, 0x08010000 },
  { "STM32G0B1CE", "stuck-busy", { 0, 1, 2, 3 }, 4, 0x08010000 },
  { "STM32G0B1CE", "clrstatus-stalls", { 0, 1, 2, 3 }, 4, 0x08010000 },
};

static StnTargets *targets; /* reading them takes longer than a visit */

static void
stage_plug (Stage *self, const Part *part, StnFaultPlan *plan, gboolean is_paced)
{
  StnDfuTraits traits;
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  BenchControl *control = g_new0 (BenchControl, 1);
  StnUsbTransfer configure = { .setup = { 0x00, 9, 1, 0, 0 } };

  if (part->word != NULL)
    g_ptr_array_add (words, (gpointer) part->word);
  g_assert_true (stn_dfu_traits_of (self->target, words, &traits, &self->error));
  stn_link_init (&control->link, &bench_control_class, STN_LINK_CONTROL, "A1.usb");
  control->clock = self->rig.clock;
  control->is_paced = is_paced;
  control->device = stn_dfu_device_new (stn_bench_seat (self->rig.bench, "A1")->board, &traits);
  g_assert_cmpint (stn_usb_device_transfer (control->device, &configure, stn_clock_now_ns (self->rig.clock)), ==,
                   STN_USB_ANSWERED);
  self->link = &control->link;
  if (plan != NULL)
    self->link = stn_fault_link_new (self->link, plan);
  self->engine = stn_engine_new (stn_engine_class_by_name ("dfu"), self->link, self->target);
}

static void
stage_unplug (Stage *self)
{
  stn_engine_free (self->engine);
  stn_link_free (self->link);
}

static void
stage_open (Stage *self, const Part *part, StnFaultPlan *plan, gboolean is_paced)
{
  *self = (Stage){ .kept = part->kept };
  self->rig.clock = stn_clock_new_virtual ();
  stn_clock_join (self->rig.clock);
  self->rig.targets = targets;
  self->rig.config = stn_bench_config_new ();
  stn_bench_config_set_seed (self->rig.config, 1);
  stn_bench_config_set_pace (self->rig.config, FALSE, is_paced, 0);
  g_assert_true (stn_bench_config_add_board (self->rig.config, "A1", part->part, NULL));
  g_assert_true (stn_bench_config_add_uart (self->rig.config, UART, "A1", NULL));
  g_assert_true (stn_bench_config_add_line (self->rig.config, PINS, "AC0", "A1", "nrst", TRUE, NULL));
  g_assert_true (stn_bench_config_add_line (self->rig.config, PINS, "AC1", "A1", "boot0", FALSE, NULL));
  rig_start (&self->rig);
  self->target = stn_targets_find (self->rig.targets, part->part, &self->error);
  g_assert_no_error (self->error);
  for (guint i = 0; i < IMAGE_BYTES; i++)
    self->image[i] = (guint8) (7 * i + 3);
  g_assert_true (stn_bench_board_write (self->rig.bench, "A1", self->kept, self->image, 256));
  rig_reset (&self->rig, TRUE);
  rig_sleep (&self->rig, STN_NS_PER_S);
  g_assert_cmpint (rig_state (&self->rig), ==, STN_BOARD_ROM);
  stage_plug (self, part, plan, is_paced);
  self->rig.wait = stn_wait_new (self->rig.clock, 600 * STN_NS_PER_S, NULL);
}

static void
stage_close (Stage *self)
{
  stage_unplug (self);
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

  g_assert_true (stn_bench_board_read (self->rig.bench, "A1", self->kept, bytes, sizeof bytes));
  return memcmp (bytes, self->image, sizeof bytes) == 0;
}

static gboolean
enter (Stage *self)
{
  return stn_engine_sync (self->engine, 0, &self->rig.wait, &self->error)
         && stn_engine_identify (self->engine, &self->identity, &self->rig.wait, &self->error);
}

static gboolean
program (Stage *self, const Part *part)
{
  const StnWait *wait = &self->rig.wait;
  StnEngineCapabilities can;
  guint8 seen[2048];

  stn_engine_capabilities (self->engine, &can);
  for (guint i = 0; i < part->page_count; i++)
    if (!stn_engine_erase_pages (self->engine, &part->pages[i], 1, wait, &self->error))
      return FALSE;
  for (guint at = 0; at < IMAGE_BYTES; at += can.write_block_bytes)
    if (!stn_engine_write (self->engine, 0x08000000 + at, self->image + at,
                           MIN (can.write_block_bytes, IMAGE_BYTES - at), wait, &self->error))
      return FALSE;
  for (guint at = 0; at < IMAGE_BYTES; at += can.read_block_bytes) {
    gsize length = MIN (can.read_block_bytes, IMAGE_BYTES - at);

    if (!stn_engine_read (self->engine, 0x08000000 + at, seen, length, wait, &self->error))
      return FALSE;
    if (memcmp (seen, self->image + at, length) != 0) {
      stn_error_set (&self->error, STN_FAILURE_VERIFY_MISMATCH, "block at %u", at);
      return FALSE;
    }
  }
  return TRUE;
}

#define EACH(part) for (const Part *part = parts; part < parts + G_N_ELEMENTS (parts); part++)

static void
each_part_is_identified_programmed_and_read_back (void)
{
  EACH (part)
  for (guint paced = 0; paced < 2; paced++) {
    Stage stage;
    guint8 uid[12], told[12];

    g_test_message ("%s %s, paced %u", part->part, part->word != NULL ? part->word : "", paced);
    stage_open (&stage, part, NULL, paced == 1);
    enter (&stage);
    g_assert_no_error (stage.error);
    stn_engine_check_target (stage.engine, &stage.error);
    g_assert_no_error (stage.error);
    g_assert_true (stn_bench_board_uid (stage.rig.bench, "A1", uid));
    g_assert_cmpint (stn_dfu_serial_check (stage.identity.serial, uid), ==, STN_DFU_SERIAL_FITS);
    /* F405's ROM shows the UID only from the start of its block, where the bench's OTP area ends the upload */
    if (stn_engine_read (stage.engine, stage.target->uid_address, told, 12, &stage.rig.wait, &stage.error))
      g_assert_cmpmem (told, 12, uid, 12);
    else {
      g_assert_true ((stage.target->quirks & STN_QUIRK_READ_BLOCKS_ONLY) != 0);
      g_assert_cmpint (stn_error_failure (stage.error), ==, STN_FAILURE_NACK);
      g_clear_error (&stage.error);
    }

    program (&stage, part);
    g_assert_no_error (stage.error);
    g_assert_true (holds_image (&stage));
    g_assert_true (keeps_what_was_not_named (&stage));
    stn_engine_erase_all (stage.engine, &stage.rig.wait, &stage.error);
    g_assert_no_error (stage.error);
    g_assert_false (holds_image (&stage));
    g_assert_false (keeps_what_was_not_named (&stage));
    g_assert_cmpuint (stn_bench_board_window_violations (stage.rig.bench, "A1"), ==, 0);
    stage_close (&stage);
  }
}

static void
target_of_another_chip_is_told_apart (void)
{
  Stage stage;

  stage_open (&stage, &parts[0], NULL, FALSE);
  g_autoptr (StnEngine) other =
      stn_engine_new (stn_engine_class_by_name ("dfu"), stage.link, stn_targets_find (targets, "STM32F405RG", NULL));
  g_assert_true (stn_engine_sync (other, 0, &stage.rig.wait, &stage.error));
  g_assert_false (stn_engine_check_target (other, &stage.error));
  g_assert_cmpint (stn_error_failure (stage.error), ==, STN_FAILURE_WRONG_CHIP);
  stage_close (&stage);
}

static void
board_leaves_and_comes_up_in_its_program (void)
{
  Stage stage;

  for (guint silent = 0; silent < 2; silent++) {
    Part part = parts[1];
    part.word = silent == 1 ? "leave-without-answer" : NULL;
    stage_open (&stage, &part, NULL, FALSE);
    rig_place_program (&stage.rig, 0x20010000);
    enter (&stage);
    stn_engine_go (stage.engine, 0x08000000, &stage.rig.wait, &stage.error);
    g_assert_no_error (stage.error);
    rig_sleep (&stage.rig, STN_NS_PER_S);
    g_assert_cmpint (rig_state (&stage.rig), ==, STN_BOARD_APPLICATION);
    stage_close (&stage);
  }
}

static void
options_are_written_and_found_after_the_reset (void)
{
  EACH (part)
  {
    Stage stage;
    guint8 before[512], after[512];

    stage_open (&stage, part, NULL, TRUE);
    g_assert_cmpuint (stage.target->options_bytes, <=, sizeof before);
    enter (&stage);
    g_assert_no_error (stage.error);
    g_test_message ("%s: %u bytes of options", part->part, stage.target->options_bytes);
    stn_engine_read (stage.engine, stage.target->options_address, before, stage.target->options_bytes, &stage.rig.wait,
                     &stage.error);
    g_assert_no_error (stage.error);
    stn_engine_write_options (stage.engine, stage.target->options_address, before, stage.target->options_bytes,
                              &stage.rig.wait, &stage.error);
    g_assert_no_error (stage.error);
    g_assert_cmpuint (stn_bench_board_window_violations (stage.rig.bench, "A1"), ==, 0);

    /* the device comes back as another one */
    rig_sleep (&stage.rig, STN_NS_PER_S);
    stage_unplug (&stage);
    stage_plug (&stage, part, NULL, TRUE);
    enter (&stage);
    g_assert_no_error (stage.error);
    stn_engine_read (stage.engine, stage.target->options_address, after, stage.target->options_bytes, &stage.rig.wait,
                     &stage.error);
    g_assert_no_error (stage.error);
    g_assert_cmpmem (after, stage.target->options_bytes, before, stage.target->options_bytes);
    stage_close (&stage);
  }
}

static void
protected_board_says_so (void)
{
  static const char *const words[] = { NULL, "protected-upload-empty" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    Part part = parts[1];
    Stage stage;
    /* F405: RDP level 1 in the second byte of the user half-word, complements behind */
    guint8 options[16], byte;

    part.word = words[i];
    stage_open (&stage, &part, NULL, FALSE);
    enter (&stage);
    stn_engine_read (stage.engine, stage.target->options_address, options, sizeof options, &stage.rig.wait,
                     &stage.error);
    g_assert_no_error (stage.error);
    g_assert_cmphex (options[1], ==, 0xaa);
    options[1] = 0x55;
    stn_engine_write_options (stage.engine, stage.target->options_address, options, sizeof options, &stage.rig.wait,
                              &stage.error);
    g_assert_no_error (stage.error);
    rig_sleep (&stage.rig, STN_NS_PER_S);
    rig_reset (&stage.rig, TRUE);
    rig_sleep (&stage.rig, STN_NS_PER_S);
    stage_unplug (&stage);
    stage_plug (&stage, &part, NULL, FALSE);
    enter (&stage);
    g_assert_no_error (stage.error);
    for (guint verb = 0; verb < 3; verb++) {
      const guint16 page = 1;
      gboolean done = verb == 0 ? stn_engine_read (stage.engine, 0x08000000, options, 4, &stage.rig.wait, &stage.error)
                      : verb == 1
                          ? stn_engine_write (stage.engine, 0x08000000, stage.image, 64, &stage.rig.wait, &stage.error)
                          : stn_engine_erase_pages (stage.engine, &page, 1, &stage.rig.wait, &stage.error);
      g_assert_false (done);
      g_assert_cmpstr (stn_failure_name (stn_error_failure (stage.error)), ==, "read-protected");
      g_clear_error (&stage.error);
    }
    g_assert_true (stn_bench_board_read (stage.rig.bench, "A1", 0x08000000, &byte, 1));
    g_assert_cmphex (byte, ==, 0xff);
    stage_close (&stage);
  }
}

static void
hopeless_devices_end_with_a_name (void)
{
  static const struct {
    const char *word;
    gboolean enters;
    StnFailure failure;
  } rows[] = {
    { "stalls", FALSE, STN_FAILURE_NO_SYNC },
    { "wrong-state", TRUE, STN_FAILURE_GARBAGE },
    { "resets", TRUE, STN_FAILURE_LINK_LOST },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Part part = parts[1];
    Stage stage;

    part.word = rows[i].word;
    stage_open (&stage, &part, NULL, TRUE);
    gboolean entered = enter (&stage);
    g_assert_true (entered == rows[i].enters);
    if (entered)
      g_assert_false (program (&stage, &part));
    g_test_message ("%s: %s", part.word, stage.error->message);
    g_assert_cmpstr (stn_failure_name (stn_error_failure (stage.error)), ==, stn_failure_name (rows[i].failure));
    stage_close (&stage);
  }
}

/* Statuses and STALLs too: a transcript of a failure is as good as the board. */
static void
visit_is_replayed_from_its_transcript (void)
{
  Part part = parts[1];
  Stage stage;
  g_autoptr (GError) error = NULL;
  g_autoptr (StnTraceSink) sink = stn_trace_sink_new (NULL, 1000, &error);

  g_assert_no_error (error);
  stage_open (&stage, &part, NULL, FALSE);
  stage.link = stn_trace_link_new (stage.link, sink, NULL, stage.rig.clock);
  stage.engine->link = stage.link;
  g_assert_true (enter (&stage));
  g_assert_true (program (&stage, &part));
  /* behind the end of everything: refused with a STALL or by the status */
  g_assert_false (stn_engine_read (stage.engine, 0xe0000000, stage.image, 4, &stage.rig.wait, &stage.error));
  g_autofree char *message = g_strdup (stage.error->message);
  g_clear_error (&stage.error);

  g_autofree char *text = stn_trace_sink_text (sink);
  stn_engine_free (stage.engine);
  stn_link_free (stage.link);
  stage.link = stn_replay_link_new (STN_LINK_CONTROL, "A1.usb", text, &error);
  g_assert_no_error (error);
  stage.engine = stn_engine_new (stn_engine_class_by_name ("dfu"), stage.link, stage.target);
  for (guint i = 0; i < IMAGE_BYTES; i++)
    stage.image[i] = (guint8) (7 * i + 3);
  enter (&stage);
  g_assert_no_error (stage.error);
  program (&stage, &part);
  g_assert_no_error (stage.error);
  g_assert_false (stn_engine_read (stage.engine, 0xe0000000, stage.image, 4, &stage.rig.wait, &stage.error));
  g_assert_cmpstr (stage.error->message, ==, message);
  g_assert_true (stn_replay_link_is_finished (stage.link));
  stage_close (&stage);
}

/* How many exchanges a clean visit takes, sync and identify left out. */
static guint64
exchanges_of (const Part *part, guint64 *out_first)
{
  g_autoptr (StnFaultPlan) plan = stn_fault_plan_new (STN_FAULT_NONE, 0);
  Stage stage;

  stage_open (&stage, part, plan, FALSE);
  g_assert_true (enter (&stage));
  *out_first = stn_fault_plan_count (plan) + 1;
  g_assert_true (program (&stage, part));
  guint64 count = stn_fault_plan_count (plan);
  stage_close (&stage);
  return count;
}

static void
no_single_fault_makes_a_wrong_board_look_right_and_resync_mends_it (void)
{
  guint failures = 0;

  for (guint index = 0; index < 2; index++) {
    const Part *part = &parts[index];
    guint64 first;
    guint64 count = exchanges_of (part, &first);

    for (StnFaultKind kind = STN_FAULT_NONE + 1; kind < STN_FAULT_KIND_COUNT; kind++)
      for (guint64 at = first; at <= count; at++) {
        g_autoptr (StnFaultPlan) plan = stn_fault_plan_new (kind, at);
        Stage stage;

        stage_open (&stage, part, plan, FALSE);
        g_assert_true (enter (&stage));
        if (program (&stage, part))
          g_assert_true (holds_image (&stage));
        else {
          failures++;
          g_test_message ("%s, %s at %u: %s", part->part, stn_fault_kind_name (kind), (guint) at, stage.error->message);
          g_clear_error (&stage.error);
          gboolean is_back = stn_engine_resync (stage.engine, &stage.rig.wait, &stage.error);
          g_assert_true (is_back == (kind != STN_FAULT_GONE));
          /* What went out wrong was another command (USB has its checksums against that): a piece of a unit jams
           * the flash until a reset, and a wrong address is another page. */
          if (is_back && kind != STN_FAULT_FLIP_OUT && kind != STN_FAULT_DROP_OUT) {
            /* once more, from the erase on, as a station would */
            program (&stage, part);
            g_assert_no_error (stage.error);
            g_assert_true (holds_image (&stage));
          }
        }
        if (kind != STN_FAULT_FLIP_OUT)
          g_assert_true (keeps_what_was_not_named (&stage));
        stage_close (&stage);
      }
  }
  g_assert_cmpuint (failures, >, 100);
}

/* The flash's own time and a frame for each transfer that has to be: what no host can beat. */
static void
half_a_megabyte_takes_little_more_than_flash_and_frames (void)
{
  const guint bytes = 512 * 1024;

  EACH (part)
  {
    g_autofree guint8 *block = g_malloc (2048);
    StnEngineCapabilities can;
    Stage stage;

    stage_open (&stage, part, NULL, TRUE);
    memset (block, 0x5a, 2048);
    enter (&stage);
    g_assert_no_error (stage.error);
    stn_engine_capabilities (stage.engine, &can);
    gint64 frames_ns = FRAME_NS + can.write_block_bytes / FRAME_BYTES * FRAME_NS;
    gint64 block_ns = stn_target_program_typical_ns (stage.target, can.write_block_bytes) + frames_ns + FRAME_NS;
    gint64 limit_ns = bytes / can.write_block_bytes * block_ns;
    gint64 begun_ns = stn_clock_now_ns (stage.rig.clock);
    for (guint at = 0; at < bytes; at += can.write_block_bytes)
      g_assert_true (stn_engine_write (stage.engine, 0x08000000 + at, block, can.write_block_bytes, &stage.rig.wait,
                                       &stage.error));
    gint64 took_ns = stn_clock_now_ns (stage.rig.clock) - begun_ns;
    g_test_message ("%s %s: write at %.1f %% of the limit", part->part, part->word != NULL ? part->word : "",
                    100.0 * (double) limit_ns / (double) took_ns);
    g_assert_cmpint (took_ns * 97 / 100, <, limit_ns);

    limit_ns = bytes / can.read_block_bytes * frames_ns;
    begun_ns = stn_clock_now_ns (stage.rig.clock);
    for (guint at = 0; at < bytes; at += can.read_block_bytes)
      g_assert_true (
          stn_engine_read (stage.engine, 0x08000000 + at, block, can.read_block_bytes, &stage.rig.wait, &stage.error));
    took_ns = stn_clock_now_ns (stage.rig.clock) - begun_ns;
    g_test_message ("%s: read at %.1f %% of the limit", part->part, 100.0 * (double) limit_ns / (double) took_ns);
    g_assert_cmpint (took_ns * 97 / 100, <, limit_ns);
    stage_close (&stage);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(test) g_test_add_func ("/dfu-bench/" #test, test)
  ADD (each_part_is_identified_programmed_and_read_back);
  ADD (target_of_another_chip_is_told_apart);
  ADD (board_leaves_and_comes_up_in_its_program);
  ADD (options_are_written_and_found_after_the_reset);
  ADD (protected_board_says_so);
  ADD (hopeless_devices_end_with_a_name);
  ADD (visit_is_replayed_from_its_transcript);
  ADD (no_single_fault_makes_a_wrong_board_look_right_and_resync_mends_it);
  ADD (half_a_megabyte_takes_little_more_than_flash_and_frames);
  targets = stn_targets_new (NULL, NULL);
  int result = g_test_run ();
  stn_targets_free (targets);
  return result;
}
