/*
 * One ELF file, as far as a loader is concerned: program headers, dynamic
 * section, notes. Section headers are never needed.
 *
 * Any class, byte order and machine. Nothing is read whole, no allocation
 * follows a number of the file.
 * Spec: gABI chapters 4 and 5; elf(5).
 */
#ifndef ELFDEPS_OBJECT_H
#define ELFDEPS_OBJECT_H

#include "elfdeps/fs.h"

typedef enum
{
  ELFDEPS_LOAD_NEEDED,
  ELFDEPS_LOAD_AUXILIARY,
  ELFDEPS_LOAD_FILTER,
} ElfdepsLoadKind;

/* One thing that an object asks for. */
typedef struct
{
  ElfdepsLoadKind kind;
  const char *name; /* borrowed from needed, auxiliary or filter */
} ElfdepsLoad;

typedef struct
{
  guint8 class; /* ELFCLASS32, ELFCLASS64 */
  guint8 data;  /* ELFDATA2LSB, ELFDATA2MSB */
  guint8 osabi;
  guint8 abiversion;
  guint16 machine;      /* EM_* */
  guint16 type;         /* ET_* */
  guint32 flags;        /* e_flags */
  guint32 version;      /* e_version */
  guint8 ident_version; /* EI_VERSION */
  gboolean padded;      /* e_ident has something after the ABI version */
  gboolean has_interp;
  gboolean has_dynamic;
  gboolean has_load;
  gboolean pie;            /* DF_1_PIE */
  gboolean nodeflib;       /* DF_1_NODEFLIB */
  char *interp;            /* PT_INTERP, or NULL */
  char *soname;            /* DT_SONAME, or NULL */
  char *rpath;             /* DT_RPATH, or NULL; also NULL when a runpath overrides it */
  char *runpath;           /* DT_RUNPATH, or NULL */
  GPtrArray *needed;       /* char*: DT_NEEDED in order */
  GPtrArray *auxiliary;    /* char*: DT_AUXILIARY */
  GPtrArray *filter;       /* char*: DT_FILTER */
  GArray *loads;           /* ElfdepsLoad: the three of them in the order of the dynamic section */
  char *audit;             /* DT_AUDIT, or NULL */
  char *depaudit;          /* DT_DEPAUDIT, or NULL */
  GPtrArray *dlopen_notes; /* ElfdepsDlopenNote*: .note.dlopen; see dlopen.h */
  GPtrArray *imports;      /* char*: undefined dynamic symbols, sorted; filled by elfdeps_object_read_imports() */
  const char *fatal;       /* why a loader would refuse the file and stop, or NULL; static text */
  GPtrArray *warnings;     /* char*: odd, but not broken: a note that cannot be read, two dynamic sections */
} ElfdepsObject;

/*
 * Reads an object.
 *
 * Returns: new, freed with elfdeps_object_free().
 * Errors: ELFDEPS_ERROR_NOT_ELF, ELFDEPS_ERROR_MALFORMED with the offset,
 * ELFDEPS_ERROR_LIMIT, or what the file system reports.
 */
ElfdepsObject *elfdeps_object_read(ElfdepsFs *fs, const ElfdepsFile *file, GError **error);
void elfdeps_object_free(ElfdepsObject *object);

/*
 * Reads the header alone: class to padded of ident, of a file whose rest is broken.
 *
 * Returns: whether the header could be read. Nothing in ident is to be freed.
 */
gboolean elfdeps_object_read_ident(ElfdepsFs *fs, const ElfdepsFile *file, ElfdepsObject *ident);

/*
 * Names of the undefined dynamic symbols, by DT_HASH or DT_GNU_HASH, into
 * object->imports: sorted, each once, without versions.
 *
 * Errors: as elfdeps_object_read(); object->imports is left alone then.
 */
gboolean elfdeps_object_read_imports(ElfdepsFs *fs, const ElfdepsFile *file, ElfdepsObject *object, GError **error);

/*
 * Whether a program is static, of glibc, and loads objects all the same: it
 * asks for users or hosts, and then libc.so.6, the loader and modules are
 * opened. Character sets tell nothing: each static program has that code.
 *
 * result: set. It is told by the paths in the file's bytes, at most
 * ELFDEPS_LIMIT_PROGRAM_BYTES of them.
 * Errors: what the file system reports.
 */
gboolean elfdeps_object_is_static_glibc(ElfdepsFs *fs, const ElfdepsFile *file, const ElfdepsObject *object, gboolean *result,
                                        GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ElfdepsObject, elfdeps_object_free)

#endif
