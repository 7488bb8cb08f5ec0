#include "src/station/station-file.h"
#include "src/station/station.h"

#include "src/bench/bench.h"

static const char *const level_names[] = { "low", "high", NULL };
static const char *const program_by_names[] = { "auto", "uart", "usb", NULL };
static const char *const approval_names[] = { "off", "required", NULL };
static const char *const remote_usb_names[] = { "virtual", "real", NULL };

/* A pin's rows; only the level that does the work differs from line to line. */
#define PIN_ROWS(level) \
  { .key = "pin", .kind = STN_FIELD_TEXT, STN_MEMBER (StnFilePin, pin), .required = TRUE, .low = 1, .high = 64, \
    .help = "control and pin (c1.AC0), or uart.rts, uart.dtr of the site's own port" }, \
  { .key = "active", .kind = STN_FIELD_ENUM, STN_MEMBER (StnFilePin, active), .names = level_names, \
    .fallback = level, .help = "the level that does what the name says" }, \
  { .key = "", .kind = STN_FIELD_PLACE, STN_MEMBER (StnFilePin, place) }

static const StnField nrst_fields[] = {
  PIN_ROWS ("low"),
  /* an FT232H that is plugged in or opened drives and pulls up: a reset line that it only ever pulls low is safe */
  { .key = "open-drain", .kind = STN_FIELD_BOOLEAN, STN_MEMBER (StnFilePin, open_drain), .fallback = "true",
    .help = "pulled low or let go, never driven high" },
  { 0 },
};

static const StnField driven_fields[] = {
  PIN_ROWS ("high"),
  { .key = "open-drain", .kind = STN_FIELD_BOOLEAN, STN_MEMBER (StnFilePin, open_drain), .fallback = "false",
    .help = "pulled low or let go, never driven high" },
  { 0 },
};

/* inputs: an open contact reads high through the adapter's weak pull-up, so that a closed one is low */
static const StnField contact_fields[] = { PIN_ROWS ("low"), { 0 } };
static const StnField sense_fields[] = { PIN_ROWS ("high"), { 0 } };

static const StnField usb_port_fields[] = {
  { .key = "path", .kind = STN_FIELD_TEXT, STN_MEMBER (StnFileUsbPort, path), .low = 1, .high = 256,
    .help = "as udev's ID_PATH has it (pci-0000:00:14.0-usb-0:1.3)" },
  { .key = "hub", .kind = STN_FIELD_TEXT, STN_MEMBER (StnFileUsbPort, hub), .low = 1, .high = 32,
    .help = "a name of `hubs`" },
  { .key = "port", .kind = STN_FIELD_INTEGER, STN_MEMBER (StnFileUsbPort, port), .low = 1, .high = 255,
    .help = "the port of that hub" },
  { .key = "", .kind = STN_FIELD_PLACE, STN_MEMBER (StnFileUsbPort, place) },
  { 0 },
};

static const StnField power_fields[] = {
  { .key = "pin", .kind = STN_FIELD_TEXT, STN_MEMBER (StnFilePower, line.pin), .low = 1, .high = 64,
    .help = "control and pin (c2.AC0), or uart.rts, uart.dtr of the site's own port" },
  { .key = "hub-port", .kind = STN_FIELD_OBJECT, STN_MEMBER (StnFilePower, hub_port),
    STN_PRESENT (StnFilePower, hub_port.present), .fields = usb_port_fields, .short_key = "path",
    .help = "instead of a pin: the port of a USB hub that switches each port alone; over-current there counts as not "
            "good" },
  { .key = "active", .kind = STN_FIELD_ENUM, STN_MEMBER (StnFilePower, line.active), .names = level_names,
    .fallback = "high", .help = "the level that switches the board on" },
  { .key = "off", .kind = STN_FIELD_DURATION, STN_MEMBER (StnFilePower, off_ns), .low = 0, .high = 60 * STN_NS_PER_S,
    .fallback = "500 ms", .help = "how long off until the board's capacitors are empty" },
  { .key = "settle", .kind = STN_FIELD_DURATION, STN_MEMBER (StnFilePower, settle_ns), .low = 0,
    .high = 60 * STN_NS_PER_S, .fallback = "50 ms", .help = "how long on until the supply stands" },
  { .key = "good", .kind = STN_FIELD_OBJECT, STN_MEMBER (StnFilePower, good), STN_PRESENT (StnFilePower, good.present),
    .fields = sense_fields, .short_key = "pin",
    .help = "input: the supply is there; looked at every 2 ms while option bytes are written, when a dip fails the "
            "board" },
  { .key = "fault", .kind = STN_FIELD_OBJECT, STN_MEMBER (StnFilePower, fault),
    STN_PRESENT (StnFilePower, fault.present), .fields = contact_fields, .short_key = "pin",
    .help = "input: the switch reports over-current" },
  { .key = "", .kind = STN_FIELD_PLACE, STN_MEMBER (StnFilePower, line.place) },
  { 0 },
};

static const StnField uart_fields[] = {
  { .key = "port", .kind = STN_FIELD_TEXT, STN_MEMBER (StnFileUart, port), .required = TRUE, .low = 1, .high = 256,
    .help = "the tty, by its path (/dev/serial/by-path/…), which stays when devices are swapped" },
  { .key = "baud", .kind = STN_FIELD_TEXT, STN_MEMBER (StnFileUart, baud), .fallback = "auto",
    .help = "auto, or a fixed rate for the ROM in bits per second" },
  { .key = "supply", .kind = STN_FIELD_VOLTAGE, STN_MEMBER (StnFileUart, supply_uv), .low = 1000000, .high = 5500000,
    .fallback = "3.3 V", .help = "the level of the adapter's TX, for people: nothing is set by it" },
  { .key = "", .kind = STN_FIELD_PLACE, STN_MEMBER (StnFileUart, place) },
  { .key = "baud", .kind = STN_FIELD_PLACE, STN_MEMBER (StnFileUart, baud_place) },
  { 0 },
};

static const StnField site_fields[] = {
  { .key = "name", .kind = STN_FIELD_TEXT, STN_MEMBER (StnFileSite, name), .required = TRUE, .low = 1, .high = 16,
    .help = "what the operator calls the position: letters, digits, _ and ." },
  { .key = "at", .kind = STN_FIELD_LIST, STN_MEMBER (StnFileSite, at), .element = STN_FIELD_INTEGER, .items_least = 2,
    .items_most = 2, .low = 0, .high = 999, .help = "row and column on the fixture, counted from 0" },
  { .key = "nrst", .kind = STN_FIELD_OBJECT, STN_MEMBER (StnFileSite, nrst), STN_PRESENT (StnFileSite, nrst.present),
    .fields = nrst_fields, .short_key = "pin", .help = "the reset line" },
  { .key = "boot0", .kind = STN_FIELD_OBJECT, STN_MEMBER (StnFileSite, boot0), STN_PRESENT (StnFileSite, boot0.present),
    .fields = driven_fields, .short_key = "pin", .help = "the line that asks for the ROM" },
  { .key = "uart", .kind = STN_FIELD_OBJECT, STN_MEMBER (StnFileSite, uart), STN_PRESENT (StnFileSite, uart.present),
    .fields = uart_fields, .short_key = "port", .help = "the serial port that reaches the board" },
  { .key = "usb", .kind = STN_FIELD_OBJECT, STN_MEMBER (StnFileSite, usb), STN_PRESENT (StnFileSite, usb.present),
    .fields = usb_port_fields, .short_key = "path",
    .help = "the hub port that the board is plugged into (never a serial: those of ST's DFU collide)" },
  { .key = "program-by", .kind = STN_FIELD_ENUM, STN_MEMBER (StnFileSite, program_by), .names = program_by_names,
    .fallback = "auto",
    .help = "the port that boards are programmed by, where the job does not say; auto: the uart where there is one" },
  { .key = "power", .kind = STN_FIELD_OBJECT, STN_MEMBER (StnFileSite, power),
    STN_PRESENT (StnFileSite, power.line.present), .fields = power_fields, .short_key = "pin",
    .help = "the line that switches the board's supply" },
  { .key = "detect", .kind = STN_FIELD_OBJECT, STN_MEMBER (StnFileSite, detect),
    STN_PRESENT (StnFileSite, detect.present), .fields = contact_fields, .short_key = "pin",
    .help = "input: a board is in the site" },
  { .key = "enabled", .kind = STN_FIELD_BOOLEAN, STN_MEMBER (StnFileSite, enabled), .fallback = "true",
    .help = "false: the site is left out" },
  { .key = "", .kind = STN_FIELD_PLACE, STN_MEMBER (StnFileSite, place) },
  { .key = "name", .kind = STN_FIELD_PLACE, STN_MEMBER (StnFileSite, name_place) },
  { 0 },
};

static const StnField input_fields[] = {
  { .key = "start", .kind = STN_FIELD_OBJECT, STN_MEMBER (StnFileBank, start), STN_PRESENT (StnFileBank, start.present),
    .fields = contact_fields, .short_key = "pin", .help = "the start button" },
  { .key = "lid", .kind = STN_FIELD_OBJECT, STN_MEMBER (StnFileBank, lid), STN_PRESENT (StnFileBank, lid.present),
    .fields = contact_fields, .short_key = "pin", .help = "the fixture is closed" },
  { 0 },
};

static const StnField output_fields[] = {
  { .key = "busy", .kind = STN_FIELD_OBJECT, STN_MEMBER (StnFileBank, busy), STN_PRESENT (StnFileBank, busy.present),
    .fields = driven_fields, .short_key = "pin", .help = "a cycle runs" },
  { .key = "ok", .kind = STN_FIELD_OBJECT, STN_MEMBER (StnFileBank, ok), STN_PRESENT (StnFileBank, ok.present),
    .fields = driven_fields, .short_key = "pin", .help = "all boards passed" },
  { .key = "fail", .kind = STN_FIELD_OBJECT, STN_MEMBER (StnFileBank, fail), STN_PRESENT (StnFileBank, fail.present),
    .fields = driven_fields, .short_key = "pin", .help = "a board failed" },
  { 0 },
};

static const StnField bank_fields[] = {
  { .key = "name", .kind = STN_FIELD_TEXT, STN_MEMBER (StnFileBank, name), .required = TRUE, .low = 1, .high = 16,
    .help = "what the operator calls the bank" },
  /* the tables' members start at the bank's own struct, so the offset is 0 */
  { .key = "inputs", .kind = STN_FIELD_OBJECT, .offset = 0,
    .fields = input_fields, .help = "buttons and switches of the fixture" },
  { .key = "outputs", .kind = STN_FIELD_OBJECT, .offset = 0,
    .fields = output_fields, .help = "lamps and lines that tell a machine how it stands" },
  { .key = "sites", .kind = STN_FIELD_LIST, STN_MEMBER (StnFileBank, sites), .required = TRUE,
    .element = STN_FIELD_OBJECT, .fields = site_fields, .struct_size = sizeof (StnFileSite), .items_least = 1,
    .items_most = 256, .help = "the positions of the bank" },
  { .key = "", .kind = STN_FIELD_PLACE, STN_MEMBER (StnFileBank, place) },
  { 0 },
};

static const StnField ft232h_fields[] = {
  { .key = "serial", .kind = STN_FIELD_TEXT, STN_MEMBER (StnFileControl, serial), .low = 1, .high = 64,
    .help = "the adapter's serial number" },
  { .key = "port", .kind = STN_FIELD_OBJECT, STN_MEMBER (StnFileControl, port),
    STN_PRESENT (StnFileControl, port.present), .fields = usb_port_fields, .short_key = "path",
    .help = "where it is plugged in: a USB path, or hub and port" },
  { 0 },
};

static const StnField control_fields[] = {
  { .key = "", .kind = STN_FIELD_TEXT, STN_MEMBER (StnFileControl, name), .low = 1, .high = 32, .help = "its name" },
  { .key = "ft232h", .kind = STN_FIELD_OBJECT, .offset = 0, STN_PRESENT (StnFileControl, has_ft232h),
    .fields = ft232h_fields, .help = "an FT232H: pins AD0 to AD7 and AC0 to AC7" },
  { .key = "buffered", .kind = STN_FIELD_BOOLEAN, STN_MEMBER (StnFileControl, buffered), .fallback = "false",
    .help = "the fixture makes AD0, AD2 and AD4 safe, which the chip drives until it is opened" },
  { .key = "", .kind = STN_FIELD_PLACE, STN_MEMBER (StnFileControl, name_place) },
  { 0 },
};

static const StnField hub_fields[] = {
  { .key = "", .kind = STN_FIELD_TEXT, STN_MEMBER (StnFileHub, name), .low = 1, .high = 32, .help = "its name" },
  { .key = "path", .kind = STN_FIELD_TEXT, STN_MEMBER (StnFileHub, path), .required = TRUE, .low = 1, .high = 256,
    .help = "the hub's USB path as udev's ID_PATH has it" },
  { .key = "path", .kind = STN_FIELD_PLACE, STN_MEMBER (StnFileHub, place) },
  { 0 },
};

static const StnField pace_fields[] = {
  { .key = "line", .kind = STN_FIELD_BOOLEAN, STN_MEMBER (StnFileBench, pace_line), .fallback = "false",
    .help = "keep the time that bytes take on the wire" },
  { .key = "flash", .kind = STN_FIELD_BOOLEAN, STN_MEMBER (StnFileBench, pace_flash), .fallback = "false",
    .help = "keep the time that erasing and programming take" },
  { .key = "turnaround", .kind = STN_FIELD_DURATION, STN_MEMBER (StnFileBench, pace_turnaround_ns), .low = 0,
    .high = STN_NS_PER_S, .fallback = "0", .help = "the adapter's latency for each answer" },
  { 0 },
};

static const StnField operator_fields[] = {
  { .key = "swap", .kind = STN_FIELD_DURATION, STN_MEMBER (StnFileBench, swap_ns), .low = 0, .high = 60 * STN_NS_PER_S,
    .fallback = "0 ms", .help = "how long the detect pins see no board while boards are swapped" },
  { .key = "press-every", .kind = STN_FIELD_DURATION, STN_MEMBER (StnFileBench, press_every_ns), .low = 0,
    .high = 3600 * STN_NS_PER_S, .fallback = "1 s", .help = "how often START is pressed; 0: never" },
  { .key = "press-for", .kind = STN_FIELD_DURATION, STN_MEMBER (StnFileBench, press_for_ns), .low = 0,
    .high = 60 * STN_NS_PER_S, .fallback = "100 ms", .help = "how long each time" },
  { 0 },
};

static const StnField bench_fields[] = {
  { .key = "file", .kind = STN_FIELD_PATH, STN_MEMBER (StnFileBench, file),
    .help = "a bench.yaml: the boards and adapters of the virtual station" },
  { .key = "straight", .kind = STN_FIELD_INTEGER, STN_MEMBER (StnFileBench, straight), .low = 1, .high = 256,
    .help = "instead of a file: so many boards, one a site, wired as this file says" },
  { .key = "target", .kind = STN_FIELD_TEXT, STN_MEMBER (StnFileBench, target), .low = 1, .high = 32,
    .help = "with `straight`: the chip on each board" },
  { .key = "pace", .kind = STN_FIELD_OBJECT, .offset = 0, .fields = pace_fields,
    .help = "with `straight`: which times are kept" },
  { .key = "faults", .kind = STN_FIELD_NODE, STN_MEMBER (StnFileBench, faults),
    .help = "with `straight`: what is wrong with a site's board, as in bench.yaml (A4: [ { dead-cell: 0x08001234 } ])" },
  { .key = "operator", .kind = STN_FIELD_OBJECT, .offset = 0, .fields = operator_fields,
    .help = "with `straight`: what the bench's own operator does; the lid is closed" },
  { .key = "seed", .kind = STN_FIELD_INTEGER, STN_MEMBER (StnFileBench, seed), .low = 0, .high = G_MAXINT64,
    .help = "with `straight`: the same UIDs at every start; 0: new boards" },
  { .key = "", .kind = STN_FIELD_PLACE, STN_MEMBER (StnFileBench, place) },
  { .key = "target", .kind = STN_FIELD_PLACE, STN_MEMBER (StnFileBench, target_place) },
  { 0 },
};

static const StnField fixture_fields[] = {
  { .key = "id", .kind = STN_FIELD_TEXT, STN_MEMBER (StnStationFile, fixture_id), .required = TRUE, .low = 1,
    .high = 64, .help = "the fixture's number; its cycles are counted under it" },
  { .key = "revision", .kind = STN_FIELD_TEXT, STN_MEMBER (StnStationFile, fixture_revision), .low = 1, .high = 32,
    .help = "of the fixture" },
  { .key = "cycles-limit", .kind = STN_FIELD_INTEGER, STN_MEMBER (StnStationFile, cycles_limit), .low = 1,
    .high = 100000000, .help = "cycles after which its contacts are due for service" },
  { 0 },
};

static const StnField shift_fields[] = {
  { .key = "name", .kind = STN_FIELD_TEXT, STN_MEMBER (StnFileShift, name), .required = TRUE, .low = 1, .high = 32,
    .help = "as it stands in the record" },
  { .key = "from", .kind = STN_FIELD_TEXT, STN_MEMBER (StnFileShift, from), .required = TRUE, .low = 1, .high = 8,
    .help = "local time at which it begins (06:00); it lasts until the next one" },
  { .key = "from", .kind = STN_FIELD_PLACE, STN_MEMBER (StnFileShift, from_place) },
  { 0 },
};

static const StnField station_fields[] = {
  { .key = "station", .kind = STN_FIELD_TEXT, STN_MEMBER (StnStationFile, station), .required = TRUE, .low = 1,
    .high = 64, .help = "the station's name, as it stands in the record" },
  { .key = "fixture", .kind = STN_FIELD_OBJECT, .offset = 0, .fields = fixture_fields, .short_key = "id",
    .help = "the fixture on it" },
  { .key = "journal", .kind = STN_FIELD_PATH, STN_MEMBER (StnStationFile, journal),
    .help = "where records go; default: the user's data folder" },
  { .key = "people", .kind = STN_FIELD_PATH, STN_MEMBER (StnStationFile, people),
    .help = "who works here (stationctl people); default: people.yaml beside the journal" },
  { .key = "approval", .kind = STN_FIELD_ENUM, STN_MEMBER (StnStationFile, approval), .names = approval_names,
    .fallback = "off", .help = "required: only jobs that `stationctl approve` has approved, byte for byte, are run" },
  { .key = "day-start", .kind = STN_FIELD_TEXT, STN_MEMBER (StnStationFile, day_start), .fallback = "00:00",
    .help = "local time at which a production day begins (06:00)" },
  { .key = "shifts", .kind = STN_FIELD_LIST, STN_MEMBER (StnStationFile, shifts), .element = STN_FIELD_OBJECT,
    .fields = shift_fields, .struct_size = sizeof (StnFileShift), .items_most = 24,
    .help = "the day's shifts; each run's record names the one it began in" },
  { .key = "stagger", .kind = STN_FIELD_DURATION, STN_MEMBER (StnStationFile, stagger_ns), .low = 0,
    .high = STN_NS_PER_S, .fallback = "20 ms",
    .help = "between the resets of a bank's boards that have a USB port or a power switch, so that they do not all "
            "enumerate, or draw their inrush, at once; 0 ms: all together" },
  { .key = "remote-usb", .kind = STN_FIELD_ENUM, STN_MEMBER (StnStationFile, remote_usb), .names = remote_usb_names,
    .fallback = "virtual", .help = "whether devices under vhci_hcd or dummy_hcd count as real ones" },
  { .key = "bench", .kind = STN_FIELD_OBJECT, STN_MEMBER (StnStationFile, bench),
    STN_PRESENT (StnStationFile, bench.present), .fields = bench_fields, .short_key = "file",
    .help = "the ports are opened in a virtual station instead of on this machine" },
  { .key = "hubs", .kind = STN_FIELD_MAP, STN_MEMBER (StnStationFile, hubs), .fields = hub_fields,
    .struct_size = sizeof (StnFileHub), .short_key = "path", .items_most = 64, .help = "names for USB hubs" },
  { .key = "controls", .kind = STN_FIELD_MAP, STN_MEMBER (StnStationFile, controls), .fields = control_fields,
    .struct_size = sizeof (StnFileControl), .items_most = 64, .help = "the adapters with pins" },
  { .key = "banks", .kind = STN_FIELD_LIST, STN_MEMBER (StnStationFile, banks), .required = TRUE,
    .element = STN_FIELD_OBJECT, .fields = bank_fields, .struct_size = sizeof (StnFileBank), .items_least = 1,
    .items_most = 64, .help = "groups of sites that share adapters" },
  { .key = "", .kind = STN_FIELD_PLACE, STN_MEMBER (StnStationFile, place) },
  { .key = "day-start", .kind = STN_FIELD_PLACE, STN_MEMBER (StnStationFile, day_start_place) },
  { 0 },
};

const StnField *
stn_station_file_fields (void)
{
  return station_fields;
}

const StnField *
stn_station_bench_file_fields (void)
{
  return stn_bench_file_fields ();
}
