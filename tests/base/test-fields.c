#include "src/base/clock.h"
#include "src/base/fields.h"

#include <string.h>

typedef enum { LEVEL_LOW, LEVEL_HIGH, LEVEL_AUTO } Level;
static const char *const level_names[] = { "low", "high", "auto", NULL };

typedef struct {
  char *pin;
  int active;
  gint64 settle_ns;
  GPtrArray *marks;
  const StnNode *place;
  const StnNode *pin_place;
} Line;

typedef struct {
  char *name;
  Line nrst;
  gboolean has_nrst;
  GPtrArray *at;
} Site;

typedef struct {
  char *name;
  char *serial;
  gboolean buffered;
  const StnNode *place;
} Control;

typedef struct {
  char *text, *path, *hash, *date;
  gboolean boolean;
  gint64 integer, small;
  guint64 address, size;
  gint64 duration, voltage, number;
  int level;
  StnRange range;
  Line line;
  gboolean has_line;
  GPtrArray *sites;    /* Site */
  GPtrArray *controls; /* Control */
  GPtrArray *words;    /* char * */
  GPtrArray *ranges;   /* StnRange */
  GPtrArray *pair;     /* gint64 */
  GPtrArray *nodes;    /* const StnNode * */
  GPtrArray *lines;    /* Line */
  const StnNode *raw;
  const StnNode *integer_place;
  const StnNode *place;
} Everything;

static const StnField line_fields[] = {
  { .key = "pin", .kind = STN_FIELD_TEXT, STN_MEMBER (Line, pin), .required = TRUE, .help = "adapter and pin" },
  { .key = "active",
    .kind = STN_FIELD_ENUM,
    STN_MEMBER (Line, active),
    .names = level_names,
    .fallback = "high",
    .help = "the level that does it" },
  { .key = "settle",
    .kind = STN_FIELD_DURATION,
    STN_MEMBER (Line, settle_ns),
    .low = 0,
    .high = 10 * STN_NS_PER_S,
    .fallback = "50 ms",
    .help = "wait after a change" },
  { .key = "marks", .kind = STN_FIELD_LIST, STN_MEMBER (Line, marks), .element = STN_FIELD_TEXT, .help = "marks" },
  { .key = "", .kind = STN_FIELD_PLACE, STN_MEMBER (Line, place) },
  { .key = "pin", .kind = STN_FIELD_PLACE, STN_MEMBER (Line, pin_place) },
  { 0 },
};

static const StnField site_fields[] = {
  { .key = "name",
    .kind = STN_FIELD_TEXT,
    STN_MEMBER (Site, name),
    .required = TRUE,
    .low = 1,
    .high = 4,
    .help = "what the operator calls it" },
  { .key = "nrst",
    .kind = STN_FIELD_OBJECT,
    STN_MEMBER (Site, nrst),
    STN_PRESENT (Site, has_nrst),
    .fields = line_fields,
    .short_key = "pin",
    .help = "the reset line" },
  { .key = "at",
    .kind = STN_FIELD_LIST,
    STN_MEMBER (Site, at),
    .element = STN_FIELD_INTEGER,
    .fallback = "[0, 7]",
    .items_least = 2,
    .items_most = 2,
    .low = 0,
    .high = 99,
    .help = "row and column" },
  { 0 },
};

static const StnField control_fields[] = {
  { .key = "", .kind = STN_FIELD_TEXT, STN_MEMBER (Control, name), .help = "its name" },
  { .key = "serial", .kind = STN_FIELD_TEXT, STN_MEMBER (Control, serial), .help = "serial number" },
  { .key = "buffered", .kind = STN_FIELD_BOOLEAN, STN_MEMBER (Control, buffered), .help = "has a buffer" },
  { .key = "", .kind = STN_FIELD_PLACE, STN_MEMBER (Control, place) },
  { 0 },
};

static const StnField everything_fields[] = {
  { .key = "text", .kind = STN_FIELD_TEXT, STN_MEMBER (Everything, text), .low = 2, .high = 8, .help = "words" },
  { .key = "path", .kind = STN_FIELD_PATH, STN_MEMBER (Everything, path), .help = "a file" },
  { .key = "hash", .kind = STN_FIELD_HASH, STN_MEMBER (Everything, hash), .help = "SHA-256" },
  { .key = "date", .kind = STN_FIELD_DATE, STN_MEMBER (Everything, date), .help = "a day" },
  { .key = "boolean", .kind = STN_FIELD_BOOLEAN, STN_MEMBER (Everything, boolean), .help = "whether" },
  { .key = "integer", .kind = STN_FIELD_INTEGER, STN_MEMBER (Everything, integer), .help = "how many" },
  { .key = "small",
    .kind = STN_FIELD_INTEGER,
    STN_MEMBER (Everything, small),
    .low = -5,
    .high = 5,
    .fallback = "3",
    .help = "few" },
  { .key = "address",
    .kind = STN_FIELD_ADDRESS,
    STN_MEMBER (Everything, address),
    .low = 0x08000000,
    .high = 0x080fffff,
    .help = "where" },
  { .key = "size",
    .kind = STN_FIELD_SIZE,
    STN_MEMBER (Everything, size),
    .low = 4,
    .high = 2 * 1024 * 1024,
    .fallback = "24 KiB",
    .help = "how big" },
  { .key = "duration",
    .kind = STN_FIELD_DURATION,
    STN_MEMBER (Everything, duration),
    .low = 0,
    .high = 10 * STN_NS_PER_S,
    .help = "how long" },
  { .key = "voltage",
    .kind = STN_FIELD_VOLTAGE,
    STN_MEMBER (Everything, voltage),
    .low = 1620000,
    .high = 3600000,
    .help = "the supply" },
  { .key = "number",
    .kind = STN_FIELD_NUMBER,
    STN_MEMBER (Everything, number),
    .low = -40500000,
    .high = 100000000,
    .help = "a limit" },
  { .key = "level",
    .kind = STN_FIELD_ENUM,
    STN_MEMBER (Everything, level),
    .names = level_names,
    .fallback = "auto",
    .help = "which level" },
  { .key = "range", .kind = STN_FIELD_RANGE, STN_MEMBER (Everything, range), .help = "from, to" },
  { .key = "line",
    .kind = STN_FIELD_OBJECT,
    STN_MEMBER (Everything, line),
    STN_PRESENT (Everything, has_line),
    .fields = line_fields,
    .help = "a line" },
  { .key = "sites",
    .kind = STN_FIELD_LIST,
    STN_MEMBER (Everything, sites),
    .element = STN_FIELD_OBJECT,
    .fields = site_fields,
    .struct_size = sizeof (Site),
    .help = "the sites" },
  { .key = "controls",
    .kind = STN_FIELD_MAP,
    STN_MEMBER (Everything, controls),
    .fields = control_fields,
    .struct_size = sizeof (Control),
    .short_key = "serial",
    .items_most = 3,
    .help = "adapters" },
  { .key = "words",
    .kind = STN_FIELD_LIST,
    STN_MEMBER (Everything, words),
    .element = STN_FIELD_TEXT,
    .items_least = 1,
    .help = "words" },
  { .key = "ranges",
    .kind = STN_FIELD_LIST,
    STN_MEMBER (Everything, ranges),
    .element = STN_FIELD_RANGE,
    .help = "ranges" },
  { .key = "pair",
    .kind = STN_FIELD_LIST,
    STN_MEMBER (Everything, pair),
    .element = STN_FIELD_INTEGER,
    .items_least = 1,
    .items_most = 2,
    .help = "one or two" },
  { .key = "nodes",
    .kind = STN_FIELD_LIST,
    STN_MEMBER (Everything, nodes),
    .element = STN_FIELD_NODE,
    .help = "anything" },
  { .key = "lines",
    .kind = STN_FIELD_LIST,
    STN_MEMBER (Everything, lines),
    .element = STN_FIELD_OBJECT,
    .fields = line_fields,
    .struct_size = sizeof (Line),
    .short_key = "pin",
    .help = "lines" },
  { .key = "raw", .kind = STN_FIELD_NODE, STN_MEMBER (Everything, raw), .help = "anything" },
  { .key = "integer", .kind = STN_FIELD_PLACE, STN_MEMBER (Everything, integer_place) },
  { .key = "", .kind = STN_FIELD_PLACE, STN_MEMBER (Everything, place) },
  { 0 },
};

typedef struct {
  StnYaml *yaml;
  Everything it;
} Fixture;

static void
fixture_clear (Fixture *self)
{
  stn_fields_clear (everything_fields, &self->it);
  g_clear_pointer (&self->yaml, stn_yaml_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

static void
read_or_fail (Fixture *self, const char *file, const char *text)
{
  g_autoptr (GError) error = NULL;
  self->yaml = stn_yaml_parse (file, text, strlen (text), &error);
  g_assert_no_error (error);
  stn_fields_read (everything_fields, stn_yaml_root (self->yaml), &self->it, &error);
  g_assert_no_error (error);
}

/* Every bad value, and all of what is said about it. */
static void
bad_values_are_refused_with_place_expected_and_found (void)
{
  static const struct {
    const char *text, *message;
  } cases[] = {
#define T "f.yaml:1:"
    { "text: [a]", T "7: text: expected a text, found a list" },
    { "text: {a: b}", T "7: text: expected a text, found a mapping" },
    { "text:", T "6: text: expected a text, found nothing" },
    { "text: a", T "7: text: expected 2 to 8 bytes, found 1 byte" },
    { "text: \"\"", T "7: text: expected 2 to 8 bytes, found 0 bytes" },
    { "text: ünglücke", T "7: text: expected 2 to 8 bytes, found 10 bytes" },
    { "path: ''", T "7: path: expected a path, found an empty text" },
    { "path: [a]", T "7: path: expected a path, found a list" },
    { "hash: abc", T "7: hash: expected 64 hex digits (SHA-256), found “abc”" },
    { "hash: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeg",
      T "7: hash: expected 64 hex digits (SHA-256), found “0123456789abcdef0123456789abcdef01234567…”" },
    { "date: 31.12.2026", T "7: date: expected a date such as 2026-12-31, found “31.12.2026”" },
    { "date: 2026-02-29", T "7: date: expected a date such as 2026-12-31, found “2026-02-29”" },
    { "date: 2026-1-1", T "7: date: expected a date such as 2026-12-31, found “2026-1-1”" },
    { "boolean: on", T "10: boolean: expected true or false, found “on”" },
    { "boolean: True", T "10: boolean: expected true or false, found “True”" },
    { "boolean: 1", T "10: boolean: expected true or false, found “1”" },
    { "integer: 20 ms", T "10: integer: expected a whole number such as 24, found “20 ms” with a unit" },
    { "integer: 20ms", T "10: integer: expected a whole number such as 24, found “20ms” with a unit" },
    { "integer: 50 %", T "10: integer: expected a whole number such as 24, found “50 %” with a unit" },
    { "integer: 1.5", T "10: integer: expected a whole number such as 24, found “1.5”" },
    { "integer: 1e5", T "10: integer: expected a whole number such as 24, found “1e5”" },
    { "integer: 1_000", T "10: integer: expected a whole number such as 24, found “1_000”" },
    { "integer: 010", T "10: integer: expected a whole number such as 24, found “010”" },
    { "integer: +5", T "10: integer: expected a whole number such as 24, found “+5”" },
    { "integer: '-'", T "10: integer: expected a whole number such as 24, found “-”" },
    { "integer: 0x", T "10: integer: expected a whole number such as 24, found “0x”" },
    { "integer: -0x5", T "10: integer: expected a whole number such as 24, found “-0x5”" },
    { "integer: ' 5'", T "10: integer: expected a whole number such as 24, found “ 5”" },
    { "integer: many", T "10: integer: expected a whole number such as 24, found “many”" },
    { "integer: 9223372036854775808",
      T "10: integer: expected a whole number such as 24, found “9223372036854775808”, which is too large" },
    { "integer: -9223372036854775809",
      T "10: integer: expected a whole number such as 24, found “-9223372036854775809”, which is too large" },
    { "integer: 99999999999999999999999999",
      T "10: integer: expected a whole number such as 24, found “99999999999999999999999999”, which is too large" },
    { "integer: 0x8000000000000000",
      T "10: integer: expected a whole number such as 24, found “0x8000000000000000”, which is too large" },
    { "small: 6", T "8: small: expected -5 to 5, found 6" },
    { "small: -6", T "8: small: expected -5 to 5, found -6" },
    { "address: 134217728", T "10: address: expected an address such as 0x08004000, found “134217728”" },
    { "address: 0x0800400g", T "10: address: expected an address such as 0x08004000, found “0x0800400g”" },
    { "address: 0x10000000000000000",
      T "10: address: expected an address such as 0x08004000, found “0x10000000000000000”, which is too large" },
    { "address: 0x07ffffff", T "10: address: expected 0x08000000 to 0x080FFFFF, found 0x07ffffff" },
    { "address: 0xffffffffffffffff", T "10: address: expected 0x08000000 to 0x080FFFFF, found 0xffffffffffffffff" },
    { "size: 24 KB", T "7: size: expected a size such as 24 KiB, found “24 KB”" },
    { "size: 24  KiB", T "7: size: expected a size such as 24 KiB, found “24  KiB”" },
    { "size: -1", T "7: size: expected a size such as 24 KiB, found “-1”" },
    { "size: 0.3 KiB", T "7: size: expected a size such as 24 KiB, found “0.3 KiB”, which is finer than can be kept" },
    { "size: 1.5", T "7: size: expected a size such as 24 KiB, found “1.5”, which is finer than can be kept" },
    { "size: 17179869184 GiB",
      T "7: size: expected a size such as 24 KiB, found “17179869184 GiB”, which is too large" },
    { "size: 3 MiB", T "7: size: expected 4 B to 2 MiB, found 3 MiB" },
    { "size: 0", T "7: size: expected 4 B to 2 MiB, found 0" },
    { "duration: 20", T "11: duration: expected a time such as 500 ms, found “20” without a unit" },
    { "duration: 20 s", T "11: duration: expected 0 to 10 s, found 20 s" },
    { "duration: 10.000000001 s", T "11: duration: expected 0 to 10 s, found 10.000000001 s" },
    { "duration: 0.5 ns",
      T "11: duration: expected a time such as 500 ms, found “0.5 ns”, which is finer than can be kept" },
    { "duration: 0.00000000000000000000000000000000001 s",
      T "11: duration: expected a time such as 500 ms, found “0.00000000000000000000000000000000001 s”, which is finer "
        "than can be kept" },
    { "duration: -1 s", T "11: duration: expected a time such as 500 ms, found “-1 s”" },
    { "duration: 5 V", T "11: duration: expected a time such as 500 ms, found “5 V”" },
    { "duration: 5 sec", T "11: duration: expected a time such as 500 ms, found “5 sec”" },
    { "duration: ms", T "11: duration: expected a time such as 500 ms, found “ms”" },
    { "duration: .5 s", T "11: duration: expected a time such as 500 ms, found “.5 s”" },
    { "duration: 5. s", T "11: duration: expected a time such as 500 ms, found “5. s”" },
    { "duration: 2562048 h", T "11: duration: expected a time such as 500 ms, found “2562048 h”, which is too large" },
    { "voltage: 3.3", T "10: voltage: expected a voltage such as 3.3 V, found “3.3” without a unit" },
    { "voltage: 0", T "10: voltage: expected a voltage such as 3.3 V, found “0” without a unit" },
    { "voltage: 5 V", T "10: voltage: expected 1.62 to 3.6 V, found 5 V" },
    { "voltage: 3 A", T "10: voltage: expected a voltage such as 3.3 V, found “3 A”" },
    { "number: 99.5 %", T "9: number: expected a number such as 99.5, found “99.5 %” with a unit" },
    { "number: 0.0000001",
      T "9: number: expected a number such as 99.5, found “0.0000001”, which is finer than can be kept" },
    { "number: 100.000001", T "9: number: expected -40.5 to 100, found 100.000001" },
    { "number: -41", T "9: number: expected -40.5 to 100, found -41" },
    { "level: hihg", T "8: level: expected low, high or auto, found “hihg”; the nearest is “high”" },
    { "level: purple", T "8: level: expected low, high or auto, found “purple”" },
    { "level: [low]", T "8: level: expected low, high or auto, found a list" },
    { "range: 0x10", T "8: range: expected a range such as 0x08004000..0x08007FFF, found “0x10”" },
    { "range: 0x10..0x0f",
      T "8: range: expected a range such as 0x08004000..0x08007FFF, found “0x10..0x0f”, which ends before it starts" },
    { "range: 0x10..20", T "8: range: expected a range such as 0x08004000..0x08007FFF, found “0x10..20”" },
    { "line: c1.AC0", T "7: line: expected a mapping, found “c1.AC0”" },
    { "line:", T "6: line: expected a mapping, found nothing" },
    { "line: {}", T "7: line: the key “pin” is missing (adapter and pin): expected a text, found nothing" },
    { "line: { pin: a, active: hi }", T "25: line.active: expected low, high or auto, found “hi”" },
    { "line: { pin: a, setle: 1 s }", T "17: line: unknown key “setle”; the nearest known key is “settle”" },
    { "line: { pin: a, colour: red }", T "17: line: unknown key “colour”: expected pin, active, settle or marks" },
    { "dete: 1", T "1: unknown key “dete”; the nearest known key is “date”" },
    { "sites: A1", T "8: sites: expected a list, found “A1”" },
    { "sites: { name: A1 }", T "8: sites: expected a list, found a mapping" },
    { "sites: [ A1 ]", T "10: sites[0]: expected a mapping, found “A1”" },
    { "sites: [ { name: A1 }, {} ]",
      T "24: sites[1]: the key “name” is missing (what the operator calls it): expected a text, found nothing" },
    { "sites: [ { name: A1 }, { name: A2, nrst: { pin: c1.AC0, settle: 20 s } } ]",
      T "65: sites[1].nrst.settle: expected 0 to 10 s, found 20 s" },
    { "sites: [ { name: A1, nrst: [] } ]", T "28: sites[0].nrst: expected a mapping, found a list" },
    { "sites: [ { name: A1, nrst: '' } ]", NULL },
    { "sites: [ { name: A1, at: 3 } ]", T "26: sites[0].at: expected 2 items, found 1" },
    { "sites: [ { name: A1, at: [0, 100] } ]", T "30: sites[0].at[1]: expected 0 to 99, found 100" },
    { "sites: [ { name: A1, at: [0, x] } ]", T "30: sites[0].at[1]: expected a whole number such as 24, found “x”" },
    { "controls: [ c1 ]", T "11: controls: expected a mapping, found a list" },
    { "controls: { c1: { buffered: maybe } }", T "29: controls.c1.buffered: expected true or false, found “maybe”" },
    { "controls: { 'a b': { buffered: maybe } }",
      T "32: controls.“a b”.buffered: expected true or false, found “maybe”" },
    { "controls: { a: x, b: x, c: x, d: x }", T "11: controls: expected 0 to 3 items, found 4" },
    { "words: []", T "8: words: expected at least 1 item, found 0" },
    { "words:", T "7: words: expected a list, found nothing" },
    { "words: [a, [b]]", T "12: words[1]: expected a text, found a list" },
    { "words: [a, ~, '', ]", NULL },
    { "ranges: [0x0..0x1, 0x2]", T "20: ranges[1]: expected a range such as 0x08004000..0x08007FFF, found “0x2”" },
    { "pair: [1, 2, 3]", T "7: pair: expected 1 to 2 items, found 3" },
    { "lines: [ a, { active: low } ]",
      T "13: lines[1]: the key “pin” is missing (adapter and pin): expected a text, found nothing" },
    { "[a]", T "1: expected a mapping, found a list" },
    { "hello", T "1: expected a mapping, found “hello”" },
    { "duration: 20\ndete: x", T "11: duration: expected a time such as 500 ms, found “20” without a unit" },
#undef T
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    static const Everything zero;
    Everything it = { 0 };
    g_autoptr (GError) error = NULL;
    g_autoptr (StnYaml) yaml = stn_yaml_parse ("f.yaml", cases[i].text, strlen (cases[i].text), &error);
    g_assert_no_error (error);
    gboolean ok = stn_fields_read (everything_fields, stn_yaml_root (yaml), &it, &error);
    g_test_message ("%s", cases[i].text);
    if (cases[i].message == NULL) {
      g_assert_no_error (error);
      g_assert_true (ok);
      stn_fields_clear (everything_fields, &it);
    } else {
      g_assert_false (ok);
      g_assert_error (error, STN_ERROR, STN_FAILURE_BAD_FILE);
      if (!g_str_equal (error->message, cases[i].message))
        g_test_fail_printf ("expected <%s>, seen <%s>", cases[i].message, error->message);
    }
    g_assert_cmpmem (&it, sizeof it, &zero, sizeof zero);
  }
}

static void
good_values_fill_their_members (void)
{
  g_auto (Fixture) fixture = { 0 };
  read_or_fail (&fixture, "jobs/f.yaml",
                "text: a b\npath: x/y.hex\nhash: 0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef\n"
                "date: 2028-02-29\nboolean: yes\ninteger: 0x10\nsmall: -5\naddress: 0x080FffFf\nsize: 1.5 MiB\n"
                "duration: 2.5 ms\nvoltage: 2.7 V\nnumber: -40.5\nlevel: low\nrange: 0x0801F000..0x0801FFFF\n");
  const Everything *it = &fixture.it;
  g_assert_cmpstr (it->text, ==, "a b");
  g_assert_cmpstr (it->path, ==, "jobs/x/y.hex");
  g_assert_cmpstr (it->hash, ==, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
  g_assert_cmpstr (it->date, ==, "2028-02-29");
  g_assert_true (it->boolean);
  g_assert_cmpint (it->integer, ==, 16);
  g_assert_cmpint (it->small, ==, -5);
  g_assert_cmphex (it->address, ==, 0x080fffff);
  g_assert_cmpuint (it->size, ==, 1572864);
  g_assert_cmpint (it->duration, ==, 2500000);
  g_assert_cmpint (it->voltage, ==, 2700000);
  g_assert_cmpint (it->number, ==, -40500000);
  g_assert_cmpint (it->level, ==, LEVEL_LOW);
  g_assert_cmphex (it->range.first, ==, 0x0801f000);
  g_assert_cmphex (it->range.last, ==, 0x0801ffff);
}

static void
paths_are_relative_to_the_file (void)
{
  static const struct {
    const char *file, *text, *path;
  } cases[] = {
    { "/etc/station/station.yaml", "path: a.bin", "/etc/station/a.bin" },
    { "/etc/station/station.yaml", "path: ../a.bin", "/etc/station/../a.bin" },
    { "/etc/station/station.yaml", "path: /a.bin", "/a.bin" },
    { "station.yaml", "path: b/a.bin", "b/a.bin" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (Fixture) fixture = { 0 };
    read_or_fail (&fixture, cases[i].file, cases[i].text);
    g_assert_cmpstr (fixture.it.path, ==, cases[i].path);
  }
}

static void
what_the_file_leaves_out_gets_its_fallback (void)
{
  g_auto (Fixture) fixture = { 0 };
  read_or_fail (&fixture, "f.yaml", "");
  const Everything *it = &fixture.it;
  g_assert_null (it->text);
  g_assert_cmpint (it->integer, ==, 0);
  g_assert_cmpint (it->small, ==, 3);
  g_assert_cmpuint (it->size, ==, 24576);
  g_assert_cmpint (it->level, ==, LEVEL_AUTO);
  g_assert_cmpuint (it->sites->len, ==, 0);
  g_assert_cmpuint (it->controls->len, ==, 0);
  g_assert_cmpuint (it->words->len, ==, 0);
  g_assert_null (it->raw);
  /* an object that is not there: nothing is required, and its rows have theirs */
  g_assert_false (it->has_line);
  g_assert_null (it->line.pin);
  g_assert_cmpint (it->line.active, ==, LEVEL_HIGH);
  g_assert_cmpint (it->line.settle_ns, ==, 50 * STN_NS_PER_MS);
  g_assert_cmpuint (it->line.marks->len, ==, 0);
}

static void
objects_lists_and_maps_nest (void)
{
  g_auto (Fixture) fixture = { 0 };
  read_or_fail (&fixture, "f.yaml",
                "sites:\n  - { name: A1, nrst: c1.AC0 }\n"
                "  - name: A2\n    at: [1, 2]\n    nrst: { pin: c1.AC2, active: low, settle: 0, marks: [x, y] }\n"
                "  - name: A3\n"
                "controls:\n  c1: FT1\n  c2: { serial: FT2, buffered: true }\n"
                "ranges: [0x1..0x2, 0x3..0x4]\nwords: one\nlines: c3.AC4\n");
  const Everything *it = &fixture.it;
  g_assert_cmpuint (it->sites->len, ==, 3);
  const Site *first = g_ptr_array_index (it->sites, 0);
  const Site *second = g_ptr_array_index (it->sites, 1);
  const Site *third = g_ptr_array_index (it->sites, 2);
  g_assert_cmpstr (first->name, ==, "A1");
  g_assert_true (first->has_nrst);
  g_assert_cmpstr (first->nrst.pin, ==, "c1.AC0");
  g_assert_cmpint (first->nrst.active, ==, LEVEL_HIGH);
  g_assert_cmpint (first->nrst.settle_ns, ==, 50 * STN_NS_PER_MS);
  g_assert_cmpuint (first->at->len, ==, 2);
  g_assert_cmpint (*(gint64 *) g_ptr_array_index (first->at, 1), ==, 7);
  g_assert_cmpint (*(gint64 *) g_ptr_array_index (second->at, 1), ==, 2);
  g_assert_cmpint (second->nrst.active, ==, LEVEL_LOW);
  g_assert_cmpint (second->nrst.settle_ns, ==, 0);
  g_assert_cmpstr (g_ptr_array_index (second->nrst.marks, 1), ==, "y");
  g_assert_false (third->has_nrst);

  g_assert_cmpuint (it->controls->len, ==, 2);
  const Control *c1 = g_ptr_array_index (it->controls, 0);
  const Control *c2 = g_ptr_array_index (it->controls, 1);
  g_assert_cmpstr (c1->name, ==, "c1");
  g_assert_cmpstr (c1->serial, ==, "FT1");
  g_assert_false (c1->buffered);
  g_assert_cmpstr (c2->name, ==, "c2");
  g_assert_true (c2->buffered);

  const StnRange *range = g_ptr_array_index (it->ranges, 1);
  g_assert_cmphex (range->first, ==, 3);
  g_assert_cmpuint (it->words->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (it->words, 0), ==, "one");
  g_assert_cmpuint (it->lines->len, ==, 1);
  g_assert_cmpstr (((Line *) g_ptr_array_index (it->lines, 0))->pin, ==, "c3.AC4");
}

static void
assert_place (const StnNode *node, guint line, guint column)
{
  g_assert_nonnull (node);
  g_assert_cmpuint (node->line, ==, line);
  g_assert_cmpuint (node->column, ==, column);
}

static void
places_and_raw_nodes_are_kept_for_later (void)
{
  g_auto (Fixture) fixture = { 0 };
  read_or_fail (&fixture, "f.yaml",
                "# one\ninteger: 4\nraw: { any: [thing] }\nnodes: [a, {b: c}]\n"
                "controls: { c1: FT1 }\nlines: [ c1.AC0, { pin: c1.AC1 } ]\n");
  const Everything *it = &fixture.it;
  assert_place (it->place, 2, 1);
  assert_place (it->integer_place, 2, 10);
  assert_place (it->raw, 3, 6);
  g_assert_cmpint (it->raw->kind, ==, STN_NODE_MAPPING);
  g_assert_cmpuint (it->nodes->len, ==, 2);
  assert_place (g_ptr_array_index (it->nodes, 1), 4, 12);
  assert_place (((Control *) g_ptr_array_index (it->controls, 0))->place, 5, 13);
  const Line *first = g_ptr_array_index (it->lines, 0);
  const Line *second = g_ptr_array_index (it->lines, 1);
  assert_place (first->place, 6, 10);
  assert_place (first->pin_place, 6, 10);
  assert_place (second->place, 6, 18);
  assert_place (second->pin_place, 6, 25);
  /* not in the file: where it could have been */
  assert_place (it->line.place, 2, 1);
  assert_place (it->line.pin_place, 2, 1);
}

static void
clearing_twice_or_nothing_is_harmless (void)
{
  static const Everything zero;
  g_auto (Fixture) fixture = { 0 };
  read_or_fail (&fixture, "f.yaml", "text: abc\nwords: [a, b]\ncontrols: { a: b }\nline: { pin: x }\n");
  stn_fields_clear (everything_fields, &fixture.it);
  g_assert_cmpmem (&fixture.it, sizeof zero, &zero, sizeof zero);
  stn_fields_clear (everything_fields, &fixture.it);
  stn_fields_clear (everything_fields, NULL);
}

/* A fallback goes through the grammar of the file: a slip in a table is ours and says where. */
static void
a_wrong_fallback_is_an_internal_error (void)
{
  static const StnField inner[] = {
    { .key = "settle", .kind = STN_FIELD_DURATION, STN_MEMBER (Line, settle_ns), .fallback = "50" },
    { 0 },
  };
  static const StnField outer[] = {
    { .key = "nrst", .kind = STN_FIELD_OBJECT, STN_MEMBER (Site, nrst), .fields = inner },
    { 0 },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (StnYaml) yaml = stn_yaml_parse ("f.yaml", "", 0, &error);
  Site site = { 0 };
  g_assert_false (stn_fields_read (outer, stn_yaml_root (yaml), &site, &error));
  g_assert_error (error, STN_ERROR, STN_FAILURE_INTERNAL);
  g_assert_cmpstr (error->message, ==,
                   "a field table is wrong: fallback:1:1: nrst.settle: expected a time such as 500 ms, found “50” "
                   "without a unit");
}

static void
a_low_without_a_high_has_no_upper_limit (void)
{
  static const StnField fields[] = {
    { .key = "name", .kind = STN_FIELD_TEXT, STN_MEMBER (Everything, text), .low = 1 },
    { .key = "count", .kind = STN_FIELD_INTEGER, STN_MEMBER (Everything, integer), .low = 2 },
    { .key = "below", .kind = STN_FIELD_INTEGER, STN_MEMBER (Everything, small), .low = -2 },
    { 0 },
  };
  static const struct {
    const char *text, *message;
  } cases[] = {
    { "count: 9223372036854775807", NULL },
    { "below: 0", NULL },
    { "name: ''", "f.yaml:1:7: name: expected at least 1 byte, found 0 bytes" },
    { "count: 1", "f.yaml:1:8: count: expected at least 2, found 1" },
    { "below: 1", "f.yaml:1:8: below: expected -2 to 0, found 1" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (StnYaml) yaml = stn_yaml_parse ("f.yaml", cases[i].text, strlen (cases[i].text), NULL);
    Everything it = { 0 };
    stn_fields_read (fields, stn_yaml_root (yaml), &it, &error);
    g_assert_cmpstr (error != NULL ? error->message : NULL, ==, cases[i].message);
    stn_fields_clear (fields, &it);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fields/bad_values_are_refused_with_place_expected_and_found",
                   bad_values_are_refused_with_place_expected_and_found);
  g_test_add_func ("/fields/good_values_fill_their_members", good_values_fill_their_members);
  g_test_add_func ("/fields/paths_are_relative_to_the_file", paths_are_relative_to_the_file);
  g_test_add_func ("/fields/what_the_file_leaves_out_gets_its_fallback", what_the_file_leaves_out_gets_its_fallback);
  g_test_add_func ("/fields/objects_lists_and_maps_nest", objects_lists_and_maps_nest);
  g_test_add_func ("/fields/places_and_raw_nodes_are_kept_for_later", places_and_raw_nodes_are_kept_for_later);
  g_test_add_func ("/fields/clearing_twice_or_nothing_is_harmless", clearing_twice_or_nothing_is_harmless);
  g_test_add_func ("/fields/a_wrong_fallback_is_an_internal_error", a_wrong_fallback_is_an_internal_error);
  g_test_add_func ("/fields/a_low_without_a_high_has_no_upper_limit", a_low_without_a_high_has_no_upper_limit);
  return g_test_run ();
}
