#include "src/job/uid.h"

guint
stn_uid_span_bytes (const StnTarget *target)
{
  const guint *offsets = target->uid_offsets;
  guint span = MAX (MAX (offsets[0], offsets[1]), offsets[2]) + 4;

  return target->uid_address != 0 && span <= STN_UID_SPAN_MOST ? span : 0;
}

void
stn_uid_to_text (const StnTarget *target, const guint8 *bytes, char out[STN_UID_TEXT_BYTES])
{
  for (guint word = 0; word < 3; word++)
    for (guint i = 0; i < 4; i++)
      g_snprintf (out + (word * 4 + i) * 2, 3, "%02x", bytes[target->uid_offsets[word] + i]);
}
