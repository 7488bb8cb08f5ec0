#include "ui/drawer.h"

#include <glib/gi18n.h>

#include "ui/metrics.h"
#include "ui/screen-private.h"
#include "ui/tile-looks.h"

enum { PAGE_STEPS, PAGE_MESSAGES, PAGE_BOARD, PAGE_LAST, PAGE_LESSONS, PAGE_COUNT };
static const struct {
  const char *name, *title;
} pages[PAGE_COUNT] = {
  { "steps", N_ ("Steps") },
  { "messages", N_ ("Messages") },
  { "board", N_ ("Board") },
  { "last", N_ ("Before") },
  { "lessons", N_ ("Lesson") },
};

struct _StnDrawer {
  GtkBox parent;
  GtkLabel *title, *state, *sentence;
  GtkStack *pages;
  GtkButton *close, *identify, *switch_off;
  StnRows *rows[PAGE_COUNT];
  GtkWidget *scrolls[PAGE_COUNT];
  char *site;
  gboolean shows_fault; /* its last step is the one that went wrong */
};

G_DEFINE_TYPE (StnDrawer, stn_drawer, GTK_TYPE_BOX)

/* What went wrong is the last step: on a low screen it would stand below the edge. */
static gboolean
scroll_down (gpointer data)
{
  GtkAdjustment *place = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (data));
  gtk_adjustment_set_value (place, gtk_adjustment_get_upper (place));
  g_object_unref (data);
  return G_SOURCE_REMOVE;
}

static void
show_fault (StnDrawer *self, const GPtrArray *steps)
{
  const StnModelRow *last = steps->len > 0 ? g_ptr_array_index ((GPtrArray *) steps, steps->len - 1) : NULL;
  gboolean is_bad = last != NULL && last->is_warning;
  if (is_bad && !self->shows_fault) /* after the rows have their places */
    g_idle_add_full (G_PRIORITY_LOW, scroll_down, g_object_ref (self->scrolls[PAGE_STEPS]), NULL);
  self->shows_fault = is_bad;
}

void
stn_drawer_show (StnDrawer *self, const StnModel *model)
{
  g_autofree char *title = g_strdup_printf (_ ("Site %s"), model->drawer_site != NULL ? model->drawer_site : "");
  const GPtrArray *const lists[PAGE_COUNT] = { model->drawer_steps, model->drawer_messages, model->drawer_board,
                                               model->drawer_last, model->drawer_lessons };
  stn_label_set (self->title, title);
  stn_label_set (self->state, _ (stn_tile_look (model->drawer_state)->spoken));
  stn_label_set_or_hide (self->sentence, model->drawer_sentence);
  for (guint i = 0; i < PAGE_COUNT; i++)
    stn_rows_show (self->rows[i], lists[i]);
  gtk_widget_set_visible (self->scrolls[PAGE_LESSONS], model->drawer_lessons->len > 0);
  if (g_strcmp0 (self->site, model->drawer_site) != 0) {
    g_free (self->site);
    self->site = g_strdup (model->drawer_site);
    /* in training a site where nothing ran yet is looked at to choose its lesson */
    gboolean is_lesson = model->drawer_lessons->len > 0 && model->drawer_state != STN_TILE_FAIL;
    gtk_stack_set_visible_child_name (self->pages, pages[is_lesson ? PAGE_LESSONS : PAGE_STEPS].name);
    self->shows_fault = FALSE;
    gtk_actionable_set_action_target_value (GTK_ACTIONABLE (self->identify),
                                            g_variant_new_string (self->site != NULL ? self->site : ""));
    gtk_actionable_set_action_target_value (GTK_ACTIONABLE (self->switch_off),
                                            g_variant_new_string (self->site != NULL ? self->site : ""));
  }
  show_fault (self, model->drawer_steps);
  gtk_button_set_label (self->switch_off, model->drawer_state == STN_TILE_OFF ? _ ("Switch on…") : _ ("Switch off…"));
}

static void
stn_drawer_finalize (GObject *object)
{
  g_free (STN_DRAWER (object)->site);
  G_OBJECT_CLASS (stn_drawer_parent_class)->finalize (object);
}

static void
stn_drawer_class_init (StnDrawerClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->finalize = stn_drawer_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/stationctl/Station/drawer.ui");
  gtk_widget_class_bind_template_child (widget_class, StnDrawer, title);
  gtk_widget_class_bind_template_child (widget_class, StnDrawer, state);
  gtk_widget_class_bind_template_child (widget_class, StnDrawer, sentence);
  gtk_widget_class_bind_template_child (widget_class, StnDrawer, pages);
  gtk_widget_class_bind_template_child (widget_class, StnDrawer, close);
  gtk_widget_class_bind_template_child (widget_class, StnDrawer, identify);
  gtk_widget_class_bind_template_child (widget_class, StnDrawer, switch_off);
  gtk_widget_class_set_css_name (widget_class, "drawer");
}

static void
stn_drawer_init (StnDrawer *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  int touch = stn_metrics_pixels (GTK_WIDGET (self), STN_TOUCH_MM);
  for (guint i = 0; i < PAGE_COUNT; i++) {
    GtkWidget *scroll = gtk_scrolled_window_new (NULL, NULL);
    gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroll), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
    self->rows[i] = STN_ROWS (stn_rows_new ());
    gtk_container_add (GTK_CONTAINER (scroll), GTK_WIDGET (self->rows[i]));
    gtk_widget_show_all (scroll);
    self->scrolls[i] = scroll;
    gtk_stack_add_titled (self->pages, scroll, pages[i].name, _ (pages[i].title));
  }
  stn_rows_set_columns (self->rows[PAGE_LESSONS], 2);
  gtk_box_set_spacing (GTK_BOX (self->rows[PAGE_LESSONS]), 6);
  stn_screen_connect_rows (self->rows[PAGE_LESSONS], "lesson", NULL, NULL);
  gtk_widget_set_size_request (GTK_WIDGET (self->close), touch, touch * 2 / 3);
  gtk_widget_set_size_request (GTK_WIDGET (self->identify), -1, touch);
}
