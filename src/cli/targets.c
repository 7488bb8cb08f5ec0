#include "src/cli/command.h"

#include <stdio.h>

#include "src/cli/json-line.h"
#include "src/cli/table.h"
#include "src/station/station.h"

static char *
flash_text (const StnTarget *target)
{
  return stn_text_from_size_bytes (target->flash_bytes);
}

static const char *
state_text (const StnTarget *target)
{
  return target->provisional ? "provisional: refused" : "";
}

static void
print_table (const StnTarget *const *list, guint count)
{
  static const char *const titles[] = { "line", "family", "id", "largest flash", "part", "", NULL };
  g_autoptr (StnTable) table = stn_table_new (titles);
  for (guint i = 0; i < count; i++) {
    g_autofree char *id = g_strdup_printf ("0x%03x", list[i]->product_id);
    g_autofree char *flash = flash_text (list[i]);
    const char *cells[] = { list[i]->line, list[i]->family, id, flash, list[i]->name, state_text (list[i]) };
    stn_table_add (table, cells);
  }
  g_autofree char *text = stn_table_text (table);
  g_print ("%s", text);
}

static void
print_json (const StnTarget *target)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "part", target->name);
  json_object_set_string_member (object, "family", target->family);
  json_object_set_string_member (object, "line", target->line);
  json_object_set_int_member (object, "product_id", target->product_id);
  json_object_set_int_member (object, "flash_bytes", (gint64) target->flash_bytes);
  json_object_set_boolean_member (object, "provisional", target->provisional);
  json_object_set_string_member (object, "source", target->source);
  stn_json_print (object);
}

static void
print_pages (const StnTarget *target)
{
  for (guint i = 0; i < target->stretch_count; i++) {
    const StnPageStretch *stretch = &target->stretches[i];
    g_autofree char *size = stn_text_from_size_bytes (stretch->page_bytes);
    g_print ("%s%u x %s from 0x%08" G_GINT64_MODIFIER "x\n", i == 0 ? "pages:       " : "             ",
             stretch->page_count, size, stretch->address);
  }
}

static void
print_interfaces (const StnTarget *target)
{
  const struct {
    gboolean there;
    const char *name;
  } rows[] = { { target->has_uart, "UART" }, { target->has_usb, "USB" }, { target->has_i2c, "I2C" },
               { target->has_spi, "SPI" },   { target->has_can, "CAN" }, { target->has_fdcan, "FDCAN" },
               { target->has_i3c, "I3C" } };
  g_print ("interfaces: ");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].there)
      g_print (" %s", rows[i].name);
  g_print ("\n");
  if (target->uart_pins != NULL)
    g_print ("UART pins:   %s (TX/RX of the ROM)\n", target->uart_pins);
}

static void
print_one (const StnTarget *target)
{
  static const char *const boot_pins[] = { "selects the ROM", "is ignored as shipped", "is not there" };
  static const char *const empty_checks[] = { "none", "an empty flash starts the ROM, sampled at power-on",
                                              "an empty flash starts the ROM; some ROMs clear that when they start" };
  g_autofree char *flash = flash_text (target);
  g_autofree char *ram = stn_text_from_size_bytes (target->ram_bytes);

  g_print ("%s (%s, family %s)%s\n", target->name, target->line, target->family,
           target->provisional ? ": provisional, refused for production" : "");
  g_print ("product id:  0x%03x\n", target->product_id);
  g_print ("flash:       %s from 0x%08" G_GINT64_MODIFIER "x\n", flash, target->flash_base);
  print_pages (target);
  if (target->dual_bank_notes != NULL)
    g_print ("banks:       %s\n", target->dual_bank_notes);
  g_print ("RAM:         %s", ram);
  if (target->ram_reserved_bytes > 0) {
    g_autofree char *reserved = stn_text_from_size_bytes (target->ram_reserved_bytes);
    g_print (", %s of it the ROM's", reserved);
  }
  g_print ("\n");
  print_interfaces (target);
  g_print ("BOOT0 pin:   %s\n", boot_pins[target->boot_pin]);
  g_print ("empty check: %s\n", empty_checks[target->empty_check]);
  if (target->limitations != NULL)
    g_print ("notes:       %s\n", target->limitations);
  g_print ("data:        %s\n", target->source);
}

int
stn_command_targets (const StnCommand *self, int argc, char **argv)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "One JSON object a line", NULL },
    G_OPTION_ENTRY_NULL,
  };
  int code = STN_EXIT_PASSED;
  g_autoptr (GError) error = NULL;

  if (!stn_command_parse (self, entries, &argc, &argv, &code))
    return code;
  if (argc > 2)
    return stn_command_usage (self, "one part at a time");
  g_autoptr (StnTargets) targets = stn_station_read_targets (&error);
  if (targets == NULL)
    return stn_command_fail (error);

  if (argc == 2) {
    const StnTarget *target = stn_targets_find (targets, argv[1], &error);
    if (target == NULL)
      return stn_command_fail (error);
    if (json)
      print_json (target);
    else
      print_one (target);
    return STN_EXIT_PASSED;
  }
  guint count = 0;
  const StnTarget *const *list = stn_targets_list (targets, &count);
  for (guint i = 0; json && i < count; i++)
    print_json (list[i]);
  if (!json)
    print_table (list, count);
  return STN_EXIT_PASSED;
}
