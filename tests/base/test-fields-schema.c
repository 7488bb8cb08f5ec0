#include <json-glib/json-glib.h>

#include "src/base/clock.h"
#include "src/base/fields.h"
#include "src/base/text-kinds.h"

static const char *const level_names[] = { "low", "auto", "115200", "true", NULL };

typedef struct {
  char *name, *serial;
  int level;
  gint64 settle_ns, count, number;
  guint64 size, address;
  gboolean on;
  GPtrArray *list;
  const StnNode *node;
} Part;

typedef struct {
  Part part;
  GPtrArray *list;
} Whole;

static const StnField part_fields[] = {
  { .key = "pin",
    .kind = STN_FIELD_TEXT,
    STN_MEMBER (Part, name),
    .required = TRUE,
    .low = 1,
    .high = 20,
    .help = "adapter and pin, \"c1.AC0\"" },
  { .key = "settle",
    .kind = STN_FIELD_DURATION,
    STN_MEMBER (Part, settle_ns),
    .high = 10 * STN_NS_PER_S,
    .fallback = "50 ms",
    .help = "wait after a change" },
  { .key = "pin", .kind = STN_FIELD_PLACE, STN_MEMBER (Part, node) },
  { .key = "", .kind = STN_FIELD_PLACE, STN_MEMBER (Part, node) },
  { 0 },
};

static const StnField control_fields[] = {
  { .key = "", .kind = STN_FIELD_TEXT, STN_MEMBER (Part, name), .low = 1, .high = 8, .help = "the adapter's name" },
  { .key = "serial", .kind = STN_FIELD_TEXT, STN_MEMBER (Part, serial), .help = "serial number" },
  { 0 },
};

static const StnField whole_fields[] = {
  { .key = "level",
    .kind = STN_FIELD_ENUM,
    STN_MEMBER (Part, level),
    .names = level_names,
    .fallback = "auto",
    .help = "which one" },
  { .key = "on",
    .kind = STN_FIELD_BOOLEAN,
    STN_MEMBER (Part, on),
    .fallback = "yes",
    .required = TRUE,
    .help = "whether" },
  { .key = "count",
    .kind = STN_FIELD_INTEGER,
    STN_MEMBER (Part, count),
    .low = -1,
    .high = 9,
    .fallback = "3",
    .help = "how many" },
  { .key = "number",
    .kind = STN_FIELD_NUMBER,
    STN_MEMBER (Part, number),
    .low = 500000,
    .high = 99500000,
    .help = "a limit" },
  { .key = "size",
    .kind = STN_FIELD_SIZE,
    STN_MEMBER (Part, size),
    .low = 4,
    .high = 1048576,
    .fallback = "24 KiB",
    .help = "how big" },
  { .key = "address", .kind = STN_FIELD_ADDRESS, STN_MEMBER (Part, address), .help = "where" },
  { .key = "nrst",
    .kind = STN_FIELD_OBJECT,
    STN_MEMBER (Whole, part),
    .fields = part_fields,
    .short_key = "pin",
    .required = TRUE,
    .help = "the reset line" },
  { .key = "power", .kind = STN_FIELD_OBJECT, STN_MEMBER (Whole, part), .fields = part_fields, .help = "the supply" },
  { .key = "at",
    .kind = STN_FIELD_LIST,
    STN_MEMBER (Whole, list),
    .element = STN_FIELD_INTEGER,
    .items_least = 2,
    .items_most = 2,
    .fallback = "[0, 7]",
    .help = "row and column" },
  { .key = "marks", .kind = STN_FIELD_LIST, STN_MEMBER (Whole, list), .element = STN_FIELD_TEXT, .help = "marks" },
  { .key = "lines",
    .kind = STN_FIELD_LIST,
    STN_MEMBER (Whole, list),
    .element = STN_FIELD_OBJECT,
    .fields = part_fields,
    .struct_size = sizeof (Part),
    .short_key = "pin",
    .help = "lines" },
  { .key = "controls",
    .kind = STN_FIELD_MAP,
    STN_MEMBER (Whole, list),
    .fields = control_fields,
    .struct_size = sizeof (Part),
    .short_key = "serial",
    .items_most = 16,
    .help = "adapters with pins" },
  { .key = "raw", .kind = STN_FIELD_NODE, STN_MEMBER (Part, node), .help = "anything at all" },
  { 0 },
};

static void
a_small_table_is_this_schema (void)
{
  g_autofree char *schema = stn_fields_schema (part_fields, "line", "One line of a \"fixture\".");
  g_assert_cmpstr (schema, ==,
                   "{\n"
                   "  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
                   "  \"title\": \"line\",\n"
                   "  \"description\": \"One line of a \\\"fixture\\\".\",\n"
                   "  \"type\": \"object\",\n"
                   "  \"properties\": {\n"
                   "    \"pin\": {\n"
                   "      \"description\": \"adapter and pin, \\\"c1.AC0\\\" (1 to 20 bytes)\",\n"
                   "      \"type\": [\"string\", \"number\", \"boolean\"],\n"
                   "      \"minLength\": 1,\n"
                   "      \"maxLength\": 20\n"
                   "    },\n"
                   "    \"settle\": {\n"
                   "      \"description\": \"wait after a change (0 to 10 s)\",\n"
                   "      \"type\": [\"string\", \"integer\"],\n"
                   "      \"pattern\": \"^(0|(0|[1-9][0-9]*)(\\\\.[0-9]+)? ?(ns|us|µs|μs|ms|s|min|h))$\",\n"
                   "      \"minimum\": 0,\n"
                   "      \"maximum\": 0,\n"
                   "      \"default\": \"50 ms\"\n"
                   "    }\n"
                   "  },\n"
                   "  \"required\": [\"pin\"],\n"
                   "  \"additionalProperties\": false\n"
                   "}\n");
}

static JsonNode *
at_or_fail (JsonNode *root, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) found = json_path_query (path, root, &error);
  g_assert_no_error (error);
  JsonArray *array = json_node_get_array (found);
  g_test_message ("%s", path);
  g_assert_cmpuint (json_array_get_length (array), ==, 1);
  return json_array_dup_element (array, 0);
}

static void
every_kind_is_json_of_the_right_shape (void)
{
  static const struct {
    const char *path, *json;
  } cases[] = {
    { "$.required", "[\"on\",\"nrst\"]" },
    { "$.additionalProperties", "false" },
    { "$.properties.level.enum", "[\"low\",\"auto\",\"115200\",115200,\"true\",true]" },
    { "$.properties.level.default", "\"auto\"" },
    { "$.properties.on.enum", "[true,false,\"true\",\"false\",\"yes\",\"no\"]" },
    { "$.properties.on.default", "true" },
    { "$.properties.count.type", "[\"integer\",\"string\"]" },
    { "$.properties.count.minimum", "-1" },
    { "$.properties.count.maximum", "9" },
    { "$.properties.count.default", "3" },
    { "$.properties.number.minimum", "0.5" },
    { "$.properties.number.maximum", "99.5" },
    { "$.properties.size.minimum", "4" },
    { "$.properties.size.maximum", "1048576" },
    { "$.properties.size.description", "\"how big (4 B to 1 MiB)\"" },
    { "$.properties.address.minimum", "0" },
    { "$.properties.nrst.oneOf[0].type", "[\"string\",\"number\",\"boolean\"]" },
    { "$.properties.nrst.oneOf[1].type", "\"object\"" },
    { "$.properties.nrst.oneOf[1].required", "[\"pin\"]" },
    { "$.properties.nrst.oneOf[1].additionalProperties", "false" },
    { "$.properties.power.type", "\"object\"" },
    { "$.properties.power.properties.settle.default", "\"50 ms\"" },
    { "$.properties.at.type", "\"array\"" },
    { "$.properties.at.minItems", "2" },
    { "$.properties.at.maxItems", "2" },
    { "$.properties.at.default", "[0,7]" },
    { "$.properties.marks.oneOf[0].type", "[\"string\",\"number\",\"boolean\"]" },
    { "$.properties.marks.oneOf[1].items.type", "[\"string\",\"number\",\"boolean\"]" },
    { "$.properties.lines.oneOf[1].items.oneOf[1].type", "\"object\"" },
    { "$.properties.controls.type", "\"object\"" },
    { "$.properties.controls.propertyNames.maxLength", "8" },
    { "$.properties.controls.maxProperties", "16" },
    { "$.properties.controls.additionalProperties.oneOf[1].properties.serial.description", "\"serial number\"" },
    { "$.properties.raw", "{\"description\":\"anything at all\"}" },
  };
  g_autofree char *schema = stn_fields_schema (whole_fields, "whole", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = json_from_string (schema, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (JsonNode) node = at_or_fail (root, cases[i].path);
    g_autofree char *json = json_to_string (node, FALSE);
    g_assert_cmpstr (json, ==, cases[i].json);
  }
  g_assert_true (g_str_has_suffix (schema, "}\n"));
}

static void
odd_characters_in_help_stay_valid_json (void)
{
  static const StnField fields[] = {
    { .key = "a\"b",
      .kind = STN_FIELD_TEXT,
      STN_MEMBER (Part, name),
      .fallback = "\\\"\t\x01",
      .help = "tab\there, \"quotes\", a \\ and\na line — ünïcode" },
    { 0 },
  };
  g_autofree char *schema = stn_fields_schema (fields, "a \"title\"", "\n");
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = json_from_string (schema, &error);
  g_assert_no_error (error);
  JsonObject *properties = json_object_get_object_member (json_node_get_object (root), "properties");
  JsonObject *row = json_object_get_object_member (properties, "a\"b");
  g_assert_cmpstr (json_object_get_string_member (row, "description"), ==, fields[0].help);
  g_assert_cmpstr (json_object_get_string_member (row, "default"), ==, fields[0].fallback);
}

/* The pattern takes what the grammar takes, and refuses what has another shape. */
static void
patterns_agree_with_the_grammars (void)
{
  static const struct {
    StnFieldKind kind;
    const char *good, *bad; /* separated by | */
  } cases[] = {
    { STN_FIELD_INTEGER, "0|-1|24|0x1F|-0", "010|1.5|1 ms|+1|0x|-0x1| 1|1 " },
    { STN_FIELD_ADDRESS, "0x0|0x08004000|0xFFffFFff", "0|8004000|0x|0X1|0x1g" },
    { STN_FIELD_SIZE, "0|24|0x400|24 KiB|24KiB|1.5 MiB|1 B|2 GiB", "24 KB|24  KiB|-1|.5 KiB|5. KiB|0x10 B|KiB" },
    { STN_FIELD_DURATION, "0|0 s|500 ms|500ms|0.5 s|1 min|2 h|50 us|50 µs|50 μs|1 ns", "20|1 sec|-1 s|ms|01 s|5  s" },
    { STN_FIELD_VOLTAGE, "3.3 V|3300 mV|3V|5 uV|5 µV|5 μV", "3.3|0|3 A|-1 V" },
    { STN_FIELD_NUMBER, "99.5|-40|0|0.000001", "1e3|.5|5.|1 %|--1|+1" },
    { STN_FIELD_RANGE, "0x0..0x0|0x08000000..0x0800ffff", "0x0|0x0..|..0x1|0x0...0x1|0..1|0x0 .. 0x1" },
    { STN_FIELD_DATE, "2026-12-31|2028-02-29", "2026-1-1|31.12.2026|2026-12-311" },
    { STN_FIELD_HASH, "0123456789abcdefABCDEF0123456789abcdef0123456789abcdef0123456789", "abc|" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const StnScalarKind *row = stn_scalar_kind (cases[i].kind);
    g_auto (GStrv) good = g_strsplit (cases[i].good, "|", -1);
    g_auto (GStrv) bad = g_strsplit (cases[i].bad, "|", -1);
    for (guint half = 0; half < 2; half++) {
      char **texts = half == 0 ? good : bad;
      for (guint k = 0; texts[k] != NULL; k++) {
        /* as large as the largest member, and freed where it is a text */
        union {
          char *text;
          StnRange range;
        } member = { 0 };
        gboolean taken = row->parse (texts[k], &member) == STN_TEXT_OK;
        g_test_message ("%s", texts[k]);
        g_assert_cmpint (taken, ==, half == 0);
        g_assert_cmpint (g_regex_match_simple (row->pattern, texts[k], G_REGEX_DOLLAR_ENDONLY, 0), ==, half == 0);
        if (taken && row->owned)
          g_free (member.text);
      }
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/schema/a_small_table_is_this_schema", a_small_table_is_this_schema);
  g_test_add_func ("/schema/every_kind_is_json_of_the_right_shape", every_kind_is_json_of_the_right_shape);
  g_test_add_func ("/schema/odd_characters_in_help_stay_valid_json", odd_characters_in_help_stay_valid_json);
  g_test_add_func ("/schema/patterns_agree_with_the_grammars", patterns_agree_with_the_grammars);
  return g_test_run ();
}
