#include "src/cli/event-json.h"

#include "src/base/clock.h"
#include "src/cli/json-line.h"

typedef struct {
  const char *key;
  const char *type; /* of JSON Schema */
  gboolean always;
  const char *help;
  /* adds the member, or nothing when the event has none */
  void (*add) (JsonObject *object, const char *key, const StnEvent *event);
} Member;

static void
add_version (JsonObject *object, const char *key, const StnEvent *event)
{
  (void) event;
  json_object_set_int_member (object, key, STN_EVENT_FORMAT);
}

static void
add_sequence (JsonObject *object, const char *key, const StnEvent *event)
{
  json_object_set_int_member (object, key, (gint64) event->sequence);
}

static void
add_time (JsonObject *object, const char *key, const StnEvent *event)
{
  g_autoptr (GDateTime) seconds = g_date_time_new_from_unix_utc (event->utc_us / G_USEC_PER_SEC);
  g_autofree char *date = seconds != NULL ? g_date_time_format (seconds, "%Y-%m-%dT%H:%M:%S") : NULL;
  g_autofree char *text =
      g_strdup_printf ("%s.%06dZ", date != NULL ? date : "1970-01-01T00:00:00", (int) (event->utc_us % G_USEC_PER_SEC));
  json_object_set_string_member (object, key, text);
}

static void
add_mono (JsonObject *object, const char *key, const StnEvent *event)
{
  json_object_set_int_member (object, key, event->mono_ns);
}

static void
add_kind (JsonObject *object, const char *key, const StnEvent *event)
{
  json_object_set_string_member (object, key, stn_event_name (event->kind));
}

static void
add_run (JsonObject *object, const char *key, const StnEvent *event)
{
  stn_json_add_text (object, key, event->run_id);
}

static void
add_site (JsonObject *object, const char *key, const StnEvent *event)
{
  stn_json_add_text (object, key, event->site);
}

static void
add_serial (JsonObject *object, const char *key, const StnEvent *event)
{
  stn_json_add_text (object, key, event->serial);
}

static void
add_uid (JsonObject *object, const char *key, const StnEvent *event)
{
  stn_json_add_text (object, key, event->uid);
}

static void
add_step (JsonObject *object, const char *key, const StnEvent *event)
{
  if (event->has_step)
    json_object_set_string_member (object, key, stn_step_name (event->step));
}

static void
add_outcome (JsonObject *object, const char *key, const StnEvent *event)
{
  if (event->has_outcome)
    json_object_set_string_member (object, key, stn_verdict_name (event->outcome));
}

static void
add_failure (JsonObject *object, const char *key, const StnEvent *event)
{
  if (event->failure != STN_FAILURE_NONE)
    json_object_set_string_member (object, key, stn_failure_name (event->failure));
}

static void
add_ms (JsonObject *object, const char *key, const StnEvent *event)
{
  if (event->duration_ns >= 0)
    json_object_set_int_member (object, key, (event->duration_ns + STN_NS_PER_MS / 2) / STN_NS_PER_MS);
}

static void
add_predicted_ms (JsonObject *object, const char *key, const StnEvent *event)
{
  if (event->predicted_ns >= 0)
    json_object_set_int_member (object, key, (event->predicted_ns + STN_NS_PER_MS / 2) / STN_NS_PER_MS);
}

static void
add_tries (JsonObject *object, const char *key, const StnEvent *event)
{
  if (event->tries > 0)
    json_object_set_int_member (object, key, event->tries);
}

static void
add_bytes (JsonObject *object, const char *key, const StnEvent *event)
{
  gboolean counts_bytes = event->kind == STN_EVENT_UNIT_STEP || event->kind == STN_EVENT_UNIT_PROGRESS
                          || event->kind == STN_EVENT_UNIT_RESULT;
  if (counts_bytes)
    json_object_set_int_member (object, key, (gint64) event->bytes);
}

static void
add_total_bytes (JsonObject *object, const char *key, const StnEvent *event)
{
  if (event->total_bytes > 0)
    json_object_set_int_member (object, key, (gint64) event->total_bytes);
}

static void
add_cycle (JsonObject *object, const char *key, const StnEvent *event)
{
  if (event->cycle > 0)
    json_object_set_int_member (object, key, event->cycle);
}

static void
add_counts (JsonObject *object, const char *key, const StnEvent *event)
{
  if (event->kind != STN_EVENT_CYCLE_RESULT && event->kind != STN_EVENT_RUN_END)
    return;
  JsonObject *counts = json_object_new ();
  for (guint verdict = STN_VERDICT_PASS; verdict < STN_VERDICT_COUNT; verdict++)
    json_object_set_int_member (counts, stn_verdict_name (verdict), event->counts[verdict]);
  json_object_set_object_member (object, key, counts);
}

static void
add_exit (JsonObject *object, const char *key, const StnEvent *event)
{
  if (event->kind == STN_EVENT_RUN_END)
    json_object_set_int_member (object, key, (gint64) event->bytes);
}

static void
add_words (JsonObject *object, const char *key, const StnEvent *event)
{
  stn_json_add_text (object, key, event->text);
}

static const Member members[] = {
  { "v", "integer", TRUE, "version of the format: 1", add_version },
  { "seq", "integer", TRUE, "number of the line in this run of the program, from 1, without gaps", add_sequence },
  { "ts", "string", TRUE, "UTC, RFC 3339 with microseconds", add_time },
  { "mono_ns", "integer", TRUE, "monotonic time in ns; only differences mean anything", add_mono },
  { "run", "string", FALSE, "UUID of the unit's run", add_run },
  { "ev", "string", TRUE, "what happened", add_kind },
  { "site", "string", FALSE, "name of the site", add_site },
  { "serial", "string", FALSE, "serial of the unit", add_serial },
  { "uid", "string", FALSE, "the chip's UID, 24 hex digits", add_uid },
  { "step", "string", FALSE, "the step", add_step },
  { "outcome", "string", FALSE, "of a step or a unit", add_outcome },
  { "failure", "string", FALSE, "name of the failure, see stationctl why", add_failure },
  { "ms", "integer", FALSE, "how long it took", add_ms },
  { "predicted_ms", "integer", FALSE, "how long the plan says that the run or the step takes", add_predicted_ms },
  { "tries", "integer", FALSE, "1: no exchange was repeated", add_tries },
  { "bytes", "integer", FALSE, "bytes done", add_bytes },
  { "total_bytes", "integer", FALSE, "bytes to do", add_total_bytes },
  { "cycle", "integer", FALSE, "cycle of this run of the program, from 1", add_cycle },
  { "counts", "object", FALSE, "units by verdict", add_counts },
  { "exit", "integer", FALSE, "run.end: the exit code", add_exit },
  { "text", "string", FALSE, "a sentence or a name", add_words },
};

char *
stn_event_to_json (const StnEvent *event)
{
  JsonObject *object = json_object_new ();
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    members[i].add (object, members[i].key, event);
  return stn_json_line (object);
}

static void
add_enum (JsonObject *property, const char *(*name) (guint), guint first, guint count)
{
  JsonArray *names = json_array_new ();
  for (guint i = first; i < count; i++)
    json_array_add_string_element (names, name (i));
  json_object_set_array_member (property, "enum", names);
}

static const char *
kind_name (guint kind)
{
  return stn_event_name (kind);
}

static const char *
verdict_name (guint verdict)
{
  return stn_verdict_name (verdict);
}

static const char *
step_name (guint step)
{
  return stn_step_name (step);
}

static const char *
failure_name (guint failure)
{
  return stn_failure_name (failure);
}

static const struct {
  const char *key;
  const char *(*name) (guint);
  guint first, count;
} enums[] = {
  { "ev", kind_name, 0, STN_EVENT_COUNT },
  { "outcome", verdict_name, STN_VERDICT_PASS, STN_VERDICT_COUNT },
  { "step", step_name, 0, STN_STEP_COUNT },
  { "failure", failure_name, 1, STN_FAILURE_COUNT },
};

static char *
kinds_text (void)
{
  GString *text =
      g_string_new ("One line of stationctl run --json. Readers ignore keys and kinds that they do not know. ");
  for (guint i = 0; i < STN_EVENT_COUNT; i++)
    g_string_append_printf (text, "%s%s: %s", i > 0 ? "; " : "", stn_event_name (i), stn_event_help (i));
  return g_string_free (text, FALSE);
}

char *
stn_event_schema (void)
{
  JsonObject *schema = json_object_new (), *properties = json_object_new ();
  JsonArray *required = json_array_new ();
  g_autofree char *description = kinds_text ();

  for (guint i = 0; i < G_N_ELEMENTS (members); i++) {
    JsonObject *property = json_object_new ();
    json_object_set_string_member (property, "type", members[i].type);
    json_object_set_string_member (property, "description", members[i].help);
    for (guint k = 0; k < G_N_ELEMENTS (enums); k++)
      if (g_str_equal (enums[k].key, members[i].key))
        add_enum (property, enums[k].name, enums[k].first, enums[k].count);
    json_object_set_object_member (properties, members[i].key, property);
    if (members[i].always)
      json_array_add_string_element (required, members[i].key);
  }
  json_object_set_string_member (schema, "$schema", "https://json-schema.org/draft/2020-12/schema");
  json_object_set_string_member (schema, "title", "events");
  json_object_set_string_member (schema, "description", description);
  json_object_set_string_member (schema, "type", "object");
  json_object_set_object_member (schema, "properties", properties);
  json_object_set_array_member (schema, "required", required);
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (root, schema);
  g_autofree char *text = json_to_string (root, TRUE);
  return g_strconcat (text, "\n", NULL);
}
