/* The benchmark: ratios to the physical limit of the same bytes and to a peer in the same run. It prints figures and
 * asserts nothing (times are no test).
 *
 *     benchmark [--quick|--peer]      --quick: 64 KB instead of 256; --peer: only the comparison
 *
 * STN_BENCHMARK_VIRTUAL=1 runs the cycles on the virtual clock: what is left then is lost by the protocol, not by the
 * machine. STN_STATIONCTL names the command whose start is timed. */
#include "src/bench/bench.h"
#include "tests/job/harness.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define BAUD 115200 /* as the sites have it */

static double
seconds (gint64 ns)
{
  return (double) ns / STN_NS_PER_S;
}

/* ---- the limit ---- */

/* The wire and the silicon alone: 268 characters of 11 bits for each 256 bytes written and each read, shorter blocks in
 * proportion (AN3155 3.4, 3.6: 2+5+1+n+1 characters out and 3 in; 2+5+2 out and 3+n in), and the flash's own time. */
static gint64
limit_ns (const StnPlan *plan)
{
  guint64 characters = 0;
  gint64 flash_ns = 0;

  for (guint i = 0; i < plan->block_count + (plan->has_first_block ? 1 : 0); i++) {
    const StnPlanBlock *block = i < plan->block_count ? &plan->blocks[i] : &plan->first_block;
    characters += 12 + block->length;
    flash_ns += stn_target_program_typical_ns (plan->target, block->length);
  }
  for (guint i = 0; i < plan->span_count; i++)
    for (guint64 at = 0; at < plan->spans[i].length; at += 256)
      characters += 12 + MIN (256, plan->spans[i].length - at);
  return (gint64) (characters * 11 * (guint64) STN_NS_PER_S / BAUD) + flash_ns;
}

/* Full speed: a control transfer takes a frame of 1 ms, and one more for each 13 packets of 64 bytes of data (USB 2.0,
 * table 5-2). */
static gint64
transfer_ns (gsize length)
{
  return (gint64) (1 + length / (13 * 64)) * STN_NS_PER_MS;
}

/* Frames and silicon alone, at 2048 bytes a transfer: for each block written its DNLOAD, the GETSTATUS that begins the
 * work and the flash's own time (the GETSTATUS that ends it can wait for it on the bus); for each block read its UPLOAD
 * (AN3156, sections 4 and 5). Addresses that are set, and ends of stretches, are lost time. */
static gint64
dfu_limit_ns (const StnPlan *plan)
{
  const gsize most = 2048;
  gint64 sum_ns = 0;

  for (guint i = 0; i < plan->block_count;) {
    gsize length = plan->blocks[i].length;
    guint k = i + 1;
    for (; k < plan->block_count && plan->blocks[k].address == plan->blocks[i].address + length; k++)
      length += plan->blocks[k].length;
    for (gsize at = 0; at < length; at += most)
      sum_ns += transfer_ns (MIN (most, length - at)) + transfer_ns (6)
                + stn_target_program_typical_ns (plan->target, MIN (most, length - at));
    i = k;
  }
  if (plan->has_first_block)
    sum_ns += transfer_ns (plan->first_block.length) + transfer_ns (6)
              + stn_target_program_typical_ns (plan->target, plan->first_block.length);
  for (guint i = 0; i < plan->span_count; i++)
    for (guint64 at = 0; at < plan->spans[i].length; at += most)
      sum_ns += transfer_ns (MIN (most, plan->spans[i].length - at));
  return sum_ns;
}

static gint64
steps_ns (const StnResult *result)
{
  static const StnStepKind kinds[] = { STN_STEP_PROGRAM, STN_STEP_VERIFY, STN_STEP_FIRST_BLOCK };
  gint64 sum = 0;

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    const StnStepRecord *step = harness_step (result, kinds[i]);
    sum += step != NULL ? step->duration_ns : 0;
  }
  return sum;
}

/* ---- what the bench itself costs ---- */

typedef struct {
  StnLink link;
  StnLink *inner;
} MeteredLink;

static gint64 metered_ns; /* CPU time inside the bench's exchanges; atomic adds through a mutex */
static GMutex metered_mutex;

static gint64
thread_cpu_ns (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * STN_NS_PER_S + time.tv_nsec;
}

static gboolean
metered_exchange (StnLink *link, StnExchange *exchange, const StnWait *wait, GError **error)
{
  gint64 before_ns = thread_cpu_ns ();
  gboolean ok = stn_link_exchange (((MeteredLink *) link)->inner, exchange, wait, error);
  gint64 spent_ns = thread_cpu_ns () - before_ns;

  g_mutex_lock (&metered_mutex);
  metered_ns += spent_ns;
  g_mutex_unlock (&metered_mutex);
  return ok;
}

static void
metered_free (StnLink *link)
{
  stn_link_free (((MeteredLink *) link)->inner);
  g_free (link);
}

static const StnLinkClass metered_class = {
  .kind = "metered", .shape = STN_LINK_STREAM, .exchange = metered_exchange, .free = metered_free
};

static StnLink *
meter (StnLink *inner)
{
  MeteredLink *self = g_new0 (MeteredLink, 1);

  stn_link_init (&self->link, &metered_class, STN_LINK_STREAM, stn_link_name (inner));
  self->inner = inner;
  return &self->link;
}

static double
process_cpu_seconds (void)
{
  struct timespec time;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double) time.tv_sec + (double) time.tv_nsec / 1e9;
}

/* ---- cycles ---- */

static double
measure (guint sites, guint image_bytes, gboolean over_usb)
{
  HarnessOptions options = {
    .part = "STM32F405xG",
    .sites = sites,
    .image_bytes = image_bytes,
    .paced = TRUE,
    .real_clock = g_getenv ("STN_BENCHMARK_VIRTUAL") == NULL,
    .no_serial = TRUE,
    .job_lines = "erase: touched\n",
    .wrap = meter,
    .usb_sites = over_usb ? sites : 0,
    .usb_alone = over_usb,
    .boot_check = over_usb ? "rom-gone" : NULL,
  };
  g_autoptr (Harness) self = harness_new (&options);
  gint64 slowest_ns = 0;

  harness_build (self);
  metered_ns = 0;
  double cpu = process_cpu_seconds ();
  gint64 started_ns = stn_clock_now_ns (self->clock);
  stn_runner_start (self->runner);
  stn_runner_wait (self->runner, -1);
  double wall = seconds (stn_clock_now_ns (self->clock) - started_ns);
  cpu = process_cpu_seconds () - cpu;
  for (guint i = 0; i < sites; i++) {
    g_autofree char *name = g_strdup_printf ("A%u", i + 1);
    const StnResult *result = harness_result (self, name);
    if (result == NULL || result->verdict != STN_VERDICT_PASS)
      printf ("%s: %s\n", name, result != NULL ? result->message : "no result");
    else
      slowest_ns = MAX (slowest_ns, steps_ns (result));
  }
  double limit = seconds (over_usb ? dfu_limit_ns (self->usb_plan) : limit_ns (self->plan));
  printf ("%2u site%s program and read back %u KB %s: %.3f s, limit of the same bytes %.3f s: %.2f %% of the limit\n",
          sites, sites == 1 ? ": " : "s:", image_bytes / 1024, over_usb ? "over DFU" : "at 115200", seconds (slowest_ns),
          limit, 100.0 * limit / seconds (slowest_ns));
  printf ("          CPU %.1f %% of a core, of that in the bench's exchanges, their waits included, %.1f %%\n",
          100 * cpu / wall, 100 * seconds (metered_ns) / wall);
  return seconds (slowest_ns);
}

/* ---- the peer ---- */

#define PEER_BYTES 32768

/* stm32flash and this station, each erasing, writing and reading back the same file on the same model of a board. */
static void
compare_with_stm32flash (void)
{
  g_autofree char *program = g_find_program_in_path ("stm32flash");
  HarnessOptions options = { .part = "STM32F103xB",
                             .image_bytes = PEER_BYTES,
                             .paced = TRUE,
                             .real_clock = TRUE,
                             .no_serial = TRUE,
                             .boot_check = "rom-gone" };
  g_autoptr (GError) error = NULL;

  if (program == NULL) {
    printf ("stm32flash is not installed: no comparison\n");
    return;
  }
  g_autoptr (Harness) self = harness_new (&options);
  harness_build (self);
  g_autofree char *path = NULL;
  if (!stn_bench_board_open_pty (self->bench, "A1", TRUE, &path, &error)) {
    printf ("no pseudo terminal: %s\n", error->message);
    return;
  }
  g_autofree char *file = g_build_filename (self->folder, "app.bin", NULL);
  const char *argv[] = { program, "-m", "8n1", "-b", "115200", "-w", file, "-v", path, NULL };
  int status = 0;
  gint64 started_us = g_get_monotonic_time ();
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL,
                NULL, &status, &error);
  double peer = (double) (g_get_monotonic_time () - started_us) / 1e6;

  g_autoptr (Harness) own = harness_new (&options);
  harness_build (own);
  started_us = g_get_monotonic_time ();
  harness_cycle (own);
  double ours = (double) (g_get_monotonic_time () - started_us) / 1e6;
  const StnResult *result = harness_result (own, "A1");
  printf (
      "peer: F103, %u KB, erase, write, read back: stm32flash %.3f s%s, station %.3f s with identification, start and "
      "boot check%s: %.2f times as fast\n",
      PEER_BYTES / 1024, peer, status == 0 ? "" : " (it failed)", ours,
      result->verdict == STN_VERDICT_PASS ? "" : " (it failed)", peer / ours);
}

/* ---- the start ---- */

/* From the start of the command to its first "unit.start", which goes out right before the first pin moves. */
static void
time_the_start (void)
{
  const char *program = g_getenv ("STN_STATIONCTL");
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("station-benchmark-XXXXXX", NULL);
  double best = 1e9, sum = 0;
  enum { ROUNDS = 5 };

  if (program == NULL || folder == NULL) {
    printf ("STN_STATIONCTL is not set: the start is not timed\n");
    return;
  }
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_subprocess_launcher_setenv (launcher, "XDG_DATA_HOME", folder, TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_RUNTIME_DIR", folder, TRUE);
  for (guint round = 0; round < ROUNDS; round++) {
    gint64 started_us = g_get_monotonic_time ();
    g_autoptr (GSubprocess) process = g_subprocess_launcher_spawn (launcher, &error, program, "demo", "--json", NULL);
    if (process == NULL) {
      printf ("%s: %s\n", program, error->message);
      return;
    }
    g_autoptr (GDataInputStream) lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
    double taken = -1;
    for (;;) {
      g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);
      if (line == NULL)
        break;
      if (taken < 0 && strstr (line, "unit.start") != NULL) {
        taken = (double) (g_get_monotonic_time () - started_us) / 1e3;
        g_subprocess_send_signal (process, 15);
      }
    }
    g_subprocess_wait (process, NULL, NULL);
    best = MIN (best, taken);
    sum += taken;
  }
  printf ("start of the command to the first pin: %.0f ms on average of %d, best %.0f ms\n", sum / ROUNDS, ROUNDS,
          best);
}

int
main (int argc, char **argv)
{
  guint image_bytes = argc > 1 && strcmp (argv[1], "--quick") == 0 ? 65536 : 262144;
  struct rusage usage;

  setvbuf (stdout, NULL, _IOLBF, 0);
  if (argc > 1 && strcmp (argv[1], "--peer") == 0) {
    compare_with_stm32flash ();
    return 0;
  }
  double one = measure (1, image_bytes, TRUE);
  double many = measure (8, image_bytes, TRUE);
  printf ("eight DFU sites take %.3f times one\n", many / one);
  measure (16, 65536, FALSE);
  getrusage (RUSAGE_SELF, &usage);
  printf ("largest resident size with 16 sites, the bench and its flashes of 1 MiB included: %.1f MiB\n",
          (double) usage.ru_maxrss / 1024);
  one = measure (1, image_bytes, FALSE);
  many = measure (32, image_bytes, FALSE);
  printf ("32 sites take %.3f times one\n", many / one);
  compare_with_stm32flash ();
  time_the_start ();
  return 0;
}
