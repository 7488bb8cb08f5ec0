/* The canonical form against bytes written down from its definition in canonical.h, and the chain against sha256sum. */
#include "src/record/canonical.h"

#include <string.h>

/* hex digits and spaces to bytes */
static GByteArray *
bytes_of (const char *hex)
{
  GByteArray *bytes = g_byte_array_new ();
  for (; *hex != '\0'; hex++) {
    if (*hex == ' ')
      continue;
    guint8 byte = (guint8) (g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]));
    g_byte_array_append (bytes, &byte, 1);
    hex++;
  }
  return bytes;
}

static void
assert_form (const StnCanonical *form, const char *hex)
{
  g_autoptr (GByteArray) expected = bytes_of (hex);
  gsize length;
  const guint8 *seen = stn_canonical_bytes (form, &length);
  g_assert_cmpmem (seen, length, expected->data, expected->len);
}

static void
assert_hash (const guint8 hash[STN_HASH_BYTES], const char *hex)
{
  g_autoptr (GByteArray) expected = bytes_of (hex);
  g_assert_cmpmem (hash, STN_HASH_BYTES, expected->data, expected->len);
}

static void
writes_tags_and_lengths (void)
{
  g_autoptr (StnCanonical) form = stn_canonical_new ("run", 1);
  stn_canonical_text (form, "\xc3\xa4");
  stn_canonical_integer (form, -2);
  stn_canonical_integer (form, G_GINT64_CONSTANT (0x0123456789abcdef));
  stn_canonical_list (form, 258);
  stn_canonical_text_length (form, "a\0b", 3);
  stn_canonical_null (form);
  assert_form (form, "73 00000003 72756e 69 0000000000000001" /* 's' 3 "run" 'i' 1 */
                     "73 00000002 c3a4"
                     "69 fffffffffffffffe"
                     "69 0123456789abcdef"
                     "6c 00000102"
                     "73 00000003 610062"
                     "6e");
}

static void
null_is_not_empty (void)
{
  g_autoptr (StnCanonical) form = stn_canonical_new ("", 0);
  stn_canonical_text (form, NULL);
  stn_canonical_text (form, "");
  assert_form (form, "73 00000000 69 0000000000000000 6e 73 00000000");

  g_autoptr (StnRun) run = stn_run_new ();
  g_autoptr (StnCanonical) without = stn_canonical_run (run);
  run->lot = g_strdup ("");
  g_autoptr (StnCanonical) empty = stn_canonical_run (run);
  const guint8 zero[STN_HASH_BYTES] = { 0 };
  guint8 one[STN_HASH_BYTES], other[STN_HASH_BYTES];
  stn_chain_next (zero, without, one);
  stn_chain_next (zero, empty, other);
  g_assert_true (memcmp (one, other, STN_HASH_BYTES) != 0);
}

static StnRun *
a_run (void)
{
  StnRun *run = stn_run_new ();
  run->run_id = g_strdup ("R1");
  run->started_utc_us = 1;
  run->started_mono_ns = 256;
  run->boot_id = g_strdup ("b");
  run->production_day = g_strdup ("2026-01-05");
  run->operator_id = g_strdup ("");
  run->lot = g_strdup ("L");
  run->site = g_strdup ("A3");
  run->fixture_cycle = 65536;
  run->cycle = 2;
  run->job_revision = 7;
  run->is_virtual = TRUE;
  run->retry_of = g_strdup ("R0");
  run->predicted_ns = 16;
  return run;
}

#define A_RUN                                                                          \
  "73 00000003 72756e 69 0000000000000003"                                             \
  "73 00000002 5231"                 /* run_id */                                      \
  "69 0000000000000001"              /* started_utc_us */                              \
  "69 0000000000000100"              /* started_mono_ns */                             \
  "73 00000001 62"                   /* boot_id */                                     \
  "73 0000000a 323032362d30312d3035" /* production_day */                              \
  "6e"                               /* shift */                                       \
  "73 00000000"                      /* operator_id: empty */                          \
  "73 00000001 4c"                   /* lot */                                         \
  "6e 6e"                            /* station, bank */                               \
  "73 00000002 4133"                 /* site */                                        \
  "6e 6e"                            /* fixture, fixture_revision */                   \
  "69 0000000000010000"              /* fixture_cycle */                               \
  "69 0000000000000002"              /* cycle */                                       \
  "6e 6e"                            /* unit_scan, panel */                            \
  "69 0000000000000000"              /* panel_position */                              \
  "6e"                               /* job_name */                                    \
  "69 0000000000000007"              /* job_revision */                                \
  "6e 6e 6e"                         /* job_hash, plan_hash, images */                 \
  "6e 6e 6e"                         /* target, target_source, target_hash */          \
  "6e 6e 6e 6e"                      /* engine, adapters, left_out, program_version */ \
  "69 0000000000000001"              /* is_virtual */                                  \
  "73 00000002 5230"                 /* form 2: retry_of */                            \
  "69 0000000000000010"              /* form 3: predicted_ns */

static void
a_run_has_these_bytes (void)
{
  g_autoptr (StnRun) run = a_run ();
  g_autoptr (StnCanonical) form = stn_canonical_run (run);
  assert_form (form, A_RUN);
}

static StnResult *
a_result (void)
{
  StnResult *result = stn_result_new ();
  result->run_id = g_strdup ("R1");
  result->ended_utc_us = 2;
  result->ended_mono_ns = 3;
  result->verdict = STN_VERDICT_FAIL;
  result->failure = STN_FAILURE_VERIFY_MISMATCH;
  result->message = g_strdup ("m");
  result->has_address = TRUE;
  result->address = 0x08001200;
  result->expected = g_strdup ("79");
  result->serial = g_strdup ("S");
  result->serial_exposed = TRUE;
  result->product_id = 0x460;
  result->bytes_written = G_MAXUINT64;

  StnStepRecord *erase = stn_step_record_new (STN_STEP_ERASE);
  erase->outcome = STN_VERDICT_PASS;
  erase->duration_ns = 5;
  erase->has_value = TRUE;
  erase->value = -1;
  erase->low = 1;
  erase->unit = g_strdup ("us");
  erase->predicted_ns = 7;
  g_ptr_array_add (result->steps, erase);
  StnStepRecord *verify = stn_step_record_new (STN_STEP_VERIFY);
  verify->outcome = STN_VERDICT_FAIL;
  verify->failure = STN_FAILURE_VERIFY_MISMATCH;
  verify->tries = 2;
  verify->value = 9; /* has_value is not set: not there */
  g_ptr_array_add (result->steps, verify);
  return result;
}

#define A_RESULT                                                                                                 \
  "73 00000006 726573756c74 69 0000000000000002"                                                                 \
  "73 00000002 5231"                               /* run_id */                                                  \
  "69 0000000000000002 69 0000000000000003"        /* ended_utc_us, ended_mono_ns */                             \
  "73 00000004 6661696c"                           /* verdict: fail */                                           \
  "73 0000000f 7665726966792d6d69736d61746368"     /* failure: verify-mismatch */                                \
  "73 00000001 6d"                                 /* message */                                                 \
  "69 0000000008001200"                            /* address */                                                 \
  "73 00000002 3739 6e"                            /* expected, seen */                                          \
  "73 00000001 53 69 0000000000000001 6e"          /* serial, serial_exposed, uid */                             \
  "69 0000000000000460 6e 6e 6e"                   /* product_id; rom_version, protocol_version, flash_bytes */  \
  "6e 6e 6e 6e 6e 6e"                              /* options, protection, bound_hash, leave_way, boot_answer */ \
  "69 ffffffffffffffff 69 0000000000000000"        /* bytes_written, bytes_proved */                             \
  "6c 00000002"                                    /* steps */                                                   \
  "73 00000005 6572617365 73 00000004 70617373 6e" /* erase, pass, no failure */                                 \
  "69 0000000000000000 69 0000000000000005"        /* started, duration */                                       \
  "69 0000000000000001 69 0000000000000000"        /* tries, bytes */                                            \
  "69 ffffffffffffffff 69 0000000000000001 69 0000000000000000" /* value, low, high */                           \
  "73 00000002 7573 6e 69 0000000000000007"                     /* unit, detail; form 2: predicted_ns */         \
  "73 00000006 766572696679 73 00000004 6661696c"               /* verify, fail */                               \
  "73 0000000f 7665726966792d6d69736d61746368"                                                                   \
  "69 0000000000000000 69 0000000000000000"                                                                      \
  "69 0000000000000002 69 0000000000000000"                                                                      \
  "6e 6e 6e 6e 6e" /* no value, low, high; unit, detail */                                                       \
  "6e"             /* nothing was predicted */                                                                   \
  "6e"             /* transcript */

static void
a_result_has_these_bytes (void)
{
  g_autoptr (StnResult) result = a_result ();
  g_autoptr (StnCanonical) form = stn_canonical_result (result);
  assert_form (form, A_RESULT);
}

/* printf of "stn1", 32 zeros and the bytes above, through sha256sum; then the same after that sum */
static void
the_chain_agrees_with_sha256sum (void)
{
  const guint8 zero[STN_HASH_BYTES] = { 0 };
  guint8 first[STN_HASH_BYTES], second[STN_HASH_BYTES];
  g_autoptr (StnRun) run = a_run ();
  g_autoptr (StnResult) result = a_result ();
  g_autoptr (StnCanonical) run_form = stn_canonical_run (run);
  g_autoptr (StnCanonical) result_form = stn_canonical_result (result);

  stn_chain_next (zero, run_form, first);
  assert_hash (first, "863a4d733022120b2befcde949885a4f59d99b818a283154f372cd1467a27164");
  stn_chain_next (first, result_form, second);
  assert_hash (second, "694bf7d06894075cc58f10380422276c9e8d31a3098fcffffcf82ff2b10718dd");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/canonical/writes_tags_and_lengths", writes_tags_and_lengths);
  g_test_add_func ("/canonical/null_is_not_empty", null_is_not_empty);
  g_test_add_func ("/canonical/a_run_has_these_bytes", a_run_has_these_bytes);
  g_test_add_func ("/canonical/a_result_has_these_bytes", a_result_has_these_bytes);
  g_test_add_func ("/canonical/the_chain_agrees_with_sha256sum", the_chain_agrees_with_sha256sum);
  return g_test_run ();
}
