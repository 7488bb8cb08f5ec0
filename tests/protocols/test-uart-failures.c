/* Every command, stopped at each of its points in each way: what the engine calls it, and that it falls silent. */
#include "tests/protocols/script-link.h"

static const guint8 data[] = { 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18 };
static const guint8 options[] = { 0xaa, 0xe1, 0xef, 0xff, 0x55, 0x1e, 0x10, 0x00 };
static const guint16 pages[] = { 0, 1, 5 };

static gboolean
do_identify (Visit *visit)
{
  return stn_engine_identify (visit->engine, &visit->identity, &visit->wait, &visit->error);
}

static gboolean
do_read (Visit *visit)
{
  guint8 buffer[4];
  return stn_engine_read (visit->engine, 0x08001200, buffer, 4, &visit->wait, &visit->error);
}

static gboolean
do_write (Visit *visit)
{
  return stn_engine_write (visit->engine, 0x08001200, data, sizeof data, &visit->wait, &visit->error);
}

static gboolean
do_erase_pages (Visit *visit)
{
  return stn_engine_erase_pages (visit->engine, pages, G_N_ELEMENTS (pages), &visit->wait, &visit->error);
}

static gboolean
do_erase_all (Visit *visit)
{
  return stn_engine_erase_all (visit->engine, &visit->wait, &visit->error);
}

static gboolean
do_write_options (Visit *visit)
{
  return stn_engine_write_options (visit->engine, 0x1fff7800, options, sizeof options, &visit->wait, &visit->error);
}

static gboolean
do_go (Visit *visit)
{
  return stn_engine_go (visit->engine, 0x08000000, &visit->wait, &visit->error);
}

static gboolean
do_write_protect (Visit *visit)
{
  static const guint8 codes[] = { 0x00, 0x01, 0x05 };
  return stn_engine_write_protect (visit->engine, codes, G_N_ELEMENTS (codes), &visit->wait, &visit->error);
}

static gboolean
do_write_unprotect (Visit *visit)
{
  return stn_engine_write_unprotect (visit->engine, &visit->wait, &visit->error);
}

static gboolean
do_read_protect (Visit *visit)
{
  return stn_engine_read_protect (visit->engine, &visit->wait, &visit->error);
}

static gboolean
do_read_unprotect (Visit *visit)
{
  return stn_engine_read_unprotect (visit->engine, &visit->wait, &visit->error);
}

static gboolean
do_checksum (Visit *visit)
{
  guint32 sum;
  return stn_engine_checksum (visit->engine, 0x08001200, 16, &sum, &visit->wait, &visit->error);
}

static gboolean
do_special (Visit *visit)
{
  static const guint8 regression[] = { 0x00, 0x00, 0x00, 0x01 };
  const StnSpecialRequest request = { .operation = 0x0082, .data = regression, .length = sizeof regression };
  StnSpecialReply reply;
  return stn_engine_special (visit->engine, &request, &reply, &visit->wait, &visit->error);
}

static gboolean
do_extended_special (Visit *visit)
{
  static const guint8 more[] = { 0xaa, 0xbb };
  const StnSpecialRequest request = { .operation = 0x0001, .is_extended = TRUE, .more = more, .more_length = 2 };
  StnSpecialReply reply;
  return stn_engine_special (visit->engine, &request, &reply, &visit->wait, &visit->error);
}

/* a U5 with a checksum */
#define ENTER_SPECIAL SYNC "> 00 ff\n< 79 0a 40 00 01 02 11 21 31 44 50 51 a1 79\n> 02 fd\n< 79 01 04 82 79\n"

#define NO_ADDRESS G_MAXUINT64
#define STAGES 5

typedef struct {
  const char *name;
  gboolean (*run) (Visit *visit);
  const char *enter;
  struct {
    const char *sent;
    const char *rest;   /* of a good answer, behind the ACK */
    StnFailure refused; /* what a NACK is here */
    guint64 address;
  } stages[STAGES];
  gboolean last_silence_is_done;
  guint doubtful_from; /* from this stage (1 is the first) a NACK may stand for an ACK: only a reset helps; 0: never */
} Command;

static const Command commands[] = {
  { "read",
    do_read,
    ENTER,
    { { "11 ee", "", STN_FAILURE_READ_PROTECTED, 0x08001200 },
      { "08 00 12 00 1a", "", STN_FAILURE_NACK, 0x08001200 },
      { "03 fc", " de ad be ef", STN_FAILURE_NACK, 0x08001200 } },
    FALSE },
  { "write",
    do_write,
    ENTER,
    { { "31 ce", "", STN_FAILURE_READ_PROTECTED, 0x08001200 },
      { "08 00 12 00 1a", "", STN_FAILURE_NACK, 0x08001200 },
      { "07 11 12 13 14 15 16 17 18 0f", "", STN_FAILURE_NACK, 0x08001200 } },
    FALSE },
  { "erase-pages",
    do_erase_pages,
    ENTER,
    { { "44 bb", "", STN_FAILURE_READ_PROTECTED, NO_ADDRESS },
      { "00 02 00 00 00 01 00 05 06", "", STN_FAILURE_NACK, NO_ADDRESS } },
    FALSE },
  { "erase-pages-43",
    do_erase_pages,
    ENTER_F1,
    { { "43 bc", "", STN_FAILURE_READ_PROTECTED, NO_ADDRESS }, { "02 00 01 05 06", "", STN_FAILURE_NACK, NO_ADDRESS } },
    FALSE },
  { "erase-all",
    do_erase_all,
    ENTER,
    { { "44 bb", "", STN_FAILURE_READ_PROTECTED, NO_ADDRESS }, { "ff ff 00", "", STN_FAILURE_NACK, NO_ADDRESS } },
    FALSE },
  { "erase-all-43",
    do_erase_all,
    ENTER_F1,
    { { "43 bc", "", STN_FAILURE_READ_PROTECTED, NO_ADDRESS }, { "ff 00", "", STN_FAILURE_NACK, NO_ADDRESS } },
    FALSE },
  { "write-options",
    do_write_options,
    ENTER,
    { { "31 ce", "", STN_FAILURE_READ_PROTECTED, 0x1fff7800 },
      { "1f ff 78 00 98", "", STN_FAILURE_NACK, 0x1fff7800 },
      { "07 aa e1 ef ff 55 1e 10 00 07", "", STN_FAILURE_NACK, 0x1fff7800 } },
    TRUE,
    2 },
  { "write-protect",
    do_write_protect,
    ENTER,
    { { "63 9c", "", STN_FAILURE_READ_PROTECTED, NO_ADDRESS }, { "02 00 01 05 06", "", STN_FAILURE_NACK, NO_ADDRESS } },
    TRUE,
    1 },
  { "checksum",
    do_checksum,
    ENTER_SPECIAL,
    { { "a1 5e", "", STN_FAILURE_READ_PROTECTED, 0x08001200 },
      { "08 00 12 00 1a", "", STN_FAILURE_NACK, 0x08001200 },
      { "00 00 00 04 04", "", STN_FAILURE_NACK, NO_ADDRESS },
      { "04 c1 1d b7 6f", "", STN_FAILURE_NACK, NO_ADDRESS },
      { "ff ff ff ff 00", " 79 12 34 56 78 08", STN_FAILURE_NACK, NO_ADDRESS } },
    FALSE },
  { "special",
    do_special,
    ENTER_SPECIAL,
    { { "50 af", "", STN_FAILURE_READ_PROTECTED, NO_ADDRESS },
      { "00 82 82", "", STN_FAILURE_NOT_SUPPORTED, NO_ADDRESS },
      { "00 04 00 00 00 01 05", " 00 00 00 01 00 79", STN_FAILURE_NACK, NO_ADDRESS } },
    FALSE,
    1 },
  { "extended-special",
    do_extended_special,
    ENTER_SPECIAL,
    { { "51 ae", "", STN_FAILURE_READ_PROTECTED, NO_ADDRESS },
      { "00 01 01", "", STN_FAILURE_NOT_SUPPORTED, NO_ADDRESS },
      { "00 00 00", "", STN_FAILURE_NACK, NO_ADDRESS },
      { "00 02 aa bb 13", " 00 01 00 79", STN_FAILURE_NACK, NO_ADDRESS } },
    FALSE,
    1 },
  { "go",
    do_go,
    ENTER,
    { { "21 de", "", STN_FAILURE_READ_PROTECTED, 0x08000000 }, { "08 00 00 00 08", "", STN_FAILURE_NACK, 0x08000000 } },
    FALSE },
  { "identify",
    do_identify,
    ENTER,
    { { "00 ff", " 0b 31 00 01 02 11 21 31 44 63 73 82 92 79", STN_FAILURE_NACK, NO_ADDRESS },
      { "02 fd", " 01 04 60 79", STN_FAILURE_NACK, NO_ADDRESS } },
    FALSE },
};

static guint
stage_count (const Command *command)
{
  guint count = 0;
  while (count < STAGES && command->stages[count].sent != NULL)
    count++;
  return count;
}

/* Good up to the stage, then the given answer (NULL: none) and whatever follows. */
static char *
script_until (const Command *command, guint stage, const char *answer, const char *more)
{
  GString *script = g_string_new (command->enter);

  for (guint i = 0; i < stage; i++)
    g_string_append_printf (script, "> %s\n< 79%s\n", command->stages[i].sent, command->stages[i].rest);
  g_string_append_printf (script, "> %s\n", command->stages[stage].sent);
  if (answer != NULL)
    g_string_append_printf (script, "%s\n", answer);
  g_string_append (script, more);
  return g_string_free (script, FALSE);
}

/* All verbs refuse, and not a byte goes out (the script would break). */
static void
nothing_more_goes_out (Visit *visit)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
    g_clear_error (&visit->error);
    g_assert_false (commands[i].run (visit));
    assert_failure (visit, STN_FAILURE_INTERNAL);
  }
}

#define EACH_POINT(command, stage)                                                                 \
  for (const Command *command = commands; command < commands + G_N_ELEMENTS (commands); command++) \
    for (guint stage = 0; stage < stage_count (command); stage++)

static gboolean
is_doubtful (const Command *command, guint stage)
{
  return command->doubtful_from != 0 && stage + 1 >= command->doubtful_from;
}

/* After a NACK: the ROM takes another command right away, or is left alone where the NACK may have been an ACK. */
static void
after_a_nack (Visit *visit, const Command *command, guint stage)
{
  if (is_doubtful (command, stage)) {
    nothing_more_goes_out (visit);
    return;
  }
  g_clear_error (&visit->error);
  g_assert_true (do_identify (visit));
}

static void
a_command_stops_at_the_first_nack (void)
{
  EACH_POINT (command, stage)
  {
    /* and the ROM takes another command right away */
    g_autofree char *script = script_until (command, stage, "< 1f", is_doubtful (command, stage) ? "" : GET GET_ID);
    Visit visit;

    g_test_message ("%s, stage %u", command->name, stage);
    visit_enter_or_fail (&visit, &script_target, script);
    g_assert_false (command->run (&visit));
    assert_failure (&visit, command->stages[stage].refused);
    const StnErrorDetail *detail = stn_error_detail (visit.error);
    g_assert_cmpstr (detail->expected, ==, "79");
    g_assert_cmpstr (detail->seen, ==, "1f");
    g_assert_cmpint (detail->has_address, ==, command->stages[stage].address != NO_ADDRESS);
    if (detail->has_address)
      g_assert_cmphex (detail->address, ==, command->stages[stage].address);
    after_a_nack (&visit, command, stage);
    visit_close_or_fail (&visit);
  }
}

static void
a_second_nack_is_not_taken_for_the_next_answer (void)
{
  EACH_POINT (command, stage)
  {
    g_autofree char *script =
        script_until (command, stage, "< 1f\n<15 1f", is_doubtful (command, stage) ? "" : GET GET_ID);
    Visit visit;

    g_test_message ("%s, stage %u", command->name, stage);
    visit_enter_or_fail (&visit, &script_target, script);
    g_assert_false (command->run (&visit));
    assert_failure (&visit, command->stages[stage].refused);
    after_a_nack (&visit, command, stage);
    visit_close_or_fail (&visit);
  }
}

static void
a_nack_with_something_else_behind_it_is_not_trusted (void)
{
  EACH_POINT (command, stage)
  {
    g_autofree char *script = script_until (command, stage, "< 1f\n<5 79", "");
    Visit visit;

    visit_enter_or_fail (&visit, &script_target, script);
    g_assert_false (command->run (&visit));
    assert_failure (&visit, command->stages[stage].refused);
    nothing_more_goes_out (&visit);
    visit_close_or_fail (&visit);
  }
}

static void
a_command_stops_at_garbage (void)
{
  EACH_POINT (command, stage)
  {
    g_autofree char *script = script_until (command, stage, "< f9", "");
    Visit visit;

    g_test_message ("%s, stage %u", command->name, stage);
    visit_enter_or_fail (&visit, &script_target, script);
    g_assert_false (command->run (&visit));
    assert_failure (&visit, STN_FAILURE_GARBAGE);
    g_assert_cmpstr (stn_error_detail (visit.error)->expected, ==, "79");
    g_assert_cmpstr (stn_error_detail (visit.error)->seen, ==, "f9");
    nothing_more_goes_out (&visit);
    visit_close_or_fail (&visit);
  }
}

static void
a_command_stops_at_silence (void)
{
  EACH_POINT (command, stage)
  {
    g_autofree char *script = script_until (command, stage, NULL, "");
    gboolean counts_as_done = command->last_silence_is_done && stage == stage_count (command) - 1;
    Visit visit;

    g_test_message ("%s, stage %u", command->name, stage);
    visit_enter_or_fail (&visit, &script_target, script);
    g_assert_cmpint (command->run (&visit), ==, counts_as_done);
    if (!counts_as_done) {
      assert_failure (&visit, STN_FAILURE_NO_ANSWER);
      g_assert_cmpstr (stn_error_detail (visit.error)->seen, ==, "nothing");
    }
    nothing_more_goes_out (&visit);
    visit_close_or_fail (&visit);
  }
}

static void
a_late_ack_is_never_the_next_commands (void)
{
  EACH_POINT (command, stage)
  {
    /* it comes after the command gave up (no deadline here is over 59 s), and stays unread */
    g_autofree char *script = script_until (command, stage, "<59900 79", "");
    gboolean counts_as_done = command->last_silence_is_done && stage == stage_count (command) - 1;
    Visit visit;

    g_test_message ("%s, stage %u", command->name, stage);
    visit_enter_or_fail (&visit, &script_target, script);
    visit.wait = stn_wait_new (visit.clock, 50 * STN_NS_PER_S, visit.cancellable);
    g_assert_cmpint (command->run (&visit), ==, counts_as_done);
    g_assert_true (stn_wait_sleep (&(StnWait){ visit.clock, STN_TIME_NEVER, NULL }, 60 * STN_NS_PER_S, NULL));
    visit.wait = stn_wait_new (visit.clock, 50 * STN_NS_PER_S, visit.cancellable);
    nothing_more_goes_out (&visit);
    g_assert_cmpuint (visit.script->incoming->len, ==, 1);
    g_array_set_size (visit.script->incoming, 0);
    visit_close_or_fail (&visit);
  }
}

static void
a_command_can_be_cancelled_at_each_point (void)
{
  EACH_POINT (command, stage)
  {
    g_autofree char *script = script_until (command, stage, "cancel", "");
    guint writes;
    Visit visit;

    g_test_message ("%s, stage %u", command->name, stage);
    visit_enter_or_fail (&visit, &script_target, script);
    g_assert_false (command->run (&visit));
    assert_failure (&visit, STN_FAILURE_CANCELLED);
    /* with a fresh wait too: it is not known where the ROM stands */
    writes = visit.script->writes;
    visit.wait = stn_wait_new (visit.clock, STN_NS_PER_S, NULL);
    nothing_more_goes_out (&visit);
    g_assert_cmpuint (visit.script->writes, ==, writes);
    visit_close_or_fail (&visit);
  }
}

static void
a_command_on_a_port_that_goes_is_link_lost (void)
{
  EACH_POINT (command, stage)
  {
    g_autofree char *script = script_until (command, stage, "gone", "");
    Visit visit;

    visit_enter_or_fail (&visit, &script_target, script);
    g_assert_false (command->run (&visit));
    assert_failure (&visit, STN_FAILURE_LINK_LOST);
    nothing_more_goes_out (&visit);
    visit.script->position++;
    visit_close_or_fail (&visit);
  }
}

/* 73, 82 and 92 send nothing but their opcode: two answers to one write. */
static const struct {
  const char *name;
  gboolean (*run) (Visit *visit);
  const char *opcode;
  StnFailure refused;
} one_byte[] = {
  { "write-unprotect", do_write_unprotect, "> 73 8c\n", STN_FAILURE_READ_PROTECTED },
  { "read-protect", do_read_protect, "> 82 7d\n", STN_FAILURE_READ_PROTECTED },
  { "read-unprotect", do_read_unprotect, "> 92 6d\n", STN_FAILURE_NACK },
};

static void
a_protection_command_stops_at_each_point_of_its_two_answers (void)
{
  static const struct {
    const char *answer;
    StnFailure failure; /* NONE: done */
  } cases[] = {
    { "< 79\n<30 79\n", STN_FAILURE_NONE },  { "< 79 79\n", STN_FAILURE_NONE },
    { "< 79\n", STN_FAILURE_NONE },         /* the reset cut the second one off */
    { "< 79\n<30 1f\n", STN_FAILURE_NACK }, /* an old ROM whose erase failed */
    { "< 79\n< f9\n", STN_FAILURE_GARBAGE }, { "< 79\ncancel\n", STN_FAILURE_CANCELLED },
    { "< f9\n", STN_FAILURE_GARBAGE },       { "cancel\n", STN_FAILURE_CANCELLED },
    { "", STN_FAILURE_NO_ANSWER },
  };

  for (guint k = 0; k < G_N_ELEMENTS (one_byte); k++)
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
      g_autofree char *script = g_strconcat (ENTER, one_byte[k].opcode, cases[i].answer, NULL);
      Visit visit;

      g_test_message ("%s, case %u", one_byte[k].name, i);
      visit_enter_or_fail (&visit, &script_target, script);
      g_assert_cmpint (one_byte[k].run (&visit), ==, cases[i].failure == STN_FAILURE_NONE);
      if (cases[i].failure != STN_FAILURE_NONE)
        assert_failure (&visit, cases[i].failure);
      nothing_more_goes_out (&visit);
      /* what follows such a command must be a reset: no filler */
      g_clear_error (&visit.error);
      visit.wait = stn_wait_new (visit.clock, STN_NS_PER_S, NULL);
      g_assert_false (stn_engine_resync (visit.engine, &visit.wait, &visit.error));
      visit_close_or_fail (&visit);
    }
}

/* The NACK may be an ACK that the wire has spoilt: then the ROM is at work, or waits for a list. */
static void
a_refused_protection_command_is_followed_by_a_reset_only (void)
{
  static const char *const answers[] = { "< 1f\n", "< 1f\n<15 1f\n" };

  for (guint k = 0; k < G_N_ELEMENTS (one_byte); k++)
    for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
      g_autofree char *script = g_strconcat (ENTER, one_byte[k].opcode, answers[i], NULL);
      Visit visit;

      visit_enter_or_fail (&visit, &script_target, script);
      g_assert_false (one_byte[k].run (&visit));
      assert_failure (&visit, one_byte[k].refused);
      nothing_more_goes_out (&visit);
      g_clear_error (&visit.error);
      g_assert_false (stn_engine_resync (visit.engine, &visit.wait, &visit.error));
      visit_close_or_fail (&visit);
    }
}

static void
no_filler_goes_to_a_rom_that_may_be_reading_a_list_to_protect (void)
{
  static const char *const scripts[] = { ENTER "> 63 9c\n", ENTER "> 63 9c\n< 79\n> 02 00 01 05 06\n< f9\n" };

  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++) {
    Visit visit;

    visit_enter_or_fail (&visit, &script_target, scripts[i]);
    g_assert_false (do_write_protect (&visit));
    g_clear_error (&visit.error);
    g_assert_false (stn_engine_resync (visit.engine, &visit.wait, &visit.error));
    assert_failure (&visit, STN_FAILURE_NO_SYNC);
    visit_close_or_fail (&visit);
  }
}

static void
a_sync_can_be_cancelled (void)
{
  Visit visit;

  visit_open (&visit, &script_target, "= 115200 8E1\nflush\n> 7f\ncancel\n");
  g_assert_false (stn_engine_sync (visit.engine, 115200, &visit.wait, &visit.error));
  assert_failure (&visit, STN_FAILURE_CANCELLED);
  nothing_more_goes_out (&visit);
  visit_close_or_fail (&visit);
}

static void
a_wait_that_is_over_sends_nothing (void)
{
  Visit visit;

  visit_enter_or_fail (&visit, &script_target, ENTER);
  visit.wait = stn_wait_new (visit.clock, 0, NULL);
  g_assert_false (do_read (&visit));
  assert_failure (&visit, STN_FAILURE_TIMEOUT);
  visit_close_or_fail (&visit);
}

static void
a_simple_ack_has_one_second_and_an_erase_as_long_as_the_caller_waits (void)
{
  Visit visit;

  visit_enter_or_fail (&visit, &script_target, ENTER "> 11 ee\n");
  gint64 before_ns = stn_clock_now_ns (visit.clock);
  g_assert_false (do_read (&visit));
  g_assert_cmpint (stn_clock_now_ns (visit.clock) - before_ns, ==, STN_NS_PER_S);
  visit_close_or_fail (&visit);

  visit_enter_or_fail (&visit, &script_target, ENTER "> 44 bb\n< 79\n> ff ff 00\n");
  visit.wait = stn_wait_new (visit.clock, 40 * STN_NS_PER_S, NULL);
  before_ns = stn_clock_now_ns (visit.clock);
  g_assert_false (do_erase_all (&visit));
  g_assert_cmpint (stn_clock_now_ns (visit.clock) - before_ns, ==, 40 * STN_NS_PER_S);
  visit_close_or_fail (&visit);
}

static void
a_data_block_has_the_targets_longest_programming_time_too (void)
{
  StnTarget target = script_target;
  Visit visit;

  /* 8 bytes at 64 s a block: 2 s, and the ACK comes at 2.9 s */
  target.program_256_max_ms = 64000;
  visit_enter_or_fail (&visit, &target,
                       ENTER "> 31 ce\n< 79\n> 08 00 12 00 1a\n< 79\n> 07 11 12 13 14 15 16 17 18 0f\n<2900 79\n");
  g_assert_true (do_write (&visit));
  visit_close_or_fail (&visit);
}

static void
a_slow_line_has_the_time_that_its_bytes_take (void)
{
  static const char enter[] = "= 1200 8E1\nflush\n> 7f\n<15 79\n" GET GET_ID;
  g_autoptr (GString) script = g_string_new (enter);
  guint8 block[256] = { 0 };
  Visit visit;

  /* 258 and 256 characters at 1200 baud: 2.37 s and 2.35 s */
  g_string_append (script, "> 31 ce\n<40 79\n> 08 00 12 00 1a\n<60 79\n> ff");
  for (guint i = 0; i < 256; i++)
    g_string_append (script, " 00");
  g_string_append (script, " ff\n<3300 79\n> 11 ee\n<40 79\n> 08 00 12 00 1a\n<60 79\n> ff 00\n<40 79\n<3300");
  for (guint i = 0; i < 256; i++)
    g_string_append_printf (script, " %02x", i);
  visit_open (&visit, &script_target, script->str);
  g_assert_true (stn_engine_sync (visit.engine, 1200, &visit.wait, &visit.error));
  g_assert_true (do_identify (&visit));
  g_assert_true (stn_engine_write (visit.engine, 0x08001200, block, 256, &visit.wait, &visit.error));
  g_assert_true (stn_engine_read (visit.engine, 0x08001200, block, 256, &visit.wait, &visit.error));
  g_assert_cmphex (block[255], ==, 0xff);
  visit_close_or_fail (&visit);
}

static void
a_short_answer_to_read_says_how_much_came (void)
{
  Visit visit;

  visit_enter_or_fail (&visit, &script_target, ENTER "> 11 ee\n< 79\n> 08 00 12 00 1a\n< 79\n> 03 fc\n< 79 de ad be\n");
  g_assert_false (do_read (&visit));
  assert_failure (&visit, STN_FAILURE_NO_ANSWER);
  g_assert_cmpstr (stn_error_detail (visit.error)->expected, ==, "4 bytes");
  g_assert_cmpstr (stn_error_detail (visit.error)->seen, ==, "3 (de ad be)");
  nothing_more_goes_out (&visit);
  visit_close_or_fail (&visit);
}

static void
the_error_reads_from_the_address_to_the_byte (void)
{
  Visit visit;

  visit_enter_or_fail (&visit, &script_target,
                       ENTER "> 31 ce\n< 79\n> 08 00 12 00 1a\n< 79\n> 07 11 12 13 14 15 16 17 18 0f\n< f9\n");
  g_assert_false (do_write (&visit));
  g_assert_cmpstr (visit.error->message, ==, "0x08001200: no ACK to the data block: expected 79, seen f9");
  visit_close_or_fail (&visit);
}

/* ---- answers to Get and Get ID that make no sense ---- */

static void
identify_takes_no_nonsense (void)
{
  static const struct {
    const char *script;
    StnFailure failure;
  } cases[] = {
    { "> 00 ff\n< 79 00 31 79\n", STN_FAILURE_GARBAGE }, /* no commands */
    { "> 00 ff\n< 79 21\n", STN_FAILURE_GARBAGE },       /* 33 of them */
    { "> 00 ff\n< 79 ff\n", STN_FAILURE_GARBAGE },
    { "> 00 ff\n< 79 0b 31 00 01 02 11 21 31 44 63 73 82 79\n", STN_FAILURE_NO_ANSWER },  /* one byte short */
    { "> 00 ff\n< 79 0b 31 00 01 02 11 21 31 44 63 73 82 92 1f\n", STN_FAILURE_GARBAGE }, /* no ACK at the end */
    { "> 00 ff\n< 79 0b 00 00 01 02 11 21 31 44 63 73 82 92 79\n", STN_FAILURE_GARBAGE }, /* version 0.0 */
    { "> 00 ff\n< 79 0b 3a 00 01 02 11 21 31 44 63 73 82 92 79\n", STN_FAILURE_GARBAGE }, /* not decimal */
    { "> 00 ff\n< 79 0b 31 00 01 02 11 21 30 44 63 73 82 92 79\n", STN_FAILURE_GARBAGE }, /* a bit wrong: no 31 */
    { "> 00 ff\n< 79 0b 31 00 01 02 11 21 31 31 63 73 82 92 79\n", STN_FAILURE_GARBAGE }, /* twice the same */
    { GET "> 02 fd\n< 79 00 04 79\n", STN_FAILURE_GARBAGE },                              /* one byte of id */
    { GET "> 02 fd\n< 79 02 04 60 00 79\n", STN_FAILURE_GARBAGE },
    { GET "> 02 fd\n< 79 01 04 60 00\n", STN_FAILURE_GARBAGE }, /* no ACK at the end */
    { GET "> 02 fd\n< 79 01 04\n", STN_FAILURE_NO_ANSWER },
    { GET "> 02 fd\n< 79\n", STN_FAILURE_NO_ANSWER },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *script = g_strconcat (SYNC, cases[i].script, NULL);
    StnRomIdentity identity = { .product_id = 0x1234 };
    Visit visit;

    g_test_message ("%s", cases[i].script);
    visit_open (&visit, &script_target, script);
    g_assert_true (stn_engine_sync (visit.engine, 115200, &visit.wait, &visit.error));
    g_assert_false (stn_engine_identify (visit.engine, &identity, &visit.wait, &visit.error));
    assert_failure (&visit, cases[i].failure);
    g_assert_cmphex (identity.product_id, ==, 0x1234);
    nothing_more_goes_out (&visit);
    g_array_set_size (visit.script->incoming, 0);
    visit_close_or_fail (&visit);
  }
}

/* ---- a board that answers at random ---- */

typedef struct {
  StnLink link;
  GRand *random;
  guint writes;
} RandomLink;

static gboolean
random_exchange (StnLink *link, StnExchange *exchange, const StnWait *wait, GError **error)
{
  static const guint8 likely[] = { 0x79, 0x79, 0x79, 0x79, 0x79, 0x1f, 0x7f, 0x00, 0xff, 0x76, 0x0b, 0x31 };
  RandomLink *self = (RandomLink *) link;

  if (exchange->operation == STN_OP_WRITE)
    self->writes++;
  if (exchange->operation != STN_OP_READ)
    return TRUE;
  gsize most = g_rand_int_range (self->random, 0, 12) == 0 ? 0 : exchange->in_least;
  for (exchange->in_length = 0; exchange->in_length < most; exchange->in_length++)
    exchange->in[exchange->in_length] = likely[g_rand_int_range (self->random, 0, G_N_ELEMENTS (likely))];
  if (most == exchange->in_least)
    return TRUE;
  if (stn_wait_sleep (wait, stn_wait_left_ns (wait), error))
    stn_error_set (error, STN_FAILURE_NO_ANSWER, "no answer");
  return FALSE;
}

static void
random_free (StnLink *link)
{
  g_rand_free (((RandomLink *) link)->random);
  g_free (link);
}

static void
a_failure_is_followed_by_silence_whatever_the_board_answers (void)
{
  static const StnLinkClass random_class = { .kind = "random", .exchange = random_exchange, .free = random_free };
  guint seen_failures = 0;

  for (guint32 seed = 1; seed <= 3000; seed++) {
    Visit visit;
    RandomLink *board = g_new0 (RandomLink, 1);

    visit_enter_or_fail (&visit, &script_target, ENTER);
    stn_link_init (&board->link, &random_class, STN_LINK_STREAM, "A1.uart");
    board->random = g_rand_new_with_seed (seed);
    visit.engine->link = &board->link;

    const Command *command = &commands[seed % G_N_ELEMENTS (commands)];
    if (!command->run (&visit)) {
      gboolean refused = stn_error_is (visit.error, STN_FAILURE_NACK)
                         || stn_error_is (visit.error, STN_FAILURE_READ_PROTECTED)
                         || stn_error_is (visit.error, STN_FAILURE_NOT_SUPPORTED);
      guint writes = board->writes;

      if (!refused) {
        seen_failures++;
        nothing_more_goes_out (&visit);
        g_assert_cmpuint (board->writes, ==, writes);
      }
    }
    visit.engine->link = &visit.script->link;
    stn_link_free (&board->link);
    visit_close_or_fail (&visit);
  }
  g_assert_cmpuint (seen_failures, >, 500);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(test) g_test_add_func ("/uart/" #test, test)
  ADD (a_command_stops_at_the_first_nack);
  ADD (a_second_nack_is_not_taken_for_the_next_answer);
  ADD (a_nack_with_something_else_behind_it_is_not_trusted);
  ADD (a_command_stops_at_garbage);
  ADD (a_command_stops_at_silence);
  ADD (a_late_ack_is_never_the_next_commands);
  ADD (a_command_can_be_cancelled_at_each_point);
  ADD (a_command_on_a_port_that_goes_is_link_lost);
  ADD (a_protection_command_stops_at_each_point_of_its_two_answers);
  ADD (a_refused_protection_command_is_followed_by_a_reset_only);
  ADD (no_filler_goes_to_a_rom_that_may_be_reading_a_list_to_protect);
  ADD (a_sync_can_be_cancelled);
  ADD (a_wait_that_is_over_sends_nothing);
  ADD (a_simple_ack_has_one_second_and_an_erase_as_long_as_the_caller_waits);
  ADD (a_data_block_has_the_targets_longest_programming_time_too);
  ADD (a_slow_line_has_the_time_that_its_bytes_take);
  ADD (a_short_answer_to_read_says_how_much_came);
  ADD (the_error_reads_from_the_address_to_the_byte);
  ADD (identify_takes_no_nonsense);
  ADD (a_failure_is_followed_by_silence_whatever_the_board_answers);
  return g_test_run ();
}
