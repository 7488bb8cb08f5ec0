/* Back in step after a lost byte: against a small ROM, written here from AN3155 with its own numbers, that loses the
 * N-th byte in either direction. It waits for ever, as the real one does. */
#include "tests/protocols/script-link.h"

typedef enum { OPCODE, COMPLEMENT, ADDRESS, LENGTH, DATA, EXTENDED_ERASE, ERASE, GONE } RomState;

typedef struct {
  StnLink link;
  RomState state;
  guint8 opcode;
  guint8 bytes[1024]; /* of the block under way */
  guint count;
  guint32 address;
  guint8 list_erase; /* 0x43 or 0x44 */
  GByteArray *answers;
  guint received; /* bytes from the host, lost ones included */
  guint sent;     /* bytes to the host, likewise */
  guint lose_in;  /* the byte from the host that gets lost; 0: none */
  guint lose_out;
  guint flip_out; /* the byte to the host that has a wrong bit */
  gboolean deaf;
  guint blocks; /* programmed */
  guint erases;
  guint option_writes;
  guint spoiled;
  guint damage;
  const guint8 *wanted; /* the only block that may be programmed, at `wanted_at` */
  guint wanted_length;
  guint32 wanted_at;
  guint wanted_pages; /* how many pages an erase list may have; 0: none */
  gboolean mass_erase_is_wanted;
} Rom;

static guint8
xor_of (const guint8 *bytes, guint count)
{
  guint8 value = 0;
  for (guint i = 0; i < count; i++)
    value ^= bytes[i];
  return value;
}

static void
rom_say (Rom *self, guint8 byte)
{
  self->sent++;
  if (self->sent == self->lose_out)
    return;
  if (self->sent == self->flip_out)
    byte ^= 0x80;
  g_byte_array_append (self->answers, &byte, 1);
}

static void
rom_say_all (Rom *self, const char *bytes, guint count)
{
  for (guint i = 0; i < count; i++)
    rom_say (self, (guint8) bytes[i]);
}

static void
rom_end (Rom *self, guint8 answer)
{
  self->state = OPCODE;
  self->count = 0;
  rom_say (self, answer);
}

static void
rom_command (Rom *self)
{
  self->count = 0;
  switch (self->opcode) {
  case 0x00:
    rom_say_all (self, "\x79\x0b\x31\x00\x01\x02\x11\x21\x31", 9);
    rom_say (self, self->list_erase);
    rom_say_all (self, "\x63\x73\x82\x92\x79", 5);
    self->state = OPCODE;
    break;
  case 0x02:
    rom_say_all (self, "\x79\x01\x04\x60\x79", 5);
    self->state = OPCODE;
    break;
  case 0x11:
  case 0x21:
  case 0x31:
    rom_say (self, 0x79);
    self->state = ADDRESS;
    break;
  case 0x43:
  case 0x44:
    if (self->opcode == self->list_erase) {
      rom_say (self, 0x79);
      self->state = self->opcode == 0x44 ? EXTENDED_ERASE : ERASE;
      break;
    }
    G_GNUC_FALLTHROUGH;
  default:
    rom_end (self, 0x1f);
    break;
  }
}

static void
rom_address (Rom *self)
{
  const guint8 *bytes = self->bytes;
  gboolean in_flash, in_options;

  self->address = (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8 | bytes[3];
  in_flash = self->address >= 0x08000000 && self->address < 0x08020000;
  in_options = self->address >= 0x1fff7800 && self->address < 0x1fff7880;
  if (xor_of (bytes, 4) != bytes[4] || (!in_flash && !in_options)) {
    rom_end (self, 0x1f);
    return;
  }
  rom_say (self, 0x79);
  self->count = 0;
  self->state = self->opcode == 0x11 ? LENGTH : self->opcode == 0x31 ? DATA : GONE;
}

static void
rom_program (Rom *self)
{
  guint length = self->bytes[0] + 1u;

  if (self->address >= 0x1fff7800)
    self->option_writes++;
  /* the block of the failed write itself may come out wrong, shifted where a byte was lost: the caller proves it anew
   * */
  if (self->address != self->wanted_at || length > self->wanted_length || self->address >= 0x1fff7800)
    self->damage += self->address != self->wanted_at || memcmp (self->bytes + 1, self->wanted, length) != 0;
  else if (memcmp (self->bytes + 1, self->wanted, length) != 0)
    self->spoiled++;
  self->blocks++;
  rom_end (self, 0x79);
}

static void
rom_feed (Rom *self, guint8 byte)
{
  if (self->state == GONE || self->deaf)
    return;
  self->bytes[self->count++ % sizeof self->bytes] = byte;
  guint count = self->count;
  const guint8 *bytes = self->bytes;

  switch (self->state) {
  case OPCODE:
    self->opcode = byte;
    self->state = COMPLEMENT;
    break;
  case COMPLEMENT:
    if ((self->opcode ^ byte) == 0xff)
      rom_command (self);
    else
      rom_end (self, 0x1f);
    break;
  case ADDRESS:
    if (count == 5)
      rom_address (self);
    break;
  case LENGTH:
    if (count < 2)
      break;
    if ((bytes[0] ^ bytes[1]) != 0xff) {
      rom_end (self, 0x1f);
      break;
    }
    rom_end (self, 0x79);
    for (guint i = 0; i <= bytes[0]; i++)
      rom_say (self, (guint8) (0x40 + i));
    break;
  case DATA:
    if (count < bytes[0] + 3u)
      break;
    if (xor_of (bytes, count - 1) == byte)
      rom_program (self);
    else
      rom_end (self, 0x1f);
    break;
  case EXTENDED_ERASE:
    if (count == 3 && bytes[0] == 0xff && bytes[1] >= 0xf0) {
      gboolean erases = bytes[1] == 0xff && byte == 0x00;
      if (erases) {
        self->erases++;
        self->damage += !self->mass_erase_is_wanted;
      }
      rom_end (self, erases ? 0x79 : 0x1f);
    } else if (count > 2 && !(bytes[0] == 0xff && bytes[1] >= 0xf0)) {
      guint pages = ((guint) bytes[0] << 8 | bytes[1]) + 1;
      if (count < 2 + 2 * pages + 1)
        break;
      gboolean erases = xor_of (bytes, count - 1) == byte;
      if (erases) {
        self->erases++;
        self->damage += pages != self->wanted_pages;
      }
      rom_end (self, erases ? 0x79 : 0x1f);
    }
    break;
  case ERASE:
    if (bytes[0] == 0xff) {
      if (count < 2)
        break;
      if (byte == 0x00) {
        self->erases++;
        self->damage += !self->mass_erase_is_wanted;
      }
      rom_end (self, 0x79); /* FF and anything: erases nothing and says ACK */
    } else if (count == bytes[0] + 3u) {
      gboolean erases = xor_of (bytes, count - 1) == byte;
      if (erases) {
        self->erases++;
        /* FF 00 without its FF is the start of a list, which filler completes to page 255: all was to go anyway
         * */
        self->damage += bytes[0] + 1u != self->wanted_pages && !self->mass_erase_is_wanted;
      }
      rom_end (self, erases ? 0x79 : 0x1f);
    }
    break;
  case GONE:
  default:
    break;
  }
}

static gboolean
rom_exchange (StnLink *link, StnExchange *exchange, const StnWait *wait, GError **error)
{
  Rom *self = (Rom *) link;

  if (exchange->operation == STN_OP_WRITE)
    for (gsize i = 0; i < exchange->out_length; i++)
      if (++self->received != self->lose_in)
        rom_feed (self, exchange->out[i]);
  if (exchange->operation != STN_OP_READ)
    return TRUE;

  gsize take = MIN (self->answers->len, exchange->in_capacity);
  if (take > 0) {
    memcpy (exchange->in, self->answers->data, take);
    g_byte_array_remove_range (self->answers, 0, (guint) take);
  }
  exchange->in_length = take;
  if (take >= exchange->in_least)
    return TRUE;
  if (stn_wait_sleep (wait, stn_wait_left_ns (wait), error))
    stn_error_set (error, STN_FAILURE_NO_ANSWER, "no answer");
  return FALSE;
}

static void
rom_free (StnLink *link)
{
  g_byte_array_unref (((Rom *) link)->answers);
  g_free (link);
}

static const StnLinkClass rom_class = { .kind = "rom", .exchange = rom_exchange, .free = rom_free };

/* ---- what is done to it ---- */

static guint8 block[256];
static guint16 pages[255];

typedef enum { READ, WRITE_8, WRITE_256, WRITE_256_OF_FF, LIST, LONG_LIST, ALL, IDENTIFY, OPTIONS } Action;
static const char *const action_names[] = { "read",      "write 8",   "write 256", "write 256 of FF", "erase 3",
                                            "erase 255", "erase all", "identify",  "options" };

typedef struct {
  Visit visit;
  Rom *rom;
} Stage;

static void
stage_open (Stage *self, guint8 list_erase)
{
  visit_enter_or_fail (&self->visit, &script_target,
                       list_erase == 0x44 ? ENTER
                                          : SYNC "> 00 ff\n< 79 0b 31 00 01 02 11 21 31 43 63 73 82 92 79\n" GET_ID);
  self->rom = g_new0 (Rom, 1);
  stn_link_init (&self->rom->link, &rom_class, STN_LINK_STREAM, "A1.uart");
  self->rom->answers = g_byte_array_new ();
  self->rom->list_erase = list_erase;
  self->visit.engine->link = &self->rom->link;
  self->visit.wait = stn_wait_new (self->visit.clock, 600 * STN_NS_PER_S, NULL);
}

static void
stage_close (Stage *self)
{
  self->visit.engine->link = &self->visit.script->link;
  stn_link_free (&self->rom->link);
  visit_close_or_fail (&self->visit);
}

static gboolean
act (Stage *self, Action action)
{
  Visit *visit = &self->visit;
  StnWait erase = stn_wait_within (&visit->wait, 40 * STN_NS_PER_S);
  guint8 buffer[256];

  for (guint i = 0; i < sizeof block; i++)
    block[i] = action == WRITE_256_OF_FF ? 0xff : (guint8) (3 * i + 17);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    pages[i] = (guint16) i;
  self->rom->wanted = block;
  self->rom->wanted_at = 0x08001200;
  self->rom->wanted_length = action == WRITE_8 ? 8 : 256;
  self->rom->wanted_pages = action == LIST ? 3 : action == LONG_LIST ? 255 : 0;
  self->rom->mass_erase_is_wanted = action == ALL;

  switch (action) {
  case READ:
    return stn_engine_read (visit->engine, 0x08001200, buffer, 16, &visit->wait, &visit->error);
  case WRITE_8:
    return stn_engine_write (visit->engine, 0x08001200, block, 8, &visit->wait, &visit->error);
  case WRITE_256:
  case WRITE_256_OF_FF:
    return stn_engine_write (visit->engine, 0x08001200, block, 256, &visit->wait, &visit->error);
  case LIST:
    return stn_engine_erase_pages (visit->engine, pages, 3, &erase, &visit->error);
  case LONG_LIST:
    return stn_engine_erase_pages (visit->engine, pages, 255, &erase, &visit->error);
  case ALL:
    return stn_engine_erase_all (visit->engine, &erase, &visit->error);
  case IDENTIFY:
    return stn_engine_identify (visit->engine, &visit->identity, &visit->wait, &visit->error);
  case OPTIONS:
  default:
    self->rom->wanted_at = 0x1fff7800;
    self->rom->wanted_length = 128;
    return stn_engine_write_options (visit->engine, 0x1fff7800, block, 128, &visit->wait, &visit->error);
  }
}

/* How many bytes go each way when all is well. */
static void
lengths_of (Action action, guint8 list_erase, guint *out_received, guint *out_sent)
{
  Stage stage;

  stage_open (&stage, list_erase);
  g_assert_true (act (&stage, action));
  g_assert_cmpuint (stage.rom->damage, ==, 0);
  *out_received = stage.rom->received;
  *out_sent = stage.rom->sent;
  stage_close (&stage);
}

static void
back_in_step_or_fail (Stage *stage)
{
  Visit *visit = &stage->visit;
  guint8 buffer[4];

  g_clear_error (&visit->error);
  gboolean back = stn_engine_resync (visit->engine, &visit->wait, &visit->error);
  g_assert_no_error (visit->error);
  g_assert_true (back);
  g_assert_cmpuint (stage->rom->damage, ==, 0);
  g_assert_true (stn_engine_read (visit->engine, 0x08001200, buffer, 4, &visit->wait, &visit->error));
  g_assert_cmpmem (buffer, 4, "\x40\x41\x42\x43", 4);
}

static guint
list_bytes_missing (const Rom *rom)
{
  guint number = (guint) rom->bytes[0] << 8 | rom->bytes[1];

  if (rom->state != EXTENDED_ERASE || rom->count < 2 || number >= 0xfff0)
    return 0;
  return 2 + 2 * (number + 1) + 1 - rom->count;
}

static void
resync_comes_back_from_each_byte_the_rom_did_not_get (void)
{
  guint spoiled = 0;
  static const guint8 erases[] = { 0x44, 0x43 };

  for (guint k = 0; k < G_N_ELEMENTS (erases); k++)
    for (Action action = READ; action <= IDENTIFY; action++) {
      guint received, sent;

      lengths_of (action, erases[k], &received, &sent);
      for (guint lost = 1; lost <= received; lost++) {
        Stage stage;

        g_test_message ("%s with %02x, byte %u of %u lost", action_names[action], erases[k], lost, received);
        stage_open (&stage, erases[k]);
        stage.rom->lose_in = lost;
        g_assert_false (act (&stage, action));
        /* a list that is longer by what its count became can't be filled up: an honest no is enough there */
        if (list_bytes_missing (stage.rom) > 300) {
          g_clear_error (&stage.visit.error);
          g_assert_false (stn_engine_resync (stage.visit.engine, &stage.visit.wait, &stage.visit.error));
          g_assert_cmpuint (stage.rom->damage, ==, 0);
        } else
          back_in_step_or_fail (&stage);
        spoiled += stage.rom->spoiled;
        stage_close (&stage);
      }
    }
  /* a lost byte of the filler's own value, and nothing else: with FF for filler it would be all of 256 of FF */
  g_assert_cmpuint (spoiled, <=, 2);
}

static void
resync_comes_back_from_each_answer_that_was_lost_or_wrong (void)
{
  for (guint wrong = 0; wrong < 2; wrong++)
    for (Action action = READ; action <= IDENTIFY; action++) {
      guint received, sent;

      lengths_of (action, 0x44, &received, &sent);
      for (guint at = 1; at <= sent; at++) {
        Stage stage;

        g_test_message ("%s, answer byte %u of %u %s", action_names[action], at, sent, wrong ? "wrong" : "lost");
        stage_open (&stage, 0x44);
        *(wrong ? &stage.rom->flip_out : &stage.rom->lose_out) = at;
        if (act (&stage, action))
          /* a wrong data byte can't be noticed here, and Get's version can't either */
          g_assert_true (wrong && (action == READ || action == IDENTIFY));
        else
          back_in_step_or_fail (&stage);
        /* the ROM got every byte, so only filler could have spoiled a block */
        g_assert_cmpuint (stage.rom->spoiled, ==, 0);
        stage_close (&stage);
      }
    }
}

static void
resync_never_feeds_filler_to_option_bytes (void)
{
  guint received, sent;
  guint refused = 0;

  lengths_of (OPTIONS, 0x44, &received, &sent);
  for (guint way = 0; way < 3; way++)
    for (guint at = 1; at <= (way == 0 ? received : sent); at++) {
      Stage stage;

      g_test_message ("way %u, byte %u", way, at);
      stage_open (&stage, 0x44);
      *(way == 0 ? &stage.rom->lose_in : way == 1 ? &stage.rom->lose_out : &stage.rom->flip_out) = at;
      gboolean done = act (&stage, OPTIONS);
      guint before = stage.rom->received;
      gboolean may_wait_for_options = stage.rom->state == DATA || stage.rom->state == ADDRESS;
      g_clear_error (&stage.visit.error);
      if (!stn_engine_resync (stage.visit.engine, &stage.visit.wait, &stage.visit.error)) {
        g_assert_cmpuint (stage.rom->received, ==, before);
        refused++;
      } else
        /* the opcode did not get through, or its ACK: FF can't be an option address */
        g_assert_true (!done && (stage.rom->option_writes == 0) && (!may_wait_for_options || at <= 2));
      g_assert_cmpuint (stage.rom->damage, ==, 0);
      stage_close (&stage);
    }
  g_assert_cmpuint (refused, >, 100);
}

static void
resync_is_harmless_when_nothing_was_lost (void)
{
  Stage stage;

  stage_open (&stage, 0x44);
  back_in_step_or_fail (&stage);
  g_assert_true (act (&stage, WRITE_8));
  back_in_step_or_fail (&stage);
  g_assert_cmpuint (stage.rom->blocks, ==, 1);
  stage_close (&stage);
}

static void
resync_gives_up_after_300_bytes_of_filler (void)
{
  Stage stage;

  stage_open (&stage, 0x44);
  stage.rom->deaf = TRUE;
  g_assert_false (stn_engine_resync (stage.visit.engine, &stage.visit.wait, &stage.visit.error));
  g_assert_cmpint (stn_error_failure (stage.visit.error), ==, STN_FAILURE_NO_ANSWER);
  g_assert_cmpuint (stage.rom->received, ==, 300);
  stage_close (&stage);
}

/* ---- its exact bytes ---- */

#define CUT_READ "> 11 ee\n< 79\n> 08 00 12 00 1a\n"

static void
resync_sends_ff_one_at_a_time_and_then_get (void)
{
  guint8 buffer[4];
  Visit visit;

  visit_enter_or_fail (&visit, &script_target, ENTER CUT_READ "> ff\n> ff\n> ff\n< 1f\n" GET);
  g_assert_false (stn_engine_read (visit.engine, 0x08001200, buffer, 4, &visit.wait, &visit.error));
  g_clear_error (&visit.error);
  stn_engine_resync (visit.engine, &visit.wait, &visit.error);
  g_assert_cmpstr (visit.script->broken, ==, NULL);
  g_assert_no_error (visit.error);
  visit_close_or_fail (&visit);
}

static void
resync_in_a_write_fills_with_fe (void)
{
  static const guint8 bytes[] = { 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18 };
  Visit visit;

  visit_enter_or_fail (&visit, &script_target,
                       ENTER "> 31 ce\n< 79\n> 08 00 12 00 1a\n< 79\n> 07 11 12 13 14 15 16 17 18 0f\n"
                             "> fe\n> fe\n< 1f\n" GET);
  g_assert_false (stn_engine_write (visit.engine, 0x08001200, bytes, 8, &visit.wait, &visit.error));
  g_clear_error (&visit.error);
  stn_engine_resync (visit.engine, &visit.wait, &visit.error);
  g_assert_cmpstr (visit.script->broken, ==, NULL);
  g_assert_no_error (visit.error);
  visit_close_or_fail (&visit);
}

static void
resync_goes_round_again_when_get_meets_a_pending_byte (void)
{
  guint8 buffer[4];
  Visit visit;

  /* the 1f was an earlier byte's: FF 00 and FF FF are refused */
  visit_enter_or_fail (&visit, &script_target, ENTER CUT_READ "> ff\n< 1f\n> 00 ff\n< 1f\n> ff\n< 1f\n" GET);
  g_assert_false (stn_engine_read (visit.engine, 0x08001200, buffer, 4, &visit.wait, &visit.error));
  g_clear_error (&visit.error);
  stn_engine_resync (visit.engine, &visit.wait, &visit.error);
  g_assert_cmpstr (visit.script->broken, ==, NULL);
  g_assert_no_error (visit.error);
  visit_close_or_fail (&visit);
}

static void
resync_takes_no_half_get_and_no_other_rom (void)
{
  static const char *const gets[] = {
    "> 00 ff\n< 79 0b 31 00 01 02 11 21 31 44 63 73 82\n",
    "> 00 ff\n< 79 0b 31 00 01 02 11 21 31 44 63 73 82 92 00\n",
  };
  static const char other[] = "> 00 ff\n< 79 0b 22 00 01 02 11 21 31 43 63 73 82 92 79\n";
  guint8 buffer[4];

  for (guint i = 0; i <= G_N_ELEMENTS (gets); i++) {
    g_autofree char *script = i < G_N_ELEMENTS (gets)
                                  ? g_strconcat (ENTER CUT_READ "> ff\n< 1f\n", gets[i], "> ff\n< 1f\n", gets[i], NULL)
                                  : g_strconcat (ENTER CUT_READ "> ff\n< 1f\n", other, NULL);
    Visit visit;

    visit_enter_or_fail (&visit, &script_target, script);
    g_assert_false (stn_engine_read (visit.engine, 0x08001200, buffer, 4, &visit.wait, &visit.error));
    g_clear_error (&visit.error);
    g_assert_false (stn_engine_resync (visit.engine, &visit.wait, &visit.error));
    g_assert_cmpstr (visit.script->broken, ==, NULL);
    g_clear_error (&visit.error);
    g_assert_false (stn_engine_read (visit.engine, 0x08001200, buffer, 4, &visit.wait, &visit.error));
    assert_failure (&visit, STN_FAILURE_INTERNAL);
    visit_close_or_fail (&visit);
  }
}

static void
resync_can_be_cancelled (void)
{
  guint8 buffer[4];
  Visit visit;

  visit_enter_or_fail (&visit, &script_target, ENTER CUT_READ "> ff\n> ff\ncancel\n");
  g_assert_false (stn_engine_read (visit.engine, 0x08001200, buffer, 4, &visit.wait, &visit.error));
  g_clear_error (&visit.error);
  g_assert_false (stn_engine_resync (visit.engine, &visit.wait, &visit.error));
  assert_failure (&visit, STN_FAILURE_CANCELLED);
  visit_close_or_fail (&visit);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(test) g_test_add_func ("/uart/" #test, test)
  ADD (resync_comes_back_from_each_byte_the_rom_did_not_get);
  ADD (resync_comes_back_from_each_answer_that_was_lost_or_wrong);
  ADD (resync_never_feeds_filler_to_option_bytes);
  ADD (resync_is_harmless_when_nothing_was_lost);
  ADD (resync_gives_up_after_300_bytes_of_filler);
  ADD (resync_sends_ff_one_at_a_time_and_then_get);
  ADD (resync_in_a_write_fills_with_fe);
  ADD (resync_goes_round_again_when_get_meets_a_pending_byte);
  ADD (resync_takes_no_half_get_and_no_other_rom);
  ADD (resync_can_be_cancelled);
  return g_test_run ();
}
