/* A USB device of the bench: descriptors as data, the standard requests, and what a device does of its own behind a
 * small class. It knows neither how its transfers come (usbip.h) nor where it is plugged in (vhci.h).
 *
 * A transfer is what the host's driver submits: one control transfer, or a stretch of a bulk endpoint that ends with a
 * short packet. A handler answers it, stalls it, or says "later" - the device would NAK - and is asked again with the same
 * transfer whenever something may have changed; until then the host may take it back.
 *
 * One thread at a time; whoever serves a device calls. */
#pragma once

#include "src/base/clock.h"

G_BEGIN_DECLS

/* as USB/IP and vhci_hcd number them */
typedef enum { STN_USB_FULL_SPEED = 2, STN_USB_HIGH_SPEED = 3 } StnUsbSpeed;

typedef enum { STN_USB_ANSWERED, STN_USB_STALLED, STN_USB_LATER } StnUsbAnswer;

/* USB 2.0, table 9-2 */
typedef struct {
  guint8 request_type, request;
  guint16 value, index, length;
} StnUsbSetup;

#define STN_USB_IN 0x80u /* the direction, in a request type and in an endpoint address */
#define STN_USB_TYPE_MASK 0x60u
#define STN_USB_TYPE_STANDARD 0x00u
#define STN_USB_TYPE_CLASS 0x20u
#define STN_USB_TYPE_VENDOR 0x40u

typedef struct {
  guint8 endpoint;   /* address with direction; 0x00 and 0x80 are control transfers */
  StnUsbSetup setup; /* of a control transfer */
  guint8 *bytes;     /* OUT: from the host; IN: room for it */
  gsize length;
  gsize actual; /* how much of it is done */
} StnUsbTransfer;

typedef struct StnUsbDevice StnUsbDevice;

typedef struct {
  const char *kind; /* "ft232h" */
  StnUsbSpeed speed;
  /* Class and vendor requests. */
  StnUsbAnswer (*control) (StnUsbDevice *self, StnUsbTransfer *transfer, gint64 now_ns);
  /* Endpoints other than 0; NULL: there are none. */
  StnUsbAnswer (*bulk) (StnUsbDevice *self, StnUsbTransfer *transfer, gint64 now_ns);
  /* May be NULL. FALSE: there is no such setting. */
  gboolean (*set_interface) (StnUsbDevice *self, guint interface, guint alternate);
  /* The host has set a configuration (not 0). May be NULL. */
  void (*configured) (StnUsbDevice *self, gint64 now_ns);
  /* Does what is due, and says when to ask again: absolute ns, STN_TIME_NEVER. May be NULL. */
  gint64 (*work) (StnUsbDevice *self, gint64 now_ns);
  /* It gets its power from the port, or loses it. May be NULL. */
  void (*plugged) (StnUsbDevice *self, gboolean plugged, gint64 now_ns);
  void (*free) (StnUsbDevice *self); /* frees the device's own struct too */
} StnUsbDeviceClass;

#define STN_USB_INTERFACES_MOST 8

/* Devices embed this first. */
struct StnUsbDevice {
  const StnUsbDeviceClass *device_class;
  guint8 device_descriptor[18];
  GByteArray *configuration; /* all descriptors of the one configuration; its total length is filled in */
  GPtrArray *strings;        /* char *, UTF-8; string 1 is the first */
  guint8 configuration_value;
  guint8 alternates[STN_USB_INTERFACES_MOST];
  guint16 halted_in, halted_out; /* endpoints, by number */
  /* set by who serves: endpoints, by number, where a transfer waits */
  guint16 waiting_in, waiting_out;
  gboolean is_gone; /* set by the device: it has left the bus by itself */
};

/* Fills the common members. The configuration's descriptors are added by the device. */
void stn_usb_device_init (StnUsbDevice *self, const StnUsbDeviceClass *device_class, guint16 vendor, guint16 product,
                          guint16 release, const char *const *strings);
/* string indexes of the device descriptor; 0: none */
void stn_usb_device_set_strings (StnUsbDevice *self, guint8 manufacturer, guint8 product, guint8 serial);
/* Appends a descriptor to the configuration: its bytes as they are. */
void stn_usb_device_describe (StnUsbDevice *self, const guint8 *bytes, gsize length);
/* Adds a string and returns its index. */
guint8 stn_usb_device_add_string (StnUsbDevice *self, const char *text);
void stn_usb_device_free (StnUsbDevice *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnUsbDevice, stn_usb_device_free)

/* Carries out a transfer, as far as it can be by now. */
StnUsbAnswer stn_usb_device_transfer (StnUsbDevice *self, StnUsbTransfer *transfer, gint64 now_ns);
gint64 stn_usb_device_work (StnUsbDevice *self, gint64 now_ns);
void stn_usb_device_set_plugged (StnUsbDevice *self, gboolean plugged, gint64 now_ns);

/* For handlers: hands `length` bytes (at most what the host asked for) to an IN control transfer. */
StnUsbAnswer stn_usb_answer (StnUsbTransfer *transfer, const guint8 *bytes, gsize length);

G_END_DECLS
