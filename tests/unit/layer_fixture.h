/*
 * Layers from text, one line per entry, and a tree back to text.
 *
 *   D path [mode]     directory
 *   F path [content]  regular file
 *   L path target     symbolic link
 *   H path target     hard link
 *   C path            character device 1:3
 *   O path            character device 0:0
 *   P path            FIFO
 *   X path name value regular file with an extended attribute
 *
 * Include after <cmocka.h>.
 */
#ifndef TESTS_LAYER_FIXTURE_H
#define TESTS_LAYER_FIXTURE_H

#include "oci/layer.h"
#include "oci/rootfs.h"
#include "tar_bytes.h"

#include <string.h>

static inline void fixture_header(GByteArray *tar, char type, const char *path, const char *target, guint64 size)
{
  const char *pairs[5] = {NULL};
  guint used = 0;
  if (strlen(path) > 99)
  {
    pairs[used++] = "path";
    pairs[used++] = path;
  }
  if (target != NULL && strlen(target) > 99)
  {
    pairs[used++] = "linkpath";
    pairs[used++] = target;
  }
  if (used > 0)
    tar_pax(tar, 'x', pairs);
  tar_header(tar, type, path, target, size);
}

static inline void fixture_file(GByteArray *tar, const char *path, const char *content)
{
  fixture_header(tar, '0', path, NULL, strlen(content));
  tar_data(tar, content, strlen(content));
}

static inline void fixture_directory(GByteArray *tar, const char *path, const char *mode)
{
  g_autofree char *octal = g_strdup_printf("%07" G_GINT64_MODIFIER "o", g_ascii_strtoull(mode != NULL ? mode : "755", NULL, 8));
  g_autofree char *slashed = g_strconcat(path, "/", NULL);
  fixture_header(tar, '5', slashed, NULL, 0);
  tar_patch(tar, 100, octal, 8);
}

static inline void fixture_xattr(GByteArray *tar, const char *path, const char *name, const char *value)
{
  g_autofree char *key = g_strconcat("SCHILY.xattr.", name, NULL);
  const char *pairs[] = {key, value, NULL};
  tar_pax(tar, 'x', pairs);
  fixture_file(tar, path, "");
}

static inline void fixture_line(GByteArray *tar, const char *line)
{
  g_auto(GStrv) words = g_strsplit(line, " ", 4);
  const char *path = words[1];
  const char *argument = words[2];
  switch (words[0][0])
  {
  case 'D':
    fixture_directory(tar, path, argument);
    return;
  case 'F':
    fixture_file(tar, path, argument != NULL ? argument : "");
    return;
  case 'L':
    fixture_header(tar, '2', path, argument, 0);
    return;
  case 'H':
    fixture_header(tar, '1', path, argument, 0);
    return;
  case 'C':
    fixture_header(tar, '3', path, NULL, 0);
    return;
  case 'O':
    fixture_header(tar, '3', path, NULL, 0);
    tar_patch(tar, 329, "0000000\0000000000", 16);
    return;
  case 'P':
    fixture_header(tar, '6', path, NULL, 0);
    return;
  case 'X':
    fixture_xattr(tar, path, argument, words[3]);
    return;
  default:
    fail_msg("bad line: %s", line);
  }
}

/* An indexed layer with the entries of text. */
static inline OciLayer *fixture_layer_tar(OciIndexer *indexer, GByteArray *tar)
{
  g_autoptr(GError) error = NULL;
  tar_end(tar);
  g_autoptr(GBytes) bytes = g_byte_array_free_to_bytes(tar);
  g_autoptr(OciBlob) blob = oci_blob_new_bytes(bytes);
  OciLayer *layer = oci_indexer_add(indexer, blob, "layer");
  if (!oci_layer_wait(layer, &error))
    fail_msg("%s", error->message);
  return layer;
}

static inline OciLayer *fixture_layer(OciIndexer *indexer, const char *text)
{
  GByteArray *tar = g_byte_array_new();
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    if (**line != '\0')
      fixture_line(tar, *line);
  return fixture_layer_tar(indexer, tar);
}

/* The tree of layers, lowest first; NULL ends them. */
static inline OciRootfs *fixture_tree(const char *const *texts, GError **error)
{
  OciLimits limits;
  oci_limits_init(&limits);
  g_autoptr(OciIndexer) indexer = oci_indexer_new(1, &limits, NULL, NULL, NULL);
  g_autoptr(GPtrArray) layers = g_ptr_array_new_with_free_func((GDestroyNotify)oci_layer_unref);
  for (; *texts != NULL; texts++)
    g_ptr_array_add(layers, fixture_layer(indexer, *texts));
  return oci_rootfs_new_layers(layers, &limits, error);
}

static inline void fixture_dump_node(OciRootfs *rootfs, OciNode *node, GString *out)
{
  g_autofree char *path = oci_node_path(node);
  const OciMetadata *metadata = &node->inode->metadata;
  static const char letters[] = "FDLCBPH";
  g_string_append_printf(out, "%c %s", letters[metadata->type], path);
  if (metadata->type == OCI_FILE_DIRECTORY)
    g_string_append_printf(out, " %o", metadata->mode);
  if (metadata->type == OCI_FILE_SYMLINK)
    g_string_append_printf(out, " %s", metadata->target);
  if (metadata->type == OCI_FILE_CHARACTER)
    g_string_append_printf(out, " %u:%u", metadata->device_major, metadata->device_minor);
  if (metadata->type == OCI_FILE_REGULAR && metadata->size > 0)
  {
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = oci_rootfs_read(rootfs, node->inode, 1 << 20, &error);
    if (bytes == NULL)
      fail_msg("%s", error->message);
    g_string_append_printf(out, " %.*s", (int)g_bytes_get_size(bytes), (const char *)g_bytes_get_data(bytes, NULL));
  }
  if (node->inode->links != 1)
    g_string_append_printf(out, " x%u", node->inode->links);
  g_string_append_c(out, '\n');
}

/* Every name of the tree, sorted, parents first; without the root. */
static inline char *fixture_dump(OciRootfs *rootfs)
{
  GString *out = g_string_new(NULL);
  g_autoptr(GPtrArray) stack = g_ptr_array_new();
  g_ptr_array_add(stack, oci_rootfs_root(rootfs));
  while (stack->len > 0)
  {
    OciNode *node = g_ptr_array_steal_index(stack, stack->len - 1);
    if (node->parent != NULL)
      fixture_dump_node(rootfs, node, out);
    g_autoptr(GPtrArray) children = oci_node_children(node);
    for (guint i = children->len; i > 0; i--)
      g_ptr_array_add(stack, children->pdata[i - 1]);
  }
  return g_string_free(out, FALSE);
}

static inline char *fixture_warnings(OciRootfs *rootfs)
{
  GString *out = g_string_new(NULL);
  GPtrArray *warnings = oci_rootfs_warnings(rootfs);
  for (guint i = 0; i < warnings->len; i++)
    g_string_append_printf(out, "%s\n", (const char *)warnings->pdata[i]);
  return g_string_free(out, FALSE);
}

#endif
