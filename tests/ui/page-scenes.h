/* Scenes of the pages beside the run, as widgets that show made-up records. */
#pragma once

#include <gtk/gtk.h>

typedef struct {
  const char *name; /* "history-mixed" */
  GtkWidget *(*make) (void);
} StnPageScene;

/* Ends with a row of NULLs. */
extern const StnPageScene stn_page_scenes[];
