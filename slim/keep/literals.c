/* Every slash may begin a path; most fail at the first component, which costs one look-up. */
#include "slim/keep/literals.h"

#include <limits.h>
#include <string.h>

#define LITERALS_MAX 16384u     /* paths, and libraries, of one object */
#define LIBRARY_MAX  255        /* NAME_MAX */
#define LOOKUPS_MAX  (1u << 22) /* components that are looked up for one object */

typedef struct
{
  OciRootfs *rootfs;
  KeepLiterals *literals;
  GHashTable *seen; /* char* of the literals */
  guint lookups;
  void (*found)(const char *text, gpointer data);
  gpointer data;
} Reader;

static void add(Reader *reader, GPtrArray *texts, const char *text, gsize length)
{
  if (texts->len >= LITERALS_MAX)
  {
    reader->literals->cut = TRUE;
    return;
  }
  g_autofree char *copy = g_strndup(text, length);
  if (g_hash_table_contains(reader->seen, copy))
    return;
  g_hash_table_add(reader->seen, copy);
  g_ptr_array_add(texts, g_steal_pointer(&copy));
}

/* "libz.so", "libz.so.1.2", "plugin.so": what could be given to dlopen() as it stands. */
static gboolean is_library(const char *text, gsize length)
{
  const char *dot = length <= LIBRARY_MAX ? strstr(text, ".so") : NULL;
  if (dot == NULL || dot == text || (dot[3] != '\0' && dot[3] != '.'))
    return FALSE;
  return strspn(dot + 3, "0123456789.") == strlen(dot + 3) &&
         strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-") == length;
}

/* Counts the components of a path that is to be looked up. Returns: FALSE when there were enough for this object. */
static gboolean spend(Reader *reader, const char *path)
{
  for (; *path != '\0'; path++)
    reader->lookups += *path == '/';
  reader->literals->cut = reader->literals->cut || reader->lookups > LOOKUPS_MAX;
  return reader->lookups <= LOOKUPS_MAX;
}

static gboolean exists(const Reader *reader, const char *path)
{
  OciNode *node = NULL;
  return oci_rootfs_walk(reader->rootfs, NULL, path, OCI_WALK_FOLLOW, NULL, NULL, &node) == OCI_WALK_FOUND && node->parent != NULL;
}

/* A first component that is not in the image settles it for most. */
static gboolean begins_in_root(const Reader *reader, const char *path)
{
  gsize length = strcspn(path + 1, "/");
  return length > 0 && oci_rootfs_find_child(reader->rootfs, oci_rootfs_root(reader->rootfs), path + 1, length) != NULL;
}

static void take_whole(Reader *reader, const char *text, gsize length)
{
  if (is_library(text, length))
    add(reader, reader->literals->libraries, text, length);
  for (const char *slash = strchr(text, '/'); slash != NULL; slash = strchr(slash + 1, '/'))
  {
    gsize rest = length - (gsize)(slash - text);
    if (rest >= PATH_MAX || !begins_in_root(reader, slash) || !spend(reader, slash) || !exists(reader, slash))
      continue;
    add(reader, reader->literals->paths, slash, rest);
    return;
  }
}

/* How much of text is a path of the image: whole components, and at the end a file whose name the text goes on behind. */
static gsize longest_path(Reader *reader, const char *text)
{
  gsize end = 0;
  g_autoptr(GString) path = g_string_new(NULL);
  while (text[end] == '/' && path->len < PATH_MAX)
  {
    gsize component = strcspn(text + end + 1, "/ \"'`:;,|&<>(){}\\");
    gsize before = end;
    for (gsize length = MIN(component, NAME_MAX); length > 0 && end == before; length--)
    {
      g_string_truncate(path, 0);
      g_string_append_len(path, text, (gssize)(before + 1 + length));
      if (!spend(reader, path->str))
        return end;
      OciNode *node = oci_rootfs_find(reader->rootfs, path->str);
      if (node != NULL && (length == component || node->inode->metadata.type == OCI_FILE_REGULAR))
        end = before + 1 + length;
      if (before == 0)
        break; /* the first component stands by itself */
    }
    if (end == before || end != before + 1 + component)
      break;
  }
  return end;
}

/* One component is no evidence among texts that are not ended: "/etc" may belong to anything. */
static void take_piece(Reader *reader, const char *text)
{
  for (const char *slash = strchr(text, '/'); slash != NULL; slash = strchr(slash + 1, '/'))
  {
    gsize length = begins_in_root(reader, slash) ? longest_path(reader, slash) : 0;
    if (length > 0 && memchr(slash + 1, '/', length - 1) != NULL)
      add(reader, reader->literals->paths, slash, length);
  }
}

static void take_text(const char *text, gsize length, gboolean whole, gpointer data)
{
  Reader *reader = data;
  if (!whole)
    take_piece(reader, text);
  else
  {
    take_whole(reader, text, length);
    if (reader->found != NULL)
      reader->found(text, reader->data);
  }
}

KeepLiterals *keep_literals_read(ElfdepsFs *fs, const ElfdepsFile *file, OciRootfs *rootfs, void (*found)(const char *text, gpointer data),
                                 gpointer data, GError **error)
{
  g_autoptr(KeepLiterals) literals = g_new0(KeepLiterals, 1);
  literals->paths = g_ptr_array_new_with_free_func(g_free);
  literals->libraries = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  Reader reader = {.rootfs = rootfs, .literals = literals, .seen = seen, .found = found, .data = data};
  return elfdeps_object_texts(fs, file, take_text, &reader, error) ? g_steal_pointer(&literals) : NULL;
}

void keep_literals_free(KeepLiterals *literals)
{
  if (literals == NULL)
    return;
  g_ptr_array_unref(literals->paths);
  g_ptr_array_unref(literals->libraries);
  g_clear_pointer(&literals->texts, g_ptr_array_unref);
  g_free(literals);
}
