#include "src/bench/faults.h"

#include <string.h>

typedef struct {
  const char *name;
  StnBenchValue value;
  gboolean of_place; /* belongs to the fixture and stays when the next board comes; else the board takes it along */
  gsize offset;      /* of the gboolean or guint64 that it sets; rows with more to do have `set` */
  void (*set) (StnBoardFaults *self, const char *value);
  const char *help;
} FaultRow;

#define AT(member) .offset = G_STRUCT_OFFSET (StnBoardFaults, member)

/* ---- values ---- */

static gboolean
parse_cell (const char *text, gboolean high, StnDeadCell *out)
{
  g_auto (GStrv) parts = g_strsplit (text, ".", 2);
  guint64 address = 0, bit = 0;
  if (parts[0] == NULL || !g_str_has_prefix (parts[0], "0x")
      || !g_ascii_string_to_unsigned (parts[0] + 2, 16, 0, G_MAXUINT32, &address, NULL))
    return FALSE;
  if (parts[1] != NULL && !g_ascii_string_to_unsigned (parts[1], 10, 0, 7, &bit, NULL))
    return FALSE;
  *out = (StnDeadCell){ .address = address, .high = high, .mask = parts[1] != NULL ? (guint8) (1u << bit) : 0xff };
  return TRUE;
}

static gboolean
parse_uid (const char *text, guint8 out[12])
{
  if (strlen (text) != 24)
    return FALSE;
  for (guint i = 0; i < 12; i++) {
    gint high = g_ascii_xdigit_value (text[2 * i]), low = g_ascii_xdigit_value (text[2 * i + 1]);
    if (high < 0 || low < 0)
      return FALSE;
    out[i] = (guint8) (high << 4 | low);
  }
  return TRUE;
}

static gboolean
parse_command (const char *text, StnFaultCommand *out)
{
  gsize length = strlen (text);
  gboolean onwards = length > 0 && text[length - 1] == '+';
  g_autofree char *digits = g_strndup (text, length - onwards);
  guint64 number;
  if (!g_ascii_string_to_unsigned (digits, 10, 1, G_MAXUINT32, &number, NULL))
    return FALSE;
  *out = (StnFaultCommand){ .number = number, .onwards = onwards };
  return TRUE;
}

gboolean
stn_fault_command_is (const StnFaultCommand *self, guint64 number)
{
  return self->number != 0 && (number == self->number || (self->onwards && number > self->number));
}

static void
add_cell (StnBoardFaults *self, const char *value, gboolean high)
{
  StnDeadCell cell = { 0 };
  if (!parse_cell (value, high, &cell))
    return;
  if (self->dead == NULL)
    self->dead = g_array_new (FALSE, FALSE, sizeof (StnDeadCell));
  g_array_append_val (self->dead, cell);
}

static void
set_dead_cell (StnBoardFaults *self, const char *value)
{
  add_cell (self, value, TRUE);
}

static void
set_stuck_at_0 (StnBoardFaults *self, const char *value)
{
  add_cell (self, value, FALSE);
}

static void
set_wrong_chip (StnBoardFaults *self, const char *value)
{
  g_free (self->wrong_chip);
  self->wrong_chip = g_strdup (value);
}

static void
set_same_uid (StnBoardFaults *self, const char *value)
{
  g_free (self->same_uid_as);
  self->same_uid_as = g_strdup (value);
}

static void
set_uid (StnBoardFaults *self, const char *value)
{
  self->has_uid = parse_uid (value, self->uid);
}

static void
set_boot0 (StnBoardFaults *self, const char *value)
{
  self->boot0_stuck_high = g_str_equal (value, "high");
  self->boot0_stuck_low = !self->boot0_stuck_high;
}

static void
set_nrst (StnBoardFaults *self, const char *value)
{
  self->nrst_stuck_high = g_str_equal (value, "high");
  self->nrst_stuck_low = !self->nrst_stuck_high;
}

static void
set_back_powered (StnBoardFaults *self, const char *value)
{
  self->back_powered = TRUE;
  self->back_powered_always = value != NULL && g_str_equal (value, "always");
}

/* ---- the table ---- */

static const FaultRow rows[] = {
  { "dead-cell", STN_BENCH_VALUE_ADDRESS, .set = set_dead_cell,
    .help = "flash at the address stays erased (FF); 0x…: the whole byte, 0x….3: bit 3 alone" },
  { "stuck-at-0", STN_BENCH_VALUE_ADDRESS, .set = set_stuck_at_0,
    .help = "flash at the address reads 0 whatever is erased; the whole byte, or one bit as above" },
  { "erase-fails", STN_BENCH_VALUE_NONE, AT (erase_fails), .help = "page erases are acknowledged and erase nothing" },
  { "slow-erase", STN_BENCH_VALUE_COUNT, AT (slow_erase), .help = "erasing takes this many times as long" },
  { "wrong-chip", STN_BENCH_VALUE_NAME, .set = set_wrong_chip, .help = "the board carries this part instead" },
  { "protected", STN_BENCH_VALUE_NONE, AT (is_protected), .help = "comes with read protection level 1" },
  { "uid", STN_BENCH_VALUE_UID, .set = set_uid, .help = "the chip's 96-bit UID, 24 hex digits in memory order" },
  { "same-uid-as", STN_BENCH_VALUE_NAME, .set = set_same_uid, .help = "has the UID of another board" },
  { "no-start", STN_BENCH_VALUE_NONE, AT (no_start), .help = "the application never runs" },
  { "silence", STN_BENCH_VALUE_NONE, AT (silence), .of_place = TRUE, .help = "no byte ever comes from the board" },
  { "absent", STN_BENCH_VALUE_NONE, AT (absent), .of_place = TRUE, .help = "there is no board in this place" },
  { "nack", STN_BENCH_VALUE_COMMAND, AT (nack_at), .help = "the ROM refuses its N-th command; \"17+\": and all after" },
  { "garbage", STN_BENCH_VALUE_COMMAND, AT (garbage_at),
    .help = "the ROM answers its N-th command with nonsense; \"17+\": and all after" },
  { "stops", STN_BENCH_VALUE_COUNT, AT (stops_at), .help = "the ROM says nothing any more from its N-th command on" },
  { "flip", STN_BENCH_VALUE_COUNT, AT (flip_at), .help = "one bit of the N-th byte from the board is flipped" },
  { "drop", STN_BENCH_VALUE_COUNT, AT (drop_at), .help = "the N-th byte from the board gets lost" },
  { "extra", STN_BENCH_VALUE_COUNT, AT (extra_at), .help = "a byte too many comes before the N-th from the board" },
  { "lose", STN_BENCH_VALUE_COUNT, AT (lose_at), .help = "the N-th byte to the board gets lost" },
  { "unplug", STN_BENCH_VALUE_COUNT, AT (unplug_at), .of_place = TRUE,
    .help = "its UART is unplugged at the N-th exchange" },
  { "power-cut", STN_BENCH_VALUE_COUNT, AT (power_cut_at),
    .help = "its supply fails for an instant at the N-th exchange over UART or USB" },
  { "option-cut", STN_BENCH_VALUE_COUNT, AT (option_cut),
    .help = "its supply fails for an instant when N hundredths (1 to 99) of its first option write are over" },
  { "highest-baud", STN_BENCH_VALUE_COUNT, AT (highest_baud), .of_place = TRUE,
    .help = "the ROM does not answer to a higher rate" },
  { "stuck-boot0", STN_BENCH_VALUE_LEVEL, .of_place = TRUE, .set = set_boot0, .help = "BOOT0 stays at this level" },
  { "stuck-nrst", STN_BENCH_VALUE_LEVEL, .of_place = TRUE, .set = set_nrst, .help = "NRST stays at this level" },
  { "shorted", STN_BENCH_VALUE_NONE, AT (is_shorted), .help = "over-current: never comes up, the fault line says so" },
  { "back-powered", STN_BENCH_VALUE_OPTIONAL_NAME, .of_place = TRUE, .set = set_back_powered,
    .help = "stays alive without power while its RX idles high or BOOT0 is high; \"always\": whatever is done" },
  { "rom-clears-empty", STN_BENCH_VALUE_NONE, AT (rom_clears_empty),
    .help = "an early ROM that clears the empty latch when it starts (G07 V11.3)" },
  { "rom-one-page", STN_BENCH_VALUE_NONE, AT (rom_one_page),
    .help = "an early ROM that erases only the first page of a list (G07 V11.3)" },
  { "rom-no-option-load", STN_BENCH_VALUE_NONE, AT (rom_no_option_load),
    .help = "an early ROM whose option writes act only after power-on (G07 V11.2)" },
};

static const FaultRow *
find_row (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_str_equal (rows[i].name, name))
      return &rows[i];
  return NULL;
}

const char *
stn_board_fault_help (guint index, const char **out_name)
{
  if (index >= G_N_ELEMENTS (rows))
    return NULL;
  *out_name = rows[index].name;
  return rows[index].help;
}

static const char *
expected_value (StnBenchValue value)
{
  static const char *const expected[] = {
    [STN_BENCH_VALUE_NONE] = "no value",
    [STN_BENCH_VALUE_COUNT] = "a number from 1",
    [STN_BENCH_VALUE_COMMAND] = "a number from 1, \"+\" behind it for all that follow too",
    [STN_BENCH_VALUE_ADDRESS] = "an address (0x08001234, or 0x08001234.3 for one bit)",
    [STN_BENCH_VALUE_LEVEL] = "low or high",
    [STN_BENCH_VALUE_UID] = "24 hex digits",
    [STN_BENCH_VALUE_NAME] = "a name",
    [STN_BENCH_VALUE_OPTIONAL_NAME] = "uart, always or nothing",
  };
  return expected[value];
}

static gboolean
value_is_good (StnBenchValue kind, const char *value)
{
  StnDeadCell cell;
  StnFaultCommand command;
  guint8 uid[12];
  switch (kind) {
  case STN_BENCH_VALUE_NONE:
    return value == NULL || g_str_equal (value, "true");
  case STN_BENCH_VALUE_COUNT:
    return value != NULL && g_ascii_string_to_unsigned (value, 10, 1, G_MAXUINT32, NULL, NULL);
  case STN_BENCH_VALUE_COMMAND:
    return value != NULL && parse_command (value, &command);
  case STN_BENCH_VALUE_ADDRESS:
    return value != NULL && parse_cell (value, TRUE, &cell);
  case STN_BENCH_VALUE_LEVEL:
    return value != NULL && (g_str_equal (value, "low") || g_str_equal (value, "high"));
  case STN_BENCH_VALUE_UID:
    return value != NULL && parse_uid (value, uid);
  case STN_BENCH_VALUE_NAME:
    return value != NULL && value[0] != '\0';
  case STN_BENCH_VALUE_OPTIONAL_NAME:
    return value == NULL || g_str_equal (value, "uart") || g_str_equal (value, "always") || g_str_equal (value, "true");
  }
  return FALSE;
}

/* "name: value every" in its parts; value NULL where there is none */
static void
split (const char *text, char **out_name, char **out_value, gboolean *out_every)
{
  g_autofree char *rest = g_strstrip (g_strdup (text));
  *out_every = g_str_has_suffix (rest, " every");
  if (*out_every)
    rest[strlen (rest) - strlen (" every")] = '\0';
  char *colon = strchr (rest, ':');
  if (colon != NULL)
    *colon = '\0';
  *out_name = g_strdup (g_strstrip (rest));
  *out_value = colon != NULL ? g_strdup (g_strstrip (colon + 1)) : NULL;
  if (*out_value != NULL && (*out_value)[0] == '\0')
    g_clear_pointer (out_value, g_free);
}

gboolean
stn_board_faults_check (const char *text, GError **error)
{
  g_autofree char *name = NULL, *value = NULL;
  gboolean every;
  split (text, &name, &value, &every);
  const FaultRow *row = find_row (name);
  if (row == NULL) {
    const char *names[G_N_ELEMENTS (rows) + 1] = { NULL };
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
      names[i] = rows[i].name;
    const char *nearest = stn_text_nearest (name, names);
    stn_error_set (error, STN_FAILURE_BAD_FILE, "there is no fault called \"%s\"%s%s%s", name,
                   nearest != NULL ? "; did you mean \"" : "", nearest != NULL ? nearest : "",
                   nearest != NULL ? "\"?" : "");
    return FALSE;
  }
  if (!value_is_good (row->value, value)) {
    stn_error_set_seen (error, STN_FAILURE_BAD_FILE, expected_value (row->value), value != NULL ? value : "nothing",
                        "fault \"%s\"", name);
    return FALSE;
  }
  return TRUE;
}

void
stn_board_faults_add (StnBoardFaults *self, const char *text, gboolean fresh)
{
  g_autofree char *name = NULL, *value = NULL;
  gboolean every;
  split (text, &name, &value, &every);
  const FaultRow *row = find_row (name);
  if (row == NULL || (fresh && !every && !row->of_place))
    return;
  if (row->set != NULL)
    row->set (self, value);
  else if (row->value == STN_BENCH_VALUE_COMMAND)
    parse_command (value, &G_STRUCT_MEMBER (StnFaultCommand, self, row->offset));
  else if (row->value == STN_BENCH_VALUE_COUNT)
    G_STRUCT_MEMBER (guint64, self, row->offset) = g_ascii_strtoull (value, NULL, 10);
  else
    G_STRUCT_MEMBER (gboolean, self, row->offset) = TRUE;
}

void
stn_board_faults_clear (StnBoardFaults *self)
{
  g_clear_pointer (&self->dead, g_array_unref);
  g_clear_pointer (&self->wrong_chip, g_free);
  g_clear_pointer (&self->same_uid_as, g_free);
  *self = (StnBoardFaults){ 0 };
}
