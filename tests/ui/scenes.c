#include "tests/ui/scenes.h"

#include <glib/gi18n.h>
#include <stdio.h>

static StnModel *
frame (StnScreen screen)
{
  StnModel *model = stn_model_new ();
  model->screen = screen;
  model->station = g_strdup ("Line 2");
  model->job = g_strdup_printf (_ ("%s · rev. %s"), "Thermostat main board", "7");
  model->lot = g_strdup ("L-2547-03");
  model->operator_name = g_strdup ("M. Okafor");
  model->shift = g_strdup (_ ("Shift since 06:00"));
  model->clock = g_strdup ("10:42");
  model->mode = g_strdup (_ ("OPERATOR"));
  model->start_label = g_strdup (_ ("START"));
  model->counters = (StnCountersModel){ .done = 137, .quantity = 480, .pass_first = 131, .pass_again = 4, .fail = 2,
                                        .station_errors = 1, .units = 137, .fpy_permille = 956, .yield_permille = 985,
                                        .units_per_hour = 212, .cycle_s = 14, .handling_s = 21 };
  model->counters.remaining = g_strdup (_ ("about 1 h 37 min left"));
  static const StnCycleModel cycles[] = { { 8, 0, 0 }, { 7, 1, 0 }, { 8, 0, 0 }, { 6, 1, 1 }, { 8, 0, 0 } };
  model->cycle_count = G_N_ELEMENTS (cycles);
  for (guint i = 0; i < model->cycle_count; i++)
    model->cycles[i] = cycles[i];
  return model;
}

static StnTileModel *
add (StnModel *model, guint index, guint columns, StnTileState state, const char *word)
{
  char name[8];
  g_snprintf (name, sizeof name, "%c%u", 'A' + (index / 8), index % 8 + 1);
  StnTileModel *tile = stn_tile_model_new (name, (gint) (index / columns), (gint) (index % columns));
  tile->state = state;
  tile->word = g_strdup (word);
  tile->recent_count = STN_RECENT_MOST;
  for (guint i = 0; i < STN_RECENT_MOST; i++)
    tile->recent[i] = (index * 7 + i * 3) % 17 == 0 ? STN_TILE_FAIL : STN_TILE_PASS;
  stn_model_add_tile (model, tile);
  return tile;
}

static void
give_serial (StnTileModel *tile, guint number)
{
  tile->serial = g_strdup_printf ("TH7-2547-%06u%c", number, "K3XW9"[number % 5]);
}

static guint
columns_of (guint sites)
{
  return sites == 1 ? 1 : sites == 4 ? 2 : sites == 32 ? 8 : 4;
}

static StnModel *
run (guint sites)
{
  StnModel *model = frame (STN_SCREEN_RUN);
  model->may_end_lot = TRUE;
  (void) sites;
  return model;
}

static StnModel *
ready (guint sites)
{
  StnModel *model = run (sites);
  for (guint i = 0; i < sites; i++) {
    gboolean is_off = sites > 4 && i == 5;
    StnTileModel *tile = add (model, i, columns_of (sites), is_off ? STN_TILE_OFF : STN_TILE_READY,
                              is_off ? _ ("OFF") : _ ("READY"));
    if (is_off)
      tile->detail = g_strdup (_ ("Contact worn (A. Brandt)"));
    else if (sites > 1 && i < 3)
      give_serial (tile, 138 + i);
    tile->is_next_scan = i == 3;
  }
  model->may_start = TRUE;
  model->instruction = g_strdup (_ ("Put the boards in and press START"));
  model->instruction_more = g_strdup (_ ("Next scan: A4"));
  return model;
}

static const struct {
  const char *word;
  double fraction;
  const char *progress;
} work[] = {
  { N_ ("Programming"), 0.46, "41 of 96 KiB" }, { N_ ("Programming"), 0.52, "48 of 96 KiB" },
  { N_ ("Verifying"), 0.83, "77 of 96 KiB" },   { N_ ("Erasing"), 0.12, NULL },
  { N_ ("Checking the start"), 0.97, NULL },    { N_ ("Programming"), 0.44, "39 of 96 KiB" },
  { N_ ("Verifying"), 0.80, "72 of 96 KiB" },
};

static StnModel *
busy (guint sites)
{
  StnModel *model = run (sites);
  for (guint i = 0; i < sites; i++) {
    guint kind = i % G_N_ELEMENTS (work);
    StnTileModel *tile = add (model, i, columns_of (sites), STN_TILE_RUN, _ (work[kind].word));
    tile->fraction = work[kind].fraction;
    tile->progress = g_strdup (work[kind].progress);
    tile->detail = g_strdup (work[kind].progress);
    tile->time = g_strdup_printf (_ ("%d s"), 12 - (int) (work[kind].fraction * 12));
    if (kind != 3)
      give_serial (tile, 138 + i);
  }
  model->is_running = model->may_stop = TRUE;
  model->may_end_lot = FALSE;
  model->instruction = g_strdup (_ ("Working: about 7 s left. Leave the boards in place."));
  return model;
}

static void
pass (StnModel *model, guint i, guint sites)
{
  StnTileModel *tile = add (model, i, columns_of (sites), STN_TILE_PASS, _ ("PASS"));
  tile->time = g_strdup_printf (_ ("%d s"), 13 + (int) (i % 3));
  give_serial (tile, 138 + i);
}

static void
add_fails (StnModel *model)
{
  StnModelRow *row = stn_model_add_row (model->fails, "A3   TH7-2547-000140K", _ ("1 retry left"),
                                        _ ("Board in A3 does not answer. Reseat it, try once more."));
  row->key = g_strdup ("A3");
  row->retry = g_strdup (_ ("Retry"));
  row->may_retry = row->may_bin = TRUE;
  row = stn_model_add_row (model->fails, "A7   TH7-2547-000144K", _ ("No retry left"),
                           _ ("Board in A7 holds wrong data. Use the reject bin."));
  row->key = g_strdup ("A7");
  row->retry = g_strdup (_ ("Retry"));
  row->may_bin = TRUE;
}

static StnModel *
finished (guint sites)
{
  StnModel *model = run (sites);
  for (guint i = 0; i < sites; i++) {
    if (i == 6 || sites == 1 || (sites == 4 && i == 2)) {
      StnTileModel *tile = add (model, i, columns_of (sites), STN_TILE_FAIL, _ ("FAIL"));
      tile->detail = g_strdup (_ ("verify mismatch"));
      tile->time = g_strdup ("9 s");
      tile->tries = 2;
      give_serial (tile, 144);
    } else if (i == 1) {
      StnTileModel *tile = add (model, i, columns_of (sites), STN_TILE_PASS_AGAIN, _ ("PASS ×2"));
      tile->time = g_strdup ("14 s");
      give_serial (tile, 139);
    } else if (i == 5) {
      StnTileModel *tile = add (model, i, columns_of (sites), STN_TILE_OFF, _ ("OFF"));
      tile->detail = g_strdup (_ ("Contact worn (A. Brandt)"));
    } else if (i == 19) {
      StnTileModel *tile = add (model, i, columns_of (sites), STN_TILE_FAIL, _ ("FAIL"));
      tile->detail = g_strdup (_ ("no answer"));
      give_serial (tile, 157);
    } else if (i == 12) {
      add (model, i, columns_of (sites), STN_TILE_EMPTY, "–");
    } else {
      pass (model, i, sites);
    }
  }
  model->summary = g_strdup (sites == 1    ? _ ("1 FAIL (A1)")
                             : sites == 4  ? _ ("3 PASS · 1 FAIL (A3)")
                             : sites == 32 ? _ ("28 PASS · 2 FAIL (A7, C4)") : _ ("6 PASS · 1 FAIL (A7)"));
  model->instruction_kind = STN_INSTRUCTION_ACTION;
  model->instruction = g_strdup (_ ("Take the board out of A7: fail bin"));
  model->instruction_more = g_strdup (_ ("Scan the bin’s code, or press “Fail bin”"));
  model->may_retry = FALSE;
  return model;
}

static StnModel *
all_passed (guint sites)
{
  StnModel *model = run (sites);
  for (guint i = 0; i < sites; i++)
    pass (model, i, sites);
  model->summary = g_strdup_printf (_ ("%u PASS"), sites);
  model->instruction = g_strdup (_ ("Swap the boards and press START"));
  model->may_start = TRUE;
  return model;
}

static StnModel *
station_fault (guint sites)
{
  StnModel *model = run (sites);
  for (guint i = 0; i < sites; i++) {
    if (i % 8 < 4) {
      pass (model, i, sites);
      continue;
    }
    StnTileModel *tile = add (model, i, columns_of (sites), STN_TILE_STATION, _ ("STATION"));
    tile->detail = g_strdup (_ ("adapter missing"));
  }
  model->summary = g_strdup (_ ("4 PASS · 4 without a verdict"));
  model->instruction_kind = STN_INSTRUCTION_FAULT;
  model->instruction = g_strdup (_ ("Adapter c2 is unplugged: plug it in, press START"));
  model->instruction_more = g_strdup (_ ("These boards have no verdict. They are run again."));
  model->may_start = TRUE;
  return model;
}

/* clang-format off */
#define SIZES(NAME) \
  static StnModel *NAME##_1 (void) { return NAME (1); } \
  static StnModel *NAME##_4 (void) { return NAME (4); } \
  static StnModel *NAME##_8 (void) { return NAME (8); } \
  static StnModel *NAME##_16 (void) { return NAME (16); } \
  static StnModel *NAME##_32 (void) { return NAME (32); }
SIZES (ready)
SIZES (busy)
SIZES (finished)
SIZES (all_passed)
SIZES (station_fault)
/* clang-format on */

static StnModel *
every_state (void)
{
  static const char *const words[STN_TILE_STATE_COUNT] = {
    "–",          N_ ("READY"),  N_ ("Programming"), N_ ("PASS"),  N_ ("PASS ×2"),
    N_ ("FAIL"), N_ ("RESEAT"), N_ ("STATION"),     N_ ("CHECK"), N_ ("OFF"),
  };
  StnModel *model = run (8);
  for (guint i = 0; i < STN_TILE_STATE_COUNT; i++) {
    StnTileModel *tile = add (model, i, 5, i, _ (words[i]));
    if (i == STN_TILE_RUN)
      tile->fraction = 0.4;
    if (i != STN_TILE_EMPTY && i != STN_TILE_OFF)
      give_serial (tile, 200 + i);
  }
  model->instruction = g_strdup (_ ("Put the boards in and press START"));
  return model;
}

static StnModel *
drawer (void)
{
  StnModel *model = finished (8);
  model->side = STN_SIDE_DRAWER;
  model->drawer_site = g_strdup ("A7");
  model->drawer_state = STN_TILE_FAIL;
  model->drawer_sentence = g_strdup (_ ("Board in A7 holds wrong data. Use the reject bin."));
  stn_model_add_row (model->drawer_steps, _ ("Enter the ROM"), "0.31 s", NULL);
  stn_model_add_row (model->drawer_steps, _ ("Identify the chip"), "0.02 s", "product 460, ROM 5.3");
  stn_model_add_row (model->drawer_steps, _ ("Erase"), "0.92 s", _ ("48 pages"));
  stn_model_add_row (model->drawer_steps, _ ("Program"), "6.10 s", "96 KiB, 15.7 kB/s");
  StnModelRow *row = stn_model_add_row (model->drawer_steps, _ ("Verify"), "1.20 s",
                                        "08001234: expected 5A, seen 00");
  row->is_warning = TRUE;
  return model;
}

static StnModel *
fails (void)
{
  StnModel *model = finished (8);
  StnTileModel *tile = g_ptr_array_index (model->tiles, 2);
  tile->state = STN_TILE_FAIL;
  g_free (tile->word);
  tile->word = g_strdup (_ ("FAIL"));
  tile->detail = g_strdup (_ ("no answer"));
  g_free (model->summary);
  model->summary = g_strdup (_ ("5 PASS · 2 FAIL (A3, A7)"));
  g_free (model->instruction);
  model->instruction = g_strdup (_ ("Retry A3, put A7 into the fail bin"));
  model->side = STN_SIDE_FAILS;
  model->may_retry = TRUE;
  add_fails (model);
  return model;
}

/* A badge was scanned: the reasons, and when one was chosen it alone and the PIN. */
static StnModel *
unlock_with (const char *reason)
{
  static const char *const reasons[] = { N_ ("Contacts were cleaned"), N_ ("Worn or broken contact"),
                                         N_ ("Board was repaired"), N_ ("Agreed with engineering"), N_ ("Training") };
  StnModel *model = finished (8);
  model->side = STN_SIDE_UNLOCK;
  model->unlock_what = g_strdup (_ ("The lot was stopped. A supervisor lets it go on."));
  model->person = g_strdup_printf (_ ("Badge %s"), "BRANDT");
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++) {
    if (reason != NULL && !g_str_equal (reason, reasons[i]))
      continue;
    StnModelRow *row = stn_model_add_row (model->reasons, _ (reasons[i]), NULL, NULL);
    row->key = g_strdup (reasons[i]);
    row->is_selected = reason != NULL;
  }
  model->wants_pin = reason != NULL;
  if (reason != NULL)
    model->unlock_preview
        = g_strdup_printf (_ ("Will be recorded: badge %s, “%s”. Ends after 5 minutes."), "BRANDT", _ (reason));
  return model;
}

static StnModel *
unlock_reasons (void)
{
  return unlock_with (NULL);
}

static StnModel *
unlock (void)
{
  return unlock_with ("Contacts were cleaned");
}

static StnModel *
sign_in (void)
{
  StnModel *model = frame (STN_SCREEN_SIGN_IN);
  g_clear_pointer (&model->operator_name, g_free);
  g_clear_pointer (&model->shift, g_free);
  g_clear_pointer (&model->lot, g_free);
  g_clear_pointer (&model->mode, g_free);
  model->instruction = g_strdup (_ ("Scan your badge to begin"));
  model->bench_summary = g_strdup (_ ("8 of 8 sites are ready"));
  model->version = g_strdup ("Station 0.1.0 · Line 2");
  return model;
}

static void
add_job_facts (StnModel *model, gboolean is_blocked)
{
  stn_model_add_row (model->facts, _ ("Chip"), "STM32G071xB", NULL);
  stn_model_add_row (model->facts, _ ("Firmware"), "thermostat", "sha256 3f9a61c2…");
  stn_model_add_row (model->facts, _ ("Serials"), "TH7-{yy}{ww}-{seq:06}", _ ("480 are free"));
  stn_model_add_row (model->facts, _ ("Time"), _ ("about 14 s a board"), NULL);
  StnModelRow *row = stn_model_add_row (model->facts, _ ("Approved"), is_blocked ? _ ("no") : _ ("by Q. Nelson, 12 Nov"),
                                        is_blocked ? _ ("The job’s files differ from those that were approved.") : NULL);
  row->is_warning = is_blocked;
  stn_model_add_row (model->plan, _ ("Cannot be undone"), NULL,
                     _ ("what is in the flash is not read any more; opening the board erases it"))->is_warning = TRUE;
  stn_model_add_row (model->plan, _ ("Erase 48 pages"), "0.9 s", NULL);
  stn_model_add_row (model->plan, _ ("Write 96 KiB"), "6.2 s", NULL);
  stn_model_add_row (model->plan, _ ("Read all of it back"), "5.9 s", NULL);
  stn_model_add_row (model->plan, _ ("Start the board and wait for its word"), _ ("at most 2 s"), NULL);
}

static StnModel *
setup_with (gboolean is_blocked)
{
  static const char *const jobs[] = { "Thermostat main board", "Thermostat display", "Valve drive" };
  StnModel *model = frame (STN_SCREEN_SETUP);
  g_clear_pointer (&model->lot, g_free);
  for (guint i = 0; i < G_N_ELEMENTS (jobs); i++) {
    g_autofree char *revision = g_strdup_printf (_ ("rev. %d"), i == 0 ? 7 : 3);
    StnModelRow *row = stn_model_add_row (model->jobs, jobs[i], revision, NULL);
    row->key = g_strdup (jobs[i]);
    row->is_selected = i == 0;
  }
  add_job_facts (model, is_blocked);
  g_free (model->start_label);
  model->start_label = g_strdup (_ ("START LOT"));
  model->may_start = !is_blocked;
  if (is_blocked) {
    model->instruction_kind = STN_INSTRUCTION_FAULT;
    model->instruction = g_strdup (_ ("Job differs from the approved one: call the supervisor"));
  } else {
    model->instruction_kind = STN_INSTRUCTION_NORMAL;
    model->instruction = g_strdup (_ ("Scan the lot, then START LOT"));
  }
  return model;
}

static StnModel *
setup (void)
{
  return setup_with (FALSE);
}

static StnModel *
setup_blocked (void)
{
  return setup_with (TRUE);
}

static StnModel *
lot_end_with (gboolean is_balanced)
{
  StnModel *model = frame (STN_SCREEN_LOT_END);
  stn_model_add_row (model->balance, _ ("Boards that were started"), "480", NULL);
  stn_model_add_row (model->balance, _ ("Passed"), is_balanced ? "471" : "470", NULL);
  stn_model_add_row (model->balance, _ ("In the fail bin"), "7", NULL);
  stn_model_add_row (model->balance, _ ("On hold"), "1", NULL);
  stn_model_add_row (model->balance, _ ("Taken out"), "1", NULL);
  StnModelRow *row = stn_model_add_row (model->balance, _ ("Unaccounted for"), is_balanced ? "0" : "1",
                                        is_balanced ? NULL : "A7   TH7-2547-000177K");
  row->is_warning = !is_balanced;
  stn_model_add_row (model->lot_facts, _ ("First-pass yield"), "95.6 %", NULL);
  stn_model_add_row (model->lot_facts, _ ("Final yield"), "98.1 %", NULL);
  stn_model_add_row (model->lot_facts, _ ("Operators"), "M. Okafor, J. Lindt", NULL);
  stn_model_add_row (model->pareto, _ ("verify mismatch"), "4", NULL);
  stn_model_add_row (model->pareto, _ ("no answer"), "3", NULL);
  stn_model_add_row (model->pareto, _ ("does not start"), "2", NULL);
  model->is_balanced = model->may_start = is_balanced;
  g_free (model->start_label);
  model->start_label = g_strdup (_ ("END LOT"));
  model->instruction = g_strdup (is_balanced ? _ ("Check the numbers, then END LOT")
                                             : _ ("One board is not accounted for: retry it or put it into a bin"));
  model->instruction_kind = is_balanced ? STN_INSTRUCTION_NORMAL : STN_INSTRUCTION_ACTION;
  model->may_remove = !is_balanced;
  return model;
}

static StnModel *
lot_end (void)
{
  return lot_end_with (TRUE);
}

static StnModel *
lot_end_open (void)
{
  StnModel *model = lot_end_with (FALSE);
  model->may_remove = TRUE;
  return model;
}

/* S5 where there are no sites to stand beside */
static StnModel *
lot_end_unlock (void)
{
  StnModel *model = unlock ();
  model->screen = STN_SCREEN_LOT_END;
  return model;
}

static StnModel *
recovery (void)
{
  static const char *const sites[] = { "A1", "A2", "A5" };
  StnModel *model = frame (STN_SCREEN_RECOVERY);
  for (guint i = 0; i < G_N_ELEMENTS (sites); i++) {
    g_autofree char *title = g_strdup_printf ("%s   TH7-2547-00018%uX", sites[i], i);
    StnModelRow *row = stn_model_add_row (model->unknown, title, NULL, _ ("begun 10:31, no result"));
    row->key = g_strdup (sites[i]);
    row->retry = g_strdup (_ ("Run again"));
    row->may_retry = row->may_bin = TRUE;
  }
  model->instruction_kind = STN_INSTRUCTION_ACTION;
  model->instruction = g_strdup (_ ("Power was lost: A1, A2 and A5 must be checked"));
  return model;
}

static StnModel *
training (void)
{
  StnModel *model = finished (8);
  g_free (model->mode);
  model->mode = g_strdup (_ ("TRAINING"));
  model->is_training = TRUE;
  return model;
}

/* What the next board at a site is like is chosen where the site is looked at. */
static StnModel *
training_lesson (void)
{
  static const char *const lessons[] = { N_ ("Good board"), N_ ("No board in the site"), N_ ("Bad contact: no answer"),
                                         N_ ("Wrong part on the board"), N_ ("Board is read-protected") };
  StnModel *model = ready (8);
  g_free (model->mode);
  model->mode = g_strdup (_ ("TRAINING"));
  model->is_training = TRUE;
  model->side = STN_SIDE_DRAWER;
  model->drawer_site = g_strdup ("A5");
  model->drawer_state = STN_TILE_READY;
  for (guint i = 0; i < G_N_ELEMENTS (lessons); i++) {
    StnModelRow *row = stn_model_add_row (model->drawer_lessons, _ (lessons[i]), NULL,
                                          i == 3 ? _ ("The next board here will be like this.") : NULL);
    row->key = g_strdup (lessons[i]);
    row->is_selected = i == 3;
  }
  StnTileModel *tile = g_ptr_array_index (model->tiles, 4);
  g_free (tile->detail);
  tile->detail = g_strdup_printf (_ ("Next: %s"), _ ("Wrong part on the board"));
  return model;
}

static StnModel *
lid_open (void)
{
  StnModel *model = ready (8);
  g_free (model->instruction);
  model->instruction_kind = STN_INSTRUCTION_ACTION;
  model->instruction = g_strdup (_ ("Close the lid"));
  g_clear_pointer (&model->instruction_more, g_free);
  model->may_start = FALSE;
  return model;
}

/* stationctl has the sites: what it does is seen, nothing can be started. */
static StnModel *
bank_busy (void)
{
  StnModel *model = ready (8);
  g_free (model->mode);
  model->mode = g_strdup (_ ("REMOTE"));
  model->is_remote = TRUE;
  g_free (model->instruction);
  model->instruction_kind = STN_INSTRUCTION_FAULT;
  model->instruction = g_strdup (_ ("Another program uses this station. Wait for it."));
  g_free (model->instruction_more);
  model->instruction_more = g_strdup ("stationctl (4711)");
  model->may_start = FALSE;
  return model;
}

static StnModel *
wrong_scan (void)
{
  StnModel *model = ready (8);
  g_free (model->instruction);
  model->instruction_kind = STN_INSTRUCTION_WRONG;
  model->instruction = g_strdup (_ ("Not a serial for this job: “ABC”"));
  g_free (model->instruction_more);
  model->instruction_more = g_strdup (_ ("Scan the square code on the board."));
  return model;
}

const StnScene stn_scenes[] = {
  { "s0-sign-in", sign_in },
  { "s1-setup", setup },
  { "s1-setup-blocked", setup_blocked },
  { "s2-every-state", every_state },
  { "s2-wrong-scan", wrong_scan },
#define ROWS(NAME, TEXT) \
  { "s2-1-" TEXT, NAME##_1 }, { "s2-4-" TEXT, NAME##_4 }, { "s2-8-" TEXT, NAME##_8 }, { "s2-16-" TEXT, NAME##_16 }, { \
    "s2-32-" TEXT, NAME##_32 \
  }
  ROWS (ready, "ready"),
  ROWS (busy, "busy"),
  ROWS (finished, "finished"),
  ROWS (all_passed, "all-passed"),
  ROWS (station_fault, "station-fault"),
  { "s3-drawer", drawer },
  { "s4-fails", fails },
  { "s5-unlock", unlock },
  { "s5-unlock-reasons", unlock_reasons },
  { "s6-lot-end", lot_end },
  { "s6-lot-end-open", lot_end_open },
  { "s5-unlock-lot-end", lot_end_unlock },
  { "s2-lid-open", lid_open },
  { "s2-bank-busy", bank_busy },
  { "s12-training", training },
  { "s12-training-lesson", training_lesson },
  { "s13-recovery", recovery },
  { NULL, NULL },
};
