/* The work list of a world, in the loader's order. */
#include "elfdeps/world.h"

#include "elfdeps/error.h"
#include "elfdeps/limits.h"
#include "elfdeps/world_node.h"

#include <string.h>

static ElfdepsEdgeKind edge_kind(ElfdepsLoadKind kind)
{
  switch (kind)
  {
  case ELFDEPS_LOAD_NEEDED:
    return ELFDEPS_EDGE_NEEDED;
  case ELFDEPS_LOAD_AUXILIARY:
    return ELFDEPS_EDGE_AUXILIARY;
  case ELFDEPS_LOAD_FILTER:
    return ELFDEPS_EDGE_FILTER;
  }
  return ELFDEPS_EDGE_NEEDED;
}

/* A filter goes in front of its object. Returns: whether it did. */
static gboolean move_to(GPtrArray *queue, const ElfdepsNode *target, guint position)
{
  guint at;
  if (target == NULL || !g_ptr_array_find(queue, target, &at) || at <= position || ((ElfdepsObjectNode *)queue->pdata[at])->done)
    return FALSE;
  gpointer node = g_ptr_array_remove_index(queue, at);
  g_ptr_array_insert(queue, (gint)position, node);
  return TRUE;
}

static void process_node(ElfdepsWorld *world, guint position)
{
  ElfdepsObjectNode *node = world->queue->pdata[position];
  node->done = TRUE;
  if (node->node.object == NULL || node->node.problem != NULL)
    return;
  const GArray *loads = node->node.object->loads;
  gboolean musl = world->loader->libc == ELFDEPS_LIBC_MUSL;
  for (guint i = 0; i < loads->len && !world->state->full; i++)
  {
    ElfdepsLoadKind kind = g_array_index(loads, ElfdepsLoad, i).kind;
    if (musl && kind != ELFDEPS_LOAD_NEEDED)
      continue;
    ElfdepsRequest request = {.from = node,
                              .parent = node,
                              .scope = node->scope,
                              .name = node->parsed->names[i],
                              .kind = edge_kind(kind),
                              .optional = kind == ELFDEPS_LOAD_AUXILIARY};
    const ElfdepsEdge *edge = elfdeps_world_request(world, &request);
    if (kind != ELFDEPS_LOAD_NEEDED && edge != NULL && move_to(world->queue, edge->target, position))
      position++;
  }
}

static void run_queue(ElfdepsWorld *world)
{
  for (guint i = 0; i < world->queue->len && !world->state->full;)
    if (((ElfdepsObjectNode *)world->queue->pdata[i])->done)
      i++;
    else
      process_node(world, i);
  g_ptr_array_set_size(world->queue, 0);
}

/* An alternative sees what the usual start has loaded, and names of its own. */
static void run_variant(ElfdepsWorld *world, ElfdepsObjectNode *node)
{
  ElfdepsResolver *resolver = world->state->resolver;
  world->variant_names = g_hash_table_new(NULL, NULL);
  g_autofree char *name = g_path_get_basename(node->node.path);
  g_hash_table_insert(world->variant_names, (gpointer)(guintptr)elfdeps_resolver_intern(resolver, name), node);
  if (node->parsed != NULL && node->parsed->soname != NULL)
    g_hash_table_insert(world->variant_names, (gpointer)(guintptr)node->parsed->soname, node);
  g_ptr_array_add(world->queue, node);
  run_queue(world);
  g_clear_pointer(&world->variant_names, g_hash_table_unref);
}

void elfdeps_world_run(ElfdepsWorld *world)
{
  run_queue(world);
  for (guint i = 0; i < world->variants->len && !world->state->full; i++)
    run_variant(world, world->variants->pdata[i]);
  g_ptr_array_set_size(world->variants, 0);
}

static void add_interp_names(ElfdepsWorld *world, ElfdepsObjectNode *node, const char *name)
{
  world->interp = node;
  g_hash_table_insert(world->files, (gpointer)(guintptr)node->node.file.id, node);
  if (world->loader->libc == ELFDEPS_LIBC_MUSL)
    return;
  g_hash_table_insert(world->names, (gpointer)(guintptr)name, node);
  if (node->parsed != NULL && node->parsed->soname != NULL)
    g_hash_table_insert(world->names, (gpointer)(guintptr)node->parsed->soname, node);
}

void elfdeps_world_load_interp(ElfdepsWorld *world)
{
  ElfdepsResolver *resolver = world->state->resolver;
  const char *interp = world->root->node.object->interp;
  if (interp == NULL)
    return;
  ElfdepsEdge *edge = g_new0(ElfdepsEdge, 1);
  g_autofree char *path = elfdeps_path_absolute(interp, resolver->working_dir);
  *edge = (ElfdepsEdge){.kind = ELFDEPS_EDGE_INTERP, .name = elfdeps_resolver_intern(resolver, interp), .found = ELFDEPS_FOUND_INTERP};
  g_ptr_array_add(world->root->node.edges, edge);
  ElfdepsFile file;
  ElfdepsFileKind kind = resolver->fs->find(resolver->fs, path, &file);
  if (kind == ELFDEPS_FILE_MISSING)
  {
    edge->missing = TRUE;
    edge->tried = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(edge->tried, g_steal_pointer(&path));
    world->state->closure.missing += world->counts;
    return;
  }
  const ElfdepsParsed *parsed = kind == ELFDEPS_FILE_REGULAR ? elfdeps_resolver_parse(resolver, &file) : NULL;
  const char *problem = parsed == NULL ? "not a regular file" : parsed->object == NULL ? parsed->error->message : NULL;
  edge->opened = elfdeps_resolver_intern(resolver, path);
  ElfdepsObjectNode *node = elfdeps_world_node_add(world, edge->opened, &file, world->root, problem);
  if (node == NULL)
    return;
  edge->target = &node->node;
  node->done = TRUE; /* a loader needs nothing */
  add_interp_names(world, node, edge->name);
}

static void preload(ElfdepsWorld *world, const char *list, const char *separators, gboolean paths)
{
  ElfdepsResolver *resolver = world->state->resolver;
  ElfdepsScope scope = *world->root->scope;
  gboolean musl = world->loader->libc == ELFDEPS_LIBC_MUSL;
  if (musl)
    scope.chain = NULL; /* needed by nothing */
  scope.secure_preload = world->secure;
  g_auto(GStrv) names = g_strsplit_set(list, separators, -1);
  for (gsize i = 0; names[i] != NULL; i++)
  {
    if (*names[i] == '\0' || (world->secure && !paths && strchr(names[i], '/') != NULL))
      continue;
    ElfdepsRequest request = {.from = world->root,
                              .parent = musl ? NULL : world->root,
                              .scope = elfdeps_search_scope(resolver->search, &scope),
                              .name = elfdeps_resolver_intern(resolver, names[i]),
                              .kind = ELFDEPS_EDGE_PRELOAD,
                              .optional = TRUE};
    elfdeps_world_request(world, &request);
  }
}

static void strip_comments(char *text)
{
  for (char *hash = strchr(text, '#'); hash != NULL; hash = strchr(hash, '#'))
    while (*hash != '\0' && *hash != '\n')
      *hash++ = ' ';
}

void elfdeps_world_load_preloads(ElfdepsWorld *world, const char **data_file)
{
  ElfdepsResolver *resolver = world->state->resolver;
  gboolean musl = world->loader->libc == ELFDEPS_LIBC_MUSL;
  *data_file = NULL;
  if (resolver->preload != NULL && !(musl && world->secure))
    preload(world, resolver->preload, musl ? " \t\n\v\f\r:" : " :", FALSE);
  if (musl || world->loader->preload == NULL)
    return;
  g_autofree char *text = elfdeps_resolver_text(resolver, world->loader->preload);
  if (text == NULL)
    return;
  strip_comments(text);
  if (text[strspn(text, " \t\n:")] == '\0')
    return;
  *data_file = world->loader->preload;
  preload(world, text, " \t\n:", TRUE);
}
