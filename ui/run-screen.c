#include "ui/run-screen.h"

#include "ui/counters.h"
#include "ui/drawer.h"
#include "ui/fails.h"
#include "ui/metrics.h"
#include "ui/site-grid.h"
#include "ui/unlock.h"

#define SITES_WITH_RAIL 16 /* more need the whole width */
#define LOW_SCREEN 440     /* pixels of it: a display of 600 */
#define LOW_COUNTERS 560   /* pixels that all the counters need */

struct _StnRunScreen {
  GtkBox parent;
  StnSiteGrid *grid;
  GtkBox *left;
  GtkStack *side;
  StnCounters *rail, *strip;
  StnDrawer *drawer;
  StnFails *fails;
  StnUnlock *unlock;
};

G_DEFINE_TYPE (StnRunScreen, stn_run_screen, GTK_TYPE_BOX)

static const char *const side_names[STN_SIDE_COUNT] = {
  [STN_SIDE_COUNTERS] = "counters", [STN_SIDE_DRAWER] = "drawer", [STN_SIDE_FAILS] = "fails", [STN_SIDE_UNLOCK] = "unlock"
};

void
stn_run_screen_show (StnRunScreen *self, const StnModel *model)
{
  gboolean is_strip = model->tiles->len > SITES_WITH_RAIL;
  gtk_widget_set_visible (GTK_WIDGET (self->strip), is_strip);
  gtk_widget_set_visible (GTK_WIDGET (self->side), !is_strip || model->side != STN_SIDE_COUNTERS);
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->side), side_names[model->side]) != 0)
    gtk_stack_set_visible_child_name (self->side, side_names[model->side]);
  stn_site_grid_show (self->grid, model);
  stn_counters_show (is_strip ? self->strip : self->rail, model);
  if (model->side == STN_SIDE_DRAWER)
    stn_drawer_show (self->drawer, model);
  else if (model->side == STN_SIDE_FAILS)
    stn_fails_show (self->fails, model);
  stn_unlock_show (self->unlock, model, model->side == STN_SIDE_UNLOCK);
}

void
stn_run_screen_beat (StnRunScreen *self, guint beat)
{
  stn_site_grid_beat (self->grid, beat);
}

void
stn_run_screen_focus_site (StnRunScreen *self, const char *site)
{
  stn_site_grid_focus (self->grid, site);
}

gboolean
stn_run_screen_type_pin (StnRunScreen *self, char key)
{
  return stn_unlock_type (self->unlock, key);
}

static void
on_site_activated (StnSiteGrid *grid G_GNUC_UNUSED, const char *site, StnRunScreen *self)
{
  GActionGroup *actions = gtk_widget_get_action_group (gtk_widget_get_toplevel (GTK_WIDGET (self)), "win");
  if (actions != NULL)
    g_action_group_activate_action (actions, "site", g_variant_new_string (site));
}

/* The side takes a fixed part of the width, whatever it shows: the sites do not move when it changes. */
static void
on_size_allocate (GtkWidget *widget, GtkAllocation *place, gpointer data G_GNUC_UNUSED)
{
  StnRunScreen *self = STN_RUN_SCREEN (widget);
  gboolean is_low = place->height < LOW_SCREEN;
  int wanted = CLAMP (place->width * 20 / 100, 250, 420), now;
  stn_counters_set_low (self->rail, place->height < LOW_COUNTERS);
  stn_fails_set_low (self->fails, is_low);
  gtk_widget_get_size_request (GTK_WIDGET (self->side), &now, NULL);
  if (now != wanted)
    gtk_widget_set_size_request (GTK_WIDGET (self->side), wanted, -1);
}

static void
stn_run_screen_class_init (StnRunScreenClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  g_type_ensure (STN_TYPE_SITE_GRID);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/stationctl/Station/run-screen.ui");
  gtk_widget_class_bind_template_child (widget_class, StnRunScreen, grid);
  gtk_widget_class_bind_template_child (widget_class, StnRunScreen, side);
  gtk_widget_class_bind_template_child (widget_class, StnRunScreen, left);
  gtk_widget_class_bind_template_callback (widget_class, on_site_activated);
  gtk_widget_class_set_css_name (widget_class, "runscreen");
}

static void
stn_run_screen_init (StnRunScreen *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->strip = STN_COUNTERS (stn_counters_new (TRUE));
  gtk_box_pack_end (self->left, GTK_WIDGET (self->strip), FALSE, FALSE, 0);
  self->rail = STN_COUNTERS (stn_counters_new (FALSE));
  self->drawer = g_object_new (STN_TYPE_DRAWER, NULL);
  self->fails = g_object_new (STN_TYPE_FAILS, NULL);
  self->unlock = g_object_new (STN_TYPE_UNLOCK, NULL);
  /* what is higher than the screen scrolls; the window never grows */
  GtkWidget *scroll = gtk_scrolled_window_new (NULL, NULL);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroll), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_container_add (GTK_CONTAINER (scroll), GTK_WIDGET (self->rail));
  gtk_widget_show (scroll);
  GtkWidget *const sides[STN_SIDE_COUNT] = {
    [STN_SIDE_COUNTERS] = scroll,
    [STN_SIDE_DRAWER] = GTK_WIDGET (self->drawer),
    [STN_SIDE_FAILS] = GTK_WIDGET (self->fails),
    [STN_SIDE_UNLOCK] = GTK_WIDGET (self->unlock),
  };
  for (guint i = 0; i < STN_SIDE_COUNT; i++)
    gtk_stack_add_named (self->side, sides[i], side_names[i]);
  g_signal_connect (self, "size-allocate", G_CALLBACK (on_size_allocate), NULL);
}
