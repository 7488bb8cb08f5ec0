/* Check digits. ISO/IEC 7064:2003 describes the hybrid systems (MOD 37,36 and MOD 11,10) in section 10; Luhn's method
 * is ISO/IEC 7812-1 annex B.
 *
 * Separators ("-", "." and so on) take no part: people leave them out when they type a serial, scanners may. */
#include "src/job/serial-pattern.h"

#include <string.h>

static const char digits36[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char separators[] = "-./_: ";

static gboolean
is_separator (char character)
{
  return character != '\0' && strchr (separators, character) != NULL;
}

/* The value of a character below `modulus`, or -1. */
static int
digit_value (char character, int modulus)
{
  const char *found = character == '\0' ? NULL : strchr (digits36, character);
  int value = found == NULL ? -1 : (int) (found - digits36);
  return value < modulus ? value : -1;
}

/* Over the first `length` characters. */
static char
hybrid_digit (const char *text, gsize length, int modulus)
{
  int product = modulus;
  gboolean any = FALSE;

  for (gsize i = 0; i < length; i++) {
    if (is_separator (text[i]))
      continue;
    int value = digit_value (text[i], modulus);
    if (value < 0)
      return '\0';
    int sum = (product + value) % modulus;
    product = (sum == 0 ? modulus : sum) * 2 % (modulus + 1);
    any = TRUE;
  }
  return any ? digits36[(modulus + 1 - product) % modulus] : '\0';
}

static char
luhn_digit (const char *text, gsize length)
{
  int sum = 0;
  gboolean doubled = TRUE; /* from the right, beginning beside the check digit */
  gboolean any = FALSE;

  for (gsize i = length; i-- > 0;) {
    if (is_separator (text[i]))
      continue;
    int value = digit_value (text[i], 10);
    if (value < 0)
      return '\0';
    if (doubled)
      value = value * 2 > 9 ? value * 2 - 9 : value * 2;
    sum += value;
    doubled = !doubled;
    any = TRUE;
  }
  return any ? digits36[(10 - sum % 10) % 10] : '\0';
}

static char
digit_over (StnCheckDigit check, const char *text, gsize length)
{
  switch (check) {
  case STN_CHECK_ISO7064_MOD37_36:
    return hybrid_digit (text, length, 36);
  case STN_CHECK_ISO7064_MOD11_10:
    return hybrid_digit (text, length, 10);
  case STN_CHECK_LUHN:
    return luhn_digit (text, length);
  case STN_CHECK_NONE:
  default:
    return '\0';
  }
}

char
stn_check_digit (StnCheckDigit check, const char *text)
{
  return digit_over (check, text, strlen (text));
}

gboolean
stn_check_digit_is_right (StnCheckDigit check, const char *text)
{
  gsize length = strlen (text);
  if (check == STN_CHECK_NONE)
    return TRUE;
  if (length < 2)
    return FALSE;
  char digit = digit_over (check, text, length - 1);
  return digit != '\0' && digit == text[length - 1];
}
