#include "ui/card.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>

#include "src/report/card.h"

typedef struct {
  char *station, *path;
  char **sites;
  StnCardDone done;
  gpointer data;
} Work;

static void
work_free (gpointer data)
{
  Work *self = data;
  g_free (self->station);
  g_free (self->path);
  g_strfreev (self->sites);
  g_free (self);
}

static const char *
say (const char *text)
{
  return _ (text);
}

/* Where paper is not A4 the desktop says so. */
static StnPaper
paper_of_locale (void)
{
  const char *locale = setlocale (LC_PAPER, NULL);
  return locale != NULL && (strstr (locale, "_US") != NULL || strstr (locale, "_CA") != NULL) ? STN_PAPER_LETTER
                                                                                             : STN_PAPER_A4;
}

static void
draw (GTask *task, gpointer source G_GNUC_UNUSED, gpointer data, GCancellable *cancellable G_GNUC_UNUSED)
{
  const Work *work = data;
  GError *error = NULL;
  const StnCardOptions options = { .station = work->station,
                                   .sites = (const char *const *) work->sites,
                                   .paper = paper_of_locale (),
                                   .say = say };
  g_autoptr (GBytes) bytes = stn_card_to_pdf (&options, &error);
  g_autofree char *folder = g_path_get_dirname (work->path);
  gsize length = 0;
  const char *pdf = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;

  g_mkdir_with_parents (folder, 0755);
  if (bytes != NULL && g_file_set_contents_full (work->path, pdf, (gssize) length, G_FILE_SET_CONTENTS_CONSISTENT, 0644, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_drawn (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data G_GNUC_UNUSED)
{
  GTask *task = G_TASK (result);
  const Work *work = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gboolean ok = g_task_propagate_boolean (task, &error);
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (cancellable != NULL && g_cancellable_is_cancelled (cancellable))
    return;
  g_autofree char *text = ok ? g_strdup_printf (_ ("The command card is in %s"), work->path)
                             : g_strdup_printf (_ ("The command card could not be written: %s"), error->message);
  work->done (ok, text, work->data);
}

void
stn_card_write (const StnSessionState *state, GCancellable *cancellable, StnCardDone done, gpointer data)
{
  const char *documents = g_get_user_special_dir (G_USER_DIRECTORY_DOCUMENTS);
  GPtrArray *sites = g_ptr_array_new ();
  Work *work = g_new0 (Work, 1);

  for (guint i = 0; i < state->site_count; i++)
    g_ptr_array_add (sites, g_strdup (state->sites[i].name));
  g_ptr_array_add (sites, NULL);
  work->station = g_strdup (state->station != NULL ? state->station : "");
  work->sites = (char **) g_ptr_array_free (sites, FALSE);
  work->path = g_build_filename (documents != NULL ? documents : g_get_home_dir (), "Station", "command-card.pdf", NULL);
  work->done = done;
  work->data = data;
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, on_drawn, NULL);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, work, work_free);
  g_task_run_in_thread (task, draw);
}
