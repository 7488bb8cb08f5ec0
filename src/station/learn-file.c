/* What was learned as a station.yaml, with what a person should know beside it. */
#include "src/station/learn.h"

#include "src/link/pins.h"
#include "src/link/usb-place.h"

#include <string.h>

#define COLUMNS 4 /* of the picture of the fixture, until somebody says how it really is */

/* A YAML text in double quotes, whatever is in it. */
static void
append_quoted (GString *text, const char *value)
{
  g_string_append_c (text, '"');
  for (const char *p = value; *p != '\0'; p++) {
    if (*p == '"' || *p == '\\')
      g_string_append_c (text, '\\');
    g_string_append_c (text, (guchar) *p < 0x20 ? ' ' : *p);
  }
  g_string_append_c (text, '"');
}

/* In a comment nothing may end the line. */
static void
append_comment (GString *text, const char *value)
{
  for (const char *p = value; *p != '\0'; p++)
    g_string_append_c (text, (guchar) *p < 0x20 ? ' ' : *p);
}

/* of an FT232H: driven by the chip from the moment it has power until it is opened (AN_108, UART mode) */
static gboolean
is_driven_before_open (const StnLearnedLine *line, guint control)
{
  return line->found && line->control == control && (line->bit == 0 || line->bit == 2 || line->bit == 4);
}

static void
append_controls (GString *text, const StnLearned *self)
{
  g_string_append (text, "controls:\n");
  for (guint i = 0; i < self->controls->len; i++) {
    const char *place = g_ptr_array_index (self->controls, i);
    gboolean buffered = FALSE;
    for (guint k = 0; k < self->sites->len; k++) {
      const StnLearnedSite *site = g_ptr_array_index (self->sites, k);
      buffered |= is_driven_before_open (&site->nrst, i) || is_driven_before_open (&site->boot0, i)
                  || is_driven_before_open (&site->power, i);
    }
    if (buffered)
      g_string_append (text,
                       "  # AD0, AD2 or AD4 is in use: an FT232H drives these before it is opened. Make sure that "
                       "the fixture makes them safe.\n");
    g_string_append_printf (text, "  c%u: { ft232h: { %s: ", i + 1,
                            stn_usb_is_place (place) || strstr (place, "usb-0:") != NULL ? "port" : "serial");
    append_quoted (text, place);
    g_string_append_printf (text, " }%s }\n", buffered ? ", buffered: true" : "");
  }
}

static void
append_line (GString *text, const char *name, const StnLearnedLine *line)
{
  if (line->found)
    g_string_append_printf (text, "%s: c%u.%s, ", name, line->control + 1, stn_pin_name (line->bit));
}

static void
append_site (GString *text, const StnLearnedSite *site, guint number)
{
  if (site->line != NULL) {
    g_string_append (text, "      # learned with a board of ");
    append_comment (text, site->line);
    if (site->uid != NULL)
      g_string_append_printf (text, ", UID %s", site->uid);
    g_string_append_c (text, '\n');
  }
  if (!site->boot0.found)
    g_string_append (text, "      # its BOOT0 was not found: that needs a board whose BOOT0 pin is live\n");
  if (!site->nrst.found)
    g_string_append (text, "      # its NRST was not found\n");
  g_string_append_printf (text, "      - { name: A%u, at: [%u, %u], ", number + 1, number / COLUMNS, number % COLUMNS);
  append_line (text, "nrst", &site->nrst);
  append_line (text, "boot0", &site->boot0);
  append_line (text, "power", &site->power);
  if (site->detect.found)
    g_string_append_printf (text, "detect: { pin: c%u.%s, active: %s }, ", site->detect.control + 1,
                            stn_pin_name (site->detect.bit), site->detect_is_high ? "high" : "low");
  if (site->uart != NULL) {
    g_string_append (text, "uart: ");
    append_quoted (text, site->uart);
  }
  if (site->usb != NULL) {
    g_string_append (text, site->uart != NULL ? ", usb: " : "usb: ");
    append_quoted (text, site->usb);
  }
  g_string_append (text, " }\n");
}

char *
stn_learned_to_yaml (const StnLearned *self, const char *name)
{
  GString *text =
      g_string_new ("# Written by stationctl learn. Names and places (at: row, column) are yours to change;\n"
                    "# stationctl check proves the wiring, stationctl identify SITE shows which board is which.\n");
  guint written = 0;

  g_string_append (text, "station: ");
  append_quoted (text, name);
  g_string_append_c (text, '\n');
  if (self->bench_path != NULL) {
    g_string_append (text, "bench: ");
    append_quoted (text, self->bench_path);
    g_string_append_c (text, '\n');
  }
  append_controls (text, self);
  g_string_append (text, "banks:\n  - name: A\n    sites:\n");
  for (guint i = 0; i < self->sites->len; i++) {
    const StnLearnedSite *site = g_ptr_array_index (self->sites, i);
    if (site->nrst.found || site->boot0.found)
      append_site (text, site, written++);
  }
  for (guint i = 0; i < self->sites->len; i++) {
    const StnLearnedSite *site = g_ptr_array_index (self->sites, i);
    if (site->nrst.found || site->boot0.found)
      continue;
    g_string_append_printf (text, "      # %s, and no line moves it: ", site->was_heard ? "heard" : "silent");
    append_comment (text, site->uart != NULL ? site->uart : site->usb);
    g_string_append_c (text, '\n');
  }
  for (guint i = 0; i < self->notes->len; i++) {
    g_string_append (text, "# ");
    append_comment (text, g_ptr_array_index (self->notes, i));
    g_string_append_c (text, '\n');
  }
  return g_string_free (text, FALSE);
}
