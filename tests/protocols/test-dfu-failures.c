/* Every command, stopped at each of its requests in each way: what the engine calls it, and that nothing that failed is
 * ever reported as done. */
#include "tests/protocols/script-control.h"

#include "protocols/dfu/dfu-exchange.h"

static const guint8 data[8] = { 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18 };

static gboolean
do_sync (Visit *visit)
{
  return stn_engine_sync (visit->engine, 0, &visit->wait, &visit->error);
}

static gboolean
do_identify (Visit *visit)
{
  return stn_engine_identify (visit->engine, &visit->identity, &visit->wait, &visit->error);
}

static gboolean
do_read (Visit *visit)
{
  guint8 buffer[8];
  return stn_engine_read (visit->engine, 0x08001200, buffer, sizeof buffer, &visit->wait, &visit->error);
}

static gboolean
do_write (Visit *visit)
{
  return stn_engine_write (visit->engine, 0x08001200, data, sizeof data, &visit->wait, &visit->error);
}

static gboolean
do_erase_page (Visit *visit)
{
  const guint16 page = 2;
  return stn_engine_erase_pages (visit->engine, &page, 1, &visit->wait, &visit->error);
}

static gboolean
do_erase_all (Visit *visit)
{
  return stn_engine_erase_all (visit->engine, &visit->wait, &visit->error);
}

static gboolean
do_write_options (Visit *visit)
{
  return stn_engine_write_options (visit->engine, 0x1fff7800, data, sizeof data, &visit->wait, &visit->error);
}

static gboolean
do_go (Visit *visit)
{
  return stn_engine_go (visit->engine, 0x08000000, &visit->wait, &visit->error);
}

static gboolean
do_read_unprotect (Visit *visit)
{
  return stn_engine_read_unprotect (visit->engine, &visit->wait, &visit->error);
}

#define AT_PAGE "00 12 00 08"
#define DATA "11 12 13 14 15 16 17 18"

/* What each command sends after ENTER. `last_is_done`: its last request may fail, and the command is done all the same.
 * `work` is the request whose work the statuses are about, with `address` (0: none). */
typedef struct {
  const char *name;
  gboolean (*run) (Visit *visit);
  const char *before;
  const char *work;
  const char *after;
  guint64 address;
  gboolean last_is_done;
} Command;

static const Command commands[] = {
  { "read", do_read, SET_ADDRESS (AT_PAGE) ABORT, "a1 02 02 00 00 00 08 00 > " DATA "\n", "", 0x08001200, FALSE },
  { "write", do_write, SET_ADDRESS (AT_PAGE), "21 01 02 00 00 00 08 00 | " DATA "\n", DONE, 0x08001200, FALSE },
  { "set-address", do_write, "", "21 01 00 00 00 00 05 00 | 21 " AT_PAGE "\n",
    DONE "21 01 02 00 00 00 08 00 | " DATA "\n" DONE, 0x08001200, FALSE },
  { "erase-page", do_erase_page, "", "21 01 00 00 00 00 05 00 | 41 00 10 00 08\n", DONE, 0x08001000, FALSE },
  { "erase-all", do_erase_all, "", "21 01 00 00 00 00 01 00 | 41\n", DONE, 0, FALSE },
  { "write-options", do_write_options, SELECT ("01") SET_ADDRESS ("00 78 ff 1f"),
    "21 01 02 00 00 00 08 00 | " DATA "\n", STATUS ("04") STATUS ("05"), 0x1fff7800, TRUE },
  { "read-unprotect", do_read_unprotect, "", "21 01 00 00 00 00 01 00 | 92\n", STATUS ("04") STATUS ("05"), 0, TRUE },
  { "go", do_go, SET_ADDRESS ("00 00 00 08"), "21 01 02 00 00 00 00 00\n", STATUS ("07"), 0x08000000, TRUE },
  { "identify", do_identify, "", "a1 02 00 00 00 00 40 00 > 00 21 41 92\n", STATUS ("02"), 0, FALSE },
};

#define EACH(command) for (const Command *command = commands; command < commands + G_N_ELEMENTS (commands); command++)

/* All verbs refuse, and not a request goes out. */
static void
nothing_more_goes_out (Visit *visit)
{
  guint before = visit->script->requests;

  EACH (command)
  {
    g_clear_error (&visit->error);
    g_assert_false (command->run (visit));
    g_assert_cmpstr (stn_failure_name (stn_error_failure (visit->error)), ==, stn_failure_name (STN_FAILURE_INTERNAL));
  }
  g_assert_cmpuint (visit->script->requests, ==, before);
}

/* ---- statuses and states ---- */

static StnFailure
failure_of (guint status)
{
  switch (status) {
  case 0x0b:
    return STN_FAILURE_READ_PROTECTED;
  case 0x01:
  case 0x08:
    return STN_FAILURE_NACK;
  default:
    return STN_FAILURE_GARBAGE;
  }
}

/* The device refuses the work with each status at its first or second GETSTATUS. After a plain refusal the error is
 * cleared and the next command goes through; after anything else nothing does before a resync. */
static void
each_status_has_its_failure (void)
{
  EACH (command)
  for (guint status = 0; status <= 0x10; status++)
    for (guint busy = 0; busy < 2; busy++) {
      StnFailure failure = failure_of (status);
      g_autofree char *refused = g_strdup_printf ("a1 03 00 00 00 00 06 00 > %02x 00 00 00 0a 00\n", status);
      gboolean is_read = command->run == do_read || command->run == do_identify;
      const char *stalled = is_read ? strndup (command->work, 23) : NULL;
      g_autofree char *work = is_read ? g_strconcat (stalled, " stall\n", NULL) : g_strdup (command->work);
      g_autofree char *script = g_strconcat (ENTER, command->before, work, busy ? STATUS ("04") : "", refused,
                                             failure != STN_FAILURE_GARBAGE ? CLRSTATUS STATUS ("02") : "", NULL);
      Visit visit;

      free ((char *) stalled);
      if (busy && (is_read || command->run == do_go))
        continue;
      g_test_message ("%s, status %02x, busy %u", command->name, status, busy);
      visit_enter_or_fail (&visit, &control_target, script);
      ASSERT_FAILS (command->run (&visit), failure);
      if (command->address != 0) {
        g_assert_true (stn_error_detail (visit.error)->has_address);
        g_assert_cmphex (stn_error_detail (visit.error)->address, ==, command->address);
      }
      g_autofree char *words =
          g_strdup_printf ("state 10 (dfuERROR), status %02x (%s)", status, stn_dfu_status_name ((guint8) status));
      g_assert_cmpstr (stn_error_detail (visit.error)->seen, ==, words);
      if (failure == STN_FAILURE_GARBAGE)
        nothing_more_goes_out (&visit);
      visit_close_or_fail (&visit);
    }
}

static void
refusal_leaves_the_device_ready (void)
{
  Visit visit;

  visit_enter_or_fail (&visit, &control_target,
                       ENTER "21 01 00 00 00 00 05 00 | 41 00 10 00 08\n" STATUS_AFTER ("0b", "00 00 00", "0a")
                           CLRSTATUS STATUS ("02") "21 01 00 00 00 00 01 00 | 41\n" DONE);
  ASSERT_FAILS (do_erase_page (&visit), STN_FAILURE_READ_PROTECTED);
  g_clear_error (&visit.error);
  ASSERT_DONE (do_erase_all (&visit));
  visit_close_or_fail (&visit);
}

static void
refusal_that_can_not_be_cleared_takes_a_resync (void)
{
  Visit visit;

  visit_enter_or_fail (&visit, &control_target,
                       ENTER "21 01 00 00 00 00 05 00 | 41 00 10 00 08\n" STATUS_AFTER (
                           "01", "00 00 00", "0a") "21 04 00 00 00 00 00 00 stall\n");
  ASSERT_FAILS (do_erase_page (&visit), STN_FAILURE_NACK);
  nothing_more_goes_out (&visit);
  visit_close_or_fail (&visit);
}

/* No state but dfuDNBUSY follows a download's first GETSTATUS, no state but dfuDNLOAD-IDLE ends it; and a status that
 * is not OK is no success in any state. */
static void
each_wrong_state_is_told_in_words (void)
{
  EACH (command)
  for (guint state = 0; state <= 11; state++)
    for (guint busy = 0; busy < 2; busy++) {
      gboolean options = command->run == do_write_options || command->run == do_read_unprotect;
      g_autofree char *answer = g_strdup_printf ("a1 03 00 00 00 00 06 00 > 00 00 00 00 %02x 00\n", state);
      g_autofree char *script =
          g_strconcat (ENTER, command->before, command->work, busy ? STATUS ("04") : "", answer, NULL);
      Visit visit;

      if (command->run == do_read || command->run == do_identify || command->run == do_go || state == 4
          || (busy && (state == 5 || (options && state == 2))))
        continue;
      visit_enter_or_fail (&visit, &control_target, script);
      ASSERT_FAILS (command->run (&visit), STN_FAILURE_GARBAGE);
      g_autofree char *words =
          g_strdup_printf ("state %u (%s), status 00 (OK)", state, stn_dfu_state_name ((guint8) state));
      g_assert_cmpstr (stn_error_detail (visit.error)->seen, ==, words);
      nothing_more_goes_out (&visit);
      visit_close_or_fail (&visit);
    }
}

static void
leaving_takes_no_other_state (void)
{
  for (guint state = 0; state <= 11; state++) {
    g_autofree char *script =
        g_strdup_printf (ENTER SET_ADDRESS ("00 00 00 08") "21 01 02 00 00 00 00 00\n"
                                                           "a1 03 00 00 00 00 06 00 > 00 00 00 00 %02x 00\n",
                         state);
    Visit visit;

    if (state >= 6 && state <= 8)
      continue;
    visit_enter_or_fail (&visit, &control_target, script);
    ASSERT_FAILS (do_go (&visit), STN_FAILURE_GARBAGE);
    visit_close_or_fail (&visit);
  }
}

static void
status_that_is_not_ok_is_no_success_in_a_good_state (void)
{
  static const char *const ends[] = { STATUS_AFTER ("03", "00 00 00", "04"),
                                      STATUS ("04") STATUS_AFTER ("03", "00 00 00", "05") };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_autofree char *script = g_strconcat (ENTER "21 01 00 00 00 00 05 00 | 41 00 10 00 08\n", ends[i], NULL);
    Visit visit;

    visit_enter_or_fail (&visit, &control_target, script);
    ASSERT_FAILS (do_erase_page (&visit), STN_FAILURE_GARBAGE);
    visit_close_or_fail (&visit);
  }
}

static void
status_of_another_length_is_garbage (void)
{
  static const char *const answers[] = { "", "00", "00 00 00 00 05" };

  EACH (command)
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    g_autofree char *script =
        g_strconcat (ENTER, command->before, command->work, "a1 03 00 00 00 00 06 00 > ", answers[i], "\n", NULL);
    Visit visit;

    if (command->run == do_read)
      continue;
    visit_enter_or_fail (&visit, &control_target, script);
    ASSERT_FAILS (command->run (&visit), STN_FAILURE_GARBAGE);
    nothing_more_goes_out (&visit);
    visit_close_or_fail (&visit);
  }
}

/* ---- uploads ---- */

static void
short_upload_is_never_taken (void)
{
  static const struct {
    const char *came, *status;
    StnFailure failure;
  } rows[] = {
    { "", STATUS_AFTER ("0b", "00 00 00", "0a") CLRSTATUS STATUS ("02"), STN_FAILURE_READ_PROTECTED },
    { "", STATUS_AFTER ("01", "00 00 00", "0a") CLRSTATUS STATUS ("02"), STN_FAILURE_NACK },
    { "", STATUS ("02"), STN_FAILURE_NACK },
    { "11 12 13 14 15 16 17", STATUS ("02"), STN_FAILURE_NACK },
    { "", STATUS ("09"), STN_FAILURE_GARBAGE },
    { "11 12 13 14 15 16 17", STATUS ("09"), STN_FAILURE_GARBAGE },
    { "11 12 13 14 15 16 17", STATUS_AFTER ("0f", "00 00 00", "02"), STN_FAILURE_GARBAGE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *script = g_strconcat (ENTER SET_ADDRESS (AT_PAGE) ABORT "a1 02 02 00 00 00 08 00 > ", rows[i].came,
                                           "\n", rows[i].status, NULL);
    Visit visit;

    visit_enter_or_fail (&visit, &control_target, script);
    ASSERT_FAILS (do_read (&visit), rows[i].failure);
    visit_close_or_fail (&visit);
  }
}

static void
list_of_commands_that_makes_no_sense_is_garbage (void)
{
  static const char *const lists[] = {
    "",
    "00",
    "21",
    "41 92",
    "00 21 21",
    "00 21 41 92 00",
    "00 21 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f 20",
  };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++) {
    g_autofree char *script =
        g_strconcat (SYNC_BY ("00 08") "a1 02 00 00 00 00 40 00 > ", lists[i], "\n", STATUS ("02"), NULL);
    Visit visit;

    visit_open (&visit, &control_target, script);
    ASSERT_DONE (do_sync (&visit));
    ASSERT_FAILS (do_identify (&visit), STN_FAILURE_GARBAGE);
    visit_close_or_fail (&visit);
  }
}

static void
command_that_is_not_listed_is_not_sent (void)
{
  Visit visit;

  visit_enter_or_fail (&visit, &control_target, SYNC_BY ("00 08") "a1 02 00 00 00 00 40 00 > 00 21\n" STATUS ("02"));
  ASSERT_FAILS (do_erase_page (&visit), STN_FAILURE_NOT_SUPPORTED);
  g_clear_error (&visit.error);
  ASSERT_FAILS (do_erase_all (&visit), STN_FAILURE_NOT_SUPPORTED);
  visit_close_or_fail (&visit);
}

/* ---- the caller's mistakes ---- */

static void
arguments_that_do_not_fit_send_nothing (void)
{
  static guint8 block[4096];
  static const guint16 pages[] = { 0, 1, 64 };
  StnEngine *engine;
  Visit visit;

  visit_enter_or_fail (&visit, &control_target, ENTER);
  engine = visit.engine;
#define REFUSED(call)                        \
  ASSERT_FAILS (call, STN_FAILURE_INTERNAL); \
  g_clear_error (&visit.error)
  REFUSED (stn_engine_read (engine, 0x08000000, block, 0, &visit.wait, &visit.error));
  REFUSED (stn_engine_read (engine, 0x08000000, block, 2049, &visit.wait, &visit.error));
  REFUSED (stn_engine_read (engine, 0xffffffff, block, 2, &visit.wait, &visit.error));
  REFUSED (stn_engine_read (engine, G_GUINT64_CONSTANT (0x100000000), block, 2, &visit.wait, &visit.error));
  REFUSED (stn_engine_read (engine, 0x08000000, NULL, 2, &visit.wait, &visit.error));
  REFUSED (stn_engine_write (engine, 0x08000000, block, 0, &visit.wait, &visit.error));
  REFUSED (stn_engine_write (engine, 0x08000000, block, 2056, &visit.wait, &visit.error));
  REFUSED (stn_engine_write (engine, 0x08000000, block, 4, &visit.wait, &visit.error));
  REFUSED (stn_engine_write (engine, 0x08000004, block, 8, &visit.wait, &visit.error));
  REFUSED (stn_engine_write (engine, 0x20004000, block, 2, &visit.wait, &visit.error));
  REFUSED (stn_engine_write (engine, 0x1fff7800, block, 8, &visit.wait, &visit.error));
  REFUSED (stn_engine_write_options (engine, 0x08000000, block, 8, &visit.wait, &visit.error));
  REFUSED (stn_engine_erase_pages (engine, pages, 2, &visit.wait, &visit.error));
  REFUSED (stn_engine_erase_pages (engine, pages, 0, &visit.wait, &visit.error));
  REFUSED (stn_engine_erase_pages (engine, pages + 2, 1, &visit.wait, &visit.error));
  REFUSED (stn_engine_go (engine, G_GUINT64_CONSTANT (0x100000000), &visit.wait, &visit.error));
#undef REFUSED
  visit_close_or_fail (&visit);
}

static void
nothing_goes_out_before_sync_and_identify (void)
{
  Visit visit;

  visit_open (&visit, &control_target, "");
  nothing_more_goes_out (&visit);
  visit_close_or_fail (&visit);

  visit_open (&visit, &control_target, SYNC_BY ("00 08"));
  ASSERT_DONE (do_sync (&visit));
  guint before = visit.script->requests;
  EACH (command)
  if (command->run != do_identify) {
    g_clear_error (&visit.error);
    ASSERT_FAILS (command->run (&visit), STN_FAILURE_INTERNAL);
  }
  g_assert_cmpuint (visit.script->requests, ==, before);
  visit_close_or_fail (&visit);
}

/* ---- the device that hangs, and the caller who can't wait ---- */

static char *
busy_for_ever (const char *head, guint answers, const char *tail)
{
  GString *script = g_string_new (head);

  for (guint i = 0; i < answers; i++)
    g_string_append (script, STATUS ("04"));
  g_string_append (script, tail);
  return g_string_free (script, FALSE);
}

#define KICKED CLRSTATUS STATUS_AFTER ("0e", "00 00 00", "0a") CLRSTATUS STATUS ("02")

/* How many times the engine asks until twice the longest time is over is its own affair: the shortest script that it
 * keeps to is the one. */
static gboolean
run_until_kicked (const Command *command, const StnTarget *target, Visit *visit)
{
  for (guint answers = 1; answers < 600; answers++) {
    g_autofree char *head = g_strconcat (ENTER, command->before, command->work, NULL);
    g_autofree char *script = busy_for_ever (head, answers, KICKED);
    gboolean done;

    visit_enter_or_fail (visit, target, script);
    done = command->run (visit);
    if (visit->script->broken == NULL)
      return done;
    visit_close (visit);
  }
  g_assert_not_reached ();
}

static void
stuck_erase_is_kicked_and_done (void)
{
  static const Command *const erases[] = { &commands[3], &commands[4] };

  for (guint i = 0; i < G_N_ELEMENTS (erases); i++) {
    Visit visit;
    g_assert_true (run_until_kicked (erases[i], &control_target, &visit));
    g_assert_no_error (visit.error);
    /* not before twice the longest time: 80 ms or 160 ms, and half a second */
    g_assert_cmpint (stn_clock_now_ns (visit.clock), >=,
                     STN_NS_PER_S + (erases[i]->run == do_erase_page ? 580 : 660) * STN_NS_PER_MS);
    visit_close_or_fail (&visit);
  }
}

static void
stuck_write_is_never_done (void)
{
  Visit visit;

  g_assert_false (run_until_kicked (&commands[1], &control_target, &visit));
  g_assert_cmpint (stn_error_failure (visit.error), ==, STN_FAILURE_NO_ANSWER);
  nothing_more_goes_out (&visit);
  visit_close_or_fail (&visit);
}

static void
kick_is_made_within_the_callers_time_but_not_before_the_longest (void)
{
  StnTarget target = control_target;
  Visit visit;

  /* 4 s longest, 6 s given: the kick comes at 5.5 s */
  target.page_erase_typical_ms = 2000;
  target.page_erase_max_ms = 4000;
  for (guint answers = 1;; answers++) {
    g_autofree char *script = busy_for_ever (ENTER "21 01 00 00 00 00 05 00 | 41 00 10 00 08\n", answers, KICKED);

    g_assert_cmpuint (answers, <, 600);
    visit_enter_or_fail (&visit, &target, script);
    visit.wait = stn_wait_within (&visit.wait, 6 * STN_NS_PER_S);
    gint64 begun_ns = stn_clock_now_ns (visit.clock);
    gboolean done = do_erase_page (&visit);
    if (visit.script->broken == NULL) {
      g_assert_true (done);
      g_assert_cmpint (stn_clock_now_ns (visit.clock) - begun_ns, ==, 5500 * STN_NS_PER_MS);
      visit_close_or_fail (&visit);
      break;
    }
    visit_close (&visit);
  }
  /* 4 s longest, 3 s given: nothing is kicked while the erase may still be under way */
  for (guint answers = 1;; answers++) {
    g_autofree char *script = busy_for_ever (ENTER "21 01 00 00 00 00 05 00 | 41 00 10 00 08\n", answers, "");

    g_assert_cmpuint (answers, <, 600);
    visit_enter_or_fail (&visit, &target, script);
    visit.wait = stn_wait_within (&visit.wait, 3 * STN_NS_PER_S);
    gboolean done = do_erase_page (&visit);
    if (visit.script->broken == NULL) {
      g_assert_false (done);
      g_assert_cmpint (stn_error_failure (visit.error), ==, STN_FAILURE_NO_ANSWER);
      visit_close_or_fail (&visit);
      break;
    }
    visit_close (&visit);
  }
}

static void
cancelling_between_two_statuses_is_noticed (void)
{
  Visit visit;

  visit_enter_or_fail (&visit, &control_target,
                       ENTER "21 01 00 00 00 00 01 00 | 41\n" STATUS ("04") STATUS ("04") "cancel\n");
  ASSERT_FAILS (do_erase_all (&visit), STN_FAILURE_CANCELLED);
  nothing_more_goes_out (&visit);
  visit_close_or_fail (&visit);
}

/* ---- the sweep ---- */

/* Each request of each command fails in each way, and from there on every other one too. */
static void
no_failed_request_is_ever_a_success (void)
{
  static const StnFailure failures[] = { STN_FAILURE_NACK, STN_FAILURE_LINK_LOST, STN_FAILURE_NO_ANSWER };

  EACH (command)
  for (guint kind = 0; kind < G_N_ELEMENTS (failures); kind++) {
    g_autofree char *script = g_strconcat (ENTER, command->before, command->work, command->after, NULL);
    guint total = 1;

    for (guint at = 1; at <= total; at++) {
      Visit visit;

      visit_enter_or_fail (&visit, &control_target, script);
      guint before = visit.script->requests;
      if (at == 1) {
        /* how many there are */
        ASSERT_DONE (command->run (&visit));
        total = visit.script->requests - before;
        visit_close_or_fail (&visit);
        visit_enter_or_fail (&visit, &control_target, script);
      }
      visit.script->fail_at = before + at;
      visit.script->fail_with = failures[kind];
      gboolean done = command->run (&visit);
      g_assert_cmpstr (visit.script->broken, ==, NULL);
      g_test_message ("%s, request %u of %u: %s", command->name, at, total, done ? "done" : visit.error->message);
      g_assert_true (done == (command->last_is_done && at == total));
      g_assert_true (done == (visit.error == NULL));
      if (!done && failures[kind] != STN_FAILURE_NACK)
        g_assert_cmpint (stn_error_failure (visit.error), ==, failures[kind]);
      nothing_more_goes_out (&visit);
      visit_close (&visit);
    }
    g_assert_cmpuint (total, >=, 2);
  }
}

static void
no_failed_request_is_ever_a_sync (void)
{
  static const StnFailure failures[] = { STN_FAILURE_NACK, STN_FAILURE_LINK_LOST, STN_FAILURE_NO_ANSWER };
  const guint total = 9;

  for (guint kind = 0; kind < G_N_ELEMENTS (failures); kind++)
    for (guint at = 1; at <= total; at++) {
      Visit visit;

      visit_open (&visit, &control_target, SYNC_BY ("00 08"));
      visit.script->fail_at = at;
      visit.script->fail_with = failures[kind];
      g_assert_false (do_sync (&visit));
      g_assert_cmpstr (visit.script->broken, ==, NULL);
      g_test_message ("request %u: %s", at, visit.error->message);
      nothing_more_goes_out (&visit);
      visit_close (&visit);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(name) g_test_add_func ("/dfu/" #name, name)
  TEST (each_status_has_its_failure);
  TEST (refusal_leaves_the_device_ready);
  TEST (refusal_that_can_not_be_cleared_takes_a_resync);
  TEST (each_wrong_state_is_told_in_words);
  TEST (leaving_takes_no_other_state);
  TEST (status_that_is_not_ok_is_no_success_in_a_good_state);
  TEST (status_of_another_length_is_garbage);
  TEST (short_upload_is_never_taken);
  TEST (list_of_commands_that_makes_no_sense_is_garbage);
  TEST (command_that_is_not_listed_is_not_sent);
  TEST (arguments_that_do_not_fit_send_nothing);
  TEST (nothing_goes_out_before_sync_and_identify);
  TEST (stuck_erase_is_kicked_and_done);
  TEST (stuck_write_is_never_done);
  TEST (kick_is_made_within_the_callers_time_but_not_before_the_longest);
  TEST (cancelling_between_two_statuses_is_noticed);
  TEST (no_failed_request_is_ever_a_success);
  TEST (no_failed_request_is_ever_a_sync);
  return g_test_run ();
}
