#include "src/station/people.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FREE_TRIES 3
#define FIRST_WAIT_NS (30 * STN_NS_PER_S)
#define LONGEST_WAIT_NS (15 * 60 * STN_NS_PER_S)
#define PIN_LEAST 4
#define PIN_MOST 64

typedef struct {
  GPtrArray *people; /* StnPerson */
} PeopleFile;

/* Wrong PINs of a badge since the last right one. */
typedef struct {
  guint wrong;
  gint64 until_ns;
} Tries;

struct StnPeople {
  char *path;
  gboolean are_known;
  PeopleFile file;
  GHashTable *tries; /* badge -> Tries */
};

static const char *const role_names[] = { "operator", "supervisor", NULL };

static const StnField person_fields[] = {
  { .key = "badge", .kind = STN_FIELD_TEXT, STN_MEMBER (StnPerson, badge), .required = TRUE, .low = 1, .high = 64,
    .help = "what the scanner reads: letters, digits, - _ and ." },
  { .key = "name", .kind = STN_FIELD_TEXT, STN_MEMBER (StnPerson, name), .required = TRUE, .low = 1, .high = 128,
    .help = "what the screen and the records call the person" },
  { .key = "role", .kind = STN_FIELD_ENUM, STN_MEMBER (StnPerson, role), .names = role_names, .fallback = "operator",
    .help = "a supervisor unlocks what an operator may not do" },
  { .key = "pin", .kind = STN_FIELD_TEXT, STN_MEMBER (StnPerson, pin), .low = 1, .high = 256,
    .help = "libsodium's password hash of the PIN (stationctl people pin)" },
  { 0 },
};

static const StnField people_fields[] = {
  { .key = "people", .kind = STN_FIELD_LIST, STN_MEMBER (PeopleFile, people), .required = TRUE,
    .element = STN_FIELD_OBJECT, .fields = person_fields, .struct_size = sizeof (StnPerson), .items_most = 10000,
    .help = "everybody who works here" },
  { 0 },
};

const StnField *
stn_people_fields (void)
{
  return people_fields;
}

const char *
stn_role_name (StnRole role)
{
  return role_names[role == STN_ROLE_SUPERVISOR];
}

/* ---- a person ---- */

static StnPerson *
person_new (const char *badge, const char *name, StnRole role, const char *pin)
{
  StnPerson *self = g_new0 (StnPerson, 1);
  self->badge = g_strdup (badge);
  self->name = g_strdup (name);
  self->role = role;
  self->pin = g_strdup (pin);
  return self;
}

StnPerson *
stn_person_copy (const StnPerson *self)
{
  return person_new (self->badge, self->name, self->role, self->pin);
}

void
stn_person_free (StnPerson *self)
{
  if (self == NULL)
    return;
  g_free (self->badge);
  g_free (self->name);
  g_free (self->pin);
  g_free (self);
}

static gboolean
is_badge (const char *text)
{
  gsize length = text != NULL ? strlen (text) : 0;
  if (length == 0 || length > 64)
    return FALSE;
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("-_.", *c) == NULL)
      return FALSE;
  return TRUE;
}

static gboolean
is_name (const char *text)
{
  if (text == NULL || *text == '\0' || strlen (text) > 128 || !g_utf8_validate (text, -1, NULL))
    return FALSE;
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    if (g_unichar_iscntrl (g_utf8_get_char (c)))
      return FALSE;
  return TRUE;
}

/* ---- PINs ---- */

static char *
hash_pin (const char *pin, GError **error)
{
  char hash[crypto_pwhash_STRBYTES];

  gsize length = strlen (pin);
  if (length < PIN_LEAST || length > PIN_MOST) {
    stn_error_set (error, STN_FAILURE_USAGE, "a PIN has %d to %d characters", PIN_LEAST, PIN_MOST);
    return NULL;
  }
  if (sodium_init () < 0
      || crypto_pwhash_str (hash, pin, length, crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE)
             != 0) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "there is not enough memory to hash a PIN");
    return NULL;
  }
  return g_strdup (hash);
}

static gint64
wait_after (guint wrong)
{
  gint64 wait_ns = FIRST_WAIT_NS;
  for (guint i = FREE_TRIES; i < wrong && wait_ns < LONGEST_WAIT_NS; i++)
    wait_ns *= 2;
  return wrong < FREE_TRIES ? 0 : MIN (wait_ns, LONGEST_WAIT_NS);
}

gboolean
stn_people_check_pin (StnPeople *self, const char *badge, const char *pin, StnClock *clock, GError **error)
{
  const StnPerson *person = stn_people_find (self, badge);
  gint64 now_ns = stn_clock_now_ns (clock);

  if (person == NULL) {
    stn_error_set (error, STN_FAILURE_UNKNOWN_BADGE, "no badge “%s” is known here", badge);
    return FALSE;
  }
  Tries *tries = g_hash_table_lookup (self->tries, badge);
  if (tries == NULL) {
    tries = g_new0 (Tries, 1);
    g_hash_table_insert (self->tries, g_strdup (badge), tries);
  }
  if (tries->until_ns > now_ns) {
    stn_error_set (error, STN_FAILURE_LOCKED_OUT, "%u wrong PINs for this badge: wait %" G_GINT64_FORMAT " s",
                   tries->wrong, (tries->until_ns - now_ns + STN_NS_PER_S - 1) / STN_NS_PER_S);
    return FALSE;
  }
  gboolean fits = pin != NULL && person->pin != NULL && sodium_init () >= 0 && strlen (pin) <= PIN_MOST
                  && strlen (person->pin) < crypto_pwhash_STRBYTES
                  && crypto_pwhash_str_verify (person->pin, pin, strlen (pin)) == 0;
  if (fits) {
    *tries = (Tries){ 0 };
    return TRUE;
  }
  tries->wrong++;
  tries->until_ns = now_ns + wait_after (tries->wrong);
  stn_error_set (error, STN_FAILURE_WRONG_PIN, person->pin == NULL ? "%s has no PIN" : "wrong PIN for %s", person->name);
  return FALSE;
}

/* ---- the list ---- */

const StnPerson *
stn_people_find (const StnPeople *self, const char *badge)
{
  for (guint i = 0; badge != NULL && i < self->file.people->len; i++) {
    const StnPerson *person = g_ptr_array_index (self->file.people, i);
    if (g_str_equal (person->badge, badge))
      return person;
  }
  return NULL;
}

gboolean
stn_people_are_known (const StnPeople *self)
{
  return self->are_known;
}

gboolean
stn_people_has_supervisor (const StnPeople *self)
{
  for (guint i = 0; i < self->file.people->len; i++)
    if (((const StnPerson *) g_ptr_array_index (self->file.people, i))->role == STN_ROLE_SUPERVISOR)
      return TRUE;
  return FALSE;
}

const StnPerson *const *
stn_people_list (const StnPeople *self, guint *out_count)
{
  *out_count = self->file.people->len;
  return (const StnPerson *const *) self->file.people->pdata;
}

gboolean
stn_people_add (StnPeople *self, const char *badge, const char *name, StnRole role, const char *pin, GError **error)
{
  g_autofree char *hash = NULL;

  if (!is_badge (badge) || !is_name (name)) {
    stn_error_set (error, STN_FAILURE_USAGE,
                   is_badge (badge) ? "a name has 1 to 128 bytes and no control characters"
                                    : "a badge has 1 to 64 letters, digits, - _ and .");
    return FALSE;
  }
  if (stn_people_find (self, badge) != NULL) {
    stn_error_set (error, STN_FAILURE_USAGE, "badge “%s” belongs to %s already", badge,
                   stn_people_find (self, badge)->name);
    return FALSE;
  }
  if (pin != NULL) {
    hash = hash_pin (pin, error);
    if (hash == NULL)
      return FALSE;
  }
  g_ptr_array_add (self->file.people, person_new (badge, name, role, hash));
  return TRUE;
}

static StnPerson *
find_or_fail (StnPeople *self, const char *badge, GError **error)
{
  const StnPerson *person = stn_people_find (self, badge);
  if (person == NULL)
    stn_error_set (error, STN_FAILURE_UNKNOWN_BADGE, "no badge “%s” is known here", badge);
  return (StnPerson *) person;
}

gboolean
stn_people_remove (StnPeople *self, const char *badge, GError **error)
{
  StnPerson *person = find_or_fail (self, badge, error);
  return person != NULL && g_ptr_array_remove (self->file.people, person);
}

gboolean
stn_people_set_pin (StnPeople *self, const char *badge, const char *pin, GError **error)
{
  StnPerson *person = find_or_fail (self, badge, error);
  g_autofree char *hash = person != NULL && pin != NULL ? hash_pin (pin, error) : NULL;

  if (person == NULL || (pin != NULL && hash == NULL))
    return FALSE;
  g_free (person->pin);
  person->pin = g_steal_pointer (&hash);
  return TRUE;
}

/* ---- the file ---- */

static gboolean
check_mode (const char *path, GError **error)
{
  struct stat about;
  if (stat (path, &about) != 0 || (about.st_mode & 077) == 0)
    return TRUE;
  stn_error_set (error, STN_FAILURE_BAD_FILE,
                 "%s: others may read or write this file (mode %03o); it holds PINs: chmod 600", path,
                 (guint) about.st_mode & 0777);
  return FALSE;
}

static gboolean
check_list (const StnPeople *self, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < self->file.people->len; i++) {
    StnPerson *person = g_ptr_array_index (self->file.people, i);
    if (!is_badge (person->badge) || !is_name (person->name) || !g_hash_table_add (seen, person->badge)) {
      stn_error_set (error, STN_FAILURE_BAD_FILE,
                     "%s: people[%u]: expected a badge of letters, digits, - _ and . that nobody else has, and a name",
                     self->path, i);
      return FALSE;
    }
  }
  return TRUE;
}

static void
know_two (StnPeople *self)
{
  self->are_known = TRUE;
  stn_people_add (self, "OPERATOR", "Operator", STN_ROLE_OPERATOR, NULL, NULL);
  stn_people_add (self, "SUPERVISOR", "Supervisor", STN_ROLE_SUPERVISOR, "1234", NULL);
}

static void
person_free (gpointer person)
{
  stn_person_free (person);
}

StnPeople *
stn_people_load (const char *path, gboolean is_virtual, GError **error)
{
  g_autoptr (StnPeople) self = g_new0 (StnPeople, 1);
  g_autofree char *bytes = NULL;
  g_autoptr (GError) unread = NULL;
  gsize length = 0;

  self->path = g_strdup (path);
  self->tries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (!g_file_get_contents (path, &bytes, &length, &unread)) {
    if (!g_error_matches (unread, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
      stn_error_set (error, STN_FAILURE_BAD_FILE, "%s: %s", path, unread->message);
      return NULL;
    }
    self->file.people = g_ptr_array_new_with_free_func (person_free);
    if (is_virtual)
      know_two (self);
    return g_steal_pointer (&self);
  }
  if (!check_mode (path, error))
    return NULL;
  g_autoptr (StnYaml) yaml = stn_yaml_parse (path, bytes, length, error);
  if (yaml == NULL || !stn_fields_read (people_fields, stn_yaml_root (yaml), &self->file, error)
      || !check_list (self, error))
    return NULL;
  /* the list grows and shrinks: its rows are ours from here on */
  GPtrArray *people = g_ptr_array_new_with_free_func (person_free);
  for (guint i = 0; i < self->file.people->len; i++)
    g_ptr_array_add (people, stn_person_copy (g_ptr_array_index (self->file.people, i)));
  stn_fields_clear (people_fields, &self->file);
  self->file.people = people;
  self->are_known = TRUE;
  return g_steal_pointer (&self);
}

void
stn_people_free (StnPeople *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->file.people, g_ptr_array_unref);
  g_hash_table_unref (self->tries);
  g_free (self->path);
  g_free (self);
}

static void
append_quoted (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (const char *c = text; *c != '\0'; c++) {
    if (*c == '"' || *c == '\\')
      g_string_append_c (out, '\\');
    g_string_append_c (out, *c);
  }
  g_string_append_c (out, '"');
}

static gboolean
write_whole (int fd, const char *text, gsize length)
{
  while (length > 0) {
    gssize written = write (fd, text, length);
    if (written < 0 && errno != EINTR)
      return FALSE;
    if (written > 0) {
      text += written;
      length -= (gsize) written;
    }
  }
  return fsync (fd) == 0;
}

gboolean
stn_people_save (const StnPeople *self, GError **error)
{
  g_autoptr (GString) text = g_string_new ("# Written by stationctl people; PINs are here as hashes only.\npeople:");
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autofree char *temporary = g_strconcat (self->path, ".new", NULL);

  g_string_append (text, self->file.people->len == 0 ? " []\n" : "\n");
  for (guint i = 0; i < self->file.people->len; i++) {
    const StnPerson *person = g_ptr_array_index (self->file.people, i);
    g_string_append (text, "  - { badge: ");
    append_quoted (text, person->badge);
    g_string_append (text, ", name: ");
    append_quoted (text, person->name);
    g_string_append_printf (text, ", role: %s", stn_role_name (person->role));
    if (person->pin != NULL) {
      g_string_append (text, ", pin: ");
      append_quoted (text, person->pin);
    }
    g_string_append (text, " }\n");
  }
  g_mkdir_with_parents (folder, 0755);
  unlink (temporary); /* of a program that was killed; O_EXCL says whose file it is from here on */
  int fd = open (temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  gboolean done = fd >= 0 && write_whole (fd, text->str, text->len);
  int wrong = errno;
  if (fd >= 0)
    close (fd);
  if (done && rename (temporary, self->path) == 0)
    return TRUE;
  wrong = done ? errno : wrong;
  unlink (temporary);
  stn_error_set (error, STN_FAILURE_BAD_FILE, "%s: %s", self->path, g_strerror (wrong));
  return FALSE;
}
