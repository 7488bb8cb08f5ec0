/* Serial patterns: "TH7-{yy}{ww}-{seq:06}" and its check digit.
 *
 * Fields: {yyyy} {yy} {mm} {dd} {ww} (ISO week) of the production day, {seq} with an optional width and base
 * ({seq:06}, {seq:6x16}, {seq:5x36}), {{ and }} for braces. A pattern has exactly one {seq}. The counter's scheme is the
 * job's name with the pattern as written, so a new week starts a new counter only where the job says so by another
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
/* The digit for a text; '\0' when it holds a character that the scheme does not know. */
char stn_check_digit (StnCheckDigit check, const char *text);

/* Fills a template's {serial}, {uid}, {date} ({{ and }} are braces); error names an unknown field. g_free. */
char *stn_template_fill (const char *template_text, const char *serial, const char *uid, const char *day,
                         GError **error);
/* The bytes of a text in an encoding, padded to `size` with `pad`; error when it does not fit or has a character that
 * the encoding does not. */
GBytes *stn_encode (StnEncoding encoding, const char *text, gsize size, guint8 pad, GError **error);

G_END_DECLS
