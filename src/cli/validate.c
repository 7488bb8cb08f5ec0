#include "src/cli/command.h"

#include "src/base/fields.h"
#include "src/job/job.h"
#include "src/journal/query.h"
#include "src/station/approval.h"
#include "src/station/station.h"

/* What a file is, by the key that only its kind has at the top. */
typedef enum { FILE_STATION, FILE_BENCH, FILE_JOB, FILE_UNKNOWN } FileKind;

static gboolean
read_kind (const char *path, FileKind *out, GError **error)
{
  g_autofree char *bytes = NULL;
  gsize length = 0;
  g_autoptr (GError) unread = NULL;

  if (!g_file_get_contents (path, &bytes, &length, &unread)) {
    stn_error_set (error, STN_FAILURE_BAD_FILE, "%s: %s", path, unread->message);
    return FALSE;
  }
  g_autoptr (StnYaml) yaml = stn_yaml_parse (path, bytes, length, error);
  if (yaml == NULL)
    return FALSE;
  /* a station may have a `bench:` too, so the station comes first */
  const StnNode *root = stn_yaml_root (yaml);
  if (stn_node_get (root, "station") != NULL || stn_node_get (root, "banks") != NULL)
    *out = FILE_STATION;
  else if (stn_node_get (root, "job") != NULL || stn_node_get (root, "images") != NULL)
    *out = FILE_JOB;
  else if (stn_node_get (root, "boards") != NULL || stn_node_get (root, "bench") != NULL)
    *out = FILE_BENCH;
  else {
    stn_node_error (root, error, "a station, bench or job file, which begin with `station:`, `bench:` or `job:`", NULL,
                    "the kind of the file");
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_station (const char *path, GError **error)
{
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  g_autoptr (StnStation) station = stn_station_load (path, clock, error);
  guint count = 0;

  if (station == NULL || !stn_station_check (station, error))
    return FALSE;
  const char *const *warnings = stn_station_warnings (station, &count);
  for (guint i = 0; i < count; i++)
    g_printerr ("warning: %s\n", warnings[i]);
  return TRUE;
}

static gboolean
check_job (const char *path, StnStation *station, StnTargets *targets, char **out_words, GError **error)
{
  g_autoptr (StnJob) job = stn_job_load (path, error);
  if (job == NULL)
    return FALSE;
  *out_words = g_strdup_printf (", %s", job->signature->words);
  if (station == NULL) {
    g_autoptr (StnPlan) plan = stn_station_plan_without (targets, job, error);
    return plan != NULL;
  }
  g_autoptr (GPtrArray) plans = stn_station_plans (station, job, error);
  if (plans == NULL)
    return FALSE;
  if (stn_station_wants_approval (station)) {
    g_autoptr (GError) refused = NULL;
    g_autoptr (StnQuery) query = stn_query_open (stn_station_journal_path (station), &refused);
    if (query == NULL || !stn_approval_check (query, job, &refused))
      g_printerr ("warning: %s: %s\n", path, refused->message);
  }
  return TRUE;
}

static gboolean
check_file (const char *path, StnStation *station, StnTargets *targets, char **out_words, GError **error)
{
  FileKind kind = FILE_UNKNOWN;
  if (!read_kind (path, &kind, error))
    return FALSE;
  switch (kind) {
  case FILE_STATION:
    return check_station (path, error);
  case FILE_BENCH:
    return stn_station_check_bench (path, error);
  default:
    return check_job (path, station, targets, out_words, error);
  }
}

int
stn_command_validate (const StnCommand *self, int argc, char **argv)
{
  g_autofree char *station_path = NULL;
  gboolean quiet = FALSE;
  const GOptionEntry entries[] = {
    { "station", 0, 0, G_OPTION_ARG_FILENAME, &station_path, "Plan jobs for this station's wiring", "FILE" },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &quiet, "Say nothing where all is well", NULL },
    G_OPTION_ENTRY_NULL,
  };
  int code = STN_EXIT_PASSED;
  g_autoptr (GError) error = NULL;
  g_autoptr (StnStation) station = NULL;

  if (!stn_command_parse (self, entries, &argc, &argv, &code))
    return code;
  if (argc < 2)
    return stn_command_usage (self, "expected at least one file");
  g_autoptr (StnTargets) targets = stn_station_read_targets (&error);
  if (targets == NULL)
    return stn_command_fail (error);
  if (station_path != NULL) {
    g_autoptr (StnClock) clock = stn_clock_new_real ();
    station = stn_station_load (station_path, clock, &error);
    if (station == NULL)
      return stn_command_fail (error);
  }
  /* all of them, so that one call tells everything */
  for (int i = 1; i < argc; i++) {
    g_autoptr (GError) wrong = NULL;
    g_autofree char *words = NULL; /* of a job: whether it is signed, and by whom */
    if (check_file (argv[i], station, targets, &words, &wrong)) {
      if (!quiet)
        g_print ("%s: ok%s\n", argv[i], words != NULL ? words : "");
      continue;
    }
    g_printerr ("%s\n", wrong->message);
    code = STN_EXIT_INPUT;
  }
  return code;
}
