/* A link over a link that writes down every exchange: as text lines into a ring (the last part goes into the record of a
 * failure) and, where wanted, into a file (`--trace FILE`), in the form that replay.h reads.
 *
 * One line an exchange:
 *     12.345678 A3.uart write 31 ce
 *     12.346012 A3.uart read 79
 *     12.846012 A3.uart read -- no-answer
 *     12.900000 A3.pins set 00000003 00000001
 * Time in seconds on the station's clock, link name, operation, what went or came, "--" and the failure's name. */
#pragma once

#include "src/link/link.h"

G_BEGIN_DECLS

typedef struct StnTraceSink StnTraceSink;

/* A sink may be shared by many links; thread-safe. `path` NULL: ring only. `ring_lines` 0: file only. */
StnTraceSink *stn_trace_sink_new (const char *path, guint ring_lines, GError **error);
StnTraceSink *stn_trace_sink_ref (StnTraceSink *self);
void stn_trace_sink_unref (StnTraceSink *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnTraceSink, stn_trace_sink_unref)
/* The ring as text, oldest first; free with g_free. */
char *stn_trace_sink_text (StnTraceSink *self);
void stn_trace_sink_forget (StnTraceSink *self);

/* Takes over `inner`; refs the sinks. `file_sink` (may be NULL) is the station's, `ring_sink` (may be NULL) the run's. */
StnLink *stn_trace_link_new (StnLink *inner, StnTraceSink *ring_sink, StnTraceSink *file_sink, StnClock *clock);

G_END_DECLS
