/* Programs by name, scripts by their first line, shell texts by their commands. */
#include "slim/keep/closure_private.h"

#include "oci/error.h"
#include "slim/keep/script.h"
#include "slim/keep/shell.h"

#include <string.h>

#define SHELL_TEXT_MAX_BYTES (1u << 20)
#define EXECUTE_BITS         0111

gboolean closure_is_program(const OciNode *node)
{
  return node->inode->metadata.type == OCI_FILE_REGULAR && (node->inode->metadata.mode & EXECUTE_BITS) != 0;
}

static gboolean leads_to_program(KeepClosure *closure, OciNode *base, const char *path)
{
  OciNode *node = NULL;
  return oci_rootfs_walk(closure->rootfs, base, path, OCI_WALK_FOLLOW, NULL, NULL, &node) == OCI_WALK_FOUND && closure_is_program(node);
}

/* An absolute path, or one that is relative to the working directory made absolute. */
static char *absolute(KeepClosure *closure, const char *path)
{
  if (path[0] == '/' || closure->working_dir == NULL)
    return g_strdup(path);
  g_autofree char *directory = oci_node_path(closure->working_dir);
  return g_build_filename(directory, path, NULL);
}

char *keep_closure_find_program(KeepClosure *closure, const char *name)
{
  if (strchr(name, '/') != NULL)
    return leads_to_program(closure, closure->working_dir, name) ? absolute(closure, name) : NULL;
  for (guint i = 0; closure->path[i] != NULL && *name != '\0'; i++)
  {
    g_autofree char *path = g_build_filename(closure->path[i][0] == '\0' ? "." : closure->path[i], name, NULL);
    if (leads_to_program(closure, closure->working_dir, path))
      return absolute(closure, path);
  }
  return NULL;
}

/* What was taken for a part of a library is run after all, and is looked into again. */
static void note_run(KeepClosure *closure, OciNode *node)
{
  g_hash_table_add(closure->run, node->inode);
  if (!g_hash_table_remove(closure->quiet_scripts, node->inode))
    return;
  g_hash_table_remove(closure->texts, node->inode);
  g_queue_push_tail(closure->unexamined, keep_set_find(closure->set, node));
}

gboolean closure_keep_program(KeepClosure *closure, const char *name, const KeepReason *reason)
{
  g_autofree char *path = keep_closure_find_program(closure, name);
  OciNode *node = path == NULL ? NULL : closure_keep_path(closure, NULL, path, reason);
  if (node != NULL)
    note_run(closure, node);
  return node != NULL;
}

gboolean closure_is_shell(const char *program)
{
  static const char *const shells[] = {"sh", "bash", "dash", "ash", "ksh", "mksh", "zsh"};
  g_autofree char *name = g_path_get_basename(program);
  for (guint i = 0; i < G_N_ELEMENTS(shells); i++)
    if (strcmp(name, shells[i]) == 0)
      return TRUE;
  return FALSE;
}

void closure_state_argument(KeepClosure *closure, const char *program, const OciNode *node)
{
  if (node == NULL || node->inode->metadata.type != OCI_FILE_REGULAR)
    return;
  g_autofree char *name = g_path_get_basename(program);
  g_autofree char *path = oci_node_path(node);
  keep_facts_add(closure->facts, KEEP_WHEN_INTERPRETER, name, keep_set_intern(closure->set, path), NULL);
}

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
  g_autoptr(GBytes) bytes = oci_rootfs_read(closure->rootfs, node->inode, SHELL_TEXT_MAX_BYTES, NULL);
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
      note_run(closure, node);
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

static gboolean is_program_folder(KeepClosure *closure, const char *folder)
{
  static const char *const names[] = {"bin", "sbin", "libexec"};
  g_autofree char *name = g_path_get_basename(folder);
  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    if (strcmp(name, names[i]) == 0)
      return TRUE;
  return g_strv_contains((const char *const *)closure->path, folder);
}

/*
 * Whether somebody runs a script. What came along with many others, by a rule or a glob, need not be run: modules of
 * Python's library have a "#!" and the permission, and nobody who has their interpreter elsewhere misses it.
 */
static gboolean is_run(KeepClosure *closure, const KeepEntry *entry)
{
  KeepReasonKind kind = entry->reason.kind;
  g_autofree char *folder = g_path_get_dirname(entry->path);
  return (kind != KEEP_REASON_RULE && kind != KEEP_REASON_PACKAGE && kind != KEEP_REASON_INCLUDE) ||
         g_hash_table_contains(closure->run, entry->node->inode) || is_program_folder(closure, folder);
}

/* What the interpreter of a script is asked for. */
typedef enum
{
  SCRIPT_LIBRARY,  /* kept when it is there */
  SCRIPT_RUN,      /* its absence is told */
  SCRIPT_REQUIRED, /* the image does not start without it */
} ScriptUse;

/* What a part of a library would be run by says nothing about the application. */
static void state_interpreter(KeepClosure *closure, const char *name, const KeepEntry *entry, ScriptUse use)
{
  if (use != SCRIPT_LIBRARY)
    keep_facts_add(closure->facts, KEEP_WHEN_INTERPRETER, name, entry->path, NULL);
}

static void add_missing(KeepClosure *closure, const char *name, const KeepEntry *entry, ScriptUse use)
{
  if (use != SCRIPT_LIBRARY)
    closure_add_missing(closure, name, entry->path, NULL, use == SCRIPT_REQUIRED);
}

/* The program that runs a script: the interpreter, and what env makes of its argument. */
static void keep_interpreter(KeepClosure *closure, const KeepEntry *entry, const KeepShebang *shebang, ScriptUse use)
{
  g_autofree char *detail = g_strdup_printf("#!%s%s%s", shebang->interpreter, shebang->argument != NULL ? " " : "",
                                            shebang->argument != NULL ? shebang->argument : "");
  KeepReason reason = {.kind = KEEP_REASON_SHEBANG, .from = entry->path, .detail = detail};
  if (closure_keep_path(closure, closure->working_dir, shebang->interpreter, &reason) == NULL)
    add_missing(closure, shebang->interpreter, entry, use);
  g_autofree char *name = g_path_get_basename(shebang->interpreter);
  if (strcmp(name, "env") != 0 || shebang->argument == NULL)
  {
    state_interpreter(closure, name, entry, use);
    return;
  }
  g_autofree char *program = keep_shebang_env_program(shebang->argument);
  if (program == NULL && use != SCRIPT_LIBRARY)
    closure_warn(closure, "%s: it cannot be told what env runs for '%s'", entry->path, shebang->argument);
  else if (program != NULL && !closure_keep_program(closure, program, &reason))
    add_missing(closure, program, entry, use);
  if (program != NULL)
  {
    g_autofree char *program_name = g_path_get_basename(program);
    state_interpreter(closure, program_name, entry, use);
  }
}

/* Whether the first line leads to a shell, through env or not. */
static gboolean runs_shell(const KeepShebang *shebang)
{
  g_autofree char *name = g_path_get_basename(shebang->interpreter);
  if (strcmp(name, "env") != 0 || shebang->argument == NULL)
    return closure_is_shell(name);
  g_autofree char *program = keep_shebang_env_program(shebang->argument);
  return program != NULL && closure_is_shell(program);
}

static gboolean read_script(KeepClosure *closure, const KeepEntry *entry, gboolean quiet, GError **error)
{
  if (!g_hash_table_add(closure->texts, entry->node->inode))
    return TRUE;
  if (entry->node->inode->metadata.size > SHELL_TEXT_MAX_BYTES)
  {
    closure_warn(closure, "%s is longer than %u bytes: its commands are not looked for", entry->path, SHELL_TEXT_MAX_BYTES);
    return TRUE;
  }
  g_autoptr(GBytes) bytes = oci_rootfs_read(closure->rootfs, entry->node->inode, SHELL_TEXT_MAX_BYTES, error);
  if (bytes == NULL)
    return FALSE;
  closure_read_shell(closure, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), entry->path, quiet);
  return TRUE;
}

static gboolean read_interpreted(KeepClosure *closure, KeepEntry *entry, const KeepShebang *shebang, ScriptUse use, GError **error)
{
  gboolean shell = runs_shell(shebang);
  if (use == SCRIPT_LIBRARY)
    g_hash_table_add(closure->quiet_scripts, entry->node->inode);
  if (use == SCRIPT_LIBRARY && !shell && strchr(entry->node->name, '.') != NULL)
    return TRUE; /* a module of a language: "cgi.py", "index.js" */
  keep_interpreter(closure, entry, shebang, use);
  return !shell || read_script(closure, entry, use == SCRIPT_LIBRARY, error);
}

gboolean closure_examine_script(KeepClosure *closure, KeepEntry *entry, const void *head, gsize length, GError **error)
{
  if (!closure_is_program(entry->node))
    return TRUE;
  gboolean required = entry->reason.kind == KEEP_REASON_ENTRYPOINT || entry->reason.kind == KEEP_REASON_EXEC;
  g_auto(KeepShebang) shebang = {0};
  if (keep_shebang_parse(head, length, &shebang))
  {
    ScriptUse use = required ? SCRIPT_REQUIRED : is_run(closure, entry) ? SCRIPT_RUN : SCRIPT_LIBRARY;
    return read_interpreted(closure, entry, &shebang, use, error);
  }
  if (!required)
    return TRUE;
  /* the kernel refuses it, and a shell or execvp() runs it with /bin/sh */
  KeepReason reason = {.kind = KEEP_REASON_SHEBANG, .from = entry->path, .detail = "no #!: run by the shell"};
  if (closure_keep_path(closure, NULL, "/bin/sh", &reason) == NULL)
    closure_add_missing(closure, "/bin/sh", entry->path, NULL, TRUE);
  return read_script(closure, entry, FALSE, error);
}
