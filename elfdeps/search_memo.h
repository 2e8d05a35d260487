/*
 * What the search remembers. Private to the search.
 */
#ifndef ELFDEPS_SEARCH_MEMO_H
#define ELFDEPS_SEARCH_MEMO_H

#include "elfdeps/ldcache.h"
#include "elfdeps/search.h"

/* A directory, looked at once for each loader. */
typedef struct
{
  const char *path;
  const ElfdepsLoader *loader;
  gboolean exists;
  GPtrArray *variants; /* const char*: directories for certain processors; or NULL */
} ElfdepsPlace;

/* What is remembered is found by addresses. */
typedef struct
{
  const void *first;
  const void *second;
  guint flags;
  const void *third;
} ElfdepsMemoKey;

struct elfdeps_search
{
  ElfdepsResolver *resolver;
  GHashTable *places;        /* ElfdepsPlace */
  GHashTable *caches;        /* loader → ElfdepsLdcache or NULL */
  GHashTable *texts;         /* ElfdepsMemoKey (text, origin) → interned list */
  GHashTable *lists;         /* interned lists */
  GHashTable *chains;        /* interned chains */
  GHashTable *scopes;        /* interned scopes */
  GHashTable *results;       /* ElfdepsMemoKey (scope, name) → ElfdepsResult */
  GHashTable *defaults;      /* loader → interned list of default directories */
  GHashTable *cut;           /* interned lists that a limit ended */
  GHashTable *configs;       /* loader → directories of ld.so.conf */
  ElfdepsResult *cut_result; /* the last one that the limit ended: not to be remembered */
  guint64 probes;
  guint64 stop; /* no probes behind this number */
};

void elfdeps_search_result_free(gpointer result);

/* The remembered place; new ones are looked at. */
const ElfdepsPlace *elfdeps_search_place(ElfdepsSearch *search, const ElfdepsLoader *loader, const char *path);

/* Its default directories, NULL when there are none. */
const GArray *elfdeps_search_defaults(ElfdepsSearch *search, const ElfdepsLoader *loader);

/* Its ld.so.cache; NULL when there is none, or a broken one, which the loader ignores too. */
const ElfdepsLdcache *elfdeps_search_cache(ElfdepsSearch *search, const ElfdepsLoader *loader);

#endif
