#include "src/base/bytes.h"
#include "src/station/board-options.h"

#include <stdio.h>

#include "src/cli/command.h"
#include "src/cli/json-line.h"
#include "src/cli/signals.h"
#include "src/cli/table.h"

static char *
place_text (const StnOptionField *field)
{
  if (!field->visible)
    return g_strdup ("not shown by the ROM");
  if (field->width == 1)
    return g_strdup_printf ("0x%08" G_GINT64_MODIFIER "X bit %u", field->word, field->bit);
  return g_strdup_printf ("0x%08" G_GINT64_MODIFIER "X bits %u-%u", field->word, field->bit,
                          field->bit + field->width - 1);
}

static char *
default_text (const StnOptionField *field)
{
  return field->has_default ? stn_option_field_label (field, field->default_value) : g_strdup ("");
}

/* ---- a part, without a board ---- */

static char *
values_text (const StnOptionField *field)
{
  GString *text = g_string_new (field->meaning);
  for (guint i = 0; i < field->value_count; i++) {
    const StnOptionValue *value = &field->values[i];
    g_string_append_printf (text, "%s0x%X", i > 0 ? ", " : text->len > 0 ? ": " : "", value->first);
    if (value->last != value->first)
      g_string_append_printf (text, "..0x%X", value->last);
    g_string_append_printf (text, " %s", value->text);
  }
  if (field->danger_text != NULL)
    g_string_append_printf (text, ". CAREFUL: %s", field->danger_text);
  if (field->doubt != NULL)
    g_string_append_printf (text, ". Not confirmed: %s", field->doubt);
  return g_string_free (text, FALSE);
}

static void
print_fields (const StnTarget *target)
{
  static const char *const titles[] = { "field", "where", "shipped", "meaning", NULL };
  const StnOptions *options = stn_target_options (target);
  g_autoptr (StnTable) table = stn_table_new (titles);

  for (guint i = 0; i < options->field_count; i++) {
    const StnOptionField *field = options->fields[i];
    g_autofree char *place = place_text (field);
    g_autofree char *shipped = default_text (field);
    g_autofree char *meaning = values_text (field);
    const char *cells[] = { field->name, place, shipped, meaning };
    stn_table_add (table, cells);
  }
  g_autofree char *text = stn_table_text (table);
  g_print ("%s (%s), data: %s\n\n%s", target->name, target->line, options->source, text);
}

/* ---- JSON ---- */

static void
add_field_members (JsonObject *object, const StnOptionField *field)
{
  g_autofree char *word = g_strdup_printf ("0x%08" G_GINT64_MODIFIER "X", field->word);
  JsonArray *dangers = json_array_new ();

  json_object_set_string_member (object, "name", field->name);
  if (stn_option_role_name (field->role) != NULL && field->role != STN_OPTION_ROLE_NONE)
    json_object_set_string_member (object, "role", stn_option_role_name (field->role));
  if (field->visible) {
    json_object_set_string_member (object, "word", word);
    json_object_set_int_member (object, "bit", field->bit);
    json_object_set_int_member (object, "width", field->width);
  }
  json_object_set_string_member (object, "meaning", field->meaning);
  if (field->has_default)
    json_object_set_int_member (object, "shipped", field->default_value);
  for (guint bit = 0; bit < 32; bit++)
    if ((field->danger & 1u << bit) != 0)
      json_array_add_string_element (dangers, stn_option_danger_name ((StnOptionDanger) (1u << bit)));
  json_object_set_array_member (object, "danger", dangers);
  stn_json_add_text (object, "doubt", field->doubt);
}

static JsonArray *
fields_array (const StnTarget *target, const StnOptionBlock *block)
{
  const StnOptions *options = stn_target_options (target);
  JsonArray *array = json_array_new ();

  for (guint i = 0; options != NULL && i < options->field_count; i++) {
    const StnOptionField *field = options->fields[i];
    JsonObject *object = json_object_new ();
    guint32 value = 0;
    add_field_members (object, field);
    if (block != NULL && stn_option_block_get (block, field, &value)) {
      g_autofree char *text = stn_option_field_text (field, value);
      json_object_set_int_member (object, "value", value);
      json_object_set_string_member (object, "text", text);
      json_object_set_boolean_member (object, "differs", field->has_default && value != field->default_value);
    }
    json_array_add_object_element (array, object);
  }
  return array;
}

static void
print_fields_json (const StnTarget *target)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "part", target->name);
  json_object_set_int_member (object, "product_id", target->product_id);
  json_object_set_string_member (object, "source", stn_target_options (target)->source);
  json_object_set_array_member (object, "fields", fields_array (target, NULL));
  stn_json_print (object);
}

static void
print_board_json (const StnBoardOptions *board)
{
  JsonObject *object = json_object_new ();
  JsonArray *areas = json_array_new (), *ways = json_array_new ();

  json_object_set_string_member (object, "site", board->site);
  json_object_set_string_member (object, "part", board->target->name);
  json_object_set_int_member (object, "product_id", board->target->product_id);
  json_object_set_int_member (object, "bootloader_id", board->bootloader_id);
  stn_json_add_text (object, "uid", board->uid);
  json_object_set_string_member (object, "via", board->via_usb ? "usb" : "uart");
  for (guint i = 0; i < STN_OPTION_AREAS; i++) {
    gsize length = 0;
    const guint8 *bytes = stn_option_block_bytes (board->block, i, &length);
    if (bytes == NULL)
      continue;
    JsonObject *area = json_object_new ();
    GString *hex = g_string_new (NULL);
    for (gsize k = 0; k < length; k++)
      g_string_append_printf (hex, "%02x", bytes[k]);
    g_autofree char *address = g_strdup_printf (
        "0x%08" G_GINT64_MODIFIER "X", i == 0 ? board->target->options_address : board->target->options_second_address);
    json_object_set_string_member (area, "address", address);
    json_object_set_string_member (area, "bytes", hex->str);
    json_array_add_object_element (areas, area);
    g_string_free (hex, TRUE);
  }
  json_object_set_array_member (object, "areas", areas);
  json_object_set_boolean_member (object, "fits", board->unfit == NULL);
  stn_json_add_text (object, "unfit", board->unfit);
  json_object_set_array_member (object, "fields", fields_array (board->target, board->block));
  json_object_set_boolean_member (object, "empty", board->is_empty);
  json_object_set_string_member (object, "starts_low", stn_boot_start_name (board->at_low));
  json_object_set_string_member (object, "starts_high", stn_boot_start_name (board->at_high));
  for (guint bit = 0; bit < 32; bit++)
    if ((board->ways & 1u << bit) != 0)
      json_array_add_string_element (ways, stn_boot_way_name ((StnBootWay) (1u << bit)));
  json_object_set_array_member (object, "ways_in", ways);
  stn_json_print (object);
}

/* ---- a board ---- */

static void
print_raw (const StnBoardOptions *board)
{
  for (guint i = 0; i < STN_OPTION_AREAS; i++) {
    gsize length = 0;
    const guint8 *bytes = stn_option_block_bytes (board->block, i, &length);
    guint64 address = i == 0 ? board->target->options_address : board->target->options_second_address;
    for (gsize at = 0; bytes != NULL && at < length; at += 16) {
      g_autofree char *line = stn_bytes_to_text (bytes + at, MIN (length - at, 16), 16);
      g_print ("0x%08" G_GINT64_MODIFIER "X  %s\n", address + at, line);
    }
  }
}

static void
print_values (const StnBoardOptions *board)
{
  static const char *const titles[] = { "field", "value", "shipped otherwise", NULL };
  const StnOptions *options = stn_target_options (board->target);
  g_autoptr (StnTable) table = stn_table_new (titles);

  for (guint i = 0; options != NULL && i < options->field_count; i++) {
    const StnOptionField *field = options->fields[i];
    guint32 value = 0;
    if (!stn_option_block_get (board->block, field, &value))
      continue;
    g_autofree char *words = stn_option_field_label (field, value);
    g_autofree char *shipped = field->has_default && value != field->default_value ? default_text (field) : NULL;
    const char *cells[] = { field->name, words, shipped };
    stn_table_add (table, cells);
  }
  g_autofree char *text = stn_table_text (table);
  g_print ("\n%s", text);
}

static const char *
start_text (StnBootStart start)
{
  static const char *const texts[] = { "the flash", "the ROM", "SRAM", "nothing", "not known" };
  return texts[start];
}

static void
print_board (const StnBoardOptions *board)
{
  g_autofree char *ways = stn_option_ways_text (board->ways);
  g_autofree char *rom =
      board->bootloader_id != 0 ? g_strdup_printf (", ROM 0x%02X", board->bootloader_id) : g_strdup ("");

  g_print ("%s: %s, product id 0x%03x%s%s%s, over %s\n", board->site, board->target->name, board->target->product_id,
           rom, board->uid != NULL ? ", UID " : "", board->uid != NULL ? board->uid : "",
           board->via_usb ? "USB" : "UART");
  print_raw (board);
  print_values (board);
  if (board->unfit != NULL)
    g_print ("\nThe option bytes do not fit together: %s\n", board->unfit);
  g_print ("\nA reset starts, once the flash holds a program: %s; with BOOT0 high: %s\n", start_text (board->at_low),
           start_text (board->at_high));
  g_print ("The flash %s\n", board->is_empty ? "is empty" : "holds something");
  g_print ("Ways into the ROM: %s\n", ways);
}

int
stn_command_option_bytes (const StnCommand *self, int argc, char **argv)
{
  g_autofree char *path = NULL, *site = NULL, *part = NULL;
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "station", 0, 0, G_OPTION_ARG_FILENAME, &path, "Station file ($STATION_FILE, the user's, /etc/station)", "FILE" },
    { "site", 0, 0, G_OPTION_ARG_STRING, &site, "Read the board in this site", "A1" },
    { "target", 0, 0, G_OPTION_ARG_STRING, &part, "The part (over USB it has to be said); alone: list its fields",
      "PART" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "One JSON object", NULL },
    G_OPTION_ENTRY_NULL,
  };
  int code = STN_EXIT_PASSED;
  g_autoptr (GError) error = NULL;

  if (!stn_command_parse (self, entries, &argc, &argv, &code))
    return code;
  if (argc > 1)
    return stn_command_usage (self, "“%s” is one argument too many; a site is named by --site", argv[1]);
  if (site == NULL && part == NULL)
    return stn_command_usage (self, "expected --site SITE, or --target PART to list the fields of a part");

  if (site == NULL) {
    g_autoptr (StnTargets) targets = stn_station_read_targets (&error);
    const StnTarget *target = targets == NULL ? NULL : stn_targets_find (targets, part, &error);
    if (target == NULL)
      return stn_command_fail (error);
    if (stn_target_options (target) == NULL)
      return stn_command_usage (self, "the option bytes of %s are not known", target->name);
    if (json)
      print_fields_json (target);
    else
      print_fields (target);
    return STN_EXIT_PASSED;
  }
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  stn_signals_start (cancellable);
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  g_autoptr (StnStation) station = stn_station_load (path, clock, &error);
  g_autoptr (StnBoardOptions) board =
      station != NULL ? stn_station_read_options (station, site, part, cancellable, &error) : NULL;
  if (board == NULL)
    return stn_command_fail (error);
  if (json)
    print_board_json (board);
  else
    print_board (board);
  return board->unfit == NULL ? STN_EXIT_PASSED : STN_EXIT_FAILED;
}
