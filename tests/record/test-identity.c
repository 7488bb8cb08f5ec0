#include "src/record/record.h"

#include <string.h>

#define THREADS 8
#define EACH 4000

static gpointer
make_ids (gpointer data)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);
  (void) data;
  for (int i = 0; i < EACH; i++)
    g_ptr_array_add (ids, stn_uuid_new (G_GINT64_CONSTANT (1767592800123456)));
  return ids;
}

static void
uuids_of_many_threads_differ_and_each_thread_sees_them_rise (void)
{
  g_autoptr (GHashTable) all = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GThread *threads[THREADS];

  for (int i = 0; i < THREADS; i++)
    threads[i] = g_thread_new ("ids", make_ids, NULL);
  for (int i = 0; i < THREADS; i++) {
    g_autoptr (GPtrArray) ids = g_thread_join (threads[i]);
    for (guint j = 0; j < ids->len; j++) {
      const char *id = g_ptr_array_index (ids, j);
      if (j > 0)
        g_assert_cmpstr (id, >, g_ptr_array_index (ids, j - 1));
      g_assert_true (g_hash_table_add (all, g_strdup (id)));
    }
  }
}

static void
a_uuid_has_time_version_and_variant (void)
{
  /* later than any other of this program: 2100-01-01T00:00:00.001, 0x3bb2cc3d801 ms */
  g_autofree char *id = stn_uuid_new (G_GINT64_CONSTANT (4102444800001999));
  g_assert_true (g_uuid_string_is_valid (id));
  g_assert_cmpuint (strlen (id), ==, 36);
  g_assert_true (g_str_has_prefix (id, "03bb2cc3-d801-7"));
  g_assert_nonnull (strchr ("89ab", id[19]));
}

static void
uuids_rise_when_the_wall_clock_steps_back (void)
{
  g_autofree char *before = stn_uuid_new (G_GINT64_CONSTANT (4102444900000000));
  g_autofree char *after = stn_uuid_new (G_GINT64_CONSTANT (1000000));
  g_autofree char *negative = stn_uuid_new (-5);
  g_assert_cmpstr (before, <, after);
  g_assert_cmpstr (after, <, negative);
}

static void
the_boot_id_is_the_kernels (void)
{
  g_assert_cmpuint (strlen (stn_boot_id ()), ==, 36);
  g_assert_true (stn_boot_id () == stn_boot_id ());
}

static void
production_days_begin_when_the_station_says (void)
{
  static const struct {
    const char *when, *zone;
    int day_start_minutes;
    const char *day;
  } cases[] = {
    { "2026-03-10T23:59:59Z", "UTC", 0, "2026-03-10" },
    { "2026-03-11T00:00:00Z", "UTC", 0, "2026-03-11" },
    /* the night shift from 22:00 belongs to the day it began on */
    { "2026-03-11T05:59:59Z", "UTC", 360, "2026-03-10" },
    { "2026-03-11T06:00:00Z", "UTC", 360, "2026-03-11" },
    { "2026-03-01T01:00:00Z", "UTC", 360, "2026-02-28" },
    { "2028-03-01T01:00:00Z", "UTC", 360, "2028-02-29" },
    { "2027-01-01T01:00:00Z", "UTC", 360, "2026-12-31" },
    { "1969-12-31T23:59:59.5Z", "UTC", 0, "1969-12-31" },
    /* far from Greenwich the local date counts */
    { "2026-03-10T23:30:00Z", "Europe/Berlin", 0, "2026-03-11" },
    { "2026-03-11T03:00:00Z", "America/New_York", 0, "2026-03-10" },
    /* spring, the clocks go from 02:00 to 03:00 on 2026-03-29: 06:00 is 04:00Z, not 05:00Z */
    { "2026-03-29T03:59:59Z", "Europe/Berlin", 360, "2026-03-28" },
    { "2026-03-29T04:00:00Z", "Europe/Berlin", 360, "2026-03-29" },
    /* autumn, from 03:00 back to 02:00 on 2026-10-25: 06:00 is 05:00Z */
    { "2026-10-25T04:59:59Z", "Europe/Berlin", 360, "2026-10-24" },
    { "2026-10-25T05:00:00Z", "Europe/Berlin", 360, "2026-10-25" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (cases[i].zone);
    if (zone == NULL) {
      g_test_message ("no time zone data for %s here", cases[i].zone);
      continue;
    }
    g_autoptr (GDateTime) when = g_date_time_new_from_iso8601 (cases[i].when, NULL);
    gint64 utc_us = g_date_time_to_unix (when) * G_USEC_PER_SEC + g_date_time_get_microsecond (when);
    g_autofree char *day = stn_production_day (utc_us, cases[i].day_start_minutes, zone);
    g_assert_cmpstr (day, ==, cases[i].day);
  }
}

/* the start of the day inside the hour that comes twice */
static void
production_days_never_go_back (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Europe/Berlin");
  g_autofree char *last = g_strdup ("");
  if (zone == NULL) {
    g_test_skip ("no time zone data");
    return;
  }
  g_autoptr (GDateTime) from = g_date_time_new_utc (2026, 10, 24, 20, 0, 0);
  for (int minute = 0; minute < 12 * 60; minute++) {
    g_autofree char *day = stn_production_day ((g_date_time_to_unix (from) + minute * 60) * G_USEC_PER_SEC, 150, zone);
    g_assert_cmpstr (day, >=, last);
    g_free (last);
    last = g_steal_pointer (&day);
  }
  g_assert_cmpstr (last, ==, "2026-10-25");
}

static void
a_day_outside_the_calendar_is_none (void)
{
  g_assert_null (stn_production_day (G_MAXINT64, 0, NULL));
  g_assert_null (stn_production_day (G_MININT64, 0, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/identity/uuids_of_many_threads_differ_and_each_thread_sees_them_rise",
                   uuids_of_many_threads_differ_and_each_thread_sees_them_rise);
  g_test_add_func ("/identity/a_uuid_has_time_version_and_variant", a_uuid_has_time_version_and_variant);
  g_test_add_func ("/identity/uuids_rise_when_the_wall_clock_steps_back", uuids_rise_when_the_wall_clock_steps_back);
  g_test_add_func ("/identity/the_boot_id_is_the_kernels", the_boot_id_is_the_kernels);
  g_test_add_func ("/identity/production_days_begin_when_the_station_says",
                   production_days_begin_when_the_station_says);
  g_test_add_func ("/identity/production_days_never_go_back", production_days_never_go_back);
  g_test_add_func ("/identity/a_day_outside_the_calendar_is_none", a_day_outside_the_calendar_is_none);
  return g_test_run ();
}
