/*
 * The builtins of shells, and the programs whose arguments are a command.
 */
#ifndef SLIM_KEEP_SHELL_TABLES_H
#define SLIM_KEEP_SHELL_TABLES_H

#include <glib.h>

/* What a command does with its arguments that matters here. */
typedef enum
{
  KEEP_SHELL_ACT_NONE,
  KEEP_SHELL_ACT_ASK,         /* type, hash, which: every argument names a command */
  KEEP_SHELL_ACT_COMMAND,     /* command */
  KEEP_SHELL_ACT_BUILTIN,     /* builtin */
  KEEP_SHELL_ACT_EVAL,        /* the arguments are a text */
  KEEP_SHELL_ACT_TRAP,        /* the first argument is a text */
  KEEP_SHELL_ACT_SOURCE,      /* the first argument is a file with shell text */
  KEEP_SHELL_ACT_SET,         /* set */
  KEEP_SHELL_ACT_SHIFT,       /* shift */
  KEEP_SHELL_ACT_ASSIGN,      /* export, local …: assignments are arguments */
  KEEP_SHELL_ACT_READ,        /* read …: names get values from outside */
  KEEP_SHELL_ACT_WRAP,        /* options, positional arguments, then a command */
  KEEP_SHELL_ACT_OPTION_ARGS, /* the argument of certain options is a command: find -exec */
  KEEP_SHELL_ACT_SHELL,       /* sh: -c TEXT, or FILE */
  KEEP_SHELL_ACT_APPLET,      /* busybox: the argument is a command inside the program */
} KeepShellAct;

typedef struct
{
  const char *name;
  KeepShellAct act;
  const char *letters; /* WRAP: short options that take an argument */
  const char
      *options; /* WRAP: long options that take an argument as the next word; OPTION_ARGS: the options; separated and enclosed by spaces */
  guint positional;     /* WRAP: arguments before the command; G_MAXUINT: there is a command only after -u */
  gboolean assignments; /* WRAP: NAME=VALUE may stand before the command */
  char text_letter;     /* WRAP: the short option whose argument is shell text */
} KeepShellProgram;

/*
 * The builtin of POSIX sh, dash, busybox ash or bash with that name, or NULL.
 */
const KeepShellProgram *keep_shell_tables_find_builtin(const char *name);

/*
 * What is known of a program, by its base name, or NULL.
 */
const KeepShellProgram *keep_shell_tables_find_program(const char *name);

/*
 * Whether an option takes the next word as its argument.
 */
gboolean keep_shell_program_takes_argument(const KeepShellProgram *program, const char *option);

/*
 * Whether an option, with its dashes, is one of program's options.
 */
gboolean keep_shell_program_has_option(const KeepShellProgram *program, const char *option);

#endif
