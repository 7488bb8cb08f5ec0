/* The option bytes of a board in a site, read through its ROM, over both kinds of wire, against the bench. */
#include "src/station/board-options.h"
#include "tests/remove-folder.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
  char *folder, *path;
  StnClock *clock;
  StnStation *station;
} World;

/* Two boards of one kind: A1 on a UART, A2 on a USB port, with the bench's words for them. */
static World *
world_new (const char *target)
{
  World *self = g_new0 (World, 1);
  g_autoptr (GError) error = NULL;
  g_autofree char *text =
      g_strdup_printf ("station: Options\nbench: { straight: 2, target: %s }\njournal: none.db\n"
                       "hubs: { H1: pci-0000:00:14.0-usb-0:1 }\n"
                       "controls: { c1: { ft232h: { serial: F1 }, buffered: true } }\n"
                       "banks:\n  - name: A\n    sites:\n"
                       "      - { name: A1, nrst: c1.AC0, boot0: c1.AD0, uart: /dev/u1 }\n"
                       "      - { name: A2, nrst: c1.AC1, boot0: c1.AD1, usb: { hub: H1, port: 5 } }\n",
                       target);

  self->folder = g_dir_make_tmp ("station-options-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->folder, "station.yaml", NULL);
  g_assert_true (g_file_set_contents (self->path, text, -1, NULL));
  self->clock = stn_clock_new_virtual ();
  self->station = stn_station_load (self->path, self->clock, &error);
  g_assert_no_error (error);
  return self;
}

static void
world_free (World *self)
{
  stn_station_free (self->station);
  stn_clock_unref (self->clock);
  remove_folder (self->folder);
  g_free (self->path);
  g_free (self->folder);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

static StnBoardOptions *
read_or_fail (const World *world, const char *site, const char *part)
{
  g_autoptr (GError) error = NULL;
  StnBoardOptions *board = stn_station_read_options (world->station, site, part, NULL, &error);
  g_assert_no_error (error);
  return board;
}

static void
assert_fails (const World *world, const char *site, const char *part, StnFailure failure, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (stn_station_read_options (world->station, site, part, NULL, &error));
  g_test_message ("%s", error->message);
  g_assert_cmpint (stn_error_failure (error), ==, failure);
  g_assert_nonnull (strstr (error->message, words));
}

static guint32
value_of (const StnBoardOptions *board, const char *name)
{
  g_autoptr (GError) error = NULL;
  guint32 value = 0;
  const StnOptionField *field = stn_options_find (board->target, name, &error);
  g_assert_no_error (error);
  g_assert_true (stn_option_block_get (board->block, field, &value));
  return value;
}

static void
a_new_g0_says_that_its_pin_is_ignored (void)
{
  g_autoptr (World) world = world_new ("STM32G0B1CE");
  g_autoptr (StnBoardOptions) board = read_or_fail (world, "A1", NULL);

  g_assert_cmphex (board->target->product_id, ==, 0x467);
  g_assert_false (board->via_usb);
  g_assert_null (board->unfit);
  g_assert_nonnull (board->uid);
  g_assert_true (board->is_empty);
  g_assert_cmpuint (value_of (board, "RDP"), ==, 0xAA);
  g_assert_cmpuint (value_of (board, "nBOOT_SEL"), ==, 1);
  g_assert_cmpint (board->at_low, ==, STN_BOOT_FLASH);
  g_assert_cmpint (board->at_high, ==, STN_BOOT_FLASH);
  g_assert_cmpuint (board->ways & STN_BOOT_WAY_PIN, ==, 0);
}

static void
an_f4_is_entered_by_its_pin (void)
{
  g_autoptr (World) world = world_new ("STM32F405RG");
  g_autoptr (StnBoardOptions) board = read_or_fail (world, "A1", "STM32F405RG");

  g_assert_cmpstr (board->target->name, ==, "STM32F405xG");
  g_assert_cmpuint (value_of (board, "BOR_LEV"), ==, 3);
  g_assert_cmpuint (value_of (board, "nWRP"), ==, 0xFFF);
  g_assert_cmpint (board->at_high, ==, STN_BOOT_ROM);
  g_assert_cmpuint (board->ways, ==, STN_BOOT_WAY_PIN);
  g_assert_cmphex (board->bootloader_id, !=, 0);
  g_autoptr (GArray) changes = stn_option_block_against_defaults (board->block);
  g_assert_cmpuint (changes->len, ==, 0);
}

static void
both_wires_tell_the_same_bytes (void)
{
  g_autoptr (World) world = world_new ("STM32G0B1CE");
  g_autoptr (StnBoardOptions) uart = read_or_fail (world, "A1", "STM32G0B1CE");
  g_autoptr (StnBoardOptions) usb = read_or_fail (world, "A2", "STM32G0B1CE");
  gsize uart_length = 0, usb_length = 0;
  const guint8 *uart_bytes = stn_option_block_bytes (uart->block, 0, &uart_length);
  const guint8 *usb_bytes = stn_option_block_bytes (usb->block, 0, &usb_length);

  g_assert_true (usb->via_usb);
  g_assert_null (usb->unfit);
  g_assert_cmpmem (uart_bytes, uart_length, usb_bytes, usb_length);
}

/* The bench has read the reference manuals for itself: its new boards are as the data says. */
static void
a_new_board_of_every_family_is_as_shipped (void)
{
  static const char *const parts[] = { "STM32F051C8", "STM32F091CC", "STM32F103CB", "STM32F303CC", "STM32F405RG",
                                       "STM32F429ZI", "STM32F746ZG", "STM32F767ZI", "STM32L073CZ", "STM32L152RB",
                                       "STM32L152RE", "STM32L431CC", "STM32L476RG", "STM32L4R5ZI", "STM32G031K8",
                                       "STM32G071CB", "STM32G0B1CE", "STM32G431CB", "STM32G474RE", "STM32WB55CG",
                                       "STM32WL55CC", "STM32C031C6", "STM32U083CC", "STM32L552CE", "STM32U575CI",
                                       "STM32H503CB", "STM32H563ZI", "STM32H743ZI" };
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    g_autoptr (World) world = world_new (parts[i]);
    g_autoptr (StnBoardOptions) board = read_or_fail (world, "A1", parts[i]);
    g_autoptr (GArray) changes = stn_option_block_against_defaults (board->block);
    g_test_message ("%s: %s", parts[i], board->unfit == NULL ? "fits" : board->unfit);
    for (guint k = 0; k < changes->len; k++) {
      g_autofree char *text = stn_option_change_text (&g_array_index (changes, StnOptionChange, k));
      g_test_message ("  %s", text);
    }
    /* what the data doubts (DB1M of the F42: a bit of the reserved half) proves nothing either way */
    for (guint k = 0; k < changes->len; k++)
      g_assert_nonnull (g_array_index (changes, StnOptionChange, k).field->doubt);
    g_assert_null (board->unfit);
    g_assert_cmpint (board->at_low, ==, STN_BOOT_FLASH);
    /* a ROM that clears the empty flag lets nobody in twice without a power switch */
    gboolean is_last_visit =
        board->target->boot_pin == STN_BOOT_PIN_IGNORED_AS_SHIPPED
        && stn_target_empty_check_for (board->target, board->bootloader_id) == STN_EMPTY_CHECK_CLEARED_BY_ROM;
    g_assert_true ((board->ways == 0) == is_last_visit);
  }
}

static void
what_can_not_be_read_is_named (void)
{
  g_autoptr (World) world = world_new ("STM32G0B1CE");

  assert_fails (world, "A1", "STM32F405RG", STN_FAILURE_WRONG_CHIP, "A1: the board is no STM32F405xG");
  assert_fails (world, "A2", NULL, STN_FAILURE_USAGE, "--target");
  assert_fails (world, "A9", NULL, STN_FAILURE_USAGE, "A9");
  assert_fails (world, "A1", "STM32X", STN_FAILURE_BAD_PLAN, "not known");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_autofree char *locks = g_dir_make_tmp ("station-locks-XXXXXX", NULL);
  g_setenv ("XDG_RUNTIME_DIR", locks, TRUE);

#define ADD(function) g_test_add_func ("/board-options/" #function, function)
  ADD (a_new_g0_says_that_its_pin_is_ignored);
  ADD (an_f4_is_entered_by_its_pin);
  ADD (both_wires_tell_the_same_bytes);
  ADD (a_new_board_of_every_family_is_as_shipped);
  ADD (what_can_not_be_read_is_named);
  int result = g_test_run ();
  remove_folder (locks);
  return result;
}
