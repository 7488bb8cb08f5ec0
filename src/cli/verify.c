#include "src/cli/command.h"

#include <string.h>

#include "src/base/error.h"
#include "src/cli/records.h"

/* A chain that was cut off at its end is right in itself: only a length and head that were kept elsewhere tell. */
static int
check_since (const char *since, guint64 rows, const char *head)
{
  const char *sign = since != NULL ? strchr (since, ':') : NULL;
  guint64 kept;

  if (since == NULL)
    return STN_EXIT_PASSED;
  g_autofree char *number = sign != NULL ? g_strndup (since, (gsize) (sign - since)) : NULL;
  if (number == NULL || !g_ascii_string_to_unsigned (number, 10, 0, G_MAXINT64, &kept, NULL))
    return STN_EXIT_USAGE;
  if (rows < kept) {
    g_printerr ("stationctl: the chain has %" G_GUINT64_FORMAT " entries and had %" G_GUINT64_FORMAT
                ": its end was cut off\n", rows, kept);
    return STN_EXIT_FAILED;
  }
  if (rows == kept && g_ascii_strcasecmp (sign + 1, head) != 0) {
    g_printerr ("stationctl: the chain has as many entries as then, and another head: it was made anew\n");
    return STN_EXIT_FAILED;
  }
  return STN_EXIT_PASSED;
}

int
stn_command_verify (const StnCommand *self, int argc, char **argv)
{
  g_autofree char *station = NULL, *journal = NULL, *since = NULL, *path = NULL;
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "station", 0, 0, G_OPTION_ARG_FILENAME, &station, "Station file whose journal is read", "FILE" },
    { "journal", 0, 0, G_OPTION_ARG_FILENAME, &journal, "Journal, instead of the station's", "FILE" },
    { "since", 0, 0, G_OPTION_ARG_STRING, &since, "Length and head of the chain as they were kept elsewhere",
      "ENTRIES:HEAD" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "One JSON object", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  guint64 rows = 0;
  guint8 head[32];
  char hex[65];
  int code = STN_EXIT_PASSED;

  if (!stn_command_parse (self, entries, &argc, &argv, &code))
    return code;
  if (argc > 1)
    return stn_command_usage (self, "“%s” is one argument too many", argv[1]);
  g_autoptr (StnQuery) query = stn_records_open_path (journal, station, &path, &error);
  if (query == NULL)
    return stn_command_fail (error);
  gint64 begin = g_get_monotonic_time ();
  if (!stn_query_verify (query, &rows, head, &error)) {
    /* a row that is not as it was recorded is what the command looks for, not a fault of the command */
    stn_command_fail (error);
    return STN_EXIT_FAILED;
  }
  double seconds = (double) (g_get_monotonic_time () - begin) / 1e6;
  for (guint i = 0; i < 32; i++)
    g_snprintf (hex + 2 * i, 3, "%02x", head[i]);
  code = check_since (since, rows, hex);
  if (code == STN_EXIT_USAGE)
    return stn_command_usage (self, "--since: expected the number of entries, a colon and the head");
  if (code != STN_EXIT_PASSED)
    return code;
  if (json)
    g_print ("{\"v\":1,\"journal_kind\":\"%s\",\"entries\":%" G_GUINT64_FORMAT ",\"head\":\"%s\"}\n",
             stn_query_is_virtual (query) ? "virtual" : "production", rows, hex);
  else
    g_print ("%s: %" G_GUINT64_FORMAT " entries, every row is as it was recorded (%.1f s)%s\nhead %s\n"
             "Keep this line elsewhere, for --since: %" G_GUINT64_FORMAT ":%s\n",
             path, rows, seconds, stn_query_is_virtual (query) ? "; virtual boards" : "", hex, rows, hex);
  return STN_EXIT_PASSED;
}
