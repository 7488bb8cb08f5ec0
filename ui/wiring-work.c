#include "ui/wiring-work.h"

#include "src/station/service.h"

/* Shared by the window and the thread. */
typedef struct {
  gatomicrefcount references;
  GMutex mutex;
  guint done, total;
  char *what;
} Progress;

struct StnWiringWork {
  char *path;
  StnWiringDone done;
  gpointer data;
  GCancellable *cancellable; /* of what is under way; NULL: nothing is */
  Progress *progress;
};

typedef struct {
  StnWiringWork *wiring; /* the window's; not touched by the thread */
  StnWiringTask task;
  char *path, *site;
  gint64 duration_ns;
  Progress *progress;
} Work;

static Progress *
progress_ref (Progress *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

static void
progress_unref (Progress *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_mutex_clear (&self->mutex);
  g_free (self->what);
  g_free (self);
}

static void
on_progress (guint done, guint total, gpointer data)
{
  Progress *self = data;
  g_mutex_lock (&self->mutex);
  self->done = done;
  self->total = total;
  g_mutex_unlock (&self->mutex);
}

static void
on_tell (const char *what, gpointer data)
{
  Progress *self = data;
  g_mutex_lock (&self->mutex);
  g_free (self->what);
  self->what = g_strdup (what);
  g_mutex_unlock (&self->mutex);
}

static void
work_free (gpointer data)
{
  Work *self = data;
  progress_unref (self->progress);
  g_free (self->path);
  g_free (self->site);
  g_free (self);
}

static void
report_free (gpointer report)
{
  stn_check_report_free (report);
}

static void
site_check_free (gpointer data)
{
  StnSiteCheck *self = data;
  for (guint kind = 0; kind < STN_PROOF_KIND_COUNT; kind++)
    g_free (self->proofs[kind].text);
  g_free (self->site);
  g_free (self->bank);
  g_ptr_array_unref (self->findings);
  g_free (self);
}

static StnCheckReport *
list_sites (StnStation *station)
{
  StnCheckReport *report = g_new0 (StnCheckReport, 1);
  guint count;
  StnSite *const *sites = stn_station_sites (station, &count);
  report->sites = g_ptr_array_new_with_free_func (site_check_free);
  for (guint i = 0; i < count; i++) {
    StnSiteCheck *row = g_new0 (StnSiteCheck, 1);
    row->site = g_strdup (sites[i]->name);
    row->bank = g_strdup (sites[i]->bank);
    row->state = STN_SITE_SILENT;
    row->findings = g_ptr_array_new_with_free_func (g_free);
    g_ptr_array_add (report->sites, row);
  }
  return report;
}

static void
carry_out (GTask *task, gpointer source G_GNUC_UNUSED, gpointer data, GCancellable *cancellable)
{
  const Work *work = data;
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  GError *error = NULL;
  StnCheckReport *report = NULL;
  /* a station of its own, read anew: what was changed in its file counts */
  g_autoptr (StnStation) station = stn_station_load (work->path, clock, &error);
  const StnCheckOptions options = {
    .cancellable = cancellable, .progress = on_progress, .tell = on_tell, .data = work->progress
  };

  if (station != NULL && work->task == STN_WIRING_LIST)
    report = list_sites (station);
  else if (station != NULL && work->task == STN_WIRING_CHECK)
    report = stn_station_check_wiring (station, &options, &error);
  else if (station != NULL)
    stn_station_identify (station, work->site, work->duration_ns, cancellable, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, report, report_free);
}

static void
on_done (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  GTask *task = G_TASK (result);
  const Work *work = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (StnCheckReport) report = g_task_propagate_pointer (task, &error);
  GCancellable *gone = data;

  if (!g_cancellable_is_cancelled (gone)) {
    StnWiringWork *self = work->wiring;
    g_clear_object (&self->cancellable);
    self->done (work->task, report, error, self->data);
  }
  g_object_unref (gone);
}

StnWiringWork *
stn_wiring_work_new (const char *station_path, StnWiringDone done, gpointer data)
{
  StnWiringWork *self = g_new0 (StnWiringWork, 1);
  self->path = g_strdup (station_path);
  self->done = done;
  self->data = data;
  self->progress = g_new0 (Progress, 1);
  g_atomic_ref_count_init (&self->progress->references);
  g_mutex_init (&self->progress->mutex);
  return self;
}

/* The cancellable of the answer, kept beside that of the work: a check that was stopped answers, one whose window is gone
 * does not. */
static GCancellable *
gone_of (GCancellable *cancellable)
{
  return g_object_get_data (G_OBJECT (cancellable), "gone");
}

void
stn_wiring_work_free (StnWiringWork *self)
{
  if (self == NULL)
    return;
  if (self->cancellable != NULL) {
    g_cancellable_cancel (gone_of (self->cancellable));
    g_cancellable_cancel (self->cancellable);
    g_object_unref (self->cancellable);
  }
  progress_unref (self->progress);
  g_free (self->path);
  g_free (self);
}

gboolean
stn_wiring_work_begin (StnWiringWork *self, StnWiringTask wanted, const char *site, gint64 duration_ns)
{
  if (self->cancellable != NULL)
    return FALSE;
  self->cancellable = g_cancellable_new ();
  GCancellable *gone = g_cancellable_new ();
  g_object_set_data_full (G_OBJECT (self->cancellable), "gone", gone, g_object_unref);
  on_progress (0, 0, self->progress);
  on_tell (NULL, self->progress);

  g_autoptr (GTask) task = g_task_new (NULL, self->cancellable, on_done, g_object_ref (gone));
  Work *work = g_new0 (Work, 1);
  work->wiring = self;
  work->task = wanted;
  work->path = g_strdup (self->path);
  work->site = g_strdup (site);
  work->duration_ns = duration_ns;
  work->progress = progress_ref (self->progress);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, work, work_free);
  g_task_run_in_thread (task, carry_out);
  return TRUE;
}

void
stn_wiring_work_stop (StnWiringWork *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
}

gboolean
stn_wiring_work_is_busy (StnWiringWork *self)
{
  return self->cancellable != NULL;
}

void
stn_wiring_work_progress (StnWiringWork *self, guint *out_done, guint *out_total, char **out_what)
{
  g_mutex_lock (&self->progress->mutex);
  *out_done = self->progress->done;
  *out_total = self->progress->total;
  *out_what = g_strdup (self->progress->what);
  g_mutex_unlock (&self->progress->mutex);
}
