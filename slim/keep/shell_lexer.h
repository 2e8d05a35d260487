/*
 * Cuts a shell text into words and operators.
 *
 * Command substitutions stand inside words: the lexer says OPEN, gives the
 * tokens of the command, and goes on with the word when it is told that the
 * closing parenthesis has come. Only the parser can know that: in a `case`, a
 * parenthesis may close a pattern.
 */
#ifndef SLIM_KEEP_SHELL_LEXER_H
#define SLIM_KEEP_SHELL_LEXER_H

#include "slim/keep/shell_word.h"

typedef enum
{
  KEEP_SHELL_TOKEN_END,
  KEEP_SHELL_TOKEN_WORD,
  KEEP_SHELL_TOKEN_OPEN, /* $( <( >( */
  KEEP_SHELL_TOKEN_TEXT, /* a text of its own: `…` */
  KEEP_SHELL_TOKEN_HERE, /* the body of a here-document in which expansions are done */
  KEEP_SHELL_TOKEN_NEWLINE,
  KEEP_SHELL_TOKEN_SEMICOLON,
  KEEP_SHELL_TOKEN_SEPARATOR, /* & && | || |& */
  KEEP_SHELL_TOKEN_CASE_END,  /* ;; ;& ;;& */
  KEEP_SHELL_TOKEN_LEFT,      /* ( */
  KEEP_SHELL_TOKEN_RIGHT,     /* ) */
  KEEP_SHELL_TOKEN_INPUT,     /* < <>: the next word is a file that is read */
  KEEP_SHELL_TOKEN_OUTPUT,    /* the other redirections */
} KeepShellTokenKind;

typedef struct
{
  KeepShellTokenKind kind;
  KeepShellWord *word; /* WORD: owned by the receiver */
  char *text;          /* TEXT, HERE: owned by the receiver */
  guint line;
  gsize start;       /* in the text */
  gboolean adjacent; /* nothing stands between the token before and this one */
} KeepShellToken;

typedef struct KeepShellLexer KeepShellLexer;

/*
 * Makes a lexer. text: zero-terminated, outlives the lexer; line: of its first character;
 * here_document: text is the body of one, not commands.
 */
KeepShellLexer *keep_shell_lexer_new(const char *text, guint line, gboolean here_document);

/*
 * Frees a lexer; NULL is allowed.
 */
void keep_shell_lexer_free(KeepShellLexer *lexer);

/*
 * Reads the next token. At the end of the text words that are not complete are dropped.
 */
void keep_shell_lexer_next(KeepShellLexer *lexer, KeepShellToken *token);

/*
 * The closing parenthesis of the last OPEN has been read: its word goes on.
 */
void keep_shell_lexer_close(KeepShellLexer *lexer);

/*
 * After LEFT: when an arithmetic expression follows, the next word is all of it.
 */
gboolean keep_shell_lexer_find_arithmetic(KeepShellLexer *lexer);

/*
 * Whether a limit was reached or a quotation never ends.
 */
gboolean keep_shell_lexer_is_truncated(const KeepShellLexer *lexer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeepShellLexer, keep_shell_lexer_free)

#endif
