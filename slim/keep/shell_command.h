/*
 * What one simple command of a shell text runs, sources and names.
 */
#ifndef SLIM_KEEP_SHELL_COMMAND_H
#define SLIM_KEEP_SHELL_COMMAND_H

#include "slim/keep/shell_scope.h"

typedef enum
{
  KEEP_SHELL_FINDING_COMMAND,
  KEEP_SHELL_FINDING_SOURCED,
  KEEP_SHELL_FINDING_PATH,
} KeepShellFindingKind;

typedef struct
{
  KeepShellFindingKind kind;
  const char *word;    /* of the reading's strings */
  const char *program; /* of a path: the command that it is an argument of, of the reading's strings; or NULL */
  gboolean determined;
  guint line;
  gsize start; /* orders the findings; in the text that is read */
} KeepShellFinding;

/* A text that a command runs as shell text. */
typedef struct
{
  char *text;
  guint line;
  gsize start; /* of the word that it comes from */
} KeepShellInnerText;

/* One pass over a text and the texts inside it. */
typedef struct
{
  KeepShellScope *scope;
  GArray *findings; /* KeepShellFinding */
  GStringChunk *strings;
  GQueue texts;      /* KeepShellInnerText *: found, not yet read */
  gboolean learning; /* the first pass: variables and functions are learnt, nothing is reported */
  gboolean truncated;
  const char *source;   /* the text that is read now */
  const char *function; /* whose body is read now, or NULL */
  const char *program;  /* that the words read now are arguments of, or NULL */
} KeepShellReading;

/*
 * Reads a simple command. words: KeepShellWord, without assignments and redirections.
 */
void keep_shell_command_read(KeepShellReading *reading, const GPtrArray *words);

/*
 * Notes the absolute paths that a word may be.
 */
void keep_shell_command_note_word(KeepShellReading *reading, const KeepShellWord *word);

/*
 * Expands a word for what it assigns.
 */
void keep_shell_command_expand_word(KeepShellReading *reading, const KeepShellWord *word);

/*
 * Frees an inner text.
 */
void keep_shell_inner_text_free(KeepShellInnerText *text);

#endif
