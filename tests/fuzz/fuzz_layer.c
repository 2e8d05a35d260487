/* Layers: any bytes are indexed or refused; what is indexed merges into a tree whose files can be read. */
#include "oci/layer.h"
#include "oci/rootfs.h"
#include "tests/fuzz/target.h"

#define UNCOMPRESSED_MAX (8u << 20)

static void read_tree(OciRootfs *rootfs)
{
  GQueue nodes = G_QUEUE_INIT;
  g_queue_push_tail(&nodes, oci_rootfs_root(rootfs));
  for (OciNode *node = g_queue_pop_head(&nodes); node != NULL; node = g_queue_pop_head(&nodes))
  {
    OciXattrs xattrs;
    oci_rootfs_xattrs(rootfs, node->inode, &xattrs, NULL);
    if (node->inode->metadata.type == OCI_FILE_REGULAR)
      g_bytes_unref(oci_rootfs_read(rootfs, node->inode, UNCOMPRESSED_MAX, NULL));
    if (node->inode->metadata.type == OCI_FILE_SYMLINK)
    {
      OciNode *end = NULL;
      g_autofree char *path = oci_node_path(node);
      oci_rootfs_walk(rootfs, NULL, path, OCI_WALK_FOLLOW, NULL, NULL, &end);
    }
    if (node->inode->metadata.type != OCI_FILE_DIRECTORY)
      continue;
    g_autoptr(GPtrArray) children = oci_node_children(node);
    for (guint i = 0; i < children->len; i++)
      g_queue_push_tail(&nodes, children->pdata[i]);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  OciLimits limits;
  oci_limits_init(&limits);
  limits.uncompressed_bytes = UNCOMPRESSED_MAX;
  limits.entries = 10000;
  g_autoptr(GBytes) bytes = g_bytes_new_static(data, size);
  g_autoptr(OciBlob) blob = oci_blob_new_bytes(bytes);
  g_autoptr(OciIndexer) indexer = oci_indexer_new(1, &limits, NULL, NULL, NULL);
  g_autoptr(OciLayer) layer = oci_indexer_add(indexer, blob, "fuzz");
  if (!oci_layer_wait(layer, NULL))
    return 0;
  g_autoptr(GPtrArray) layers = g_ptr_array_new();
  g_ptr_array_add(layers, layer);
  g_autoptr(OciRootfs) rootfs = oci_rootfs_new_layers(layers, &limits, NULL);
  if (rootfs != NULL)
    read_tree(rootfs);
  return 0;
}
