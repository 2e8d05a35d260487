/* A prompt is known by the program's name, and by having no argument that is not an option. */
#include "slim/keep/prompt.h"

#include "slim/keep/closure_private.h"
#include "slim/keep/script.h"

#include <string.h>

/* "python3.11" is python, "perl5.36.0" is perl. */
static char *name_without_version(const char *word)
{
  char *name = g_path_get_basename(word);
  gsize length = strlen(name);
  while (length > 1 && (g_ascii_isdigit(name[length - 1]) || name[length - 1] == '.'))
    length--;
  name[length] = '\0';
  return name;
}

static gboolean is_interpreter(const char *word)
{
  static const char *const names[] = {
      "sh",     "bash", "rbash",   "dash",   "ash",    "ksh",  "mksh", "zsh",   "fish",     "csh",   "tcsh", "pwsh",   "nu",     "busybox",
      "python", "pypy", "ipython", "node",   "nodejs", "deno", "bun",  "ruby",  "irb",      "jruby", "perl", "php",    "lua",    "luajit",
      "tclsh",  "R",    "julia",   "jshell", "erl",    "iex",  "ghci", "scala", "groovysh", "guile", "sbcl", "racket", "octave", NULL};
  g_autofree char *name = name_without_version(word);
  return g_strv_contains(names, name);
}

/* What only sets a process up, and then becomes the command behind it. */
static gboolean hands_on(const char *word)
{
  static const char *const names[] = {"tini", "tini-static", "dumb-init", "docker-init", "catatonit",
                                      "env",  "gosu",        "su-exec",   "setpriv",     NULL};
  g_autofree char *name = g_path_get_basename(word);
  return g_strv_contains(names, name);
}

/* "-mapp", "-MFoo", "-S0:80", "--eval=…": an option that brings what there is to run with it. */
static gboolean brings_program(const char *word)
{
  static const char *const names[] = {"--eval=", "--run=", "--file=", "--execute=", "--require=", "--import="};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    if (g_str_has_prefix(word, names[i]))
      return TRUE;
  return word[0] == '-' && word[1] != '\0' && word[2] != '\0' && strchr("mMceEfrS", word[1]) != NULL;
}

static gboolean opens_prompt(const GPtrArray *argv, guint first)
{
  if (first >= argv->len || !is_interpreter(argv->pdata[first]))
    return FALSE;
  for (guint i = first + 1; i < argv->len; i++)
  {
    const char *word = argv->pdata[i];
    if ((word[0] != '-' && word[0] != '+') || brings_program(word))
      return FALSE;
  }
  return TRUE;
}

static gboolean is_script(KeepClosure *closure, const char *program, gboolean *answer, GError **error)
{
  guint8 head[KEEP_SCRIPT_HEAD_BYTES];
  g_autofree char *path = keep_closure_find_program(closure, program);
  const OciNode *node = path == NULL ? NULL : oci_rootfs_find(closure->rootfs, path);
  *answer = FALSE;
  if (node == NULL)
    return TRUE;
  gssize length = oci_rootfs_pread(closure->rootfs, node->inode, head, sizeof head, 0, error);
  *answer = length >= 2 && memcmp(head, "#!", 2) == 0;
  return length >= 0;
}

gboolean keep_prompt_find(KeepClosure *closure, const KeepRoot *root, const char **word, GError **error)
{
  const char *program = root->argv->pdata[0];
  gboolean passes = hands_on(program);
  *word = opens_prompt(root->argv, 0) ? program : NULL;
  if (*word != NULL || root->command == 0 || !opens_prompt(root->argv, root->command))
    return TRUE;
  if (!passes && !is_script(closure, program, &passes, error))
    return FALSE;
  if (passes)
    *word = root->argv->pdata[root->command];
  return TRUE;
}
