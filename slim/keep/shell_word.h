/*
 * A word of a shell text: literal parts, parameters, and what only a run can tell.
 */
#ifndef SLIM_KEEP_SHELL_WORD_H
#define SLIM_KEEP_SHELL_WORD_H

#include <glib.h>

typedef enum
{
  KEEP_SHELL_PART_LITERAL,   /* text is what remains after quote removal */
  KEEP_SHELL_PART_PARAMETER, /* $NAME and ${NAME…}: text is the name */
  KEEP_SHELL_PART_ARGUMENTS, /* $@, $*, $0, $1 …: text is the digits or @ or *; empty: the script itself */
  KEEP_SHELL_PART_UNKNOWN,   /* a substitution, an arithmetic expression, $$ */
} KeepShellPartKind;

typedef enum
{
  KEEP_SHELL_OPERATION_NONE,
  KEEP_SHELL_OPERATION_DEFAULT,   /* ${X:-word} */
  KEEP_SHELL_OPERATION_ASSIGN,    /* ${X:=word} */
  KEEP_SHELL_OPERATION_ALTERNATE, /* ${X:+word} */
  KEEP_SHELL_OPERATION_OTHER,     /* ${X%word} and all others: a value that is not known */
} KeepShellOperation;

typedef struct KeepShellWord KeepShellWord;

typedef struct
{
  KeepShellPartKind kind;
  KeepShellOperation operation;
  gboolean quoted;
  gboolean whole;         /* ${NAME[@]}, $@: all fields, not the first */
  GString *text;          /* owned */
  KeepShellWord *operand; /* owned; of the operation, or NULL */
  gsize start, end;       /* in the text that the lexer reads; not for literals */
} KeepShellPart;

struct KeepShellWord
{
  GPtrArray *parts; /* KeepShellPart */
  gsize start, end; /* in the text that the lexer reads */
  guint line;
};

/*
 * Makes an empty word. The caller frees it.
 */
KeepShellWord *keep_shell_word_new(gsize start, guint line);

/*
 * Frees a word; NULL is allowed.
 */
void keep_shell_word_free(KeepShellWord *word);

/*
 * Adds a part that is not literal. The word owns the result.
 */
KeepShellPart *keep_shell_word_add(KeepShellWord *word, KeepShellPartKind kind, gboolean quoted, gsize start);

/*
 * Adds literal text.
 */
void keep_shell_word_add_literal(KeepShellWord *word, gboolean quoted, const char *text, gsize length);

/*
 * The text of a word that is one unquoted literal, or NULL: reserved words are such.
 */
const char *keep_shell_word_get_plain(const KeepShellWord *word);

/*
 * The text that eval or sh -c sees, with expansions as they stand in the source.
 * source: the text that the lexer read. The caller frees the result.
 */
char *keep_shell_word_dup_text(const KeepShellWord *word, const char *source);

/*
 * The name of an assignment word (NAME=…, NAME+=…, NAME[…]=…), or NULL.
 * value: set to a new word with the part after the equals sign; append: set to whether += stood there.
 * The caller frees both.
 */
char *keep_shell_word_dup_assignment(const KeepShellWord *word, KeepShellWord **value, gboolean *append);

/*
 * Whether an unquoted part is a pattern for file names or a brace expansion.
 */
gboolean keep_shell_word_is_pattern(const KeepShellWord *word);

/*
 * The length of the variable name at the start of text; 0 when there is none.
 */
gsize keep_shell_name_length(const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeepShellWord, keep_shell_word_free)

#endif
