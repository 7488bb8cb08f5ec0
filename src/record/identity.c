/* Names of runs and days: time-ordered ids, the kernel's boot id, the production day. */
#include "src/record/record.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

static void
random_bytes (guint8 *bytes, gsize length)
{
  while (length > 0) {
    gssize got = getrandom (bytes, length, 0);
    if (got < 0) {
      if (errno == EINTR)
        continue;
      g_error ("no random numbers from the kernel: %s", g_strerror (errno)); /* nothing could be told apart any more */
    }
    bytes += got;
    length -= (gsize) got;
  }
}

/* RFC 9562, 5.7 and 6.2 (method 1, a counter of fixed length): 48 bits of unix ms, version, 12 bits, variant, 62 bits.
 * The counter takes the 12 bits and the first 20 of the 62. It begins at a random place below the middle, so that
 * processes do not meet and there is room to count. The ms never step back, whatever the wall clock does. */
char *
stn_uuid_new (gint64 utc_us)
{
  static GMutex mutex;
  static guint64 last_ms;
  static guint32 counter;

  guint8 bytes[16];
  random_bytes (bytes, sizeof bytes);

  guint64 now_ms = (guint64) CLAMP (utc_us / 1000, 0, (G_GINT64_CONSTANT (1) << 48) - 1);
  g_mutex_lock (&mutex);
  if (now_ms > last_ms) {
    last_ms = now_ms;
    counter = ((guint32) bytes[6] << 24 | (guint32) bytes[7] << 16 | (guint32) bytes[8] << 8 | bytes[9]) >> 1;
  } else if (counter == G_MAXUINT32) {
    last_ms++;
    counter = 0;
  } else {
    counter++;
  }
  guint64 ms = last_ms;
  guint32 count = counter;
  g_mutex_unlock (&mutex);

  for (int i = 0; i < 6; i++)
    bytes[i] = (guint8) (ms >> (40 - 8 * i));
  bytes[6] = (guint8) (0x70 | count >> 28);
  bytes[7] = (guint8) (count >> 20);
  bytes[8] = (guint8) (0x80 | (count >> 14 & 0x3f));
  bytes[9] = (guint8) (count >> 6);
  bytes[10] = (guint8) ((count & 0x3f) << 2 | (bytes[10] & 0x03));

  char *text = g_malloc (37);
  char *place = text;
  for (int i = 0; i < 16; i++) {
    if (i == 4 || i == 6 || i == 8 || i == 10)
      *place++ = '-';
    *place++ = "0123456789abcdef"[bytes[i] >> 4];
    *place++ = "0123456789abcdef"[bytes[i] & 15];
  }
  *place = '\0';
  return text;
}

const char *
stn_boot_id (void)
{
  static const char *boot_id; /* never freed */

  if (g_once_init_enter (&boot_id)) {
    char *text = NULL;
    if (g_file_get_contents ("/proc/sys/kernel/random/boot_id", &text, NULL, NULL))
      g_strstrip (text);
    if (text == NULL || *text == '\0') {
      g_free (text);
      text = g_strdup ("unknown");
    }
    g_once_init_leave (&boot_id, text);
  }
  return boot_id;
}

char *
stn_production_day (gint64 utc_us, int day_start_minutes, GTimeZone *zone)
{
  day_start_minutes = CLAMP (day_start_minutes, 0, 24 * 60 - 1);

  g_autoptr (GTimeZone) local = zone != NULL ? g_time_zone_ref (zone) : g_time_zone_new_local ();
  gint64 seconds = utc_us / G_USEC_PER_SEC - (utc_us % G_USEC_PER_SEC < 0 ? 1 : 0);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (seconds);
  if (utc == NULL)
    return NULL;
  g_autoptr (GDateTime) moment = g_date_time_to_timezone (utc, local);
  if (moment == NULL)
    return NULL;

  /* Compared as moments, not as clock faces: where the clocks go back over the start of the day, a face would show the
   * new day, the old one and the new one again. */
  int year, month, day;
  g_date_time_get_ymd (moment, &year, &month, &day);
  g_autoptr (GDateTime) start =
      g_date_time_new (local, year, month, day, day_start_minutes / 60, day_start_minutes % 60, 0);
  if (start == NULL || g_date_time_compare (moment, start) >= 0)
    return g_date_time_format (moment, "%Y-%m-%d");

  g_autoptr (GDateTime) noon = g_date_time_new_utc (year, month, day, 12, 0, 0);
  g_autoptr (GDateTime) before = noon != NULL ? g_date_time_add_days (noon, -1) : NULL;
  return before != NULL ? g_date_time_format (before, "%Y-%m-%d") : NULL;
}
