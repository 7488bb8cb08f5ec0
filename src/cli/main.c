#include "src/cli/command.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>

#include "src/base/fields.h"

static const StnCommand commands[] = {
  { "run", "JOB", "Program the boards in the station's sites",
    "Exit codes: 0 every board passed and is recorded; 1 a board failed, or a site was empty; 2 usage; 3 job or input\n"
    "invalid, hardware untouched; 4 station fault, no verdict; 5 stopped by request, finished boards recorded; 6 a "
    "result\n"
    "is not recorded; 7 the bank is in use, by whom is said; 8 refused by a gate (already done, retries, quantity).\n"
    "Where several are true: 6, 4, 5, 1, 8 in this order.\n\n"
    "INT or TERM lets boards that are being written finish; the second one stops at once and puts all lines at rest.",
    stn_command_run },
  { "demo", "", "Program eight virtual boards and show what a record looks like", NULL, stn_command_demo },
  { "validate", "FILE…", "Check job, station and bench files without touching anything", NULL, stn_command_validate },
  { "explain", "JOB", "Say in words what a job will do to a board", NULL, stn_command_explain },
  { "why", "[FAILURE]", "Explain a failure: what it means, usual causes, what to do", NULL, stn_command_why },
  { "schema", "KIND",
    "Print the JSON Schema of a file kind: station, bench, job, people, target,"
    " target-options, events",
    NULL, stn_command_schema },
  { "targets", "[PART]", "List the chips that are known, or tell all about one", NULL, stn_command_targets },
  { "list", "", "List what is plugged in, and who uses it by the station file", NULL, stn_command_list },
  { "learn", "", "Find out which line leads to which board, and write a station file",
    "Lines are pulled low first, one after another; then those that are no NRST are driven high, one at a time. "
    "Boards\n"
    "need power, and a BOOT0 pin that is live (an F1 or F4; a new G0 ignores its own). Nothing is written to a board.\n"
    "Exit codes: 0 every board that was heard has both lines; 1 some have not; 2 usage, or the file is there already;\n"
    "4 an adapter could not be used; 5 stopped; 7 an adapter is in use, by whom is said.",
    stn_command_learn },
  { "check", "", "Prove the wiring of every site as far as the board in it allows",
    "Boards are reset, nothing is written to them. All sites are held at once, because a crossed line shows at its "
    "other "
    "end.\nExit codes: 0 every site is proved; 1 a site is wired wrong, or silent; 2 usage; 3 the station file is "
    "invalid; "
    "4 a port or\nan adapter could not be used; 5 stopped; 7 the bank is in use, by whom is said.",
    stn_command_check },
  { "identify", "SITE", "Let one board blink: pull its NRST low and let it go, twice a second",
    "All lines are at rest again when it ends. The board's program starts anew each time.", stn_command_identify },
  { "option-bytes", "", "Show the option bytes of the board in a site, or the fields of a part",
    "--site SITE: the board enters its ROM, is read twice and started again; nothing is written to it. A value that "
    "is\n"
    "not as shipped is marked. --target PART alone lists the part's fields, with what is dangerous about each.\n"
    "Exit codes: 0 read; 1 no ROM answered, the chip is another or protected, or the bytes do not fit together;\n"
    "2 usage; 3 the station file is invalid; 4 a port or an adapter could not be used; 7 the bank is in use.",
    stn_command_option_bytes },
  { "park", "", "Put all lines at rest, as after a program that was killed",
    "A write of option bytes that the journal says was cut short is waited out first.\nExit codes: 0 all lines are at "
    "rest; 4 an adapter did not answer; 7 the bank is in use, by whom is said.",
    stn_command_park },
  { "recover", "--sites SITE", "Put back the option bytes of a board whose option write was cut short",
    "The board must still be in its site. What it had is in the journal; its ROM is entered, the option bytes are read,\n"
    "and put back where they are neither what the board had nor what the write meant. A board that can't be read any\n"
    "more is only opened with --erase, which empties its flash. Where the ROM does not answer, it says what is left to "
    "do.\n"
    "Exit codes: 0 the option bytes are known and right; 1 not; 2 usage; 4 a port or an adapter could not be used;\n"
    "5 stopped; 7 the bank is in use, by whom is said.",
    stn_command_recover },
  { "shift", "", "Work through lots by scans and words on standard input, all that the window can do", NULL,
    stn_command_shift },
  { "card", "", "Draw the command card: commands, bins and sites for a scanner, as a PDF",
    "Its captions are in the language of the locale (LANGUAGE=de stationctl card).", stn_command_card },
  { "lot", "list | status LOT | end LOT | bin LOT BOARD BIN", "Say what became of a lot's boards; end it",
    "BOARD is a serial, a UID or a run that stands open; the bin “hold” counts as held.\n"
    "Exit codes: 8 the lot does not balance, or has ended.",
    stn_command_lot },
  { "people", "list | add BADGE NAME | remove BADGE | pin BADGE", "Say who works here, and who is a supervisor",
    "The list is a file beside the journal that nobody else may read; PINs are there as hashes only. Each change is an\n"
    "audit row.",
    stn_command_people },
  { "approve", "JOB", "Approve a job and its firmware, byte for byte",
    "Where the station file says `approval: required`, only approved jobs run.", stn_command_approve },
  { "audit", "", "List what people did: unlocks, bins, lots, approvals, changed settings", NULL, stn_command_audit },
  { "units", "", "List what the journal holds, newest first", NULL, stn_command_units },
  { "sign", "JOB", "Sign a job, so that stations let it do what can lock a board",
    "The signature, JOB.sig, is over the job's hash: job.yaml and every file that it names. A changed byte needs a "
    "new\n"
    "one. A station believes it when it trusts the key (stationctl keys).",
    stn_command_sign },
  { "keys", "[list | new NAME | export NAME]", "List the keys that are trusted here, or make one",
    "list: the public keys in /etc/station/keys and in the user's config folder station/keys ($STATION_KEYS: other\n"
    "folders, separated by colons). new: a pair; the secret half stays in the user's data folder station/secret-keys,\n"
    "readable by nobody else. export: the public half, for /etc/station/keys of a station.",
    stn_command_keys },
  { "report", "[NAME]", "Make a report of the journal: unit, lot, yield, fpy, pareto, times, pchart",
    "Without a name the reports are listed. csv has the first table, html and pdf all tables and charts; every page says\n"
    "which query it answers, and whether the boards were virtual.\n"
    "Exit codes: 0 made (also where nothing fits: stderr says so); 2 usage; 3 no such lot, unit or journal;\n"
    "4 the journal or the output can't be used.",
    stn_command_report },
  { "verify", "", "Walk the journal's hash chain and name the first row that is not as it was recorded",
    "Changed, deleted, inserted and moved rows are found. An end that was cut off is found with --since, by what was\n"
    "kept elsewhere: every lot report has the chain's head.\nExit codes: 0 every row is as it was recorded; 1 one is "
    "not, or\nthe end is missing; 2 usage; 3 no such journal; 4 the journal can't be opened.",
    stn_command_verify },
  { "unit", "SERIAL|UID", "Tell the whole life of one board", NULL, stn_command_unit },
};

static void
show_commands (FILE *stream)
{
  fprintf (stream,
           "Usage:\n  stationctl COMMAND [OPTION…]\n  stationctl --batch JOB [OPTION…]     the same as: run JOB\n\n"
           "Commands:\n");
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    fprintf (stream, "  %-12s %s\n", commands[i].name, commands[i].summary);
  fprintf (stream, "\nstationctl COMMAND --help tells the options of each; stationctl --version the version.\n");
}

static const StnCommand *
find_command (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i].name, name))
      return &commands[i];
  return NULL;
}

static int
unknown_command (const char *name)
{
  const char *names[G_N_ELEMENTS (commands) + 1] = { NULL };
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    names[i] = commands[i].name;
  const char *nearest = stn_text_nearest (name, names);
  if (nearest != NULL)
    g_printerr ("stationctl: there is no command “%s”; the nearest is “%s”\n", name, nearest);
  else
    g_printerr ("stationctl: there is no command “%s”; stationctl --help lists them\n", name);
  return STN_EXIT_USAGE;
}

static int
dispatch (int argc, char **argv)
{
  if (argc < 2) {
    show_commands (stderr);
    return STN_EXIT_USAGE;
  }
  if (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h") || (argc == 2 && g_str_equal (argv[1], "help"))) {
    show_commands (stdout);
    return STN_EXIT_PASSED;
  }
  if (g_str_equal (argv[1], "--version")) {
    printf ("stationctl %s\n", STN_VERSION);
    return STN_EXIT_PASSED;
  }
  /* --batch is an option of run; --batch=JOB too */
  if (g_str_has_prefix (argv[1], "--batch")) {
    const StnCommand *run = find_command ("run");
    return run->run (run, argc, argv);
  }
  if (g_str_equal (argv[1], "help")) {
    const StnCommand *command = find_command (argv[2]);
    char *help[] = { argv[0], (char *) "--help", NULL };
    return command != NULL ? command->run (command, 2, help) : unknown_command (argv[2]);
  }
  if (argv[1][0] == '-') {
    g_printerr ("stationctl: options stand behind a command; stationctl --help lists the commands\n");
    return STN_EXIT_USAGE;
  }
  const StnCommand *command = find_command (argv[1]);
  return command != NULL ? command->run (command, argc - 1, argv + 1) : unknown_command (argv[1]);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_set_prgname ("stationctl");
  /* a reader that goes away must not end the program while boards are being written */
  signal (SIGPIPE, SIG_IGN);

  int code = dispatch (argc, argv);
  if (fflush (stdout) != 0 && errno != EPIPE && code == STN_EXIT_PASSED) {
    g_printerr ("stationctl: the output could not be written: %s\n", g_strerror (errno));
    return STN_EXIT_STATION;
  }
  return code;
}
