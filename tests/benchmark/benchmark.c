/* The benchmark: ratios to the physical limit of the same bytes, in one process, without adapter turnaround. Prints
 * figures; asserts nothing (times are no test). Usage: benchmark [--quick]  (quick: 64 KB instead of 256). */
#include "tests/job/harness.h"
#include "src/bench/bench.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define BAUD 115200

static double
seconds (gint64 ns)
{
  return (double) ns / STN_NS_PER_S;
}

/* The wire and the silicon alone: 268 characters of 11 bits for each 256 bytes written and each read, shorter blocks in
 * proportion (AN3155: 2+5+1+n+1 characters out, 3 in; 2+5+2 out, 3+n in), and the flash's own time to program. */
static gint64
limit_ns (const StnPlan *plan)
{
  guint64 characters = 0;
  gint64 flash_ns = 0;

  for (guint i = 0; i < plan->block_count; i++) {
    characters += 12 + plan->blocks[i].length;
    flash_ns += stn_target_program_typical_ns (plan->target, plan->blocks[i].length);
  }
  if (plan->has_first_block) {
    characters += 12 + plan->first_block.length;
    flash_ns += stn_target_program_typical_ns (plan->target, plan->first_block.length);
  }
  for (guint i = 0; i < plan->span_count; i++)
    for (guint64 at = 0; at < plan->spans[i].length; at += 256)
      characters += 12 + MIN (256, plan->spans[i].length - at);
  return (gint64) (characters * 11 * (guint64) STN_NS_PER_S / BAUD) + flash_ns;
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

static double
process_cpu_seconds (void)
{
  struct timespec time;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double) time.tv_sec + (double) time.tv_nsec / 1e9;
}

static double
measure (guint sites, guint image_bytes, double *out_cpu_share)
{
  HarnessOptions options = {
    .part = "STM32F405xG",
    .sites = sites,
    .image_bytes = image_bytes,
    .paced = TRUE,
    .real_clock = g_getenv ("STN_BENCHMARK_VIRTUAL") == NULL,
    .no_serial = TRUE,
    .job_lines = "erase: touched\n",
  };
  g_autoptr (Harness) self = harness_new (&options);
  gint64 slowest_ns = 0;

  harness_build (self);
  double cpu = process_cpu_seconds ();
  gint64 started_ns = stn_clock_now_ns (self->clock);
  stn_runner_start (self->runner);
  stn_runner_wait (self->runner, -1);
  double wall = seconds (stn_clock_now_ns (self->clock) - started_ns);
  *out_cpu_share = (process_cpu_seconds () - cpu) / wall;
  for (guint i = 0; i < sites; i++) {
    g_autofree char *name = g_strdup_printf ("A%u", i + 1);
    const StnResult *result = harness_result (self, name);
    if (result == NULL || result->verdict != STN_VERDICT_PASS) {
      printf ("%s: %s\n", name, result != NULL ? result->message : "no result");
      continue;
    }
    slowest_ns = MAX (slowest_ns, steps_ns (result));
  }
  printf ("%2u site%s: program and read back %u KB at %u: %.3f s, limit of the same bytes %.3f s: %.2f %%\n", sites,
          sites == 1 ? " " : "s", image_bytes / 1024, BAUD, seconds (slowest_ns), seconds (limit_ns (self->plan)),
          100.0 * seconds (limit_ns (self->plan)) / seconds (slowest_ns));
  return seconds (slowest_ns);
}

int
main (int argc, char **argv)
{
  guint image_bytes = argc > 1 && strcmp (argv[1], "--quick") == 0 ? 65536 : 262144;
  double one_cpu, many_cpu;
  struct rusage usage;

  setvbuf (stdout, NULL, _IOLBF, 0);
  double one = measure (1, image_bytes, &one_cpu);
  double many = measure (32, image_bytes, &many_cpu);
  printf ("32 sites take %.3f times one\n", many / one);
  printf ("CPU of the whole process, bench included: one site %.1f %%, 32 sites %.1f %% of a core\n", 100 * one_cpu,
          100 * many_cpu);
  getrusage (RUSAGE_SELF, &usage);
  printf ("largest resident size, bench's 32 flashes of 1 MiB included: %.1f MiB\n", (double) usage.ru_maxrss / 1024);
  return 0;
}
