#include "src/link/providers.h"
#include "src/link/serial.h"

/* Ports that are open, so that a UART and its modem lines share one. The table holds no reference: a link that goes
 * tells the provider. */
typedef struct {
  gatomicrefcount references; /* the provider's own, and one a link */
  GMutex mutex;
  GHashTable *open; /* place -> OpenPort */
  GQueue warnings;  /* char * */
} Ports;

typedef struct {
  StnSerialPort *port; /* owned */
  guint users;
  gboolean has_stream, has_pins;
} OpenPort;

typedef struct {
  StnProvider provider;
  Ports *ports;
} SerialProvider;

/* Around the port's own link: passes everything on, and gives the place back at the end. */
typedef struct {
  StnLink link;
  StnLink *inner; /* owned */
  Ports *ports;
} SharedLink;

static void
open_port_free (gpointer data)
{
  OpenPort *self = data;
  stn_serial_port_unref (self->port);
  g_free (self);
}

static Ports *
ports_new (void)
{
  Ports *self = g_new0 (Ports, 1);
  g_atomic_ref_count_init (&self->references);
  g_mutex_init (&self->mutex);
  self->open = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, open_port_free);
  return self;
}

static void
ports_unref (Ports *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_hash_table_unref (self->open);
  g_queue_clear_full (&self->warnings, g_free);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

static gboolean *
use_of (OpenPort *port, StnLinkShape shape)
{
  return shape == STN_LINK_STREAM ? &port->has_stream : &port->has_pins;
}

static void
shared_link_free (StnLink *link)
{
  SharedLink *self = (SharedLink *) link;
  StnLinkShape shape = link->shape;
  stn_link_free (self->inner);
  g_mutex_lock (&self->ports->mutex);
  OpenPort *port = g_hash_table_lookup (self->ports->open, link->name);
  *use_of (port, shape) = FALSE;
  if (--port->users == 0)
    g_hash_table_remove (self->ports->open, link->name);
  g_mutex_unlock (&self->ports->mutex);
  ports_unref (self->ports);
  g_free (self);
}

static gboolean
shared_exchange (StnLink *link, StnExchange *exchange, const StnWait *wait, GError **error)
{
  SharedLink *self = (SharedLink *) link;
  return self->inner->link_class->exchange (self->inner, exchange, wait, error);
}

static const StnLinkClass stream_class = {
  .kind = "serial", .shape = STN_LINK_STREAM, .exchange = shared_exchange, .free = shared_link_free
};
static const StnLinkClass pins_class = {
  .kind = "serial", .shape = STN_LINK_PINS, .exchange = shared_exchange, .free = shared_link_free
};

/* Opening waits (hotplug), and other places must not wait with it: so it happens outside the mutex. Two threads that
 * open the same place at once: the second meets the first's lock and is told that the port is busy. */
static StnLink *
open_link (StnProvider *provider, const char *place, const StnLinkClass *link_class, const StnWait *wait,
           GError **error)
{
  Ports *ports = ((SerialProvider *) provider)->ports;
  g_autoptr (StnSerialPort) opened = NULL;
  g_mutex_lock (&ports->mutex);
  OpenPort *port = g_hash_table_lookup (ports->open, place);
  if (port == NULL) {
    g_mutex_unlock (&ports->mutex);
    opened = stn_serial_port_open (place, wait, error);
    if (opened == NULL)
      return NULL;
    g_mutex_lock (&ports->mutex);
    if (stn_serial_port_warning (opened) != NULL)
      g_queue_push_tail (&ports->warnings, g_strdup (stn_serial_port_warning (opened)));
    port = g_new0 (OpenPort, 1);
    port->port = g_steal_pointer (&opened);
    g_hash_table_insert (ports->open, g_strdup (place), port);
  } else if (*use_of (port, link_class->shape)) {
    g_mutex_unlock (&ports->mutex);
    stn_error_set (error, STN_FAILURE_PORT_BUSY, "%s: this program has it open already", place);
    return NULL;
  }
  *use_of (port, link_class->shape) = TRUE;
  port->users++;
  StnLink *inner =
      link_class->shape == STN_LINK_STREAM ? stn_serial_port_stream (port->port) : stn_serial_port_pins (port->port);
  g_mutex_unlock (&ports->mutex);

  SharedLink *self = g_new0 (SharedLink, 1);
  stn_link_init (&self->link, link_class, link_class->shape, place);
  self->inner = inner;
  self->ports = ports;
  g_atomic_ref_count_inc (&ports->references);
  return &self->link;
}

static StnLink *
open_uart (StnProvider *provider, const char *place, const StnWait *wait, GError **error)
{
  return open_link (provider, place, &stream_class, wait, error);
}

static StnLink *
open_pins (StnProvider *provider, const char *place, const StnWait *wait, GError **error)
{
  return open_link (provider, place, &pins_class, wait, error);
}

static char *
take_warning (StnProvider *provider)
{
  Ports *ports = ((SerialProvider *) provider)->ports;
  g_mutex_lock (&ports->mutex);
  char *warning = g_queue_pop_head (&ports->warnings);
  g_mutex_unlock (&ports->mutex);
  return warning;
}

static void
serial_provider_free (StnProvider *provider)
{
  SerialProvider *self = (SerialProvider *) provider;
  ports_unref (self->ports);
  g_free (self);
}

static const StnProviderClass serial_provider_class = {
  .kind = "serial",
  .open_uart = open_uart,
  .open_pins = open_pins,
  .free = serial_provider_free,
  .take_warning = take_warning,
};

StnProvider *
stn_provider_serial_new (void)
{
  SerialProvider *self = g_new0 (SerialProvider, 1);
  self->provider.provider_class = &serial_provider_class;
  self->ports = ports_new ();
  return &self->provider;
}
