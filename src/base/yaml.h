/* YAML 1.2 text as a tree of nodes that remember where they stood.
 *
 * One document of mappings, sequences and scalars. Everything else of YAML is refused with file, line and column:
 * aliases and anchors, tags (a lone "!" too), keys that are not scalars, empty and duplicate keys, a second document,
 * directives other than "%YAML 1.2", nesting deeper than 32, files over 4 MiB, more than 250 000 nodes, text that is
 * not UTF-8, NUL characters. Scalars stay text; types come from the field tables (fields.h), never from guessing.
 *
 *     g_autoptr (StnYaml) yaml = stn_yaml_parse ("job.yaml", bytes, length, error);
 *     if (yaml == NULL || !stn_fields_read (job_fields, stn_yaml_root (yaml), &job, error))
 *       return FALSE;
 *
 * The tree owns all its nodes and its copy of the file's name; free it with stn_yaml_free. Plain data: any one thread.
 * Lines and columns count from 1, columns in characters (code points), as editors do. */
#pragma once

#include <gio/gio.h>
#include "src/base/error.h"

G_BEGIN_DECLS

#define STN_YAML_MAX_BYTES ((gsize) 4 * 1024 * 1024)
#define STN_YAML_MAX_DEPTH 32    /* mappings and sequences inside each other, the outermost counts as one */
#define STN_YAML_MAX_NODES 250000 /* keys and values; keeps the tree of the worst 4 MiB below 100 MiB */

typedef enum { STN_NODE_SCALAR, STN_NODE_SEQUENCE, STN_NODE_MAPPING } StnNodeKind;

typedef struct StnNode StnNode;
struct StnNode {
  StnNodeKind kind;
  const char *file; /* borrowed from the document */
  guint line;       /* from 1 */
  guint column;     /* from 1 */
  char *text;       /* scalar: its text, valid UTF-8 */
  gboolean quoted;  /* scalar: stood in quotes or as a block */
  GPtrArray *items; /* sequence: StnNode; mapping: the values, in order */
  GPtrArray *keys;  /* mapping: StnNode scalars, as long as items */
};

typedef struct StnYaml StnYaml;

/* Parses `length` bytes, which need no NUL behind them; `file` is the name for messages and is copied. The root may be
 * of any kind. Error: STN_FAILURE_BAD_FILE. */
StnYaml *stn_yaml_parse (const char *file, const char *bytes, gsize length, GError **error);
void stn_yaml_free (StnYaml *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnYaml, stn_yaml_free)

/* Borrowed. An empty document is an empty mapping. */
const StnNode *stn_yaml_root (const StnYaml *self);

/* Borrowed value of a key, or NULL (also when `mapping` is NULL or no mapping). */
const StnNode *stn_node_get (const StnNode *mapping, const char *key);

/* What stands there, for messages: a scalar's text in “quotes” with unprintable characters escaped and cut after 40
 * characters, "nothing" for an empty plain scalar, "a list", "a mapping". Free with g_free. */
char *stn_node_describe (const StnNode *node);
/* The same quoting for any UTF-8 text. Free with g_free. */
char *stn_text_quote (const char *text);

/* Sets STN_FAILURE_BAD_FILE: "FILE:LINE:COLUMN: <format>: expected E, found F"; expected and found may be NULL, and the
 * formatted text may be empty. They are also the error's detail (stn_error_detail). */
void stn_node_error (const StnNode *node, GError **error, const char *expected, const char *found,
                     const char *format, ...) G_GNUC_PRINTF (5, 6);

G_END_DECLS
