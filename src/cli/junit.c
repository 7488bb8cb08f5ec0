#include "src/cli/junit.h"

#include "src/cli/summary.h"

/* XML 1.0 has no way to write most control characters, not even escaped. */
static char *
escape (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);
  for (char *p = valid; *p != '\0'; p++)
    if ((guchar) *p < 0x20)
      *p = ' ';
  return g_markup_escape_text (valid, -1);
}

static void
append_case (GString *xml, const StnUnitRow *row, const StnJob *job)
{
  g_autofree char *site = escape (row->site), *job_name = escape (job->name), *serial = escape (row->serial);
  g_autofree char *uid = escape (row->uid), *run = escape (row->run_id), *text = escape (row->text);
  const char *failure = stn_failure_name (row->failure);

  g_string_append_printf (xml, "    <testcase name=\"%s%s%s\" classname=\"%s\" time=\"%.3f\">\n", site,
                          *serial != '\0' ? " " : "", serial, job_name, (double) row->duration_ns / 1e9);
  g_string_append_printf (xml,
                          "      <properties>\n"
                          "        <property name=\"run\" value=\"%s\"/>\n"
                          "        <property name=\"site\" value=\"%s\"/>\n"
                          "        <property name=\"serial\" value=\"%s\"/>\n"
                          "        <property name=\"uid\" value=\"%s\"/>\n"
                          "        <property name=\"cycle\" value=\"%" G_GINT64_FORMAT "\"/>\n"
                          "      </properties>\n",
                          run, site, serial, uid, row->cycle);
  switch (row->outcome) {
  case STN_VERDICT_PASS:
    break;
  case STN_VERDICT_FAIL:
  case STN_VERDICT_EMPTY:
    g_string_append_printf (xml, "      <failure type=\"%s\" message=\"%s\"/>\n", failure, text);
    break;
  case STN_VERDICT_SKIPPED:
    g_string_append_printf (xml, "      <skipped message=\"%s: %s\"/>\n", failure, text);
    break;
  default:
    g_string_append_printf (xml, "      <error type=\"%s\" message=\"%s\"/>\n", failure, text);
    break;
  }
  g_string_append (xml, "    </testcase>\n");
}

gboolean
stn_junit_write (const char *path, const GPtrArray *rows, const StnJob *job, const char *lot, GError **error)
{
  g_autoptr (GString) xml = g_string_new ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
  g_autofree char *name = escape (job->name), *lot_name = escape (lot);
  guint counts[STN_VERDICT_COUNT] = { 0 };
  g_autoptr (GError) unwritten = NULL;

  for (guint i = 0; i < rows->len; i++)
    counts[((const StnUnitRow *) g_ptr_array_index (rows, i))->outcome]++;
  g_string_append_printf (
      xml, "  <testsuite name=\"%s%s%s\" tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\">\n", name,
      *lot_name != '\0' ? " lot " : "", lot_name, rows->len, counts[STN_VERDICT_FAIL] + counts[STN_VERDICT_EMPTY],
      counts[STN_VERDICT_ERROR] + counts[STN_VERDICT_CANCELLED], counts[STN_VERDICT_SKIPPED]);
  g_string_append_printf (
      xml, "    <properties>\n      <property name=\"job-hash\" value=\"%s\"/>\n    </properties>\n", job->hash);
  for (guint i = 0; i < rows->len; i++)
    append_case (xml, g_ptr_array_index (rows, i), job);
  g_string_append (xml, "  </testsuite>\n</testsuites>\n");

  if (g_file_set_contents (path, xml->str, (gssize) xml->len, &unwritten))
    return TRUE;
  stn_error_set (error, STN_FAILURE_PERMISSION, "%s", unwritten->message);
  return FALSE;
}
