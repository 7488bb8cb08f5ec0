/* A plan's explanation (as `stationctl explain` prints it) as rows of the setup screen. */
#pragma once

#include "ui/model.h"

G_BEGIN_DECLS

/* What can't be undone first, each marked unless it is so with every job (the erase, the serial); then the steps in
 * their order, with their times. `irreversible`: as the session has it, NULL-terminated; both may be NULL. */
void stn_plan_rows_add (GPtrArray *rows, const char *plan_text, const char *const *irreversible);

G_END_DECLS
