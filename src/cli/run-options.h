/* The options of `run` and `demo`. */
#pragma once

#include "src/cli/command.h"
#include "src/cli/serial-list.h"
#include "src/station/station.h"

G_BEGIN_DECLS

typedef struct {
  char *job, *station;
  char *lot, *operator_id, *panel;
  char **sites, **skip; /* names; NULL: not given */
  int cycles;        /* 0: as many as come */
  int quantity;      /* 0: no limit */
  gboolean has_start; /* --start was given; else the first load goes at once and a person is asked before the others */
  StnStartBy start;
  char *serials_path;
  char *junit, *trace;
  gboolean json, tap, progress, dry_run, no_input, quiet, verbose;
} StnRunCommandOptions;

/* Fills *out from the command line; `job` and `station` are what stands where none is named (NULL: nothing). FALSE as
 * stn_command_parse. Clear with stn_run_command_options_clear in either case. */
gboolean stn_run_command_options_parse (const StnCommand *command, int argc, char **argv, const char *job,
                                        const char *station, StnRunCommandOptions *out, int *out_exit);
void stn_run_command_options_clear (StnRunCommandOptions *self);

/* run.c: the whole of a run with these options. */
int stn_run_program (const StnCommand *command, const StnRunCommandOptions *options, gboolean is_demo);

G_END_DECLS
