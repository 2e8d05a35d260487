/* What the texts in an object's data bring. */
#include "slim/keep/closure_private.h"

#include <string.h>

#define EXECUTE_BITS 0111

/* Whose texts are read. */
typedef struct
{
  KeepClosure *closure;
  const char *subject;
  gpointer data;
} Source;

/*
 * The C library and its loader name what any program could ask for: shells,
 * accounts, time zones. Rules speak of these, by what a program imports.
 */
static gboolean is_c_library(const ElfdepsObject *object)
{
  static const char *const patterns[] = {"libc.so.*", "libc.musl-*", "ld-linux*", "ld64.so.*", "ld.so.*", "ld-musl-*"};
  for (guint i = 0; object->soname != NULL && i < G_N_ELEMENTS(patterns); i++)
    if (g_pattern_match_simple(patterns[i], object->soname))
      return TRUE;
  return FALSE;
}

static void state_text(const char *text, gpointer data)
{
  const Source *source = data;
  keep_facts_add(source->closure->facts, KEEP_WHEN_STRING, text, source->subject, source->data);
}

gboolean closure_read_literals(KeepClosure *closure, const ElfdepsFile *file, const ElfdepsObject *object, gpointer data, GError **error)
{
  if (!keep_rules_have(closure->rules, KEEP_WHEN_STRING) || is_c_library(object) || g_hash_table_contains(closure->literals, file->id))
    return TRUE;
  Source source = {.closure = closure, .subject = file->real_path, .data = data};
  KeepLiterals *literals = keep_literals_read(closure->fs, file, closure->rootfs, state_text, &source, error);
  if (literals != NULL)
    g_hash_table_insert(closure->literals, (gpointer)(guintptr)file->id, literals);
  return literals != NULL;
}

/* One rule's literals of one object. */
typedef struct
{
  KeepClosure *closure;
  const KeepFired *fired;
  GPtrArray *within; /* KeepGlob*; none: anywhere */
  GPtrArray *except;
  const KeepReason *reason;
} Selection;

/* A folder whose name has ".so": modules stand there for dlopen(). */
static gboolean is_module(const OciNode *node)
{
  const char *dot = strstr(node->name, ".so");
  return node->inode->metadata.type == OCI_FILE_REGULAR && dot != NULL && (dot[3] == '\0' || dot[3] == '.');
}

/* Each shared object as dlopen() gets it, and the small files beside them that say how. */
static void keep_modules(const Selection *selection, const OciNode *folder)
{
  g_autoptr(GPtrArray) children = oci_node_children(folder);
  gboolean has_modules = FALSE;
  for (guint i = 0; i < children->len; i++)
    has_modules = has_modules || is_module(children->pdata[i]);
  for (guint i = 0; has_modules && i < children->len; i++)
  {
    OciNode *child = children->pdata[i];
    g_autofree char *path = oci_node_path(child);
    if (closure_is_listed(selection->except, child) || child->inode->metadata.type == OCI_FILE_DIRECTORY)
      continue;
    if (!is_module(child) || !closure_dlopen(selection->closure, selection->fired->data, path, selection->reason))
      closure_keep_path(selection->closure, NULL, path, selection->reason);
  }
}

/* Files below a folder that came with the same source package as the object. */
static gboolean keep_own(const Selection *selection, OciNode *top, GError **error)
{
  KeepPackages *packages = keep_closure_packages(selection->closure, error);
  if (packages == NULL)
    return FALSE;
  const OciNode *object = oci_rootfs_find(selection->closure->rootfs, selection->fired->subject);
  const KeepPackage *owner = object == NULL ? NULL : keep_packages_owner(packages, object);
  GQueue nodes = G_QUEUE_INIT;
  if (owner != NULL)
    g_queue_push_tail(&nodes, top);
  for (OciNode *node = g_queue_pop_head(&nodes); node != NULL; node = g_queue_pop_head(&nodes))
  {
    if (closure_is_listed(selection->except, node))
      continue;
    if (node->inode->metadata.type == OCI_FILE_DIRECTORY)
    {
      g_autoptr(GPtrArray) children = oci_node_children(node);
      for (guint i = 0; i < children->len; i++)
        g_queue_push_tail(&nodes, children->pdata[i]);
      continue;
    }
    const KeepPackage *package = keep_packages_owner(packages, node);
    g_autofree char *path = oci_node_path(node);
    if (package != NULL && strcmp(package->source, owner->source) == 0)
      closure_keep_path(selection->closure, NULL, path, selection->reason);
  }
  return TRUE;
}

static gboolean is_within(const Selection *selection, const char *path, const OciNode *node)
{
  gboolean is_directory = node->inode->metadata.type == OCI_FILE_DIRECTORY;
  for (guint i = 0; i < selection->within->len; i++)
    if (keep_glob_match(selection->within->pdata[i], path, is_directory))
      return TRUE;
  return selection->within->len == 0;
}

static gboolean take_path(const Selection *selection, KeepLiteralKind kind, const char *path, GError **error)
{
  OciNode *node = oci_rootfs_find(selection->closure->rootfs, path);
  g_autofree char *real = node == NULL ? NULL : oci_node_path(node);
  if (node == NULL || closure_is_listed(selection->except, node) ||
      (!is_within(selection, path, node) && !is_within(selection, real, node)))
    return TRUE;
  OciFileType type = node->inode->metadata.type;
  gboolean executable = (node->inode->metadata.mode & EXECUTE_BITS) != 0;
  if (kind == KEEP_LITERAL_FILES || kind == KEEP_LITERAL_PROGRAMS)
  {
    if (type == OCI_FILE_REGULAR && (kind == KEEP_LITERAL_FILES || executable))
      closure_keep_path(selection->closure, NULL, path, selection->reason);
    return TRUE;
  }
  if (type != OCI_FILE_DIRECTORY)
    return TRUE;
  if (kind == KEEP_LITERAL_OWN_TREES)
    return keep_own(selection, node, error);
  if (kind == KEEP_LITERAL_MODULES)
    keep_modules(selection, node);
  else if (closure_keep_path(selection->closure, NULL, path, selection->reason) != NULL)
    closure_keep_tree(selection->closure, node, selection->except, selection->reason);
  return TRUE;
}

static gboolean is_needed(const ElfdepsObject *object, const char *name)
{
  return g_strcmp0(object->soname, name) == 0 || g_ptr_array_find_with_equal_func(object->needed, name, g_str_equal, NULL);
}

/* A name stands for a file in whichever folder. */
static gboolean is_excepted(const Selection *selection, const char *name)
{
  g_autofree char *path = g_strconcat("/", name, NULL);
  for (guint i = 0; i < selection->except->len; i++)
    if (keep_glob_match(selection->except->pdata[i], path, FALSE))
      return TRUE;
  return FALSE;
}

static void add_libraries(const Selection *selection, const ElfdepsFile *file, const KeepLiterals *literals)
{
  KeepClosure *closure = selection->closure;
  const ElfdepsObject *object = elfdeps_resolver_object(closure->resolver, file, NULL);
  for (guint i = 0; object != NULL && i < literals->libraries->len; i++)
    if (!is_needed(object, literals->libraries->pdata[i]) && !is_excepted(selection, literals->libraries->pdata[i]))
      closure_dlopen(closure, selection->fired->data, literals->libraries->pdata[i], selection->reason);
}

gboolean closure_add_literals(KeepClosure *closure, const KeepFired *fired, const KeepAdd *add, GPtrArray *except, const KeepReason *reason,
                              GError **error)
{
  const ElfdepsFile *file = closure_object(fired->data);
  const KeepLiterals *literals = file == NULL ? NULL : g_hash_table_lookup(closure->literals, file->id);
  if (literals == NULL)
    return TRUE;
  g_autoptr(GPtrArray) within = closure_fill_globs(closure, fired, add->texts, NULL);
  const Selection selection = {.closure = closure, .fired = fired, .within = within, .except = except, .reason = reason};
  if (add->literal == KEEP_LITERAL_LIBRARIES)
  {
    add_libraries(&selection, file, literals);
    return TRUE;
  }
  for (guint i = 0; i < literals->paths->len; i++)
    if (!take_path(&selection, add->literal, literals->paths->pdata[i], error))
      return FALSE;
  return TRUE;
}

/* The names that stand in a folder, to be looked up by an object's texts. */
typedef struct
{
  GHashTable *nodes; /* name → GPtrArray of OciNode* */
  GPtrArray *named;  /* OciNode* */
} Named;

static void take_named(const char *text, gpointer data)
{
  const Named *named = data;
  GPtrArray *nodes = g_hash_table_lookup(named->nodes, text);
  for (guint i = 0; nodes != NULL && i < nodes->len; i++)
    g_ptr_array_add(named->named, nodes->pdata[i]);
  if (nodes != NULL)
    g_ptr_array_set_size(nodes, 0); /* each once */
}

static GHashTable *names_of(KeepClosure *closure, GPtrArray *folders)
{
  GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
  g_autoptr(GPtrArray) ends = g_ptr_array_new();
  for (guint i = 0; i < folders->len; i++)
    closure_find_glob(closure, folders->pdata[i], ends);
  for (guint i = 0; i < ends->len; i++)
  {
    const OciNode *folder = ends->pdata[i];
    if (folder->inode->metadata.type != OCI_FILE_DIRECTORY)
      continue;
    g_autoptr(GPtrArray) children = oci_node_children(folder);
    for (guint j = 0; j < children->len; j++)
    {
      OciNode *child = children->pdata[j];
      GPtrArray *same = g_hash_table_lookup(names, child->name);
      if (same == NULL)
        g_hash_table_insert(names, (gpointer)(guintptr)child->name, same = g_ptr_array_new());
      g_ptr_array_add(same, child);
    }
  }
  return names;
}

gboolean closure_add_named(KeepClosure *closure, const KeepFired *fired, GPtrArray *folders, GPtrArray *except, const KeepReason *reason,
                           GError **error)
{
  const ElfdepsFile *file = closure_object(fired->data);
  if (file == NULL)
    return TRUE;
  g_autoptr(GHashTable) nodes = names_of(closure, folders);
  g_autoptr(GPtrArray) found = g_ptr_array_new();
  Named named = {.nodes = nodes, .named = found};
  g_autoptr(KeepLiterals) literals =
      g_hash_table_size(nodes) == 0 ? NULL : keep_literals_read(closure->fs, file, closure->rootfs, take_named, &named, error);
  if (literals == NULL && g_hash_table_size(nodes) > 0)
    return FALSE;
  for (guint i = 0; i < found->len; i++)
  {
    g_autofree char *path = oci_node_path(found->pdata[i]);
    if (!closure_is_listed(except, found->pdata[i]))
      closure_keep_path(closure, NULL, path, reason);
  }
  return TRUE;
}
