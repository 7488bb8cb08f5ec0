/* Commands that read files and tables, and usage errors: exit codes and where text goes. */
#include "tests/cli/program.h"

#include <string.h>

typedef struct {
  const char *name; /* of the test */
  const char *arguments[8];
  int exit_code;
  const char *out, *err; /* a part of it; NULL: must be empty */
} Case;

static const Case cases[] = {
  { "no_command_shows_the_commands_and_is_a_usage_error", { NULL }, 2, NULL, "Commands:" },
  { "help_goes_to_stdout", { "--help" }, 0, "Commands:", NULL },
  { "version_is_said", { "--version" }, 0, "stationctl ", NULL },
  { "an_unknown_command_names_the_nearest", { "demmo" }, 2, NULL, "the nearest is “demo”" },
  { "an_option_before_the_command_is_refused", { "--json", "run" }, 2, NULL, "behind a command" },
  { "an_unknown_option_is_refused", { "run", "--jason" }, 2, NULL, "--jason" },
  { "help_of_a_command_lists_its_options", { "run", "--help" }, 0, "--serials=FILE", NULL },
  { "help_names_the_command_in_its_usage", { "help", "units" }, 0, "stationctl units", NULL },
  { "run_tells_its_exit_codes", { "run", "--help" }, 0, "7 the bank is in use", NULL },
  { "demo_has_help", { "demo", "--help" }, 0, "--cycles", NULL },
  { "validate_has_help", { "validate", "--help" }, 0, "--station", NULL },
  { "explain_has_help", { "explain", "--help" }, 0, "--station", NULL },
  { "why_has_help", { "why", "--help" }, 0, "FAILURE", NULL },
  { "schema_has_help", { "schema", "--help" }, 0, "KIND", NULL },
  { "targets_has_help", { "targets", "--help" }, 0, "--json", NULL },
  { "units_has_help", { "units", "--help" }, 0, "--verdict", NULL },
  { "unit_has_help", { "unit", "--help" }, 0, "--journal", NULL },
  { "run_without_a_job_is_a_usage_error", { "run" }, 2, NULL, "expected a job" },
  { "run_with_two_jobs_is_a_usage_error", { "run", "a", "b" }, 2, NULL, "one argument too many" },
  { "json_and_tap_exclude_each_other", { "run", "@job", "--json", "--tap" }, 2, NULL, "both want standard output" },
  { "cycles_have_a_range", { "run", "@job", "--cycles", "0" }, 2, NULL, "--cycles" },
  { "a_site_range_is_checked", { "run", "@job", "--sites", "A4-A1" }, 2, NULL, "no range of sites" },
  { "a_range_over_two_letters_is_refused", { "run", "@job", "--sites", "A1-B2" }, 2, NULL, "no range of sites" },
  { "an_unknown_site_names_the_nearest",
    { "run", "@job", "--station", "@station", "--sites", "A3" },
    2,
    NULL,
    "no site “A3”" },
  { "all_sites_skipped_leaves_nothing",
    { "run", "@job", "--station", "@station", "--skip", "A1,A2" },
    2,
    NULL,
    "no site is left" },
  { "without_a_station_file_three_lines_help", { "run", "@job" }, 2, NULL, "stationctl demo" },
  { "a_station_that_is_not_there_is_bad_input",
    { "run", "@job", "--station", "nowhere.yaml" },
    3,
    NULL,
    "nowhere.yaml" },
  { "a_job_that_is_not_there_is_bad_input",
    { "run", "nowhere.yaml", "--station", "@station" },
    3,
    NULL,
    "nowhere.yaml" },
  { "why_explains_a_failure", { "why", "verify-mismatch" }, 0, "what to do:", NULL },
  { "why_without_a_name_lists_all", { "why" }, 0, "empty-or-no-contact", NULL },
  { "why_names_the_nearest", { "why", "verify-mismach" }, 2, NULL, "verify-mismatch" },
  { "schema_wants_a_kind", { "schema" }, 2, NULL, "expected one of" },
  { "schema_refuses_an_unknown_kind", { "schema", "cat" }, 2, NULL, "no file kind" },
  { "schema_of_events_has_all_kinds", { "schema", "events" }, 0, "unit.result", NULL },
  { "targets_lists_lines", { "targets" }, 0, "STM32G070/071/081", NULL },
  { "targets_tells_about_one", { "targets", "STM32G071CB" }, 0, "0x460", NULL },
  { "targets_tells_the_pins_of_the_rom", { "targets", "STM32G071CB" }, 0, "PA9/PA10", NULL },
  { "targets_refuses_an_unknown_part", { "targets", "STM32G999" }, 3, NULL, "STM32G999" },
  { "targets_speaks_json", { "targets", "STM32G071CB", "--json" }, 0, "\"product_id\":1120", NULL },
  { "recover_erases_one_board_at_a_time",
    { "recover", "--sites", "A1,A2", "--erase", "--board", "TH7" },
    2,
    NULL,
    "one board at a time" },
  { "recover_names_a_board_for_the_erase_only", { "recover", "--sites", "A1", "--board", "TH7" }, 2, NULL, "--erase" },
  { "option_bytes_has_help", { "option-bytes", "--help" }, 0, "nothing is written to it", NULL },
  { "option_bytes_wants_a_site_or_a_part", { "option-bytes" }, 2, NULL, "expected --site" },
  { "option_bytes_takes_no_other_words", { "option-bytes", "A1" }, 2, NULL, "named by --site" },
  { "option_bytes_lists_the_fields_of_a_part",
    { "option-bytes", "--target", "STM32G071CB" },
    0,
    "0x1FFF7800 bit 24      0x1: nBOOT0 bit",
    NULL },
  { "option_bytes_names_a_part_that_is_not_known", { "option-bytes", "--target", "STM32G999" }, 3, NULL, "not known" },
  { "option_bytes_of_a_part_speak_json",
    { "option-bytes", "--target", "STM32F405RG", "--json" },
    0,
    "\"name\":\"BOR_LEV\",\"role\":\"bor\",\"word\":\"0x1FFFC000\",\"bit\":2,\"width\":2",
    NULL },
  { "option_bytes_of_no_such_site", { "option-bytes", "--station", "@station", "--site", "A9" }, 2, NULL, "A9" },
  { "validate_accepts_station_and_job", { "validate", "@station", "@job" }, 0, "ok", NULL },
  { "validate_says_whether_a_job_is_signed", { "validate", "@job" }, 0, "ok, not signed", NULL },
  { "sign_has_help", { "sign", "--help" }, 0, "--key", NULL },
  { "sign_wants_a_job", { "sign" }, 2, NULL, "one job" },
  { "sign_without_a_key_says_how_to_make_one", { "sign", "@job" }, 2, NULL, "stationctl keys new NAME" },
  { "keys_has_help", { "keys", "--help" }, 0, "--passphrase-file", NULL },
  { "keys_without_any_says_how_to_make_one", { "keys" }, 0, NULL, "keys new NAME" },
  { "a_keys_name_is_no_path", { "keys", "new", "../x" }, 2, NULL, "expected list" },
  { "validate_wants_a_file", { "validate" }, 2, NULL, "at least one file" },
  { "validate_is_silent_when_asked", { "validate", "-q", "@station" }, 0, NULL, NULL },
  { "explain_needs_no_station", { "explain", "@job" }, 0, "STM32G071", "usual" },
  { "explain_plans_for_a_station", { "explain", "@job", "--station", "@station" }, 0, "STM32G071", NULL },
  { "explain_of_no_such_site", { "explain", "@job", "--station", "@station", "--site", "A9" }, 2, NULL, "A9" },
  { "units_without_a_journal_is_bad_input", { "units", "--station", "@station" }, 3, NULL, "no journal yet" },
  { "report_lists_what_there_is", { "report" }, 0, "pareto", NULL },
  { "report_refuses_an_unknown_name", { "report", "luck" }, 2, NULL, "no report" },
  { "report_without_its_lot_is_usage", { "report", "lot", "--journal", "nothing.db" }, 3, NULL, "no journal yet" },
  { "verify_without_a_journal_is_bad_input", { "verify", "--journal", "nothing.db" }, 3, NULL, "no journal yet" },
  { "units_refuses_an_unknown_verdict", { "units", "--verdict", "good" }, 2, NULL, "no verdict" },
  { "unit_wants_one", { "unit" }, 2, NULL, "one serial or UID" },
  { "dry_run_touches_nothing",
    { "run", "@job", "--station", "@station", "--dry-run" },
    0,
    "Nothing was touched",
    NULL },
  { "batch_is_run", { "--batch", "@job", "--station", "@station", "--dry-run" }, 0, "Nothing was touched", NULL },
};

static void
check_part (const char *text, const char *part, const char *stream)
{
  if (part == NULL && *text != '\0')
    g_test_message ("%s is not empty: %s", stream, text);
  if (part == NULL)
    g_assert_cmpstr (text, ==, "");
  else
    assert_has (text, part);
}

static void
run_case (gconstpointer data)
{
  const Case *row = data;
  g_autoptr (World) world = world_new ();
  const char *const *words = row->arguments;
  g_autoptr (Ended) ended =
      world_run (world, words[0], words[1], words[2], words[3], words[4], words[5], words[6], NULL);

  assert_exit (ended, row->exit_code);
  check_part (ended->out, row->out, "stdout");
  /* "usual" stands for: something may be said, nothing must */
  if (g_strcmp0 (row->err, "usual") != 0)
    check_part (ended->err, row->err, "stderr");
  /* none of these may leave a record or a lock behind */
  g_assert_false (world_has (world, "journal.db"));
  g_assert_false (world_has (world, "station"));
}

/* From a new key to a job that the station believes, and no longer after a change. */
static void
a_job_is_signed_believed_and_no_longer_after_a_change (void)
{
  g_autoptr (World) world = world_new ();
  world_write (world, "phrase", "correct horse\n");
  g_autofree char *phrase = world_path (world, "phrase");
  g_autoptr (Ended) made =
      world_run (world, "keys", "new", "anna", "--owner", "Anna Berg", "--passphrase-file", phrase, NULL);
  assert_exit (made, 0);
  assert_has (made->out, "of Anna Berg");
  g_autoptr (Ended) again = world_run (world, "keys", "new", "anna", NULL);
  assert_exit (again, 2);
  g_autoptr (Ended) listed = world_run (world, "keys", NULL);
  assert_has (listed->out, "with a passphrase");
  g_autoptr (Ended) exported = world_run (world, "keys", "export", "anna", NULL);
  assert_has (exported->out, "station-public-key: 1\n");
  g_assert_null (strstr (exported->out, "secret"));

  g_autoptr (Ended) asked = world_run (world, "sign", "@job", "--key", "anna", "--passphrase-file", phrase, NULL);
  assert_exit (asked, 0);
  g_autoptr (Ended) good = world_run (world, "validate", "@job", NULL);
  assert_has (good->out, "ok, signed by Anna Berg");
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (world->job, &text, NULL, NULL));
  g_autofree char *longer = g_strconcat (text, "# a remark\n", NULL);
  world_write (world, "job.yaml", longer);
  g_autoptr (Ended) changed = world_run (world, "validate", "@job", NULL);
  assert_has (changed->out, "ok, not signed: the signature is of another job");
}

static void
the_three_lines_name_demo_learn_and_the_manual (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (Ended) ended = world_run (world, "run", "@job", NULL);
  g_auto (GStrv) lines = g_strsplit (g_strchomp (ended->err), "\n", -1);

  assert_exit (ended, 2);
  g_assert_cmpuint (g_strv_length (lines), ==, 3);
  assert_has (lines[0], "stationctl demo");
  assert_has (lines[1], "stationctl learn");
  assert_has (lines[2], "man station.yaml");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/commands/%s", cases[i].name);
    g_test_add_data_func (path, &cases[i], run_case);
  }
  g_test_add_func ("/commands/the_three_lines_name_demo_learn_and_the_manual",
                   the_three_lines_name_demo_learn_and_the_manual);
  g_test_add_func ("/commands/a_job_is_signed_believed_and_no_longer_after_a_change",
                   a_job_is_signed_believed_and_no_longer_after_a_change);
  return g_test_run ();
}
