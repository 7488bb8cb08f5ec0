/* When a device that comes and goes is one too many. */
#include "src/job/stability.h"

static gboolean
note (StnStability *self, gint64 at_ms)
{
  return stn_stability_note (self, at_ms * STN_NS_PER_MS);
}

static void
the_third_within_ten_seconds_is_too_often (void)
{
  StnStability self = { 0 };
  g_assert_false (note (&self, 1000));
  g_assert_false (note (&self, 6000));
  g_assert_true (note (&self, 11000));
}

static void
three_in_more_than_ten_seconds_are_none_too_many (void)
{
  StnStability self = { 0 };
  for (gint64 at_ms = 0; at_ms < 100000; at_ms += 5001)
    g_assert_false (note (&self, at_ms));
}

static void
only_the_latest_three_count (void)
{
  StnStability self = { 0 };
  g_assert_false (note (&self, 0));
  g_assert_false (note (&self, 1000));
  g_assert_false (note (&self, 20000));
  g_assert_false (note (&self, 29000));
  g_assert_true (note (&self, 30000));
  g_assert_true (note (&self, 30000));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(function) g_test_add_func ("/stability/" #function, function)
  ADD (the_third_within_ten_seconds_is_too_often);
  ADD (three_in_more_than_ten_seconds_are_none_too_many);
  ADD (only_the_latest_three_count);
  return g_test_run ();
}
