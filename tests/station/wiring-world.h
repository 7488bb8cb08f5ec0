/* A station and a bench that need not agree, in one folder and on the virtual clock, for the tests of the wiring. */
#pragma once

#include "src/station/check.h"

#include <glib/gstdio.h>

typedef struct {
  char *folder;
  StnClock *clock;
  StnStation *station;
} World;

/* `lines`: "AC0: A1.nrst, ..." of the adapter; `ttys`: "/dev/b1: A1, ..."; `boards`: the rest of bench.yaml from
 * "boards:" on. The station believes: site An has AC(n-1), AD(n-1) and /dev/bn; `more` goes into each site's braces. */
static inline World *
world_new (guint sites, const char *lines, const char *ttys, const char *boards, const char *more)
{
  World *self = g_new0 (World, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new ("station: Wiring\nbench: bench.yaml\njournal: none.db\n"
                                           "controls: { c1: { ft232h: { serial: FTW1 }, buffered: true } }\n"
                                           "banks:\n  - name: A\n    sites:\n");
  g_autofree char *bench = g_strdup_printf ("bench: wiring\nusb:\n"
                                            "  - { port: \"1.1\", ft232h: { serial: FTW1, lines: { %s } } }\n"
                                            "ttys: { %s }\nboards:\n%s",
                                            lines, ttys, boards);

  self->folder = g_dir_make_tmp ("station-wiring-XXXXXX", &error);
  g_assert_no_error (error);
  self->clock = stn_clock_new_virtual ();
  for (guint i = 0; i < sites; i++)
    g_string_append_printf (text, "      - { name: A%u, nrst: c1.AC%u, boot0: c1.AD%u, uart: /dev/b%u%s }\n", i + 1, i,
                            i, i + 1, more);
  g_autofree char *station_path = g_build_filename (self->folder, "station.yaml", NULL);
  g_autofree char *bench_path = g_build_filename (self->folder, "bench.yaml", NULL);
  g_assert_true (g_file_set_contents (station_path, text->str, -1, NULL));
  g_assert_true (g_file_set_contents (bench_path, bench, -1, NULL));
  self->station = stn_station_load (station_path, self->clock, &error);
  g_assert_no_error (error);
  return self;
}

static inline void
world_free (World *self)
{
  static const char *const names[] = { "station.yaml", "bench.yaml", "learned.yaml" };
  stn_station_free (self->station);
  stn_clock_unref (self->clock);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (self->folder, names[i], NULL);
    g_unlink (path);
  }
  g_rmdir (self->folder);
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
