/*
 * ld.so.cache: which name is in which directory.
 *
 * Old, new and compat format, with the hwcaps extension.
 * Spec: glibc sysdeps/generic/dl-cache.h.
 */
#ifndef ELFDEPS_LDCACHE_H
#define ELFDEPS_LDCACHE_H

#include "elfdeps/object.h"

typedef struct
{
  const char *name;
  const char *path;
  guint32 flags;          /* kind of library and architecture */
  guint64 hwcap;          /* 0: for every processor */
  const char *hwcap_name; /* below glibc-hwcaps, or NULL */
} ElfdepsLdcacheEntry;

typedef struct elfdeps_ldcache ElfdepsLdcache;

/*
 * Reads a cache. As the loader does, one broken entry refuses all.
 *
 * data: the byte order of the programs, ELFDATA2LSB or ELFDATA2MSB.
 * Errors: ELFDEPS_ERROR_MALFORMED.
 */
ElfdepsLdcache *elfdeps_ldcache_parse(const guint8 *bytes, gsize length, guint8 data, GError **error);
void elfdeps_ldcache_free(ElfdepsLdcache *cache);

guint elfdeps_ldcache_size(const ElfdepsLdcache *cache);

/* The entries of a name in the order of the file. Returns: borrowed, const ElfdepsLdcacheEntry*; NULL when there is none. */
const GPtrArray *elfdeps_ldcache_find(const ElfdepsLdcache *cache, const char *name);

/* What flags must be for a library of the kind of this object. */
guint32 elfdeps_ldcache_flags(const ElfdepsObject *object);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ElfdepsLdcache, elfdeps_ldcache_free)

#endif
