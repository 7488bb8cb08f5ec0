/* A link over a link that writes down every exchange: as text lines into a ring (the last part goes into the record of
 * a failure) and, where wanted, into a file (`--trace FILE`), in the form that replay.h reads.
 *
 * One line an exchange:
 *     12.345678 A3.uart write 31 ce
 *     12.346012 A3.uart read 79
 *     12.846012 A3.uart read -- no-answer
 *     12.900000 A3.pins set 00000003 00000001
 * Time in seconds on the station's clock when it ended, link name (blanks as _), operation, what went or came, "--" and
 * the failure's name. Every operation's form is in exchange-text.h. An exchange that a wait stopped before the port is
 * not there: nothing happened. */
#pragma once

#include "src/link/link.h"

G_BEGIN_DECLS

typedef struct StnTraceSink StnTraceSink;

/* A sink may be shared by many links; thread-safe. `path` (replaced when it exists) NULL: ring only. `ring_lines` 0:
 * file only. Errors: STN_FAILURE_PERMISSION, STN_FAILURE_BAD_FILE. */
StnTraceSink *stn_trace_sink_new (const char *path, guint ring_lines, GError **error);
StnTraceSink *stn_trace_sink_ref (StnTraceSink *self);
void stn_trace_sink_unref (StnTraceSink *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnTraceSink, stn_trace_sink_unref)
/* The ring as text, oldest first; free with g_free. */
char *stn_trace_sink_text (StnTraceSink *self);
void stn_trace_sink_forget (StnTraceSink *self);
/* Writes the file out. FALSE with STN_FAILURE_BAD_FILE when it did not take every line (a full disk): a station does
 * not stop for its trace, but must say so. */
gboolean stn_trace_sink_check (StnTraceSink *self, GError **error);

/* Takes over `inner`; refs the sinks and the clock. `file_sink` (may be NULL) is the station's, `ring_sink` (may be
 * NULL) the run's. */
StnLink *stn_trace_link_new (StnLink *inner, StnTraceSink *ring_sink, StnTraceSink *file_sink, StnClock *clock);

G_END_DECLS
