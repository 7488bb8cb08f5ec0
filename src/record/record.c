#include "src/record/columns.h"

#include <string.h>

static const char *const verdict_names[STN_VERDICT_COUNT] = {
  [STN_VERDICT_UNKNOWN] = "unknown", [STN_VERDICT_PASS] = "pass",           [STN_VERDICT_FAIL] = "fail",
  [STN_VERDICT_ERROR] = "error",     [STN_VERDICT_CANCELLED] = "cancelled", [STN_VERDICT_EMPTY] = "empty",
  [STN_VERDICT_SKIPPED] = "skipped",
};

/* the name stands in events, journals and scripts; the words are for people */
static const struct {
  const char *name;
  const char *words;
} steps[STN_STEP_COUNT] = {
  [STN_STEP_POWER_ON] = { "power-on", "powering" },
  [STN_STEP_ENTER] = { "enter", "entering the ROM" },
  [STN_STEP_IDENTIFY] = { "identify", "identifying the chip" },
  [STN_STEP_ADMIT] = { "admit", "asking the journal" },
  [STN_STEP_BIND] = { "bind", "fitting the plan to the unit" },
  [STN_STEP_OPENING_OPTIONS] = { "opening-options", "setting options" },
  [STN_STEP_ERASE] = { "erase", "erasing" },
  [STN_STEP_PROGRAM] = { "program", "programming" },
  [STN_STEP_VERIFY] = { "verify", "verifying" },
  [STN_STEP_FIRST_BLOCK] = { "first-block", "writing the first block" },
  [STN_STEP_CLOSING_OPTIONS] = { "closing-options", "closing options" },
  [STN_STEP_READ_PROTECT] = { "read-protect", "protecting" },
  [STN_STEP_LEAVE] = { "leave", "leaving the ROM" },
  [STN_STEP_BOOT_CHECK] = { "boot-check", "checking the start" },
  [STN_STEP_RECORD] = { "record", "recording" },
};

const char *
stn_verdict_name (StnVerdict verdict)
{
  return (guint) verdict < STN_VERDICT_COUNT ? verdict_names[verdict] : verdict_names[STN_VERDICT_UNKNOWN];
}

gboolean
stn_verdict_from_name (const char *name, StnVerdict *out)
{
  for (int i = 0; name != NULL && i < STN_VERDICT_COUNT; i++)
    if (strcmp (verdict_names[i], name) == 0) {
      *out = (StnVerdict) i;
      return TRUE;
    }
  return FALSE;
}

const char *
stn_step_name (StnStepKind step)
{
  return (guint) step < STN_STEP_COUNT ? steps[step].name : "unknown";
}

const char *
stn_step_words (StnStepKind step)
{
  return (guint) step < STN_STEP_COUNT ? steps[step].words : "working";
}

gboolean
stn_step_from_name (const char *name, StnStepKind *out)
{
  for (int i = 0; name != NULL && i < STN_STEP_COUNT; i++)
    if (strcmp (steps[i].name, name) == 0) {
      *out = (StnStepKind) i;
      return TRUE;
    }
  return FALSE;
}

/* frees the texts of a record, or replaces them with copies of their own after the struct was copied as it is */
static void
clear_texts (const StnColumn *columns, guint count, gpointer record)
{
  for (guint i = 0; i < count; i++)
    if (columns[i].type == STN_COLUMN_TEXT)
      g_clear_pointer ((char **) (gpointer) ((char *) record + columns[i].offset), g_free);
}

static void
own_texts (const StnColumn *columns, guint count, gpointer record)
{
  for (guint i = 0; i < count; i++)
    if (columns[i].type == STN_COLUMN_TEXT) {
      char **text = (char **) (gpointer) ((char *) record + columns[i].offset);
      *text = g_strdup (*text);
    }
}

StnRun *
stn_run_new (void)
{
  StnRun *self = g_new0 (StnRun, 1);
  self->predicted_ns = -1;
  return self;
}

StnRun *
stn_run_copy (const StnRun *self)
{
  guint count;
  const StnColumn *columns = stn_run_columns (&count);
  StnRun *copy = g_memdup2 (self, sizeof *self);

  if (copy != NULL)
    own_texts (columns, count, copy);
  return copy;
}

void
stn_run_free (StnRun *self)
{
  guint count;
  const StnColumn *columns = stn_run_columns (&count);

  if (self == NULL)
    return;
  clear_texts (columns, count, self);
  g_free (self);
}

StnStepRecord *
stn_step_record_new (StnStepKind kind)
{
  StnStepRecord *self = g_new0 (StnStepRecord, 1);
  self->kind = kind;
  self->tries = 1;
  self->predicted_ns = -1;
  return self;
}

StnStepRecord *
stn_step_record_copy (const StnStepRecord *self)
{
  guint count;
  const StnColumn *columns = stn_step_columns (&count);
  StnStepRecord *copy = g_memdup2 (self, sizeof *self);

  if (copy != NULL)
    own_texts (columns, count, copy);
  return copy;
}

void
stn_step_record_free (StnStepRecord *self)
{
  guint count;
  const StnColumn *columns = stn_step_columns (&count);

  if (self == NULL)
    return;
  clear_texts (columns, count, self);
  g_free (self);
}

static void
step_free (gpointer step)
{
  stn_step_record_free (step);
}

StnResult *
stn_result_new (void)
{
  StnResult *self = g_new0 (StnResult, 1);
  self->product_id = -1;
  self->rom_version = -1;
  self->protocol_version = -1;
  self->flash_bytes = -1;
  self->steps = g_ptr_array_new_with_free_func (step_free);
  return self;
}

StnResult *
stn_result_copy (const StnResult *self)
{
  guint count;
  const StnColumn *columns = stn_result_columns (&count);
  StnResult *copy = g_memdup2 (self, sizeof *self);

  if (copy == NULL)
    return NULL;
  own_texts (columns, count, copy);
  copy->steps = g_ptr_array_new_with_free_func (step_free);
  for (guint i = 0; self->steps != NULL && i < self->steps->len; i++)
    g_ptr_array_add (copy->steps, stn_step_record_copy (g_ptr_array_index (self->steps, i)));
  return copy;
}

void
stn_result_free (StnResult *self)
{
  guint count;
  const StnColumn *columns = stn_result_columns (&count);

  if (self == NULL)
    return;
  clear_texts (columns, count, self);
  g_clear_pointer (&self->steps, g_ptr_array_unref);
  g_free (self);
}
