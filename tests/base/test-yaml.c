#include "src/base/yaml.h"

#include <string.h>

static void
append_tree (GString *text, const StnNode *node)
{
  switch (node->kind) {
  case STN_NODE_SCALAR: {
    g_autofree char *described = stn_node_describe (node);
    g_string_append (text, described);
    break;
  }
  case STN_NODE_SEQUENCE:
    g_string_append_c (text, '[');
    for (guint i = 0; i < node->items->len; i++) {
      g_string_append (text, i > 0 ? ", " : "");
      append_tree (text, g_ptr_array_index (node->items, i));
    }
    g_string_append_c (text, ']');
    break;
  case STN_NODE_MAPPING:
    g_assert_cmpuint (node->keys->len, ==, node->items->len);
    g_string_append_c (text, '{');
    for (guint i = 0; i < node->items->len; i++) {
      g_string_append (text, i > 0 ? ", " : "");
      append_tree (text, g_ptr_array_index (node->keys, i));
      g_string_append (text, ": ");
      append_tree (text, g_ptr_array_index (node->items, i));
    }
    g_string_append_c (text, '}');
    break;
  }
}

/* does not stop at the first file */
static void
assert_same (const char *seen, const char *expected)
{
  if (!g_str_equal (seen, expected))
    g_test_fail_printf ("expected <%s>, seen <%s>", expected, seen);
}

/* NAME.yaml gives what NAME.expected says: the message, or the tree. */
static void
check_file (gconstpointer data)
{
  const char *name = data;
  g_autofree char *base = g_strndup (name, strlen (name) - strlen (".yaml"));
  g_autofree char *expected_name = g_strconcat (base, ".expected", NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "yaml", name, NULL);
  g_autofree char *expected_path = g_test_build_filename (G_TEST_DIST, "data", "yaml", expected_name, NULL);
  g_autofree char *contents = NULL;
  g_autofree char *expected = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  g_file_get_contents (expected_path, &expected, NULL, &error);
  g_assert_no_error (error);
  g_strchomp (expected);
  g_file_get_contents (path, &contents, &length, &error);
  g_assert_no_error (error);

  /* exactly as long as the file, so that valgrind sees a byte too far */
  g_autofree char *bytes = g_memdup2 (contents, length);
  g_autoptr (StnYaml) yaml = stn_yaml_parse (name, bytes, length, &error);
  if (yaml == NULL) {
    g_assert_error (error, STN_ERROR, STN_FAILURE_BAD_FILE);
    assert_same (error->message, expected);
    return;
  }
  g_assert_no_error (error);
  g_autoptr (GString) text = g_string_new (NULL);
  append_tree (text, stn_yaml_root (yaml));
  assert_same (text->str, expected);
}

static StnYaml *
parse_or_fail (const char *text)
{
  g_autoptr (GError) error = NULL;
  StnYaml *yaml = stn_yaml_parse ("t.yaml", text, strlen (text), &error);
  g_assert_no_error (error);
  g_assert_nonnull (yaml);
  return yaml;
}

static void
assert_place (const StnNode *node, guint line, guint column)
{
  g_assert_nonnull (node);
  g_assert_cmpstr (node->file, ==, "t.yaml");
  g_assert_cmpuint (node->line, ==, line);
  g_assert_cmpuint (node->column, ==, column);
}

static void
every_node_knows_its_place (void)
{
  g_autoptr (StnYaml) yaml = parse_or_fail ("ä: ü\nsites:\n  - name: A1\n    at: [0, 12]\n");
  const StnNode *root = stn_yaml_root (yaml);
  assert_place (root, 1, 1);
  assert_place (stn_node_get (root, "ä"), 1, 4);
  const StnNode *sites = stn_node_get (root, "sites");
  assert_place (sites, 3, 3);
  const StnNode *site = g_ptr_array_index (sites->items, 0);
  assert_place (site, 3, 5);
  assert_place (g_ptr_array_index (site->keys, 1), 4, 5);
  const StnNode *at = stn_node_get (site, "at");
  assert_place (at, 4, 9);
  assert_place (g_ptr_array_index (at->items, 1), 4, 13);
}

static void
quotes_are_remembered (void)
{
  g_autoptr (StnYaml) yaml = parse_or_fail ("a: 1\nb: '1'\nc: \"1\"\nd: |\n  1\n");
  const StnNode *root = stn_yaml_root (yaml);
  g_assert_false (stn_node_get (root, "a")->quoted);
  g_assert_true (stn_node_get (root, "b")->quoted);
  g_assert_true (stn_node_get (root, "c")->quoted);
  g_assert_true (stn_node_get (root, "d")->quoted);
}

static void
get_finds_nothing_where_nothing_is (void)
{
  g_autoptr (StnYaml) yaml = parse_or_fail ("a: 1\nb: [a]\n");
  const StnNode *root = stn_yaml_root (yaml);
  g_assert_null (stn_node_get (root, "c"));
  g_assert_null (stn_node_get (stn_node_get (root, "a"), "a"));
  g_assert_null (stn_node_get (stn_node_get (root, "b"), "a"));
  g_assert_null (stn_node_get (NULL, "a"));
}

static void
assert_refused (const char *bytes, gsize length, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (stn_yaml_parse ("t.yaml", bytes, length, &error));
  g_assert_error (error, STN_ERROR, STN_FAILURE_BAD_FILE);
  g_assert_cmpstr (error->message, ==, message);
}

static void
a_file_over_4_mib_is_refused_unread (void)
{
  g_autofree char *bytes = g_malloc (STN_YAML_MAX_BYTES + 1);
  memset (bytes, ' ', STN_YAML_MAX_BYTES + 1);
  bytes[0] = '#';
  assert_refused (bytes, STN_YAML_MAX_BYTES + 1, "t.yaml:1:1: expected at most 4 MiB, found 4194305 bytes");

  g_autoptr (GError) error = NULL;
  g_autoptr (StnYaml) yaml G_GNUC_UNUSED = stn_yaml_parse ("t.yaml", bytes, STN_YAML_MAX_BYTES, &error);
  g_assert_no_error (error);
}

static void
too_many_nodes_are_refused (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < STN_YAML_MAX_NODES; i++)
    g_string_append (text, "- a\n");
  assert_refused (text->str, text->len, "t.yaml:250000:3: expected at most 250000 keys and values, found more");

  g_string_truncate (text, (STN_YAML_MAX_NODES - 1) * 4);
  g_autoptr (StnYaml) yaml = parse_or_fail (text->str);
  g_assert_cmpuint (stn_yaml_root (yaml)->items->len, ==, STN_YAML_MAX_NODES - 1);
}

static void
errors_carry_what_was_expected_and_found (void)
{
  g_autoptr (StnYaml) yaml = parse_or_fail ("a: 1\nb: x\n");
  g_autoptr (GError) error = NULL;
  stn_node_error (stn_node_get (stn_yaml_root (yaml), "b"), &error, "a pin", "“x”", "%s", "b");
  g_assert_error (error, STN_ERROR, STN_FAILURE_BAD_FILE);
  g_assert_cmpstr (error->message, ==, "t.yaml:2:4: b: expected a pin, found “x”");
  g_assert_cmpstr (stn_error_detail (error)->expected, ==, "a pin");
  g_assert_cmpstr (stn_error_detail (error)->seen, ==, "“x”");

  g_clear_error (&error);
  stn_node_error (stn_yaml_root (yaml), &error, NULL, NULL, "two sites are called %s", "A1");
  g_assert_cmpstr (error->message, ==, "t.yaml:1:1: two sites are called A1");

  /* nobody listens */
  stn_node_error (stn_yaml_root (yaml), NULL, NULL, NULL, "%s", "x");
  g_assert_null (stn_yaml_parse ("t.yaml", "[", 1, NULL));
}

/* Mutations of good texts: whatever comes out, it is a tree or a message; the sanitizers and valgrind do the rest. */
static void
mutated_texts_give_a_tree_or_a_message (void)
{
  static const char seed[] = "%YAML 1.2\n---\n# c\na: 1\nb: [x, 'y', \"\\u00e4\\0\"]\n? c\n: { d: e, f: ! g }\nh: &i\n"
                             "  - *i\n  - |\n    t\n  - >-\n    u\n...\n";
  static const char spice[] = "!&*{}[]:,-?|>%@`'\"#\t\n\r \\\x00\x01\x80\xc3\xef\xbb\xbf";
  GRand *rand = g_rand_new_with_seed (20240607);
  guint trees = 0;
  guint messages = 0;

  for (guint round = 0; round < 20000; round++) {
    char text[sizeof seed - 1];
    gsize length = (gsize) g_rand_int_range (rand, 0, (gint32) sizeof text + 1);
    memcpy (text, seed, length);
    for (gint32 i = g_rand_int_range (rand, 0, 6); i > 0 && length > 0; i--)
      text[g_rand_int_range (rand, 0, (gint32) length)] = spice[g_rand_int_range (rand, 0, sizeof spice - 1)];

    g_autofree char *bytes = g_memdup2 (text, length);
    g_autoptr (GError) error = NULL;
    g_autoptr (StnYaml) yaml = stn_yaml_parse ("m.yaml", bytes, length, &error);
    if (yaml != NULL) {
      g_assert_no_error (error);
      g_assert_nonnull (stn_yaml_root (yaml));
      trees++;
    } else {
      g_assert_error (error, STN_ERROR, STN_FAILURE_BAD_FILE);
      g_assert_true (g_str_has_prefix (error->message, "m.yaml:"));
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      messages++;
    }
  }
  g_rand_free (rand);
  g_assert_cmpuint (trees, >, 100);
  g_assert_cmpuint (messages, >, 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/yaml/every_node_knows_its_place", every_node_knows_its_place);
  g_test_add_func ("/yaml/quotes_are_remembered", quotes_are_remembered);
  g_test_add_func ("/yaml/get_finds_nothing_where_nothing_is", get_finds_nothing_where_nothing_is);
  g_test_add_func ("/yaml/a_file_over_4_mib_is_refused_unread", a_file_over_4_mib_is_refused_unread);
  g_test_add_func ("/yaml/too_many_nodes_are_refused", too_many_nodes_are_refused);
  g_test_add_func ("/yaml/errors_carry_what_was_expected_and_found", errors_carry_what_was_expected_and_found);
  g_test_add_func ("/yaml/mutated_texts_give_a_tree_or_a_message", mutated_texts_give_a_tree_or_a_message);

  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "data", "yaml", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) directory = g_dir_open (folder, 0, &error);
  g_assert_no_error (error);
  guint files = 0;
  for (const char *name; (name = g_dir_read_name (directory)) != NULL;) {
    if (!g_str_has_suffix (name, ".yaml"))
      continue;
    g_autofree char *path = g_strconcat ("/yaml/corpus/", name, NULL);
    g_test_add_data_func_full (path, g_strdup (name), check_file, g_free);
    files++;
  }
  g_assert_cmpuint (files, >, 50);
  return g_test_run ();
}
