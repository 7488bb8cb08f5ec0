/* The scanner, where it types like a keyboard.
 *
 * It stands before every widget: the window gives it each key first. Keys of a device that is known as a scanner are
 * its own whatever their pace. Of other devices a scan is told by its pace: four characters or more, each at most 30 ms
 * after the one before, by the times that the keyboard's driver gave them. A character that could be the first of a scan
 * is kept for that long; if nothing follows, a person pressed it, and it goes on as if nothing had been ("typed"). So a
 * scan never ends up in a field, its Enter never presses a button, and nothing that a person types is lost.
 *
 * Key repeat is a person's: the same key again without having been let go.
 *
 *     scanner = stn_scanner_new (on_scanned, on_typed, window);
 *     on key-press-event: if (stn_scanner_press (scanner, event)) return GDK_EVENT_STOP;
 *
 * The window's thread only. */
#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

typedef struct StnScanner StnScanner;

/* `scanned` gets each text, 1 to 128 characters, without the identifier that some scanners put first ("]d2").
 * `typed` gets keys that were kept and turn out to be a person's. */
StnScanner *stn_scanner_new (void (*scanned) (gpointer data, const char *text),
                             void (*typed) (gpointer data, GdkEventKey *event), gpointer data);
void stn_scanner_free (StnScanner *self);
/* The device whose keys are all the scanner's, "05f9:2214" (vendor and product, hexadecimal); NULL or "": none. */
void stn_scanner_set_device (StnScanner *self, const char *device);
/* How slow a scanner may be, ms from one character to the next; 0: 30. Where nobody can type anyway (`is_in_field` FALSE)
 * it is 80 at least: cheap scanners without a wire are that slow. */
void stn_scanner_set_gap (StnScanner *self, guint gap_ms);
void stn_scanner_set_in_field (StnScanner *self, gboolean is_in_field);
/* Whether a letter came a moment before `time` (of an event): what follows it so soon is no command of a person's. */
gboolean stn_scanner_is_after_letter (const StnScanner *self, guint32 time);
/* What the scanner is set to send first and last besides Enter or Tab; taken off. NULL: nothing. */
void stn_scanner_set_affixes (StnScanner *self, const char *prefix, const char *suffix);
/* TRUE: the key is taken or kept; nobody else may have it. */
gboolean stn_scanner_press (StnScanner *self, GdkEventKey *event);
void stn_scanner_release (StnScanner *self, GdkEventKey *event);

G_END_DECLS
