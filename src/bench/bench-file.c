/* bench.yaml: its fields, and how a config is built from them. */
#include "src/bench/bench-config.h"
#include "src/bench/faults.h"

#include <string.h>

static const char *const switching_names[] = { "each", "together", "none", NULL };

typedef struct {
  char *serial;
  const StnNode *lines;
} PinsEntry;

typedef struct {
  char *serial;
  GPtrArray *uarts; /* char * */
} UartsEntry;

typedef struct {
  int switches; /* StnHubSwitching */
  const StnNode *power;
} HubEntry;

typedef struct {
  const StnNode *place;
  char *port;
  HubEntry hub;
  gboolean has_hub;
  PinsEntry pins;
  gboolean has_pins;
  UartsEntry uarts;
  gboolean has_uarts;
  char *board;
  GPtrArray *dfu; /* char * */
} UsbEntry;

typedef struct {
  char *name;
  const StnNode *place;
  char *target;
  char *flash;
  char *uid;
  const StnNode *uid_place;
  const StnNode *options;
  const StnNode *faults;
} BoardEntry;

typedef struct {
  gboolean line, flash;
  gint64 turnaround_ns;
} PaceEntry;

typedef struct {
  gint64 swap_ns, press_every_ns, press_for_ns;
} OperatorEntry;

typedef struct {
  char *title;
  OperatorEntry operator;
  const StnNode *modem;
  GPtrArray *usb;    /* UsbEntry */
  GPtrArray *boards; /* BoardEntry */
  PaceEntry pace;
  gint64 seed;
  const StnNode *ttys;
} BenchFile;

static const StnField pins_fields[] = {
  { .key = "serial",
    .kind = STN_FIELD_TEXT,
    STN_MEMBER (PinsEntry, serial),
    .help = "the adapter's serial, as a station file names it; none: its EEPROM is blank" },
  { .key = "lines",
    .kind = STN_FIELD_NODE,
    STN_MEMBER (PinsEntry, lines),
    .help =
        "what each pin reaches: AC0: A1.nrst; signals nrst, boot0, power (driven), detect, good, fault (seen); of a "
        "bank A.start, A.lid (the operator's), A.busy, A.ok, A.fail (lamps); \"A1.power active-low\" where it is "
        "not as usual; a list where it reaches several" },
  { 0 }
};

static const StnField uarts_fields[] = {
  { .key = "serial", .kind = STN_FIELD_TEXT, STN_MEMBER (UartsEntry, serial), .help = "the adapter's serial" },
  { .key = "uarts",
    .kind = STN_FIELD_LIST,
    .element = STN_FIELD_TEXT,
    STN_MEMBER (UartsEntry, uarts),
    .required = TRUE,
    .help = "the boards at its interfaces, in their order; \"-\" for none" },
  { 0 }
};

static const StnField hub_fields[] = {
  { .key = "switches",
    .kind = STN_FIELD_ENUM,
    STN_MEMBER (HubEntry, switches),
    .names = switching_names,
    .fallback = "each",
    .help = "whether it switches the power of each port alone, of all together, or not at all" },
  { .key = "power",
    .kind = STN_FIELD_NODE,
    STN_MEMBER (HubEntry, power),
    .help = "which board a port feeds: { 1: A1, 2: A2 }" },
  { 0 }
};

static const StnField usb_fields[] = {
  { .key = "port",
    .kind = STN_FIELD_TEXT,
    STN_MEMBER (UsbEntry, port),
    .required = TRUE,
    .help = "hub port as udev writes it: \"1.4.2\"" },
  { .key = "port", .kind = STN_FIELD_PLACE, STN_MEMBER (UsbEntry, place) },
  { .key = "ft232h",
    .kind = STN_FIELD_OBJECT,
    STN_MEMBER (UsbEntry, pins),
    .fields = pins_fields,
    STN_PRESENT (UsbEntry, has_pins),
    .help = "an adapter with lines" },
  { .key = "ft4232h",
    .kind = STN_FIELD_OBJECT,
    STN_MEMBER (UsbEntry, uarts),
    .fields = uarts_fields,
    STN_PRESENT (UsbEntry, has_uarts),
    .help = "an adapter with four UARTs" },
  { .key = "hub",
    .kind = STN_FIELD_OBJECT,
    STN_MEMBER (UsbEntry, hub),
    .fields = hub_fields,
    STN_PRESENT (UsbEntry, has_hub),
    .help = "a hub whose ports feed boards; other hubs need not be said" },
  { .key = "board", .kind = STN_FIELD_TEXT, STN_MEMBER (UsbEntry, board), .help = "the board whose USB plug is here" },
  { .key = "dfu",
    .kind = STN_FIELD_LIST,
    .element = STN_FIELD_TEXT,
    STN_MEMBER (UsbEntry, dfu),
    .help =
        "what the board's DFU device does its own way, by the words of src/bench/usb: clrstatus-stalls, stuck-busy, "
        "…" },
  { 0 }
};

static const StnField board_fields[] = {
  { .key = "", .kind = STN_FIELD_TEXT, STN_MEMBER (BoardEntry, name) },
  { .key = "target",
    .kind = STN_FIELD_TEXT,
    STN_MEMBER (BoardEntry, target),
    .required = TRUE,
    .help = "part number without package: STM32G071CB" },
  { .key = "target", .kind = STN_FIELD_PLACE, STN_MEMBER (BoardEntry, place) },
  { .key = "flash",
    .kind = STN_FIELD_TEXT,
    STN_MEMBER (BoardEntry, flash),
    .fallback = "factory",
    .help = "factory: as shipped; blank: erased by somebody, BOOT0 listens; else a binary file that lies at the start "
            "of the flash" },
  { .key = "uid",
    .kind = STN_FIELD_TEXT,
    STN_MEMBER (BoardEntry, uid),
    .help = "24 hex digits in memory order; none: made up" },
  { .key = "uid", .kind = STN_FIELD_PLACE, STN_MEMBER (BoardEntry, uid_place) },
  { .key = "options",
    .kind = STN_FIELD_NODE,
    STN_MEMBER (BoardEntry, options),
    .help = "option fields that differ from those of the part as shipped, by ST's names: { RDP: 0xBB, nBOOT_SEL: 0 }; "
            "with their complements, as a probe would have left them" },
  { .key = "faults",
    .kind = STN_FIELD_NODE,
    STN_MEMBER (BoardEntry, faults),
    .help = "what is wrong with it: a list of NAME or { NAME: VALUE, every: true }; every: boards loaded later have it "
            "too" },
  { 0 }
};

static const StnField pace_fields[] = { { .key = "line",
                                          .kind = STN_FIELD_BOOLEAN,
                                          STN_MEMBER (PaceEntry, line),
                                          .fallback = "false",
                                          .help = "bytes take their time on the wire" },
                                        { .key = "flash",
                                          .kind = STN_FIELD_BOOLEAN,
                                          STN_MEMBER (PaceEntry, flash),
                                          .fallback = "false",
                                          .help = "programming, erasing and starting the ROM take their time" },
                                        { .key = "turnaround",
                                          .kind = STN_FIELD_DURATION,
                                          STN_MEMBER (PaceEntry, turnaround_ns),
                                          .low = 0,
                                          .high = STN_NS_PER_S,
                                          .fallback = "0 ms",
                                          .help = "what the adapter holds an answer back" },
                                        { 0 } };

static const StnField operator_fields[] = { { .key = "swap",
                                              .kind = STN_FIELD_DURATION,
                                              STN_MEMBER (OperatorEntry, swap_ns),
                                              .low = 0,
                                              .high = 60 * STN_NS_PER_S,
                                              .fallback = "0 ms",
                                              .help =
                                                  "how long the detect pins see no board while boards are swapped" },
                                            { .key = "press-every",
                                              .kind = STN_FIELD_DURATION,
                                              STN_MEMBER (OperatorEntry, press_every_ns),
                                              .low = 0,
                                              .high = 3600 * STN_NS_PER_S,
                                              .fallback = "1 s",
                                              .help = "how often START is pressed; 0: never" },
                                            { .key = "press-for",
                                              .kind = STN_FIELD_DURATION,
                                              STN_MEMBER (OperatorEntry, press_for_ns),
                                              .low = 0,
                                              .high = 60 * STN_NS_PER_S,
                                              .fallback = "100 ms",
                                              .help = "how long each time" },
                                            { 0 } };

static const StnField file_fields[] = {
  { .key = "bench", .kind = STN_FIELD_TEXT, STN_MEMBER (BenchFile, title), .required = TRUE, .help = "what it is" },
  { .key = "usb",
    .kind = STN_FIELD_LIST,
    .element = STN_FIELD_OBJECT,
    STN_MEMBER (BenchFile, usb),
    .fields = usb_fields,
    .struct_size = sizeof (UsbEntry),
    .help = "what is plugged in where" },
  { .key = "ttys",
    .kind = STN_FIELD_NODE,
    STN_MEMBER (BenchFile, ttys),
    .help = "serial ports without an adapter around them: /dev/ttyS0: A1" },
  { .key = "boards",
    .kind = STN_FIELD_MAP,
    STN_MEMBER (BenchFile, boards),
    .fields = board_fields,
    .struct_size = sizeof (BoardEntry),
    .required = TRUE,
    .help = "the boards by name" },
  { .key = "modem",
    .kind = STN_FIELD_NODE,
    STN_MEMBER (BenchFile, modem),
    .help = "what RTS and DTR of a board's own port reach: A1: { rts: nrst, dtr: boot0 }; \"power active-low\" where "
            "it is not as usual" },
  { .key = "operator",
    .kind = STN_FIELD_OBJECT,
    STN_MEMBER (BenchFile, operator),
    .fields = operator_fields,
    .help = "what the bench's own operator does; the lid is closed" },
  { .key = "pace",
    .kind = STN_FIELD_OBJECT,
    STN_MEMBER (BenchFile, pace),
    .fields = pace_fields,
    .help = "which times are kept; none where it is left out" },
  { .key = "seed",
    .kind = STN_FIELD_INTEGER,
    STN_MEMBER (BenchFile, seed),
    .low = 0,
    .high = G_MAXINT64,
    .fallback = "0",
    .help = "of the UIDs of boards without one; 0: new boards at every start" },
  { 0 }
};

const StnField *
stn_bench_file_fields (void)
{
  return file_fields;
}

/* puts the place of a node before a message that has none */
static gboolean
at_node (const StnNode *node, GError *problem, GError **error)
{
  if (problem == NULL)
    return TRUE;
  stn_node_error (node, error, NULL, NULL, "%s", problem->message);
  g_error_free (problem);
  return FALSE;
}

static gboolean
read_fault (StnBenchConfig *self, const char *board, const StnNode *node, GError **error)
{
  g_autofree char *text = NULL;
  if (node->kind == STN_NODE_SCALAR) {
    text = g_strdup (node->text);
  } else if (node->kind == STN_NODE_MAPPING) {
    const char *name = NULL, *value = NULL;
    gboolean every = FALSE;
    for (guint i = 0; i < node->items->len; i++) {
      const StnNode *key = g_ptr_array_index (node->keys, i), *item = g_ptr_array_index (node->items, i);
      if (item->kind != STN_NODE_SCALAR || (g_str_equal (key->text, "every") ? every : name != NULL)) {
        stn_node_error (item, error, "one fault: NAME or { NAME: VALUE }", NULL, "fault of board \"%s\"", board);
        return FALSE;
      }
      if (g_str_equal (key->text, "every")) {
        every = g_str_equal (item->text, "true") || g_str_equal (item->text, "yes");
      } else {
        name = key->text;
        value = item->text;
      }
    }
    text = g_strdup_printf ("%s: %s%s", name != NULL ? name : "", value != NULL ? value : "", every ? " every" : "");
  } else {
    stn_node_error (node, error, "NAME or { NAME: VALUE }", "a list", "fault of board \"%s\"", board);
    return FALSE;
  }
  GError *problem = NULL;
  stn_bench_config_add_fault (self, board, text, &problem);
  return at_node (node, problem, error);
}

static gboolean
read_chip (StnBenchBoard *board, const BoardEntry *entry, const char *file, GError **error)
{
  if (g_str_equal (entry->flash, "factory")) {
    board->flash = STN_CHIP_FACTORY;
  } else if (g_str_equal (entry->flash, "blank")) {
    board->flash = STN_CHIP_BLANK;
  } else {
    g_autofree char *folder = g_path_get_dirname (file);
    g_autofree char *path =
        g_path_is_absolute (entry->flash) ? g_strdup (entry->flash) : g_build_filename (folder, entry->flash, NULL);
    char *bytes = NULL;
    gsize length = 0;
    g_autoptr (GError) problem = NULL;
    if (!g_file_get_contents (path, &bytes, &length, &problem)) {
      stn_node_error (entry->place, error, "factory, blank or a file", entry->flash, "flash of board \"%s\": %s",
                      board->name, problem->message);
      return FALSE;
    }
    board->image = g_bytes_new_take (bytes, length);
    board->flash = STN_CHIP_IMAGE;
  }
  if (entry->uid != NULL) {
    g_autofree char *fault = g_strdup_printf ("uid: %s", entry->uid);
    if (!stn_board_faults_check (fault, NULL)) {
      stn_node_error (entry->uid_place, error, "24 hex digits", entry->uid, "uid of board \"%s\"", board->name);
      return FALSE;
    }
    g_ptr_array_add (board->faults, g_steal_pointer (&fault));
  }
  return TRUE;
}

static gboolean
read_options (StnBenchConfig *self, const char *board, const StnNode *node, GError **error)
{
  if (node == NULL)
    return TRUE;
  if (node->kind != STN_NODE_MAPPING) {
    stn_node_error (node, error, "{ NAME: NUMBER, … }", NULL, "options of board \"%s\"", board);
    return FALSE;
  }
  for (guint i = 0; i < node->items->len; i++) {
    const StnNode *key = g_ptr_array_index (node->keys, i), *item = g_ptr_array_index (node->items, i);
    guint64 value = 0;
    gboolean hex = item->kind == STN_NODE_SCALAR && g_ascii_strncasecmp (item->text, "0x", 2) == 0;
    if (item->kind != STN_NODE_SCALAR
        || !g_ascii_string_to_unsigned (hex ? item->text + 2 : item->text, hex ? 16 : 10, 0, G_MAXUINT32, &value,
                                        NULL)) {
      stn_node_error (item, error, "a number (0xBB, 3)", item->kind == STN_NODE_SCALAR ? item->text : NULL,
                      "option %s of board \"%s\"", key->text, board);
      return FALSE;
    }
    if (!stn_bench_config_add_option (self, board, key->text, (guint32) value, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_board (StnBenchConfig *self, const BoardEntry *entry, const char *file, GError **error)
{
  GError *problem = NULL;
  if (!stn_bench_config_add_board (self, entry->name, entry->target, &problem))
    return at_node (entry->place, problem, error);
  StnBenchBoard *board = (StnBenchBoard *) stn_bench_config_board (self, entry->name);
  if (!read_chip (board, entry, file, error) || !read_options (self, entry->name, entry->options, error))
    return FALSE;
  if (entry->faults == NULL)
    return TRUE;
  if (entry->faults->kind != STN_NODE_SEQUENCE)
    return read_fault (self, entry->name, entry->faults, error);
  for (guint i = 0; i < entry->faults->items->len; i++)
    if (!read_fault (self, entry->name, g_ptr_array_index (entry->faults->items, i), error))
      return FALSE;
  return TRUE;
}

/* "A1.nrst", "A1.power active-low" */
static gboolean
read_line (StnBenchConfig *self, StnBenchAdapter *adapter, const StnNode *pin, const StnNode *node, GError **error)
{
  static const char expected[] = "BOARD.SIGNAL, \"active-low\" or \"active-high\" behind it where needed";
  if (node->kind != STN_NODE_SCALAR) {
    stn_node_error (node, error, expected, NULL, "line %s", pin->text);
    return FALSE;
  }
  g_auto (GStrv) words = g_strsplit_set (node->text, " ", 2);
  char *dot = words[0] != NULL ? strrchr (words[0], '.') : NULL;
  gboolean low = words[0] != NULL && words[1] != NULL && g_str_equal (words[1], "active-low");
  gboolean high = words[0] != NULL && words[1] != NULL && g_str_equal (words[1], "active-high");
  if (dot == NULL || (words[1] != NULL && !low && !high)) {
    stn_node_error (node, error, expected, node->text, "line %s", pin->text);
    return FALSE;
  }
  *dot = '\0';
  GError *problem = NULL;
  StnLineSignal signal;
  if (stn_line_signal_parse (dot + 1, &signal, &problem))
    stn_bench_config_add_adapter_line (self, adapter, pin->text, words[0], signal,
                                       low || (!high && stn_line_signal_is_active_low (signal)), &problem);
  return at_node (node, problem, error);
}

/* A pin reaches a signal, or a list of them. */
static gboolean
read_lines_of_pin (StnBenchConfig *self, StnBenchAdapter *adapter, const StnNode *pin, const StnNode *node,
                   GError **error)
{
  if (node->kind != STN_NODE_SEQUENCE)
    return read_line (self, adapter, pin, node, error);
  for (guint i = 0; i < node->items->len; i++)
    if (!read_line (self, adapter, pin, g_ptr_array_index (node->items, i), error))
      return FALSE;
  return TRUE;
}

static gboolean
read_usb (StnBenchConfig *self, const UsbEntry *entry, GError **error)
{
  if (entry->has_pins + entry->has_uarts + entry->has_hub + (entry->board != NULL) != 1) {
    stn_node_error (entry->place, error, "one of ft232h, ft4232h, hub, board", NULL, "port %s", entry->port);
    return FALSE;
  }
  GError *problem = NULL;
  if (entry->board != NULL) {
    stn_bench_config_add_plug (self, entry->port, entry->board, entry->dfu, &problem);
    return at_node (entry->place, problem, error);
  }
  if (entry->has_hub)
    return stn_bench_config_read_hub (self, entry->port, (StnHubSwitching) entry->hub.switches, entry->hub.power,
                                      error);
  if (entry->has_pins) {
    StnBenchAdapter *adapter = stn_bench_config_ensure_adapter (self, entry->pins.serial, entry->port);
    const StnNode *lines = entry->pins.lines;
    if (lines != NULL && lines->kind != STN_NODE_MAPPING) {
      stn_node_error (lines, error, "a map from pin to BOARD.SIGNAL", NULL, "lines of port %s", entry->port);
      return FALSE;
    }
    for (guint i = 0; lines != NULL && i < lines->items->len; i++)
      if (!read_lines_of_pin (self, adapter, g_ptr_array_index (lines->keys, i), g_ptr_array_index (lines->items, i),
                              error))
        return FALSE;
    return TRUE;
  }
  for (guint i = 0; i < entry->uarts.uarts->len; i++) {
    const char *board = g_ptr_array_index (entry->uarts.uarts, i);
    if (g_str_equal (board, "-"))
      continue;
    StnBenchUart *uart = g_new0 (StnBenchUart, 1);
    *uart = (StnBenchUart){ .serial = g_strdup (entry->uarts.serial),
                            .port = g_strdup (entry->port),
                            .interface = i,
                            .board = g_strdup (board) };
    if (!stn_bench_config_take_uart (self, uart, &problem))
      return at_node (entry->place, problem, error);
  }
  return TRUE;
}

static gboolean
read_ttys (StnBenchConfig *self, const StnNode *ttys, GError **error)
{
  if (ttys == NULL)
    return TRUE;
  if (ttys->kind != STN_NODE_MAPPING) {
    stn_node_error (ttys, error, "a map from a tty to a board", NULL, "ttys");
    return FALSE;
  }
  for (guint i = 0; i < ttys->items->len; i++) {
    const StnNode *key = g_ptr_array_index (ttys->keys, i), *item = g_ptr_array_index (ttys->items, i);
    GError *problem = NULL;
    if (item->kind != STN_NODE_SCALAR) {
      stn_node_error (item, error, "a board", NULL, "tty %s", key->text);
      return FALSE;
    }
    stn_bench_config_add_uart (self, key->text, item->text, &problem);
    if (!at_node (item, problem, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_modem_line (StnBenchConfig *self, const char *board, const StnNode *line, const StnNode *node, GError **error)
{
  static const char expected[] = "nrst, boot0 or power, \"active-low\" or \"active-high\" behind it where needed";
  if (node->kind != STN_NODE_SCALAR) {
    stn_node_error (node, error, expected, NULL, "%s of board \"%s\"", line->text, board);
    return FALSE;
  }
  g_auto (GStrv) words = g_strsplit_set (node->text, " ", 2);
  gboolean low = words[0] != NULL && words[1] != NULL && g_str_equal (words[1], "active-low");
  gboolean high = words[0] != NULL && words[1] != NULL && g_str_equal (words[1], "active-high");
  if (words[0] == NULL || (words[1] != NULL && !low && !high)) {
    stn_node_error (node, error, expected, node->text, "%s of board \"%s\"", line->text, board);
    return FALSE;
  }
  GError *problem = NULL;
  StnLineSignal signal;
  if (stn_line_signal_parse (words[0], &signal, &problem))
    stn_bench_config_add_modem_line (self, board, line->text, words[0],
                                     low || (!high && stn_line_signal_is_active_low (signal)), &problem);
  return at_node (node, problem, error);
}

static gboolean
read_modem (StnBenchConfig *self, const StnNode *modem, GError **error)
{
  if (modem == NULL)
    return TRUE;
  if (modem->kind != STN_NODE_MAPPING) {
    stn_node_error (modem, error, "a map from a board to { rts: …, dtr: … }", NULL, "modem");
    return FALSE;
  }
  for (guint i = 0; i < modem->items->len; i++) {
    const StnNode *board = g_ptr_array_index (modem->keys, i), *lines = g_ptr_array_index (modem->items, i);
    if (lines->kind != STN_NODE_MAPPING) {
      stn_node_error (lines, error, "{ rts: …, dtr: … }", NULL, "modem lines of board \"%s\"", board->text);
      return FALSE;
    }
    for (guint line = 0; line < lines->items->len; line++)
      if (!read_modem_line (self, board->text, g_ptr_array_index (lines->keys, line),
                            g_ptr_array_index (lines->items, line), error))
        return FALSE;
  }
  return TRUE;
}

static gboolean
build (StnBenchConfig *self, const BenchFile *parsed, const char *file, GError **error)
{
  self->title = g_strdup (parsed->title);
  self->seed = (guint64) parsed->seed;
  stn_bench_config_set_pace (self, parsed->pace.line, parsed->pace.flash, parsed->pace.turnaround_ns);
  for (guint i = 0; i < parsed->boards->len; i++)
    if (!read_board (self, g_ptr_array_index (parsed->boards, i), file, error))
      return FALSE;
  for (guint i = 0; parsed->usb != NULL && i < parsed->usb->len; i++)
    if (!read_usb (self, g_ptr_array_index (parsed->usb, i), error))
      return FALSE;
  stn_bench_config_set_operator (self, parsed->operator.swap_ns, parsed->operator.press_every_ns,
                                 parsed->operator.press_for_ns);
  return read_ttys (self, parsed->ttys, error) && read_modem (self, parsed->modem, error);
}

StnBenchConfig *
stn_bench_config_parse (const char *file, const char *bytes, gsize length, GError **error)
{
  g_autoptr (StnYaml) document = stn_yaml_parse (file, bytes, length, error);
  BenchFile parsed = { 0 };
  if (document == NULL || !stn_fields_read (file_fields, stn_yaml_root (document), &parsed, error))
    return NULL;
  g_autoptr (StnBenchConfig) self = stn_bench_config_new ();
  gboolean good = build (self, &parsed, file, error);
  stn_fields_clear (file_fields, &parsed);
  return good ? g_steal_pointer (&self) : NULL;
}
