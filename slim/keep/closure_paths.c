/* Keeping names: with the links on the way, with what is below, by glob. */
#include "slim/keep/closure_private.h"

#include "oci/error.h"

#include <string.h>

static gboolean is_listed_itself(GPtrArray *globs, const OciNode *node)
{
  g_autofree char *path = oci_node_path(node);
  gboolean is_directory = node->inode->metadata.type == OCI_FILE_DIRECTORY;
  for (guint i = 0; i < globs->len; i++)
    if (keep_glob_match(globs->pdata[i], path, is_directory))
      return TRUE;
  return FALSE;
}

gboolean closure_is_listed(GPtrArray *globs, const OciNode *node)
{
  for (const OciNode *n = node; globs != NULL && globs->len > 0 && n->parent != NULL; n = n->parent)
    if (is_listed_itself(globs, n))
      return TRUE;
  return FALSE;
}

/* The same in a walk from above: what stands in a directory that passed is only asked for itself. passed: set of OciNode*. */
static gboolean is_listed_below(GPtrArray *globs, const OciNode *node, GHashTable *passed)
{
  if (globs == NULL || globs->len == 0)
    return FALSE;
  gboolean listed =
      node->parent != NULL && g_hash_table_contains(passed, node->parent) ? is_listed_itself(globs, node) : closure_is_listed(globs, node);
  if (!listed && node->inode->metadata.type == OCI_FILE_DIRECTORY)
    g_hash_table_add(passed, (gpointer)(guintptr)node);
  return listed;
}

gboolean closure_is_path_listed(GPtrArray *globs, const char *path, gboolean is_directory)
{
  g_autofree char *part = g_strdup(path);
  for (char *slash = part + strlen(part); slash != NULL && slash > part; slash = strrchr(part, '/'))
  {
    *slash = '\0';
    for (guint i = 0; globs != NULL && i < globs->len; i++)
      if (keep_glob_match(globs->pdata[i], part, is_directory))
        return TRUE;
    is_directory = TRUE; /* what stands above */
  }
  return FALSE;
}

static gboolean is_declared(KeepReasonKind kind)
{
  return kind == KEEP_REASON_ENTRYPOINT || kind == KEEP_REASON_EXEC;
}

static gboolean is_loader_need(KeepReasonKind kind)
{
  return kind == KEEP_REASON_INTERP || kind == KEEP_REASON_NEEDED || kind == KEEP_REASON_SHEBANG;
}

void closure_warn(KeepClosure *closure, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *warning = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  /* a file may be looked into for more than one rule */
  if (!g_ptr_array_find_with_equal_func(closure->warnings, warning, g_str_equal, NULL))
    g_ptr_array_add(closure->warnings, g_steal_pointer(&warning));
}

gboolean closure_is_excluded(const KeepClosure *closure, const OciNode *node)
{
  return closure_is_listed(closure->excludes, node);
}

void closure_keep_node(KeepClosure *closure, OciNode *node, const KeepReason *reason)
{
  if (!is_declared(reason->kind) && closure_is_listed(closure->excludes, node))
  {
    if (is_loader_need(reason->kind) && keep_set_find(closure->set, node) == NULL)
    {
      g_autofree char *path = oci_node_path(node);
      g_autofree char *quoted = oci_quote(path);
      closure_warn(closure, "%s is excluded, although it is needed by %s", quoted,
                   reason->from != NULL ? reason->from : "the image's config");
    }
    return;
  }
  KeepEntry *entry = keep_set_add(closure->set, node, reason);
  if (entry == NULL || node->inode->metadata.type == OCI_FILE_DIRECTORY)
    return;
  keep_facts_add(closure->facts, KEEP_WHEN_PATH, entry->path, entry->path, NULL);
  if (node->inode->metadata.type == OCI_FILE_REGULAR)
    g_queue_push_tail(closure->unexamined, entry);
}

static void collect(OciNode *node, gpointer data)
{
  g_ptr_array_add(data, node);
}

OciNode *closure_keep_path(KeepClosure *closure, OciNode *base, const char *path, const KeepReason *reason)
{
  g_autoptr(GPtrArray) passed = g_ptr_array_new();
  OciNode *node = NULL;
  if (oci_rootfs_walk(closure->rootfs, base, path, OCI_WALK_FOLLOW, collect, passed, &node) != OCI_WALK_FOUND)
    return NULL;
  g_autofree char *end = oci_node_path(node);
  for (guint i = 0; i < passed->len; i++)
  {
    OciNode *way = passed->pdata[i];
    if (way == node || keep_set_find(closure->set, way) != NULL)
      continue;
    gboolean is_link = way->inode->metadata.type == OCI_FILE_SYMLINK;
    KeepReason way_reason = {.kind = is_link ? KEEP_REASON_LINK : KEEP_REASON_PARENT, .from = end};
    closure_keep_node(closure, way, &way_reason);
  }
  closure_keep_node(closure, node, reason);
  return node;
}

/* A link with what it leads to; the rest of the tree is handled by the caller. */
static void keep_link(KeepClosure *closure, OciNode *link, const KeepReason *reason, GQueue *directories)
{
  closure_keep_node(closure, link, reason);
  g_autofree char *path = oci_node_path(link);
  OciNode *target = closure_keep_path(closure, NULL, path, reason);
  if (target != NULL && target->inode->metadata.type == OCI_FILE_DIRECTORY && target->parent != NULL)
    g_queue_push_tail(directories, target);
}

/* "x.so", "x.so.1": objects have such names, and are asked for by them. */
static gboolean has_object_name(const OciNode *node)
{
  const char *dot = strstr(node->name, ".so");
  return dot != NULL && (dot[3] == '\0' || dot[3] == '.');
}

gboolean closure_is_code(KeepClosure *closure, const OciNode *node)
{
  g_autofree char *path = oci_node_path(node);
  const OciNode *end = oci_rootfs_find(closure->rootfs, path);
  return end != NULL && end->inode->metadata.type == OCI_FILE_REGULAR && (closure_is_program(end) || has_object_name(node));
}

static void keep_tree(KeepClosure *closure, OciNode *top, gboolean data, GPtrArray *except, const KeepReason *reason)
{
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
  g_autoptr(GHashTable) passed = g_hash_table_new(NULL, NULL);
  GQueue nodes = G_QUEUE_INIT;
  g_queue_push_tail(&nodes, top);
  for (OciNode *node = g_queue_pop_head(&nodes); node != NULL; node = g_queue_pop_head(&nodes))
  {
    if (!g_hash_table_add(seen, node) || is_listed_below(except, node, passed) || (data && closure_is_code(closure, node)))
      continue;
    if (node->inode->metadata.type == OCI_FILE_SYMLINK)
    {
      keep_link(closure, node, reason, &nodes);
      continue;
    }
    closure_keep_node(closure, node, reason);
    if (node->inode->metadata.type != OCI_FILE_DIRECTORY || closure_is_listed(closure->excludes, node))
      continue;
    g_autoptr(GPtrArray) children = oci_node_children(node);
    for (guint i = 0; i < children->len; i++)
      g_queue_push_tail(&nodes, children->pdata[i]);
  }
}

void closure_keep_tree(KeepClosure *closure, OciNode *node, GPtrArray *except, const KeepReason *reason)
{
  keep_tree(closure, node, FALSE, except, reason);
}

/* What a glob is to keep, or to find. */
typedef struct
{
  const KeepGlob *glob;
  ClosureExtent extent;
  GPtrArray *except;
  const KeepReason *reason;
  GPtrArray *ends; /* OciNode*: gets them, where nothing is to be kept */
} Selection;

static gboolean takes_trees(const Selection *selection)
{
  return selection->extent == CLOSURE_WHOLE || selection->extent == CLOSURE_DATA;
}

static gboolean leads_to_directory(KeepClosure *closure, const char *path)
{
  const OciNode *end = oci_rootfs_find(closure->rootfs, path);
  return end != NULL && end->inode->metadata.type == OCI_FILE_DIRECTORY;
}

/* The end of a match. */
static void keep_match(KeepClosure *closure, const char *path, OciNode *node, const Selection *selection)
{
  const KeepReason *reason = selection->reason;
  if (closure_is_listed(selection->except, node))
    return;
  if (selection->extent == CLOSURE_DIRECTORIES && !leads_to_directory(closure, path))
    return;
  if (selection->extent == CLOSURE_DATA && closure_is_code(closure, node))
    return;
  OciNode *end = closure_keep_path(closure, NULL, path, reason);
  if (end == NULL)
    closure_keep_node(closure, node, reason); /* a dangling link is kept as it is */
  else if (takes_trees(selection) && end->inode->metadata.type == OCI_FILE_DIRECTORY)
    keep_tree(closure, end, selection->extent == CLOSURE_DATA, selection->except, reason);
}

typedef struct
{
  OciNode *node;
  char *path; /* as the glob sees it: the way to it may have gone through links */
} Place;

static void push_children(GQueue *places, OciNode *directory, const char *path)
{
  g_autoptr(GPtrArray) children = oci_node_children(directory);
  for (guint i = 0; i < children->len; i++)
  {
    Place *place = g_new0(Place, 1);
    place->node = children->pdata[i];
    place->path = g_strconcat(strcmp(path, "/") == 0 ? "" : path, "/", place->node->name, NULL);
    g_queue_push_tail(places, place);
  }
}

typedef void (*MatchFunc)(KeepClosure *closure, const char *path, OciNode *node, const Selection *selection);

/* Calls found for every path that a glob with wildcards matches. */
static guint find_wild(KeepClosure *closure, const Selection *selection, MatchFunc found)
{
  const KeepGlob *glob = selection->glob;
  guint matches = 0;
  GQueue places = G_QUEUE_INIT;
  OciNode *base = oci_rootfs_find(closure->rootfs, keep_glob_base(glob));
  if (base != NULL && base->inode->metadata.type == OCI_FILE_DIRECTORY)
    push_children(&places, base, keep_glob_base(glob));
  for (Place *place = g_queue_pop_head(&places); place != NULL; place = g_queue_pop_head(&places))
  {
    gboolean is_directory = place->node->inode->metadata.type == OCI_FILE_DIRECTORY;
    gboolean matched = keep_glob_match(glob, place->path, is_directory);
    if (matched)
    {
      matches++;
      found(closure, place->path, place->node, selection);
    }
    if (is_directory && !(matched && takes_trees(selection)) && keep_glob_matches_below(glob, place->path))
      push_children(&places, place->node, place->path);
    g_free(place->path);
    g_free(place);
  }
  return matches;
}

static guint find_matches(KeepClosure *closure, const Selection *selection, MatchFunc found)
{
  const KeepGlob *glob = selection->glob;
  if (!keep_glob_is_literal(glob))
    return find_wild(closure, selection, found);
  OciNode *node = NULL;
  if (oci_rootfs_walk(closure->rootfs, NULL, keep_glob_base(glob), OCI_WALK_NOFOLLOW, NULL, NULL, &node) != OCI_WALK_FOUND)
    return 0;
  const OciNode *end = oci_rootfs_find(closure->rootfs, keep_glob_base(glob));
  if (!keep_glob_match(glob, keep_glob_base(glob), end != NULL && end->inode->metadata.type == OCI_FILE_DIRECTORY))
    return 0; /* a trailing slash asks for a directory */
  found(closure, keep_glob_base(glob), node, selection);
  return 1;
}

guint closure_keep_glob(KeepClosure *closure, const KeepGlob *glob, ClosureExtent extent, GPtrArray *except, const KeepReason *reason)
{
  const Selection selection = {.glob = glob, .extent = extent, .except = except, .reason = reason};
  return find_matches(closure, &selection, keep_match);
}

static void collect_end(KeepClosure *closure, const char *path, OciNode *node, const Selection *selection)
{
  OciNode *end = oci_rootfs_find(closure->rootfs, path);
  g_ptr_array_add(selection->ends, end != NULL ? end : node);
}

void closure_find_glob(KeepClosure *closure, const KeepGlob *glob, GPtrArray *ends)
{
  const Selection selection = {.glob = glob, .ends = ends};
  find_matches(closure, &selection, collect_end);
}

void closure_forget_present(KeepClosure *closure)
{
  g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GPtrArray) entries = keep_set_entries(closure->set);
  for (guint i = 0; i < entries->len; i++)
    g_hash_table_add(names, g_path_get_basename(((const KeepEntry *)entries->pdata[i])->path));
  for (guint i = closure->missing->len; i > 0; i--)
  {
    const KeepMissing *missing = closure->missing->pdata[i - 1];
    OciNode *from = missing->from == NULL ? NULL : oci_rootfs_find(closure->rootfs, missing->from);
    if (!missing->required && from != NULL && g_hash_table_contains(names, missing->name) && !keep_closure_has_interp(closure, from))
      g_ptr_array_remove_index(closure->missing, i - 1);
  }
}

void closure_add_missing(KeepClosure *closure, const char *name, const char *from, GPtrArray *tried, gboolean required)
{
  KeepMissing *missing = g_new0(KeepMissing, 1);
  missing->name = g_strdup(name);
  missing->from = g_strdup(from);
  missing->required = required;
  missing->tried = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; tried != NULL && i < tried->len; i++)
    g_ptr_array_add(missing->tried, g_strdup(tried->pdata[i]));
  g_ptr_array_add(closure->missing, missing);
}
