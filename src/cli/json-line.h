/* JSON as commands print it: one object, one line. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Takes the object. Free with g_free. */
char *stn_json_line (JsonObject *object);
/* Takes the object; a line on standard output. */
void stn_json_print (JsonObject *object);
/* Left out where there is no text. */
void stn_json_add_text (JsonObject *object, const char *key, const char *text);

G_END_DECLS
