/* Providers open ports: a serial port, an FT232H's lines, a USB device, or the bench's.
 *
 * A station file names ports by text ("/dev/serial/by-path/...", an FT232H's serial, a hub port); which provider opens
 * them is decided by src/station/registry.c, the only list. A provider says how to open, not what is done with it. */
#pragma once

#include "src/link/link.h"

G_BEGIN_DECLS

typedef struct StnProvider StnProvider;

typedef enum { STN_PLACE_UART, STN_PLACE_PINS, STN_PLACE_USB } StnPlaceKind;

/* A place that a station file could name. */
typedef struct {
  StnPlaceKind kind;
  char *place; /* as the file would name it */
  char *what;  /* for people: "FT232H FT6XYZ12" */
} StnPlace;

StnPlace *stn_place_new (StnPlaceKind kind, const char *place, const char *what);
void stn_place_free (StnPlace *self);

typedef struct {
  const char *kind; /* "serial", "ft232h", "usb", "socketcan", "bench" */
  gboolean is_virtual;
  /* Opens the UART / the adapter's lines / the USB device at a place, named as the station file names it. Blocks; for
   * USB until the device is there or the wait ends. A NULL entry: this provider has no such ports. */
  StnLink *(*open_uart) (StnProvider *self, const char *place, const StnWait *wait, GError **error);
  StnLink *(*open_pins) (StnProvider *self, const char *place, const StnWait *wait, GError **error);
  StnLink *(*open_usb) (StnProvider *self, const char *place, const StnWait *wait, GError **error);
  /* A bench's own operator: takes the boards of these sites out and puts new ones in. NULL: people do that. */
  gboolean (*load_boards) (StnProvider *self, const char *const *site_names, GError **error);
  void (*free) (StnProvider *self);
  /* What works less well than it should, noticed while opening since the last call ("low-latency mode did not take");
   * one at a time, NULL when there is no more. Free with g_free. A NULL entry: never any. */
  char *(*take_warning) (StnProvider *self);
  /* What it could open now: StnPlace, owned by the array, in the order of the places. Blocks briefly; opens nothing. A NULL
   * entry: it can't tell. */
  GPtrArray *(*list_places) (StnProvider *self, GError **error);
  /* Which USB device is at a place now, whatever it is: *out_present, and its ids. Does not wait, opens nothing, claims
   * nothing, needs no rights. A NULL entry: it can't tell. */
  gboolean (*look_usb) (StnProvider *self, const char *place, gboolean *out_present, guint16 *out_vendor_id,
                        guint16 *out_product_id, GError **error);
} StnProviderClass;

struct StnProvider {
  const StnProviderClass *provider_class;
};

void stn_provider_free (StnProvider *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnProvider, stn_provider_free)

G_END_DECLS
