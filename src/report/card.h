/* The command card: what a scanner can say instead of a hand, on paper - commands, bins, sites, as Code 128.
 *
 * A page has few codes, far apart, so that a scanner held by a glove reads one of them. What stands under each code is
 * in the language of `say`. Nothing is read or written. */
#pragma once

#include "src/report/report.h"

G_BEGIN_DECLS

typedef struct {
  const char *station;      /* its name */
  const char *const *bins;  /* names; NULL: those that the program knows */
  const char *const *sites; /* names; NULL: none */
  StnPaper paper;
  const char *(*say) (const char *text); /* translates; NULL: English */
} StnCardOptions;

/* A PDF. Errors: STN_FAILURE_USAGE (a name that a scanner can't send: 1 to 40 printable ASCII characters). */
GBytes *stn_card_to_pdf (const StnCardOptions *options, GError **error);

G_END_DECLS
