/* Does it start: what the application says after the board was let go, or at least that the ROM is gone. */
#include "src/job/unit-run.h"
#include "src/job/serial-pattern.h"

#include <string.h>

#define HEARD_BYTES 4096
/* how often the host's list of devices, and a line, are looked at */
#define LOOK_NS (20 * STN_NS_PER_MS)
#define PIN_LOOK_NS STN_NS_PER_MS
#define PIN_READ_NS STN_NS_PER_S
/* of every STM32's ROM (AN3156 section 1) */
#define ROM_USB_ID "0483:df11"

gboolean
stn_unit_run_listen (StnUnitRun *self, gboolean is_held, const StnWait *wait, GError **error)
{
  const StnJob *job = self->plan->job;
  StnLineSettings line = { .baud = (guint) job->boot_check_baud, .data_bits = 8, .parity = 'N', .stop_bits = 1 };

  if (job->boot_check != STN_BOOT_CHECK_UART)
    return TRUE;
  if (!stn_stream_configure (self->hold.uart, &line, wait, error))
    return FALSE;
  /* what came before the release is not the application's; after Go and an option load it may be speaking already */
  if (!is_held)
    return TRUE;
  return stn_stream_flush (self->hold.uart, wait, error);
}

/* Printable text of what was heard, cut to its end. */
static char *
heard_text (const GString *heard)
{
  const gsize most = 60;
  gsize from = heard->len > most ? heard->len - most : 0;
  GString *text = g_string_new (from > 0 ? "..." : "");

  for (gsize i = from; i < heard->len; i++) {
    guchar byte = (guchar) heard->str[i];
    if (byte >= 0x20 && byte < 0x7f)
      g_string_append_c (text, (char) byte);
    else
      g_string_append_printf (text, "\\x%02x", byte);
  }
  return g_string_free (text, FALSE);
}

static gboolean
check_text (StnUnitRun *self, GError **error)
{
  const StnJob *job = self->plan->job;
  StnWait wait = stn_wait_within (&self->wait, job->boot_check_within_ns);
  g_autoptr (GString) heard = g_string_new (NULL);
  g_autofree char *expected =
      stn_template_fill (job->boot_check_text, self->serial, self->result->uid, self->run->production_day, error);

  if (expected == NULL)
    return FALSE;
  for (;;) {
    g_autoptr (GError) failure = NULL;
    guint8 bytes[256];
    gsize length = 0;

    if (!stn_stream_read_some (self->hold.uart, bytes, sizeof bytes, &length, &wait, &failure)) {
      g_autofree char *seen = heard_text (heard);
      if (!stn_error_is (failure, STN_FAILURE_NO_ANSWER) && !stn_error_is (failure, STN_FAILURE_TIMEOUT))
        g_propagate_error (error, g_steal_pointer (&failure));
      else if (heard->len == 0)
        stn_error_set_seen (error, STN_FAILURE_NO_BOOT, expected, "nothing", "the board does not start");
      else
        stn_error_set_seen (error, STN_FAILURE_WRONG_ANSWER_AT_BOOT, expected, seen,
                            "the board starts and says something else");
      return FALSE;
    }
    /* text may hold any byte, so it is looked for in bytes; an endless talker keeps only its tail */
    if (heard->len + length > HEARD_BYTES)
      g_string_erase (heard, 0, heard->len - MIN (heard->len, strlen (expected)));
    g_string_append_len (heard, (const char *) bytes, (gssize) length);
    if (memmem (heard->str, heard->len, expected, strlen (expected)) != NULL) {
      self->result->boot_answer = heard_text (heard);
      return TRUE;
    }
  }
}

/* The least of the checks: after the reset nobody answers as the ROM does. */
static gboolean
check_rom_gone (StnUnitRun *self, GError **error)
{
  g_autoptr (GError) failure = NULL;
  gint64 start_ns = stn_target_rom_start_ns (self->target);

  if (stn_unit_run_is_usb (self)) {
    if (!stn_unit_run_rom_stays_away (self, error))
      return FALSE;
    self->result->boot_answer = g_strdup ("the ROM's USB device is gone");
    return TRUE;
  }

  if (!stn_wait_sleep (&self->wait, start_ns + start_ns / 5, error))
    return FALSE;
  StnWait wait = stn_wait_within (&self->wait, 2 * STN_NS_PER_S);
  g_autoptr (StnEngine) engine = stn_engine_new (self->plan->engine_class, self->hold.uart, self->target);
  if (stn_engine_sync (engine, self->plan->wiring.baud, &wait, &failure)) {
    stn_error_set_seen (error, STN_FAILURE_NO_BOOT, "no ROM", "the ROM's answer", "the board came back in its ROM");
    return FALSE;
  }
  if (stn_error_is (failure, STN_FAILURE_NO_SYNC)) {
    self->result->boot_answer = g_strdup ("the ROM is gone");
    return TRUE;
  }
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* The application's own device at the site's hub port; what is looked at is what the host has enumerated, so nothing is
 * claimed that a driver already has. A board that comes back in its ROM has a device too, and another program may be
 * a stage on the way: only the end of the time judges. */
static gboolean
check_usb (StnUnitRun *self, GError **error)
{
  const StnJob *job = self->plan->job;
  StnProvider *provider = self->site->usb_provider;
  StnWait wait = stn_wait_within (&self->wait, job->boot_check_within_ns);
  char seen[16] = "nothing";

  if (provider == NULL || provider->provider_class->look_usb == NULL) {
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "what is at the site's USB port can't be told here");
    return FALSE;
  }
  for (;;) {
    gboolean is_present = FALSE;
    guint16 vendor_id = 0, product_id = 0;

    if (!stn_wait_check (&self->wait, error)
        || !provider->provider_class->look_usb (provider, self->site->usb_place, &is_present, &vendor_id, &product_id,
                                                error))
      return FALSE;
    if (is_present)
      g_snprintf (seen, sizeof seen, "%04x:%04x", vendor_id, product_id);
    if (is_present && g_str_equal (seen, job->boot_check_text)) {
      self->result->boot_answer = g_strdup_printf ("USB device %s", seen);
      return TRUE;
    }
    if (stn_wait_left_ns (&wait) <= LOOK_NS)
      break;
    if (!stn_wait_sleep (&wait, LOOK_NS, error))
      return FALSE;
  }
  gboolean is_rom = g_str_equal (seen, ROM_USB_ID);
  if (is_rom || g_str_equal (seen, "nothing"))
    stn_error_set_seen (error, STN_FAILURE_NO_BOOT, job->boot_check_text, seen,
                        is_rom ? "the board came back in its ROM" : "no USB device comes: the board does not start");
  else
    stn_error_set_seen (error, STN_FAILURE_WRONG_ANSWER_AT_BOOT, job->boot_check_text, seen,
                        "the board starts and is another USB device");
  return FALSE;
}

/* An input of the site that the application moves: both levels, or it may as well be stuck. */
static gboolean
check_pin (StnUnitRun *self, GError **error)
{
  const StnJob *job = self->plan->job;
  const StnLine *lines[STN_BOOT_LINE_COUNT] = { [STN_BOOT_LINE_DETECT] = &self->site->detect,
                                                [STN_BOOT_LINE_GOOD] = &self->site->good,
                                                [STN_BOOT_LINE_FAULT] = &self->site->fault };
  const StnLine *line = NULL;
  StnWait wait = stn_wait_within (&self->wait, job->boot_check_within_ns);
  gboolean was_seen[2] = { FALSE, FALSE };

  for (guint i = 0; i < STN_BOOT_LINE_COUNT; i++)
    if (g_str_equal (job->boot_check_text, stn_boot_line_names[i]))
      line = lines[i];
  if (line == NULL || line->adapter == NULL) {
    stn_error_set (error, STN_FAILURE_BAD_PLAN, "boot-check: pin: the site has no %s line", job->boot_check_text);
    return FALSE;
  }
  for (;;) {
    gboolean high = FALSE;
    StnWait reading = stn_wait_within (&self->wait, PIN_READ_NS);

    if (!stn_wait_check (&self->wait, error) || !stn_adapter_read (line->adapter, line->bit, &high, &reading, error))
      return FALSE;
    was_seen[high ? 1 : 0] = TRUE;
    if (was_seen[0] && was_seen[1]) {
      self->result->boot_answer = g_strdup_printf ("%s was seen high and low", job->boot_check_text);
      return TRUE;
    }
    if (stn_wait_left_ns (&wait) <= PIN_LOOK_NS)
      break;
    if (!stn_wait_sleep (&wait, PIN_LOOK_NS, error))
      return FALSE;
  }
  g_autofree char *expected = g_strdup_printf ("%s at both levels", job->boot_check_text);
  stn_error_set_seen (error, STN_FAILURE_NO_BOOT, expected, was_seen[1] ? "high only" : "low only",
                      "the line does not move: the board does not start");
  return FALSE;
}

gboolean
stn_unit_run_boot_check (StnUnitRun *self, GError **error)
{
  switch (self->plan->job->boot_check) {
  case STN_BOOT_CHECK_UART:
    return check_text (self, error);
  case STN_BOOT_CHECK_USB:
    return check_usb (self, error);
  case STN_BOOT_CHECK_PIN:
    return check_pin (self, error);
  case STN_BOOT_CHECK_ROM_GONE:
    return check_rom_gone (self, error);
  case STN_BOOT_CHECK_NONE:
    return TRUE; /* in left_out, on every report */
  default:
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "this kind of boot check is not known to the runner");
    return FALSE;
  }
}
