#include "src/base/failure.h"

#include <string.h>

/* every enumerator again: its name in the table follows from its name in C */
#define NAMED(enumerator)                 \
  {                                       \
    STN_FAILURE_##enumerator, #enumerator \
  }
static const struct {
  StnFailure failure;
  const char *enumerator;
} all[] = {
  NAMED (NO_SYNC),
  NAMED (WRONG_CHIP),
  NAMED (READ_PROTECTED),
  NAMED (WRITE_PROTECTED),
  NAMED (NACK),
  NAMED (GARBAGE),
  NAMED (NO_ANSWER),
  NAMED (ERASE_TIMEOUT),
  NAMED (WRITE_FAILED),
  NAMED (VERIFY_MISMATCH),
  NAMED (NOT_BLANK),
  NAMED (OPTION_BYTES_UNKNOWN),
  NAMED (NOT_PROTECTED),
  NAMED (NO_BOOT),
  NAMED (WRONG_ANSWER_AT_BOOT),
  NAMED (UNIT_CHANGED),
  NAMED (PASS_UNDONE),
  NAMED (BOARD_SHORTED),
  NAMED (EMPTY_OR_NO_CONTACT),
  NAMED (SAME_UNIT_TWICE),
  NAMED (ADAPTER_MISSING),
  NAMED (LINK_LOST),
  NAMED (LINK_UNSTABLE),
  NAMED (PORT_BUSY),
  NAMED (PERMISSION),
  NAMED (TIMEOUT),
  NAMED (CANCELLED),
  NAMED (BANK_BUSY),
  NAMED (SHARED_LINE),
  NAMED (MANY_ALIKE),
  NAMED (JOURNAL),
  NAMED (NOT_RECORDED),
  NAMED (INTERNAL),
  NAMED (NEEDS_POWER_CYCLE),
  NAMED (USAGE),
  NAMED (BAD_FILE),
  NAMED (BAD_IMAGE),
  NAMED (BAD_PLAN),
  NAMED (NOT_SUPPORTED),
  NAMED (PROVISIONAL_TARGET),
  NAMED (WOULD_LOCK_OUT),
  NAMED (NOT_SIGNED),
  NAMED (ALREADY_DONE),
  NAMED (SERIAL_USED),
  NAMED (SERIALS_EXHAUSTED),
  NAMED (RETRY_LIMIT),
  NAMED (QUANTITY),
  NAMED (STOP_RULE),
  NAMED (EXPIRED),
  NAMED (LID_OPEN),
  NAMED (JOB_CHANGED),
  NAMED (NOT_APPROVED),
  NAMED (NOT_ALLOWED),
  NAMED (UNKNOWN_BADGE),
  NAMED (WRONG_PIN),
  NAMED (LOCKED_OUT),
  NAMED (FAILED_BOARD_OPEN),
  NAMED (LOT_UNBALANCED),
  NAMED (LOT_CLOSED),
  NAMED (WRONG_SCAN),
  NAMED (NOT_READY),
};

static void
every_failure_is_named_after_its_enumerator (void)
{
  g_assert_cmpuint (G_N_ELEMENTS (all), ==, STN_FAILURE_COUNT - 1);
  for (gsize i = 0; i < G_N_ELEMENTS (all); i++) {
    g_autofree char *name = g_ascii_strdown (all[i].enumerator, -1);
    g_strdelimit (name, "_", '-');
    g_assert_cmpstr (stn_failure_name (all[i].failure), ==, name);
    g_assert_cmpint (stn_failure_from_name (name), ==, all[i].failure);
  }
  g_assert_cmpstr (stn_failure_name (STN_FAILURE_NONE), ==, "");
}

static void
every_failure_has_a_complete_row (void)
{
  for (int i = STN_FAILURE_NONE + 1; i < STN_FAILURE_COUNT; i++) {
    const StnFailureRow *row = stn_failure_row ((StnFailure) i);
    g_test_message ("%s", row->name);
    g_assert_nonnull (row->operator_sentence);
    g_assert_nonnull (row->next_action);
    g_assert_nonnull (row->explanation);
    g_assert_cmpint (row->actor, !=, STN_ACTOR_NOBODY);
    g_assert_true (g_str_has_suffix (row->operator_sentence, "."));
    g_assert_true (g_str_has_suffix (row->next_action, "."));
    g_assert_true (g_str_has_suffix (row->explanation, "."));
    g_assert_cmpuint (strlen (row->explanation), >, 120);
    /* two literals joined without a space, or with two */
    g_assert_null (strstr (row->explanation, "  "));
    g_assert_false (g_regex_match_simple ("[,:;)][A-Za-z]", row->explanation, 0, 0));
  }
}

static void
names_are_unique (void)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  for (int i = 0; i < STN_FAILURE_COUNT; i++)
    g_assert_true (g_hash_table_add (names, (gpointer) stn_failure_name ((StnFailure) i)));
}

/* read from three metres, under a beeping line: short, and only the site filled in */
static void
operator_sentences_are_short (void)
{
  for (int i = STN_FAILURE_NONE + 1; i < STN_FAILURE_COUNT; i++) {
    const char *sentence = stn_failure_row ((StnFailure) i)->operator_sentence;
    g_auto (GStrv) words = g_strsplit (sentence, " ", -1);
    g_test_message ("%s", sentence);
    g_assert_cmpuint (g_strv_length (words), <=, 12);
    g_assert_cmpuint (g_strv_length (words), >=, 4);

    const char *percent = strchr (sentence, '%');
    if (percent != NULL) {
      g_assert_true (g_str_has_prefix (percent, "%s"));
      g_assert_null (strchr (percent + 1, '%'));
    }
  }
}

static void
operator_text_names_the_site (void)
{
  g_autofree char *named = stn_failure_operator_text (STN_FAILURE_VERIFY_MISMATCH, "A3");
  g_autofree char *unnamed = stn_failure_operator_text (STN_FAILURE_VERIFY_MISMATCH, NULL);
  g_autofree char *hostile = stn_failure_operator_text (STN_FAILURE_VERIFY_MISMATCH, "%s%n");
  g_autofree char *general = stn_failure_operator_text (STN_FAILURE_MANY_ALIKE, "A3");
  g_assert_cmpstr (named, ==, "Board in A3 holds wrong data. Use the reject bin.");
  g_assert_cmpstr (unnamed, ==, "Board in this site holds wrong data. Use the reject bin.");
  g_assert_cmpstr (hostile, ==, "Board in %s%n holds wrong data. Use the reject bin.");
  g_assert_cmpstr (general, ==, "Many sites fail alike. Stop and call maintenance.");
}

static void
blame_follows_the_groups_of_the_enumeration (void)
{
  for (int i = STN_FAILURE_NONE; i < STN_FAILURE_COUNT; i++) {
    StnBlame expected = i >= STN_FAILURE_ALREADY_DONE        ? STN_BLAME_GATE
                        : i >= STN_FAILURE_NEEDS_POWER_CYCLE ? STN_BLAME_INPUT
                        : i >= STN_FAILURE_SAME_UNIT_TWICE   ? STN_BLAME_STATION
                                                             : STN_BLAME_UNIT;
    if (i == STN_FAILURE_NONE || i == STN_FAILURE_EMPTY_OR_NO_CONTACT || i == STN_FAILURE_CANCELLED)
      expected = STN_BLAME_NOBODY;
    g_test_message ("%s", stn_failure_name ((StnFailure) i));
    g_assert_cmpint (stn_failure_row ((StnFailure) i)->blame, ==, expected);
  }
}

static void
no_sync_walks_the_old_checklist (void)
{
  static const char *const stations[] = { "USART pins", "TX and RX", "ground", "BOOT0", "reset", "baud" };
  const char *place = stn_failure_row (STN_FAILURE_NO_SYNC)->explanation;
  for (gsize i = 0; i < G_N_ELEMENTS (stations); i++) {
    place = strstr (place, stations[i]);
    g_assert_nonnull (place); /* all of them, in this order */
  }
}

static void
nearest_name_forgives_a_slip (void)
{
  static const struct {
    const char *typed, *nearest;
  } cases[] = {
    { "no-sync", "no-sync" },
    { "nosync", "no-sync" },
    { "verify_mismatch", "verify-mismatch" },
    { "verfiy-mismatch", "verify-mismatch" },
    { "erase-timout", "erase-timeout" },
    { "link-lots", "link-lost" },
    { "no-boots", "no-boot" },
    { "nakc", "nack" },
    { "zzzzzzzz", NULL },
    { "", NULL },
    { "a", NULL },
    { NULL, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpstr (stn_failure_nearest_name (cases[i].typed), ==, cases[i].nearest);

  g_autofree char *long_name = g_strnfill (100000, 'n');
  g_assert_null (stn_failure_nearest_name (long_name));
}

static void
unknown_names_and_values_are_not_success (void)
{
  g_assert_cmpint (stn_failure_from_name ("no-such-failure"), ==, STN_FAILURE_NONE);
  g_assert_cmpint (stn_failure_from_name (""), ==, STN_FAILURE_NONE);
  g_assert_cmpint (stn_failure_from_name (NULL), ==, STN_FAILURE_NONE);
  g_assert_cmpstr (stn_failure_name ((StnFailure) STN_FAILURE_COUNT), ==, "internal");
  g_assert_cmpstr (stn_failure_name ((StnFailure) -1), ==, "internal");
}

static void
blames_and_actors_have_names (void)
{
  g_assert_cmpstr (stn_blame_name (STN_BLAME_UNIT), ==, "unit");
  g_assert_cmpstr (stn_blame_name (STN_BLAME_STATION), ==, "station");
  g_assert_cmpstr (stn_blame_name (STN_BLAME_INPUT), ==, "input");
  g_assert_cmpstr (stn_blame_name (STN_BLAME_GATE), ==, "gate");
  g_assert_cmpstr (stn_blame_name (STN_BLAME_NOBODY), ==, "nobody");
  g_assert_cmpstr (stn_actor_name (STN_ACTOR_NOBODY), ==, "nobody");
  g_assert_cmpstr (stn_actor_name (STN_ACTOR_OPERATOR), ==, "operator");
  g_assert_cmpstr (stn_actor_name (STN_ACTOR_ENGINEER), ==, "engineer");
  g_assert_cmpstr (stn_actor_name (STN_ACTOR_MAINTENANCE), ==, "maintenance");
  g_assert_cmpstr (stn_actor_name (STN_ACTOR_REJECT_BIN), ==, "reject-bin");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/failure/every_failure_is_named_after_its_enumerator", every_failure_is_named_after_its_enumerator);
  g_test_add_func ("/failure/every_failure_has_a_complete_row", every_failure_has_a_complete_row);
  g_test_add_func ("/failure/names_are_unique", names_are_unique);
  g_test_add_func ("/failure/operator_sentences_are_short", operator_sentences_are_short);
  g_test_add_func ("/failure/operator_text_names_the_site", operator_text_names_the_site);
  g_test_add_func ("/failure/blame_follows_the_groups_of_the_enumeration", blame_follows_the_groups_of_the_enumeration);
  g_test_add_func ("/failure/no_sync_walks_the_old_checklist", no_sync_walks_the_old_checklist);
  g_test_add_func ("/failure/nearest_name_forgives_a_slip", nearest_name_forgives_a_slip);
  g_test_add_func ("/failure/unknown_names_and_values_are_not_success", unknown_names_and_values_are_not_success);
  g_test_add_func ("/failure/blames_and_actors_have_names", blames_and_actors_have_names);
  return g_test_run ();
}
