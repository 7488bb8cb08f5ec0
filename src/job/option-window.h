/* What a write window's row says of an option write: which bytes the option areas had when the board was last known to
 * be well, and which they were given. The row is durable before the first byte leaves, so that whoever finds a board
 * whose option bytes nobody knows can put back what it had.
 *
 *     option bytes: nBOOT_SEL 1 -> 0; had 1fff7800=aafeffbb…; gets 1fff7800=aafeffba…
 *
 * The text is one line for people and the form that stn_option_window_parse reads. Plain data. */
#pragma once

#include <glib.h>

#include "src/base/error.h"

G_BEGIN_DECLS

#define STN_OPTION_WINDOW_AREAS 2
/* No option area that a ROM shows is larger (H74: 0x134). */
#define STN_OPTION_WINDOW_BYTES_MOST 1024

typedef struct {
  guint64 address;
  guint8 *bytes; /* owned */
  gsize length;
} StnOptionBytes;

typedef struct {
  char *words; /* owned; what is done, without "; " */
  StnOptionBytes had[STN_OPTION_WINDOW_AREAS], gets[STN_OPTION_WINDOW_AREAS];
  guint had_count, gets_count;
} StnOptionWindow;

/* Copies the bytes. Both lists have room for every area of a chip. */
void stn_option_window_add_had (StnOptionWindow *self, guint64 address, const guint8 *bytes, gsize length);
void stn_option_window_add_gets (StnOptionWindow *self, guint64 address, const guint8 *bytes, gsize length);
/* g_free. */
char *stn_option_window_to_text (const StnOptionWindow *self);
/* FALSE for the text of another kind of window, or one that does not hold together (*out untouched). Clear *out. */
gboolean stn_option_window_parse (const char *text, StnOptionWindow *out);
void stn_option_window_clear (StnOptionWindow *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (StnOptionWindow, stn_option_window_clear)

G_END_DECLS
