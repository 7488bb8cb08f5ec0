#include "src/record/columns.h"
#include "src/record/serial.h"

#include <string.h>

static void
every_verdict_and_step_goes_through_its_name (void)
{
  for (int i = 0; i < STN_VERDICT_COUNT; i++) {
    StnVerdict verdict = STN_VERDICT_COUNT;
    g_assert_true (stn_verdict_from_name (stn_verdict_name ((StnVerdict) i), &verdict));
    g_assert_cmpint (verdict, ==, i);
  }
  for (int i = 0; i < STN_STEP_COUNT; i++) {
    StnStepKind step = STN_STEP_COUNT;
    g_assert_true (stn_step_from_name (stn_step_name ((StnStepKind) i), &step));
    g_assert_cmpint (step, ==, i);
    g_assert_cmpuint (strlen (stn_step_words ((StnStepKind) i)), >, 0);
  }
  StnVerdict kept = STN_VERDICT_FAIL;
  g_assert_false (stn_verdict_from_name ("PASS", &kept));
  g_assert_false (stn_verdict_from_name (NULL, &kept));
  g_assert_cmpint (kept, ==, STN_VERDICT_FAIL);
  g_assert_cmpstr (stn_verdict_name ((StnVerdict) 99), ==, "unknown");
  g_assert_cmpstr (stn_serial_state_name ((StnSerialState) 99), ==, "void");
  g_assert_cmpstr (stn_serial_state_name (STN_SERIAL_EXPOSED), ==, "exposed");
}

/* a value that fits the type, different for every column */
static StnValue
sample_value (const StnColumn *column, guint index, char *buffer)
{
  switch (column->type) {
  case STN_COLUMN_TEXT:
    g_snprintf (buffer, 32, "text %u", index);
    return (StnValue){ .kind = STN_VALUE_TEXT, .text = buffer };
  case STN_COLUMN_VERDICT:
    return (StnValue){ .kind = STN_VALUE_TEXT, .text = "cancelled" };
  case STN_COLUMN_FAILURE:
    return (StnValue){ .kind = STN_VALUE_TEXT, .text = "no-boot" };
  case STN_COLUMN_STEP:
    return (StnValue){ .kind = STN_VALUE_TEXT, .text = "leave" };
  case STN_COLUMN_BOOLEAN:
    return (StnValue){ .kind = STN_VALUE_INTEGER, .integer = 1 };
  default:
    return (StnValue){ .kind = STN_VALUE_INTEGER, .integer = 1000 + index };
  }
}

static void
assert_value (const StnColumn *column, gconstpointer record, const StnValue *expected)
{
  StnValue seen = stn_column_get (column, record);
  g_assert_cmpint (seen.kind, ==, expected->kind);
  if (seen.kind == STN_VALUE_INTEGER)
    g_assert_cmpint (seen.integer, ==, expected->integer);
  if (seen.kind == STN_VALUE_TEXT)
    g_assert_cmpstr (seen.text, ==, expected->text);
}

static void
fill (const StnColumn *columns, guint count, gpointer record)
{
  char buffer[32];
  for (guint i = 0; i < count; i++)
    if (columns[i].type != STN_COLUMN_STEPS) {
      StnValue value = sample_value (&columns[i], i, buffer);
      g_assert_true (stn_column_set (&columns[i], record, &value));
    }
}

static void
assert_filled (const StnColumn *columns, guint count, gconstpointer record)
{
  char buffer[32];
  for (guint i = 0; i < count; i++)
    if (columns[i].type != STN_COLUMN_STEPS) {
      StnValue value = sample_value (&columns[i], i, buffer);
      assert_value (&columns[i], record, &value);
    }
}

static void
every_column_keeps_its_own_value_through_a_copy (void)
{
  guint count;
  const StnColumn *columns = stn_run_columns (&count);
  g_autoptr (StnRun) run = stn_run_new ();
  fill (columns, count, run);
  g_autoptr (StnRun) copy = stn_run_copy (run);
  g_free (run->lot);
  run->lot = g_strdup ("another");
  assert_filled (columns, count, copy);

  columns = stn_result_columns (&count);
  g_autoptr (StnResult) result = stn_result_new ();
  fill (columns, count, result);
  StnStepRecord *step = stn_step_record_new (STN_STEP_ERASE);
  g_ptr_array_add (result->steps, step);
  guint step_count;
  const StnColumn *step_columns = stn_step_columns (&step_count);
  fill (step_columns, step_count, step);
  g_autoptr (StnResult) result_copy = stn_result_copy (result);
  g_clear_pointer (&result, stn_result_free);
  assert_filled (columns, count, result_copy);
  g_assert_cmpuint (result_copy->steps->len, ==, 1);
  assert_filled (step_columns, step_count, g_ptr_array_index (result_copy->steps, 0));
}

static void
what_was_not_read_is_nothing (void)
{
  guint count;
  const StnColumn *columns = stn_result_columns (&count);
  g_autoptr (StnResult) result = stn_result_new ();
  static const char *const nothing[] = { "failure",     "message",          "address",     "expected",
                                         "seen",        "serial",           "uid",         "product_id",
                                         "rom_version", "protocol_version", "flash_bytes", "options_before",
                                         "transcript" };

  for (gsize i = 0; i < G_N_ELEMENTS (nothing); i++) {
    gboolean found = FALSE;
    for (guint j = 0; j < count; j++)
      if (strcmp (columns[j].name, nothing[i]) == 0) {
        const StnValue null = { .kind = STN_VALUE_NULL };
        found = TRUE;
        assert_value (&columns[j], result, &null);
        /* and back: set to nothing after it was something */
        char buffer[32];
        StnValue value = sample_value (&columns[j], j, buffer);
        g_assert_true (stn_column_set (&columns[j], result, &value));
        g_assert_true (stn_column_set (&columns[j], result, &null));
        assert_value (&columns[j], result, &null);
      }
    g_assert_true (found);
  }
  g_assert_false (result->has_address);
  g_assert_cmpint (result->product_id, ==, -1);
}

static void
a_value_of_another_kind_is_refused (void)
{
  guint count;
  const StnColumn *columns = stn_result_columns (&count);
  g_autoptr (StnResult) result = stn_result_new ();

  for (guint i = 0; i < count; i++) {
    const StnValue text = { .kind = STN_VALUE_TEXT, .text = "no such name" };
    const StnValue integer = { .kind = STN_VALUE_INTEGER, .integer = -7 };
    gboolean takes_text = columns[i].type == STN_COLUMN_TEXT;
    gboolean takes_integer = columns[i].type == STN_COLUMN_INTEGER || columns[i].type == STN_COLUMN_UNSIGNED;
    g_assert_cmpint (stn_column_set (&columns[i], result, &text), ==, takes_text);
    g_assert_cmpint (stn_column_set (&columns[i], result, &integer), ==, takes_integer);
  }
  g_assert_cmpint (result->verdict, ==, STN_VERDICT_UNKNOWN);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record/every_verdict_and_step_goes_through_its_name",
                   every_verdict_and_step_goes_through_its_name);
  g_test_add_func ("/record/every_column_keeps_its_own_value_through_a_copy",
                   every_column_keeps_its_own_value_through_a_copy);
  g_test_add_func ("/record/what_was_not_read_is_nothing", what_was_not_read_is_nothing);
  g_test_add_func ("/record/a_value_of_another_kind_is_refused", a_value_of_another_kind_is_refused);
  return g_test_run ();
}
