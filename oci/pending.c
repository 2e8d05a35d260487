/*
 * What is being written and has no name yet.
 *
 * The list of it is the one piece of state that belongs to the whole process:
 * a signal ends the process, not one writer.
 */
#include "oci/pending.h"

#include "oci/error.h"
#include "oci/remove.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARK          ".ocislim-"
#define LETTERS       "abcdefghijklmnopqrstuvwxyz0123456789"
#define RANDOM_LENGTH 6
#define ATTEMPTS_MAX  100
#define BASE_MAX      200 /* of the final name in the temporary one, which must stay below NAME_MAX */

struct oci_pending
{
  int folder_fd; /* where it stands before and after */
  int fd;
  char *final;     /* its path afterwards, for messages */
  char *base;      /* last component of it */
  char *temporary; /* the name in the folder until then */
  char *path;      /* folder and temporary name */
  gboolean directory;
  gboolean listed; /* protected by pending_lock, like the list */
};

static GMutex pending_lock;
static GSList *pending_list;
static gint pending_closed; /* atomic */

static gboolean fail(GError **error, const char *what, const char *path, int reason, const char *hint)
{
  g_autofree char *quoted = oci_quote(path);
  g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "%s %s: %s%s", what, quoted, g_strerror(reason), hint);
  return FALSE;
}

/*
 * The path that path leads to, all links followed as far as there is one.
 * Returns: a new string, or NULL with errno set.
 */
static char *resolve(const char *path)
{
  char *real = realpath(path, NULL);
  if (real == NULL && errno == ENOENT)
  {
    g_autofree char *stripped = g_strdup(path);
    for (gsize length = strlen(stripped); length > 1 && stripped[length - 1] == '/'; length--)
      stripped[length - 1] = '\0';
    g_autofree char *folder = g_path_get_dirname(stripped);
    g_autofree char *base = g_path_get_basename(stripped);
    char *real_folder = realpath(folder, NULL);
    if (real_folder == NULL)
      return NULL;
    char *result = g_build_filename(real_folder, base, NULL);
    free(real_folder);
    return result;
  }
  char *result = g_strdup(real);
  free(real);
  return result;
}

static gboolean is_empty(const char *path)
{
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  return dir != NULL && g_dir_read_name(dir) == NULL;
}

/* What is at the final path must be something that a rename may replace. */
static gboolean check_replaceable(const char *path, gboolean directory, GError **error)
{
  struct stat status;
  if (lstat(path, &status) != 0)
    return errno == ENOENT || fail(error, "cannot write", path, errno, "");
  if (!directory && S_ISDIR(status.st_mode))
    return fail(error, "cannot write", path, EISDIR, "");
  if (directory && !S_ISDIR(status.st_mode))
    return fail(error, "cannot write into", path, ENOTDIR, "");
  if (directory && !is_empty(path))
    return fail(error, "cannot write into", path, ENOTEMPTY, "\nhint: name a new or an empty directory");
  if (directory || S_ISREG(status.st_mode))
    return TRUE;
  g_autofree char *quoted = oci_quote(path);
  g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "cannot replace %s: not a regular file\nhint: '-' writes to standard output", quoted);
  return FALSE;
}

static char *make_name(const char *base)
{
  guint8 random[RANDOM_LENGTH];
  if (getrandom(random, sizeof random, 0) != sizeof random)
    for (gsize i = 0; i < sizeof random; i++)
      random[i] = (guint8)g_random_int();
  char suffix[RANDOM_LENGTH + 1] = {0};
  for (gsize i = 0; i < sizeof random; i++)
    suffix[i] = LETTERS[random[i] % (sizeof LETTERS - 1)];
  return g_strdup_printf(".%.*s" MARK "%s", BASE_MAX, base, suffix);
}

static gboolean is_temporary_name(const char *name)
{
  const char *mark = g_strrstr(name, MARK);
  return *name == '.' && mark != NULL && strlen(mark) == strlen(MARK) + RANDOM_LENGTH &&
         strspn(mark + strlen(MARK), LETTERS) == RANDOM_LENGTH;
}

/* Whether the name still means what is open. */
static gboolean is_same(int folder_fd, const char *name, int fd)
{
  struct stat named, open;
  return fstat(fd, &open) == 0 && fstatat(folder_fd, name, &named, AT_SYMLINK_NOFOLLOW) == 0 && named.st_dev == open.st_dev &&
         named.st_ino == open.st_ino;
}

static void sweep_one(int folder_fd, const char *name)
{
  int fd = openat(folder_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  struct stat status;
  if (fd < 0)
    return;
  if (fstat(fd, &status) == 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && is_same(folder_fd, name, fd))
  {
    if (S_ISDIR(status.st_mode))
      oci_remove_directory(folder_fd, name);
    else if (S_ISREG(status.st_mode))
      unlinkat(folder_fd, name, 0);
  }
  close(fd);
}

/*
 * A process that was killed could not remove what it was writing. Whoever
 * writes holds a lock: what has the name of such a thing and no lock is
 * nobody's.
 */
static void sweep(int folder_fd, const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  for (const char *name = dir == NULL ? NULL : g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir))
    if (is_temporary_name(name))
      sweep_one(folder_fd, name);
}

/* A sweep may be faster than the lock; where there are no locks nothing is swept. */
static gboolean lock(const OciPending *pending, int fd)
{
  return (flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) && is_same(pending->folder_fd, pending->temporary, fd);
}

/* Under the lock: what exists is listed. Returns: an open descriptor, or -1 with errno set. */
static int create(OciPending *pending)
{
  for (guint attempt = 0; attempt < ATTEMPTS_MAX; attempt++)
  {
    g_free(pending->temporary);
    pending->temporary = make_name(pending->base);
    int fd = -1;
    if (!pending->directory)
      fd = openat(pending->folder_fd, pending->temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    else if (mkdirat(pending->folder_fd, pending->temporary, 0777) == 0)
      fd = openat(pending->folder_fd, pending->temporary, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno != EEXIST && errno != ENOENT) /* swept between mkdirat() and openat() */
      return -1;
    if (fd >= 0 && lock(pending, fd))
      return fd;
    if (fd >= 0)
      close(fd);
  }
  return -1;
}

static gboolean fail_interrupted(GError **error)
{
  g_set_error_literal(error, OCI_ERROR, OCI_ERROR_CANCELLED, "interrupted");
  return FALSE;
}

static gboolean create_listed(OciPending *pending, GError **error)
{
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&pending_lock);
  if (g_atomic_int_get(&pending_closed))
    return fail_interrupted(error);
  pending->fd = create(pending);
  if (pending->fd < 0)
    return fail(error, "cannot create a temporary name beside", pending->final, errno, "");
  pending_list = g_slist_prepend(pending_list, pending);
  pending->listed = TRUE;
  return TRUE;
}

/* Under the lock. */
static void remove_listed(OciPending *pending)
{
  if (pending->directory)
    oci_remove_directory(pending->folder_fd, pending->temporary);
  else
    unlinkat(pending->folder_fd, pending->temporary, 0);
  pending_list = g_slist_remove(pending_list, pending);
  pending->listed = FALSE;
}

static OciPending *new_pending(const char *path, gboolean directory, GError **error)
{
  g_autoptr(OciPending) pending = g_new0(OciPending, 1);
  pending->folder_fd = pending->fd = -1;
  pending->directory = directory;
  pending->final = resolve(path);
  if (pending->final == NULL)
  {
    fail(error, "cannot write", path, errno, "");
    return NULL;
  }
  if (!check_replaceable(pending->final, directory, error))
    return NULL;
  g_autofree char *folder = g_path_get_dirname(pending->final);
  pending->base = g_path_get_basename(pending->final);
  pending->folder_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (pending->folder_fd < 0)
  {
    fail(error, "cannot open", folder, errno, "");
    return NULL;
  }
  sweep(pending->folder_fd, folder);
  if (!create_listed(pending, error))
    return NULL;
  pending->path = g_build_filename(folder, pending->temporary, NULL);
  return g_steal_pointer(&pending);
}

OciPending *oci_pending_new_file(const char *path, GError **error)
{
  return new_pending(path, FALSE, error);
}

OciPending *oci_pending_new_directory(const char *path, GError **error)
{
  return new_pending(path, TRUE, error);
}

int oci_pending_fd(OciPending *pending)
{
  return pending->fd;
}

const char *oci_pending_path(OciPending *pending)
{
  return pending->path;
}

gboolean oci_pending_check(OciPending *pending, GError **error)
{
  (void)pending; /* all go at once */
  return !g_atomic_int_get(&pending_closed) || fail_interrupted(error);
}

gboolean oci_pending_commit(OciPending *pending, GError **error)
{
  if (!pending->directory && fdatasync(pending->fd) != 0 && errno != EINVAL)
    return fail(error, "cannot write", pending->final, errno, "");
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&pending_lock);
  if (!pending->listed)
    return fail_interrupted(error);
  if (renameat(pending->folder_fd, pending->temporary, pending->folder_fd, pending->base) != 0)
  {
    const char *hint = errno == EBUSY ? "\nhint: a mount point cannot be replaced; name a directory in it" : "";
    return fail(error, "cannot replace", pending->final, errno, hint);
  }
  pending_list = g_slist_remove(pending_list, pending);
  pending->listed = FALSE;
  return TRUE;
}

void oci_pending_free(OciPending *pending)
{
  if (pending == NULL)
    return;
  g_mutex_lock(&pending_lock);
  if (pending->listed)
    remove_listed(pending);
  g_mutex_unlock(&pending_lock);
  if (pending->fd >= 0)
    close(pending->fd);
  if (pending->folder_fd >= 0)
    close(pending->folder_fd);
  g_free(pending->final);
  g_free(pending->base);
  g_free(pending->temporary);
  g_free(pending->path);
  g_free(pending);
}

void oci_pending_remove_all(void)
{
  g_atomic_int_set(&pending_closed, TRUE); /* before the lock: who writes stops at once */
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&pending_lock);
  while (pending_list != NULL)
    remove_listed(pending_list->data);
}
