/* Sentences that the session, the plan and the approval say in English, in the language of the window. They are known by
 * their words, with places for what changes; what is not known stays as it is. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* NULL for NULL. Caller owns. */
char *stn_text_sentence (const char *english);

G_END_DECLS
