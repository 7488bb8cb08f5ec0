/* What goes over endpoint 0 when all is well, setup packet by setup packet as AN3156 has it. */
#include "tests/protocols/script-control.h"

static const guint8 data[64] = { 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19 };

/* 64 bytes as `data` has them, and 64 zeros */
#define DATA_64                                                                                      \
  "11 12 13 14 15 16 17 18 19 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 " \
  "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"
#define DNLOAD_64(block) "21 01 " block " 00 00 40 00 | " DATA_64 "\n"
#define UPLOAD_64(block) "a1 02 " block " 00 00 40 00 > " DATA_64 "\n"

/* ---- sync and identify ---- */

static void
identify_tells_version_commands_and_serial_but_no_product (void)
{
  static const guint8 commands[] = { 0x00, 0x21, 0x41, 0x92 };
  StnEngineCapabilities can;
  Visit visit;

  visit_enter_or_fail (&visit, &control_target, ENTER);
  g_assert_false (visit.identity.product_id_known);
  g_assert_cmphex (visit.identity.product_id, ==, 0);
  g_assert_cmphex (visit.identity.protocol_version, ==, 0x22);
  g_assert_cmpmem (visit.identity.commands, visit.identity.command_count, commands, sizeof commands);
  g_assert_cmpstr (visit.identity.serial, ==, "305531583030");
  stn_engine_capabilities (visit.engine, &can);
  g_assert_cmphex (can.verbs, ==,
                   STN_ENGINE_READ | STN_ENGINE_WRITE | STN_ENGINE_ERASE_PAGES | STN_ENGINE_ERASE_ALL | STN_ENGINE_GO
                       | STN_ENGINE_READ_UNPROTECT);
  g_assert_cmpuint (can.read_block_bytes, ==, 2048);
  g_assert_cmpuint (can.write_block_bytes, ==, 2048);
  g_assert_cmpuint (can.erase_pages_at_once, ==, 1);
  visit_close_or_fail (&visit);
}

static void
get_that_leaves_the_upload_open_is_taken (void)
{
  Visit visit;

  /* dfuUPLOAD-IDLE after the list: the next command aborts it first */
  visit_enter_or_fail (&visit, &control_target,
                       SYNC_BY ("00 08") "a1 02 00 00 00 00 40 00 > 00 21 41\n" STATUS ("09") ABORT
                       "21 01 00 00 00 00 05 00 | 41 00 08 00 08\n" DONE);
  ASSERT_DONE (stn_engine_erase_pages (visit.engine, (const guint16[]){ 1 }, 1, &visit.wait, &visit.error));
  visit_close_or_fail (&visit);
}

static void
block_size_is_what_the_device_announces (void)
{
  static const struct {
    const char *announced;
    guint block_bytes;
  } rows[] = { { "00 08", 2048 }, { "00 04", 1024 }, { "40 00", 64 },
               { "00 10", 2048 }, { "ff ff", 2048 }, { "e8 03", 960 } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *script = g_strdup_printf (
        DEVICE CONFIGURATION_HEAD
        "80 06 00 02 00 00 24 00 > 09 02 24 00 01 01 00 c0 32 09 04 00 00 00 fe 01 02 04"
        " 09 04 00 01 00 fe 01 02 05 09 21 0b ff 00 %s 1a 01\n" FLASH_NAME OPTIONS_NAME SERIAL STATE ("02")
            STATUS ("02") SELECT ("00"),
        rows[i].announced);
    StnEngineCapabilities can;
    Visit visit;

    visit_open (&visit, &control_target, script);
    ASSERT_DONE (stn_engine_sync (visit.engine, 0, &visit.wait, &visit.error));
    stn_engine_capabilities (visit.engine, &can);
    g_assert_cmpuint (can.write_block_bytes, ==, rows[i].block_bytes);
    visit_close_or_fail (&visit);
  }
}

/* one setting, no functional descriptor in the configuration */
#define BARE                                                      \
  DEVICE "80 06 00 02 00 00 09 00 > 09 02 12 00 01 01 00 c0 32\n" \
         "80 06 00 02 00 00 12 00 > 09 02 12 00 01 01 00 c0 32 09 04 00 00 00 fe 01 02 04\n"

static void
functional_descriptor_is_asked_for_where_it_is_missing (void)
{
  StnEngineCapabilities can;
  Visit visit;

  /* with one setting there is nothing to select */
  visit_open (&visit, &control_target,
              BARE "81 06 00 21 00 00 09 00 > 09 21 0b ff 00 00 08 1a 01\n" FLASH_NAME SERIAL STATE ("02")
                  STATUS ("02"));
  ASSERT_DONE (stn_engine_sync (visit.engine, 0, &visit.wait, &visit.error));
  stn_engine_capabilities (visit.engine, &can);
  g_assert_cmpuint (can.write_block_bytes, ==, 2048);
  visit_close_or_fail (&visit);

  visit_open (&visit, &control_target,
              BARE "81 06 00 21 00 00 09 00 stall\n" FLASH_NAME SERIAL STATE ("02") STATUS ("02"));
  ASSERT_DONE (stn_engine_sync (visit.engine, 0, &visit.wait, &visit.error));
  stn_engine_capabilities (visit.engine, &can);
  g_assert_cmpuint (can.write_block_bytes, ==, 1024);
  visit_close_or_fail (&visit);
}

static void
serial_that_can_not_be_read_is_none (void)
{
  Visit visit;

  visit_enter_or_fail (&visit, &control_target,
                       DEVICE CONFIGURATION ("00 08") FLASH_NAME OPTIONS_NAME
                       "80 06 03 03 09 04 ff 00 stall\n" STATE ("02") STATUS ("02") SELECT ("00") GET);
  g_assert_cmpstr (visit.identity.serial, ==, "");
  visit_close_or_fail (&visit);
}

/* ---- blocks ---- */

static void
address_is_set_once_for_a_stretch_of_writes (void)
{
  Visit visit;

  visit_enter_or_fail (&visit, &control_target,
                       ENTER_64 SET_ADDRESS ("00 40 00 08") DNLOAD_64 ("02 00") DONE DNLOAD_64 ("03 00")
                           DONE DNLOAD_64 ("04 00") DONE);
  for (guint i = 0; i < 3; i++)
    ASSERT_DONE (stn_engine_write (visit.engine, 0x08004000 + 64 * i, data, 64, &visit.wait, &visit.error));
  visit_close_or_fail (&visit);
}

static void
short_tail_has_its_address_set_and_is_block_2 (void)
{
  Visit visit;

  visit_enter_or_fail (
      &visit, &control_target,
      ENTER_64 SET_ADDRESS ("00 40 00 08") DNLOAD_64 ("02 00") DONE SET_ADDRESS (
          "40 40 00 08") "21 01 02 00 00 00 08 00 | 11 12 13 14 15 16 17 18\n" DONE SET_ADDRESS ("48 40 00 08")
          DNLOAD_64 ("02 00") DONE);
  ASSERT_DONE (stn_engine_write (visit.engine, 0x08004000, data, 64, &visit.wait, &visit.error));
  ASSERT_DONE (stn_engine_write (visit.engine, 0x08004040, data, 8, &visit.wait, &visit.error));
  ASSERT_DONE (stn_engine_write (visit.engine, 0x08004048, data, 64, &visit.wait, &visit.error));
  visit_close_or_fail (&visit);
}

static void
gap_sets_the_address_again (void)
{
  Visit visit;

  visit_enter_or_fail (&visit, &control_target,
                       ENTER_64 SET_ADDRESS ("00 40 00 08") DNLOAD_64 ("02 00") DONE SET_ADDRESS ("80 40 00 08")
                           DNLOAD_64 ("02 00") DONE);
  ASSERT_DONE (stn_engine_write (visit.engine, 0x08004000, data, 64, &visit.wait, &visit.error));
  ASSERT_DONE (stn_engine_write (visit.engine, 0x08004080, data, 64, &visit.wait, &visit.error));
  visit_close_or_fail (&visit);
}

static void
reads_count_blocks_and_abort_before_and_after (void)
{
  guint8 buffer[64];
  Visit visit;

  visit_enter_or_fail (&visit, &control_target,
                       ENTER_64 SET_ADDRESS ("00 00 00 08") ABORT UPLOAD_64 ("02 00") UPLOAD_64 ("03 00")
                           UPLOAD_64 ("04 00") ABORT SET_ADDRESS ("c0 00 00 08") ABORT
                       "a1 02 02 00 00 00 08 00 > 01 02 03 04 05 06 07 08\n" ABORT SET_ADDRESS ("c8 00 00 08")
                           DNLOAD_64 ("02 00") DONE);
  for (guint i = 0; i < 3; i++) {
    memset (buffer, 0xee, sizeof buffer);
    ASSERT_DONE (stn_engine_read (visit.engine, 0x08000000 + 64 * i, buffer, 64, &visit.wait, &visit.error));
    g_assert_cmpmem (buffer, 64, data, 64);
  }
  ASSERT_DONE (stn_engine_read (visit.engine, 0x080000c0, buffer, 8, &visit.wait, &visit.error));
  g_assert_cmpmem (buffer, 8, ((guint8[]){ 1, 2, 3, 4, 5, 6, 7, 8 }), 8);
  /* a write does not continue a read's stretch */
  ASSERT_DONE (stn_engine_write (visit.engine, 0x080000c8, data, 64, &visit.wait, &visit.error));
  visit_close_or_fail (&visit);
}

static void
write_then_read_of_the_next_block_sets_the_address (void)
{
  guint8 buffer[64];
  Visit visit;

  visit_enter_or_fail (&visit, &control_target,
                       ENTER_64 SET_ADDRESS ("00 00 00 08") DNLOAD_64 ("02 00") DONE SET_ADDRESS ("40 00 00 08")
                           ABORT UPLOAD_64 ("02 00"));
  ASSERT_DONE (stn_engine_write (visit.engine, 0x08000000, data, 64, &visit.wait, &visit.error));
  ASSERT_DONE (stn_engine_read (visit.engine, 0x08000040, buffer, 64, &visit.wait, &visit.error));
  visit_close_or_fail (&visit);
}

static void
odd_read_takes_the_whole_half_word (void)
{
  guint8 buffer[3];
  Visit visit;

  /* the ROM's id: the last byte but one of system memory */
  visit_enter_or_fail (&visit, &control_target,
                       ENTER SET_ADDRESS ("fe 9f ff 1f") ABORT
                       "a1 02 02 00 00 00 02 00 > d0 ff\n" ABORT SET_ADDRESS ("fe 9f ff 1f") ABORT
                       "a1 02 02 00 00 00 02 00 > d0 a5\n");
  ASSERT_DONE (stn_engine_read (visit.engine, 0x1fff9ffe, buffer, 1, &visit.wait, &visit.error));
  g_assert_cmphex (buffer[0], ==, 0xd0);
  ASSERT_DONE (stn_engine_read (visit.engine, 0x1fff9fff, buffer, 1, &visit.wait, &visit.error));
  g_assert_cmphex (buffer[0], ==, 0xa5);
  visit_close_or_fail (&visit);
}

static void
two_kilobytes_take_three_transfers (void)
{
  static guint8 block[2048];
  const guint blocks = 8;
  g_autoptr (GString) zeros = g_string_new (NULL);
  g_autoptr (GString) script = g_string_new (ENTER SET_ADDRESS ("00 00 00 08"));
  Visit visit;

  for (guint i = 0; i < sizeof block; i++)
    g_string_append (zeros, " 00");
  for (guint i = 0; i < blocks; i++)
    g_string_append_printf (script, "21 01 %02x 00 00 00 00 08 |%s\n" DONE, i + 2, zeros->str);
  g_string_append (script, SET_ADDRESS ("00 00 00 08") ABORT);
  for (guint i = 0; i < blocks; i++)
    g_string_append_printf (script, "a1 02 %02x 00 00 00 00 08 >%s\n", i + 2, zeros->str);

  visit_enter_or_fail (&visit, &control_target, script->str);
  guint before = visit.script->requests;
  for (guint i = 0; i < blocks; i++)
    ASSERT_DONE (stn_engine_write (visit.engine, 0x08000000 + 2048 * i, block, 2048, &visit.wait, &visit.error));
  /* DNLOAD and two GETSTATUS, once three for the address */
  g_assert_cmpuint (visit.script->requests - before, ==, 3 * blocks + 3);
  before = visit.script->requests;
  for (guint i = 0; i < blocks; i++)
    ASSERT_DONE (stn_engine_read (visit.engine, 0x08000000 + 2048 * i, block, 2048, &visit.wait, &visit.error));
  /* UPLOAD alone, once three for the address and two for coming to dfuIDLE */
  g_assert_cmpuint (visit.script->requests - before, ==, blocks + 5);
  visit_close_or_fail (&visit);
}

static void
predicted_block_is_its_transfers_and_its_frames (void)
{
  /* DNLOAD of two whole frames and more, two GETSTATUS; UPLOAD alone */
  g_assert_cmpint (stn_dfu_engine_class.block_typical_ns (2048, TRUE), ==, 5 * STN_NS_PER_MS);
  g_assert_cmpint (stn_dfu_engine_class.block_typical_ns (2048, FALSE), ==, 3 * STN_NS_PER_MS);
  g_assert_cmpint (stn_dfu_engine_class.block_typical_ns (64, TRUE), ==, 3 * STN_NS_PER_MS);
  g_assert_null (stn_dfu_engine_class.write_bit_times);
}

static void
no_block_is_counted_that_is_not_of_the_announced_size (void)
{
  Visit visit;

  /* 8 bytes each: a device that counts in units of wTransferSize would put the second one 64 bytes on */
  visit_enter_or_fail (
      &visit, &control_target,
      ENTER_64 SET_ADDRESS ("00 00 00 08") "21 01 02 00 00 00 08 00 | 11 12 13 14 15 16 17 18\n" DONE SET_ADDRESS (
          "08 00 00 08") "21 01 02 00 00 00 08 00 | 11 12 13 14 15 16 17 18\n" DONE);
  ASSERT_DONE (stn_engine_write (visit.engine, 0x08000000, data, 8, &visit.wait, &visit.error));
  ASSERT_DONE (stn_engine_write (visit.engine, 0x08000008, data, 8, &visit.wait, &visit.error));
  visit_close_or_fail (&visit);
}

static void
long_write_to_ram_keeps_to_multiples_of_eight (void)
{
  static guint8 block[260];
  g_autoptr (GString) script = g_string_new (ENTER SET_ADDRESS ("00 40 00 20") "21 01 02 00 00 00 00 01 |");
  Visit visit;

  for (guint i = 0; i < 256; i++)
    g_string_append (script, " 00");
  g_string_append (script, "\n" DONE SET_ADDRESS ("00 41 00 20") "21 01 02 00 00 00 04 00 | 00 00 00 00\n" DONE);
  visit_enter_or_fail (&visit, &control_target, script->str);
  ASSERT_DONE (stn_engine_write (visit.engine, 0x20004000, block, sizeof block, &visit.wait, &visit.error));
  visit_close_or_fail (&visit);
}

/* ---- erase, options, leave ---- */

static void
page_erase_names_the_page_by_its_address (void)
{
  Visit visit;

  visit_enter_or_fail (&visit, &control_target,
                       ENTER "21 01 00 00 00 00 05 00 | 41 00 f8 01 08\n" DONE
                             "21 01 00 00 00 00 05 00 | 41 00 00 00 08\n" DONE);
  ASSERT_DONE (stn_engine_erase_pages (visit.engine, (const guint16[]){ 63 }, 1, &visit.wait, &visit.error));
  ASSERT_DONE (stn_engine_erase_pages (visit.engine, (const guint16[]){ 0 }, 1, &visit.wait, &visit.error));
  visit_close_or_fail (&visit);
}

static void
erase_ends_a_stretch (void)
{
  Visit visit;

  visit_enter_or_fail (&visit, &control_target,
                       ENTER_64 SET_ADDRESS ("00 40 00 08") DNLOAD_64 ("02 00") DONE
                       "21 01 00 00 00 00 05 00 | 41 00 00 00 08\n" DONE SET_ADDRESS ("40 40 00 08") DNLOAD_64 ("02 00")
                           DONE);
  ASSERT_DONE (stn_engine_write (visit.engine, 0x08004000, data, 64, &visit.wait, &visit.error));
  ASSERT_DONE (stn_engine_erase_pages (visit.engine, (const guint16[]){ 0 }, 1, &visit.wait, &visit.error));
  ASSERT_DONE (stn_engine_write (visit.engine, 0x08004040, data, 64, &visit.wait, &visit.error));
  visit_close_or_fail (&visit);
}

static void
mass_erase_is_one_byte (void)
{
  StnTarget target = control_target;
  Visit visit;

  visit_enter_or_fail (&visit, &target, ENTER "21 01 00 00 00 00 01 00 | 41\n" DONE);
  ASSERT_DONE (stn_engine_erase_all (visit.engine, &visit.wait, &visit.error));
  visit_close_or_fail (&visit);

  target.quirks = STN_QUIRK_NO_MASS_ERASE;
  visit_enter_or_fail (&visit, &target, ENTER);
  ASSERT_FAILS (stn_engine_erase_all (visit.engine, &visit.wait, &visit.error), STN_FAILURE_NOT_SUPPORTED);
  visit_close_or_fail (&visit);
}

#define OPTION_WRITE \
  SELECT ("01") SET_ADDRESS ("00 78 ff 1f") "21 01 02 00 00 00 08 00 | 11 12 13 14 15 16 17 18\n" STATUS ("04")

static void
options_are_done_when_the_device_is_gone_stalls_or_answers (void)
{
  static const char *const ends[] = {
    "a1 03 00 00 00 00 06 00 gone\n",
    "a1 03 00 00 00 00 06 00 stall\n",
    "a1 03 00 00 00 00 06 00 silence\n",
    STATUS ("04") "a1 03 00 00 00 00 06 00 gone\n",
    STATUS ("05"),
    STATUS ("02"),
  };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_autofree char *script = g_strconcat (ENTER OPTION_WRITE, ends[i], NULL);
    Visit visit;

    visit_enter_or_fail (&visit, &control_target, script);
    ASSERT_DONE (stn_engine_write_options (visit.engine, 0x1fff7800, data, 8, &visit.wait, &visit.error));
    /* the visit is over: not a request more */
    ASSERT_FAILS (stn_engine_erase_all (visit.engine, &visit.wait, &visit.error), STN_FAILURE_INTERNAL);
    g_clear_error (&visit.error);
    ASSERT_FAILS (stn_engine_resync (visit.engine, &visit.wait, &visit.error), STN_FAILURE_INTERNAL);
    visit_close_or_fail (&visit);
  }
}

static void
unprotecting_is_done_when_the_device_is_gone_stalls_or_answers (void)
{
  static const char *const ends[] = {
    STATUS ("04") "a1 03 00 00 00 00 06 00 gone\n", STATUS ("04") "a1 03 00 00 00 00 06 00 stall\n",
    STATUS ("04") "a1 03 00 00 00 00 06 00 silence\n", STATUS ("04") STATUS ("05"), /* it was not protected */
  };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_autofree char *script = g_strconcat (ENTER "21 01 00 00 00 00 01 00 | 92\n", ends[i], NULL);
    Visit visit;

    visit_enter_or_fail (&visit, &control_target, script);
    ASSERT_DONE (stn_engine_read_unprotect (visit.engine, &visit.wait, &visit.error));
    ASSERT_FAILS (stn_engine_erase_all (visit.engine, &visit.wait, &visit.error), STN_FAILURE_INTERNAL);
    visit_close_or_fail (&visit);
  }
}

static void
special_sends_its_operation_and_its_data_from_the_least_byte_on (void)
{
  static const guint8 unlock[] = { 0x00, 0x00, 0x01, 0x02 };
  StnSpecialRequest request = { .operation = 0x0082, .data = unlock, .length = sizeof unlock };
  StnTarget target = control_target;
  StnSpecialReply reply;
  Visit visit;

  target.family = "U5";
  visit_enter_or_fail (&visit, &target, ENTER "21 01 00 00 00 00 05 00 | 82 02 01 00 00\n" DONE);
  ASSERT_DONE (stn_engine_special (visit.engine, &request, &reply, &visit.wait, &visit.error));
  g_assert_cmpuint (reply.length, ==, 0);
  request.operation = 0x0182;
  ASSERT_FAILS (stn_engine_special (visit.engine, &request, &reply, &visit.wait, &visit.error), STN_FAILURE_INTERNAL);
  visit_close_or_fail (&visit);

  visit_enter_or_fail (&visit, &control_target, ENTER);
  request.operation = 0x0082;
  ASSERT_FAILS (stn_engine_special (visit.engine, &request, &reply, &visit.wait, &visit.error),
                STN_FAILURE_NOT_SUPPORTED);
  visit_close_or_fail (&visit);
}

static void
what_the_protocol_has_not_is_not_supported (void)
{
  static const guint8 codes[] = { 0 };
  guint32 sum;
  Visit visit;

  visit_enter_or_fail (&visit, &control_target, ENTER);
  ASSERT_FAILS (stn_engine_write_protect (visit.engine, codes, 1, &visit.wait, &visit.error),
                STN_FAILURE_NOT_SUPPORTED);
  g_clear_error (&visit.error);
  ASSERT_FAILS (stn_engine_write_unprotect (visit.engine, &visit.wait, &visit.error), STN_FAILURE_NOT_SUPPORTED);
  g_clear_error (&visit.error);
  ASSERT_FAILS (stn_engine_read_protect (visit.engine, &visit.wait, &visit.error), STN_FAILURE_NOT_SUPPORTED);
  g_clear_error (&visit.error);
  ASSERT_FAILS (stn_engine_checksum (visit.engine, 0x08000000, 4, &sum, &visit.wait, &visit.error),
                STN_FAILURE_NOT_SUPPORTED);
  visit_close_or_fail (&visit);
}

#define LEAVE SET_ADDRESS ("00 00 00 08") "21 01 02 00 00 00 00 00\n"

static void
leaving_is_done_with_and_without_a_last_answer (void)
{
  static const char *const ends[] = {
    STATUS ("07"),
    STATUS ("06"),
    STATUS ("08"),
    "a1 03 00 00 00 00 06 00 gone\n",
    "a1 03 00 00 00 00 06 00 stall\n",
    "a1 03 00 00 00 00 06 00 silence\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_autofree char *script = g_strconcat (ENTER LEAVE, ends[i], NULL);
    Visit visit;

    visit_enter_or_fail (&visit, &control_target, script);
    ASSERT_DONE (stn_engine_go (visit.engine, 0x08000000, &visit.wait, &visit.error));
    ASSERT_FAILS (stn_engine_go (visit.engine, 0x08000000, &visit.wait, &visit.error), STN_FAILURE_INTERNAL);
    visit_close_or_fail (&visit);
  }
}

/* ---- settings ---- */

static void
setting_follows_the_address_and_ends_a_stretch (void)
{
  guint8 buffer[64];
  Visit visit;

  visit_enter_or_fail (&visit, &control_target,
                       ENTER_64 SET_ADDRESS ("00 00 00 08") ABORT UPLOAD_64 ("02 00") ABORT SELECT ("01")
                           SET_ADDRESS ("00 78 ff 1f") ABORT UPLOAD_64 ("02 00") UPLOAD_64 ("03 00") ABORT SELECT ("00")
                               SET_ADDRESS ("40 00 00 08") ABORT UPLOAD_64 ("02 00"));
  ASSERT_DONE (stn_engine_read (visit.engine, 0x08000000, buffer, 64, &visit.wait, &visit.error));
  ASSERT_DONE (stn_engine_read (visit.engine, 0x1fff7800, buffer, 64, &visit.wait, &visit.error));
  ASSERT_DONE (stn_engine_read (visit.engine, 0x1fff7840, buffer, 64, &visit.wait, &visit.error));
  ASSERT_DONE (stn_engine_read (visit.engine, 0x08000040, buffer, 64, &visit.wait, &visit.error));
  visit_close_or_fail (&visit);
}

/* ---- waiting: arithmetic on the virtual clock ---- */

static void
announced_wait_is_kept_when_it_is_not_longer_than_the_typical_time (void)
{
  Visit visit;

  /* 10 ms announced, 32 ms typical */
  visit_enter_or_fail (
      &visit, &control_target,
      ENTER "21 01 00 00 00 00 05 00 | 41 00 00 00 08\n" STATUS_AFTER ("00", "0a 00 00", "04") "+10\n" STATUS ("05"));
  ASSERT_DONE (stn_engine_erase_pages (visit.engine, (const guint16[]){ 0 }, 1, &visit.wait, &visit.error));
  visit_close_or_fail (&visit);
}

static void
longer_announced_wait_is_not_slept (void)
{
  Visit visit;

  /* 100 ms announced, 32 ms typical: asked after three quarters, then every sixteenth; the typical time is hit */
  visit_enter_or_fail (
      &visit, &control_target,
      ENTER "21 01 00 00 00 00 05 00 | 41 00 00 00 08\n" STATUS_AFTER ("00", "64 00 00", "04") "+24\n" STATUS (
          "04") "+2\n" STATUS ("04") "+2\n" STATUS ("04") "+2\n" STATUS ("04") "+2\n" STATUS ("05"));
  ASSERT_DONE (stn_engine_erase_pages (visit.engine, (const guint16[]){ 0 }, 1, &visit.wait, &visit.error));
  visit_close_or_fail (&visit);
}

static void
short_announced_wait_is_not_believed_to_be_the_end (void)
{
  StnTarget target = control_target;
  g_autoptr (GString) script = g_string_new (ENTER "21 01 00 00 00 00 01 00 | 41\n");
  Visit visit;

  /* F405: 100 ms for a mass erase, whatever it takes; here 16 s typical, and 30 s in truth */
  target.mass_erase_typical_ms = 16000;
  target.mass_erase_max_ms = 32000;
  g_string_append (script, STATUS_AFTER ("00", "64 00 00", "04") "+100\n");
  for (guint i = 0; i < 100; i++)
    g_string_append (script, STATUS_AFTER ("00", "64 00 00", "04") "+250\n");
  g_string_append (script, STATUS ("05"));
  visit_enter_or_fail (&visit, &target, script->str);
  ASSERT_DONE (stn_engine_erase_all (visit.engine, &visit.wait, &visit.error));
  visit_close_or_fail (&visit);
}

static void
status_that_lasts_as_long_as_the_erase_is_waited_for (void)
{
  StnTarget target = control_target;
  Visit visit;

  target.mass_erase_typical_ms = 16000;
  target.mass_erase_max_ms = 32000;
  visit_enter_or_fail (&visit, &target,
                       ENTER
                       "21 01 00 00 00 00 01 00 | 41\n" STATUS_AFTER ("00", "64 00 00", "04") "~29000 " STATUS ("05"));
  ASSERT_DONE (stn_engine_erase_all (visit.engine, &visit.wait, &visit.error));
  visit_close_or_fail (&visit);
}

static void
no_announced_wait_is_followed_by_asking (void)
{
  Visit visit;

  visit_enter_or_fail (&visit, &control_target,
                       ENTER_64 SET_ADDRESS ("00 00 00 08") DNLOAD_64 ("02 00")
                           STATUS ("04") "+0\n" STATUS ("04") "+1\n" STATUS ("04") "+1\n" STATUS ("05"));
  ASSERT_DONE (stn_engine_write (visit.engine, 0x08000000, data, 64, &visit.wait, &visit.error));
  visit_close_or_fail (&visit);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(name) g_test_add_func ("/dfu/" #name, name)
  TEST (identify_tells_version_commands_and_serial_but_no_product);
  TEST (get_that_leaves_the_upload_open_is_taken);
  TEST (block_size_is_what_the_device_announces);
  TEST (functional_descriptor_is_asked_for_where_it_is_missing);
  TEST (serial_that_can_not_be_read_is_none);
  TEST (address_is_set_once_for_a_stretch_of_writes);
  TEST (short_tail_has_its_address_set_and_is_block_2);
  TEST (gap_sets_the_address_again);
  TEST (reads_count_blocks_and_abort_before_and_after);
  TEST (write_then_read_of_the_next_block_sets_the_address);
  TEST (odd_read_takes_the_whole_half_word);
  TEST (two_kilobytes_take_three_transfers);
  TEST (predicted_block_is_its_transfers_and_its_frames);
  TEST (no_block_is_counted_that_is_not_of_the_announced_size);
  TEST (long_write_to_ram_keeps_to_multiples_of_eight);
  TEST (page_erase_names_the_page_by_its_address);
  TEST (erase_ends_a_stretch);
  TEST (mass_erase_is_one_byte);
  TEST (options_are_done_when_the_device_is_gone_stalls_or_answers);
  TEST (unprotecting_is_done_when_the_device_is_gone_stalls_or_answers);
  TEST (special_sends_its_operation_and_its_data_from_the_least_byte_on);
  TEST (what_the_protocol_has_not_is_not_supported);
  TEST (leaving_is_done_with_and_without_a_last_answer);
  TEST (setting_follows_the_address_and_ends_a_stretch);
  TEST (announced_wait_is_kept_when_it_is_not_longer_than_the_typical_time);
  TEST (longer_announced_wait_is_not_slept);
  TEST (short_announced_wait_is_not_believed_to_be_the_end);
  TEST (status_that_lasts_as_long_as_the_erase_is_waited_for);
  TEST (no_announced_wait_is_followed_by_asking);
  return g_test_run ();
}
