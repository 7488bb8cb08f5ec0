/* A station and a bench that need not agree, in one folder and on the virtual clock, for the tests of the wiring. */
#pragma once

#include "src/station/check.h"
#include "tests/remove-folder.h"
#include "tests/station/wiring-texts.h"

#include <glib/gstdio.h>

typedef struct {
  char *folder;
  StnClock *clock;
  StnStation *station;
} World;

/* The arguments are those of the texts. */
static inline World *
world_new (guint sites, const char *lines, const char *ttys, const char *boards, const char *more)
{
  World *self = g_new0 (World, 1);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = wiring_station_text (sites, more);
  g_autofree char *bench = wiring_bench_text (lines, ttys, boards);

  self->folder = g_dir_make_tmp ("station-wiring-XXXXXX", &error);
  g_assert_no_error (error);
  self->clock = stn_clock_new_virtual ();
  g_autofree char *station_path = g_build_filename (self->folder, "station.yaml", NULL);
  g_autofree char *bench_path = g_build_filename (self->folder, "bench.yaml", NULL);
  g_assert_true (g_file_set_contents (station_path, text, -1, NULL));
  g_assert_true (g_file_set_contents (bench_path, bench, -1, NULL));
  self->station = stn_station_load (station_path, self->clock, &error);
  g_assert_no_error (error);
  return self;
}

static inline void
world_free (World *self)
{
  stn_station_free (self->station);
  stn_clock_unref (self->clock);
  remove_folder (self->folder);
  g_free (self->folder);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

static inline const StnSiteCheck *
row_of (const StnCheckReport *report, const char *site)
{
  for (guint i = 0; i < report->sites->len; i++) {
    const StnSiteCheck *row = g_ptr_array_index (report->sites, i);
    if (g_str_equal (row->site, site))
      return row;
  }
  g_error ("no row of %s", site);
}

/* Fails unless some finding of the site has this in it. */
static inline void
assert_found (const StnCheckReport *report, const char *site, const char *part)
{
  const StnSiteCheck *row = row_of (report, site);
  for (guint i = 0; i < row->findings->len; i++)
    if (strstr (g_ptr_array_index (row->findings, i), part) != NULL)
      return;
  for (guint i = 0; i < row->findings->len; i++)
    g_test_message ("%s", (const char *) g_ptr_array_index (row->findings, i));
  for (guint i = 0; i < STN_PROOF_KIND_COUNT; i++)
    g_test_message ("%s: %s (%s)", stn_proof_kind_name (i), stn_proof_state_name (row->proofs[i].state),
                    row->proofs[i].text);
  g_error ("%s: nothing says “%s”", site, part);
}
