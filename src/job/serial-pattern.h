/* Serial patterns: "TH7-{yy}{ww}-{seq:06}" and its check digit.
 *
 * Fields: {yyyy} {yy} {mm} {dd} {ww} (ISO week) of the production day, {seq} with an optional width and base
 * ({seq:06}, {seq:6x16}, {seq:5x36}), {{ and }} for braces. A pattern has exactly one {seq}. Where it has {ww}, {yy}
 * and {yyyy} are the year that the week belongs to (ISO 8601), so that 2027-01-01 is "2653". The counter's scheme is
 * the job's name with the pattern as written, so a new week starts a new counter only where the job says so by another
 * pattern; numbers never repeat in a scheme. */
#pragma once

#include "src/job/job.h"

G_BEGIN_DECLS

typedef struct StnSerialPattern StnSerialPattern;

/* Error: STN_FAILURE_BAD_PLAN with the position in the pattern. */
StnSerialPattern *stn_serial_pattern_new (const char *pattern, StnCheckDigit check, GError **error);
void stn_serial_pattern_free (StnSerialPattern *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnSerialPattern, stn_serial_pattern_free)
/* The largest {seq} that fits its width. */
guint64 stn_serial_pattern_last (const StnSerialPattern *self);
guint stn_serial_pattern_length (const StnSerialPattern *self);
/* The serial for a number on a day (YYYY-MM-DD), check digit at its end. NULL when the number does not fit. g_free. */
char *stn_serial_pattern_format (const StnSerialPattern *self, guint64 number, const char *day);
/* TRUE when a text has a right check digit of this kind at its end. */
gboolean stn_check_digit_is_right (StnCheckDigit check, const char *text);
/* The digit for a text; '\0' when it holds a character that the scheme does not know (lower-case letters, say), or
 * nothing. The separators - . / _ : and space are passed over. */
char stn_check_digit (StnCheckDigit check, const char *text);
/* Whether a serial that was given (scanned, from a list) can be taken: 1 to 64 printable ASCII characters, no space, a
 * right check digit. Error: STN_FAILURE_BAD_PLAN. */
gboolean stn_serial_check_given (StnCheckDigit check, const char *text, GError **error);

/* Fills a template's {serial}, {uid}, {date} ({{ and }} are braces); STN_FAILURE_BAD_PLAN names an unknown field, or
 * one whose value is NULL here. g_free. */
char *stn_template_fill (const char *template_text, const char *serial, const char *uid, const char *day,
                         GError **error);
/* The bytes of a text in an encoding, padded behind to `size` with `pad`; STN_FAILURE_BAD_PLAN when it does not fit or
 * has a character that the encoding does not. bcd: two digits a byte, the first in the high half, an odd count begins
 * with a 0; u32le, u32be, u64le: a decimal number; hex: pairs of hex digits. */
GBytes *stn_encode (StnEncoding encoding, const char *text, gsize size, guint8 pad, GError **error);

G_END_DECLS
