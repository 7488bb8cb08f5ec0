/* The people of a station: badges, names, roles, PINs.
 *
 * They are kept in a file beside the journal (`people.yaml`, or as `people:` of station.yaml says), mode 0600, written
 * by `stationctl people` alone. A PIN is there only as libsodium's password hash (crypto_pwhash_str: Argon2id with a
 * salt). A file that others may read or write is refused. A missing file means that nobody is known: then any badge
 * signs in as an operator, and there is no supervisor. A station whose boards are virtual knows two without a file,
 * OPERATOR and SUPERVISOR with the PIN 1234, for training and for the demo.
 *
 * One thread. Reading and writing block on a file, checking a PIN on about 50 ms of arithmetic. */
#pragma once

#include "src/base/clock.h"
#include "src/base/fields.h"

G_BEGIN_DECLS

typedef enum { STN_ROLE_OPERATOR, STN_ROLE_SUPERVISOR } StnRole;
const char *stn_role_name (StnRole role); /* "operator", "supervisor" */

typedef struct {
  char *badge; /* 1 to 64 letters, digits, - _ . */
  char *name;
  int role;      /* StnRole */
  char *pin;     /* hash; NULL: none, so nothing can be unlocked with it */
} StnPerson;
StnPerson *stn_person_copy (const StnPerson *self);
void stn_person_free (StnPerson *self);

typedef struct StnPeople StnPeople;

/* Errors: STN_FAILURE_BAD_FILE (also: others may read it). A missing file is none. */
StnPeople *stn_people_load (const char *path, gboolean is_virtual, GError **error);
void stn_people_free (StnPeople *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnPeople, stn_people_free)
/* Whether there is a list at all: without one any badge is an operator's. */
gboolean stn_people_are_known (const StnPeople *self);
gboolean stn_people_has_supervisor (const StnPeople *self);
const StnPerson *const *stn_people_list (const StnPeople *self, guint *out_count);
/* Borrowed; NULL: not known. */
const StnPerson *stn_people_find (const StnPeople *self, const char *badge);

/* Changes the list in memory; stn_people_save writes it. Errors: usage (a bad badge or name, a badge that is there
 * already, a PIN of less than 4 characters), unknown-badge. `pin` NULL: none. */
gboolean stn_people_add (StnPeople *self, const char *badge, const char *name, StnRole role, const char *pin,
                         GError **error);
gboolean stn_people_remove (StnPeople *self, const char *badge, GError **error);
gboolean stn_people_set_pin (StnPeople *self, const char *badge, const char *pin, GError **error);
/* Replaces the file as a whole, mode 0600. */
gboolean stn_people_save (const StnPeople *self, GError **error);

/* FALSE with unknown-badge, wrong-pin or locked-out. After three wrong PINs of a badge in a row the next try waits 30 s,
 * doubled with each further wrong one, at most 15 minutes; a right PIN ends it. Counted in this object. */
gboolean stn_people_check_pin (StnPeople *self, const char *badge, const char *pin, StnClock *clock, GError **error);

/* The field table of people.yaml. */
const StnField *stn_people_fields (void);

G_END_DECLS
