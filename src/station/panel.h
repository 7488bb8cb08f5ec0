/* The panel of some banks: START, the lid and the lamps busy, ok, fail, on lines of control adapters.
 *
 * The banks that take part in a run start together: START of any of them counts, the lids of all have to be closed. A
 * lid that is opened while boards are at work is told in a warning and stops nothing: a board that is reset half-way is
 * worse off than one that is finished.
 *
 * busy is lit from the start of a cycle until its results are on record; ok or fail of a bank are set before busy goes
 * out, and stay until the next start. ok: every board of the bank passed (sites may be empty, at least one is not);
 * fail: at least one failed. Neither: there is no verdict for all (refused, cancelled, an error of the station, not
 * recorded). What the lamps hold they hold by leases (lines.h), given back by stn_panel_free.
 *
 *     panel = stn_panel_new (clock, events);
 *     stn_panel_add_bank (panel, "A", lines);
 *     while (!started)
 *       stn_panel_wait_start (panel, &wait, &started, error);
 *     stn_panel_begin (panel, error);          // refuses while a lid is open
 *     ...
 *     stn_panel_end (panel, results);          // in any thread that the clock knows
 *
 * One thread at a time. Private to src/station. */
#pragma once

#include "src/job/lines.h"
#include "src/record/event.h"
#include "src/station/station-private.h"

G_BEGIN_DECLS

typedef struct StnPanel StnPanel;

/* Warnings are posted to `events`, borrowed. */
StnPanel *stn_panel_new (StnClock *clock, StnEventQueue *events);
/* Ends what is still watched and gives all lines back. NULL-safe. */
void stn_panel_free (StnPanel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnPanel, stn_panel_free)
/* A bank's lines, STN_PANEL_COUNT of them; adapter NULL: the bank has none. Banks are numbered in this order. */
void stn_panel_add_bank (StnPanel *self, const char *name, const StnLine *lines);

/* Until a lid is closed or START is pressed with all lids closed, at most until the wait ends: that is no error, and
 * *out_… are FALSE then. Looks every 5 ms. A press with an open lid is told in a warning. */
gboolean stn_panel_wait_start (StnPanel *self, const StnWait *wait, gboolean *out_started, GError **error);
gboolean stn_panel_wait_closed (StnPanel *self, const StnWait *wait, gboolean *out_closed, GError **error);

/* What the inputs say now. */
typedef struct {
  gboolean is_pressed;    /* a press of START counts; the lids may be open */
  const char *open_lid;   /* the first bank whose lid is open; NULL: all are closed. Borrowed */
  gboolean was_closed;    /* every lid was seen open since the last cycle, and has been closed for 200 ms */
} StnPanelLook;
/* Looks once; START is missed where nobody looks for 10 ms. Blocks briefly. */
gboolean stn_panel_look (StnPanel *self, const StnWait *wait, StnPanelLook *out, GError **error);
/* Until was_closed, as stn_panel_wait_start. */
gboolean stn_panel_wait_lid (StnPanel *self, const StnWait *wait, gboolean *out_started, GError **error);

/* A cycle starts: busy is lit, ok and fail go out, the lids are watched. Fails with STN_FAILURE_LID_OPEN, nothing lit,
 * or with what the adapter says. */
gboolean stn_panel_begin (StnPanel *self, GError **error);

typedef enum { STN_PANEL_NO_VERDICT, STN_PANEL_ALL_PASSED, STN_PANEL_ONE_FAILED } StnPanelResult;
/* A cycle is over, one result a bank. What the adapter says against it is told in a warning. */
void stn_panel_end (StnPanel *self, const StnPanelResult *results);

G_END_DECLS
