#include "ui/tile-looks.h"

#include <glib/gi18n.h>

static const StnTileLook looks[STN_TILE_STATE_COUNT] = {
  [STN_TILE_EMPTY] = { "empty", STN_GLYPH_NONE, N_ ("empty"), .is_dashed = TRUE },
  [STN_TILE_READY] = { "ready", STN_GLYPH_CIRCLE, N_ ("ready") },
  [STN_TILE_RUN] = { "run", STN_GLYPH_RING, N_ ("at work") },
  [STN_TILE_PASS] = { "pass", STN_GLYPH_TICK, N_ ("passed") },
  [STN_TILE_PASS_AGAIN] = { "pass-again", STN_GLYPH_TICK, N_ ("passed after a retry") },
  [STN_TILE_FAIL] = { "fail", STN_GLYPH_CROSS, N_ ("failed"), .is_hatched = TRUE },
  [STN_TILE_ACTION] = { "action", STN_GLYPH_HAND, N_ ("waits for you"), .blinks = TRUE },
  [STN_TILE_STATION] = { "station", STN_GLYPH_TRIANGLE, N_ ("station fault, no verdict") },
  [STN_TILE_CHECK] = { "check", STN_GLYPH_QUESTION, N_ ("no result, must be checked"), .is_hatched = TRUE },
  [STN_TILE_OFF] = { "off", STN_GLYPH_STRUCK, N_ ("off") },
};

const StnTileLook *
stn_tile_look (StnTileState state)
{
  return &looks[(guint) state < STN_TILE_STATE_COUNT ? state : STN_TILE_EMPTY];
}
