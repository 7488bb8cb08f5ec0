#include "src/station/check.h"

#include <stdio.h>
#include <unistd.h>

#include "src/cli/command.h"
#include "src/cli/json-line.h"
#include "src/cli/signals.h"
#include "src/cli/site-list.h"
#include "src/cli/table.h"

static const char *
cell_text (const StnProof *proof)
{
  static const char *const words[] = { "?", "ok", "WRONG", "not testable", "-" };
  return words[proof->state];
}

static char *
board_text (const StnSiteCheck *row)
{
  if (!row->is_identified)
    return g_strdup ("");
  return row->line != NULL ? g_strdup (row->line) : g_strdup_printf ("product id 0x%03x", row->product_id);
}

static void
print_table (const StnCheckReport *report)
{
  static const char *const titles[] = {
    "site", "adapter", "UART", "USB", "NRST", "BOOT0", "detect", "UID", "board", "", NULL
  };
  static const char *const states[] = { "proved", "WRONG", "silent", "ERROR" };
  g_autoptr (StnTable) table = stn_table_new (titles);

  for (guint i = 0; i < report->sites->len; i++) {
    const StnSiteCheck *row = g_ptr_array_index (report->sites, i);
    g_autofree char *board = board_text (row);
    const char *cells[] = { row->site,
                            cell_text (&row->proofs[STN_PROOF_CONTROL]),
                            cell_text (&row->proofs[STN_PROOF_UART]),
                            cell_text (&row->proofs[STN_PROOF_USB]),
                            cell_text (&row->proofs[STN_PROOF_NRST]),
                            cell_text (&row->proofs[STN_PROOF_BOOT0]),
                            cell_text (&row->proofs[STN_PROOF_DETECT]),
                            row->uid != NULL ? row->uid : cell_text (&row->proofs[STN_PROOF_UID]),
                            board,
                            states[row->state] };
    stn_table_add (table, cells);
  }
  g_autofree char *text = stn_table_text (table);
  g_print ("%s", text);
  gboolean first = TRUE;
  for (guint i = 0; i < report->sites->len; i++) {
    const StnSiteCheck *row = g_ptr_array_index (report->sites, i);
    for (guint k = 0; k < row->findings->len; k++) {
      g_print ("%s%s\n", first ? "\n" : "", (const char *) g_ptr_array_index (row->findings, k));
      first = FALSE;
    }
  }
}

static void
print_json (const StnSiteCheck *row)
{
  JsonObject *object = json_object_new (), *proofs = json_object_new ();
  JsonArray *findings = json_array_new ();

  json_object_set_string_member (object, "site", row->site);
  json_object_set_string_member (object, "bank", row->bank);
  json_object_set_string_member (object, "state", stn_site_state_name (row->state));
  for (guint kind = 0; kind < STN_PROOF_KIND_COUNT; kind++) {
    JsonObject *proof = json_object_new ();
    json_object_set_string_member (proof, "state", stn_proof_state_name (row->proofs[kind].state));
    if (row->proofs[kind].text != NULL)
      json_object_set_string_member (proof, "text", row->proofs[kind].text);
    json_object_set_object_member (proofs, stn_proof_kind_name (kind), proof);
  }
  json_object_set_object_member (object, "proofs", proofs);
  if (row->is_identified)
    json_object_set_int_member (object, "product_id", row->product_id);
  stn_json_add_text (object, "line", row->line);
  stn_json_add_text (object, "uid", row->uid);
  for (guint i = 0; i < row->findings->len; i++)
    json_array_add_string_element (findings, g_ptr_array_index (row->findings, i));
  json_object_set_array_member (object, "findings", findings);
  stn_json_print (object);
}

static void
show_progress (guint done, guint total, G_GNUC_UNUSED gpointer data)
{
  fprintf (stderr, "\r%u of %u%s", done, total, done == total ? "\r\033[K" : "");
}

/* Off a terminal too: it takes as long as a cup of coffee on a large bank. */
static void
show_what (const char *what, G_GNUC_UNUSED gpointer data)
{
  fprintf (stderr, "%s\n", what);
}

int
stn_command_check (const StnCommand *self, int argc, char **argv)
{
  g_autofree char *path = NULL, *list = NULL;
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "station", 0, 0, G_OPTION_ARG_FILENAME, &path, "Station file ($STATION_FILE, the user's, /etc/station)", "FILE" },
    { "sites", 0, 0, G_OPTION_ARG_STRING, &list, "Only these sites; all others are held all the same", "A1-A8,B2" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "One JSON object a site and line", NULL },
    G_OPTION_ENTRY_NULL,
  };
  int code = STN_EXIT_PASSED;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) sites = NULL;

  if (!stn_command_parse (self, entries, &argc, &argv, &code))
    return code;
  if (argc > 1)
    return stn_command_usage (self, "“%s” is one argument too many; sites are named by --sites", argv[1]);
  if (list != NULL && (sites = stn_site_list_parse (list, &error)) == NULL)
    return stn_command_usage (self, "%s", error->message);

  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  stn_signals_start (cancellable);
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  g_autoptr (StnStation) station = stn_station_load (path, clock, &error);
  if (station == NULL)
    return stn_command_fail (error);
  const StnCheckOptions options = {
    .sites = (const char *const *) sites,
    .cancellable = cancellable,
    .tell = json ? NULL : show_what,
    .progress = isatty (STDERR_FILENO) && !json ? show_progress : NULL,
  };
  g_autoptr (StnCheckReport) report = stn_station_check_wiring (station, &options, &error);
  if (report == NULL)
    return stn_command_fail (error);
  for (guint i = 0; json && i < report->sites->len; i++)
    print_json (g_ptr_array_index (report->sites, i));
  if (!json)
    print_table (report);
  if (report->counts[STN_SITE_ERROR] > 0)
    return STN_EXIT_STATION;
  return report->counts[STN_SITE_PROVED] == report->sites->len ? STN_EXIT_PASSED : STN_EXIT_FAILED;
}
