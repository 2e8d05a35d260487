/* openat2(2) where the kernel has it, component by component elsewhere. */
#include "oci/open_beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int oci_open_beneath_by_steps(int directory_fd, const char *path, int flags)
{
  path += strspn(path, "/");
  if (*path == '\0')
    path = ".";
  int at = fcntl(directory_fd, F_DUPFD_CLOEXEC, 0);
  g_auto(GStrv) names = g_strsplit(path, "/", -1);
  for (guint i = 0; at >= 0 && names[i] != NULL && names[i][0] != '\0'; i++)
  {
    gboolean last = names[i + 1] == NULL || names[i + 1][0] == '\0'; /* a slash may stand at the end */
    int next = -1;
    errno = EXDEV;
    if (strcmp(names[i], "..") != 0)
      next = openat(at, names[i], (last ? flags : O_PATH | O_DIRECTORY) | O_NOFOLLOW | O_CLOEXEC);
    int number = errno;
    close(at);
    errno = number;
    at = next;
  }
  return at;
}

int oci_open_beneath(int directory_fd, const char *path, int flags)
{
  path += strspn(path, "/");
  if (*path == '\0')
    path = ".";
  struct open_how how = {.flags = (guint64)(flags | O_CLOEXEC | O_NOFOLLOW),
                         .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};
  int fd = -1;
  do
    fd = (int)syscall(SYS_openat2, directory_fd, path, &how, sizeof how);
  while (fd < 0 && (errno == EINTR || errno == EAGAIN));
  if (fd >= 0 || (errno != ENOSYS && errno != EPERM))
    return fd;
  return oci_open_beneath_by_steps(directory_fd, path, flags);
}
