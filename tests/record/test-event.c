#include "src/record/event.h"

#include <string.h>

#define THREADS 8
#define EACH 500

static void
every_kind_has_a_name_and_help (void)
{
  for (int i = 0; i < STN_EVENT_COUNT; i++) {
    const char *name = stn_event_name ((StnEventKind) i);
    g_assert_nonnull (name);
    g_assert_cmpstr (stn_event_help ((StnEventKind) i), !=, "");
    for (int j = 0; j < i; j++)
      g_assert_cmpstr (name, !=, stn_event_name ((StnEventKind) j));
  }
  g_assert_cmpstr (stn_event_name (STN_EVENT_UNIT_RESULT), ==, "unit.result");
}

static gpointer
post_many (gpointer data)
{
  for (int i = 0; i < EACH; i++) {
    StnEvent *event = stn_event_new (STN_EVENT_UNIT_STEP);
    event->site = g_strdup ("A1");
    event->cycle = i;
    stn_event_queue_post (data, event);
  }
  return NULL;
}

static void
count_call (gpointer data)
{
  g_atomic_int_inc ((int *) data);
}

static void
many_threads_leave_no_gap (void)
{
  int calls = 0;
  g_autoptr (StnEventQueue) queue = stn_event_queue_new (count_call, &calls);
  GThread *threads[THREADS];
  guint64 seen = 0;

  g_assert_null (stn_event_queue_take (queue));
  for (int i = 0; i < THREADS; i++)
    threads[i] = g_thread_new ("poster", post_many, queue);
  /* taken while others still post */
  while (seen < THREADS * EACH) {
    g_autoptr (StnEvent) event = stn_event_queue_take (queue);
    if (event == NULL) {
      g_thread_yield ();
      continue;
    }
    g_assert_cmpuint (event->sequence, ==, ++seen);
    g_assert_cmpstr (event->site, ==, "A1");
  }
  for (int i = 0; i < THREADS; i++)
    g_thread_join (threads[i]);
  g_assert_null (stn_event_queue_take (queue));
  g_assert_cmpint (g_atomic_int_get (&calls), ==, THREADS * EACH);
}

static void
an_event_outlives_its_queue (void)
{
  StnEventQueue *queue = stn_event_queue_new (NULL, NULL);
  StnEvent *event = stn_event_new (STN_EVENT_WARNING);
  event->text = g_strdup ("fan");
  g_assert_cmpint (event->duration_ns, ==, -1);
  g_autoptr (StnEvent) mine = stn_event_ref (event);
  stn_event_queue_post (queue, event);
  stn_event_queue_post (queue, stn_event_new (STN_EVENT_RUN_END)); /* never taken */
  stn_event_queue_free (queue);
  g_assert_cmpstr (mine->text, ==, "fan");
  g_assert_cmpuint (mine->sequence, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/event/every_kind_has_a_name_and_help", every_kind_has_a_name_and_help);
  g_test_add_func ("/event/many_threads_leave_no_gap", many_threads_leave_no_gap);
  g_test_add_func ("/event/an_event_outlives_its_queue", an_event_outlives_its_queue);
  return g_test_run ();
}
