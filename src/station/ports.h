/* What some sites of a station need open: the locks of their bank, the providers, the adapters; and their lines
 * connected. A run, a check and an identify take the same steps through it, in this order, and give all back in the
 * other. Private to src/station.
 *
 *     ports = stn_ports_new (station, site_indexes, count, bench);
 *     stn_ports_lock (ports, error);                   // bank-busy names the owner
 *     stn_ports_open (ports, cancellable, error);      // lines at rest from here on
 *     stn_ports_connect (ports);                       // the sites' lines point at live adapters
 *     ...
 *     stn_ports_close (ports);                         // lines at rest, adapters closed; the locks stay
 *     stn_ports_free (ports); */
#pragma once

#include "src/station/station-private.h"

G_BEGIN_DECLS

/* `sites` are indexes into the station's sites, copied; `bench` NULL: real ports; borrowed. Touches nothing. */
StnPorts *stn_ports_new (StnStation *station, const guint *sites, guint count, StnBench *bench);
void stn_ports_free (StnPorts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnPorts, stn_ports_free)

/* An adapter that does not open is remembered instead of ending stn_ports_open; its lines stay unconnected. */
void stn_ports_set_tolerant (StnPorts *self, gboolean tolerant);

gboolean stn_ports_lock (StnPorts *self, GError **error);
gboolean stn_ports_open (StnPorts *self, GCancellable *cancellable, GError **error);
/* Groups of sites that share lines are made too. */
void stn_ports_connect (StnPorts *self);
/* NULL-safe, also after an open that failed half-way. */
void stn_ports_close (StnPorts *self);

/* Whether some line of the sites, or of their banks' panels, is on this control. */
gboolean stn_ports_uses_control (const StnPorts *self, guint control);
/* Why the control did not open; NULL when it is open or not used. Borrowed. */
const GError *stn_ports_control_error (const StnPorts *self, guint control);
/* Whether a line is on RTS or DTR of a site's own port (index into the sites that were given), after open;
 * `*out_failure`: why that did not open, or NULL. Borrowed. */
gboolean stn_ports_uses_modem (const StnPorts *self, guint site, const GError **out_failure);
/* Borrowed; NULL where it is not used or not open. */
StnAdapter *stn_ports_adapter (const StnPorts *self, guint control);
/* What a provider has to say of the ports it has opened; NULL: nothing (more). Free with g_free. */
char *stn_ports_take_warning (StnPorts *self);
/* Borrowed; NULL before open. */
StnProvider *stn_ports_uart_provider (const StnPorts *self);

G_END_DECLS
