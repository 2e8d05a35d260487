/*
 * What the files of the scope share: shell_scope.c keeps variables, shell_expand.c says what words may become.
 */
#ifndef SLIM_KEEP_SHELL_SCOPE_STATE_H
#define SLIM_KEEP_SHELL_SCOPE_STATE_H

#include "slim/keep/shell_scope.h"

typedef struct
{
  const char *text; /* of the scope; NULL: not known */
  gboolean arguments;
} KeepShellField;

typedef struct
{
  GPtrArray *values; /* GArray of KeepShellField: each the fields of one value */
  gboolean unknown;
  gboolean array;
} KeepShellVariable;

struct KeepShellScope
{
  GHashTable *variables; /* name -> KeepShellVariable */
  GHashTable *functions; /* name -> KeepShellFunction */
  GStringChunk *strings;
  const char *function; /* of strings: whose body is read now, or NULL */
  gsize bytes;          /* that expansions made */
  gboolean frozen;
  gboolean truncated;
};

/* The values of something that is one field. */
typedef struct
{
  GPtrArray *values; /* char *, owned */
  gboolean unknown;
  gboolean arguments;
} KeepShellScalar;

/*
 * The name of the variable that holds the positional parameters: "@", or "@f" in the body of f.
 * The caller frees it.
 */
char *keep_shell_scope_dup_arguments_name(const KeepShellScope *scope);

/*
 * The values of a word as one field. The caller clears the result.
 */
KeepShellScalar keep_shell_scope_expand_scalar(KeepShellScope *scope, const KeepShellWord *word);

/*
 * Whether a value of a word with wildcards can be told as it is: an absolute pattern for file names, no brace expansion.
 */
gboolean keep_shell_is_path_pattern(const char *value);

/*
 * Frees what a scalar owns.
 */
void keep_shell_scalar_clear(KeepShellScalar *scalar);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KeepShellScalar, keep_shell_scalar_clear)

#endif
