/*
 * Where a loader looks for a name, and what it finds. Private to the library.
 *
 * Path lists, chains of RPATHs and scopes are interned: equal ones have the
 * same address, so a result is remembered for all objects that look alike.
 */
#ifndef ELFDEPS_SEARCH_H
#define ELFDEPS_SEARCH_H

#include "elfdeps/pathlist.h"
#include "elfdeps/resolver.h"

typedef struct elfdeps_chain ElfdepsChain;

/* The RPATHs of an object and of those that caused it to be loaded. */
struct elfdeps_chain
{
  const GArray *list; /* ElfdepsDirectory */
  const ElfdepsChain *parent;
};

/* All that decides where a name is looked for. */
typedef struct
{
  const ElfdepsLoader *loader;
  const ElfdepsChain *chain;  /* or NULL */
  const GArray *library_path; /* or NULL */
  const GArray *runpath;      /* or NULL */
  gboolean nodeflib;          /* not in default directories */
  gboolean secure_preload;    /* no cache, privileged files only */
} ElfdepsScope;

/* A file that the loader looks at. */
typedef struct
{
  ElfdepsFile file;
  const char *opened;  /* absolute; interned */
  const GArray *list;  /* the RPATH or RUNPATH it was found by */
  const char *problem; /* why the loader would stop here, or NULL */
  ElfdepsFound found;
  gboolean variant; /* for certain processors */
} ElfdepsHit;

typedef struct
{
  GArray *hits;         /* ElfdepsHit, in order; the one that is no variant and has no problem is the last */
  gboolean found;       /* there is such a one */
  gboolean needs_cache; /* and it is only found through ld.so.cache */
} ElfdepsResult;

ElfdepsSearch *elfdeps_search_new(ElfdepsResolver *resolver);
void elfdeps_search_free(ElfdepsSearch *search);

/* The list as the loader's C library parses it, remembered. tokens->origin is interned. NULL when it has no directory. */
const GArray *elfdeps_search_list(ElfdepsSearch *search, const ElfdepsLoader *loader, const char *text, const char *separators,
                                  const ElfdepsTokens *tokens);
gboolean elfdeps_search_list_is_cut(const ElfdepsSearch *search, const GArray *list);
const ElfdepsChain *elfdeps_search_chain(ElfdepsSearch *search, const GArray *list, const ElfdepsChain *parent);
const ElfdepsScope *elfdeps_search_scope(ElfdepsSearch *search, const ElfdepsScope *scope);

/* Ends all searches after so many more probes. */
void elfdeps_search_limit(ElfdepsSearch *search, guint64 probes);

/* Looks for a name without slash. name: interned. Returns: borrowed, remembered; until the next search when the limit ended it. */
const ElfdepsResult *elfdeps_search_find(ElfdepsSearch *search, const ElfdepsScope *scope, const char *name);

/* The same, listing what is tried, at most limit paths. Returns: new; char*. */
GPtrArray *elfdeps_search_tried(ElfdepsSearch *search, const ElfdepsScope *scope, const char *name, guint limit);

/* Whether the loader takes a file. Returns: NULL, or why not; skip: it goes on searching. */
const char *elfdeps_search_verify(ElfdepsSearch *search, const ElfdepsLoader *loader, ElfdepsFileKind kind, const ElfdepsFile *file,
                                  gboolean *skip);

/*
 * Where ld.so.conf would have had the name, although the loader did not find
 * it: the cache is stale.
 *
 * Returns: the directory, borrowed; NULL when nowhere.
 */
const char *elfdeps_search_unlisted(ElfdepsSearch *search, const ElfdepsLoader *loader, const char *name);

/* Paths looked at since the resolver was made. */
guint64 elfdeps_search_probes(const ElfdepsSearch *search);

#endif
