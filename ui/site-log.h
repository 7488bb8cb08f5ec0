/* What the events of a cycle said about one site: the steps of its run, and the warnings. For the drawer. */
#pragma once

#include "src/record/event.h"

G_BEGIN_DECLS

typedef struct {
  char *site;
  GPtrArray *events; /* StnEvent of the latest run: unit.step, unit.result */
  GPtrArray *warnings; /* StnEvent, the newest 20 */
} StnSiteLog;

StnSiteLog *stn_site_log_new (const char *site);
void stn_site_log_free (StnSiteLog *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnSiteLog, stn_site_log_free)
/* Keeps what belongs to this site; a new run forgets the one before. */
void stn_site_log_take (StnSiteLog *self, StnEvent *event);

G_END_DECLS
