#include "src/base/bytes.h"
#include "src/base/progress.h"

static const guint8 sample[] = { 0x01, 0x02, 0x03, 0x04, 0x80, 0xfe };

static void
reads_in_both_orders (void)
{
  StnReader reader = stn_reader_new (sample, sizeof sample);
  g_assert_cmphex (stn_reader_u16_be (&reader), ==, 0x0102);
  g_assert_cmphex (stn_reader_u16_le (&reader), ==, 0x0403);
  g_assert_cmphex (stn_reader_u8 (&reader), ==, 0x80);
  g_assert_cmpuint (stn_reader_left (&reader), ==, 1);
  g_assert_true (stn_reader_ok (&reader));

  reader = stn_reader_new (sample + 2, 4);
  g_assert_cmphex (stn_reader_u32_be (&reader), ==, 0x030480fe);
  reader = stn_reader_new (sample + 2, 4);
  g_assert_cmphex (stn_reader_u32_le (&reader), ==, 0xfe800403);
  g_assert_cmpuint (stn_reader_left (&reader), ==, 0);
  g_assert_true (stn_reader_ok (&reader));
}

static guint32
read_u8 (StnReader *reader)
{
  return stn_reader_u8 (reader);
}

static guint32
read_u16_be (StnReader *reader)
{
  return stn_reader_u16_be (reader);
}

static guint32
read_u16_le (StnReader *reader)
{
  return stn_reader_u16_le (reader);
}

/* every read, over every length of block that is too short, just long enough and longer */
static void
reading_stops_at_every_boundary (void)
{
  static const struct {
    guint32 (*read) (StnReader *);
    gsize width;
  } cases[] = {
    { read_u8, 1 }, { read_u16_be, 2 }, { read_u16_le, 2 }, { stn_reader_u32_be, 4 }, { stn_reader_u32_le, 4 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize length = 0; length <= sizeof sample; length++) {
      /* a block of its own, so that a read past its end is seen by a sanitizer */
      g_autofree guint8 *block = g_memdup2 (sample, length);
      StnReader reader = stn_reader_new (block, length);
      for (gsize fits = length / cases[i].width; fits > 0; fits--) {
        g_assert_cmphex (cases[i].read (&reader), !=, 0);
        g_assert_true (stn_reader_ok (&reader));
      }
      g_assert_cmpuint (stn_reader_left (&reader), ==, length % cases[i].width);
      g_assert_cmphex (cases[i].read (&reader), ==, 0);
      g_assert_false (stn_reader_ok (&reader));
      g_assert_cmpuint (stn_reader_left (&reader), ==, 0);
    }
}

static void
a_bad_reader_stays_bad (void)
{
  StnReader reader = stn_reader_new (sample, 3);
  g_assert_cmphex (stn_reader_u32_be (&reader), ==, 0);
  g_assert_cmphex (stn_reader_u8 (&reader), ==, 0);
  g_assert_null (stn_reader_bytes (&reader, 0));
  g_assert_false (stn_reader_ok (&reader));
}

static void
reader_bytes_are_borrowed_and_bounded (void)
{
  StnReader reader = stn_reader_new (sample, sizeof sample);
  g_assert_true (stn_reader_bytes (&reader, 2) == sample);
  g_assert_true (stn_reader_bytes (&reader, 4) == sample + 2);
  g_assert_nonnull (stn_reader_bytes (&reader, 0));
  g_assert_true (stn_reader_ok (&reader));
  g_assert_null (stn_reader_bytes (&reader, 1));

  /* a length that would wrap an address or a sum */
  reader = stn_reader_new (sample, sizeof sample);
  stn_reader_u8 (&reader);
  g_assert_null (stn_reader_bytes (&reader, G_MAXSIZE));
  g_assert_false (stn_reader_ok (&reader));
}

static void
an_absent_block_is_an_empty_one (void)
{
  StnReader reader = stn_reader_new (NULL, 12);
  g_assert_cmpuint (stn_reader_left (&reader), ==, 0);
  g_assert_nonnull (stn_reader_bytes (&reader, 0));
  g_assert_cmphex (stn_reader_u8 (&reader), ==, 0);
  g_assert_false (stn_reader_ok (&reader));

  StnWriter writer = stn_writer_new (NULL, 12);
  stn_writer_bytes (&writer, NULL, 0);
  g_assert_true (stn_writer_ok (&writer));
  stn_writer_u8 (&writer, 1);
  g_assert_false (stn_writer_ok (&writer));
}

static void
writes_in_both_orders (void)
{
  static const guint8 expected[] = { 0xaa, 0x12, 0x34, 0x34, 0x12, 0x89, 0xab, 0xcd, 0xef, 0xef, 0xcd, 0xab, 0x89 };
  guint8 buffer[sizeof expected];
  StnWriter writer = stn_writer_new (buffer, sizeof buffer);

  stn_writer_u8 (&writer, 0xaa);
  stn_writer_u16_be (&writer, 0x1234);
  stn_writer_u16_le (&writer, 0x1234);
  stn_writer_u32_be (&writer, 0x89abcdef);
  stn_writer_u32_le (&writer, 0x89abcdef);
  g_assert_true (stn_writer_ok (&writer));
  g_assert_cmpmem (writer.data, writer.length, expected, sizeof expected);
}

static void
write_u8 (StnWriter *writer, guint32 value)
{
  stn_writer_u8 (writer, (guint8) value);
}

static void
write_u16_be (StnWriter *writer, guint32 value)
{
  stn_writer_u16_be (writer, (guint16) value);
}

static void
write_u16_le (StnWriter *writer, guint32 value)
{
  stn_writer_u16_le (writer, (guint16) value);
}

static void
write_four (StnWriter *writer, guint32 value)
{
  const guint8 bytes[4] = { (guint8) value, 1, 2, 3 };
  stn_writer_bytes (writer, bytes, sizeof bytes);
}

static void
writing_stops_at_every_boundary (void)
{
  static const struct {
    void (*write) (StnWriter *, guint32);
    gsize width;
  } cases[] = {
    { write_u8, 1 },          { write_u16_be, 2 },      { write_u16_le, 2 },
    { stn_writer_u32_be, 4 }, { stn_writer_u32_le, 4 }, { write_four, 4 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize capacity = 0; capacity <= 9; capacity++) {
      guint8 buffer[16];
      memset (buffer, 0x55, sizeof buffer);
      StnWriter writer = stn_writer_new (buffer, capacity);
      gsize fits = capacity / cases[i].width;
      for (gsize n = 0; n < fits; n++) {
        cases[i].write (&writer, 0xffffffff);
        g_assert_true (stn_writer_ok (&writer));
      }
      cases[i].write (&writer, 0xffffffff);
      g_assert_false (stn_writer_ok (&writer));
      stn_writer_bytes (&writer, sample, 0);
      g_assert_false (stn_writer_ok (&writer));

      /* not even half of the value that did not fit */
      g_assert_cmpuint (writer.length, ==, fits * cases[i].width);
      for (gsize n = writer.length; n < sizeof buffer; n++)
        g_assert_cmphex (buffer[n], ==, 0x55);
    }
}

static void
exclusive_or_of_literal_frames (void)
{
  /* AN3155 sends it after an address, and after a write's count (one less than the bytes) with its bytes */
  static const guint8 address[] = { 0x08, 0x00, 0x12, 0x00 };
  static const guint8 block[] = { 0x03, 0xde, 0xad, 0xbe, 0xef };

  g_assert_cmphex (stn_bytes_xor (address, sizeof address), ==, 0x1a);
  g_assert_cmphex (stn_bytes_xor (block, sizeof block), ==, 0x21);
  g_assert_cmphex (stn_bytes_xor (NULL, 0), ==, 0);
}

static void
hex_text_is_short_and_honest (void)
{
  static const struct {
    gsize length, most;
    const char *text;
  } cases[] = {
    { 0, 8, "" },        { 1, 8, "01" },    { 6, 6, "01 02 03 04 80 fe" }, { 6, 5, "01 02 03 04 80 …(6)" },
    { 6, 1, "01 …(6)" }, { 6, 0, " …(6)" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = stn_bytes_to_text (sample, cases[i].length, cases[i].most);
    g_assert_cmpstr (text, ==, cases[i].text);
  }
}

/* FIPS 180-2, appendix B, and the empty message */
static void
sha256_of_the_standard_messages (void)
{
  static const struct {
    const char *message, *hash;
  } cases[] = {
    { "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
    { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
    { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *hash = stn_bytes_sha256 (cases[i].message, strlen (cases[i].message));
    g_assert_cmpstr (hash, ==, cases[i].hash);
  }
  g_autofree char *hash = stn_bytes_sha256 (NULL, 0);
  g_assert_cmpstr (hash, ==, cases[0].hash);
}

static void
progress_keeps_the_latest_value (void)
{
  StnProgress progress;
  stn_progress_init (&progress);
  g_assert_cmpuint (stn_progress_sample (&progress).generation, ==, 0);

  stn_progress_start (&progress, 3, 1000, 50);
  stn_progress_advance (&progress, 400, 60);
  stn_progress_advance (&progress, 700, 70);
  StnProgressValue value = stn_progress_sample (&progress);
  g_assert_cmpuint (value.step, ==, 3);
  g_assert_cmpuint (value.done_bytes, ==, 700);
  g_assert_cmpuint (value.total_bytes, ==, 1000);
  g_assert_cmpint (value.started_ns, ==, 50);
  g_assert_cmpint (value.changed_ns, ==, 70);
  g_assert_cmpuint (value.generation, ==, 3);

  /* the next step begins at nothing, and a sampler still sees that something changed */
  stn_progress_start (&progress, 4, 0, 80);
  value = stn_progress_sample (&progress);
  g_assert_cmpuint (value.step, ==, 4);
  g_assert_cmpuint (value.done_bytes, ==, 0);
  g_assert_cmpuint (value.total_bytes, ==, 0);
  g_assert_cmpuint (value.generation, ==, 4);
  stn_progress_clear (&progress);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bytes/reads_in_both_orders", reads_in_both_orders);
  g_test_add_func ("/bytes/reading_stops_at_every_boundary", reading_stops_at_every_boundary);
  g_test_add_func ("/bytes/a_bad_reader_stays_bad", a_bad_reader_stays_bad);
  g_test_add_func ("/bytes/reader_bytes_are_borrowed_and_bounded", reader_bytes_are_borrowed_and_bounded);
  g_test_add_func ("/bytes/an_absent_block_is_an_empty_one", an_absent_block_is_an_empty_one);
  g_test_add_func ("/bytes/writes_in_both_orders", writes_in_both_orders);
  g_test_add_func ("/bytes/writing_stops_at_every_boundary", writing_stops_at_every_boundary);
  g_test_add_func ("/bytes/exclusive_or_of_literal_frames", exclusive_or_of_literal_frames);
  g_test_add_func ("/bytes/hex_text_is_short_and_honest", hex_text_is_short_and_honest);
  g_test_add_func ("/bytes/sha256_of_the_standard_messages", sha256_of_the_standard_messages);
  g_test_add_func ("/progress/keeps_the_latest_value", progress_keeps_the_latest_value);
  return g_test_run ();
}
