/* A directory of the host as a file system for elfdeps. */
#include "tests/unit/elfdeps_host_fs.h"

#include "elfdeps/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum
{
  LINK_LIMIT = 40,
};

/* One file, whatever its names. */
typedef struct
{
  dev_t device;
  ino_t inode;
  int fd; /* -1 until it is read */
} Inode;

/* One resolved path without links in its parents. */
typedef struct
{
  ElfdepsFileKind kind;
  char *link; /* target of a symbolic link, or NULL */
  ElfdepsFile file;
} Name;

typedef struct
{
  ElfdepsFs fs;
  char *root;
  GHashTable *names;  /* path → Name */
  GHashTable *found;  /* path as asked → Name */
  GHashTable *inodes; /* Inode */
  GPtrArray *open;    /* Inode: with a descriptor, the oldest first */
} HostFs;

static guint hash_inode(gconstpointer data)
{
  return (guint)((const Inode *)data)->inode;
}

static gboolean equal_inodes(gconstpointer a, gconstpointer b)
{
  const Inode *one = a;
  const Inode *other = b;
  return one->device == other->device && one->inode == other->inode;
}

static void free_inode(gpointer data)
{
  Inode *inode = data;
  if (inode->fd >= 0)
    close(inode->fd);
  g_free(inode);
}

static void free_name(gpointer data)
{
  Name *name = data;
  g_free(name->link);
  g_free((gpointer)(guintptr)name->file.real_path);
  g_free(name);
}

static Inode *get_inode(HostFs *host, const struct stat *status)
{
  Inode key = {.device = status->st_dev, .inode = status->st_ino, .fd = -1};
  Inode *inode = g_hash_table_lookup(host->inodes, &key);
  if (inode == NULL)
  {
    inode = g_memdup2(&key, sizeof key);
    g_hash_table_add(host->inodes, inode);
  }
  return inode;
}

static void take_status(HostFs *host, Name *name, const char *path, const struct stat *status)
{
  name->file = (ElfdepsFile){.id = get_inode(host, status),
                             .real_path = g_strdup(path),
                             .size = (guint64)status->st_size,
                             .privileged = S_ISREG(status->st_mode) && (status->st_mode & (S_ISUID | S_ISGID)) != 0};
  name->kind = ELFDEPS_FILE_OTHER;
  if (S_ISREG(status->st_mode))
    name->kind = ELFDEPS_FILE_REGULAR;
  if (S_ISDIR(status->st_mode))
    name->kind = ELFDEPS_FILE_DIRECTORY;
}

static Name *get_name(HostFs *host, const char *path)
{
  Name *name = g_hash_table_lookup(host->names, path);
  if (name != NULL)
    return name;
  name = g_new0(Name, 1);
  g_autofree char *on_host = g_strconcat(host->root, path, NULL);
  struct stat status;
  gboolean there = lstat(on_host, &status) == 0;
  if (there && S_ISLNK(status.st_mode))
    name->link = g_file_read_link(on_host, NULL);
  else if (there)
    take_status(host, name, path, &status);
  g_hash_table_insert(host->names, g_strdup(path), name);
  return name;
}

/* Walks rest from the directory in where. Returns: NULL when it leads nowhere. */
static Name *walk(HostFs *host, GString *where, const char *rest, guint *links)
{
  Name *name = get_name(host, where->len == 0 ? "/" : where->str);
  for (const char *at = rest; *at != '\0';)
  {
    at += strspn(at, "/");
    gsize length = strcspn(at, "/");
    if (length == 0 || (length == 1 && *at == '.'))
    {
      at += length;
      continue;
    }
    if (name->kind != ELFDEPS_FILE_DIRECTORY)
      return NULL;
    gsize before = where->len;
    if (length == 2 && memcmp(at, "..", 2) == 0)
    {
      const char *slash = strrchr(where->str, '/');
      g_string_truncate(where, slash == NULL ? 0 : (gsize)(slash - where->str));
    }
    else
      g_string_append_printf(where, "/%.*s", (int)length, at);
    at += length;
    name = get_name(host, where->len == 0 ? "/" : where->str);
    if (name->link == NULL)
      continue;
    if (++*links > LINK_LIMIT)
      return NULL;
    g_string_truncate(where, name->link[0] == '/' ? 0 : before);
    name = walk(host, where, name->link, links);
    if (name == NULL)
      return NULL;
  }
  return name;
}

static ElfdepsFileKind find(ElfdepsFs *fs, const char *path, ElfdepsFile *file)
{
  HostFs *host = (HostFs *)fs;
  Name *name = NULL;
  if (!g_hash_table_lookup_extended(host->found, path, NULL, (gpointer *)&name))
  {
    guint links = 0;
    g_autoptr(GString) where = g_string_new(NULL);
    name = strlen(path) >= 4096 ? NULL : walk(host, where, path, &links);
    if (name != NULL && name->kind != ELFDEPS_FILE_DIRECTORY && g_str_has_suffix(path, "/"))
      name = NULL;
    g_hash_table_insert(host->found, g_strdup(path), name);
  }
  if (name == NULL || name->kind == ELFDEPS_FILE_MISSING)
    return ELFDEPS_FILE_MISSING;
  *file = name->file;
  return name->kind;
}

/* Descriptors stay open for the next read; at most 64. */
static int get_descriptor(HostFs *host, const ElfdepsFile *file)
{
  Inode *inode = (Inode *)(guintptr)file->id;
  if (inode->fd >= 0)
    return inode->fd;
  g_autofree char *path = g_strconcat(host->root, file->real_path, NULL);
  inode->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (inode->fd < 0)
    return -1;
  if (host->open->len >= 64)
  {
    Inode *oldest = g_ptr_array_remove_index(host->open, 0);
    close(oldest->fd);
    oldest->fd = -1;
  }
  g_ptr_array_add(host->open, inode);
  return inode->fd;
}

static gssize host_pread(ElfdepsFs *fs, const ElfdepsFile *file, void *buffer, gsize length, guint64 offset, GError **error)
{
  int fd = get_descriptor((HostFs *)fs, file);
  gsize done = 0;
  while (fd >= 0 && done < length)
  {
    ssize_t got = pread(fd, (guint8 *)buffer + done, length - done, (off_t)(offset + done));
    if (got == 0)
      return (gssize)done;
    if (got < 0)
      fd = -1;
    else
      done += (gsize)got;
  }
  if (fd >= 0)
    return (gssize)done;
  g_set_error(error, ELFDEPS_ERROR, ELFDEPS_ERROR_IO, "cannot read: %s", g_strerror(errno));
  return -1;
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static GPtrArray *list(ElfdepsFs *fs, const char *path)
{
  HostFs *host = (HostFs *)fs;
  ElfdepsFile file;
  if (find(fs, path, &file) != ELFDEPS_FILE_DIRECTORY)
    return NULL;
  g_autofree char *on_host = g_strconcat(host->root, file.real_path, NULL);
  g_autoptr(GDir) directory = g_dir_open(on_host, 0, NULL);
  if (directory == NULL)
    return NULL;
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
  for (const char *name = g_dir_read_name(directory); name != NULL; name = g_dir_read_name(directory))
    g_ptr_array_add(names, g_strdup(name));
  g_ptr_array_sort(names, compare_names);
  return names;
}

ElfdepsFs *host_fs_new(const char *root)
{
  HostFs *host = g_new0(HostFs, 1);
  host->fs = (ElfdepsFs){.find = find, .pread = host_pread, .list = list};
  host->root = g_strdup(strcmp(root, "/") == 0 ? "" : root);
  host->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_name);
  host->found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  host->inodes = g_hash_table_new_full(hash_inode, equal_inodes, free_inode, NULL);
  host->open = g_ptr_array_new();
  return &host->fs;
}

void host_fs_free(ElfdepsFs *fs)
{
  HostFs *host = (HostFs *)fs;
  g_hash_table_unref(host->found);
  g_hash_table_unref(host->names);
  g_ptr_array_unref(host->open);
  g_hash_table_unref(host->inodes);
  g_free(host->root);
  g_free(host);
}
