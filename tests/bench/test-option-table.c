/* Factory options of the bench's chips against the reference table of option fields, which neither the bench nor the
 * targets read. */
#include "tests/bench/bench-fixture.h"

/* a line of CSV with quotes: its cells, free with g_strfreev */
static char **split_line (const char *line) {
  g_autoptr (GPtrArray) cells = g_ptr_array_new ();
  g_autoptr (GString) cell = g_string_new (NULL);
  gboolean quoted = FALSE;
  for (const char *c = line;; c++) {
    if (*c == '"' && quoted && c[1] == '"') {
      g_string_append_c (cell, *c++);
    } else if (*c == '"') {
      quoted = !quoted;
    } else if (*c == '\0' || (*c == ',' && !quoted)) {
      g_ptr_array_add (cells, g_strdup (cell->str));
      g_string_truncate (cell, 0);
      if (*c == '\0')
        break;
    } else if (*c != '\r') {
      g_string_append_c (cell, *c);
    }
  }
  g_ptr_array_add (cells, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&cells), FALSE);
}

static gint column (char **head, const char *name) {
  for (gint i = 0; head[i] != NULL; i++)
    if (g_str_equal (head[i], name))
      return i;
  g_error ("the table has no column %s", name);
  return -1;
}

static gboolean lists (const char *pids, const char *pid) {
  g_auto (GStrv) parts = g_strsplit (pids, " ", -1);
  return g_strv_contains ((const char *const *)parts, pid);
}

static gboolean number (const char *text, guint64 *out) {
  return g_str_has_prefix (text, "0x") ? g_ascii_string_to_unsigned (text + 2, 16, 0, G_MAXUINT32, out, NULL)
                                       : g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, out, NULL);
}

static guint compare (const char *part, const char *pid, char **lines) {
  Rig rig;
  guint compared = 0;
  g_auto (GStrv) head = split_line (lines[0]);
  gint pids = column (head, "pids"), field = column (head, "field"), address = column (head, "word_address");
  gint bit = column (head, "bit_offset"), width = column (head, "width"), fallback = column (head, "default");
  rig_new (&rig, part);
  for (guint i = 1; lines[i] != NULL && lines[i][0] != '\0'; i++) {
    g_auto (GStrv) cells = split_line (lines[i]);
    guint64 word_address, first_bit, bits, expected;
    if (!lists (cells[pids], pid) || !number (cells[address], &word_address) || !number (cells[bit], &first_bit) ||
        !number (cells[width], &bits))
      continue;
    guint64 ones = bits >= 32 ? 0xffffffff : (G_GUINT64_CONSTANT (1) << bits) - 1;
    if (g_str_equal (cells[fallback], "all 1"))
      expected = ones;
    else if (!number (cells[fallback], &expected))
      continue;
    guint64 word = 0;
    for (guint k = 0; k < 4; k++)
      word |= (guint64)rig_cell (&rig, word_address + k) << (8 * k);
    if ((word >> first_bit & ones) != expected)
      g_error ("%s: %s: the bench has 0x%x, the table 0x%x", part, cells[field], (guint)(word >> first_bit & ones),
               (guint)expected);
    compared++;
  }
  rig_clear (&rig);
  return compared;
}

static void factory_options_are_those_of_the_table (void) {
  g_autofree char *path = g_build_filename (g_getenv ("STN_SOURCE_ROOT"), "tests", "data", "reference",
                                            "option-bytes.csv", NULL);
  g_autofree char *text = NULL;
  GError *error = NULL;
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (compare ("STM32F103CB", "0x410", lines), ==, 10);
  g_assert_cmpuint (compare ("STM32F405RG", "0x413", lines), ==, 6);
  g_assert_cmpuint (compare ("STM32G071CB", "0x460", lines), >=, 25);
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bench/options/factory_options_are_those_of_the_table", factory_options_are_those_of_the_table);
  return g_test_run ();
}
