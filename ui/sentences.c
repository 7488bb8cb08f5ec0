#include "ui/sentences.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/texts.h"

#define PARTS_MOST 8

/* As src/ says them; "%s" is what changes. Where two fit, the first one counts. */
static const char *const sentences[] = {
  N_ ("Switch the board on."),
  N_ ("BOOT0 high, reset, sync with the ROM."),
  N_ ("Reset: the part is empty and starts its ROM; sync."),
  N_ ("Compare the memory map; read ROM id, flash size and unique id."),
  N_ ("Read product id, ROM id, flash size and unique id."),
  N_ ("Ask the record whether this unit may be done."),
  N_ ("Compare the chip with the plan; refuse or go on."),
  N_ ("Erase the whole flash at once."),
  N_ ("Erase the %s pages that are written; all others stay as they are."),
  N_ ("Erase %s pages by number; what the job keeps stays as it is."),
  N_ ("Erase %s pages by number."),
  N_ ("Write %s blocks of up to %s bytes, if the device takes them, %s of them with the unit's own data."),
  N_ ("Write %s blocks of up to %s bytes, if the device takes them."),
  N_ ("Write %s blocks, %s of them with the unit's own data."),
  N_ ("Write %s blocks."),
  N_ ("Read every touched page back and compare each byte; what nothing covers must be erased."),
  N_ ("Write the first block, held back until all else is proved, and read its page back."),
  N_ ("BOOT0 low, power off and on."),
  N_ ("BOOT0 low, the option bytes written again as they are, so that the chip reads them and starts its program."),
  N_ ("Start the program by leaving DFU: no reset, as the job says."),
  N_ ("Jump into the program with the ROM's Go: no reset, as the job says."),
  N_ ("BOOT0 low, reset."),
  N_ ("The board must send %s at %s baud within %s."),
  N_ ("The ROM's USB device must not come back."),
  N_ ("The ROM must no longer answer; seen within %s."),
  N_ ("The USB device %s must appear on the site's port within %s."),
  N_ ("The line %s must be seen high and low within %s."),
  N_ ("Set %s; the ROM resets the chip; enter again."),
  N_ ("Set %s; the ROM resets the chip; the board is not entered again."),
  N_ ("Set %s; the chip reads them again, which resets it; enter again."),
  N_ ("Set %s; the chip reads them again, which resets it; the board is not entered again."),
  N_ ("Set %s; power off and on; enter again."),
  N_ ("Set %s; power off and on; the board is not entered again."),
  N_ ("Commit the record; only then the result is shown."),
  N_ ("what was in the flash is gone"),
  N_ ("what was in the pages that are written is gone"),
  N_ ("from the first write of unit data on its serial belongs to the board, whatever becomes of it"),
  N_ ("the option bytes are written again as they were read; power that fails meanwhile leaves the part "
      "read-protected, which the ROM can't repair without erasing it"),
  N_ ("the finished board ignores BOOT0: its ROM is not reached again this way"),
  N_ ("a board that arrives protected loses everything that is in it"),
  N_ ("the board is closed for ever: no ROM, no debugger, no other options"),
  N_ ("what is in the flash is not read any more; opening the board erases it"),
  N_ ("%s from a counter"),
  N_ ("%s from a list"),
  N_ ("%s from a program"),
  N_ ("%s from scans"),
  N_ ("serials"),
  N_ ("approved by %s on %s"),
  N_ ("job %s is not approved: %s took the approval back on %s"),
  N_ ("job %s is not approved: stationctl approve %s"),
  N_ ("job %s differs from what %s approved on %s: %s"),
  N_ ("%s: its run has no result"),
  N_ ("%s is off: %s (%s)"),
  N_ ("the station file leaves it out"),
  N_ ("%s boards on hold"),
  N_ ("stopped: %s"),
  N_ ("half of the sites or more show the same failure (%s): look at the station and at the lot"),
  N_ ("%s runs failed, and the job stops after %s"),
  N_ ("nobody is signed in: scan a badge"),
  N_ ("%s needs a supervisor: unlock with badge and PIN"),
  N_ ("a cycle is running: wait for its end"),
  N_ ("lot %s is open: end it, or leave it, before another job"),
  N_ ("lot %s is open: end it, or leave it, before training"),
  N_ ("lot %s is open: end it, or leave it, first"),
  N_ ("lot %s is open: end it first"),
  N_ ("open a job first"),
  N_ ("open a job and a lot first"),
  N_ ("no lot is open"),
  N_ ("a lot has 1 to 64 printable characters and no space"),
  N_ ("%s still holds a failed board of lot %s: bin it first"),
  N_ ("lot %s has ended: a supervisor can open it again"),
  N_ ("%s holds a failed board: retry or bin it first"),
  N_ ("%s still holds a board that is neither passed nor binned"),
  N_ ("%s is at work: wait for its end"),
  N_ ("%s: there is no board to bin"),
  N_ ("the lid is open: close it, then start"),
  N_ ("this fixture has no START (inputs: { start: … })"),
  N_ ("this fixture has no detect pins, so nothing tells that boards were changed"),
  N_ ("this fixture has no lid (inputs: { lid: … })"),
  N_ ("%s still holds its board of the last cycle: take it out"),
  N_ ("%s is in use by %s"),
  N_ ("the wiring was being checked: look at the boards, then start"),
  N_ ("the last cycle has only just ended: press once more"),
  N_ ("%s: there is nothing to run again"),
  N_ ("there is no board that may be run again"),
  N_ ("no cycle is running"),
  N_ ("nothing was stopped"),
  N_ ("%s: retry or bin its board first"),
  N_ ("no badge “%s” is known here"),
  N_ ("%s is no supervisor"),
  N_ ("not a serial for this job: “%s”: %s"),
  N_ ("“%s” was scanned for %s already"),
  N_ ("no lot is open: a job or a lot is expected"),
  N_ ("%s takes no new board now"),
  N_ ("nothing was scanned that could be taken back"),
  N_ ("no board is waiting for a bin"),
  N_ ("%s boards wait for a bin: scan the board or its site first"),
  N_ ("there is no command “%s”"),
  N_ ("“%s”: every site has its serial already: start, or take one back"),
};

/* Takes `text` apart by the pattern: what stands for each "%s". FALSE: it is another sentence. */
static gboolean
take_apart (const char *pattern, const char *text, char *found[PARTS_MOST])
{
  g_auto (GStrv) literals = g_strsplit (pattern, "%s", PARTS_MOST);
  guint count = g_strv_length (literals) - 1;
  gsize first = strlen (literals[0]), last = strlen (literals[count]), length = strlen (text);

  if (count == 0)
    return strcmp (pattern, text) == 0;
  if (length < first + last || !g_str_has_prefix (text, literals[0]) || !g_str_has_suffix (text, literals[count]))
    return FALSE;
  const char *at = text + first, *end = text + length - last;
  for (guint i = 0; i < count; i++) {
    const char *next = i + 1 == count ? end : g_strstr_len (at, end - at, literals[i + 1]);
    if (next == NULL || next == at) {
      for (guint k = 0; k < i; k++)
        g_clear_pointer (&found[k], g_free);
      return FALSE;
    }
    found[i] = g_strndup (at, (gsize) (next - at));
    at = next + strlen (literals[i + 1]);
  }
  return TRUE;
}

/* What was filled in may be words itself: a failure's name, another sentence. */
static char *
say_part (const char *part)
{
  StnFailure failure = stn_failure_from_name (part);
  return failure != STN_FAILURE_NONE ? stn_text_failure_name (failure) : stn_text_sentence (part);
}

char *
stn_text_sentence (const char *english)
{
  if (english == NULL || *english == '\0')
    return g_strdup (english);
  for (guint i = 0; i < G_N_ELEMENTS (sentences); i++) {
    char *found[PARTS_MOST] = { NULL };
    if (!take_apart (sentences[i], english, found))
      continue;
    GString *said = g_string_new (NULL);
    g_auto (GStrv) literals = g_strsplit (_ (sentences[i]), "%s", PARTS_MOST);
    for (guint k = 0; literals[k] != NULL; k++) {
      g_autofree char *part = k > 0 && found[k - 1] != NULL ? say_part (found[k - 1]) : NULL;
      g_string_append (said, part != NULL ? part : "");
      g_string_append (said, literals[k]);
    }
    for (guint k = 0; k < PARTS_MOST; k++)
      g_free (found[k]);
    return g_string_free (said, FALSE);
  }
  return g_strdup (english);
}
