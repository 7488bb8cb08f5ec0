/* Every file of tests/data/dfu: a descriptor or a memory map as hex or text, and what the parser says to it.
 *
 *     # why it is there
 *     parser: configuration | device | string | map
 *     bytes: 09 02 ...        (as many lines as it takes)
 *     text: @Internal Flash   (for a map)
 *     expect: what was found, or "failure: message"
 *
 * test-dfu-data --write FOLDER puts down what is found now, for a new file: read it before it is committed. */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocols/dfu/dfu-descriptors.h"

typedef struct {
  char *parser;
  GByteArray *bytes;
  char *text;
  char *expect;
} Case;

static void
read_case (const char *path, Case *out)
{
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &content, NULL, &error);
  g_assert_no_error (error);
  *out = (Case){ .bytes = g_byte_array_new () };
  g_auto (GStrv) lines = g_strsplit (content, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    char *colon = strchr (lines[i], ':');
    if (lines[i][0] == '#' || lines[i][0] == '\0')
      continue;
    g_assert_nonnull (colon);
    char *value = colon + 1 + strspn (colon + 1, " ");
    if (g_str_has_prefix (lines[i], "parser:"))
      out->parser = g_strdup (value);
    else if (g_str_has_prefix (lines[i], "text:"))
      out->text = g_strdup (value);
    else if (g_str_has_prefix (lines[i], "expect:"))
      out->expect = g_strdup (value);
    else if (g_str_has_prefix (lines[i], "bytes:"))
      for (char *at = value; *at != '\0';) {
        guint8 byte = (guint8) strtoul (at, &at, 16);
        g_byte_array_append (out->bytes, &byte, 1);
        at += strspn (at, " ");
      }
    else
      g_assert_not_reached ();
  }
  g_assert_nonnull (out->parser);
  g_assert_nonnull (out->expect);
}

static void
free_case (Case *self)
{
  g_free (self->parser);
  g_free (self->text);
  g_free (self->expect);
  g_byte_array_unref (self->bytes);
}

static char *
found_in_map (const char *text, GError **error)
{
  StnDfuMemoryMap map;
  g_autoptr (GString) found = g_string_new (NULL);

  if (!stn_dfu_memory_map_parse (text, &map, error))
    return NULL;
  g_string_append_printf (found, "\"%s\"", map.name);
  for (guint i = 0; i < map.segment_count; i++)
    g_string_append_printf (found, " 0x%08x:%u*%u:%c", map.segments[i].address, map.segments[i].page_count,
                            map.segments[i].page_bytes, (char) ('a' - 1 + map.segments[i].access));
  return g_strdup (found->str);
}

static char *
found_in (const Case *self, GError **error)
{
  /* an exact copy: the sanitizers see a read behind it */
  g_autofree guint8 *bytes = g_memdup2 (self->bytes->data, self->bytes->len);
  gsize length = self->bytes->len;

  if (strcmp (self->parser, "map") == 0)
    return found_in_map (self->text, error);
  if (strcmp (self->parser, "device") == 0) {
    StnDfuDevice device;
    return stn_dfu_device_parse (bytes, length, &device, error)
               ? g_strdup_printf ("%04x:%04x %04x, version %02x, serial in string %u", device.vendor_id,
                                  device.product_id, device.device_bcd, stn_dfu_protocol_version (device.device_bcd),
                                  device.serial_string)
               : NULL;
  }
  if (strcmp (self->parser, "string") == 0) {
    char text[STN_DFU_STRING_CHARACTERS];
    return stn_dfu_string_parse (bytes, length, text, error) ? g_strdup_printf ("\"%s\"", text) : NULL;
  }
  g_assert_cmpstr (self->parser, ==, "configuration");
  StnDfuInterface interface;
  if (!stn_dfu_configuration_parse (bytes, length, &interface, error))
    return NULL;
  g_autoptr (GString) found = g_string_new (NULL);
  g_string_printf (found, "interface %u, protocol %u, transfers of %u, strings", interface.number, interface.protocol,
                   interface.transfer_bytes);
  for (guint i = 0; i < interface.alternate_count; i++)
    g_string_append_printf (found, " %u", interface.name_strings[i]);
  return g_strdup (found->str);
}

static char *
outcome_of (const Case *self)
{
  g_autoptr (GError) error = NULL;
  char *found = found_in (self, &error);

  g_assert_true ((found == NULL) == (error != NULL));
  return found != NULL ? found
                       : g_strdup_printf ("%s: %s", stn_failure_name (stn_error_failure (error)), error->message);
}

static void
run_case (gconstpointer path)
{
  Case self;

  read_case (path, &self);
  g_autofree char *outcome = outcome_of (&self);
  g_assert_cmpstr (outcome, ==, self.expect);
  g_assert_true (g_str_has_prefix (strrchr (path, '/') + 1, "bad-")
                 == (g_str_has_prefix (outcome, "garbage: ") || g_str_has_prefix (outcome, "no-sync: ")));
  free_case (&self);
}

static void
write_case (const char *path)
{
  Case self;
  g_autofree char *content = NULL;

  read_case (path, &self);
  g_file_get_contents (path, &content, NULL, NULL);
  *strstr (content, "expect:") = '\0';
  g_autofree char *outcome = outcome_of (&self);
  g_autofree char *text = g_strconcat (content, "expect: ", outcome, "\n", NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  free_case (&self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gboolean is_writing = argc == 3 && strcmp (argv[1], "--write") == 0;
  const char *folder = argv[argc - 1];
  g_autoptr (GDir) entries = g_dir_open (folder, 0, NULL);
  guint count = 0;

  g_assert_nonnull (entries);
  for (const char *name = g_dir_read_name (entries); name != NULL; name = g_dir_read_name (entries), count++) {
    g_autofree char *test = g_strdup_printf ("/dfu/data/%s", name);
    char *path = g_build_filename (folder, name, NULL);
    if (is_writing)
      write_case (path);
    g_test_add_data_func_full (test, path, run_case, g_free);
  }
  g_assert_cmpuint (count, >, 0);
  return g_test_run ();
}
