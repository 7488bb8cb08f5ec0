/* What is plugged into this machine's USB, as a station sees it: hubs, FTDI adapters with their ttys, boards in DFU
 * mode, other USB devices with a tty.
 *
 * stn_plugged_list takes a snapshot; StnPlugged tells when another is worth it. Both ask udev through libgudev and open
 * nothing: no rights are needed and nothing is disturbed. Devices are sorted by place, so that a hub comes before what
 * is plugged into it.
 *
 * stn_plugged_list: any thread; blocks for some milliseconds. StnPlugged: see there. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  STN_PLUGGED_HUB,
  STN_PLUGGED_FT232H, /* can hold pins */
  STN_PLUGGED_FTDI,   /* another FTDI adapter */
  STN_PLUGGED_DFU,    /* an STM32's ROM in DFU mode */
  STN_PLUGGED_TTY     /* anything else that has a tty */
} StnPluggedKind;

typedef enum {
  STN_PLUGGED_NO_SERIAL = 1 << 0,   /* blank: only its place names it */
  STN_PLUGGED_SAME_SERIAL = 1 << 1, /* another device of its vendor and product says the same */
  STN_PLUGGED_SINGLE_TT = 1 << 2,   /* a hub whose full-speed ports share one transaction translator: boards on it slow
                                       each other down (USB 2.0 section 11.14) */
  STN_PLUGGED_VIRTUAL = 1 << 3,     /* under vhci_hcd or dummy_hcd: no hardware of this machine */
  STN_PLUGGED_KERNEL_TTY = 1 << 4   /* an FT232H that the kernel uses as a serial port: no pins before that ends */
} StnPluggedFlag;

typedef struct {
  StnPluggedKind kind;
  guint flags;    /* StnPluggedFlag */
  char *place;    /* ID_PATH: "pci-0000:00:14.0-usb-0:1.3"; a root hub's is its controller's */
  char *bus_path; /* "1-1.3", "usb1" */
  guint16 vendor_id, product_id;
  char *vendor, *product, *serial; /* NULL where it has none; what a device says of itself, made valid UTF-8 */
  guint port_count;                /* hubs */
  guint speed_mbits;               /* 12, 480, 5000; 0: unknown */
  GPtrArray *ttys;                 /* char *, nodes, in the order of its interfaces */
} StnPluggedDevice;

/* "hub", "ft232h", "ftdi", "dfu", "tty": stable, for --json. */
const char *stn_plugged_kind_name (StnPluggedKind kind);

/* Of StnPluggedDevice, owned; free with g_ptr_array_unref. Empty where there is no USB. */
GPtrArray *stn_plugged_list (void);

/* Watches for devices that come and go. `changed` is called in the main context that was the thread's default when this
 * was made, several times per plug (a device and its interfaces are events of their own). Same thread to free. */
typedef struct StnPlugged StnPlugged;
typedef void (*StnPluggedChanged) (gpointer data);
StnPlugged *stn_plugged_new (StnPluggedChanged changed, gpointer data);
void stn_plugged_free (StnPlugged *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnPlugged, stn_plugged_free)

G_END_DECLS
