/* Which option fields a chip has, where they lie and how they ship: the bench's own table of ST's option words.
 *
 * It is made from the reference tables, not from data/targets, so that the two can be held against each other. What the
 * fields do is code: options.c, option-protection.c, boot.c. Constant data; any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  const char *name; /* as ST writes it, with a _ for what is not a letter or a digit */
  guint32 address;  /* of its 32-bit word as the ROM shows it; of a pair of registers the one that is written */
  guint8 bit, width;
  guint32 shipped; /* value as it comes */
  guint32 chips;   /* bit i: chip i of the family has it so */
} StnAreaField;

typedef struct {
  const char *family;
  const guint16 *chips; /* product ids, 0 at the end */
  const StnAreaField *fields;
  guint field_count;
} StnAreaFamily;

/* Each ends with a row of NULLs. */
extern const StnAreaFamily stn_area_families_halfwords[];
extern const StnAreaFamily stn_area_families_rows[];
extern const StnAreaFamily stn_area_families_registers[];

G_END_DECLS
