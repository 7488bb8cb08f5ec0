#include "src/target/geometry.h"

/* Erase commands carry 16-bit page numbers (AN3155 section 3.8), of which FFF0 and up are codes. */
#define MAX_PAGES 0xFFF0
#define MAX_GROUPS 16
#define MAX_PAGE_BYTES (1u << 24)

static gboolean
read_number (const char **text, guint most, guint *out)
{
  const char *p = *text;
  guint value = 0;

  if (!g_ascii_isdigit (*p))
    return FALSE;
  for (; g_ascii_isdigit (*p); p++) {
    value = value * 10 + (guint) (*p - '0');
    if (value > most)
      return FALSE;
  }
  *text = p;
  *out = value;
  return TRUE;
}

static gboolean
read_group (const char **text, guint *out_count, guint *out_page_bytes)
{
  const char *p = *text;
  guint count, size;

  if (!read_number (&p, MAX_PAGES, &count) || *p++ != '*' || !read_number (&p, MAX_PAGE_BYTES, &size))
    return FALSE;
  guint unit = *p == 'B' ? 1 : *p == 'K' ? 1024 : 0;
  if (unit == 0 || count == 0 || size == 0 || size > MAX_PAGE_BYTES / unit)
    return FALSE;
  *text = p + 1;
  *out_count = count;
  *out_page_bytes = size * unit;
  return TRUE;
}

gboolean
stn_geometry_read (const char *text, guint64 base, guint64 flash_bytes, StnPageStretch **out_stretches,
                   guint *out_count, guint64 *out_total_bytes, const char **out_why)
{
  StnPageStretch stretches[MAX_GROUPS];
  guint groups = 0;
  guint64 total = 0, pages = 0; /* the total is at most MAX_GROUPS * MAX_PAGES * MAX_PAGE_BYTES: 2^44 */

  for (const char *p = text;; p++) {
    guint count, page_bytes;
    if (groups == MAX_GROUPS || !read_group (&p, &count, &page_bytes) || (*p != ',' && *p != '\0')) {
      *out_why = "groups such as 04*016K, joined by commas";
      return FALSE;
    }
    stretches[groups++] = (StnPageStretch){
      .address = base + total,
      .page_bytes = page_bytes,
      .page_count = count,
      .first_page = (guint) pages,
    };
    pages += count;
    total += (guint64) count * page_bytes;
    if (*p == '\0')
      break;
  }
  if (pages > MAX_PAGES) {
    *out_why = "at most 65520 pages";
    return FALSE;
  }
  if (flash_bytes > total) {
    *out_why = "pages for the whole flash";
    return FALSE;
  }
  if (flash_bytes == 0 || base > G_MAXUINT64 - total) {
    *out_why = "a flash within the address space";
    return FALSE;
  }

  /* cut: the group in which the flash ends is the last */
  guint kept = 0;
  for (guint64 left = flash_bytes; left > 0; kept++) {
    StnPageStretch *stretch = &stretches[kept];
    guint64 whole = (guint64) stretch->page_count * stretch->page_bytes;
    if (left < whole && left % stretch->page_bytes != 0) {
      *out_why = "a flash size that ends with a page";
      return FALSE;
    }
    if (left < whole)
      stretch->page_count = (guint) (left / stretch->page_bytes);
    left -= MIN (left, whole);
  }
  *out_stretches = g_memdup2 (stretches, kept * sizeof *stretches);
  *out_count = kept;
  *out_total_bytes = total;
  return TRUE;
}
