/*
 * What a shell text knows by name: variables with every value they get, functions; and the values a word may have.
 */
#ifndef SLIM_KEEP_SHELL_SCOPE_H
#define SLIM_KEEP_SHELL_SCOPE_H

#include "slim/keep/shell_word.h"

/*
 * One field that a word may become. A word that may become several (an array,
 * an unquoted variable with blanks in it, "$@" after `set --`) is several slots.
 */
typedef struct
{
  GPtrArray *values;         /* const char *, of the scope: each known value once */
  gboolean unknown;          /* it may have other values */
  gboolean arguments;        /* it may be what the text is run with, or the text itself */
  gboolean vanishes;         /* it may be no field at all */
  const KeepShellWord *word; /* borrowed */
} KeepShellSlot;

typedef struct
{
  gboolean runs_arguments; /* its body runs "$@" or "$1" */
  guint first;             /* the argument that is the command, from 0 */
  guint shifts;            /* `shift` seen so far */
} KeepShellFunction;

typedef struct KeepShellScope KeepShellScope;

/*
 * Makes a scope. environment: NULL-terminated NAME=VALUE strings, or NULL.
 */
KeepShellScope *keep_shell_scope_new(const char *const *environment);

/*
 * Frees a scope; NULL is allowed.
 */
void keep_shell_scope_free(KeepShellScope *scope);

/*
 * From now on variables and functions keep what they have.
 */
void keep_shell_scope_freeze(KeepShellScope *scope);

/*
 * In whose body the text is from now on: each function has positional parameters of its own.
 * function: copied; NULL: none.
 */
void keep_shell_scope_enter(KeepShellScope *scope, const char *function);

/*
 * Adds a value to a variable. words: KeepShellWord, the elements of an array, or one word.
 */
void keep_shell_scope_assign(KeepShellScope *scope, const char *name, const GPtrArray *words, gboolean array);

/*
 * NAME+=(…): counts as a value when it may be the beginning of one.
 */
void keep_shell_scope_append(KeepShellScope *scope, const char *name, const GPtrArray *words);

/*
 * A variable gets what the text is run with.
 */
void keep_shell_scope_assign_arguments(KeepShellScope *scope, const char *name);

/*
 * Adds every field of a word as a value of a variable, as `for NAME in WORD` does.
 */
void keep_shell_scope_assign_each(KeepShellScope *scope, const char *name, const KeepShellWord *word);

/*
 * Adds slots as the value of the positional parameters (`set -- …`), from the given one on.
 */
void keep_shell_scope_set_arguments(KeepShellScope *scope, const GPtrArray *slots, guint from);

/*
 * A variable gets a value that is not known.
 */
void keep_shell_scope_forget(KeepShellScope *scope, const char *name);

/*
 * Notes that the text defines a function. The result is the scope's.
 */
KeepShellFunction *keep_shell_scope_define(KeepShellScope *scope, const char *name);

/*
 * The function of that name, or NULL.
 */
KeepShellFunction *keep_shell_scope_find_function(KeepShellScope *scope, const char *name);

/*
 * Adds the slots of a word to slots (KeepShellSlot, from keep_shell_slots_new).
 * ${NAME:=word} assigns.
 */
void keep_shell_scope_expand(KeepShellScope *scope, const KeepShellWord *word, GPtrArray *slots);

/*
 * An empty list of slots. The caller unrefs it.
 */
GPtrArray *keep_shell_slots_new(void);

/*
 * Whether KEEP_SHELL_EXPANSION_BYTES was reached.
 */
gboolean keep_shell_scope_is_truncated(const KeepShellScope *scope);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeepShellScope, keep_shell_scope_free)

#endif
