/* The schema steps (001.sql ...), compiled in by embed.py. Step N takes a file from user_version N - 1 to N. */
#pragma once

#include <glib.h>

extern const guint stn_schema_step_count;
extern const char *const stn_schema_steps[]; /* [N - 1]: the text of step N */
