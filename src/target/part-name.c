#include "src/target/part-name.h"

/* ST's ordering information, the same letters in every data sheet. Exceptions (C is 320 KiB on WB1x) stand in the
 * data. */
static const struct {
  char code;
  guint kib;
} flash_codes[] = {
  { '3', 8 },   { '4', 16 },  { '6', 32 },  { '8', 64 },   { 'B', 128 },  { 'Z', 192 },  { 'C', 256 },  { 'D', 384 },
  { 'E', 512 }, { 'Y', 640 }, { 'F', 768 }, { 'G', 1024 }, { 'H', 1536 }, { 'I', 2048 }, { 'J', 4096 },
};

guint64
stn_part_flash_bytes (char code)
{
  for (guint i = 0; i < G_N_ELEMENTS (flash_codes); i++) {
    if (flash_codes[i].code == code)
      return (guint64) flash_codes[i].kib * 1024;
  }
  return 0;
}

gboolean
stn_part_tail_read (const char *text, StnPartTail *out)
{
  StnPartTail tail = { 0 };
  const char *p = text;

  if (*p != '\0') {
    if (!g_ascii_isalpha (p[0]) || !g_ascii_isalnum (p[1]))
      return FALSE;
    tail.code = p[1];
    p += 2;
  }
  if (p[0] == '-' && g_ascii_isalpha (p[1]) && p[2] == '\0' && tail.code != 0) {
    tail.suffix = p[1];
    p += 2;
  } else if (g_ascii_isalpha (p[0]) && p[1] == '\0' && tail.code != 0) {
    tail.suffix = p[0];
    p += 1;
  } else if (g_ascii_isalpha (p[0]) && (g_ascii_isdigit (p[1]) || p[1] == 'X') && tail.code != 0) {
    p += 2;
    if (g_ascii_isalpha (p[0])) {
      tail.suffix = p[0];
      tail.suffix_is_option = TRUE;
    }
    while (g_ascii_isalpha (*p))
      p++;
  }
  if (*p != '\0')
    return FALSE;
  *out = tail;
  return TRUE;
}
