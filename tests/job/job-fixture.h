/* What the job tests share: a folder of its own for each test, jobs written into it, plans for them. */
#pragma once

#include <glib/gstdio.h>
#include <string.h>

#include "src/job/bind.h"
#include "src/job/serial-pattern.h"

/* A line that a job for a part which is shipped without its pin needs, and that changes nothing. */
#define STAYS_AS_SHIPPED "boot: { rom-entry: as-shipped }\n"

/* That line, where `more` says nothing of it. */
static inline const char *
stays_as_shipped (const char *more)
{
  return strstr (more, "boot: {") != NULL ? "" : STAYS_AS_SHIPPED;
}

typedef struct {
  char *folder;
  StnTargets *targets;
} Fixture;

static inline void
fixture_set_up (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (GError) error = NULL;
  self->folder = g_dir_make_tmp ("station-job-XXXXXX", &error);
  g_assert_no_error (error);
  self->targets = stn_targets_new (NULL, &error);
  g_assert_no_error (error);
}

static inline void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (GDir) entries = g_dir_open (self->folder, 0, NULL);
  for (const char *name = g_dir_read_name (entries); name != NULL; name = g_dir_read_name (entries)) {
    g_autofree char *path = g_build_filename (self->folder, name, NULL);
    g_assert_cmpint (g_remove (path), ==, 0);
  }
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->folder);
  stn_targets_free (self->targets);
}

static inline void
write_file (const Fixture *self, const char *name, gconstpointer bytes, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_file_set_contents (path, bytes, (gssize) length, &error);
  g_assert_no_error (error);
}

/* `length` bytes that begin with vectors which can start at `address` (RAM at 0x20000000), then `fill`. */
static inline void
write_bin (const Fixture *self, const char *name, guint64 address, gsize length, guint8 fill)
{
  g_autofree guint8 *bytes = g_malloc (length);
  memset (bytes, fill, length);
  guint32 vectors[2] = { GUINT32_TO_LE (0x20001000), GUINT32_TO_LE ((guint32) address + 9) };
  memcpy (bytes, vectors, sizeof vectors);
  write_file (self, name, bytes, length);
}

static inline StnJob *
load_job (const Fixture *self, const char *yaml, GError **error)
{
  write_file (self, "job.yaml", yaml, strlen (yaml));
  g_autofree char *path = g_build_filename (self->folder, "job.yaml", NULL);
  return stn_job_load (path, error);
}

static inline StnJob *
job_or_fail (const Fixture *self, const char *yaml)
{
  g_autoptr (GError) error = NULL;
  StnJob *job = load_job (self, yaml, &error);
  g_assert_no_error (error);
  g_assert_nonnull (job);
  return job;
}

static const StnWiring plain_wiring = { .has_uart = TRUE, .has_nrst = TRUE, .has_boot0 = TRUE, .baud = 115200 };
static const StnWiring power_wiring = { .has_uart = TRUE,
                                        .has_nrst = TRUE,
                                        .has_boot0 = TRUE,
                                        .has_power = TRUE,
                                        .baud = 115200,
                                        .power_off_ns = 500000000,
                                        .power_settle_ns = 50000000 };

static inline StnPlan *
plan_or_fail (const Fixture *self, const char *yaml, const StnWiring *wiring)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnJob) job = job_or_fail (self, yaml);
  StnPlan *plan = stn_plan_new (job, self->targets, stn_engine_class_by_name ("uart"), wiring, &error);
  g_assert_no_error (error);
  g_assert_nonnull (plan);
  return plan;
}

/* The plan is refused with this failure and this text, whatever text for NULL; FILE stands for the job file's path. */
static inline void
assert_refused (const Fixture *self, const char *yaml, const StnWiring *wiring, StnFailure failure, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnJob) job = load_job (self, yaml, &error);
  g_autoptr (StnPlan) plan =
      job == NULL ? NULL : stn_plan_new (job, self->targets, stn_engine_class_by_name ("uart"), wiring, &error);
  g_assert_null (plan);
  g_assert_nonnull (error);
  g_autoptr (GString) text = g_string_new (error->message);
  g_autofree char *prefix = g_strconcat (self->folder, "/", NULL);
  g_string_replace (text, prefix, "", 0);
  if (message != NULL)
    g_assert_cmpstr (text->str, ==, message);
  g_assert_cmpstr (stn_failure_name (stn_error_failure (error)), ==, stn_failure_name (failure));
}

#define add_test(path, function) g_test_add (path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
