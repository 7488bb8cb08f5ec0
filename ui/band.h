/* The instruction band: the one line that says what to do now, always in the same place. */
#pragma once

#include <gtk/gtk.h>

#include "ui/model.h"

G_BEGIN_DECLS

#define STN_TYPE_BAND (stn_band_get_type ())
G_DECLARE_FINAL_TYPE (StnBand, stn_band, STN, BAND, GtkBox)

void stn_band_show (StnBand *self, const StnModel *model);
/* What is to be done on the page in front; said while the run wants nothing. NULL: no page is in front. */
void stn_band_set_page_text (StnBand *self, const char *text);
/* Opens the field in which a code can be typed that cannot be scanned. */
void stn_band_open_code (StnBand *self);

G_END_DECLS
