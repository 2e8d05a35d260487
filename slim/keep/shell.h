/*
 * Reads POSIX shell and bash text for the programs that it may run.
 *
 * Nothing is executed, and nothing is expanded but variables and positional
 * parameters with values that stand in the text (or in the environment given).
 * The flow of control is ignored: a command in any branch may run, and a
 * variable may have any of the values that it gets anywhere. Aliases are
 * ignored. An absolute pattern for file names is a value like any other:
 * "/etc/app.d/" and "*.sh" stand for what is there.
 *
 *     shell_word     what a word is made of
 *     shell_lexer    text -> words, operators, nested texts
 *     shell_scope    values of variables, functions
 *     shell_expand   words -> possible values
 *     shell_command  a simple command -> programs, sourced files, paths
 *     shell_act      what builtins and programs do with their arguments
 *     shell_parser   where commands stand
 */
#ifndef SLIM_KEEP_SHELL_H
#define SLIM_KEEP_SHELL_H

#include <glib.h>

#define KEEP_SHELL_TEXT_BYTES      (2 * 1024 * 1024) /* of one text that are read */
#define KEEP_SHELL_WORD_BYTES      4096              /* of a reported word */
#define KEEP_SHELL_RESULTS         4096              /* entries of each list */
#define KEEP_SHELL_TEXT_DEPTH      8                 /* texts inside a text: eval, sh -c, trap, `…`, here-documents */
#define KEEP_SHELL_NESTING         256               /* quotes, ${…} and $(…) inside one another; twice that of ( and { */
#define KEEP_SHELL_COMMAND_WORDS   16384 /* of the commands that are open at once: the words after that are only looked at for paths */
#define KEEP_SHELL_SUBSCRIPT_BYTES 256   /* of the subscript in ${NAME[subscript]} */
#define KEEP_SHELL_VALUES          16    /* possible values of one variable or word */
#define KEEP_SHELL_FIELDS          64    /* fields of one value */
#define KEEP_SHELL_EXPANSION_BYTES (32 * 1024 * 1024) /* that expansions make in all */

/* One command that a shell text may run, or one file that it sources. */
typedef struct
{
  char *word;          /* the literal name or path; when not determined: the word as it stands in the text */
  guint line;          /* 1-based, of the first appearance */
  gboolean determined; /* FALSE: a warning for the user is due */
} KeepShellCommand;

/* A file that a command of the text is given. */
typedef struct
{
  char *program; /* the word that is the command */
  char *path;    /* absolute */
} KeepShellArgument;

typedef struct
{
  GPtrArray *commands; /* KeepShellCommand, each word once, in order of first appearance; no builtin, no function of the text */
  GPtrArray *sourced;  /* KeepShellCommand: files read as shell text by `.`, `source` and `sh FILE` */
  GPtrArray
      *paths; /* char *: absolute paths and patterns that are whole words anywhere else, but not what output is written to; without "/" */
  GPtrArray *arguments; /* KeepShellArgument: those of the paths that stand behind a command, each pair once */
  gboolean truncated;   /* a limit above was reached, or a quotation never ends: something may be missing */
} KeepShellText;

/*
 * Reads a shell text. Never fails: what cannot be understood is skipped.
 * text: length bytes, any. The caller frees the result.
 * Spec: POSIX.1-2017 XCU 2; the bash reference manual, sections 3.1 to 3.7.
 */
KeepShellText *keep_shell_read(const char *text, gsize length);

/*
 * The same with known variables.
 * environment: NULL-terminated NAME=VALUE strings, or NULL.
 */
KeepShellText *keep_shell_read_in(const char *text, gsize length, const char *const *environment);

/*
 * Frees a result; NULL is allowed.
 */
void keep_shell_text_free(KeepShellText *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeepShellText, keep_shell_text_free)

#endif
