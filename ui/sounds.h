/* Three sounds that differ in rhythm and pitch: passed (one short, high), failed (three, low), somebody must act (two,
 * rising). WAV files made while building; played by the desktop's own sound, and never waited for. */
#pragma once

#include "src/station/session.h"

G_BEGIN_DECLS

typedef struct StnSounds StnSounds;

/* `folder` holds pass.wav, fail.wav, action.wav. A machine without sound is silent, and said so once in the log. */
StnSounds *stn_sounds_new (const char *folder);
void stn_sounds_free (StnSounds *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnSounds, stn_sounds_free)
void stn_sounds_play (StnSounds *self, StnSound sound);
/* One after the other, for the check at the beginning of a shift. */
void stn_sounds_check (StnSounds *self);
/* Nothing is heard for so long; 0: everything is heard again. */
void stn_sounds_mute (StnSounds *self, guint seconds);

G_END_DECLS
