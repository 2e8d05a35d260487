/* Programs by name, scripts by their first line. */
#include "slim/keep/closure_private.h"

#include "slim/keep/script.h"

#include <string.h>

#define EXECUTE_BITS 0111

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

void closure_note_run(KeepClosure *closure, OciNode *node)
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
    closure_note_run(closure, node);
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
  if (entry->node->inode->metadata.size > CLOSURE_SHELL_MAX_BYTES)
  {
    closure_warn(closure, "%s is longer than %u bytes: its commands are not looked for", entry->path, CLOSURE_SHELL_MAX_BYTES);
    return TRUE;
  }
  g_autoptr(GBytes) bytes = oci_rootfs_read(closure->rootfs, entry->node->inode, CLOSURE_SHELL_MAX_BYTES, error);
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
