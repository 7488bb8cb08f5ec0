#include "src/cli/summary.h"

#include "src/cli/table.h"

StnUnitRow *
stn_unit_row_new (const StnEvent *event)
{
  StnUnitRow *self = g_new0 (StnUnitRow, 1);
  self->cycle = event->cycle;
  self->run_id = g_strdup (event->run_id);
  self->site = g_strdup (event->site);
  self->serial = g_strdup (event->serial);
  self->uid = g_strdup (event->uid);
  self->outcome = event->outcome;
  self->failure = event->failure;
  self->utc_us = event->utc_us;
  self->duration_ns = event->duration_ns;
  self->text = g_strdup (event->text);
  return self;
}

void
stn_unit_row_free (StnUnitRow *self)
{
  if (self == NULL)
    return;
  g_free (self->run_id);
  g_free (self->site);
  g_free (self->serial);
  g_free (self->uid);
  g_free (self->text);
  g_free (self);
}

const char *
stn_unit_row_word (const StnUnitRow *self)
{
  static const char *const words[STN_VERDICT_COUNT] = { "UNKNOWN",   "PASS",  "FAIL",   "ERROR",
                                                        "CANCELLED", "EMPTY", "SKIPPED" };
  return words[self->outcome];
}

static const StnUnitRow *
find_row (const GPtrArray *rows, gint64 cycle, const char *site)
{
  for (guint i = 0; i < rows->len; i++) {
    const StnUnitRow *row = g_ptr_array_index (rows, i);
    if (row->cycle == cycle && g_str_equal (row->site, site))
      return row;
  }
  return NULL;
}

char *
stn_summary_table (const GPtrArray *rows, gint64 cycle, const char *const *sites)
{
  static const char *const titles[] = { "site", "verdict", "serial", "uid", "time", "reason", NULL };
  g_autoptr (StnTable) table = stn_table_new (titles);

  for (guint i = 0; sites[i] != NULL; i++) {
    const StnUnitRow *row = find_row (rows, cycle, sites[i]);
    if (row == NULL) {
      const char *cells[] = { sites[i], "-", NULL, NULL, NULL, "no result was recorded" };
      stn_table_add (table, cells);
      continue;
    }
    g_autofree char *time = g_strdup_printf ("%.1f s", (double) row->duration_ns / 1e9);
    const char *cells[] = { row->site, stn_unit_row_word (row),        row->serial, row->uid,
                            time,      stn_failure_name (row->failure) };
    stn_table_add (table, cells);
  }
  return stn_table_text (table);
}

char *
stn_summary_sentences (const GPtrArray *rows, gint64 cycle, const char *const *sites)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; sites[i] != NULL; i++) {
    const StnUnitRow *row = find_row (rows, cycle, sites[i]);
    if (row == NULL || row->outcome == STN_VERDICT_PASS)
      continue;
    g_autofree char *sentence = stn_failure_operator_text (row->failure, row->site);
    g_string_append_printf (text, "%s: %s %s\n", row->site, sentence, stn_failure_row (row->failure)->next_action);
    if (row->text != NULL) {
      g_autofree char *reason = g_utf8_make_valid (row->text, -1);
      g_string_append_printf (text, "    %s (stationctl why %s)\n", reason, stn_failure_name (row->failure));
    }
  }
  return g_string_free (text, FALSE);
}

char *
stn_summary_counts (const guint counts[STN_VERDICT_COUNT])
{
  static const char *const words[STN_VERDICT_COUNT] = {
    NULL, "passed", "failed", "not judged, the station's fault", "cancelled", "empty or no contact", "refused"
  };
  guint total = 0;
  g_autoptr (GString) parts = g_string_new (NULL);

  for (guint verdict = STN_VERDICT_PASS; verdict < STN_VERDICT_COUNT; verdict++) {
    total += counts[verdict];
    if (counts[verdict] > 0)
      g_string_append_printf (parts, "%s%u %s", parts->len > 0 ? ", " : "", counts[verdict], words[verdict]);
  }
  if (total == 0)
    return g_strdup ("no board has a result");
  return g_strdup_printf ("%u %s: %s", total, total == 1 ? "board" : "boards", parts->str);
}
