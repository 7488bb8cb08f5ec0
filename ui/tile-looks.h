/* How each state of a site looks, beside its colours (those are CSS): its style class, its shape, its name for those
 * who do not see it. One row a state. */
#pragma once

#include "ui/glyph.h"
#include "ui/model.h"

G_BEGIN_DECLS

typedef struct {
  const char *css_class; /* of the tile's node */
  StnGlyph glyph;
  const char *spoken;    /* for assistive technology, to be translated: "failed" */
  gboolean is_hatched;
  gboolean is_dashed;    /* its outline; CSS has no dashes that can be drawn at any width */
  gboolean blinks;       /* once a second */
} StnTileLook;

const StnTileLook *stn_tile_look (StnTileState state);

G_END_DECLS
