/* Views: how a run is shown while it happens. A view gets every event in order, a tick when there is time to draw, and
 * the end; it writes through an StnOutput, which never blocks. Which view is chosen by the options and the terminal. */
#pragma once

#include "src/cli/output.h"
#include "src/cli/summary.h"
#include "src/station/station.h"

G_BEGIN_DECLS

/* What a view may look at; all borrowed, and there until the view is freed. */
typedef struct {
  StnOutput *output;
  StnClock *clock;
  GPtrArray *rows; /* StnUnitRow: results so far, the present event's included */
  const StnRunnerSite *sites;
  guint site_count;
  char **site_names; /* NULL-terminated */
  StnRunner *runner; /* NULL before it is open */
  gboolean quiet, verbose;
} StnViewContext;

typedef struct StnView StnView;

typedef struct {
  const char *name;
  void (*event) (StnView *self, const StnEvent *event);
  void (*tick) (StnView *self); /* at most 20 times a second; NULL: not interested */
  void (*free) (StnView *self); /* NULL: nothing of its own */
} StnViewClass;

struct StnView {
  const StnViewClass *view_class;
  StnViewContext *context;
};

StnView *stn_json_view_new (StnViewContext *context);
StnView *stn_tap_view_new (StnViewContext *context);
StnView *stn_plain_view_new (StnViewContext *context);
/* `fd` is the terminal whose size counts. */
StnView *stn_screen_view_new (StnViewContext *context, int fd);
/* Whether a terminal can be drawn on (not TERM=dumb). */
gboolean stn_screen_view_is_possible (int fd);

void stn_view_event (StnView *self, const StnEvent *event);
void stn_view_tick (StnView *self);
void stn_view_free (StnView *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnView, stn_view_free)

/* The words for a cycle's end that a person reads: table (or nothing), sentences, counts. g_free. */
char *stn_view_cycle_text (const StnViewContext *context, const StnEvent *event, gboolean with_table);

G_END_DECLS
