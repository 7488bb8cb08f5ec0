/* Checking the wiring: every site proved as far as the board in it allows, and what is crossed told by name.
 *
 * All sites of the station are held at once, because a crossed line is only seen from the other end. Four experiments,
 * the last two for every site X: held      every NRST low: no ROM may answer at rest   every BOOT0 at rest, every NRST
 * let go: a ROM that answers does so without its BOOT0 NRST      every BOOT0 high, X's NRST alone let go: the ROM must
 * answer on X's UART and on nobody else's BOOT0     X's BOOT0 alone high, every NRST let go: the same Nothing is
 * written to a board but the ROM's sync byte and questions. Lines are at rest again on every way out. */
#pragma once

#include "src/station/station.h"

G_BEGIN_DECLS

typedef enum {
  STN_PROOF_CONTROL, /* the adapters that the site's lines are on answer */
  STN_PROOF_UART,    /* its port opens, and a board was heard on it */
  STN_PROOF_USB,     /* the ROM's device came to its hub port */
  STN_PROOF_NRST,
  STN_PROOF_BOOT0,
  STN_PROOF_DETECT,
  STN_PROOF_UID,
  STN_PROOF_KIND_COUNT
} StnProofKind;

typedef enum {
  STN_PROOF_OPEN, /* nothing spoke for it or against it */
  STN_PROOF_SEEN,
  STN_PROOF_WRONG,
  STN_PROOF_NOT_TESTABLE, /* not with this board */
  STN_PROOF_NOT_WIRED
} StnProofState;

typedef struct {
  StnProofState state;
  char *text; /* in words; NULL: nothing to add */
} StnProof;

typedef enum {
  STN_SITE_PROVED, /* as far as the board allows */
  STN_SITE_WRONG,  /* something is wired wrong, stuck or dead */
  STN_SITE_SILENT, /* nothing ever came: no board, no contact, or lines that reach nobody */
  STN_SITE_ERROR   /* a port or an adapter of the site could not be used */
} StnSiteState;

typedef struct {
  char *site, *bank;
  StnSiteState state;
  StnProof proofs[STN_PROOF_KIND_COUNT];
  gboolean is_identified;
  guint16 product_id;  /* of the board on the site's port; over USB that of the chip whose UID and memory map it shows */
  char *line;          /* its product line; NULL: none has this id */
  char *uid;           /* NULL: not read */
  GPtrArray *findings; /* char *: what a person acts on */
} StnSiteCheck;

typedef struct {
  GPtrArray *sites; /* StnSiteCheck, in the order of the file */
  guint counts[STN_SITE_ERROR + 1];
} StnCheckReport;

typedef struct {
  const char *const *sites; /* names to check; NULL: all enabled. The others are held all the same */
  GCancellable *cancellable;
  void (*progress) (guint done, guint total, gpointer data); /* NULL: nobody looks; called in the caller's thread */
  void (*tell) (const char *what, gpointer data);            /* NULL: nobody reads; what it is about to wait for */
  gpointer data;
} StnCheckOptions;

/* Holds the banks' locks. Errors: usage (an unknown site), bank-busy, not-supported, cancelled. What is wrong with a
 * site is no error. Blocks: about two seconds a site. */
StnCheckReport *stn_station_check_wiring (StnStation *self, const StnCheckOptions *options, GError **error);
void stn_check_report_free (StnCheckReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnCheckReport, stn_check_report_free)

/* "control", "nrst"; "seen", "not-testable"; "proved", "silent": stable, for scripts. */
const char *stn_proof_kind_name (StnProofKind kind);
const char *stn_proof_state_name (StnProofState state);
const char *stn_site_state_name (StnSiteState state);

G_END_DECLS
