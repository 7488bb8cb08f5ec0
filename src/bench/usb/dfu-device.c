#include "src/bench/usb/dfu-device.h"
#include "src/bench/board-memory.h"
#include "src/bench/rom-special.h"

#include <string.h>

/* DFU 1.1, sections 3 and 6.1 */
enum {
  DFU_DETACH = 0,
  DFU_DNLOAD = 1,
  DFU_UPLOAD = 2,
  DFU_GETSTATUS = 3,
  DFU_CLRSTATUS = 4,
  DFU_GETSTATE = 5,
  DFU_ABORT = 6,
};
typedef enum {
  DFU_IDLE = 2,
  DFU_DNLOAD_SYNC = 3,
  DFU_DNBUSY = 4,
  DFU_DNLOAD_IDLE = 5,
  DFU_MANIFEST_SYNC = 6,
  DFU_MANIFEST = 7,
  DFU_UPLOAD_IDLE = 9,
  DFU_ERROR = 10,
} DfuState;
enum { STATUS_OK = 0x00, STATUS_TARGET = 0x01, STATUS_VENDOR = 0x0b, STATUS_UNKNOWN = 0x0e, STATUS_STALLED = 0x0f };
/* AN3156, sections 4 and 5 */
enum { COMMAND_GET = 0x00, COMMAND_SET_ADDRESS = 0x21, COMMAND_ERASE = 0x41, COMMAND_READ_UNPROTECT = 0x92 };
#define BLOCK_COMMAND 0
#define BLOCK_FIRST_DATA 2
#define ADDRESS_COMMAND_BYTES 5

#define DETACH_TIMEOUT_MS 255
#define DFU_VERSION 0x011a
#define DFU_ATTRIBUTES 0x0b /* download, upload, will detach; not manifestation tolerant */
#define FIXED_SERIAL "STM32FxSTM32"
#define POLL_100_MS 100
#define POLL_MOST_MS 0xffffff
/* the last answer reaches the host before the chip leaves the bus */
#define LEAVE_AFTER_NS (2 * STN_NS_PER_MS)
/* how often a chip is looked at that may have been reset by its pins */
#define LOOK_NS (20 * STN_NS_PER_MS)

typedef struct {
  StnUsbDevice device;
  StnBoard *board; /* borrowed */
  StnDfuTraits traits;
  guint64 starts; /* the board's, when this was made */

  DfuState state;
  guint8 status;
  guint32 pointer;
  guint16 block;    /* of the request that waits for its GETSTATUS */
  GByteArray *data; /* likewise */
  gint64 busy_until_ns;
  gint64 reset_at_ns; /* 0: not */
  guint8 outcome;     /* status when the work is over */
  gboolean is_erase, leaves_bus, is_stuck;
} Dfu;

static guint32
get_u32 (const guint8 *bytes)
{
  return (guint32) bytes[0] | (guint32) bytes[1] << 8 | (guint32) bytes[2] << 16 | (guint32) bytes[3] << 24;
}

static StnUsbAnswer
refuse (Dfu *self, guint8 status)
{
  self->state = DFU_ERROR;
  self->status = status;
  return STN_USB_STALLED;
}

static gboolean
is_protected (const Dfu *self)
{
  return stn_area_level (&self->board->options) != STN_AREA_LEVEL_OPEN;
}

/* ---- what a GETSTATUS after a download sets going: the board is locked ---- */

static gboolean
within (guint64 address, guint64 first, guint64 bytes)
{
  return address >= first && address - first < bytes;
}

static gboolean
in_otp (const Dfu *self, guint64 address)
{
  const StnTarget *target = self->board->target;
  return target->otp_address != 0 && within (address, target->otp_address, target->otp_bytes);
}

static gint64
erase_page (Dfu *self, guint64 address, gint64 now_ns)
{
  StnPage page;
  if (is_protected (self)) {
    self->outcome = STATUS_VENDOR;
  } else if (!stn_target_page_at (self->board->target, address, &page)) {
    self->outcome = STATUS_TARGET;
  } else {
    self->is_erase = TRUE;
    return stn_memory_erase_page (self->board, page.number, now_ns);
  }
  return now_ns;
}

static gint64
erase_all (Dfu *self, gint64 now_ns)
{
  if (is_protected (self) || stn_area_write_protect_any (&self->board->options)) {
    self->outcome = STATUS_VENDOR;
    return now_ns;
  }
  self->is_erase = TRUE;
  return stn_memory_erase_all (self->board, now_ns);
}

/* Leaving protection erases everything; where there was none only the RAM goes. Both end in a reset. */
static gint64
read_unprotect (Dfu *self, gint64 now_ns)
{
  StnBoard *board = self->board;
  gint64 end = now_ns;
  if (is_protected (self) && !stn_memory_may_unprotect (board)) {
    self->outcome = STATUS_VENDOR;
    return now_ns;
  }
  if (is_protected (self)) {
    end = stn_memory_erase_all (board, end);
    end = stn_memory_store_options (board, stn_area_after_level (&board->options, STN_AREA_LEVEL_OPEN), end);
  }
  g_clear_pointer (&board->ram, g_free);
  end += LEAVE_AFTER_NS;
  self->leaves_bus = stn_memory_reset_after (board, STN_AREA_CHANGE_UNPROTECT, end);
  return end;
}

static gint64
write_options (Dfu *self, guint64 address, gint64 now_ns)
{
  StnBoard *board = self->board;
  if (self->data->len > stn_area_bytes_from (&board->options, address)) {
    self->outcome = STATUS_TARGET;
    return now_ns;
  }
  guint8 *area = stn_area_after_write (&board->options, address, self->data->data, self->data->len);
  gint64 end = stn_memory_store_options (board, area, now_ns) + LEAVE_AFTER_NS;
  self->leaves_bus = stn_memory_reset_after (board, STN_AREA_CHANGE_WRITE, end);
  return end;
}

/* page by page, since protection is by page; what a short last unit is filled with lies in the buffer behind it */
static gint64
write_flash (Dfu *self, guint64 address, gint64 now_ns)
{
  gsize length = self->data->len, done = 0;
  guint8 filler[16];
  memset (filler, 0xff, sizeof filler);
  g_byte_array_append (self->data, filler, sizeof filler);
  gint64 end = now_ns;
  while (done < length) {
    StnPage page;
    if (!stn_target_page_at (self->board->target, address + done, &page)) {
      self->outcome = STATUS_TARGET; /* past the end */
      break;
    }
    gsize part = MIN (length - done, page.address + page.bytes - (address + done));
    end = stn_memory_program (self->board, address + done, self->data->data + done, part, end);
    done += part;
  }
  g_byte_array_set_size (self->data, (guint) length);
  return end;
}

static gint64
write_memory (Dfu *self, gint64 now_ns)
{
  StnBoard *board = self->board;
  guint64 address = self->pointer + (guint64) (self->block - BLOCK_FIRST_DATA) * self->data->len;
  if (is_protected (self)) {
    self->outcome = STATUS_VENDOR;
  } else if (stn_area_may_write_at (&board->options, address)) {
    return write_options (self, address, now_ns);
  } else if (stn_memory_is_feature_word (board, address)) {
    self->outcome = stn_memory_set_feature (board, self->data->data, self->data->len) ? STATUS_OK : STATUS_TARGET;
  } else if (stn_memory_in_flash (board, address)) {
    return write_flash (self, address, now_ns);
  } else if (stn_memory_in_ram (board, address)) {
    stn_board_write_ram (board, address, self->data->data, self->data->len);
  } else {
    self->outcome = STATUS_TARGET;
  }
  return now_ns;
}

/* an operation and its data, LSB first (AN2606, special commands over DFU) */
static gint64
run_special (Dfu *self, gint64 now_ns)
{
  guint32 data = 0;
  for (guint i = self->data->len; i > 1; i--)
    data = data << 8 | self->data->data[i - 1];
  StnSpecialResult result = stn_rom_special (self->board, self->data->data[0], data, now_ns);
  self->outcome = !result.is_known ? STATUS_STALLED : result.is_done ? STATUS_OK : STATUS_VENDOR;
  if (result.resets) {
    result.end_ns += LEAVE_AFTER_NS;
    self->leaves_bus = stn_memory_reset_after (self->board, STN_AREA_CHANGE_WRITE, result.end_ns);
  }
  return result.end_ns;
}

static gint64
run_command (Dfu *self, gint64 now_ns)
{
  const guint8 *data = self->data->data;
  switch (data[0]) {
  case COMMAND_SET_ADDRESS: {
    if (self->data->len != ADDRESS_COMMAND_BYTES)
      break;
    guint32 address = get_u32 (data + 1);
    if (stn_memory_may_read (self->board, address) || stn_memory_may_write (self->board, address)
        || in_otp (self, address))
      self->pointer = address;
    else
      self->outcome = STATUS_TARGET;
    return now_ns;
  }
  case COMMAND_ERASE:
    if (self->data->len == 1)
      return erase_all (self, now_ns);
    if (self->data->len == ADDRESS_COMMAND_BYTES)
      return erase_page (self, get_u32 (data + 1), now_ns);
    break;
  case COMMAND_READ_UNPROTECT:
    if (self->data->len == 1)
      return read_unprotect (self, now_ns);
    break;
  default:
    if (self->data->len <= 1 + sizeof (guint32) && stn_rom_has_special (self->board))
      return run_special (self, now_ns);
    break;
  }
  self->outcome = STATUS_STALLED;
  return now_ns;
}

static void
start_work (Dfu *self, gint64 now_ns)
{
  self->outcome = STATUS_OK;
  self->is_erase = self->leaves_bus = FALSE;
  if (self->block == BLOCK_COMMAND)
    self->busy_until_ns = run_command (self, now_ns);
  else if (self->block >= BLOCK_FIRST_DATA)
    self->busy_until_ns = write_memory (self, now_ns);
  else
    self->outcome = STATUS_STALLED; /* block 1 is reserved */
  gboolean moves_flash = self->is_erase || self->block >= BLOCK_FIRST_DATA;
  if (self->traits.quirks & STN_DFU_RESETS && moves_flash) {
    self->reset_at_ns = now_ns + (self->busy_until_ns - now_ns) / 2;
    self->leaves_bus = TRUE;
  }
  self->is_stuck = self->is_erase && self->traits.quirks & STN_DFU_STUCK_BUSY;
  self->state = DFU_DNBUSY;
}

/* ---- requests ---- */

static StnUsbAnswer
report (Dfu *self, StnUsbTransfer *transfer, gint64 poll_ms)
{
  guint32 poll = (guint32) CLAMP (poll_ms, 0, POLL_MOST_MS);
  const guint8 answer[6] = { self->status,          (guint8) poll,        (guint8) (poll >> 8),
                             (guint8) (poll >> 16), (guint8) self->state, 0 };
  return stn_usb_answer (transfer, answer, sizeof answer);
}

static gint64
announced_ms (const Dfu *self, gint64 now_ns)
{
  if (self->is_erase && self->data->len == 1 && self->traits.quirks & STN_DFU_POLL_100)
    return POLL_100_MS;
  return (MAX (self->busy_until_ns - now_ns, 0) + STN_NS_PER_MS - 1) / STN_NS_PER_MS;
}

/* The chip jumps; whether the host hears so is the ROM's. */
static StnUsbAnswer
leave (Dfu *self, StnUsbTransfer *transfer, gint64 now_ns)
{
  self->state = DFU_MANIFEST;
  if (!(self->traits.quirks & STN_DFU_NO_LEAVE)) {
    gboolean silent = self->traits.quirks & STN_DFU_LEAVE_WITHOUT_ANSWER;
    gint64 at_ns = silent ? now_ns : now_ns + LEAVE_AFTER_NS;
    guint64 address = self->pointer;
    stn_board_add_work (self->board, STN_WORK_JUMP, at_ns, at_ns, FALSE, address, NULL, 0);
    stn_board_work (self->board, now_ns);
    self->device.is_gone = silent;
  }
  return report (self, transfer, 0);
}

static StnUsbAnswer
get_status (Dfu *self, StnUsbTransfer *transfer, gint64 now_ns)
{
  if (self->state == DFU_DNLOAD_SYNC) {
    start_work (self, now_ns);
    if (self->traits.quirks & STN_DFU_WRONG_STATE)
      self->state = DFU_DNLOAD_IDLE;
    return report (self, transfer, announced_ms (self, now_ns));
  }
  if (self->state == DFU_MANIFEST_SYNC)
    return leave (self, transfer, now_ns);
  if (self->state != DFU_DNBUSY)
    return report (self, transfer, 0);
  if (self->leaves_bus)
    return STN_USB_LATER; /* not any more */
  if (now_ns < self->busy_until_ns)
    return self->traits.quirks & STN_DFU_BUSY_ANSWERS ? report (self, transfer, announced_ms (self, now_ns))
                                                      : STN_USB_LATER;
  if (!self->is_stuck) {
    self->state = self->outcome == STATUS_OK ? DFU_DNLOAD_IDLE : DFU_ERROR;
    self->status = self->outcome;
  }
  return report (self, transfer, 0);
}

static StnUsbAnswer
download (Dfu *self, const StnUsbTransfer *transfer)
{
  if ((self->state != DFU_IDLE && self->state != DFU_DNLOAD_IDLE)
      || transfer->setup.length > self->traits.transfer_bytes || transfer->length < transfer->setup.length)
    return refuse (self, STATUS_STALLED);
  if (transfer->setup.length == 0) {
    self->state = DFU_MANIFEST_SYNC;
    return STN_USB_ANSWERED;
  }
  self->block = transfer->setup.value;
  g_byte_array_set_size (self->data, 0);
  g_byte_array_append (self->data, transfer->bytes, transfer->setup.length);
  self->state = DFU_DNLOAD_SYNC;
  return STN_USB_ANSWERED;
}

/* up to the end of the area that the address lies in */
static gsize
readable (const Dfu *self, guint64 address)
{
  const StnTarget *target = self->board->target;
  if (stn_memory_in_flash (self->board, address))
    return target->flash_base + target->flash_bytes - address;
  if (stn_area_hold (&self->board->options, address))
    return stn_area_bytes_from (&self->board->options, address);
  /* the block around UID and flash size begins in the OTP area of F2 and F4 and goes on behind it */
  if (in_otp (self, address) && !stn_memory_may_read (self->board, address))
    return target->otp_address + target->otp_bytes - address;
  if (stn_memory_in_ram (self->board, address))
    return target->ram_base + target->ram_bytes - address;
  return stn_memory_may_read (self->board, address) ? G_MAXUINT16 : 0;
}

/* the address right behind an area: where a host that reads to the end arrives */
static gboolean
is_end (const Dfu *self, guint64 address)
{
  return address > 0 && readable (self, address) == 0 && readable (self, address - 1) == 1;
}

static StnUsbAnswer
upload (Dfu *self, StnUsbTransfer *transfer)
{
  static const guint8 commands[] = { COMMAND_GET, COMMAND_SET_ADDRESS, COMMAND_ERASE, COMMAND_READ_UNPROTECT };
  const StnUsbSetup *setup = &transfer->setup;
  if ((self->state != DFU_IDLE && self->state != DFU_UPLOAD_IDLE) || setup->length > self->traits.transfer_bytes
      || (setup->value != BLOCK_COMMAND && setup->value < BLOCK_FIRST_DATA))
    return refuse (self, STATUS_STALLED);
  gsize length = MIN (transfer->length, setup->length);
  if (setup->value == BLOCK_COMMAND) {
    self->state = sizeof commands < length ? DFU_IDLE : DFU_UPLOAD_IDLE;
    return stn_usb_answer (transfer, commands, sizeof commands);
  }
  if (is_protected (self)) {
    StnUsbAnswer answer = refuse (self, STATUS_VENDOR);
    return self->traits.quirks & STN_DFU_PROTECTED_UPLOAD_EMPTY ? stn_usb_answer (transfer, NULL, 0) : answer;
  }
  guint64 address = self->pointer + (guint64) (setup->value - BLOCK_FIRST_DATA) * setup->length;
  gsize there = readable (self, address);
  if (there == 0 && !is_end (self, address))
    return refuse (self, STATUS_TARGET);
  transfer->actual = MIN (length, there);
  if (transfer->actual > 0)
    stn_memory_read (self->board, address, transfer->bytes, transfer->actual);
  self->state = transfer->actual < setup->length ? DFU_IDLE : DFU_UPLOAD_IDLE;
  return STN_USB_ANSWERED;
}

static StnUsbAnswer
clear_status (Dfu *self)
{
  if (self->state == DFU_IDLE && !(self->traits.quirks & STN_DFU_CLRSTATUS_STALLS))
    return STN_USB_ANSWERED;
  if (self->state == DFU_DNBUSY && self->is_stuck) {
    self->state = DFU_ERROR; /* the erase is in fact done */
    self->status = STATUS_UNKNOWN;
    return STN_USB_ANSWERED;
  }
  if (self->state != DFU_ERROR)
    return refuse (self, STATUS_STALLED);
  self->state = DFU_IDLE;
  self->status = STATUS_OK;
  return STN_USB_ANSWERED;
}

static StnUsbAnswer
abort_transfer (Dfu *self)
{
  switch (self->state) {
  case DFU_IDLE:
  case DFU_DNLOAD_SYNC:
  case DFU_DNLOAD_IDLE:
  case DFU_MANIFEST_SYNC:
  case DFU_UPLOAD_IDLE:
    self->state = DFU_IDLE;
    return STN_USB_ANSWERED;
  default:
    return refuse (self, STATUS_STALLED);
  }
}

static StnUsbAnswer
run_request (Dfu *self, StnUsbTransfer *transfer, gint64 now_ns)
{
  const StnUsbSetup *setup = &transfer->setup;
  gboolean in = (setup->request_type & STN_USB_IN) != 0;
  gboolean reads = setup->request == DFU_UPLOAD || setup->request == DFU_GETSTATUS || setup->request == DFU_GETSTATE;
  if (in != reads || setup->index != 0)
    return refuse (self, STATUS_STALLED);
  switch (setup->request) {
  case DFU_DETACH:
    return STN_USB_ANSWERED; /* of a run-time device; means nothing here */
  case DFU_DNLOAD:
    return download (self, transfer);
  case DFU_UPLOAD:
    return upload (self, transfer);
  case DFU_GETSTATUS:
    return get_status (self, transfer, now_ns);
  case DFU_CLRSTATUS:
    return clear_status (self);
  case DFU_GETSTATE:
    return stn_usb_answer (transfer, (const guint8[]){ (guint8) self->state }, 1);
  case DFU_ABORT:
    return abort_transfer (self);
  default:
    return refuse (self, STATUS_STALLED);
  }
}

/* ---- the device ---- */

/* The board is locked. */
static gboolean
is_still_there (const Dfu *self)
{
  return self->board->state == STN_BOARD_ROM && self->board->starts == self->starts
         && self->board->rom_interface != STN_ROM_OVER_UART;
}

static const guint8 functional[] = { 9, 0x21, DFU_ATTRIBUTES,     DETACH_TIMEOUT_MS, 0,
                                     0, 0,    DFU_VERSION & 0xff, DFU_VERSION >> 8 };

static void
fill_functional (const Dfu *self, guint8 out[sizeof functional])
{
  memcpy (out, functional, sizeof functional);
  out[5] = (guint8) self->traits.transfer_bytes;
  out[6] = (guint8) (self->traits.transfer_bytes >> 8);
}

static StnUsbAnswer
control (StnUsbDevice *device, StnUsbTransfer *transfer, gint64 now_ns)
{
  Dfu *self = (Dfu *) device;
  guint type = transfer->setup.request_type & STN_USB_TYPE_MASK;
  if (type == STN_USB_TYPE_STANDARD) { /* GET_DESCRIPTOR to the interface */
    guint8 bytes[sizeof functional];
    fill_functional (self, bytes);
    return transfer->setup.value >> 8 == functional[1] ? stn_usb_answer (transfer, bytes, sizeof bytes)
                                                       : STN_USB_STALLED;
  }
  if (type != STN_USB_TYPE_CLASS || self->traits.quirks & STN_DFU_STALLS)
    return STN_USB_STALLED;
  g_mutex_lock (&self->board->mutex);
  stn_board_work (self->board, now_ns);
  StnUsbAnswer answer = STN_USB_LATER;
  if (is_still_there (self))
    answer = run_request (self, transfer, now_ns);
  else
    self->device.is_gone = TRUE;
  g_mutex_unlock (&self->board->mutex);
  return answer;
}

/* The host has found the device: that is what the ROM chooses its interface by. */
static void
configured (StnUsbDevice *device, gint64 now_ns)
{
  Dfu *self = (Dfu *) device;
  g_mutex_lock (&self->board->mutex);
  stn_board_work (self->board, now_ns);
  if (is_still_there (self))
    self->board->rom_interface = STN_ROM_OVER_USB;
  g_mutex_unlock (&self->board->mutex);
}

static gint64
work (StnUsbDevice *device, gint64 now_ns)
{
  Dfu *self = (Dfu *) device;
  g_mutex_lock (&self->board->mutex);
  stn_board_work (self->board, now_ns);
  if (self->reset_at_ns != 0 && now_ns >= self->reset_at_ns) {
    guint violations = self->board->violations;
    stn_board_set_pins (self->board, STN_SIGNAL_NRST, STN_SIGNAL_NRST, now_ns);
    stn_board_set_pins (self->board, STN_SIGNAL_NRST, 0, now_ns);
    self->board->violations = violations; /* nobody outside has moved anything */
    self->reset_at_ns = 0;
  }
  if (!is_still_there (self))
    device->is_gone = TRUE;
  gint64 next_ns = stn_board_next_ns (self->board);
  g_mutex_unlock (&self->board->mutex);
  if (self->state == DFU_DNBUSY && self->busy_until_ns > now_ns)
    next_ns = MIN (next_ns, self->reset_at_ns != 0 ? self->reset_at_ns : self->busy_until_ns);
  return MIN (next_ns, now_ns + LOOK_NS);
}

static void
dfu_free (StnUsbDevice *device)
{
  Dfu *self = (Dfu *) device;
  g_byte_array_unref (self->data);
  g_free (self);
}

static const StnUsbDeviceClass dfu_class = {
  .kind = "dfu",
  .speed = STN_USB_FULL_SPEED,
  .control = control,
  .configured = configured,
  .work = work,
  .free = dfu_free,
};

char *
stn_dfu_serial (const guint8 uid[12])
{
  return g_strdup_printf ("%08X%04X", get_u32 (uid) + get_u32 (uid + 8), get_u32 (uid + 4) >> 16);
}

/* What no honest device says of itself, for hosts that must not believe it. */
enum {
  NO_SETTING = 1,        /* a configuration without an interface */
  ONE_NUMBER,            /* every alternate setting has the number 0 */
  GIGABYTES,             /* a map of more flash than there are addresses */
  NOT_ASCII,             /* a map in other letters */
  NO_LENGTH,             /* an interface descriptor of no bytes: who walks on by it walks for ever */
  BEYOND_THE_END,        /* a total length far beyond what comes */
  RUN_TIME,              /* the interface of an application that can only be asked to leave */
  MANY_SETTINGS,         /* as many as the number can count */
  EMPTY_MAP,
  NO_TRANSFER,           /* blocks of 0 bytes */
  OTHER_CLASS,           /* no DFU interface at all */
  LENGTH_BEYOND_THE_END, /* the last descriptor is longer than what is left */
};
G_STATIC_ASSERT (LENGTH_BEYOND_THE_END == STN_DFU_HOSTILE_COUNT);

static const char *
map_string (const Dfu *self, char **map, guint number)
{
  switch (number == 0 ? self->traits.hostile : 0) {
  case GIGABYTES:
    return "@Internal Flash  /0x08000000/9999*999Mg,9999*999Mg,9999*999Mg";
  case NOT_ASCII:
    return "@\xc3\x84nderung \xe2\x82\xac/0x08000000/\xd9\xa1\xd9\xa2*001Kg";
  case EMPTY_MAP:
    return "";
  default:
    return map[number];
  }
}

static void
add_setting (Dfu *self, guint number, const char *map)
{
  guint64 lie = self->traits.hostile;
  guint8 string = stn_usb_device_add_string (&self->device, map);
  const guint8 interface[] = { 9,
                               4,
                               0,
                               lie == ONE_NUMBER ? 0 : (guint8) number,
                               0,
                               lie == OTHER_CLASS ? 0xff : 0xfe,
                               0x01,
                               lie == RUN_TIME ? 0x01 : 0x02,
                               string };
  stn_usb_device_describe (&self->device, interface, sizeof interface);
}

/* In the bytes that are there already: behind the configuration's own nine come the interfaces, functional last. */
static void
spoil_lengths (Dfu *self)
{
  GByteArray *all = self->device.configuration;

  if (self->traits.hostile == NO_LENGTH)
    all->data[9] = 0;
  else if (self->traits.hostile == BEYOND_THE_END)
    all->data[2] = all->data[3] = 0xff;
  else if (self->traits.hostile == LENGTH_BEYOND_THE_END)
    all->data[all->len - sizeof functional] = 0xff;
}

static void
describe (Dfu *self, char **map)
{
  const guint8 configuration[] = { 9, 2, 0, 0, 1, 1, 0, 0xc0, 100 / 2 };
  stn_usb_device_describe (&self->device, configuration, sizeof configuration);
  for (guint i = 0; map[i] != NULL && self->traits.hostile != NO_SETTING; i++)
    add_setting (self, i, map_string (self, map, i));
  for (guint i = g_strv_length (map); i < 200 && self->traits.hostile == MANY_SETTINGS; i++)
    add_setting (self, i, map[0]);
  guint8 bytes[sizeof functional];
  fill_functional (self, bytes);
  if (self->traits.hostile == NO_TRANSFER)
    bytes[5] = bytes[6] = 0;
  stn_usb_device_describe (&self->device, bytes, sizeof bytes);
  spoil_lengths (self);
}

StnUsbDevice *
stn_dfu_device_new (StnBoard *board, const StnDfuTraits *traits)
{
  Dfu *self = g_new0 (Dfu, 1);
  self->board = board;
  self->traits = *traits;
  self->state = DFU_IDLE;
  self->data = g_byte_array_new ();
  g_mutex_lock (&board->mutex);
  self->starts = board->starts;
  self->pointer = (guint32) board->target->flash_base;
  g_autofree char *serial =
      traits->quirks & STN_DFU_FIXED_SERIAL ? g_strdup (FIXED_SERIAL) : stn_dfu_serial (board->uid);
  g_auto (GStrv) map = stn_dfu_memory_map (board->target);
  g_mutex_unlock (&board->mutex);
  stn_usb_device_init (&self->device, &dfu_class, STN_DFU_VENDOR, STN_DFU_PRODUCT, traits->release,
                       (const char *const[]){ "STMicroelectronics", "STM32  BOOTLOADER", serial, NULL });
  stn_usb_device_set_strings (&self->device, 1, 2, 3);
  describe (self, map);
  return &self->device;
}
