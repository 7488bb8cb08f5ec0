#include "ui/application.h"

#include <glib/gi18n.h>

#include "ui/controller.h"
#include "ui/pages.h"
#include "ui/places.h"
#include "ui/style.h"

#define SCHEMA "io.stationctl.Station"
#define MUTE_S 60

struct _StnApplication {
  GtkApplication parent;
  GSettings *settings; /* NULL: the schema is not installed; everything has its default */
  StnSounds *sounds;
  StnWindow *window;
  StnController *controller;
  char *station, *jobs, *job, *lot, *badge;
  gint64 quantity;
  gboolean is_kiosk;
  guint inhibited;
  gulong first_draw;
};

G_DEFINE_TYPE (StnApplication, stn_application, GTK_TYPE_APPLICATION)

/* ---- settings ---- */

static GSettings *
open_settings (void)
{
  g_autofree char *folder = stn_place_schemas ();
  GSettingsSchemaSource *usual = g_settings_schema_source_get_default ();
  GSettingsSchemaSource *source = folder != NULL ? g_settings_schema_source_new_from_directory (folder, usual, FALSE, NULL) : NULL;
  GSettingsSchema *schema = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, SCHEMA, TRUE);
  else if (usual != NULL)
    schema = g_settings_schema_source_lookup (usual, SCHEMA, TRUE);
  GSettings *settings = schema != NULL ? g_settings_new_full (schema, NULL, NULL) : NULL;
  g_clear_pointer (&schema, g_settings_schema_unref);
  g_clear_pointer (&source, g_settings_schema_source_unref);
  return settings;
}

static char *
setting (StnApplication *self, const char *key)
{
  char *text = self->settings != NULL ? g_settings_get_string (self->settings, key) : NULL;
  if (text != NULL && *text == '\0')
    g_clear_pointer (&text, g_free);
  return text;
}

static void
apply_colours (StnApplication *self)
{
  g_autofree char *name = setting (self, "colours");
  stn_style_apply (gdk_screen_get_default (), stn_colours_from_name (name));
}

static void
apply_scanner (StnApplication *self)
{
  g_autofree char *device = setting (self, "scanner-device");
  g_autofree char *prefix = setting (self, "scanner-prefix");
  g_autofree char *suffix = setting (self, "scanner-suffix");
  guint gap_ms = self->settings != NULL ? g_settings_get_uint (self->settings, "scanner-gap") : 0;
  stn_window_set_scanner (self->window, device, prefix, suffix, gap_ms);
}

static void
on_paper_chosen (GtkWidget *reports G_GNUC_UNUSED, const char *paper, StnApplication *self)
{
  g_autofree char *now = setting (self, "paper");
  if (self->settings != NULL && g_strcmp0 (now, paper) != 0)
    g_settings_set_string (self->settings, "paper", paper);
}

/* What was chosen is kept; what is only usual here is not. */
static void
apply_paper (StnApplication *self)
{
  g_autofree char *paper = setting (self, "paper");
  StnPages *pages = stn_pages_of (self->window);
  stn_pages_set_paper (pages, paper);
  g_signal_connect (stn_pages_reports (pages), "paper-chosen", G_CALLBACK (on_paper_chosen), self);
}

static void
on_setting (GSettings *settings G_GNUC_UNUSED, const char *key, StnApplication *self)
{
  if (g_str_equal (key, "colours"))
    apply_colours (self);
  else if (g_str_has_prefix (key, "scanner-") && self->window != NULL)
    apply_scanner (self);
}

/* ---- actions ---- */

static void
on_colours (GSimpleAction *action, GVariant *value, gpointer data)
{
  StnApplication *self = data;
  g_simple_action_set_state (action, value);
  if (self->settings != NULL)
    g_settings_set_string (self->settings, "colours", g_variant_get_string (value, NULL));
  else
    stn_style_apply (gdk_screen_get_default (), stn_colours_from_name (g_variant_get_string (value, NULL)));
}

static void
on_mute (GSimpleAction *action G_GNUC_UNUSED, GVariant *parameter G_GNUC_UNUSED, gpointer data)
{
  stn_sounds_mute (STN_APPLICATION (data)->sounds, MUTE_S);
}

static void
on_sound_check (GSimpleAction *action G_GNUC_UNUSED, GVariant *parameter G_GNUC_UNUSED, gpointer data)
{
  stn_sounds_check (STN_APPLICATION (data)->sounds);
}

static void
on_about (GSimpleAction *action G_GNUC_UNUSED, GVariant *parameter G_GNUC_UNUSED, gpointer data)
{
  StnApplication *self = data;
  /* not modal: a scan goes on reaching the window behind it */
  GtkWidget *dialog = g_object_new (GTK_TYPE_ABOUT_DIALOG, "program-name", _ ("Station"), "version", STN_VERSION,
                                    "logo-icon-name", "io.stationctl.Station", "license-type", GTK_LICENSE_APACHE_2_0,
                                    "comments", _ ("Programs STM32 boards, and keeps the record."), "transient-for",
                                    self->window, NULL);
  g_signal_connect (dialog, "response", G_CALLBACK (gtk_widget_destroy), NULL);
  gtk_widget_show (dialog);
}

static void
on_quit (GSimpleAction *action G_GNUC_UNUSED, GVariant *parameter G_GNUC_UNUSED, gpointer data)
{
  StnApplication *self = data;
  if (self->window != NULL)
    gtk_window_close (GTK_WINDOW (self->window));
}

static const GActionEntry actions[] = {
  { "colours", NULL, "s", "'light'", on_colours, { 0 } },
  { "mute", on_mute, NULL, NULL, NULL, { 0 } },
  { "sound-check", on_sound_check, NULL, NULL, NULL, { 0 } },
  { "about", on_about, NULL, NULL, NULL, { 0 } },
  { "quit", on_quit, NULL, NULL, NULL, { 0 } },
};

/* Plain letters and Space are the window's (take_key): they are letters where somebody writes. */
static const struct {
  const char *action, *key;
} accelerators[] = {
  { "win.stop", "F12" },          { "win.end-lot", "<Primary>e" },
  { "win.fullscreen", "F11" },    { "win.menu", "F10" },
  { "app.mute", "F9" },           { "win.history", "<Primary>h" },
  { "win.code", "<Primary>t" },   { "win.unlock", "<Primary>u" },
  { "app.quit", "<Primary>q" },   { "win.show-help-overlay", "<Primary>question" },
  { "win.reports", "<Primary>r" },  { "win.check-wiring", "<Primary>w" },
};

static void
add_accelerators (StnApplication *self)
{
  static const char *const modifiers[] = { "", "<Shift>", "<Primary>", "<Primary><Shift>" };
  for (guint i = 0; i < G_N_ELEMENTS (accelerators); i++) {
    const char *const keys[] = { accelerators[i].key, NULL };
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), accelerators[i].action, keys);
  }
  for (guint site = 0; site < 32; site++) {
    g_autofree char *action = g_strdup_printf ("win.site-number(uint32 %u)", site);
    g_autofree char *key = g_strdup_printf ("%sF%u", modifiers[site / 8], site % 8 + 1);
    const char *const keys[] = { key, NULL };
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), action, keys);
  }
}

/* ---- the window ---- */

/* For the log, and for who measures it. */
static gboolean
on_first_draw (GtkWidget *window, cairo_t *cairo G_GNUC_UNUSED, StnApplication *self)
{
  g_info ("the window is drawn");
  g_clear_signal_handler (&self->first_draw, window);
  return GDK_EVENT_PROPAGATE;
}

/* Boards at work are finished first: the window stays until they are. */
static gboolean
on_delete (GtkWidget *window, GdkEvent *event G_GNUC_UNUSED, StnApplication *self)
{
  if (self->controller != NULL && stn_controller_is_busy (self->controller)) {
    g_action_group_activate_action (G_ACTION_GROUP (window), "stop", NULL);
    return GDK_EVENT_STOP;
  }
  if (self->settings != NULL) {
    int width, height;
    gtk_window_get_size (GTK_WINDOW (window), &width, &height);
    g_settings_set (self->settings, "window-size", "(ii)", width, height);
  }
  g_clear_pointer (&self->controller, stn_controller_free);
  return GDK_EVENT_PROPAGATE;
}

/* GTK looks for it while it starts, before the window's resources are there. */
static void
add_help_overlay (StnApplication *self)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/io/stationctl/Station/gtk/help-overlay.ui");
  gtk_application_window_set_help_overlay (GTK_APPLICATION_WINDOW (self->window),
                                           GTK_SHORTCUTS_WINDOW (gtk_builder_get_object (builder, "help_overlay")));
}

static void
open_window (StnApplication *self)
{
  g_autofree char *job_folder = self->jobs != NULL ? g_strdup (self->jobs) : setting (self, "job-folder");
  self->window = stn_window_new (GTK_APPLICATION (self));
  add_help_overlay (self);
  stn_pages_attach (self->window);
  apply_scanner (self);
  apply_paper (self);
  if (self->settings != NULL) {
    int width, height;
    g_settings_get (self->settings, "window-size", "(ii)", &width, &height);
    GdkMonitor *monitor = gdk_display_get_monitor (gdk_display_get_default (), 0);
    GdkRectangle room = { .width = 8192, .height = 8192 };
    /* what was large on another screen begins no larger than this one: type and spacing go by the size */
    if (monitor != NULL)
      gdk_monitor_get_workarea (monitor, &room);
    gtk_window_set_default_size (GTK_WINDOW (self->window), CLAMP (width, 640, MAX (room.width, 640)),
                                 CLAMP (height, 400, MAX (room.height, 400)));
  }
  if (self->is_kiosk || (self->settings != NULL && g_settings_get_boolean (self->settings, "fullscreen")))
    gtk_window_fullscreen (GTK_WINDOW (self->window));
  self->first_draw = g_signal_connect_after (self->window, "draw", G_CALLBACK (on_first_draw), self);
  g_signal_connect (self->window, "delete-event", G_CALLBACK (on_delete), self);
  self->controller = stn_controller_new (self->window, self->sounds, self->station, job_folder);
  stn_controller_prepare (self->controller, self->badge, self->job, self->lot, (guint64) MAX (self->quantity, 0));
  /* the screen neither sleeps nor locks in a shift; where the desktop does not listen, nothing is lost */
  self->inhibited = gtk_application_inhibit (GTK_APPLICATION (self), GTK_WINDOW (self->window),
                                             GTK_APPLICATION_INHIBIT_IDLE | GTK_APPLICATION_INHIBIT_SUSPEND,
                                             _ ("Boards are being programmed"));
}

static void
stn_application_activate (GApplication *application)
{
  StnApplication *self = STN_APPLICATION (application);
  if (self->window == NULL)
    open_window (self);
  gtk_window_present (GTK_WINDOW (self->window));
}

static void
stn_application_startup (GApplication *application)
{
  StnApplication *self = STN_APPLICATION (application);
  G_APPLICATION_CLASS (stn_application_parent_class)->startup (application);
  stn_style_init ();
  self->settings = open_settings ();
  g_autofree char *sounds = stn_place_sounds ();
  self->sounds = stn_sounds_new (sounds);
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  add_accelerators (self);
  apply_colours (self);
  g_autofree char *colours = setting (self, "colours");
  if (colours != NULL)
    g_simple_action_set_state (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), "colours")),
                               g_variant_new_string (colours));
  if (self->settings != NULL)
    g_signal_connect (self->settings, "changed", G_CALLBACK (on_setting), self);
}

static void
stn_application_shutdown (GApplication *application)
{
  StnApplication *self = STN_APPLICATION (application);
  g_clear_pointer (&self->controller, stn_controller_free);
  g_clear_pointer (&self->sounds, stn_sounds_free);
  g_clear_object (&self->settings);
  G_APPLICATION_CLASS (stn_application_parent_class)->shutdown (application);
}

static void
stn_application_finalize (GObject *object)
{
  StnApplication *self = STN_APPLICATION (object);
  g_free (self->station);
  g_free (self->jobs);
  g_free (self->job);
  g_free (self->lot);
  g_free (self->badge);
  G_OBJECT_CLASS (stn_application_parent_class)->finalize (object);
}

static void
stn_application_class_init (StnApplicationClass *class)
{
  G_OBJECT_CLASS (class)->finalize = stn_application_finalize;
  G_APPLICATION_CLASS (class)->activate = stn_application_activate;
  G_APPLICATION_CLASS (class)->startup = stn_application_startup;
  G_APPLICATION_CLASS (class)->shutdown = stn_application_shutdown;
}

static void
stn_application_init (StnApplication *self)
{
  const GOptionEntry options[] = {
    { "station", 0, 0, G_OPTION_ARG_FILENAME, &self->station, N_ ("The station file"), "FILE" },
    { "jobs", 0, 0, G_OPTION_ARG_FILENAME, &self->jobs, N_ ("The folder of the jobs to choose from"), "FOLDER" },
    { "job", 0, 0, G_OPTION_ARG_FILENAME, &self->job, N_ ("The job to begin with"), "FILE" },
    { "lot", 0, 0, G_OPTION_ARG_STRING, &self->lot, N_ ("The lot to begin with"), "LOT" },
    { "quantity", 0, 0, G_OPTION_ARG_INT64, &self->quantity, N_ ("How many boards the lot has"), "N" },
    { "operator", 0, 0, G_OPTION_ARG_STRING, &self->badge, N_ ("The badge to sign in"), "BADGE" },
    { "kiosk", 0, 0, G_OPTION_ARG_NONE, &self->is_kiosk, N_ ("Full screen"), NULL },
    { 0 },
  };
  g_application_add_main_option_entries (G_APPLICATION (self), options);
}

StnApplication *
stn_application_new (void)
{
  /* a station of its own each: two windows with two station files are two programs */
  return g_object_new (STN_TYPE_APPLICATION, "application-id", SCHEMA, "flags", G_APPLICATION_NON_UNIQUE,
                       "resource-base-path", "/io/stationctl/Station", NULL);
}
