#include "src/base/wait.h"

static void
left_counts_down_to_nothing (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  stn_clock_join (clock);
  StnWait wait = stn_wait_new (clock, 10 * STN_NS_PER_S, NULL);
  g_assert_cmpint (stn_wait_left_ns (&wait), ==, 10 * STN_NS_PER_S);
  g_assert_true (stn_wait_sleep (&wait, 4 * STN_NS_PER_S, NULL));
  g_assert_cmpint (stn_wait_left_ns (&wait), ==, 6 * STN_NS_PER_S);
  g_assert_true (stn_wait_check (&wait, NULL));
  g_assert_true (stn_wait_sleep (&wait, 6 * STN_NS_PER_S, NULL));
  g_assert_cmpint (stn_wait_left_ns (&wait), ==, 0);

  g_autoptr (GError) error = NULL;
  g_assert_false (stn_wait_check (&wait, &error));
  g_assert_error (error, STN_ERROR, STN_FAILURE_TIMEOUT);
  stn_clock_leave (clock);
}

static void
far_durations_mean_never_and_negative_ones_now (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  StnWait endless = stn_wait_new (clock, STN_TIME_NEVER, NULL);
  StnWait far = stn_wait_new (clock, STN_TIME_NEVER - 1, NULL);
  StnWait past = stn_wait_new (clock, G_MININT64, NULL);
  g_assert_cmpint (stn_wait_left_ns (&endless), ==, STN_TIME_NEVER);
  g_assert_cmpint (far.deadline_ns, ==, STN_TIME_NEVER);
  g_assert_cmpint (stn_wait_left_ns (&past), ==, 0);
  past.deadline_ns = G_MININT64;
  g_assert_cmpint (stn_wait_left_ns (&past), ==, 0);
}

static void
a_part_never_outlives_the_whole (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  StnWait whole = stn_wait_new (clock, 2 * STN_NS_PER_S, cancellable);
  StnWait shorter = stn_wait_within (&whole, STN_NS_PER_S);
  StnWait longer = stn_wait_within (&whole, 9 * STN_NS_PER_S);
  StnWait endless = stn_wait_within (&whole, STN_TIME_NEVER);
  g_assert_cmpint (stn_wait_left_ns (&shorter), ==, STN_NS_PER_S);
  g_assert_cmpint (stn_wait_left_ns (&longer), ==, 2 * STN_NS_PER_S);
  g_assert_cmpint (stn_wait_left_ns (&endless), ==, 2 * STN_NS_PER_S);
  g_cancellable_cancel (cancellable);
  g_assert_true (stn_wait_is_cancelled (&shorter));
}

static void
a_sleep_stops_at_the_deadline_of_its_wait (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autoptr (GError) error = NULL;
  StnWait wait = stn_wait_new (clock, STN_NS_PER_S, NULL);
  g_assert_false (stn_wait_sleep (&wait, 60 * STN_NS_PER_S, &error));
  g_assert_error (error, STN_ERROR, STN_FAILURE_TIMEOUT);
  g_assert_cmpint (stn_clock_now_ns (clock), ==, 2 * STN_NS_PER_S);
}

static gpointer
cancel_later (gpointer data)
{
  StnWait *wait = data;
  StnWait own = stn_wait_shielded (wait->clock, 60 * STN_NS_PER_S);
  g_assert_true (stn_wait_sleep (&own, 5 * STN_NS_PER_S, NULL));
  g_cancellable_cancel (wait->cancellable);
  return NULL;
}

static void
cancelling_ends_a_sleep_at_once (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  StnWait wait = stn_wait_new (clock, STN_TIME_NEVER, cancellable);

  stn_clock_join (clock);
  GThread *thread = stn_clock_thread_new (clock, "cancel", cancel_later, &wait);
  g_assert_false (stn_wait_sleep (&wait, 60 * STN_NS_PER_S, &error));
  g_assert_error (error, STN_ERROR, STN_FAILURE_CANCELLED);
  g_assert_cmpint (stn_clock_now_ns (clock), ==, 6 * STN_NS_PER_S);
  stn_clock_thread_join (clock, thread, TRUE);

  /* and none begins any more; being cancelled comes before being late */
  g_clear_error (&error);
  wait.deadline_ns = 0;
  g_assert_false (stn_wait_check (&wait, &error));
  g_assert_error (error, STN_ERROR, STN_FAILURE_CANCELLED);
  g_clear_error (&error);
  g_assert_false (stn_wait_sleep (&wait, 0, &error));
  g_assert_error (error, STN_ERROR, STN_FAILURE_CANCELLED);
  g_assert_cmpint (stn_clock_now_ns (clock), ==, 6 * STN_NS_PER_S);
  stn_clock_leave (clock);
}

static void
a_shielded_wait_ignores_cancel (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  StnWait wait = stn_wait_new (clock, STN_NS_PER_S, cancellable);
  g_cancellable_cancel (cancellable);

  StnWait shielded = stn_wait_shielded (wait.clock, 10 * STN_NS_PER_S);
  StnWait part = stn_wait_within (&shielded, 3 * STN_NS_PER_S);
  g_assert_false (stn_wait_is_cancelled (&shielded));
  g_assert_true (stn_wait_check (&part, NULL));
  g_assert_true (stn_wait_sleep (&part, 3 * STN_NS_PER_S, NULL));
  g_assert_cmpint (stn_wait_left_ns (&shielded), ==, 7 * STN_NS_PER_S);
  g_assert_cmpint (stn_clock_now_ns (clock), ==, 4 * STN_NS_PER_S);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wait/left_counts_down_to_nothing", left_counts_down_to_nothing);
  g_test_add_func ("/wait/far_durations_mean_never_and_negative_ones_now",
                   far_durations_mean_never_and_negative_ones_now);
  g_test_add_func ("/wait/a_part_never_outlives_the_whole", a_part_never_outlives_the_whole);
  g_test_add_func ("/wait/a_sleep_stops_at_the_deadline_of_its_wait", a_sleep_stops_at_the_deadline_of_its_wait);
  g_test_add_func ("/wait/cancelling_ends_a_sleep_at_once", cancelling_ends_a_sleep_at_once);
  g_test_add_func ("/wait/a_shielded_wait_ignores_cancel", a_shielded_wait_ignores_cancel);
  return g_test_run ();
}
