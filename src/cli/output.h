/* Standard output without waiting for its reader: texts go into a queue that a thread of its own writes, so that a
 * blocked pipe or a stopped terminal holds up neither the boards nor the signals. A reader that has gone away is
 * noticed and what would go to it is dropped. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct StnOutput StnOutput;

/* Writes to `fd`, which it does not close. */
StnOutput *stn_output_new (int fd);
/* Takes over `text` (g_malloc'd). Never blocks. */
void stn_output_take (StnOutput *self, char *text);
/* Whether all has been written: a picture that would be late anyway is not drawn while it has not. */
gboolean stn_output_is_idle (StnOutput *self);
/* Waits at most `real_ms` until all is written; TRUE when it is, or when nobody reads any more. */
gboolean stn_output_flush (StnOutput *self, int real_ms);
/* Leaves what is not written; the thread ends by itself when its write returns. */
void stn_output_free (StnOutput *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnOutput, stn_output_free)

G_END_DECLS
