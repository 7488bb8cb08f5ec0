/* bench-usb [--first N] BENCH.yaml: plugs a bench into this kernel's vhci_hcd, and takes commands.
 *
 * Its devices take vhci_hcd's ports from N on (0): two benches at once must not meet there; a controller has eight.
 * Says on standard output, a JSON object a line: one for each plug (where it is), then {"ready":true}; then one answer a
 * command: {"ok":true,…} or {"ok":false,"error":"…"}. Ends with the input, or at "quit". Needs root.
 *
 *   unplug PORT | plug PORT          by bench.yaml's hub port
 *   power-cycle BOARD | load BOARD   off and on; a new board in its place
 *   state BOARD | uid BOARD | violations BOARD
 *   read BOARD ADDRESS LENGTH        the silicon, as hex
 *   write BOARD ADDRESS HEX */
#include "src/bench/bench-config.h"
#include "src/bench/usb/usb-bench.h"
#include "src/bench/usb/vhci.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#define LINE_BYTES 8192
#define READ_MOST 2048

typedef struct {
  StnClock *clock;
  StnBench *bench;
  StnProvider *provider;
  StnUsbBench *usb;
  guint first; /* of vhci_hcd's ports */
} Tool;

static int attach (gpointer user, guint plug, StnUsbSpeed speed, GError **error) {
  Tool *self = user;
  return stn_vhci_attach (self->first + plug, speed, self->clock, error);
}

static char *quoted (const char *text) {
  g_autofree char *escaped = text != NULL ? g_strescape (text, NULL) : NULL;
  return escaped != NULL ? g_strdup_printf ("\"%s\"", escaped) : g_strdup ("null");
}

static void print_map (Tool *self) {
  for (guint i = 0; i < stn_usb_bench_count (self->usb); i++) {
    StnUsbPlugInfo info = stn_usb_bench_info (self->usb, i);
    g_autofree char *port = quoted (info.port), *serial = quoted (info.serial), *boards = quoted (info.boards);
    g_autofree char *name = stn_vhci_sysfs_name (self->first + i), *path = stn_vhci_id_path (self->first + i);
    g_autofree char *usb = quoted (name), *id_path = quoted (path);
    printf ("{\"port\":%s,\"kind\":\"%s\",\"serial\":%s,\"boards\":%s,\"vhci\":%u,\"usb\":%s,\"id_path\":%s}\n", port,
            info.kind, serial, boards, self->first + i, usb, id_path);
  }
  printf ("{\"ready\":true}\n");
}

static void fail (const char *text) {
  g_autofree char *error = quoted (text);
  printf ("{\"ok\":false,\"error\":%s}\n", error);
}

static gboolean parse_address (const char *text, guint64 *out) {
  gboolean hex = g_str_has_prefix (text, "0x");
  return g_ascii_string_to_unsigned (hex ? text + 2 : text, hex ? 16 : 10, 0, G_MAXUINT32, out, NULL);
}

static void print_bytes (const guint8 *bytes, gsize length) {
  printf ("{\"ok\":true,\"bytes\":\"");
  for (gsize i = 0; i < length; i++)
    printf ("%02x", bytes[i]);
  printf ("\"}\n");
}

static void do_read (Tool *self, char **words) {
  guint64 address, length;
  guint8 bytes[READ_MOST];
  if (words[2] == NULL || words[3] == NULL || !parse_address (words[2], &address) ||
      !parse_address (words[3], &length) || length > READ_MOST)
    fail ("read BOARD ADDRESS LENGTH (at most 2048)");
  else if (!stn_bench_board_read (self->bench, words[1], address, bytes, length))
    fail ("no such board, or outside of flash and options");
  else
    print_bytes (bytes, length);
}

static void do_write (Tool *self, char **words) {
  guint64 address;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gboolean good = words[2] != NULL && words[3] != NULL && parse_address (words[2], &address);
  for (const char *at = good ? words[3] : ""; good && *at != '\0'; at += 2) {
    good = g_ascii_isxdigit (at[0]) && g_ascii_isxdigit (at[1]);
    guint8 byte = good ? (guint8)(g_ascii_xdigit_value (at[0]) << 4 | g_ascii_xdigit_value (at[1])) : 0;
    g_byte_array_append (bytes, &byte, 1);
  }
  if (!good || !stn_bench_board_write (self->bench, words[1], address, bytes->data, bytes->len))
    fail ("write BOARD ADDRESS HEX, inside flash or options");
  else
    printf ("{\"ok\":true}\n");
}

static void do_state (Tool *self, char **words) {
  static const char *const names[] = { "off", "held", "rom", "application", "crashed" };
  StnBoardState state;
  if (stn_bench_board_state (self->bench, words[1], &state))
    printf ("{\"ok\":true,\"state\":\"%s\"}\n", names[state]);
  else
    fail ("no such board");
}

static void do_uid (Tool *self, char **words) {
  guint8 uid[12];
  if (stn_bench_board_uid (self->bench, words[1], uid))
    print_bytes (uid, sizeof uid);
  else
    fail ("no such board");
}

static void do_load (Tool *self, char **words) {
  g_autoptr (GError) error = NULL;
  const char *names[] = { words[1], NULL };
  if (self->provider->provider_class->load_boards (self->provider, names, &error))
    printf ("{\"ok\":true}\n");
  else
    fail (error->message);
}

static gboolean run (Tool *self, char *line) {
  g_auto (GStrv) words = g_strsplit (g_strstrip (line), " ", 4);
  g_autoptr (GError) error = stn_usb_bench_take_error (self->usb);
  if (error != NULL)
    fprintf (stderr, "bench-usb: %s\n", error->message);
  if (words[0] == NULL || *words[0] == '\0')
    return TRUE;
  if (g_str_equal (words[0], "quit"))
    return FALSE;
  if (words[1] == NULL) {
    fail ("a port or a board is missing");
  } else if (g_str_equal (words[0], "unplug") || g_str_equal (words[0], "plug")) {
    if (stn_usb_bench_set_plugged (self->usb, words[1], g_str_equal (words[0], "plug")))
      printf ("{\"ok\":true}\n");
    else
      fail ("no such port");
  } else if (g_str_equal (words[0], "power-cycle")) {
    if (stn_bench_board_power_cycle (self->bench, words[1]))
      printf ("{\"ok\":true}\n");
    else
      fail ("no such board");
  } else if (g_str_equal (words[0], "violations")) {
    printf ("{\"ok\":true,\"violations\":%u}\n", stn_bench_board_window_violations (self->bench, words[1]));
  } else if (g_str_equal (words[0], "read")) {
    do_read (self, words);
  } else if (g_str_equal (words[0], "write")) {
    do_write (self, words);
  } else if (g_str_equal (words[0], "state")) {
    do_state (self, words);
  } else if (g_str_equal (words[0], "uid")) {
    do_uid (self, words);
  } else if (g_str_equal (words[0], "load")) {
    do_load (self, words);
  } else {
    fail ("unknown command");
  }
  return TRUE;
}

static gboolean build (Tool *self, const char *file, StnBenchConfig **out_config, StnTargets *targets,
                       GError **error) {
  g_autofree char *bytes = NULL;
  gsize length;
  if (!g_file_get_contents (file, &bytes, &length, error))
    return FALSE;
  *out_config = stn_bench_config_parse (file, bytes, length, error);
  if (*out_config == NULL)
    return FALSE;
  (*out_config)->pace.turnaround_ns = 0; /* real adapters have their own: the latency timer */
  self->bench = stn_bench_new (*out_config, targets, self->clock, error);
  if (self->bench == NULL)
    return FALSE;
  self->provider = stn_bench_provider_new (self->bench);
  self->usb = stn_usb_bench_new (self->bench, *out_config, &(StnUsbHost){ attach, self }, error);
  return self->usb != NULL;
}

int main (int argc, char **argv) {
  guint64 first = 0;
  gboolean has_first = argc == 4 && strcmp (argv[1], "--first") == 0 && parse_address (argv[2], &first) &&
                       first < stn_vhci_port_count ();
  if (argc != 2 && !has_first) {
    fprintf (stderr, "usage: bench-usb [--first N] BENCH.yaml\n");
    return 2;
  }
  setvbuf (stdout, NULL, _IOLBF, 0);
  /* all threads inherit it: an answer that is due goes out then, not up to 50 us later as the kernel pleases */
  prctl (PR_SET_TIMERSLACK, 1, 0, 0, 0);
  Tool self = { .clock = stn_clock_new_real (), .first = (guint)first };
  g_autoptr (GError) error = NULL;
  g_autoptr (StnBenchConfig) config = NULL;
  g_autoptr (StnTargets) targets = stn_targets_new (NULL, &error);
  if (stn_vhci_port_count () == 0) {
    fprintf (stderr, "bench-usb: this kernel has no vhci_hcd loaded\n");
    return 77;
  }
  gboolean good = targets != NULL && build (&self, argv[argc - 1], &config, targets, &error);
  if (good) {
    char line[LINE_BYTES];
    print_map (&self);
    while (fgets (line, sizeof line, stdin) != NULL && run (&self, line))
      ;
  } else {
    fprintf (stderr, "bench-usb: %s\n", error->message);
  }
  stn_usb_bench_free (self.usb);
  if (self.provider != NULL)
    stn_provider_free (self.provider);
  stn_bench_free (self.bench);
  stn_clock_unref (self.clock);
  return good ? 0 : 1;
}
