/* Leases on levels, and the barriers of sites that share lines. */
#include "src/job/lines.h"

/* A pins link that remembers what it was told. */
typedef struct {
  StnLink link;
  guint32 levels;
  guint sets;
  gboolean refuses;
} FakePins;

static FakePins *last_pins;

static gboolean
fake_exchange (StnLink *link, StnExchange *exchange, const StnWait *wait, GError **error)
{
  FakePins *self = (FakePins *) link;

  (void) wait;
  if (self->refuses) {
    stn_error_set (error, STN_FAILURE_LINK_LOST, "gone");
    return FALSE;
  }
  if (exchange->operation == STN_OP_SET) {
    self->levels = (self->levels & ~exchange->mask) | (exchange->levels & exchange->mask);
    self->sets++;
  } else
    exchange->levels = self->levels;
  return TRUE;
}

static void
fake_free (StnLink *link)
{
  last_pins = NULL;
  g_free (link);
}

static const StnLinkClass fake_class = {
  .kind = "fake", .shape = STN_LINK_PINS, .exchange = fake_exchange, .free = fake_free
};

/* NRST on bits 0 and 2 (active low, rest high), BOOT0 on bit 1 (active high, rest low). */
#define REST 0x5
#define USED 0x7

static StnAdapter *
adapter_new_or_fail (StnClock *clock)
{
  FakePins *pins = g_new0 (FakePins, 1);
  StnWait wait = stn_wait_new (clock, STN_NS_PER_S, NULL);
  g_autoptr (GError) error = NULL;

  stn_link_init (&pins->link, &fake_class, STN_LINK_PINS, "c1");
  pins->levels = 0xfff0;
  last_pins = pins;
  StnAdapter *adapter = stn_adapter_new (&pins->link, USED, REST, clock, &wait, &error);
  g_assert_no_error (error);
  return adapter;
}

static StnLine
line_of (StnAdapter *adapter, guint bit)
{
  return (StnLine){ .adapter = adapter, .bit = bit, .active_low = bit != 1 };
}

static void
opening_puts_only_the_used_lines_at_rest (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autoptr (StnAdapter) adapter = adapter_new_or_fail (clock);

  g_assert_cmphex (last_pins->levels, ==, 0xfff0 | REST);
  g_assert_cmpuint (last_pins->sets, ==, 1);
}

static void
a_site_takes_and_gives_its_lines_in_one_write_each (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autoptr (StnAdapter) adapter = adapter_new_or_fail (clock);
  StnWait wait = stn_wait_new (clock, STN_NS_PER_S, NULL);
  StnLine lines[2] = { line_of (adapter, 1), line_of (adapter, 0) };
  StnLineLease leases[2] = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (stn_lines_acquire (leases, lines, 2, &wait, &error));
  g_assert_cmphex (last_pins->levels & USED, ==, 0x6);
  g_assert_cmpuint (last_pins->sets, ==, 2);
  g_assert_true (stn_lines_release (leases, 2, &wait, &error));
  g_assert_cmphex (last_pins->levels & USED, ==, REST);
  g_assert_cmpuint (last_pins->sets, ==, 3);
  g_assert_false (leases[0].held || leases[1].held);
}

static void
a_shared_line_rises_when_the_last_holder_lets_go (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autoptr (StnAdapter) adapter = adapter_new_or_fail (clock);
  StnWait wait = stn_wait_new (clock, STN_NS_PER_S, NULL);
  StnLine nrst = line_of (adapter, 0);
  StnLineLease one = { 0 }, two = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (stn_lines_acquire (&one, &nrst, 1, &wait, &error));
  g_assert_true (stn_lines_acquire (&two, &nrst, 1, &wait, &error));
  g_assert_true (stn_lines_release (&one, 1, &wait, &error));
  g_assert_cmphex (last_pins->levels & 1, ==, 0);
  g_assert_true (stn_lines_release (&two, 1, &wait, &error));
  g_assert_cmphex (last_pins->levels & 1, ==, 1);
}

static void
a_lease_on_the_other_level_waits_and_then_says_who_holds_it (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autoptr (StnAdapter) adapter = adapter_new_or_fail (clock);
  StnWait wait = stn_wait_new (clock, STN_NS_PER_S, NULL);
  StnLine low = line_of (adapter, 0);
  StnLine high = { .adapter = adapter, .bit = 0, .active_low = FALSE };
  StnLineLease one = { 0 }, two = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (stn_lines_acquire (&one, &low, 1, &wait, &error));
  gint64 before_ns = stn_clock_now_ns (clock);
  g_assert_false (stn_lines_acquire (&two, &high, 1, &wait, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_SHARED_LINE));
  g_assert_cmpint (stn_clock_now_ns (clock) - before_ns, ==, STN_NS_PER_S);
  g_assert_false (two.held);
  g_assert_true (stn_lines_release (&one, 1, &wait, NULL));
}

static void
a_refused_write_leaves_nothing_held (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autoptr (StnAdapter) adapter = adapter_new_or_fail (clock);
  StnWait wait = stn_wait_new (clock, STN_NS_PER_S, NULL);
  StnLine lines[2] = { line_of (adapter, 1), line_of (adapter, 0) };
  StnLineLease leases[2] = { 0 };
  g_autoptr (GError) error = NULL;

  last_pins->refuses = TRUE;
  g_assert_false (stn_lines_acquire (leases, lines, 2, &wait, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_ADAPTER_MISSING));
  g_assert_false (leases[0].held || leases[1].held);
  last_pins->refuses = FALSE;
  g_clear_error (&error);
  g_assert_true (stn_lines_acquire (leases, lines, 2, &wait, &error));
  g_assert_true (stn_lines_release (leases, 2, &wait, &error));
}

static void
a_cancelled_site_still_gives_its_lines_back (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  g_autoptr (StnAdapter) adapter = adapter_new_or_fail (clock);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  StnWait wait = stn_wait_new (clock, STN_NS_PER_S, cancellable);
  StnLine nrst = line_of (adapter, 0);
  StnLineLease lease = { 0 };

  g_assert_true (stn_lines_acquire (&lease, &nrst, 1, &wait, NULL));
  g_cancellable_cancel (cancellable);
  g_assert_true (stn_lines_release (&lease, 1, &wait, NULL));
  g_assert_cmphex (last_pins->levels & 1, ==, 1);
}

/* ---- groups ---- */

typedef struct {
  StnClock *clock;
  StnLineGroup *group;
  gint64 arrive_after_ns;
  gboolean retires; /* instead of coming to the second barrier */
  gint64 passed_ns[2];
  gboolean ok[2];
} Member;

static gpointer
member_run (gpointer data)
{
  Member *self = data;
  StnWait wait = stn_wait_new (self->clock, 100 * STN_NS_PER_S, NULL);

  stn_wait_sleep (&wait, self->arrive_after_ns, NULL);
  self->ok[0] = stn_line_group_meet (self->group, &wait, NULL);
  self->passed_ns[0] = stn_clock_now_ns (self->clock);
  if (!self->retires) {
    stn_wait_sleep (&wait, self->arrive_after_ns, NULL);
    self->ok[1] = stn_line_group_meet (self->group, &wait, NULL);
    self->passed_ns[1] = stn_clock_now_ns (self->clock);
  } else
    stn_wait_sleep (&wait, 30 * STN_NS_PER_S, NULL);
  stn_line_group_retire (self->group);
  return NULL;
}

static void
members_wait_for_the_slowest_and_not_for_the_retired (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  StnLineGroup *group = stn_line_group_new (clock);
  Member members[4];
  GThread *threads[4];
  gint64 started_ns = stn_clock_now_ns (clock);

  stn_line_group_start (group, 4);
  stn_clock_join (clock);
  for (guint i = 0; i < 4; i++) {
    members[i] =
        (Member){ .clock = clock, .group = group, .arrive_after_ns = (i + 1) * STN_NS_PER_S, .retires = i == 3 };
    threads[i] = stn_clock_thread_new (clock, "member", member_run, &members[i]);
  }
  stn_clock_leave (clock);
  for (guint i = 0; i < 4; i++)
    stn_clock_thread_join (clock, threads[i], FALSE);
  for (guint i = 0; i < 4; i++) {
    g_assert_true (members[i].ok[0]);
    g_assert_cmpint (members[i].passed_ns[0] - started_ns, ==, 4 * STN_NS_PER_S);
  }
  for (guint i = 0; i < 3; i++) {
    /* member 3 works 30 s on its own before it retires, and only then the others go on */
    g_assert_true (members[i].ok[1]);
    g_assert_cmpint (members[i].passed_ns[1] - started_ns, ==, 34 * STN_NS_PER_S);
  }
  stn_line_group_free (group);
}

static void
a_barrier_that_is_never_reached_has_a_deadline (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  StnLineGroup *group = stn_line_group_new (clock);
  StnWait wait = stn_wait_new (clock, STN_NS_PER_S, NULL);
  g_autoptr (GError) error = NULL;

  stn_line_group_start (group, 2);
  g_assert_false (stn_line_group_meet (group, &wait, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_SHARED_LINE));
  /* the one that gave up is not counted as having arrived */
  stn_line_group_retire (group);
  wait = stn_wait_new (clock, STN_NS_PER_S, NULL);
  g_assert_true (stn_line_group_meet (group, &wait, NULL));
  stn_line_group_free (group);
}

static void
a_site_without_a_group_meets_nobody (void)
{
  g_autoptr (StnClock) clock = stn_clock_new_virtual ();
  StnWait wait = stn_wait_new (clock, STN_NS_PER_S, NULL);

  g_assert_true (stn_line_group_meet (NULL, &wait, NULL));
  stn_line_group_retire (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lines/opening_puts_only_the_used_lines_at_rest", opening_puts_only_the_used_lines_at_rest);
  g_test_add_func ("/lines/a_site_takes_and_gives_its_lines_in_one_write_each",
                   a_site_takes_and_gives_its_lines_in_one_write_each);
  g_test_add_func ("/lines/a_shared_line_rises_when_the_last_holder_lets_go",
                   a_shared_line_rises_when_the_last_holder_lets_go);
  g_test_add_func ("/lines/a_lease_on_the_other_level_waits_and_then_says_who_holds_it",
                   a_lease_on_the_other_level_waits_and_then_says_who_holds_it);
  g_test_add_func ("/lines/a_refused_write_leaves_nothing_held", a_refused_write_leaves_nothing_held);
  g_test_add_func ("/lines/a_cancelled_site_still_gives_its_lines_back", a_cancelled_site_still_gives_its_lines_back);
  g_test_add_func ("/lines/members_wait_for_the_slowest_and_not_for_the_retired",
                   members_wait_for_the_slowest_and_not_for_the_retired);
  g_test_add_func ("/lines/a_barrier_that_is_never_reached_has_a_deadline",
                   a_barrier_that_is_never_reached_has_a_deadline);
  g_test_add_func ("/lines/a_site_without_a_group_meets_nobody", a_site_without_a_group_meets_nobody);
  return g_test_run ();
}
