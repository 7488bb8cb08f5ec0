/* German is complete: every text that the tables name has its translation, with the same places to fill in. The texts
 * that stand in the code themselves are compared by tests/ui/test-german-texts. */
#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>

#include "src/station/session.h"
#include "ui/places.h"

static guint
fill_ins (const char *text)
{
  guint count = 0;
  for (const char *at = strstr (text, "%s"); at != NULL; at = strstr (at + 2, "%s"))
    count++;
  return count;
}

static void
check (const char *text, guint *missing)
{
  if (text == NULL || *text == '\0')
    return;
  const char *german = _ (text);
  if (german == text) {
    g_test_message ("not translated: %s", text);
    (*missing)++;
  }
  g_assert_cmpuint (fill_ins (german), ==, fill_ins (text));
}

static void
every_failure_is_said_in_german (void)
{
  guint missing = 0;
  for (guint i = STN_FAILURE_NONE + 1; i < STN_FAILURE_COUNT; i++) {
    g_autofree char *name = g_strdelimit (g_strdup (stn_failure_name (i)), "-", ' ');
    check (stn_failure_row (i)->operator_sentence, &missing);
    check (stn_failure_row (i)->next_action, &missing);
    /* a name may be the same in both ("nack" is not, "journal" is but for its case) */
    check (name, &missing);
  }
  g_assert_cmpuint (missing, ==, 0);
}

static void
everything_that_start_waits_for_is_said_in_german (void)
{
  guint missing = 0;
  for (guint i = STN_BLOCK_NONE + 1; i < STN_BLOCK_COUNT; i++)
    check (stn_block_sentence (i), &missing);
  g_assert_cmpuint (missing, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_autofree char *place = stn_place_locale ();
  g_assert_nonnull (place);
  setlocale (LC_ALL, "C.UTF-8");
  bindtextdomain ("station", place);
  bind_textdomain_codeset ("station", "UTF-8");
  textdomain ("station");
  g_test_add_func ("/german/every_failure_is_said_in_german", every_failure_is_said_in_german);
  g_test_add_func ("/german/everything_that_start_waits_for_is_said_in_german",
                   everything_that_start_waits_for_is_said_in_german);
  return g_test_run ();
}
