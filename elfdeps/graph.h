/*
 * What a loader opens to start a program: objects, edges, reasons.
 *
 * One resolver serves a whole image: headers are parsed once, each closure is
 * simulated on its own, since a library's place depends on the program.
 */
#ifndef ELFDEPS_GRAPH_H
#define ELFDEPS_GRAPH_H

#include "elfdeps/object.h"

/* How an object was found. */
typedef enum
{
  ELFDEPS_FOUND_ROOT,            /* the program itself */
  ELFDEPS_FOUND_INTERP,          /* PT_INTERP */
  ELFDEPS_FOUND_PATH,            /* the name has a slash */
  ELFDEPS_FOUND_RPATH,           /* DT_RPATH of origin */
  ELFDEPS_FOUND_LIBRARY_PATH,    /* LD_LIBRARY_PATH */
  ELFDEPS_FOUND_RUNPATH,         /* DT_RUNPATH of origin */
  ELFDEPS_FOUND_CACHE,           /* ld.so.cache */
  ELFDEPS_FOUND_DEFAULT,         /* a default directory */
  ELFDEPS_FOUND_LOADED,          /* already loaded: by name, soname or inode */
  ELFDEPS_FOUND_BUILTIN,         /* no file: vDSO, or a name that musl reserves for itself */
} ElfdepsFound;

/* Why an object was asked for. */
typedef enum
{
  ELFDEPS_EDGE_NEEDED,
  ELFDEPS_EDGE_INTERP,
  ELFDEPS_EDGE_PRELOAD,   /* LD_PRELOAD, /etc/ld.so.preload */
  ELFDEPS_EDGE_AUDIT,
  ELFDEPS_EDGE_AUXILIARY,
  ELFDEPS_EDGE_FILTER,
  ELFDEPS_EDGE_DLOPEN,    /* asked for by the caller through elfdeps_closure_dlopen() */
} ElfdepsEdgeKind;

typedef struct elfdeps_node ElfdepsNode;

typedef struct
{
  ElfdepsEdgeKind kind;
  const char *name;     /* as it stands in the file, before tokens are expanded */
  ElfdepsNode *target;  /* NULL when missing or built in */
  ElfdepsFound found;   /* by which step; meaningless when missing */
  const char *opened;   /* the path as the loader would open it; NULL when no file was opened */
  const char *origin;   /* object whose RPATH or RUNPATH it was, else NULL */
  gboolean missing;
  gboolean optional;    /* a missing one does not stop the program: auxiliary, preload */
  gboolean variant;     /* an alternative for other processors (hwcaps) or for secure mode */
  GPtrArray *tried;     /* char*: paths tried in order, filled when missing (up to ELFDEPS_LIMIT_TRIED); else NULL */
} ElfdepsEdge;

struct elfdeps_node
{
  const char *path;      /* as first opened; the root: as given */
  ElfdepsFile file;
  const ElfdepsObject *object; /* NULL when it could not be parsed: see problem */
  const char *problem;   /* why a loader would stop at this file, or NULL */
  GPtrArray *edges;      /* ElfdepsEdge*, in the loader's order */
};

/* The image's surroundings of a program, all may be NULL. */
typedef struct
{
  const char *library_path; /* LD_LIBRARY_PATH */
  const char *preload;      /* LD_PRELOAD */
  const char *audit;        /* LD_AUDIT */
  const char *working_dir;  /* for relative and empty elements; NULL is "/" */
} ElfdepsEnvironment;

typedef struct elfdeps_resolver ElfdepsResolver;
ElfdepsResolver *elfdeps_resolver_new(ElfdepsFs *fs, const ElfdepsEnvironment *environment);
void elfdeps_resolver_free(ElfdepsResolver *resolver);

/* Parses once and remembers. Borrowed. Errors: as elfdeps_object_read(). */
const ElfdepsObject *elfdeps_resolver_object(ElfdepsResolver *resolver, const ElfdepsFile *file, GError **error);

/*
 * Names of the undefined dynamic symbols of an object, sorted; read once.
 *
 * Returns: array of char*, borrowed; empty when there are none.
 * Errors: as elfdeps_object_read_imports().
 */
GPtrArray *elfdeps_resolver_imports(ElfdepsResolver *resolver, const ElfdepsFile *file, GError **error);

typedef struct
{
  ElfdepsNode *root;
  GPtrArray *nodes;       /* ElfdepsNode*, in load order; the root first; owned */
  GPtrArray *data_files;  /* char*: paths the loader reads besides objects: ld.so.cache when a kept object is only found
                             through it, ld.so.preload, ld-musl-*.path, … */
  guint missing;          /* edges that stop the program */
  GPtrArray *warnings;    /* char* */
} ElfdepsClosure;

/*
 * The closure of one program, or of a library as if it were one.
 *
 * path: absolute, inside the file system.
 * Errors: ELFDEPS_ERROR_NOT_FOUND, ELFDEPS_ERROR_NOT_ELF, broken headers of
 * the root itself, ELFDEPS_ERROR_LIMIT. A missing dependency is no error here: it is an edge.
 */
ElfdepsClosure *elfdeps_closure_new(ElfdepsResolver *resolver, const char *path, GError **error);
void elfdeps_closure_free(ElfdepsClosure *closure);

/*
 * Adds what dlopen(name) called from caller would load, with its own
 * dependencies.
 *
 * caller: a node of the closure.
 * Returns: the edge, borrowed; edge->missing when not found, and, with a
 * warning in the closure, when a limit was reached.
 */
const ElfdepsEdge *elfdeps_closure_dlopen(ElfdepsClosure *closure, ElfdepsNode *caller, const char *name);

const char *elfdeps_found_name(ElfdepsFound found);       /* "runpath", "ld.so.cache", … */
const char *elfdeps_edge_kind_name(ElfdepsEdgeKind kind); /* "needed", … */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ElfdepsResolver, elfdeps_resolver_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ElfdepsClosure, elfdeps_closure_free)

#endif
