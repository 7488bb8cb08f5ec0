#include "src/cli/records.h"
#include "src/cli/json-line.h"

#include "src/record/columns.h"
#include "src/station/station.h"

StnQuery *
stn_records_open (const char *journal_path, const char *station_path, GError **error)
{
  g_autofree char *path = NULL;
  return stn_records_open_path (journal_path, station_path, &path, error);
}

StnQuery *
stn_records_open_path (const char *journal_path, const char *station_path, char **out_path, GError **error)
{
  g_autofree char *path = g_strdup (journal_path);
  if (path == NULL) {
    g_autoptr (StnClock) clock = stn_clock_new_real ();
    g_autoptr (StnStation) station = stn_station_load (station_path, clock, error);
    if (station == NULL)
      return NULL;
    path = g_strdup (stn_station_journal_path (station));
  }
  if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    stn_error_set (error, STN_FAILURE_BAD_FILE, "%s: there is no journal yet", path);
    return NULL;
  }
  StnQuery *query = stn_query_open (path, error);
  if (query != NULL)
    *out_path = g_steal_pointer (&path);
  return query;
}

static void
add_columns (JsonObject *object, const StnColumn *columns, guint count, gconstpointer record)
{
  for (guint i = 0; i < count; i++) {
    if (columns[i].type == STN_COLUMN_STEPS)
      continue;
    StnValue value = stn_column_get (&columns[i], record);
    if (value.kind == STN_VALUE_TEXT) {
      g_autofree char *valid = g_utf8_make_valid (value.text, -1);
      json_object_set_string_member (object, columns[i].name, valid);
    } else if (value.kind == STN_VALUE_INTEGER) {
      json_object_set_int_member (object, columns[i].name, value.integer);
    } else {
      json_object_set_null_member (object, columns[i].name);
    }
  }
}

char *
stn_records_to_json (const StnRunRow *row)
{
  JsonObject *object = json_object_new ();
  guint count = 0;
  const StnColumn *columns = stn_run_columns (&count);

  json_object_set_int_member (object, "row", row->row);
  add_columns (object, columns, count, row->run);
  if (row->result != NULL) {
    columns = stn_result_columns (&count);
    add_columns (object, columns, count, row->result);
  } else {
    json_object_set_string_member (object, "verdict", stn_verdict_name (STN_VERDICT_UNKNOWN));
  }
  if (row->result != NULL && row->result->steps != NULL && row->result->steps->len > 0) {
    JsonArray *steps = json_array_new ();
    columns = stn_step_columns (&count);
    for (guint i = 0; i < row->result->steps->len; i++) {
      JsonObject *step = json_object_new ();
      add_columns (step, columns, count, g_ptr_array_index (row->result->steps, i));
      json_array_add_object_element (steps, step);
    }
    json_object_set_array_member (object, "steps", steps);
  }
  return stn_json_line (object);
}

char *
stn_records_time (gint64 utc_us)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (utc_us / G_USEC_PER_SEC);
  return time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M:%S") : g_strdup ("?");
}

StnVerdict
stn_records_verdict (const StnRunRow *row)
{
  return row->result != NULL ? row->result->verdict : STN_VERDICT_UNKNOWN;
}
