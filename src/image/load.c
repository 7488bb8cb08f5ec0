#include "src/image/image.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/error.h"

/* The descriptor is closed by the caller. */
static GBytes *
read_descriptor (int descriptor, const char *path, GError **error)
{
  struct stat status;

  if (fstat (descriptor, &status) != 0) {
    stn_error_set (error, STN_FAILURE_BAD_IMAGE, "%s: can't be read: %s", path, g_strerror (errno));
    return NULL;
  }
  if (!S_ISREG (status.st_mode)) {
    stn_error_set (error, STN_FAILURE_BAD_IMAGE, "%s: expected a regular file, found %s", path,
                   S_ISDIR (status.st_mode) ? "a folder" : "something else");
    return NULL;
  }
  if (status.st_size > (off_t) STN_IMAGE_FILE_LIMIT_BYTES) {
    stn_error_set (error, STN_FAILURE_BAD_IMAGE, "%s: the file is larger than 64 MiB", path);
    return NULL;
  }

  gsize expected = (gsize) status.st_size;
  gsize length = 0;
  /* one byte more than the file has: a file that grows while it is read is seen */
  g_autofree guint8 *buffer = g_malloc (expected + 1);
  while (length <= expected) {
    ssize_t got = read (descriptor, buffer + length, expected + 1 - length);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0) {
      stn_error_set (error, STN_FAILURE_BAD_IMAGE, "%s: can't be read: %s", path, g_strerror (errno));
      return NULL;
    }
    if (got == 0)
      break;
    length += (gsize) got;
  }
  if (length != expected) {
    stn_error_set (error, STN_FAILURE_BAD_IMAGE, "%s: the file changed its length while it was read", path);
    return NULL;
  }
  return g_bytes_new_take (g_steal_pointer (&buffer), length);
}

GBytes *
stn_image_read_file (const char *path, GError **error)
{
  /* O_NONBLOCK: opening a pipe that nobody writes must not hang; it means nothing for a regular file */
  int descriptor = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (descriptor < 0) {
    stn_error_set (error, STN_FAILURE_BAD_IMAGE, "%s: can't be opened: %s", path, g_strerror (errno));
    return NULL;
  }
  GBytes *bytes = read_descriptor (descriptor, path, error);
  close (descriptor);
  return bytes;
}

StnImage *
stn_image_load (const char *path, StnImageFormat format, gboolean has_address, guint64 address, GError **error)
{
  g_autoptr (GBytes) bytes = stn_image_read_file (path, error);
  if (bytes == NULL)
    return NULL;
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  return stn_image_parse (path, format, data, length, has_address, address, error);
}
