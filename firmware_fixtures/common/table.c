/* The thermostat's correction table: what makes its image as large as a small product's. Any numbers do; these are
 * spread, so that no block of flash looks erased. */
#include <stdint.h>

#define ROW(i) (uint16_t) ((i) * 40503u + (((i) * (i)) >> 5) + 0x1D2Bu)
#define ROWS_4(i) ROW (i), ROW ((i) + 1u), ROW ((i) + 2u), ROW ((i) + 3u)
#define ROWS_16(i) ROWS_4 (i), ROWS_4 ((i) + 4u), ROWS_4 ((i) + 8u), ROWS_4 ((i) + 12u)
#define ROWS_64(i) ROWS_16 (i), ROWS_16 ((i) + 16u), ROWS_16 ((i) + 32u), ROWS_16 ((i) + 48u)
#define ROWS_256(i) ROWS_64 (i), ROWS_64 ((i) + 64u), ROWS_64 ((i) + 128u), ROWS_64 ((i) + 192u)
#define ROWS_1024(i) ROWS_256 (i), ROWS_256 ((i) + 256u), ROWS_256 ((i) + 512u), ROWS_256 ((i) + 768u)

extern const uint16_t fixture_table[];
extern const uint32_t fixture_table_length;

const uint16_t fixture_table[] = {
  ROWS_1024 (0u),    ROWS_1024 (1024u), ROWS_1024 (2048u), ROWS_1024 (3072u),  ROWS_1024 (4096u), ROWS_1024 (5120u),
  ROWS_1024 (6144u), ROWS_1024 (7168u), ROWS_1024 (8192u), ROWS_1024 (9216u), ROWS_1024 (10240u), ROWS_256 (11264u),
  ROWS_256 (11520u),
};
const uint32_t fixture_table_length = sizeof fixture_table / sizeof fixture_table[0];
