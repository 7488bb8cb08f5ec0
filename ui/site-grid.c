#include "ui/site-grid.h"

#include "ui/tile.h"

struct _StnSiteGrid {
  GtkGrid parent;
  GPtrArray *tiles; /* StnTile, owned by the grid */
};

G_DEFINE_TYPE (StnSiteGrid, stn_site_grid, GTK_TYPE_GRID)

enum { SITE_ACTIVATED, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

static void
on_clicked (StnTile *tile, StnSiteGrid *self)
{
  g_signal_emit (self, signals[SITE_ACTIVATED], 0, stn_tile_site (tile));
}

/* A fixture that was changed in its file gets new tiles; the same fixture keeps its own. */
static gboolean
has_same_sites (StnSiteGrid *self, const StnModel *model)
{
  if (self->tiles->len != model->tiles->len)
    return FALSE;
  for (guint i = 0; i < self->tiles->len; i++) {
    const StnTileModel *tile = g_ptr_array_index (model->tiles, i);
    if (g_strcmp0 (stn_tile_site (g_ptr_array_index (self->tiles, i)), tile->name) != 0)
      return FALSE;
  }
  return TRUE;
}

static void
build (StnSiteGrid *self, const StnModel *model)
{
  for (guint i = 0; i < self->tiles->len; i++)
    gtk_widget_destroy (g_ptr_array_index (self->tiles, i));
  g_ptr_array_set_size (self->tiles, 0);
  for (guint i = 0; i < model->tiles->len; i++) {
    const StnTileModel *place = g_ptr_array_index (model->tiles, i);
    GtkWidget *tile = stn_tile_new ();
    g_signal_connect (tile, "clicked", G_CALLBACK (on_clicked), self);
    gtk_grid_attach (GTK_GRID (self), tile, place->column, place->row, 1, 1);
    gtk_widget_show (tile);
    g_ptr_array_add (self->tiles, tile);
  }
  int gap = model->columns > 4 ? 6 : 10;
  gtk_grid_set_row_spacing (GTK_GRID (self), (guint) gap);
  gtk_grid_set_column_spacing (GTK_GRID (self), (guint) gap);
}

void
stn_site_grid_show (StnSiteGrid *self, const StnModel *model)
{
  g_return_if_fail (STN_IS_SITE_GRID (self) && model != NULL);
  if (!has_same_sites (self, model))
    build (self, model);
  for (guint i = 0; i < self->tiles->len; i++)
    stn_tile_show (g_ptr_array_index (self->tiles, i), g_ptr_array_index (model->tiles, i));
}

void
stn_site_grid_beat (StnSiteGrid *self, guint beat)
{
  for (guint i = 0; i < self->tiles->len; i++)
    stn_tile_beat (g_ptr_array_index (self->tiles, i), beat);
}

void
stn_site_grid_focus (StnSiteGrid *self, const char *site)
{
  for (guint i = 0; i < self->tiles->len; i++)
    if (g_strcmp0 (stn_tile_site (g_ptr_array_index (self->tiles, i)), site) == 0)
      gtk_widget_grab_focus (g_ptr_array_index (self->tiles, i));
}

static void
stn_site_grid_finalize (GObject *object)
{
  g_ptr_array_unref (STN_SITE_GRID (object)->tiles);
  G_OBJECT_CLASS (stn_site_grid_parent_class)->finalize (object);
}

static void
stn_site_grid_class_init (StnSiteGridClass *class)
{
  G_OBJECT_CLASS (class)->finalize = stn_site_grid_finalize;
  signals[SITE_ACTIVATED] = g_signal_new ("site-activated", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "sitegrid");
}

static void
stn_site_grid_init (StnSiteGrid *self)
{
  self->tiles = g_ptr_array_new ();
  gtk_grid_set_row_homogeneous (GTK_GRID (self), TRUE);
  gtk_grid_set_column_homogeneous (GTK_GRID (self), TRUE);
  /* the fixture has no right-to-left */
  gtk_widget_set_direction (GTK_WIDGET (self), GTK_TEXT_DIR_LTR);
}
