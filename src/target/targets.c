/* The catalogue: the compiled-in family files, the station's own over them, and part numbers resolved to targets.
 *
 * A program that programs boards asks for one part, and a line starts one for every board: so where the station has no
 * files of its own, a compiled-in file is read when a name that stands in it is asked for, and all of them when
 * somebody asks for the list, for a product id, or for a name that none has. */
#include <string.h>

#include "src/target/chip.h"
#include "src/target/option-catalogue.h"
#include "src/target/part-name.h"

#define LONGEST_PART 40

struct StnTargets {
  GPtrArray *files; /* StnTargetFile: what the rows borrow from */
  GPtrArray *rows;  /* StnChipRow, in the order of the data */
  GPtrArray *list;  /* const StnTarget, of the rows */
  StnOptionCatalogue *options;
  guint built_in_count;
  GMutex lock;              /* guards the rest, and all above until it is complete */
  gboolean is_complete;     /* every file was read */
  StnTargetFile **built_in; /* by their order; NULL: not read yet. Owned by files */
  GHashTable *names;        /* char * -> StnNode *: every part name, which means one chip */
  GHashTable *found;        /* char * -> StnTarget *, owned by parts */
  GPtrArray *parts;         /* StnTarget */
};

/* ---- loading ---- */

static gint
find_row (const StnTargets *self, guint16 product_id)
{
  for (guint i = 0; i < self->rows->len; i++) {
    const StnChipRow *row = self->rows->pdata[i];
    if (row->target.product_id == product_id)
      return (gint) i;
  }
  return -1;
}

/* Takes the file. Its rows may replace those of files before `layer_start`; the others are of the same layer. */
static gboolean
add_file (StnTargets *self, StnTargetFile *file, guint layer_start, GError **error)
{
  g_ptr_array_add (self->files, file);
  for (guint i = 0; i < file->chips->len; i++) {
    const StnFileChip *chip = file->chips->pdata[i];
    gint at = find_row (self, (guint16) chip->product_id);
    if (at >= 0) {
      const StnChipRow *other = self->rows->pdata[at];
      guint other_file = 0;
      if (g_ptr_array_find (self->files, other->file, &other_file) && other_file >= layer_start) {
        g_autofree char *seen = g_strdup_printf ("0x%03X", (guint) chip->product_id);
        stn_node_error (chip->product_id_place, error, "a product id that no other chip has", seen,
                        "the same id stands in line %u of %s", other->chip->product_id_place->line,
                        other->chip->product_id_place->file);
        return FALSE;
      }
    }
    g_autoptr (StnChipRow) row = stn_chip_row_new (file, chip, error);
    if (row == NULL)
      return FALSE;
    if (at >= 0) {
      stn_chip_row_free (self->rows->pdata[at]);
      self->rows->pdata[at] = g_steal_pointer (&row);
    } else {
      g_ptr_array_add (self->rows, g_steal_pointer (&row));
    }
  }
  return TRUE;
}

/* A folder's files: they may replace rows of earlier layers, not of each other. */
typedef struct {
  StnTargets *self;
  guint start;
} Layer;

static gboolean
add_own (gpointer user_data, const char *path, const char *bytes, gsize length, GError **error)
{
  const Layer *layer = user_data;
  StnTargetFile *file = stn_target_file_read (path, path, bytes, length, error);
  return file != NULL && add_file (layer->self, file, layer->start, error);
}

static guint64
part_flash_bytes (const StnFilePart *part, char code)
{
  return part->size_bytes != 0 ? part->size_bytes : stn_part_flash_bytes (code);
}

/* Part names and flash codes: known codes, sizes that end with a page, and no name that means two chips. */
static gboolean
check_part (const StnChipRow *row, StnFilePart *part, GHashTable *seen, GError **error)
{
  for (const char *p = part->part; *p != '\0'; p++) {
    if (!g_ascii_isupper (*p) && !g_ascii_isdigit (*p)) {
      stn_node_error (part->place, error, "capital letters and digits", part->part, "part");
      return FALSE;
    }
  }
  if (part->flash->len == 0 && !row->target.provisional) {
    stn_node_error (part->place, error, NULL, NULL, "%s needs at least one flash code", part->part);
    return FALSE;
  }
  for (guint i = 0; i < part->flash->len; i++) {
    char code = *(const char *) part->flash->pdata[i];
    guint64 size = part_flash_bytes (part, code);
    const char *suffix = part->suffix == NULL ? "" : part->suffix;
    g_autofree char *name = g_strdup_printf ("%sx%c%s%s", part->part, code, *suffix ? "-" : "", suffix);
    if (size == 0 || size > row->target.flash_bytes) {
      stn_node_error (part->place, error, NULL, NULL, "%s: “%c” is not a flash code of this chip", name, code);
      return FALSE;
    }
    StnTarget *target = stn_chip_part_new (row, name, size, 0);
    if (target == NULL) {
      stn_node_error (part->place, error, NULL, NULL, "%s: its flash size does not end with a page", name);
      return FALSE;
    }
    stn_chip_part_free (target);
    const StnNode *other = g_hash_table_lookup (seen, name);
    if (other != NULL) {
      stn_node_error (part->place, error, NULL, NULL, "%s stands in line %u of %s already", name, other->line,
                      other->file);
      return FALSE;
    }
    g_hash_table_insert (seen, g_steal_pointer (&name), (gpointer) part->place);
  }
  return TRUE;
}

/* The rows from `first` on. */
static gboolean
check_rows (StnTargets *self, guint first, GError **error)
{
  for (guint i = first; i < self->rows->len; i++) {
    StnChipRow *row = self->rows->pdata[i];
    for (guint j = 0; j < row->chip->parts->len; j++) {
      if (!check_part (row, row->chip->parts->pdata[j], self->names, error))
        return FALSE;
    }
    row->target.option_catalogue = self->options;
    if (!stn_option_catalogue_check (self->options, &row->target, error))
      return FALSE;
  }
  return TRUE;
}

/* ---- compiled-in files, when they are asked for ---- */

static gboolean
read_built_in (StnTargets *self, guint number, GError **error)
{
  const StnTargetBuiltIn *entry = &stn_target_built_in[number];

  if (self->built_in[number] != NULL)
    return TRUE;
  StnTargetFile *file =
      stn_target_file_read (entry->name, "compiled in", (const char *) entry->bytes, entry->length, error);
  self->built_in[number] = file;
  return file != NULL && add_file (self, file, 0, error);
}

/* Whether a name in this file may be what the part's name begins with. What stands in a remark costs a file read for
 * nothing. */
static gboolean
may_know (const StnTargetBuiltIn *entry, const char *upper)
{
  static const char mark[] = "STM32";
  const char *text = (const char *) entry->bytes, *end = text + entry->length;

  for (const char *at = text; (at = memmem (at, (gsize) (end - at), mark, strlen (mark))) != NULL;) {
    const char *first = at;
    while (at < end && (g_ascii_isupper (*at) || g_ascii_isdigit (*at)))
      at++;
    if (strncmp (first, upper, (gsize) (at - first)) == 0)
      return TRUE;
  }
  return FALSE;
}

static gint
compare_places (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const StnTargets *self = user_data;
  const StnChipRow *rows[2] = { *(StnChipRow *const *) a, *(StnChipRow *const *) b };
  guint places[2] = { 0, 0 };

  for (guint k = 0; k < 2; k++) {
    guint chip = 0;
    while (places[k] < self->built_in_count && self->built_in[places[k]] != rows[k]->file)
      places[k]++;
    g_ptr_array_find (rows[k]->file->chips, rows[k]->chip, &chip);
    places[k] = places[k] << 16 | chip;
  }
  return places[0] < places[1] ? -1 : places[0] > places[1];
}

/* The lock is held. What is compiled in was read by every test there is: an error of it is one of this program. */
static void
complete (StnTargets *self)
{
  guint first = self->rows->len;
  g_autoptr (GError) error = NULL;

  if (self->is_complete)
    return;
  for (guint i = 0; error == NULL && i < self->built_in_count; i++)
    read_built_in (self, i, &error);
  if (error != NULL || !check_rows (self, first, &error))
    g_error ("%s", error->message);
  g_ptr_array_sort_with_data (self->rows, compare_places, self);
  for (guint i = 0; i < self->rows->len; i++)
    g_ptr_array_add (self->list, &((StnChipRow *) self->rows->pdata[i])->target);
  self->is_complete = TRUE;
}

static void
read_files_of (StnTargets *self, const char *upper)
{
  guint first = self->rows->len;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; !self->is_complete && error == NULL && i < self->built_in_count; i++)
    if (self->built_in[i] == NULL && may_know (&stn_target_built_in[i], upper))
      read_built_in (self, i, &error);
  if (error != NULL || !check_rows (self, first, &error))
    g_error ("%s", error->message);
}

StnTargets *
stn_targets_new (const char *override_folder, GError **error)
{
  g_autoptr (StnTargets) self = g_new0 (StnTargets, 1);

  g_mutex_init (&self->lock);
  self->files = g_ptr_array_new_with_free_func ((GDestroyNotify) stn_target_file_free);
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) stn_chip_row_free);
  self->list = g_ptr_array_new ();
  self->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) stn_chip_part_free);
  self->found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  while (stn_target_built_in[self->built_in_count].name != NULL)
    self->built_in_count++;
  self->built_in = g_new0 (StnTargetFile *, self->built_in_count + 1);
  self->options = stn_option_catalogue_new (override_folder, error);
  if (self->options == NULL)
    return NULL;
  if (override_folder == NULL || !g_file_test (override_folder, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&self);

  for (guint i = 0; i < self->built_in_count; i++)
    if (!read_built_in (self, i, error))
      return NULL;
  Layer own = { self, self->files->len };
  if (!stn_data_file_each (override_folder, add_own, &own, error) || !check_rows (self, 0, error))
    return NULL;
  for (guint i = 0; i < self->rows->len; i++)
    g_ptr_array_add (self->list, &((StnChipRow *) self->rows->pdata[i])->target);
  self->is_complete = TRUE;
  return g_steal_pointer (&self);
}

void
stn_targets_free (StnTargets *self)
{
  if (self == NULL)
    return;
  g_mutex_clear (&self->lock);
  g_clear_pointer (&self->found, g_hash_table_unref);
  g_clear_pointer (&self->names, g_hash_table_unref);
  g_free (self->built_in);
  g_clear_pointer (&self->parts, g_ptr_array_unref);
  g_clear_pointer (&self->list, g_ptr_array_unref);
  stn_option_catalogue_free (self->options);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_free (self);
}

const StnTarget *const *
stn_targets_list (StnTargets *self, guint *out_count)
{
  g_mutex_lock (&self->lock);
  complete (self);
  g_mutex_unlock (&self->lock);
  *out_count = self->list->len;
  return (const StnTarget *const *) self->list->pdata;
}

const StnTarget **
stn_targets_with_product_id (StnTargets *self, guint16 product_id, guint *out_count)
{
  g_mutex_lock (&self->lock);
  complete (self);
  g_mutex_unlock (&self->lock);
  gint at = find_row (self, product_id);
  const StnTarget **found = g_new0 (const StnTarget *, 2);
  *out_count = at < 0 ? 0 : 1;
  if (at >= 0)
    found[0] = self->list->pdata[at];
  return found;
}

/* ---- part numbers ---- */

/* A part of the data that a name could mean. */
typedef struct {
  const StnChipRow *row;
  const StnFilePart *part;
} Candidate;

/* The parts with the longest name that the text starts with. */
static GArray *
find_candidates (const StnTargets *self, const char *text)
{
  GArray *candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));
  gsize longest = 0;
  for (guint i = 0; i < self->rows->len; i++) {
    const StnChipRow *row = self->rows->pdata[i];
    for (guint j = 0; j < row->chip->parts->len; j++) {
      const StnFilePart *part = row->chip->parts->pdata[j];
      gsize length = strlen (part->part);
      if (length < longest || !g_str_has_prefix (text, part->part))
        continue;
      if (length > longest)
        g_array_set_size (candidates, 0);
      longest = length;
      g_array_append_val (candidates, ((Candidate){ row, part }));
    }
  }
  return candidates;
}

static void
append_names (GPtrArray *names, const StnFilePart *part)
{
  for (guint i = 0; i < part->flash->len; i++)
    g_ptr_array_add (names,
                     g_strdup_printf ("%sx%s%s%s", part->part, (const char *) part->flash->pdata[i],
                                      part->suffix == NULL ? "" : "-", part->suffix == NULL ? "" : part->suffix));
}

/* "STM32F103x4, STM32F103x6, …" */
static char *
names_of (const GArray *candidates)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < candidates->len; i++)
    append_names (names, g_array_index (candidates, Candidate, i).part);
  g_ptr_array_add (names, NULL);
  return g_strjoinv (", ", (char **) names->pdata);
}

static void
set_unknown (const StnTargets *self, const char *part, const char *upper, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < self->rows->len; i++) {
    const StnChipRow *row = self->rows->pdata[i];
    for (guint j = 0; j < row->chip->parts->len; j++) {
      const StnFilePart *known = row->chip->parts->pdata[j];
      g_ptr_array_add (names, g_strdup (known->part));
      append_names (names, known);
    }
  }
  g_ptr_array_add (names, NULL);
  const char *nearest = stn_text_nearest (upper, (const char *const *) names->pdata);
  g_autofree char *quoted = stn_text_quote (part);
  stn_error_set (error, STN_FAILURE_BAD_PLAN, "target %s is not known%s%s%s", quoted,
                 nearest == NULL ? "" : ": did you mean ", nearest == NULL ? "" : nearest, nearest == NULL ? "" : "?");
}

static gboolean
has_code (const StnFilePart *part, char code)
{
  for (guint i = 0; i < part->flash->len; i++) {
    if (*(const char *) part->flash->pdata[i] == code)
      return TRUE;
  }
  return FALSE;
}

static const Candidate *
with_code (const GArray *candidates, char code, char suffix)
{
  for (guint i = 0; i < candidates->len; i++) {
    const Candidate *candidate = &g_array_index (candidates, Candidate, i);
    char own = candidate->part->suffix == NULL ? '\0' : *candidate->part->suffix;
    if (own == suffix && has_code (candidate->part, code))
      return candidate;
  }
  return NULL;
}

/* Without a flash code: the largest that the part comes with, if all its sizes are one chip. */
static const Candidate *
without_code (const GArray *candidates, char *out_code)
{
  const Candidate *best = NULL;
  guint64 best_bytes = 0;
  for (guint i = 0; i < candidates->len; i++) {
    const Candidate *candidate = &g_array_index (candidates, Candidate, i);
    if (candidate->row != g_array_index (candidates, Candidate, 0).row)
      return NULL;
    for (guint j = 0; j < candidate->part->flash->len; j++) {
      char code = *(const char *) candidate->part->flash->pdata[j];
      guint64 bytes = part_flash_bytes (candidate->part, code);
      if (bytes > best_bytes) {
        best = candidate;
        best_bytes = bytes;
        *out_code = code;
      }
    }
  }
  return best;
}

/* The target of an upper-case part number, newly built; no other thread is in here. */
static StnTarget *
resolve (StnTargets *self, const char *part, const char *upper, GError **error)
{
  read_files_of (self, upper);
  g_autoptr (GArray) candidates = find_candidates (self, upper);
  StnPartTail tail;

  if (candidates->len == 0) {
    complete (self);
    set_unknown (self, part, upper, error);
    return NULL;
  }
  const Candidate *first = &g_array_index (candidates, Candidate, 0);
  if (first->row->target.provisional) {
    stn_error_set (error, STN_FAILURE_PROVISIONAL_TARGET,
                   "target %s (%s, product id 0x%03X) is known from one source only", part, first->row->target.line,
                   first->row->target.product_id);
    return NULL;
  }
  if (!stn_part_tail_read (upper + strlen (first->part->part), &tail)) {
    complete (self);
    set_unknown (self, part, upper, error);
    return NULL;
  }
  const Candidate *candidate = NULL;
  char code = tail.code;
  if (code == 0) {
    candidate = without_code (candidates, &code);
    if (candidate == NULL) {
      g_autofree char *names = names_of (candidates);
      stn_error_set (error, STN_FAILURE_BAD_PLAN, "target %s stands for several chips, name one of %s", part, names);
      return NULL;
    }
  } else {
    candidate = with_code (candidates, code, tail.suffix);
    if (candidate == NULL && tail.suffix_is_option)
      candidate = with_code (candidates, code, '\0');
    if (candidate == NULL) {
      g_autofree char *names = names_of (candidates);
      stn_error_set (error, STN_FAILURE_BAD_PLAN, "target %s is not known: there are %s", part, names);
      return NULL;
    }
  }
  const char *suffix = candidate->part->suffix;
  g_autofree char *name = tail.code == 0 ? g_strdup (candidate->part->part)
                                         : g_strdup_printf ("%sx%c%s%s", candidate->part->part, code,
                                                            suffix == NULL ? "" : "-", suffix == NULL ? "" : suffix);
  guint64 bytes = part_flash_bytes (candidate->part, code);
  const char *unsettled = stn_chip_row_unsettled (candidate->row, bytes);
  if (unsettled != NULL) {
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "target %s: %s", name, unsettled);
    return NULL;
  }
  return stn_chip_part_new (candidate->row, name, bytes, (guint) candidate->part->boot_pattern);
}

const StnTarget *
stn_targets_find (StnTargets *self, const char *part, GError **error)
{
  gsize length = strlen (part);
  gboolean plain = length > 0 && length <= LONGEST_PART;
  for (gsize i = 0; plain && i < length; i++)
    plain = g_ascii_isalnum (part[i]) || part[i] == '-';
  if (!plain) {
    g_autofree char *quoted = g_utf8_validate (part, -1, NULL) ? stn_text_quote (part) : g_strdup ("of this name");
    stn_error_set (error, STN_FAILURE_BAD_PLAN, "target %s is not a part number", quoted);
    return NULL;
  }
  g_autofree char *upper = g_ascii_strup (part, -1);
  G_GNUC_UNUSED g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  StnTarget *target = g_hash_table_lookup (self->found, upper);
  if (target == NULL) {
    target = resolve (self, part, upper, error);
    if (target == NULL)
      return NULL;
    g_ptr_array_add (self->parts, target);
    g_hash_table_insert (self->found, g_steal_pointer (&upper), target);
  }
  return target;
}
