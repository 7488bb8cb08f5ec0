#include "src/station/board-options.h"

#include "src/job/probe-options.h"
#include "src/station/ports.h"
#include "src/station/scene.h"

static gboolean
find_part (StnStation *station, const char *part, const StnTarget **out, GError **error)
{
  StnTargets *targets = stn_station_targets (station, error);
  if (targets == NULL)
    return FALSE;
  *out = part == NULL ? NULL : stn_targets_find (targets, part, error);
  return part == NULL || *out != NULL;
}

static gboolean
set_no_rom (const char *site, const StnProbeEar *ear, GError **error)
{
  stn_error_set (error, STN_FAILURE_NO_SYNC, "%s: no ROM answers%s%s%s", site,
                 ear->heard == STN_HEARD_BYTES ? ", but something else speaks there"
                                               : "; a board whose flash holds a program and whose options ignore BOOT0 "
                                                 "can't be entered",
                 ear->why[0] != '\0' ? ": " : "", ear->why);
  return FALSE;
}

/* Whose ROM it is: what it says, or what the caller says. */
static gboolean
choose_target (const char *site, const StnProbeEar *ear, const StnTarget *part, const StnTarget **out, GError **error)
{
  if (ear->heard != STN_HEARD_ROM)
    return set_no_rom (site, ear, error);
  if (ear->uart == NULL && part == NULL) {
    stn_error_set (error, STN_FAILURE_USAGE,
                   "%s: over USB a ROM does not say which chip it is: name the part (--target)", site);
    return FALSE;
  }
  if (ear->uart != NULL && !ear->is_identified) {
    stn_error_set (error, STN_FAILURE_NO_ANSWER, "%s: the ROM does not say which chip it is", site);
    return FALSE;
  }
  if (ear->uart != NULL && part != NULL && part->product_id != ear->product_id) {
    g_autofree char *wanted = g_strdup_printf ("0x%03x", part->product_id);
    g_autofree char *seen = g_strdup_printf ("0x%03x", ear->product_id);
    stn_error_set_seen (error, STN_FAILURE_WRONG_CHIP, wanted, seen, "%s: the board is no %s", site, part->name);
    return FALSE;
  }
  *out = part != NULL ? part : ear->target;
  if (*out != NULL)
    return TRUE;
  stn_error_set (error, STN_FAILURE_WRONG_CHIP, "%s: no target has the product id 0x%03x", site, ear->product_id);
  return FALSE;
}

static void
judge (StnBoardOptions *self)
{
  g_autoptr (GError) why = NULL;
  StnBootState state = { .target = self->target, .options = self->block };

  if (!stn_option_block_check (self->block, &why))
    self->unfit = g_strdup (why->message);
  self->at_low = stn_boot_start (&state);
  state.boot0_high = TRUE;
  self->at_high = stn_boot_start (&state);
  StnBootSituation situation = {
    .target = self->target,
    .options = self->block,
    .wiring = self->wiring,
    /* the ROM is running: where neither the pin nor the options can have led there, the latch has */
    .latch = self->at_low != STN_BOOT_ROM && (self->at_high != STN_BOOT_ROM || !self->wiring.has_boot0)
                 ? STN_EMPTY_YES
                 : STN_EMPTY_UNKNOWN,
    .flash_empty = self->is_empty,
    .bootloader_id = self->bootloader_id,
  };
  self->ways = stn_option_ways (&situation);
}

static StnBoardOptions *
read_board (StnScene *scene, const char *name, const StnTarget *part, GError **error)
{
  const StnSite *site = scene->holds[0].site;
  const StnTarget *target = NULL;
  StnProbeOptions options;

  if (scene->errors[0] != NULL) {
    g_propagate_error (error, g_error_copy (scene->errors[0]));
    return NULL;
  }
  if (part != NULL && part->has_usb)
    scene->ears[0].usb_wait_ns = stn_target_timeout_ns (stn_target_usb_start_ns (part));
  if (!stn_scene_play (scene, 0, 0, TRUE, error))
    return NULL;
  if (scene->errors[0] != NULL) {
    g_propagate_error (error, g_error_copy (scene->errors[0]));
    return NULL;
  }
  const StnProbeEar *ear = &scene->ears[0];
  if (!choose_target (name, ear, part, &target, error))
    return NULL;
  g_autoptr (GError) failure = NULL;
  if (!stn_probe_read_options (ear, target, &options, &scene->wait, &failure)) {
    g_prefix_error (&failure, "%s: %s", name,
                    stn_error_is (failure, STN_FAILURE_READ_PROTECTED)
                        ? "readout protection is on, so the ROM shows no option bytes: "
                        : "");
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
  }
  StnBoardOptions *self = g_new0 (StnBoardOptions, 1);
  self->site = g_strdup (name);
  self->target = target;
  self->via_usb = options.via_usb;
  self->bootloader_id = options.bootloader_id;
  self->uid = ear->uid[0] != '\0' ? g_strdup (ear->uid) : NULL;
  self->block = options.block;
  self->is_empty = options.is_empty;
  self->wiring = (StnBootWiring){ .has_boot0 = site->boot0.adapter != NULL,
                                  .has_nrst = site->nrst.adapter != NULL,
                                  .has_power = site->power.adapter != NULL };
  judge (self);
  return self;
}

StnBoardOptions *
stn_station_read_options (StnStation *self, const char *site, const char *part, GCancellable *cancellable,
                          GError **error)
{
  const char *const names[] = { site, NULL };
  const StnTarget *target = NULL;
  g_autoptr (GArray) indexes = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (StnBench) bench = NULL;

  if (!stn_station_pick_sites (self, names, NULL, indexes, error) || !find_part (self, part, &target, error))
    return NULL;
  if (self->bench_config != NULL && (bench = stn_station_make_bench (self, error)) == NULL)
    return NULL;
  guint index = g_array_index (indexes, guint, 0);
  g_autoptr (StnPorts) ports = stn_ports_new (self, &index, 1, bench);
  if (!stn_ports_lock (ports, error) || !stn_station_wait_out_windows (self, ports, cancellable, error)
      || !stn_ports_open (ports, cancellable, error))
    return NULL;
  stn_ports_connect (ports);

  StnSite *one = g_ptr_array_index (self->sites, index);
  StnScene scene;
  StnBoardOptions *board = NULL;
  if (stn_scene_open (&scene, &one, 1, stn_station_targets (self, NULL), self->clock, cancellable, error))
    board = read_board (&scene, site, target, error);
  stn_scene_close (&scene);
  return board;
}

void
stn_board_options_free (StnBoardOptions *self)
{
  if (self == NULL)
    return;
  stn_option_block_free (self->block);
  g_free (self->site);
  g_free (self->uid);
  g_free (self->unfit);
  g_free (self);
}
