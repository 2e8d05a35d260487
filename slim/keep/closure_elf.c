/* Objects: each program's graph is simulated, its paths are kept, its symbols and names become facts. */
#include "slim/keep/closure_private.h"

#include "elfdeps/error.h"
#include "oci/error.h"
#include "slim/keep/image_fs.h"

#define PROGRAMS_TRIED 16u /* as the one that loads a module */

typedef struct
{
  ElfdepsClosure *graph;
  guint at_start;   /* nodes that the loader opens before the program runs: the first ones */
  guint seen;       /* nodes that were taken already */
  guint seen_files; /* of the graph's data_files */
  guint seen_warnings;
  gboolean required; /* an entrypoint */
} Program;

/* What stands behind a fact: an object in the graph of a program. */
typedef struct
{
  Program *program;
  ElfdepsNode *node;
} Found;

static KeepReasonKind reason_kind(ElfdepsEdgeKind kind)
{
  return kind == ELFDEPS_EDGE_INTERP ? KEEP_REASON_INTERP : KEEP_REASON_NEEDED;
}

static char *describe(const ElfdepsEdge *edge)
{
  return g_strdup_printf("%s %s, %s%s%s%s", elfdeps_edge_kind_name(edge->kind), edge->name, elfdeps_found_name(edge->found),
                         edge->origin != NULL ? " of " : "", edge->origin != NULL ? edge->origin : "",
                         edge->variant ? " (for other processors or secure mode)" : "");
}

static void take_edge(KeepClosure *closure, Program *program, const ElfdepsNode *node, const ElfdepsEdge *edge)
{
  if (edge->missing)
    closure_add_missing(closure, edge->name, node->file.real_path, edge->tried,
                        program->required && program->seen < program->at_start && !edge->optional);
  if (edge->opened == NULL)
    return;
  if (edge->target != NULL)
    g_hash_table_add(closure->resolved, (gpointer)(guintptr)edge->target->file.id);
  g_autofree char *detail = describe(edge);
  KeepReason reason = {.kind = reason_kind(edge->kind), .from = node->file.real_path, .detail = detail};
  closure_keep_path(closure, closure->working_dir, edge->opened, &reason);
}

/* A broken object ends a run only when the entrypoint is one. */
static gboolean tolerate(KeepClosure *closure, const char *path, gboolean required, GError *failure, GError **error)
{
  gboolean is_content = failure->domain == ELFDEPS_ERROR && failure->code != ELFDEPS_ERROR_IO;
  if (required || !is_content)
  {
    g_propagate_prefixed_error(error, failure, "%s: ", path);
    return FALSE;
  }
  closure_warn(closure, "%s is kept as it is: %s", path, failure->message);
  g_error_free(failure);
  return TRUE;
}

static Found *found_new(KeepClosure *closure, Program *program, ElfdepsNode *node)
{
  Found *found = g_new0(Found, 1);
  *found = (Found){.program = program, .node = node};
  g_ptr_array_add(closure->found, found);
  if (!g_hash_table_contains(closure->objects, node->file.real_path))
    g_hash_table_insert(closure->objects, (gpointer)(guintptr)node->file.real_path, found);
  return found;
}

/* Programs load objects each in its own way; a library that is looked into by itself is no program. */
static gconstpointer name_space(const Program *program)
{
  const ElfdepsObject *object = program->graph->root->object;
  return object != NULL && object->has_interp ? program : NULL;
}

static gboolean take_facts(KeepClosure *closure, Program *program, ElfdepsNode *node, GError **error)
{
  Found *found = found_new(closure, program, node);
  const char *subject = node->file.real_path;
  if (node->object->soname != NULL)
    keep_facts_add_in(closure->facts, name_space(program), KEEP_WHEN_SONAME, node->object->soname, subject, found);
  GError *failure = NULL;
  GPtrArray *imports = elfdeps_resolver_imports(closure->resolver, &node->file, &failure);
  if (imports == NULL)
    return tolerate(closure, subject, FALSE, failure, error);
  for (guint i = 0; i < imports->len; i++)
    if (keep_rules_want(closure->rules, KEEP_WHEN_IMPORT, imports->pdata[i]))
      keep_facts_add_in(closure->facts, name_space(program), KEEP_WHEN_IMPORT, imports->pdata[i], subject, found);
  return closure_read_literals(closure, name_space(program), &node->file, node->object, found, &failure) ||
         tolerate(closure, subject, FALSE, failure, error);
}

gpointer closure_find_object(KeepClosure *closure, const char *path)
{
  return path == NULL ? NULL : g_hash_table_lookup(closure->objects, path);
}

const ElfdepsFile *closure_object(gpointer data)
{
  const Found *found = data;
  return found == NULL ? NULL : &found->node->file;
}

/* Who asks when no object is known to: the first program that a loader starts. */
static gboolean first_program(KeepClosure *closure, Found *found)
{
  for (guint i = 0; i < closure->programs->len; i++)
  {
    Program *program = closure->programs->pdata[i];
    *found = (Found){.program = program, .node = program->graph->root};
    if (found->node->object != NULL && found->node->object->has_interp)
      return TRUE;
  }
  return FALSE;
}

static void keep_opened(KeepClosure *closure, const ElfdepsEdge *edge, const KeepReason *reason)
{
  if (edge->opened == NULL)
    return;
  if (edge->target != NULL)
    g_hash_table_add(closure->resolved, (gpointer)(guintptr)edge->target->file.id);
  closure_keep_path(closure, closure->working_dir, edge->opened, reason);
}

gboolean closure_dlopen(KeepClosure *closure, gpointer data, const char *name, const KeepReason *reason)
{
  Found found;
  if (data != NULL)
    found = *(const Found *)data;
  else if (!first_program(closure, &found))
    return FALSE;
  guint known = found.node->edges->len;
  const ElfdepsEdge *edge = elfdeps_closure_dlopen(found.program->graph, found.node, name);
  if (edge->missing || edge->opened == NULL)
    return FALSE;
  keep_opened(closure, edge, reason);
  for (guint i = known; i < found.node->edges->len; i++) /* variants for other processors */
    keep_opened(closure, found.node->edges->pdata[i], reason);
  return TRUE;
}

/* Alternatives of one note: the first that is found. */
static void take_note(KeepClosure *closure, Program *program, ElfdepsNode *node, const ElfdepsDlopenNote *note)
{
  Found found = {.program = program, .node = node};
  g_autofree char *detail = g_strdup_printf(".note.dlopen, %s%s%s", elfdeps_priority_name(note->priority),
                                            note->feature != NULL ? ": " : "", note->feature != NULL ? note->feature : "");
  KeepReason reason = {.kind = KEEP_REASON_DLOPEN, .from = node->file.real_path, .detail = detail};
  for (guint i = 0; i < note->sonames->len; i++)
    if (closure_dlopen(closure, &found, note->sonames->pdata[i], &reason))
      return;
  if (note->priority == ELFDEPS_PRIORITY_REQUIRED)
    closure_add_missing(closure, note->sonames->pdata[0], node->file.real_path, NULL, FALSE);
}

static void take_notes(KeepClosure *closure, Program *program, ElfdepsNode *node)
{
  for (guint i = 0; closure->follow_notes && i < node->object->dlopen_notes->len; i++)
  {
    const ElfdepsDlopenNote *note = node->object->dlopen_notes->pdata[i];
    if (note->priority <= closure->note_priority)
      take_note(closure, program, node, note);
  }
}

/* A static program has no imports to tell what it asks for. */
static gboolean take_static(KeepClosure *closure, Program *program, GError **error)
{
  ElfdepsNode *node = program->graph->root;
  gboolean loads = FALSE;
  if (!keep_rules_have(closure->rules, KEEP_WHEN_STATIC)) /* the whole program would be read for it */
    return TRUE;
  if (!elfdeps_object_is_static_glibc(closure->fs, &node->file, node->object, &loads, error))
    return FALSE;
  if (loads)
    keep_facts_add_in(closure->facts, name_space(program), KEEP_WHEN_STATIC, "glibc", node->file.real_path,
                      found_new(closure, program, node));
  return TRUE;
}

/* What a graph says beside its nodes: a dlopen() may add to it. */
static void take_loader_files(KeepClosure *closure, Program *program)
{
  const ElfdepsClosure *graph = program->graph;
  const char *path = graph->root->file.real_path;
  KeepReason reason = {.kind = KEEP_REASON_LOADER, .from = path, .detail = "read by the loader"};
  for (; program->seen_files < graph->data_files->len; program->seen_files++)
    closure_keep_path(closure, NULL, graph->data_files->pdata[program->seen_files], &reason);
  for (; program->seen_warnings < graph->warnings->len; program->seen_warnings++)
    closure_warn(closure, "%s: %s", path, (const char *)graph->warnings->pdata[program->seen_warnings]);
}

static gboolean take_nodes(KeepClosure *closure, Program *program, GError **error)
{
  take_loader_files(closure, program);
  for (; program->seen < program->graph->nodes->len; program->seen++)
  {
    ElfdepsNode *node = program->graph->nodes->pdata[program->seen];
    for (guint i = 0; i < node->edges->len; i++)
      take_edge(closure, program, node, node->edges->pdata[i]);
    if (node->problem != NULL)
      closure_warn(closure, "a loader would stop at %s: %s", node->path, node->problem);
    if (node->object == NULL)
      continue;
    take_notes(closure, program, node);
    if (!take_facts(closure, program, node, error))
      return FALSE;
  }
  return TRUE;
}

/* Whether all that the nodes from first on ask for was found. */
static gboolean is_whole(const ElfdepsClosure *graph, guint first)
{
  for (guint i = first; i < graph->nodes->len; i++)
  {
    const ElfdepsNode *node = graph->nodes->pdata[i];
    for (guint j = 0; j < node->edges->len; j++)
      if (((const ElfdepsEdge *)node->edges->pdata[j])->missing)
        return FALSE;
  }
  return TRUE;
}

/*
 * A module that misses something by itself may find it by the RPATH of the
 * program that loads it. Which one that is nobody says: the first that has all.
 */
static gboolean load_into_program(KeepClosure *closure, const ElfdepsNode *module)
{
  guint tried = 0;
  for (guint i = 0; i < closure->programs->len && tried < PROGRAMS_TRIED; i++)
  {
    const Program *program = closure->programs->pdata[i];
    if (name_space(program) == NULL || module->object == NULL || module->object->has_interp)
      continue;
    tried++;
    guint first = program->graph->nodes->len;
    const ElfdepsEdge *edge = elfdeps_closure_dlopen(program->graph, program->graph->root, module->file.real_path);
    if (!edge->missing && is_whole(program->graph, first))
      return TRUE;
  }
  return FALSE;
}

gboolean closure_examine_elf(KeepClosure *closure, KeepEntry *entry, GError **error)
{
  if (!g_hash_table_add(closure->resolved, entry->node->inode))
    return TRUE;
  gboolean required = entry->reason.kind == KEEP_REASON_ENTRYPOINT || entry->reason.kind == KEEP_REASON_EXEC;
  GError *failure = NULL;
  ElfdepsClosure *graph = elfdeps_closure_new(closure->resolver, entry->path, &failure);
  if (graph == NULL)
    return tolerate(closure, entry->path, required, failure, error);
  if (!required && graph->missing > 0 && load_into_program(closure, graph->root))
  {
    elfdeps_closure_free(graph);
    return TRUE; /* its nodes are taken with the program's */
  }
  Program *program = g_new0(Program, 1);
  *program = (Program){.graph = graph, .at_start = graph->nodes->len, .required = required};
  g_ptr_array_add(closure->programs, program);
  return take_nodes(closure, program, error) && take_static(closure, program, error);
}

gboolean closure_take_programs(KeepClosure *closure, GError **error)
{
  for (guint i = 0; i < closure->programs->len; i++)
    if (!take_nodes(closure, closure->programs->pdata[i], error))
      return FALSE;
  return TRUE;
}

void closure_free_programs(KeepClosure *closure)
{
  for (guint i = 0; i < closure->programs->len; i++)
  {
    Program *program = closure->programs->pdata[i];
    elfdeps_closure_free(program->graph);
    g_free(program);
  }
  g_ptr_array_unref(closure->programs);
}
