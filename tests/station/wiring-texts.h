/* A station file and a bench of sites A1, A2, … on one adapter, as texts that need not agree. */
#pragma once

#include <glib.h>

/* The station believes: site An has AC(n-1), AD(n-1) and /dev/bn; `more` goes into each site's braces. */
static inline char *
wiring_station_text (guint sites, const char *more)
{
  g_autoptr (GString) text = g_string_new ("station: Wiring\nbench: bench.yaml\njournal: wiring.db\n"
                                           "controls: { c1: { ft232h: { serial: FTW1 }, buffered: true } }\n"
                                           "banks:\n  - name: A\n    sites:\n");
  for (guint i = 0; i < sites; i++)
    g_string_append_printf (text, "      - { name: A%u, nrst: c1.AC%u, boot0: c1.AD%u, uart: /dev/b%u%s }\n", i + 1, i,
                            i, i + 1, more);
  return g_strdup (text->str);
}

/* `lines`: "AC0: A1.nrst, ..." of the adapter; `ttys`: "/dev/b1: A1, ..."; `boards`: the rest from "boards:" on. */
static inline char *
wiring_bench_text (const char *lines, const char *ttys, const char *boards)
{
  return g_strdup_printf ("bench: wiring\nusb:\n"
                          "  - { port: \"1.1\", ft232h: { serial: FTW1, lines: { %s } } }\n"
                          "ttys: { %s }\nboards:\n%s",
                          lines, ttys, boards);
}
