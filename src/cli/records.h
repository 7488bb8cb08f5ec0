/* What `units` and `unit` share: which journal, and a run as JSON. */
#pragma once

#include <json-glib/json-glib.h>

#include "src/journal/query.h"

G_BEGIN_DECLS

/* The journal to read: `journal_path` as given, or that of the station (`station_path` NULL: where stations are looked
 * for). NULL with an error; STN_FAILURE_BAD_FILE when there is no such file. */
StnQuery *stn_records_open (const char *journal_path, const char *station_path, GError **error);
/* The same, and the path that was opened; free *out_path with g_free. */
StnQuery *stn_records_open_path (const char *journal_path, const char *station_path, char **out_path, GError **error);
/* One line: run and result with the names of the record's fields; NULL of what is not known. Free with g_free. */
char *stn_records_to_json (const StnRunRow *row);
/* "2026-11-22 09:14:07", local time. Free with g_free. */
char *stn_records_time (gint64 utc_us);
/* The verdict of a row, unknown where there is no result. */
StnVerdict stn_records_verdict (const StnRunRow *row);

G_END_DECLS
