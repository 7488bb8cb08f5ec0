/* A site: one position of a fixture, with the ports that reach the board in it. Plain data, filled by src/station from
 * station.yaml, read-only while a cycle runs. */
#pragma once

#include "src/job/lines.h"
#include "src/job/plan.h"
#include "src/link/provider.h"

G_BEGIN_DECLS

typedef struct {
  char *name;
  char *bank;
  gint64 row, column; /* where it is on the fixture */
  gboolean enabled;

  StnProvider *uart_provider; /* borrowed; NULL: no UART */
  char *uart_place;
  guint baud;                /* for the ROM; 0: the default of 115200 */
  StnProvider *usb_provider; /* borrowed; NULL: no USB */
  char *usb_place;           /* a hub port, never a serial */
  StnProgramBy program_by;

  StnLine nrst, boot0, power, detect, good, fault;
  gint64 power_off_ns, power_settle_ns;
  /* boards that come up together make one hub enumerate them all, and one supply feed them all: this one waits so long
   * for its turn */
  gint64 turn_ns;
  StnLineGroup *group; /* borrowed; NULL: shares no line */
  gboolean shares_nrst, shares_boot0, shares_power;
  char *adapters_text; /* for the record */
} StnSite;

StnSite *stn_site_new (const char *name, const char *bank);
void stn_site_free (StnSite *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnSite, stn_site_free)

/* What its wiring can do, for planning. */
StnWiring stn_site_wiring (const StnSite *self);

G_END_DECLS
