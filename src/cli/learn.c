#include "src/station/learn.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "src/cli/command.h"
#include "src/cli/json-line.h"
#include "src/cli/signals.h"

typedef struct {
  char *bench, *output, *name;
  char **controls, **uarts;
  gboolean force, no_input, json, power;
} Options;

static void
options_clear (Options *self)
{
  g_free (self->bench);
  g_free (self->output);
  g_free (self->name);
  g_strfreev (self->controls);
  g_strfreev (self->uarts);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* ---- who takes part ---- */

/* FALSE: no, or nobody answers any more. */
static gboolean
ask (const char *place)
{
  struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
  char line[64];

  g_printerr ("Does the adapter %s take part? Its lines will be pulled low, and some driven high. [y/N] ", place);
  while (stn_signals_count () == 0) {
    if (poll (&input, 1, 100) <= 0)
      continue;
    return fgets (line, sizeof line, stdin) != NULL && (line[0] == 'y' || line[0] == 'Y');
  }
  return FALSE;
}

/* Adapters that nobody has named are asked about, one by one; without anybody to ask, all take part with --no-input. */
static gboolean
choose_controls (Options *self, StnClock *clock, GError **error)
{
  g_autoptr (GPtrArray) controls = NULL, uarts = NULL;
  g_autoptr (GPtrArray) chosen = g_ptr_array_new_with_free_func (g_free);

  if (self->controls != NULL || self->no_input)
    return TRUE;
  if (!isatty (STDIN_FILENO)) {
    stn_error_set (error, STN_FAILURE_USAGE,
                   "stationctl learn: which adapters take part? Name them by --control; --no-input takes all");
    return FALSE;
  }
  if (!stn_learn_places (self->bench, clock, &controls, &uarts, error))
    return FALSE;
  for (guint i = 0; i < controls->len; i++)
    if (ask (g_ptr_array_index (controls, i)))
      g_ptr_array_add (chosen, g_strdup (g_ptr_array_index (controls, i)));
  if (stn_signals_count () > 0) {
    stn_error_set (error, STN_FAILURE_CANCELLED, "stopped; no line was touched");
    return FALSE;
  }
  if (chosen->len == 0) {
    stn_error_set (error, STN_FAILURE_USAGE, "stationctl learn: no adapter takes part; no line was touched");
    return FALSE;
  }
  g_ptr_array_add (chosen, NULL);
  self->controls = (char **) g_ptr_array_free (g_steal_pointer (&chosen), FALSE);
  return TRUE;
}

static gboolean
ask_to_remove (const char *place, gboolean put_back, G_GNUC_UNUSED gpointer data)
{
  struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
  char line[64];

  g_printerr ("\r%s the board at %s and press Enter (q: no more) ", put_back ? "Put back" : "Take out", place);
  while (stn_signals_count () == 0) {
    if (poll (&input, 1, 100) <= 0)
      continue;
    return fgets (line, sizeof line, stdin) != NULL && line[0] != 'q';
  }
  return FALSE;
}

/* ---- what came of it ---- */

static void
add_line (JsonObject *object, const char *name, const StnLearned *learned, const StnLearnedLine *line)
{
  if (!line->found)
    return;
  JsonObject *pin = json_object_new ();
  json_object_set_string_member (pin, "control", g_ptr_array_index (learned->controls, line->control));
  json_object_set_string_member (pin, "pin", stn_learned_pin_name (line));
  json_object_set_object_member (object, name, pin);
}

static void
print_json (const StnLearned *learned)
{
  for (guint i = 0; i < learned->sites->len; i++) {
    const StnLearnedSite *site = g_ptr_array_index (learned->sites, i);
    JsonObject *object = json_object_new ();

    stn_json_add_text (object, "uart", site->uart);
    stn_json_add_text (object, "usb", site->usb);
    json_object_set_boolean_member (object, "heard", site->was_heard);
    add_line (object, "nrst", learned, &site->nrst);
    add_line (object, "boot0", learned, &site->boot0);
    add_line (object, "power", learned, &site->power);
    add_line (object, "detect", learned, &site->detect);
    stn_json_add_text (object, "line", site->line);
    stn_json_add_text (object, "uid", site->uid);
    stn_json_print (object);
  }
}

static gboolean
write_station (const Options *self, const StnLearned *learned, GError **error)
{
  g_autofree char *text = stn_learned_to_yaml (learned, self->name != NULL ? self->name : "Learned station");
  g_autofree char *folder = g_path_get_dirname (self->output);
  g_autoptr (GError) unwritten = NULL;

  if (g_str_equal (self->output, "-")) {
    g_print ("%s", text);
    return TRUE;
  }
  if (g_mkdir_with_parents (folder, 0755) != 0) {
    stn_error_set (error, STN_FAILURE_PERMISSION, "%s: %s", folder, g_strerror (errno));
    return FALSE;
  }
  /* somebody may have written one while the boards were asked */
  if (!self->force && g_file_test (self->output, G_FILE_TEST_EXISTS)) {
    stn_error_set (error, STN_FAILURE_USAGE, "stationctl learn: %s is there now; --force overwrites it", self->output);
    return FALSE;
  }
  if (!g_file_set_contents (self->output, text, -1, &unwritten)) {
    stn_error_set (error, STN_FAILURE_PERMISSION, "%s", unwritten->message);
    return FALSE;
  }
  return TRUE;
}

static void
tell (const Options *self, const StnLearned *learned)
{
  guint heard = 0, complete = stn_learned_complete (learned);

  for (guint i = 0; i < learned->sites->len; i++)
    heard += ((const StnLearnedSite *) g_ptr_array_index (learned->sites, i))->was_heard;
  for (guint i = 0; i < learned->notes->len; i++)
    g_printerr ("%s\n", (const char *) g_ptr_array_index (learned->notes, i));
  g_printerr ("%u of %u ports have a board that was heard; %u sites have both NRST and BOOT0\n", heard,
              learned->sites->len, complete);
  if (complete < heard)
    g_printerr ("where BOOT0 is missing, put in a board whose BOOT0 pin is live (an F1 or F4) and learn again\n");
  if (!g_str_equal (self->output, "-"))
    g_printerr ("written: %s\nnow: stationctl check --station %s\n", self->output, self->output);
}

static void
show_progress (guint done, guint total, G_GNUC_UNUSED gpointer data)
{
  fprintf (stderr, "\r%u of at most %u", done, total);
}

static int
learn (Options *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  stn_signals_start (cancellable);
  g_autoptr (StnClock) clock = stn_clock_new_real ();
  gboolean on_terminal = isatty (STDERR_FILENO) != 0;

  if (!choose_controls (self, clock, &error))
    return stn_command_fail (error);
  const StnLearnOptions options = {
    .bench_path = self->bench,
    .controls = (const char *const *) self->controls,
    .uarts = (const char *const *) self->uarts,
    .power = self->power,
    .ask_to_remove = !self->no_input && isatty (STDIN_FILENO) ? ask_to_remove : NULL,
    .cancellable = cancellable,
    .progress = on_terminal ? show_progress : NULL,
  };
  g_autoptr (StnLearned) learned = stn_station_learn (&options, clock, &error);
  if (on_terminal)
    g_printerr ("\r\033[K");
  if (learned == NULL)
    return stn_command_fail (error);
  if (self->json)
    print_json (learned);
  /* a file of nothing would only hide that there is none */
  gboolean is_worth_it = FALSE;
  for (guint i = 0; i < learned->sites->len; i++) {
    const StnLearnedSite *site = g_ptr_array_index (learned->sites, i);
    is_worth_it |= site->nrst.found || site->boot0.found;
  }
  if (!is_worth_it) {
    g_printerr (
        "no line moves any board that is heard on a serial port; nothing is written. Have the boards power, and "
        "is their BOOT0 pin live?\n");
    return STN_EXIT_FAILED;
  }
  if (!write_station (self, learned, &error))
    return stn_command_fail (error);
  tell (self, learned);
  guint heard = 0;
  for (guint i = 0; i < learned->sites->len; i++)
    heard += ((const StnLearnedSite *) g_ptr_array_index (learned->sites, i))->was_heard;
  return stn_learned_complete (learned) == heard ? STN_EXIT_PASSED : STN_EXIT_FAILED;
}

int
stn_command_learn (const StnCommand *self, int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output, "Where to write (station.yaml of the user); -: here",
      "FILE" },
    { "force", 0, 0, G_OPTION_ARG_NONE, &options.force, "Overwrite the file", NULL },
    { "control", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.controls, "An adapter that takes part (each is asked about)",
      "PLACE" },
    { "uart", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.uarts, "A serial port that takes part (all)", "PLACE" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &options.name, "The station's name in the file", "NAME" },
    { "bench", 0, 0, G_OPTION_ARG_FILENAME, &options.bench, "Learn a virtual bench instead of this machine", "FILE" },
    { "power", 0, 0, G_OPTION_ARG_NONE, &options.power,
      "Also look for power switches: lines not known by then are driven high together", NULL },
    { "no-input", 0, 0, G_OPTION_ARG_NONE, &options.no_input, "Never ask; without --control all adapters take part",
      NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "One JSON object a serial port and line", NULL },
    G_OPTION_ENTRY_NULL,
  };
  int code = STN_EXIT_PASSED;

  if (!stn_command_parse (self, entries, &argc, &argv, &code))
    return code;
  if (argc > 1)
    return stn_command_usage (self, "“%s” is one argument too many", argv[1]);
  if (options.output == NULL)
    options.output = g_build_filename (g_get_user_config_dir (), "station", "station.yaml", NULL);
  if (g_str_equal (options.output, "-") && options.json)
    return stn_command_usage (self, "--json and --output - both want standard output");
  if (!options.force && g_file_test (options.output, G_FILE_TEST_EXISTS))
    return stn_command_usage (self, "%s is there already; --force overwrites it, --output names another",
                              options.output);
  if (options.bench != NULL) {
    /* the file that is written may lie elsewhere */
    char *absolute = g_canonicalize_filename (options.bench, NULL);
    g_free (options.bench);
    options.bench = absolute;
  }
  return learn (&options);
}
