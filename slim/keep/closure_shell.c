/* Shell texts by their commands, and by the files and folders that they name. */
#include "slim/keep/closure_private.h"

#include "oci/error.h"
#include "slim/keep/shell.h"

#include <string.h>

static gboolean is_pattern(const char *word)
{
  return word[0] == '/' && strpbrk(word, "*?[") != NULL;
}

/* Whether a file is shell text by its name: those that a script reads need no "#!" and no permission. */
static gboolean is_shell_name(const char *path)
{
  static const char *const ends[] = {".sh", ".bash", ".envsh"};
  for (guint i = 0; i < G_N_ELEMENTS(ends); i++)
    if (g_str_has_suffix(path, ends[i]))
      return TRUE;
  return FALSE;
}

/* A file that a shell text reads into itself is a shell text too. */
static void read_sourced(KeepClosure *closure, OciNode *node, gboolean quiet)
{
  if (node->inode->metadata.type != OCI_FILE_REGULAR || !g_hash_table_add(closure->texts, node->inode))
    return;
  g_autoptr(GBytes) bytes = oci_rootfs_read(closure->rootfs, node->inode, CLOSURE_SHELL_MAX_BYTES, NULL);
  g_autofree char *path = oci_node_path(node);
  if (bytes != NULL)
    closure_read_shell(closure, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), keep_set_intern(closure->set, path), quiet);
}

/* What a pattern of a shell text stands for in the image: files that are kept, and read where they are shell text or may be run. */
static void take_pattern(KeepClosure *closure, const char *pattern, gboolean sourced, gboolean quiet, const KeepReason *reason)
{
  g_autoptr(KeepGlob) glob = keep_glob_new(pattern, NULL);
  g_autoptr(GPtrArray) ends = g_ptr_array_new();
  if (glob == NULL)
    return;
  closure_keep_glob(closure, glob, CLOSURE_ALONE, NULL, reason);
  closure_find_glob(closure, glob, ends);
  for (guint i = 0; i < ends->len; i++)
  {
    OciNode *node = ends->pdata[i];
    if (sourced || is_shell_name(node->name))
      read_sourced(closure, node, quiet);
    if (closure_is_program(node))
      closure_note_run(closure, node);
  }
}

/* The system's own folders are named by scripts that use little of them; below these only what is named itself is kept. */
static gboolean is_of_system(const char *path)
{
  static const char *const globs[] = {"/*",
                                      "/bin/**",
                                      "/sbin/**",
                                      "/lib*/**",
                                      "/usr/bin/**",
                                      "/usr/sbin/**",
                                      "/usr/lib*/**",
                                      "/usr/share/**",
                                      "/usr/include/**",
                                      "/proc/**",
                                      "/sys/**",
                                      "/dev/**",
                                      "/run/**",
                                      "/tmp/**",
                                      "/boot/**",
                                      "/etc/*",
                                      "/var/run/**",
                                      "/var/cache/**",
                                      "/var/log/**",
                                      "/var/tmp/**",
                                      "/var/lib/apt/**",
                                      "/var/lib/dpkg/**",
                                      "/usr/local/*",
                                      "/usr/local/bin/**",
                                      "/usr/local/lib/**",
                                      "/usr/*",
                                      "/var/*"};
  for (guint i = 0; i < G_N_ELEMENTS(globs); i++)
  {
    g_autoptr(KeepGlob) glob = keep_glob_new(globs[i], NULL);
    if (keep_glob_match(glob, path, TRUE))
      return TRUE;
  }
  return FALSE;
}

/* A folder whose name ends in ".d" holds parts that somebody runs or reads one by one. */
static void take_folder(KeepClosure *closure, OciNode *folder, gboolean quiet, const KeepReason *reason)
{
  g_autofree char *path = oci_node_path(folder);
  if (!g_str_has_suffix(path, ".d") || g_str_has_prefix(path, "/etc/init.d") || folder->inode->metadata.type != OCI_FILE_DIRECTORY)
    return;
  closure_keep_tree(closure, folder, NULL, reason);
  g_autoptr(GPtrArray) children = oci_node_children(folder);
  for (guint i = 0; i < children->len; i++)
    if (is_shell_name(((const OciNode *)children->pdata[i])->name))
      read_sourced(closure, children->pdata[i], quiet);
}

/* What is not there yet is made by the script: the folder that it stands in is kept, with the links on the way ("/var/run"). */
static void keep_parent(KeepClosure *closure, const char *path, const KeepReason *reason)
{
  g_autofree char *folder = g_path_get_dirname(path);
  while (strcmp(folder, "/") != 0 && closure_keep_path(closure, NULL, folder, reason) == NULL)
  {
    char *parent = g_path_get_dirname(folder);
    g_free(folder);
    folder = parent;
  }
}

static void take_path(KeepClosure *closure, const char *path, const char *from, gboolean quiet)
{
  KeepReason reason = {.kind = KEEP_REASON_COMMAND, .from = from, .detail = "a path in the script"};
  if (g_str_has_prefix(path, "/dev/") || g_str_has_prefix(path, "/proc/") || g_str_has_prefix(path, "/sys/"))
    return; /* the engine's */
  if (is_pattern(path))
  {
    g_autofree char *folder = g_path_get_dirname(path);
    if (!is_pattern(folder) && (!is_of_system(folder) || g_str_has_suffix(folder, ".d")))
      take_pattern(closure, path, FALSE, quiet, &reason);
    return;
  }
  OciNode *node = closure_keep_path(closure, NULL, path, &reason);
  if (node != NULL)
    take_folder(closure, node, quiet, &reason);
  else
    keep_parent(closure, path, &reason);
}

/* A script that another one runs and that came with a package: whoever made the image did not write it, and its package says what it needs.
 */
static gboolean is_tool(KeepClosure *closure, const char *from)
{
  const OciNode *node = from == NULL ? NULL : oci_rootfs_find(closure->rootfs, from);
  const KeepEntry *entry = node == NULL ? NULL : keep_set_find(closure->set, node);
  if (entry == NULL || (entry->reason.kind != KEEP_REASON_COMMAND && entry->reason.kind != KEEP_REASON_RULE))
    return FALSE;
  KeepPackages *packages = keep_closure_packages(closure, NULL);
  return packages != NULL && keep_packages_owner(packages, node) != NULL;
}

static void warn_undetermined(KeepClosure *closure, const KeepShellCommand *command, const char *what, const char *from)
{
  if (is_tool(closure, from))
    return;
  g_autofree char *quoted = oci_quote(command->word);
  closure_warn(closure, "%s, line %u: the %s %s cannot be determined\nhint: name what it %s with %s",
               from != NULL ? from : "the image's config", command->line, what, quoted, strcmp(what, "command") == 0 ? "runs" : "reads",
               strcmp(what, "command") == 0 ? "--exec or --include" : "--include");
}

static void take_sourced(KeepClosure *closure, const KeepShellCommand *sourced, const char *from, gboolean quiet)
{
  if (!sourced->determined)
  {
    if (!quiet)
      warn_undetermined(closure, sourced, "file", from);
    return;
  }
  g_autofree char *detail = g_strdup_printf("sourced in line %u", sourced->line);
  KeepReason reason = {.kind = KEEP_REASON_COMMAND, .from = from, .detail = detail};
  if (is_pattern(sourced->word))
  {
    take_pattern(closure, sourced->word, TRUE, quiet, &reason);
    return;
  }
  OciNode *node = closure_keep_path(closure, closure->working_dir, sourced->word, &reason);
  if (node != NULL)
    read_sourced(closure, node, quiet);
}

/* "/usr/lib/app/$TOOL": one of the programs of a folder. Returns: the pattern for these, or NULL; owned by the caller. */
static char *programs_of_folder(KeepClosure *closure, const char *word)
{
  word += *word == '"';
  gsize length = strcspn(word, "$`'\"\\*?[");
  g_autofree char *literal = g_strndup(word, length);
  char *slash = strrchr(literal, '/');
  if (literal[0] != '/' || slash == literal || strchr(word + length, '/') != NULL)
    return NULL;
  *slash = '\0';
  g_auto(GStrv) parts = g_strsplit(literal + 1, "/", -1);
  OciNode *folder = oci_rootfs_find(closure->rootfs, literal);
  gboolean is_deep = g_strv_length(parts) > (strcmp(parts[0], "usr") == 0 ? 2 : 1); /* "/usr/lib/app", "/opt/app": not everybody's */
  if (!is_deep || folder == NULL || g_strv_contains((const char *const *)closure->path, literal) ||
      g_ptr_array_find(closure_library_folders(closure), folder, NULL))
    return NULL;
  return g_strconcat(literal, "/*", NULL);
}

static void take_command(KeepClosure *closure, const KeepShellCommand *command, const char *from, gboolean quiet)
{
  g_autofree char *detail = g_strdup_printf("line %u runs %s", command->line, command->word);
  KeepReason reason = {.kind = KEEP_REASON_COMMAND, .from = from, .detail = detail};
  g_autofree char *programs = command->determined ? NULL : programs_of_folder(closure, command->word);
  if (programs != NULL)
    take_pattern(closure, programs, FALSE, quiet, &reason);
  else if (!command->determined && !quiet)
    warn_undetermined(closure, command, "command", from);
  if (!command->determined)
    return;
  if (is_pattern(command->word))
    take_pattern(closure, command->word, FALSE, quiet, &reason);
  else
    closure_keep_program(closure, command->word, &reason);
}

void closure_read_shell(KeepClosure *closure, const char *text, gsize length, const char *from, gboolean quiet)
{
  g_autoptr(GPtrArray) environment = oci_config_env(closure->config);
  g_ptr_array_add(environment, NULL);
  g_autoptr(KeepShellText) shell = keep_shell_read_in(text, length, (const char *const *)environment->pdata);
  for (guint i = 0; i < shell->commands->len; i++)
    take_command(closure, shell->commands->pdata[i], from, quiet);
  for (guint i = 0; i < shell->sourced->len; i++)
    take_sourced(closure, shell->sourced->pdata[i], from, quiet);
  for (guint i = 0; i < shell->paths->len; i++)
    take_path(closure, shell->paths->pdata[i], from, quiet);
  for (guint i = 0; i < shell->arguments->len; i++)
  {
    const KeepShellArgument *argument = shell->arguments->pdata[i];
    closure_state_argument(closure, argument->program, oci_rootfs_find(closure->rootfs, argument->path));
  }
}
