/* Kept nodes in a hash table; their paths and reasons in one string chunk. */
#include "slim/keep/set.h"

#include <string.h>

struct keep_set
{
  GHashTable *entries; /* OciNode* → KeepEntry* */
  GStringChunk *strings;
};

KeepSet *keep_set_new(void)
{
  KeepSet *set = g_new0(KeepSet, 1);
  set->entries = g_hash_table_new_full(NULL, NULL, NULL, g_free);
  set->strings = g_string_chunk_new(64 << 10);
  return set;
}

void keep_set_free(KeepSet *set)
{
  if (set == NULL)
    return;
  g_hash_table_unref(set->entries);
  g_string_chunk_free(set->strings);
  g_free(set);
}

const char *keep_set_intern(KeepSet *set, const char *text)
{
  return text == NULL ? NULL : g_string_chunk_insert_const(set->strings, text);
}

KeepEntry *keep_set_find(KeepSet *set, const OciNode *node)
{
  return g_hash_table_lookup(set->entries, node);
}

static KeepReason intern_reason(KeepSet *set, const KeepReason *reason)
{
  return (KeepReason){.kind = reason->kind, .from = keep_set_intern(set, reason->from), .detail = keep_set_intern(set, reason->detail)};
}

/* "parent" and "link" only say that something else is kept. */
static gboolean is_weak(KeepReasonKind kind)
{
  return kind == KEEP_REASON_PARENT || kind == KEEP_REASON_LINK;
}

static KeepEntry *insert(KeepSet *set, OciNode *node, const KeepReason *reason)
{
  g_autofree char *path = oci_node_path(node);
  KeepEntry *entry = g_new0(KeepEntry, 1);
  entry->node = node;
  entry->path = keep_set_intern(set, path);
  entry->reason = intern_reason(set, reason);
  g_hash_table_insert(set->entries, node, entry);
  return entry;
}

KeepEntry *keep_set_add(KeepSet *set, OciNode *node, const KeepReason *reason)
{
  KeepEntry *entry = keep_set_find(set, node);
  if (entry != NULL)
  {
    if (is_weak(entry->reason.kind) && !is_weak(reason->kind))
      entry->reason = intern_reason(set, reason);
    return NULL;
  }
  entry = insert(set, node, reason);
  KeepReason parent_reason = {.kind = KEEP_REASON_PARENT, .from = entry->path};
  for (OciNode *parent = node->parent; parent != NULL && keep_set_find(set, parent) == NULL; parent = parent->parent)
    insert(set, parent, &parent_reason);
  return entry;
}

static gint compare_paths(gconstpointer a, gconstpointer b)
{
  return strcmp((*(KeepEntry *const *)a)->path, (*(KeepEntry *const *)b)->path);
}

GPtrArray *keep_set_entries(KeepSet *set)
{
  GPtrArray *entries = g_ptr_array_sized_new(g_hash_table_size(set->entries));
  GHashTableIter iter;
  gpointer entry;
  g_hash_table_iter_init(&iter, set->entries);
  while (g_hash_table_iter_next(&iter, NULL, &entry))
    g_ptr_array_add(entries, entry);
  g_ptr_array_sort(entries, compare_paths);
  return entries;
}
