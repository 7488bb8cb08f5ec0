/* What is asked of millions of runs by lists and tallies, against all runs of a seeded production read through. */
#include <glib/gstdio.h>

#include "src/journal/database.h"
#include "src/journal/query-report.h"
#include "tests/report/fill.h"

typedef struct {
  char *folder, *path;
  StnQuery *query;
  GPtrArray *all; /* StnRunRow, oldest first */
} Filled;

static void
filled_free (Filled *self)
{
  g_ptr_array_unref (self->all);
  stn_query_close (self->query);
  g_remove (self->path);
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->path);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Filled, filled_free)

static void
row_free (gpointer row)
{
  stn_run_row_free (row);
}

/* pages of a filter, put together */
static GPtrArray *
pages (StnQuery *query, StnRunFilter filter)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *rows = g_ptr_array_new_with_free_func (row_free);
  for (;;) {
    g_autoptr (GPtrArray) page = stn_query_runs (query, &filter, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (page->len, <=, filter.limit);
    if (page->len == 0)
      return rows;
    filter.after_row = ((const StnRunRow *) g_ptr_array_index (page, page->len - 1))->row;
    g_ptr_array_extend_and_steal (rows, g_steal_pointer (&page));
  }
}

static Filled *
filled_new (guint runs, guint lot_boards)
{
  g_autoptr (GError) error = NULL;
  Filled *self = g_new0 (Filled, 1);
  const FillPlan plan = { .seed = 11, .runs = runs, .lot_boards = lot_boards, .days = 9, .serials = TRUE };

  self->folder = g_dir_make_tmp ("stn-history-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "journal.db", NULL);
  fill_journal (self->path, &plan);
  self->query = stn_query_open (self->path, &error);
  g_assert_no_error (error);
  self->all = pages (self->query, (StnRunFilter){ .limit = 1000 });
  g_assert_cmpuint (self->all->len, >=, runs);
  return self;
}

static gboolean
is_either (const char *wanted, const char *seen)
{
  return wanted == NULL || g_strcmp0 (wanted, seen) == 0;
}

static gboolean
is_wanted (const StnRunRow *row, const StnRunFilter *filter)
{
  const StnResult *result = row->result;
  StnVerdict verdict = result != NULL ? result->verdict : STN_VERDICT_UNKNOWN;
  return is_either (filter->lot, row->run->lot) && is_either (filter->site, row->run->site)
         && is_either (filter->production_day, row->run->production_day)
         && is_either (filter->job_name, row->run->job_name)
         && is_either (filter->serial, result != NULL ? result->serial : NULL)
         && is_either (filter->uid, result != NULL ? result->uid : NULL)
         && (!filter->has_verdict || verdict == filter->verdict);
}

/* every verdict with every set of the other filters, both ways, in pages that end within */
static void
every_filter_lists_what_reading_all_runs_finds (void)
{
  g_autoptr (Filled) filled = filled_new (1300, 300);
  const StnRunRow *some = g_ptr_array_index (filled->all, 700);
  guint found = 0, tried = 0;

  for (guint i = 0; i < 1u << 6; i++)
    for (int verdict = -1; verdict < (int) STN_VERDICT_COUNT; verdict++) {
      StnRunFilter filter = {
        .lot = i & 1 ? "L0002" : NULL,
        .site = i & 2 ? "A5" : NULL,
        .production_day = i & 4 ? some->run->production_day : NULL,
        .job_name = i & 8 ? "Thermostat main board" : NULL,
        .uid = i & 16 ? some->result->uid : NULL,
        .newest_first = (i & 32) != 0,
        .has_verdict = verdict >= 0,
        .verdict = verdict >= 0 ? (StnVerdict) verdict : STN_VERDICT_UNKNOWN,
        .limit = i % 2 == 0 ? 7 : 1000,
      };
      if (verdict == STN_VERDICT_PASS || verdict < 0)
        filter.limit = 1000; /* most of them: not in a thousand pages */
      g_autoptr (GPtrArray) rows = pages (filled->query, filter);
      guint at = 0;
      for (guint j = 0; j < filled->all->len; j++) {
        const StnRunRow *row
            = g_ptr_array_index (filled->all, filter.newest_first ? filled->all->len - 1 - j : j);
        if (!is_wanted (row, &filter))
          continue;
        g_assert_cmpuint (at, <, rows->len);
        const StnRunRow *listed = g_ptr_array_index (rows, at++);
        g_assert_cmpint (listed->row, ==, row->row);
        g_assert_cmpstr (listed->run->run_id, ==, row->run->run_id);
        g_assert_true ((listed->result == NULL) == (row->result == NULL));
      }
      g_assert_cmpuint (at, ==, rows->len);
      found += at > 0;
      tried++;
    }
  g_assert_cmpuint (tried, ==, 64 * (STN_VERDICT_COUNT + 1));
  g_assert_cmpuint (found, >, 100);
}

static void
assert_number (StnDatabase *database, const char *text, gint64 expected)
{
  g_autoptr (GError) error = NULL;
  gint64 seen;
  g_assert_true (stn_database_integer (database, text, -1, &seen, &error));
  if (seen != expected)
    g_error ("%s: %" G_GINT64_FORMAT, text, seen);
}

#define EITHER_EXCEPT(one, other) \
  "SELECT count (*) FROM (SELECT * FROM (" one " EXCEPT " other ") UNION ALL SELECT * FROM (" other " EXCEPT " one "))"

/* what the triggers counted run by run is what reading all of it counts */
static void
tallies_equal_a_recount (void)
{
  static const char *const differences[] = {
    EITHER_EXCEPT ("SELECT verdict, run, day, site, lot FROM run_not_passed",
                   "SELECT coalesce (verdict, 'unknown'), run.id, production_day, site, lot "
                   "FROM run LEFT JOIN result USING (run_id) WHERE verdict IS NULL OR verdict <> 'pass'"),
    EITHER_EXCEPT ("SELECT lot, day, site, operator_id, job_name, job_revision, first_utc_us, last_utc_us, runs, pass, "
                   "fail, error, cancelled, empty, skipped FROM run_tally",
                   "SELECT lot, production_day, site, operator_id, job_name, job_revision, min (started_utc_us), "
                   "max (started_utc_us), count (*), coalesce (sum (verdict = 'pass'), 0), "
                   "coalesce (sum (verdict = 'fail'), 0), coalesce (sum (verdict = 'error'), 0), "
                   "coalesce (sum (verdict = 'cancelled'), 0), coalesce (sum (verdict = 'empty'), 0), "
                   "coalesce (sum (verdict = 'skipped'), 0) FROM run LEFT JOIN result USING (run_id) "
                   "GROUP BY 1, 2, 3, 4, 5, 6"),
    EITHER_EXCEPT ("SELECT lot, day, site, operator_id, job_name, job_revision, images, units, pass_first, "
                   "pass_after_retry, fail, passes_now FROM unit_tally WHERE units > 0",
                   "SELECT unit_now.lot, day, unit_now.site, unit_now.operator_id, unit_now.job_name, "
                   "unit_now.job_revision, images, count (*), sum (first_verdict = 'pass'), "
                   "sum (first_verdict <> 'pass' AND last_verdict = 'pass'), sum (last_verdict <> 'pass'), "
                   "sum (last_verdict = 'pass') FROM unit_now JOIN run ON run.id = first_run "
                   "GROUP BY 1, 2, 3, 4, 5, 6, 7"),
  };
  g_autoptr (Filled) filled = filled_new (3000, 700);
  g_autoptr (GError) error = NULL;
  g_autoptr (StnDatabase) database = stn_database_open (filled->path, SQLITE_OPEN_READWRITE, &error);
  g_assert_no_error (error);

  for (gsize i = 0; i < G_N_ELEMENTS (differences); i++)
    assert_number (database, differences[i], 0);
  assert_number (database, "SELECT sum (pass_after_retry) > 0 AND sum (fail) > 0 FROM unit_tally", 1);
  assert_number (database, "SELECT count (DISTINCT verdict) FROM run_not_passed", 4);

  /* a board that is known anew, and one that is there no more, as a serial that becomes a chip's */
  g_assert_true (stn_database_execute (database,
    "UPDATE unit_now SET lot = NULL, site = NULL WHERE first_run % 7 = 0;"
    "UPDATE unit_now SET first_verdict = 'fail', last_verdict = 'pass' WHERE first_run % 11 = 0;"
    "UPDATE unit_now SET first_run = first_run + 1 WHERE first_run % 5 = 0 AND first_run < 2900;"
    "DELETE FROM unit_now WHERE first_run % 13 = 0", &error));
  assert_number (database, differences[2], 0);
  assert_number (database, "SELECT sum (units) = (SELECT count (*) FROM unit_now) FROM unit_tally", 1);
}

/* groups out of the tally and groups out of the rows themselves, which are read when after_run is asked for */
static void
groups_are_the_same_with_and_without_the_tally (void)
{
  g_autoptr (Filled) filled = filled_new (1500, 300);
  g_autoptr (GError) error = NULL;
  static const StnRunsBy by[] = { STN_RUNS_BY_SITE, STN_RUNS_BY_DAY, STN_RUNS_BY_OPERATOR, STN_RUNS_BY_JOB,
                                  STN_RUNS_BY_NOTHING };
  const StnUnitFilter filters[] = { { 0 }, { .lot = "L0003" }, { .site = "A5", .from_day = "2026-01-07" },
                                    { .to_day = "2026-01-09", .operator_id = "op-02" }, { .day = "2026-01-08" },
                                    { .job_name = "none" } };

  for (gsize i = 0; i < G_N_ELEMENTS (filters); i++) {
    const StnRunRow *first = g_ptr_array_index (filled->all, 0);
    for (gsize j = 0; j < G_N_ELEMENTS (by); j++) {
      StnUnitFilter slow = filters[i];
      slow.after_run = 1; /* all but the first run, which is put back here */
      g_autoptr (GPtrArray) tally = stn_query_run_groups (filled->query, by[j], &filters[i], &error);
      g_autoptr (GPtrArray) rows = stn_query_run_groups (filled->query, by[j], &slow, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (tally->len, ==, rows->len);
      guint64 more = 0;
      for (guint k = 0; k < rows->len; k++) {
        const StnRunGroup *one = g_ptr_array_index (tally, k), *other = g_ptr_array_index (rows, k);
        g_assert_cmpstr (one->key, ==, other->key);
        g_assert_cmpint (one->last_utc_us, ==, other->last_utc_us);
        for (guint v = 0; v < STN_VERDICT_COUNT; v++) {
          g_assert_cmpuint (one->counts[v], >=, other->counts[v]);
          more += one->counts[v] - other->counts[v];
        }
      }
      gboolean is_first = is_either (filters[i].lot, first->run->lot) && is_either (filters[i].site, first->run->site)
                          && is_either (filters[i].day, first->run->production_day) && filters[i].from_day == NULL
                          && is_either (filters[i].operator_id, first->run->operator_id)
                          && is_either (filters[i].job_name, first->run->job_name);
      g_assert_cmpuint (more, ==, is_first);
    }
    for (int unit_by = STN_UNITS_BY_DAY; unit_by <= STN_UNITS_BY_JOB + 1; unit_by++) {
      StnUnitFilter slow = filters[i];
      slow.after_run = 1;
      gboolean by_images = unit_by > STN_UNITS_BY_JOB;
      g_autoptr (GPtrArray) tally
          = by_images ? stn_query_unit_groups_by_images (filled->query, &filters[i], &error)
                      : stn_query_unit_groups (filled->query, (StnUnitsBy) unit_by, &filters[i], &error);
      g_autoptr (GPtrArray) rows = by_images
                                       ? stn_query_unit_groups_by_images (filled->query, &slow, &error)
                                       : stn_query_unit_groups (filled->query, (StnUnitsBy) unit_by, &slow, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (tally->len, ==, rows->len);
      guint64 more = 0;
      for (guint k = 0; k < rows->len; k++) {
        const StnUnitGroup *one = g_ptr_array_index (tally, k), *other = g_ptr_array_index (rows, k);
        g_assert_cmpstr (one->key, ==, other->key);
        g_assert_cmpuint (one->counts.units - other->counts.units, <=, 1);
        g_assert_cmpuint (one->counts.pass_first - other->counts.pass_first, <=, 1);
        more += one->counts.units - other->counts.units;
      }
      g_assert_cmpuint (more, <=, 1);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/history/every_filter_lists_what_reading_all_runs_finds",
                   every_filter_lists_what_reading_all_runs_finds);
  g_test_add_func ("/history/tallies_equal_a_recount", tallies_equal_a_recount);
  g_test_add_func ("/history/groups_are_the_same_with_and_without_the_tally",
                   groups_are_the_same_with_and_without_the_tally);
  return g_test_run ();
}
