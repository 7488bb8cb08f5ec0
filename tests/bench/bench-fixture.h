/* One board on the bench, by hand: a UART at /dev/bench/A1 and an adapter FTBENCH1 with NRST on AC0, BOOT0 on AC1,
 * power on AC2 where wanted. The virtual clock, unless told otherwise. Everything that goes over the wire is written
 * out as bytes: no engine takes part. */
#pragma once

#include "src/bench/bench.h"
#include <string.h>

#define NRST 0x0100u
#define BOOT0 0x0200u
#define POWER 0x0400u
#define UART "/dev/bench/A1"
#define PINS "FTBENCH1"

typedef struct {
  StnClock *clock;
  StnTargets *targets;
  StnBenchConfig *config;
  StnBench *bench;
  StnProvider *provider;
  StnLink *uart, *pins;
  StnWait wait;
} Rig;

/* the config alone, so that a test can add to it; then rig_start */
static inline void rig_prepare (Rig *self, const char *part) {
  GError *error = NULL;
  *self = (Rig){ 0 };
  self->clock = stn_clock_new_virtual ();
  stn_clock_join (self->clock);
  self->targets = stn_targets_new (NULL, &error);
  g_assert_no_error (error);
  self->config = stn_bench_config_new ();
  stn_bench_config_set_seed (self->config, 1);
  stn_bench_config_add_board (self->config, "A1", part, &error);
  g_assert_no_error (error);
  stn_bench_config_add_uart (self->config, UART, "A1", &error);
  g_assert_no_error (error);
  stn_bench_config_add_line (self->config, PINS, "AC0", "A1", "nrst", TRUE, &error);
  stn_bench_config_add_line (self->config, PINS, "AC1", "A1", "boot0", FALSE, &error);
  g_assert_no_error (error);
}

static inline void rig_fault (Rig *self, const char *fault) {
  GError *error = NULL;
  stn_bench_config_add_fault (self->config, "A1", fault, &error);
  g_assert_no_error (error);
}

static inline void rig_set_line (Rig *self, guint baud, char parity) {
  GError *error = NULL;
  StnLineSettings line = { .baud = baud, .data_bits = 8, .parity = parity, .stop_bits = 1 };
  stn_stream_configure (self->uart, &line, &self->wait, &error);
  g_assert_no_error (error);
}

static inline void rig_start (Rig *self) {
  GError *error = NULL;
  self->bench = stn_bench_new (self->config, self->targets, self->clock, &error);
  g_assert_no_error (error);
  self->provider = stn_bench_provider_new (self->bench);
  self->wait = stn_wait_new (self->clock, STN_TIME_NEVER, NULL);
  self->uart = self->provider->provider_class->open_uart (self->provider, UART, &self->wait, &error);
  g_assert_no_error (error);
  self->pins = self->provider->provider_class->open_pins (self->provider, PINS, &self->wait, &error);
  g_assert_no_error (error);
  rig_set_line (self, 115200, 'E');
}

static inline void rig_new (Rig *self, const char *part) {
  rig_prepare (self, part);
  rig_start (self);
}

static inline void rig_clear (Rig *self) {
  stn_link_free (self->uart);
  stn_link_free (self->pins);
  stn_provider_free (self->provider);
  stn_bench_free (self->bench);
  stn_bench_config_free (self->config);
  stn_targets_free (self->targets);
  stn_clock_leave (self->clock);
  stn_clock_unref (self->clock);
}

static inline void rig_pins (Rig *self, guint32 mask, guint32 levels) {
  GError *error = NULL;
  stn_pins_set (self->pins, mask, levels, &self->wait, &error);
  g_assert_no_error (error);
}

static inline void rig_sleep (Rig *self, gint64 ns) {
  GError *error = NULL;
  stn_wait_sleep (&self->wait, ns, &error);
  g_assert_no_error (error);
}

/* a reset with BOOT0 at a level */
static inline void rig_reset (Rig *self, gboolean boot0) {
  rig_pins (self, NRST | BOOT0, boot0 ? BOOT0 : 0);
  rig_pins (self, NRST, NRST);
}

static inline StnBoardState rig_state (Rig *self) {
  StnBoardState state;
  g_assert_true (stn_bench_board_state (self->bench, "A1", &state));
  return state;
}

static inline void rig_send_bytes (Rig *self, const guint8 *bytes, gsize length) {
  GError *error = NULL;
  stn_stream_write (self->uart, bytes, length, &self->wait, &error);
  g_assert_no_error (error);
}

#define rig_send(self, ...) \
  rig_send_bytes ((self), (const guint8[]){ __VA_ARGS__ }, sizeof ((const guint8[]){ __VA_ARGS__ }))

/* exactly these bytes come, within 10 s, and none behind them for 1 ms */
static inline void rig_hear_bytes (Rig *self, const guint8 *expected, gsize length, const char *file, int line) {
  GError *error = NULL;
  guint8 seen[512] = { 0 };
  StnWait answer = stn_wait_within (&self->wait, 10 * STN_NS_PER_S);
  StnExchange exchange = { .operation = STN_OP_READ, .in = seen, .in_capacity = length, .in_least = length };
  stn_link_exchange (self->uart, &exchange, &answer, &error);
  if (error != NULL || memcmp (seen, expected, length) != 0) {
    GString *text = g_string_new (NULL);
    for (gsize i = 0; i < exchange.in_length; i++)
      g_string_append_printf (text, " %02x", seen[i]);
    g_error ("%s:%d: heard%s (%s)", file, line, text->str, error != NULL ? error->message : "other bytes");
  }
}

#define rig_hear(self, ...)                                                                                     \
  rig_hear_bytes ((self), (const guint8[]){ __VA_ARGS__ }, sizeof ((const guint8[]){ __VA_ARGS__ }), __FILE__, \
                  __LINE__)

static inline void rig_hear_nothing (Rig *self) {
  g_autoptr (GError) error = NULL;
  guint8 byte;
  StnWait answer = stn_wait_within (&self->wait, STN_NS_PER_S);
  g_assert_false (stn_stream_read (self->uart, &byte, 1, &answer, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_NO_ANSWER));
}

static inline void rig_sync (Rig *self) {
  rig_send (self, 0x7f);
  rig_hear (self, 0x79);
}

static inline void rig_enter (Rig *self, gboolean boot0) {
  rig_reset (self, boot0);
  rig_sync (self);
}

/* the address block: four bytes and their exclusive-or */
static inline void rig_send_address (Rig *self, guint32 address) {
  guint8 a = (guint8)(address >> 24), b = (guint8)(address >> 16), c = (guint8)(address >> 8), d = (guint8)address;
  rig_send (self, a, b, c, d, (guint8)(a ^ b ^ c ^ d));
}

static inline void rig_send_block (Rig *self, const guint8 *bytes, gsize length) {
  guint8 frame[258] = { (guint8)(length - 1) };
  guint8 sum = frame[0];
  for (gsize i = 0; i < length; i++) {
    frame[1 + i] = bytes[i];
    sum ^= bytes[i];
  }
  frame[1 + length] = sum;
  rig_send_bytes (self, frame, length + 2);
}

/* Write Memory that is acknowledged all through */
static inline void rig_write (Rig *self, guint32 address, const guint8 *bytes, gsize length) {
  rig_send (self, 0x31, 0xce);
  rig_hear (self, 0x79);
  rig_send_address (self, address);
  rig_hear (self, 0x79);
  rig_send_block (self, bytes, length);
  rig_hear (self, 0x79);
}

static inline void rig_read (Rig *self, guint32 address, guint8 *buffer, gsize length) {
  GError *error = NULL;
  rig_send (self, 0x11, 0xee);
  rig_hear (self, 0x79);
  rig_send_address (self, address);
  rig_hear (self, 0x79);
  rig_send (self, (guint8)(length - 1), (guint8)~(length - 1));
  rig_hear (self, 0x79);
  StnWait answer = stn_wait_within (&self->wait, 10 * STN_NS_PER_S);
  stn_stream_read (self->uart, buffer, length, &answer, &error);
  g_assert_no_error (error);
}

/* what the silicon holds */
static inline guint8 rig_cell (Rig *self, guint64 address) {
  guint8 byte = 0;
  g_assert_true (stn_bench_board_read (self->bench, "A1", address, &byte, 1));
  return byte;
}

/* a vector table that starts: stack at `stack`, code behind it */
static inline void rig_place_program (Rig *self, guint32 stack) {
  guint8 program[16] = { (guint8)stack, (guint8)(stack >> 8), (guint8)(stack >> 16), (guint8)(stack >> 24),
                         0x09, 0x00, 0x00, 0x08, 0x00, 0xbf, 0xfe, 0xe7, 0x00, 0xbf, 0xfe, 0xe7 };
  g_assert_true (stn_bench_board_write (self->bench, "A1", 0x08000000, program, sizeof program));
}
