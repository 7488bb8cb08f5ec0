/* What takes the place of a product id: the memory map against the target, the serial against the UID. */
#include "tests/protocols/script-control.h"

#include "protocols/dfu/dfu-identity.h"

#define ONE_SETTING(map)                                                                   \
  DEVICE "80 06 00 02 00 00 09 00 > 09 02 1b 00 01 01 00 c0 32\n"                          \
         "80 06 00 02 00 00 1b 00 > 09 02 1b 00 01 01 00 c0 32 09 04 00 00 00 fe 01 02 04" \
         " 09 21 0b ff 00 00 08 1a 01\n80 06 04 03 09 04 ff 00 > \"" map "\"\n" SERIAL STATE ("02") STATUS ("02")

static StnFailure
check (const StnTarget *target, const char *script, guint64 address, const char *seen)
{
  Visit visit;

  visit_open (&visit, target, script);
  ASSERT_DONE (stn_engine_sync (visit.engine, 0, &visit.wait, &visit.error));
  guint requests = visit.script->requests;
  gboolean done = stn_engine_check_target (visit.engine, &visit.error);
  StnFailure failure = stn_error_failure (visit.error);

  g_assert_true (done == (visit.error == NULL));
  g_assert_cmpuint (visit.script->requests, ==, requests);
  if (!done) {
    g_test_message ("%s", visit.error->message);
    g_assert_cmphex (stn_error_detail (visit.error)->address, ==, address);
    g_assert_cmpstr (stn_error_detail (visit.error)->seen, ==, seen);
  }
  visit_close_or_fail (&visit);
  return failure;
}

static void
map_of_the_target_or_of_its_largest_brother_fits (void)
{
  g_assert_cmpint (check (&control_target, ONE_SETTING ("@Flash/0x08000000/64*2Kg"), 0, NULL), ==, STN_FAILURE_NONE);
  g_assert_cmpint (check (&control_target, ONE_SETTING ("@Flash/0x08000000/256*2Kg"), 0, NULL), ==, STN_FAILURE_NONE);
  /* told in other portions */
  g_assert_cmpint (check (&control_target, ONE_SETTING ("@Flash/0x08000000/60*2Kg,4*2048 g"), 0, NULL), ==,
                   STN_FAILURE_NONE);
  g_assert_cmpint (check (&control_target, ONE_SETTING ("@Flash/0x08000000/32*2Kg/0x08010000/32*2Kg"), 0, NULL), ==,
                   STN_FAILURE_NONE);
}

static void
other_flash_is_the_wrong_chip (void)
{
  g_assert_cmpint (
      check (&control_target, ONE_SETTING ("@Flash/0x08000000/32*2Kg"), 0x08010000, "32*2048 at 0x08000000"), ==,
      STN_FAILURE_WRONG_CHIP);
  g_assert_cmpint (
      check (&control_target, ONE_SETTING ("@Flash/0x08000000/512*2Kg"), 0x08080000, "512*2048 at 0x08000000"), ==,
      STN_FAILURE_WRONG_CHIP);
  g_assert_cmpint (check (&control_target, ONE_SETTING ("@Flash/0x08000000/04*016Kg,01*064Kg,07*128Kg"), 0x08000000,
                          "4*16384,1*65536,7*131072 at 0x08000000"),
                   ==, STN_FAILURE_WRONG_CHIP);
  /* equal pages that begin elsewhere */
  g_assert_cmpint (check (&control_target, ONE_SETTING ("@Flash/0x08000000/1*1Kg,64*2Kg"), 0x08000000,
                          "1*1024,64*2048 at 0x08000000"),
                   ==, STN_FAILURE_WRONG_CHIP);
  g_assert_cmpint (check (&control_target, ONE_SETTING ("@Flash/0x08007C00/64*2Kg"), 0x08000000, "nothing"), ==,
                   STN_FAILURE_WRONG_CHIP);
  g_assert_cmpint (check (&control_target, ONE_SETTING ("@Options/0x1FFF7800/1*128 e"), 0x08000000, "nothing"), ==,
                   STN_FAILURE_WRONG_CHIP);
}

static void
map_that_is_known_to_be_wrong_is_forgiven_to_its_product_only (void)
{
  StnPageStretch stretch = { 0x08000000, 8192, 256, 0 };
  StnTarget target = control_target;

  target.product_id = 0x480;
  target.flash_bytes = target.flash_bytes_largest = 2 * 1024 * 1024;
  target.stretches = &stretch;
  g_assert_cmpint (check (&target, ONE_SETTING ("@Flash/0x08000000/256*08Kg"), 0, NULL), ==, STN_FAILURE_NONE);
  g_assert_cmpint (check (&target, ONE_SETTING ("@Flash/0x08000000/256*02Kg"), 0, NULL), ==, STN_FAILURE_NONE);
  target.product_id = 0x484;
  g_assert_cmpint (check (&target, ONE_SETTING ("@Flash/0x08000000/256*02Kg"), 0x08000000, "256*2048 at 0x08000000"),
                   ==, STN_FAILURE_WRONG_CHIP);
}

static void
without_a_target_there_is_nothing_to_check (void)
{
  g_assert_cmpint (check (NULL, ONE_SETTING ("@Flash/0x08000000/1*1Kg"), 0, NULL), ==, STN_FAILURE_NONE);
}

static void
serial_can_contradict_a_uid (void)
{
  /* words 0x00300041, 0x31385105, 0x30353035 */
  static const guint8 uid[12] = { 0x41, 0x00, 0x30, 0x00, 0x05, 0x51, 0x38, 0x31, 0x35, 0x30, 0x35, 0x30 };

  g_assert_cmpint (stn_dfu_serial_check ("306530763138", uid), ==, STN_DFU_SERIAL_FITS);
  g_assert_cmpint (stn_dfu_serial_check ("306530763139", uid), ==, STN_DFU_SERIAL_DIFFERS);
  g_assert_cmpint (stn_dfu_serial_check ("200364500000", uid), ==, STN_DFU_SERIAL_SAYS_NOTHING);
  g_assert_cmpint (stn_dfu_serial_check ("STM32FxSTM32", uid), ==, STN_DFU_SERIAL_SAYS_NOTHING);
  g_assert_cmpint (stn_dfu_serial_check ("STM32", uid), ==, STN_DFU_SERIAL_SAYS_NOTHING);
  g_assert_cmpint (stn_dfu_serial_check ("", uid), ==, STN_DFU_SERIAL_SAYS_NOTHING);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(name) g_test_add_func ("/dfu/" #name, name)
  TEST (map_of_the_target_or_of_its_largest_brother_fits);
  TEST (other_flash_is_the_wrong_chip);
  TEST (map_that_is_known_to_be_wrong_is_forgiven_to_its_product_only);
  TEST (without_a_target_there_is_nothing_to_check);
  TEST (serial_can_contradict_a_uid);
  return g_test_run ();
}
