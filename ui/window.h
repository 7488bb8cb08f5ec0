/* The window: the frame that every screen stands in (header, instruction, content, footer), the actions, the keys.
 *
 * It shows StnModels (stn_window_show) and says what a person asked for by one signal, "request" (name, argument): the
 * name of an action and its argument, or "" where it takes none. Texts that a scanner read come as "scan". It decides
 * nothing. One name for each thing a person can do, in window.c's table; keys, buttons and menu all end there. */
#pragma once

#include <gtk/gtk.h>

#include "ui/model.h"

G_BEGIN_DECLS

#define STN_TYPE_WINDOW (stn_window_get_type ())
G_DECLARE_FINAL_TYPE (StnWindow, stn_window, STN, WINDOW, GtkApplicationWindow)

StnWindow *stn_window_new (GtkApplication *application);
void stn_window_show (StnWindow *self, const StnModel *model);
/* What the lot's fields hold; quantity 0: none. Borrowed until they change. */
const char *stn_window_lot (StnWindow *self);
guint64 stn_window_quantity (StnWindow *self);
void stn_window_set_lot (StnWindow *self, const char *lot, const char *quantity);
/* What is known of the scanner: its device ("05f9:2214"), what it puts before and after a code (NULL:
 * nothing), how slow it is (0: as usual). */
void stn_window_set_scanner (StnWindow *self, const char *device, const char *prefix, const char *suffix,
                             guint gap_ms);
/* A screen of its own beside those of the run (history, reports, wiring): shown as `name` until stn_window_show is given
 * another. Takes the widget. */
void stn_window_add_page (StnWindow *self, GtkWidget *page, const char *name);
/* `name` NULL: back to what the model says. */
void stn_window_set_page (StnWindow *self, const char *name);
/* Longest time that the main loop was not free since the last call, in microseconds; for tests and the log. */
gint64 stn_window_take_longest_stall (StnWindow *self);

G_END_DECLS
