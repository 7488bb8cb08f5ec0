#include "src/base/fields.h"

#include <string.h>

#include "src/base/text-kinds.h"

/* A field table as the FIELDS part of a man page (man(7) macros): one .TP a key, nested keys between .RS and .RE. */

/* Text that roff shows as it is. A hyphen is "\-" so that a key can be copied out of the page; a line that starts with
 * a dot or an apostrophe would be a request. */
static void
append_escaped (GString *text, const char *value)
{
  if (text->len == 0 || text->str[text->len - 1] == '\n')
    if (*value == '.' || *value == '\'')
      g_string_append (text, "\\&");
  for (const char *p = value; *p != '\0'; p++) {
    switch (*p) {
    case '\\':
      g_string_append (text, "\\e");
      break;
    case '-':
      g_string_append (text, "\\-");
      break;
    case '~':
      g_string_append (text, "\\(ti");
      break;
    case '^':
      g_string_append (text, "\\(ha");
      break;
    case '`':
      g_string_append (text, "\\(ga");
      break;
    case '"':
      g_string_append (text, "\\(dq");
      break;
    case '\n':
      g_string_append_c (text, ' ');
      break;
    default:
      g_string_append_c (text, *p);
    }
  }
}

/* As a sentence: with a capital and a full stop. */
static void
append_sentence (GString *text, const char *sentence)
{
  g_autofree char *rest = g_strdup (g_utf8_next_char (sentence));
  char first[8] = { 0 };
  g_unichar_to_utf8 (g_unichar_toupper (g_utf8_get_char (sentence)), first);
  g_autofree char *whole = g_strconcat (first, rest, NULL);
  append_escaped (text, whole);
  if (strchr (".!?", whole[strlen (whole) - 1]) == NULL)
    g_string_append_c (text, '.');
}

static const StnField *
find_row (const StnField *fields, const char *key)
{
  for (const StnField *field = fields; field->kind != STN_FIELD_END; field++)
    if (field->kind != STN_FIELD_PLACE && g_str_equal (field->key, key))
      return field;
  return NULL;
}

static char *
word_for (const StnField *field, StnFieldKind kind)
{
  const StnScalarKind *row = stn_scalar_kind (kind);
  const StnField *short_row = NULL;
  if (kind == STN_FIELD_ENUM)
    return stn_field_names_text (field->names);
  if (row != NULL)
    return g_strdup (row->word);
  if (kind == STN_FIELD_NODE)
    return g_strdup ("any value");
  if (field->short_key != NULL)
    short_row = find_row (field->fields, field->short_key);
  if (short_row == NULL)
    return g_strdup ("mapping");
  g_autofree char *inner = word_for (short_row, short_row->kind);
  return g_strdup_printf ("mapping, or %s for %s", inner, field->short_key);
}

static void
append_type (GString *text, const StnField *field)
{
  g_autofree char *type = NULL;
  if (field->kind == STN_FIELD_LIST) {
    g_autofree char *item = word_for (field, field->element);
    type = g_strdup_printf ("list, each: %s", item);
  } else if (field->kind == STN_FIELD_MAP) {
    const StnField *key = find_row (field->fields, "");
    g_autofree char *key_word = key != NULL ? word_for (key, key->kind) : g_strdup ("text");
    g_autofree char *item = word_for (field, STN_FIELD_OBJECT);
    type = g_strdup_printf ("mapping of %s to: %s", key_word, item);
  } else {
    type = word_for (field, field->kind);
  }
  append_escaped (text, type);
}

static void
append_count (GString *text, const StnField *field)
{
  if (field->items_least == 0 && field->items_most == 0)
    return;
  if (field->items_most == 0)
    g_string_append_printf (text, " At least %u.", field->items_least);
  else if (field->items_least == field->items_most)
    g_string_append_printf (text, " Exactly %u.", field->items_most);
  else if (field->items_least == 0)
    g_string_append_printf (text, " At most %u.", field->items_most);
  else
    g_string_append_printf (text, " %u to %u of them.", field->items_least, field->items_most);
}

static void
append_table (GString *text, const StnField *fields)
{
  for (const StnField *field = fields; field->kind != STN_FIELD_END; field++) {
    if (field->kind == STN_FIELD_PLACE || find_row (fields, field->key) != field)
      continue;
    gboolean map_key = *field->key == '\0';
    g_string_append (text, ".TP\n");
    if (map_key) {
      g_string_append (text, "\\fIKEY\\fR");
    } else {
      g_string_append (text, "\\fB");
      append_escaped (text, field->key);
      g_string_append (text, "\\fR");
    }
    g_string_append (text, " (");
    append_type (text, field);
    g_string_append (text, field->required && !map_key ? ", required)\n" : ")\n");

    append_sentence (text, field->help != NULL && *field->help != '\0' ? field->help : "Not described");
    g_autofree char *range = stn_field_range_text (field, field->kind == STN_FIELD_LIST ? field->element : field->kind);
    if (range != NULL) {
      g_string_append_c (text, ' ');
      append_sentence (text, range);
    }
    append_count (text, field);
    if (field->fallback != NULL) {
      g_string_append (text, " Default: ");
      append_escaped (text, field->fallback);
      g_string_append_c (text, '.');
    }
    g_string_append_c (text, '\n');

    if (field->fields != NULL) {
      g_string_append (text, ".RS\n");
      append_table (text, field->fields);
      g_string_append (text, ".RE\n");
    }
  }
}

char *
stn_fields_manual (const StnField *fields)
{
  GString *text = g_string_new (NULL);
  append_table (text, fields);
  return g_string_free (text, FALSE);
}
