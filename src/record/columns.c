#include "src/record/columns.h"

#include <string.h>

#define FIELD(type, record, field)                        \
  {                                                       \
#field, STN_COLUMN_##type, offsetof(record, field), 0, 0 \
  }
#define FIELD_IF(type, record, field, flag)                                    \
  {                                                                            \
#field, STN_COLUMN_##type, offsetof(record, field), offsetof(record, flag), 0 \
  }

static const StnColumn run_columns[] = {
  FIELD (TEXT, StnRun, run_id),
  FIELD (INTEGER, StnRun, started_utc_us),
  FIELD (INTEGER, StnRun, started_mono_ns),
  FIELD (TEXT, StnRun, boot_id),
  FIELD (TEXT, StnRun, production_day),
  FIELD (TEXT, StnRun, shift),
  FIELD (TEXT, StnRun, operator_id),
  FIELD (TEXT, StnRun, lot),
  FIELD (TEXT, StnRun, station),
  FIELD (TEXT, StnRun, bank),
  FIELD (TEXT, StnRun, site),
  FIELD (TEXT, StnRun, fixture),
  FIELD (TEXT, StnRun, fixture_revision),
  FIELD (INTEGER, StnRun, fixture_cycle),
  FIELD (INTEGER, StnRun, cycle),
  FIELD (TEXT, StnRun, unit_scan),
  FIELD (TEXT, StnRun, panel),
  FIELD (INTEGER, StnRun, panel_position),
  FIELD (TEXT, StnRun, job_name),
  FIELD (INTEGER, StnRun, job_revision),
  FIELD (TEXT, StnRun, job_hash),
  FIELD (TEXT, StnRun, plan_hash),
  FIELD (TEXT, StnRun, images),
  FIELD (TEXT, StnRun, target),
  FIELD (TEXT, StnRun, target_source),
  FIELD (TEXT, StnRun, target_hash),
  FIELD (TEXT, StnRun, engine),
  FIELD (TEXT, StnRun, adapters),
  FIELD (TEXT, StnRun, left_out),
  FIELD (TEXT, StnRun, program_version),
  FIELD (BOOLEAN, StnRun, is_virtual),
  { "retry_of", STN_COLUMN_TEXT, offsetof (StnRun, retry_of), 0, 2 },
  { "predicted_ns", STN_COLUMN_IF_READ, offsetof (StnRun, predicted_ns), 0, 3 },
};

static const StnColumn step_columns[] = {
  FIELD (STEP, StnStepRecord, kind),
  FIELD (VERDICT, StnStepRecord, outcome),
  FIELD (FAILURE, StnStepRecord, failure),
  FIELD (INTEGER, StnStepRecord, started_ns),
  FIELD (INTEGER, StnStepRecord, duration_ns),
  FIELD (COUNT, StnStepRecord, tries),
  FIELD (UNSIGNED, StnStepRecord, bytes),
  FIELD_IF (INTEGER, StnStepRecord, value, has_value),
  FIELD_IF (INTEGER, StnStepRecord, low, has_value),
  FIELD_IF (INTEGER, StnStepRecord, high, has_value),
  FIELD (TEXT, StnStepRecord, unit),
  FIELD (TEXT, StnStepRecord, detail),
  { "predicted_ns", STN_COLUMN_IF_READ, offsetof (StnStepRecord, predicted_ns), 0, 2 },
};

static const StnColumn result_columns[] = {
  FIELD (TEXT, StnResult, run_id),
  FIELD (INTEGER, StnResult, ended_utc_us),
  FIELD (INTEGER, StnResult, ended_mono_ns),
  FIELD (VERDICT, StnResult, verdict),
  FIELD (FAILURE, StnResult, failure),
  FIELD (TEXT, StnResult, message),
  FIELD_IF (UNSIGNED, StnResult, address, has_address),
  FIELD (TEXT, StnResult, expected),
  FIELD (TEXT, StnResult, seen),
  FIELD (TEXT, StnResult, serial),
  FIELD (BOOLEAN, StnResult, serial_exposed),
  FIELD (TEXT, StnResult, uid),
  FIELD (IF_READ, StnResult, product_id),
  FIELD (IF_READ, StnResult, rom_version),
  FIELD (IF_READ, StnResult, protocol_version),
  FIELD (IF_READ, StnResult, flash_bytes),
  FIELD (TEXT, StnResult, options_before),
  FIELD (TEXT, StnResult, options_after),
  FIELD (TEXT, StnResult, protection),
  FIELD (TEXT, StnResult, bound_hash),
  FIELD (TEXT, StnResult, leave_way),
  FIELD (TEXT, StnResult, boot_answer),
  FIELD (UNSIGNED, StnResult, bytes_written),
  FIELD (UNSIGNED, StnResult, bytes_proved),
  FIELD (STEPS, StnResult, steps),
  FIELD (TEXT, StnResult, transcript),
};

const StnColumn *
stn_run_columns (guint *out_count)
{
  *out_count = G_N_ELEMENTS (run_columns);
  return run_columns;
}

const StnColumn *
stn_result_columns (guint *out_count)
{
  *out_count = G_N_ELEMENTS (result_columns);
  return result_columns;
}

const StnColumn *
stn_step_columns (guint *out_count)
{
  *out_count = G_N_ELEMENTS (step_columns);
  return step_columns;
}

static StnValue
value_integer (gint64 integer)
{
  return (StnValue){ .kind = STN_VALUE_INTEGER, .integer = integer };
}

static StnValue
value_text (const char *text)
{
  return (StnValue){ .kind = text != NULL ? STN_VALUE_TEXT : STN_VALUE_NULL, .text = text };
}

StnValue
stn_column_get (const StnColumn *column, gconstpointer record)
{
  const StnValue nothing = { .kind = STN_VALUE_NULL };
  gconstpointer field = (const char *) record + column->offset;

  if (column->presence != 0 && !*(const gboolean *) (gconstpointer) ((const char *) record + column->presence))
    return nothing;

  switch (column->type) {
  case STN_COLUMN_TEXT:
    return value_text (*(char *const *) field);
  case STN_COLUMN_INTEGER:
    return value_integer (*(const gint64 *) field);
  case STN_COLUMN_IF_READ:
    return *(const gint64 *) field >= 0 ? value_integer (*(const gint64 *) field) : nothing;
  case STN_COLUMN_UNSIGNED:
    return value_integer ((gint64) * (const guint64 *) field);
  case STN_COLUMN_COUNT:
    return value_integer (*(const guint *) field);
  case STN_COLUMN_BOOLEAN:
    return value_integer (*(const gboolean *) field ? 1 : 0);
  case STN_COLUMN_VERDICT:
    return value_text (stn_verdict_name (*(const StnVerdict *) field));
  case STN_COLUMN_FAILURE: {
    StnFailure failure = *(const StnFailure *) field;
    return failure == STN_FAILURE_NONE ? nothing : value_text (stn_failure_name (failure));
  }
  case STN_COLUMN_STEP:
    return value_text (stn_step_name (*(const StnStepKind *) field));
  case STN_COLUMN_STEPS:
    break;
  }
  return nothing;
}

/* "nothing" in a field: what the struct's comment says for it */
static gboolean
set_nothing (const StnColumn *column, gpointer record)
{
  gpointer field = (char *) record + column->offset;

  if (column->presence != 0) {
    *(gboolean *) (gpointer) ((char *) record + column->presence) = FALSE;
    *(gint64 *) field = 0;
    return TRUE;
  }
  switch (column->type) {
  case STN_COLUMN_TEXT:
    g_clear_pointer ((char **) field, g_free);
    return TRUE;
  case STN_COLUMN_IF_READ:
    *(gint64 *) field = -1;
    return TRUE;
  case STN_COLUMN_FAILURE:
    *(StnFailure *) field = STN_FAILURE_NONE;
    return TRUE;
  default:
    return FALSE;
  }
}

static gboolean
set_text (const StnColumn *column, gpointer field, const char *text)
{
  switch (column->type) {
  case STN_COLUMN_TEXT: {
    char *copy = g_strdup (text); /* before the old one goes: it may be the same */
    g_free (*(char **) field);
    *(char **) field = copy;
    return TRUE;
  }
  case STN_COLUMN_VERDICT:
    return stn_verdict_from_name (text, field);
  case STN_COLUMN_STEP:
    return stn_step_from_name (text, field);
  case STN_COLUMN_FAILURE: {
    StnFailure failure = stn_failure_from_name (text);
    if (failure == STN_FAILURE_NONE)
      return FALSE;
    *(StnFailure *) field = failure;
    return TRUE;
  }
  default:
    return FALSE;
  }
}

static gboolean
set_integer (const StnColumn *column, gpointer field, gint64 integer)
{
  switch (column->type) {
  case STN_COLUMN_INTEGER:
    *(gint64 *) field = integer;
    return TRUE;
  case STN_COLUMN_IF_READ:
    if (integer < 0)
      return FALSE;
    *(gint64 *) field = integer;
    return TRUE;
  case STN_COLUMN_UNSIGNED:
    *(guint64 *) field = (guint64) integer;
    return TRUE;
  case STN_COLUMN_COUNT:
    if (integer < 0 || integer > G_MAXUINT)
      return FALSE;
    *(guint *) field = (guint) integer;
    return TRUE;
  case STN_COLUMN_BOOLEAN:
    if (integer != 0 && integer != 1)
      return FALSE;
    *(gboolean *) field = integer == 1;
    return TRUE;
  default:
    return FALSE;
  }
}

gboolean
stn_column_set (const StnColumn *column, gpointer record, const StnValue *value)
{
  gpointer field = (char *) record + column->offset;
  gboolean done;

  if (value->kind == STN_VALUE_NULL)
    return set_nothing (column, record);
  if (value->kind == STN_VALUE_TEXT)
    done = set_text (column, field, value->text);
  else
    done = set_integer (column, field, value->integer);
  if (done && column->presence != 0)
    *(gboolean *) (gpointer) ((char *) record + column->presence) = TRUE;
  return done;
}
