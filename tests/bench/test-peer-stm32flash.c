/* stm32flash, which nobody here wrote, against the bench's ROM: on a pseudo terminal, unpaced, on the real clock. */
#include "src/bench/bench.h"
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define FILE_BYTES (16 * 1024)
#define LIMIT "60" /* seconds that one call may take before it is ended; none comes near */

typedef struct {
  StnClock *clock;
  StnTargets *targets;
  StnBench *bench;
  char *folder, *tty, *image, *copy;
} Peer;

static char *
call (const Peer *self, gboolean *out_good, const char *const *arguments)
{
  g_autoptr (GPtrArray) line = g_ptr_array_new ();
  static const char *const before[] = { "timeout", LIMIT, "stm32flash", "-m", "8n1", "-b", "115200" };
  for (guint i = 0; i < G_N_ELEMENTS (before); i++)
    g_ptr_array_add (line, (gpointer) before[i]);
  for (guint i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add (line, (gpointer) arguments[i]);
  g_ptr_array_add (line, self->tty);
  g_ptr_array_add (line, NULL);
  GError *error = NULL;
  char *out = NULL;
  g_autofree char *complaints = NULL;
  gint status = 0;
  g_spawn_sync (NULL, (char **) line->pdata, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &complaints, &status, &error);
  g_assert_no_error (error);
  *out_good = g_spawn_check_wait_status (status, NULL);
  if (!*out_good)
    g_test_message ("%s%s", out, complaints);
  return out;
}

#define CALL(self, out_good, ...) call ((self), (out_good), (const char *const[]){ __VA_ARGS__, NULL })

/* `option`: "NAME=VALUE", or NULL */
static gboolean
peer_new_with (Peer *self, const char *part, const char *option)
{
  g_autofree char *program = g_find_program_in_path ("stm32flash");
  if (program == NULL) {
    g_test_skip ("stm32flash is not installed");
    return FALSE;
  }
  GError *error = NULL;
  *self = (Peer){ .clock = stn_clock_new_real () };
  self->targets = stn_targets_new (NULL, &error);
  g_assert_no_error (error);
  g_autoptr (StnBenchConfig) config = stn_bench_config_new ();
  stn_bench_config_add_board (config, "A1", part, NULL);
  if (option != NULL) {
    g_auto (GStrv) pair = g_strsplit (option, "=", 2);
    stn_bench_config_add_option (config, "A1", pair[0], (guint32) g_ascii_strtoull (pair[1], NULL, 0), NULL);
  }
  self->bench = stn_bench_new (config, self->targets, self->clock, &error);
  g_assert_no_error (error);
  stn_bench_board_open_pty (self->bench, "A1", TRUE, &self->tty, &error);
  g_assert_no_error (error);
  self->folder = g_dir_make_tmp ("bench-peer-XXXXXX", &error);
  g_assert_no_error (error);
  self->image = g_build_filename (self->folder, "image.bin", NULL);
  self->copy = g_build_filename (self->folder, "copy.bin", NULL);
  return TRUE;
}

static gboolean
peer_new (Peer *self, const char *part)
{
  return peer_new_with (self, part, NULL);
}

static void
peer_clear (Peer *self)
{
  stn_bench_free (self->bench);
  stn_targets_free (self->targets);
  stn_clock_unref (self->clock);
  g_unlink (self->image);
  g_unlink (self->copy);
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->tty);
  g_free (self->image);
  g_free (self->copy);
}

static void
goes_round (const char *part, const char *id)
{
  Peer peer;
  if (!peer_new (&peer, part))
    return;
  gboolean good;
  GError *error = NULL;
  guint8 image[FILE_BYTES], seen[FILE_BYTES];
  guint32 noise = 12345;
  for (guint i = 0; i < FILE_BYTES; i++)
    image[i] = (guint8) ((noise = noise * 1664525 + 1013904223) >> 24);
  g_file_set_contents (peer.image, (const char *) image, FILE_BYTES, &error);
  g_assert_no_error (error);

  g_autofree char *identity = CALL (&peer, &good, "-f");
  g_assert_true (good);
  g_assert_nonnull (strstr (identity, id));
  g_autofree char *written = CALL (&peer, &good, "-c", "-w", peer.image, "-v");
  g_assert_true (good);
  g_assert_nonnull (strstr (written, "Wrote and verified address 0x08004000 (100.00%)"));
  g_assert_true (stn_bench_board_read (peer.bench, "A1", 0x08000000, seen, FILE_BYTES));
  g_assert_cmpmem (seen, FILE_BYTES, image, FILE_BYTES);
  G_GNUC_UNUSED g_autofree char *read_back = CALL (&peer, &good, "-c", "-r", peer.copy, "-S", "0x08000000:0x4000");
  g_assert_true (good);
  g_autofree char *copy = NULL;
  gsize length;
  g_file_get_contents (peer.copy, &copy, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (copy, length, image, FILE_BYTES);
  G_GNUC_UNUSED g_autofree char *erased = CALL (&peer, &good, "-c", "-o");
  g_assert_true (good);
  g_assert_true (stn_bench_board_read (peer.bench, "A1", 0x08000000, seen, 1));
  g_assert_cmphex (seen[0], ==, 0xff);
  peer_clear (&peer);
}

static void
stm32flash_goes_round_on_f103 (void)
{
  goes_round ("STM32F103CB", "0x0410");
}

static void
stm32flash_goes_round_on_f405 (void)
{
  goes_round ("STM32F405RG", "0x0413");
}

static void
stm32flash_goes_round_on_g071 (void)
{
  goes_round ("STM32G071CB", "0x0460");
}

static void
stm32flash_protects_and_unprotects (void)
{
  Peer peer;
  if (!peer_new (&peer, "STM32F405RG"))
    return;
  gboolean good;
  guint8 byte = 0x42;
  stn_bench_board_write (peer.bench, "A1", 0x08000000, &byte, 1);
  G_GNUC_UNUSED g_autofree char *protected = CALL (&peer, &good, "-j");
  g_assert_true (good);
  G_GNUC_UNUSED g_autofree char *refused = CALL (&peer, &good, "-r", peer.copy, "-S", "0x08000000:0x100");
  g_assert_false (good);
  G_GNUC_UNUSED g_autofree char *opened = CALL (&peer, &good, "-c", "-k");
  g_assert_true (good);
  stn_bench_board_read (peer.bench, "A1", 0x08000000, &byte, 1);
  g_assert_cmphex (byte, ==, 0xff);
  peer_clear (&peer);
}

/* the option area as stm32flash reads it and as the silicon holds it */
static void
stm32flash_reads_the_same_option_bytes (void)
{
  static const struct {
    const char *part, *stretch;
    guint64 address;
    gsize length;
  } areas[] = {
    { "STM32F103CB", "0x1FFFF800:16", 0x1ffff800, 16 },   { "STM32F072xB", "0x1FFFF800:16", 0x1ffff800, 16 },
    { "STM32F405RG", "0x1FFFC000:16", 0x1fffc000, 16 },   { "STM32L053x8", "0x1FF80000:20", 0x1ff80000, 20 },
    { "STM32G071CB", "0x1FFF7800:128", 0x1fff7800, 128 }, { "STM32L431CB", "0x1FFF7800:16", 0x1fff7800, 16 }
  };
  for (guint i = 0; i < G_N_ELEMENTS (areas); i++) {
    Peer peer;
    if (!peer_new (&peer, areas[i].part))
      return;
    gboolean good;
    GError *error = NULL;
    guint8 expected[128];
    g_assert_true (stn_bench_board_read (peer.bench, "A1", areas[i].address, expected, areas[i].length));
    G_GNUC_UNUSED g_autofree char *said = CALL (&peer, &good, "-r", peer.copy, "-S", areas[i].stretch);
    g_assert_true (good);
    g_autofree char *copy = NULL;
    gsize length;
    g_file_get_contents (peer.copy, &copy, &length, &error);
    g_assert_no_error (error);
    g_assert_cmpmem (copy, length, expected, areas[i].length);
    peer_clear (&peer);
  }
}

static void
stm32flash_writes_option_bytes (void)
{
  Peer peer;
  if (!peer_new (&peer, "STM32G071CB"))
    return;
  gboolean good;
  GError *error = NULL;
  guint8 area[128];
  stn_bench_board_read (peer.bench, "A1", 0x1fff7800, area, sizeof area);
  area[3] &= 0xfe; /* nBOOT_SEL 0: BOOT0 counts */
  area[7] |= 0x01;
  g_file_set_contents (peer.image, (const char *) area, sizeof area, &error);
  g_assert_no_error (error);
  G_GNUC_UNUSED g_autofree char *said = CALL (&peer, &good, "-e", "0", "-w", peer.image, "-S", "0x1FFF7800:128");
  guint32 select = 1;
  g_assert_true (stn_bench_board_option (peer.bench, "A1", "nBOOT_SEL", &select));
  g_assert_cmpuint (select, ==, 0);
  peer_clear (&peer);
}

static void
stm32flash_lifts_write_protection (void)
{
  static const char *const boards[][3] = { { "STM32F103CB", "WRP0=0xF0", "WRP0" },
                                           { "STM32F405RG", "nWRP=0xFF0", "nWRP" },
                                           { "STM32L053x8", "WRP_0=0x0F", "WRP_0" } };
  static const guint32 lifted[] = { 0xff, 0xfff, 0 };
  for (guint i = 0; i < G_N_ELEMENTS (boards); i++) {
    Peer peer;
    if (!peer_new_with (&peer, boards[i][0], boards[i][1]))
      return;
    gboolean good;
    guint32 value = 0x55;
    G_GNUC_UNUSED g_autofree char *said = CALL (&peer, &good, "-u");
    g_assert_true (good);
    g_assert_true (stn_bench_board_option (peer.bench, "A1", boards[i][2], &value));
    g_assert_cmphex (value, ==, lifted[i]);
    peer_clear (&peer);
  }
}

static void
stm32flash_opens_what_came_protected (void)
{
  static const char *const parts[][2] = { { "STM32F072xB", "RDP=0xBB" }, { "STM32L431CB", "RDP=0xBB" } };
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    Peer peer;
    if (!peer_new_with (&peer, parts[i][0], parts[i][1]))
      return;
    gboolean good;
    guint32 level = 0;
    guint8 byte = 0x42;
    stn_bench_board_write (peer.bench, "A1", 0x08000000, &byte, 1);
    G_GNUC_UNUSED g_autofree char *refused = CALL (&peer, &good, "-r", peer.copy, "-S", "0x08000000:0x100");
    g_assert_false (good);
    G_GNUC_UNUSED g_autofree char *opened = CALL (&peer, &good, "-c", "-k");
    g_assert_true (good);
    g_assert_true (stn_bench_board_option (peer.bench, "A1", "RDP", &level));
    g_assert_cmphex (level, ==, 0xaa);
    stn_bench_board_read (peer.bench, "A1", 0x08000000, &byte, 1);
    g_assert_cmphex (byte, ==, 0xff);
    peer_clear (&peer);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/bench/peer/" #name, name)
  ADD (stm32flash_goes_round_on_f103);
  ADD (stm32flash_goes_round_on_f405);
  ADD (stm32flash_goes_round_on_g071);
  ADD (stm32flash_protects_and_unprotects);
  ADD (stm32flash_reads_the_same_option_bytes);
  ADD (stm32flash_writes_option_bytes);
  ADD (stm32flash_lifts_write_protection);
  ADD (stm32flash_opens_what_came_protected);
  return g_test_run ();
}
