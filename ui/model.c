#include "ui/model.h"

void
stn_model_row_free (StnModelRow *row)
{
  if (row == NULL)
    return;
  g_free (row->key);
  g_free (row->title);
  g_free (row->value);
  g_free (row->remark);
  g_free (row->retry);
  g_free (row);
}

StnModel *
stn_model_new (void)
{
  StnModel *self = g_new0 (StnModel, 1);
  GPtrArray **const lists[] = { &self->jobs,           &self->facts,           &self->plan,         &self->drawer_steps,
                                &self->drawer_messages, &self->drawer_board,    &self->drawer_last, &self->drawer_lessons,  &self->fails,
                                &self->reasons,        &self->balance,         &self->pareto,       &self->lot_facts,
                                &self->unknown };
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    *lists[i] = g_ptr_array_new_with_free_func ((GDestroyNotify) stn_model_row_free);
  self->tiles = g_ptr_array_new_with_free_func ((GDestroyNotify) stn_tile_model_free);
  self->counters.fpy_permille = self->counters.yield_permille = self->counters.units_per_hour = -1;
  self->counters.cycle_s = self->counters.handling_s = -1;
  return self;
}

void
stn_model_free (StnModel *self)
{
  if (self == NULL)
    return;
  GPtrArray *const lists[] = { self->jobs,           self->facts,        self->plan,        self->drawer_steps,
                               self->drawer_messages, self->drawer_board, self->drawer_last, self->drawer_lessons, self->fails,
                               self->reasons,        self->balance,      self->pareto,      self->lot_facts,
                               self->unknown,        self->tiles };
  char *const texts[] = { self->station,     self->job,          self->lot,             self->operator_name,
                          self->shift,       self->clock,        self->mode,            self->instruction,
                          self->instruction_more, self->summary, self->start_label,     self->version,
                          self->bench_summary, self->person,     self->drawer_site,     self->drawer_sentence,
                          self->hint,        self->unlock_what,  self->unlock_preview, self->counters.remaining };
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    g_ptr_array_unref (lists[i]);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
  g_free (self);
}

StnTileModel *
stn_tile_model_new (const char *name, gint row, gint column)
{
  StnTileModel *self = g_new0 (StnTileModel, 1);
  self->name = g_strdup (name);
  self->row = row;
  self->column = column;
  self->fraction = -1;
  return self;
}

void
stn_tile_model_free (StnTileModel *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->word);
  g_free (self->detail);
  g_free (self->serial);
  g_free (self->progress);
  g_free (self->time);
  g_free (self);
}

StnTileModel *
stn_tile_model_copy (const StnTileModel *self)
{
  StnTileModel *copy = g_memdup2 (self, sizeof *self);
  copy->name = g_strdup (self->name);
  copy->word = g_strdup (self->word);
  copy->detail = g_strdup (self->detail);
  copy->serial = g_strdup (self->serial);
  copy->progress = g_strdup (self->progress);
  copy->time = g_strdup (self->time);
  return copy;
}

gboolean
stn_tile_model_equal (const StnTileModel *self, const StnTileModel *other)
{
  /* a bar that moved by less than a pixel of the widest tile has not moved */
  gboolean same_bar = ABS (self->fraction - other->fraction) < 1.0 / 2000;
  if (self->state != other->state || !same_bar || self->tries != other->tries
      || self->recent_count != other->recent_count || self->is_next_scan != other->is_next_scan
      || self->blinks_slowly != other->blinks_slowly || self->row != other->row || self->column != other->column)
    return FALSE;
  for (guint i = 0; i < self->recent_count; i++)
    if (self->recent[i] != other->recent[i])
      return FALSE;
  return g_strcmp0 (self->name, other->name) == 0 && g_strcmp0 (self->word, other->word) == 0
         && g_strcmp0 (self->detail, other->detail) == 0 && g_strcmp0 (self->serial, other->serial) == 0
         && g_strcmp0 (self->progress, other->progress) == 0 && g_strcmp0 (self->time, other->time) == 0;
}

void
stn_model_add_tile (StnModel *self, StnTileModel *tile)
{
  g_ptr_array_add (self->tiles, tile);
  self->rows = MAX (self->rows, (guint) tile->row + 1);
  self->columns = MAX (self->columns, (guint) tile->column + 1);
}

StnModelRow *
stn_model_add_row (GPtrArray *rows, const char *title, const char *value, const char *remark)
{
  StnModelRow *row = g_new0 (StnModelRow, 1);
  row->title = g_strdup (title);
  row->value = g_strdup (value);
  row->remark = g_strdup (remark);
  g_ptr_array_add (rows, row);
  return row;
}
