/*
 * What the two halves of the lexer share: shell_lexer.c reads tokens, shell_lexer_word.c what stands inside words.
 */
#ifndef SLIM_KEEP_SHELL_LEXER_STATE_H
#define SLIM_KEEP_SHELL_LEXER_STATE_H

#include "slim/keep/shell_lexer.h"

typedef enum
{
  KEEP_SHELL_LEVEL_COMMANDS,      /* the text itself, or inside $( <( >( */
  KEEP_SHELL_LEVEL_WORD,          /* owns its word */
  KEEP_SHELL_LEVEL_QUOTES,        /* "…" */
  KEEP_SHELL_LEVEL_BRACE,         /* the word of ${NAME:-word} */
  KEEP_SHELL_LEVEL_ARITHMETIC,    /* $((…)) */
  KEEP_SHELL_LEVEL_HERE_DOCUMENT, /* owns its word */
} KeepShellLevelKind;

/* The levels inside one another are a stack on the heap: no depth of the input is a depth of calls. */
typedef struct
{
  KeepShellLevelKind kind;
  KeepShellWord *word; /* that grows; NULL at the bottom */
  KeepShellPart *part; /* that ends where the level ends, or NULL */
  gboolean quoted;
  guint parentheses; /* ARITHMETIC: open inside */
} KeepShellLevel;

struct KeepShellLexer
{
  const char *text;
  gsize length;
  gsize at;
  guint line;
  GArray *levels;        /* KeepShellLevel */
  GPtrArray *delimiters; /* HereDocument: announced on this line */
  GQueue bodies;         /* KeepShellToken *: read, not yet given */
  gsize lookahead_bytes; /* that may still be read twice */
  gsize token_end;
  gboolean truncated;
};

/*
 * Opens a level. FALSE at the limit: then nothing has changed.
 */
gboolean keep_shell_lexer_push(KeepShellLexer *lexer, KeepShellLevelKind kind, KeepShellWord *word, KeepShellPart *part, gboolean quoted);

/*
 * Goes over count bytes and counts the lines.
 */
void keep_shell_lexer_advance(KeepShellLexer *lexer, gsize count);

/*
 * The length of a line continuation at the current place, else 0.
 */
gsize keep_shell_lexer_continuation(const KeepShellLexer *lexer);

/*
 * Whether "((" is arithmetic and not two subshells; at: after both.
 */
gboolean keep_shell_lexer_is_arithmetic(KeepShellLexer *lexer, gsize at);

/*
 * Reads on in the word of the innermost level. TRUE: token is set.
 */
gboolean keep_shell_lexer_step(KeepShellLexer *lexer, KeepShellToken *token);

#endif
