/*
 * One simulated start of a program: what is loaded, in which order, for whom.
 * Private to the library.
 *
 * A closure has one for the usual start, one more for secure mode, and one for
 * each audit module, which lives in a name space of its own.
 */
#ifndef ELFDEPS_WORLD_H
#define ELFDEPS_WORLD_H

#include "elfdeps/search.h"

typedef struct elfdeps_object_node ElfdepsObjectNode;

struct elfdeps_object_node
{
  ElfdepsNode node; /* what the caller sees; the first member */
  const ElfdepsParsed *parsed;
  ElfdepsObjectNode *loader; /* what caused it to be loaded, or NULL */
  const char *directory;     /* $ORIGIN; interned */
  const GArray *own_list;    /* its RPATH or RUNPATH, expanded */
  const ElfdepsChain *chain;
  const ElfdepsScope *scope;
  gboolean done;     /* what it needs has been asked for */
  gboolean searched; /* musl: found by search, so it has a short name */
};

/* What all worlds of a closure share. */
typedef struct
{
  ElfdepsClosure closure; /* the first member */
  ElfdepsResolver *resolver;
  struct elfdeps_world *world; /* of the usual start */
  guint64 probes;              /* paths looked at for this closure */
  guint edges;
  guint objects;
  guint tried;
  gboolean needs_cache;
  gboolean full; /* a limit was reached; see error */
  GError *error;
} ElfdepsClosureState;

typedef struct elfdeps_world
{
  ElfdepsClosureState *state;
  const ElfdepsLoader *loader;
  ElfdepsObjectNode *root;
  ElfdepsObjectNode *interp; /* or NULL */
  const GArray *library_path;
  gboolean secure;
  gboolean counts;           /* a missing object stops the program */
  GHashTable *names;         /* interned name → node */
  GHashTable *files;         /* file id → node */
  GHashTable *variant_names; /* the same for one alternative, while it is processed; else NULL */
  GHashTable *variant_files; /* for all alternatives */
  GPtrArray *nodes;          /* ElfdepsObjectNode*, in load order; the closure owns them */
  GPtrArray *queue;          /* ElfdepsObjectNode*: whose needs are asked for, in this order */
  GPtrArray *variants;       /* ElfdepsObjectNode*: alternatives, processed at the end */
} ElfdepsWorld;

/* Adds a warning to the closure unless it has it; text is taken over. */
void elfdeps_world_warn(ElfdepsClosureState *state, char *text);

/*
 * path: of the program; its node is made, with its names, and queued.
 * Returns: new; its nodes are to be taken over with elfdeps_world_merge().
 */
ElfdepsWorld *elfdeps_world_new(ElfdepsClosureState *state, const ElfdepsLoader *loader, const char *path, const ElfdepsFile *file,
                                gboolean secure, gboolean counts);
void elfdeps_world_free(ElfdepsWorld *world);

/* A request: who asks, on whose behalf it is searched, for what. */
typedef struct
{
  ElfdepsObjectNode *from;   /* gets the edge */
  ElfdepsObjectNode *parent; /* the new object's loader; NULL: none, as for dlopen */
  const ElfdepsScope *scope; /* where it is looked for */
  const char *name;          /* interned */
  ElfdepsEdgeKind kind;
  gboolean optional;
} ElfdepsRequest;

/*
 * Loads what is asked for and adds the edges to request->from: alternatives
 * first, the one that counts last.
 *
 * Returns: the last edge, borrowed; NULL when nothing is asked for at all.
 */
ElfdepsEdge *elfdeps_world_request(ElfdepsWorld *world, const ElfdepsRequest *request);

/* The program's interpreter: the first edge. */
void elfdeps_world_load_interp(ElfdepsWorld *world);

/* LD_PRELOAD and ld.so.preload. data_file: set to the latter's path when it names something. */
void elfdeps_world_load_preloads(ElfdepsWorld *world, const char **data_file);

/* Processes the queue, then the alternatives. */
void elfdeps_world_run(ElfdepsWorld *world);

/*
 * Gives the nodes from start on to the closure. One that it has already by its
 * path gives its edges instead, as far as that one has not got them; they
 * become alternatives when variant is set.
 */
void elfdeps_world_merge(ElfdepsWorld *world, guint start, gboolean variant);

#endif
