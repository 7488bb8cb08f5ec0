#include "src/job/signature.h"

#include <string.h>

enum { SIGNATURE_FILE_BYTES_MOST = 16 * 1024 };

typedef struct {
  gint64 version;
  char *job;
  char *key;
  char *signature;
} SignatureFile;

static const StnField signature_fields[] = {
  { .key = "station-signature",
    .kind = STN_FIELD_INTEGER,
    STN_MEMBER (SignatureFile, version),
    .required = TRUE,
    .low = 1,
    .high = 1,
    .help = "the version of the file's format" },
  { .key = "job",
    .kind = STN_FIELD_HASH,
    STN_MEMBER (SignatureFile, job),
    .required = TRUE,
    .help = "the hash of the job that was signed: of job.yaml and every file that it names" },
  { .key = "key",
    .kind = STN_FIELD_TEXT,
    STN_MEMBER (SignatureFile, key),
    .required = TRUE,
    .low = 16,
    .high = 16,
    .help = "the id of the key that signed, 16 hex digits" },
  { .key = "signature",
    .kind = STN_FIELD_TEXT,
    STN_MEMBER (SignatureFile, signature),
    .required = TRUE,
    .low = 128,
    .high = 128,
    .help = "Ed25519, 128 hex digits" },
  { 0 }
};

char *
stn_signature_path (const char *job_path)
{
  return g_strconcat (job_path, ".sig", NULL);
}

/* What is signed: named, so that no signature of anything else can pass for one of a job. */
static char *
message_of (const char *job_hash)
{
  return g_strdup_printf ("station job signature 1\n%s\n", job_hash);
}

static void
judge (StnSignature *self, const SignatureFile *file, const char *job_hash, const StnKeyring *keyring)
{
  guint8 bytes[STN_SIGNATURE_BYTES];
  g_autofree char *message = message_of (job_hash);

  if (!stn_key_hex_to_bytes (file->signature, bytes, sizeof bytes)) {
    self->state = STN_SIGNATURE_UNREADABLE;
    self->words = g_strdup ("not signed: the signature is no hex");
    return;
  }
  const StnPublicKey *key = stn_keyring_find (keyring, file->key);
  if (key == NULL) {
    g_autofree char *id = stn_text_quote (file->key);
    self->state = STN_SIGNATURE_UNKNOWN_KEY;
    self->words = g_strdup_printf ("signed by a key that is not trusted here (%s)", id);
    return;
  }
  self->key_id = g_strdup (key->id);
  self->owner = g_strdup (key->owner);
  if (stn_public_key_verify (key, message, bytes)) {
    self->state = STN_SIGNATURE_GOOD;
    self->words = g_strdup_printf ("signed by %s (key %s)", key->owner, key->id);
  } else if (!g_str_equal (file->job, job_hash)) {
    self->state = STN_SIGNATURE_OTHER_JOB;
    self->words = g_strdup ("not signed: the signature is of another job, or the job or one of its files was changed "
                            "since");
  } else {
    self->state = STN_SIGNATURE_WRONG;
    self->words = g_strdup_printf ("not signed: the signature is not one of key %s", key->id);
  }
}

StnSignature *
stn_signature_check (const char *job_path, const char *job_hash, const StnKeyring *keyring)
{
  StnSignature *self = g_new0 (StnSignature, 1);
  g_autofree char *path = stn_signature_path (job_path);
  g_autoptr (StnKeyring) usual = keyring == NULL ? stn_keyring_new (NULL) : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInfo) info = g_file_query_info (
      file, G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE, NULL, &error);

  if (info == NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)) {
    self->words = g_strdup ("not signed");
    return self;
  }
  g_autofree char *text = NULL;
  gsize length = 0;
  g_autoptr (StnYaml) yaml = NULL;
  SignatureFile read = { 0 };
  g_clear_error (&error);
  self->state = STN_SIGNATURE_UNREADABLE;
  if (info == NULL || g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR
      || g_file_info_get_size (info) > SIGNATURE_FILE_BYTES_MOST || !g_file_get_contents (path, &text, &length, NULL)) {
    self->words = g_strdup_printf ("not signed: %s can't be read", path);
    return self;
  }
  yaml = stn_yaml_parse (path, text, length, &error);
  if (yaml == NULL || !stn_fields_read (signature_fields, stn_yaml_root (yaml), &read, &error)) {
    self->words = g_strdup_printf ("not signed: %s", error->message);
    return self;
  }
  judge (self, &read, job_hash, keyring != NULL ? keyring : usual);
  stn_fields_clear (signature_fields, &read);
  return self;
}

void
stn_signature_free (StnSignature *self)
{
  if (self == NULL)
    return;
  g_free (self->key_id);
  g_free (self->owner);
  g_free (self->words);
  g_free (self);
}

gboolean
stn_signature_write (const char *job_path, const char *job_hash, const StnSecretKey *key, GError **error)
{
  guint8 bytes[STN_SIGNATURE_BYTES];
  g_autofree char *path = stn_signature_path (job_path);
  g_autofree char *message = message_of (job_hash);
  g_autoptr (GError) refused = NULL;

  stn_secret_key_sign (key, message, bytes);
  g_autofree char *hex = stn_key_hex_from_bytes (bytes, sizeof bytes);
  g_autofree char *text = g_strdup_printf ("station-signature: 1\njob: '%s'\nkey: '%s'\nsignature: '%s'\n", job_hash,
                                           stn_secret_key_public (key)->id, hex);
  if (g_file_set_contents (path, text, -1, &refused))
    return TRUE;
  stn_error_set (error, STN_FAILURE_BAD_FILE, "%s", refused->message);
  return FALSE;
}
