/* Programs by name, scripts by their first line, shell texts by their commands. */
#include "slim/keep/closure_private.h"

#include "oci/error.h"
#include "slim/keep/script.h"
#include "slim/keep/shell.h"

#include <string.h>

#define SHELL_TEXT_MAX_BYTES (1u << 20)
#define EXECUTE_BITS         0111

static gboolean is_program(OciNode *node)
{
  return node->inode->metadata.type == OCI_FILE_REGULAR && (node->inode->metadata.mode & EXECUTE_BITS) != 0;
}

static gboolean leads_to_program(KeepClosure *closure, OciNode *base, const char *path)
{
  OciNode *node = NULL;
  return oci_rootfs_walk(closure->rootfs, base, path, OCI_WALK_FOLLOW, NULL, NULL, &node) == OCI_WALK_FOUND && is_program(node);
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

gboolean closure_keep_program(KeepClosure *closure, const char *name, const KeepReason *reason)
{
  g_autofree char *path = keep_closure_find_program(closure, name);
  return path != NULL && closure_keep_path(closure, NULL, path, reason) != NULL;
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

/* A file that a shell text reads into itself is a shell text too. */
static void read_sourced(KeepClosure *closure, const KeepShellCommand *sourced, const char *from)
{
  g_autofree char *detail = g_strdup_printf("sourced in line %u", sourced->line);
  KeepReason reason = {.kind = KEEP_REASON_COMMAND, .from = from, .detail = detail};
  OciNode *node = sourced->determined ? closure_keep_path(closure, closure->working_dir, sourced->word, &reason) : NULL;
  if (node == NULL || node->inode->metadata.type != OCI_FILE_REGULAR || !g_hash_table_add(closure->texts, node->inode))
    return;
  g_autoptr(GBytes) bytes = oci_rootfs_read(closure->rootfs, node->inode, SHELL_TEXT_MAX_BYTES, NULL);
  g_autofree char *path = oci_node_path(node);
  if (bytes != NULL)
    closure_read_shell(closure, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), keep_set_intern(closure->set, path));
}

static void take_command(KeepClosure *closure, const KeepShellCommand *command, const char *from)
{
  if (!command->determined)
  {
    g_autofree char *quoted = oci_quote(command->word);
    closure_warn(closure, "%s, line %u: the command %s cannot be determined\nhint: name what it runs with --exec or --include",
                 from != NULL ? from : "the image's config", command->line, quoted);
    return;
  }
  g_autofree char *detail = g_strdup_printf("line %u runs %s", command->line, command->word);
  KeepReason reason = {.kind = KEEP_REASON_COMMAND, .from = from, .detail = detail};
  closure_keep_program(closure, command->word, &reason);
}

void closure_read_shell(KeepClosure *closure, const char *text, gsize length, const char *from)
{
  KeepShellText *shell = keep_shell_read(text, length);
  for (guint i = 0; i < shell->commands->len; i++)
    take_command(closure, shell->commands->pdata[i], from);
  for (guint i = 0; i < shell->sourced->len; i++)
    read_sourced(closure, shell->sourced->pdata[i], from);
  for (guint i = 0; i < shell->paths->len; i++)
  {
    KeepReason reason = {.kind = KEEP_REASON_COMMAND, .from = from, .detail = "a path in the script"};
    closure_keep_path(closure, NULL, shell->paths->pdata[i], &reason);
  }
  keep_shell_text_free(shell);
}

/* The program that runs a script: the interpreter, and what env makes of its argument. */
static void keep_interpreter(KeepClosure *closure, const KeepEntry *entry, const KeepShebang *shebang, gboolean required)
{
  g_autofree char *detail = g_strdup_printf("#!%s%s%s", shebang->interpreter, shebang->argument != NULL ? " " : "",
                                            shebang->argument != NULL ? shebang->argument : "");
  KeepReason reason = {.kind = KEEP_REASON_SHEBANG, .from = entry->path, .detail = detail};
  if (closure_keep_path(closure, closure->working_dir, shebang->interpreter, &reason) == NULL)
    closure_add_missing(closure, shebang->interpreter, entry->path, NULL, required);
  g_autofree char *name = g_path_get_basename(shebang->interpreter);
  if (strcmp(name, "env") != 0 || shebang->argument == NULL)
  {
    keep_facts_add(closure->facts, KEEP_WHEN_INTERPRETER, name, entry->path, NULL);
    return;
  }
  g_autofree char *program = keep_shebang_env_program(shebang->argument);
  if (program == NULL)
    closure_warn(closure, "%s: it cannot be told what env runs for '%s'", entry->path, shebang->argument);
  else if (!closure_keep_program(closure, program, &reason))
    closure_add_missing(closure, program, entry->path, NULL, required);
  if (program != NULL)
  {
    g_autofree char *program_name = g_path_get_basename(program);
    keep_facts_add(closure->facts, KEEP_WHEN_INTERPRETER, program_name, entry->path, NULL);
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

static gboolean read_script(KeepClosure *closure, const KeepEntry *entry, GError **error)
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
  closure_read_shell(closure, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), entry->path);
  return TRUE;
}

gboolean closure_examine_script(KeepClosure *closure, KeepEntry *entry, const void *head, gsize length, GError **error)
{
  if (!is_program(entry->node))
    return TRUE;
  gboolean required = entry->reason.kind == KEEP_REASON_ENTRYPOINT || entry->reason.kind == KEEP_REASON_EXEC;
  g_auto(KeepShebang) shebang = {0};
  if (keep_shebang_parse(head, length, &shebang))
  {
    keep_interpreter(closure, entry, &shebang, required);
    return !runs_shell(&shebang) || read_script(closure, entry, error);
  }
  if (!required)
    return TRUE;
  /* the kernel refuses it, and a shell or execvp() runs it with /bin/sh */
  KeepReason reason = {.kind = KEEP_REASON_SHEBANG, .from = entry->path, .detail = "no #!: run by the shell"};
  if (closure_keep_path(closure, NULL, "/bin/sh", &reason) == NULL)
    closure_add_missing(closure, "/bin/sh", entry->path, NULL, TRUE);
  return read_script(closure, entry, error);
}
