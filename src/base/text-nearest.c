#include "src/base/fields.h"

#include <string.h>

/* Longer words are never a slip of a short key, and the rows below stay on the stack. */
#define LONGEST 64

/* Optimal string alignment: Damerau-Levenshtein in which no part is edited twice. Three rows are enough, because a swap
 * looks back two. */
static guint
distance (const char *a, gsize a_length, const char *b, gsize b_length)
{
  guint rows[3][LONGEST + 1];
  guint *before = rows[0], *last = rows[1], *current = rows[2];

  for (gsize j = 0; j <= b_length; j++)
    last[j] = (guint) j;
  for (gsize i = 1; i <= a_length; i++) {
    char letter = g_ascii_tolower (a[i - 1]);
    current[0] = (guint) i;
    for (gsize j = 1; j <= b_length; j++) {
      char other = g_ascii_tolower (b[j - 1]);
      guint best = last[j - 1] + (letter == other ? 0 : 1);
      best = MIN (best, MIN (last[j], current[j - 1]) + 1);
      if (i > 1 && j > 1 && letter == g_ascii_tolower (b[j - 2]) && other == g_ascii_tolower (a[i - 2]))
        best = MIN (best, before[j - 2] + 1);
      current[j] = best;
    }
    guint *spare = before;
    before = last;
    last = current;
    current = spare;
  }
  return last[b_length];
}

const char *
stn_text_nearest (const char *text, const char *const *candidates)
{
  gsize length = strlen (text);
  if (length == 0 || length > LONGEST)
    return NULL;
  gsize allowed = MAX (2, length / 3);
  guint best = (guint) MIN (allowed, length - 1) + 1;
  const char *nearest = NULL;

  for (gsize i = 0; candidates[i] != NULL; i++) {
    gsize candidate_length = strlen (candidates[i]);
    if (candidate_length == 0 || candidate_length > LONGEST)
      continue;
    guint slips = distance (text, length, candidates[i], candidate_length);
    if (slips < best && slips < candidate_length) {
      best = slips;
      nearest = candidates[i];
    }
  }
  return nearest;
}
