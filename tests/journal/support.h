/* What the journal's tests share: a folder of their own, runs and results to tell apart, calls that must work. */
#pragma once

#include <sqlite3.h>
#include "src/journal/journal.h"
#include "src/journal/query.h"

G_BEGIN_DECLS

#define UID_A "00112233445566778899aabb"
#define UID_B "0011223344556677889900ff"

/* A folder with a journal's path in it; removed with all that is in it. */
typedef struct {
  char *folder;
  char *path;
  StnClock *clock; /* virtual */
} Place;
Place *place_new (void);
void place_free (Place *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Place, place_free)

StnJournal *open_or_fail (Place *self); /* production */
/* The reason why it does not open. */
GError *open_must_fail (Place *self, StnFailure failure);
StnQuery *query_or_fail (Place *self);

StnRun *sample_run (const char *run_id);
StnResult *sample_result (const char *run_id, StnVerdict verdict, const char *uid);

void begin_or_fail (StnJournal *journal, const char *run_id);
void admit_or_fail (StnJournal *journal, const char *run_id, const char *uid);
/* "TH-000001" and so on, from 1 to 100. Free with g_free. */
char *lease_or_fail (StnJournal *journal, const char *run_id, const char *uid);
char *format_number (guint64 number, gpointer data);
void finish_or_fail (StnJournal *journal, const char *run_id, StnVerdict verdict, const char *uid);
/* begin, admit, lease, expose, finish; the serial is given out, free with g_free */
char *whole_run (StnJournal *journal, const char *run_id, StnVerdict verdict, const char *uid);

/* One text of the file through a connection of the test's own; free with g_free. */
char *ask (Place *self, const char *sql);
void change (Place *self, const char *sql);
/* The number of rows that verify walks; fails the test where it finds something. */
guint64 verify_or_fail (Place *self);

G_END_DECLS
