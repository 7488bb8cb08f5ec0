/* A row of a family file as a target: values of the chip, else of its family, checked against each other. Internal to
 * src/target. */
#pragma once

#include "src/target/target-file.h"

G_BEGIN_DECLS

typedef struct {
  StnTarget target; /* the product's largest part; the strings are the file's */
  const StnTargetFile *file;
  const StnFileChip *chip;
  GPtrArray *owned; /* arrays that the target points to */
} StnChipRow;

/* Borrows the file. Error: STN_FAILURE_BAD_FILE with the place. Free with stn_chip_row_free. */
StnChipRow *stn_chip_row_new (const StnTargetFile *file, const StnFileChip *chip, GError **error);
void stn_chip_row_free (StnChipRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StnChipRow, stn_chip_row_free)

/* The same chip with less flash, under its own name; `boot_pattern` 0: the chip's. NULL where the size does not end
 * with a page. The strings and arrays are the row's, but the name and the stretches: free with stn_chip_part_free. */
StnTarget *stn_chip_part_new (const StnChipRow *row, const char *name, guint64 flash_bytes, guint boot_pattern);
void stn_chip_part_free (StnTarget *self);

/* Why parts of this flash size are refused, or NULL. */
const char *stn_chip_row_unsettled (const StnChipRow *self, guint64 flash_bytes);

G_END_DECLS
