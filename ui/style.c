#include "ui/style.h"

#define RESOURCE "/io/stationctl/Station/css/"

const char *const stn_colours_names[STN_COLOURS_COUNT + 1] = { "light", "dark", "contrast", NULL };

/* made by glib-compile-resources */
void stn_ui_register_resource (void);

void
stn_style_init (void)
{
  stn_ui_register_resource ();
}

StnColours
stn_colours_from_name (const char *name)
{
  for (guint i = 0; name != NULL && i < STN_COLOURS_COUNT; i++)
    if (g_str_equal (stn_colours_names[i], name))
      return i;
  return STN_COLOURS_LIGHT;
}

void
stn_style_apply (GdkScreen *screen, StnColours colours)
{
  static GtkCssProvider *providers[2]; /* colours, rules: the program's own, until it ends */
  g_autofree char *colours_path = g_strconcat (RESOURCE, stn_colours_names[colours], ".css", NULL);
  const char *const paths[2] = { colours_path, RESOURCE "station.css" };

  /* what the program draws itself goes with Adwaita's widgets; other themes' buttons would not */
  g_object_set (gtk_settings_get_for_screen (screen), "gtk-theme-name", "Adwaita", "gtk-application-prefer-dark-theme",
                colours != STN_COLOURS_LIGHT, "gtk-icon-theme-name", "Adwaita", "gtk-enable-animations", FALSE, NULL);
  for (guint i = 0; i < 2; i++) {
    if (providers[i] != NULL)
      gtk_style_context_remove_provider_for_screen (screen, GTK_STYLE_PROVIDER (providers[i]));
    g_clear_object (&providers[i]);
    providers[i] = gtk_css_provider_new ();
    gtk_css_provider_load_from_resource (providers[i], paths[i]);
    gtk_style_context_add_provider_for_screen (screen, GTK_STYLE_PROVIDER (providers[i]),
                                               GTK_STYLE_PROVIDER_PRIORITY_APPLICATION + i);
  }
}
