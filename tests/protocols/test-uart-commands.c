/* What goes over the wire when all is well, byte by byte as AN3155 has it. */
#include "tests/protocols/script-link.h"

#define ASSERT_DONE(call)                             \
  G_STMT_START                                        \
  {                                                   \
    gboolean done_ = (call);                          \
    g_assert_cmpstr (visit.script->broken, ==, NULL); \
    g_assert_no_error (visit.error);                  \
    g_assert_true (done_);                            \
  }                                                   \
  G_STMT_END

/* ---- sync ---- */

static gboolean
sync_with (const StnTarget *target, const char *script, StnFailure failure, const char *seen)
{
  Visit visit;

  visit_open (&visit, target, script);
  gboolean done = stn_engine_sync (visit.engine, 115200, &visit.wait, &visit.error);
  assert_failure (&visit, failure);
  if (seen != NULL)
    g_assert_cmpstr (stn_error_detail (visit.error)->seen, ==, seen);
  visit_close_or_fail (&visit);
  return done;
}

static void
sync_takes_one_ack (void)
{
  g_assert_true (sync_with (&script_target, SYNC, STN_FAILURE_NONE, NULL));
}

static void
sync_takes_a_nack_for_already_synced (void)
{
  g_assert_true (sync_with (&script_target, "= 115200 8E1\nflush\n> 7f\n< 1f\n", STN_FAILURE_NONE, NULL));
}

static void
sync_asks_twice_when_nothing_comes (void)
{
  g_assert_true (sync_with (&script_target, "= 115200 8E1\nflush\n> 7f\n> 7f\n< 1f\n", STN_FAILURE_NONE, NULL));
  g_assert_true (sync_with (&script_target, "= 115200 8E1\nflush\n> 7f\n> 7f\n< 79\n", STN_FAILURE_NONE, NULL));
}

static void
sync_that_hears_nothing_says_so (void)
{
  g_assert_false (sync_with (&script_target, "= 115200 8E1\nflush\n> 7f\n> 7f\n", STN_FAILURE_NO_SYNC, "nothing"));
}

static void
sync_that_hears_nonsense_shows_it (void)
{
  g_assert_false (
      sync_with (&script_target, "= 115200 8E1\nflush\n> 7f\n< fc 00 80\n", STN_FAILURE_NO_SYNC, "fc 00 80"));
  g_assert_false (sync_with (&script_target, "= 115200 8E1\nflush\n> 7f\n> 7f\n< 7f\n", STN_FAILURE_NO_SYNC, "7f"));
}

static void
sync_throws_away_what_came_before (void)
{
  g_assert_true (sync_with (&script_target, "< 00 41 79\n" SYNC, STN_FAILURE_NONE, NULL));
}

static void
sync_leaves_parity_out_where_the_rom_has_none (void)
{
  StnTarget target = script_target;

  target.quirks = STN_QUIRK_NO_PARITY;
  g_assert_true (sync_with (&target, "= 115200 8N1\nflush\n> 7f\n< 79\n", STN_FAILURE_NONE, NULL));
}

static void
sync_swallows_a_second_ack_where_the_rom_sends_two (void)
{
  StnTarget target = script_target;
  Visit visit;

  target.quirks = STN_QUIRK_DOUBLE_ACK_AT_SYNC;
  visit_enter_or_fail (&visit, &target, "= 115200 8E1\nflush\n> 7f\n< 79\n<8 79\n" GET GET_ID);
  visit_close_or_fail (&visit);
}

static void
sync_on_a_port_that_is_gone_is_link_lost (void)
{
  Visit visit;

  visit_open (&visit, &script_target, "= 115200 8E1\nflush\n> 7f\ngone\n");
  g_assert_false (stn_engine_sync (visit.engine, 115200, &visit.wait, &visit.error));
  assert_failure (&visit, STN_FAILURE_LINK_LOST);
  visit.script->position++;
  visit_close_or_fail (&visit);
}

/* ---- identify ---- */

static void
identify_tells_version_commands_and_product (void)
{
  static const guint8 commands[] = { 0x00, 0x01, 0x02, 0x11, 0x21, 0x31, 0x44, 0x63, 0x73, 0x82, 0x92 };
  StnEngineCapabilities can;
  Visit visit;

  visit_enter_or_fail (&visit, &script_target, ENTER);
  g_assert_cmphex (visit.identity.product_id, ==, 0x460);
  g_assert_cmphex (visit.identity.protocol_version, ==, 0x31);
  g_assert_cmpmem (visit.identity.commands, visit.identity.command_count, commands, sizeof commands);
  stn_engine_capabilities (visit.engine, &can);
  g_assert_cmphex (can.verbs, ==,
                   STN_ENGINE_READ | STN_ENGINE_WRITE | STN_ENGINE_ERASE_PAGES | STN_ENGINE_ERASE_ALL | STN_ENGINE_GO
                       | STN_ENGINE_WRITE_PROTECT | STN_ENGINE_WRITE_UNPROTECT | STN_ENGINE_READ_PROTECT
                       | STN_ENGINE_READ_UNPROTECT);
  g_assert_cmpuint (can.read_block_bytes, ==, 256);
  g_assert_cmpuint (can.write_block_bytes, ==, 256);
  g_assert_cmpuint (can.erase_pages_at_once, ==, 255);
  visit_close_or_fail (&visit);
}

static void
capabilities_come_from_the_list_and_not_from_the_version (void)
{
  StnEngineCapabilities can;
  Visit visit;

  /* protocol 4.0 without an erase, with a checksum */
  visit_enter_or_fail (&visit, &script_target, SYNC "> 00 ff\n< 79 07 40 00 01 02 11 21 31 a1 79\n" GET_ID);
  stn_engine_capabilities (visit.engine, &can);
  g_assert_cmphex (can.verbs, ==, STN_ENGINE_READ | STN_ENGINE_WRITE | STN_ENGINE_GO | STN_ENGINE_CHECKSUM);
  visit_close_or_fail (&visit);
}

static void
capabilities_follow_the_quirks (void)
{
  StnTarget target = script_target;
  StnEngineCapabilities can;
  Visit visit;

  target.quirks = STN_QUIRK_ONE_PAGE_PER_ERASE | STN_QUIRK_NO_MASS_ERASE | STN_QUIRK_WRITE_128;
  visit_enter_or_fail (&visit, &target, ENTER);
  stn_engine_capabilities (visit.engine, &can);
  g_assert_cmpuint (can.erase_pages_at_once, ==, 1);
  g_assert_cmpuint (can.write_block_bytes, ==, 128);
  g_assert_cmpuint (can.verbs & STN_ENGINE_ERASE_ALL, ==, 0);
  g_assert_false (stn_engine_erase_all (visit.engine, &visit.wait, &visit.error));
  assert_failure (&visit, STN_FAILURE_NOT_SUPPORTED);
  visit_close_or_fail (&visit);
}

/* ---- the commands ---- */

static void
read_sends_address_and_length (void)
{
  static const guint8 expected[] = { 0xde, 0xad, 0xbe, 0xef };
  guint8 buffer[4];
  Visit visit;

  visit_enter_or_fail (&visit, &script_target,
                       ENTER "> 11 ee\n< 79\n> 08 00 12 00 1a\n< 79\n> 03 fc\n< 79 de ad be ef\n");
  ASSERT_DONE (stn_engine_read (visit.engine, 0x08001200, buffer, 4, &visit.wait, &visit.error));
  g_assert_cmpmem (buffer, 4, expected, 4);
  visit_close_or_fail (&visit);
}

static void
read_carries_one_to_256_bytes (void)
{
  g_autoptr (GString) script = g_string_new (ENTER "> 11 ee\n< 79\n> 1f ff 75 e0 75\n< 79\n> 00 ff\n< 79 80\n"
                                                   "> 11 ee\n< 79\n> 08 00 00 00 08\n< 79\n> ff 00\n< 79");
  guint8 buffer[256];
  Visit visit;

  for (guint i = 0; i < 256; i++)
    g_string_append_printf (script, " %02x", i);
  visit_enter_or_fail (&visit, &script_target, script->str);
  ASSERT_DONE (stn_engine_read (visit.engine, 0x1fff75e0, buffer, 1, &visit.wait, &visit.error));
  g_assert_cmphex (buffer[0], ==, 0x80);
  ASSERT_DONE (stn_engine_read (visit.engine, 0x08000000, buffer, 256, &visit.wait, &visit.error));
  for (guint i = 0; i < 256; i++)
    g_assert_cmphex (buffer[i], ==, i);
  visit_close_or_fail (&visit);
}

static void
read_near_the_uid_takes_the_whole_block_where_the_rom_wants_that (void)
{
  g_autoptr (GString) script = g_string_new (ENTER "> 11 ee\n< 79\n> 1f ff 75 00 95\n< 79\n> ff 00\n< 79");
  StnTarget target = script_target;
  guint8 buffer[12];
  Visit visit;

  for (guint i = 0; i < 256; i++)
    g_string_append_printf (script, " %02x", i);
  g_string_append (script, "\n> 11 ee\n< 79\n> 08 00 00 00 08\n< 79\n> 00 ff\n< 79 aa\n");
  target.quirks = STN_QUIRK_READ_BLOCKS_ONLY;
  visit_enter_or_fail (&visit, &target, script->str);
  ASSERT_DONE (stn_engine_read (visit.engine, 0x1fff7590, buffer, 12, &visit.wait, &visit.error));
  for (guint i = 0; i < 12; i++)
    g_assert_cmphex (buffer[i], ==, 0x90 + i);
  /* elsewhere what was asked for */
  ASSERT_DONE (stn_engine_read (visit.engine, 0x08000000, buffer, 1, &visit.wait, &visit.error));
  visit_close_or_fail (&visit);
}

static void
write_sends_count_data_and_checksum_in_one_go (void)
{
  static const guint8 bytes[] = { 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18 };
  Visit visit;

  visit_enter_or_fail (&visit, &script_target,
                       ENTER "> 31 ce\n< 79\n> 08 00 12 00 1a\n< 79\n> 07 11 12 13 14 15 16 17 18 0f\n<3 79\n");
  ASSERT_DONE (stn_engine_write (visit.engine, 0x08001200, bytes, 8, &visit.wait, &visit.error));
  visit_close_or_fail (&visit);
}

static void
write_carries_256_bytes (void)
{
  g_autoptr (GString) script = g_string_new (ENTER "> 31 ce\n< 79\n> 08 01 ff 00 f6\n< 79\n> ff");
  guint8 bytes[256];
  Visit visit;

  for (guint i = 0; i < 256; i++) {
    bytes[i] = (guint8) i;
    g_string_append_printf (script, " %02x", i);
  }
  g_string_append (script, " ff\n<1000 79\n"); /* 00 ^ 01 ^ .. ^ ff is 00, so the count is the checksum */
  visit_enter_or_fail (&visit, &script_target, script->str);
  ASSERT_DONE (stn_engine_write (visit.engine, 0x0801ff00, bytes, 256, &visit.wait, &visit.error));
  visit_close_or_fail (&visit);
}

static void
write_outside_the_flash_may_be_a_word (void)
{
  static const guint8 supply[] = { 0x03, 0xff, 0xff, 0xff };
  Visit visit;

  /* F2, F4: the supply range, which makes the ROM program 32 bits at a time */
  visit_enter_or_fail (&visit, &script_target,
                       ENTER "> 31 ce\n< 79\n> ff ff 00 00 00\n< 79\n> 03 03 ff ff ff ff\n< 79\n");
  ASSERT_DONE (stn_engine_write (visit.engine, 0xffff0000, supply, 4, &visit.wait, &visit.error));
  visit_close_or_fail (&visit);
}

static void
erase_sends_two_bytes_a_page_with_44 (void)
{
  static const guint16 pages[] = { 0, 1, 0x105 };
  Visit visit;

  visit_enter_or_fail (&visit, &script_target, ENTER "> 44 bb\n< 79\n> 00 02 00 00 00 01 01 05 07\n<5000 79\n");
  ASSERT_DONE (stn_engine_erase_pages (visit.engine, pages, 3, &visit.wait, &visit.error));
  visit_close_or_fail (&visit);
}

static void
erase_sends_one_byte_a_page_with_43 (void)
{
  static const guint16 pages[] = { 0, 1, 5 };
  static const guint16 far[] = { 256 };
  Visit visit;

  visit_enter_or_fail (&visit, &script_target, ENTER_F1 "> 43 bc\n< 79\n> 02 00 01 05 06\n<100 79\n");
  ASSERT_DONE (stn_engine_erase_pages (visit.engine, pages, 3, &visit.wait, &visit.error));
  g_assert_false (stn_engine_erase_pages (visit.engine, far, 1, &visit.wait, &visit.error));
  assert_failure (&visit, STN_FAILURE_INTERNAL);
  visit_close_or_fail (&visit);
}

static void
erase_takes_up_to_255_pages (void)
{
  g_autoptr (GString) script = g_string_new (ENTER "> 44 bb\n< 79\n> 00 fe");
  guint16 pages[256];
  Visit visit;

  for (guint i = 0; i < 256; i++) {
    pages[i] = (guint16) i;
    if (i < 255)
      g_string_append_printf (script, " 00 %02x", i);
  }
  g_string_append (script, " 01\n<4000 79\n");
  visit_enter_or_fail (&visit, &script_target, script->str);
  ASSERT_DONE (stn_engine_erase_pages (visit.engine, pages, 255, &visit.wait, &visit.error));
  g_assert_false (stn_engine_erase_pages (visit.engine, pages, 256, &visit.wait, &visit.error));
  assert_failure (&visit, STN_FAILURE_INTERNAL);
  g_clear_error (&visit.error);
  g_assert_false (stn_engine_erase_pages (visit.engine, pages, 0, &visit.wait, &visit.error));
  assert_failure (&visit, STN_FAILURE_INTERNAL);
  visit_close_or_fail (&visit);
}

static void
erase_of_one_page_at_a_time_waits_after_each (void)
{
  static const guint16 pages[] = { 7, 8 };
  StnTarget target = script_target;
  Visit visit;

  target.quirks = STN_QUIRK_ONE_PAGE_PER_ERASE;
  visit_enter_or_fail (&visit, &target, ENTER "> 44 bb\n< 79\n> 00 00 00 07 07\n< 79\n");
  g_assert_false (stn_engine_erase_pages (visit.engine, pages, 2, &visit.wait, &visit.error));
  assert_failure (&visit, STN_FAILURE_INTERNAL);
  g_clear_error (&visit.error);

  gint64 before_ns = stn_clock_now_ns (visit.clock);
  ASSERT_DONE (stn_engine_erase_pages (visit.engine, pages, 1, &visit.wait, &visit.error));
  g_assert_cmpint (stn_clock_now_ns (visit.clock) - before_ns, >=, 40 * STN_NS_PER_MS);
  visit_close_or_fail (&visit);
}

static void
mass_erase_is_ffff_with_44_and_ff_00_with_43 (void)
{
  Visit visit;

  visit_enter_or_fail (&visit, &script_target, ENTER "> 44 bb\n< 79\n> ff ff 00\n<30000 79\n");
  ASSERT_DONE (stn_engine_erase_all (visit.engine, &visit.wait, &visit.error));
  visit_close_or_fail (&visit);

  visit_enter_or_fail (&visit, &script_target, ENTER_F1 "> 43 bc\n< 79\n> ff 00\n<30000 79\n");
  ASSERT_DONE (stn_engine_erase_all (visit.engine, &visit.wait, &visit.error));
  visit_close_or_fail (&visit);
}

static void
go_ends_the_visit (void)
{
  guint8 buffer[4];
  Visit visit;

  visit_enter_or_fail (&visit, &script_target, ENTER "> 21 de\n< 79\n> 08 00 00 00 08\n< 79\n");
  ASSERT_DONE (stn_engine_go (visit.engine, 0x08000000, &visit.wait, &visit.error));
  g_assert_false (stn_engine_read (visit.engine, 0x08000000, buffer, 4, &visit.wait, &visit.error));
  assert_failure (&visit, STN_FAILURE_INTERNAL);
  g_clear_error (&visit.error);
  g_assert_false (stn_engine_resync (visit.engine, &visit.wait, &visit.error));
  assert_failure (&visit, STN_FAILURE_INTERNAL);
  visit_close_or_fail (&visit);
}

#define OPTIONS_WRITE "> 31 ce\n< 79\n> 1f ff 78 00 98\n< 79\n> 07 aa e1 ef ff 55 1e 10 00 07\n"
static const guint8 options[] = { 0xaa, 0xe1, 0xef, 0xff, 0x55, 0x1e, 0x10, 0x00 };

static void
option_write_ends_the_visit_with_or_without_its_last_ack (void)
{
  static const char *const scripts[] = { ENTER OPTIONS_WRITE "<300 79\n", ENTER OPTIONS_WRITE };

  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++) {
    Visit visit;

    visit_enter_or_fail (&visit, &script_target, scripts[i]);
    ASSERT_DONE (
        stn_engine_write_options (visit.engine, 0x1fff7800, options, sizeof options, &visit.wait, &visit.error));
    g_assert_false (stn_engine_erase_all (visit.engine, &visit.wait, &visit.error));
    assert_failure (&visit, STN_FAILURE_INTERNAL);
    visit_close_or_fail (&visit);
  }
}

/* ---- protection ---- */

static void
write_protect_sends_its_list_and_ends_the_visit (void)
{
  static const guint8 codes[] = { 0x00, 0x01, 0x05 };
  guint8 buffer[4];
  Visit visit;

  visit_enter_or_fail (&visit, &script_target, ENTER "> 63 9c\n< 79\n> 02 00 01 05 06\n<25 79\n");
  ASSERT_DONE (stn_engine_write_protect (visit.engine, codes, 3, &visit.wait, &visit.error));
  g_assert_false (stn_engine_read (visit.engine, 0x08000000, buffer, 4, &visit.wait, &visit.error));
  assert_failure (&visit, STN_FAILURE_INTERNAL);
  visit_close_or_fail (&visit);
}

static void
write_protect_takes_1_to_256_codes (void)
{
  g_autoptr (GString) script = g_string_new (ENTER "> 63 9c\n< 79\n> ff");
  guint8 codes[257];
  Visit visit;

  for (guint i = 0; i < 257; i++) {
    codes[i] = (guint8) i;
    if (i < 256)
      g_string_append_printf (script, " %02x", i);
  }
  g_string_append (script, " ff\n< 79\n");
  visit_enter_or_fail (&visit, &script_target, script->str);
  g_assert_false (stn_engine_write_protect (visit.engine, codes, 257, &visit.wait, &visit.error));
  assert_failure (&visit, STN_FAILURE_INTERNAL);
  g_clear_error (&visit.error);
  g_assert_false (stn_engine_write_protect (visit.engine, codes, 0, &visit.wait, &visit.error));
  assert_failure (&visit, STN_FAILURE_INTERNAL);
  g_clear_error (&visit.error);
  ASSERT_DONE (stn_engine_write_protect (visit.engine, codes, 256, &visit.wait, &visit.error));
  visit_close_or_fail (&visit);
}

static void
unprotecting_waits_for_an_ack_that_comes_after_the_erase (void)
{
  StnTarget target = script_target;
  Visit visit;

  /* F4, byte by byte */
  target.mass_erase_max_ms = 32000;
  visit_enter_or_fail (&visit, &target, ENTER "> 92 6d\n< 79\n<31900 79\n");
  ASSERT_DONE (stn_engine_read_unprotect (visit.engine, &visit.wait, &visit.error));
  visit_close_or_fail (&visit);
}

/* ---- checksum and Special ---- */

#define ENTER_SPECIAL SYNC "> 00 ff\n< 79 0a 40 00 01 02 11 21 31 44 50 51 a1 79\n" GET_ID
#define CHECKSUM \
  "> a1 5e\n< 79\n> 08 00 12 00 1a\n< 79\n> 00 00 00 04 04\n< 79\n> 04 c1 1d b7 6f\n< 79\n> ff ff ff ff 00\n"

static void
checksum_is_taken_with_one_ack_or_two_in_front (void)
{
  static const char *const ends[] = { "< 79 12 34 56 78 08\n", "< 79\n<3 79 12 34 56 78 08\n" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_autofree char *script = g_strconcat (ENTER_SPECIAL CHECKSUM, ends[i], NULL);
    guint32 sum = 0;
    Visit visit;

    visit_enter_or_fail (&visit, &script_target, script);
    ASSERT_DONE (stn_engine_checksum (visit.engine, 0x08001200, 16, &sum, &visit.wait, &visit.error));
    g_assert_cmphex (sum, ==, 0x12345678);
    visit_close_or_fail (&visit);
  }
}

/* 79 as the first byte of the sum itself: five bytes are the sum, six have an ACK in front. */
static void
checksum_that_begins_like_an_ack_is_no_ack (void)
{
  static const struct {
    const char *end;
    guint32 sum;
  } cases[] = {
    { "< 79 79 12 34 56 09\n", 0x79123456 },
    { "< 79 79 79 12 34 56 09\n", 0x79123456 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *script = g_strconcat (ENTER_SPECIAL CHECKSUM, cases[i].end, NULL);
    guint32 sum = 0;
    Visit visit;

    visit_enter_or_fail (&visit, &script_target, script);
    ASSERT_DONE (stn_engine_checksum (visit.engine, 0x08001200, 16, &sum, &visit.wait, &visit.error));
    g_assert_cmphex (sum, ==, cases[i].sum);
    visit_close_or_fail (&visit);
  }
}

static void
checksum_whose_xor_is_wrong_is_garbage (void)
{
  static const char *const ends[] = { "< 79 12 34 56 78 09\n", "< 79 79 12 34 56 78 09\n", "< 79 41 12 34 56 78 08\n",
                                      "< 79 79 12 34 56 78 08 00\n" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_autofree char *script = g_strconcat (ENTER_SPECIAL CHECKSUM, ends[i], NULL);
    guint32 sum = 4711;
    Visit visit;

    visit_enter_or_fail (&visit, &script_target, script);
    g_assert_false (stn_engine_checksum (visit.engine, 0x08001200, 16, &sum, &visit.wait, &visit.error));
    assert_failure (&visit, STN_FAILURE_GARBAGE);
    g_assert_cmpuint (sum, ==, 4711);
    visit_close_or_fail (&visit);
  }
}

static void
special_carries_data_both_ways (void)
{
  static const guint8 data[] = { 0x00, 0x00, 0x00, 0x17 };
  static const guint8 more[] = { 0xaa, 0xbb };
  static const guint8 answer[] = { 0xde, 0xad };
  StnSpecialRequest request = { .operation = 0x0001, .data = data, .length = sizeof data };
  StnSpecialReply reply;
  Visit visit;

  visit_enter_or_fail (&visit, &script_target,
                       ENTER_SPECIAL "> 50 af\n< 79\n> 00 01 01\n< 79\n> 00 04 00 00 00 17 13\n<20 79\n"
                                     "< 00 02 de ad 00 01 00 79\n"
                                     "> 51 ae\n< 79\n> 00 01 01\n< 79\n> 00 04 00 00 00 17 13\n< 79\n"
                                     "> 00 02 aa bb 13\n< 79\n< 00 01 05 79\n");
  ASSERT_DONE (stn_engine_special (visit.engine, &request, &reply, &visit.wait, &visit.error));
  g_assert_cmpmem (reply.data, reply.length, answer, 2);
  g_assert_cmpuint (reply.status_length, ==, 1);
  g_assert_cmphex (reply.status[0], ==, 0);
  request.is_extended = TRUE;
  request.more = more;
  request.more_length = sizeof more;
  ASSERT_DONE (stn_engine_special (visit.engine, &request, &reply, &visit.wait, &visit.error));
  g_assert_cmpuint (reply.length, ==, 0);
  g_assert_cmphex (reply.status[0], ==, 5);
  visit_close_or_fail (&visit);
}

static void
special_with_an_answer_that_is_too_long_is_garbage (void)
{
  const StnSpecialRequest request = { .operation = 0x0002 };
  StnSpecialReply reply;
  Visit visit;

  visit_enter_or_fail (&visit, &script_target,
                       ENTER_SPECIAL "> 50 af\n< 79\n> 00 02 02\n< 79\n> 00 00 00\n< 79\n< 00 81\n");
  g_assert_false (stn_engine_special (visit.engine, &request, &reply, &visit.wait, &visit.error));
  assert_failure (&visit, STN_FAILURE_GARBAGE);
  visit_close_or_fail (&visit);
}

/* ---- what is refused before a byte is sent ---- */

static void
what_the_wire_cant_carry_is_refused_unsent (void)
{
  static const guint8 bytes[512] = { 0 };
  guint8 buffer[512];
  Visit visit;

  visit_enter_or_fail (&visit, &script_target, ENTER);
#define REFUSED(call)                            \
  g_assert_false (call);                         \
  assert_failure (&visit, STN_FAILURE_INTERNAL); \
  g_clear_error (&visit.error)
  REFUSED (stn_engine_read (visit.engine, 0x08000000, buffer, 0, &visit.wait, &visit.error));
  REFUSED (stn_engine_read (visit.engine, 0x08000000, buffer, 257, &visit.wait, &visit.error));
  REFUSED (stn_engine_read (visit.engine, G_GUINT64_CONSTANT (0x100000000), buffer, 4, &visit.wait, &visit.error));
  REFUSED (stn_engine_read (visit.engine, 0xfffffffe, buffer, 4, &visit.wait, &visit.error));
  REFUSED (stn_engine_read (visit.engine, G_MAXUINT64, buffer, 2, &visit.wait, &visit.error));
  REFUSED (stn_engine_write (visit.engine, 0x08000000, bytes, 0, &visit.wait, &visit.error));
  REFUSED (stn_engine_write (visit.engine, 0x08000000, bytes, 264, &visit.wait, &visit.error));
  REFUSED (stn_engine_write (visit.engine, 0x08000000, bytes, 12, &visit.wait, &visit.error));
  REFUSED (stn_engine_write (visit.engine, 0x08000004, bytes, 8, &visit.wait, &visit.error));
  REFUSED (stn_engine_write (visit.engine, 0x20001000, bytes, 6, &visit.wait, &visit.error));
  REFUSED (stn_engine_write (visit.engine, 0x1fff7800, bytes, 8, &visit.wait, &visit.error));
  REFUSED (stn_engine_write (visit.engine, 0x1fff7700, bytes, 256 + 8, &visit.wait, &visit.error));
  REFUSED (stn_engine_write_options (visit.engine, 0x08000000, bytes, 8, &visit.wait, &visit.error));
  REFUSED (stn_engine_write_options (visit.engine, 0x1fff7800, bytes, 257, &visit.wait, &visit.error));
  REFUSED (stn_engine_go (visit.engine, G_GUINT64_CONSTANT (0x108000000), &visit.wait, &visit.error));
  visit_close_or_fail (&visit);
}

static void
what_the_rom_does_not_list_is_refused_unsent (void)
{
  static const guint16 pages[] = { 1 };
  Visit visit;

  visit_enter_or_fail (&visit, &script_target, SYNC "> 00 ff\n< 79 06 40 00 01 02 11 21 31 79\n" GET_ID);
  g_assert_false (stn_engine_erase_pages (visit.engine, pages, 1, &visit.wait, &visit.error));
  assert_failure (&visit, STN_FAILURE_NOT_SUPPORTED);
  g_clear_error (&visit.error);
  g_assert_false (stn_engine_erase_all (visit.engine, &visit.wait, &visit.error));
  assert_failure (&visit, STN_FAILURE_NOT_SUPPORTED);
  visit_close_or_fail (&visit);
}

static void
nothing_is_sent_before_sync_and_identify (void)
{
  StnRomIdentity identity;
  guint8 buffer[4];
  Visit visit;

  visit_open (&visit, &script_target, SYNC);
  g_assert_false (stn_engine_identify (visit.engine, &identity, &visit.wait, &visit.error));
  assert_failure (&visit, STN_FAILURE_INTERNAL);
  g_clear_error (&visit.error);
  g_assert_false (stn_engine_resync (visit.engine, &visit.wait, &visit.error));
  assert_failure (&visit, STN_FAILURE_INTERNAL);
  g_clear_error (&visit.error);
  ASSERT_DONE (stn_engine_sync (visit.engine, 115200, &visit.wait, &visit.error));
  g_assert_false (stn_engine_read (visit.engine, 0x08000000, buffer, 4, &visit.wait, &visit.error));
  assert_failure (&visit, STN_FAILURE_INTERNAL);
  visit_close_or_fail (&visit);
}

/* ---- the engine as an object ---- */

static void
engines_are_found_by_name (void)
{
  const StnEngineClass *uart = stn_engine_class_by_name ("uart");

  g_assert_nonnull (uart);
  g_assert_cmpint (uart->shape, ==, STN_LINK_STREAM);
  g_assert_null (stn_engine_class_by_name ("smoke signals"));
  g_assert_null (stn_engine_class_by_name (NULL));
  g_assert_null (stn_engine_new (NULL, NULL, NULL));
  stn_engine_free (NULL);
}

static void
an_engine_can_be_freed_without_being_used (void)
{
  Visit visit;

  visit_open (&visit, NULL, "");
  visit_close_or_fail (&visit);
}

static void
a_block_takes_268_characters_of_11_bits (void)
{
  const StnEngineClass *uart = stn_engine_class_by_name ("uart");

  g_assert_cmpuint (uart->write_bit_times (256), ==, 2948);
  g_assert_cmpuint (uart->read_bit_times (256), ==, 2948);
  g_assert_cmpuint (uart->write_bit_times (8), ==, 220);
}

static void
an_engine_without_a_target_identifies_and_reads_but_does_not_write (void)
{
  static const guint8 bytes[8] = { 0 };
  guint8 buffer[1];
  Visit visit;

  visit_enter_or_fail (&visit, NULL, ENTER "> 11 ee\n< 79\n> 08 00 00 00 08\n< 79\n> 00 ff\n< 79 5a\n");
  ASSERT_DONE (stn_engine_read (visit.engine, 0x08000000, buffer, 1, &visit.wait, &visit.error));
  g_assert_false (stn_engine_write (visit.engine, 0x08000000, bytes, 8, &visit.wait, &visit.error));
  assert_failure (&visit, STN_FAILURE_INTERNAL);
  visit_close_or_fail (&visit);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(test) g_test_add_func ("/uart/" #test, test)
  ADD (sync_takes_one_ack);
  ADD (sync_takes_a_nack_for_already_synced);
  ADD (sync_asks_twice_when_nothing_comes);
  ADD (sync_that_hears_nothing_says_so);
  ADD (sync_that_hears_nonsense_shows_it);
  ADD (sync_throws_away_what_came_before);
  ADD (sync_leaves_parity_out_where_the_rom_has_none);
  ADD (sync_swallows_a_second_ack_where_the_rom_sends_two);
  ADD (sync_on_a_port_that_is_gone_is_link_lost);
  ADD (identify_tells_version_commands_and_product);
  ADD (capabilities_come_from_the_list_and_not_from_the_version);
  ADD (capabilities_follow_the_quirks);
  ADD (read_sends_address_and_length);
  ADD (read_carries_one_to_256_bytes);
  ADD (read_near_the_uid_takes_the_whole_block_where_the_rom_wants_that);
  ADD (write_sends_count_data_and_checksum_in_one_go);
  ADD (write_carries_256_bytes);
  ADD (write_outside_the_flash_may_be_a_word);
  ADD (erase_sends_two_bytes_a_page_with_44);
  ADD (erase_sends_one_byte_a_page_with_43);
  ADD (erase_takes_up_to_255_pages);
  ADD (erase_of_one_page_at_a_time_waits_after_each);
  ADD (mass_erase_is_ffff_with_44_and_ff_00_with_43);
  ADD (go_ends_the_visit);
  ADD (option_write_ends_the_visit_with_or_without_its_last_ack);
  ADD (write_protect_sends_its_list_and_ends_the_visit);
  ADD (write_protect_takes_1_to_256_codes);
  ADD (unprotecting_waits_for_an_ack_that_comes_after_the_erase);
  ADD (checksum_is_taken_with_one_ack_or_two_in_front);
  ADD (checksum_that_begins_like_an_ack_is_no_ack);
  ADD (checksum_whose_xor_is_wrong_is_garbage);
  ADD (special_carries_data_both_ways);
  ADD (special_with_an_answer_that_is_too_long_is_garbage);
  ADD (what_the_wire_cant_carry_is_refused_unsent);
  ADD (what_the_rom_does_not_list_is_refused_unsent);
  ADD (nothing_is_sent_before_sync_and_identify);
  ADD (engines_are_found_by_name);
  ADD (an_engine_can_be_freed_without_being_used);
  ADD (a_block_takes_268_characters_of_11_bits);
  ADD (an_engine_without_a_target_identifies_and_reads_but_does_not_write);
  return g_test_run ();
}
