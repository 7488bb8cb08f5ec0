#include "src/station/station-private.h"

#include "src/journal/journal.h"

#include <string.h>

static void
clear_control (gpointer data)
{
  StnControlWiring *control = data;
  g_free (control->place);
  if (control->own_file != NULL)
    g_free (control->own_file->name);
  g_free (control->own_file);
}

static void
clear_wiring (gpointer data)
{
  g_free (((StnSiteWiring *) data)->usb_place);
}

static void
site_free (gpointer data)
{
  stn_site_free (data);
}

/* ---- where the file is ---- */

static char *
find_file (void)
{
  const char *named = g_getenv ("STATION_FILE");
  if (named != NULL && *named != '\0')
    return g_strdup (named);

  g_autofree char *own = g_build_filename (g_get_user_config_dir (), "station", "station.yaml", NULL);
  if (g_file_test (own, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&own);
  if (g_file_test ("/etc/station/station.yaml", G_FILE_TEST_EXISTS))
    return g_strdup ("/etc/station/station.yaml");
  return NULL;
}

static char *
default_journal (gboolean is_virtual)
{
  return g_build_filename (g_get_user_data_dir (), "station", is_virtual ? "journal-virtual.db" : "journal.db", NULL);
}

/* ---- the file's own words ---- */

/* "uart=/dev/… nrst=c1.AC0 boot0=c1.AC1" */
static char *
adapters_text (const StnStation *self, const StnSiteWiring *wiring)
{
  const StnPinRef *power = &wiring->lines[STN_SIGNAL_POWER];
  g_autofree char *power_text = power->kind != STN_PIN_REF_NONE ? stn_station_line_text (self, power) : NULL;
  const StnFileSite *site = wiring->file;
  const struct {
    const char *name, *value;
  } parts[] = {
    { "uart", site->uart.port },  { "usb", wiring->usb_place },      { "nrst", site->nrst.pin },
    { "boot0", site->boot0.pin }, { "power", power_text }, { "detect", site->detect.pin },
  };
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i].value != NULL)
      g_string_append_printf (text, "%s%s=%s", text->len > 0 ? " " : "", parts[i].name, parts[i].value);
  return g_string_free (text, FALSE);
}

static void
make_sites (StnStation *self)
{
  for (guint i = 0; i < self->wirings->len; i++) {
    const StnSiteWiring *wiring = &g_array_index (self->wirings, StnSiteWiring, i);
    const StnFileBank *bank = g_ptr_array_index (self->file.banks, wiring->bank);
    StnSite *site = stn_site_new (wiring->file->name, bank->name);

    /* a site without `at` stands in one row in the order of the file */
    site->row = wiring->file->at->len == 2 ? *(gint64 *) wiring->file->at->pdata[0] : 0;
    site->column = wiring->file->at->len == 2 ? *(gint64 *) wiring->file->at->pdata[1] : i;
    site->enabled = wiring->file->enabled;
    site->uart_place = g_strdup (wiring->file->uart.port);
    site->usb_place = g_strdup (wiring->usb_place);
    site->program_by = wiring->wiring.program_by;
    site->baud = wiring->wiring.baud;
    site->power_off_ns = wiring->wiring.power_off_ns;
    site->power_settle_ns = wiring->wiring.power_settle_ns;
    site->shares_nrst = wiring->wiring.shares_nrst;
    site->shares_boot0 = wiring->wiring.shares_boot0;
    site->shares_power = wiring->wiring.shares_power;
    site->adapters_text = adapters_text (self, wiring);
    g_ptr_array_add (self->sites, site);
  }
}

static gboolean
read_file (StnStation *self, GError **error)
{
  g_autofree char *bytes = NULL;
  gsize length = 0;
  g_autoptr (GError) unread = NULL;

  if (!g_file_get_contents (self->path, &bytes, &length, &unread)) {
    stn_error_set (error, STN_FAILURE_BAD_FILE, "%s: %s", self->path, unread->message);
    return FALSE;
  }
  self->yaml = stn_yaml_parse (self->path, bytes, length, error);
  return self->yaml != NULL
         && stn_fields_read (stn_station_file_fields (), stn_yaml_root (self->yaml), &self->file, error);
}

/* The boards of a real station, made up: one straight one a site. */
static void
make_training (StnStation *self, const char *target)
{
  StnFileBench *bench = &self->file.bench;
  if (bench->present)
    return;
  bench->present = TRUE;
  bench->straight = self->wirings->len;
  bench->target = g_strdup (target != NULL ? target : "STM32G071CB");
  bench->pace_line = bench->pace_flash = TRUE;
  bench->pace_turnaround_ns = STN_NS_PER_MS;
  bench->place = bench->target_place = self->file.place;
}

static char *
beside (const char *path, const char *name)
{
  g_autofree char *folder = g_path_get_dirname (path);
  return g_build_filename (folder, name, NULL);
}

static StnStation *
load (const char *path, gboolean is_training, const char *target, StnClock *clock, GError **error)
{
  g_autofree char *found = path != NULL ? g_strdup (path) : find_file ();
  if (found == NULL) {
    stn_error_set (error, STN_FAILURE_USAGE,
                   "There is no station file yet. To see everything work without hardware: stationctl demo\n"
                   "To write one from what is plugged in: stationctl learn\n"
                   "To write one by hand: man station.yaml");
    return NULL;
  }

  g_autoptr (StnStation) self = g_new0 (StnStation, 1);
  self->path = g_steal_pointer (&found);
  self->clock = stn_clock_ref (clock);
  self->controls = g_array_new (FALSE, TRUE, sizeof (StnControlWiring));
  g_array_set_clear_func (self->controls, clear_control);
  self->wirings = g_array_new (FALSE, TRUE, sizeof (StnSiteWiring));
  g_array_set_clear_func (self->wirings, clear_wiring);
  self->banks = g_array_new (FALSE, TRUE, sizeof (StnBankWiring));
  self->sites = g_ptr_array_new_with_free_func (site_free);
  self->warnings = g_ptr_array_new_with_free_func (g_free);

  if (!read_file (self, error) || !stn_station_read_calendar (self, error) || !stn_station_read_wiring (self, error))
    return NULL;
  if (is_training)
    make_training (self, target);
  if (self->file.bench.present) {
    self->bench_config = stn_station_read_bench (self, error);
    if (self->bench_config == NULL)
      return NULL;
  }
  self->is_virtual =
      self->file.bench.present || (self->file.remote_usb == STN_REMOTE_USB_VIRTUAL && stn_station_has_remote_usb (self));
  self->journal_path = self->file.journal != NULL ? g_strdup (self->file.journal) : default_journal (self->is_virtual);
  self->people_path =
      self->file.people != NULL ? g_strdup (self->file.people) : beside (self->journal_path, "people.yaml");
  self->is_training = is_training;
  if (is_training) {
    char *own = beside (self->journal_path, "journal-training.db");
    g_free (self->journal_path);
    self->journal_path = own;
  }
  make_sites (self);
  return g_steal_pointer (&self);
}

StnStation *
stn_station_load (const char *path, StnClock *clock, GError **error)
{
  return load (path, FALSE, NULL, clock, error);
}

StnStation *
stn_station_load_training (const char *path, const char *target, StnClock *clock, GError **error)
{
  return load (path, TRUE, target, clock, error);
}

void
stn_station_keep_bench (StnStation *self)
{
  self->keeps_bench = self->bench_config != NULL;
}

gboolean
stn_station_set_next_fault (StnStation *self, const char *site, const char *fault, GError **error)
{
  if (self->bench != NULL)
    return stn_bench_set_next_fault (self->bench, site, fault, error);
  stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "%s: its boards are not of a training bench", site);
  return FALSE;
}

const char *
stn_station_people_path (const StnStation *self)
{
  return self->people_path;
}

StnJournal *
stn_station_open_journal (StnStation *self, GError **error)
{
  return stn_journal_open (self->journal_path, self->is_virtual, self->clock, error);
}

gboolean
stn_station_wants_approval (const StnStation *self)
{
  return self->file.approval == STN_APPROVAL_REQUIRED && !self->is_training;
}

void
stn_station_free (StnStation *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->bench, stn_bench_free);
  g_clear_pointer (&self->sites, g_ptr_array_unref);
  g_clear_pointer (&self->wirings, g_array_unref);
  g_clear_pointer (&self->banks, g_array_unref);
  g_clear_pointer (&self->controls, g_array_unref);
  g_clear_pointer (&self->warnings, g_ptr_array_unref);
  g_clear_pointer (&self->bench_config, stn_bench_config_free);
  g_clear_pointer (&self->targets, stn_targets_free);
  stn_fields_clear (stn_station_file_fields (), &self->file);
  g_clear_pointer (&self->yaml, stn_yaml_free);
  g_clear_pointer (&self->clock, stn_clock_unref);
  g_free (self->journal_path);
  g_free (self->people_path);
  g_free (self->path);
  g_free (self);
}

const char *
stn_station_path (const StnStation *self)
{
  return self->path;
}

const char *
stn_station_name (const StnStation *self)
{
  return self->file.station;
}

gboolean
stn_station_is_virtual (const StnStation *self)
{
  return self->file.bench.present;
}

const char *
stn_station_journal_path (const StnStation *self)
{
  return self->journal_path;
}

StnTargets *
stn_station_targets (StnStation *self, GError **error)
{
  if (self->targets == NULL)
    self->targets = stn_station_read_targets (error);
  return self->targets;
}

StnTargets *
stn_station_read_targets (GError **error)
{
  return stn_targets_new ("/etc/station/targets", error);
}

StnSite *const *
stn_station_sites (const StnStation *self, guint *out_count)
{
  *out_count = self->sites->len;
  return (StnSite *const *) self->sites->pdata;
}

const char *const *
stn_station_warnings (const StnStation *self, guint *out_count)
{
  *out_count = self->warnings->len;
  return (const char *const *) self->warnings->pdata;
}

gboolean
stn_station_check (StnStation *self, GError **error)
{
  if (self->bench_config == NULL)
    return TRUE;
  StnBench *bench = stn_station_make_bench (self, error);
  stn_bench_free (bench);
  return bench != NULL;
}
