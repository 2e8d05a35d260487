/* Worlds begin, end, and give what they found to their closure. */
#include "elfdeps/world.h"

#include "elfdeps/limits.h"
#include "elfdeps/world_node.h"

void elfdeps_world_warn(ElfdepsClosureState *state, char *text)
{
  GPtrArray *warnings = state->closure.warnings;
  if (warnings->len < ELFDEPS_LIMIT_WARNINGS && !g_ptr_array_find_with_equal_func(warnings, text, g_str_equal, NULL))
    g_ptr_array_add(warnings, text);
  else
    g_free(text);
}

ElfdepsWorld *elfdeps_world_new(ElfdepsClosureState *state, const ElfdepsLoader *loader, const char *path, const ElfdepsFile *file,
                                gboolean secure, gboolean counts)
{
  ElfdepsWorld *world = g_new0(ElfdepsWorld, 1);
  world->state = state;
  world->loader = loader;
  world->secure = secure;
  world->counts = counts;
  world->names = g_hash_table_new(NULL, NULL);
  world->files = g_hash_table_new(NULL, NULL);
  world->variant_files = g_hash_table_new(NULL, NULL);
  world->nodes = g_ptr_array_new();
  world->queue = g_ptr_array_new();
  world->variants = g_ptr_array_new();
  ElfdepsObjectNode *root = elfdeps_world_node_add(world, elfdeps_resolver_intern(state->resolver, path), file, NULL, NULL);
  if (root == NULL)
    return world;
  g_hash_table_insert(world->files, (gpointer)(guintptr)file->id, root);
  if (root->parsed->soname != NULL && loader->libc != ELFDEPS_LIBC_MUSL)
    g_hash_table_insert(world->names, (gpointer)(guintptr)root->parsed->soname, root);
  g_ptr_array_add(world->queue, root);
  return world;
}

void elfdeps_world_free(ElfdepsWorld *world)
{
  if (world == NULL)
    return;
  g_hash_table_unref(world->names);
  g_hash_table_unref(world->files);
  g_hash_table_unref(world->variant_files);
  g_ptr_array_unref(world->nodes);
  g_ptr_array_unref(world->queue);
  g_ptr_array_unref(world->variants);
  g_free(world);
}

static gboolean has_edge(const ElfdepsNode *node, const ElfdepsEdge *edge, const ElfdepsNode *target)
{
  for (guint i = 0; i < node->edges->len; i++)
  {
    const ElfdepsEdge *other = node->edges->pdata[i];
    if (other->kind == edge->kind && other->name == edge->name && other->target == target)
      return TRUE;
  }
  return FALSE;
}

static ElfdepsNode *map_node(GHashTable *mapped, ElfdepsNode *node)
{
  return node == NULL ? NULL : g_hash_table_lookup(mapped, node);
}

/* The closure has this object: only edges that it lacks are new. */
static void merge_edges(GHashTable *mapped, ElfdepsNode *into, ElfdepsObjectNode *from, gboolean variant)
{
  for (guint i = 0; i < from->node.edges->len; i++)
  {
    ElfdepsEdge *edge = from->node.edges->pdata[i];
    ElfdepsNode *target = map_node(mapped, edge->target);
    if ((variant && edge->missing) || has_edge(into, edge, target))
      continue;
    edge->target = target;
    edge->variant = edge->variant || variant;
    g_ptr_array_add(into->edges, edge);
    from->node.edges->pdata[i] = NULL;
  }
  elfdeps_world_node_free(from);
}

static void keep_node(GHashTable *mapped, ElfdepsObjectNode *node, GPtrArray *nodes)
{
  for (guint i = 0; i < node->node.edges->len; i++)
  {
    ElfdepsEdge *edge = node->node.edges->pdata[i];
    edge->target = map_node(mapped, edge->target);
  }
  if (node->loader != NULL)
    node->loader = g_hash_table_lookup(mapped, node->loader);
  g_ptr_array_add(nodes, node);
}

static void merge_other(ElfdepsWorld *world, gboolean variant)
{
  GPtrArray *nodes = world->state->closure.nodes;
  g_autoptr(GHashTable) paths = g_hash_table_new(NULL, NULL); /* interned path → node */
  g_autoptr(GHashTable) mapped = g_hash_table_new(NULL, NULL);
  for (guint i = nodes->len; i > 0; i--)
    g_hash_table_insert(paths, (gpointer)(guintptr)((ElfdepsNode *)nodes->pdata[i - 1])->path, nodes->pdata[i - 1]);
  for (guint i = 0; i < world->nodes->len; i++)
  {
    ElfdepsNode *node = world->nodes->pdata[i];
    ElfdepsNode *same = g_hash_table_lookup(paths, node->path);
    g_hash_table_insert(mapped, node, same == NULL ? node : same);
  }
  for (guint i = 0; i < world->nodes->len; i++)
  {
    ElfdepsObjectNode *node = world->nodes->pdata[i];
    ElfdepsNode *same = g_hash_table_lookup(mapped, node);
    if (same == &node->node)
      keep_node(mapped, node, nodes);
    else
      merge_edges(mapped, same, node, variant);
  }
}

void elfdeps_world_merge(ElfdepsWorld *world, guint start, gboolean variant)
{
  if (world != world->state->world)
  {
    merge_other(world, variant);
    return;
  }
  for (guint i = start; i < world->nodes->len; i++)
    g_ptr_array_add(world->state->closure.nodes, world->nodes->pdata[i]);
}
