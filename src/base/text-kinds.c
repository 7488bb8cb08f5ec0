#include "src/base/text-kinds.h"

#include <string.h>

#include "src/base/clock.h"

typedef struct {
  const char *name;
  guint64 factor; /* in the member's unit */
} Unit;

static const Unit duration_units[] = {
  { "h", 3600 * (guint64) STN_NS_PER_S },
  { "min", 60 * (guint64) STN_NS_PER_S },
  { "s", (guint64) STN_NS_PER_S },
  { "ms", (guint64) STN_NS_PER_MS },
  { "us", (guint64) STN_NS_PER_US },
  { "µs", (guint64) STN_NS_PER_US }, /* U+00B5, micro sign */
  { "μs", (guint64) STN_NS_PER_US }, /* U+03BC, Greek mu: what some keyboards and editors give */
  { "ns", 1 },
  { NULL, 0 },
};

/* binary units only: "24 KB" leaves open which one is meant */
static const Unit size_units[] = {
  { "GiB", 1u << 30 }, { "MiB", 1u << 20 }, { "KiB", 1u << 10 }, { "B", 1 }, { NULL, 0 },
};

static const Unit voltage_units[] = {
  { "V", 1000000 }, { "mV", 1000 }, { "uV", 1 }, { "µV", 1 }, { "μV", 1 }, { NULL, 0 },
};

/* A decimal "12.50" as digits and decimals: 125 and 1. */
typedef struct {
  guint64 digits;
  guint decimals;
  const char *rest; /* what follows */
} Decimal;

static StnTextMatch
read_decimal (const char *text, Decimal *out)
{
  const char *p = text;
  const char *last = NULL; /* past the last decimal that counts */
  Decimal decimal = { 0 };

  if (!g_ascii_isdigit (*p) || (p[0] == '0' && g_ascii_isdigit (p[1])))
    return STN_TEXT_NO_MATCH;
  const char *point = p + strspn (p, "0123456789");
  const char *end = point;
  if (*point == '.') {
    end = point + 1 + strspn (point + 1, "0123456789");
    if (end == point + 1)
      return STN_TEXT_NO_MATCH;
    last = end;
    while (last[-1] == '0')
      last--;
    if (last[-1] == '.')
      last = point;
  } else {
    last = end;
  }
  for (; p < last; p++) {
    if (*p == '.')
      continue;
    if (!g_uint64_checked_mul (&decimal.digits, decimal.digits, 10)
        || !g_uint64_checked_add (&decimal.digits, decimal.digits, (guint64) (*p - '0')))
      return p > point ? STN_TEXT_TOO_FINE : STN_TEXT_TOO_LARGE;
    if (p > point)
      decimal.decimals++;
  }
  decimal.rest = end;
  *out = decimal;
  return STN_TEXT_OK;
}

static StnTextMatch
scale (Decimal decimal, guint64 factor, guint64 *out)
{
  guint64 divisor = 1;
  for (guint i = 0; i < decimal.decimals; i++) {
    if (factor % 10 == 0)
      factor /= 10;
    else if (!g_uint64_checked_mul (&divisor, divisor, 10))
      return STN_TEXT_TOO_FINE;
  }
  guint64 product;
  if (!g_uint64_checked_mul (&product, decimal.digits, factor))
    return divisor > 1 ? STN_TEXT_TOO_FINE : STN_TEXT_TOO_LARGE;
  if (product % divisor != 0)
    return STN_TEXT_TOO_FINE;
  *out = product / divisor;
  return STN_TEXT_OK;
}

/* "12.5 unit", with at most one space. `plain` is what a number without a unit is multiplied by, 0: only a plain "0"
 * is taken (or not even that, see `zero`). */
static StnTextMatch
read_quantity (const char *text, const Unit *units, guint64 plain, gboolean zero, guint64 most, guint64 *out)
{
  Decimal decimal = { 0 };
  guint64 value = 0;
  StnTextMatch match = read_decimal (text, &decimal);
  if (match != STN_TEXT_OK)
    return match;

  if (*decimal.rest == '\0') {
    if (plain > 0) {
      match = scale (decimal, plain, &value);
    } else if (!zero || decimal.digits != 0) {
      return STN_TEXT_UNIT_MISSING;
    }
  } else {
    const Unit *unit;
    const char *name = decimal.rest + (*decimal.rest == ' ' ? 1 : 0);
    for (unit = units; unit->name != NULL && !g_str_equal (unit->name, name); unit++)
      ;
    if (unit->name == NULL)
      return STN_TEXT_NO_MATCH;
    match = scale (decimal, unit->factor, &value);
  }
  if (match != STN_TEXT_OK)
    return match;
  if (value > most)
    return STN_TEXT_TOO_LARGE;
  *out = value;
  return STN_TEXT_OK;
}

static StnTextMatch
read_hex (const char *text, guint64 *out)
{
  if (text[0] != '0' || text[1] != 'x' || text[2] == '\0')
    return STN_TEXT_NO_MATCH;
  const char *p = text + 2;
  if (p[strspn (p, "0123456789abcdefABCDEF")] != '\0')
    return STN_TEXT_NO_MATCH;
  while (p[0] == '0' && p[1] != '\0')
    p++;
  if (strlen (p) > 16)
    return STN_TEXT_TOO_LARGE;
  guint64 value = 0;
  for (; *p != '\0'; p++)
    value = value << 4 | (guint64) g_ascii_xdigit_value (*p);
  *out = value;
  return STN_TEXT_OK;
}

static gboolean
looks_like_a_unit (const char *rest)
{
  const char *p = rest + (*rest == ' ' ? 1 : 0);
  if (*p == '\0' || g_str_equal (p, "%"))
    return *p != '\0';
  while (g_unichar_isalpha (g_utf8_get_char (p)))
    p = g_utf8_next_char (p);
  return *p == '\0';
}

static StnTextMatch
parse_text (const char *text, gpointer out)
{
  *(char **) out = g_strdup (text);
  return STN_TEXT_OK;
}

static StnTextMatch
parse_hash (const char *text, gpointer out)
{
  if (strlen (text) != 64 || text[strspn (text, "0123456789abcdefABCDEF")] != '\0')
    return STN_TEXT_NO_MATCH;
  *(char **) out = g_ascii_strdown (text, -1);
  return STN_TEXT_OK;
}

static StnTextMatch
parse_date (const char *text, gpointer out)
{
  guint number[3] = { 0 };
  static const char shape[] = "0000-11-22"; /* which number a digit belongs to */
  if (strlen (text) != strlen (shape))
    return STN_TEXT_NO_MATCH;
  for (guint i = 0; shape[i] != '\0'; i++) {
    if (shape[i] == '-') {
      if (text[i] != '-')
        return STN_TEXT_NO_MATCH;
      continue;
    }
    if (!g_ascii_isdigit (text[i]))
      return STN_TEXT_NO_MATCH;
    guint *which = &number[shape[i] - '0'];
    *which = *which * 10 + (guint) (text[i] - '0');
  }
  if (number[0] == 0 || !g_date_valid_dmy ((GDateDay) number[2], (GDateMonth) number[1], (GDateYear) number[0]))
    return STN_TEXT_NO_MATCH;
  *(char **) out = g_strdup (text);
  return STN_TEXT_OK;
}

static StnTextMatch
parse_boolean (const char *text, gpointer out)
{
  if (g_str_equal (text, "true") || g_str_equal (text, "yes"))
    *(gboolean *) out = TRUE;
  else if (g_str_equal (text, "false") || g_str_equal (text, "no"))
    *(gboolean *) out = FALSE;
  else
    return STN_TEXT_NO_MATCH;
  return STN_TEXT_OK;
}

static StnTextMatch
parse_integer (const char *text, gpointer out)
{
  guint64 value = 0;
  gboolean negative = *text == '-';
  const char *digits = text + (negative ? 1 : 0);
  StnTextMatch match;

  if (g_str_has_prefix (digits, "0x")) {
    match = negative ? STN_TEXT_NO_MATCH : read_hex (digits, &value);
  } else {
    Decimal decimal = { 0 };
    match = read_decimal (digits, &decimal);
    if (match == STN_TEXT_OK && *decimal.rest != '\0')
      match = looks_like_a_unit (decimal.rest) ? STN_TEXT_UNIT_UNWANTED : STN_TEXT_NO_MATCH;
    else if (match == STN_TEXT_TOO_FINE || (match == STN_TEXT_OK && strchr (digits, '.') != NULL))
      match = STN_TEXT_NO_MATCH;
    value = decimal.digits;
  }
  if (match != STN_TEXT_OK)
    return match;
  if (value > (guint64) G_MAXINT64 + (negative ? 1 : 0))
    return STN_TEXT_TOO_LARGE;
  /* by way of the complement: the lowest value has no positive counterpart */
  *(gint64 *) out = negative ? (gint64) (~value + 1) : (gint64) value;
  return STN_TEXT_OK;
}

static StnTextMatch
parse_address (const char *text, gpointer out)
{
  return read_hex (text, out);
}

static StnTextMatch
parse_size (const char *text, gpointer out)
{
  if (g_str_has_prefix (text, "0x"))
    return read_hex (text, out);
  return read_quantity (text, size_units, 1, TRUE, G_MAXUINT64, out);
}

static StnTextMatch
parse_duration (const char *text, gpointer out)
{
  guint64 value;
  StnTextMatch match = read_quantity (text, duration_units, 0, TRUE, G_MAXINT64, &value);
  if (match == STN_TEXT_OK)
    *(gint64 *) out = (gint64) value;
  return match;
}

static StnTextMatch
parse_voltage (const char *text, gpointer out)
{
  guint64 value;
  StnTextMatch match = read_quantity (text, voltage_units, 0, FALSE, G_MAXINT64, &value);
  if (match == STN_TEXT_OK)
    *(gint64 *) out = (gint64) value;
  return match;
}

static StnTextMatch
parse_number (const char *text, gpointer out)
{
  guint64 value = 0;
  gboolean negative = *text == '-';
  Decimal decimal = { 0 };
  StnTextMatch match = read_decimal (text + (negative ? 1 : 0), &decimal);
  if (match == STN_TEXT_OK && *decimal.rest != '\0')
    return looks_like_a_unit (decimal.rest) ? STN_TEXT_UNIT_UNWANTED : STN_TEXT_NO_MATCH;
  if (match == STN_TEXT_OK)
    match = scale (decimal, 1000000, &value);
  if (match != STN_TEXT_OK)
    return match;
  if (value > G_MAXINT64)
    return STN_TEXT_TOO_LARGE;
  *(gint64 *) out = negative ? -(gint64) value : (gint64) value;
  return STN_TEXT_OK;
}

static StnTextMatch
parse_range (const char *text, gpointer out)
{
  StnRange range;
  const char *dots = strstr (text, "..");
  if (dots == NULL)
    return STN_TEXT_NO_MATCH;
  g_autofree char *first = g_strndup (text, (gsize) (dots - text));
  StnTextMatch match = read_hex (first, &range.first);
  if (match == STN_TEXT_OK)
    match = read_hex (dots + 2, &range.last);
  if (match != STN_TEXT_OK)
    return match;
  if (range.first > range.last)
    return STN_TEXT_UPSIDE_DOWN;
  *(StnRange *) out = range;
  return STN_TEXT_OK;
}

/* The largest unit that gives a whole number or at most three decimals. */
static char *
show_quantity (gboolean negative, guint64 magnitude, const Unit *units, guint first, guint most_decimals)
{
  const char *sign = negative ? "-" : "";
  if (magnitude == 0)
    return g_strdup_printf ("0 %s", units[first].name);
  for (const Unit *unit = units + first; unit->name != NULL; unit++) {
    guint64 whole = magnitude / unit->factor;
    guint64 left = magnitude % unit->factor;
    if (whole == 0)
      continue;
    if (left == 0)
      return g_strdup_printf ("%s%" G_GUINT64_FORMAT " %s", sign, whole, unit->name);
    if (most_decimals == 3 && unit->factor % 1000 == 0 && left % (unit->factor / 1000) == 0) {
      guint64 decimals = left / (unit->factor / 1000);
      guint width = 3;
      for (; decimals % 10 == 0; decimals /= 10)
        width--;
      return g_strdup_printf ("%s%" G_GUINT64_FORMAT ".%0*" G_GUINT64_FORMAT " %s", sign, whole, (int) width, decimals,
                              unit->name);
    }
  }
  g_return_val_if_reached (g_strdup ("?")); /* every unit list ends with a factor of 1 */
}

static guint64
magnitude_of (gint64 value)
{
  return value < 0 ? ~(guint64) value + 1 : (guint64) value;
}

char *
stn_text_from_duration_ns (gint64 value_ns)
{
  /* hours and minutes only where they are whole: 90 s reads better than 1.5 min */
  guint64 magnitude = magnitude_of (value_ns);
  guint first = 2;
  if (magnitude != 0 && magnitude % duration_units[0].factor == 0)
    first = 0;
  else if (magnitude != 0 && magnitude % duration_units[1].factor == 0)
    first = 1;
  return show_quantity (value_ns < 0, magnitude, duration_units, first, 3);
}

char *
stn_text_from_size_bytes (guint64 value_bytes)
{
  if (value_bytes == 0)
    return g_strdup ("0 B");
  return show_quantity (FALSE, value_bytes, size_units, 0, 0);
}

char *
stn_text_from_voltage_uv (gint64 value_uv)
{
  return show_quantity (value_uv < 0, magnitude_of (value_uv), voltage_units, 0, 3);
}

static char *
show_integer (gint64 bound)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT, bound);
}

static char *
show_address (gint64 bound)
{
  return g_strdup_printf ("0x%08" G_GINT64_MODIFIER "X", (guint64) bound);
}

static char *
show_size (gint64 bound)
{
  return stn_text_from_size_bytes ((guint64) bound);
}

static char *
show_number (gint64 bound)
{
  guint64 magnitude = magnitude_of (bound);
  GString *text = g_string_new (bound < 0 ? "-" : "");
  g_string_append_printf (text, "%" G_GUINT64_FORMAT, magnitude / 1000000);
  guint64 left = magnitude % 1000000;
  if (left != 0) {
    g_string_append_printf (text, ".%06" G_GUINT64_FORMAT, left);
    while (text->str[text->len - 1] == '0')
      g_string_truncate (text, text->len - 1);
  }
  return g_string_free (text, FALSE);
}

static char *
show_length (gint64 bound)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT " %s", bound, bound == 1 ? "byte" : "bytes");
}

#define DECIMAL_PATTERN "(0|[1-9][0-9]*)(\\.[0-9]+)?"
#define HEX_PATTERN "0x[0-9a-fA-F]+"

static const StnScalarKind scalar_kinds[] = {
  [STN_FIELD_TEXT] = { sizeof (char *), TRUE, STN_BOUNDS_LENGTH, "a text", "text",
                       "[\"string\", \"number\", \"boolean\"]", NULL, parse_text, show_length },
  [STN_FIELD_PATH] = { sizeof (char *), TRUE, STN_BOUNDS_NONE, "a path", "path", "\"string\"", "^.+$", NULL, NULL },
  [STN_FIELD_HASH] = { sizeof (char *), TRUE, STN_BOUNDS_NONE, "64 hex digits (SHA-256)", "hash", "\"string\"",
                       "^[0-9a-fA-F]{64}$", parse_hash, NULL },
  [STN_FIELD_DATE] = { sizeof (char *), TRUE, STN_BOUNDS_NONE, "a date such as 2026-12-31", "date", "\"string\"",
                       "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", parse_date, NULL },
  [STN_FIELD_BOOLEAN] = { sizeof (gboolean), FALSE, STN_BOUNDS_NONE, "true or false", "true or false",
                          "[\"boolean\", \"string\"]", NULL, parse_boolean, NULL },
  [STN_FIELD_INTEGER] = { sizeof (gint64), FALSE, STN_BOUNDS_SIGNED, "a whole number such as 24", "number",
                          "[\"integer\", \"string\"]", "^(-?(0|[1-9][0-9]*)|" HEX_PATTERN ")$", parse_integer,
                          show_integer },
  [STN_FIELD_ADDRESS] = { sizeof (guint64), FALSE, STN_BOUNDS_UNSIGNED, "an address such as 0x08004000", "address",
                          "[\"string\", \"integer\"]", "^" HEX_PATTERN "$", parse_address, show_address },
  [STN_FIELD_SIZE] = { sizeof (guint64), FALSE, STN_BOUNDS_UNSIGNED, "a size such as 24 KiB", "size",
                       "[\"string\", \"integer\"]", "^(" HEX_PATTERN "|" DECIMAL_PATTERN "( ?(B|KiB|MiB|GiB))?)$",
                       parse_size, show_size },
  [STN_FIELD_DURATION] = { sizeof (gint64), FALSE, STN_BOUNDS_SIGNED, "a time such as 500 ms", "time",
                           "[\"string\", \"integer\"]", "^(0|" DECIMAL_PATTERN " ?(ns|us|µs|μs|ms|s|min|h))$",
                           parse_duration, stn_text_from_duration_ns },
  [STN_FIELD_VOLTAGE] = { sizeof (gint64), FALSE, STN_BOUNDS_SIGNED, "a voltage such as 3.3 V", "voltage", "\"string\"",
                          "^" DECIMAL_PATTERN " ?(uV|µV|μV|mV|V)$", parse_voltage, stn_text_from_voltage_uv },
  [STN_FIELD_NUMBER] = { sizeof (gint64), FALSE, STN_BOUNDS_SIGNED, "a number such as 99.5", "number",
                         "[\"number\", \"string\"]", "^-?" DECIMAL_PATTERN "$", parse_number, show_number },
  [STN_FIELD_ENUM] = { sizeof (int), FALSE, STN_BOUNDS_NONE, "one of its names", "word", "\"string\"", NULL, NULL,
                       NULL },
  [STN_FIELD_RANGE] = { sizeof (StnRange), FALSE, STN_BOUNDS_RANGE, "a range such as 0x08004000..0x08007FFF", "range",
                        "\"string\"", "^" HEX_PATTERN "\\.\\." HEX_PATTERN "$", parse_range, show_address },
};

const StnScalarKind *
stn_scalar_kind (StnFieldKind kind)
{
  if ((gsize) kind >= G_N_ELEMENTS (scalar_kinds) || scalar_kinds[kind].size == 0)
    return NULL;
  return &scalar_kinds[kind];
}

gboolean
stn_field_has_low (const StnField *field)
{
  return field->low != 0 || field->high != 0;
}

gboolean
stn_field_has_high (const StnField *field)
{
  return field->high != 0 || field->low < 0;
}

char *
stn_field_range_text (const StnField *field, StnFieldKind kind)
{
  const StnScalarKind *row = stn_scalar_kind (kind);
  if (row == NULL || row->show == NULL || !stn_field_has_low (field))
    return NULL;
  g_autofree char *low = row->show (field->low);
  if (!stn_field_has_high (field))
    return g_strdup_printf ("at least %s", low);
  g_autofree char *high = row->show (field->high);

  /* the unit once where both ends have the same, and a plain 0: "0 to 10 s" */
  const char *low_unit = strchr (low, ' ');
  const char *high_unit = strchr (high, ' ');
  if (low_unit != NULL && high_unit != NULL && (field->low == 0 || g_str_has_prefix (high_unit, low_unit)))
    low[low_unit - low] = '\0';
  return g_strdup_printf ("%s to %s", low, high);
}

char *
stn_field_names_text (const char *const *names)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; names[i] != NULL; i++) {
    if (i > 0)
      g_string_append (text, names[i + 1] == NULL ? " or " : ", ");
    g_string_append (text, names[i]);
  }
  return g_string_free (text, FALSE);
}

gboolean
stn_text_to_duration_ns (const char *text, gint64 *out_ns)
{
  return parse_duration (text, out_ns) == STN_TEXT_OK;
}

gboolean
stn_text_to_size_bytes (const char *text, guint64 *out_bytes)
{
  return parse_size (text, out_bytes) == STN_TEXT_OK;
}

gboolean
stn_text_to_address (const char *text, guint64 *out_address)
{
  return parse_address (text, out_address) == STN_TEXT_OK;
}

gboolean
stn_text_to_integer (const char *text, gint64 *out_value)
{
  return parse_integer (text, out_value) == STN_TEXT_OK;
}

gboolean
stn_text_to_voltage_uv (const char *text, gint64 *out_uv)
{
  return parse_voltage (text, out_uv) == STN_TEXT_OK;
}

gboolean
stn_text_to_number_ppm (const char *text, gint64 *out_ppm)
{
  return parse_number (text, out_ppm) == STN_TEXT_OK;
}

gboolean
stn_text_to_range (const char *text, StnRange *out_range)
{
  return parse_range (text, out_range) == STN_TEXT_OK;
}
