#include "src/station/approval.h"

#include <string.h>

void
stn_approval_clear (StnApproval *self)
{
  g_clear_pointer (&self->text, g_free);
}

static char *
subject_of (const StnJob *job)
{
  return g_strdup_printf ("%s/%" G_GINT64_FORMAT, job->name, job->revision);
}

static const char *
value_of (char **words, const char *name)
{
  gsize length = strlen (name);
  for (guint i = 0; words[i] != NULL; i++)
    if (strncmp (words[i], name, length) == 0 && words[i][length] == '=')
      return words[i] + length + 1;
  return NULL;
}

char *
stn_job_difference (const char *before, const char *now)
{
  g_auto (GStrv) old = g_strsplit (before != NULL ? before : "", " ", -1);
  g_auto (GStrv) new = g_strsplit (now != NULL ? now : "", " ", -1);
  GString *out = g_string_new (NULL);

  for (guint i = 0; new[i] != NULL; i++) {
    g_autofree char *name = g_strndup (new[i], strcspn (new[i], "="));
    const char *was = value_of (old, name), *is = value_of (new, name);
    if (is != NULL && g_strcmp0 (was, is) != 0)
      g_string_append_printf (out, "%simage %s %s", out->len > 0 ? ", " : "", name, was != NULL ? "differs" : "is new");
  }
  for (guint i = 0; old[i] != NULL; i++) {
    g_autofree char *name = g_strndup (old[i], strcspn (old[i], "="));
    if (*name != '\0' && value_of (new, name) == NULL)
      g_string_append_printf (out, "%simage %s is gone", out->len > 0 ? ", " : "", name);
  }
  if (out->len == 0)
    g_string_append (out, "the job file, or another file that it names, differs");
  return g_string_free (out, FALSE);
}

static char *
day_of (gint64 utc_us)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (utc_us / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;
  return local != NULL ? g_date_time_format (local, "%Y-%m-%d") : g_strdup ("an unknown day");
}

/* "HASH name=sha256 name=sha256" */
static gboolean
judge (const StnJob *job, const StnAuditRow *row, StnApproval *out)
{
  g_autofree char *day = day_of (row->utc_us);
  const char *who = row->operator_id != NULL ? row->operator_id : "nobody named";
  const char *space = row->detail != NULL ? strchr (row->detail, ' ') : NULL;
  gsize length = space != NULL ? (gsize) (space - row->detail) : row->detail != NULL ? strlen (row->detail) : 0;

  if (g_str_equal (row->action, "revoke")) {
    out->text = g_strdup_printf ("job %s is not approved: %s took the approval back on %s", job->name, who, day);
    return FALSE;
  }
  if (length == strlen (job->hash) && strncmp (row->detail, job->hash, length) == 0) {
    out->text = g_strdup_printf ("approved by %s on %s", who, day);
    return TRUE;
  }
  g_autofree char *what = stn_job_difference (space != NULL ? space + 1 : NULL, job->images_text);
  out->text = g_strdup_printf ("job %s differs from what %s approved on %s: %s", job->name, who, day, what);
  return FALSE;
}

gboolean
stn_approval_find (StnQuery *query, const StnJob *job, StnApproval *out, GError **error)
{
  g_autofree char *subject = subject_of (job);
  g_autoptr (GError) failure = NULL;
  StnAuditRow *approved = stn_query_last_audit (query, "approve", subject, &failure);
  StnAuditRow *revoked = failure == NULL ? stn_query_last_audit (query, "revoke", subject, &failure) : NULL;

  if (failure == NULL && approved == NULL && revoked == NULL)
    *out = (StnApproval){ FALSE, g_strdup_printf ("job %s is not approved: stationctl approve %s", job->name, job->path) };
  else if (failure == NULL)
    out->is_approved = judge (job, approved == NULL || (revoked != NULL && revoked->row > approved->row) ? revoked : approved,
                              out);
  stn_audit_row_free (approved);
  stn_audit_row_free (revoked);
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

gboolean
stn_approval_check (StnQuery *query, const StnJob *job, GError **error)
{
  StnApproval approval = { 0 };
  if (!stn_approval_find (query, job, &approval, error))
    return FALSE;
  gboolean ok = approval.is_approved;
  if (!ok)
    stn_error_set (error, strstr (approval.text, "differs") != NULL ? STN_FAILURE_JOB_CHANGED : STN_FAILURE_NOT_APPROVED,
                   "%s", approval.text);
  stn_approval_clear (&approval);
  return ok;
}

gboolean
stn_approval_write (StnJournal *journal, const StnJob *job, gboolean approve, const char *who, const char *reason,
                    GError **error)
{
  g_autofree char *subject = subject_of (job);
  g_autofree char *detail = g_strdup_printf ("%s %s", job->hash, job->images_text != NULL ? job->images_text : "");
  const StnAudit audit = { .action = approve ? "approve" : "revoke", .subject = subject, .detail = detail,
                           .operator_id = who, .new_value = job->hash, .reason = reason };
  return stn_journal_write_audit (journal, &audit, error);
}
