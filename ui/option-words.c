#include "ui/option-words.h"

#include <string.h>

#include "src/target/options.h"

/* The catalogue is read once, when the first card wants it; the window's thread only. */
static StnTargets *
targets (void)
{
  static StnTargets *all;
  if (all == NULL)
    all = stn_targets_new (NULL, NULL);
  return all;
}

static StnOptionBlock *
read_block (const StnTarget *target, const char *hex)
{
  gsize length = strlen (hex) / 2;
  g_autofree guint8 *bytes = g_malloc0 (length + 1);
  for (gsize i = 0; i < length; i++) {
    int high = g_ascii_xdigit_value (hex[2 * i]), low = g_ascii_xdigit_value (hex[2 * i + 1]);
    if (high < 0 || low < 0)
      return NULL;
    bytes[i] = (guint8) (high << 4 | low);
  }
  if (length < target->options_bytes)
    return NULL;
  gboolean has_second = target->options_second_bytes > 0 && length >= target->options_bytes + target->options_second_bytes;
  return stn_option_block_new (target, bytes, target->options_bytes, has_second ? bytes + target->options_bytes : NULL,
                               has_second ? target->options_second_bytes : 0, NULL);
}

char *
stn_option_words (const char *part, const char *before, const char *after)
{
  const StnTarget *target = part != NULL && targets () != NULL ? stn_targets_find (targets (), part, NULL) : NULL;
  g_autoptr (StnOptionBlock) old = target != NULL && before != NULL ? read_block (target, before) : NULL;
  g_autoptr (StnOptionBlock) new = target != NULL && after != NULL ? read_block (target, after) : NULL;
  if (old == NULL || (after != NULL && new == NULL))
    return NULL;
  g_autoptr (GArray) changes = new != NULL ? stn_option_block_differences (old, new) : stn_option_block_against_defaults (old);
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < changes->len; i++) {
    g_autofree char *change = stn_option_change_text (&g_array_index (changes, StnOptionChange, i));
    g_auto (GStrv) sides = g_strsplit (change, " -> ", 2);
    g_autofree char *line = g_strjoinv (" → ", sides);
    g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", line);
  }
  return g_string_free (text, FALSE);
}
