/* `shift`: everything that the window can do, by lines on standard input: scans as a scanner sends them, and words. */
#include "src/cli/command.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "src/base/fields.h"
#include "src/cli/event-json.h"
#include "src/cli/json-line.h"
#include "src/cli/signals.h"
#include "src/station/session.h"

#define TICK_MS 50

typedef struct {
  StnSession *session;
  gboolean json;
  guint64 last_request; /* that an answer is waited for */
  gboolean is_refused, wants_to_end;
  int wake[2]; /* a pipe: the session says that there is something new */
} Shift;

static void
notify (gpointer data)
{
  const Shift *self = data;
  char byte = 0;
  /* a full pipe says the same */
  if (write (self->wake[1], &byte, 1) < 0)
    return;
}

/* ---- words ---- */

#define ARGUMENTS_MOST 3

typedef struct {
  const char *name, *arguments, *help;
  guint least; /* arguments that must be there; the last of those that `arguments` names takes the rest of the line */
  /* The one that is set asks: with nothing, with the arguments as they are, or with what it makes of them (0: they are
   * not what it takes). */
  guint64 (*alone) (StnSession *session);
  guint64 (*one) (StnSession *session, const char *first);
  guint64 (*two) (StnSession *session, const char *first, const char *second);
  guint64 (*three) (StnSession *session, const char *first, const char *second, const char *third);
  guint64 (*ask) (StnSession *session, char **words);
} Word;

static gboolean
read_count (const char *word, guint64 *out_count)
{
  return g_ascii_string_to_unsigned (word, 10, 0, G_MAXINT64, out_count, NULL);
}

static guint64
ask_open_lot (StnSession *session, char **words)
{
  guint64 quantity = 0;
  if (words[1] != NULL && !read_count (words[1], &quantity))
    return 0;
  return stn_session_open_lot (session, words[0], quantity);
}

static guint64
ask_remove (StnSession *session, char **words)
{
  guint64 count = 0;
  return read_count (words[0], &count) ? stn_session_remove_units (session, count, words[1]) : 0;
}

static guint64
ask_start (StnSession *session, G_GNUC_UNUSED char **words)
{
  return stn_session_start (session, STN_CAUSE_REMOTE);
}

static guint64
ask_on (StnSession *session, char **words)
{
  return stn_session_enable_site (session, words[0], TRUE, words[1]);
}

static guint64
ask_off (StnSession *session, char **words)
{
  return stn_session_enable_site (session, words[0], FALSE, words[1]);
}

static guint64
ask_start_by (StnSession *session, char **words)
{
  guint by = 0;
  while (by < STN_START_BY_COUNT && g_strcmp0 (stn_start_by_names[by], words[0]) != 0)
    by++;
  return by < STN_START_BY_COUNT ? stn_session_set_start_by (session, (StnStartBy) by) : 0;
}

static guint64
ask_training (StnSession *session, char **words)
{
  gboolean on = g_str_equal (words[0], "on");
  return on || g_str_equal (words[0], "off") ? stn_session_set_training (session, on) : 0;
}

static guint64
ask_lesson (StnSession *session, char **words)
{
  return stn_session_set_lesson (session, words[0], words[1]);
}

static guint64
ask_identify (StnSession *session, char **words)
{
  gint64 duration_ns = 5 * STN_NS_PER_S;
  if (words[1] != NULL && !stn_text_to_duration_ns (words[1], &duration_ns))
    return 0;
  return stn_session_identify (session, words[0], duration_ns);
}

static const Word words_known[] = {
  { "sign-in", "BADGE", "begin a shift, or change it", 1, .one = stn_session_sign_in },
  { "sign-out", "", "end it", 0, .alone = stn_session_sign_out },
  { "unlock", "BADGE PIN REASON", "a supervisor's rights, for five minutes after their last use", 3,
    .three = stn_session_unlock },
  { "lock", "", "give them back", 0, .alone = stn_session_lock },
  { "open-job", "FILE", "read, check and plan a job", 1, .one = stn_session_open_job },
  { "close-job", "", "put it away", 0, .alone = stn_session_close_job },
  { "open-lot", "LOT [QUANTITY]", "begin a lot, or go on with it", 1, .ask = ask_open_lot },
  { "leave-lot", "", "leave it open", 0, .alone = stn_session_leave_lot },
  { "end-lot", "", "end it; it has to balance", 0, .alone = stn_session_end_lot },
  { "remove", "COUNT REASON", "take boards out of the balance", 2, .ask = ask_remove },
  { "start", "", "a cycle", 0, .ask = ask_start },
  { "retry", "[SITE]", "run boards again that stand open", 0, .one = stn_session_retry },
  { "stop", "", "let boards that are being written finish", 0, .alone = stn_session_stop },
  { "cancel", "", "stop at once", 0, .alone = stn_session_cancel },
  { "bin", "SITE BIN [REASON]", "put a board out of the lot", 2, .three = stn_session_bin },
  { "on", "SITE REASON", "switch a site on", 2, .ask = ask_on },
  { "off", "SITE REASON", "switch a site off", 2, .ask = ask_off },
  { "release", "REASON", "go on after a stop rule", 1, .one = stn_session_release_stop },
  { "allow-retry", "SITE REASON", "one retry more", 2, .two = stn_session_allow_retry },
  { "assign", "SITE [SERIAL]", "the serial of the board in a site, or none", 1, .two = stn_session_assign },
  { "undo", "", "take the last scan back", 0, .alone = stn_session_undo_scan },
  { "start-by", "key|pin|insertion|lid", "what starts a cycle; a supervisor's", 1, .ask = ask_start_by },
  { "training", "on|off", "boards of a bench, a journal of its own", 1, .ask = ask_training },
  { "lesson", "SITE LESSON", "in training: what the next board there is like", 2, .ask = ask_lesson },
  { "identify", "SITE [TIME]", "let a board blink", 1, .ask = ask_identify },
  { "check", "", "prove the wiring", 0, .alone = stn_session_check_wiring },
};

static guint64
ask (StnSession *session, const Word *word, char **words)
{
  if (word->alone != NULL)
    return word->alone (session);
  if (word->one != NULL)
    return word->one (session, words[0]);
  if (word->two != NULL)
    return word->two (session, words[0], words[1]);
  if (word->three != NULL)
    return word->three (session, words[0], words[1], words[2]);
  return word->ask (session, words);
}

static const char *
shift_details (void)
{
  static char *text;
  if (g_once_init_enter (&text)) {
    GString *out = g_string_new ("Each line on standard input is a scan (OP:badge, JOB:file, LOT:lot,quantity, "
                                 "SITE:site, BIN:bin,\nCMD:START, a serial) or one of these words:\n");
    for (guint i = 0; i < G_N_ELEMENTS (words_known); i++) {
      g_autofree char *head = g_strdup_printf ("%s %s", words_known[i].name, words_known[i].arguments);
      g_string_append_printf (out, "  %-28s %s\n", head, words_known[i].help);
    }
    g_string_append (out, "  state                        say how everything stands\n"
                          "  wait                         until the cycle is over\n"
                          "Nothing else is needed for a whole lot. A line is answered before the next one is taken.\n"
                          "Exit codes: 0 all was done; 8 something was refused; 4 the station can't be used.");
    g_once_init_leave (&text, g_string_free (out, FALSE));
  }
  return text;
}

/* ---- telling ---- */

static void
tell_state (const Shift *self)
{
  g_autoptr (StnSessionState) state = stn_session_state (self->session);
  if (!self->json) {
    printf ("%s%s%s\n", state->instruction, state->summary != NULL ? " | " : "",
            state->summary != NULL ? state->summary : "");
    for (guint i = 0; i < state->site_count; i++) {
      const StnSessionSite *site = &state->sites[i];
      printf ("  %-6s %-16s %s%s%s\n", site->name, stn_seat_state_name (site->state),
              site->serial != NULL ? site->serial : "", site->instruction != NULL ? "  " : "",
              site->instruction != NULL ? site->instruction : "");
    }
    if (state->lot != NULL)
      printf ("  lot %s: %" G_GUINT64_FORMAT " started, %" G_GUINT64_FORMAT " passed, %" G_GUINT64_FORMAT
              " binned, %" G_GUINT64_FORMAT " held, %" G_GUINT64_FORMAT " removed, %" G_GUINT64_FORMAT " open\n",
              state->lot, state->balance.started, state->balance.passed, state->balance.binned, state->balance.held,
              state->balance.removed, state->balance.open);
    return;
  }
  JsonObject *object = json_object_new (), *all = json_object_new ();
  JsonArray *sites = json_array_new ();

  json_object_set_string_member (all, "instruction", state->instruction);
  json_object_set_string_member (all, "block", stn_block_name (state->block));
  json_object_set_string_member (all, "lot", state->lot);
  json_object_set_string_member (all, "summary", state->summary);
  json_object_set_int_member (all, "started", (gint64) state->balance.started);
  json_object_set_int_member (all, "passed", (gint64) state->balance.passed);
  json_object_set_int_member (all, "binned", (gint64) state->balance.binned);
  json_object_set_int_member (all, "held", (gint64) state->balance.held);
  json_object_set_int_member (all, "removed", (gint64) state->balance.removed);
  json_object_set_int_member (all, "open", (gint64) state->balance.open);
  json_object_set_int_member (all, "first_pass_permille", (gint64) state->lot_counts.first_pass_permille);
  json_object_set_int_member (all, "units_per_hour", (gint64) state->lot_counts.units_per_hour);
  for (guint i = 0; i < state->site_count; i++) {
    const StnSessionSite *site = &state->sites[i];
    JsonObject *one = json_object_new ();
    json_object_set_string_member (one, "site", site->name);
    json_object_set_string_member (one, "state", stn_seat_state_name (site->state));
    json_object_set_string_member (one, "serial", site->serial);
    json_object_set_string_member (one, "failure",
                                   site->failure != STN_FAILURE_NONE ? stn_failure_name (site->failure) : NULL);
    json_object_set_string_member (one, "instruction", site->instruction);
    json_array_add_object_element (sites, one);
  }
  json_object_set_array_member (all, "sites", sites);
  json_object_set_object_member (object, "state", all);
  stn_json_print (object);
}

static void
tell_notice_json (const StnNotice *notice)
{
  static const char *const kinds[STN_NOTICE_COUNT] = { "answer", "scan", "event", "cycle", "warning", "wiring", "sound" };
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "notice", kinds[notice->kind]);
  if (notice->request > 0)
    json_object_set_int_member (object, "request", (gint64) notice->request);
  json_object_set_string_member (object, "failure",
                                 notice->failure != STN_FAILURE_NONE ? stn_failure_name (notice->failure) : NULL);
  json_object_set_string_member (object, "site", notice->site);
  json_object_set_string_member (object, "text", notice->text);
  stn_json_print (object);
}

static void
tell_notice (Shift *self, const StnNotice *notice)
{
  if (notice->kind == STN_NOTICE_SOUND)
    return;
  if (notice->kind == STN_NOTICE_EVENT) {
    if (self->json) {
      g_autofree char *line = stn_event_to_json (notice->event);
      puts (line);
    } else if (notice->event->kind == STN_EVENT_UNIT_RESULT) {
      printf ("%s %s %s %s\n", notice->event->site, stn_verdict_name (notice->event->outcome),
              notice->event->serial != NULL ? notice->event->serial : "-",
              notice->event->failure != STN_FAILURE_NONE ? stn_failure_name (notice->event->failure) : "");
    }
    return;
  }
  if (self->json)
    tell_notice_json (notice);
  else if (notice->kind == STN_NOTICE_WIRING)
    puts (notice->text);
  else if (notice->kind == STN_NOTICE_ANSWER && notice->failure != STN_FAILURE_NONE)
    printf ("refused: %s: %s\n", stn_failure_name (notice->failure), notice->text);
  else if (notice->kind == STN_NOTICE_CYCLE || (notice->kind == STN_NOTICE_SCAN && notice->failure == STN_FAILURE_NONE))
    printf ("%s%s%s\n", notice->site != NULL ? notice->site : "", notice->site != NULL ? ": " : "", notice->text);
  else if (notice->kind == STN_NOTICE_WARNING)
    g_printerr ("warning: %s\n", notice->text);
}

static void
drain (Shift *self)
{
  char bytes[64];
  struct pollfd wake = { .fd = self->wake[0], .events = POLLIN };
  while (poll (&wake, 1, 0) > 0 && read (self->wake[0], bytes, sizeof bytes) > 0)
    ;
  for (StnNotice *notice = stn_session_take_notice (self->session); notice != NULL;
       notice = stn_session_take_notice (self->session)) {
    tell_notice (self, notice);
    if (notice->kind == STN_NOTICE_ANSWER && notice->request == self->last_request) {
      self->is_refused = self->is_refused || notice->failure != STN_FAILURE_NONE;
      self->last_request = 0;
    }
    stn_notice_free (notice);
  }
  fflush (stdout);
}

static gboolean
is_busy (Shift *self)
{
  g_autoptr (StnSessionState) state = stn_session_state (self->session);
  return state->phase == STN_PHASE_RUNNING || state->phase == STN_PHASE_STOPPING || state->phase == STN_PHASE_LOADING
         || state->phase == STN_PHASE_OPENING;
}

/* Waits until the last request is answered, and with `idle` until nothing is at work. */
static void
wait_for (Shift *self, gboolean idle)
{
  guint heard = 0;
  for (;;) {
    struct pollfd wake = { .fd = self->wake[0], .events = POLLIN };
    drain (self);
    if (self->last_request == 0 && (!idle || !is_busy (self)))
      break;
    guint signals = stn_signals_count ();
    if (signals > heard) {
      if (signals == 1)
        stn_session_stop (self->session);
      else
        stn_session_cancel (self->session);
      heard = signals;
      self->wants_to_end = TRUE;
    }
    poll (&wake, 1, TICK_MS);
  }
  drain (self);
}

/* ---- lines ---- */

static void
refuse_usage (Shift *self, const Word *word)
{
  g_autofree char *usage = g_strchomp (g_strdup_printf ("%s %s", word->name, word->arguments));
  const StnNotice notice = { .kind = STN_NOTICE_ANSWER, .failure = STN_FAILURE_USAGE, .text = usage };
  tell_notice (self, &notice);
  self->is_refused = TRUE;
}

static void
take_line (Shift *self, char *line)
{
  g_strstrip (line);
  if (*line == '\0' || *line == '#')
    return;
  if (g_str_equal (line, "state")) {
    tell_state (self);
    return;
  }
  if (g_str_equal (line, "wait")) {
    wait_for (self, TRUE);
    return;
  }
  gsize length = strcspn (line, " ");
  for (guint i = 0; i < G_N_ELEMENTS (words_known); i++) {
    const Word *word = &words_known[i];
    if (strlen (word->name) != length || strncmp (word->name, line, length) != 0)
      continue;
    g_auto (GStrv) named = g_strsplit (word->arguments, " ", -1);
    g_auto (GStrv) words = g_strsplit (line + length, " ", (gint) g_strv_length (named) + 1);
    char *arguments[ARGUMENTS_MOST + 1] = { NULL };
    guint count = 0;
    /* before the first one stands what precedes its space: nothing */
    for (char **next = words + 1; *words != NULL && *next != NULL && count < ARGUMENTS_MOST; next++)
      arguments[count++] = **next != '\0' ? *next : NULL;
    gboolean fits = word->least == 0 || arguments[word->least - 1] != NULL;
    if (*named == NULL && line[length] != '\0')
      fits = FALSE;
    self->last_request = fits ? ask (self->session, word, arguments) : 0;
    if (self->last_request == 0)
      refuse_usage (self, word);
    else
      wait_for (self, FALSE);
    return;
  }
  self->last_request = stn_session_scan (self->session, line);
  wait_for (self, FALSE);
}

static void
take_lines (Shift *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char bytes[512];

  while (!self->wants_to_end && stn_signals_count () == 0) {
    struct pollfd both[2] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = self->wake[0], .events = POLLIN } };
    if (poll (both, 2, TICK_MS * 4) < 0)
      continue;
    drain (self);
    if (both[0].revents == 0)
      continue;
    gssize got = read (STDIN_FILENO, bytes, sizeof bytes);
    if (got <= 0)
      break;
    g_string_append_len (text, bytes, got);
    for (char *end = strchr (text->str, '\n'); end != NULL && !self->wants_to_end; end = strchr (text->str, '\n')) {
      g_autofree char *line = g_strndup (text->str, (gsize) (end - text->str));
      g_string_erase (text, 0, end - text->str + 1);
      take_line (self, line);
    }
    if (text->len > 4096)
      g_string_truncate (text, 0); /* no scan is so long */
  }
  wait_for (self, TRUE);
}

int
stn_command_shift (const StnCommand *self, int argc, char **argv)
{
  g_autofree char *station_path = NULL;
  g_auto (GStrv) banks = NULL;
  Shift shift = { 0 };
  const GOptionEntry entries[] = {
    { "station", 0, 0, G_OPTION_ARG_FILENAME, &station_path, "Station file", "FILE" },
    { "bank", 0, 0, G_OPTION_ARG_STRING_ARRAY, &banks, "Only this bank (may be repeated)", "BANK" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &shift.json, "One JSON object a line: answers, events, states", NULL },
    G_OPTION_ENTRY_NULL,
  };
  int code = STN_EXIT_PASSED;
  StnCommand with_words = *self;

  with_words.details = shift_details ();
  if (!stn_command_parse (&with_words, entries, &argc, &argv, &code))
    return code;
  if (argc > 1)
    return stn_command_usage (self, "“%s” is one argument too many", argv[1]);
  if (pipe2 (shift.wake, O_CLOEXEC | O_NONBLOCK) != 0)
    return stn_command_usage (self, "no pipe can be made");
  g_autoptr (GCancellable) unused = g_cancellable_new ();
  stn_signals_start (unused);
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  const StnSessionOptions options = {
    .station_path = station_path, .banks = (const char *const *) banks, .clock = clock, .notify = notify, .data = &shift
  };
  shift.session = stn_session_new (&options);
  wait_for (&shift, TRUE);
  g_autoptr (StnSessionState) state = stn_session_state (shift.session);
  if (state->phase == STN_PHASE_BROKEN) {
    g_printerr ("stationctl: %s\n", state->blocked);
    code = STN_EXIT_STATION;
  } else {
    take_lines (&shift);
    code = shift.is_refused ? STN_EXIT_GATE : stn_signals_count () > 0 ? STN_EXIT_STOPPED : STN_EXIT_PASSED;
  }
  stn_session_free (shift.session);
  close (shift.wake[0]);
  close (shift.wake[1]);
  return code;
}
