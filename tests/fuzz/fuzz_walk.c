/*
 * The path walk. Each line but the last is "NAME TARGET": a symbolic link
 * below the root; the last line is the path that is walked. Whatever is
 * found, walking its own path finds it again, and nothing is above the root.
 */
#include "oci/layer.h"
#include "oci/rootfs.h"
#include "tests/fuzz/target.h"

#include <stdio.h>
#include <string.h>

#define BLOCK     512u
#define LINKS_MAX 64u

/* One ustar header of a link; long or odd names are passed over. */
static void append_link(GByteArray *tar, const char *name, const char *target)
{
  guint8 header[BLOCK] = {0};
  if (strlen(name) == 0 || strlen(name) >= 100 || strlen(target) == 0 || strlen(target) >= 100)
    return;
  memcpy(header, name, strlen(name));
  memcpy(header + 100,
         "0000777\0"
         "0000000\0"
         "0000000\0"
         "00000000000\0"
         "00000000000\0"
         "        2",
         57);
  memcpy(header + 157, target, strlen(target));
  memcpy(header + 257,
         "ustar\0"
         "00",
         8);
  guint sum = 0;
  for (guint i = 0; i < BLOCK; i++)
    sum += header[i];
  snprintf((char *)header + 148, 8, "%06o", sum);
  g_byte_array_append(tar, header, BLOCK);
}

static OciLayer *index_links(OciIndexer *indexer, char **lines, guint count)
{
  g_autoptr(GByteArray) tar = g_byte_array_new();
  for (guint i = 0; i < MIN(count, LINKS_MAX); i++)
  {
    char *space = strchr(lines[i], ' ');
    if (space == NULL)
      continue;
    *space = '\0';
    append_link(tar, lines[i], space + 1);
  }
  guint8 zeros[2 * BLOCK] = {0};
  g_byte_array_append(tar, zeros, sizeof zeros);
  g_autoptr(GBytes) bytes = g_byte_array_free_to_bytes(g_steal_pointer(&tar));
  g_autoptr(OciBlob) blob = oci_blob_new_bytes(bytes);
  return oci_indexer_add(indexer, blob, "fuzz");
}

static void walk(OciRootfs *rootfs, const char *path)
{
  OciNode *node = NULL;
  if (oci_rootfs_walk(rootfs, NULL, path, OCI_WALK_FOLLOW, NULL, NULL, &node) != OCI_WALK_FOUND)
    return;
  OciNode *again = NULL;
  g_autofree char *real = oci_node_path(node);
  g_assert_cmpint(oci_rootfs_walk(rootfs, NULL, real, OCI_WALK_NOFOLLOW, NULL, NULL, &again), ==, OCI_WALK_FOUND);
  g_assert_true(again == node);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  OciLimits limits;
  oci_limits_init(&limits);
  g_autofree char *text = g_strndup((const char *)data, MIN(size, 16384));
  g_auto(GStrv) lines = g_strsplit(text, "\n", (gint)LINKS_MAX + 1);
  guint count = g_strv_length(lines);
  if (count == 0)
    return 0;
  g_autoptr(OciIndexer) indexer = oci_indexer_new(1, &limits, NULL, NULL, NULL);
  g_autoptr(OciLayer) layer = index_links(indexer, lines, count - 1);
  if (!oci_layer_wait(layer, NULL))
    return 0;
  g_autoptr(GPtrArray) layers = g_ptr_array_new();
  g_ptr_array_add(layers, layer);
  g_autoptr(OciRootfs) rootfs = oci_rootfs_new_layers(layers, &limits, NULL);
  if (rootfs != NULL)
    walk(rootfs, lines[count - 1]);
  return 0;
}
