/* From a session's state to what the window shows. A pure function of the state, what moves, and what this window has
 * open (a drawer, an unlock): so it is tested without a screen. */
#pragma once

#include "ui/site-log.h"
#include "ui/texts.h"

G_BEGIN_DECLS

/* What is open in this window; the controller's. All borrowed. */
typedef struct {
  StnSide side;
  const char *drawer_site;
  gboolean is_ending_lot;
  const char *lot_text;        /* what stands in the lot's field */
  const char *notice;          /* said for some seconds; NULL */
  const char *notice_more;
  gboolean notice_is_refusal;
  const char *badge;           /* of the supervisor who is unlocking; NULL */
  const char *reason;          /* chosen; NULL */
  const char *unlock_what;
  const GPtrArray *jobs;       /* StnModelRow: what can be chosen */
  const char *job_wanted;      /* path of the one that is being read; NULL */
  GPtrArray *logs;             /* StnSiteLog, as the sites */
} StnPictureContext;

/* `progress`: one for each site. `now_utc_us`: for the clock and what counts down. Caller owns. */
StnModel *stn_picture_new (const StnSessionState *state, const StnSessionProgress *progress,
                           const StnPictureContext *context, gint64 now_utc_us);

/* How many boards of the lot are open that stand on no site: only a supervisor takes those out of the balance. */
guint64 stn_picture_open_elsewhere (const StnSessionState *state);

/* Why a supervisor is asked, to choose from; NULL-terminated, to be translated. */
extern const char *const stn_unlock_reasons[];

G_END_DECLS
