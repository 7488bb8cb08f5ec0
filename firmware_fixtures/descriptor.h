/* What a fixture says about itself.
 *
 * The virtual bench does not execute ARM code. It looks for this block in the flash that it was given and then does
 * what the firmware would do; the firmware takes the same values from the same block, so the two cannot drift apart.
 * All numbers are little endian; the block lies 4-aligned anywhere in the image (README.md has the layout). */
#pragma once

#include <stdint.h>

#define FIXTURE_MAGIC { 'S', 'T', 'N', 'F', 'W', 'D', '1', 0 }
#define FIXTURE_SERIAL_BYTES 24

struct fixture_descriptor {
  uint8_t magic[8];
  uint32_t serial_address; /* of at most FIXTURE_SERIAL_BYTES ASCII bytes, ended by 00 or FF */
  uint32_t baud;           /* of USART1, 8N1, transmit only */
  uint32_t ready_delay_ms; /* from reset to the first bit */
  const char *text;        /* with one %s for the serial; NULL: says nothing */
  uint32_t crc32;          /* CRC-32 (IEEE 802.3) of the 24 bytes before it */
};

_Static_assert (sizeof (struct fixture_descriptor) == 28, "the bench reads 28 bytes");

extern const struct fixture_descriptor fixture_descriptor;
