/* Closures: the worlds of one program put together. */
#include "elfdeps/graph.h"

#include "elfdeps/error.h"
#include "elfdeps/limits.h"
#include "elfdeps/world.h"
#include "elfdeps/world_node.h"

#include <string.h>

static void add_data_file(ElfdepsClosure *closure, const char *path)
{
  for (guint i = 0; i < closure->data_files->len; i++)
    if (strcmp(closure->data_files->pdata[i], path) == 0)
      return;
  g_ptr_array_add(closure->data_files, g_strdup(path));
}

static void run_world(ElfdepsWorld *world)
{
  const char *preload = NULL;
  if (world->root->node.object->has_interp)
    elfdeps_world_load_preloads(world, &preload);
  if (preload != NULL)
    add_data_file(&world->state->closure, preload);
  elfdeps_world_run(world);
}

/* Each audit module lives in a name space of its own; the program's interpreter serves all. */
static void run_audit_module(ElfdepsClosureState *state, const char *name)
{
  ElfdepsNode *root = state->closure.root;
  ElfdepsWorld *world = elfdeps_world_new(state, state->world->loader, root->path, &root->file, FALSE, FALSE);
  if (world->root != NULL)
  {
    g_ptr_array_set_size(world->queue, 0);
    elfdeps_world_load_interp(world);
    ElfdepsRequest request = {.from = world->root,
                              .scope = world->root->scope,
                              .name = elfdeps_resolver_intern(state->resolver, name),
                              .kind = ELFDEPS_EDGE_AUDIT,
                              .optional = TRUE};
    elfdeps_world_request(world, &request);
    elfdeps_world_run(world);
  }
  elfdeps_world_merge(world, 0, FALSE);
  elfdeps_world_free(world);
}

static void run_audit(ElfdepsClosureState *state)
{
  const ElfdepsObject *object = state->closure.root->object;
  const char *lists[] = {state->resolver->audit, object->audit, object->depaudit};
  if (!object->has_interp || state->world->loader->libc == ELFDEPS_LIBC_MUSL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
  {
    g_auto(GStrv) names = g_strsplit(lists[i] == NULL ? "" : lists[i], ":", ELFDEPS_LIMIT_PATH_LIST_ELEMENTS);
    for (gsize j = 0; names[j] != NULL && !state->full; j++)
      if (*names[j] != '\0')
        run_audit_module(state, names[j]);
  }
}

/* A privileged file may run with the environment taken away, or not: both are kept. */
static void run_secure(ElfdepsClosureState *state)
{
  ElfdepsNode *root = state->closure.root;
  if (!root->file.privileged || !root->object->has_interp)
    return;
  ElfdepsWorld *world = elfdeps_world_new(state, state->world->loader, root->path, &root->file, TRUE, FALSE);
  if (world->root != NULL)
  {
    elfdeps_world_load_interp(world);
    run_world(world);
  }
  elfdeps_world_merge(world, 0, TRUE);
  elfdeps_world_free(world);
}

static void add_object_warnings(ElfdepsClosureState *state, guint start)
{
  const ElfdepsClosure *closure = &state->closure;
  for (guint i = start; i < closure->nodes->len; i++)
  {
    const ElfdepsNode *node = closure->nodes->pdata[i];
    for (guint j = 0; node->object != NULL && j < node->object->warnings->len; j++)
    {
      g_autofree char *path = elfdeps_quote(node->path);
      elfdeps_world_warn(state, g_strdup_printf("%s: %s", path, (const char *)node->object->warnings->pdata[j]));
    }
  }
}

static void finish(ElfdepsClosureState *state, guint start)
{
  const ElfdepsLoader *loader = state->world->loader;
  if (state->needs_cache)
    add_data_file(&state->closure, loader->cache);
  if (loader->has_config && state->closure.root->object->has_interp)
    add_data_file(&state->closure, loader->config);
  add_object_warnings(state, start);
}

static ElfdepsClosureState *state_new(ElfdepsResolver *resolver)
{
  ElfdepsClosureState *state = g_new0(ElfdepsClosureState, 1);
  state->resolver = resolver;
  state->closure.nodes = g_ptr_array_new_with_free_func(elfdeps_world_node_free);
  state->closure.data_files = g_ptr_array_new_with_free_func(g_free);
  state->closure.warnings = g_ptr_array_new_with_free_func(g_free);
  return state;
}

/* Returns: the file's object, or NULL with error. */
static const ElfdepsObject *find_root(ElfdepsResolver *resolver, const char *path, ElfdepsFile *file, GError **error)
{
  g_autofree char *quoted = elfdeps_quote(path);
  switch (resolver->fs->find(resolver->fs, path, file))
  {
  case ELFDEPS_FILE_MISSING:
    g_set_error(error, ELFDEPS_ERROR, ELFDEPS_ERROR_NOT_FOUND, "no such file: %s", quoted);
    return NULL;
  case ELFDEPS_FILE_DIRECTORY:
    g_set_error(error, ELFDEPS_ERROR, ELFDEPS_ERROR_NOT_ELF, "not an ELF file but a directory: %s", quoted);
    return NULL;
  case ELFDEPS_FILE_OTHER:
    g_set_error(error, ELFDEPS_ERROR, ELFDEPS_ERROR_NOT_ELF, "not a regular file: %s", quoted);
    return NULL;
  case ELFDEPS_FILE_REGULAR:
    break;
  }
  return elfdeps_resolver_object(resolver, file, error);
}

ElfdepsClosure *elfdeps_closure_new(ElfdepsResolver *resolver, const char *path, GError **error)
{
  ElfdepsFile file;
  const ElfdepsObject *object = find_root(resolver, path, &file, error);
  const ElfdepsLoader *loader = object == NULL ? NULL : elfdeps_resolver_loader(resolver, object, error);
  if (loader == NULL)
    return NULL;
  ElfdepsClosureState *state = state_new(resolver);
  state->world = elfdeps_world_new(state, loader, path, &file, FALSE, TRUE);
  state->closure.root = &state->world->root->node;
  elfdeps_world_load_interp(state->world);
  elfdeps_world_merge(state->world, 0, FALSE);
  guint start = state->world->nodes->len;
  run_audit(state);
  run_world(state->world);
  elfdeps_world_merge(state->world, start, FALSE);
  run_secure(state);
  finish(state, 0);
  if (state->error == NULL)
    return &state->closure;
  g_propagate_error(error, g_steal_pointer(&state->error));
  elfdeps_closure_free(&state->closure);
  return NULL;
}

void elfdeps_closure_free(ElfdepsClosure *closure)
{
  if (closure == NULL)
    return;
  ElfdepsClosureState *state = (ElfdepsClosureState *)closure;
  elfdeps_world_free(state->world);
  g_ptr_array_unref(closure->nodes);
  g_ptr_array_unref(closure->data_files);
  g_ptr_array_unref(closure->warnings);
  g_clear_error(&state->error);
  g_free(state);
}

/* A limit was reached before: nothing more is loaded. */
static ElfdepsEdge *refuse_dlopen(const ElfdepsRequest *request)
{
  ElfdepsEdge *edge = g_new0(ElfdepsEdge, 1);
  *edge = (ElfdepsEdge){.kind = request->kind, .name = request->name, .optional = TRUE, .missing = TRUE};
  edge->tried = g_ptr_array_new();
  g_ptr_array_add(request->from->node.edges, edge);
  return edge;
}

const ElfdepsEdge *elfdeps_closure_dlopen(ElfdepsClosure *closure, ElfdepsNode *caller, const char *name)
{
  ElfdepsClosureState *state = (ElfdepsClosureState *)closure;
  ElfdepsWorld *world = state->world;
  ElfdepsObjectNode *from = (ElfdepsObjectNode *)caller;
  gboolean musl = world->loader->libc == ELFDEPS_LIBC_MUSL;
  guint start = world->nodes->len;
  guint known = closure->nodes->len;
  const ElfdepsScope *scope = musl || from->scope == NULL ? world->root->scope : from->scope;
  ElfdepsRequest request = {.from = from,
                            .parent = musl ? world->root : NULL,
                            .scope = scope,
                            .name = elfdeps_resolver_intern(state->resolver, name),
                            .kind = ELFDEPS_EDGE_DLOPEN,
                            .optional = TRUE};
  ElfdepsEdge *edge = elfdeps_world_request(world, &request);
  world->counts = FALSE;
  elfdeps_world_run(world);
  elfdeps_world_merge(world, start, FALSE);
  finish(state, known);
  if (state->error != NULL)
    elfdeps_world_warn(state, g_strdup(state->error->message));
  return edge != NULL ? edge : refuse_dlopen(&request);
}
