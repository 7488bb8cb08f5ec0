/* Spawns stationctl in a world of its own: a temporary folder with journal, locks, station and job. */
#pragma once

#include <gio/gio.h>

/* Every test gets one; freed with its folder. */
typedef struct {
  char *folder;
  char *station; /* the station file */
  char *job;
} World;

/* Two virtual boards A1 and A2 without any pace, and a job of 4 KiB with a serial and no boot check. */
World *world_new (void);
void world_free (World *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)
/* Another station: `bench` goes into the braces of `bench:`, e.g. "seed: 7, faults: { A2: silence }". */
void world_set_bench (World *self, const char *bench);
void world_write (World *self, const char *name, const char *text);
char *world_path (const World *self, const char *name);
gboolean world_has (const World *self, const char *name);

typedef struct {
  int exit_code; /* -1: by a signal */
  int signal;
  char *out, *err;
} Ended;
void ended_free (Ended *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Ended, ended_free)

/* Runs to the end; arguments NULL-terminated. "@station" and "@job" stand for the world's files. */
Ended *world_run (World *self, const char *first, ...) G_GNUC_NULL_TERMINATED;
/* The same with an array, and not waiting: stdout is a pipe. */
GSubprocess *world_start (World *self, const char *const *arguments, GSubprocessFlags flags);

/* Lines that start with '{', parsed by key: the text of a member, NULL where there is none. Free with g_free. */
char *json_text (const char *line, const char *key);
gint64 json_integer (const char *line, const char *key); /* -1: none */
/* How many lines of `text` are events of this kind (NULL: lines at all). */
guint count_events (const char *text, const char *kind, const char *outcome);
void assert_exit (const Ended *ended, int code);
void assert_has (const char *text, const char *part);
