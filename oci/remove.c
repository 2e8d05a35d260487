/*
 * How a tree of the host is removed.
 *
 * A directory inside another one is renamed into the top directory, which
 * keeps the depth at two: no recursion, no path that grows, few descriptors.
 * Every directory is moved once, so the work is linear.
 */
#include "oci/remove.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Somebody may still be writing into the tree: how often to look again. */
#define ROUNDS_MAX      10000 /* while names go away */
#define ROUNDS_IDLE_MAX 100

typedef struct
{
  int top_fd;
  guint64 moved; /* makes the names that moved directories get */
  gboolean progress;
} Removal;

static gboolean is_dots(const char *name)
{
  return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static DIR *open_directory(int parent_fd, const char *name)
{
  int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0 && errno == EACCES)
  {
    /* Ours, but without the right to list it: chmod() of what is open, never of a name. */
    int path_fd = openat(parent_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (path_fd < 0)
      return NULL;
    char link[64];
    g_snprintf(link, sizeof link, "/proc/self/fd/%d", path_fd);
    if (chmod(link, 0700) == 0)
      fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    close(path_fd);
  }
  if (fd < 0)
    return NULL;
  fchmod(fd, 0700); /* to remove names from it; a failure shows at the first name */
  DIR *directory = fdopendir(fd);
  if (directory == NULL)
    close(fd);
  return directory;
}

static gboolean is_directory(int parent_fd, const struct dirent *entry)
{
  if (entry->d_type != DT_UNKNOWN)
    return entry->d_type == DT_DIR;
  struct stat status;
  return fstatat(parent_fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
}

/* A directory can only be renamed by who may write into it. */
static gboolean move_up(Removal *removal, int parent_fd, const char *name)
{
  char moved[64];
  do
    g_snprintf(moved, sizeof moved, ".removed-%" G_GUINT64_FORMAT, removal->moved++);
  while (faccessat(removal->top_fd, moved, F_OK, AT_SYMLINK_NOFOLLOW) == 0);
  if (renameat(parent_fd, name, removal->top_fd, moved) == 0)
    return TRUE;
  DIR *directory = open_directory(parent_fd, name);
  if (directory != NULL)
    closedir(directory);
  return renameat(parent_fd, name, removal->top_fd, moved) == 0;
}

/* Empties a directory below the top one: files go, directories move up. */
static void empty_directory(Removal *removal, const char *name)
{
  DIR *directory = open_directory(removal->top_fd, name);
  if (directory == NULL)
    return;
  int fd = dirfd(directory);
  const struct dirent *entry;
  while ((entry = readdir(directory)) != NULL)
  {
    if (is_dots(entry->d_name))
      continue;
    if (!is_directory(fd, entry))
      removal->progress |= unlinkat(fd, entry->d_name, 0) == 0;
    else if (unlinkat(fd, entry->d_name, AT_REMOVEDIR) == 0 || move_up(removal, fd, entry->d_name))
      removal->progress = TRUE;
  }
  closedir(directory);
}

static void remove_children(Removal *removal, DIR *top)
{
  rewinddir(top);
  const struct dirent *entry;
  while ((entry = readdir(top)) != NULL)
  {
    if (is_dots(entry->d_name))
      continue;
    if (!is_directory(removal->top_fd, entry))
    {
      removal->progress |= unlinkat(removal->top_fd, entry->d_name, 0) == 0;
      continue;
    }
    if (unlinkat(removal->top_fd, entry->d_name, AT_REMOVEDIR) != 0)
      empty_directory(removal, entry->d_name);
    removal->progress |= unlinkat(removal->top_fd, entry->d_name, AT_REMOVEDIR) == 0;
  }
}

gboolean oci_remove_directory(int parent_fd, const char *name)
{
  DIR *top = open_directory(parent_fd, name);
  if (top == NULL)
    return errno == ENOENT;
  Removal removal = {.top_fd = dirfd(top)};
  gboolean gone = FALSE;
  int reason = 0;
  guint idle = 0;
  for (guint round = 0; !gone && round < ROUNDS_MAX && idle < ROUNDS_IDLE_MAX; round++)
  {
    removal.progress = FALSE;
    remove_children(&removal, top);
    gone = unlinkat(parent_fd, name, AT_REMOVEDIR) == 0 || errno == ENOENT;
    reason = errno;
    idle = removal.progress ? 0 : idle + 1;
    if (!gone && reason != ENOTEMPTY && reason != EEXIST)
      break;
  }
  closedir(top);
  errno = gone ? 0 : reason;
  return gone;
}
