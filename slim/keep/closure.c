/* The state, the roots and the loop to the fixed point. */
#include "slim/keep/closure.h"

#include "oci/error.h"
#include "slim/error.h"
#include "slim/keep/account.h"
#include "slim/keep/closure_private.h"
#include "slim/keep/glob.h"
#include "slim/keep/image_fs.h"
#include "slim/keep/script.h"
#include "slim/keep/shell.h"

#include <string.h>

/* execvp(3) without PATH, and what engines set. */
#define DEFAULT_PATH     "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define PATH_FOLDERS_MAX 1024

#define ARGUMENT_MAX_BYTES 65536u /* beyond which no paths are looked for inside one */

static void missing_free(gpointer data)
{
  KeepMissing *missing = data;
  g_free(missing->name);
  g_free(missing->from);
  g_ptr_array_unref(missing->tried);
  g_free(missing);
}

static void add_environment(KeepClosure *closure)
{
  g_autoptr(GPtrArray) env = oci_config_env(closure->config);
  for (guint i = 0; i < env->len; i++)
  {
    const char *equals = strchr(env->pdata[i], '=');
    g_autofree char *name = equals == NULL ? g_strdup(env->pdata[i]) : g_strndup(env->pdata[i], (gsize)(equals - (char *)env->pdata[i]));
    if (equals == NULL || equals[1] == '\0')
      continue;
    keep_facts_add(closure->facts, KEEP_WHEN_ENV, name, NULL, NULL);
    keep_facts_add(closure->facts, KEEP_WHEN_ENV, env->pdata[i], NULL, NULL);
  }
}

/* The folders of PATH. Each command looks through all of them, and an image is not trusted: those beyond the limit are dropped. */
static char **split_path(const char *path)
{
  char **folders = g_strsplit(path, ":", PATH_FOLDERS_MAX + 1);
  if (g_strv_length(folders) > PATH_FOLDERS_MAX)
    g_clear_pointer(&folders[PATH_FOLDERS_MAX], g_free);
  return folders;
}

KeepClosure *keep_closure_new(OciRootfs *rootfs, const OciConfig *config, const KeepRules *rules)
{
  KeepClosure *closure = g_new0(KeepClosure, 1);
  const char *working_dir = oci_config_working_dir(config);
  const char *path = oci_config_getenv(config, "PATH");
  closure->rootfs = rootfs;
  closure->config = config;
  closure->rules = rules;
  closure->facts = keep_facts_new(rules);
  closure->set = keep_set_new();
  closure->fs = keep_image_fs_new(rootfs);
  closure->working_dir = working_dir == NULL ? NULL : oci_rootfs_find(rootfs, working_dir);
  closure->path = split_path(path != NULL ? path : DEFAULT_PATH);
  ElfdepsEnvironment environment = {
      .library_path = oci_config_getenv(config, "LD_LIBRARY_PATH"),
      .preload = oci_config_getenv(config, "LD_PRELOAD"),
      .audit = oci_config_getenv(config, "LD_AUDIT"),
      .working_dir = working_dir,
  };
  closure->resolver = elfdeps_resolver_new(closure->fs, &environment);
  closure->excludes = g_ptr_array_new_with_free_func((GDestroyNotify)keep_glob_free);
  closure->unexamined = g_queue_new();
  closure->resolved = g_hash_table_new(NULL, NULL);
  closure->texts = g_hash_table_new(NULL, NULL);
  closure->run = g_hash_table_new(NULL, NULL);
  closure->quiet_scripts = g_hash_table_new(NULL, NULL);
  closure->literals = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)keep_literals_free);
  closure->objects = g_hash_table_new(g_str_hash, g_str_equal);
  closure->trees = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  closure->data_packages = g_hash_table_new(NULL, NULL);
  closure->own_names = g_hash_table_new_full(NULL, NULL, NULL, g_free);
  closure->programs = g_ptr_array_new();
  closure->found = g_ptr_array_new_with_free_func(g_free);
  closure->missing = g_ptr_array_new_with_free_func(missing_free);
  closure->warnings = g_ptr_array_new_with_free_func(g_free);
  closure->fired = g_ptr_array_new_with_free_func(g_free);
  keep_set_add(closure->set, oci_rootfs_root(rootfs), &(KeepReason){.kind = KEEP_REASON_PARENT});
  add_environment(closure);
  return closure;
}

void keep_closure_free(KeepClosure *closure)
{
  if (closure == NULL)
    return;
  closure_free_programs(closure);
  elfdeps_resolver_free(closure->resolver);
  keep_image_fs_free(closure->fs);
  keep_facts_free(closure->facts);
  keep_set_free(closure->set);
  g_queue_free(closure->unexamined);
  g_hash_table_unref(closure->resolved);
  g_hash_table_unref(closure->texts);
  g_hash_table_unref(closure->run);
  g_hash_table_unref(closure->quiet_scripts);
  g_hash_table_unref(closure->literals);
  g_hash_table_unref(closure->objects);
  g_hash_table_unref(closure->trees);
  g_hash_table_unref(closure->data_packages);
  g_hash_table_unref(closure->own_names);
  g_clear_pointer(&closure->library_folders, g_ptr_array_unref);
  keep_packages_free(closure->packages);
  g_ptr_array_unref(closure->excludes);
  g_ptr_array_unref(closure->found);
  g_ptr_array_unref(closure->missing);
  g_ptr_array_unref(closure->warnings);
  g_ptr_array_unref(closure->fired);
  g_strfreev(closure->path);
  g_free(closure);
}

void keep_closure_follow_notes(KeepClosure *closure, ElfdepsPriority priority)
{
  closure->follow_notes = TRUE;
  closure->note_priority = priority;
}

gboolean keep_closure_exclude(KeepClosure *closure, const char *glob, GError **error)
{
  KeepGlob *compiled = keep_glob_new(glob, error);
  if (compiled == NULL)
    return FALSE;
  g_ptr_array_add(closure->excludes, compiled);
  return TRUE;
}

gboolean keep_closure_include(KeepClosure *closure, const char *glob, const char *detail, GError **error)
{
  g_autoptr(KeepGlob) compiled = keep_glob_new(glob, error);
  if (compiled == NULL)
    return FALSE;
  KeepReason reason = {.kind = KEEP_REASON_INCLUDE, .detail = detail};
  if (closure_keep_glob(closure, compiled, CLOSURE_WHOLE, NULL, &reason) > 0)
    return TRUE;
  g_autofree char *quoted = oci_quote(glob);
  if (keep_glob_is_literal(compiled))
  {
    g_set_error(error, SLIM_ERROR, SLIM_ERROR_MISSING, "%s names %s, which is not in the image", detail, quoted);
    return FALSE;
  }
  closure_warn(closure, "%s: nothing in the image matches %s", detail, quoted);
  return TRUE;
}

/* How deep a path is: "/" is 0, "/usr" is 1. */
static guint depth(const OciNode *node)
{
  guint count = 0;
  for (; node->parent != NULL; node = node->parent)
    count++;
  return count;
}

/*
 * A path in an argument is kept; a folder with its content unless it is one of the system's top ones.
 *
 * program: which is given it.
 */
static void add_path(KeepClosure *closure, const char *program, const char *argument, const char *path)
{
  if (path[0] == '\0' || path[0] == '-' || strlen(path) > PATH_MAX)
    return;
  g_autofree char *detail = g_strdup_printf("argument %s", argument);
  KeepReason reason = {.kind = KEEP_REASON_ARGUMENT, .detail = detail};
  OciNode *node = closure_keep_path(closure, closure->working_dir, path, &reason);
  if (node != NULL && node->inode->metadata.type == OCI_FILE_DIRECTORY && strchr(path, '/') != NULL && depth(node) >= 2)
    closure_keep_tree(closure, node, NULL, &reason);
  closure_state_argument(closure, program, node);
}

/*
 * An argument can be a path, or have some: behind "=", in a list with colons or commas, "-javaagent:/a.jar", "@/file", and a star
 * that stands for the archives of a folder.
 */
static void add_argument(KeepClosure *closure, const char *program, const char *argument)
{
  const char *equals = strchr(argument, '=');
  add_path(closure, program, argument, argument[0] == '-' && equals != NULL ? equals + 1 : argument);
  if (strlen(argument) > ARGUMENT_MAX_BYTES)
    return;
  g_auto(GStrv) pieces = g_strsplit_set(argument, "=:,@", -1);
  for (guint i = 0; pieces[i] != NULL; i++)
  {
    if (g_str_has_suffix(pieces[i], "/*"))
      pieces[i][strlen(pieces[i]) - 2] = '\0';
    if (pieces[i][0] == '/' && strcmp(pieces[i], argument) != 0)
      add_path(closure, program, argument, pieces[i]);
  }
}

/* "tini -- node server.js": the programs that programs start which run their arguments. Returns: set of words. */
static GHashTable *started_words(const KeepRoot *root)
{
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < root->argv->len; i++)
  {
    g_autofree char *quoted = g_shell_quote(root->argv->pdata[i]);
    g_string_append_printf(text, "%s ", quoted);
  }
  GHashTable *words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(KeepShellText) shell = keep_shell_read(text->str, text->len);
  for (guint i = 0; i < shell->commands->len; i++)
    g_hash_table_add(words, g_strdup(((const KeepShellCommand *)shell->commands->pdata[i])->word));
  return words;
}

/* A program that is run, by the path that it really has. */
static gboolean run_program(KeepClosure *closure, const char *word, const KeepReason *reason)
{
  g_autofree char *path = keep_closure_find_program(closure, word);
  const OciNode *node = path == NULL ? NULL : closure_keep_path(closure, NULL, path, reason);
  if (node == NULL)
    return FALSE;
  g_autofree char *real = oci_node_path(node);
  keep_facts_add(closure->facts, KEEP_WHEN_PROGRAM, real, keep_set_intern(closure->set, real), NULL);
  return TRUE;
}

void keep_closure_add_root(KeepClosure *closure, const KeepRoot *root)
{
  const char *program = root->argv->pdata[0];
  g_autofree char *detail = g_strdup_printf("runs %s", program);
  KeepReason reason = {.kind = root->kind, .detail = detail};
  if (!run_program(closure, program, &reason))
    closure_add_missing(closure, program, NULL, NULL, root->required);
  gboolean text_follows = FALSE;
  g_autoptr(GHashTable) started = started_words(root);
  for (guint i = 1; i < root->argv->len; i++)
  {
    const char *word = root->argv->pdata[i];
    if (text_follows || (root->shell && i + 1 == root->argv->len))
      closure_read_shell(closure, word, strlen(word), NULL, FALSE);
    else if ((i == root->command || g_hash_table_contains(started, word)) && run_program(closure, word, &reason))
      program = word;
    else
      add_argument(closure, program, word);
    text_follows = closure_is_shell(program) && strcmp(word, "-c") == 0;
  }
}

static void keep_directory(KeepClosure *closure, const char *path, const char *detail)
{
  KeepReason reason = {.kind = KEEP_REASON_CONFIG, .detail = detail};
  if (path != NULL && path[0] == '/')
    closure_keep_path(closure, NULL, path, &reason);
}

void keep_closure_add_config(KeepClosure *closure)
{
  const char *user = oci_config_user(closure->config);
  keep_directory(closure, oci_config_working_dir(closure->config), "working directory");
  g_autoptr(GPtrArray) volumes = oci_config_volumes(closure->config);
  for (guint i = 0; i < volumes->len; i++)
    keep_directory(closure, volumes->pdata[i], "volume");
  g_autofree char *home = keep_account_home(closure->rootfs, user);
  keep_directory(closure, home, "home of the user");
  keep_directory(closure, "/tmp", "temporary files");
  if (!keep_account_is_named(user))
    return;
  keep_directory(closure, "/etc/passwd", "the config names a user");
  keep_directory(closure, "/etc/group", "the config names a user");
}

static gboolean examine(KeepClosure *closure, KeepEntry *entry, GError **error)
{
  guint8 head[KEEP_SCRIPT_HEAD_BYTES];
  gssize length = oci_rootfs_pread(closure->rootfs, entry->node->inode, head, sizeof head, 0, error);
  if (length < 0)
    return FALSE;
  if (length >= 4 && memcmp(head, "\177ELF", 4) == 0)
    return closure_examine_elf(closure, entry, error);
  return closure_examine_script(closure, entry, head, (gsize)length, error);
}

gboolean keep_closure_run(KeepClosure *closure, GError **error)
{
  if (!closure_state_packages(closure, error))
    return FALSE;
  do
  {
    for (KeepEntry *entry = g_queue_pop_head(closure->unexamined); entry != NULL; entry = g_queue_pop_head(closure->unexamined))
      if (!examine(closure, entry, error))
        return FALSE;
    if (!closure_apply_rules(closure, error) || !closure_take_programs(closure, error))
      return FALSE;
  } while (!g_queue_is_empty(closure->unexamined) || keep_facts_waiting(closure->facts));
  closure_forget_present(closure);
  return TRUE;
}

void keep_closure_add_path(KeepClosure *closure, const char *path, gboolean whole, const KeepReason *reason)
{
  OciNode *node = oci_rootfs_find(closure->rootfs, path);
  if (node == NULL || closure_is_excluded(closure, node))
    return;
  closure_keep_path(closure, NULL, path, reason);
  if (whole && node->inode->metadata.type == OCI_FILE_DIRECTORY)
    closure_keep_tree(closure, node, NULL, reason);
}

OciRootfs *keep_closure_rootfs(KeepClosure *closure)
{
  return closure->rootfs;
}

KeepSet *keep_closure_set(KeepClosure *closure)
{
  return closure->set;
}

GPtrArray *keep_closure_missing(KeepClosure *closure)
{
  return closure->missing;
}

GPtrArray *keep_closure_warnings(KeepClosure *closure)
{
  return closure->warnings;
}

GPtrArray *keep_closure_fired(KeepClosure *closure)
{
  return closure->fired;
}

KeepPackages *keep_closure_packages(KeepClosure *closure, GError **error)
{
  if (closure->packages == NULL)
    closure->packages = keep_packages_new(closure->rootfs, closure->warnings, error);
  return closure->packages;
}

ElfdepsResolver *keep_closure_resolver(KeepClosure *closure)
{
  return closure->resolver;
}

gboolean keep_closure_has_interp(KeepClosure *closure, OciNode *node)
{
  ElfdepsFile file;
  const ElfdepsObject *object =
      keep_image_fs_file(closure->fs, node, &file) ? elfdeps_resolver_object(closure->resolver, &file, NULL) : NULL;
  return object != NULL && object->has_interp;
}
