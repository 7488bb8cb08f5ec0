/* Scenes: every screen in every state that has a name, as models. For photographs and for tests of the widgets. */
#pragma once

#include "ui/model.h"

typedef struct {
  const char *name; /* "run-8-finished" */
  StnModel *(*make) (void);
} StnScene;

/* Ends with a row of NULLs. */
extern const StnScene stn_scenes[];
