/* What the session says in English, in the language of the window: sentences are known by their words, and what stands
 * in them goes with them. */
#include <glib/gi18n.h>
#include <locale.h>

#include "ui/places.h"
#include "ui/sentences.h"

static void
check (const char *english, const char *wanted)
{
  g_autofree char *said = stn_text_sentence (english);
  g_assert_cmpstr (said, ==, wanted);
}

static void
a_sentence_keeps_what_stands_in_it (void)
{
  check ("Write 97 blocks, 1 of them with the unit's own data.",
         "97 Blöcke schreiben, 1 davon mit eigenen Daten der Platine.");
  check ("Write 97 blocks.", "97 Blöcke schreiben.");
  check ("The board must send “READY {serial}” at 115200 baud within 2 s.",
         "Die Platine muss “READY {serial}” senden, mit 115200 Baud, innerhalb von 2 s.");
}

static void
a_failure_in_it_is_said_too (void)
{
  check ("stopped: half of the sites or more show the same failure (verify-mismatch): look at the station and at the lot",
         "angehalten: mindestens die Hälfte der Plätze zeigt denselben Fehler (falsche Daten): Station und Los ansehen");
}

static void
what_is_not_known_stays (void)
{
  check ("%s %d", "%s %d");
  check ("Write blocks.", "Write blocks.");
  check ("", "");
  g_assert_null (stn_text_sentence (NULL));
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
  g_test_add_func ("/sentences/a_sentence_keeps_what_stands_in_it", a_sentence_keeps_what_stands_in_it);
  g_test_add_func ("/sentences/a_failure_in_it_is_said_too", a_failure_in_it_is_said_too);
  g_test_add_func ("/sentences/what_is_not_known_stays", what_is_not_known_stays);
  return g_test_run ();
}
