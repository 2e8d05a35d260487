/* What the search remembers: lists, chains, scopes, places, results. */
#include "elfdeps/search_memo.h"

#include "elfdeps/hwcaps.h"
#include "elfdeps/ldcache.h"
#include "elfdeps/ldconf.h"
#include "elfdeps/limits.h"

#include <string.h>

static guint mix(guint hash, gconstpointer pointer)
{
  return (hash ^ g_direct_hash(pointer) ^ (guint)((guintptr)pointer >> 32)) * 0x9e3779b1u;
}

static guint hash_pair(gconstpointer data)
{
  const ElfdepsMemoKey *pair = data;
  return mix(mix(mix(pair->flags, pair->first), pair->second), pair->third) >> 3;
}

static gboolean equal_pairs(gconstpointer a, gconstpointer b)
{
  const ElfdepsMemoKey *one = a;
  const ElfdepsMemoKey *other = b;
  return one->first == other->first && one->second == other->second && one->third == other->third && one->flags == other->flags;
}

static guint hash_place(gconstpointer data)
{
  const ElfdepsPlace *place = data;
  return mix(mix(0, place->path), place->loader) >> 3;
}

static gboolean equal_places(gconstpointer a, gconstpointer b)
{
  const ElfdepsPlace *one = a;
  const ElfdepsPlace *other = b;
  return one->path == other->path && one->loader == other->loader;
}

static guint hash_list(gconstpointer data)
{
  const GArray *list = data;
  guint hash = list->len;
  for (guint i = 0; i < list->len; i++)
    hash = mix(hash, g_array_index(list, ElfdepsDirectory, i).path);
  return hash;
}

static gboolean equal_lists(gconstpointer a, gconstpointer b)
{
  const GArray *one = a;
  const GArray *other = b;
  if (one->len != other->len)
    return FALSE;
  for (guint i = 0; i < one->len; i++)
  {
    const ElfdepsDirectory *left = &g_array_index(one, ElfdepsDirectory, i);
    const ElfdepsDirectory *right = &g_array_index(other, ElfdepsDirectory, i);
    if (left->path != right->path || left->variant != right->variant)
      return FALSE;
  }
  return TRUE;
}

static guint hash_chain(gconstpointer data)
{
  const ElfdepsChain *chain = data;
  return mix(mix(0, chain->list), chain->parent) >> 3;
}

static gboolean equal_chains(gconstpointer a, gconstpointer b)
{
  const ElfdepsChain *one = a;
  const ElfdepsChain *other = b;
  return one->list == other->list && one->parent == other->parent;
}

static guint hash_scope(gconstpointer data)
{
  const ElfdepsScope *scope = data;
  guint hash = (guint)scope->nodeflib * 2 + (guint)scope->secure_preload;
  return mix(mix(mix(mix(hash, scope->loader), scope->chain), scope->library_path), scope->runpath) >> 3;
}

static gboolean equal_scopes(gconstpointer a, gconstpointer b)
{
  const ElfdepsScope *one = a;
  const ElfdepsScope *other = b;
  return one->loader == other->loader && one->chain == other->chain && one->library_path == other->library_path &&
         one->runpath == other->runpath && one->nodeflib == other->nodeflib && one->secure_preload == other->secure_preload;
}

static void free_place(gpointer data)
{
  ElfdepsPlace *place = data;
  g_clear_pointer(&place->variants, g_ptr_array_unref);
  g_free(place);
}

static void free_cache(gpointer cache)
{
  elfdeps_ldcache_free(cache);
}

void elfdeps_search_result_free(gpointer data)
{
  ElfdepsResult *result = data;
  g_array_unref(result->hits);
  g_free(result);
}

static void free_config(gpointer directories)
{
  g_ptr_array_unref(directories);
}

static void free_list(gpointer list)
{
  g_array_unref(list);
}

ElfdepsSearch *elfdeps_search_new(ElfdepsResolver *resolver)
{
  ElfdepsSearch *search = g_new0(ElfdepsSearch, 1);
  search->resolver = resolver;
  search->places = g_hash_table_new_full(hash_place, equal_places, free_place, NULL);
  search->caches = g_hash_table_new_full(NULL, NULL, NULL, free_cache);
  search->texts = g_hash_table_new_full(hash_pair, equal_pairs, g_free, NULL);
  search->lists = g_hash_table_new_full(hash_list, equal_lists, free_list, NULL);
  search->chains = g_hash_table_new_full(hash_chain, equal_chains, g_free, NULL);
  search->scopes = g_hash_table_new_full(hash_scope, equal_scopes, g_free, NULL);
  search->results = g_hash_table_new_full(hash_pair, equal_pairs, g_free, elfdeps_search_result_free);
  search->defaults = g_hash_table_new(NULL, NULL);
  search->cut = g_hash_table_new(NULL, NULL);
  search->configs = g_hash_table_new_full(NULL, NULL, NULL, free_config);
  return search;
}

void elfdeps_search_free(ElfdepsSearch *search)
{
  if (search->cut_result != NULL)
    elfdeps_search_result_free(search->cut_result);
  g_hash_table_unref(search->cut);
  g_hash_table_unref(search->configs);
  g_hash_table_unref(search->defaults);
  g_hash_table_unref(search->results);
  g_hash_table_unref(search->scopes);
  g_hash_table_unref(search->chains);
  g_hash_table_unref(search->texts);
  g_hash_table_unref(search->lists);
  g_hash_table_unref(search->caches);
  g_hash_table_unref(search->places);
  g_free(search);
}

/* Returns: the equal one that is remembered, list itself when it is new. */
static const GArray *intern_list(ElfdepsSearch *search, GArray *list)
{
  if (list->len == 0)
  {
    g_array_unref(list);
    return NULL;
  }
  const GArray *known = g_hash_table_lookup(search->lists, list);
  if (known == NULL)
  {
    g_hash_table_add(search->lists, list);
    return list;
  }
  g_array_unref(list);
  return known;
}

/* In the environment musl expands nothing. */
static GArray *parse_musl(ElfdepsSearch *search, const char *text, gboolean environment, const ElfdepsTokens *tokens, gboolean *cut)
{
  g_autofree char *expanded = environment ? g_strdup(text) : elfdeps_token_expand_musl(text, tokens->origin);
  if (expanded == NULL || (tokens->secure && strchr(text, '$') != NULL))
    return g_array_new(FALSE, FALSE, sizeof(ElfdepsDirectory));
  return elfdeps_path_list_parse_musl(expanded, search->resolver->working_dir, search->resolver->strings, cut);
}

const GArray *elfdeps_search_list(ElfdepsSearch *search, const ElfdepsLoader *loader, const char *text, const char *separators,
                                  const ElfdepsTokens *tokens)
{
  gboolean musl = loader->libc == ELFDEPS_LIBC_MUSL;
  guint flags = (guint)tokens->secure * 2 + (guint)(tokens->trusted != NULL);
  ElfdepsMemoKey key = {text, tokens->origin, flags * 2 + (guint)(separators[1] != '\0'), loader};
  gpointer known;
  if (g_hash_table_lookup_extended(search->texts, &key, NULL, &known))
    return known;
  gboolean cut = FALSE;
  GArray *parsed = musl ? parse_musl(search, text, separators[1] != '\0', tokens, &cut)
                        : elfdeps_path_list_parse(text, separators, tokens, search->resolver->working_dir, search->resolver->strings, &cut);
  const GArray *list = intern_list(search, parsed);
  if (cut)
    g_hash_table_add(search->cut, (gpointer)(guintptr)list);
  g_hash_table_insert(search->texts, g_memdup2(&key, sizeof key), (gpointer)(guintptr)list);
  return list;
}

gboolean elfdeps_search_list_is_cut(const ElfdepsSearch *search, const GArray *list)
{
  return list != NULL && g_hash_table_contains(search->cut, list);
}

const GArray *elfdeps_search_defaults(ElfdepsSearch *search, const ElfdepsLoader *loader)
{
  gpointer known;
  if (g_hash_table_lookup_extended(search->defaults, loader, NULL, &known))
    return known;
  GArray *list = g_array_new(FALSE, FALSE, sizeof(ElfdepsDirectory));
  for (guint i = 0; i < loader->directories->len; i++)
  {
    ElfdepsDirectory directory = {.path = elfdeps_resolver_intern(search->resolver, loader->directories->pdata[i])};
    g_array_append_val(list, directory);
  }
  const GArray *interned = intern_list(search, list);
  g_hash_table_insert(search->defaults, (gpointer)(guintptr)loader, (gpointer)(guintptr)interned);
  return interned;
}

const ElfdepsChain *elfdeps_search_chain(ElfdepsSearch *search, const GArray *list, const ElfdepsChain *parent)
{
  if (list == NULL || (parent != NULL && parent->list == list)) /* looked through already */
    return parent;
  ElfdepsChain chain = {list, parent};
  ElfdepsChain *known = g_hash_table_lookup(search->chains, &chain);
  if (known != NULL)
    return known;
  known = g_memdup2(&chain, sizeof chain);
  g_hash_table_add(search->chains, known);
  return known;
}

const ElfdepsScope *elfdeps_search_scope(ElfdepsSearch *search, const ElfdepsScope *scope)
{
  ElfdepsScope *known = g_hash_table_lookup(search->scopes, scope);
  if (known != NULL)
    return known;
  known = g_memdup2(scope, sizeof *scope);
  g_hash_table_add(search->scopes, known);
  return known;
}

/* glibc only: musl knows no directories for certain processors. */
static GPtrArray *find_variants(ElfdepsSearch *search, const ElfdepsLoader *loader, const char *path)
{
  if (loader->libc == ELFDEPS_LIBC_MUSL)
    return NULL;
  g_autoptr(GPtrArray) paths = elfdeps_hwcaps_list(search->resolver->fs, path, loader->kind.machine, loader->levels, loader->legacy);
  if (paths == NULL)
    return NULL;
  GPtrArray *variants = g_ptr_array_new();
  for (guint i = 0; i < paths->len; i++)
    g_ptr_array_add(variants, (gpointer)(guintptr)elfdeps_resolver_intern(search->resolver, paths->pdata[i]));
  return variants;
}

const ElfdepsPlace *elfdeps_search_place(ElfdepsSearch *search, const ElfdepsLoader *loader, const char *path)
{
  ElfdepsPlace key = {.path = path, .loader = loader};
  ElfdepsPlace *place = g_hash_table_lookup(search->places, &key);
  if (place != NULL)
    return place;
  ElfdepsFile file;
  place = g_memdup2(&key, sizeof key);
  place->exists = search->resolver->fs->find(search->resolver->fs, path, &file) == ELFDEPS_FILE_DIRECTORY;
  if (place->exists)
    place->variants = find_variants(search, loader, path);
  g_hash_table_add(search->places, place);
  return place;
}

const ElfdepsLdcache *elfdeps_search_cache(ElfdepsSearch *search, const ElfdepsLoader *loader)
{
  gpointer known;
  if (g_hash_table_lookup_extended(search->caches, loader, NULL, &known))
    return known;
  ElfdepsLdcache *cache = NULL;
  ElfdepsFile file;
  ElfdepsFs *fs = search->resolver->fs;
  if (loader->cache != NULL && fs->find(fs, loader->cache, &file) == ELFDEPS_FILE_REGULAR)
  {
    gboolean truncated = FALSE;
    g_autoptr(GByteArray) bytes = elfdeps_loader_read(fs, &file, ELFDEPS_LIMIT_CACHE_BYTES, &truncated, NULL);
    if (bytes != NULL && !truncated)
      cache = elfdeps_ldcache_parse(bytes->data, bytes->len, loader->kind.data, NULL);
  }
  g_hash_table_insert(search->caches, (gpointer)(guintptr)loader, cache);
  return cache;
}

const char *elfdeps_search_unlisted(ElfdepsSearch *search, const ElfdepsLoader *loader, const char *name)
{
  if (loader->cache == NULL)
    return NULL;
  ElfdepsFs *fs = search->resolver->fs;
  GPtrArray *directories = g_hash_table_lookup(search->configs, loader);
  if (directories == NULL)
  {
    g_autofree char *parent = elfdeps_path_directory(loader->cache);
    g_autofree char *path = elfdeps_path_join(parent, "ld.so.conf");
    directories = elfdeps_ldconf_read(fs, path);
    g_hash_table_insert(search->configs, (gpointer)(guintptr)loader, directories);
  }
  for (guint i = 0; i < directories->len; i++)
  {
    g_autofree char *path = elfdeps_path_join(directories->pdata[i], name);
    ElfdepsFile file;
    if (fs->find(fs, path, &file) == ELFDEPS_FILE_REGULAR)
      return directories->pdata[i];
  }
  return NULL;
}
