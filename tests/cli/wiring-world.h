/* A station of two sites and a bench of two boards, whose serial ports a test wires as it likes. */
#pragma once

#include "tests/cli/program.h"
#include "tests/station/wiring-texts.h"

/* `ttys` is what makes the difference. */
static inline World *
wiring_world (const char *ttys)
{
  World *world = world_new ();
  g_autofree char *station = wiring_station_text (2, "");
  g_autofree char *bench = wiring_bench_text ("AC0: A1.nrst, AC1: A2.nrst, AD0: A1.boot0, AD1: A2.boot0", ttys,
                                              "  A1: { target: STM32F405RG }\n  A2: { target: STM32F405RG }\n");

  world_write (world, "wiring-station.yaml", station);
  world_write (world, "bench.yaml", bench);
  return world;
}
