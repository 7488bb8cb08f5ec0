#include "src/base/error.h"

#include <stdarg.h>

/* the detail lives in the error's private part, so g_error_copy and g_propagate_error carry it along */
typedef StnErrorDetail StnErrorPrivate;

static void
stn_error_domain_private_init (StnErrorPrivate *self)
{
  (void) self; /* GLib hands it out zeroed */
}

static void
stn_error_domain_private_copy (const StnErrorPrivate *self, StnErrorPrivate *copy)
{
  copy->has_address = self->has_address;
  copy->address = self->address;
  copy->expected = g_strdup (self->expected);
  copy->seen = g_strdup (self->seen);
}

static void
stn_error_domain_private_clear (StnErrorPrivate *self)
{
  g_free (self->expected);
  g_free (self->seen);
}

/* GLib's macro casts bytes to the private part, which it has aligned itself */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wcast-align"
GQuark stn_error_domain_quark (void);
G_DEFINE_EXTENDED_ERROR (StnError, stn_error_domain)
#pragma GCC diagnostic pop

/* The macro's own registers the domain without a lock, and GLib complains when two threads do. */
GQuark
stn_error_quark (void)
{
  static gsize quark;

  if (g_once_init_enter (&quark))
    g_once_init_leave (&quark, stn_error_domain_quark ());
  return (GQuark) quark;
}

static void set_detailed (GError **error, StnFailure failure, const guint64 *address, const char *expected,
                          const char *seen, const char *format, va_list arguments) G_GNUC_PRINTF (6, 0);

static void
set_detailed (GError **error, StnFailure failure, const guint64 *address, const char *expected, const char *seen,
              const char *format, va_list arguments)
{
  if (error == NULL)
    return;

  g_autoptr (GString) text = g_string_new (NULL);
  if (address != NULL)
    g_string_append_printf (text, "0x%08" G_GINT64_MODIFIER "x: ", *address);
  g_string_append_vprintf (text, format, arguments);
  if (expected != NULL)
    g_string_append_printf (text, ": expected %s", expected);
  if (seen != NULL)
    g_string_append_printf (text, "%s seen %s", expected != NULL ? "," : ":", seen);

  g_set_error_literal (error, STN_ERROR, (int) failure, text->str);
  StnErrorPrivate *detail = stn_error_domain_get_private (*error);
  if (address != NULL) {
    detail->has_address = TRUE;
    detail->address = *address;
  }
  detail->expected = g_strdup (expected);
  detail->seen = g_strdup (seen);
}

void
stn_error_set (GError **error, StnFailure failure, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  set_detailed (error, failure, NULL, NULL, NULL, format, arguments);
  va_end (arguments);
}

void
stn_error_set_at (GError **error, StnFailure failure, guint64 address, const char *expected, const char *seen,
                  const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  set_detailed (error, failure, &address, expected, seen, format, arguments);
  va_end (arguments);
}

void
stn_error_set_seen (GError **error, StnFailure failure, const char *expected, const char *seen, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  set_detailed (error, failure, NULL, expected, seen, format, arguments);
  va_end (arguments);
}

StnFailure
stn_error_failure (const GError *error)
{
  if (error == NULL)
    return STN_FAILURE_NONE;
  /* a code outside the table can only be a slip of ours: never let it look like success */
  if (error->domain == STN_ERROR)
    return error->code > STN_FAILURE_NONE && error->code < STN_FAILURE_COUNT ? (StnFailure) error->code
                                                                             : STN_FAILURE_INTERNAL;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return STN_FAILURE_CANCELLED;
  return STN_FAILURE_INTERNAL;
}

gboolean
stn_error_is (const GError *error, StnFailure failure)
{
  return stn_error_failure (error) == failure;
}

const StnErrorDetail *
stn_error_detail (const GError *error)
{
  if (error == NULL || error->domain != STN_ERROR)
    return NULL;
  return stn_error_domain_get_private (error);
}
