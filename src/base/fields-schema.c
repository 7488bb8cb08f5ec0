#include "src/base/fields.h"

#include <string.h>

#include "src/base/text-kinds.h"

/* A field table as JSON Schema. What a JSON reader makes of YAML's plain scalars counts here: `retries: 3` arrives as a
 * number and `address: 0x08004000` does too, so most kinds take a number beside the text. The schema is for editors and
 * reviews; it never refuses what stn_fields_read takes, and what it can't say (a range with units) is in the
 * description. */

typedef struct {
  GString *text;
  guint depth;
  gboolean empty; /* nothing stands in the open bracket yet */
} Json;

static void
append_string (GString *text, const char *value)
{
  g_string_append_c (text, '"');
  for (const char *p = value; *p != '\0'; p++) {
    if (*p == '"' || *p == '\\')
      g_string_append_printf (text, "\\%c", *p);
    else if (*p == '\n')
      g_string_append (text, "\\n");
    else if ((guint8) *p < 0x20)
      g_string_append_printf (text, "\\u%04x", (guint) *p);
    else
      g_string_append_c (text, *p);
  }
  g_string_append_c (text, '"');
}

static void
new_line (Json *self)
{
  g_string_append_c (self->text, '\n');
  for (guint i = 0; i < self->depth; i++)
    g_string_append (self->text, "  ");
}

/* Makes room for the next member or item of the open bracket; `key` is NULL in an array. */
static void
next (Json *self, const char *key)
{
  if (!self->empty)
    g_string_append_c (self->text, ',');
  self->empty = FALSE;
  new_line (self);
  if (key != NULL) {
    append_string (self->text, key);
    g_string_append (self->text, ": ");
  }
}

static void
open_bracket (Json *self, char bracket)
{
  g_string_append_c (self->text, bracket);
  self->depth++;
  self->empty = TRUE;
}

static void
close_bracket (Json *self, char bracket)
{
  self->depth--;
  if (!self->empty)
    new_line (self);
  g_string_append_c (self->text, bracket);
  self->empty = FALSE;
}

static void
put_string (Json *self, const char *key, const char *value)
{
  next (self, key);
  append_string (self->text, value);
}

/* A value that is JSON already. */
static void
put_raw (Json *self, const char *key, const char *value)
{
  next (self, key);
  g_string_append (self->text, value);
}

static void
put_count (Json *self, const char *key, guint64 value)
{
  next (self, key);
  g_string_append_printf (self->text, "%" G_GUINT64_FORMAT, value);
}

static gboolean
is_json_number (const char *text)
{
  gint64 ppm;
  return stn_text_to_number_ppm (text, &ppm);
}

static void
append_enum (Json *self, const StnField *field)
{
  g_string_append_c (self->text, '[');
  for (guint i = 0; field->names[i] != NULL; i++) {
    g_string_append (self->text, i > 0 ? ", " : "");
    append_string (self->text, field->names[i]);
    /* names that a JSON reader takes for something else: `baud: 115200`, `blank: true` */
    if (is_json_number (field->names[i]) || g_str_equal (field->names[i], "true")
        || g_str_equal (field->names[i], "false"))
      g_string_append_printf (self->text, ", %s", field->names[i]);
  }
  g_string_append_c (self->text, ']');
}

static void
put_bounds (Json *self, const StnField *field, StnFieldKind kind)
{
  gboolean low = stn_field_has_low (field), high = stn_field_has_high (field);
  if (kind == STN_FIELD_DURATION) {
    /* the only plain number is 0 */
    put_raw (self, "minimum", "0");
    put_raw (self, "maximum", "0");
  } else if (kind == STN_FIELD_TEXT) {
    /* ours are bytes, theirs characters: a character has at least one byte */
    if (field->low > 0)
      put_count (self, "minLength", 1);
    if (high && field->high > 0)
      put_count (self, "maxLength", (guint64) field->high);
  } else if (kind == STN_FIELD_INTEGER || kind == STN_FIELD_NUMBER) {
    g_autofree char *low_text = stn_scalar_kind (kind)->show (field->low);
    g_autofree char *high_text = stn_scalar_kind (kind)->show (field->high);
    if (low)
      put_raw (self, "minimum", low_text);
    if (high)
      put_raw (self, "maximum", high_text);
  } else if (kind == STN_FIELD_ADDRESS || kind == STN_FIELD_SIZE) {
    put_count (self, "minimum", (guint64) field->low);
    if (high)
      put_count (self, "maximum", (guint64) field->high);
  }
}

/* The members of a scalar's schema. */
static void
put_scalar (Json *self, const StnField *field, StnFieldKind kind)
{
  const StnScalarKind *row = stn_scalar_kind (kind);
  if (kind == STN_FIELD_BOOLEAN) {
    put_raw (self, "enum", "[true, false, \"true\", \"false\", \"yes\", \"no\"]");
    return;
  }
  if (kind == STN_FIELD_ENUM) {
    next (self, "enum");
    append_enum (self, field);
    return;
  }
  put_raw (self, "type", row->types);
  if (row->pattern != NULL)
    put_string (self, "pattern", row->pattern);
  put_bounds (self, field, kind);
}

static void put_value (Json *self, const StnField *field, StnFieldKind kind);

/* FALSE for rows that read nothing, for a MAP's key, and for a key that an earlier row has described. */
static gboolean
is_described (const StnField *fields, const StnField *field)
{
  if (field->kind == STN_FIELD_PLACE || *field->key == '\0')
    return FALSE;
  for (const StnField *earlier = fields; earlier != field; earlier++)
    if (earlier->kind != STN_FIELD_PLACE && g_str_equal (earlier->key, field->key))
      return FALSE;
  return TRUE;
}

static void
append_scalar_default (Json *self, StnFieldKind kind, const char *text)
{
  if ((kind == STN_FIELD_INTEGER || kind == STN_FIELD_NUMBER) && is_json_number (text))
    g_string_append (self->text, text);
  else if (kind == STN_FIELD_BOOLEAN)
    g_string_append (self->text, g_str_equal (text, "true") || g_str_equal (text, "yes") ? "true" : "false");
  else
    append_string (self->text, text);
}

static void
append_node_default (Json *self, StnFieldKind kind, const StnNode *node)
{
  if (node->kind == STN_NODE_SCALAR) {
    append_scalar_default (self, kind, node->text);
    return;
  }
  gboolean mapping = node->kind == STN_NODE_MAPPING;
  g_string_append_c (self->text, mapping ? '{' : '[');
  for (guint i = 0; i < node->items->len; i++) {
    g_string_append (self->text, i > 0 ? ", " : "");
    if (mapping) {
      append_string (self->text, ((const StnNode *) g_ptr_array_index (node->keys, i))->text);
      g_string_append (self->text, ": ");
    }
    append_node_default (self, mapping ? STN_FIELD_TEXT : kind, g_ptr_array_index (node->items, i));
  }
  g_string_append_c (self->text, mapping ? '}' : ']');
}

static void
put_default (Json *self, const StnField *field)
{
  if (field->fallback == NULL)
    return;
  if (stn_scalar_kind (field->kind) != NULL) {
    next (self, "default");
    append_scalar_default (self, field->kind, field->fallback);
    return;
  }
  g_autoptr (StnYaml) yaml = stn_yaml_parse ("fallback", field->fallback, strlen (field->fallback), NULL);
  if (yaml == NULL)
    return; /* reading the table's files says so */
  next (self, "default");
  append_node_default (self, field->kind == STN_FIELD_LIST ? field->element : STN_FIELD_TEXT, stn_yaml_root (yaml));
}

static void
put_description (Json *self, const StnField *field)
{
  StnFieldKind kind = field->kind == STN_FIELD_LIST ? field->element : field->kind;
  g_autofree char *range = stn_field_range_text (field, kind);
  if (field->help == NULL && range == NULL)
    return;
  g_autofree char *text = range == NULL         ? g_strdup (field->help)
                          : field->help == NULL ? g_steal_pointer (&range)
                                                : g_strdup_printf ("%s (%s)", field->help, range);
  put_string (self, "description", text);
}

/* The members of a mapping's schema. */
static void
put_mapping (Json *self, const StnField *fields)
{
  gboolean any_required = FALSE;
  put_string (self, "type", "object");
  next (self, "properties");
  open_bracket (self, '{');
  for (const StnField *field = fields; field->kind != STN_FIELD_END; field++) {
    if (!is_described (fields, field))
      continue;
    any_required = any_required || field->required;
    next (self, field->key);
    open_bracket (self, '{');
    put_description (self, field);
    put_value (self, field, field->kind);
    put_default (self, field);
    close_bracket (self, '}');
  }
  close_bracket (self, '}');
  if (any_required) {
    gboolean first = TRUE;
    next (self, "required");
    g_string_append_c (self->text, '[');
    for (const StnField *field = fields; field->kind != STN_FIELD_END; field++) {
      if (!is_described (fields, field) || !field->required)
        continue;
      g_string_append (self->text, first ? "" : ", ");
      append_string (self->text, field->key);
      first = FALSE;
    }
    g_string_append_c (self->text, ']');
  }
  put_raw (self, "additionalProperties", "false");
}

static const StnField *
find_row (const StnField *fields, const char *key)
{
  for (const StnField *field = fields; field->kind != STN_FIELD_END; field++)
    if (field->kind != STN_FIELD_PLACE && g_str_equal (field->key, key))
      return field;
  return NULL;
}

/* The short form of a struct: nothing else in it may be required then. */
static const StnField *
find_short_row (const StnField *field)
{
  if (field->short_key == NULL)
    return NULL;
  for (const StnField *row = field->fields; row->kind != STN_FIELD_END; row++)
    if (row->required && row->kind != STN_FIELD_PLACE && *row->key != '\0' && !g_str_equal (row->key, field->short_key))
      return NULL;
  return find_row (field->fields, field->short_key);
}

/* The members of a struct's schema: OBJECT, an item of a LIST, a value of a MAP. */
static void
put_struct (Json *self, const StnField *field)
{
  const StnField *row = find_short_row (field);
  if (row == NULL) {
    put_mapping (self, field->fields);
    return;
  }
  next (self, "oneOf");
  open_bracket (self, '[');
  next (self, NULL);
  open_bracket (self, '{');
  put_description (self, row);
  put_value (self, row, row->kind);
  close_bracket (self, '}');
  next (self, NULL);
  open_bracket (self, '{');
  put_mapping (self, field->fields);
  close_bracket (self, '}');
  close_bracket (self, ']');
}

static void
put_array (Json *self, const StnField *field)
{
  put_string (self, "type", "array");
  if (field->element != STN_FIELD_NODE) {
    next (self, "items");
    open_bracket (self, '{');
    put_value (self, field, field->element);
    close_bracket (self, '}');
  }
  if (field->items_least > 0)
    put_count (self, "minItems", field->items_least);
  if (field->items_most > 0)
    put_count (self, "maxItems", field->items_most);
}

static void
put_list (Json *self, const StnField *field)
{
  /* a lone scalar is a list of one */
  const StnField *row = field->element == STN_FIELD_OBJECT ? find_short_row (field) : NULL;
  if (field->items_least > 1 || (field->element == STN_FIELD_OBJECT && row == NULL)) {
    put_array (self, field);
    return;
  }
  next (self, "oneOf");
  open_bracket (self, '[');
  next (self, NULL);
  open_bracket (self, '{');
  if (row != NULL)
    put_value (self, row, row->kind);
  else if (field->element == STN_FIELD_NODE)
    put_raw (self, "type", "[\"string\", \"number\", \"boolean\"]");
  else
    put_scalar (self, field, field->element);
  close_bracket (self, '}');
  next (self, NULL);
  open_bracket (self, '{');
  put_array (self, field);
  close_bracket (self, '}');
  close_bracket (self, ']');
}

static void
put_map (Json *self, const StnField *field)
{
  const StnField *key = find_row (field->fields, "");
  put_string (self, "type", "object");
  if (key != NULL && stn_scalar_kind (key->kind) != NULL) {
    next (self, "propertyNames");
    open_bracket (self, '{');
    put_description (self, key);
    put_scalar (self, key, key->kind);
    close_bracket (self, '}');
  }
  next (self, "additionalProperties");
  open_bracket (self, '{');
  put_struct (self, field);
  close_bracket (self, '}');
  if (field->items_least > 0)
    put_count (self, "minProperties", field->items_least);
  if (field->items_most > 0)
    put_count (self, "maxProperties", field->items_most);
}

/* The members of a value's schema; a NODE is anything and has none. Tables don't refer to themselves: recursion ends.
 */
static void
put_value (Json *self, const StnField *field, StnFieldKind kind)
{
  if (stn_scalar_kind (kind) != NULL)
    put_scalar (self, field, kind);
  else if (kind == STN_FIELD_OBJECT)
    put_struct (self, field);
  else if (kind == STN_FIELD_LIST)
    put_list (self, field);
  else if (kind == STN_FIELD_MAP)
    put_map (self, field);
}

char *
stn_fields_schema (const StnField *fields, const char *title, const char *description)
{
  Json json = { .text = g_string_new (NULL) };
  open_bracket (&json, '{');
  put_string (&json, "$schema", "https://json-schema.org/draft/2020-12/schema");
  put_string (&json, "title", title);
  if (description != NULL)
    put_string (&json, "description", description);
  put_mapping (&json, fields);
  close_bracket (&json, '}');
  g_string_append_c (json.text, '\n');
  return g_string_free (json.text, FALSE);
}
