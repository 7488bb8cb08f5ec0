/* Events as JSON: one object a line, the contract of `stationctl run --json`. One table says which key comes from which
 * member; the schema (`stationctl schema events`) is made from the same table. */
#pragma once

#include "src/record/event.h"

G_BEGIN_DECLS

/* The version of the format: "v" of each line. New keys do not change it, readers ignore what they do not know. */
#define STN_EVENT_FORMAT 1

/* One line without its newline. Free with g_free. */
char *stn_event_to_json (const StnEvent *event);
/* The JSON Schema of a line, pretty, ending in a newline. Free with g_free. */
char *stn_event_schema (void);

G_END_DECLS
