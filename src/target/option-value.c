/* Values of option fields as people write and read them. */
#include "src/target/options.h"

#include <string.h>

guint32
stn_option_field_most (const StnOptionField *field)
{
  return field->width >= 32 ? G_MAXUINT32 : ((guint32) 1 << field->width) - 1;
}

static gboolean
is_address (const StnOptionField *field)
{
  return field->address_shift > 0;
}

static const char *
value_name (const StnOptionField *field, guint32 value)
{
  for (guint i = 0; i < field->value_count; i++) {
    if (value >= field->values[i].first && value <= field->values[i].last)
      return field->values[i].text;
  }
  /* every byte without a meaning of its own is level 1 (F1: "protected") */
  if (field->role == STN_OPTION_ROLE_RDP) {
    for (guint i = 0; i < field->level_count; i++) {
      if (field->levels[i].level == STN_RDP_LEVEL_1)
        return value_name (field, field->levels[i].value);
    }
  }
  return NULL;
}

static char *
number_text (const StnOptionField *field, guint32 value)
{
  return field->width < 8 ? g_strdup_printf ("%u", value)
                          : g_strdup_printf ("0x%0*X", (int) (field->width + 3) / 4, value);
}

static char *
address_text (const StnOptionField *field, guint32 value)
{
  return g_strdup_printf ("0x%08" G_GINT64_MODIFIER "X", (guint64) value << field->address_shift);
}

char *
stn_option_field_text (const StnOptionField *field, guint32 value)
{
  const char *name = value_name (field, value);
  if (name != NULL)
    return g_strdup (name);
  return is_address (field) ? address_text (field, value) : number_text (field, value);
}

char *
stn_option_field_label (const StnOptionField *field, guint32 value)
{
  const char *name = value_name (field, value);
  if (name == NULL && !is_address (field))
    return number_text (field, value);
  g_autofree char *words = name != NULL ? g_strdup (name) : address_text (field, value);
  return g_strdup_printf ("0x%0*X: %s", field->width < 8 ? 1 : (int) (field->width + 3) / 4, value, words);
}

static gboolean
is_same_text (const char *name, const char *text)
{
  gint64 name_uv = 0, text_uv = 0;
  if (g_ascii_strcasecmp (name, text) == 0)
    return TRUE;
  return stn_text_to_voltage_uv (name, &name_uv) && stn_text_to_voltage_uv (text, &text_uv) && name_uv == text_uv;
}

/* "0: off, 1: 2.1 V, …" or "0 to 0x1F" */
static char *
choices (const StnOptionField *field)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < field->value_count; i++) {
    const StnOptionValue *value = &field->values[i];
    g_string_append_printf (text, "%s0x%X: %s", i > 0 ? ", " : "", value->first, value->text);
  }
  if (field->value_count == 0)
    g_string_append_printf (text, "0 to 0x%X", stn_option_field_most (field));
  return g_string_free (text, FALSE);
}

gboolean
stn_option_field_read (const StnOptionField *field, const char *text, guint32 *out_value, GError **error)
{
  g_autofree char *stripped = g_utf8_validate (text, -1, NULL) ? g_strstrip (g_strdup (text)) : g_strdup ("");
  guint32 most = stn_option_field_most (field);
  gint64 number = 0;

  for (guint i = 0; i < field->value_count; i++) {
    if (is_same_text (field->values[i].text, stripped)) {
      *out_value = field->values[i].first;
      return TRUE;
    }
  }
  if (stn_text_to_integer (stripped, &number) && number >= 0) {
    if (number <= (gint64) most) {
      *out_value = (guint32) number;
      return TRUE;
    }
    guint64 address = (guint64) number;
    guint64 lost = is_address (field) ? address & (((guint64) 1 << field->address_shift) - 1) : 1;
    if (lost == 0 && address >> field->address_shift <= most) {
      *out_value = (guint32) (address >> field->address_shift);
      return TRUE;
    }
  }
  g_autofree char *wanted = choices (field);
  g_autofree char *quoted = stn_text_quote (stripped);
  stn_error_set_seen (error, STN_FAILURE_BAD_PLAN, wanted, quoted, "%s", field->name);
  return FALSE;
}

StnRdpLevel
stn_option_field_level (const StnOptionField *field, guint32 value)
{
  for (guint i = 0; i < field->level_count; i++) {
    if (field->levels[i].value == value)
      return field->levels[i].level;
  }
  return STN_RDP_LEVEL_1;
}

gboolean
stn_option_field_level_value (const StnOptionField *field, StnRdpLevel level, guint32 *out_value)
{
  for (guint i = 0; i < field->level_count; i++) {
    if (field->levels[i].level == level) {
      *out_value = field->levels[i].value;
      return TRUE;
    }
  }
  return FALSE;
}
