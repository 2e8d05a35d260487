/*
 * What one resolver remembers for all closures: parsed objects and names.
 * Private to the library.
 */
#ifndef ELFDEPS_RESOLVER_H
#define ELFDEPS_RESOLVER_H

#include "elfdeps/graph.h"
#include "elfdeps/loader.h"

/* One file, parsed once. Names are interned: equal ones have the same address. */
typedef struct
{
  ElfdepsObject *object; /* NULL when it cannot be parsed */
  GError *error;         /* why */
  const char *soname;    /* or NULL */
  const char **names;    /* of object->loads */
  gboolean has_imports;  /* object->imports were read */
} ElfdepsParsed;

typedef struct elfdeps_search ElfdepsSearch;

struct elfdeps_resolver
{
  ElfdepsFs *fs;
  char *library_path; /* NULL when not set */
  char *preload;
  char *audit;
  char *working_dir;
  GStringChunk *strings;
  GHashTable *parsed;  /* file id → ElfdepsParsed */
  GHashTable *loaders; /* "interp class machine" → ElfdepsLoader */
  ElfdepsSearch *search;
};

const char *elfdeps_resolver_intern(ElfdepsResolver *resolver, const char *text);
const ElfdepsParsed *elfdeps_resolver_parse(ElfdepsResolver *resolver, const ElfdepsFile *file);

/* The loader of a program; remembered by its name. Errors: what the file system reports. */
const ElfdepsLoader *elfdeps_resolver_loader(ElfdepsResolver *resolver, const ElfdepsObject *program, GError **error);

/* The text of a small configuration file; new; NULL when it is not there or cannot be read. */
char *elfdeps_resolver_text(ElfdepsResolver *resolver, const char *path);

#endif
