/* An engine speaks one ROM bootloader protocol over one link: the verbs of a visit to the ROM.
 *
 * Engines are blocking and read like the application note they implement, one function per exchange. They know nothing
 * of plans, images or journals; they never retry what could do harm (a write, an erase): the job decides. One engine
 * belongs to one visit (sync to leave) and one thread.
 *
 *     g_autoptr (StnEngine) engine = stn_engine_new (stn_engine_class_by_name ("uart"), link, target);
 *     if (!stn_engine_sync (engine, wait, error) || !stn_engine_identify (engine, &identity, wait, error)) ...
 *
 * Failures: no-sync (nothing or nonsense came back to the sync), no-answer (an exchange ran into its deadline), nack
 * (the ROM refused; the detail has the byte and the address), garbage (an answer that fits no rule), read-protected,
 * link-lost, cancelled, timeout. Where the ROM's answer proves nothing (AN3155: write and erase failures are ACKed)
 * success means "the ROM said so", no more.
 *
 * After any failure but nack, read-protected and not-supported it is not known where the ROM stands: then every verb
 * but sync and resync fails with STN_FAILURE_INTERNAL and sends nothing, so that a late answer is never taken for
 * another command's. The same for a verb before sync and identify, and for arguments that the ROM's command can't
 * carry. Calling resync is safe after any failure; a page that a failed write or erase was for holds anything. */
#pragma once

#include "src/base/wait.h"
#include "src/link/link.h"
#include "src/target/target.h"

G_BEGIN_DECLS

#define STN_ENGINE_SERIAL_BYTES 32

typedef struct {
  guint16 product_id;      /* 0 where it is not known */
  guint8 protocol_version; /* "3.1" is 0x31 */
  guint8 commands[32];     /* as the ROM lists them, in its protocol's own numbers */
  guint command_count;
  gboolean product_id_known; /* FALSE where the protocol has no such question (DFU): then stn_engine_check_target */
  /* of a USB device, printable ASCII; "": none. A label, not an identity: whole lots share one */
  char serial[STN_ENGINE_SERIAL_BYTES];
} StnRomIdentity;

typedef enum {
  STN_ENGINE_READ = 1 << 0,
  STN_ENGINE_WRITE = 1 << 1,
  STN_ENGINE_ERASE_PAGES = 1 << 2,
  STN_ENGINE_ERASE_ALL = 1 << 3,
  STN_ENGINE_GO = 1 << 4,
  STN_ENGINE_CHECKSUM = 1 << 5,
  STN_ENGINE_WRITE_PROTECT = 1 << 6,
  STN_ENGINE_WRITE_UNPROTECT = 1 << 7,
  STN_ENGINE_READ_PROTECT = 1 << 8,
  STN_ENGINE_READ_UNPROTECT = 1 << 9,
  STN_ENGINE_SPECIAL = 1 << 10,
  STN_ENGINE_EXTENDED_SPECIAL = 1 << 11
} StnEngineVerb;

typedef struct {
  guint verbs;            /* StnEngineVerb; before identify: what the protocol has at all */
  guint read_block_bytes; /* largest single read */
  guint write_block_bytes;
  guint erase_pages_at_once; /* longest list for one erase command; 1 with STN_QUIRK_ONE_PAGE_PER_ERASE */
} StnEngineCapabilities;

/* What Special and Extended Special carry (AN3155 sections 3.14, 3.15; AN3156 section 5). */
#define STN_ENGINE_SPECIAL_BYTES 128
#define STN_ENGINE_EXTENDED_SPECIAL_BYTES 1024
typedef struct {
  guint16 operation;  /* of the part's own list in AN2606; over USB one byte */
  const guint8 *data; /* most significant byte first, whatever the wire */
  gsize length;       /* 0..STN_ENGINE_SPECIAL_BYTES */
  gboolean is_extended;
  const guint8 *more; /* the second block of Extended Special */
  gsize more_length;  /* 0..STN_ENGINE_EXTENDED_SPECIAL_BYTES */
} StnSpecialRequest;
typedef struct {
  guint8 data[STN_ENGINE_SPECIAL_BYTES];
  gsize length;
  guint8 status[STN_ENGINE_SPECIAL_BYTES]; /* none over USB: there the DFU status stands for it */
  gsize status_length;
} StnSpecialReply;

typedef struct StnEngine StnEngine;

typedef struct {
  const char *name;     /* "uart", "dfu": as station files and records name it */
  const char *document; /* "AN3155 Rev 20" */
  StnLinkShape shape;
  /* bit times on the wire, both directions, for a block of `length` bytes written / read, for predictions; NULL: not a
   * paced wire */
  guint (*write_bit_times) (guint length);
  guint (*read_bit_times) (guint length);

  /* `target` may be NULL (identify only). Borrows both. */
  StnEngine *(*create) (StnLink *link, const StnTarget *target);
  void (*free) (StnEngine *self);

  /* Finds the ROM: once per visit. After a failure the board needs a reset before another sync. `baud` 0: the link's
   * own affair (USB, or a line that is set already); otherwise the line is set to it, with the parity the ROM wants.
   * no-sync has "nothing" in its detail's `seen` when not one byte came, and the bytes when something else did. */
  gboolean (*sync) (StnEngine *self, guint baud, const StnWait *wait, GError **error);
  gboolean (*identify) (StnEngine *self, StnRomIdentity *out, const StnWait *wait, GError **error);
  void (*capabilities) (const StnEngine *self, StnEngineCapabilities *out);

  /* 1..read_block_bytes at any address that the ROM lets read; the buffer's content is undefined after a failure */
  gboolean (*read) (StnEngine *self, guint64 address, guint8 *buffer, gsize length, const StnWait *wait,
                    GError **error);
  /* 1..write_block_bytes, length and address multiples of the target's write unit (outside the flash: of 4); what has
   * not been erased is the caller's business. Never the option area. */
  gboolean (*write) (StnEngine *self, guint64 address, const guint8 *bytes, gsize length, const StnWait *wait,
                     GError **error);
  /* 1..erase_pages_at_once page numbers. The caller's wait covers the target's longest time for it. */
  gboolean (*erase_pages) (StnEngine *self, const guint16 *pages, guint count, const StnWait *wait, GError **error);
  gboolean (*erase_all) (StnEngine *self, const StnWait *wait, GError **error);
  /* A refusal (nack) from the address on is told as such, and nothing but a reset is possible after it: what a ROM that
   * is really waiting for option bytes is sent next, it writes.
   * The whole option area in one command, from its base; the ROM then resets or reloads: the visit is over when this
   * returns TRUE, and a lost last ACK counts as done (the caller enters again and reads back). */
  gboolean (*write_options) (StnEngine *self, guint64 address, const guint8 *bytes, gsize length, const StnWait *wait,
                             GError **error);
  /* The visit is over when this returns TRUE. */
  gboolean (*go) (StnEngine *self, guint64 address, const StnWait *wait, GError **error);
  /* After an exchange that went wrong: brings ROM and host back to "waiting for a command" without a reset, proved by a
   * whole Get answer. FALSE: only a reset helps. Never sends what could be taken for data or an erase. */
  gboolean (*resync) (StnEngine *self, const StnWait *wait, GError **error);

  /* What one block takes on the wire, without the flash's own time: for predictions where there is no bit rate. NULL:
   * see write_bit_times. */
  gint64 (*block_typical_ns) (guint length, gboolean is_write);
  /* See stn_engine_check_target. NULL: identify has told the product id. */
  gboolean (*check_target) (const StnEngine *self, GError **error);

  /* The commands that change option bytes by themselves. Each is a write window of the caller's: once its opcode has
   * left, the ROM may be at work, and only a reset after the longest time brings it back. The visit is over when one
   * returns TRUE (the ROM resets or reloads); its last ACK may be lost with that and counts as done, so that the caller
   * enters again and reads. After a failure of any kind even a resync is refused: a NACK may be an ACK that the wire
   * has spoilt. Members may be NULL: the protocol has no such command. */
  /* 1..256 codes, in the chip's own meaning: sector numbers, or pairs of first and last page of an area; every earlier
   * write protection goes. A ROM does not check them. */
  gboolean (*write_protect) (StnEngine *self, const guint8 *codes, guint count, const StnWait *wait, GError **error);
  gboolean (*write_unprotect) (StnEngine *self, const StnWait *wait, GError **error);
  gboolean (*read_protect) (StnEngine *self, const StnWait *wait, GError **error);
  /* Everything in the flash is lost, protected before or not. The ROM says ACK before it erases: the longest mass erase
   * of the target still has to pass after this has returned. */
  gboolean (*read_unprotect) (StnEngine *self, const StnWait *wait, GError **error);
  /* CRC-32 of `length` bytes (a multiple of 4), polynomial 04C11DB7 from FFFFFFFF, no reflection, in 32-bit words least
   * significant byte first. */
  gboolean (*checksum) (StnEngine *self, guint64 address, gsize length, guint32 *out, const StnWait *wait,
                        GError **error);
  gboolean (*special) (StnEngine *self, const StnSpecialRequest *request, StnSpecialReply *out, const StnWait *wait,
                       GError **error);
} StnEngineClass;

/* Implementations embed this first. */
struct StnEngine {
  const StnEngineClass *engine_class;
  StnLink *link;           /* borrowed */
  const StnTarget *target; /* borrowed, may be NULL */
  guint supply_code;       /* what the ROM was told of the supply, see stn_engine_tell_supply */
};

/* The list of engines, NULL-terminated: the only list (engine.c). */
extern const StnEngineClass *const stn_engine_classes[];
const StnEngineClass *stn_engine_class_by_name (const char *name);

StnEngine *stn_engine_new (const StnEngineClass *engine_class, StnLink *link, const StnTarget *target);
void stn_engine_free (StnEngine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnEngine, stn_engine_free)

gboolean stn_engine_sync (StnEngine *self, guint baud, const StnWait *wait, GError **error);
gboolean stn_engine_identify (StnEngine *self, StnRomIdentity *out, const StnWait *wait, GError **error);
void stn_engine_capabilities (const StnEngine *self, StnEngineCapabilities *out);
gboolean stn_engine_read (StnEngine *self, guint64 address, guint8 *buffer, gsize length, const StnWait *wait,
                          GError **error);
gboolean stn_engine_write (StnEngine *self, guint64 address, const guint8 *bytes, gsize length, const StnWait *wait,
                           GError **error);
/* Writes the target's supply word, from which on the ROM programs more than a byte at a time; the next reset takes it
 * back. `code`: of stn_target_supply_code, not 0. Errors: those of write; nack: the ROM does not take it, and goes on as
 * before. */
gboolean stn_engine_tell_supply (StnEngine *self, guint code, const StnWait *wait, GError **error);
gboolean stn_engine_erase_pages (StnEngine *self, const guint16 *pages, guint count, const StnWait *wait,
                                 GError **error);
gboolean stn_engine_erase_all (StnEngine *self, const StnWait *wait, GError **error);
gboolean stn_engine_write_options (StnEngine *self, guint64 address, const guint8 *bytes, gsize length,
                                   const StnWait *wait, GError **error);
gboolean stn_engine_go (StnEngine *self, guint64 address, const StnWait *wait, GError **error);
gboolean stn_engine_resync (StnEngine *self, const StnWait *wait, GError **error);
gboolean stn_engine_write_protect (StnEngine *self, const guint8 *codes, guint count, const StnWait *wait,
                                   GError **error);
gboolean stn_engine_write_unprotect (StnEngine *self, const StnWait *wait, GError **error);
gboolean stn_engine_read_protect (StnEngine *self, const StnWait *wait, GError **error);
gboolean stn_engine_read_unprotect (StnEngine *self, const StnWait *wait, GError **error);
gboolean stn_engine_checksum (StnEngine *self, guint64 address, gsize length, guint32 *out, const StnWait *wait,
                              GError **error);
gboolean stn_engine_special (StnEngine *self, const StnSpecialRequest *request, StnSpecialReply *out,
                             const StnWait *wait, GError **error);
/* Where identify can't tell the product id: whether what the ROM says of its memories goes with the target. FALSE with
 * STN_FAILURE_WRONG_CHIP when it does not. TRUE proves no product id: parts of one layout look alike. Sends nothing;
 * after sync. TRUE for engines whose ROM tells its product id, and without a target. */
gboolean stn_engine_check_target (const StnEngine *self, GError **error);

G_END_DECLS
