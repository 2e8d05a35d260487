/*
 * The package databases of the new image: what scanners read to know which
 * packages it is made of, and which distribution they are of.
 */
#ifndef SLIM_EMIT_PACKAGE_DB_H
#define SLIM_EMIT_PACKAGE_DB_H

#include "slim/keep/closure.h"

typedef enum
{
  EMIT_PACKAGE_DB_FILTERED, /* the packages of which something is kept */
  EMIT_PACKAGE_DB_KEEP,     /* the databases as they are */
  EMIT_PACKAGE_DB_NONE,     /* what nobody else keeps is left out */
} EmitPackageDb;

/* "filtered", "keep", "none". */
const char *emit_package_db_name(EmitPackageDb mode);

/* Errors: SLIM_ERROR_USAGE. */
gboolean emit_package_db_parse(const char *text, EmitPackageDb *mode, GError **error);

/*
 * Keeps the databases, with the files that name the distribution, unless no
 * package is left. What is excluded stays so, and what was kept for another
 * reason keeps its bytes.
 *
 * closure: run to its end, whole packages added.
 * contents: OciNode* → GBytes*, gets what is written in the place of a file's own bytes.
 * Errors: OCI_ERROR_IO.
 */
gboolean emit_package_db_add(EmitPackageDb mode, KeepClosure *closure, GHashTable *contents, GError **error);

/* An empty table for contents. */
GHashTable *emit_contents_new(void);

#endif
