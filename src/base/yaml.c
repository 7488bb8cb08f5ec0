#include "src/base/yaml.h"

#include <stdarg.h>
#include <string.h>
#include <yaml.h>

struct StnYaml {
  char *file;
  StnNode *root;
};

typedef struct {
  StnYaml *document;
  yaml_parser_t parser;
  const char *text; /* what libyaml reads: validated, without a byte order mark */
  gsize length;
  /* a byte of the text and its index in characters: libyaml's marks count characters, and only move forward */
  gsize byte;
  gsize character;
  guint nodes;
} Reader;

typedef struct {
  guint line;
  guint column;
} Place;

static void
node_free (StnNode *self)
{
  if (self == NULL)
    return;
  g_free (self->text);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_pointer (&self->keys, g_ptr_array_unref);
  g_free (self);
}

static void
node_free_item (gpointer node)
{
  node_free (node);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnNode, node_free)

static Place
place_of (const yaml_mark_t *mark)
{
  /* 4 MiB of text has fewer than 2^32 lines and columns */
  return (Place){ .line = (guint) mark->line + 1, .column = (guint) mark->column + 1 };
}

/* For what libyaml's marks don't cover: counts lines as libyaml does ("\r\n", "\r", "\n"). */
static Place
place_of_byte (const char *text, gsize offset)
{
  Place place = { .line = 1, .column = 1 };
  for (gsize i = 0; i < offset; i++) {
    guint8 byte = (guint8) text[i];
    if (byte == '\n' || (byte == '\r' && !(i + 1 < offset && text[i + 1] == '\n'))) {
      place.line++;
      place.column = 1;
    } else if ((byte & 0xc0) != 0x80 && byte != '\r') {
      place.column++;
    }
  }
  return place;
}

static void place_error (const char *file, Place place, GError **error, const char *expected, const char *found,
                         const char *format, ...) G_GNUC_PRINTF (6, 7);

static void place_error_va (const char *file, Place place, GError **error, const char *expected, const char *found,
                            const char *format, va_list arguments) G_GNUC_PRINTF (6, 0);

static void
place_error_va (const char *file, Place place, GError **error, const char *expected, const char *found,
                const char *format, va_list arguments)
{
  if (error == NULL)
    return;

  g_autoptr (GString) text = g_string_new (NULL);
  g_string_append_printf (text, "%s:%u:%u", file, place.line, place.column);
  g_autofree char *what = g_strdup_vprintf (format, arguments);
  if (*what != '\0')
    g_string_append_printf (text, ": %s", what);
  if (expected != NULL)
    g_string_append_printf (text, ": expected %s", expected);
  if (found != NULL)
    g_string_append_printf (text, "%s found %s", expected != NULL ? "," : ":", found);

  /* the detail goes the common way; the words differ, because in a file things are found and not seen */
  stn_error_set_seen (error, STN_FAILURE_BAD_FILE, expected, found, "%s", what);
  g_free ((*error)->message);
  (*error)->message = g_string_free (g_steal_pointer (&text), FALSE);
}

static void
place_error (const char *file, Place place, GError **error, const char *expected, const char *found, const char *format,
             ...)
{
  va_list arguments;
  va_start (arguments, format);
  place_error_va (file, place, error, expected, found, format, arguments);
  va_end (arguments);
}

void
stn_node_error (const StnNode *node, GError **error, const char *expected, const char *found, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  Place place = { .line = node->line, .column = node->column };
  place_error_va (node->file, place, error, expected, found, format, arguments);
  va_end (arguments);
}

char *
stn_text_quote (const char *text)
{
  const guint most = 40;
  GString *quoted = g_string_new ("“");
  guint count = 0;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p), count++) {
    if (count == most) {
      g_string_append (quoted, "…");
      break;
    }
    gunichar character = g_utf8_get_char (p);
    if (character == '\n')
      g_string_append (quoted, "\\n");
    else if (g_unichar_isprint (character))
      g_string_append_unichar (quoted, character);
    else
      g_string_append_printf (quoted, "\\u%04x", character);
  }
  g_string_append (quoted, "”");
  return g_string_free (quoted, FALSE);
}

char *
stn_node_describe (const StnNode *node)
{
  switch (node->kind) {
  case STN_NODE_SEQUENCE:
    return g_strdup ("a list");
  case STN_NODE_MAPPING:
    return g_strdup ("a mapping");
  case STN_NODE_SCALAR:
  default:
    if (*node->text == '\0')
      return g_strdup (node->quoted ? "an empty text" : "nothing");
    return stn_text_quote (node->text);
  }
}

/* The input at a mark; marks only move forward. */
static const char *
text_at (Reader *self, const yaml_mark_t *mark)
{
  while (self->character < mark->index && self->byte < self->length) {
    self->byte = (gsize) (g_utf8_next_char (self->text + self->byte) - self->text);
    self->character++;
  }
  return self->text + self->byte;
}

/* The input from a mark to the next space or bracket, as an anchor or a tag stands there. */
static char *
word_at (Reader *self, const yaml_mark_t *mark)
{
  const char *start = text_at (self, mark);
  const char *end = start;
  while (end < self->text + self->length && strchr (" \t\r\n,[]{}", *end) == NULL)
    end++;
  return g_strndup (start, (gsize) (end - start));
}

/* libyaml's words, save for the two slips that everybody makes. */
static gboolean
fail_with_libyaml (Reader *self, GError **error)
{
  const char *file = self->document->file;
  yaml_parser_t *parser = &self->parser;
  const char *problem = parser->problem != NULL ? parser->problem : "not understood";

  if (parser->error == YAML_MEMORY_ERROR) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "%s: out of memory while reading", file);
    return FALSE;
  }
  if (parser->error == YAML_READER_ERROR) {
    gsize offset = MIN (parser->problem_offset, self->length);
    place_error (file, place_of_byte (self->text, offset), error, NULL, NULL, "%s", problem);
    return FALSE;
  }

  Place place = place_of (&parser->problem_mark);
  const char *there = text_at (self, &parser->problem_mark);
  gboolean found_it = self->character == parser->problem_mark.index && there < self->text + self->length;
  char first = found_it ? *there : '\0';
  if (first == '\t') {
    place_error (file, place, error, "spaces in front of it", "a tab", "%s", "");
  } else if (first == '@' || first == '`') {
    g_autofree char *found = g_strdup_printf ("%c, which only quotes can start", first);
    place_error (file, place, error, "a value", found, "%s", "");
  } else if (parser->context == NULL || parser->context_mark.index == parser->problem_mark.index) {
    place_error (file, place, error, NULL, NULL, "%s", problem);
  } else {
    Place context = place_of (&parser->context_mark);
    place_error (file, place, error, NULL, NULL, "%s %s that starts at %u:%u", problem, parser->context, context.line,
                 context.column);
  }
  return FALSE;
}

static gboolean
next_event (Reader *self, yaml_event_t *event, GError **error)
{
  if (yaml_parser_parse (&self->parser, event) == 0)
    return fail_with_libyaml (self, error);
  return TRUE;
}

/* Anchors, aliases and tags make a value depend on a place elsewhere in the file, or on guessing. */
static gboolean
check_plain (Reader *self, const yaml_event_t *event, GError **error)
{
  const yaml_char_t *anchor = NULL;
  const yaml_char_t *tag = NULL;
  g_autofree char *found = NULL;
  g_autofree char *word = word_at (self, &event->start_mark);

  switch (event->type) {
  case YAML_ALIAS_EVENT:
    anchor = event->data.alias.anchor;
    break;
  case YAML_SCALAR_EVENT:
    anchor = event->data.scalar.anchor;
    tag = event->data.scalar.tag;
    break;
  case YAML_SEQUENCE_START_EVENT:
    anchor = event->data.sequence_start.anchor;
    tag = event->data.sequence_start.tag;
    break;
  case YAML_MAPPING_START_EVENT:
    anchor = event->data.mapping_start.anchor;
    tag = event->data.mapping_start.tag;
    break;
  default:
    break;
  }

  if (event->type == YAML_ALIAS_EVENT)
    found = g_strdup_printf ("the alias *%s", (const char *) anchor);
  else if (anchor != NULL)
    found = g_strdup_printf ("the anchor &%s", (const char *) anchor);
  else if (tag != NULL
           || *word == '!') /* libyaml drops a lone "!" in front of a scalar; no plain scalar starts with it */
    found = g_strdup_printf ("the tag %s", word);
  else
    return TRUE;
  place_error (self->document->file, place_of (&event->start_mark), error, "a value", found, "%s", "");
  return FALSE;
}

static StnNode *
node_new (Reader *self, StnNodeKind kind, const yaml_mark_t *mark, GError **error)
{
  Place place = place_of (mark);
  if (++self->nodes > STN_YAML_MAX_NODES) {
    g_autofree char *expected = g_strdup_printf ("at most %d keys and values", STN_YAML_MAX_NODES);
    place_error (self->document->file, place, error, expected, "more", "%s", "");
    return NULL;
  }
  StnNode *node = g_new0 (StnNode, 1);
  node->kind = kind;
  node->file = self->document->file;
  node->line = place.line;
  node->column = place.column;
  return node;
}

static StnNode *
read_scalar (Reader *self, const yaml_event_t *event, GError **error)
{
  const char *value = (const char *) event->data.scalar.value;
  gsize length = event->data.scalar.length;
  if (memchr (value, '\0', length) != NULL) {
    place_error (self->document->file, place_of (&event->start_mark), error, "a text", "a NUL character in it", "%s",
                 "");
    return NULL;
  }
  /* escapes such as "\uD800" could put half a character there */
  if (!g_utf8_validate (value, (gssize) length, NULL)) {
    place_error (self->document->file, place_of (&event->start_mark), error, "a text", "an escape that is no character",
                 "%s", "");
    return NULL;
  }
  StnNode *node = node_new (self, STN_NODE_SCALAR, &event->start_mark, error);
  if (node == NULL)
    return NULL;
  node->text = g_strndup (value, length);
  node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
  return node;
}

static StnNode *read_node (Reader *self, const yaml_event_t *event, guint depth, GError **error);

static gboolean
check_depth (Reader *self, const yaml_event_t *event, guint depth, GError **error)
{
  if (depth < STN_YAML_MAX_DEPTH)
    return TRUE;
  g_autofree char *expected = g_strdup_printf ("at most %d levels", STN_YAML_MAX_DEPTH);
  place_error (self->document->file, place_of (&event->start_mark), error, expected, "a deeper one", "%s", "");
  return FALSE;
}

static StnNode *
read_sequence (Reader *self, const yaml_event_t *start, guint depth, GError **error)
{
  if (!check_depth (self, start, depth, error))
    return NULL;
  g_autoptr (StnNode) node = node_new (self, STN_NODE_SEQUENCE, &start->start_mark, error);
  if (node == NULL)
    return NULL;
  node->items = g_ptr_array_new_with_free_func (node_free_item);

  for (;;) {
    yaml_event_t event;
    if (!next_event (self, &event, error))
      return NULL;
    gboolean end = event.type == YAML_SEQUENCE_END_EVENT;
    StnNode *item = end ? NULL : read_node (self, &event, depth + 1, error);
    yaml_event_delete (&event);
    if (end)
      return g_steal_pointer (&node);
    if (item == NULL)
      return NULL;
    g_ptr_array_add (node->items, item);
  }
}

/* A key: a scalar with a text that is not in `known` (text -> StnNode) yet. */
static StnNode *
read_key (Reader *self, const yaml_event_t *event, GHashTable *known, GError **error)
{
  Place place = place_of (&event->start_mark);
  if (!check_plain (self, event, error))
    return NULL;
  if (event->type != YAML_SCALAR_EVENT) {
    const char *found = event->type == YAML_MAPPING_START_EVENT ? "a mapping" : "a list";
    place_error (self->document->file, place, error, "a text as key", found, "%s", "");
    return NULL;
  }
  g_autoptr (StnNode) key = read_scalar (self, event, error);
  if (key == NULL)
    return NULL;
  if (*key->text == '\0') {
    place_error (self->document->file, place, error, "a text as key", "nothing", "%s", "");
    return NULL;
  }
  const StnNode *first = g_hash_table_lookup (known, key->text);
  if (first != NULL) {
    g_autofree char *quoted = stn_text_quote (key->text);
    stn_node_error (key, error, NULL, NULL, "the key %s stands here a second time; the first is at %u:%u", quoted,
                    first->line, first->column);
    return NULL;
  }
  g_hash_table_insert (known, key->text, key);
  return g_steal_pointer (&key);
}

static StnNode *
read_mapping (Reader *self, const yaml_event_t *start, guint depth, GError **error)
{
  if (!check_depth (self, start, depth, error))
    return NULL;
  g_autoptr (StnNode) node = node_new (self, STN_NODE_MAPPING, &start->start_mark, error);
  if (node == NULL)
    return NULL;
  node->items = g_ptr_array_new_with_free_func (node_free_item);
  node->keys = g_ptr_array_new_with_free_func (node_free_item);
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);

  for (;;) {
    yaml_event_t event;
    if (!next_event (self, &event, error))
      return NULL;
    gboolean end = event.type == YAML_MAPPING_END_EVENT;
    StnNode *key = end ? NULL : read_key (self, &event, known, error);
    yaml_event_delete (&event);
    if (end)
      return g_steal_pointer (&node);
    if (key == NULL)
      return NULL;
    g_ptr_array_add (node->keys, key);

    if (!next_event (self, &event, error))
      return NULL;
    StnNode *item = read_node (self, &event, depth + 1, error);
    yaml_event_delete (&event);
    if (item == NULL)
      return NULL;
    g_ptr_array_add (node->items, item);
  }
}

/* Depth is bounded by STN_YAML_MAX_DEPTH, so recursion is. The event stays the caller's. */
static StnNode *
read_node (Reader *self, const yaml_event_t *event, guint depth, GError **error)
{
  if (!check_plain (self, event, error))
    return NULL;
  switch (event->type) {
  case YAML_SCALAR_EVENT:
    return read_scalar (self, event, error);
  case YAML_SEQUENCE_START_EVENT:
    return read_sequence (self, event, depth, error);
  case YAML_MAPPING_START_EVENT:
    return read_mapping (self, event, depth, error);
  default:
    place_error (self->document->file, place_of (&event->start_mark), error, "a value", "none", "%s", "");
    return NULL;
  }
}

static StnNode *
empty_mapping (Reader *self)
{
  StnNode *node = g_new0 (StnNode, 1);
  node->kind = STN_NODE_MAPPING;
  node->file = self->document->file;
  node->line = 1;
  node->column = 1;
  node->items = g_ptr_array_new_with_free_func (node_free_item);
  node->keys = g_ptr_array_new_with_free_func (node_free_item);
  return node;
}

static gboolean
check_directives (Reader *self, const yaml_event_t *event, GError **error)
{
  const yaml_version_directive_t *version = event->data.document_start.version_directive;
  g_autofree char *found = NULL;
  if (event->data.document_start.tag_directives.start != event->data.document_start.tag_directives.end)
    found = g_strdup ("%TAG");
  else if (version != NULL && (version->major != 1 || version->minor != 2))
    found = g_strdup_printf ("%%YAML %d.%d", version->major, version->minor);
  if (found == NULL)
    return TRUE;
  place_error (self->document->file, place_of (&event->start_mark), error, "no directive but %YAML 1.2", found, "%s",
               "");
  return FALSE;
}

static gboolean
read_document (Reader *self, GError **error)
{
  yaml_event_t event;
  gboolean ok;

  /* the stream's start carries nothing */
  if (!next_event (self, &event, error))
    return FALSE;
  yaml_event_delete (&event);

  if (!next_event (self, &event, error))
    return FALSE;
  gboolean empty = event.type == YAML_STREAM_END_EVENT;
  ok = empty || check_directives (self, &event, error);
  yaml_event_delete (&event);
  if (!ok)
    return FALSE;
  if (empty) {
    self->document->root = empty_mapping (self);
    return TRUE;
  }

  if (!next_event (self, &event, error))
    return FALSE;
  self->document->root = read_node (self, &event, 0, error);
  yaml_event_delete (&event);
  StnNode *root = self->document->root;
  if (root == NULL)
    return FALSE;
  if (root->kind == STN_NODE_SCALAR && !root->quoted && *root->text == '\0') {
    node_free (root);
    self->document->root = empty_mapping (self);
  }

  /* the document's end, then nothing more */
  if (!next_event (self, &event, error))
    return FALSE;
  yaml_event_delete (&event);
  if (!next_event (self, &event, error))
    return FALSE;
  ok = event.type == YAML_STREAM_END_EVENT;
  if (!ok)
    place_error (self->document->file, place_of (&event.start_mark), error, "the end of the file", "a second document",
                 "%s", "");
  yaml_event_delete (&event);
  return ok;
}

StnYaml *
stn_yaml_parse (const char *file, const char *bytes, gsize length, GError **error)
{
  if (length > STN_YAML_MAX_BYTES) {
    g_autofree char *found = g_strdup_printf ("%" G_GSIZE_FORMAT " bytes", length);
    place_error (file, (Place){ .line = 1, .column = 1 }, error, "at most 4 MiB", found, "%s", "");
    return NULL;
  }
  /* a byte order mark is allowed and is no column */
  if (length >= 3 && memcmp (bytes, "\xef\xbb\xbf", 3) == 0) {
    bytes += 3;
    length -= 3;
  }
  /* checked here, because libyaml would also take UTF-16 and place the error badly */
  const char *end = bytes;
  if (length > 0 && !g_utf8_validate_len (bytes, length, &end)) {
    g_autofree char *found = g_strdup_printf ("the byte %02x", (guint8) *end);
    place_error (file, place_of_byte (bytes, (gsize) (end - bytes)), error, "UTF-8 text", found, "%s", "");
    return NULL;
  }

  g_autoptr (StnYaml) document = g_new0 (StnYaml, 1);
  document->file = g_strdup (file);
  Reader reader = { .document = document, .text = bytes, .length = length };
  if (yaml_parser_initialize (&reader.parser) == 0) {
    stn_error_set (error, STN_FAILURE_INTERNAL, "%s: out of memory while reading", file);
    return NULL;
  }
  yaml_parser_set_encoding (&reader.parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string (&reader.parser, (const unsigned char *) (length > 0 ? bytes : ""), length);
  gboolean ok = read_document (&reader, error);
  yaml_parser_delete (&reader.parser);
  return ok ? g_steal_pointer (&document) : NULL;
}

void
stn_yaml_free (StnYaml *self)
{
  if (self == NULL)
    return;
  node_free (self->root);
  g_free (self->file);
  g_free (self);
}

const StnNode *
stn_yaml_root (const StnYaml *self)
{
  return self->root;
}

const StnNode *
stn_node_get (const StnNode *mapping, const char *key)
{
  if (mapping == NULL || mapping->kind != STN_NODE_MAPPING)
    return NULL;
  for (guint i = 0; i < mapping->keys->len; i++) {
    const StnNode *candidate = g_ptr_array_index (mapping->keys, i);
    if (g_str_equal (candidate->text, key))
      return g_ptr_array_index (mapping->items, i);
  }
  return NULL;
}
