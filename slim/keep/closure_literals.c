/* What the texts in an object's data bring. */
#include "slim/keep/closure_private.h"

#include "slim/keep/pattern.h"

#include <string.h>

/* Whose texts are read. */
typedef struct
{
  KeepClosure *closure;
  GHashTable *leaves; /* set of the conditions that a text of this object fulfilled */
  GPtrArray *texts;   /* char*: one for each of these */
  gboolean is_new;    /* the text at hand fulfils one that none did before */
} Source;

/*
 * The C library and its loader name what any program could ask for: shells,
 * accounts, time zones. Rules speak of these, by what a program imports.
 */
static gboolean is_c_library(const ElfdepsObject *object)
{
  static const char *const patterns[] = {"libc.so.*", "libc.musl-*", "ld-linux*", "ld64.so.*", "ld.so.*", "ld-musl-*"};
  for (guint i = 0; object->soname != NULL && i < G_N_ELEMENTS(patterns); i++)
    if (keep_pattern_match(patterns[i], object->soname))
      return TRUE;
  return FALSE;
}

static void take_leaf(guint leaf, gpointer data)
{
  Source *source = data;
  source->is_new = g_hash_table_add(source->leaves, GUINT_TO_POINTER(leaf)) || source->is_new;
}

/* One text for each condition is enough, and few are left of the many that begin with a slash. */
static void take_text(const char *text, gpointer data)
{
  Source *source = data;
  source->is_new = FALSE;
  keep_rules_match(source->closure->rules, KEEP_WHEN_STRING, text, take_leaf, source);
  if (source->is_new)
    g_ptr_array_add(source->texts, g_strdup(text));
}

static KeepLiterals *read_object(KeepClosure *closure, const ElfdepsFile *file, GError **error)
{
  g_autoptr(GHashTable) leaves = g_hash_table_new(NULL, NULL);
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
  Source source = {.closure = closure, .leaves = leaves, .texts = texts};
  KeepLiterals *literals = keep_literals_read(closure->fs, file, closure->rootfs, take_text, &source, error);
  if (literals == NULL)
    return NULL;
  if (literals->cut)
    closure_warn(closure, "%s holds more names than are looked up: some of what it opens may be missing", file->real_path);
  literals->texts = g_steal_pointer(&texts);
  g_hash_table_insert(closure->literals, (gpointer)(guintptr)file->id, literals);
  return literals;
}

gboolean closure_read_literals(KeepClosure *closure, gconstpointer program, const ElfdepsFile *file, const ElfdepsObject *object,
                               gpointer data, GError **error)
{
  if (!keep_rules_read_texts(closure->rules) || is_c_library(object))
    return TRUE;
  const KeepLiterals *literals = g_hash_table_lookup(closure->literals, file->id);
  if (literals == NULL)
    literals = read_object(closure, file, error);
  for (guint i = 0; literals != NULL && i < literals->texts->len; i++)
    keep_facts_add_in(closure->facts, program, KEEP_WHEN_STRING, literals->texts->pdata[i], file->real_path, data);
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

/* A regular file whose name has ".so", at the end of a link or not: modules have such names. */
static gboolean is_module(KeepClosure *closure, OciNode *node)
{
  const char *dot = strstr(node->name, ".so");
  if (dot == NULL || (dot[3] != '\0' && dot[3] != '.'))
    return FALSE;
  g_autofree char *path = oci_node_path(node);
  const OciNode *end = oci_rootfs_find(closure->rootfs, path);
  return end != NULL && end->inode->metadata.type == OCI_FILE_REGULAR;
}

/* Each shared object as dlopen() gets it, and the small files beside them that say how. */
static void keep_modules(const Selection *selection, const OciNode *folder)
{
  KeepClosure *closure = selection->closure;
  g_autoptr(GPtrArray) children = oci_node_children(folder);
  g_autoptr(GPtrArray) files = g_ptr_array_new();
  gboolean has_modules = FALSE;
  for (guint i = 0; i < children->len; i++)
  {
    OciNode *child = children->pdata[i];
    if (child->inode->metadata.type == OCI_FILE_DIRECTORY || closure_is_listed(selection->except, child))
      continue;
    has_modules = has_modules || is_module(closure, child);
    g_ptr_array_add(files, child);
  }
  for (guint i = 0; has_modules && i < files->len; i++)
  {
    g_autofree char *path = oci_node_path(files->pdata[i]);
    if (!is_module(closure, files->pdata[i]) || !closure_dlopen(closure, selection->fired->data, path, selection->reason))
      closure_keep_path(closure, NULL, path, selection->reason);
  }
}

/* What is of no package, or of an image without packages, belongs together as well. */
static const char *source_of(const KeepPackage *package)
{
  return package == NULL ? NULL : package->source;
}

/* Data only: programs and modules are asked for by name, and bring interpreters and libraries along. */
static void keep_when_own(const Selection *selection, KeepPackages *packages, const KeepPackage *owner, OciNode *node)
{
  if (closure_is_program(node) || is_module(selection->closure, node))
    return;
  const KeepPackage *package = keep_packages_owner(packages, node);
  g_autofree char *path = oci_node_path(node);
  if (g_strcmp0(source_of(package), source_of(owner)) == 0)
    closure_keep_path(selection->closure, NULL, path, selection->reason);
}

/* Data below a folder that came with the same source package as the object. */
static void keep_own(const Selection *selection, KeepPackages *packages, const KeepPackage *owner, OciNode *top)
{
  GQueue nodes = G_QUEUE_INIT;
  g_queue_push_tail(&nodes, top);
  for (OciNode *node = g_queue_pop_head(&nodes); node != NULL; node = g_queue_pop_head(&nodes))
  {
    if (closure_is_listed(selection->except, node))
      continue;
    if (node->inode->metadata.type != OCI_FILE_DIRECTORY)
    {
      keep_when_own(selection, packages, owner, node);
      continue;
    }
    g_autoptr(GPtrArray) children = oci_node_children(node);
    for (guint i = 0; i < children->len; i++)
      g_queue_push_tail(&nodes, children->pdata[i]);
  }
}

static char *tree_key(const Selection *selection, const OciNode *node, const char *source)
{
  return g_strdup_printf("%p %p %s", (gconstpointer)selection->fired->rule, (gconstpointer)node, source);
}

/* Whether a folder, or one above it, was kept already for this rule and, in its own trees, this source package. */
static gboolean was_taken(const Selection *selection, const OciNode *top, const char *source)
{
  GHashTable *trees = selection->closure->trees;
  for (const OciNode *node = top; node != NULL; node = node->parent)
  {
    g_autofree char *key = tree_key(selection, node, source);
    if (g_hash_table_contains(trees, key))
      return TRUE;
  }
  g_hash_table_add(trees, tree_key(selection, top, source));
  return FALSE;
}

static gboolean take_own_tree(const Selection *selection, OciNode *top, GError **error)
{
  KeepPackages *packages = keep_closure_packages(selection->closure, error);
  if (packages == NULL)
    return FALSE;
  const OciNode *object = oci_rootfs_find(selection->closure->rootfs, selection->fired->subject);
  const KeepPackage *owner = object == NULL ? NULL : keep_packages_owner(packages, object);
  if (!was_taken(selection, top, owner == NULL ? "" : owner->source))
    keep_own(selection, packages, owner, top);
  return TRUE;
}

static gboolean is_within(const Selection *selection, const char *path, gboolean is_directory)
{
  for (guint i = 0; i < selection->within->len; i++)
    if (keep_glob_match(selection->within->pdata[i], path, is_directory))
      return TRUE;
  return selection->within->len == 0;
}

/* Without "//" and "/./"; NULL for a path with "..", which says nothing about where it leads. */
static char *plain_path(const char *path)
{
  g_auto(GStrv) parts = g_strsplit(path, "/", -1);
  GString *plain = g_string_new(NULL);
  for (guint i = 0; parts[i] != NULL; i++)
  {
    if (strcmp(parts[i], "..") == 0)
    {
      g_string_free(plain, TRUE);
      return NULL;
    }
    if (*parts[i] != '\0' && strcmp(parts[i], ".") != 0)
      g_string_append_printf(plain, "/%s", parts[i]);
  }
  return g_string_free(plain, FALSE);
}

/* Folders that a loader searches are everybody's: to name one says nothing about what is in it. */
static gboolean is_library_folder(KeepClosure *closure, const OciNode *node)
{
  return g_ptr_array_find(closure_library_folders(closure), node, NULL);
}

static gboolean take_folder(const Selection *selection, KeepLiteralKind kind, const char *path, OciNode *node, GError **error)
{
  if (node->parent == NULL || is_library_folder(selection->closure, node))
    return TRUE;
  if (kind == KEEP_LITERAL_OWN_TREES)
    return take_own_tree(selection, node, error);
  if (kind == KEEP_LITERAL_MODULES)
    keep_modules(selection, node);
  else if (!was_taken(selection, node, "") && closure_keep_path(selection->closure, NULL, path, selection->reason) != NULL)
    closure_keep_tree(selection->closure, node, selection->except, selection->reason);
  return TRUE;
}

static gboolean take_path(const Selection *selection, KeepLiteralKind kind, const char *text, GError **error)
{
  OciNode *node = oci_rootfs_find(selection->closure->rootfs, text);
  g_autofree char *real = node == NULL ? NULL : oci_node_path(node);
  g_autofree char *plain = plain_path(text);
  const char *path = plain != NULL ? plain : real;
  if (node == NULL)
    return TRUE;
  OciFileType type = node->inode->metadata.type;
  if (!is_within(selection, path, type == OCI_FILE_DIRECTORY) || closure_is_listed(selection->except, node) ||
      closure_is_path_listed(selection->except, path, type == OCI_FILE_DIRECTORY))
    return TRUE;
  if (type == OCI_FILE_REGULAR && kind == KEEP_LITERAL_FILES)
    closure_keep_path(selection->closure, NULL, path, selection->reason);
  else if (kind == KEEP_LITERAL_PROGRAMS && closure_is_program(node))
    closure_keep_program(selection->closure, path, selection->reason);
  else if (type == OCI_FILE_DIRECTORY && kind != KEEP_LITERAL_FILES && kind != KEEP_LITERAL_PROGRAMS)
    return take_folder(selection, kind, path, node, error);
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
  if (add->texts->len > 0 && within->len == 0)
    return TRUE; /* no placeholder has a value: within nothing, not anywhere */
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

static void take_named(const char *text, gsize length, gboolean whole, gpointer data)
{
  (void)length;
  const Named *named = data;
  if (!whole)
    return;
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
  if (g_hash_table_size(nodes) > 0 && !elfdeps_object_texts(closure->fs, file, take_named, &named, error))
    return FALSE;
  for (guint i = 0; i < found->len; i++)
  {
    g_autofree char *path = oci_node_path(found->pdata[i]);
    if (!closure_is_listed(except, found->pdata[i]))
      closure_keep_path(closure, NULL, path, reason);
  }
  return TRUE;
}
