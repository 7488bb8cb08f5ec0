#include "ui/counters.h"

#include <glib/gi18n.h>

#include "ui/label.h"

typedef enum {
  COUNT_FPY,
  COUNT_YIELD,
  COUNT_PASS,
  COUNT_AGAIN,
  COUNT_FAIL,
  COUNT_ERRORS,
  COUNT_RATE,
  COUNT_CYCLE,
  COUNT_HANDLING,
  COUNT_COUNT
} Count;

static const struct {
  const char *caption, *help;
  gboolean on_strip, is_large;
} counts[COUNT_COUNT] = {
  [COUNT_FPY] = { N_ ("First-pass yield"), N_ ("Boards that passed at their first run, of all boards with a verdict."), TRUE,
                  TRUE },
  [COUNT_YIELD] = { N_ ("Final yield"), N_ ("Boards whose last verdict is PASS, of all boards with a verdict."), FALSE,
                    TRUE },
  [COUNT_PASS] = { N_ ("Pass, first run"), N_ ("Boards that passed at their first run."), TRUE, FALSE },
  [COUNT_AGAIN] = { N_ ("Pass after retry"), N_ ("Boards that failed first and passed later."), FALSE, FALSE },
  [COUNT_FAIL] = { N_ ("Fail"), N_ ("Boards whose last verdict is FAIL."), TRUE, FALSE },
  [COUNT_ERRORS] = { N_ ("Station faults"), N_ ("Runs that the station broke off. They are no boards' verdicts."), FALSE,
                     FALSE },
  [COUNT_RATE] = { N_ ("Boards an hour"), N_ ("Boards that passed in the last 60 minutes."), TRUE, FALSE },
  [COUNT_CYCLE] = { N_ ("Cycle"), N_ ("From start to the last verdict, of the last cycle."), TRUE, FALSE },
  [COUNT_HANDLING] = { N_ ("Handling"), N_ ("From the last verdict to the next start."), FALSE, FALSE },
};

struct _StnCounters {
  GtkBox parent;
  gboolean is_strip;
  GtkWidget *lot_caption, *lot_value, *lot_bar, *remaining, *cycles;
  GtkLabel *values[COUNT_COUNT];
  StnCycleModel shown_cycles[STN_CYCLES_MOST];
  guint shown_cycle_count;
};

G_DEFINE_TYPE (StnCounters, stn_counters, GTK_TYPE_BOX)

static GtkWidget *
label_new (const char *text, const char *css_class, double xalign)
{
  GtkWidget *label = gtk_label_new (text);
  gtk_label_set_xalign (GTK_LABEL (label), (float) xalign);
  gtk_style_context_add_class (gtk_widget_get_style_context (label), css_class);
  gtk_widget_show (label);
  return label;
}

/* ---- the last cycles: a bar each, what failed on top ---- */

static gboolean
on_draw_cycles (GtkWidget *widget, cairo_t *cairo, StnCounters *self)
{
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  double width = gtk_widget_get_allocated_width (widget), height = gtk_widget_get_allocated_height (widget);
  double gap = 8, bar = (width - gap * (STN_CYCLES_MOST - 1)) / STN_CYCLES_MOST;
  GdkRGBA colour;

  gtk_style_context_get_color (style, gtk_style_context_get_state (style), &colour);
  for (guint i = 0; i < self->shown_cycle_count; i++) {
    const StnCycleModel *cycle = &self->shown_cycles[i];
    guint all = cycle->pass + cycle->fail + cycle->other;
    if (all == 0)
      continue;
    double x = (bar + gap) * i;
    double failed = height * cycle->fail / all, passed = height * cycle->pass / all;
    GdkRGBA light = colour;
    light.alpha = 0.28;
    gdk_cairo_set_source_rgba (cairo, &light);
    cairo_rectangle (cairo, x, height - passed, bar, passed);
    cairo_fill (cairo);
    light.alpha = 0.10;
    gdk_cairo_set_source_rgba (cairo, &light);
    cairo_rectangle (cairo, x, failed, bar, height - passed - failed);
    cairo_fill (cairo);
    gdk_cairo_set_source_rgba (cairo, &colour);
    cairo_rectangle (cairo, x, 0, bar, failed);
    cairo_fill (cairo);
  }
  return GDK_EVENT_PROPAGATE;
}

static void
show_cycles (StnCounters *self, const StnModel *model)
{
  gboolean same = self->shown_cycle_count == model->cycle_count;
  for (guint i = 0; same && i < model->cycle_count; i++)
    same = self->shown_cycles[i].pass == model->cycles[i].pass && self->shown_cycles[i].fail == model->cycles[i].fail
           && self->shown_cycles[i].other == model->cycles[i].other;
  if (same)
    return;
  self->shown_cycle_count = MIN (model->cycle_count, STN_CYCLES_MOST);
  for (guint i = 0; i < self->shown_cycle_count; i++)
    self->shown_cycles[i] = model->cycles[i];
  gtk_widget_queue_draw (self->cycles);
}

/* ---- values ---- */

static char *
permille_text (int permille)
{
  /* translators: a percentage with one decimal */
  return permille < 0 ? g_strdup ("–") : g_strdup_printf (_ ("%d.%d %%"), permille / 10, permille % 10);
}

static char *
seconds_text (double seconds)
{
  if (seconds < 0)
    return g_strdup ("–");
  if (seconds >= 120)
    return g_strdup_printf (_ ("%d min"), (int) (seconds / 60 + 0.5));
  return g_strdup_printf (_ ("%d s"), (int) (seconds + 0.5));
}

static char *
value_text (Count count, const StnCountersModel *model)
{
  switch (count) {
  case COUNT_FPY:
    return permille_text (model->fpy_permille);
  case COUNT_YIELD:
    return permille_text (model->yield_permille);
  case COUNT_PASS:
    return g_strdup_printf ("%" G_GUINT64_FORMAT, model->pass_first);
  case COUNT_AGAIN:
    return g_strdup_printf ("%" G_GUINT64_FORMAT, model->pass_again);
  case COUNT_FAIL:
    return g_strdup_printf ("%" G_GUINT64_FORMAT, model->fail);
  case COUNT_ERRORS:
    return g_strdup_printf ("%" G_GUINT64_FORMAT, model->station_errors);
  case COUNT_RATE:
    return model->units_per_hour < 0 ? g_strdup ("–") : g_strdup_printf ("%d", model->units_per_hour);
  case COUNT_CYCLE:
    return seconds_text (model->cycle_s);
  case COUNT_HANDLING:
    return seconds_text (model->handling_s);
  default:
    return g_strdup ("");
  }
}

void
stn_counters_show (StnCounters *self, const StnModel *model)
{
  const StnCountersModel *counters = &model->counters;
  g_autofree char *lot = NULL;

  g_autofree char *done = g_strdup_printf ("%" G_GUINT64_FORMAT, counters->done);
  g_autofree char *quantity = g_strdup_printf ("%" G_GUINT64_FORMAT, counters->quantity);
  /* translators: boards done, of how many */
  lot = counters->quantity > 0 ? g_strdup_printf (_ ("%s of %s"), done, quantity) : g_strdup (done);
  stn_label_set (GTK_LABEL (self->lot_value), lot);
  double fraction = counters->quantity > 0 ? (double) counters->done / (double) counters->quantity : 0;
  gtk_widget_set_visible (self->lot_bar, counters->quantity > 0);
  if (gtk_progress_bar_get_fraction (GTK_PROGRESS_BAR (self->lot_bar)) != CLAMP (fraction, 0, 1))
    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->lot_bar), CLAMP (fraction, 0, 1));
  if (self->remaining != NULL)
    stn_label_set_or_hide (GTK_LABEL (self->remaining), counters->remaining);
  for (guint i = 0; i < COUNT_COUNT; i++) {
    if (self->values[i] == NULL)
      continue;
    g_autofree char *text = value_text (i, counters);
    stn_label_set (self->values[i], text);
  }
  if (self->cycles != NULL)
    show_cycles (self, model);
}

void
stn_counters_set_low (StnCounters *self, gboolean is_low)
{
  GtkWidget *card = self->cycles != NULL ? gtk_widget_get_parent (self->cycles) : NULL;
  if (card != NULL && gtk_widget_get_visible (card) == is_low)
    gtk_widget_set_visible (card, !is_low);
}

/* ---- making it ---- */

static void
add_lot (StnCounters *self)
{
  GtkWidget *box = gtk_box_new (self->is_strip ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL, self->is_strip ? 12 : 4);
  self->lot_caption = label_new (_ ("Boards done"), "caption", 0);
  self->lot_value = label_new ("", "counter-large", 0);
  self->lot_bar = gtk_progress_bar_new ();
  gtk_widget_set_valign (self->lot_bar, GTK_ALIGN_CENTER);
  gtk_box_pack_start (GTK_BOX (box), self->lot_caption, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (box), self->lot_value, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (box), self->lot_bar, FALSE, FALSE, 0);
  if (!self->is_strip) {
    self->remaining = label_new ("", "caption", 0);
    gtk_box_pack_start (GTK_BOX (box), self->remaining, FALSE, FALSE, 0);
  }
  gtk_widget_show (box);
  if (!self->is_strip)
    gtk_style_context_add_class (gtk_widget_get_style_context (box), "card");
  gtk_box_pack_start (GTK_BOX (self), box, FALSE, FALSE, 0);
}

static GtkLabel *
add_value (GtkWidget *box, Count count, gboolean is_strip)
{
  gboolean is_large = counts[count].is_large && !is_strip;
  gboolean is_column = is_large || is_strip;
  GtkWidget *line = gtk_box_new (is_column ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL, is_column ? 0 : 10);
  GtkWidget *caption = label_new (_ (counts[count].caption), is_large || is_strip ? "caption" : "counter-caption", 0);
  GtkWidget *value = label_new ("–", is_large ? "counter-large" : "counter", is_column ? 0 : 1);
  gtk_widget_set_valign (line, is_strip ? GTK_ALIGN_CENTER : GTK_ALIGN_FILL);
  gtk_label_set_ellipsize (GTK_LABEL (caption), PANGO_ELLIPSIZE_END);
  gtk_box_pack_start (GTK_BOX (line), caption, !is_column, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (line), value, FALSE, FALSE, 0);
  gtk_widget_set_tooltip_text (line, _ (counts[count].help));
  gtk_widget_show (line);
  gtk_box_pack_start (GTK_BOX (box), line, is_large, TRUE, 0);
  return GTK_LABEL (value);
}

static void
build (StnCounters *self)
{
  GtkWidget *card = NULL;
  add_lot (self);
  for (guint i = 0; i < COUNT_COUNT; i++) {
    if (self->is_strip && !counts[i].on_strip)
      continue;
    if (self->is_strip) {
      self->values[i] = add_value (GTK_WIDGET (self), i, TRUE);
      continue;
    }
    /* the two yields share a card, side by side; the others are lines of another */
    if (i == 0 || i == COUNT_PASS) {
      card = gtk_box_new (i == 0 ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL, i == 0 ? 12 : 4);
      gtk_style_context_add_class (gtk_widget_get_style_context (card), "card");
      gtk_widget_show (card);
      gtk_box_pack_start (GTK_BOX (self), card, FALSE, FALSE, 0);
    }
    self->values[i] = add_value (card, i, FALSE);
  }
  if (self->is_strip)
    return;
  GtkWidget *last = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  gtk_style_context_add_class (gtk_widget_get_style_context (last), "card");
  gtk_style_context_add_class (gtk_widget_get_style_context (last), "last-cycles");
  gtk_box_pack_start (GTK_BOX (last), label_new (_ ("Last five cycles"), "caption", 0), FALSE, FALSE, 0);
  self->cycles = gtk_drawing_area_new ();
  gtk_widget_set_size_request (self->cycles, -1, 36);
  g_signal_connect (self->cycles, "draw", G_CALLBACK (on_draw_cycles), self);
  gtk_box_pack_start (GTK_BOX (last), self->cycles, TRUE, TRUE, 0);
  gtk_widget_show_all (last);
  gtk_box_pack_start (GTK_BOX (self), last, FALSE, FALSE, 0);
}

static void
stn_counters_class_init (StnCountersClass *class)
{
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "counters");
}

static void
stn_counters_init (StnCounters *self G_GNUC_UNUSED)
{
}

GtkWidget *
stn_counters_new (gboolean is_strip)
{
  StnCounters *self = g_object_new (STN_TYPE_COUNTERS, NULL);
  self->is_strip = is_strip;
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), is_strip ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), is_strip ? 28 : 10);
  if (is_strip)
    gtk_style_context_add_class (gtk_widget_get_style_context (GTK_WIDGET (self)), "strip");
  build (self);
  gtk_widget_show (GTK_WIDGET (self));
  return GTK_WIDGET (self);
}
