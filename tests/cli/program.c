#include "tests/cli/program.h"
#include "tests/remove-folder.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/wait.h>

#define IMAGE_BYTES 4096

static const char *
program_path (void)
{
  const char *path = g_getenv ("STATIONCTL");
  g_assert_nonnull (path);
  return path;
}

void
world_write (World *self, const char *name, const char *text)
{
  g_autofree char *path = world_path (self, name);
  g_autoptr (GError) error = NULL;
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

char *
world_path (const World *self, const char *name)
{
  return g_build_filename (self->folder, name, NULL);
}

gboolean
world_has (const World *self, const char *name)
{
  g_autofree char *path = world_path (self, name);
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

void
world_set_bench (World *self, const char *bench)
{
  g_autofree char *text = g_strdup_printf ("station: Test\n"
                                           "journal: journal.db\n"
                                           "bench: { straight: 2, target: STM32G071CB%s%s }\n"
                                           "controls: { c1: { ft232h: { serial: F1 }, buffered: true } }\n"
                                           "banks:\n"
                                           "  - name: A\n"
                                           "    sites:\n"
                                           "      - { name: A1, nrst: c1.AC0, boot0: c1.AD0, uart: /dev/u1 }\n"
                                           "      - { name: A2, nrst: c1.AC1, boot0: c1.AD1, uart: /dev/u2 }\n",
                                           *bench != '\0' ? ", " : "", bench);
  world_write (self, "station.yaml", text);
}

World *
world_new (void)
{
  World *self = g_new0 (World, 1);
  g_autoptr (GError) error = NULL;
  guint8 image[IMAGE_BYTES];

  self->folder = g_dir_make_tmp ("stationctl-XXXXXX", &error);
  g_assert_no_error (error);
  self->station = world_path (self, "station.yaml");
  self->job = world_path (self, "job.yaml");
  world_set_bench (self, "");
  for (guint i = 0; i < sizeof image; i++)
    image[i] = (guint8) (i * 7 + i / 256);
  /* stack pointer and reset handler of a program at the start of the flash */
  memcpy (image, "\x00\x20\x00\x20\x41\x00\x00\x08", 8);
  g_autofree char *path = world_path (self, "app.bin");
  g_file_set_contents (path, (const char *) image, sizeof image, &error);
  g_assert_no_error (error);
  world_write (self, "job.yaml",
               "job: Test\nrevision: 1\ntarget: STM32G071xB\nboot: { rom-entry: as-shipped }\n"
               "images:\n  - { name: app, file: app.bin, address: 0x08000000 }\n"
               "unit:\n"
               "  serial: { from: counter, pattern: \"T-{seq:06}\" }\n"
               "  data:\n    - { address: 0x0801F800, value: \"{serial}\", encoding: ascii, size: 16 }\n"
               "boot-check: none\n");
  return self;
}

void
world_free (World *self)
{
  if (self == NULL)
    return;
  remove_folder (self->folder);
  g_free (self->folder);
  g_free (self->station);
  g_free (self->job);
  g_free (self);
}

void
ended_free (Ended *self)
{
  if (self == NULL)
    return;
  g_free (self->out);
  g_free (self->err);
  g_free (self);
}

GSubprocess *
world_start (World *self, const char *const *arguments, GSubprocessFlags flags)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (flags);
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (words, (gpointer) program_path ());
  for (guint i = 0; arguments[i] != NULL; i++) {
    const char *word = arguments[i];
    if (g_str_equal (word, "@station"))
      word = self->station;
    else if (g_str_equal (word, "@job"))
      word = self->job;
    g_ptr_array_add (words, (gpointer) word);
  }
  g_ptr_array_add (words, NULL);
  g_subprocess_launcher_set_cwd (launcher, self->folder);
  g_subprocess_launcher_setenv (launcher, "HOME", self->folder, TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_CONFIG_HOME", self->folder, TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_DATA_HOME", self->folder, TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_RUNTIME_DIR", self->folder, TRUE);
  g_subprocess_launcher_setenv (launcher, "LC_ALL", "C.UTF-8", TRUE);
  g_subprocess_launcher_setenv (launcher, "TZ", "UTC", TRUE);
  g_subprocess_launcher_unsetenv (launcher, "STATION_FILE");
  g_subprocess_launcher_unsetenv (launcher, "STATION_KEYS");
  GSubprocess *process = g_subprocess_launcher_spawnv (launcher, (const char *const *) words->pdata, &error);
  g_assert_no_error (error);
  return process;
}

Ended *
world_run (World *self, const char *first, ...)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  Ended *ended = g_new0 (Ended, 1);
  va_list rest;

  va_start (rest, first);
  for (const char *word = first; word != NULL; word = va_arg (rest, const char *))
    g_ptr_array_add (words, (gpointer) word);
  va_end (rest);
  g_ptr_array_add (words, NULL);
  g_autoptr (GSubprocess) process = world_start (self, (const char *const *) words->pdata,
                                                 G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &ended->out, &ended->err, &error);
  g_assert_no_error (error);
  ended->exit_code = g_subprocess_get_if_exited (process) ? g_subprocess_get_exit_status (process) : -1;
  ended->signal = g_subprocess_get_if_signaled (process) ? g_subprocess_get_term_sig (process) : 0;
  return ended;
}

/* Of the first line alone: json-glib reads one object after another and forgets to free all but the last. */
static JsonNode *
member (const char *line, const char *key, JsonParser *parser)
{
  if (*line != '{' || !json_parser_load_from_data (parser, line, (gssize) strcspn (line, "\n"), NULL))
    return NULL;
  return json_object_get_member (json_node_get_object (json_parser_get_root (parser)), key);
}

char *
json_text (const char *line, const char *key)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonNode *node = member (line, key, parser);
  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_dup_string (node) : NULL;
}

gint64
json_integer (const char *line, const char *key)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonNode *node = member (line, key, parser);
  return node != NULL && json_node_get_value_type (node) == G_TYPE_INT64 ? json_node_get_int (node) : -1;
}

guint
count_events (const char *text, const char *kind, const char *outcome)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint count = 0;
  for (guint i = 0; lines[i] != NULL; i++) {
    if (*lines[i] == '\0')
      continue;
    g_autofree char *ev = json_text (lines[i], "ev");
    g_autofree char *seen = json_text (lines[i], "outcome");
    count += (kind == NULL || g_strcmp0 (ev, kind) == 0) && (outcome == NULL || g_strcmp0 (seen, outcome) == 0);
  }
  return count;
}

void
assert_exit (const Ended *ended, int code)
{
  if (ended->exit_code != code)
    g_test_message ("exit %d (signal %d), expected %d\nstdout: %s\nstderr: %s", ended->exit_code, ended->signal, code,
                    ended->out, ended->err);
  g_assert_cmpint (ended->exit_code, ==, code);
}

void
assert_has (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_test_message ("“%s” is not in: %s", part, text);
  g_assert_nonnull (strstr (text, part));
}
