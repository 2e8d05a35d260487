/* What one resolver remembers for all closures. */
#include "elfdeps/resolver.h"

#include "elfdeps/error.h"
#include "elfdeps/limits.h"
#include "elfdeps/search.h"

#include <string.h>

static void free_parsed(gpointer data)
{
  ElfdepsParsed *parsed = data;
  elfdeps_object_free(parsed->object);
  g_clear_error(&parsed->error);
  g_free(parsed->names);
  g_free(parsed);
}

static void free_loader(gpointer loader)
{
  elfdeps_loader_free(loader);
}

const char *elfdeps_resolver_intern(ElfdepsResolver *resolver, const char *text)
{
  return g_string_chunk_insert_const(resolver->strings, text);
}

const ElfdepsParsed *elfdeps_resolver_parse(ElfdepsResolver *resolver, const ElfdepsFile *file)
{
  ElfdepsParsed *parsed = g_hash_table_lookup(resolver->parsed, file->id);
  if (parsed != NULL)
    return parsed;
  parsed = g_new0(ElfdepsParsed, 1);
  parsed->object = elfdeps_object_read(resolver->fs, file, &parsed->error);
  if (parsed->object != NULL)
  {
    const GArray *loads = parsed->object->loads;
    parsed->names = g_new(const char *, loads->len);
    for (guint i = 0; i < loads->len; i++)
      parsed->names[i] = elfdeps_resolver_intern(resolver, g_array_index(loads, ElfdepsLoad, i).name);
    if (parsed->object->soname != NULL)
      parsed->soname = elfdeps_resolver_intern(resolver, parsed->object->soname);
  }
  g_hash_table_insert(resolver->parsed, (gpointer)(guintptr)file->id, parsed);
  return parsed;
}

const ElfdepsObject *elfdeps_resolver_object(ElfdepsResolver *resolver, const ElfdepsFile *file, GError **error)
{
  const ElfdepsParsed *parsed = elfdeps_resolver_parse(resolver, file);
  if (parsed->object == NULL)
    g_propagate_error(error, g_error_copy(parsed->error));
  return parsed->object;
}

GPtrArray *elfdeps_resolver_imports(ElfdepsResolver *resolver, const ElfdepsFile *file, GError **error)
{
  if (elfdeps_resolver_object(resolver, file, error) == NULL)
    return NULL;
  ElfdepsParsed *parsed = g_hash_table_lookup(resolver->parsed, file->id);
  if (!parsed->has_imports && !elfdeps_object_read_imports(resolver->fs, file, parsed->object, error))
    return NULL;
  parsed->has_imports = TRUE;
  return parsed->object->imports;
}

/* Without an interpreter, the C library that the object names decides. */
static char *loader_key(const ElfdepsObject *program)
{
  if (program->interp != NULL)
    return g_strdup_printf("%s\n%u %u %u %x", program->interp, program->class, program->data, program->machine, program->flags);
  gboolean musl = FALSE;
  for (guint i = 0; i < program->needed->len; i++)
  {
    const char *name = program->needed->pdata[i];
    musl = musl || g_str_has_prefix(name, "libc.musl-") || strcmp(name, "libc.so") == 0;
  }
  return g_strdup_printf("%d\n%u %u %u %x", musl, program->class, program->data, program->machine, program->flags);
}

const ElfdepsLoader *elfdeps_resolver_loader(ElfdepsResolver *resolver, const ElfdepsObject *program, GError **error)
{
  g_autofree char *key = loader_key(program);
  ElfdepsLoader *loader = g_hash_table_lookup(resolver->loaders, key);
  if (loader != NULL)
    return loader;
  loader = elfdeps_loader_new(resolver->fs, program, program->interp, resolver->working_dir, error);
  if (loader != NULL)
    g_hash_table_insert(resolver->loaders, g_steal_pointer(&key), loader);
  return loader;
}

char *elfdeps_resolver_text(ElfdepsResolver *resolver, const char *path)
{
  ElfdepsFile file;
  if (resolver->fs->find(resolver->fs, path, &file) != ELFDEPS_FILE_REGULAR)
    return NULL;
  gboolean truncated;
  g_autoptr(GByteArray) bytes = elfdeps_loader_read(resolver->fs, &file, ELFDEPS_LIMIT_CONFIG_BYTES, &truncated, NULL);
  return bytes == NULL ? NULL : g_strndup((const char *)bytes->data, bytes->len);
}

ElfdepsResolver *elfdeps_resolver_new(ElfdepsFs *fs, const ElfdepsEnvironment *environment)
{
  static const ElfdepsEnvironment nothing = {NULL, NULL, NULL, NULL};
  if (environment == NULL)
    environment = &nothing;
  ElfdepsResolver *resolver = g_new0(ElfdepsResolver, 1);
  resolver->fs = fs;
  resolver->library_path = g_strdup(environment->library_path);
  resolver->preload = g_strdup(environment->preload);
  resolver->audit = g_strdup(environment->audit);
  resolver->working_dir = g_strdup(environment->working_dir == NULL ? "/" : environment->working_dir);
  resolver->strings = g_string_chunk_new(4096);
  resolver->parsed = g_hash_table_new_full(NULL, NULL, NULL, free_parsed);
  resolver->loaders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_loader);
  resolver->search = elfdeps_search_new(resolver);
  return resolver;
}

void elfdeps_resolver_free(ElfdepsResolver *resolver)
{
  if (resolver == NULL)
    return;
  elfdeps_search_free(resolver->search);
  g_hash_table_unref(resolver->loaders);
  g_hash_table_unref(resolver->parsed);
  g_string_chunk_free(resolver->strings);
  g_free(resolver->library_path);
  g_free(resolver->preload);
  g_free(resolver->audit);
  g_free(resolver->working_dir);
  g_free(resolver);
}
