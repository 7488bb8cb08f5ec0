/* A session on a bench in virtual time, for the tests of it. The test's thread has joined the clock: time moves only while
 * it waits for the session. */
#pragma once

#include "src/journal/journal.h"
#include "src/journal/query.h"
#include "src/station/people.h"
#include "src/station/session.h"
#include "tests/remove-folder.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
  char *folder, *station_path, *job_path, *journal_path;
  StnClock *clock;
  StnSession *session;
  StnSessionState *state; /* the last one that was looked at */
  GString *sounds;        /* P, F, A */
  guint scans_refused;
  char *refusal; /* text of the last answer */
} Shift;

static inline void
shift_write (Shift *self, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* Files of a station with `sites` boards and of its job. `bench`, `job`: more of each file's text. */
static inline Shift *
shift_files (guint sites, const char *bench, const char *station_more, const char *serial, const char *limits)
{
  Shift *self = g_new0 (Shift, 1);
  guint8 image[4096];

  self->folder = g_dir_make_tmp ("stn-session-XXXXXX", NULL);
  self->station_path = g_build_filename (self->folder, "station.yaml", NULL);
  self->job_path = g_build_filename (self->folder, "job.yaml", NULL);
  self->journal_path = g_build_filename (self->folder, "journal.db", NULL);
  self->sounds = g_string_new (NULL);
  g_autoptr (GString) station = g_string_new (NULL);
  g_string_append_printf (station,
                          "station: Shift\nbench: { straight: %u, target: STM32G071CB, pace: { line: true, flash: true }%s }\n"
                          "journal: journal.db\n%s"
                          "controls: { c1: { ft232h: { serial: FTS%u }, buffered: true } }\nbanks:\n  - name: A\n    sites:\n",
                          sites, bench, station_more, g_random_int ());
  for (guint i = 0; i < sites; i++)
    g_string_append_printf (station, "      - { name: A%u, at: [0, %u], nrst: c1.AC%u, boot0: c1.AD%u, uart: /dev/s%u }\n",
                            i + 1, i, i, i, i);
  shift_write (self, "station.yaml", station->str);
  for (guint i = 0; i < sizeof image; i++)
    image[i] = (guint8) (i * 5 + i / 256);
  memcpy (image, "\x00\x20\x00\x20\x41\x00\x00\x08", 8);
  g_autofree char *path = g_build_filename (self->folder, "app.bin", NULL);
  g_assert_true (g_file_set_contents (path, (const char *) image, sizeof image, NULL));
  g_autofree char *job = g_strdup_printf ("job: Shift\nrevision: 1\ntarget: STM32G071xB\nboot: { rom-entry: as-shipped }\n"
                                          "images:\n  - { name: app, file: app.bin, address: 0x08000000 }\n"
                                          "%sboot-check: none\nlimits: { %s }\n", serial, limits);
  shift_write (self, "job.yaml", job);
  return self;
}

static inline void
shift_begin (Shift *self)
{
  self->clock = stn_clock_new_virtual ();
  stn_clock_join (self->clock);
  StnSessionOptions options = { .station_path = self->station_path, .clock = self->clock };
  self->session = stn_session_new (&options);
}

/* The session's program ends; its files stay. */
static inline void
shift_end (Shift *self)
{
  g_clear_pointer (&self->state, stn_session_state_unref);
  /* the session's thread has to be waited for outside of time, or it would wait for ours */
  g_clear_pointer (&self->session, stn_session_free);
  stn_clock_leave (self->clock);
  g_clear_pointer (&self->clock, stn_clock_unref);
}

static inline void
shift_free (Shift *self)
{
  if (self->session != NULL)
    shift_end (self);
  remove_folder (self->folder);
  g_string_free (self->sounds, TRUE);
  g_free (self->refusal);
  g_free (self->folder);
  g_free (self->station_path);
  g_free (self->job_path);
  g_free (self->journal_path);
  g_free (self);
}

static inline StnSessionState *
shift_look (Shift *self)
{
  g_clear_pointer (&self->state, stn_session_state_unref);
  self->state = stn_session_state (self->session);
  return self->state;
}

/* Takes notices until `request` is answered, and lets time go by for it. What it was refused with. */
static inline StnFailure
shift_answer (Shift *self, guint64 request)
{
  for (;;) {
    StnNotice *notice = stn_session_take_notice (self->session);
    if (notice == NULL) {
      StnWait wait = stn_wait_new (self->clock, 600 * STN_NS_PER_S, NULL);
      g_assert_true (stn_session_wait (self->session, G_MAXUINT64, &wait));
      continue;
    }
    if (notice->kind == STN_NOTICE_SOUND)
      g_string_append_c (self->sounds, ".PFA"[notice->sound]);
    self->scans_refused += notice->kind == STN_NOTICE_SCAN && notice->failure != STN_FAILURE_NONE;
    gboolean is_it = notice->kind == STN_NOTICE_ANSWER && notice->request == request;
    StnFailure failure = notice->failure;
    if (is_it) {
      g_free (self->refusal);
      self->refusal = g_strdup (notice->text);
    }
    stn_notice_free (notice);
    if (is_it) {
      shift_look (self);
      return failure;
    }
  }
}

static inline void
shift_do (Shift *self, guint64 request)
{
  if (shift_answer (self, request) != STN_FAILURE_NONE)
    g_error ("refused: %s", self->refusal);
}

/* Until the cycle that runs is over. */
static inline void
shift_wait_idle (Shift *self)
{
  while (shift_look (self)->phase == STN_PHASE_RUNNING || self->state->phase == STN_PHASE_STOPPING
         || self->state->phase == STN_PHASE_LOADING) {
    for (StnNotice *notice = stn_session_take_notice (self->session); notice != NULL;
         notice = stn_session_take_notice (self->session)) {
      if (notice->kind == STN_NOTICE_SOUND)
        g_string_append_c (self->sounds, ".PFA"[notice->sound]);
      stn_notice_free (notice);
    }
    StnWait wait = stn_wait_new (self->clock, 600 * STN_NS_PER_S, NULL);
    if (!stn_session_wait (self->session, self->state->generation, &wait))
      g_error ("the cycle does not end");
  }
}

static inline void
shift_sleep (Shift *self, gint64 duration_ns)
{
  StnWait wait = stn_wait_new (self->clock, STN_TIME_NEVER, NULL);
  stn_wait_sleep (&wait, duration_ns, NULL);
}

static inline const StnSessionSite *
shift_site (Shift *self, const char *name)
{
  shift_look (self);
  for (guint i = 0; i < self->state->site_count; i++)
    if (g_str_equal (self->state->sites[i].name, name))
      return &self->state->sites[i];
  g_error ("no site %s", name);
}

/* A cycle: a second between hands and key, so that it is armed. */
static inline void
shift_cycle (Shift *self)
{
  shift_sleep (self, STN_NS_PER_S);
  shift_do (self, stn_session_start (self->session, STN_CAUSE_KEY));
  shift_wait_idle (self);
}

static inline StnQuery *
shift_query (Shift *self)
{
  g_autoptr (GError) error = NULL;
  StnQuery *query = stn_query_open (self->journal_path, &error);
  g_assert_no_error (error);
  return query;
}
