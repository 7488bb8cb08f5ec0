/* `people`: who works here. */
#include "src/cli/command.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "src/cli/table.h"
#include "src/station/lot.h"
#include "src/station/people.h"
#include "src/station/station.h"

typedef struct {
  char *station, *pin_file, *operator_id;
  gboolean is_supervisor;
} Options;

/* A line of standard input, not shown where a person types it. NULL: none came. */
static char *
ask_pin (const char *badge)
{
  struct termios before, quiet;
  gboolean is_person = isatty (STDIN_FILENO) && tcgetattr (STDIN_FILENO, &before) == 0;
  char line[256];

  if (is_person) {
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t) ECHO;
    g_printerr ("PIN for %s: ", badge);
    tcsetattr (STDIN_FILENO, TCSAFLUSH, &quiet);
  }
  char *got = fgets (line, sizeof line, stdin);
  if (is_person) {
    tcsetattr (STDIN_FILENO, TCSAFLUSH, &before);
    g_printerr ("\n");
  }
  if (got == NULL)
    return NULL;
  line[strcspn (line, "\r\n")] = '\0';
  char *pin = g_strdup (line);
  memset (line, 0, sizeof line);
  return pin;
}

static char *
read_pin (const Options *options, const char *badge, GError **error)
{
  char *pin = NULL;
  if (options->pin_file == NULL)
    pin = ask_pin (badge);
  else if (g_file_get_contents (options->pin_file, &pin, NULL, error))
    g_strchomp (pin);
  if (pin == NULL && error != NULL && *error == NULL)
    stn_error_set (error, STN_FAILURE_USAGE, "a PIN is read from standard input, or from --pin-file");
  return pin;
}

static int
list (const StnPeople *people)
{
  static const char *const titles[] = { "badge", "name", "role", "pin", NULL };
  g_autoptr (StnTable) table = stn_table_new (titles);
  guint count = 0;
  const StnPerson *const *persons = stn_people_list (people, &count);

  for (guint i = 0; i < count; i++) {
    const char *cells[] = { persons[i]->badge, persons[i]->name, stn_role_name ((StnRole) persons[i]->role),
                            persons[i]->pin != NULL ? "set" : "none" };
    stn_table_add (table, cells);
  }
  g_autofree char *text = stn_table_text (table);
  g_print ("%s", count > 0 ? text : "nobody is known: any badge is an operator's, and there is no supervisor\n");
  return STN_EXIT_PASSED;
}

static gboolean
change (const Options *options, StnPeople *people, int argc, char **argv, GError **error)
{
  g_autofree char *pin = NULL;
  gboolean ok = FALSE;

  if (g_str_equal (argv[1], "remove"))
    return stn_people_remove (people, argv[2], error);
  if (g_str_equal (argv[1], "pin")) {
    pin = read_pin (options, argv[2], error);
    return pin != NULL && stn_people_set_pin (people, argv[2], pin, error);
  }
  if (options->is_supervisor && (pin = read_pin (options, argv[2], error)) == NULL)
    return FALSE;
  g_autofree char *name = argc > 3 ? g_strjoinv (" ", argv + 3) : g_strdup (argv[2]);
  ok = stn_people_add (people, argv[2], name, options->is_supervisor ? STN_ROLE_SUPERVISOR : STN_ROLE_OPERATOR, pin,
                       error);
  if (pin != NULL)
    memset (pin, 0, strlen (pin));
  return ok;
}

static int
run (const Options *options, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  g_autoptr (StnStation) station = stn_station_load (options->station, clock, &error);
  gboolean is_list = g_str_equal (argv[1], "list");
  /* whom a virtual station knows without a list is told, but never written into one */
  g_autoptr (StnPeople) people =
      station != NULL
          ? stn_people_load (stn_station_people_path (station), is_list && stn_station_is_virtual (station), &error)
          : NULL;

  if (people == NULL)
    return stn_command_fail (error);
  if (is_list)
    return list (people);
  g_autoptr (StnJournal) journal = stn_station_open_journal (station, &error);
  if (journal == NULL || !change (options, people, argc, argv, &error))
    return stn_command_fail (error);
  g_autofree char *action = g_strdup_printf ("people-%s", argv[1]);
  const StnAudit audit = { .action = action, .subject = argv[2],
                           .new_value = g_str_equal (argv[1], "add")
                                            ? stn_role_name (options->is_supervisor ? STN_ROLE_SUPERVISOR
                                                                                    : STN_ROLE_OPERATOR)
                                            : NULL,
                           .operator_id = options->operator_id != NULL ? options->operator_id : g_get_user_name () };
  /* on record before it is in force */
  if (!stn_journal_write_audit (journal, &audit, &error) || !stn_people_save (people, &error))
    return stn_command_fail (error);
  return STN_EXIT_PASSED;
}

int
stn_command_people (const StnCommand *self, int argc, char **argv)
{
  Options options = { 0 };
  const GOptionEntry entries[] = {
    { "station", 0, 0, G_OPTION_ARG_FILENAME, &options.station, "Station file whose people they are", "FILE" },
    { "supervisor", 0, 0, G_OPTION_ARG_NONE, &options.is_supervisor, "With add: a supervisor, who has a PIN", NULL },
    { "pin-file", 0, 0, G_OPTION_ARG_FILENAME, &options.pin_file, "Read the PIN from there, not from standard input",
      "FILE" },
    { "operator", 0, 0, G_OPTION_ARG_STRING, &options.operator_id, "Who does it (your login name)", "BADGE" },
    G_OPTION_ENTRY_NULL,
  };
  int code = STN_EXIT_PASSED;

  if (stn_command_parse (self, entries, &argc, &argv, &code)) {
    gboolean is_list = argc == 2 && g_str_equal (argv[1], "list");
    gboolean is_one = argc == 3 && (g_str_equal (argv[1], "remove") || g_str_equal (argv[1], "pin"));
    gboolean is_add = argc >= 3 && g_str_equal (argv[1], "add");
    code = is_list || is_one || is_add
               ? run (&options, argc, argv)
               : stn_command_usage (self, "expected: list, add BADGE NAME, remove BADGE, or pin BADGE");
  }
  g_free (options.station);
  g_free (options.pin_file);
  g_free (options.operator_id);
  return code;
}
