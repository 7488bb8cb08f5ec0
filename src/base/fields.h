/* Field tables: one const table says what a file kind may contain, and drives parsing, errors, defaults, the JSON
 * Schema (`stationctl schema`) and the man page.
 *
 * A table fills a plain C struct: each row names a key, a kind and the offset of the member it fills.
 *
 *     typedef struct { char *name; gint64 settle_ns; } Power;
 *     static const StnField power_fields[] = {
 *       { .key = "name", .kind = STN_FIELD_TEXT, STN_MEMBER (Power, name), .required = TRUE, .help = "…" },
 *       { .key = "settle", .kind = STN_FIELD_DURATION, STN_MEMBER (Power, settle_ns), .low = 0, .high = 10 * STN_NS_PER_S,
 *         .fallback = "50 ms", .help = "…" },
 *       { 0 }
 *     };
 *
 * Member types by kind:
 *   TEXT, PATH, HASH, DATE  char *       (PATH resolved against the file's folder, never empty; HASH 64 hex digits,
 *                                         lower-cased; DATE YYYY-MM-DD, a day that exists)
 *   BOOLEAN                 gboolean     (true/false/yes/no)
 *   INTEGER                 gint64       (decimal or 0x…; no unit, no leading zeros: 010 is 8 to some readers)
 *   ADDRESS                 guint64      (0x…, always with the 0x)
 *   SIZE                    guint64      bytes ("24", "0x400", "24 KiB", "1.5 MiB", "128 B", "1 GiB")
 *   DURATION                gint64       ns    ("2 s", "500 ms", "50 us", "0.5 h", "1 min", "10 ns", "0")
 *   VOLTAGE                 gint64       uV    ("2.7 V", "3300 mV", "50 uV")
 *   NUMBER                  gint64       parts per million of a decimal ("99.5", "-40"; for limits, no floats)
 *   ENUM                    int          index into `names`
 *   RANGE                   StnRange     ("0x0801F000..0x0801FFFF", both ends included, first not above last)
 *   OBJECT                  embedded struct described by `fields`; `present` is an offset of a gboolean, set when the
 *                           key was there. A scalar in its place fills the row whose key is `short_key`
 *                           (`nrst: c1.AC0` is `nrst: { pin: c1.AC0 }`)
 *   LIST                    GPtrArray *  of `element` (below); owned with its elements
 *   MAP                     GPtrArray *  of structs of `fields` whose row with key "" takes the map's key
 *   NODE                    const StnNode *  the raw node, borrowed from the document (for what a table can't say);
 *                           NULL when the key is not there
 *   PLACE                   const StnNode *  where something stood, for later messages; borrowed likewise; reads nothing.
 *                           With the key of another row: that key's value, or the mapping it could have stood in. With
 *                           key "": the struct's own node, in a MAP the map's key. Never NULL after a successful read.
 * A fraction is fine where it comes out exact; what overflows is refused.
 *
 * A LIST's elements: `element` TEXT, PATH, HASH, DATE -> char *; NODE -> const StnNode *; OBJECT -> struct of `fields`,
 * `struct_size` bytes; other scalars -> pointer to g_new'd member type. Not LIST, MAP or PLACE. A scalar where a list
 * is expected is a list of one. `low`, `high` and `names` are the elements' then; `items_least` and `items_most` bound
 * the count. `short_key` works for the structs of a LIST and a MAP as it does for an OBJECT.
 *
 * After a successful read every LIST and MAP is an array, empty where the file says nothing. The rows of an OBJECT that
 * is not in the file get their fallbacks; nothing in it is required then. */
#pragma once

#include "src/base/yaml.h"

G_BEGIN_DECLS

typedef enum {
  STN_FIELD_END = 0,
  STN_FIELD_TEXT,
  STN_FIELD_PATH,
  STN_FIELD_HASH,
  STN_FIELD_DATE,
  STN_FIELD_BOOLEAN,
  STN_FIELD_INTEGER,
  STN_FIELD_ADDRESS,
  STN_FIELD_SIZE,
  STN_FIELD_DURATION,
  STN_FIELD_VOLTAGE,
  STN_FIELD_NUMBER,
  STN_FIELD_ENUM,
  STN_FIELD_RANGE,
  STN_FIELD_OBJECT,
  STN_FIELD_LIST,
  STN_FIELD_MAP,
  STN_FIELD_NODE,
  STN_FIELD_PLACE
} StnFieldKind;

typedef struct {
  guint64 first;
  guint64 last; /* included */
} StnRange;

typedef struct StnField StnField;
struct StnField {
  const char *key;
  StnFieldKind kind;
  gsize offset;             /* of the member in the struct that the table fills */
  gboolean required;
  gint64 low, high;         /* allowed range, both included, in the member's unit; both 0: the kind's own range; a
                               positive low with high 0: no upper limit. TEXT: allowed length in bytes */
  const char *fallback;     /* default, as one would write it in the file (LIST, MAP, OBJECT: in one line of YAML);
                               NULL: zero, FALSE, NULL, empty */
  const char *const *names; /* ENUM: NULL-terminated, in the order of the C enum */
  const StnField *fields;   /* OBJECT, MAP, LIST of OBJECT */
  gsize struct_size;        /* MAP, LIST of OBJECT */
  StnFieldKind element;     /* LIST */
  guint items_least;        /* LIST, MAP: fewest items where the key is there */
  guint items_most;         /* LIST, MAP: most items; 0: no limit */
  gsize present;            /* OBJECT: offset of a gboolean, plus 1; 0: none */
  const char *short_key;    /* OBJECT, MAP, LIST of OBJECT: the row that a scalar in its place fills */
  const char *help;         /* one line: what it is for; units and meaning of the values */
};

#define STN_MEMBER(type, member) .offset = G_STRUCT_OFFSET (type, member)
#define STN_PRESENT(type, member) .present = G_STRUCT_OFFSET (type, member) + 1

/* Reads a mapping into `out` (zeroed by the caller). On failure `out` is cleared again and the error
 * (STN_FAILURE_BAD_FILE) reads "FILE:LINE:COLUMN: KEY: expected WHAT, found WHAT", where KEY is the path from the root
 * ("sites[2].power.settle", items counted from 0); for an unknown key it names the nearest known one, for a missing key
 * the mapping's place and the key's help. A fallback that its own grammar refuses is STN_FAILURE_INTERNAL.
 * Plain data: any thread. */
gboolean stn_fields_read (const StnField *fields, const StnNode *node, gpointer out, GError **error);
/* Frees what stn_fields_read has put into `out` and zeroes the members. NULL-safe. */
void stn_fields_clear (const StnField *fields, gpointer out);

/* The table as JSON Schema (draft 2020-12), pretty, ending in a newline. Free with g_free. */
char *stn_fields_schema (const StnField *fields, const char *title, const char *description);
/* The table as the FIELDS part of a man page (roff). Free with g_free. */
char *stn_fields_manual (const StnField *fields);

/* The scalar grammars, for callers with text of their own (command-line options). FALSE without touching *out when the
 * text is not of the kind, or does not fit the member. Leading and trailing space is no part of any grammar. */
gboolean stn_text_to_duration_ns (const char *text, gint64 *out_ns);
gboolean stn_text_to_size_bytes (const char *text, guint64 *out_bytes);
gboolean stn_text_to_address (const char *text, guint64 *out_address);
gboolean stn_text_to_integer (const char *text, gint64 *out_value);
gboolean stn_text_to_voltage_uv (const char *text, gint64 *out_uv);
gboolean stn_text_to_number_ppm (const char *text, gint64 *out_ppm);
gboolean stn_text_to_range (const char *text, StnRange *out_range);

/* The other way, in the largest unit that stays exact and readable: "20 s", "500 ms", "24 KiB", "3.3 V"; what comes out
 * reads back as the same value. Negative durations and voltages get a sign that does not read back. Free with g_free. */
char *stn_text_from_duration_ns (gint64 value_ns);
char *stn_text_from_size_bytes (guint64 value_bytes);
char *stn_text_from_voltage_uv (gint64 value_uv);

/* The candidate closest to `text` by edit distance, or NULL when none is near. A slip is a character too many, too few
 * or wrong, or two swapped; case does not count. Near is at most a third of the text's length (but 2 are always
 * allowed) and fewer slips than it has characters. `candidates` is NULL-terminated; the first of equals wins. */
const char *stn_text_nearest (const char *text, const char *const *candidates);

G_END_DECLS
