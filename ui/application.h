/* The program: one window, its settings, its sounds, its keys, the session behind it. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define STN_TYPE_APPLICATION (stn_application_get_type ())
G_DECLARE_FINAL_TYPE (StnApplication, stn_application, STN, APPLICATION, GtkApplication)

StnApplication *stn_application_new (void);

G_END_DECLS
