/* What differs between two states of a board's option bytes. */
#include "src/target/options.h"

GArray *
stn_option_block_differences (const StnOptionBlock *before, const StnOptionBlock *after)
{
  const StnOptions *options = stn_target_options (stn_option_block_target (after));
  GArray *changes = g_array_new (FALSE, TRUE, sizeof (StnOptionChange));
  for (guint i = 0; options != NULL && i < options->field_count; i++) {
    StnOptionChange change = { .field = options->fields[i] };
    change.old_known = stn_option_block_get (before, change.field, &change.old_value);
    change.new_known = stn_option_block_get (after, change.field, &change.new_value);
    if (change.old_known != change.new_known || change.old_value != change.new_value)
      g_array_append_val (changes, change);
  }
  return changes;
}

GArray *
stn_option_block_against_defaults (const StnOptionBlock *self)
{
  const StnOptions *options = stn_target_options (stn_option_block_target (self));
  GArray *changes = g_array_new (FALSE, TRUE, sizeof (StnOptionChange));
  for (guint i = 0; options != NULL && i < options->field_count; i++) {
    const StnOptionField *field = options->fields[i];
    StnOptionChange change = { .field = field, .old_known = TRUE, .old_value = field->default_value };
    change.new_known = stn_option_block_get (self, field, &change.new_value);
    if (field->has_default && change.new_known && change.old_value != change.new_value)
      g_array_append_val (changes, change);
  }
  return changes;
}

char *
stn_option_change_text (const StnOptionChange *change)
{
  g_autofree char *old_text =
      change->old_known ? stn_option_field_label (change->field, change->old_value) : g_strdup ("?");
  g_autofree char *new_text =
      change->new_known ? stn_option_field_label (change->field, change->new_value) : g_strdup ("?");
  return g_strdup_printf ("%s: %s -> %s", change->field->name, old_text, new_text);
}
