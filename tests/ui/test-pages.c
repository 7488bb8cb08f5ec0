/* History, a board's life and wiring over a real journal and a real station file. */
#include <glib/gstdio.h>
#include <gtk/gtk.h>

#include "src/base/error.h"
#include "tests/journal/support.h"
#include "ui/history-export.h"
#include "ui/history-screen.h"
#include "ui/pages.h"
#include "ui/report-screen.h"
#include "ui/report-view.h"
#include "ui/run-list.h"
#include "ui/style.h"
#include "ui/unit-screen.h"
#include "ui/wiring-screen.h"

/* ---- what is found ---- */

static StnHistoryAnswer *
find_or_fail (StnQuery *query, const StnHistoryQuestion *question)
{
  g_autoptr (GError) error = NULL;
  StnHistoryAnswer *answer = stn_history_find (query, question, &error);
  g_assert_no_error (error);
  return answer;
}

static void
assert_found (StnQuery *query, StnHistoryQuestion question, guint expected)
{
  StnHistoryAnswer *answer = find_or_fail (query, &question);
  g_assert_cmpuint (answer->runs->len, ==, expected);
  stn_history_answer_free (answer);
}

/* 60 boards of lot L1, every third failed, and a run without a result. All tests only read it. */
static Place *place;
static char *first; /* the first board's serial */

static void
fill (void)
{
  g_autoptr (StnJournal) journal = open_or_fail (place);
  for (guint i = 0; i < 60; i++) {
    g_autofree char *id = g_strdup_printf ("019a0000-0000-7000-8000-%012u", i);
    g_autofree char *uid = g_strdup_printf ("0011223344556677%08u", i);
    g_autofree char *serial = whole_run (journal, id, i % 3 == 2 ? STN_VERDICT_FAIL : STN_VERDICT_PASS, uid);
    if (first == NULL)
      first = g_steal_pointer (&serial);
  }
  begin_or_fail (journal, "019a0000-0000-7000-8000-000000009999");
}

static void
pages_by_key_without_a_gap_newest_first (void)
{
  g_autoptr (StnQuery) query = query_or_fail (place);
  StnHistoryQuestion question = { 0 };
  gint64 last = G_MAXINT64;
  guint count = 0;
  gboolean has_more;
  do {
    StnHistoryAnswer *answer = find_or_fail (query, &question);
    g_assert_cmpuint (answer->runs->len, >, 0);
    for (guint i = 0; i < answer->runs->len; i++) {
      const StnRunRow *row = g_ptr_array_index (answer->runs, i);
      g_assert_cmpint (row->row, <, last);
      last = row->row;
    }
    count += answer->runs->len;
    has_more = answer->has_more;
    question.after_row = last;
    stn_history_answer_free (answer);
  } while (has_more);
  g_assert_cmpuint (count, ==, 61);
}

static void
finds_by_serial_uid_lot_and_verdict (void)
{
  g_autoptr (StnQuery) query = query_or_fail (place);
  assert_found (query, (StnHistoryQuestion){ .board = first }, 1);
  assert_found (query, (StnHistoryQuestion){ .board = (char *) "001122334455667700000002" }, 1);
  assert_found (query, (StnHistoryQuestion){ .has_verdict = TRUE, .verdict = STN_VERDICT_FAIL }, 20);
  assert_found (query, (StnHistoryQuestion){ .has_verdict = TRUE, .verdict = STN_VERDICT_UNKNOWN }, 1);
  assert_found (query, (StnHistoryQuestion){ .board = first, .has_verdict = TRUE, .verdict = STN_VERDICT_FAIL }, 0);
  assert_found (query, (StnHistoryQuestion){ .board = first, .site = (char *) "A4" }, 0);
  /* a lot in the field for boards; a board that is in another lot; nothing at all */
  assert_found (query, (StnHistoryQuestion){ .board = (char *) "L1" }, 50);
  assert_found (query, (StnHistoryQuestion){ .board = first, .lot = (char *) "L2" }, 0);
  assert_found (query, (StnHistoryQuestion){ .board = (char *) "nobody", .lot = (char *) "L1" }, 0);
  assert_found (query, (StnHistoryQuestion){ .board = (char *) "nobody" }, 0);
}

/* What the button saves is what the command prints, and a file that can't be written leaves nothing behind. */
static void
what_the_filter_shows_is_saved_as_the_command_prints_it (void)
{
  g_autoptr (StnQuery) query = query_or_fail (place);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (place->folder, "runs.csv", NULL);
  g_autofree char *nowhere = g_build_filename (place->folder, "no", "such", "folder.csv", NULL);
  g_autofree char *saved = NULL, *printed = NULL;
  const StnHistoryQuestion all = { 0 }, failed = { .has_verdict = TRUE, .verdict = STN_VERDICT_FAIL };
  const char *const command[] = { g_getenv ("STN_STATIONCTL"), "units", "--csv", "--journal", place->path, "-n", "1000", NULL };
  guint64 runs = 0;

  g_assert_true (stn_history_export (query, &all, path, &runs, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (runs, ==, 61);
  g_assert_true (g_file_get_contents (path, &saved, NULL, NULL));
  g_assert_true (g_spawn_sync (NULL, (char **) command, NULL, 0, NULL, NULL, &printed, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (saved, ==, printed);
  g_auto (GStrv) lines = g_strsplit (saved, "\r\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 63); /* keys, runs, and what follows the last end of a line */
  g_assert_true (stn_history_export (query, &failed, path, &runs, &error));
  g_assert_cmpuint (runs, ==, 20);
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_false (stn_history_export (query, &all, nowhere, &runs, &error));
  g_assert_error (error, STN_ERROR, STN_FAILURE_BAD_FILE);
}

static void
the_life_of_a_serial_is_told_in_order (void)
{
  static const char *const expected[] = { "leased", "exposed", "used" };
  g_autoptr (StnQuery) query = query_or_fail (place);
  const char *const keys[] = { first, "001122334455667700000000" };
  for (guint k = 0; k < G_N_ELEMENTS (keys); k++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) changes = stn_query_serial_changes (query, keys[k], &error);
    g_assert_no_error (error);
    g_assert_cmpuint (changes->len, ==, G_N_ELEMENTS (expected));
    for (guint i = 0; i < changes->len; i++) {
      const StnSerialChange *change = g_ptr_array_index (changes, i);
      g_assert_cmpstr (change->state, ==, expected[i]);
      g_assert_cmpstr (change->serial, ==, first);
    }
  }
}

/* ---- the pages ---- */

static gboolean
give_up (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Real time: the answers come from real threads. */
static void
iterate_until (gboolean (*is_done) (gpointer), gpointer data)
{
  gboolean is_late = FALSE;
  guint source = g_timeout_add_seconds (30, give_up, &is_late);
  while (!is_done (data) && !is_late)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (is_late);
  g_source_remove (source);
}

static GtkWidget *
child_of_type (GtkWidget *widget, GType type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;
  if (!GTK_IS_CONTAINER (widget))
    return NULL;
  g_autoptr (GList) children = gtk_container_get_children (GTK_CONTAINER (widget));
  for (GList *child = children; child != NULL; child = child->next) {
    GtkWidget *found = child_of_type (child->data, type);
    if (found != NULL)
      return found;
  }
  return NULL;
}

static gboolean
has_rows (gpointer list)
{
  return stn_run_list_length (list) > 0;
}

static guint seen;

static void
on_request (StnWindow *window G_GNUC_UNUSED, const char *name G_GNUC_UNUSED, const char *argument G_GNUC_UNUSED)
{
  seen++;
}

static guint
live_requests (StnWindow *window, const char *name, const char *argument)
{
  seen = 0;
  g_signal_emit_by_name (window, "request", name, argument);
  return seen;
}

static void
activate (StnWindow *window, const char *action)
{
  g_action_group_activate_action (G_ACTION_GROUP (window), action, NULL);
}

static void
a_page_takes_scans_and_start_and_gives_them_back (void)
{
  StnWindow *window = g_object_new (STN_TYPE_WINDOW, NULL);
  StnPages *pages = stn_pages_attach (window);
  g_signal_connect (window, "request", G_CALLBACK (on_request), NULL);
  stn_pages_set_journal (pages, place->path);
  gtk_widget_show (GTK_WIDGET (window));

  g_assert_null (stn_pages_front (pages));
  g_assert_cmpuint (live_requests (window, "scan", first), ==, 1);
  activate (window, "history");
  g_assert_cmpstr (stn_pages_front (pages), ==, "history");
  GtkWidget *list = child_of_type (GTK_WIDGET (window), STN_TYPE_RUN_LIST);
  iterate_until (has_rows, list);
  g_assert_cmpuint (stn_run_list_length (STN_RUN_LIST (list)), ==, 50);

  g_assert_cmpuint (live_requests (window, "scan", first), ==, 0);
  stn_run_list_clear (STN_RUN_LIST (list));
  iterate_until (has_rows, list);
  g_assert_cmpuint (stn_run_list_length (STN_RUN_LIST (list)), ==, 1);
  /* no cycle is started from a page; who somebody is, is the session's */
  g_assert_cmpuint (live_requests (window, "start", ""), ==, 0);
  g_assert_cmpuint (live_requests (window, "retry", ""), ==, 0);
  g_assert_cmpuint (live_requests (window, "scan", "OP:4711"), ==, 1);
  g_assert_cmpuint (live_requests (window, "scan", "CMD:STOP"), ==, 1);
  g_assert_cmpuint (live_requests (window, "stop", ""), ==, 1);

  g_assert_cmpuint (live_requests (window, "close-side", ""), ==, 0);
  g_assert_null (stn_pages_front (pages));
  g_assert_cmpuint (live_requests (window, "start", ""), ==, 1);
  gtk_widget_destroy (GTK_WIDGET (window));
}

static void
a_row_leads_to_the_board_and_escape_back (void)
{
  StnWindow *window = g_object_new (STN_TYPE_WINDOW, NULL);
  StnPages *pages = stn_pages_attach (window);
  stn_pages_set_journal (pages, place->path);
  gtk_widget_show (GTK_WIDGET (window));
  activate (window, "history");
  GtkWidget *list = child_of_type (GTK_WIDGET (window), STN_TYPE_RUN_LIST);
  iterate_until (has_rows, list);
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 3);
  const char *spoken = atk_object_get_name (gtk_widget_get_accessible (GTK_WIDGET (row)));
  g_assert_true (g_str_has_prefix (spoken, "PASS, ") || g_str_has_prefix (spoken, "FAIL, "));
  g_signal_emit_by_name (list, "row-activated", row);
  g_assert_cmpstr (stn_pages_front (pages), ==, "unit");
  live_requests (window, "close-side", "");
  g_assert_cmpstr (stn_pages_front (pages), ==, "history");
  live_requests (window, "close-side", "");
  g_assert_null (stn_pages_front (pages));
  gtk_widget_destroy (GTK_WIDGET (window));
}

/* A window that goes while its question is under way: the answer finds nobody, and nothing breaks. */
static void
a_question_outlives_its_page (void)
{
  for (guint i = 0; i < 20; i++) {
    StnWindow *window = g_object_new (STN_TYPE_WINDOW, NULL);
    StnPages *pages = stn_pages_attach (window);
    stn_pages_set_journal (pages, place->path);
    activate (window, "history");
    for (guint k = 0; k < i; k++)
      g_main_context_iteration (NULL, FALSE);
    gtk_widget_destroy (GTK_WIDGET (window));
  }
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static gboolean
has_no_wait (gpointer page)
{
  GtkWidget *bar = child_of_type (page, GTK_TYPE_PROGRESS_BAR);
  return bar != NULL && !gtk_widget_get_visible (bar);
}

static gboolean
is_loaded (gpointer session)
{
  g_autoptr (StnSessionState) state = stn_session_state (session);
  return state->site_count > 0;
}

/* In the session's thread. */
static void
wake (gpointer data G_GNUC_UNUSED)
{
  g_main_context_wakeup (NULL);
}

static void
wiring_is_the_sessions_to_check (void)
{
  g_autofree char *file = g_build_filename (g_getenv ("STN_SOURCE_ROOT"), "data/stations/virtual-8.yaml", NULL);
  StnWindow *window = g_object_new (STN_TYPE_WINDOW, NULL);
  StnPages *pages = stn_pages_attach (window);
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  const StnSessionOptions options = { .station_path = file, .clock = clock, .notify = wake };
  StnSession *session = stn_session_new (&options);
  stn_pages_set_session (pages, session);
  iterate_until (is_loaded, session);
  gtk_widget_show (GTK_WIDGET (window));
  activate (window, "check-wiring");
  GtkWidget *page = child_of_type (GTK_WIDGET (window), STN_TYPE_WIRING_SCREEN);
  iterate_until (has_no_wait, page);
  GtkWidget *grid = child_of_type (page, GTK_TYPE_GRID);
  GtkWidget *name = gtk_grid_get_child_at (GTK_GRID (grid), 0, 8);
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (name)), ==, "A8");
  /* while a cycle runs nothing is touched */
  GtkWidget *identify = gtk_grid_get_child_at (GTK_GRID (grid), 9, 8);
  g_assert_true (gtk_widget_get_sensitive (identify));
  stn_pages_set_running (pages, TRUE);
  g_assert_false (gtk_widget_get_sensitive (identify));
  stn_pages_set_session (pages, NULL);
  stn_session_free (session);
  gtk_widget_destroy (GTK_WIDGET (window));
}

static gboolean
has_pages (gpointer view)
{
  return stn_report_view_pages (view) > 0;
}

/* What a scan asks for is made in a thread and stands on pages; nothing goes to the session. */
static void
a_lot_that_is_scanned_is_a_report (void)
{
  StnWindow *window = g_object_new (STN_TYPE_WINDOW, NULL);
  StnPages *pages = stn_pages_attach (window);
  g_signal_connect (window, "request", G_CALLBACK (on_request), NULL);
  stn_pages_set_journal (pages, place->path);
  gtk_widget_show (GTK_WIDGET (window));
  activate (window, "reports");
  g_assert_cmpstr (stn_pages_front (pages), ==, "reports");
  GtkWidget *view = child_of_type (GTK_WIDGET (window), STN_TYPE_REPORT_VIEW);
  g_assert_false (has_pages (view));
  g_assert_cmpuint (live_requests (window, "scan", "LOT:L1"), ==, 0);
  iterate_until (has_pages, view);
  g_assert_cmpuint (live_requests (window, "scan", first), ==, 0);
  g_assert_false (has_pages (view));
  iterate_until (has_pages, view);
  gtk_widget_destroy (GTK_WIDGET (window));
}

/* The pages that the screen shows are not empty paper: something is drawn on the first one, and by no other code than
 * that of the report. */
static void
pages_are_drawn_only_where_they_are_seen (void)
{
  g_autoptr (StnQuery) query = query_or_fail (place);
  g_autoptr (GError) error = NULL;
  StnReport *report = stn_report_new (stn_report_kind_find ("lot"), query, "journal.db", &(StnReportQuery){ .lot = "L1" },
                                      1767600000000000, &error);
  g_assert_no_error (error);
  GtkWidget *window = gtk_offscreen_window_new ();
  GtkWidget *view = g_object_new (STN_TYPE_REPORT_VIEW, NULL);
  gtk_container_add (GTK_CONTAINER (window), view);
  gtk_widget_set_size_request (window, 640, -1);
  stn_report_view_show (STN_REPORT_VIEW (view), report);
  gtk_widget_show_all (window);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 640, 400);
  cairo_t *cairo = cairo_create (surface);
  gtk_widget_draw (view, cairo);
  cairo_destroy (cairo);
  cairo_surface_flush (surface);
  const guint32 *pixels = (const guint32 *) (void *) cairo_image_surface_get_data (surface);
  guint white = 0, dark = 0;
  for (guint i = 0; i < 640 * 400; i++) {
    white += (pixels[i] & 0xffffff) == 0xffffff;
    dark += (pixels[i] & 0xff) < 0x60 && i % 640 > 20 && i % 640 < 620 && i > 640 * 20;
  }
  g_assert_cmpuint (white, >, 100000);
  g_assert_cmpuint (dark, >, 500);
  cairo_surface_destroy (surface);
  gtk_widget_destroy (window);
}

int
main (int argc, char **argv)
{
  /* the journal of the demo's station is the user's: not the one of whoever runs the tests */
  g_autofree char *home = g_dir_make_tmp ("stn-pages-XXXXXX", NULL);
  g_setenv ("XDG_DATA_HOME", home, TRUE);
  gtk_test_init (&argc, &argv, NULL);
  stn_style_init ();
  g_test_add_func ("/history/pages_by_key_without_a_gap_newest_first", pages_by_key_without_a_gap_newest_first);
  g_test_add_func ("/history/finds_by_serial_uid_lot_and_verdict", finds_by_serial_uid_lot_and_verdict);
  g_test_add_func ("/history/what_the_filter_shows_is_saved_as_the_command_prints_it",
                   what_the_filter_shows_is_saved_as_the_command_prints_it);
  g_test_add_func ("/unit/the_life_of_a_serial_is_told_in_order", the_life_of_a_serial_is_told_in_order);
  g_test_add_func ("/pages/a_page_takes_scans_and_start_and_gives_them_back",
                   a_page_takes_scans_and_start_and_gives_them_back);
  g_test_add_func ("/pages/a_row_leads_to_the_board_and_escape_back", a_row_leads_to_the_board_and_escape_back);
  g_test_add_func ("/pages/a_question_outlives_its_page", a_question_outlives_its_page);
  g_test_add_func ("/pages/wiring_is_the_sessions_to_check", wiring_is_the_sessions_to_check);
  g_test_add_func ("/reports/a_lot_that_is_scanned_is_a_report", a_lot_that_is_scanned_is_a_report);
  g_test_add_func ("/reports/pages_are_drawn_only_where_they_are_seen", pages_are_drawn_only_where_they_are_seen);
  place = place_new ();
  fill ();
  int failed = g_test_run ();
  place_free (place);
  g_free (first);
  g_autofree char *clean = g_strdup_printf ("rm -rf '%s'", home);
  return system (clean) == 0 ? failed : 1;
}
