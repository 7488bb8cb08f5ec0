/* The mark of training: a frame and the word across everything, so that nobody takes it for work. It takes no clicks. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkWidget *stn_training_mark_new (void);

G_END_DECLS
