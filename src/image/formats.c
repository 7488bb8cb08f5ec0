#include "src/image/formats.h"

#include <string.h>

static const char *const bin_endings[] = { "bin", NULL };
static const char *const hex_endings[] = { "hex", "ihex", "ihx", NULL };
static const char *const srec_endings[] = { "srec", "s19", "s28", "s37", "mot", NULL };
static const char *const elf_endings[] = { "elf", "axf", NULL };
static const char *const dfuse_endings[] = { "dfu", NULL };

static const StnImageFormatRow rows[] = {
  { STN_IMAGE_FORMAT_ELF, "elf", "ELF file", elf_endings, stn_image_looks_like_elf, stn_image_parse_elf },
  { STN_IMAGE_FORMAT_DFUSE, "dfuse", "DfuSe file", dfuse_endings, stn_image_looks_like_dfuse, stn_image_parse_dfuse },
  { STN_IMAGE_FORMAT_HEX, "hex", "Intel HEX file", hex_endings, stn_image_looks_like_hex, stn_image_parse_hex },
  { STN_IMAGE_FORMAT_SREC, "srec", "S-record file", srec_endings, stn_image_looks_like_srec, stn_image_parse_srec },
  { STN_IMAGE_FORMAT_BIN, "bin", "bin", bin_endings, NULL, stn_image_parse_bin },
};

const StnImageFormatRow *
stn_image_format_row (StnImageFormat format)
{
  for (gsize index = 0; index < G_N_ELEMENTS (rows); index++)
    if (rows[index].format == format)
      return &rows[index];
  return NULL;
}

static gboolean
has_ending (const char *name, const StnImageFormatRow *row)
{
  const char *dot = strrchr (name, '.');

  for (const char *const *ending = row->endings; dot != NULL && *ending != NULL; ending++)
    if (g_ascii_strcasecmp (dot + 1, *ending) == 0)
      return TRUE;
  return FALSE;
}

const StnImageFormatRow *
stn_image_format_guess (const StnImageSource *source)
{
  for (gsize index = 0; index < G_N_ELEMENTS (rows); index++)
    if (rows[index].looks_like != NULL && rows[index].looks_like (source))
      return &rows[index];
  for (gsize index = 0; index < G_N_ELEMENTS (rows); index++)
    if (has_ending (source->name, &rows[index]))
      return &rows[index];
  return stn_image_format_row (STN_IMAGE_FORMAT_BIN);
}

const char *
stn_image_format_name (StnImageFormat format)
{
  const StnImageFormatRow *row = stn_image_format_row (format);

  return row != NULL ? row->name : format == STN_IMAGE_FORMAT_AUTO ? "auto" : "merged";
}

gboolean
stn_image_format_from_name (const char *name, StnImageFormat *out_format)
{
  if (strcmp (name, "auto") == 0) {
    *out_format = STN_IMAGE_FORMAT_AUTO;
    return TRUE;
  }
  for (gsize index = 0; index < G_N_ELEMENTS (rows); index++)
    if (strcmp (name, rows[index].name) == 0) {
      *out_format = rows[index].format;
      return TRUE;
    }
  return FALSE;
}

gboolean
stn_image_parse_bin (const StnImageSource *source, StnImageBuilder *builder, GError **error)
{
  if (!source->has_address) {
    stn_image_fail_at (source, 0, error, "a bin does not say where it belongs: give its address");
    return FALSE;
  }
  if (!stn_image_builder_add (builder, source->address, source->bytes, source->length, 0)) {
    stn_image_fail_at (source, 0, error, "%" G_GSIZE_FORMAT " bytes at 0x%08" G_GINT64_MODIFIER "X reach beyond 4 GiB",
                       source->length, source->address);
    return FALSE;
  }
  return TRUE;
}
