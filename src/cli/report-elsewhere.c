/* `report` and `card` of the program that programs boards: another program of the same sources takes them over, which has the
 * libraries that draw pages (cairo, pango, and the two dozen that those bring). They are half of what a start has to
 * load and relocate, and a line starts stationctl for every board. */
#include "src/cli/command.h"

#include <errno.h>
#include <unistd.h>

#define PROGRAM "stationctl-report"

/* Beside this program (a build folder), else where it is installed. */
static char *
find_program (void)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self != NULL ? g_path_get_dirname (self) : NULL;
  g_autofree char *beside = folder != NULL ? g_build_filename (folder, PROGRAM, NULL) : NULL;

  if (beside != NULL && g_file_test (beside, G_FILE_TEST_IS_EXECUTABLE))
    return g_steal_pointer (&beside);
  return g_build_filename (STN_LIBEXEC_DIR, PROGRAM, NULL);
}

/* Does not come back where that program starts. */
static int
hand_over (const StnCommand *self, int argc, char **argv)
{
  g_autofree char *path = find_program ();
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();

  g_ptr_array_add (arguments, (char *) "stationctl");
  g_ptr_array_add (arguments, (char *) self->name);
  for (int i = 1; i < argc; i++)
    g_ptr_array_add (arguments, argv[i]);
  g_ptr_array_add (arguments, NULL);
  execv (path, (char **) arguments->pdata);
  g_printerr ("stationctl: %s can't be started: %s\n", path, g_strerror (errno));
  return STN_EXIT_STATION;
}

int
stn_command_report (const StnCommand *self, int argc, char **argv)
{
  return hand_over (self, argc, argv);
}

int
stn_command_card (const StnCommand *self, int argc, char **argv)
{
  return hand_over (self, argc, argv);
}
