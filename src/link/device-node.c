#include "src/link/device-node.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/link/device-holder.h"

#define TRY_AGAIN_NS (20 * STN_NS_PER_MS)

gboolean
stn_node_is_fresh (const char *node)
{
  struct stat status;
  if (stat (node, &status) != 0)
    return FALSE;
  /* ctime, not mtime: it moves when udev changes owner and mode. Wall clock against wall clock. */
  gint64 changed_us = (gint64) status.st_ctim.tv_sec * G_USEC_PER_SEC + status.st_ctim.tv_nsec / 1000;
  gint64 age_us = g_get_real_time () - changed_us;
  return age_us >= 0 && age_us < STN_NODE_PATIENCE_NS / STN_NS_PER_US;
}

gboolean
stn_node_fail (const StnNodeKind *kind, const char *node, int code, GError **error)
{
  g_autofree char *holder = NULL;
  switch (code) {
  case EACCES:
  case EPERM:
    stn_error_set (
        error, STN_FAILURE_PERMISSION,
        "%s: no permission for %s: install packaging/60-station.rules and add this user to the group %s, then "
        "log in anew",
        kind->place, node, kind->group);
    break;
  case EBUSY:
  case EWOULDBLOCK:
    holder = stn_device_holder (node);
    stn_error_set (error, STN_FAILURE_PORT_BUSY, "%s: this %s is in use by %s (%s)", kind->place, kind->what,
                   holder != NULL ? holder : "another program", node);
    break;
  case ENOENT:
  case ENXIO:
  case ENODEV:
  case EIO:
    stn_error_set (error, STN_FAILURE_ADAPTER_MISSING, "%s: no such %s is plugged in", kind->place, kind->what);
    break;
  default:
    stn_error_set (error, STN_FAILURE_ADAPTER_MISSING, "%s: this %s can't be opened: %s (%s)", kind->place, kind->what,
                   g_strerror (code), node);
    break;
  }
  return FALSE;
}

/* Runs `attempt` until it gives 0, an errno that waiting does not cure, or no patience is left. */
static gboolean
try_until (int (*attempt) (const char *node, int *out), int *out, const StnNodeKind *kind, const char *node,
           const StnWait *wait, GError **error)
{
  StnWait patience = stn_wait_within (wait, STN_NODE_PATIENCE_NS);
  for (;;) {
    int code = attempt (node, out);
    if (code == 0)
      return TRUE;
    gboolean may_pass = code == EACCES || code == EPERM || code == EBUSY;
    if (!may_pass || !stn_node_is_fresh (node) || stn_wait_left_ns (&patience) < TRY_AGAIN_NS)
      return stn_node_fail (kind, node, code, error);
    if (!stn_wait_sleep (&patience, TRY_AGAIN_NS, error)) {
      g_prefix_error (error, "%s: ", kind->place);
      return FALSE;
    }
  }
}

static int
open_and_lock (const char *node, int *out)
{
  int fd = open (node, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0)
    return errno;
  if (flock (fd, LOCK_EX | LOCK_NB) != 0) {
    int code = errno;
    close (fd);
    return code;
  }
  *out = fd;
  return 0;
}

int
stn_node_open_locked (const StnNodeKind *kind, const char *node, const StnWait *wait, GError **error)
{
  int fd = -1;
  return try_until (open_and_lock, &fd, kind, node, wait, error) ? fd : -1;
}

static int
check_access (const char *node, G_GNUC_UNUSED int *out)
{
  return access (node, R_OK | W_OK) == 0 ? 0 : errno;
}

gboolean
stn_node_wait_for_access (const StnNodeKind *kind, const char *node, const StnWait *wait, GError **error)
{
  return try_until (check_access, NULL, kind, node, wait, error);
}
