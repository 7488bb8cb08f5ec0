#include "ui/places.h"

/* `marker` is a file or folder in it. */
static char *
find (const char *const *places, const char *marker)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = program != NULL ? g_path_get_dirname (program) : g_strdup (".");
  for (guint i = 0; places[i] != NULL; i++) {
    g_autofree char *place = g_build_filename (folder, places[i], NULL);
    g_autofree char *path = g_build_filename (place, marker, NULL);
    if (g_file_test (path, G_FILE_TEST_EXISTS))
      return g_canonicalize_filename (place, NULL);
  }
  return NULL;
}

char *
stn_place_sounds (void)
{
  /* BUILD/ui, BUILD/tests/ui, PREFIX/bin */
  const char *const places[] = { "sounds", "../../ui/sounds", "../share/station/sounds", NULL };
  return find (places, "pass.wav");
}

char *
stn_place_schemas (void)
{
  const char *const places[] = { "../data", "../../data", "../share/glib-2.0/schemas", NULL };
  return find (places, "gschemas.compiled");
}

char *
stn_place_locale (void)
{
  const char *const places[] = { "../data/po", "../../data/po", "../share/locale", NULL };
  return find (places, "de/LC_MESSAGES/station.mo");
}
