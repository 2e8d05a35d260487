/* One simulated start of a program. */
#include "elfdeps/world.h"

#include "elfdeps/error.h"
#include "elfdeps/limits.h"
#include "elfdeps/musl.h"
#include "elfdeps/world_node.h"

#include <string.h>

static ElfdepsObjectNode *find_node(const GHashTable *variant, const GHashTable *usual, gconstpointer key)
{
  ElfdepsObjectNode *node = variant == NULL ? NULL : g_hash_table_lookup((GHashTable *)(guintptr)variant, key);
  return node != NULL ? node : g_hash_table_lookup((GHashTable *)(guintptr)usual, key);
}

/* The first object with a name keeps it. */
static void add_name(ElfdepsWorld *world, const char *name, ElfdepsObjectNode *node)
{
  GHashTable *names = world->variant_names != NULL ? world->variant_names : world->names;
  if (name != NULL && find_node(world->variant_names, world->names, name) == NULL)
    g_hash_table_insert(names, (gpointer)(guintptr)name, node);
}

static void reach_limit(ElfdepsClosureState *state, const char *limit)
{
  if (!state->full)
    g_set_error(&state->error, ELFDEPS_ERROR, ELFDEPS_ERROR_LIMIT, "the program's dependencies are more than the limit %s", limit);
  state->full = TRUE;
}

static ElfdepsEdge *add_edge(ElfdepsWorld *world, const ElfdepsRequest *request, ElfdepsObjectNode *target, ElfdepsFound found,
                             const char *opened)
{
  ElfdepsEdge *edge = g_new0(ElfdepsEdge, 1);
  edge->kind = request->kind;
  edge->name = request->name;
  edge->target = target == NULL ? NULL : &target->node;
  edge->found = found;
  edge->opened = opened;
  edge->optional = request->optional;
  g_ptr_array_add(request->from->node.edges, edge);
  if (++world->state->edges > ELFDEPS_LIMIT_EDGES)
    reach_limit(world->state, "ELFDEPS_LIMIT_EDGES");
  return edge;
}

/* Whose RPATH or RUNPATH the list is. */
static const ElfdepsObjectNode *find_origin(const ElfdepsWorld *world, const ElfdepsObjectNode *from, const GArray *list)
{
  for (const ElfdepsObjectNode *node = from; node != NULL; node = node->loader)
    if (node->own_list == list)
      return node;
  return world->root->own_list == list ? world->root : NULL;
}

static void set_origin(const ElfdepsWorld *world, ElfdepsEdge *edge, const ElfdepsObjectNode *from, const GArray *list)
{
  if (edge->found != ELFDEPS_FOUND_RPATH && edge->found != ELFDEPS_FOUND_RUNPATH)
    return;
  const ElfdepsObjectNode *origin = find_origin(world, from, list);
  if (origin == NULL)
    return;
  edge->origin = origin->node.path;
  edge->found = origin->node.object->runpath != NULL ? ELFDEPS_FOUND_RUNPATH : ELFDEPS_FOUND_RPATH;
}

/* The node of a file: the one that is loaded already, or a new one. known: set for the former. */
static ElfdepsObjectNode *load(ElfdepsWorld *world, const ElfdepsHit *hit, ElfdepsObjectNode *parent, gboolean *known)
{
  gboolean apart = hit->variant || world->variant_names != NULL;
  GHashTable *files = apart ? world->variant_files : world->files;
  ElfdepsObjectNode *node = hit->variant ? g_hash_table_lookup(world->variant_files, hit->file.id)
                                         : find_node(apart ? world->variant_files : NULL, world->files, hit->file.id);
  if (hit->variant && node == NULL)
    node = g_hash_table_lookup(world->files, hit->file.id);
  *known = node != NULL;
  if (node != NULL)
    return node;
  node = elfdeps_world_node_add(world, hit->opened, &hit->file, parent, hit->problem);
  if (node == NULL)
    return NULL;
  g_hash_table_insert(files, (gpointer)(guintptr)hit->file.id, node);
  g_ptr_array_add(hit->variant ? world->variants : world->queue, node);
  return node;
}

static void add_names(ElfdepsWorld *world, ElfdepsObjectNode *node, const ElfdepsHit *hit, const char *name, gboolean known)
{
  if (world->loader->libc != ELFDEPS_LIBC_MUSL)
  {
    if (!known)
      add_name(world, hit->opened, node);
    add_name(world, name, node);
    if (!known && node->parsed != NULL)
      add_name(world, node->parsed->soname, node);
    return;
  }
  if (strchr(name, '/') != NULL || node->searched)
    return;
  const char *slash = strrchr(node->node.path, '/');
  node->searched = TRUE; /* its short name is that of the path it was opened by first */
  add_name(world, elfdeps_resolver_intern(world->state->resolver, slash == NULL ? node->node.path : slash + 1), node);
}

static void warn_problem(ElfdepsWorld *world, const ElfdepsHit *hit)
{
  g_autofree char *path = elfdeps_quote(hit->opened);
  elfdeps_world_warn(world->state, g_strdup_printf("the loader would stop at %s: %s", path, hit->problem));
}

static ElfdepsEdge *take_hit(ElfdepsWorld *world, const ElfdepsRequest *request, const ElfdepsHit *hit, const char *name)
{
  gboolean known = FALSE;
  ElfdepsObjectNode *node = load(world, hit, request->parent, &known);
  if (node == NULL)
    return NULL;
  gboolean plain = !hit->variant && hit->problem == NULL;
  ElfdepsEdge *edge = add_edge(world, request, node, plain && known ? ELFDEPS_FOUND_LOADED : hit->found, hit->opened);
  edge->variant = hit->variant;
  set_origin(world, edge, request->from, hit->list);
  if (plain)
    add_names(world, node, hit, name, known);
  if (hit->problem != NULL && !known)
    warn_problem(world, hit);
  return edge;
}

static void warn_stale(ElfdepsWorld *world, const char *name)
{
  const char *directory = elfdeps_search_unlisted(world->state->resolver->search, world->loader, name);
  if (directory == NULL)
    return;
  g_autofree char *quoted = elfdeps_quote(name);
  g_autofree char *place = elfdeps_quote(directory);
  elfdeps_world_warn(
      world->state, g_strdup_printf("%s is in %s, which ld.so.conf names, but not found through ld.so.cache: is it stale?", quoted, place));
}

static void add_missing(ElfdepsWorld *world, const ElfdepsRequest *request, const char *name, gboolean alternatives)
{
  ElfdepsEdge *edge = add_edge(world, request, NULL, ELFDEPS_FOUND_DEFAULT, NULL);
  edge->missing = TRUE;
  if (strchr(name, '/') == NULL)
  {
    edge->tried = elfdeps_search_tried(world->state->resolver->search, request->scope, name, ELFDEPS_LIMIT_TRIED - world->state->tried);
    world->state->tried += edge->tried->len;
    warn_stale(world, name);
  }
  else
  {
    edge->tried = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(edge->tried, elfdeps_path_absolute(name, world->state->resolver->working_dir));
  }
  if (alternatives)
  {
    g_autofree char *quoted = elfdeps_quote(name);
    edge->optional = TRUE;
    elfdeps_world_warn(world->state, g_strdup_printf("%s is only there for certain processors", quoted));
  }
  if (!edge->optional && world->counts && world->variant_names == NULL)
    world->state->closure.missing++;
}

/* A name with a slash: no search, and no other file when this one does not fit. */
static void request_path(ElfdepsWorld *world, const ElfdepsRequest *request, const char *name)
{
  ElfdepsResolver *resolver = world->state->resolver;
  g_autofree char *path = elfdeps_path_absolute(name, resolver->working_dir);
  ElfdepsHit hit = {.found = ELFDEPS_FOUND_PATH, .opened = elfdeps_resolver_intern(resolver, path)};
  ElfdepsFileKind kind = resolver->fs->find(resolver->fs, path, &hit.file);
  gboolean skip = FALSE;
  if (kind == ELFDEPS_FILE_MISSING)
  {
    add_missing(world, request, name, FALSE);
    return;
  }
  hit.problem = elfdeps_search_verify(resolver->search, world->loader, kind, &hit.file, &skip);
  take_hit(world, request, &hit, name);
}

static void request_search(ElfdepsWorld *world, const ElfdepsRequest *request, const char *name)
{
  const ElfdepsResult *result = elfdeps_search_find(world->state->resolver->search, request->scope, name);
  gboolean alternatives = FALSE;
  for (guint i = 0; i < result->hits->len && !world->state->full; i++)
  {
    const ElfdepsHit *hit = &g_array_index(result->hits, ElfdepsHit, i);
    alternatives = alternatives || hit->variant;
    take_hit(world, request, hit, name);
  }
  if (result->needs_cache)
    world->state->needs_cache = TRUE;
  if (!result->found)
    add_missing(world, request, name, alternatives);
}

static gboolean is_vdso(const char *name)
{
  static const char *const names[] = {"linux-vdso.so.1", "linux-vdso32.so.1", "linux-vdso64.so.1", "linux-gate.so.1"};
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    if (strcmp(names[i], name) == 0)
      return TRUE;
  return FALSE;
}

/* An expanded name. */
static void request_name(ElfdepsWorld *world, const ElfdepsRequest *request, const char *name)
{
  gboolean musl = world->loader->libc == ELFDEPS_LIBC_MUSL;
  gboolean slash = strchr(name, '/') != NULL;
  ElfdepsObjectNode *loaded = musl && slash ? NULL : find_node(world->variant_names, world->names, name);
  if (musl && strcmp(name, world->loader->interp) == 0)
    loaded = world->interp;
  if (*name == '\0' && !musl)
    loaded = world->root;
  if (loaded != NULL)
    add_edge(world, request, loaded, ELFDEPS_FOUND_LOADED, NULL);
  else if (musl ? elfdeps_musl_is_reserved(name) : is_vdso(name))
    add_edge(world, request, NULL, ELFDEPS_FOUND_BUILTIN, NULL);
  else if (slash)
    request_path(world, request, name);
  else
    request_search(world, request, name);
}

/* A name with $PLATFORM is several: all but the commonest are alternatives that may be missing. */
static void request_expanded(ElfdepsWorld *world, const ElfdepsRequest *request)
{
  ElfdepsTokens tokens;
  elfdeps_world_tokens(world, request->from, &tokens);
  g_autoptr(GPtrArray) names = elfdeps_token_expand(request->name, &tokens);
  for (guint i = names->len; i > 0; i--)
  {
    ElfdepsResolver *resolver = world->state->resolver;
    const char *name = elfdeps_resolver_intern(resolver, names->pdata[i - 1]);
    ElfdepsRequest one = *request;
    g_autofree char *path = elfdeps_path_absolute(name, resolver->working_dir);
    ElfdepsFile file;
    if (i > 1 && strchr(name, '/') != NULL && resolver->fs->find(resolver->fs, path, &file) == ELFDEPS_FILE_MISSING)
      continue;
    one.optional = request->optional || i > 1;
    request_name(world, &one, name);
  }
}

ElfdepsEdge *elfdeps_world_request(ElfdepsWorld *world, const ElfdepsRequest *request)
{
  GPtrArray *edges = request->from->node.edges;
  guint before = edges->len;
  ElfdepsClosureState *state = world->state;
  ElfdepsSearch *search = state->resolver->search;
  if (state->full)
    return NULL;
  guint64 probes = elfdeps_search_probes(search);
  elfdeps_search_limit(search, ELFDEPS_LIMIT_PROBES - state->probes);
  if (world->loader->libc == ELFDEPS_LIBC_MUSL || !elfdeps_token_has(request->name))
    request_name(world, request, request->name);
  else if (!world->secure)
    request_expanded(world, request);
  state->probes += elfdeps_search_probes(search) - probes;
  if (state->probes >= ELFDEPS_LIMIT_PROBES)
  {
    state->probes = ELFDEPS_LIMIT_PROBES;
    reach_limit(state, "ELFDEPS_LIMIT_PROBES");
  }
  return edges->len > before ? edges->pdata[edges->len - 1] : NULL;
}
