#include "ui/job-list.h"

#include <glib/gi18n.h>

#include "src/job/job.h"

#define JOBS_MOST 200

typedef struct {
  char *folder;
  void (*done) (GPtrArray *jobs, gpointer data);
  gpointer data;
} Reading;

static void
reading_free (gpointer data)
{
  Reading *self = data;
  g_free (self->folder);
  g_free (self);
}

static void
row_free (gpointer data)
{
  stn_model_row_free (data);
}

static gint
by_title (gconstpointer a, gconstpointer b)
{
  return g_utf8_collate ((*(const StnModelRow *const *) a)->title, (*(const StnModelRow *const *) b)->title);
}

static void
add_job (GPtrArray *rows, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (StnJob) job = stn_job_load (path, &error);
  g_autofree char *revision = job != NULL ? g_strdup_printf (_ ("rev. %d"), (int) MIN (job->revision, G_MAXINT)) : NULL;
  g_autofree char *name = job != NULL ? g_strdup (job->name) : g_path_get_basename (path);
  StnModelRow *row = stn_model_add_row (rows, name, revision, error != NULL ? error->message : NULL);
  row->key = g_strdup (path);
  row->is_warning = error != NULL;
}

static void
read_folder (GTask *task, gpointer source G_GNUC_UNUSED, gpointer task_data, GCancellable *cancellable)
{
  const Reading *self = task_data;
  GPtrArray *rows = g_ptr_array_new_with_free_func (row_free);
  g_autoptr (GDir) folder = g_dir_open (self->folder, 0, NULL);
  const char *name;

  while (folder != NULL && rows->len < JOBS_MOST && (name = g_dir_read_name (folder)) != NULL
         && !g_cancellable_is_cancelled (cancellable)) {
    g_autofree char *path = g_build_filename (self->folder, name, NULL);
    g_autofree char *inner = g_build_filename (path, "job.yaml", NULL);
    if (g_str_has_suffix (name, ".yaml"))
      add_job (rows, path);
    else if (g_file_test (inner, G_FILE_TEST_IS_REGULAR))
      add_job (rows, inner);
  }
  g_ptr_array_sort (rows, by_title);
  g_task_return_pointer (task, rows, (GDestroyNotify) g_ptr_array_unref);
}

static void
on_read (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data G_GNUC_UNUSED)
{
  const Reading *self = g_task_get_task_data (G_TASK (result));
  GPtrArray *jobs = g_task_propagate_pointer (G_TASK (result), NULL);
  if (jobs != NULL)
    self->done (jobs, self->data);
}

void
stn_job_list_read (const char *folder, GCancellable *cancellable, void (*done) (GPtrArray *jobs, gpointer data),
                   gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, on_read, NULL);
  Reading *self = g_new0 (Reading, 1);
  self->folder = g_canonicalize_filename (folder, NULL);
  self->done = done;
  self->data = data;
  g_task_set_task_data (task, self, reading_free);
  g_task_run_in_thread (task, read_folder);
}
