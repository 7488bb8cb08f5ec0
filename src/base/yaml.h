/* YAML 1.2 text as a tree of nodes that remember where they stood.
 *
 * One document of mappings, sequences and scalars. Everything else of YAML is refused with file, line and column:
 * aliases and anchors, tags, duplicate keys, a second document, nesting deeper than 32, files over 4 MiB, text that is
 * not UTF-8. Scalars stay text; types come from the field tables (fields.h), never from guessing.
 *
 * The tree owns all its nodes and its copy of the file's name; free it with stn_yaml_free. Plain data: any one thread. */
#pragma once

#include <gio/gio.h>
#include "src/base/error.h"

G_BEGIN_DECLS

typedef enum { STN_NODE_SCALAR, STN_NODE_SEQUENCE, STN_NODE_MAPPING } StnNodeKind;

typedef struct StnNode StnNode;
struct StnNode {
  StnNodeKind kind;
  const char *file; /* borrowed from the document */
  guint line;       /* from 1 */
  guint column;     /* from 1 */
  char *text;       /* scalar: its text */
  gboolean quoted;  /* scalar: stood in quotes or as a block */
  GPtrArray *items; /* sequence: StnNode; mapping: the values, in order */
  GPtrArray *keys;  /* mapping: StnNode scalars, as long as items */
};

typedef struct StnYaml StnYaml;

/* Parses bytes; `file` is the name for messages. Error: STN_FAILURE_BAD_FILE. */
StnYaml *stn_yaml_parse (const char *file, const char *bytes, gsize length, GError **error);
void stn_yaml_free (StnYaml *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnYaml, stn_yaml_free)

/* Borrowed. An empty document is an empty mapping. */
const StnNode *stn_yaml_root (const StnYaml *self);

/* Borrowed value of a key, or NULL. */
const StnNode *stn_node_get (const StnNode *mapping, const char *key);

/* Sets STN_FAILURE_BAD_FILE: "FILE:LINE:COLUMN: <format>: expected E, found F"; expected and found may be NULL. */
void stn_node_error (const StnNode *node, GError **error, const char *expected, const char *found,
                     const char *format, ...) G_GNUC_PRINTF (5, 6);

G_END_DECLS
