/* Both trees side by side, children merged by name; the sums are made when they are printed. */
#include "slim/report/diff.h"

#include "slim/report/bytes.h"
#include "slim/report/values.h"

#include <string.h>

#define COMPARE_BYTES (128u << 10)
#define GROUPS_SHOWN  20u

typedef enum
{
  CHANGE_WENT,
  CHANGE_CHANGED,
  CHANGE_CAME,
  CHANGES,
} Change;

static const char *const change_names[CHANGES] = {"went", "changed", "came"};

typedef struct
{
  char *path;
  Change change;
  OciFileType type;
  guint64 before; /* bytes */
  guint64 after;
  const char *package; /* or NULL */
} Item;

typedef struct
{
  OciRootfs *rootfs;
  KeepPackages *packages;
  GHashTable *counted; /* OciInode* */
} Side;

struct report_diff
{
  Side before;
  Side after;
  GArray *items; /* Item, sorted by path */
};

static guint64 count_bytes(Side *side, const OciNode *node)
{
  return g_hash_table_add(side->counted, node->inode) ? node->inode->metadata.size : 0;
}

static void add_item(ReportDiff *diff, Change change, OciNode *before, OciNode *after)
{
  const OciNode *shown = after != NULL ? after : before;
  const KeepPackage *owner = keep_packages_owner(after != NULL ? diff->after.packages : diff->before.packages, shown);
  Item item = {
      .path = oci_node_path(shown),
      .change = change,
      .type = shown->inode->metadata.type,
      .before = before == NULL ? 0 : count_bytes(&diff->before, before),
      .after = after == NULL ? 0 : count_bytes(&diff->after, after),
      .package = owner == NULL ? NULL : owner->name,
  };
  g_array_append_val(diff->items, item);
}

static gboolean read_block(const Side *side, const OciNode *node, GByteArray *block, guint64 offset, GError **error)
{
  g_byte_array_set_size(block, COMPARE_BYTES);
  gssize got = oci_rootfs_pread(side->rootfs, node->inode, block->data, COMPARE_BYTES, offset, error);
  g_byte_array_set_size(block, got < 0 ? 0 : (guint)got);
  return got >= 0;
}

static gboolean compare_bytes(const ReportDiff *diff, OciNode *before, OciNode *after, gboolean *same, GError **error)
{
  g_autoptr(GByteArray) one = g_byte_array_new();
  g_autoptr(GByteArray) two = g_byte_array_new();
  *same = TRUE;
  for (guint64 offset = 0; *same && offset < before->inode->metadata.size; offset += COMPARE_BYTES)
  {
    if (!read_block(&diff->before, before, one, offset, error) || !read_block(&diff->after, after, two, offset, error))
      return FALSE;
    *same = one->len == two->len && memcmp(one->data, two->data, one->len) == 0;
  }
  return TRUE;
}

static gboolean compare(const ReportDiff *diff, OciNode *before, OciNode *after, gboolean *same, GError **error)
{
  const OciMetadata *a = &before->inode->metadata;
  const OciMetadata *b = &after->inode->metadata;
  *same = a->type == b->type && a->mode == b->mode && a->uid == b->uid && a->gid == b->gid && a->size == b->size &&
          g_strcmp0(a->target, b->target) == 0 && a->device_major == b->device_major && a->device_minor == b->device_minor;
  if (!*same || a->type != OCI_FILE_REGULAR || (a->mtime == b->mtime && a->mtime_ns == b->mtime_ns))
    return TRUE;
  return compare_bytes(diff, before, after, same, error);
}

/* A pair of nodes of one path; one of them may be NULL. */
typedef struct
{
  OciNode *before;
  OciNode *after;
} Pair;

static GPtrArray *children_of(const OciNode *node)
{
  return node != NULL && node->inode->metadata.type == OCI_FILE_DIRECTORY ? oci_node_children(node) : g_ptr_array_new();
}

static void push_children(GQueue *pairs, const Pair *parent)
{
  g_autoptr(GPtrArray) before = children_of(parent->before);
  g_autoptr(GPtrArray) after = children_of(parent->after);
  for (guint i = 0, j = 0; i < before->len || j < after->len;)
  {
    OciNode *one = i < before->len ? before->pdata[i] : NULL;
    OciNode *two = j < after->len ? after->pdata[j] : NULL;
    int order = one == NULL ? 1 : two == NULL ? -1 : strcmp(one->name, two->name);
    Pair *pair = g_new(Pair, 1);
    *pair = (Pair){.before = order <= 0 ? one : NULL, .after = order >= 0 ? two : NULL};
    i += order <= 0 ? 1 : 0;
    j += order >= 0 ? 1 : 0;
    g_queue_push_tail(pairs, pair);
  }
}

static gboolean visit(ReportDiff *diff, const Pair *pair, GError **error)
{
  gboolean same = FALSE;
  if (pair->before == NULL)
    add_item(diff, CHANGE_CAME, NULL, pair->after);
  else if (pair->after == NULL)
    add_item(diff, CHANGE_WENT, pair->before, NULL);
  else if (!compare(diff, pair->before, pair->after, &same, error))
    return FALSE;
  else if (!same)
    add_item(diff, CHANGE_CHANGED, pair->before, pair->after);
  else
  {
    count_bytes(&diff->before, pair->before);
    count_bytes(&diff->after, pair->after);
  }
  return TRUE;
}

static gint compare_items(gconstpointer a, gconstpointer b)
{
  return strcmp(((const Item *)a)->path, ((const Item *)b)->path);
}

static void clear_item(gpointer data)
{
  g_free(((Item *)data)->path);
}

void report_diff_free(ReportDiff *diff)
{
  if (diff == NULL)
    return;
  g_hash_table_unref(diff->before.counted);
  g_hash_table_unref(diff->after.counted);
  g_array_unref(diff->items);
  g_free(diff);
}

ReportDiff *report_diff_new(OciRootfs *before, KeepPackages *before_packages, OciRootfs *after, KeepPackages *after_packages,
                            GError **error)
{
  g_autoptr(ReportDiff) diff = g_new0(ReportDiff, 1);
  diff->before = (Side){.rootfs = before, .packages = before_packages, .counted = g_hash_table_new(NULL, NULL)};
  diff->after = (Side){.rootfs = after, .packages = after_packages, .counted = g_hash_table_new(NULL, NULL)};
  diff->items = g_array_new(FALSE, FALSE, sizeof(Item));
  g_array_set_clear_func(diff->items, clear_item);
  GQueue pairs = G_QUEUE_INIT;
  gboolean ok = TRUE;
  push_children(&pairs, &(Pair){.before = oci_rootfs_root(before), .after = oci_rootfs_root(after)});
  for (Pair *pair = g_queue_pop_head(&pairs); pair != NULL && ok; pair = g_queue_pop_head(&pairs))
  {
    ok = visit(diff, pair, error);
    push_children(&pairs, pair);
    g_free(pair);
  }
  g_queue_clear_full(&pairs, g_free);
  if (!ok)
    return NULL;
  g_array_sort(diff->items, compare_items);
  return g_steal_pointer(&diff);
}

/* --- sums --- */

typedef struct
{
  char *name;
  guint64 paths;
  gint64 bytes; /* after less before */
} Group;

static void free_group(gpointer data)
{
  Group *group = data;
  g_free(group->name);
  g_free(group);
}

static guint64 magnitude(gint64 bytes)
{
  return bytes < 0 ? (guint64)-bytes : (guint64)bytes;
}

static gint compare_groups(gconstpointer a, gconstpointer b)
{
  const Group *x = *(const Group *const *)a;
  const Group *y = *(const Group *const *)b;
  guint64 p = magnitude(x->bytes);
  guint64 q = magnitude(y->bytes);
  return p != q ? (p < q ? 1 : -1) : strcmp(x->name, y->name);
}

/* The folder of a path, two deep at most: "/usr/lib" of what is below it. */
static char *folder_of(const Item *item)
{
  const char *second = strchr(item->path + 1, '/');
  const char *third = second == NULL ? NULL : strchr(second + 1, '/');
  const char *end = third != NULL ? third : second;
  return end == NULL ? g_strdup("/") : g_strndup(item->path, (gsize)(end - item->path));
}

static char *package_of(const Item *item)
{
  return g_strdup(item->package == NULL ? "" : item->package);
}

/* Array of Group*, largest first. */
static GPtrArray *sum_by(const ReportDiff *diff, char *(*name_of)(const Item *item))
{
  GPtrArray *groups = g_ptr_array_new_with_free_func(free_group);
  g_autoptr(GHashTable) table = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < diff->items->len; i++)
  {
    const Item *item = &g_array_index(diff->items, Item, i);
    g_autofree char *name = name_of(item);
    Group *group = g_hash_table_lookup(table, name);
    if (group == NULL)
    {
      group = g_new0(Group, 1);
      group->name = g_steal_pointer(&name);
      g_hash_table_insert(table, group->name, group);
      g_ptr_array_add(groups, group);
    }
    group->paths++;
    group->bytes += (gint64)(item->after - item->before);
  }
  g_ptr_array_sort(groups, compare_groups);
  return groups;
}

static char *signed_bytes(gint64 bytes)
{
  g_autofree char *size = report_bytes_format(magnitude(bytes));
  return g_strdup_printf("%s%s", bytes < 0 ? "-" : bytes > 0 ? "+" : "", size);
}

static void append_row(GString *text, const char *label, int width, gint64 bytes, guint64 paths, const char *name)
{
  g_autofree char *size = signed_bytes(bytes);
  g_string_append_printf(text, "  %-*s %11s  %8" G_GUINT64_FORMAT " paths%s%s\n", width, label, size, paths, name[0] != '\0' ? "  " : "",
                         name);
}

static void append_groups(GString *text, const char *title, GPtrArray *groups)
{
  if (groups->len > 0)
    g_string_append_printf(text, "%s\n", title);
  for (guint i = 0; i < MIN(groups->len, GROUPS_SHOWN); i++)
  {
    const Group *group = groups->pdata[i];
    g_autofree char *name = report_word(group->name);
    append_row(text, "", 8, group->bytes, group->paths, group->name[0] == '\0' ? "of no package" : name);
  }
  if (groups->len > GROUPS_SHOWN)
    g_string_append_printf(text, "  and %u more, see --json\n", groups->len - GROUPS_SHOWN);
}

char *report_diff_text(const ReportDiff *diff)
{
  GString *text = g_string_new(NULL);
  guint64 paths[CHANGES] = {0};
  gint64 bytes[CHANGES] = {0};
  for (guint i = 0; i < diff->items->len; i++)
  {
    const Item *item = &g_array_index(diff->items, Item, i);
    paths[item->change]++;
    bytes[item->change] += (gint64)(item->after - item->before);
  }
  for (guint i = 0; i < CHANGES; i++)
    append_row(text, change_names[i], 8, bytes[i], paths[i], "");
  g_autoptr(GPtrArray) packages = sum_by(diff, package_of);
  g_autoptr(GPtrArray) folders = sum_by(diff, folder_of);
  append_groups(text, "by package", packages);
  append_groups(text, "by folder", folders);
  return g_string_free(text, FALSE);
}

static json_t *groups_json(GPtrArray *groups, gboolean empty_is_null)
{
  json_t *array = json_array();
  for (guint i = 0; i < groups->len; i++)
  {
    const Group *group = groups->pdata[i];
    json_t *object = json_object();
    json_object_set_new(object, "name", empty_is_null && group->name[0] == '\0' ? json_null() : report_text_json(group->name));
    json_object_set_new(object, "paths", json_integer((json_int_t)group->paths));
    json_object_set_new(object, "bytes", json_integer(group->bytes));
    json_array_append_new(array, object);
  }
  return array;
}

static json_t *item_json(const Item *item)
{
  json_t *object = json_object();
  json_object_set_new(object, "path", report_text_json(item->path));
  json_object_set_new(object, "change", json_string(change_names[item->change]));
  json_object_set_new(object, "type", json_string(report_type_name(item->type)));
  json_object_set_new(object, "before", json_integer((json_int_t)item->before));
  json_object_set_new(object, "after", json_integer((json_int_t)item->after));
  json_object_set_new(object, "package", report_text_json(item->package));
  return object;
}

json_t *report_diff_json(const ReportDiff *diff)
{
  json_t *object = json_object();
  json_t *changes = json_array();
  for (guint i = 0; i < diff->items->len; i++)
    json_array_append_new(changes, item_json(&g_array_index(diff->items, Item, i)));
  g_autoptr(GPtrArray) packages = sum_by(diff, package_of);
  g_autoptr(GPtrArray) folders = sum_by(diff, folder_of);
  json_object_set_new(object, "schema", json_integer(1));
  json_object_set_new(object, "packages", groups_json(packages, TRUE));
  json_object_set_new(object, "folders", groups_json(folders, FALSE));
  json_object_set_new(object, "changes", changes);
  return object;
}
