#include "src/cli/run-options.h"

#define DEMO_JOB "jobs/demo.yaml"
#define DEMO_STATION "stations/virtual-8.yaml"

/* The data folder: beside the program where it was built or unpacked, or where it was installed. */
static char *
find_data (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = program != NULL ? g_path_get_dirname (program) : g_strdup (".");
  const char *const places[][2] = {
    { folder, "../../../data" },    /* BUILD/src/cli in the source tree */
    { folder, "../share/station" }, /* PREFIX/bin */
    { STN_DATA_DIR, "" },
    { STN_SOURCE_DIR, "data" }, /* a build folder elsewhere */
  };
  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autofree char *place = g_build_filename (places[i][0], places[i][1], NULL);
    g_autofree char *station = g_build_filename (place, DEMO_STATION, NULL);
    if (g_file_test (station, G_FILE_TEST_EXISTS))
      return g_canonicalize_filename (place, NULL);
  }
  return NULL;
}

int
stn_command_demo (const StnCommand *self, int argc, char **argv)
{
  StnRunCommandOptions options;
  int code = STN_EXIT_PASSED;
  g_autofree char *data = find_data ();

  if (data == NULL) {
    g_printerr ("stationctl: the demo's files (%s) are not installed\n", DEMO_STATION);
    return STN_EXIT_STATION;
  }
  g_autofree char *job = g_build_filename (data, DEMO_JOB, NULL);
  g_autofree char *station = g_build_filename (data, DEMO_STATION, NULL);
  if (stn_run_command_options_parse (self, argc, argv, job, station, &options, &code))
    code = stn_run_program (self, &options, TRUE);
  stn_run_command_options_clear (&options);
  return code;
}
