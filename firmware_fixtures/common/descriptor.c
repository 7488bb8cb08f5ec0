#include "chip.h"
#include "descriptor.h"

#ifndef FIXTURE_CRC32
#define FIXTURE_CRC32 0 /* the build's first pass: the second one knows it */
#endif

#ifndef FIXTURE_SILENT
static const char text[] = "READY %s\r\n";
#endif

__attribute__ ((section (".descriptor"), used)) const struct fixture_descriptor fixture_descriptor = {
  .magic = FIXTURE_MAGIC,
  .serial_address = CHIP_SERIAL_ADDRESS,
  .baud = 115200,
  .ready_delay_ms = 20,
#ifndef FIXTURE_SILENT
  .text = text,
#endif
  .crc32 = FIXTURE_CRC32,
};
