#include "src/base/clock.h"

/* Virtual tests hold the main thread joined where it prepares things, so that time moves only when it waits too. */

typedef struct {
  StnClock *clock;
  GMutex mutex;
  int value; /* guarded by mutex; its address is the key */
  int rounds;
  gint64 step_ns;
  GCancellable *cancellable;
} Shared;

static void
shared_init (Shared *self, StnClock *clock)
{
  *self = (Shared){ .clock = clock };
  g_mutex_init (&self->mutex);
}

static void
shared_clear (Shared *self)
{
  g_mutex_clear (&self->mutex);
  g_clear_pointer (&self->clock, stn_clock_unref);
  g_clear_object (&self->cancellable);
}

static StnClock *
clock_for (gconstpointer is_virtual)
{
  return is_virtual != NULL ? stn_clock_new_virtual () : stn_clock_new_real ();
}

static void
sleep_ns (StnClock *clock, gint64 duration_ns)
{
  int key;
  g_assert_cmpint (stn_clock_wait (clock, &key, NULL, stn_clock_now_ns (clock) + duration_ns, NULL), ==,
                   STN_WAKE_EXPIRED);
}

static void
virtual_time_starts_at_one_second_and_stands (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_assert_true (stn_clock_is_virtual (clock));
  g_assert_cmpint (stn_clock_now_ns (clock), ==, STN_NS_PER_S);
  gint64 utc_us = stn_clock_utc_us (clock);
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (utc_us / G_USEC_PER_SEC);
  g_autofree char *text = g_date_time_format_iso8601 (date);
  g_assert_cmpstr (text, ==, "2026-01-05T06:00:00Z");

  stn_clock_join (clock);
  sleep_ns (clock, 90 * STN_NS_PER_S);
  g_assert_cmpint (stn_clock_now_ns (clock), ==, 91 * STN_NS_PER_S);
  g_assert_cmpint (stn_clock_utc_us (clock) - utc_us, ==, 90 * G_USEC_PER_SEC);
  stn_clock_leave (clock);
}

static void
real_time_is_the_monotonic_clock (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  g_assert_false (stn_clock_is_virtual (clock));
  gint64 before_us = g_get_monotonic_time ();
  gint64 now_ns = stn_clock_now_ns (clock);
  gint64 after_us = g_get_monotonic_time ();
  g_assert_cmpint (now_ns, >=, before_us * STN_NS_PER_US);
  g_assert_cmpint (now_ns, <, (after_us + 1) * STN_NS_PER_US);

  /* never early; how late is the machine's business */
  sleep_ns (clock, 3 * STN_NS_PER_MS);
  g_assert_cmpint (stn_clock_now_ns (clock), >=, now_ns + 3 * STN_NS_PER_MS);

  before_us = g_get_real_time ();
  g_assert_cmpint (stn_clock_utc_us (clock), >=, before_us);
}

/* three sleepers of different lengths note the time at which each of them went on */
typedef struct {
  StnClock *clock;
  gint64 duration_ns;
  int times;
  gint64 ends_ns[64];
} Sleeper;

static gpointer
sleeper_main (gpointer data)
{
  Sleeper *self = data;
  for (int i = 0; i < self->times; i++) {
    sleep_ns (self->clock, self->duration_ns);
    self->ends_ns[i] = stn_clock_now_ns (self->clock);
  }
  return NULL;
}

static void
virtual_time_jumps_to_the_earliest_deadline (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  Sleeper sleepers[] = { { clock, 7 * STN_NS_PER_S, 20, { 0 } },
                         { clock, 1, 50, { 0 } },
                         { clock, 3 * STN_NS_PER_MS, 64, { 0 } } };
  GThread *threads[G_N_ELEMENTS (sleepers)];

  stn_clock_join (clock);
  for (gsize i = 0; i < G_N_ELEMENTS (sleepers); i++)
    threads[i] = stn_clock_thread_new (clock, "sleeper", sleeper_main, &sleepers[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (sleepers); i++)
    stn_clock_thread_join (clock, threads[i], TRUE);

  /* each went on at its own deadline, not one later */
  for (gsize i = 0; i < G_N_ELEMENTS (sleepers); i++)
    for (int n = 0; n < sleepers[i].times; n++)
      g_assert_cmpint (sleepers[i].ends_ns[n], ==, STN_NS_PER_S + (n + 1) * sleepers[i].duration_ns);
  g_assert_cmpint (stn_clock_now_ns (clock), ==, 141 * STN_NS_PER_S);
  stn_clock_leave (clock);
}

static gpointer
busy_main (gpointer data)
{
  Shared *self = data;
  gint64 before_ns = stn_clock_now_ns (self->clock);

  for (int i = 0; i < 200; i++) {
    g_thread_yield ();
    g_assert_cmpint (stn_clock_now_ns (self->clock), ==, before_ns);
  }
  g_mutex_lock (&self->mutex);
  self->value = 1;
  stn_clock_wake (self->clock, &self->value);
  g_mutex_unlock (&self->mutex);
  return NULL;
}

static void
virtual_time_stands_while_a_joined_thread_runs (void)
{
  for (int round = 0; round < 200; round++) {
    Shared shared;
    shared_init (&shared, stn_clock_new_virtual ());
    stn_clock_join (shared.clock);
    GThread *thread = stn_clock_thread_new (shared.clock, "busy", busy_main, &shared);

    /* the deadline is one nanosecond away, and must not come before the other thread has done its work */
    gint64 deadline_ns = stn_clock_now_ns (shared.clock) + 1;
    StnWake wake = STN_WAKE_WOKEN;
    g_mutex_lock (&shared.mutex);
    while (shared.value == 0 && wake == STN_WAKE_WOKEN)
      wake = stn_clock_wait (shared.clock, &shared.value, &shared.mutex, deadline_ns, NULL);
    g_assert_cmpint (shared.value, ==, 1);
    g_mutex_unlock (&shared.mutex);

    stn_clock_thread_join (shared.clock, thread, TRUE);
    g_assert_cmpint (stn_clock_now_ns (shared.clock), ==, STN_NS_PER_S);
    stn_clock_leave (shared.clock);
    shared_clear (&shared);
  }
}

typedef struct {
  StnClock *clock;
  guint32 seed;
  gint64 slept_ns;
} RandomSleeper;

static gpointer
random_sleeper_main (gpointer data)
{
  RandomSleeper *self = data;
  GRand *random = g_rand_new_with_seed (self->seed);
  for (int i = 0; i < 300; i++) {
    gint64 duration_ns = g_rand_int_range (random, 1, 5000);
    gint64 before_ns = stn_clock_now_ns (self->clock);
    sleep_ns (self->clock, duration_ns);
    g_assert_cmpint (stn_clock_now_ns (self->clock), ==, before_ns + duration_ns);
    self->slept_ns += duration_ns;
  }
  g_rand_free (random);
  return NULL;
}

static void
many_sleepers_end_at_the_longest_sum (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  RandomSleeper sleepers[24];
  GThread *threads[G_N_ELEMENTS (sleepers)];
  gint64 longest_ns = 0;

  stn_clock_join (clock);
  for (guint i = 0; i < G_N_ELEMENTS (sleepers); i++) {
    sleepers[i] = (RandomSleeper){ clock, i + 1, 0 };
    threads[i] = stn_clock_thread_new (clock, "random", random_sleeper_main, &sleepers[i]);
  }
  for (guint i = 0; i < G_N_ELEMENTS (sleepers); i++) {
    stn_clock_thread_join (clock, threads[i], TRUE);
    longest_ns = MAX (longest_ns, sleepers[i].slept_ns);
  }
  g_assert_cmpint (stn_clock_now_ns (clock), ==, STN_NS_PER_S + longest_ns);
  stn_clock_leave (clock);
}

static gpointer
waker_main (gpointer data)
{
  Shared *self = data;
  if (self->step_ns > 0)
    sleep_ns (self->clock, self->step_ns);
  g_mutex_lock (&self->mutex);
  self->value = 1;
  stn_clock_wake (self->clock, &self->value);
  g_mutex_unlock (&self->mutex);
  return NULL;
}

static void
a_wake_ends_the_wait_of_its_key (gconstpointer is_virtual)
{
  Shared shared;
  shared_init (&shared, clock_for (is_virtual));
  shared.step_ns = 2 * STN_NS_PER_MS;
  stn_clock_join (shared.clock);
  gint64 start_ns = stn_clock_now_ns (shared.clock);
  GThread *thread = stn_clock_thread_new (shared.clock, "waker", waker_main, &shared);

  g_mutex_lock (&shared.mutex);
  while (shared.value == 0)
    g_assert_cmpint (stn_clock_wait (shared.clock, &shared.value, &shared.mutex, STN_TIME_NEVER, NULL), ==,
                     STN_WAKE_WOKEN);
  g_assert_false (g_mutex_trylock (&shared.mutex)); /* held again */
  g_mutex_unlock (&shared.mutex);
  gint64 end_ns = stn_clock_now_ns (shared.clock);
  if (is_virtual != NULL)
    g_assert_cmpint (end_ns, ==, start_ns + shared.step_ns);
  else
    g_assert_cmpint (end_ns, >=, start_ns + shared.step_ns);
  stn_clock_thread_join (shared.clock, thread, TRUE);
  stn_clock_leave (shared.clock);
  shared_clear (&shared);
}

static void
a_wake_before_the_wait_is_not_kept (gconstpointer is_virtual)
{
  Shared shared;
  shared_init (&shared, clock_for (is_virtual));
  stn_clock_join (shared.clock);
  stn_clock_wake (shared.clock, &shared.value);
  g_mutex_lock (&shared.mutex);
  g_assert_cmpint (stn_clock_wait (shared.clock, &shared.value, &shared.mutex,
                                   stn_clock_now_ns (shared.clock) + STN_NS_PER_MS, NULL),
                   ==, STN_WAKE_EXPIRED);
  g_mutex_unlock (&shared.mutex);
  stn_clock_leave (shared.clock);
  shared_clear (&shared);
}

static void
a_wake_of_another_key_is_not_heard (void)
{
  Shared shared;
  shared_init (&shared, stn_clock_new_virtual ());
  shared.step_ns = 5;
  stn_clock_join (shared.clock);
  gint64 start_ns = stn_clock_now_ns (shared.clock);
  GThread *thread = stn_clock_thread_new (shared.clock, "waker", waker_main, &shared);
  g_assert_cmpint (stn_clock_wait (shared.clock, &shared.rounds, NULL, start_ns + 50, NULL), ==, STN_WAKE_EXPIRED);
  g_assert_cmpint (stn_clock_now_ns (shared.clock), ==, start_ns + 50);
  stn_clock_thread_join (shared.clock, thread, TRUE);
  stn_clock_leave (shared.clock);
  shared_clear (&shared);
}

static void
a_passed_deadline_returns_at_once (gconstpointer is_virtual)
{
  Shared shared;
  shared_init (&shared, clock_for (is_virtual));
  static const gint64 ages_ns[] = { 0, 1, STN_NS_PER_S / 2 };

  g_mutex_lock (&shared.mutex);
  for (gsize i = 0; i < G_N_ELEMENTS (ages_ns); i++)
    g_assert_cmpint (
        stn_clock_wait (shared.clock, &shared, &shared.mutex, stn_clock_now_ns (shared.clock) - ages_ns[i], NULL), ==,
        STN_WAKE_EXPIRED);
  g_assert_cmpint (stn_clock_wait (shared.clock, &shared, &shared.mutex, G_MININT64, NULL), ==, STN_WAKE_EXPIRED);
  g_mutex_unlock (&shared.mutex);
  if (is_virtual != NULL)
    g_assert_cmpint (stn_clock_now_ns (shared.clock), ==, STN_NS_PER_S);
  shared_clear (&shared);
}

static void
a_fired_cancellable_returns_at_once (gconstpointer is_virtual)
{
  Shared shared;
  shared_init (&shared, clock_for (is_virtual));
  shared.cancellable = g_cancellable_new ();
  g_cancellable_cancel (shared.cancellable);
  stn_clock_join (shared.clock);
  g_mutex_lock (&shared.mutex);
  g_assert_cmpint (stn_clock_wait (shared.clock, &shared, &shared.mutex, STN_TIME_NEVER, shared.cancellable), ==,
                   STN_WAKE_CANCELLED);
  /* before a passed deadline too */
  g_assert_cmpint (stn_clock_wait (shared.clock, &shared, &shared.mutex, 0, shared.cancellable), ==,
                   STN_WAKE_CANCELLED);
  g_mutex_unlock (&shared.mutex);
  stn_clock_leave (shared.clock);
  shared_clear (&shared);
}

static gpointer
canceller_main (gpointer data)
{
  Shared *self = data;
  sleep_ns (self->clock, STN_NS_PER_MS);
  g_cancellable_cancel (self->cancellable);
  return NULL;
}

/* waits that share a key are told apart: only the one with the cancellable ends */
static gpointer
patient_main (gpointer data)
{
  Shared *self = data;
  g_mutex_lock (&self->mutex);
  while (self->value == 0)
    g_assert_cmpint (stn_clock_wait (self->clock, &self->value, &self->mutex, STN_TIME_NEVER, NULL), ==,
                     STN_WAKE_WOKEN);
  g_mutex_unlock (&self->mutex);
  return NULL;
}

static void
cancelling_ends_a_running_wait (gconstpointer is_virtual)
{
  Shared shared;
  shared_init (&shared, clock_for (is_virtual));
  shared.cancellable = g_cancellable_new ();
  stn_clock_join (shared.clock);
  gint64 start_ns = stn_clock_now_ns (shared.clock);
  GThread *patient = stn_clock_thread_new (shared.clock, "patient", patient_main, &shared);
  GThread *thread = stn_clock_thread_new (shared.clock, "canceller", canceller_main, &shared);

  g_mutex_lock (&shared.mutex);
  g_assert_cmpint (stn_clock_wait (shared.clock, &shared.value, &shared.mutex, STN_TIME_NEVER, shared.cancellable), ==,
                   STN_WAKE_CANCELLED);
  if (is_virtual != NULL)
    g_assert_cmpint (stn_clock_now_ns (shared.clock), ==, start_ns + STN_NS_PER_MS);
  shared.value = 1;
  stn_clock_wake (shared.clock, &shared.value);
  g_mutex_unlock (&shared.mutex);
  stn_clock_thread_join (shared.clock, thread, TRUE);
  stn_clock_thread_join (shared.clock, patient, TRUE);
  stn_clock_leave (shared.clock);
  shared_clear (&shared);
}

/* a window's thread, say, that never joined */
static gpointer
outside_canceller_main (gpointer data)
{
  g_cancellable_cancel (data);
  return NULL;
}

static void
cancelling_races_with_the_start_of_a_wait (gconstpointer is_virtual)
{
  for (int i = 0; i < 500; i++) {
    g_autoptr (StnClock) clock = clock_for (is_virtual);
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    stn_clock_join (clock);
    GThread *thread = g_thread_new ("canceller", outside_canceller_main, cancellable);
    g_assert_cmpint (stn_clock_wait (clock, &clock, NULL, STN_TIME_NEVER, cancellable), ==, STN_WAKE_CANCELLED);
    g_thread_join (thread);
    stn_clock_leave (clock);
  }
}

static gpointer
player_main (gpointer data)
{
  Shared *self = data;
  /* two players hand the value to and fro; a lost wake-up would leave both waiting for ever */
  for (int i = 0; i < self->rounds; i++) {
    g_mutex_lock (&self->mutex);
    while (self->value % 2 == 0)
      g_assert_cmpint (stn_clock_wait (self->clock, &self->value, &self->mutex, STN_TIME_NEVER, NULL), ==,
                       STN_WAKE_WOKEN);
    self->value++;
    stn_clock_wake (self->clock, &self->value);
    g_mutex_unlock (&self->mutex);
  }
  return NULL;
}

static void
no_wake_is_lost_between_two_threads (gconstpointer is_virtual)
{
  Shared shared;
  shared_init (&shared, clock_for (is_virtual));
  shared.rounds = 5000;
  stn_clock_join (shared.clock);
  GThread *thread = stn_clock_thread_new (shared.clock, "player", player_main, &shared);
  for (int i = 0; i < shared.rounds; i++) {
    g_mutex_lock (&shared.mutex);
    while (shared.value % 2 == 1)
      g_assert_cmpint (stn_clock_wait (shared.clock, &shared.value, &shared.mutex, STN_TIME_NEVER, NULL), ==,
                       STN_WAKE_WOKEN);
    shared.value++;
    stn_clock_wake (shared.clock, &shared.value);
    g_mutex_unlock (&shared.mutex);
  }
  stn_clock_thread_join (shared.clock, thread, TRUE);
  g_assert_cmpint (shared.value, ==, 2 * shared.rounds);
  stn_clock_leave (shared.clock);
  shared_clear (&shared);
}

static gpointer
consumer_main (gpointer data)
{
  Shared *self = data;
  g_autoptr (GCancellable) unused = g_cancellable_new ();
  for (int i = 0; i < self->rounds; i++) {
    g_mutex_lock (&self->mutex);
    while (self->value == 0) {
      /* now and then with a short deadline, and with a cancellable that never fires */
      gint64 deadline_ns = i % 3 == 0 ? stn_clock_now_ns (self->clock) + 20 * STN_NS_PER_US : STN_TIME_NEVER;
      g_assert_cmpint (
          stn_clock_wait (self->clock, &self->value, &self->mutex, deadline_ns, i % 2 == 0 ? unused : NULL), !=,
          STN_WAKE_CANCELLED);
    }
    self->value--;
    g_mutex_unlock (&self->mutex);
  }
  return NULL;
}

static gpointer
producer_main (gpointer data)
{
  Shared *self = data;
  for (int i = 0; i < self->rounds; i++) {
    if (i % 64 == 0)
      sleep_ns (self->clock, 30 * STN_NS_PER_US);
    g_mutex_lock (&self->mutex);
    self->value++;
    stn_clock_wake (self->clock, &self->value);
    g_mutex_unlock (&self->mutex);
  }
  return NULL;
}

static void
no_wake_is_lost_among_many_threads (gconstpointer is_virtual)
{
  Shared shared;
  GThread *threads[8];
  shared_init (&shared, clock_for (is_virtual));
  shared.rounds = 2000;
  stn_clock_join (shared.clock);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = stn_clock_thread_new (shared.clock, "worker", i % 2 == 0 ? consumer_main : producer_main, &shared);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    stn_clock_thread_join (shared.clock, threads[i], TRUE);
  g_assert_cmpint (shared.value, ==, 0);
  stn_clock_leave (shared.clock);
  shared_clear (&shared);
}

static gpointer
note_time_main (gpointer data)
{
  gint64 *out_ns = ((gpointer *) data)[1];
  *out_ns = stn_clock_now_ns (((gpointer *) data)[0]);
  return out_ns;
}

/* a thread that has started but not yet run holds time still, even when its starter waits at once */
static void
a_new_thread_leaves_no_gap (void)
{
  for (int i = 0; i < 300; i++) {
    g_autoptr (StnClock) clock = stn_clock_new_virtual ();
    gint64 seen_ns = 0;
    gpointer data[] = { clock, &seen_ns };
    stn_clock_join (clock);
    GThread *thread = stn_clock_thread_new (clock, "note", note_time_main, data);
    sleep_ns (clock, 1);
    g_assert_true (stn_clock_thread_join (clock, thread, TRUE) == &seen_ns);
    g_assert_cmpint (seen_ns, ==, STN_NS_PER_S);
    stn_clock_leave (clock);
  }
}

/* the end of a thread hands over to who joins it: others' deadlines do not slip in between */
static void
joining_a_thread_leaves_no_gap (void)
{
  for (int i = 0; i < 200; i++) {
    g_autoptr (StnClock) clock = stn_clock_new_virtual ();
    Sleeper brief = { clock, 5, 1, { 0 } };
    Sleeper later = { clock, 100, 1, { 0 } };
    stn_clock_join (clock);
    GThread *brief_thread = stn_clock_thread_new (clock, "brief", sleeper_main, &brief);
    GThread *later_thread = stn_clock_thread_new (clock, "later", sleeper_main, &later);
    stn_clock_thread_join (clock, brief_thread, TRUE);
    g_assert_cmpint (stn_clock_now_ns (clock), ==, STN_NS_PER_S + 5);
    stn_clock_thread_join (clock, later_thread, TRUE);
    g_assert_cmpint (stn_clock_now_ns (clock), ==, STN_NS_PER_S + 100);
    stn_clock_leave (clock);
  }
}

static void
leaving_lets_time_go_on (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  Sleeper sleeper = { clock, STN_NS_PER_S, 3, { 0 } };
  stn_clock_join (clock);
  stn_clock_join (clock); /* nests */
  GThread *thread = stn_clock_thread_new (clock, "sleeper", sleeper_main, &sleeper);
  stn_clock_leave (clock);
  g_usleep (2000); /* the sleeper has every chance to run on, and must not: one join is left */
  g_assert_cmpint (stn_clock_now_ns (clock), ==, STN_NS_PER_S);
  stn_clock_leave (clock);
  stn_clock_thread_join (clock, thread, FALSE);
  g_assert_cmpint (stn_clock_now_ns (clock), ==, 4 * STN_NS_PER_S);
}

static void
a_lone_thread_that_never_joined_jumps_at_once (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  sleep_ns (clock, 3600 * STN_NS_PER_S);
  g_assert_cmpint (stn_clock_now_ns (clock), ==, 3601 * STN_NS_PER_S);
}

static gpointer
stray_main (gpointer data)
{
  StnClock *clock = data;
  stn_clock_join (clock);
  g_thread_exit (NULL);
  return NULL;
}

static void
a_thread_that_ends_without_leaving_is_taken_out (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_thread_join (g_thread_new ("stray", stray_main, clock));
  stn_clock_thread_join (clock, stn_clock_thread_new (clock, "stray", stray_main, clock), FALSE);
  stn_clock_join (clock);
  sleep_ns (clock, 10);
  g_assert_cmpint (stn_clock_now_ns (clock), ==, STN_NS_PER_S + 10);
  stn_clock_leave (clock);
}

static void
add_both (const char *name, GTestDataFunc function)
{
  g_autofree char *real = g_strdup_printf ("/clock/real/%s", name);
  g_autofree char *virtual = g_strdup_printf ("/clock/virtual/%s", name);
  g_test_add_data_func (real, NULL, function);
  g_test_add_data_func (virtual, GINT_TO_POINTER (1), function);
}

#define ADD_VIRTUAL(name) g_test_add_func ("/clock/virtual/" #name, name)
#define ADD_BOTH(name) add_both (#name, name)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clock/real/real_time_is_the_monotonic_clock", real_time_is_the_monotonic_clock);
  ADD_VIRTUAL (virtual_time_starts_at_one_second_and_stands);
  ADD_VIRTUAL (virtual_time_jumps_to_the_earliest_deadline);
  ADD_VIRTUAL (virtual_time_stands_while_a_joined_thread_runs);
  ADD_VIRTUAL (many_sleepers_end_at_the_longest_sum);
  ADD_BOTH (a_wake_ends_the_wait_of_its_key);
  ADD_BOTH (a_wake_before_the_wait_is_not_kept);
  ADD_VIRTUAL (a_wake_of_another_key_is_not_heard);
  ADD_BOTH (a_passed_deadline_returns_at_once);
  ADD_BOTH (a_fired_cancellable_returns_at_once);
  ADD_BOTH (cancelling_ends_a_running_wait);
  ADD_BOTH (cancelling_races_with_the_start_of_a_wait);
  ADD_BOTH (no_wake_is_lost_between_two_threads);
  ADD_BOTH (no_wake_is_lost_among_many_threads);
  ADD_VIRTUAL (a_new_thread_leaves_no_gap);
  ADD_VIRTUAL (joining_a_thread_leaves_no_gap);
  ADD_VIRTUAL (leaving_lets_time_go_on);
  ADD_VIRTUAL (a_lone_thread_that_never_joined_jumps_at_once);
  ADD_VIRTUAL (a_thread_that_ends_without_leaving_is_taken_out);
  return g_test_run ();
}
