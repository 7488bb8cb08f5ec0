/* The engine for the ROM bootloader on USB: AN3156 Rev 17 over DFU 1.1. */
#pragma once

#include "protocols/engine.h"

G_BEGIN_DECLS

extern const StnEngineClass stn_dfu_engine_class;

G_END_DECLS
