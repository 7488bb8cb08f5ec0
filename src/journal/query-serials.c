#include "src/journal/query-private.h"

void
stn_serial_change_free (StnSerialChange *self)
{
  if (self == NULL)
    return;
  g_free (self->serial);
  g_free (self->state);
  g_free (self->run_id);
  g_free (self);
}

static void
serial_change_free (gpointer change)
{
  stn_serial_change_free (change);
}

GPtrArray *
stn_query_serial_changes (StnQuery *self, const char *serial_or_uid, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (serial_change_free);
  g_autofree char *lower = g_ascii_strdown (serial_or_uid, -1);
  g_autofree char *upper = g_ascii_strup (serial_or_uid, -1);
  /* a serial by its text; a chip's by the serials that were ever meant for it */
  g_autoptr (StnRows) rows = stn_database_query (self->database, error,
    "SELECT id, utc_us, serial, state, run_id FROM serial_event WHERE serial = ?1 OR serial IN"
    " (SELECT serial FROM serial_now WHERE uid IN (?1, ?2, ?3)"
    " UNION SELECT serial FROM result WHERE uid IN (?1, ?2, ?3) AND serial IS NOT NULL)"
    " ORDER BY id LIMIT 1000", "ttt", serial_or_uid, lower, upper);
  if (rows == NULL)
    return NULL;

  StnRowState state;
  while ((state = stn_database_step (self->database, rows, error)) == STN_ROW) {
    StnSerialChange *change = g_new0 (StnSerialChange, 1);
    g_ptr_array_add (found, change);
    change->utc_us = sqlite3_column_int64 (rows, 1);
    change->serial = stn_rows_text (rows, 2);
    change->state = stn_rows_text (rows, 3);
    change->run_id = stn_rows_text (rows, 4);
  }
  return state == STN_ROW_END ? g_steal_pointer (&found) : NULL;
}
