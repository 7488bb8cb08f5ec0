/* A job's signature: Ed25519 over the job's hash, in a file of its own beside the job ("job.yaml.sig").
 *
 *     station-signature: 1
 *     job: 64 HEX DIGITS            the job hash that was signed, for people and messages
 *     key: 0123456789abcdef         the id of the key
 *     signature: 128 HEX DIGITS     over "station job signature 1\n" and the job hash as hex digits and "\n"
 *
 * The job hash covers job.yaml and every file that it names, so one changed byte in any of them makes the signature
 * another job's. What the file says of itself is not believed: the job's own hash is worked out and the key must be one
 * of the station's (key.h). */
#pragma once

#include "src/job/key.h"

G_BEGIN_DECLS

typedef enum {
  STN_SIGNATURE_NONE,        /* there is no such file */
  STN_SIGNATURE_GOOD,        /* by a key that the station trusts */
  STN_SIGNATURE_UNKNOWN_KEY, /* by a key that it does not have */
  STN_SIGNATURE_OTHER_JOB,   /* of a job with another hash: something was changed since, or the file is another job's */
  STN_SIGNATURE_WRONG,       /* it is not that key's signature */
  STN_SIGNATURE_UNREADABLE   /* cut, or no signature file */
} StnSignatureState;

typedef struct {
  StnSignatureState state;
  char *key_id; /* NULL: not read */
  char *owner;  /* as the station's own copy of the key says; NULL where the key is not trusted */
  char *words;  /* a sentence without its full stop: "signed by Anna Berg (key 0123456789abcdef)" */
} StnSignature;

/* Never fails: what is wrong is the state. `keyring` NULL: the usual folders. Blocks on files. */
StnSignature *stn_signature_check (const char *job_path, const char *job_hash, const StnKeyring *keyring);
void stn_signature_free (StnSignature *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnSignature, stn_signature_free)

/* "PATH.sig". g_free. */
char *stn_signature_path (const char *job_path);
/* Writes the file, over an older one. Error: STN_FAILURE_BAD_FILE. */
gboolean stn_signature_write (const char *job_path, const char *job_hash, const StnSecretKey *key, GError **error);


G_END_DECLS
