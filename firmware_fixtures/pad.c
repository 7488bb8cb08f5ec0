/* fixture-pad IN SIZE OUT: the firmware IN, filled up to SIZE bytes with numbers that are always the same and look like
 * none. Makes the large image of the benchmark at build time, so that it need not be kept. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
fail (const char *path)
{
  fprintf (stderr, "fixture-pad: %s: %s\n", path, strerror (errno));
  return 1;
}

int
main (int argc, char **argv)
{
  if (argc != 4) {
    fprintf (stderr, "usage: fixture-pad IN SIZE OUT\n");
    return 2;
  }
  unsigned long size = strtoul (argv[2], NULL, 0);
  FILE *in = fopen (argv[1], "rb");
  if (in == NULL)
    return fail (argv[1]);
  FILE *out = fopen (argv[3], "wb");
  if (out == NULL) {
    fclose (in);
    return fail (argv[3]);
  }

  uint32_t state = 0x2545F491; /* xorshift32 (Marsaglia 2003): any start but 0 */
  for (unsigned long index = 0; index < size; index++) {
    int byte = getc (in);
    if (byte == EOF) {
      state ^= state << 13;
      state ^= state >> 17;
      state ^= state << 5;
      byte = (int) (state >> 24);
    }
    putc (byte, out);
  }
  fclose (in);
  return fclose (out) != 0 ? fail (argv[3]) : 0;
}
