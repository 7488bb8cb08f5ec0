/* The parts of a picture. Private to ui. */
#pragma once

#include "ui/picture.h"

G_BEGIN_DECLS

void stn_picture_fill_tiles (StnModel *model, const StnSessionState *state, const StnSessionProgress *progress);
void stn_picture_fill_lists (StnModel *model, const StnSessionState *state, const StnPictureContext *context);

G_END_DECLS
