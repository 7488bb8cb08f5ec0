/* Takes photographs of every scene: photograph FOLDER [SCENE-PREFIX]…; tests/ui/screenshots runs it. A window of the
 * wanted size is put up, laid out, and drawn into a picture; no window manager is needed. */
#include <gtk/gtk.h>
#include <libintl.h>
#include <string.h>

#include "tests/ui/page-scenes.h"
#include "tests/ui/scenes.h"
#include "ui/pages.h"
#include "ui/style.h"
#include "ui/window.h"

typedef struct {
  const char *name;
  int width, height;
  StnColours colours;
  gboolean is_grey;
} Look;

static const Look looks[] = {
  { "1920x1080", 1920, 1080, STN_COLOURS_LIGHT, FALSE },
  { "1024x600", 1024, 600, STN_COLOURS_LIGHT, FALSE },
  { "dark", 1920, 1080, STN_COLOURS_DARK, FALSE },
  { "contrast", 1280, 800, STN_COLOURS_CONTRAST, FALSE },
  { "grey", 1920, 1080, STN_COLOURS_LIGHT, TRUE },
};

static void
make_grey (cairo_surface_t *surface)
{
  cairo_surface_flush (surface);
  guint8 *pixels = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface), width = cairo_image_surface_get_width (surface);
  for (int y = 0; y < cairo_image_surface_get_height (surface); y++)
    for (int x = 0; x < width; x++) {
      guint8 *pixel = pixels + y * stride + x * 4; /* blue, green, red on the machines that this is for */
      guint8 grey = (guint8) (0.114 * pixel[0] + 0.587 * pixel[1] + 0.299 * pixel[2] + 0.5);
      pixel[0] = pixel[1] = pixel[2] = grey;
    }
  cairo_surface_mark_dirty (surface);
}

static void
settle (void)
{
  for (guint i = 0; i < 30; i++) {
    while (gtk_events_pending ())
      gtk_main_iteration_do (FALSE);
    g_usleep (2000);
  }
}

static gboolean
photograph (StnWindow *window, const Look *look, const char *path)
{
  GtkAllocation place;
  gtk_widget_get_allocation (GTK_WIDGET (window), &place);
  if (place.width != look->width || place.height != look->height)
    g_printerr ("%s: the window is %dx%d\n", path, place.width, place.height);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, place.width, place.height);
  cairo_t *cairo = cairo_create (surface);
  gtk_widget_draw (GTK_WIDGET (window), cairo);
  cairo_destroy (cairo);
  if (look->is_grey)
    make_grey (surface);
  gboolean ok = cairo_surface_write_to_png (surface, path) == CAIRO_STATUS_SUCCESS;
  cairo_surface_destroy (surface);
  return ok;
}

static gboolean
is_wanted (const char *name, char **prefixes)
{
  if (prefixes[0] == NULL)
    return TRUE;
  for (guint i = 0; prefixes[i] != NULL; i++)
    if (g_str_has_prefix (name, prefixes[i]))
      return TRUE;
  return FALSE;
}

/* The pages beside the run, in front of a cycle that is being loaded. */
static int
photograph_pages (StnWindow *window, const Look *look, const char *folder, char **prefixes)
{
  const StnScene *live = stn_scenes;
  int failed = 0;
  while (live[1].name != NULL && !g_str_equal (live->name, "s2-8-ready"))
    live++;
  for (const StnPageScene *scene = stn_page_scenes; scene->name != NULL; scene++) {
    if (!is_wanted (scene->name, prefixes))
      continue;
    g_autoptr (StnModel) model = live->make ();
    GtkWidget *page = scene->make ();
    stn_window_add_page (window, page, scene->name);
    gtk_widget_show (GTK_WIDGET (window));
    stn_window_set_page (window, scene->name);
    stn_window_show (window, model);
    gtk_window_resize (GTK_WINDOW (window), look->width, look->height);
    settle ();
    g_autofree char *path = g_strdup_printf ("%s/%s.png", folder, scene->name);
    failed += !photograph (window, look, path);
    stn_window_set_page (window, NULL);
    gtk_widget_destroy (page);
  }
  return failed;
}

int
main (int argc, char **argv)
{
  gtk_init (&argc, &argv);
  stn_style_init ();
  bindtextdomain ("station", g_getenv ("STN_LOCALE_DIR") != NULL ? g_getenv ("STN_LOCALE_DIR") : ".");
  bind_textdomain_codeset ("station", "UTF-8");
  textdomain ("station");
  if (argc < 2)
    return 2;
  const char *only_look = g_getenv ("STN_LOOK");
  int failed = 0;
  for (guint k = 0; k < G_N_ELEMENTS (looks); k++) {
    const Look *look = &looks[k];
    if (only_look != NULL && strcmp (only_look, look->name) != 0)
      continue;
    stn_style_apply (gdk_screen_get_default (), look->colours);
    g_autofree char *folder = g_build_filename (argv[1], look->name, NULL);
    g_mkdir_with_parents (folder, 0755);
    StnWindow *window = g_object_new (STN_TYPE_WINDOW, NULL);
    stn_pages_attach (window); /* the actions of their buttons */
    gtk_window_set_default_size (GTK_WINDOW (window), look->width, look->height);
    for (const StnScene *scene = stn_scenes; scene->name != NULL; scene++) {
      if (!is_wanted (scene->name, argv + 2))
        continue;
      g_autoptr (StnModel) model = scene->make ();
      stn_window_set_lot (window, "L-2547-03", "480");
      stn_window_show (window, model);
      gtk_widget_show (GTK_WIDGET (window));
      gtk_window_resize (GTK_WINDOW (window), look->width, look->height);
      settle ();
      g_autofree char *path = g_strdup_printf ("%s/%s.png", folder, scene->name);
      failed += !photograph (window, look, path);
    }
    failed += photograph_pages (window, look, folder, argv + 2);
    gtk_widget_destroy (GTK_WIDGET (window));
  }
  return failed > 0;
}
