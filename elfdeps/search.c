/* The search for one name: glibc's and musl's order. */
#include "elfdeps/search.h"

#include "elfdeps/error.h"
#include "elfdeps/limits.h"
#include "elfdeps/search_memo.h"

#include <elf.h>
#include <string.h>

typedef struct
{
  ElfdepsSearch *search;
  const ElfdepsScope *scope;
  const char *name;
  ElfdepsResult *result;
  GPtrArray *tried; /* or NULL */
  guint limit;      /* of tried */
} Lookup;

static void note_tried(Lookup *lookup, const char *path)
{
  if (lookup->tried != NULL && lookup->tried->len < lookup->limit)
    g_ptr_array_add(lookup->tried, g_strdup(path));
}

static const char *describe_error(ElfdepsSearch *search, const ElfdepsFile *file)
{
  const GError *error = elfdeps_resolver_parse(search->resolver, file)->error;
  if (g_error_matches(error, ELFDEPS_ERROR, ELFDEPS_ERROR_NOT_ELF))
    return file->size < sizeof(Elf64_Ehdr) ? "file too short" : "invalid ELF header";
  return error->message;
}

const char *elfdeps_search_verify(ElfdepsSearch *search, const ElfdepsLoader *loader, ElfdepsFileKind kind, const ElfdepsFile *file,
                                  gboolean *skip)
{
  *skip = FALSE;
  if (kind == ELFDEPS_FILE_DIRECTORY)
    return "cannot read file data: is a directory";
  if (kind == ELFDEPS_FILE_OTHER)
    return "not a regular file";
  const ElfdepsParsed *parsed = elfdeps_resolver_parse(search->resolver, file);
  if (parsed->object != NULL)
    return elfdeps_loader_refuses(loader, parsed->object, skip);
  ElfdepsObject ident;
  if (loader->libc != ELFDEPS_LIBC_MUSL && elfdeps_object_read_ident(search->resolver->fs, file, &ident) &&
      elfdeps_loader_refuses(loader, &ident, skip) != NULL && *skip)
    return "other machine";
  return describe_error(search, file);
}

/* Returns: whether the search ends here. */
static gboolean try_file(Lookup *lookup, const char *path, ElfdepsFound found, const GArray *list, gboolean variant)
{
  ElfdepsSearch *search = lookup->search;
  ElfdepsHit hit = {.list = list, .found = found, .variant = variant};
  search->probes++;
  ElfdepsFileKind kind = search->resolver->fs->find(search->resolver->fs, path, &hit.file);
  if (!variant)
    note_tried(lookup, path);
  if (kind == ELFDEPS_FILE_MISSING)
    return FALSE;
  gboolean skip = FALSE;
  const char *problem = elfdeps_search_verify(search, lookup->scope->loader, kind, &hit.file, &skip);
  if (skip || (lookup->scope->secure_preload && !hit.file.privileged))
    return FALSE;
  hit.problem = problem;
  hit.opened = elfdeps_resolver_intern(search->resolver, path);
  g_array_append_val(lookup->result->hits, hit);
  if (problem == NULL && !variant)
    lookup->result->found = TRUE;
  return problem == NULL && !variant;
}

static gboolean try_directory(Lookup *lookup, const ElfdepsDirectory *directory, ElfdepsFound found, const GArray *list)
{
  const ElfdepsPlace *place = elfdeps_search_place(lookup->search, lookup->scope->loader, directory->path);
  g_autofree char *path = elfdeps_path_join(directory->path, lookup->name);
  if (!place->exists)
  {
    lookup->search->probes++;
    note_tried(lookup, path);
    return FALSE;
  }
  for (guint i = 0; place->variants != NULL && i < place->variants->len; i++)
  {
    g_autofree char *variant = elfdeps_path_join(place->variants->pdata[i], lookup->name);
    try_file(lookup, variant, found, list, TRUE);
  }
  return try_file(lookup, path, found, list, directory->variant);
}

static gboolean try_list(Lookup *lookup, const GArray *list, ElfdepsFound found)
{
  for (guint i = 0; list != NULL && i < list->len && lookup->search->probes < lookup->search->stop; i++)
    if (try_directory(lookup, &g_array_index(list, ElfdepsDirectory, i), found, list))
      return TRUE;
  return FALSE;
}

static gboolean try_chain(Lookup *lookup, gboolean musl)
{
  for (const ElfdepsChain *chain = lookup->scope->chain; chain != NULL && lookup->search->probes < lookup->search->stop;
       chain = chain->parent)
    if (try_list(lookup, chain->list, musl ? ELFDEPS_FOUND_RUNPATH : ELFDEPS_FOUND_RPATH))
      return TRUE;
  return FALSE;
}

/* With DF_1_NODEFLIB the cache must not lead into default directories. */
static gboolean cached_allowed(const Lookup *lookup, const char *path)
{
  const GPtrArray *directories = lookup->scope->loader->directories;
  for (guint i = 0; lookup->scope->nodeflib && i < directories->len; i++)
  {
    g_autofree char *prefix = elfdeps_path_join(directories->pdata[i], "");
    if (g_str_has_prefix(path, prefix))
      return FALSE;
  }
  return path[0] == '/';
}

/*
 * A default directory may have the same file: then the cache may be missing
 * from a copy of the tree, but the other path must be in it.
 */
static void compare_with_default(Lookup *lookup)
{
  ElfdepsHit cached = g_array_index(lookup->result->hits, ElfdepsHit, lookup->result->hits->len - 1);
  ElfdepsResult plain = {.hits = g_array_new(FALSE, FALSE, sizeof(ElfdepsHit))};
  Lookup other = {lookup->search, lookup->scope, lookup->name, &plain, NULL, 0};
  gboolean found =
      !lookup->scope->nodeflib && try_list(&other, elfdeps_search_defaults(lookup->search, lookup->scope->loader), ELFDEPS_FOUND_DEFAULT);
  ElfdepsHit *hit = found ? &g_array_index(plain.hits, ElfdepsHit, plain.hits->len - 1) : NULL;
  lookup->result->needs_cache = !found || hit->file.id != cached.file.id;
  if (!lookup->result->needs_cache && hit->opened != cached.opened)
  {
    hit->variant = TRUE;
    g_array_insert_val(lookup->result->hits, lookup->result->hits->len - 1, *hit);
  }
  g_array_unref(plain.hits);
}

/* All entries for certain processors are alternatives; of the others one is tried, as the loader does. */
static gboolean try_cache(Lookup *lookup)
{
  const ElfdepsLoader *loader = lookup->scope->loader;
  const ElfdepsLdcache *cache = lookup->scope->secure_preload ? NULL : elfdeps_search_cache(lookup->search, loader);
  if (cache != NULL)
    note_tried(lookup, loader->cache);
  const GPtrArray *entries = cache == NULL ? NULL : elfdeps_ldcache_find(cache, lookup->name);
  guint32 kind = elfdeps_ldcache_flags(&loader->kind);
  const ElfdepsLdcacheEntry *best = NULL;
  for (guint i = 0; entries != NULL && i < entries->len; i++)
  {
    const ElfdepsLdcacheEntry *entry = entries->pdata[i];
    if (entry->hwcap != 0 && entry->flags == kind && (entry->hwcap_name != NULL ? loader->levels : loader->legacy) &&
        cached_allowed(lookup, entry->path))
      try_file(lookup, entry->path, ELFDEPS_FOUND_CACHE, NULL, TRUE);
    if (entry->hwcap == 0 && (entry->flags == kind || entry->flags == 1) && (best == NULL || best->flags != kind))
      best = entry;
  }
  if (best == NULL || !cached_allowed(lookup, best->path) || !try_file(lookup, best->path, ELFDEPS_FOUND_CACHE, NULL, FALSE))
    return FALSE;
  compare_with_default(lookup);
  return TRUE;
}

static void search_glibc(Lookup *lookup)
{
  const ElfdepsScope *scope = lookup->scope;
  if (try_chain(lookup, FALSE) || try_list(lookup, scope->library_path, ELFDEPS_FOUND_LIBRARY_PATH) ||
      try_list(lookup, scope->runpath, ELFDEPS_FOUND_RUNPATH) || try_cache(lookup))
    return;
  if (!scope->nodeflib)
    try_list(lookup, elfdeps_search_defaults(lookup->search, scope->loader), ELFDEPS_FOUND_DEFAULT);
}

static void search_musl(Lookup *lookup)
{
  if (!try_list(lookup, lookup->scope->library_path, ELFDEPS_FOUND_LIBRARY_PATH) && !try_chain(lookup, TRUE))
    try_list(lookup, elfdeps_search_defaults(lookup->search, lookup->scope->loader), ELFDEPS_FOUND_DEFAULT);
}

static void look_up(Lookup *lookup)
{
  if (lookup->scope->loader->libc == ELFDEPS_LIBC_MUSL)
    search_musl(lookup);
  else
    search_glibc(lookup);
}

const ElfdepsResult *elfdeps_search_find(ElfdepsSearch *search, const ElfdepsScope *scope, const char *name)
{
  ElfdepsMemoKey key = {.first = scope, .second = name};
  ElfdepsResult *result = g_hash_table_lookup(search->results, &key);
  if (result != NULL)
    return result;
  result = g_new0(ElfdepsResult, 1);
  result->hits = g_array_new(FALSE, FALSE, sizeof(ElfdepsHit));
  Lookup lookup = {search, scope, name, result, NULL, 0};
  look_up(&lookup);
  if (search->probes >= search->stop)
  {
    g_clear_pointer(&search->cut_result, elfdeps_search_result_free);
    search->cut_result = result;
    return result;
  }
  g_hash_table_insert(search->results, g_memdup2(&key, sizeof key), result);
  return result;
}

GPtrArray *elfdeps_search_tried(ElfdepsSearch *search, const ElfdepsScope *scope, const char *name, guint limit)
{
  ElfdepsResult result = {.hits = g_array_new(FALSE, FALSE, sizeof(ElfdepsHit))};
  GPtrArray *tried = g_ptr_array_new_with_free_func(g_free);
  Lookup lookup = {search, scope, name, &result, tried, limit};
  look_up(&lookup);
  g_array_unref(result.hits);
  return tried;
}

void elfdeps_search_limit(ElfdepsSearch *search, guint64 probes)
{
  search->stop = search->probes + probes;
}

guint64 elfdeps_search_probes(const ElfdepsSearch *search)
{
  return search->probes;
}
