#include "src/base/error.h"

static void
text_of_an_error_with_detail (void)
{
  static const struct {
    gboolean has_address;
    const char *expected, *seen, *text;
  } cases[] = {
    { TRUE, "79", "1f", "0x08001200: no ACK to block 4: expected 79, seen 1f" },
    { TRUE, "79", NULL, "0x08001200: no ACK to block 4: expected 79" },
    { TRUE, NULL, "1f", "0x08001200: no ACK to block 4: seen 1f" },
    { TRUE, NULL, NULL, "0x08001200: no ACK to block 4" },
    { FALSE, "79", "1f", "no ACK to block 4: expected 79, seen 1f" },
    { FALSE, NULL, NULL, "no ACK to block 4" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    if (cases[i].has_address)
      stn_error_set_at (&error, STN_FAILURE_NACK, 0x08001200, cases[i].expected, cases[i].seen, "no ACK to %s %d",
                        "block", 4);
    else
      stn_error_set_seen (&error, STN_FAILURE_NACK, cases[i].expected, cases[i].seen, "no ACK to %s %d", "block", 4);
    g_assert_error (error, STN_ERROR, STN_FAILURE_NACK);
    g_assert_cmpstr (error->message, ==, cases[i].text);

    const StnErrorDetail *detail = stn_error_detail (error);
    g_assert_nonnull (detail);
    g_assert_cmpint (detail->has_address, ==, cases[i].has_address);
    g_assert_cmphex (detail->address, ==, cases[i].has_address ? 0x08001200 : 0);
    g_assert_cmpstr (detail->expected, ==, cases[i].expected);
    g_assert_cmpstr (detail->seen, ==, cases[i].seen);
  }
}

static void
a_plain_error_has_an_empty_detail (void)
{
  g_autoptr (GError) error = NULL;
  stn_error_set (&error, STN_FAILURE_JOURNAL, "disk full: %s", "100%");
  g_assert_error (error, STN_ERROR, STN_FAILURE_JOURNAL);
  g_assert_cmpstr (error->message, ==, "disk full: 100%");
  const StnErrorDetail *detail = stn_error_detail (error);
  g_assert_false (detail->has_address);
  g_assert_null (detail->expected);
  g_assert_null (detail->seen);
}

static void
detail_survives_prefixing_copying_and_propagation (void)
{
  g_autoptr (GError) low = NULL;
  g_autoptr (GError) high = NULL;

  stn_error_set_at (&low, STN_FAILURE_VERIFY_MISMATCH, G_GUINT64_CONSTANT (0x1000000000), "de ad", "be ef", "differs");
  g_prefix_error (&low, "A3: program: ");
  g_autoptr (GError) copy = g_error_copy (low);
  g_propagate_prefixed_error (&high, g_steal_pointer (&low), "line 2: ");

  g_assert_cmpstr (high->message, ==, "line 2: A3: program: 0x1000000000: differs: expected de ad, seen be ef");
  g_assert_cmpstr (copy->message, ==, "A3: program: 0x1000000000: differs: expected de ad, seen be ef");
  g_clear_error (&high); /* the copy stands on its own */
  g_assert_true (stn_error_is (copy, STN_FAILURE_VERIFY_MISMATCH));
  const StnErrorDetail *detail = stn_error_detail (copy);
  g_assert_true (detail->has_address);
  g_assert_cmphex (detail->address, ==, G_GUINT64_CONSTANT (0x1000000000));
  g_assert_cmpstr (detail->expected, ==, "de ad");
  g_assert_cmpstr (detail->seen, ==, "be ef");
}

static void
nobody_has_to_ask_for_the_error (void)
{
  stn_error_set (NULL, STN_FAILURE_NACK, "x");
  stn_error_set_at (NULL, STN_FAILURE_NACK, 1, "a", "b", "x");
  stn_error_set_seen (NULL, STN_FAILURE_NACK, "a", "b", "x");
}

static void
foreign_errors_are_internal_but_cancelled (void)
{
  g_autoptr (GError) foreign = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_BUSY, "busy");
  g_autoptr (GError) cancelled = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "stop");
  g_autoptr (GError) outside = g_error_new_literal (STN_ERROR, STN_FAILURE_COUNT + 7, "slip");
  g_autoptr (GError) none = g_error_new_literal (STN_ERROR, STN_FAILURE_NONE, "slip");

  g_assert_cmpint (stn_error_failure (NULL), ==, STN_FAILURE_NONE);
  g_assert_cmpint (stn_error_failure (foreign), ==, STN_FAILURE_INTERNAL);
  g_assert_cmpint (stn_error_failure (cancelled), ==, STN_FAILURE_CANCELLED);
  g_assert_cmpint (stn_error_failure (outside), ==, STN_FAILURE_INTERNAL);
  g_assert_cmpint (stn_error_failure (none), ==, STN_FAILURE_INTERNAL);
  g_assert_null (stn_error_detail (foreign));
  g_assert_null (stn_error_detail (NULL));
  g_assert_false (stn_error_is (foreign, STN_FAILURE_PORT_BUSY));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/error/text_of_an_error_with_detail", text_of_an_error_with_detail);
  g_test_add_func ("/error/a_plain_error_has_an_empty_detail", a_plain_error_has_an_empty_detail);
  g_test_add_func ("/error/detail_survives_prefixing_copying_and_propagation",
                   detail_survives_prefixing_copying_and_propagation);
  g_test_add_func ("/error/nobody_has_to_ask_for_the_error", nobody_has_to_ask_for_the_error);
  g_test_add_func ("/error/foreign_errors_are_internal_but_cancelled", foreign_errors_are_internal_but_cancelled);
  return g_test_run ();
}
