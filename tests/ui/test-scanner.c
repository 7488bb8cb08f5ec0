/* What is a scan and what a person, by made-up keys with times of their own. */
#include <gtk/gtk.h>
#include <string.h>

#include "ui/scanner.h"

typedef struct {
  StnScanner *scanner;
  GString *scanned; /* each with "|" after it */
  GString *typed;
  guint32 now;
} Fixture;

static void
on_scanned (gpointer data, const char *text)
{
  g_string_append_printf (((Fixture *) data)->scanned, "%s|", text);
}

static void
on_typed (gpointer data, GdkEventKey *event)
{
  guint32 letter = gdk_keyval_to_unicode (event->keyval);
  g_string_append_c (((Fixture *) data)->typed, letter >= 0x20 && letter < 127 ? (char) letter : '?');
}

static void
set_up (Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
  self->scanner = stn_scanner_new (on_scanned, on_typed, self);
  self->scanned = g_string_new (NULL);
  self->typed = g_string_new (NULL);
  self->now = 1000;
}

static void
tear_down (Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
  stn_scanner_free (self->scanner);
  g_string_free (self->scanned, TRUE);
  g_string_free (self->typed, TRUE);
}

/* Returns whether the scanner took it. */
static gboolean
press_only (Fixture *self, guint key, guint state, guint32 after_ms)
{
  GdkEvent *event = gdk_event_new (GDK_KEY_PRESS);
  self->now += after_ms;
  event->key.keyval = key;
  event->key.state = state;
  event->key.time = self->now;
  event->key.hardware_keycode = (guint16) (key & 0xff);
  event->key.is_modifier = key == GDK_KEY_Shift_L;
  gboolean taken = stn_scanner_press (self->scanner, &event->key);
  if (!taken)
    on_typed (self, &event->key);
  gdk_event_free (event);
  return taken;
}

static gboolean
key (Fixture *self, guint value, guint32 after_ms)
{
  gboolean taken = press_only (self, value, 0, after_ms);
  GdkEvent *event = gdk_event_new (GDK_KEY_RELEASE);
  event->key.hardware_keycode = (guint16) (value & 0xff);
  stn_scanner_release (self->scanner, &event->key);
  gdk_event_free (event);
  return taken;
}

static void
type (Fixture *self, const char *text, guint32 gap_ms)
{
  for (const char *p = text; *p != '\0'; p++)
    key (self, gdk_unicode_to_keyval ((guint32) *p), gap_ms);
}

static void
let_silence_pass (void)
{
  gint64 until = g_get_monotonic_time () + 300000;
  while (g_get_monotonic_time () < until)
    g_main_context_iteration (NULL, FALSE);
}

static void
a_burst_with_enter_is_one_scan (Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
  type (self, "TH7-2547-000123K", 8);
  g_assert_true (key (self, GDK_KEY_Return, 8));
  g_assert_cmpstr (self->scanned->str, ==, "TH7-2547-000123K|");
  g_assert_cmpstr (self->typed->str, ==, "");
}

static void
a_slow_burst_is_a_scan_too (Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
  type (self, "OP:4711", 20);
  key (self, GDK_KEY_Tab, 20);
  g_assert_cmpstr (self->scanned->str, ==, "OP:4711|");
}

static void
a_scan_without_enter_ends_with_silence (Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
  type (self, "CMD:START", 10);
  let_silence_pass ();
  g_assert_cmpstr (self->scanned->str, ==, "CMD:START|");
  g_assert_cmpstr (self->typed->str, ==, "");
}

static void
what_a_person_types_is_typed (Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
  type (self, "Lot 17", 110);
  let_silence_pass ();
  g_assert_cmpstr (self->scanned->str, ==, "");
  g_assert_cmpstr (self->typed->str, ==, "Lot 17");
}

static void
three_quick_letters_are_a_person (Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
  type (self, "abc", 15);
  let_silence_pass ();
  g_assert_cmpstr (self->typed->str, ==, "abc");
  g_assert_cmpstr (self->scanned->str, ==, "");
}

static void
enter_alone_is_a_person (Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
  g_assert_false (key (self, GDK_KEY_Return, 500));
  type (self, "a", 500);
  g_assert_false (key (self, GDK_KEY_Return, 200));
  g_assert_cmpstr (self->typed->str, ==, "?a?");
}

static void
space_alone_waits_for_nothing (Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
  g_assert_false (key (self, GDK_KEY_space, 500));
}

static void
a_space_within_a_scan_is_part_of_it (Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
  type (self, "LOT:L 17", 9);
  key (self, GDK_KEY_Return, 9);
  g_assert_cmpstr (self->scanned->str, ==, "LOT:L 17|");
}

static void
a_key_held_down_is_a_person (Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
  for (guint i = 0; i < 8; i++)
    press_only (self, GDK_KEY_r, 0, 25);
  let_silence_pass ();
  g_assert_cmpstr (self->scanned->str, ==, "");
  g_assert_cmpstr (self->typed->str, ==, "rrrrrrrr");
}

static void
caps_lock_turns_no_letters_round (Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
  /* with Caps Lock on, a scanner's "Th7x" arrives as "tH7X" */
  const char *seen = "tH7X";
  for (const char *p = seen; *p != '\0'; p++)
    press_only (self, gdk_unicode_to_keyval ((guint32) *p), GDK_LOCK_MASK, 8);
  key (self, GDK_KEY_Return, 8);
  g_assert_cmpstr (self->scanned->str, ==, "Th7x|");
}

static void
shift_between_letters_belongs_to_the_scan (Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
  type (self, "op", 8);
  g_assert_true (press_only (self, GDK_KEY_Shift_L, 0, 4));
  type (self, ":471", 8);
  key (self, GDK_KEY_Return, 8);
  g_assert_cmpstr (self->scanned->str, ==, "op:471|");
}

static void
aim_identifier_and_affixes_are_taken_off (Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
  stn_scanner_set_affixes (self->scanner, "~", "#");
  type (self, "]d2~TH7-1#", 8);
  key (self, GDK_KEY_Return, 8);
  g_assert_cmpstr (self->scanned->str, ==, "TH7-1|");
}

static void
two_scans_in_a_row_are_two (Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
  type (self, "SITE:A3", 8);
  key (self, GDK_KEY_Return, 8);
  type (self, "TH7-2", 8);
  key (self, GDK_KEY_Return, 8);
  g_assert_cmpstr (self->scanned->str, ==, "SITE:A3|TH7-2|");
}

static void
a_scan_that_is_too_long_is_none (Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
  for (guint i = 0; i < 200; i++)
    type (self, "A", 8);
  key (self, GDK_KEY_Return, 8);
  g_assert_cmpstr (self->scanned->str, ==, "");
  g_assert_cmpstr (self->typed->str, ==, "");
  type (self, "OP:4711", 8);
  key (self, GDK_KEY_Return, 8);
  g_assert_cmpstr (self->scanned->str, ==, "OP:4711|");
}

static void
a_scan_right_after_a_letter_is_whole (Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
  type (self, "x", 500);
  type (self, "O", 200);
  type (self, "P:4711", 8);
  key (self, GDK_KEY_Return, 8);
  g_assert_cmpstr (self->scanned->str, ==, "OP:4711|");
  g_assert_cmpstr (self->typed->str, ==, "x");
}

static void
commands_with_control_pass (Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
  g_assert_false (press_only (self, GDK_KEY_e, GDK_CONTROL_MASK, 500));
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add ("/scanner/" #name, Fixture, NULL, set_up, name, tear_down)
  ADD (a_burst_with_enter_is_one_scan);
  ADD (a_slow_burst_is_a_scan_too);
  ADD (a_scan_without_enter_ends_with_silence);
  ADD (what_a_person_types_is_typed);
  ADD (three_quick_letters_are_a_person);
  ADD (enter_alone_is_a_person);
  ADD (space_alone_waits_for_nothing);
  ADD (a_space_within_a_scan_is_part_of_it);
  ADD (a_key_held_down_is_a_person);
  ADD (caps_lock_turns_no_letters_round);
  ADD (shift_between_letters_belongs_to_the_scan);
  ADD (aim_identifier_and_affixes_are_taken_off);
  ADD (two_scans_in_a_row_are_two);
  ADD (a_scan_that_is_too_long_is_none);
  ADD (a_scan_right_after_a_letter_is_whole);
  ADD (commands_with_control_pass);
  return g_test_run ();
}
