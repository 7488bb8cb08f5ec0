/* Commands of stationctl: one const table (main.c), one file a command. A command parses its own options, does its work
 * through src/station and the libraries beside it, and returns an exit code. Results go to stdout, talk to stderr. */
#pragma once

#include <gio/gio.h>

#include "src/cli/exit-code.h"

G_BEGIN_DECLS

typedef struct StnCommand StnCommand;
struct StnCommand {
  const char *name;
  const char *arguments; /* for the usage line: "JOB" */
  const char *summary;   /* one line for the list of commands */
  const char *details;   /* below the options in --help; NULL: none */
  int (*run) (const StnCommand *self, int argc, char **argv);
};

/* Options that a command reads with one GOptionEntry table; what is left in argv[1..] are its arguments. TRUE: go on.
 * FALSE: *out_exit says how to end (--help was shown, or a usage error was reported). */
gboolean stn_command_parse (const StnCommand *self, const GOptionEntry *entries, int *argc, char ***argv,
                            int *out_exit);
/* "stationctl: MESSAGE" on stderr and the exit code. Frees nothing. */
int stn_command_fail (const GError *error);
/* A usage error in one sentence; points at --help. Returns STN_EXIT_USAGE. */
int stn_command_usage (const StnCommand *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* One a file. */
int stn_command_run (const StnCommand *self, int argc, char **argv);
int stn_command_demo (const StnCommand *self, int argc, char **argv);
int stn_command_validate (const StnCommand *self, int argc, char **argv);
int stn_command_explain (const StnCommand *self, int argc, char **argv);
int stn_command_why (const StnCommand *self, int argc, char **argv);
int stn_command_schema (const StnCommand *self, int argc, char **argv);
int stn_command_targets (const StnCommand *self, int argc, char **argv);
int stn_command_list (const StnCommand *self, int argc, char **argv);
int stn_command_learn (const StnCommand *self, int argc, char **argv);
int stn_command_check (const StnCommand *self, int argc, char **argv);
int stn_command_identify (const StnCommand *self, int argc, char **argv);
int stn_command_recover (const StnCommand *self, int argc, char **argv);
int stn_command_option_bytes (const StnCommand *self, int argc, char **argv);
int stn_command_park (const StnCommand *self, int argc, char **argv);
int stn_command_units (const StnCommand *self, int argc, char **argv);
int stn_command_shift (const StnCommand *self, int argc, char **argv);
int stn_command_card (const StnCommand *self, int argc, char **argv);
int stn_command_lot (const StnCommand *self, int argc, char **argv);
int stn_command_people (const StnCommand *self, int argc, char **argv);
int stn_command_approve (const StnCommand *self, int argc, char **argv);
int stn_command_audit (const StnCommand *self, int argc, char **argv);
int stn_command_unit (const StnCommand *self, int argc, char **argv);
int stn_command_keys (const StnCommand *self, int argc, char **argv);
int stn_command_report (const StnCommand *self, int argc, char **argv);
int stn_command_verify (const StnCommand *self, int argc, char **argv);
int stn_command_sign (const StnCommand *self, int argc, char **argv);

G_END_DECLS
