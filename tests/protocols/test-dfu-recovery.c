/* From wherever the device stands at the start of a session, or after a failure, to dfuIDLE. */
#include "tests/protocols/script-control.h"

#define SYNC_TO_STATE DESCRIPTORS ("00 08")

static void
sync_or_fail (const char *recovery)
{
  g_autofree char *script = g_strconcat (SYNC_TO_STATE, recovery, SELECT ("00"), NULL);
  Visit visit;

  visit_open (&visit, &control_target, script);
  ASSERT_DONE (stn_engine_sync (visit.engine, 0, &visit.wait, &visit.error));
  visit_close_or_fail (&visit);
}

static void
sync_fails (const char *recovery, StnFailure failure, const char *seen)
{
  g_autofree char *script = g_strconcat (SYNC_TO_STATE, recovery, NULL);
  Visit visit;

  visit_open (&visit, &control_target, script);
  ASSERT_FAILS (stn_engine_sync (visit.engine, 0, &visit.wait, &visit.error), failure);
  g_assert_cmpstr (stn_error_detail (visit.error)->seen, ==, seen);
  visit_close_or_fail (&visit);
}

static void
idle_is_taken_as_it_is (void)
{
  /* above all no CLRSTATUS, which C5 answers with STALL */
  sync_or_fail (STATE ("02") STATUS ("02"));
}

static void
error_of_the_last_session_is_cleared (void)
{
  sync_or_fail (STATE ("0a") CLRSTATUS STATE ("02") STATUS ("02"));
  /* some need it twice */
  sync_or_fail (STATE ("0a") CLRSTATUS STATE ("0a") CLRSTATUS STATE ("02") STATUS ("02"));
}

static void
open_transfers_are_aborted (void)
{
  sync_or_fail (STATE ("05") "21 06 00 00 00 00 00 00\n" STATE ("02") STATUS ("02"));
  sync_or_fail (STATE ("09") "21 06 00 00 00 00 00 00\n" STATE ("02") STATUS ("02"));
}

static void
pending_download_is_dropped_and_not_started (void)
{
  /* a GETSTATUS here would start it */
  sync_or_fail (STATE ("03") "21 06 00 00 00 00 00 00\n" STATE ("02") STATUS ("02"));
}

static void
busy_device_is_waited_for (void)
{
  sync_or_fail (STATE ("04") "+1\n" STATUS ("04") "+2\n" STATUS ("04") "+4\n" STATUS ("05")
                    STATE ("05") "21 06 00 00 00 00 00 00\n" STATE ("02") STATUS ("02"));
  /* one that does not hear the bus while it works */
  sync_or_fail ("a1 05 00 00 00 00 01 00 silence\n"
                "~300 " STATUS ("05") STATE ("05") "21 06 00 00 00 00 00 00\n" STATE ("02") STATUS ("02"));
}

static void
device_that_stays_busy_is_kicked_after_twice_the_longest_time (void)
{
  /* mass erase 80 ms: 660 ms in steps of 1, 2, 4, ... 128, 250 */
  sync_or_fail (STATE ("04") STATUS ("04") STATUS ("04") STATUS ("04") STATUS ("04") STATUS ("04") STATUS ("04")
                    STATUS ("04") STATUS ("04") STATUS ("04") CLRSTATUS STATUS_AFTER ("0e", "00 00 00", "0a")
                        CLRSTATUS STATUS ("02") STATE ("02") STATUS ("02"));
  sync_fails (STATE ("04") STATUS ("04") STATUS ("04") STATUS ("04") STATUS ("04") STATUS ("04") STATUS ("04")
                  STATUS ("04") STATUS ("04") STATUS ("04") CLRSTATUS STATUS ("04"),
              STN_FAILURE_NO_SYNC, "dfuDNBUSY");
}

static void
applications_and_leaving_devices_are_not_the_rom (void)
{
  sync_fails (STATE ("00"), STN_FAILURE_NO_SYNC, "appIDLE");
  sync_fails (STATE ("01"), STN_FAILURE_NO_SYNC, "appDETACH");
  sync_fails (STATE ("06"), STN_FAILURE_NO_SYNC, "dfuMANIFEST-SYNC");
  sync_fails (STATE ("07"), STN_FAILURE_NO_SYNC, "dfuMANIFEST");
  sync_fails (STATE ("08"), STN_FAILURE_NO_SYNC, "dfuMANIFEST-WAIT-RESET");
}

static void
state_without_a_name_is_garbage (void)
{
  sync_fails (STATE ("0b"), STN_FAILURE_GARBAGE, "state 11");
  sync_fails (STATE ("ff"), STN_FAILURE_GARBAGE, "state 255");
  sync_fails ("a1 05 00 00 00 00 01 00 >\n", STN_FAILURE_GARBAGE, "nothing");
}

static void
stall_is_cleared_and_asked_again (void)
{
  /* no GETSTATE: its state is in the status */
  sync_or_fail ("a1 05 00 00 00 00 01 00 stall\n" STATUS_AFTER ("0f", "00 00 00", "0a") CLRSTATUS STATE ("02")
                    STATUS ("02"));
  sync_or_fail ("a1 05 00 00 00 00 01 00 stall\na1 03 00 00 00 00 06 00 stall\n" CLRSTATUS STATE ("02") STATUS ("02"));
}

#define ALWAYS_STALLS "a1 05 00 00 00 00 01 00 stall\na1 03 00 00 00 00 06 00 stall\n21 04 00 00 00 00 00 00 stall\n"

static void
device_that_stalls_for_ever_is_given_up (void)
{
  sync_fails (ALWAYS_STALLS ALWAYS_STALLS ALWAYS_STALLS ALWAYS_STALLS ALWAYS_STALLS ALWAYS_STALLS, STN_FAILURE_NO_SYNC,
              "dfuERROR");
}

static void
idle_that_the_status_denies_is_garbage (void)
{
  sync_fails (STATE ("02") STATUS ("05"), STN_FAILURE_GARBAGE, "state 5 (dfuDNLOAD-IDLE), status 00 (OK)");
}

static void
other_devices_are_not_the_rom (void)
{
  Visit visit;

  visit_open (&visit, &control_target,
              "80 06 00 01 00 00 12 00 > 12 01 00 02 00 00 00 40 83 04 40 57 00 02 01 02 03 01\n");
  ASSERT_FAILS (stn_engine_sync (visit.engine, 0, &visit.wait, &visit.error), STN_FAILURE_NO_SYNC);
  g_assert_cmpstr (stn_error_detail (visit.error)->seen, ==, "0483:5740");
  visit_close_or_fail (&visit);

  visit_open (&visit, &control_target, "80 06 00 01 00 00 12 00 silence\n");
  ASSERT_FAILS (stn_engine_sync (visit.engine, 0, &visit.wait, &visit.error), STN_FAILURE_NO_SYNC);
  g_assert_cmpstr (stn_error_detail (visit.error)->seen, ==, "nothing");
  visit_close_or_fail (&visit);
}

static void
map_that_makes_no_sense_says_which_setting (void)
{
  Visit visit;

  visit_open (&visit, &control_target,
              DEVICE CONFIGURATION ("00 08") FLASH_NAME "80 06 05 03 09 04 ff 00 > \"@Option Bytes\"\n");
  ASSERT_FAILS (stn_engine_sync (visit.engine, 0, &visit.wait, &visit.error), STN_FAILURE_GARBAGE);
  g_assert_true (g_str_has_prefix (visit.error->message, "alternate setting 1: "));
  visit_close_or_fail (&visit);
}

/* ---- resync ---- */

static void
resync_drops_what_was_pending_and_proves_the_rom (void)
{
  const guint8 data[8] = { 0 };
  guint8 buffer[8];
  Visit visit;

  /* the status that would have started the write was lost: it must not be started now */
  visit_enter_or_fail (&visit, &control_target,
                       ENTER SET_ADDRESS ("00 00 00 08") "21 01 02 00 00 00 08 00 | 00 00 00 00 00 00 00 00\n"
                                                         "a1 03 00 00 00 00 06 00 silence\n" STATE (
                                                             "03") "21 06 00 00 00 00 00 00\n" STATE ("02")
                                                             STATUS ("02") GET SET_ADDRESS ("00 00 00 08") ABORT
                       "a1 02 02 00 00 00 08 00 > ff ff ff ff ff ff ff ff\n");
  ASSERT_FAILS (stn_engine_write (visit.engine, 0x08000000, data, 8, &visit.wait, &visit.error), STN_FAILURE_NO_ANSWER);
  g_clear_error (&visit.error);
  ASSERT_DONE (stn_engine_resync (visit.engine, &visit.wait, &visit.error));
  ASSERT_DONE (stn_engine_read (visit.engine, 0x08000000, buffer, 8, &visit.wait, &visit.error));
  visit_close_or_fail (&visit);
}

static void
resync_that_finds_another_rom_fails (void)
{
  Visit visit;

  visit_enter_or_fail (&visit, &control_target,
                       ENTER STATE ("02") STATUS ("02") "a1 02 00 00 00 00 40 00 > 00 21 41\n" STATUS ("02"));
  ASSERT_FAILS (stn_engine_resync (visit.engine, &visit.wait, &visit.error), STN_FAILURE_GARBAGE);
  visit_close_or_fail (&visit);
}

static void
resync_after_a_cancelled_erase_waits_for_it (void)
{
  Visit visit;

  visit_enter_or_fail (&visit, &control_target,
                       ENTER "21 01 00 00 00 00 01 00 | 41\n" STATUS ("04") "cancel\n" STATE ("04") STATUS ("04")
                           STATUS ("05") STATE ("05") "21 06 00 00 00 00 00 00\n" STATE ("02") STATUS ("02") GET);
  ASSERT_FAILS (stn_engine_erase_all (visit.engine, &visit.wait, &visit.error), STN_FAILURE_CANCELLED);
  g_clear_error (&visit.error);
  StnWait shielded = stn_wait_shielded (visit.clock, 10 * STN_NS_PER_S);
  ASSERT_DONE (stn_engine_resync (visit.engine, &shielded, &visit.error));
  visit_close_or_fail (&visit);
}

static void
resync_of_a_device_that_is_gone_is_link_lost (void)
{
  Visit visit;

  visit_enter_or_fail (&visit, &control_target, ENTER "a1 05 00 00 00 00 01 00 gone\n");
  ASSERT_FAILS (stn_engine_resync (visit.engine, &visit.wait, &visit.error), STN_FAILURE_LINK_LOST);
  visit_close_or_fail (&visit);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(name) g_test_add_func ("/dfu/" #name, name)
  TEST (idle_is_taken_as_it_is);
  TEST (error_of_the_last_session_is_cleared);
  TEST (open_transfers_are_aborted);
  TEST (pending_download_is_dropped_and_not_started);
  TEST (busy_device_is_waited_for);
  TEST (device_that_stays_busy_is_kicked_after_twice_the_longest_time);
  TEST (applications_and_leaving_devices_are_not_the_rom);
  TEST (state_without_a_name_is_garbage);
  TEST (stall_is_cleared_and_asked_again);
  TEST (device_that_stalls_for_ever_is_given_up);
  TEST (idle_that_the_status_denies_is_garbage);
  TEST (other_devices_are_not_the_rom);
  TEST (map_that_makes_no_sense_says_which_setting);
  TEST (resync_drops_what_was_pending_and_proves_the_rom);
  TEST (resync_that_finds_another_rom_fails);
  TEST (resync_after_a_cancelled_erase_waits_for_it);
  TEST (resync_of_a_device_that_is_gone_is_link_lost);
  return g_test_run ();
}
