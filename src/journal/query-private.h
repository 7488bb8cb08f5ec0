/* What query.c and verify.c share. */
#pragma once

#include "src/journal/database.h"
#include "src/journal/query.h"

struct StnQuery {
  StnDatabase *database;
  gboolean is_virtual;
};

/* A connection that only reads. */
StnDatabase *stn_query_connect (const char *path, GError **error);
