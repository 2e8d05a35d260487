/* Nodes of a world: what a loader knows of an object when it has it. */
#include "elfdeps/world_node.h"

#include "elfdeps/error.h"
#include "elfdeps/limits.h"

#include <string.h>

static void free_edge(gpointer data)
{
  ElfdepsEdge *edge = data;
  if (edge == NULL) /* moved to another node */
    return;
  g_clear_pointer(&edge->tried, g_ptr_array_unref);
  g_free(edge);
}

void elfdeps_world_node_free(gpointer data)
{
  ElfdepsObjectNode *node = data;
  g_ptr_array_unref(node->node.edges);
  g_free(node);
}

void elfdeps_world_tokens(const ElfdepsWorld *world, const ElfdepsObjectNode *node, ElfdepsTokens *tokens)
{
  *tokens =
      (ElfdepsTokens){.origin = node->directory, .lib = world->loader->lib, .platforms = world->loader->platforms, .secure = world->secure};
  if (world->secure && node == world->root)
    tokens->trusted = world->loader->directories;
}

static const GArray *warn_cut(ElfdepsWorld *world, const GArray *list, const char *whose)
{
  if (!elfdeps_search_list_is_cut(world->state->resolver->search, list))
    return list;
  g_autofree char *quoted = elfdeps_quote(whose);
  elfdeps_world_warn(world->state, g_strdup_printf("the library path of %s is longer than the limits ELFDEPS_LIMIT_PATH_LIST_ELEMENTS and "
                                                   "ELFDEPS_LIMIT_PATH_LIST_EXPANDED_BYTES: the rest is not searched",
                                                   quoted));
  return list;
}

static const GArray *expand_list(ElfdepsWorld *world, const ElfdepsObjectNode *node, const char *text)
{
  ElfdepsTokens tokens;
  if (text == NULL)
    return NULL;
  elfdeps_world_tokens(world, node, &tokens);
  if (world->loader->libc == ELFDEPS_LIBC_MUSL && node != world->root)
    tokens.secure = FALSE; /* for libraries musl wants an absolute origin only, and that it is */
  return warn_cut(world, elfdeps_search_list(world->state->resolver->search, world->loader, text, ":", &tokens), node->node.path);
}

/* glibc: RPATHs are inherited, a RUNPATH is not and hides the object's chain. */
static void set_glibc_scope(ElfdepsWorld *world, ElfdepsObjectNode *node, ElfdepsScope *scope)
{
  const ElfdepsObject *object = node->node.object;
  const ElfdepsObjectNode *above = node->loader != NULL ? node->loader : world->root;
  const ElfdepsChain *inherited = node == world->root ? NULL : above->chain;
  node->own_list = expand_list(world, node, object->runpath != NULL ? object->runpath : object->rpath);
  node->chain = object->runpath != NULL ? inherited : elfdeps_search_chain(world->state->resolver->search, node->own_list, inherited);
  scope->chain = object->runpath != NULL ? NULL : node->chain;
  scope->runpath = object->runpath != NULL ? node->own_list : NULL;
  scope->nodeflib = object->nodeflib;
}

/* musl: both are inherited. */
static void set_musl_scope(ElfdepsWorld *world, ElfdepsObjectNode *node, ElfdepsScope *scope)
{
  const ElfdepsObject *object = node->node.object;
  node->own_list = expand_list(world, node, object->runpath != NULL ? object->runpath : object->rpath);
  node->chain = elfdeps_search_chain(world->state->resolver->search, node->own_list, node->loader == NULL ? NULL : node->loader->chain);
  scope->chain = node->chain;
}

/* The library path may have $ORIGIN of the program. */
static void set_library_path(ElfdepsWorld *world, const ElfdepsObjectNode *root)
{
  const char *text = world->state->resolver->library_path;
  ElfdepsTokens tokens;
  if (text == NULL || world->secure)
    return;
  elfdeps_world_tokens(world, root, &tokens);
  if (strchr(text, '$') == NULL)
    tokens.origin = NULL; /* the same for all programs */
  world->library_path =
      warn_cut(world, elfdeps_search_list(world->state->resolver->search, world->loader, text, ":;", &tokens), "LD_LIBRARY_PATH");
}

static void set_scope(ElfdepsWorld *world, ElfdepsObjectNode *node)
{
  ElfdepsScope scope = {.loader = world->loader, .library_path = world->library_path};
  if (world->loader->libc == ELFDEPS_LIBC_MUSL)
    set_musl_scope(world, node, &scope);
  else
    set_glibc_scope(world, node, &scope);
  node->scope = elfdeps_search_scope(world->state->resolver->search, &scope);
}

static gboolean count_object(ElfdepsClosureState *state)
{
  if (state->objects++ < ELFDEPS_LIMIT_OBJECTS)
    return TRUE;
  if (!state->full)
    g_set_error(&state->error, ELFDEPS_ERROR, ELFDEPS_ERROR_LIMIT,
                "the program loads more objects than the limit of %u (ELFDEPS_LIMIT_OBJECTS)", (guint)ELFDEPS_LIMIT_OBJECTS);
  state->full = TRUE;
  return FALSE;
}

ElfdepsObjectNode *elfdeps_world_node_add(ElfdepsWorld *world, const char *opened, const ElfdepsFile *file, ElfdepsObjectNode *parent,
                                          const char *problem)
{
  ElfdepsResolver *resolver = world->state->resolver;
  if (!count_object(world->state))
    return NULL;
  ElfdepsObjectNode *node = g_new0(ElfdepsObjectNode, 1);
  g_ptr_array_add(world->nodes, node);
  node->node = (ElfdepsNode){.path = opened, .file = *file, .problem = problem, .edges = g_ptr_array_new_with_free_func(free_edge)};
  node->loader = parent;
  gboolean root = world->root == NULL;
  g_autofree char *directory = elfdeps_path_directory(root ? file->real_path : opened);
  node->directory = elfdeps_resolver_intern(resolver, directory);
  if (problem == NULL)
    node->parsed = elfdeps_resolver_parse(resolver, file);
  if (node->parsed != NULL)
    node->node.object = node->parsed->object;
  if (root)
  {
    world->root = node;
    set_library_path(world, node);
  }
  if (node->node.object != NULL)
    set_scope(world, node);
  return node;
}
