/* A latest-value slot for progress: one writer (a site's worker), any number of samplers.
 *
 * Progress is sampled, never queued: a worker may set it as often as it likes and nobody is woken; a window or a
 * terminal looks at most 20 times a second. Facts that must not be lost are events (src/record/event.h). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  guint step;          /* which step: an StnStepKind of src/record */
  guint64 done_bytes;  /* of this step */
  guint64 total_bytes; /* 0: not known */
  gint64 started_ns;   /* of this step, on the station's clock */
  gint64 changed_ns;
  guint generation;    /* counts the sets */
} StnProgressValue;

typedef struct {
  GMutex mutex;
  StnProgressValue value;
} StnProgress;

void stn_progress_init (StnProgress *self);
void stn_progress_clear (StnProgress *self);
void stn_progress_start (StnProgress *self, guint step, guint64 total_bytes, gint64 now_ns);
void stn_progress_advance (StnProgress *self, guint64 done_bytes, gint64 now_ns);
StnProgressValue stn_progress_sample (StnProgress *self);

G_END_DECLS
