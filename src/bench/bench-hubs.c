/* Hubs whose ports feed boards. */
#include "src/bench/bench-config.h"

#define HUB_PORTS_MOST 15

static void
line_free (gpointer data)
{
  StnBenchLine *line = data;
  g_free (line->board);
  g_free (line);
}

static StnBenchAdapter *
ensure_hub (StnBenchConfig *self, const char *port)
{
  for (guint i = 0; i < self->hubs->len; i++) {
    StnBenchAdapter *hub = g_ptr_array_index (self->hubs, i);
    if (stn_bench_place_is (port, NULL, hub->port))
      return hub;
  }
  StnBenchAdapter *hub = g_new0 (StnBenchAdapter, 1);
  hub->port = g_strdup (port);
  hub->is_hub = TRUE;
  hub->lines = g_ptr_array_new_with_free_func (line_free);
  g_ptr_array_add (self->hubs, hub);
  return hub;
}

gboolean
stn_bench_config_add_hub_power (StnBenchConfig *self, const char *place, guint port, const char *board, GError **error)
{
  if (stn_bench_config_board (self, board) == NULL) {
    stn_error_set (error, STN_FAILURE_BAD_FILE, "hub %s: there is no board \"%s\"", place, board);
    return FALSE;
  }
  if (port < 1 || port > HUB_PORTS_MOST) {
    g_autofree char *seen = g_strdup_printf ("%u", port);
    stn_error_set_seen (error, STN_FAILURE_BAD_FILE, "1 to 15", seen, "a port of the bench's hub %s", place);
    return FALSE;
  }
  StnBenchLine *line = g_new0 (StnBenchLine, 1);
  *line = (StnBenchLine){ .bit = port, .board = g_strdup (board), .signal = STN_LINE_POWER };
  g_ptr_array_add (ensure_hub (self, place)->lines, line);
  return TRUE;
}

gboolean
stn_bench_config_read_hub (StnBenchConfig *self, const char *port, StnHubSwitching switching, const StnNode *power,
                           GError **error)
{
  ensure_hub (self, port)->switching = switching;
  if (power != NULL && power->kind != STN_NODE_MAPPING) {
    stn_node_error (power, error, "a map from port to board", NULL, "power of hub %s", port);
    return FALSE;
  }
  for (guint i = 0; power != NULL && i < power->items->len; i++) {
    const StnNode *key = g_ptr_array_index (power->keys, i), *item = g_ptr_array_index (power->items, i);
    g_autoptr (GError) problem = NULL;
    guint64 number = 0;
    if (item->kind != STN_NODE_SCALAR || !g_ascii_string_to_unsigned (key->text, 10, 1, HUB_PORTS_MOST, &number, NULL)) {
      stn_node_error (item, error, "a port, 1 to 15, and a board", NULL, "power of hub %s", port);
      return FALSE;
    }
    if (stn_bench_config_add_hub_power (self, port, (guint) number, item->text, &problem))
      continue;
    stn_node_error (item, error, NULL, NULL, "%s", problem->message);
    return FALSE;
  }
  return TRUE;
}
