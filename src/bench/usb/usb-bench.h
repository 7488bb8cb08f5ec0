/* A bench as USB devices: every adapter of bench.yaml, and every board that has a USB plug, at a port of a host.
 *
 * Each plug has a thread that serves its device, on the real clock. An adapter is there while it is plugged in; a board's
 * DFU device comes when the chip runs its ROM (after the time that enumeration takes, where the bench keeps times) and
 * goes when it leaves it.
 *
 * The host is vhci_hcd, or a test that holds the other end of the sockets. */
#pragma once

#include "src/bench/bench.h"
#include "src/bench/usb/usb-device.h"

G_BEGIN_DECLS

typedef struct {
  /* A device appears at plug number `plug`, counted from 0 in the order of bench.yaml: FT232Hs, FT4232Hs, boards. Returns
   * this side of a stream socket, -1 on error. Called from the plug's thread. */
  int (*attach) (gpointer user, guint plug, StnUsbSpeed speed, GError **error);
  gpointer user;
} StnUsbHost;

typedef struct StnUsbBench StnUsbBench;

/* Everything is plugged in. Borrows the bench; copies what it needs of config and host. Fails where a DFU word is not
 * known (STN_FAILURE_BAD_FILE) or the clock is virtual. While this lives, the bench's own links of these adapters and
 * UARTs must not be used. */
StnUsbBench *stn_usb_bench_new (StnBench *bench, const StnBenchConfig *config, const StnUsbHost *host, GError **error);
/* Pulls everything out. */
void stn_usb_bench_free (StnUsbBench *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnUsbBench, stn_usb_bench_free)

/* What is where: number, hub port as bench.yaml has it, "ft232h", "ft4232h" or "dfu", its serial (adapters; NULL: blank)
 * and its boards, separated by blanks ("-" for none). Borrowed. */
typedef struct {
  guint number;
  const char *port, *kind, *serial, *boards;
} StnUsbPlugInfo;

guint stn_usb_bench_count (StnUsbBench *self);
StnUsbPlugInfo stn_usb_bench_info (StnUsbBench *self, guint number);
/* By hub port. FALSE: there is no such port. Returns when the thread has ended, or begun. */
gboolean stn_usb_bench_set_plugged (StnUsbBench *self, const char *port, gboolean plugged);
/* The first error of an attach since the last call, for the bench's operator; free with g_error_free. NULL: none. */
GError *stn_usb_bench_take_error (StnUsbBench *self);

G_END_DECLS
