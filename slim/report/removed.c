/* The tree once, in the order of its paths. */
#include "slim/report/removed.h"

#include "slim/report/values.h"

#include <string.h>

json_t *report_package_json(KeepPackages *packages, const OciNode *node)
{
  const KeepPackage *owner = keep_packages_owner(packages, node);
  return report_text_json(owner == NULL ? NULL : owner->name);
}

static GHashTable *kept_inodes(KeepSet *set)
{
  GHashTable *inodes = g_hash_table_new(NULL, NULL);
  g_autoptr(GPtrArray) entries = keep_set_entries(set);
  for (guint i = 0; i < entries->len; i++)
    g_hash_table_add(inodes, ((KeepEntry *)entries->pdata[i])->node->inode);
  return inodes;
}

static json_t *node_json(KeepPackages *packages, const OciNode *node, const char *path, gboolean counts)
{
  const OciMetadata *metadata = &node->inode->metadata;
  json_t *object = json_object();
  json_object_set_new(object, "path", report_text_json(path));
  json_object_set_new(object, "type", report_text_json(report_type_name(metadata->type)));
  json_object_set_new(object, "size", json_integer(counts ? (json_int_t)metadata->size : 0));
  json_object_set_new(object, "package", report_package_json(packages, node));
  return object;
}

typedef struct
{
  OciNode *node;
  char *path;
} Place;

static gint compare_places(gconstpointer a, gconstpointer b)
{
  return strcmp(((const Place *)a)->path, ((const Place *)b)->path);
}

/* Everything that is not kept, sorted bytewise by path as the kept ones are. */
static GArray *removed_places(OciRootfs *rootfs, KeepSet *set)
{
  GArray *places = g_array_new(FALSE, FALSE, sizeof(Place));
  GQueue folders = G_QUEUE_INIT;
  g_queue_push_tail(&folders, oci_rootfs_root(rootfs));
  for (OciNode *folder = g_queue_pop_head(&folders); folder != NULL; folder = g_queue_pop_head(&folders))
    for (OciNode *node = folder->first_child; node != NULL; node = node->next_sibling)
    {
      if (node->inode->metadata.type == OCI_FILE_DIRECTORY)
        g_queue_push_tail(&folders, node);
      if (keep_set_find(set, node) != NULL)
        continue;
      Place place = {.node = node, .path = oci_node_path(node)};
      g_array_append_val(places, place);
    }
  g_array_sort(places, compare_places);
  return places;
}

json_t *report_removed_path_json(OciRootfs *rootfs, KeepSet *set, KeepPackages *packages, const char *path)
{
  json_t *array = json_array();
  OciNode *node = NULL;
  if (oci_rootfs_walk(rootfs, NULL, path, OCI_WALK_NOFOLLOW, NULL, NULL, &node) != OCI_WALK_FOUND || keep_set_find(set, node) != NULL)
    return array;
  g_autofree char *real = oci_node_path(node);
  json_array_append_new(array, node_json(packages, node, real, TRUE));
  return array;
}

json_t *report_removed_json(OciRootfs *rootfs, KeepSet *set, KeepPackages *packages)
{
  if (!oci_rootfs_is_counted(rootfs))
    return json_null();
  json_t *array = json_array();
  g_autoptr(GHashTable) counted = kept_inodes(set);
  g_autoptr(GArray) places = removed_places(rootfs, set);
  for (guint i = 0; i < places->len; i++)
  {
    const Place *place = &g_array_index(places, Place, i);
    json_array_append_new(array, node_json(packages, place->node, place->path, g_hash_table_add(counted, place->node->inode)));
    g_free(place->path);
  }
  return array;
}
