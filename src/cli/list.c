#include <stdio.h>

#include "src/cli/command.h"
#include "src/cli/json-line.h"
#include "src/cli/table.h"
#include "src/station/service.h"

static void
set_list (JsonObject *object, const char *name, const GPtrArray *texts)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < texts->len; i++)
    json_array_add_string_element (array, g_ptr_array_index (texts, i));
  json_object_set_array_member (object, name, array);
}

static char *
join (const GPtrArray *texts)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < texts->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", (const char *) g_ptr_array_index (texts, i));
  return g_string_free (text, FALSE);
}

static void
print_json (const StnListed *row)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "kind", row->kind);
  json_object_set_string_member (object, "place", row->place);
  json_object_set_string_member (object, "what", row->what);
  json_object_set_int_member (object, "depth", row->depth);
  stn_json_add_text (object, "serial", row->serial);
  set_list (object, "ttys", row->ttys);
  set_list (object, "remarks", row->remarks);
  set_list (object, "used_by", row->used_by);
  stn_json_print (object);
}

int
stn_command_list (const StnCommand *self, int argc, char **argv)
{
  static const char *const titles[] = { "kind", "place", "what", "serial", "used by", "", NULL };
  g_autofree char *path = NULL;
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "station", 0, 0, G_OPTION_ARG_FILENAME, &path, "Station file ($STATION_FILE, the user's, /etc/station)", "FILE" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "One JSON object a place and line", NULL },
    G_OPTION_ENTRY_NULL,
  };
  int code = STN_EXIT_PASSED;
  g_autoptr (GError) error = NULL;

  if (!stn_command_parse (self, entries, &argc, &argv, &code))
    return code;
  if (argc > 1)
    return stn_command_usage (self, "“%s” is one argument too many", argv[1]);

  g_autoptr (StnClock) clock = stn_clock_new_real ();
  g_autoptr (StnStation) station = stn_station_load (path, clock, &error);
  /* without a station file there is still a machine */
  if (station == NULL && (path != NULL || stn_error_failure (error) != STN_FAILURE_USAGE))
    return stn_command_fail (error);
  g_clear_error (&error);
  g_autoptr (GPtrArray) rows = stn_station_list (station, &error);
  if (rows == NULL)
    return stn_command_fail (error);
  g_autoptr (StnTable) table = stn_table_new (titles);
  for (guint i = 0; i < rows->len; i++) {
    const StnListed *row = g_ptr_array_index (rows, i);
    if (json) {
      print_json (row);
      continue;
    }
    g_autofree char *kind = g_strdup_printf ("%*s%s", (int) (2 * row->depth), "", row->kind);
    g_autofree char *users = join (row->used_by), *remarks = join (row->remarks);
    const char *cells[] = { kind, row->place, row->what, row->serial, users, remarks };
    stn_table_add (table, cells);
    for (guint k = 0; k < row->ttys->len; k++) {
      const char *tty[] = { "", g_ptr_array_index (row->ttys, k), NULL, NULL, NULL, NULL };
      stn_table_add (table, tty);
    }
  }
  if (!json && rows->len == 0)
    g_print ("nothing is plugged in\n");
  else if (!json) {
    g_autofree char *text = stn_table_text (table);
    g_print ("%s", text);
  }
  return STN_EXIT_PASSED;
}
