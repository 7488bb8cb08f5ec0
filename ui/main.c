#include <glib/gi18n.h>
#include <locale.h>

#include "ui/application.h"
#include "ui/places.h"

int
main (int argc, char **argv)
{
  g_autofree char *locale = stn_place_locale ();

  /* nothing here is drawn by OpenGL; looking for a driver would take a third of the time to the first paint */
  g_setenv ("GDK_GL", "disable", FALSE);
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locale != NULL ? locale : STN_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname ("io.stationctl.Station");
  g_set_application_name (_ ("Station"));
  gtk_window_set_default_icon_name ("io.stationctl.Station");
  g_autoptr (StnApplication) application = stn_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
