#include "src/station/check.h"

#include "src/station/ports.h"
#include "src/station/scene.h"

#include <string.h>

typedef struct {
  StnStation *station; /* borrowed */
  StnScene scene;
  GArray *indexes; /* guint: the enabled sites, into the station's */
  const StnCheckOptions *options;
  gboolean *is_chosen;
  StnPorts *ports;

  /* StnHeard of each UART: [n], and [n * n] by site and UART */
  guint8 *held, *at_rest, *by_nrst, *by_boot0;
  StnProbeEar *who;     /* the first answer of each UART's ROM */
  gboolean *sees_board; /* its detect pin does; TRUE where there is none */
  gboolean *by_uart, *by_usb; /* heard there at least once */
  guint done, total;
} Check;

/* ---- words ---- */

const char *
stn_proof_kind_name (StnProofKind kind)
{
  static const char *const names[] = { "control", "uart", "usb", "nrst", "boot0", "detect", "uid" };
  G_STATIC_ASSERT (G_N_ELEMENTS (names) == STN_PROOF_KIND_COUNT);
  return names[kind];
}

const char *
stn_proof_state_name (StnProofState state)
{
  static const char *const names[] = { "open", "seen", "wrong", "not-testable", "not-wired" };
  return names[state];
}

const char *
stn_site_state_name (StnSiteState state)
{
  static const char *const names[] = { "proved", "wrong", "silent", "error" };
  return names[state];
}

static const StnSite *
site_of (const Check *self, guint index)
{
  return self->scene.holds[index].site;
}

static const char *
name_of (const Check *self, guint index)
{
  return site_of (self, index)->name;
}

static const char *
port_word (const Check *self, guint index)
{
  return site_of (self, index)->uart_place == NULL || (self->by_usb[index] && !self->by_uart[index]) ? "USB port" : "UART";
}

/* "A2's UART", "A2's UART and A5's USB port" */
static char *
names_of (const Check *self, const gboolean *set)
{
  GString *text = g_string_new (NULL);
  guint left = 0;

  for (guint i = 0; i < self->scene.count; i++)
    left += set[i];
  for (guint i = 0; i < self->scene.count; i++) {
    if (!set[i])
      continue;
    left--;
    g_string_append_printf (text, "%s's %s%s", name_of (self, i), port_word (self, i),
                            left > 1    ? ", "
                            : left == 1 ? " and "
                                        : "");
  }
  return g_string_free (text, FALSE);
}

static void
prove (StnSiteCheck *row, StnProofKind kind, StnProofState state, char *text)
{
  g_free (row->proofs[kind].text);
  row->proofs[kind] = (StnProof){ .state = state, .text = text };
}

static void
find_fault (StnSiteCheck *row, char *text)
{
  row->state = STN_SITE_WRONG;
  g_ptr_array_add (row->findings, text);
}

/* ---- what was seen ---- */

/* The UARTs whose boards X's line reaches: those that answer in its experiment and not in the one that it is compared
 * with. `any`: a program that speaks counts too. */
static guint
reached (const Check *self, const guint8 *seen, const guint8 *without, guint site, gboolean any, gboolean *out)
{
  guint count = 0;

  for (guint i = 0; i < self->scene.count; i++) {
    guint8 heard = seen[site * self->scene.count + i];
    out[i] = (heard == STN_HEARD_ROM && without[i] != STN_HEARD_ROM)
             || (any && heard == STN_HEARD_BYTES && without[i] == STN_HEARD_NOTHING);
    count += out[i];
  }
  return count;
}

/* Takes those out that the file itself wires to the same line. Returns how many are left. */
static guint
remove_expected (const Check *self, guint site, gsize line_offset, gboolean *set)
{
  const StnLine *line = G_STRUCT_MEMBER_P (site_of (self, site), line_offset);
  guint count = 0;

  for (guint i = 0; i < self->scene.count; i++) {
    if (i == site || stn_scene_same_line (line, G_STRUCT_MEMBER_P (site_of (self, i), line_offset)))
      set[i] = FALSE;
    count += set[i];
  }
  return count;
}

static gboolean
was_heard (const Check *self, guint uart)
{
  guint count = self->scene.count;
  gboolean heard = self->held[uart] != STN_HEARD_NOTHING || self->at_rest[uart] != STN_HEARD_NOTHING;

  for (guint i = 0; i < count; i++)
    heard = heard || self->by_nrst[i * count + uart] != STN_HEARD_NOTHING
            || self->by_boot0[i * count + uart] != STN_HEARD_NOTHING;
  return heard;
}

typedef struct {
  gboolean *others; /* UARTs that the line should not reach */
  guint other_count;
  gboolean own; /* it reaches its own */
} Reach;

static void
find_reach (const Check *self, guint site, StnProofKind kind, Reach *out)
{
  gboolean is_nrst = kind == STN_PROOF_NRST;

  out->others = g_new0 (gboolean, self->scene.count);
  reached (self, is_nrst ? self->by_nrst : self->by_boot0, is_nrst ? self->held : self->at_rest, site, is_nrst,
           out->others);
  out->own = out->others[site];
  out->other_count = remove_expected (
      self, site, is_nrst ? G_STRUCT_OFFSET (StnSite, nrst) : G_STRUCT_OFFSET (StnSite, boot0), out->others);
}

/* ---- judging a site ---- */

static gboolean
has_restart (const StnSite *site)
{
  return site->nrst.adapter != NULL || site->power.adapter != NULL;
}

static const char *
restart_word (const StnSite *site)
{
  return site->nrst.adapter != NULL ? "NRST" : "power";
}

static void
judge_nrst (const Check *self, guint site, const Reach *reach, StnSiteCheck *row)
{
  const char *name = name_of (self, site), *word = restart_word (site_of (self, site));

  if (!has_restart (site_of (self, site))) {
    prove (row, STN_PROOF_NRST, STN_PROOF_NOT_WIRED, NULL);
  } else if (reach->other_count > 0 || reach->own) {
    gboolean rom = self->by_nrst[site * self->scene.count + site] == STN_HEARD_ROM;
    prove (row, STN_PROOF_NRST, reach->other_count > 0 ? STN_PROOF_WRONG : STN_PROOF_SEEN,
           g_strdup (reach->other_count > 0 ? "reaches another board"
                     : rom                  ? "held, the ROM is silent; let go, it answers"
                                            : "held, the board is silent; let go, its program speaks"));
  } else if (self->held[site] == STN_HEARD_ROM) {
    prove (row, STN_PROOF_NRST, STN_PROOF_WRONG, g_strdup ("held, the ROM answers all the same"));
    find_fault (row, g_strdup_printf ("%s: the ROM answers although %s is held: the line does not reach the board, is "
                                      "stuck, or the chip's NRST pin is switched off by its option bytes",
                                      name, word));
  } else if (was_heard (self, site)) {
    gboolean by_another = FALSE;
    for (guint i = 0; i < self->scene.count; i++)
      by_another |= i != site && self->by_nrst[i * self->scene.count + site] != STN_HEARD_NOTHING;
    prove (row, STN_PROOF_NRST, by_another ? STN_PROOF_WRONG : STN_PROOF_OPEN,
           g_strdup (by_another ? "reaches no board that is heard" : "nothing came after it was let go"));
    if (by_another)
      find_fault (row, g_strdup_printf ("%s's %s reaches no board that is heard; the board on %s's UART listens to "
                                        "another site's",
                                        name, word, name));
  }
}

static void
judge_boot0 (const Check *self, guint site, const Reach *reach, StnSiteCheck *row)
{
  const StnTarget *target = self->who[site].target;
  guint8 with = self->by_boot0[site * self->scene.count + site];
  const char *name = name_of (self, site);

  if (site_of (self, site)->boot0.adapter == NULL) {
    prove (row, STN_PROOF_BOOT0, STN_PROOF_NOT_WIRED, NULL);
  } else if (reach->other_count > 0 || reach->own) {
    prove (row, STN_PROOF_BOOT0, reach->other_count > 0 ? STN_PROOF_WRONG : STN_PROOF_SEEN,
           g_strdup (reach->other_count > 0 ? "reaches another board" : "ROM when high, none when low"));
  } else if (self->at_rest[site] == STN_HEARD_ROM && self->held[site] == STN_HEARD_ROM) {
    prove (row, STN_PROOF_BOOT0, STN_PROOF_OPEN, g_strdup ("can't be tried while the board can't be reset"));
  } else if (self->at_rest[site] == STN_HEARD_ROM && (target == NULL || !stn_probe_boot0_tells (target))) {
    prove (row, STN_PROOF_BOOT0, STN_PROOF_NOT_TESTABLE, g_strdup ("BOOT0 not testable with this board"));
  } else if (self->at_rest[site] == STN_HEARD_ROM) {
    prove (row, STN_PROOF_BOOT0, STN_PROOF_WRONG, g_strdup ("ROM even when low"));
    find_fault (row, g_strdup_printf ("%s: the board starts its ROM although BOOT0 is low: the line is stuck high, or "
                                      "a jumper on the board holds it there",
                                      name));
  } else if (with == STN_HEARD_BYTES || (with == STN_HEARD_NOTHING && self->at_rest[site] == STN_HEARD_BYTES)) {
    prove (row, STN_PROOF_BOOT0, STN_PROOF_WRONG, g_strdup ("no ROM when high"));
    find_fault (row, g_strdup_printf ("%s: the board starts its program although BOOT0 is high: the line does not "
                                      "reach it, is stuck low, or its option bytes switch the pin off",
                                      name));
  } else if (was_heard (self, site)) {
    prove (row, STN_PROOF_BOOT0, STN_PROOF_WRONG, g_strdup ("no ROM when high"));
    find_fault (row,
                g_strdup_printf ("%s: no ROM comes when %s's BOOT0 is high, but the board has been heard: its BOOT0 "
                                 "listens to another line, or to none",
                                 name, name));
  }
}

/* Both of two sites reach each other's UART and not their own. */
static gboolean
are_swapped (const Check *self, guint site, const gboolean *others)
{
  gboolean swapped = FALSE;

  for (guint i = 0; i < self->scene.count; i++) {
    guint8 back = self->by_nrst[i * self->scene.count + site];
    if (others[i])
      swapped = back != STN_HEARD_NOTHING && self->held[site] == STN_HEARD_NOTHING;
  }
  return swapped;
}

static void
tell_crossing (const Check *self, guint site, const Reach *nrst, const Reach *boot0, StnSiteCheck *row)
{
  const char *name = name_of (self, site), *word = restart_word (site_of (self, site));
  gsize size = self->scene.count * sizeof (gboolean);

  if (nrst->other_count > 0 && boot0->other_count > 0 && memcmp (nrst->others, boot0->others, size) == 0
      && nrst->own == boot0->own) {
    g_autofree char *names = names_of (self, nrst->others);
    const char *advice = nrst->other_count == 1 && !nrst->own && are_swapped (self, site, nrst->others)
                             ? ": the ports of the two are swapped, in the plugs or in the station file"
                             : "";
    find_fault (row, g_strdup_printf ("%s's %s and BOOT0 reach the board on %s%s%s", name, word, names,
                                      nrst->own ? " as well" : "", advice));
    return;
  }
  const struct {
    const Reach *reach;
    const char *word;
  } lines[] = { { nrst, word }, { boot0, "BOOT0" } };
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    if (lines[i].reach->other_count == 0)
      continue;
    g_autofree char *names = names_of (self, lines[i].reach->others);
    find_fault (row, g_strdup_printf ("%s's %s reaches the board on %s%s", name, lines[i].word, names,
                                      lines[i].reach->own ? " as well" : ""));
  }
}

static void
judge_identity (const Check *self, guint site, StnSiteCheck *row)
{
  const StnProbeEar *who = &self->who[site];

  if (!who->is_identified)
    return;
  row->is_identified = TRUE;
  row->product_id = who->product_id;
  row->line = who->target != NULL ? g_strdup (who->target->line) : NULL;
  if (who->uid[0] == '\0') {
    prove (row, STN_PROOF_UID, who->target != NULL ? STN_PROOF_NOT_TESTABLE : STN_PROOF_OPEN,
           g_strdup (who->target != NULL ? "the ROM does not show it" : "no target has this product id"));
    return;
  }
  row->uid = g_strdup (who->uid);
  prove (row, STN_PROOF_UID, STN_PROOF_SEEN, g_strdup (who->uid));
  for (guint i = 0; i < self->scene.count; i++)
    if (i != site && strcmp (self->who[i].uid, who->uid) == 0) {
      prove (row, STN_PROOF_UID, STN_PROOF_WRONG, g_strdup (who->uid));
      find_fault (row, g_strdup_printf ("%s and %s hold the same unit: both show the UID %s", name_of (self, site),
                                        name_of (self, i), who->uid));
    }
}

static void
judge_detect (const Check *self, guint site, StnSiteCheck *row)
{
  gboolean heard = was_heard (self, site);

  if (site_of (self, site)->detect.adapter == NULL)
    prove (row, STN_PROOF_DETECT, STN_PROOF_NOT_WIRED, NULL);
  else if (self->sees_board[site])
    prove (row, STN_PROOF_DETECT, heard ? STN_PROOF_SEEN : STN_PROOF_OPEN, g_strdup ("sees a board"));
  else if (!heard)
    prove (row, STN_PROOF_DETECT, STN_PROOF_OPEN, g_strdup ("sees no board"));
  else {
    prove (row, STN_PROOF_DETECT, STN_PROOF_WRONG, g_strdup ("sees no board"));
    find_fault (row, g_strdup_printf ("%s: the detect pin sees no board, but one was heard", name_of (self, site)));
  }
}

static void
judge_usb (const Check *self, guint site, StnSiteCheck *row)
{
  const StnSite *wired = site_of (self, site);

  if (wired->usb_place == NULL) {
    prove (row, STN_PROOF_USB, STN_PROOF_NOT_WIRED, NULL);
    return;
  }
  prove (row, STN_PROOF_USB, self->by_usb[site] ? STN_PROOF_SEEN : STN_PROOF_OPEN,
         g_strdup (self->by_usb[site] ? "the ROM's device came" : "no device came"));
  if (wired->uart_place != NULL && self->by_usb[site] && wired->program_by != STN_PROGRAM_BY_USB)
    g_ptr_array_add (row->findings,
                     g_strdup_printf ("%s: a board that is programmed by UART is plugged into USB as well: once the host "
                                      "has enumerated it, its ROM answers there alone; unplug it, switch that port's "
                                      "power off, or say `program-by: usb`",
                                      wired->name));
}

static void
judge_uart (const Check *self, guint site, StnSiteCheck *row)
{
  gboolean heard = self->by_uart[site];

  judge_usb (self, site, row);
  if (site_of (self, site)->uart_place == NULL) {
    prove (row, STN_PROOF_UART, STN_PROOF_NOT_WIRED, NULL);
    return;
  }
  prove (row, STN_PROOF_UART, heard ? STN_PROOF_SEEN : STN_PROOF_OPEN,
         g_strdup (heard && self->who[site].is_identified ? "a ROM answered"
                   : heard                                ? "something was heard"
                   : self->by_usb[site]                   ? "nothing came; the board answers over USB"
                                                          : "nothing came"));
  if (self->who[site].is_echo && !self->who[site].is_identified) {
    prove (row, STN_PROOF_UART, STN_PROOF_WRONG, g_strdup ("what is sent comes back"));
    find_fault (
        row, g_strdup_printf ("%s: what is sent comes back: TX and RX of the port are joined", name_of (self, site)));
  }
}

/* Adapters of the site that did not open. FALSE: at least one. */
static gboolean
judge_control (const Check *self, guint site, StnSiteCheck *row)
{
  guint index = g_array_index (self->indexes, guint, site);
  const StnSiteWiring *wiring = &g_array_index (self->station->wirings, StnSiteWiring, index);
  gboolean has_control = FALSE;

  for (guint signal = 0; signal < STN_SIGNAL_COUNT; signal++) {
    if (wiring->lines[signal].kind != STN_PIN_REF_CONTROL)
      continue;
    const GError *failure = stn_ports_control_error (self->ports, wiring->lines[signal].control);
    has_control = TRUE;
    if (failure == NULL)
      continue;
    prove (row, STN_PROOF_CONTROL, STN_PROOF_WRONG, g_strdup (failure->message));
    g_ptr_array_add (row->findings, g_strdup_printf ("%s: %s", name_of (self, site), failure->message));
    row->state = STN_SITE_ERROR;
    return FALSE;
  }
  prove (row, STN_PROOF_CONTROL, has_control ? STN_PROOF_SEEN : STN_PROOF_NOT_WIRED,
         g_strdup (has_control ? "answers" : NULL));
  return TRUE;
}

static gboolean
judge_port (const Check *self, guint site, StnSiteCheck *row)
{
  const GError *failure = self->scene.errors[site];

  if (failure == NULL)
    return TRUE;
  gboolean is_board = stn_error_is (failure, STN_FAILURE_BOARD_SHORTED);
  row->state = is_board ? STN_SITE_WRONG : STN_SITE_ERROR;
  prove (row, site_of (self, site)->uart_place != NULL ? STN_PROOF_UART : STN_PROOF_USB,
         is_board ? STN_PROOF_OPEN : STN_PROOF_WRONG, g_strdup (failure->message));
  g_ptr_array_add (row->findings, g_strdup_printf ("%s: %s", name_of (self, site), failure->message));
  return FALSE;
}

static void
judge (const Check *self, guint site, StnSiteCheck *row)
{
  Reach nrst = { 0 }, boot0 = { 0 };

  if (!judge_control (self, site, row) || !judge_port (self, site, row))
    return;
  find_reach (self, site, STN_PROOF_NRST, &nrst);
  find_reach (self, site, STN_PROOF_BOOT0, &boot0);
  row->state = STN_SITE_PROVED;
  judge_uart (self, site, row);
  tell_crossing (self, site, &nrst, &boot0, row);
  judge_nrst (self, site, &nrst, row);
  judge_boot0 (self, site, &boot0, row);
  judge_detect (self, site, row);
  judge_identity (self, site, row);
  g_free (nrst.others);
  g_free (boot0.others);

  gboolean moved_somebody = nrst.own || nrst.other_count > 0 || boot0.own || boot0.other_count > 0;
  if (row->state == STN_SITE_PROVED && !was_heard (self, site) && !moved_somebody) {
    row->state = STN_SITE_SILENT;
    g_ptr_array_add (row->findings,
                     g_strdup_printf ("%s: nothing ever came: no board, no contact, or lines that do not reach it",
                                      name_of (self, site)));
  }
}

/* ---- experiments ---- */

static gboolean
play (Check *self, int boot0, int released, gboolean who, guint8 *out, GError **error)
{
  /* where a site has both, its UART is heard when NRST is tried, and its USB when BOOT0 is */
  for (guint i = 0; i < self->scene.count; i++)
    self->scene.ears[i].usb_first = !who;
  if (!stn_scene_play (&self->scene, boot0, released, who, error))
    return FALSE;
  for (guint i = 0; i < self->scene.count; i++) {
    const StnProbeEar *ear = &self->scene.ears[i];
    out[i] = (guint8) ear->heard;
    self->by_usb[i] |= ear->by_usb && ear->heard == STN_HEARD_ROM;
    self->by_uart[i] |= !ear->by_usb && ear->heard != STN_HEARD_NOTHING;
    if (ear->is_identified ? !self->who[i].is_identified : ear->is_echo)
      self->who[i] = *ear;
  }
  self->done++;
  if (self->options->progress != NULL)
    self->options->progress (self->done, self->total, self->options->data);
  return TRUE;
}

static gboolean
experiment (Check *self, GError **error)
{
  guint count = self->scene.count;

  for (guint i = 0; i < count; i++)
    self->total += 2 * self->is_chosen[i];
  self->total += 2;
  if (!play (self, STN_SCENE_NOBODY, STN_SCENE_NOBODY, FALSE, self->held, error)
      || !play (self, STN_SCENE_NOBODY, STN_SCENE_EVERYBODY, TRUE, self->at_rest, error))
    return FALSE;
  for (guint i = 0; i < count; i++)
    if (self->is_chosen[i]
        && (!play (self, STN_SCENE_EVERYBODY, (int) i, TRUE, self->by_nrst + i * count, error)
            || !play (self, (int) i, STN_SCENE_EVERYBODY, FALSE, self->by_boot0 + i * count, error)))
      return FALSE;
  return TRUE;
}

static gboolean
look_at_detect_pins (Check *self, GError **error)
{
  for (guint i = 0; i < self->scene.count; i++) {
    self->sees_board[i] = TRUE;
    if (self->scene.errors[i] == NULL
        && !stn_site_hold_detect (&self->scene.holds[i], &self->sees_board[i], &self->scene.wait, error))
      return FALSE;
  }
  return TRUE;
}

/* ---- the whole ---- */

static void
site_check_free (gpointer data)
{
  StnSiteCheck *row = data;

  for (guint i = 0; i < STN_PROOF_KIND_COUNT; i++)
    g_free (row->proofs[i].text);
  g_free (row->site);
  g_free (row->bank);
  g_free (row->line);
  g_free (row->uid);
  g_ptr_array_unref (row->findings);
  g_free (row);
}

void
stn_check_report_free (StnCheckReport *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->sites);
  g_free (self);
}

static StnCheckReport *
make_report (const Check *self)
{
  StnCheckReport *report = g_new0 (StnCheckReport, 1);

  report->sites = g_ptr_array_new_with_free_func (site_check_free);
  for (guint i = 0; i < self->scene.count; i++) {
    if (!self->is_chosen[i])
      continue;
    StnSiteCheck *row = g_new0 (StnSiteCheck, 1);
    row->site = g_strdup (name_of (self, i));
    row->bank = g_strdup (site_of (self, i)->bank);
    row->findings = g_ptr_array_new_with_free_func (g_free);
    judge (self, i, row);
    report->counts[row->state]++;
    g_ptr_array_add (report->sites, row);
  }
  return report;
}

static void
tell (const Check *self, const char *what)
{
  if (self->options->tell != NULL)
    self->options->tell (what, self->options->data);
}

static gboolean
run (Check *self, StnBench *bench, GError **error)
{
  StnTargets *targets = stn_station_targets (self->station, error);
  GCancellable *cancellable = self->options->cancellable;
  g_autofree StnSite **sites = g_new0 (StnSite *, self->indexes->len + 1);

  if (targets == NULL)
    return FALSE;
  self->ports =
      stn_ports_new (self->station, (const guint *) (gconstpointer) self->indexes->data, self->indexes->len, bench);
  stn_ports_set_tolerant (self->ports, TRUE);
  if (!stn_ports_lock (self->ports, error))
    return FALSE;
  tell (self, "waiting for what an earlier program left unfinished, and opening adapters and ports");
  if (!stn_station_wait_out_windows (self->station, self->ports, cancellable, error)
      || !stn_ports_open (self->ports, cancellable, error))
    return FALSE;
  stn_ports_connect (self->ports);
  for (guint i = 0; i < self->indexes->len; i++)
    sites[i] = g_ptr_array_index (self->station->sites, g_array_index (self->indexes, guint, i));
  tell (self, "switching the boards on and listening to each: about two seconds a site, three over USB");
  gboolean opened =
      stn_scene_open (&self->scene, sites, self->indexes->len, targets, self->station->clock, cancellable, error);
  for (char *text = stn_ports_take_warning (self->ports); text != NULL; text = stn_ports_take_warning (self->ports)) {
    tell (self, text);
    g_free (text);
  }
  return opened && look_at_detect_pins (self, error) && experiment (self, error);
}

StnCheckReport *
stn_station_check_wiring (StnStation *self, const StnCheckOptions *options, GError **error)
{
  g_autoptr (GArray) indexes = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GArray) chosen = g_array_new (FALSE, FALSE, sizeof (guint));
  StnBench *bench = NULL;
  StnCheckReport *report = NULL;

  if (!stn_station_pick_sites (self, NULL, NULL, indexes, error)
      || !stn_station_pick_sites (self, options->sites, NULL, chosen, error))
    return NULL;
  if (self->bench_config != NULL && (bench = stn_station_make_bench (self, error)) == NULL)
    return NULL;

  const guint count = indexes->len;
  Check check = { .station = self, .indexes = indexes, .options = options };
  check.is_chosen = g_new0 (gboolean, count);
  check.sees_board = g_new0 (gboolean, count);
  check.by_uart = g_new0 (gboolean, count);
  check.by_usb = g_new0 (gboolean, count);
  check.who = g_new0 (StnProbeEar, count);
  check.held = g_new0 (guint8, count);
  check.at_rest = g_new0 (guint8, count);
  check.by_nrst = g_new0 (guint8, (gsize) count * count);
  check.by_boot0 = g_new0 (guint8, (gsize) count * count);
  for (guint i = 0; i < count; i++)
    for (guint k = 0; k < chosen->len; k++)
      check.is_chosen[i] |= g_array_index (indexes, guint, i) == g_array_index (chosen, guint, k);

  if (run (&check, bench, error))
    report = make_report (&check);
  stn_scene_close (&check.scene);
  stn_ports_free (check.ports);
  stn_bench_free (bench);
  g_free (check.is_chosen);
  g_free (check.sees_board);
  g_free (check.by_uart);
  g_free (check.by_usb);
  g_free (check.who);
  g_free (check.held);
  g_free (check.at_rest);
  g_free (check.by_nrst);
  g_free (check.by_boot0);
  return report;
}
