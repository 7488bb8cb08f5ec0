/* Parts of stationctl that need no process: site and serial lists, tables, exit codes, events as JSON. */
#include "src/cli/event-json.h"
#include "src/cli/exit-code.h"
#include "src/cli/serial-list.h"
#include "src/cli/site-list.h"
#include "src/cli/table.h"

#include <glib/gstdio.h>
#include <string.h>

static const struct {
  const char *text, *names; /* names joined by blanks; NULL: refused */
} site_lists[] = {
  { "A1", "A1" },
  { "A1-A3", "A1 A2 A3" },
  { "A1-A2,B2", "A1 A2 B2" },
  { " A1 , B2 ", "A1 B2" },
  { "A08-A11", "A08 A09 A10 A11" },
  { "A9-A11", "A9 A10 A11" },
  { "7-9", "7 8 9" },
  { "A3-A3", "A3" },
  { "fixture.left", "fixture.left" },
  { "", NULL },
  { "A1,", NULL },
  { "A3-A1", NULL },
  { "A1-B2", NULL },
  { "A-B", NULL },
  { "A1-", NULL },
  { "-A1", NULL },
  { "A1-A2-A3", NULL },
  { "A0-A999999", NULL },
  { "A1-A99999999999999999999", NULL },
};

static void
site_lists_are_names_and_ranges (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (site_lists); i++) {
    g_autoptr (GError) error = NULL;
    g_auto (GStrv) names = stn_site_list_parse (site_lists[i].text, &error);
    g_test_message ("%s", site_lists[i].text);
    if (site_lists[i].names == NULL) {
      g_assert_null (names);
      g_assert_true (stn_error_is (error, STN_FAILURE_USAGE));
      continue;
    }
    g_assert_no_error (error);
    g_autofree char *joined = g_strjoinv (" ", names);
    g_assert_cmpstr (joined, ==, site_lists[i].names);
  }
}

static StnSerialList *
list_of (const char *text, GError **error)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("serials-XXXXXX", &path, NULL);
  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  StnSerialList *list = stn_serial_list_read (path, error);
  g_unlink (path);
  return list;
}

static void
serials_are_taken_once_and_in_order (void)
{
  static const char *const sites[] = { "A1", "A2", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (StnSerialList) list = list_of ("one\n# a note\nA2,two\nthree\r\n  four  \nfive", &error);
  g_assert_no_error (error);

  g_autofree const char **first = stn_serial_list_take (list, sites, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (first[0], ==, "one");
  g_assert_cmpstr (first[1], ==, "two");
  g_autofree const char **second = stn_serial_list_take (list, sites, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (second[0], ==, "three");
  g_assert_cmpstr (second[1], ==, "four");
  g_assert_null (stn_serial_list_take (list, sites, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_SERIALS_EXHAUSTED));
  g_clear_error (&error);

  /* a take that failed took nothing */
  static const char *const one[] = { "A7", NULL };
  g_autofree const char **last = stn_serial_list_take (list, one, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (last[0], ==, "five");
}

static void
serial_files_are_checked_by_line (void)
{
  static const char *const wrong[] = {
    "one\none\n", "A1,\n", ",one\n", "a,b,c\n", "tab\tinside\n", "A1,one\nA2,one\n"
  };
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (StnSerialList) list = list_of (wrong[i], &error);
    g_test_message ("%s", wrong[i]);
    g_assert_null (list);
    g_assert_true (stn_error_is (error, STN_FAILURE_BAD_FILE));
  }
}

static void
tables_line_up_and_hold_no_control_characters (void)
{
  static const char *const titles[] = { "site", "reason", NULL };
  static const char *const one[] = { "Ä1", "well" };
  static const char *const two[] = { "long name", "two\nlines\033[2J" };
  static const char *const three[] = { "A3", NULL };
  g_autoptr (StnTable) table = stn_table_new (titles);
  stn_table_add (table, one);
  stn_table_add (table, two);
  stn_table_add (table, three);
  g_autofree char *text = stn_table_text (table);
  g_assert_cmpstr (text, ==,
                   "site       reason\n"
                   "Ä1         well\n"
                   "long name  two lines [2J\n"
                   "A3\n");
  g_assert_cmpuint (stn_table_length (table), ==, 3);
}

static void
exit_codes_have_an_order (void)
{
  static const struct {
    StnOutcome outcome;
    StnExitCode code;
  } rows[] = {
    { { .counts = { [STN_VERDICT_PASS] = 8 } }, STN_EXIT_PASSED },
    { { .counts = { 0 } }, STN_EXIT_FAILED }, /* nothing passed: never 0 */
    { { .counts = { [STN_VERDICT_PASS] = 7, [STN_VERDICT_FAIL] = 1 } }, STN_EXIT_FAILED },
    { { .counts = { [STN_VERDICT_PASS] = 7, [STN_VERDICT_EMPTY] = 1 } }, STN_EXIT_FAILED },
    { { .counts = { [STN_VERDICT_PASS] = 7, [STN_VERDICT_SKIPPED] = 1 } }, STN_EXIT_GATE },
    { { .counts = { [STN_VERDICT_FAIL] = 1, [STN_VERDICT_SKIPPED] = 1 } }, STN_EXIT_FAILED },
    { { .counts = { [STN_VERDICT_FAIL] = 1, [STN_VERDICT_CANCELLED] = 1 } }, STN_EXIT_STOPPED },
    { { .counts = { [STN_VERDICT_PASS] = 8 }, .stopped = TRUE }, STN_EXIT_STOPPED },
    { { .counts = { [STN_VERDICT_ERROR] = 1 }, .stopped = TRUE }, STN_EXIT_STATION },
    { { .counts = { [STN_VERDICT_FAIL] = 4 }, .many_alike = TRUE }, STN_EXIT_STATION },
    { { .counts = { [STN_VERDICT_ERROR] = 1 }, .not_recorded = 1, .stopped = TRUE }, STN_EXIT_NOT_RECORDED },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (stn_exit_code_of_outcome (&rows[i].outcome), ==, rows[i].code);
}

static void
errors_have_exit_codes (void)
{
  static const struct {
    StnFailure failure;
    StnExitCode code;
  } rows[] = {
    { STN_FAILURE_USAGE, STN_EXIT_USAGE },
    { STN_FAILURE_BAD_FILE, STN_EXIT_INPUT },
    { STN_FAILURE_BAD_IMAGE, STN_EXIT_INPUT },
    { STN_FAILURE_BAD_PLAN, STN_EXIT_INPUT },
    { STN_FAILURE_NOT_SUPPORTED, STN_EXIT_INPUT },
    { STN_FAILURE_NEEDS_POWER_CYCLE, STN_EXIT_INPUT },
    { STN_FAILURE_PROVISIONAL_TARGET, STN_EXIT_INPUT },
    { STN_FAILURE_ADAPTER_MISSING, STN_EXIT_STATION },
    { STN_FAILURE_JOURNAL, STN_EXIT_STATION },
    { STN_FAILURE_INTERNAL, STN_EXIT_STATION },
    { STN_FAILURE_CANCELLED, STN_EXIT_STOPPED },
    { STN_FAILURE_NOT_RECORDED, STN_EXIT_NOT_RECORDED },
    { STN_FAILURE_BANK_BUSY, STN_EXIT_BUSY },
    { STN_FAILURE_ALREADY_DONE, STN_EXIT_GATE },
    { STN_FAILURE_EXPIRED, STN_EXIT_GATE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    stn_error_set (&error, rows[i].failure, "for the test");
    g_test_message ("%s", stn_failure_name (rows[i].failure));
    g_assert_cmpint (stn_exit_code_of (error), ==, rows[i].code);
  }
  /* no failure may end a command as if all had passed */
  for (guint failure = 1; failure < STN_FAILURE_COUNT; failure++) {
    g_autoptr (GError) error = NULL;
    stn_error_set (&error, failure, "for the test");
    g_assert_cmpint (stn_exit_code_of (error), !=, STN_EXIT_PASSED);
  }
}

static void
an_event_is_one_line_of_valid_json (void)
{
  g_autoptr (StnEvent) event = stn_event_new (STN_EVENT_UNIT_RESULT);
  event->sequence = 41;
  event->utc_us = G_GINT64_CONSTANT (1763791381123456);
  event->mono_ns = 5;
  event->site = g_strdup ("A3");
  event->has_outcome = TRUE;
  event->outcome = STN_VERDICT_FAIL;
  event->failure = STN_FAILURE_NO_BOOT;
  event->duration_ns = 812499999;
  event->text = g_strdup ("a\nline, a \"quote\" and \xff");
  g_autofree char *text = stn_event_to_json (event);
  g_assert_cmpstr (
      text, ==,
      "{\"v\":1,\"seq\":41,\"ts\":\"2025-11-22T06:03:01.123456Z\",\"mono_ns\":5,\"ev\":\"unit.result\",\"site\":\"A3\","
      "\"outcome\":\"fail\",\"failure\":\"no-boot\",\"ms\":812,\"bytes\":0,"
      "\"text\":\"a\\nline, a \\\"quote\\\" and \xef\xbf\xbd\"}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(function) g_test_add_func ("/parts/" #function, function)
  ADD (site_lists_are_names_and_ranges);
  ADD (serials_are_taken_once_and_in_order);
  ADD (serial_files_are_checked_by_line);
  ADD (tables_line_up_and_hold_no_control_characters);
  ADD (exit_codes_have_an_order);
  ADD (errors_have_exit_codes);
  ADD (an_event_is_one_line_of_valid_json);
  return g_test_run ();
}
