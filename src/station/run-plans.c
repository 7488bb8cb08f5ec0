/* Which sites take part in a run, and the plans that their wirings need. */
#include "src/station/run-private.h"

const StnSiteWiring *
stn_station_wiring_at (const StnStation *station, guint site)
{
  return &g_array_index (station->wirings, StnSiteWiring, site);
}

/* ---- sites ---- */

static gboolean
has_name (const char *const *names, const char *name)
{
  return names != NULL && g_strv_contains (names, name);
}

static gboolean
check_names (const StnStation *station, const char *const *names, GError **error)
{
  g_autoptr (GPtrArray) known = g_ptr_array_new ();
  for (guint i = 0; i < station->sites->len; i++)
    g_ptr_array_add (known, ((StnSite *) g_ptr_array_index (station->sites, i))->name);
  g_ptr_array_add (known, NULL);

  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    if (g_strv_contains ((const char *const *) known->pdata, names[i]))
      continue;
    const char *nearest = stn_text_nearest (names[i], (const char *const *) known->pdata);
    g_autofree char *hint = nearest != NULL ? g_strdup_printf ("; the nearest is “%s”", nearest) : g_strdup ("");
    stn_error_set (error, STN_FAILURE_USAGE, "%s has no site “%s”%s", station->path, names[i], hint);
    return FALSE;
  }
  return TRUE;
}

gboolean
stn_station_pick_sites (const StnStation *self, const char *const *sites, const char *const *skip, GArray *out_indexes,
                        GError **error)
{
  if (!check_names (self, sites, error) || !check_names (self, skip, error))
    return FALSE;
  for (guint i = 0; i < self->sites->len; i++) {
    const StnSite *site = g_ptr_array_index (self->sites, i);
    if (sites != NULL && !has_name (sites, site->name))
      continue;
    if (has_name (skip, site->name))
      continue;
    if (!site->enabled) {
      if (sites == NULL)
        continue;
      stn_error_set (error, STN_FAILURE_USAGE, "site %s is not enabled in %s", site->name, self->path);
      return FALSE;
    }
    g_array_append_val (out_indexes, i);
  }
  if (out_indexes->len > 0)
    return TRUE;
  stn_error_set (error, STN_FAILURE_USAGE, "no site is left to run");
  return FALSE;
}

/* ---- plans ---- */

static gboolean
same_wiring (const StnWiring *a, const StnWiring *b)
{
  return a->has_uart == b->has_uart && a->has_usb == b->has_usb && a->program_by == b->program_by
         && a->has_nrst == b->has_nrst && a->has_boot0 == b->has_boot0 && a->has_power == b->has_power
         && a->has_detect == b->has_detect && a->shares_nrst == b->shares_nrst && a->shares_boot0 == b->shares_boot0
         && a->shares_power == b->shares_power && a->baud == b->baud && a->power_off_ns == b->power_off_ns
         && a->power_settle_ns == b->power_settle_ns;
}

StnPlan *
stn_station_plan_for (GPtrArray *plans, StnTargets *targets, StnJob *job, const StnWiring *wiring, GError **error)
{
  for (guint i = 0; i < plans->len; i++) {
    StnPlan *plan = g_ptr_array_index (plans, i);
    if (same_wiring (&plan->wiring, wiring))
      return plan;
  }
  StnPlan *plan = stn_plan_new (job, targets, NULL, wiring, error);
  if (plan != NULL)
    g_ptr_array_add (plans, plan);
  return plan;
}

void
stn_station_plan_unref (gpointer plan)
{
  stn_plan_unref (plan);
}

GPtrArray *
stn_station_plans (StnStation *self, StnJob *job, GError **error)
{
  g_autoptr (GPtrArray) plans = g_ptr_array_new_with_free_func (stn_station_plan_unref);
  StnTargets *targets = stn_station_targets (self, error);
  if (targets == NULL)
    return NULL;
  for (guint i = 0; i < self->sites->len; i++) {
    const StnSite *site = g_ptr_array_index (self->sites, i);
    if (site->enabled
        && stn_station_plan_for (plans, targets, job, &stn_station_wiring_at (self, i)->wiring, error) == NULL) {
      g_prefix_error (error, "%s: ", site->name);
      return NULL;
    }
  }
  return g_steal_pointer (&plans);
}

StnPlan *
stn_station_plan_of_site (StnStation *self, StnJob *job, const char *site, GError **error)
{
  const char *const names[] = { site, NULL };
  g_autoptr (GArray) indexes = g_array_new (FALSE, FALSE, sizeof (guint));
  StnTargets *targets = stn_station_targets (self, error);
  if (targets == NULL || !stn_station_pick_sites (self, names, NULL, indexes, error))
    return NULL;
  StnPlan *plan = stn_plan_new (job, targets, NULL,
                                &stn_station_wiring_at (self, g_array_index (indexes, guint, 0))->wiring, error);
  if (plan == NULL)
    g_prefix_error (error, "%s: ", site);
  return plan;
}

StnPlan *
stn_station_plan_without (StnTargets *targets, StnJob *job, GError **error)
{
  /* what the job asks for by name, such a station has */
  StnWiring wiring = { .has_uart = TRUE,
                       .has_usb = job->program_by == STN_PROGRAM_BY_USB,
                       .has_nrst = TRUE,
                       .has_boot0 = TRUE,
                       .baud = 115200 };
  return stn_plan_new (job, targets, NULL, &wiring, error);
}
