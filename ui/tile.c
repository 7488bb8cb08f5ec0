#include "ui/tile.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/tile-looks.h"

#define TURN_BEATS 12 /* a ring without an end goes round in so many tenths of a second */

/* A text as it was set in type; most are the same from one drawing to the next, and setting is half of its work. */
typedef struct {
  char *text;
  double size;
  PangoWeight weight;
  double width; /* 0: as wide as it is */
  PangoLayout *layout;
  guint drawn; /* number of the last drawing that it was in */
} SetText;

struct _StnTile {
  GtkButton parent;
  StnTileModel *model;
  guint beat;
  GArray *texts; /* SetText */
  guint drawn;   /* drawings so far */
};

G_DEFINE_TYPE (StnTile, stn_tile, GTK_TYPE_BUTTON)

/* ---- sizes ---- */

/* What is where, from the tile's size alone: tiles of one size look alike. The verdict's word takes 0.42 of a low tile
 * and 0.34 of a narrow one, at most 200 pixels; on a 24 inch screen that is 25.8 mm for eight sites, 14.5 for 32. */
typedef struct {
  double width, height, pad;
  double word;      /* size of its type */
  double body;      /* of the small type */
  double name;      /* of the site's name */
  double bar;       /* height */
  gboolean is_wide; /* glyph beside the word, not above */
} Layout;

static Layout
lay_out (double width, double height)
{
  Layout self = { .width = width, .height = height };
  self.pad = CLAMP (MIN (width, height) * 0.05, 6, 22);
  self.word = MIN (MIN (height * 0.42, width * 0.34), 200);
  self.body = CLAMP (MIN (height * 0.085, width * 0.085), 11, 30);
  self.name = CLAMP (MIN (height * 0.15, width * 0.13), 14, 56);
  self.bar = CLAMP (height * 0.035, 5, 16);
  self.is_wide = width > height * 1.45;
  return self;
}

/* ---- text ---- */

static void
clear_text (gpointer data)
{
  SetText *text = data;
  g_free (text->text);
  g_object_unref (text->layout);
}

static PangoLayout *
set_text (StnTile *self, const char *text, double size, PangoWeight weight, double width)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  PangoFontDescription *font =
      pango_font_description_copy (pango_context_get_font_description (pango_layout_get_context (layout)));
  pango_font_description_set_absolute_size (font, size * PANGO_SCALE);
  pango_font_description_set_weight (font, weight);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  if (width > 0) {
    pango_layout_set_width (layout, (int) (width * PANGO_SCALE));
    pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  }
  return layout;
}

/* The tile keeps what it returns until a drawing has no use for it. */
static PangoLayout *
make_text (StnTile *self, const char *text, double size, PangoWeight weight, double width)
{
  for (guint i = 0; i < self->texts->len; i++) {
    SetText *known = &g_array_index (self->texts, SetText, i);
    if (fabs (known->size - size) < 0.01 && known->weight == weight && fabs (known->width - width) < 0.01
        && g_str_equal (known->text, text)) {
      known->drawn = self->drawn;
      return known->layout;
    }
  }
  SetText made = { .text = g_strdup (text),
                   .size = size,
                   .weight = weight,
                   .width = width,
                   .layout = set_text (self, text, size, weight, width),
                   .drawn = self->drawn };
  g_array_append_val (self->texts, made);
  return made.layout;
}

static void
forget_old_texts (StnTile *self)
{
  for (guint i = self->texts->len; i > 0; i--)
    if (g_array_index (self->texts, SetText, i - 1).drawn != self->drawn)
      g_array_remove_index_fast (self->texts, i - 1);
}

static void
text_size (PangoLayout *layout, double *out_width, double *out_height)
{
  int width, height;
  pango_layout_get_pixel_size (layout, &width, &height);
  *out_width = width;
  *out_height = height;
}

/* What goes under the word: broken into two lines where there is room for them. Ends at `bottom`; returns its height. */
static double
draw_detail (StnTile *self, cairo_t *cairo, const char *text, double size, double x, double bottom, double width,
             gboolean may_break, gboolean is_drawn)
{
  double text_width, text_height;
  PangoLayout *layout = make_text (self, text, size, PANGO_WEIGHT_MEDIUM, width);
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_height (layout, may_break ? -2 : -1); /* lines */
  text_size (layout, &text_width, &text_height);
  if (is_drawn) {
    cairo_move_to (cairo, x, bottom - text_height);
    pango_cairo_show_layout (cairo, layout);
  }
  return text_height;
}

/* Draws it and returns its height. `align`: 0 left, 0.5 middle, 1 right, of the box from x. */
static double
draw_text (StnTile *self, cairo_t *cairo, const char *text, double size, PangoWeight weight, double x, double y,
           double width, double align)
{
  double text_width, text_height;
  if (text == NULL || *text == '\0')
    return 0;
  PangoLayout *layout = make_text (self, text, size, weight, width);
  text_size (layout, &text_width, &text_height);
  /* an ellipsized line fills its width */
  pango_layout_set_alignment (layout, align == 0 ? PANGO_ALIGN_LEFT : align == 1 ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_CENTER);
  cairo_move_to (cairo, x, y);
  pango_cairo_show_layout (cairo, layout);
  return text_height;
}

/* The largest size at or below `most` at which a word is no wider than `width`. */
static double
fit_word (StnTile *self, const char *word, double most, double width)
{
  double text_width, text_height;
  PangoLayout *layout = make_text (self, word, most, PANGO_WEIGHT_BOLD, 0);
  text_size (layout, &text_width, &text_height);
  return text_width > width ? most * width / text_width : most;
}

/* ---- drawing ---- */

static void
set_colour (StnTile *self, cairo_t *cairo, double alpha)
{
  GdkRGBA colour;
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));
  gtk_style_context_get_color (style, gtk_style_context_get_state (style), &colour);
  colour.alpha *= alpha;
  gdk_cairo_set_source_rgba (cairo, &colour);
}

static void
draw_hatch (StnTile *self, cairo_t *cairo, const Layout *layout)
{
  double step = CLAMP (layout->height * 0.09, 12, 30);
  cairo_save (cairo);
  cairo_rectangle (cairo, 0, 0, layout->width, layout->height);
  cairo_clip (cairo);
  set_colour (self, cairo, 0.13);
  cairo_set_line_width (cairo, step * 0.32);
  for (double x = -layout->height; x < layout->width; x += step) {
    cairo_move_to (cairo, x, layout->height);
    cairo_line_to (cairo, x + layout->height, 0);
  }
  cairo_stroke (cairo);
  cairo_restore (cairo);
}

static void
draw_dashes (StnTile *self, cairo_t *cairo, const Layout *layout)
{
  const double dashes[] = { 10, 8 };
  cairo_save (cairo);
  set_colour (self, cairo, 0.55);
  cairo_set_line_width (cairo, 2);
  cairo_set_dash (cairo, dashes, 2, 0);
  cairo_rectangle (cairo, 2, 2, layout->width - 4, layout->height - 4);
  cairo_stroke (cairo);
  cairo_restore (cairo);
}

/* What the last runs here came to: a dot each, the failed ones square and high. */
static void
draw_recent (StnTile *self, cairo_t *cairo, const Layout *layout, double right, double middle)
{
  double size = CLAMP (layout->name * 0.26, 4, 11);
  double step = size * 1.55;
  double x = right - step * self->model->recent_count + (step - size);
  for (guint i = 0; i < self->model->recent_count; i++, x += step) {
    StnTileState state = self->model->recent[i];
    gboolean is_good = state == STN_TILE_PASS || state == STN_TILE_PASS_AGAIN;
    set_colour (self, cairo, is_good ? 0.45 : 1);
    if (state == STN_TILE_FAIL) {
      cairo_rectangle (cairo, x, middle - size * 0.8, size, size * 1.6);
      cairo_fill (cairo);
    } else if (is_good) {
      cairo_arc (cairo, x + size / 2, middle, size / 2, 0, 2 * G_PI);
      cairo_fill (cairo);
    } else {
      cairo_set_line_width (cairo, size * 0.28);
      cairo_arc (cairo, x + size / 2, middle, size * 0.36, 0, 2 * G_PI);
      cairo_stroke (cairo);
    }
  }
}

static void
draw_bar (StnTile *self, cairo_t *cairo, const Layout *layout, double y)
{
  double x = layout->pad, width = layout->width - 2 * layout->pad;
  set_colour (self, cairo, 0.16);
  cairo_rectangle (cairo, x, y, width, layout->bar);
  cairo_fill (cairo);
  set_colour (self, cairo, 0.85);
  cairo_rectangle (cairo, x, y, width * CLAMP (self->model->fraction, 0, 1), layout->bar);
  cairo_fill (cairo);
}

/* The top line: name, how many tries, dots. Returns where it ends. */
static double
draw_top (StnTile *self, cairo_t *cairo, const Layout *layout)
{
  const StnTileModel *model = self->model;
  double text_width, text_height;
  PangoLayout *name = make_text (self, model->name, layout->name, PANGO_WEIGHT_BOLD, 0);
  text_size (name, &text_width, &text_height);
  set_colour (self, cairo, 1);
  cairo_move_to (cairo, layout->pad, layout->pad * 0.7);
  pango_cairo_show_layout (cairo, name);
  double middle = layout->pad * 0.7 + text_height / 2;
  draw_recent (self, cairo, layout, layout->width - layout->pad, middle);
  return layout->pad * 0.7 + text_height;
}

/* The last six characters are what tells boards apart: they are large, the rest is small. */
static double
serial_height (const Layout *layout)
{
  return layout->body * 1.45;
}

static void
draw_bottom (StnTile *self, cairo_t *cairo, const Layout *layout, double y)
{
  const StnTileModel *model = self->model;
  double width = layout->width - 2 * layout->pad;
  /* kept free on a site that has no time to show too: the sites show their serials alike */
  double time_width = layout->body * 3.4;

  set_colour (self, cairo, 0.8);
  if (model->time != NULL)
    draw_text (self, cairo, model->time, layout->body, PANGO_WEIGHT_NORMAL, layout->width - layout->pad - time_width,
               y + layout->body * 0.25, time_width, 1);
  set_colour (self, cairo, 1);
  if (model->serial == NULL) {
    draw_text (self, cairo, model->progress, layout->body, PANGO_WEIGHT_NORMAL, layout->pad, y + layout->body * 0.25,
               width - time_width, 0);
    return;
  }
  glong length = g_utf8_strlen (model->serial, -1);
  glong head_length = MAX (length - 6, 0);
  const char *tail = g_utf8_offset_to_pointer (model->serial, head_length);
  g_autofree char *head = g_strndup (model->serial, (gsize) (tail - model->serial));
  double head_width, head_height, tail_width, tail_height;
  PangoLayout *head_text = make_text (self, head, layout->body, PANGO_WEIGHT_NORMAL, 0);
  PangoLayout *tail_text = make_text (self, tail, layout->body * 1.4, PANGO_WEIGHT_BOLD, 0);
  text_size (head_text, &head_width, &head_height);
  text_size (tail_text, &tail_width, &tail_height);
  /* by its length, not by its letters, for the same reason */
  double usual = layout->body * (0.62 * (double) head_length + 1.4 * 0.68 * 6);
  gboolean fits = MAX (usual, head_width + tail_width) <= width - time_width;
  double baseline = pango_layout_get_baseline (tail_text) / (double) PANGO_SCALE;
  double head_baseline = pango_layout_get_baseline (head_text) / (double) PANGO_SCALE;
  double x = layout->pad;
  if (fits) {
    cairo_move_to (cairo, x, y + baseline - head_baseline);
    pango_cairo_show_layout (cairo, head_text);
    x += head_width;
  }
  cairo_move_to (cairo, x, y);
  pango_cairo_show_layout (cairo, tail_text);
}

/* Glyph and word, and under them the detail, in the middle of what is left between top and bottom. */
static void
draw_middle (StnTile *self, cairo_t *cairo, const Layout *layout, double top, double bottom, double glyph_alpha,
             double word_alpha)
{
  const StnTileModel *model = self->model;
  const StnTileLook *look = stn_tile_look (model->state);
  const char *word = model->word != NULL ? model->word : "";
  double inside = layout->width - 2 * layout->pad;
  double detail = 0;
  gboolean may_break = bottom - top > layout->body * 7;
  if (model->detail != NULL && bottom - top > layout->body * 4)
    detail = draw_detail (self, cairo, model->detail, layout->body, layout->pad, bottom, inside, may_break, FALSE);
  double room = bottom - top - detail;
  gboolean is_verdict = model->state == STN_TILE_PASS || model->state == STN_TILE_PASS_AGAIN
                        || model->state == STN_TILE_FAIL;
  /* what it does now is read from near by, and all such words are of one size */
  double most = layout->word * (is_verdict ? 1 : model->state != STN_TILE_RUN ? 0.62 : layout->is_wide ? 0.5 : 0.36);
  double glyph = 0, size, gap = layout->pad * 0.8;

  /* a border that is wide wants room beside it */
  if (model->state == STN_TILE_PASS_AGAIN)
    inside *= 0.93;
  if (layout->is_wide) {
    most = MIN (most, room * 0.8);
    size = fit_word (self, word, most, inside);
    if (look->glyph != STN_GLYPH_NONE) {
      glyph = MIN (most * 0.86, room * 0.8);
      size = fit_word (self, word, most, inside - glyph - gap);
    }
  } else {
    if (look->glyph != STN_GLYPH_NONE)
      glyph = CLAMP (room - MIN (most, room * 0.62) * 1.22, 0, layout->width * 0.36);
    size = fit_word (self, word, MIN (most, room * 0.7), inside);
  }

  double text_width, text_height;
  PangoLayout *text = make_text (self, word, size, PANGO_WEIGHT_BOLD, 0);
  text_size (text, &text_width, &text_height);
  set_colour (self, cairo, glyph_alpha);
  double turn = (double) (self->beat % TURN_BEATS) / TURN_BEATS;
  if (layout->is_wide) {
    double all = (glyph > 0 ? glyph + gap : 0) + text_width;
    double x = (layout->width - all) / 2, middle = top + room / 2;
    stn_glyph_draw (cairo, look->glyph, x, middle - glyph / 2, glyph, model->fraction, turn);
    set_colour (self, cairo, word_alpha);
    cairo_move_to (cairo, layout->width - (layout->width - all) / 2 - text_width, middle - text_height / 2);
    pango_cairo_show_layout (cairo, text);
  } else {
    double all = glyph + text_height;
    double y = top + MAX ((room - all) / 2, 0);
    stn_glyph_draw (cairo, look->glyph, (layout->width - glyph) / 2, y, glyph, model->fraction, turn);
    set_colour (self, cairo, word_alpha);
    cairo_move_to (cairo, (layout->width - text_width) / 2, y + glyph);
    pango_cairo_show_layout (cairo, text);
  }
  set_colour (self, cairo, 1);
  if (detail > 0)
    draw_detail (self, cairo, model->detail, layout->body, layout->pad, bottom, layout->width - 2 * layout->pad, may_break,
                 TRUE);
}

static gboolean
stn_tile_draw (GtkWidget *widget, cairo_t *cairo)
{
  StnTile *self = STN_TILE (widget);
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  double width = gtk_widget_get_allocated_width (widget), height = gtk_widget_get_allocated_height (widget);

  if (self->model == NULL)
    return GDK_EVENT_PROPAGATE;
  Layout layout = lay_out (width, height);
  const StnTileLook *look = stn_tile_look (self->model->state);
  /* what wants somebody blinks with its sign: the word stays, for it says what to do */
  gboolean is_dark = self->beat % 10 >= 6;
  double word_alpha = self->model->blinks_slowly && is_dark ? 0.35 : 1;
  double glyph_alpha = look->blinks && is_dark ? 0.25 : word_alpha;

  self->drawn++;
  gtk_render_background (style, cairo, 0, 0, width, height);
  if (look->is_hatched)
    draw_hatch (self, cairo, &layout);
  gtk_render_frame (style, cairo, 0, 0, width, height);
  if (look->is_dashed)
    draw_dashes (self, cairo, &layout);

  double top = draw_top (self, cairo, &layout);
  double bottom = layout.height - layout.pad;
  gboolean has_bottom = self->model->serial != NULL || self->model->time != NULL || self->model->progress != NULL;
  if (has_bottom)
    bottom -= serial_height (&layout);
  if (self->model->fraction >= 0) {
    bottom -= layout.bar + layout.pad * 0.4;
    draw_bar (self, cairo, &layout, bottom + layout.pad * 0.2);
  }
  if (has_bottom)
    draw_bottom (self, cairo, &layout, layout.height - layout.pad - serial_height (&layout));
  draw_middle (self, cairo, &layout, top, bottom, glyph_alpha, word_alpha);
  if (gtk_widget_has_visible_focus (widget))
    gtk_render_focus (style, cairo, 3, 3, width - 6, height - 6);
  forget_old_texts (self);
  return GDK_EVENT_PROPAGATE;
}

/* ---- what it is told ---- */

static void
add_clause (GString *text, const char *clause)
{
  if (clause != NULL && *clause != '\0')
    g_string_append_printf (text, ", %s", clause);
}

static void
name_for_assistance (StnTile *self)
{
  const StnTileModel *model = self->model;
  g_autoptr (GString) text = g_string_new (NULL);
  g_string_printf (text, _ ("Site %s"), model->name);
  add_clause (text, _ (stn_tile_look (model->state)->spoken));
  if (model->state == STN_TILE_RUN || model->state == STN_TILE_ACTION)
    add_clause (text, model->word);
  add_clause (text, model->detail);
  if (model->serial != NULL) {
    g_autofree char *serial = g_strdup_printf (_ ("serial %s"), model->serial);
    add_clause (text, serial);
  }
  AtkObject *accessible = gtk_widget_get_accessible (GTK_WIDGET (self));
  /* the bar moves ten times a second: only a new name is told */
  if (g_strcmp0 (atk_object_get_name (accessible), text->str) != 0)
    atk_object_set_name (accessible, text->str);
}

static void
set_class (StnTile *self, const char *css_class, gboolean is_set)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));
  if (is_set)
    gtk_style_context_add_class (style, css_class);
  else
    gtk_style_context_remove_class (style, css_class);
}

void
stn_tile_show (StnTile *self, const StnTileModel *model)
{
  g_return_if_fail (STN_IS_TILE (self) && model != NULL);
  if (self->model != NULL && stn_tile_model_equal (self->model, model))
    return;
  if (self->model == NULL || self->model->state != model->state) {
    if (self->model != NULL)
      set_class (self, stn_tile_look (self->model->state)->css_class, FALSE);
    set_class (self, stn_tile_look (model->state)->css_class, TRUE);
  }
  set_class (self, "next-scan", model->is_next_scan);
  stn_tile_model_free (self->model);
  self->model = stn_tile_model_copy (model);
  name_for_assistance (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
stn_tile_beat (StnTile *self, guint beat)
{
  g_return_if_fail (STN_IS_TILE (self));
  if (self->model == NULL)
    return;
  gboolean blinks = stn_tile_look (self->model->state)->blinks || self->model->blinks_slowly;
  gboolean turns = self->model->state == STN_TILE_RUN && self->model->fraction < 0;
  /* a blinking tile changes twice a second */
  gboolean changes = turns || (blinks && (self->beat % 10 >= 6) != (beat % 10 >= 6));
  self->beat = beat;
  if (changes)
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

const char *
stn_tile_site (StnTile *self)
{
  g_return_val_if_fail (STN_IS_TILE (self), NULL);
  return self->model != NULL ? self->model->name : NULL;
}

/* ---- the class ---- */

/* A tile takes what the grid gives: the fixture's geometry decides, not its text. */
static void
stn_tile_get_preferred_width (GtkWidget *widget G_GNUC_UNUSED, int *out_least, int *out_natural)
{
  *out_least = *out_natural = 60;
}

static void
stn_tile_get_preferred_height (GtkWidget *widget G_GNUC_UNUSED, int *out_least, int *out_natural)
{
  *out_least = *out_natural = 48;
}

/* Another font, another size of it. */
static void
stn_tile_style_updated (GtkWidget *widget)
{
  StnTile *self = STN_TILE (widget);
  if (self->texts != NULL)
    g_array_set_size (self->texts, 0);
  GTK_WIDGET_CLASS (stn_tile_parent_class)->style_updated (widget);
}

static void
stn_tile_finalize (GObject *object)
{
  g_array_unref (STN_TILE (object)->texts);
  stn_tile_model_free (STN_TILE (object)->model);
  G_OBJECT_CLASS (stn_tile_parent_class)->finalize (object);
}

static void
stn_tile_class_init (StnTileClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->finalize = stn_tile_finalize;
  widget_class->draw = stn_tile_draw;
  widget_class->style_updated = stn_tile_style_updated;
  widget_class->get_preferred_width = stn_tile_get_preferred_width;
  widget_class->get_preferred_height = stn_tile_get_preferred_height;
  gtk_widget_class_set_css_name (widget_class, "tile");
}

static void
stn_tile_init (StnTile *self)
{
  self->texts = g_array_new (FALSE, FALSE, sizeof (SetText));
  g_array_set_clear_func (self->texts, clear_text);
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_can_default (GTK_WIDGET (self), FALSE);
}

GtkWidget *
stn_tile_new (void)
{
  return g_object_new (STN_TYPE_TILE, NULL);
}
