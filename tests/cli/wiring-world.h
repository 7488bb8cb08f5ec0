/* A station of two sites and a bench of two boards, whose serial ports a test wires as it likes. */
#pragma once

#include "tests/cli/program.h"

static const char station[] = "station: Wiring\nbench: wiring.yaml\njournal: wiring.db\n"
                              "controls: { c1: { ft232h: { serial: FTW1 }, buffered: true } }\n"
                              "banks:\n  - name: A\n    sites:\n"
                              "      - { name: A1, nrst: c1.AC0, boot0: c1.AD0, uart: /dev/b1 }\n"
                              "      - { name: A2, nrst: c1.AC1, boot0: c1.AD1, uart: /dev/b2 }\n";

/* `ttys` is what makes the difference. */
static inline World *
wiring_world (const char *ttys)
{
  World *world = world_new ();
  g_autofree char *bench =
      g_strdup_printf ("bench: wiring\nusb:\n"
                       "  - { port: \"1.1\", ft232h: { serial: FTW1, lines: { AC0: A1.nrst, AC1: A2.nrst, AD0: "
                       "A1.boot0, AD1: A2.boot0 } } }\n"
                       "ttys: { %s }\nboards:\n  A1: { target: STM32F405RG }\n  A2: { target: STM32F405RG }\n",
                       ttys);

  world_write (world, "wiring-station.yaml", station);
  world_write (world, "wiring.yaml", bench);
  return world;
}
