#include "src/base/clock.h"
#include "src/base/fields.h"

static const char *const level_names[] = { "open-drain", "push-pull", NULL };

typedef struct {
  char *pin;
  int drive;
  gint64 settle_ns;
} Line;

typedef struct {
  char *name;
  Line nrst;
  GPtrArray *at, *lines;
  const StnNode *raw;
} Site;

static const StnField line_fields[] = {
  { .key = "pin", .kind = STN_FIELD_TEXT, STN_MEMBER (Line, pin), .required = TRUE, .help = "adapter and pin" },
  { .key = "drive",
    .kind = STN_FIELD_ENUM,
    STN_MEMBER (Line, drive),
    .names = level_names,
    .fallback = "open-drain",
    .help = ".hidden start, a \\ and 'quotes'" },
  { .key = "settle-time",
    .kind = STN_FIELD_DURATION,
    STN_MEMBER (Line, settle_ns),
    .high = 10 * STN_NS_PER_S,
    .fallback = "50 ms",
    .help = "Wait after a change." },
  { .key = "", .kind = STN_FIELD_PLACE, STN_MEMBER (Site, raw) },
  { 0 },
};

static const StnField map_fields[] = {
  { .key = "", .kind = STN_FIELD_TEXT, STN_MEMBER (Line, pin), .help = "the line's name" },
  { .key = "pin", .kind = STN_FIELD_TEXT, STN_MEMBER (Line, pin), .required = TRUE, .help = "adapter and pin" },
  { 0 },
};

static const StnField site_fields[] = {
  { .key = "nrst",
    .kind = STN_FIELD_OBJECT,
    STN_MEMBER (Site, nrst),
    .fields = line_fields,
    .short_key = "pin",
    .help = "the reset line" },
  { .key = "at",
    .kind = STN_FIELD_LIST,
    STN_MEMBER (Site, at),
    .element = STN_FIELD_INTEGER,
    .items_least = 2,
    .items_most = 2,
    .high = 99,
    .fallback = "[0, 0]",
    .help = "row and column" },
  { .key = "lines",
    .kind = STN_FIELD_MAP,
    STN_MEMBER (Site, lines),
    .fields = map_fields,
    .struct_size = sizeof (Line),
    .items_most = 8,
    .help = "other lines" },
  { .key = "raw", .kind = STN_FIELD_NODE, STN_MEMBER (Site, raw), .help = "as the engine says" },
  { 0 },
};

static void
a_table_is_this_manual (void)
{
  g_autofree char *manual = stn_fields_manual (site_fields);
  g_assert_cmpstr (manual, ==,
                   ".TP\n"
                   "\\fBnrst\\fR (mapping, or text for pin)\n"
                   "The reset line.\n"
                   ".RS\n"
                   ".TP\n"
                   "\\fBpin\\fR (text, required)\n"
                   "Adapter and pin.\n"
                   ".TP\n"
                   "\\fBdrive\\fR (open\\-drain or push\\-pull)\n"
                   "\\&.hidden start, a \\e and 'quotes'. Default: open\\-drain.\n"
                   ".TP\n"
                   "\\fBsettle\\-time\\fR (time)\n"
                   "Wait after a change. 0 to 10 s. Default: 50 ms.\n"
                   ".RE\n"
                   ".TP\n"
                   "\\fBat\\fR (list, each: number)\n"
                   "Row and column. 0 to 99. Exactly 2. Default: [0, 0].\n"
                   ".TP\n"
                   "\\fBlines\\fR (mapping of text to: mapping)\n"
                   "Other lines. At most 8.\n"
                   ".RS\n"
                   ".TP\n"
                   "\\fIKEY\\fR (text)\n"
                   "The line's name.\n"
                   ".TP\n"
                   "\\fBpin\\fR (text, required)\n"
                   "Adapter and pin.\n"
                   ".RE\n"
                   ".TP\n"
                   "\\fBraw\\fR (any value)\n"
                   "As the engine says.\n");
}

static void
no_line_of_help_becomes_a_request (void)
{
  static const StnField fields[] = {
    { .key = "a", .kind = STN_FIELD_TEXT, STN_MEMBER (Line, pin), .help = "'br and\n.so /etc/passwd\n~^`\"" },
    { .key = "b", .kind = STN_FIELD_TEXT, STN_MEMBER (Line, pin), .help = "" },
    { .key = "c", .kind = STN_FIELD_TEXT, STN_MEMBER (Line, pin), .help = "überall" },
    { 0 },
  };
  g_autofree char *manual = stn_fields_manual (fields);
  g_assert_cmpstr (manual, ==,
                   ".TP\n\\fBa\\fR (text)\n\\&'br and .so /etc/passwd \\(ti\\(ha\\(ga\\(dq.\n"
                   ".TP\n\\fBb\\fR (text)\nNot described.\n"
                   ".TP\n\\fBc\\fR (text)\nÜberall.\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/manual/a_table_is_this_manual", a_table_is_this_manual);
  g_test_add_func ("/manual/no_line_of_help_becomes_a_request", no_line_of_help_becomes_a_request);
  return g_test_run ();
}
