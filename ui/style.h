/* The program's own style on top of GTK's: colours for a bright room, a dim one, or as much contrast as there is. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum { STN_COLOURS_LIGHT, STN_COLOURS_DARK, STN_COLOURS_CONTRAST, STN_COLOURS_COUNT } StnColours;
extern const char *const stn_colours_names[STN_COLOURS_COUNT + 1]; /* "light", "dark", "contrast", NULL */

/* Makes the templates, icons and styles that are part of the program known. First of all, once. */
void stn_style_init (void);
/* Puts the style on a screen, in place of what this function put there before. */
void stn_style_apply (GdkScreen *screen, StnColours colours);
/* LIGHT when there is no such name. */
StnColours stn_colours_from_name (const char *name);

G_END_DECLS
