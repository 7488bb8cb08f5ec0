#include "src/cli/json-line.h"

#include <stdio.h>

char *
stn_json_line (JsonObject *object)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (root, object);
  return json_to_string (root, FALSE);
}

void
stn_json_print (JsonObject *object)
{
  g_autofree char *text = stn_json_line (object);
  puts (text);
}

void
stn_json_add_text (JsonObject *object, const char *key, const char *text)
{
  if (text == NULL)
    return;
  /* what a board answers can be anything; JSON is UTF-8 */
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  json_object_set_string_member (object, key, valid);
}
