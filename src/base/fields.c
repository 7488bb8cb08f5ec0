#include "src/base/fields.h"

#include <string.h>

#include "src/base/text-kinds.h"

/* Where the reading stands, from the root down: "sites[2].power". On the stack, turned into text for an error only. */
typedef struct Path Path;
struct Path {
  const Path *parent;
  const char *key; /* NULL: an item of a list */
  guint index;
};

/* Set while a fallback is read instead of the file: its nodes are gone afterwards, so that places are taken from the
 * mapping that could have had the key, and errors are ours. */
typedef struct {
  const StnNode *stand_in;
  const char *file; /* paths in a fallback are relative to it too */
} Reading;

static gboolean read_value (const Reading *reading, const StnField *field, const StnNode *node, gpointer out,
                            const Path *path, GError **error);
static gboolean read_struct (const Reading *reading, const StnField *fields, const char *short_key,
                             const StnNode *key_node, const StnNode *node, gpointer out, const Path *path,
                             GError **error);
static gboolean fill_in (const Reading *reading, const StnField *fields, const char *short_key, const StnNode *key_node,
                         const StnNode *node, gboolean there, gpointer out, const Path *path, GError **error);

static gpointer
member_of (gpointer out, gsize offset)
{
  return (guint8 *) out + offset;
}

static gboolean
is_plain_name (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("-_+/", *p) == NULL)
      return FALSE;
  return TRUE;
}

static void
append_path (GString *text, const Path *path)
{
  if (path == NULL)
    return;
  append_path (text, path->parent);
  if (path->key == NULL) {
    g_string_append_printf (text, "[%u]", path->index);
    return;
  }
  if (text->len > 0)
    g_string_append_c (text, '.');
  g_autofree char *quoted = is_plain_name (path->key) ? g_strdup (path->key) : stn_text_quote (path->key);
  g_string_append (text, quoted);
}

static char *
path_to_text (const Path *path)
{
  GString *text = g_string_new (NULL);
  append_path (text, path);
  return g_string_free (text, FALSE);
}

/* "FILE:LINE:COLUMN: PATH: expected E, found F"; always FALSE. */
static gboolean
fail (const Path *path, const StnNode *node, GError **error, const char *expected, const char *found)
{
  g_autofree char *text = path_to_text (path);
  stn_node_error (node, error, expected, found, "%s", text);
  return FALSE;
}

static gboolean
fail_at_node (const Path *path, const StnNode *node, GError **error, const char *expected)
{
  g_autofree char *found = stn_node_describe (node);
  return fail (path, node, error, expected, found);
}

static gboolean
is_nothing (const StnNode *node)
{
  return node->kind == STN_NODE_SCALAR && !node->quoted && *node->text == '\0';
}

/* NODE and PLACE stand outside: they take whatever is there. */
static char *
expected_text (const StnField *field, StnFieldKind kind)
{
  const StnScalarKind *row = stn_scalar_kind (kind);
  if (kind == STN_FIELD_ENUM)
    return stn_field_names_text (field->names);
  if (row != NULL)
    return g_strdup (row->expected);
  if (kind == STN_FIELD_LIST)
    return g_strdup ("a list");
  if (kind == STN_FIELD_NODE)
    return g_strdup ("a value");
  return g_strdup ("a mapping");
}

static gboolean
fail_scalar (const StnField *field, StnFieldKind kind, StnTextMatch match, const StnNode *node, const Path *path,
             GError **error)
{
  static const char *const after[] = {
    [STN_TEXT_UNIT_MISSING] = " without a unit",
    [STN_TEXT_UNIT_UNWANTED] = " with a unit",
    [STN_TEXT_TOO_LARGE] = ", which is too large",
    [STN_TEXT_TOO_FINE] = ", which is finer than can be kept",
    [STN_TEXT_UPSIDE_DOWN] = ", which ends before it starts",
  };
  g_autofree char *expected = expected_text (field, kind);
  g_autofree char *described = stn_node_describe (node);
  g_autoptr (GString) found = g_string_new (described);
  if ((gsize) match < G_N_ELEMENTS (after) && after[match] != NULL)
    g_string_append (found, after[match]);
  if (kind == STN_FIELD_ENUM && *node->text != '\0') {
    const char *nearest = stn_text_nearest (node->text, field->names);
    if (nearest != NULL)
      g_string_append_printf (found, "; the nearest is “%s”", nearest);
  }
  return fail (path, node, error, expected, found->str);
}

static gboolean
is_within (const StnField *field, const StnScalarKind *row, gconstpointer member)
{
  gboolean low = stn_field_has_low (field), high = stn_field_has_high (field);
  switch (row->bounds) {
  case STN_BOUNDS_SIGNED: {
    gint64 value = *(const gint64 *) member;
    return (!low || value >= field->low) && (!high || value <= field->high);
  }
  case STN_BOUNDS_UNSIGNED: {
    guint64 value = *(const guint64 *) member;
    return (!low || value >= (guint64) field->low) && (!high || value <= (guint64) field->high);
  }
  case STN_BOUNDS_LENGTH: {
    gsize value = strlen (*(char *const *) member);
    return (!low || value >= (guint64) field->low) && (!high || value <= (guint64) field->high);
  }
  case STN_BOUNDS_RANGE: {
    const StnRange *value = member;
    return (!low || value->first >= (guint64) field->low) && (!high || value->last <= (guint64) field->high);
  }
  case STN_BOUNDS_NONE:
  default:
    return TRUE;
  }
}

static StnTextMatch
parse_enum (const StnField *field, const char *text, int *out)
{
  for (int i = 0; field->names[i] != NULL; i++)
    if (g_str_equal (field->names[i], text)) {
      *out = i;
      return STN_TEXT_OK;
    }
  return STN_TEXT_NO_MATCH;
}

static StnTextMatch
parse_path (const char *file, const char *text, char **out)
{
  if (*text == '\0')
    return STN_TEXT_NO_MATCH;
  g_autofree char *folder = g_path_get_dirname (file);
  if (g_path_is_absolute (text) || g_str_equal (folder, "."))
    *out = g_strdup (text);
  else
    *out = g_build_filename (folder, text, NULL);
  return STN_TEXT_OK;
}

/* Reads into a member that is zero. */
static gboolean
read_scalar (const Reading *reading, const StnField *field, StnFieldKind kind, const StnNode *node, gpointer member,
             const Path *path, GError **error)
{
  const StnScalarKind *row = stn_scalar_kind (kind);
  StnTextMatch match;

  if (node->kind != STN_NODE_SCALAR || is_nothing (node)) {
    g_autofree char *expected = expected_text (field, kind);
    return fail_at_node (path, node, error, expected);
  }
  if (kind == STN_FIELD_ENUM)
    match = parse_enum (field, node->text, member);
  else if (kind == STN_FIELD_PATH)
    match = parse_path (reading->file, node->text, member);
  else
    match = row->parse (node->text, member);
  if (match != STN_TEXT_OK)
    return fail_scalar (field, kind, match, node, path, error);

  if (!is_within (field, row, member)) {
    g_autofree char *expected = stn_field_range_text (field, kind);
    if (row->bounds == STN_BOUNDS_LENGTH) {
      g_autofree char *found = row->show ((gint64) strlen (node->text));
      return fail (path, node, error, expected, found);
    }
    return fail (path, node, error, expected, node->text);
  }
  return TRUE;
}

static gboolean
check_count (const StnField *field, guint count, const StnNode *node, const Path *path, GError **error)
{
  if (count >= field->items_least && (field->items_most == 0 || count <= field->items_most))
    return TRUE;
  g_autofree char *expected = NULL;
  g_autofree char *found = g_strdup_printf ("%u", count);
  if (field->items_most == 0)
    expected = g_strdup_printf ("at least %u %s", field->items_least, field->items_least == 1 ? "item" : "items");
  else if (field->items_least == field->items_most)
    expected = g_strdup_printf ("%u %s", field->items_most, field->items_most == 1 ? "item" : "items");
  else
    expected = g_strdup_printf ("%u to %u items", field->items_least, field->items_most);
  return fail (path, node, error, expected, found);
}

static gboolean
read_item (const Reading *reading, const StnField *field, const StnNode *node, GPtrArray *array, const Path *path,
           GError **error)
{
  const StnScalarKind *row = stn_scalar_kind (field->element);

  if (field->element == STN_FIELD_NODE) {
    if (reading->stand_in == NULL)
      g_ptr_array_add (array, (gpointer) node);
    return TRUE;
  }
  if (field->element == STN_FIELD_OBJECT) {
    gpointer item = g_malloc0 (field->struct_size);
    g_ptr_array_add (array, item);
    return read_struct (reading, field->fields, field->short_key, NULL, node, item, path, error);
  }
  if (row == NULL) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "the field “%s” is a list of what can't be an item", field->key);
    return FALSE;
  }
  if (row->owned) {
    char *text = NULL;
    gboolean ok = read_scalar (reading, field, field->element, node, &text, path, error);
    if (text != NULL)
      g_ptr_array_add (array, text);
    return ok;
  }
  gpointer item = g_malloc0 (row->size);
  g_ptr_array_add (array, item);
  return read_scalar (reading, field, field->element, node, item, path, error);
}

static GPtrArray *
array_new (const StnField *field)
{
  gboolean borrowed = field->kind == STN_FIELD_LIST && field->element == STN_FIELD_NODE;
  return borrowed ? g_ptr_array_new () : g_ptr_array_new_with_free_func (g_free);
}

static gboolean
read_list (const Reading *reading, const StnField *field, const StnNode *node, GPtrArray **member, const Path *path,
           GError **error)
{
  gboolean single = node->kind == STN_NODE_SCALAR && !is_nothing (node)
                    && (field->element != STN_FIELD_OBJECT || field->short_key != NULL);
  *member = array_new (field);
  if (single)
    return check_count (field, 1, node, path, error) && read_item (reading, field, node, *member, path, error);
  if (node->kind != STN_NODE_SEQUENCE)
    return fail_at_node (path, node, error, "a list");
  if (!check_count (field, node->items->len, node, path, error))
    return FALSE;
  for (guint i = 0; i < node->items->len; i++) {
    Path item = { .parent = path, .index = i };
    if (!read_item (reading, field, g_ptr_array_index (node->items, i), *member, &item, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_map (const Reading *reading, const StnField *field, const StnNode *node, GPtrArray **member, const Path *path,
          GError **error)
{
  *member = array_new (field);
  if (node->kind != STN_NODE_MAPPING)
    return fail_at_node (path, node, error, "a mapping");
  if (!check_count (field, node->items->len, node, path, error))
    return FALSE;
  for (guint i = 0; i < node->items->len; i++) {
    const StnNode *key = g_ptr_array_index (node->keys, i);
    Path item = { .parent = path, .key = key->text };
    gpointer element = g_malloc0 (field->struct_size);
    g_ptr_array_add (*member, element);
    if (!read_struct (reading, field->fields, field->short_key, key, g_ptr_array_index (node->items, i), element, &item,
                      error))
      return FALSE;
  }
  return TRUE;
}

/* Reads what a key of the file says into the struct `out`. */
static gboolean
read_value (const Reading *reading, const StnField *field, const StnNode *node, gpointer out, const Path *path,
            GError **error)
{
  gpointer member = member_of (out, field->offset);
  switch (field->kind) {
  case STN_FIELD_OBJECT:
    if (field->present > 0 && reading->stand_in == NULL)
      *(gboolean *) member_of (out, field->present - 1) = TRUE;
    return read_struct (reading, field->fields, field->short_key, NULL, node, member, path, error);
  case STN_FIELD_LIST:
    return read_list (reading, field, node, member, path, error);
  case STN_FIELD_MAP:
    return read_map (reading, field, node, member, path, error);
  case STN_FIELD_NODE:
    *(const StnNode **) member = reading->stand_in == NULL ? node : NULL;
    return TRUE;
  case STN_FIELD_END:
  case STN_FIELD_PLACE:
    return TRUE;
  default:
    return read_scalar (reading, field, field->kind, node, member, path, error);
  }
}

/* Reads a fallback: text of the table, through the grammar of the file. */
static gboolean
read_fallback (const Reading *reading, const StnField *field, const StnNode *place, gpointer out, const Path *path,
               GError **error)
{
  Reading inner = { .stand_in = reading->stand_in != NULL ? reading->stand_in : place, .file = reading->file };
  Path key = { .parent = path, .key = field->key };
  g_autoptr (GError) refused = NULL;
  g_autoptr (StnYaml) yaml = NULL;
  StnNode scalar = { .kind = STN_NODE_SCALAR, .file = "fallback", .line = 1, .column = 1, .quoted = TRUE };
  const StnNode *node = &scalar;
  gboolean ok = TRUE;

  scalar.text = (char *) field->fallback;
  if (stn_scalar_kind (field->kind) == NULL) {
    yaml = stn_yaml_parse ("fallback", field->fallback, strlen (field->fallback), &refused);
    ok = yaml != NULL;
    node = ok ? stn_yaml_root (yaml) : NULL;
  }
  if (ok && read_value (&inner, field, node, out, &key, &refused))
    return TRUE;
  stn_error_set (error, STN_FAILURE_INTERNAL, "a field table is wrong: %s", refused->message);
  return FALSE;
}

static const StnNode *
find_given (const StnField *field, const char *short_key, const StnNode *node)
{
  if (node->kind == STN_NODE_MAPPING)
    return stn_node_get (node, field->key);
  return short_key != NULL && g_str_equal (short_key, field->key) ? node : NULL;
}

static gboolean
fail_missing (const StnField *field, const StnNode *node, const Path *path, GError **error)
{
  g_autofree char *expected = expected_text (field, field->kind);
  g_autofree char *text = path_to_text (path);
  g_autofree char *about = field->help != NULL ? g_strdup_printf (" (%s)", field->help) : g_strdup ("");
  stn_node_error (node, error, expected, "nothing", "%s%sthe key “%s” is missing%s", text, *text != '\0' ? ": " : "",
                  field->key, about);
  return FALSE;
}

/* What the file does not say about a struct: required keys, fallbacks, empty arrays, places. `node` is the struct's
 * node, or where `there` is FALSE the mapping that could have had it. */
static gboolean
fill_in (const Reading *reading, const StnField *fields, const char *short_key, const StnNode *key_node,
         const StnNode *node, gboolean there, gpointer out, const Path *path, GError **error)
{
  for (const StnField *field = fields; field->kind != STN_FIELD_END; field++) {
    gpointer member = member_of (out, field->offset);
    const StnNode *given = there ? find_given (field, short_key, node) : NULL;

    if (field->kind == STN_FIELD_PLACE) {
      const StnNode *place = given != NULL ? given : node;
      if (*field->key == '\0' && key_node != NULL)
        place = key_node;
      *(const StnNode **) member = reading->stand_in != NULL ? reading->stand_in : place;
      continue;
    }
    if (given != NULL || *field->key == '\0')
      continue;
    if (there && field->required)
      return fail_missing (field, node, path, error);
    if (field->fallback != NULL) {
      if (!read_fallback (reading, field, node, out, path, error))
        return FALSE;
    } else if (field->kind == STN_FIELD_OBJECT) {
      Path inner = { .parent = path, .key = field->key };
      if (!fill_in (reading, field->fields, NULL, NULL, node, FALSE, member, &inner, error))
        return FALSE;
    } else if (field->kind == STN_FIELD_LIST || field->kind == STN_FIELD_MAP) {
      *(GPtrArray **) member = array_new (field);
    }
  }
  return TRUE;
}

static gboolean
fail_unknown (const StnField *fields, const StnNode *key, const Path *path, GError **error)
{
  g_autoptr (GPtrArray) known = g_ptr_array_new ();
  for (const StnField *field = fields; field->kind != STN_FIELD_END; field++)
    if (field->kind != STN_FIELD_PLACE && *field->key != '\0')
      g_ptr_array_add (known, (gpointer) field->key);
  g_ptr_array_add (known, NULL);

  g_autofree char *text = path_to_text (path);
  g_autofree char *quoted = stn_text_quote (key->text);
  const char *separator = *text != '\0' ? ": " : "";
  const char *nearest = stn_text_nearest (key->text, (const char *const *) known->pdata);
  if (nearest != NULL) {
    stn_node_error (key, error, NULL, NULL, "%s%sunknown key %s; the nearest known key is “%s”", text, separator,
                    quoted, nearest);
    return FALSE;
  }
  g_autofree char *expected = stn_field_names_text ((const char *const *) known->pdata);
  stn_node_error (key, error, *expected != '\0' ? expected : "no key at all", NULL, "%s%sunknown key %s", text,
                  separator, quoted);
  return FALSE;
}

static gboolean
read_mapping (const Reading *reading, const StnField *fields, const StnNode *node, gpointer out, const Path *path,
              GError **error)
{
  /* in the file's order, so that the first thing wrong in it is what is named */
  for (guint i = 0; i < node->keys->len; i++) {
    const StnNode *key = g_ptr_array_index (node->keys, i);
    Path inner = { .parent = path, .key = key->text };
    gboolean known = FALSE;
    for (const StnField *field = fields; field->kind != STN_FIELD_END; field++) {
      if (field->kind == STN_FIELD_PLACE || !g_str_equal (field->key, key->text))
        continue;
      known = TRUE;
      if (!read_value (reading, field, g_ptr_array_index (node->items, i), out, &inner, error))
        return FALSE;
    }
    if (!known)
      return fail_unknown (fields, key, path, error);
  }
  return TRUE;
}

static gboolean
read_short (const Reading *reading, const StnField *fields, const char *short_key, const StnNode *node, gpointer out,
            const Path *path, GError **error)
{
  for (const StnField *field = fields; field->kind != STN_FIELD_END; field++)
    if (field->kind != STN_FIELD_PLACE && g_str_equal (field->key, short_key))
      return read_value (reading, field, node, out, path, error);
  stn_error_set (error, STN_FAILURE_INTERNAL, "a field table is wrong: it has no row “%s”", short_key);
  return FALSE;
}

/* A struct of OBJECT, LIST or MAP: a mapping, or a scalar where there is a short form. `key_node` is the MAP's key. */
static gboolean
read_struct (const Reading *reading, const StnField *fields, const char *short_key, const StnNode *key_node,
             const StnNode *node, gpointer out, const Path *path, GError **error)
{
  if (key_node != NULL)
    for (const StnField *field = fields; field->kind != STN_FIELD_END; field++)
      if (field->kind != STN_FIELD_PLACE && *field->key == '\0'
          && !read_value (reading, field, key_node, out, path, error))
        return FALSE;

  gboolean short_form = short_key != NULL && node->kind == STN_NODE_SCALAR && !is_nothing (node);
  if (short_form) {
    if (!read_short (reading, fields, short_key, node, out, path, error))
      return FALSE;
  } else if (node->kind != STN_NODE_MAPPING) {
    return fail_at_node (path, node, error, "a mapping");
  } else if (!read_mapping (reading, fields, node, out, path, error)) {
    return FALSE;
  }
  return fill_in (reading, fields, short_key, key_node, node, TRUE, out, path, error);
}

gboolean
stn_fields_read (const StnField *fields, const StnNode *node, gpointer out, GError **error)
{
  Reading reading = { .file = node->file };
  if (read_struct (&reading, fields, NULL, NULL, node, out, NULL, error))
    return TRUE;
  stn_fields_clear (fields, out);
  return FALSE;
}

static void
clear_array (const StnField *field, GPtrArray **member)
{
  if (*member == NULL)
    return;
  if (field->kind == STN_FIELD_MAP || field->element == STN_FIELD_OBJECT)
    for (guint i = 0; i < (*member)->len; i++)
      stn_fields_clear (field->fields, g_ptr_array_index (*member, i));
  g_clear_pointer (member, g_ptr_array_unref);
}

void
stn_fields_clear (const StnField *fields, gpointer out)
{
  if (out == NULL)
    return;
  for (const StnField *field = fields; field->kind != STN_FIELD_END; field++) {
    gpointer member = member_of (out, field->offset);
    const StnScalarKind *row = stn_scalar_kind (field->kind);
    if (row != NULL) {
      if (row->owned)
        g_free (*(char **) member);
      memset (member, 0, row->size);
    } else if (field->kind == STN_FIELD_OBJECT) {
      stn_fields_clear (field->fields, member);
      if (field->present > 0)
        *(gboolean *) member_of (out, field->present - 1) = FALSE;
    } else if (field->kind == STN_FIELD_LIST || field->kind == STN_FIELD_MAP) {
      clear_array (field, member);
    } else {
      *(const StnNode **) member = NULL;
    }
  }
}
