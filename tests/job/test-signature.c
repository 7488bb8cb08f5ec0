/* Keys, what they sign, and whom a station believes. */
#include <sys/stat.h>

#include "tests/job/job-fixture.h"

#define A_JOB                                                                                               \
  "job: J\nrevision: 1\ntarget: STM32F103xB\nimages: [{ name: app, file: app.bin, address: 0x08000000 }]\n" \
  "boot-check: none\n"

static char *
path_in (const Fixture *self, const char *name)
{
  return g_build_filename (self->folder, name, NULL);
}

static StnSecretKey *
new_key_or_fail (const char *owner)
{
  g_autoptr (GError) error = NULL;
  StnSecretKey *key = stn_secret_key_new (owner, &error);
  g_assert_no_error (error);
  return key;
}

/* The folder's *.pub are what the station trusts. */
static void
trust (const Fixture *self, const StnSecretKey *key, const char *name)
{
  g_autofree char *text = stn_public_key_text (stn_secret_key_public (key));
  write_file (self, name, text, strlen (text));
  g_setenv ("STATION_KEYS", self->folder, TRUE);
}

static StnJob *
a_job (const Fixture *self)
{
  write_bin (self, "app.bin", 0x08000000, 1000, 0x5a);
  return job_or_fail (self, A_JOB);
}

static void
sign_or_fail (const Fixture *self, const StnSecretKey *key)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = path_in (self, "job.yaml");
  g_autoptr (StnJob) job = stn_job_load (path, &error);
  g_assert_no_error (error);
  stn_signature_write (path, job->hash, key, &error);
  g_assert_no_error (error);
}

static void
assert_state (const Fixture *self, StnSignatureState state, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = path_in (self, "job.yaml");
  g_autoptr (StnJob) job = stn_job_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (job->signature->state, ==, state);
  if (strstr (job->signature->words, words) == NULL)
    g_error ("“%s” is not in “%s”", words, job->signature->words);
}

static void
a_job_without_a_file_beside_it_is_not_signed (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (StnJob) job = a_job (self);
  assert_state (self, STN_SIGNATURE_NONE, "not signed");
}

static void
a_signed_job_names_its_signer_as_the_station_knows_him (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (StnSecretKey) key = new_key_or_fail ("Anna Berg");
  g_autoptr (StnJob) job = a_job (self);
  trust (self, key, "anna.pub");
  sign_or_fail (self, key);
  g_autofree char *words = g_strdup_printf ("signed by Anna Berg (key %s)", stn_secret_key_public (key)->id);
  assert_state (self, STN_SIGNATURE_GOOD, words);
}

static void
one_changed_byte_of_job_or_image_makes_it_another_jobs_signature (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (StnSecretKey) key = new_key_or_fail ("Anna Berg");
  g_autoptr (StnJob) job = a_job (self);
  trust (self, key, "anna.pub");
  sign_or_fail (self, key);

  write_bin (self, "app.bin", 0x08000000, 1000, 0x5b);
  assert_state (self, STN_SIGNATURE_OTHER_JOB, "was changed");
  write_bin (self, "app.bin", 0x08000000, 1000, 0x5a);
  assert_state (self, STN_SIGNATURE_GOOD, "signed by");
  write_file (self, "job.yaml", A_JOB "\n", strlen (A_JOB) + 1);
  assert_state (self, STN_SIGNATURE_OTHER_JOB, "was changed");
}

static void
a_key_that_is_not_in_the_folder_is_not_trusted (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (StnSecretKey) key = new_key_or_fail ("Anna Berg");
  g_autoptr (StnSecretKey) other = new_key_or_fail ("Somebody else");
  g_autoptr (StnJob) job = a_job (self);
  trust (self, key, "anna.pub");
  sign_or_fail (self, other);
  assert_state (self, STN_SIGNATURE_UNKNOWN_KEY, "not trusted here");
}

static void
a_signature_that_says_the_id_of_a_trusted_key_is_seen_through (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (StnSecretKey) key = new_key_or_fail ("Anna Berg");
  g_autoptr (StnSecretKey) other = new_key_or_fail ("Somebody else");
  g_autoptr (StnJob) job = a_job (self);
  trust (self, key, "anna.pub");
  sign_or_fail (self, other);

  g_autofree char *path = path_in (self, "job.yaml.sig");
  g_autofree char *bytes = NULL;
  g_assert_true (g_file_get_contents (path, &bytes, NULL, NULL));
  g_autoptr (GString) text = g_string_new (bytes);
  g_string_replace (text, stn_secret_key_public (other)->id, stn_secret_key_public (key)->id, 0);
  write_file (self, "job.yaml.sig", text->str, text->len);
  assert_state (self, STN_SIGNATURE_WRONG, "is not one of key");
}

/* The file says the right job hash, and yet was made for another job. */
static void
a_signature_taken_from_another_job_is_no_signature (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (GError) error = NULL;
  g_autoptr (StnSecretKey) key = new_key_or_fail ("Anna Berg");
  g_autoptr (StnJob) job = a_job (self);
  trust (self, key, "anna.pub");
  g_autofree char *path = path_in (self, "job.yaml");
  const char *other_hash = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
  g_assert_true (stn_signature_write (path, other_hash, key, &error));
  assert_state (self, STN_SIGNATURE_OTHER_JOB, "of another job");

  g_autofree char *sig = path_in (self, "job.yaml.sig");
  g_autofree char *bytes = NULL;
  g_assert_true (g_file_get_contents (sig, &bytes, NULL, NULL));
  g_autoptr (GString) text = g_string_new (bytes);
  g_assert_cmpuint (g_string_replace (text, other_hash, job->hash, 0), ==, 1);
  write_file (self, "job.yaml.sig", text->str, text->len);
  assert_state (self, STN_SIGNATURE_WRONG, "is not one of key");
}

static void
every_cut_and_every_flipped_bit_of_the_file_is_seen (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (StnSecretKey) key = new_key_or_fail ("Anna Berg");
  g_autoptr (StnJob) job = a_job (self);
  trust (self, key, "anna.pub");
  sign_or_fail (self, key);
  g_autofree char *path = path_in (self, "job.yaml"), *sig = path_in (self, "job.yaml.sig");
  g_autofree char *bytes = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (sig, &bytes, &length, NULL));

  /* the last two bytes are a quote and a line end; without the latter it still is the whole signature */
  for (gsize cut = 0; cut + 1 < length; cut++) {
    write_file (self, "job.yaml.sig", bytes, cut);
    g_autoptr (StnSignature) seen = stn_signature_check (path, job->hash, NULL);
    g_assert_cmpint (seen->state, ==, STN_SIGNATURE_UNREADABLE);
  }
  const char *digits = strstr (bytes, "signature: '");
  digits = strstr (digits, "signature: '") + strlen ("signature: '");
  for (guint i = 0; i < 128; i++) {
    g_autofree char *changed = g_strdup (bytes);
    char *digit = &changed[digits - bytes + i];
    *digit = *digit == '0' ? '1' : '0';
    write_file (self, "job.yaml.sig", changed, length);
    g_autoptr (StnSignature) seen = stn_signature_check (path, job->hash, NULL);
    g_assert_cmpint (seen->state, ==, STN_SIGNATURE_WRONG);
  }
}

/* RFC 8032, section 7.1, test 1: the seed there gives that public key, whose signature of the empty message is known.
 */
static void
the_signatures_are_those_of_rfc_8032 (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (GError) error = NULL;
  static const char public_hex[] = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
  static const char signature_hex[] = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                                      "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";
  static const char file[] = "station-secret-key: 1\nid: '21fe31dfa154a261'\nowner: 'RFC'\n"
                             "public: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'\n"
                             "seed: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'\n";
  write_file (self, "rfc.key", file, sizeof file - 1);
  g_autofree char *path = path_in (self, "rfc.key");
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
  g_autoptr (StnSecretKey) key = stn_secret_key_load (path, NULL, &error);
  g_assert_no_error (error);
  guint8 signature[STN_SIGNATURE_BYTES];
  stn_secret_key_sign (key, "", signature);
  g_autofree char *hex = stn_key_hex_from_bytes (signature, sizeof signature);
  g_assert_cmpstr (hex, ==, signature_hex);
  g_autofree char *public_seen = stn_key_hex_from_bytes (stn_secret_key_public (key)->bytes, STN_PUBLIC_KEY_BYTES);
  g_assert_cmpstr (public_seen, ==, public_hex);
}

static void
a_secret_key_is_for_its_owner_alone_and_never_written_over (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (GError) error = NULL;
  g_autoptr (StnSecretKey) key = new_key_or_fail ("O'Hara: engineer");
  g_autofree char *path = path_in (self, "hara.key");
  g_assert_true (stn_secret_key_save (key, path, NULL, &error));
  struct stat status;
  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 07777, ==, 0600);
  g_assert_false (stn_secret_key_save (key, path, NULL, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_USAGE));
  g_clear_error (&error);

  g_autoptr (StnSecretKey) again = stn_secret_key_load (path, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (stn_secret_key_public (again)->owner, ==, "O'Hara: engineer");
  g_assert_cmpstr (stn_secret_key_public (again)->id, ==, stn_secret_key_public (key)->id);

  g_assert_cmpint (g_chmod (path, 0640), ==, 0);
  g_assert_null (stn_secret_key_load (path, NULL, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_PERMISSION));
}

static void
a_locked_key_opens_with_its_passphrase_only (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (GError) error = NULL;
  g_autoptr (StnSecretKey) key = new_key_or_fail ("Anna Berg");
  g_autofree char *path = path_in (self, "anna.key");
  g_assert_true (stn_secret_key_save (key, path, "correct horse", &error));
  g_assert_true (stn_secret_key_is_locked (path));
  g_autofree char *bytes = NULL;
  g_assert_true (g_file_get_contents (path, &bytes, NULL, NULL));
  g_assert_null (strstr (bytes, "seed"));

  g_assert_null (stn_secret_key_load (path, NULL, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_USAGE));
  g_clear_error (&error);
  g_assert_null (stn_secret_key_load (path, "correct hose", &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_USAGE));
  g_clear_error (&error);
  g_autoptr (StnSecretKey) again = stn_secret_key_load (path, "correct horse", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (stn_secret_key_public (again)->id, ==, stn_secret_key_public (key)->id);
}

static void
a_key_file_that_is_not_one_is_named_and_the_others_count (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (StnSecretKey) key = new_key_or_fail ("Anna Berg");
  trust (self, key, "c.pub");
  write_file (self, "a.pub", "hello\n", 6);
  /* the id of another key */
  static const char lies[] = "station-public-key: 1\nid: '0011223344556677'\nowner: 'x'\n"
                             "public: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'\n";
  write_file (self, "b.pub", lies, sizeof lies - 1);
  g_autofree char *text = stn_public_key_text (stn_secret_key_public (key));
  write_file (self, "d.pub", text, strlen (text));
  g_autofree char *open_to_all = path_in (self, "d.pub");
  g_assert_cmpint (g_chmod (open_to_all, 0666), ==, 0);

  const char *folders[] = { self->folder, "/nonexistent", NULL };
  g_autoptr (StnKeyring) ring = stn_keyring_new (folders);
  guint count;
  const StnPublicKey *const *keys = stn_keyring_list (ring, &count);
  g_assert_cmpuint (count, ==, 1);
  g_assert_cmpstr (keys[0]->owner, ==, "Anna Berg");
  const char *const *warnings = stn_keyring_warnings (ring, &count);
  g_assert_cmpuint (count, ==, 3);
  g_assert_nonnull (strstr (warnings[0], "a.pub"));
  g_assert_nonnull (strstr (warnings[1], "expected 21fe31dfa154a261, found “0011223344556677”"));
  g_assert_nonnull (strstr (warnings[2], "others may write it"));
}

static void
a_key_whose_halves_do_not_belong_together_is_refused (Fixture *self, gconstpointer data)
{
  (void) data;
  g_autoptr (GError) error = NULL;
  static const char file[] = "station-secret-key: 1\nid: '21fe31dfa154a261'\nowner: 'RFC'\n"
                             "public: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'\n"
                             "seed: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f61'\n";
  write_file (self, "rfc.key", file, sizeof file - 1);
  g_autofree char *path = path_in (self, "rfc.key");
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
  g_assert_null (stn_secret_key_load (path, NULL, &error));
  g_assert_true (stn_error_is (error, STN_FAILURE_BAD_FILE));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("STATION_KEYS", "/nonexistent", TRUE);
#define ADD(test) add_test ("/signature/" #test, test)
  ADD (a_job_without_a_file_beside_it_is_not_signed);
  ADD (a_signed_job_names_its_signer_as_the_station_knows_him);
  ADD (one_changed_byte_of_job_or_image_makes_it_another_jobs_signature);
  ADD (a_key_that_is_not_in_the_folder_is_not_trusted);
  ADD (a_signature_that_says_the_id_of_a_trusted_key_is_seen_through);
  ADD (a_signature_taken_from_another_job_is_no_signature);
  ADD (every_cut_and_every_flipped_bit_of_the_file_is_seen);
  ADD (the_signatures_are_those_of_rfc_8032);
  ADD (a_secret_key_is_for_its_owner_alone_and_never_written_over);
  ADD (a_locked_key_opens_with_its_passphrase_only);
  ADD (a_key_file_that_is_not_one_is_named_and_the_others_count);
  ADD (a_key_whose_halves_do_not_belong_together_is_refused);
#undef ADD
  return g_test_run ();
}
