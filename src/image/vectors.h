/* Whether an image could start: the first two words of a Cortex-M vector table.
 *
 * A core takes its stack pointer from the table's first word and jumps to the second (ARMv6-M and ARMv7-M Architecture
 * Reference Manuals, B1.5 "reset behaviour"). A bin with a wrong address, a HEX of another chip, a file of text: nearly
 * all of them fail here, before anything is erased. */
#pragma once

#include "src/base/fields.h"
#include "src/image/image.h"

G_BEGIN_DECLS

typedef struct {
  guint32 stack_pointer;
  guint32 reset_vector;       /* with Thumb's bit 0 */
  gboolean stack_aligned_to_8; /* the procedure call standard (AAPCS) wants 8; the hardware only 4 */
} StnVectors;

/* The table at `address` must be covered by the image; the stack pointer must be a multiple of 4, above the first byte
 * of a RAM range and at most right behind its last; the reset vector must be odd, inside a flash range (with n_flash 0:
 * anywhere) and inside bytes that the image covers. *out_vectors (may be NULL) is filled on success. Any thread, does
 * not block. STN_FAILURE_BAD_IMAGE with address, expected and seen. */
gboolean stn_image_check_vectors (const StnImage *image, guint64 address, const StnRange *ram, gsize n_ram,
                                  const StnRange *flash, gsize n_flash, StnVectors *out_vectors, GError **error);

G_END_DECLS
