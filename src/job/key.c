#include "src/job/key.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/bytes.h"

enum {
  KEY_FILE_BYTES_MOST = 16 * 1024,
  ID_DIGITS = 16,
  OWNER_BYTES_MOST = 100,
  /* of the key that a passphrase makes; fixed, so that a file can't ask for hours or gigabytes */
  LOCK_OPERATIONS = 4,
  LOCK_MEMORY_BYTES = 64 * 1024 * 1024
};

G_STATIC_ASSERT (STN_PUBLIC_KEY_BYTES == crypto_sign_PUBLICKEYBYTES);
G_STATIC_ASSERT (STN_SIGNATURE_BYTES == crypto_sign_BYTES);
G_STATIC_ASSERT (crypto_sign_SEEDBYTES == 32);

#define BOX_BYTES (crypto_sign_SEEDBYTES + crypto_secretbox_MACBYTES)

struct StnSecretKey {
  StnPublicKey *public_key;
  guint8 *seed;   /* sodium_malloc */
  guint8 *secret; /* sodium_malloc; crypto_sign_SECRETKEYBYTES */
};

typedef struct {
  gint64 version;
  char *id;
  char *owner;
  char *public_hex;
  char *seed_hex;
  struct {
    gboolean present;
    char *salt, *nonce, *box;
  } locked;
  const StnNode *place, *id_place, *public_place, *locked_place;
} KeyFile;

#define COMMON_FIELDS(first_key)                                                    \
  { .key = first_key,                                                               \
    .kind = STN_FIELD_INTEGER,                                                      \
    STN_MEMBER (KeyFile, version),                                                  \
    .required = TRUE,                                                               \
    .low = 1,                                                                       \
    .high = 1,                                                                      \
    .help = "the version of the file's format" },                                   \
      { .key = "id",                                                                \
        .kind = STN_FIELD_TEXT,                                                     \
        STN_MEMBER (KeyFile, id),                                                   \
        .required = TRUE,                                                           \
        .low = ID_DIGITS,                                                           \
        .high = ID_DIGITS,                                                          \
        .help = "16 hex digits: the beginning of the SHA-256 of its public half" }, \
      { .key = "owner",                                                             \
        .kind = STN_FIELD_TEXT,                                                     \
        STN_MEMBER (KeyFile, owner),                                                \
        .required = TRUE,                                                           \
        .low = 1,                                                                   \
        .high = OWNER_BYTES_MOST,                                                   \
        .help = "who signs with it" },                                              \
      { .key = "public",                                                            \
        .kind = STN_FIELD_HASH,                                                     \
        STN_MEMBER (KeyFile, public_hex),                                           \
        .required = TRUE,                                                           \
        .help = "the Ed25519 public key" },                                         \
      { .key = "", .kind = STN_FIELD_PLACE, STN_MEMBER (KeyFile, place) },          \
      { .key = "id", .kind = STN_FIELD_PLACE, STN_MEMBER (KeyFile, id_place) },     \
  {                                                                                 \
    .key = "public", .kind = STN_FIELD_PLACE, STN_MEMBER (KeyFile, public_place)    \
  }

static const StnField public_fields[] = { COMMON_FIELDS ("station-public-key"), { 0 } };

static const StnField locked_fields[] = { { .key = "salt",
                                            .kind = STN_FIELD_TEXT,
                                            STN_MEMBER (KeyFile, locked.salt),
                                            .required = TRUE,
                                            .low = 2 * crypto_pwhash_SALTBYTES,
                                            .high = 2 * crypto_pwhash_SALTBYTES,
                                            .help = "of Argon2id, in hex" },
                                          { .key = "nonce",
                                            .kind = STN_FIELD_TEXT,
                                            STN_MEMBER (KeyFile, locked.nonce),
                                            .required = TRUE,
                                            .low = 2 * crypto_secretbox_NONCEBYTES,
                                            .high = 2 * crypto_secretbox_NONCEBYTES,
                                            .help = "of the box, in hex" },
                                          { .key = "box",
                                            .kind = STN_FIELD_TEXT,
                                            STN_MEMBER (KeyFile, locked.box),
                                            .required = TRUE,
                                            .low = 2 * BOX_BYTES,
                                            .high = 2 * BOX_BYTES,
                                            .help = "the locked seed, in hex" },
                                          { 0 } };

static const StnField secret_fields[] = {
  COMMON_FIELDS ("station-secret-key"),
  { .key = "seed", .kind = STN_FIELD_HASH, STN_MEMBER (KeyFile, seed_hex), .help = "the secret half, in hex" },
  { .key = "locked",
    .kind = STN_FIELD_OBJECT,
    .fields = locked_fields,
    STN_PRESENT (KeyFile, locked.present),
    .help = "the secret half, locked with a passphrase" },
  { .key = "locked", .kind = STN_FIELD_PLACE, STN_MEMBER (KeyFile, locked_place) },
  { 0 }
};

gboolean
stn_key_hex_to_bytes (const char *text, guint8 *out_bytes, gsize count)
{
  if (text == NULL || strlen (text) != 2 * count)
    return FALSE;
  for (gsize i = 0; i < 2 * count; i++)
    if (!g_ascii_isxdigit (text[i]) || g_ascii_isupper (text[i]))
      return FALSE;
  for (gsize i = 0; i < count; i++)
    out_bytes[i] = (guint8) (g_ascii_xdigit_value (text[2 * i]) << 4 | g_ascii_xdigit_value (text[2 * i + 1]));
  return TRUE;
}

char *
stn_key_hex_from_bytes (const guint8 *bytes, gsize count)
{
  char *text = g_malloc (2 * count + 1);
  for (gsize i = 0; i < count; i++)
    g_snprintf (text + 2 * i, 3, "%02x", bytes[i]);
  text[2 * count] = '\0';
  return text;
}

static char *
id_of (const guint8 bytes[STN_PUBLIC_KEY_BYTES])
{
  g_autofree char *hash = stn_bytes_sha256 (bytes, STN_PUBLIC_KEY_BYTES);
  return g_strndup (hash, ID_DIGITS);
}

/* Reads a small file, seeing that what is read is what was looked at. `rights` are those that it must not have. */
static char *
read_small_file (const char *path, mode_t rights, gsize *out_length, GError **error)
{
  int handle = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (handle < 0) {
    stn_error_set (error, STN_FAILURE_BAD_FILE, "%s: %s", path, g_strerror (errno));
    return NULL;
  }
  g_autofree char *text = g_malloc (KEY_FILE_BYTES_MOST + 1);
  struct stat status;
  gsize length = 0;
  gboolean ok = fstat (handle, &status) == 0;
  if (ok && !S_ISREG (status.st_mode)) {
    stn_error_set (error, STN_FAILURE_BAD_FILE, "%s: not a plain file", path);
    ok = FALSE;
  } else if (ok && (status.st_mode & rights) != 0) {
    stn_error_set (error, STN_FAILURE_PERMISSION, "%s: its rights are %03o: others may %s it", path,
                   (guint) (status.st_mode & 0777), rights & S_IROTH ? "read" : "write");
    ok = FALSE;
  }
  while (ok && length <= KEY_FILE_BYTES_MOST) {
    ssize_t got = read (handle, text + length, KEY_FILE_BYTES_MOST + 1 - length);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      break;
    length += (gsize) got;
  }
  close (handle);
  if (ok && length > KEY_FILE_BYTES_MOST) {
    stn_error_set (error, STN_FAILURE_BAD_FILE, "%s: larger than any key file", path);
    ok = FALSE;
  }
  if (!ok) {
    sodium_memzero (text, length);
    return NULL;
  }
  *out_length = length;
  return g_steal_pointer (&text);
}

static gboolean
is_one_line (const char *text)
{
  gsize length = strlen (text);
  if (length == 0 || length > OWNER_BYTES_MOST || !g_utf8_validate (text, -1, NULL))
    return FALSE;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (!g_unichar_isprint (g_utf8_get_char (p)))
      return FALSE;
  return TRUE;
}

static StnPublicKey *
public_key_from (const KeyFile *file, GError **error)
{
  g_autoptr (StnPublicKey) self = g_new0 (StnPublicKey, 1);
  if (!stn_key_hex_to_bytes (file->public_hex, self->bytes, sizeof self->bytes)) {
    stn_node_error (file->public_place, error, "64 hex digits", NULL, "public");
    return NULL;
  }
  self->id = id_of (self->bytes);
  if (g_strcmp0 (self->id, file->id) != 0) {
    g_autofree char *found = stn_text_quote (file->id);
    stn_node_error (file->id_place, error, self->id, found, "id");
    return NULL;
  }
  if (!is_one_line (file->owner)) {
    stn_node_error (file->place, error, "one line of printable text", NULL, "owner");
    return NULL;
  }
  self->owner = g_strdup (file->owner);
  self->path = g_strdup (file->place->file);
  return g_steal_pointer (&self);
}

/* Reads a key file of either kind; the document must live as long as `out`'s places. */
static StnYaml *
read_key_file (const char *path, const StnField *fields, mode_t rights, KeyFile *out, GError **error)
{
  gsize length = 0;
  g_autofree char *text = read_small_file (path, rights, &length, error);
  if (text == NULL)
    return NULL;
  g_autoptr (StnYaml) yaml = stn_yaml_parse (path, text, length, error);
  sodium_memzero (text, length);
  if (yaml == NULL || !stn_fields_read (fields, stn_yaml_root (yaml), out, error))
    return NULL;
  return g_steal_pointer (&yaml);
}

static void
wipe (char *text)
{
  if (text != NULL)
    sodium_memzero (text, strlen (text));
}

static gboolean
start (GError **error)
{
  if (sodium_init () >= 0)
    return TRUE;
  stn_error_set (error, STN_FAILURE_INTERNAL, "libsodium does not start");
  return FALSE;
}

StnPublicKey *
stn_public_key_load (const char *path, GError **error)
{
  KeyFile file = { 0 };
  g_autoptr (StnYaml) yaml = start (error) ? read_key_file (path, public_fields, S_IWOTH, &file, error) : NULL;
  if (yaml == NULL)
    return NULL;
  StnPublicKey *self = public_key_from (&file, error);
  stn_fields_clear (public_fields, &file);
  return self;
}

void
stn_public_key_free (StnPublicKey *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->owner);
  g_free (self->path);
  g_free (self);
}

/* A YAML scalar in single quotes: whatever one line holds. */
static char *
yaml_quote (const char *text)
{
  GString *out = g_string_new ("'");
  for (const char *p = text; *p != '\0'; p++)
    g_string_append (out, *p == '\'' ? "''" : (char[]){ *p, '\0' });
  g_string_append_c (out, '\'');
  return g_string_free (out, FALSE);
}

static char *
key_text (const StnPublicKey *self, const char *kind)
{
  g_autofree char *hex = stn_key_hex_from_bytes (self->bytes, sizeof self->bytes);
  g_autofree char *owner = yaml_quote (self->owner);
  return g_strdup_printf ("%s: 1\nid: '%s'\nowner: %s\npublic: '%s'\n", kind, self->id, owner, hex);
}

char *
stn_public_key_text (const StnPublicKey *self)
{
  return key_text (self, "station-public-key");
}

gboolean
stn_public_key_verify (const StnPublicKey *self, const char *message, const guint8 signature[STN_SIGNATURE_BYTES])
{
  return sodium_init () >= 0
         && crypto_sign_verify_detached (signature, (const guint8 *) message, strlen (message), self->bytes) == 0;
}

/* Takes `seed` (sodium_malloc); NULL where it is not the secret half of `public_key`, which is taken too. */
static StnSecretKey *
secret_key_from (StnPublicKey *public_key, guint8 *seed)
{
  g_autoptr (StnSecretKey) self = g_new0 (StnSecretKey, 1);
  guint8 bytes[STN_PUBLIC_KEY_BYTES];

  self->public_key = public_key;
  self->seed = seed;
  self->secret = sodium_malloc (crypto_sign_SECRETKEYBYTES);
  if (self->seed == NULL || self->secret == NULL || crypto_sign_seed_keypair (bytes, self->secret, self->seed) != 0)
    return NULL;
  if (public_key->id == NULL) {
    memcpy (public_key->bytes, bytes, sizeof bytes);
    public_key->id = id_of (bytes);
  }
  return memcmp (public_key->bytes, bytes, sizeof bytes) == 0 ? g_steal_pointer (&self) : NULL;
}

StnSecretKey *
stn_secret_key_new (const char *owner, GError **error)
{
  if (!is_one_line (owner)) {
    stn_error_set (error, STN_FAILURE_USAGE, "a key's owner is one line of at most %d bytes", OWNER_BYTES_MOST);
    return NULL;
  }
  if (!start (error))
    return NULL;
  StnPublicKey *public_key = g_new0 (StnPublicKey, 1);
  public_key->owner = g_strdup (owner);
  guint8 *seed = sodium_malloc (crypto_sign_SEEDBYTES);
  if (seed != NULL)
    randombytes_buf (seed, crypto_sign_SEEDBYTES);
  StnSecretKey *self = secret_key_from (public_key, seed);
  if (self == NULL)
    stn_error_set (error, STN_FAILURE_INTERNAL, "no memory for a secret key");
  return self;
}

void
stn_secret_key_free (StnSecretKey *self)
{
  if (self == NULL)
    return;
  stn_public_key_free (self->public_key);
  sodium_free (self->seed);
  sodium_free (self->secret);
  g_free (self);
}

static gboolean
lock_key (const char *passphrase, const guint8 salt[crypto_pwhash_SALTBYTES], guint8 out[crypto_secretbox_KEYBYTES])
{
  return crypto_pwhash (out, crypto_secretbox_KEYBYTES, passphrase, strlen (passphrase), salt, LOCK_OPERATIONS,
                        LOCK_MEMORY_BYTES, crypto_pwhash_ALG_ARGON2ID13)
         == 0;
}

static gboolean
unlock (const KeyFile *file, const char *path, const char *passphrase, guint8 *out_seed, GError **error)
{
  guint8 salt[crypto_pwhash_SALTBYTES], nonce[crypto_secretbox_NONCEBYTES], box[BOX_BYTES];
  guint8 key[crypto_secretbox_KEYBYTES];

  if (!stn_key_hex_to_bytes (file->locked.salt, salt, sizeof salt)
      || !stn_key_hex_to_bytes (file->locked.nonce, nonce, sizeof nonce)
      || !stn_key_hex_to_bytes (file->locked.box, box, sizeof box)) {
    stn_node_error (file->locked_place, error, "hex digits", NULL, "locked");
    return FALSE;
  }
  if (passphrase == NULL) {
    stn_error_set (error, STN_FAILURE_USAGE, "%s: the key is locked, and no passphrase was given", path);
    return FALSE;
  }
  gboolean ok =
      lock_key (passphrase, salt, key) && crypto_secretbox_open_easy (out_seed, box, sizeof box, nonce, key) == 0;
  sodium_memzero (key, sizeof key);
  if (!ok)
    stn_error_set (error, STN_FAILURE_USAGE, "%s: the passphrase does not open the key", path);
  return ok;
}

StnSecretKey *
stn_secret_key_load (const char *path, const char *passphrase, GError **error)
{
  KeyFile file = { 0 };
  StnSecretKey *self = NULL;
  g_autoptr (StnYaml) yaml = NULL;

  if (!start (error))
    return NULL;
  yaml = read_key_file (path, secret_fields, S_IRWXG | S_IRWXO, &file, error);
  if (yaml == NULL)
    return NULL;
  g_autoptr (StnPublicKey) public_key = public_key_from (&file, error);
  guint8 *seed = public_key != NULL ? sodium_malloc (crypto_sign_SEEDBYTES) : NULL;
  gboolean has_seed = FALSE;
  if (seed == NULL) {
    if (public_key != NULL)
      stn_error_set (error, STN_FAILURE_INTERNAL, "no memory for a secret key");
  } else if ((file.seed_hex != NULL) == file.locked.present) {
    stn_node_error (file.place, error, "one of seed and locked", NULL, "a secret key");
  } else if (file.seed_hex != NULL) {
    has_seed = stn_key_hex_to_bytes (file.seed_hex, seed, crypto_sign_SEEDBYTES);
  } else {
    has_seed = unlock (&file, path, passphrase, seed, error);
  }
  if (has_seed) {
    self = secret_key_from (g_steal_pointer (&public_key), g_steal_pointer (&seed));
    if (self == NULL)
      stn_node_error (file.place, error, NULL, NULL, "the secret half does not belong to the public one");
  }
  sodium_free (seed);
  wipe (file.seed_hex);
  stn_fields_clear (secret_fields, &file);
  return self;
}

gboolean
stn_secret_key_is_locked (const char *path)
{
  KeyFile file = { 0 };
  g_autoptr (StnYaml) yaml = read_key_file (path, secret_fields, 0, &file, NULL);
  if (yaml == NULL)
    return FALSE;
  gboolean is_locked = file.locked.present;
  wipe (file.seed_hex);
  stn_fields_clear (secret_fields, &file);
  return is_locked;
}

const StnPublicKey *
stn_secret_key_public (const StnSecretKey *self)
{
  return self->public_key;
}

void
stn_secret_key_sign (const StnSecretKey *self, const char *message, guint8 out_signature[STN_SIGNATURE_BYTES])
{
  crypto_sign_detached (out_signature, NULL, (const guint8 *) message, strlen (message), self->secret);
}

static char *
locked_text (const StnSecretKey *self, const char *passphrase, GError **error)
{
  guint8 salt[crypto_pwhash_SALTBYTES], nonce[crypto_secretbox_NONCEBYTES], box[BOX_BYTES];
  guint8 key[crypto_secretbox_KEYBYTES];

  randombytes_buf (salt, sizeof salt);
  randombytes_buf (nonce, sizeof nonce);
  gboolean ok = lock_key (passphrase, salt, key)
                && crypto_secretbox_easy (box, self->seed, crypto_sign_SEEDBYTES, nonce, key) == 0;
  sodium_memzero (key, sizeof key);
  if (!ok) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "no memory to lock a key with a passphrase");
    return NULL;
  }
  g_autofree char *salt_hex = stn_key_hex_from_bytes (salt, sizeof salt);
  g_autofree char *nonce_hex = stn_key_hex_from_bytes (nonce, sizeof nonce);
  g_autofree char *box_hex = stn_key_hex_from_bytes (box, sizeof box);
  return g_strdup_printf ("locked:\n  salt: '%s'\n  nonce: '%s'\n  box: '%s'\n", salt_hex, nonce_hex, box_hex);
}

static gboolean
write_new_file (const char *path, const char *text, GError **error)
{
  gsize length = strlen (text), done = 0;
  int handle = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (handle < 0) {
    stn_error_set (error, errno == EEXIST ? STN_FAILURE_USAGE : STN_FAILURE_BAD_FILE, "%s: %s", path,
                   g_strerror (errno));
    return FALSE;
  }
  gboolean ok = TRUE;
  while (ok && done < length) {
    ssize_t put = write (handle, text + done, length - done);
    if (put < 0 && errno == EINTR)
      continue;
    ok = put > 0;
    done += ok ? (gsize) put : 0;
  }
  ok = ok && fsync (handle) == 0;
  int reason = errno;
  ok = close (handle) == 0 && ok;
  if (!ok) {
    stn_error_set (error, STN_FAILURE_BAD_FILE, "%s: %s", path, g_strerror (reason));
    unlink (path);
  }
  return ok;
}

gboolean
stn_secret_key_save (const StnSecretKey *self, const char *path, const char *passphrase, GError **error)
{
  g_autofree char *head = key_text (self->public_key, "station-secret-key");
  g_autofree char *tail = NULL;
  if (passphrase != NULL) {
    tail = locked_text (self, passphrase, error);
  } else {
    g_autofree char *hex = stn_key_hex_from_bytes (self->seed, crypto_sign_SEEDBYTES);
    tail = g_strdup_printf ("seed: '%s'\n", hex);
    wipe (hex);
  }
  if (tail == NULL)
    return FALSE;
  g_autofree char *text = g_strconcat (head, tail, NULL);
  gboolean ok = write_new_file (path, text, error);
  wipe (text);
  wipe (tail);
  return ok;
}
