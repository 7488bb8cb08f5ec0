#include "ui/save-place.h"

#include <glib/gstdio.h>

char *
stn_save_place (const char *kind, const char *about, const char *ending)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *moment = g_date_time_format (now, "%Y%m%d-%H%M%S");
  const char *documents = g_get_user_special_dir (G_USER_DIRECTORY_DOCUMENTS);
  g_autofree char *folder = g_build_filename (documents != NULL ? documents : g_get_home_dir (), "Station", NULL);
  g_autofree char *name
      = g_strdup_printf ("%s%s%s-%s.%s", kind, about != NULL ? "-" : "", about != NULL ? about : "", moment, ending);
  /* a lot may be called anything; a file may not */
  g_strcanon (name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.", '_');
  g_mkdir_with_parents (folder, 0755);
  return g_build_filename (folder, name, NULL);
}
