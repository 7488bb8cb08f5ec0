/* One more link of the chain, inside the transaction of the row that it is for. */
#include "src/journal/journal-private.h"

#include <string.h>

gboolean
stn_chain_append (StnDatabase *database, const char *kind, gint64 row, const StnCanonical *form, GError **error)
{
  guint8 previous[STN_HASH_BYTES] = { 0 };
  guint8 hash[STN_HASH_BYTES];
  gint64 sequence = 0;

  {
    g_autoptr (StnRows) rows = stn_database_query (
        database, error, "SELECT sequence, hash FROM chain ORDER BY sequence DESC LIMIT 1", "");
    if (rows == NULL)
      return FALSE;
    StnRowState state = stn_database_step (database, rows, error);
    if (state == STN_ROW_ERROR)
      return FALSE;
    if (state == STN_ROW) {
      sequence = sqlite3_column_int64 (rows, 0);
      if (sqlite3_column_bytes (rows, 1) != STN_HASH_BYTES) {
        stn_error_set (error, STN_FAILURE_JOURNAL, "%s: entry %" G_GINT64_FORMAT " of the chain has no hash",
                       database->path, sequence);
        return FALSE;
      }
      memcpy (previous, sqlite3_column_blob (rows, 1), STN_HASH_BYTES);
    }
  }
  stn_chain_next (previous, form, hash);
  return stn_database_run (database, error,
                           "INSERT INTO chain (sequence, kind, row, previous_hash, hash) VALUES (?, ?, ?, ?, ?)",
                           "itihh", sequence + 1, kind, row, previous, hash);
}
