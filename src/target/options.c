/* The option fields of a chip from its option file, and how they are found. */
#include "src/target/option-catalogue.h"

#include <string.h>

static gboolean
has_number (const GPtrArray *list, gint64 number)
{
  for (guint i = 0; i < list->len; i++) {
    if (*(const gint64 *) list->pdata[i] == number)
      return TRUE;
  }
  return FALSE;
}

/* ---- from the file ---- */

static gboolean
read_value (const char *text, const StnNode *place, guint32 most, guint32 *out_value, GError **error)
{
  gint64 value = 0;
  if (stn_text_to_integer (text, &value) && value >= 0 && value <= (gint64) most) {
    *out_value = (guint32) value;
    return TRUE;
  }
  g_autofree char *wanted = g_strdup_printf ("a value from 0 to 0x%X", most);
  stn_node_error (place, error, wanted, text, "value");
  return FALSE;
}

/* "0x2" or "0..7" */
static gboolean
read_span (const StnFileOptionValue *from, guint32 most, StnOptionValue *out, GError **error)
{
  g_auto (GStrv) ends = g_strsplit (from->values, "..", 2);
  out->text = from->text;
  if (!read_value (ends[0], from->place, most, &out->first, error)
      || !read_value (ends[1] == NULL ? ends[0] : ends[1], from->place, most, &out->last, error))
    return FALSE;
  if (out->first <= out->last)
    return TRUE;
  stn_node_error (from->place, error, "the smaller value first", from->values, "value");
  return FALSE;
}

static gboolean
read_values (StnOptionTable *self, const StnFileOptionField *from, StnOptionField *field, GError **error)
{
  StnOptionValue *values = g_new0 (StnOptionValue, from->values->len + 1);
  StnOptionLevel *levels = g_new0 (StnOptionLevel, from->levels->len + 1);
  guint32 most = field->width == 0 ? G_MAXUINT32 : stn_option_field_most (field);

  g_ptr_array_add (self->owned, values);
  g_ptr_array_add (self->owned, levels);
  field->values = values;
  field->levels = levels;
  for (; field->value_count < from->values->len; field->value_count++) {
    if (!read_span (from->values->pdata[field->value_count], most, &values[field->value_count], error))
      return FALSE;
  }
  for (; field->level_count < from->levels->len; field->level_count++) {
    const StnFileOptionLevel *level = from->levels->pdata[field->level_count];
    levels[field->level_count].level = (StnRdpLevel) level->level;
    if (!read_value (level->value, level->place, most, &levels[field->level_count].value, error))
      return FALSE;
  }
  return TRUE;
}

static void
set_danger (const StnFileOptionField *from, StnOptionField *field)
{
  const char *text = NULL;
  field->danger = stn_option_role_danger (field->role, &text);
  for (guint i = 0; i < from->danger->len; i++)
    field->danger |= 1u << *(const int *) from->danger->pdata[i];
  field->danger_text = from->danger_text != NULL ? from->danger_text
                       : text != NULL            ? text
                                                 : stn_option_danger_text (field->danger);
}

/* Where the field stands in the areas of the target; what lies outside them is not visible. */
static void
set_place (const StnOptionTable *self, const StnTarget *target, const StnFileOptionWord *word, StnOptionField *field)
{
  field->word = word->at;
  field->current_word = self->file->pairs && word->at >= 4 ? word->at - 4 : word->at;
  if (word->at == 0 || field->width == 0)
    return;
  const struct {
    guint64 address;
    guint bytes;
  } areas[STN_OPTION_AREAS] = { { target->options_address, target->options_bytes },
                                { target->options_second_address, target->options_second_bytes } };
  for (guint i = 0; i < STN_OPTION_AREAS; i++) {
    guint64 offset = field->current_word - areas[i].address;
    guint64 end = offset + (field->word - field->current_word) + 4;
    if (field->current_word < areas[i].address || end > areas[i].bytes)
      continue;
    field->visible = TRUE;
    field->area = i;
    return;
  }
}

static gboolean
check_field (const StnOptionTable *self, const StnFileOptionField *from, const StnOptionField *field, GError **error)
{
  if (field->bit + field->width > 32) {
    stn_node_error (from->place, error, "a field that ends with its word", NULL, "%s", field->name);
    return FALSE;
  }
  if (field->has_default && field->width > 0 && field->default_value > stn_option_field_most (field)) {
    stn_node_error (from->place, error, NULL, NULL, "%s: its default is larger than the field", field->name);
    return FALSE;
  }
  for (guint i = 0; i < self->fields->len; i++) {
    const StnOptionField *other = self->fields->pdata[i];
    const StnFileOptionField *other_from = self->file_fields->pdata[i];
    if (strcmp (other->name, field->name) == 0) {
      stn_node_error (from->place, error, NULL, NULL, "%s of 0x%03X stands in line %u already", field->name,
                      self->product_id, other_from->place->line);
      return FALSE;
    }
    guint64 bits = (((guint64) 1 << field->width) - 1) << field->bit;
    guint64 other_bits = (((guint64) 1 << other->width) - 1) << other->bit;
    if (field->word != 0 && other->word == field->word && (bits & other_bits) != 0) {
      stn_node_error (from->place, error, NULL, NULL, "%s and %s of 0x%03X share a bit", field->name, other->name,
                      self->product_id);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
add_field (StnOptionTable *self, const StnTarget *target, const StnFileOptionWord *word, const StnFileOptionField *from,
           GError **error)
{
  StnOptionField *field = g_new0 (StnOptionField, 1);
  const char **aliases = g_new0 (const char *, from->aliases->len + 1);

  g_ptr_array_add (self->owned, field);
  g_ptr_array_add (self->owned, aliases);
  for (guint i = 0; i < from->aliases->len; i++)
    aliases[i] = from->aliases->pdata[i];
  *field = (StnOptionField){ .name = from->name,
                             .aliases = aliases,
                             .bit = (guint) from->bit,
                             .width = (guint) from->width,
                             .has_default = from->default_value >= 0,
                             .default_value = from->default_value < 0 ? 0 : (guint32) from->default_value,
                             .meaning = from->meaning != NULL ? from->meaning : "",
                             .role = (StnOptionRole) from->role,
                             .has_active = from->active >= 0,
                             .active = from->active < 0 ? 0 : (guint32) from->active,
                             .bank = (guint) from->bank,
                             .area_letter = from->letter == NULL ? 0 : *from->letter,
                             .first_page = (guint) from->first_page,
                             .pages_per_bit = (guint) from->pages_per_bit,
                             .last_bit_is_rest = from->rest,
                             .page_unit_bytes = (guint) from->unit_bytes,
                             .address_shift = (guint) from->shift,
                             .always_one = from->always_one,
                             .read_only = from->read_only,
                             .doubt = from->doubt };
  set_danger (from, field);
  set_place (self, target, word, field);
  if (!check_field (self, from, field, error) || !read_values (self, from, field, error))
    return FALSE;
  g_ptr_array_add (self->fields, field);
  g_ptr_array_add (self->file_fields, (gpointer) from);
  return TRUE;
}

static StnOptionTable *
new_empty_table (const StnOptionFile *file, guint16 product_id)
{
  StnOptionTable *self = g_new0 (StnOptionTable, 1);
  self->file = file;
  self->product_id = product_id;
  self->limits = g_ptr_array_new ();
  self->fields = g_ptr_array_new ();
  self->file_fields = g_ptr_array_new ();
  self->owned = g_ptr_array_new_with_free_func (g_free);
  self->options.source = file->data.source;
  self->options.source_sha256 = file->data.sha256;
  return self;
}

static void
publish (StnOptionTable *self)
{
  self->options.fields = (const StnOptionField *const *) self->fields->pdata;
  self->options.field_count = self->fields->len;
}

static gboolean
has_part (const StnFileOptionField *field, const char *part)
{
  gboolean has = field->parts->len == 0 || part == NULL;
  for (guint i = 0; i < field->parts->len && !has; i++)
    has = g_pattern_match_simple (field->parts->pdata[i], part);
  return has;
}

StnOptionTable *
stn_option_table_new (const StnOptionFile *file, const StnTarget *target, const char *part, GError **error)
{
  if (!has_number (file->chips, target->product_id))
    return NULL;
  StnOptionTable *self = new_empty_table (file, target->product_id);
  for (guint i = 0; i < file->words->len; i++) {
    const StnFileOptionWord *word = file->words->pdata[i];
    if (word->chips->len > 0 && !has_number (word->chips, target->product_id))
      continue;
    for (guint j = 0; j < word->fields->len; j++) {
      const StnFileOptionField *from = word->fields->pdata[j];
      if ((from->chips->len > 0 && !has_number (from->chips, target->product_id)) || !has_part (from, part))
        continue;
      if (!add_field (self, target, word, from, error)) {
        stn_option_table_free (self);
        return NULL;
      }
    }
  }
  for (guint i = 0; i < file->limits->len; i++) {
    const StnFileOptionLimit *limit = file->limits->pdata[i];
    if (limit->chips->len == 0 || has_number (limit->chips, target->product_id))
      g_ptr_array_add (self->limits, (gpointer) limit);
  }
  publish (self);
  return self;
}

void
stn_option_table_free (StnOptionTable *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->limits);
  g_ptr_array_unref (self->fields);
  g_ptr_array_unref (self->file_fields);
  g_ptr_array_unref (self->owned);
  g_free (self);
}

/* ---- finding ---- */

const StnOptions *
stn_target_options (const StnTarget *target)
{
  const StnOptionTable *table = stn_option_catalogue_table (target->option_catalogue, target);
  return table == NULL ? NULL : &table->options;
}

static gboolean
is_named (const StnOptionField *field, const char *name)
{
  return strcmp (field->name, name) == 0 || g_strv_contains (field->aliases, name);
}

const StnOptionField *
stn_options_find (const StnTarget *target, const char *name, GError **error)
{
  const StnOptions *options = stn_target_options (target);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *quoted = g_utf8_validate (name, -1, NULL) ? stn_text_quote (name) : g_strdup ("of this name");

  for (guint i = 0; options != NULL && i < options->field_count; i++) {
    const StnOptionField *field = options->fields[i];
    if (is_named (field, name))
      return field;
    g_ptr_array_add (names, (gpointer) field->name);
    for (guint j = 0; field->aliases[j] != NULL; j++)
      g_ptr_array_add (names, (gpointer) field->aliases[j]);
  }
  if (options == NULL || options->field_count == 0) {
    stn_error_set (error, STN_FAILURE_NOT_SUPPORTED, "the option bytes of %s are not known", target->name);
    return NULL;
  }
  g_ptr_array_add (names, NULL);
  const char *nearest = stn_text_nearest (name, (const char *const *) names->pdata);
  if (nearest == NULL) {
    stn_error_set (error, STN_FAILURE_BAD_PLAN,
                   "%s has no option field %s (“stationctl option-bytes --target %s” lists them)", target->name, quoted,
                   target->name);
    return NULL;
  }
  /* families have split fields: BOR_LEV is BORR_LEV and BORF_LEV elsewhere */
  g_ptr_array_remove (names, (gpointer) nearest);
  const char *second = stn_text_nearest (name, (const char *const *) names->pdata);
  if (second != NULL && strlen (second) != strlen (nearest))
    second = NULL;
  stn_error_set (error, STN_FAILURE_BAD_PLAN, "%s has no option field %s: did you mean %s%s%s?", target->name, quoted,
                 nearest, second == NULL ? "" : " or ", second == NULL ? "" : second);
  return NULL;
}

const StnOptionField *
stn_options_by_role (const StnTarget *target, StnOptionRole role, guint nth)
{
  const StnOptions *options = stn_target_options (target);
  for (guint i = 0; options != NULL && i < options->field_count; i++) {
    if (options->fields[i]->role == role && nth-- == 0)
      return options->fields[i];
  }
  return NULL;
}

/* ---- what a ROM can't write ---- */

static gboolean
limits_field (const StnFileOptionLimit *limit, const StnOptionField *field)
{
  for (guint i = 0; i < limit->fields->len; i++) {
    if (is_named (field, limit->fields->pdata[i]))
      return TRUE;
  }
  for (guint i = 0; i < limit->roles->len; i++) {
    if (*(const int *) limit->roles->pdata[i] == (int) field->role)
      return TRUE;
  }
  return limit->fields->len == 0 && limit->roles->len == 0;
}

static gboolean
knows_bootloader (const StnTarget *target, guint16 bootloader_id)
{
  for (guint i = 0; i < target->bootloader_id_count; i++) {
    if (target->bootloader_ids[i] == bootloader_id)
      return TRUE;
  }
  return FALSE;
}

static gboolean
holds_for (const StnFileOptionLimit *limit, const StnTarget *target, StnOptionVia via, guint16 bootloader_id)
{
  gboolean is_way = limit->via->len == 0;
  for (guint i = 0; i < limit->via->len; i++)
    is_way |= *(const int *) limit->via->pdata[i] == (int) via;
  return is_way
         && (limit->bootloader_ids->len == 0
             || (bootloader_id != 0
                 && (has_number (limit->bootloader_ids, bootloader_id) || !knows_bootloader (target, bootloader_id))));
}

const char *
stn_option_field_refused (const StnTarget *target, const StnOptionField *field, StnOptionVia via, guint16 bootloader_id)
{
  if (!field->visible)
    return "the ROM shows it in no area that can be written";
  if (field->role == STN_OPTION_ROLE_KEY)
    return "keys can only be written, never read back: not set by this program";
  if (field->role == STN_OPTION_ROLE_RADIO)
    return "it belongs to the radio stack or the second core, whose own service writes it";
  if (field->always_one)
    return "it is always written as 1";
  if (field->read_only)
    return "it is never changed";
  const StnOptionTable *table = stn_option_catalogue_table (target->option_catalogue, target);
  for (guint i = 0; table != NULL && i < table->limits->len; i++) {
    const StnFileOptionLimit *limit = table->limits->pdata[i];
    if (limit->together_with->len == 0 && holds_for (limit, target, via, bootloader_id) && limits_field (limit, field))
      return limit->why;
  }
  return NULL;
}

static gboolean
changes_role (const GArray *changes, const GPtrArray *roles)
{
  for (guint i = 0; i < changes->len; i++) {
    for (guint j = 0; j < roles->len; j++) {
      if ((int) g_array_index (changes, StnOptionChange, i).field->role == *(const int *) roles->pdata[j])
        return TRUE;
    }
  }
  return FALSE;
}

const char *
stn_option_changes_refused (const StnTarget *target, const GArray *changes, StnOptionVia via, guint16 bootloader_id,
                            const StnOptionField **out_field)
{
  const StnOptionTable *table = stn_option_catalogue_table (target->option_catalogue, target);
  const char *why = NULL;
  for (guint i = 0; i < changes->len && why == NULL; i++) {
    const StnOptionField *field = g_array_index (changes, StnOptionChange, i).field;
    why = stn_option_field_refused (target, field, via, bootloader_id);
    for (guint j = 0; table != NULL && j < table->limits->len && why == NULL; j++) {
      const StnFileOptionLimit *limit = table->limits->pdata[j];
      if (holds_for (limit, target, via, bootloader_id) && limits_field (limit, field)
          && (limit->together_with->len == 0 || changes_role (changes, limit->together_with)))
        why = limit->why;
    }
    if (why != NULL && out_field != NULL)
      *out_field = field;
  }
  return why;
}
