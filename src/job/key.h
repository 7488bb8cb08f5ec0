/* Keys that jobs are signed with: Ed25519 (RFC 8032) through libsodium.
 *
 * A key is a pair. The public half is a small YAML file (`NAME.pub`) which a station trusts when it lies in one of its
 * key folders; the secret half (`NAME.key`, mode 0600, on the engineer's machine) signs, and may be locked with a
 * passphrase (Argon2id, XSalsa20-Poly1305). A key's id is the first 8 bytes of the SHA-256 of its public half, as 16
 * hex digits: a file cannot claim the id of another key.
 *
 *     station-public-key: 1            station-secret-key: 1
 *     id: 0123456789abcdef             id: 0123456789abcdef
 *     owner: Anna Berg                 owner: Anna Berg
 *     public: 64 HEX DIGITS            public: 64 HEX DIGITS
 *                                      seed: 64 HEX DIGITS
 *                                      or locked: { salt: 32 DIGITS, nonce: 48, box: 96 }
 *
 * Any thread; files block. */
#pragma once

#include "src/base/fields.h"

G_BEGIN_DECLS

#define STN_PUBLIC_KEY_BYTES 32
#define STN_SIGNATURE_BYTES 64

typedef struct {
  char *id;    /* 16 hex digits */
  char *owner; /* as its file says: who signs with it */
  char *path;  /* the file it came from; NULL: none */
  guint8 bytes[STN_PUBLIC_KEY_BYTES];
} StnPublicKey;

/* `path` is for messages. Errors: STN_FAILURE_BAD_FILE. */
StnPublicKey *stn_public_key_load (const char *path, GError **error);
void stn_public_key_free (StnPublicKey *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnPublicKey, stn_public_key_free)
/* The file. g_free. */
char *stn_public_key_text (const StnPublicKey *self);

typedef struct StnSecretKey StnSecretKey;

/* A new pair. `owner`: one line, 1 to 100 bytes. Errors: STN_FAILURE_USAGE (owner), INTERNAL (no libsodium). */
StnSecretKey *stn_secret_key_new (const char *owner, GError **error);
/* Errors: STN_FAILURE_BAD_FILE; PERMISSION where others may read the file; USAGE where it is locked and `passphrase` is
 * NULL or wrong. */
StnSecretKey *stn_secret_key_load (const char *path, const char *passphrase, GError **error);
/* Wipes what it held. */
void stn_secret_key_free (StnSecretKey *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnSecretKey, stn_secret_key_free)
/* Writes the file with mode 0600, never over another one; `passphrase` NULL: not locked. */
gboolean stn_secret_key_save (const StnSecretKey *self, const char *path, const char *passphrase, GError **error);
/* Whether the file's key is locked; FALSE also for what can't be read. */
gboolean stn_secret_key_is_locked (const char *path);
const StnPublicKey *stn_secret_key_public (const StnSecretKey *self);
void stn_secret_key_sign (const StnSecretKey *self, const char *message, guint8 out_signature[STN_SIGNATURE_BYTES]);
gboolean stn_public_key_verify (const StnPublicKey *self, const char *message,
                                const guint8 signature[STN_SIGNATURE_BYTES]);

/* Lower-case hex of a fixed number of bytes; FALSE for any other text. */
gboolean stn_key_hex_to_bytes (const char *text, guint8 *out_bytes, gsize count);
char *stn_key_hex_from_bytes (const guint8 *bytes, gsize count);

/* ---- the public keys that are trusted ---- */

typedef struct StnKeyring StnKeyring;

/* Every *.pub of the folders, in the order of folders and names; NULL: $STATION_KEYS (folders separated by colons)
 * where it is set, else /etc/station/keys and the user's config folder station/keys. A file that can't be used (not a
 * key, or writable by everybody) is left out and named by stn_keyring_warnings: a wrong file beside the right ones
 * must not stop a line. Never fails. */
StnKeyring *stn_keyring_new (const char *const *folders);
void stn_keyring_free (StnKeyring *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnKeyring, stn_keyring_free)
const StnPublicKey *stn_keyring_find (const StnKeyring *self, const char *id); /* NULL: not trusted */
const StnPublicKey *const *stn_keyring_list (const StnKeyring *self, guint *out_count);
const char *const *stn_keyring_warnings (const StnKeyring *self, guint *out_count);
/* The user's own folders: "…/station/keys" and "…/station/secret-keys". g_free. */
char *stn_keyring_user_folder (void);
char *stn_secret_key_user_folder (void);

G_END_DECLS
