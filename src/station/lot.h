/* Lots as the journal knows them: audit rows `lot-open` and `lot-end` say when and by whom, the runs say the rest. What a
 * session and `stationctl lot` share. */
#pragma once

#include "src/journal/journal.h"
#include "src/journal/query.h"

G_BEGIN_DECLS

typedef struct {
  gboolean is_known, is_ended;
  guint64 quantity; /* 0: no limit */
  char *job_hash, *job_path, *opened_by;
  gint64 opened_utc_us;
} StnLot;
void stn_lot_clear (StnLot *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (StnLot, stn_lot_clear)

/* 1 to 64 printable characters without a space. */
gboolean stn_lot_name_is_valid (const char *name);
/* A lot that was never opened is no error: is_known is FALSE. */
gboolean stn_lot_read (StnQuery *query, const char *name, StnLot *out, GError **error);
/* FALSE with lot-unbalanced, naming the first board that is not accounted for; with lot-closed where it has ended. */
gboolean stn_lot_end (StnJournal *journal, StnQuery *query, const char *name, const char *who, GError **error);
/* Puts the board of a run into a bin ("hold" counts as held). not-ready where the run is no board of the lot that stands
 * open. */
gboolean stn_lot_bin (StnJournal *journal, StnQuery *query, const char *name, const char *run_serial_or_uid,
                      const char *bin, const char *reason, const char *who, GError **error);

G_END_DECLS
