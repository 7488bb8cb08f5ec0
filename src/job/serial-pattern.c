#include "src/job/serial-pattern.h"

#include <stdio.h>
#include <string.h>

typedef enum { PART_TEXT, PART_YEAR4, PART_YEAR2, PART_MONTH, PART_DAY, PART_WEEK, PART_NUMBER } PartKind;

typedef struct {
  PartKind kind;
  char *text;  /* PART_TEXT, owned */
  guint width; /* PART_NUMBER: characters, 0: as many as it takes */
  guint base;
} Part;

struct StnSerialPattern {
  GArray *parts; /* of Part */
  StnCheckDigit check;
  guint64 last;
  guint length; /* of the longest serial, with its check digit */
  gboolean has_week;
};

/* so that base^width stays within 64 bits, and a counter that has no width still ends somewhere */
enum { MOST_DIGITS_10 = 18, MOST_DIGITS_16 = 15, MOST_DIGITS_36 = 11, LONGEST_SERIAL = 64 };

static void
part_clear (gpointer data)
{
  g_free (((Part *) data)->text);
}

static gboolean
fail_at (const char *pattern, const char *where, GError **error, const char *what)
{
  g_autofree char *quoted = stn_text_quote (pattern);
  stn_error_set (error, STN_FAILURE_BAD_PLAN, "serial pattern %s, character %ld: %s", quoted,
                 g_utf8_strlen (pattern, where - pattern) + 1, what);
  return FALSE;
}

static const Part *
part_at (const StnSerialPattern *self, guint index)
{
  return &((const Part *) (gpointer) self->parts->data)[index];
}

static guint
most_digits (guint base)
{
  return base == 10 ? MOST_DIGITS_10 : base == 16 ? MOST_DIGITS_16 : MOST_DIGITS_36;
}

/* "seq", "seq:06", "seq:6x16": what stands between the braces. */
static gboolean
read_number_field (const char *name, Part *out)
{
  Part part = { .kind = PART_NUMBER, .base = 10 };
  if (g_str_equal (name, "seq")) {
    *out = part;
    return TRUE;
  }
  if (!g_str_has_prefix (name, "seq:"))
    return FALSE;
  const char *p = name + 4;
  gsize digits = strspn (p, "0123456789");
  if (digits == 0 || digits > 3)
    return FALSE;
  part.width = (guint) g_ascii_strtoull (p, NULL, 10);
  p += digits;
  if (g_str_equal (p, "x16"))
    part.base = 16;
  else if (g_str_equal (p, "x36"))
    part.base = 36;
  else if (*p != '\0' && !g_str_equal (p, "x10"))
    return FALSE;
  if (part.width == 0 || part.width > most_digits (part.base))
    return FALSE;
  *out = part;
  return TRUE;
}

static gboolean
read_field (const char *name, Part *out)
{
  static const struct {
    const char *name;
    PartKind kind;
  } names[] = {
    { "yyyy", PART_YEAR4 }, { "yy", PART_YEAR2 }, { "mm", PART_MONTH }, { "dd", PART_DAY }, { "ww", PART_WEEK }
  };
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i].name, name)) {
      *out = (Part){ .kind = names[i].kind };
      return TRUE;
    }
  return read_number_field (name, out);
}

static void
add_text (StnSerialPattern *self, GString *text)
{
  if (text->len == 0)
    return;
  Part part = { .kind = PART_TEXT, .text = g_strdup (text->str) };
  g_array_append_val (self->parts, part);
  g_string_truncate (text, 0);
}

static gboolean
read_parts (StnSerialPattern *self, const char *pattern, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const char *p = pattern;

  while (*p != '\0') {
    if ((p[0] == '{' && p[1] == '{') || (p[0] == '}' && p[1] == '}')) {
      g_string_append_c (text, p[0]);
      p += 2;
      continue;
    }
    if (*p == '}')
      return fail_at (pattern, p, error, "a “}” without its “{”; write “}}” for the character itself");
    if (*p != '{') {
      if (*p < 0x20 || *p > 0x7e)
        return fail_at (pattern, p, error, "a serial holds printable ASCII characters only");
      g_string_append_c (text, *p++);
      continue;
    }
    const char *end = strchr (p, '}');
    if (end == NULL)
      return fail_at (pattern, p, error, "a “{” without its “}”; write “{{” for the character itself");
    g_autofree char *name = g_strndup (p + 1, (gsize) (end - p - 1));
    Part part;
    if (!read_field (name, &part))
      return fail_at (pattern, p, error,
                      "no such field: known are {yyyy}, {yy}, {mm}, {dd}, {ww}, {seq}, {seq:06}, {seq:6x16} and "
                      "{seq:5x36}, with at most 18, 15 and 11 digits");
    add_text (self, text);
    g_array_append_val (self->parts, part);
    p = end + 1;
  }
  add_text (self, text);
  return TRUE;
}

static guint
part_length (const Part *part)
{
  switch (part->kind) {
  case PART_TEXT:
    return (guint) strlen (part->text);
  case PART_YEAR4:
    return 4;
  case PART_NUMBER:
    return part->width > 0 ? part->width : most_digits (part->base);
  case PART_YEAR2:
  case PART_MONTH:
  case PART_DAY:
  case PART_WEEK:
  default:
    return 2;
  }
}

static void
measure (StnSerialPattern *self, guint *out_numbers)
{
  self->length = self->check != STN_CHECK_NONE ? 1 : 0;
  *out_numbers = 0;
  for (guint i = 0; i < self->parts->len; i++) {
    const Part *part = part_at (self, i);
    self->length += part_length (part);
    self->has_week = self->has_week || part->kind == PART_WEEK;
    if (part->kind != PART_NUMBER)
      continue;
    (*out_numbers)++;
    self->last = 1;
    for (guint digit = 0; digit < part_length (part); digit++)
      self->last *= part->base;
    self->last -= 1;
  }
}

StnSerialPattern *
stn_serial_pattern_new (const char *pattern, StnCheckDigit check, GError **error)
{
  if (pattern == NULL) {
    stn_error_set (error, STN_FAILURE_BAD_PLAN, "there is no serial pattern");
    return NULL;
  }
  g_autoptr (StnSerialPattern) self = g_new0 (StnSerialPattern, 1);
  self->parts = g_array_new (FALSE, TRUE, sizeof (Part));
  g_array_set_clear_func (self->parts, part_clear);
  self->check = check;
  if (!read_parts (self, pattern, error))
    return NULL;

  guint numbers;
  g_autofree char *quoted = stn_text_quote (pattern);
  measure (self, &numbers);
  if (numbers != 1) {
    g_autofree char *seen = g_strdup_printf ("%u", numbers);
    stn_error_set_seen (error, STN_FAILURE_BAD_PLAN, "one {seq}", seen, "serial pattern %s", quoted);
    return NULL;
  }
  if (self->length > LONGEST_SERIAL) {
    g_autofree char *seen = g_strdup_printf ("%u", self->length);
    stn_error_set_seen (error, STN_FAILURE_BAD_PLAN, "at most 64 characters", seen, "serial pattern %s", quoted);
    return NULL;
  }
  /* every character that the check digit's scheme must know stands in the texts and in the number's digits */
  g_autofree char *trial = check == STN_CHECK_NONE ? NULL : stn_serial_pattern_format (self, self->last, "2026-01-01");
  if (check != STN_CHECK_NONE && trial == NULL) {
    stn_error_set (error, STN_FAILURE_BAD_PLAN,
                   "serial pattern %s has characters that its check digit does not know: "
                   "%s, and separators",
                   quoted, check == STN_CHECK_ISO7064_MOD37_36 ? "it takes 0-9 and A-Z" : "it takes 0-9");
    return NULL;
  }
  return g_steal_pointer (&self);
}

void
stn_serial_pattern_free (StnSerialPattern *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->parts);
  g_free (self);
}

guint64
stn_serial_pattern_last (const StnSerialPattern *self)
{
  return self->last;
}

guint
stn_serial_pattern_length (const StnSerialPattern *self)
{
  return self->length;
}

static void
append_number (GString *text, guint64 number, guint width, guint base)
{
  static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  char reversed[64];
  guint count = 0;
  do {
    reversed[count++] = digits[number % base];
    number /= base;
  } while (number > 0);
  while (count < width)
    reversed[count++] = '0';
  while (count > 0)
    g_string_append_c (text, reversed[--count]);
}

/* Noon UTC of the day, or NULL. */
static GDateTime *
day_to_date (const char *day)
{
  guint year, month, day_of_month;
  char left;
  if (day == NULL || strlen (day) != 10 || sscanf (day, "%4u-%2u-%2u%c", &year, &month, &day_of_month, &left) != 3)
    return NULL;
  return g_date_time_new_utc ((gint) year, (gint) month, (gint) day_of_month, 12, 0, 0);
}

char *
stn_serial_pattern_format (const StnSerialPattern *self, guint64 number, const char *day)
{
  g_autoptr (GDateTime) date = day_to_date (day);
  if (number > self->last || date == NULL)
    return NULL;

  /* a week at the turn of the year belongs to one year only (ISO 8601): 2027-01-01 is week 53 of 2026 */
  int year = self->has_week ? g_date_time_get_week_numbering_year (date) : g_date_time_get_year (date);
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < self->parts->len; i++) {
    const Part *part = part_at (self, i);
    switch (part->kind) {
    case PART_TEXT:
      g_string_append (text, part->text);
      break;
    case PART_YEAR4:
      g_string_append_printf (text, "%04d", year);
      break;
    case PART_YEAR2:
      g_string_append_printf (text, "%02d", year % 100);
      break;
    case PART_MONTH:
      g_string_append_printf (text, "%02d", g_date_time_get_month (date));
      break;
    case PART_DAY:
      g_string_append_printf (text, "%02d", g_date_time_get_day_of_month (date));
      break;
    case PART_WEEK:
      g_string_append_printf (text, "%02d", g_date_time_get_week_of_year (date));
      break;
    case PART_NUMBER:
    default:
      append_number (text, number, part->width, part->base);
      break;
    }
  }
  if (self->check != STN_CHECK_NONE) {
    char digit = stn_check_digit (self->check, text->str);
    if (digit == '\0')
      return NULL;
    g_string_append_c (text, digit);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

gboolean
stn_serial_check_given (StnCheckDigit check, const char *text, GError **error)
{
  g_autofree char *quoted = stn_text_quote (text);
  gsize length = strlen (text);
  if (length == 0 || length > LONGEST_SERIAL) {
    g_autofree char *seen = g_strdup_printf ("%" G_GSIZE_FORMAT, length);
    stn_error_set_seen (error, STN_FAILURE_BAD_PLAN, "1 to 64 characters", seen, "serial %s", quoted);
    return FALSE;
  }
  for (const char *p = text; *p != '\0'; p++)
    if (*p <= 0x20 || *p > 0x7e) {
      stn_error_set (error, STN_FAILURE_BAD_PLAN, "serial %s: printable ASCII characters without spaces are expected",
                     quoted);
      return FALSE;
    }
  if (!stn_check_digit_is_right (check, text)) {
    char right = length > 1 ? '\0' : '?';
    g_autofree char *without = g_strndup (text, length - 1);
    if (right == '\0')
      right = stn_check_digit (check, without);
    char expected[2] = { right, '\0' }, seen[2] = { text[length - 1], '\0' };
    stn_error_set_seen (error, STN_FAILURE_BAD_PLAN, right != '\0' ? expected : "a character that the scheme knows",
                        seen, "serial %s: wrong check digit", quoted);
    return FALSE;
  }
  return TRUE;
}
