/* ELF through libelf: the file's loadable segments at their physical addresses. */
#include "src/image/formats.h"

#include <gelf.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Elf, elf_end)

gboolean
stn_image_looks_like_elf (const StnImageSource *source)
{
  return source->length >= SELFMAG && memcmp (source->bytes, ELFMAG, SELFMAG) == 0;
}

/* The few bytes that say what kind of ELF this is are checked by hand, before libelf sees the file: their messages are
 * what a user meets who takes the wrong file (an object file, the program of the desk machine). Offsets: ELF-32, System
 * V ABI, "ELF header". */
static gboolean
check_kind (const StnImageSource *source, GError **error)
{
  const guint8 *bytes = source->bytes;

  if (!stn_image_looks_like_elf (source)) {
    stn_image_fail_at (source, 0, error, "expected an ELF file (7F 45 4C 46)");
    return FALSE;
  }
  if (source->length < sizeof (Elf32_Ehdr)) {
    stn_image_fail_at (source, source->length, error, "expected an ELF header of 52 bytes, found the end of the file");
    return FALSE;
  }
  if (bytes[EI_CLASS] != ELFCLASS32) {
    stn_image_fail_at (source, EI_CLASS, error, "expected a 32-bit ELF file, found %s",
                       bytes[EI_CLASS] == ELFCLASS64 ? "64-bit" : "an unknown class");
    return FALSE;
  }
  if (bytes[EI_DATA] != ELFDATA2LSB) {
    stn_image_fail_at (source, EI_DATA, error, "expected a little-endian ELF file, found %s",
                       bytes[EI_DATA] == ELFDATA2MSB ? "big-endian" : "an unknown byte order");
    return FALSE;
  }
  guint type = bytes[16] | (guint) bytes[17] << 8;
  guint machine = bytes[18] | (guint) bytes[19] << 8;
  if (machine != EM_ARM) {
    stn_image_fail_at (source, 18, error, "expected an ARM program (machine 40), found machine %u", machine);
    return FALSE;
  }
  if (type != ET_EXEC) {
    stn_image_fail_at (source, 16, error, "expected an executable (type 2), found %s (type %u)",
                       type == ET_REL    ? "a relocatable object: link it first"
                       : type == ET_DYN  ? "a shared object"
                       : type == ET_CORE ? "a core dump"
                                         : "something else",
                       type);
    return FALSE;
  }
  return TRUE;
}

/* Linkers like to put the file's own headers into the first segment when the page in front of the program has room for
 * them: then the segment begins thousands of bytes below the program, in somebody else's flash. Those bytes are not
 * firmware; the segment is taken from its first section on. FALSE when no section says where that is. */
static gboolean
first_section_offset (Elf *elf, const GElf_Phdr *segment, guint64 *out_offset)
{
  guint64 found = G_MAXUINT64;
  Elf_Scn *section = NULL;

  while ((section = elf_nextscn (elf, section)) != NULL) {
    GElf_Shdr header;
    if (gelf_getshdr (section, &header) == NULL)
      return FALSE;
    if ((header.sh_flags & SHF_ALLOC) == 0 || header.sh_type == SHT_NOBITS || header.sh_size == 0)
      continue;
    if (header.sh_offset >= segment->p_offset && header.sh_offset < segment->p_offset + segment->p_filesz)
      found = MIN (found, header.sh_offset);
  }
  if (found == G_MAXUINT64)
    return FALSE;
  *out_offset = found;
  return TRUE;
}

static gboolean
add_segment (const StnImageSource *source, Elf *elf, const GElf_Ehdr *header, gsize count, gsize index,
             StnImageBuilder *builder, GError **error)
{
  guint64 place = header->e_phoff + index * header->e_phentsize;
  guint64 headers_end = MAX (header->e_phoff + (guint64) count * header->e_phentsize, header->e_ehsize);
  GElf_Phdr segment;

  if (gelf_getphdr (elf, (int) index, &segment) == NULL) {
    stn_image_fail_at (source, place, error, "program header %" G_GSIZE_FORMAT " can't be read: %s", index,
                       elf_errmsg (-1));
    return FALSE;
  }
  if (segment.p_type != PT_LOAD || segment.p_filesz == 0)
    return TRUE;
  /* 32-bit fields in 64-bit variables: no sum below can overflow */
  if (segment.p_offset + segment.p_filesz > source->length) {
    stn_image_fail_at (source, place, error,
                       "segment %" G_GSIZE_FORMAT " ends at offset 0x%" G_GINT64_MODIFIER
                       "x, but the file at 0x%" G_GSIZE_MODIFIER "x",
                       index, (guint64) (segment.p_offset + segment.p_filesz), source->length);
    return FALSE;
  }
  if (segment.p_filesz > segment.p_memsz) {
    stn_image_fail_at (source, place, error,
                       "segment %" G_GSIZE_FORMAT " has %" G_GUINT64_FORMAT
                       " bytes in the file, but only %" G_GUINT64_FORMAT " in memory",
                       index, (guint64) segment.p_filesz, (guint64) segment.p_memsz);
    return FALSE;
  }

  guint64 skipped = 0;
  if (segment.p_offset < headers_end) {
    guint64 first;
    if (!first_section_offset (elf, &segment, &first)) {
      stn_image_fail_at (source, place, error,
                         "segment %" G_GSIZE_FORMAT " holds the ELF file's own headers and no section says where the "
                         "program begins",
                         index);
      return FALSE;
    }
    skipped = first - segment.p_offset;
  }
  if (segment.p_filesz - skipped > STN_IMAGE_FILE_LIMIT_BYTES - builder->store->len) {
    stn_image_fail_at (source, place, error, "the segments up to %" G_GSIZE_FORMAT " together hold more than 64 MiB",
                       index);
    return FALSE;
  }
  if (!stn_image_builder_add (builder, segment.p_paddr + skipped, source->bytes + segment.p_offset + skipped,
                              segment.p_filesz - skipped, place)) {
    stn_image_fail_at (source, place, error,
                       "segment %" G_GSIZE_FORMAT ": %" G_GUINT64_FORMAT " bytes at 0x%08" G_GINT64_MODIFIER
                       "X reach beyond 4 GiB",
                       index, (guint64) segment.p_filesz, (guint64) segment.p_paddr);
    return FALSE;
  }
  return TRUE;
}

gboolean
stn_image_parse_elf (const StnImageSource *source, StnImageBuilder *builder, GError **error)
{
  GElf_Ehdr header;
  size_t count;

  if (!check_kind (source, error))
    return FALSE;
  if (elf_version (EV_CURRENT) == EV_NONE) {
    stn_image_fail_at (source, EI_VERSION, error, "libelf is too old");
    return FALSE;
  }
  /* a copy: elf_memory wants writable bytes at an aligned place */
  g_autofree char *copy = g_memdup2 (source->bytes, source->length);
  g_autoptr (Elf) elf = elf_memory (copy, source->length);
  if (elf == NULL || elf_kind (elf) != ELF_K_ELF || gelf_getehdr (elf, &header) == NULL
      || elf_getphdrnum (elf, &count) != 0) {
    stn_image_fail_at (source, 0, error, "libelf can't read the headers: %s", elf_errmsg (-1));
    return FALSE;
  }
  /* PN_XNUM and above is for core dumps of machines with more memory than we have bytes */
  if (count == 0 || count >= PN_XNUM) {
    stn_image_fail_at (source, 44, error, "expected program headers, found %s",
                       count == 0 ? "none: this is not a linked program" : "too many");
    return FALSE;
  }
  if (header.e_phentsize != sizeof (Elf32_Phdr)) {
    stn_image_fail_at (source, 42, error, "expected program headers of 32 bytes, found %u", header.e_phentsize);
    return FALSE;
  }
  if (header.e_phoff + (guint64) count * header.e_phentsize > source->length) {
    stn_image_fail_at (source, 28, error, "the program headers end behind the end of the file");
    return FALSE;
  }
  for (gsize index = 0; index < count; index++)
    if (!add_segment (source, elf, &header, count, index, builder, error))
      return FALSE;
  if (builder->pieces->len == 0) {
    stn_image_fail_at (source, header.e_phoff, error, "no segment has bytes to load");
    return FALSE;
  }
  builder->has_entry = header.e_entry != 0;
  builder->entry = header.e_entry;
  return TRUE;
}
