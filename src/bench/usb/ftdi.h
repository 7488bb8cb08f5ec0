/* What FTDI's high-speed chips (FT232H, FT4232H) have in common: vendor requests, baud divisors, and bulk-in packets
 * that begin with two status bytes and leave when they are full or when the latency timer has run out.
 *
 * Sources: FTDI AN_184 and the data sheets for packets, timer and status bytes; AN_120 for the divisor with its
 * eighths; Linux drivers/usb/serial/ftdi_sio.h for the requests' numbers and fields. */
#pragma once

#include "src/bench/usb/usb-device.h"

G_BEGIN_DECLS

#define STN_FTDI_VENDOR 0x0403
#define STN_FTDI_PACKET_BYTES 512
#define STN_FTDI_STATUS_BYTES 2
#define STN_FTDI_EEPROM_BYTES 256
#define STN_FTDI_CHANNELS_MOST 4

/* first status byte: the upper half are the modem inputs, active where set; bit 1 says high speed */
#define STN_FTDI_MODEM_HIGH_SPEED 0x02
/* second status byte */
#define STN_FTDI_LINE_OVERRUN 0x02
#define STN_FTDI_LINE_BREAK 0x10
#define STN_FTDI_LINE_EMPTY 0x60 /* transmitter and its register */

typedef enum {
  STN_FTDI_MODE_UART = 0x00,
  STN_FTDI_MODE_BITBANG = 0x01,
  STN_FTDI_MODE_MPSSE = 0x02,
  STN_FTDI_MODE_SYNC_BITBANG = 0x04,
} StnFtdiMode;

typedef struct {
  guint number; /* from 0 */
  guint8 latency_ms;
  gint64 sent_ns;   /* the last bulk-in packet */
  gint64 oldest_ns; /* when the first byte in `in` came, which is not before the last packet; set by the chip */
  guint8 modem, line; /* status bytes */
  GByteArray *in;     /* for the host */
  gboolean send_now;  /* does not wait for the timer */
  guint baud, data_bits, stop_bits;
  char parity; /* 'N', 'O', 'E', 'M', 'S' */
  gboolean is_breaking, dtr, rts;
  guint8 mode, mode_mask;
} StnFtdiChannel;

typedef struct StnFtdi StnFtdi;

/* Something has been asked of a channel, and its fields are set: what the chip does with its pins. Each may be NULL. */
typedef struct {
  void (*reset) (StnFtdi *self, StnFtdiChannel *channel, gint64 now_ns);
  void (*purge_received) (StnFtdi *self, StnFtdiChannel *channel, gint64 now_ns);
  void (*line_changed) (StnFtdi *self, StnFtdiChannel *channel, gint64 now_ns); /* baud, format, break */
  void (*modem_changed) (StnFtdi *self, StnFtdiChannel *channel, gint64 now_ns);
  void (*mode_changed) (StnFtdi *self, StnFtdiChannel *channel, gint64 now_ns);
  guint8 (*read_pins) (StnFtdi *self, StnFtdiChannel *channel, gint64 now_ns);
} StnFtdiHooks;

/* Chips embed this first. */
struct StnFtdi {
  StnUsbDevice device;
  const StnFtdiHooks *hooks;
  StnFtdiChannel channels[STN_FTDI_CHANNELS_MOST];
  guint channel_count;
  guint8 eeprom[STN_FTDI_EEPROM_BYTES];
};

/* Interface descriptors for `channel_count` channels (endpoints 0x81/0x02, 0x83/0x04, …) and the EEPROM: blank without a
 * serial. */
void stn_ftdi_init (StnFtdi *self, const StnUsbDeviceClass *device_class, const StnFtdiHooks *hooks, guint16 product,
                    guint16 release, const char *product_text, guint channel_count, const char *serial);
void stn_ftdi_clear (StnFtdi *self);

/* As plugged in. */
void stn_ftdi_power_up (StnFtdi *self, gint64 now_ns);
StnUsbAnswer stn_ftdi_control (StnUsbDevice *device, StnUsbTransfer *transfer, gint64 now_ns);
/* The channel of a bulk endpoint, NULL for none. */
StnFtdiChannel *stn_ftdi_channel_at (StnFtdi *self, guint8 endpoint);
/* Fills a bulk-in transfer from the channel's `in`. */
StnUsbAnswer stn_ftdi_bulk_in (StnFtdiChannel *channel, StnUsbTransfer *transfer, gint64 now_ns);
/* When a waiting bulk-in transfer will be answered if nothing more comes: at the timer's first end at which there is
 * something to send. A packet without bytes, which the chip sends at each end, goes out every 16 ms only: the host learns
 * nothing from it, and at 1 ms four ports of them are most of an emulated machine's time. */
gint64 stn_ftdi_latency_end_ns (const StnFtdiChannel *channel);
/* The same for a first byte that will come then; nothing has come yet. */
gint64 stn_ftdi_latency_end_after_ns (const StnFtdiChannel *channel, gint64 first_byte_ns);

/* Baud rate of a divisor as the host sends it (wValue, and the upper byte of wIndex); rounded. */
guint stn_ftdi_baud (guint16 value, guint8 index_high);

G_END_DECLS
