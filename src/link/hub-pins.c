#include "src/link/hub-pins.h"

/* USB 2.0, tables 11-15 to 11-17 and 11-21 */
#define TYPE_PORT_OUT 0x23
#define TYPE_PORT_IN 0xa3
#define TYPE_HUB_IN 0xa0
#define GET_STATUS 0
#define CLEAR_FEATURE 1
#define SET_FEATURE 3
#define GET_DESCRIPTOR 6
#define HUB_DESCRIPTOR 0x29
#define PORT_POWER 8
#define STATUS_OVER_CURRENT (1u << 3)
#define STATUS_POWER (1u << 8)
#define STATUS_BYTES 4
/* USB 2.0, table 11-13: up to bHubContrCurrent */
#define DESCRIPTOR_BYTES 7
#define SWITCHING_MASK 0x03
#define SWITCHING_EACH 0x01

#define ANSWER_NS (2 * STN_NS_PER_S)

typedef struct {
  StnLink link;
  StnLink *hub; /* owned */
  guint ports;
  guint32 known, levels; /* ports that were set, and how */
} HubPins;

static gboolean
read_status (HubPins *self, guint port, guint *out_status, const StnWait *wait, GError **error)
{
  const StnControlSetup setup = { .request_type = TYPE_PORT_IN, .request = GET_STATUS, .index = (guint16) port };
  guint8 bytes[STATUS_BYTES] = { 0 };
  gsize length = 0;

  if (!stn_control_in (self->hub, &setup, bytes, sizeof bytes, &length, wait, error))
    return FALSE;
  if (length < 2) {
    stn_error_set (error, STN_FAILURE_GARBAGE, "%s: port %u: a status of %" G_GSIZE_FORMAT " bytes", self->link.name,
                   port, length);
    return FALSE;
  }
  *out_status = bytes[0] | (guint) bytes[1] << 8;
  return TRUE;
}

static gboolean
set_port (HubPins *self, guint port, gboolean on, const StnWait *wait, GError **error)
{
  const StnControlSetup setup = { .request_type = TYPE_PORT_OUT,
                                  .request = on ? SET_FEATURE : CLEAR_FEATURE,
                                  .value = PORT_POWER,
                                  .index = (guint16) port };
  guint status = 0;

  if (port == 0 || port > self->ports) {
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "%s: the hub has %u ports, and none with the number %u",
                   self->link.name, self->ports, port);
    return FALSE;
  }
  if (!stn_control_out (self->hub, &setup, NULL, 0, wait, error))
    return FALSE;
  if (on)
    return TRUE;
  if (!read_status (self, port, &status, wait, error))
    return FALSE;
  if (!(status & STATUS_POWER))
    return TRUE;
  stn_error_set (error, STN_FAILURE_NOT_SUPPORTED,
                 "%s: port %u stays on, although the hub says that it switches each port alone", self->link.name, port);
  return FALSE;
}

static gboolean
set_ports (HubPins *self, guint32 mask, guint32 levels, const StnWait *wait, GError **error)
{
  for (guint port = 0; port < 32; port++) {
    guint32 bit = 1u << port;
    if (!(mask & bit) || ((self->known & bit) && !((self->levels ^ levels) & bit)))
      continue;
    if (!set_port (self, port, (levels & bit) != 0, wait, error))
      return FALSE;
    self->known |= bit;
    self->levels = (self->levels & ~bit) | (levels & bit);
  }
  return TRUE;
}

static gboolean
get_ports (HubPins *self, guint32 *out_levels, const StnWait *wait, GError **error)
{
  guint32 levels = ~self->known;

  for (guint port = 1; port <= self->ports; port++) {
    guint status = 0;
    if (!(self->known >> port & 1))
      continue;
    if (!read_status (self, port, &status, wait, error))
      return FALSE;
    if ((status & STATUS_POWER) && !(status & STATUS_OVER_CURRENT))
      levels |= 1u << port;
  }
  *out_levels = levels;
  return TRUE;
}

static gboolean
hub_pins_exchange (StnLink *link, StnExchange *exchange, const StnWait *wait, GError **error)
{
  HubPins *self = (HubPins *) link;
  /* a level is set when cancelled too */
  StnWait shielded = stn_wait_shielded (wait->clock, ANSWER_NS);

  switch (exchange->operation) {
  case STN_OP_SET:
    return set_ports (self, exchange->mask, exchange->levels, &shielded, error);
  case STN_OP_GET:
    return get_ports (self, &exchange->levels, wait, error);
  default:
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "%s: a hub's ports can't %s", link->name,
                   stn_operation_name (exchange->operation));
    return FALSE;
  }
}

static void
hub_pins_free (StnLink *link)
{
  HubPins *self = (HubPins *) link;

  stn_link_free (self->hub);
  g_free (self);
}

static const StnLinkClass hub_pins_class = {
  .kind = "hub", .shape = STN_LINK_PINS, .exchange = hub_pins_exchange, .free = hub_pins_free
};

static gboolean
read_descriptor (StnLink *hub, guint *out_ports, const StnWait *wait, GError **error)
{
  const StnControlSetup setup = { .request_type = TYPE_HUB_IN,
                                  .request = GET_DESCRIPTOR,
                                  .value = HUB_DESCRIPTOR << 8 };
  static const char *const modes[] = { "switches all its ports together", NULL, "does not switch its ports",
                                       "does not switch its ports" };
  g_autoptr (GError) failure = NULL;
  guint8 bytes[DESCRIPTOR_BYTES] = { 0 };
  gsize length = 0;

  if (!stn_control_in (hub, &setup, bytes, sizeof bytes, &length, wait, &failure)) {
    if (!stn_error_is (failure, STN_FAILURE_NACK)) {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "%s: no USB 2 hub (boards hang on that half of a USB 3 hub)",
                   stn_link_name (hub));
    return FALSE;
  }
  if (length < DESCRIPTOR_BYTES || bytes[1] != HUB_DESCRIPTOR) {
    stn_error_set (error, STN_FAILURE_GARBAGE, "%s: %" G_GSIZE_FORMAT " bytes of type %02x where a hub's descriptor "
                   "should be", stn_link_name (hub), length, bytes[1]);
    return FALSE;
  }
  guint mode = bytes[3] & SWITCHING_MASK;
  if (mode != SWITCHING_EACH) {
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED,
                   "%s: the hub says that it %s; for a site's power it must switch each port alone",
                   stn_link_name (hub), modes[mode]);
    return FALSE;
  }
  *out_ports = MIN (bytes[2], STN_HUB_PORTS_MOST);
  return TRUE;
}

StnLink *
stn_hub_pins_new (StnLink *hub, const StnWait *wait, GError **error)
{
  guint ports = 0;

  if (!read_descriptor (hub, &ports, wait, error)) {
    stn_link_free (hub);
    return NULL;
  }
  HubPins *self = g_new0 (HubPins, 1);
  stn_link_init (&self->link, &hub_pins_class, STN_LINK_PINS, stn_link_name (hub));
  self->hub = hub;
  self->ports = ports;
  return &self->link;
}
