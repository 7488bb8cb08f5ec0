/* S8: the life of one board: every run with its steps and times, what failed in the operator's words, its option bytes
 * before and after, and what became of its serial. */
#pragma once

#include <gtk/gtk.h>

#include "src/journal/query.h"

G_BEGIN_DECLS

#define STN_TYPE_UNIT_SCREEN (stn_unit_screen_get_type ())
G_DECLARE_FINAL_TYPE (StnUnitScreen, stn_unit_screen, STN, UNIT_SCREEN, GtkBox)

GtkWidget *stn_unit_screen_new (void);
void stn_unit_screen_set_journal (StnUnitScreen *self, const char *journal);
/* A board by its serial or UID, or, where it has neither (""), one run by its row. */
void stn_unit_screen_open (StnUnitScreen *self, const char *board, gint64 row);

typedef struct {
  GPtrArray *runs;    /* StnRunRow with steps, oldest first */
  GPtrArray *changes; /* StnSerialChange, oldest first */
} StnUnitLife;
void stn_unit_life_free (StnUnitLife *self);
void stn_unit_screen_show (StnUnitScreen *self, const char *board, const StnUnitLife *life, const GError *error);

G_END_DECLS
