/* A plain directory of the host, taken as the root of a container. */
#include "oci/error.h"
#include "oci/transport/transport.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

OciRootfs *oci_directory_open(const char *path, const OciLimits *limits, GError **error)
{
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
  {
    g_autofree char *quoted = oci_quote(path);
    g_set_error(error, OCI_ERROR, errno == ENOENT ? OCI_ERROR_NOT_FOUND : OCI_ERROR_IO, "cannot open %s: %s", quoted, g_strerror(errno));
    return NULL;
  }
  return oci_rootfs_new_directory(fd, limits, error);
}
