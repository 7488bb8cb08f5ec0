/* The fixtures through other people's tools: objcopy, srec_cat and readelf must see what we see. */
#include "tests/image/support.h"

#include <glib/gstdio.h>

static const char *const fixtures[] = { "ready-g071", "ready-f405", "ready-f103", "thermostat-g071" };

typedef struct {
  char *folder;
  char *elf;
  StnImage *image; /* of the .elf */
} Setup;

static char *
built_path (const char *fixture, const char *ending)
{
  g_autofree char *name = g_strdup_printf ("%s.%s", fixture, ending);

  return g_build_filename (g_getenv ("STN_SOURCE_ROOT"), "firmware_fixtures", "built", name, NULL);
}

static StnImage *
load_or_fail (const char *path, StnImageFormat format, gboolean has_address, guint64 address)
{
  g_autoptr (GError) error = NULL;
  StnImage *image = stn_image_load (path, format, has_address, address, &error);

  g_assert_no_error (error);
  return image;
}

static void
set_up (Setup *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("station-peers-XXXXXX", &error);
  g_assert_no_error (error);
  self->elf = built_path (data, "elf");
  self->image = load_or_fail (self->elf, STN_IMAGE_FORMAT_ELF, FALSE, 0);
}

static void
tear_down (Setup *self, gconstpointer data)
{
  (void) data;
  g_autoptr (GDir) entries = g_dir_open (self->folder, 0, NULL);
  for (const char *name = g_dir_read_name (entries); name != NULL; name = g_dir_read_name (entries)) {
    g_autofree char *path = g_build_filename (self->folder, name, NULL);
    g_unlink (path);
  }
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->elf);
  stn_image_unref (self->image);
}

/* NULL, and the test skipped, when no such program is installed */
static char *
find_or_skip (const char *program)
{
  char *path = g_find_program_in_path (program);

  if (path == NULL) {
    g_autofree char *reason = g_strdup_printf ("%s is not installed", program);
    g_test_skip (reason);
  }
  return path;
}

/* runs a line whose words are parted by single blanks; "%1" and "%2" stand for the two paths */
static char *
ask_or_fail (const char *program, const char *line, const char *first, const char *second)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  char *output = NULL;
  int status;

  g_ptr_array_add (arguments, (gpointer) program);
  for (guint index = 0; words[index] != NULL; index++)
    g_ptr_array_add (arguments, strcmp (words[index], "%1") == 0   ? (gpointer) first
                                : strcmp (words[index], "%2") == 0 ? (gpointer) second
                                                                   : (gpointer) words[index]);
  g_ptr_array_add (arguments, NULL);
  g_assert_true (g_spawn_sync (NULL, (char **) arguments->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL,
                               &status, &error));
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, &error));
  return output;
}

/* where what it prints is of no interest */
static void
run_or_fail (const char *program, const char *line, const char *first, const char *second)
{
  g_free (ask_or_fail (program, line, first, second));
}

static void
assert_same_content (const StnImage *a, const StnImage *b)
{
  g_assert_cmpuint (stn_image_segment_count (a), ==, stn_image_segment_count (b));
  for (gsize index = 0; index < stn_image_segment_count (a); index++) {
    g_assert_cmphex (stn_image_segment (a, index)->address, ==, stn_image_segment (b, index)->address);
    g_assert_true (g_bytes_equal (stn_image_segment (a, index)->bytes, stn_image_segment (b, index)->bytes));
  }
  g_assert_cmpstr (stn_image_content_sha256 (a), ==, stn_image_content_sha256 (b));
}

static void
objcopy_makes_the_same_image_in_every_format (Setup *self, gconstpointer data)
{
  static const struct {
    const char *line;
    StnImageFormat format;
  } ways[] = {
    { "-O ihex %1 %2", STN_IMAGE_FORMAT_HEX },
    { "-O srec %1 %2", STN_IMAGE_FORMAT_SREC },
    { "-O srec --srec-len=250 --srec-forceS3 %1 %2", STN_IMAGE_FORMAT_SREC },
    { "-O binary %1 %2", STN_IMAGE_FORMAT_BIN },
  };
  g_autofree char *objcopy = find_or_skip ("arm-none-eabi-objcopy");
  g_autofree char *made = g_build_filename (self->folder, "made", NULL);

  (void) data;
  if (objcopy == NULL)
    return;
  for (gsize index = 0; index < G_N_ELEMENTS (ways); index++) {
    run_or_fail (objcopy, ways[index].line, self->elf, made);
    gboolean is_bin = ways[index].format == STN_IMAGE_FORMAT_BIN;
    g_autoptr (StnImage) image = load_or_fail (made, is_bin ? STN_IMAGE_FORMAT_BIN : STN_IMAGE_FORMAT_AUTO, is_bin,
                                               is_bin ? stn_image_lowest_address (self->image) : 0);
    g_assert_cmpint (stn_image_format (image), ==, ways[index].format);
    assert_same_content (image, self->image);
  }
}

static void
srec_cat_makes_the_same_image_in_every_format (Setup *self, gconstpointer data)
{
  static const char *const ways[] = {
    "%1 -Intel -o %2 -Motorola",
    "%1 -Intel -o %2 -Motorola -obs=64",
    "%1 -Intel -o %2 -Intel",
    "%1 -Intel -o %2 -Intel -obs=255",
  };
  g_autofree char *srec_cat = find_or_skip ("srec_cat");
  g_autofree char *hex = built_path (data, "hex");
  g_autofree char *made = g_build_filename (self->folder, "made", NULL);

  if (srec_cat == NULL)
    return;
  for (gsize index = 0; index < G_N_ELEMENTS (ways); index++) {
    run_or_fail (srec_cat, ways[index], hex, made);
    g_autoptr (StnImage) image = load_or_fail (made, STN_IMAGE_FORMAT_AUTO, FALSE, 0);
    assert_same_content (image, self->image);
  }
}

static void
srec_cat_and_we_agree_about_segment_bases_and_24_bit_addresses (Setup *self, gconstpointer data)
{
  /* moved to where 20 and 24 bits of address reach, across a border of 64 KiB */
  static const char *const ways[] = {
    "%1 -Intel -offset -0x07FF0100 -o %2 -Intel -address-length=3",
    "%1 -Intel -offset -0x07FF0100 -o %2 -Motorola -address-length=3",
  };
  g_autofree char *srec_cat = find_or_skip ("srec_cat");
  g_autofree char *hex = built_path (data, "hex");
  g_autofree char *made = g_build_filename (self->folder, "made", NULL);
  gsize length;
  const guint8 *bytes = g_bytes_get_data (stn_image_segment (self->image, 0)->bytes, &length);
  g_autoptr (StnImage) moved = bin_or_fail ("moved", 0xFF00, bytes, length);

  if (srec_cat == NULL)
    return;
  for (gsize index = 0; index < G_N_ELEMENTS (ways); index++) {
    run_or_fail (srec_cat, ways[index], hex, made);
    g_autoptr (StnImage) image = load_or_fail (made, STN_IMAGE_FORMAT_AUTO, FALSE, 0);
    assert_same_content (image, moved);
  }
}

static void
srec_cat_and_we_agree_about_an_image_with_holes (Setup *self, gconstpointer data)
{
  g_autofree char *srec_cat = find_or_skip ("srec_cat");
  g_autofree char *hex = built_path (data, "hex");
  g_autofree char *made = g_build_filename (self->folder, "made", NULL);
  guint8 buffer[0x40];

  if (srec_cat == NULL)
    return;
  run_or_fail (srec_cat, "%1 -Intel -crop 0x08000003 0x08000040 0x08000101 0x08000110 -o %2 -Motorola", hex, made);
  g_autoptr (StnImage) image = load_or_fail (made, STN_IMAGE_FORMAT_AUTO, FALSE, 0);
  stn_image_read (self->image, 0x08000003, buffer, 0x3D, 0, NULL);
  g_autoptr (StnImage) first = bin_or_fail ("first", 0x08000003, buffer, 0x3D);
  stn_image_read (self->image, 0x08000101, buffer, 0x0F, 0, NULL);
  g_autoptr (StnImage) second = bin_or_fail ("second", 0x08000101, buffer, 0x0F);
  StnImage *parts[] = { second, first };
  g_autoptr (StnImage) expected = stn_image_merge ("expected", parts, 2, NULL);
  assert_same_content (image, expected);
}

static void
readelf_sees_the_same_segments_and_entry (Setup *self, gconstpointer data)
{
  g_autofree char *readelf = find_or_skip ("readelf");
  guint64 total = 0, entry = 0;
  gboolean entry_seen = FALSE;

  (void) data;
  if (readelf == NULL)
    return;
  g_autofree char *output = ask_or_fail (readelf, "-hlW %1", self->elf, NULL);
  g_auto (GStrv) lines = g_strsplit (output, "\n", -1);
  for (guint index = 0; lines[index] != NULL; index++) {
    guint offset, virtual_address, physical_address, in_file;
    guint64 found;
    if (sscanf (lines[index], " LOAD %x %x %x %x", &offset, &virtual_address, &physical_address, &in_file) == 4) {
      g_assert_true (stn_image_covers (self->image, physical_address, in_file));
      total += in_file;
    }
    if (sscanf (lines[index], " Entry point address: %" G_GINT64_MODIFIER "x", &found) == 1) {
      g_assert_true (stn_image_entry (self->image, &entry));
      g_assert_cmphex (entry, ==, found);
      entry_seen = TRUE;
    }
  }
  g_assert_true (entry_seen);
  g_assert_cmpuint (total, ==, stn_image_total_bytes (self->image));
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *name;
    void (*run) (Setup *self, gconstpointer data);
  } tests[] = {
    { "objcopy_makes_the_same_image_in_every_format", objcopy_makes_the_same_image_in_every_format },
    { "srec_cat_makes_the_same_image_in_every_format", srec_cat_makes_the_same_image_in_every_format },
    { "srec_cat_and_we_agree_about_segment_bases_and_24_bit_addresses",
      srec_cat_and_we_agree_about_segment_bases_and_24_bit_addresses },
    { "srec_cat_and_we_agree_about_an_image_with_holes", srec_cat_and_we_agree_about_an_image_with_holes },
    { "readelf_sees_the_same_segments_and_entry", readelf_sees_the_same_segments_and_entry },
  };

  /* readelf speaks the user's language */
  g_setenv ("LC_ALL", "C", TRUE);
  g_test_init (&argc, &argv, NULL);
  for (gsize fixture = 0; fixture < G_N_ELEMENTS (fixtures); fixture++)
    for (gsize index = 0; index < G_N_ELEMENTS (tests); index++) {
      g_autofree char *path = g_strdup_printf ("/peers/%s/%s", fixtures[fixture], tests[index].name);
      g_test_add (path, Setup, fixtures[fixture], set_up, tests[index].run, tear_down);
    }
  return g_test_run ();
}
