/* Factory options of the bench's chips against the reference table of option fields, which neither the bench nor the
 * targets read. */
#include "tests/bench/bench-fixture.h"

/* a line of CSV with quotes: its cells, free with g_strfreev */
static char **
split_line (const char *line)
{
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
  return (char **) g_ptr_array_free (g_steal_pointer (&cells), FALSE);
}

static gint
column (char **head, const char *name)
{
  for (gint i = 0; head[i] != NULL; i++)
    if (g_str_equal (head[i], name))
      return i;
  g_error ("the table has no column %s", name);
  return -1;
}

static gboolean
lists (const char *pids, const char *pid)
{
  g_auto (GStrv) parts = g_strsplit (pids, " ", -1);
  return g_strv_contains ((const char *const *) parts, pid);
}

static gboolean
number (const char *text, guint64 *out)
{
  return g_str_has_prefix (text, "0x") ? g_ascii_string_to_unsigned (text + 2, 16, 0, G_MAXUINT32, out, NULL)
                                       : g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, out, NULL);
}

/* A chip of each product id, and how many rows of the table are compared for it at least. */
static const struct {
  const char *part, *pid;
  guint least;
} chips[] = {
  { "STM32F103CB", "0x410", 10 },  { "STM32F103x6", "0x412", 7 },  { "STM32F103xE", "0x414", 10 },
  { "STM32F107xC", "0x418", 10 },  { "STM32F100xB", "0x420", 10 }, { "STM32F100xE", "0x428", 10 },
  { "STM32F103xG", "0x430", 11 },  { "STM32F051x8", "0x440", 11 }, { "STM32F091xC", "0x442", 15 },
  { "STM32F031x6", "0x444", 10 },  { "STM32F042x6", "0x445", 12 }, { "STM32F072xB", "0x448", 13 },
  { "STM32F207xG", "0x411", 6 },   { "STM32F303xC", "0x422", 13 }, { "STM32F373xC", "0x432", 14 },
  { "STM32F334x8", "0x438", 11 },  { "STM32F301x8", "0x439", 11 }, { "STM32F303xE", "0x446", 13 },
  { "STM32F405RG", "0x413", 6 },   { "STM32F429xI", "0x419", 9 },  { "STM32F446xE", "0x421", 7 },
  { "STM32F401xC", "0x423", 7 },   { "STM32F411xE", "0x431", 7 },  { "STM32F401xE", "0x433", 7 },
  { "STM32F469xI", "0x434", 9 },   { "STM32F412xG", "0x441", 7 },  { "STM32F410xB", "0x458", 7 },
  { "STM32F413xH", "0x463", 7 },   { "STM32F746xG", "0x449", 11 }, { "STM32F767xI", "0x451", 13 },
  { "STM32F722xE", "0x452", 13 },  { "STM32L053x8", "0x417", 8 },  { "STM32L031x6", "0x425", 8 },
  { "STM32L073xZ", "0x447", 11 },  { "STM32L011x4", "0x457", 10 }, { "STM32L151xB", "0x416", 6 },
  { "STM32L151xC", "0x427", 9 },   { "STM32L152xE", "0x437", 13 }, { "STM32L476xG", "0x415", 27 },
  { "STM32L431CB", "0x435", 21 },  { "STM32L496xG", "0x461", 29 }, { "STM32L452xE", "0x462", 21 },
  { "STM32L412xB", "0x464", 21 },  { "STM32L4R5xI", "0x470", 29 }, { "STM32L4P5xG", "0x471", 28 },
  { "STM32G051x8", "0x456", 28 },  { "STM32G071CB", "0x460", 28 }, { "STM32G031x8", "0x466", 28 },
  { "STM32G0B1xE", "0x467", 39 },  { "STM32C011x6", "0x443", 29 }, { "STM32C031x6", "0x453", 29 },
  { "STM32C051x8", "0x44C", 29 },  { "STM32C071xB", "0x493", 29 }, { "STM32C091xC", "0x44D", 29 },
  { "STM32G431xB", "0x468", 25 },  { "STM32G474xE", "0x469", 34 }, { "STM32G491xE", "0x479", 26 },
  { "STM32WB15xC", "0x494", 28 },  { "STM32WB55xG", "0x495", 24 }, { "STM32WLE5xC", "0x497", 26 },
  { "STM32U031x8", "0x459", 22 },  { "STM32U073xC", "0x489", 22 }, { "STM32L552xE", "0x472", 36 },
  { "STM32U535xE", "0x455", 43 },  { "STM32U575xI", "0x482", 44 }, { "STM32U599xJ", "0x481", 44 },
  { "STM32U5G9xJ", "0x476", 44 },  { "STM32U375xG", "0x454", 42 }, { "STM32WBA52xG", "0x492", 28 },
  { "STM32WBA65xI", "0x4B0", 38 }, { "STM32H503xB", "0x474", 24 }, { "STM32H523xE", "0x478", 36 },
  { "STM32H563xI", "0x484", 36 },  { "STM32H743xI", "0x450", 24 }, { "STM32H723xG", "0x483", 17 },
  { "STM32H7A3xI", "0x480", 21 },  { "STM32C551xE", "0x44E", 19 },
};

/* Rows that the bench reads otherwise: DB1M stands in the table at its bit of the register, 30; in the area, whose rows
 * have 16 bits, that is bit 14 of the second row. */
static gboolean
reads_otherwise (const char *family, const char *field)
{
  return g_str_equal (family, "F4") && g_str_equal (field, "DB1M");
}

static guint
compare (const char *part, const char *pid, char **lines)
{
  Rig rig;
  guint compared = 0;
  g_auto (GStrv) head = split_line (lines[0]);
  gint families = column (head, "family"), pids = column (head, "pids"), field = column (head, "field");
  gint address = column (head, "word_address"), bit = column (head, "bit_offset"), width = column (head, "width");
  gint fallback = column (head, "default");
  rig_new (&rig, part);
  g_assert_cmpuint (stn_targets_find (rig.targets, part, NULL)->product_id, ==, g_ascii_strtoull (pid, NULL, 0));
  for (guint i = 1; lines[i] != NULL && lines[i][0] != '\0'; i++) {
    g_auto (GStrv) cells = split_line (lines[i]);
    guint64 word_address, first_bit, bits, expected;
    if (!lists (cells[pids], pid) || !number (cells[address], &word_address) || !number (cells[bit], &first_bit)
        || !number (cells[width], &bits) || reads_otherwise (cells[families], cells[field]))
      continue;
    guint64 ones = bits >= 32 ? 0xffffffff : (G_GUINT64_CONSTANT (1) << bits) - 1;
    if (g_str_equal (cells[fallback], "all 1"))
      expected = ones;
    else if (!number (cells[fallback], &expected))
      continue;
    guint64 word = 0;
    for (guint k = 0; k < 4; k++)
      word |= (guint64) rig_cell (&rig, word_address + k) << (8 * k);
    if ((word >> first_bit & ones) != expected)
      g_error ("%s: %s: the bench has 0x%x, the table 0x%x", part, cells[field], (guint) (word >> first_bit & ones),
               (guint) expected);
    compared++;
  }
  rig_clear (&rig);
  return compared;
}

static void
factory_options_are_those_of_the_table (void)
{
  g_autofree char *path =
      g_build_filename (g_getenv ("STN_SOURCE_ROOT"), "tests", "data", "reference", "option-bytes.csv", NULL);
  g_autofree char *text = NULL;
  GError *error = NULL;
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; i < G_N_ELEMENTS (chips); i++) {
    guint compared = compare (chips[i].part, chips[i].pid, lines);
    g_test_message ("%s: %u", chips[i].part, compared);
    g_assert_cmpuint (compared, >=, chips[i].least);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bench/options/factory_options_are_those_of_the_table", factory_options_are_those_of_the_table);
  return g_test_run ();
}
