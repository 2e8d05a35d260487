/*
 * What the files of the parser share: the frames that are open, and what is expected in each.
 *
 * shell_parser.c reads operators, shell_parser_word.c words, shell_parser_frame.c opens and closes frames.
 */
#ifndef SLIM_KEEP_SHELL_PARSER_STATE_H
#define SLIM_KEEP_SHELL_PARSER_STATE_H

#include "slim/keep/shell_command.h"
#include "slim/keep/shell_lexer.h"

typedef enum
{
  KEEP_SHELL_STATE_COMMAND,        /* a command may begin */
  KEEP_SHELL_STATE_ARGUMENTS,      /* inside a command */
  KEEP_SHELL_STATE_AFTER,          /* after a compound command: redirections and reserved words */
  KEEP_SHELL_STATE_FOR_NAME,       /* for, select: the name */
  KEEP_SHELL_STATE_FOR_IN,         /* `in`, or what ends the head */
  KEEP_SHELL_STATE_FOR_WORDS,      /* after `in` */
  KEEP_SHELL_STATE_CASE_WORD,      /* after `case` */
  KEEP_SHELL_STATE_CASE_IN,        /* `in` */
  KEEP_SHELL_STATE_PATTERN,        /* of a case */
  KEEP_SHELL_STATE_FUNCTION_NAME,  /* after `function` */
  KEEP_SHELL_STATE_FUNCTION_CLOSE, /* after `name (` */
  KEEP_SHELL_STATE_CONDITION,      /* [[ … ]] */
  KEEP_SHELL_STATE_ARITHMETIC,     /* the next word is all of (( … )) */
  KEEP_SHELL_STATE_IGNORED,        /* parentheses inside a pattern for file names */
} KeepShellState;

typedef enum
{
  KEEP_SHELL_FRAME_TEXT,
  KEEP_SHELL_FRAME_SUBSHELL,
  KEEP_SHELL_FRAME_SUBSTITUTION,
  KEEP_SHELL_FRAME_BRACE,
  KEEP_SHELL_FRAME_CASE,
  KEEP_SHELL_FRAME_ARRAY,
  KEEP_SHELL_FRAME_GROUP,
} KeepShellFrameKind;

typedef struct
{
  KeepShellFrameKind kind;
  KeepShellState state;
  KeepShellState next;  /* after ARITHMETIC */
  GPtrArray *words;     /* of the command, or the elements of the array */
  char *name;           /* assignment that stood last, loop variable, function, or array */
  gboolean pending;     /* name is that of a function whose body comes */
  gboolean assigned;    /* name is that of an assignment without a value: an array may follow */
  gboolean append;      /* the array is added with += */
  gboolean coprocess;   /* after coproc */
  gboolean started;     /* PATTERN: something stood */
  guint parentheses;    /* open in PATTERN or IGNORED */
  guint redirection;    /* kind of token whose word comes, or 0 */
  const char *function; /* whose body this is, or NULL */
} KeepShellFrame;

typedef struct
{
  KeepShellReading *reading;
  KeepShellLexer *lexer;
  GPtrArray *frames;
  GStringChunk *functions; /* names */
  guint parentheses;       /* frames that a right parenthesis closes */
  guint depth;
  guint words; /* that frames keep */
} KeepShellParser;

/*
 * Frees a frame.
 */
void keep_shell_frame_free(gpointer data);

/*
 * The innermost frame.
 */
KeepShellFrame *keep_shell_parser_top(const KeepShellParser *parser);

/*
 * Opens a frame. FALSE at the limit: then nothing has changed. A substitution always opens, the lexer limits those.
 */
gboolean keep_shell_parser_push(KeepShellParser *parser, KeepShellFrameKind kind, KeepShellState state);

/*
 * The command of the innermost frame is complete.
 */
void keep_shell_parser_finish(KeepShellParser *parser);

/*
 * The innermost frame is complete, with its command or array.
 */
void keep_shell_parser_leave(KeepShellParser *parser);

/*
 * The innermost frame keeps a word for its command or array, if there is room. Takes ownership.
 */
void keep_shell_parser_keep_word(KeepShellParser *parser, KeepShellWord *word);

/*
 * The innermost frame keeps the first count words.
 */
void keep_shell_parser_drop_words(KeepShellParser *parser, guint count);

/*
 * Sets the name that a frame remembers. Takes ownership.
 */
void keep_shell_frame_set_name(KeepShellFrame *frame, char *name);

/*
 * NAME= has no value, and no array follows.
 */
void keep_shell_parser_assign_empty(KeepShellParser *parser);

/*
 * Reads a text inside this one; its findings are placed at start.
 */
void keep_shell_parser_read_inside(KeepShellParser *parser, const char *text, guint line, gsize start, gboolean here_document);

/*
 * Reads a word. Takes ownership.
 */
void keep_shell_parser_take_word(KeepShellParser *parser, KeepShellWord *word);

#endif
