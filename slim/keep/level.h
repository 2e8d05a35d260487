/*
 * How much is kept beside what is declared.
 */
#ifndef SLIM_KEEP_LEVEL_H
#define SLIM_KEEP_LEVEL_H

#include "slim/keep/closure.h"
#include "slim/keep/packages.h"

typedef enum
{
  KEEP_LEVEL_STRICT,  /* what the loader opens; no rule fires */
  KEEP_LEVEL_SAFE,    /* and what the rules add */
  KEEP_LEVEL_PACKAGE, /* and whole packages, with what they depend on */
} KeepLevel;

/* "strict", "safe", "package". */
const char *keep_level_name(KeepLevel level);

/* Errors: SLIM_ERROR_USAGE. */
gboolean keep_level_parse(const char *text, KeepLevel *level, GError **error);

/* What whole packages add to a closure. */
typedef struct
{
  guint packages; /* that something kept belongs to, and what they depend on */
  guint64 paths;  /* that are not kept without them */
  guint64 bytes;  /* of regular files among these, each once */
} KeepPackageCost;

/*
 * Keeps every path of every package that a kept file belongs to and, in
 * turn, of those it depends on; without /usr/share/{doc,man,info,locale,
 * lintian,bug} and without what is excluded. Programs that come this way are
 * not looked into: their needs are what their package depends on.
 *
 * closure: run to its end.
 */
void keep_level_add_packages(KeepClosure *closure, KeepPackages *packages);

/* What that would add; nothing is kept. */
KeepPackageCost keep_level_package_cost(KeepClosure *closure, KeepPackages *packages);

#endif
