/* The only list of providers: which one opens the ports of a station file. Private to src/station. */
#pragma once

#include "src/bench/bench.h"

G_BEGIN_DECLS

typedef enum { STN_PORT_UART = 1 << 0, STN_PORT_PINS = 1 << 1, STN_PORT_USB = 1 << 2, STN_PORT_HUB = 1 << 3 } StnPortKind;

typedef struct {
  const char *kind;
  guint ports;         /* StnPortKind that it opens */
  gboolean is_virtual; /* opens them in a bench */
  /* `bench` is NULL for real ones; borrowed. Error: STN_FAILURE_PERMISSION and the like. */
  StnProvider *(*create) (StnBench *bench, GError **error);
} StnProviderRow;

/* The row that opens such a port with or without a bench; never NULL. Nothing falls back on the bench by itself. */
const StnProviderRow *stn_registry_find (StnPortKind port, gboolean in_bench);

G_END_DECLS
