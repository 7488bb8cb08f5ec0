/* The learner while it learns: the adapters and ports in hand, and what has turned out so far. Internal to the learn
 * files; the caller's thread. */
#pragma once

#include "src/job/probe.h"
#include "src/station/learn.h"
#include "src/station/locks.h"
#include "src/station/places.h"

G_BEGIN_DECLS

#define STN_LEARN_LINES 16 /* of an adapter */
/* the slowest usual ROM is there after 20 ms (devices-notes, section 6), a program says its first words */
#define STN_LEARN_SETTLE_NS (100 * STN_NS_PER_MS)
#define STN_LEARN_NOBODY -1
/* places where DFU devices may come beside the serial ports */
#define STN_LEARN_USB_MOST 64
/* the slowest ROM is on the bus after 0.9 s (L1), and the host needs a little more */
#define STN_LEARN_USB_COME_NS (1200 * STN_NS_PER_MS)

typedef struct {
  StnClock *clock; /* borrowed */
  StnWait wait;
  const StnLearnOptions *options;
  StnBench *bench; /* NULL: this machine */
  gboolean owns_bench;
  StnTargets *targets;
  StnProvider *uart_provider, *pins_provider; /* may be the same */
  StnLocks *locks;

  GPtrArray *pins;         /* StnLink: one a control */
  StnProbeEar *ears;       /* one a site of `learned`; they own their ports */
  gboolean *without;       /* [site] its ROM answers without any BOOT0 */
  int *nrst_of, *boot0_of; /* [line] the UART that it leads to, or STN_LEARN_NOBODY */
  gboolean *is_input;      /* [line] driven by the fixture */
  guint usb_count;
  gboolean expects_usb; /* devices may come now: they are waited for */
  guint done, total;
  StnLearned *learned; /* what becomes of it */
} StnLearner;

guint stn_learner_line_count (const StnLearner *self);
/* UARTs first, then USB places; grows while boards show themselves. */
guint stn_learner_site_count (const StnLearner *self);
/* What arrays over sites need: more may show themselves meanwhile. */
guint stn_learner_site_room (const StnLearner *self);
StnLearnedSite *stn_learner_site (const StnLearner *self, guint site);
const char *stn_learned_place (const StnLearnedSite *site);
/* The line is somebody's NRST or BOOT0. */
gboolean stn_learner_knows (const StnLearner *self, guint line);

/* Every line of every adapter: driven high, pulled low, or let go. */
gboolean stn_learner_set_lines (StnLearner *self, const gboolean *high, const gboolean *low, const StnWait *wait,
                                GError **error);
/* learn-listen.c: what every site says now; with `who` also who it is. With USB a device is given the time to come
 * before anybody speaks on a UART: a ROM answers where it is spoken to. */
gboolean stn_learner_listen (StnLearner *self, gboolean who, GError **error);
/* What has come so far is forgotten. */
gboolean stn_learner_flush (StnLearner *self, GError **error);
gboolean stn_learner_list_places (StnProvider *provider, StnPlaceKind kind, GPtrArray *out, GError **error);

/* learn-lines.c, in the order in which they are done */
gboolean stn_learner_pull_each_low (StnLearner *self, GError **error);
gboolean stn_learner_drive_each_high (StnLearner *self, GError **error);
gboolean stn_learner_silence_each (StnLearner *self, GError **error);
gboolean stn_learner_power_each (StnLearner *self, GError **error);

/* learn-inputs.c */
gboolean stn_learner_find_inputs (StnLearner *self, GError **error);
gboolean stn_learner_detect_each (StnLearner *self, GError **error);

G_END_DECLS
