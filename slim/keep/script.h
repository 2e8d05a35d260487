/*
 * The first line of a script, read as the kernel reads it.
 *
 * Spec: execve(2), "Interpreter scripts"; Linux fs/binfmt_script.c.
 */
#ifndef SLIM_KEEP_SCRIPT_H
#define SLIM_KEEP_SCRIPT_H

#include <glib.h>

/* What the kernel reads of a file before it decides what it is. */
#define KEEP_SCRIPT_HEAD_BYTES 256

typedef struct
{
  char *interpreter; /* as written: absolute, or relative to the working directory */
  char *argument;    /* the rest of the line, one argument, or NULL */
} KeepShebang;

/*
 * head: the file's first bytes, at most KEEP_SCRIPT_HEAD_BYTES are looked at.
 * Returns: FALSE when it is no script, or one whose interpreter the kernel
 * would refuse.
 */
gboolean keep_shebang_parse(const void *head, gsize length, KeepShebang *shebang);
void keep_shebang_clear(KeepShebang *shebang);

/*
 * The program that env(1) would run for the argument of a first line:
 * "python3", "-S python3 -u", "-i PATH=/bin sh".
 *
 * Returns: a new string, or NULL when it cannot be told: there is no program,
 * or its name holds a variable.
 * Spec: env(1) of GNU coreutils, "-S/--split-string".
 */
char *keep_shebang_env_program(const char *argument);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KeepShebang, keep_shebang_clear)

#endif
