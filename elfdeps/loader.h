/*
 * What kind of loader a program has, and where that one looks.
 *
 * Read from the bytes of the image's own interpreter, not from file names:
 * distributions configure default directories, $LIB and the place of the cache
 * at build time.
 */
#ifndef ELFDEPS_LOADER_H
#define ELFDEPS_LOADER_H

#include "elfdeps/object.h"

typedef enum
{
  ELFDEPS_LIBC_UNKNOWN,
  ELFDEPS_LIBC_GLIBC,
  ELFDEPS_LIBC_MUSL,
} ElfdepsLibc;

typedef struct
{
  ElfdepsLibc libc;
  char *interp;           /* as PT_INTERP has it, or the usual name for this machine */
  ElfdepsObject kind;     /* class to flags only: what it takes */
  GPtrArray *directories; /* char*: where it looks at last; no slash at the end */
  char *lib;              /* what $LIB stands for; "" for musl */
  char *cache;            /* path of ld.so.cache, or NULL */
  char *preload;          /* path of ld.so.preload, or NULL */
  char *config;           /* musl: the path file, also when it is not there */
  gboolean has_config;    /* and it is there */
  gboolean levels;        /* looks into glibc-hwcaps (2.33) */
  gboolean legacy;        /* looks into tls and the like (until 2.36) */
  const char *const *platforms;
} ElfdepsLoader;

/*
 * Describes the loader of a program.
 *
 * program: its header decides what is taken when there is no interpreter.
 * interp: its name, or NULL: the usual one for the machine that exists.
 * Returns: new. When the interpreter tells nothing: what is usual where such
 * directories exist.
 * Errors: what the file system reports.
 */
ElfdepsLoader *elfdeps_loader_new(ElfdepsFs *fs, const ElfdepsObject *program, const char *interp, const char *working_dir, GError **error);
void elfdeps_loader_free(ElfdepsLoader *loader);

/* Takes what the bytes of an interpreter tell. Fields that they do not tell stay NULL. */
void elfdeps_loader_scan(ElfdepsLoader *loader, const guint8 *bytes, gsize length);

/*
 * Why the loader does not take an object.
 *
 * skip: set when it goes on searching instead of giving up.
 * Returns: NULL when it takes it; static text.
 */
const char *elfdeps_loader_refuses(const ElfdepsLoader *loader, const ElfdepsObject *object, gboolean *skip);

/* Reads at most limit bytes of a file; new. truncated: set when there is more. NULL with error. */
GByteArray *elfdeps_loader_read(ElfdepsFs *fs, const ElfdepsFile *file, gsize limit, gboolean *truncated, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ElfdepsLoader, elfdeps_loader_free)

#endif
