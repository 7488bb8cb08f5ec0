/* The station's calendar: when a production day begins, and which shift it is. */
#include "src/station/station-private.h"

#include <string.h>

/* "06:30" in minutes; -1: that is no time of day */
static int
minutes_of (const char *text)
{
  gboolean is_time = strlen (text) == 5 && text[2] == ':' && g_ascii_isdigit (text[0]) && g_ascii_isdigit (text[1])
                     && g_ascii_isdigit (text[3]) && g_ascii_isdigit (text[4]);
  int hours = is_time ? (text[0] - '0') * 10 + (text[1] - '0') : 24;
  int minutes = is_time ? (text[3] - '0') * 10 + (text[4] - '0') : 60;

  return hours <= 23 && minutes <= 59 ? hours * 60 + minutes : -1;
}

static gboolean
read_time (const char *text, const StnNode *place, const char *what, int *out_minutes, GError **error)
{
  int minutes = minutes_of (text);

  if (minutes < 0) {
    g_autofree char *found = stn_text_quote (text);
    stn_node_error (place, error, "a time of day, 00:00 to 23:59", found, "%s", what);
    return FALSE;
  }
  *out_minutes = minutes;
  return TRUE;
}

gboolean
stn_station_read_calendar (StnStation *self, GError **error)
{
  if (!read_time (self->file.day_start, self->file.day_start_place, "day-start", &self->day_start_minutes, error))
    return FALSE;
  for (guint i = 0; i < self->file.shifts->len; i++) {
    StnFileShift *shift = g_ptr_array_index (self->file.shifts, i);
    if (!read_time (shift->from, shift->from_place, "from", &shift->from_minutes, error))
      return FALSE;
    for (guint other = 0; other < i; other++) {
      const StnFileShift *old = g_ptr_array_index (self->file.shifts, other);
      if (old->from_minutes != shift->from_minutes && !g_str_equal (old->name, shift->name))
        continue;
      stn_node_error (shift->from_place, error, NULL, NULL, "shift “%s” has the %s of shift “%s”", shift->name,
                      old->from_minutes == shift->from_minutes ? "beginning" : "name", old->name);
      return FALSE;
    }
  }
  return TRUE;
}

const char *
stn_station_shift (const StnStation *self, gint64 utc_us, GTimeZone *zone)
{
  g_autoptr (GTimeZone) local = zone != NULL ? g_time_zone_ref (zone) : g_time_zone_new_local ();
  gint64 seconds = utc_us / G_USEC_PER_SEC - (utc_us % G_USEC_PER_SEC < 0 ? 1 : 0);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (seconds);
  g_autoptr (GDateTime) moment = utc != NULL ? g_date_time_to_timezone (utc, local) : NULL;
  const StnFileShift *now = NULL, *last = NULL;

  if (moment == NULL)
    return NULL;
  int minutes = g_date_time_get_hour (moment) * 60 + g_date_time_get_minute (moment);
  for (guint i = 0; i < self->file.shifts->len; i++) {
    const StnFileShift *shift = g_ptr_array_index (self->file.shifts, i);
    if (last == NULL || shift->from_minutes > last->from_minutes)
      last = shift;
    if (shift->from_minutes <= minutes && (now == NULL || shift->from_minutes > now->from_minutes))
      now = shift;
  }
  /* before the day's first it is still the one that began last, the day before */
  now = now != NULL ? now : last;
  return now != NULL ? now->name : NULL;
}
