/*
 * Where commands stand.
 *
 * Frames (subshells, braces, substitutions, cases, arrays) are a stack on the
 * heap. Reserved words that only separate (if, then, do …) need no frame.
 */
#include "slim/keep/shell_parser.h"
#include "slim/keep/shell.h"
#include "slim/keep/shell_lexer.h"

#include <stdlib.h>
#include <string.h>

typedef enum
{
  STATE_COMMAND,        /* a command may begin */
  STATE_ARGUMENTS,      /* inside a command */
  STATE_AFTER,          /* after a compound command: redirections and reserved words */
  STATE_FOR_NAME,       /* for, select: the name */
  STATE_FOR_IN,         /* `in`, or what ends the head */
  STATE_FOR_WORDS,      /* after `in` */
  STATE_CASE_WORD,      /* after `case` */
  STATE_CASE_IN,        /* `in` */
  STATE_PATTERN,        /* of a case */
  STATE_FUNCTION_NAME,  /* after `function` */
  STATE_FUNCTION_CLOSE, /* after `name (` */
  STATE_CONDITION,      /* [[ … ]] */
  STATE_ARITHMETIC,     /* the next word is all of (( … )) */
  STATE_IGNORED,        /* parentheses inside a pattern for file names */
} State;

typedef enum
{
  FRAME_TEXT,
  FRAME_SUBSHELL,
  FRAME_SUBSTITUTION,
  FRAME_BRACE,
  FRAME_CASE,
  FRAME_ARRAY,
  FRAME_GROUP,
} FrameKind;

typedef struct
{
  FrameKind kind;
  State state;
  State next;           /* after ARITHMETIC */
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
} Frame;

typedef struct
{
  KeepShellReading *reading;
  KeepShellLexer *lexer;
  GPtrArray *frames;
  GStringChunk *functions; /* names */
  guint parentheses;       /* frames that a right parenthesis closes */
  guint depth;
} Parser;

static void frame_free(gpointer data)
{
  Frame *frame = data;
  g_ptr_array_unref(frame->words);
  g_free(frame->name);
  g_free(frame);
}

static Frame *top(const Parser *parser)
{
  return parser->frames->pdata[parser->frames->len - 1];
}

static gboolean push(Parser *parser, FrameKind kind, State state)
{
  if (kind != FRAME_SUBSTITUTION && parser->frames->len >= 2 * KEEP_SHELL_NESTING)
  {
    parser->reading->truncated = TRUE;
    return FALSE;
  }
  Frame *outer = parser->frames->len > 0 ? top(parser) : NULL;
  Frame *frame = g_new0(Frame, 1);
  frame->kind = kind;
  frame->state = state;
  frame->words = g_ptr_array_new_with_free_func((GDestroyNotify)keep_shell_word_free);
  frame->function = outer != NULL ? outer->function : parser->reading->function;
  if (outer != NULL && outer->pending && (kind == FRAME_BRACE || kind == FRAME_SUBSHELL))
  {
    frame->function = g_string_chunk_insert_const(parser->functions, outer->name);
    outer->pending = FALSE;
  }
  parser->parentheses += kind == FRAME_SUBSHELL || kind == FRAME_SUBSTITUTION ? 1 : 0;
  g_ptr_array_add(parser->frames, frame);
  return TRUE;
}

static void pop(Parser *parser)
{
  FrameKind kind = top(parser)->kind;
  parser->parentheses -= kind == FRAME_SUBSHELL || kind == FRAME_SUBSTITUTION ? 1 : 0;
  g_ptr_array_set_size(parser->frames, (gint)parser->frames->len - 1);
}

/* Reads a text inside this one; its findings are placed where it starts. */
static void read_inside(Parser *parser, const char *text, guint line, gsize start, gboolean here_document)
{
  KeepShellReading *reading = parser->reading;
  if (parser->depth + 1 >= KEEP_SHELL_TEXT_DEPTH)
  {
    reading->truncated = TRUE;
    return;
  }
  const char *source = reading->source, *function = reading->function;
  guint first = reading->findings->len;
  reading->function = top(parser)->function;
  keep_shell_parser_read(reading, text, line, here_document, parser->depth + 1);
  reading->source = source;
  reading->function = function;
  for (guint i = first; i < reading->findings->len; i++)
    g_array_index(reading->findings, KeepShellFinding, i).start = start;
}

static void read_inner_texts(Parser *parser)
{
  GQueue texts = parser->reading->texts;
  g_queue_init(&parser->reading->texts);
  for (KeepShellInnerText *inner = g_queue_pop_head(&texts); inner != NULL; inner = g_queue_pop_head(&texts))
  {
    read_inside(parser, inner->text, inner->line, inner->start, FALSE);
    keep_shell_inner_text_free(inner);
  }
}

/* NAME= had no value, and no array came. */
static void assign_empty(Parser *parser)
{
  Frame *frame = top(parser);
  g_autoptr(KeepShellWord) value = keep_shell_word_new(0, 0);
  g_autoptr(GPtrArray) words = g_ptr_array_new();
  g_ptr_array_add(words, value);
  if (frame->assigned && !frame->append)
    keep_shell_scope_assign(parser->reading->scope, frame->name, words, FALSE);
  frame->assigned = FALSE;
}

/* The command of the frame is complete. */
static void finish(Parser *parser)
{
  Frame *frame = top(parser);
  assign_empty(parser);
  frame->redirection = 0;
  frame->coprocess = FALSE;
  if (frame->words->len == 0)
    return;
  const char *function = parser->reading->function;
  parser->reading->function = frame->function;
  keep_shell_command_read(parser->reading, frame->words);
  parser->reading->function = function;
  read_inner_texts(parser);
  g_ptr_array_set_size(frame->words, 0);
}

static void finish_array(Parser *parser)
{
  const Frame *frame = top(parser);
  if (frame->append)
    keep_shell_scope_append(parser->reading->scope, frame->name, frame->words);
  else
    keep_shell_scope_assign(parser->reading->scope, frame->name, frame->words, TRUE);
  for (guint i = 0; i < frame->words->len; i++)
    keep_shell_command_note_word(parser->reading, frame->words->pdata[i]);
}

/* The frame is complete. */
static void leave(Parser *parser)
{
  if (top(parser)->kind == FRAME_ARRAY)
    finish_array(parser);
  else if (top(parser)->kind != FRAME_GROUP)
    finish(parser);
  pop(parser);
}

static void set_name(Frame *frame, char *name)
{
  g_free(frame->name);
  frame->name = name;
}

/* Whether an assignment stood at the beginning of a command; its value is noted. */
static gboolean read_assignment(Parser *parser, const KeepShellWord *word)
{
  g_autoptr(KeepShellWord) value = NULL;
  Frame *frame = top(parser);
  g_autofree char *name = keep_shell_word_dup_assignment(word, &value, &frame->append);
  if (name == NULL)
    return FALSE;
  g_autoptr(GPtrArray) words = g_ptr_array_new();
  g_ptr_array_add(words, value);
  frame->assigned = value->parts->len == 0;
  if (frame->append && !frame->assigned)
    keep_shell_scope_forget(parser->reading->scope, name);
  else if (!frame->append && !frame->assigned)
    keep_shell_scope_assign(parser->reading->scope, name, words, FALSE);
  keep_shell_command_note_word(parser->reading, value);
  set_name(frame, g_steal_pointer(&name));
  return TRUE;
}

typedef struct
{
  const char *word;
  State state; /* after it */
} Reserved;

/* Sorted. The others ({ } esac function coproc) do more than that. */
static const Reserved RESERVED[] = {
    {"!", STATE_COMMAND},     {"[[", STATE_CONDITION},    {"case", STATE_CASE_WORD}, {"coproc", STATE_COMMAND},
    {"do", STATE_COMMAND},    {"done", STATE_AFTER},      {"elif", STATE_COMMAND},   {"else", STATE_COMMAND},
    {"esac", STATE_AFTER},    {"fi", STATE_AFTER},        {"for", STATE_FOR_NAME},   {"function", STATE_FUNCTION_NAME},
    {"if", STATE_COMMAND},    {"select", STATE_FOR_NAME}, {"then", STATE_COMMAND},   {"time", STATE_COMMAND},
    {"until", STATE_COMMAND}, {"while", STATE_COMMAND},   {"{", STATE_COMMAND},      {"}", STATE_AFTER},
};

static int compare(const void *key, const void *element)
{
  return strcmp(key, ((const Reserved *)element)->word);
}

/* esac: also out of braces that were left open. */
static void leave_case(Parser *parser)
{
  while (top(parser)->kind == FRAME_BRACE)
    leave(parser);
  if (top(parser)->kind == FRAME_CASE)
    leave(parser);
  top(parser)->state = STATE_AFTER;
}

/* Whether the word is reserved where a command begins; then it is done. */
static gboolean read_reserved(Parser *parser, const KeepShellWord *word)
{
  const char *plain = keep_shell_word_get_plain(word);
  const Reserved *reserved = plain != NULL ? bsearch(plain, RESERVED, G_N_ELEMENTS(RESERVED), sizeof(RESERVED[0]), compare) : NULL;
  if (reserved == NULL)
    return FALSE;
  Frame *frame = top(parser);
  frame->state = reserved->state;
  frame->coprocess = strcmp(plain, "coproc") == 0;
  if (strcmp(plain, "esac") == 0)
    leave_case(parser);
  else if (strcmp(plain, "{") == 0)
  {
    frame->state = STATE_AFTER;
    if (!push(parser, FRAME_BRACE, STATE_COMMAND))
      frame->state = STATE_COMMAND;
  }
  else if (strcmp(plain, "}") == 0 && frame->kind == FRAME_BRACE)
  {
    leave(parser);
    top(parser)->state = STATE_AFTER;
  }
  return TRUE;
}

/* A word where a command may begin. TRUE: the command keeps it. */
static gboolean begin_command(Parser *parser, const KeepShellWord *word)
{
  Frame *frame = top(parser);
  assign_empty(parser);
  if (read_reserved(parser, word) || read_assignment(parser, word))
    return FALSE;
  frame->pending = FALSE;
  frame->state = STATE_ARGUMENTS;
  return TRUE;
}

/* A word inside a command. `coproc NAME {` begins another one. */
static gboolean add_argument(Parser *parser, const KeepShellWord *word)
{
  Frame *frame = top(parser);
  gboolean brace = frame->coprocess && frame->words->len == 1 && g_strcmp0(keep_shell_word_get_plain(word), "{") == 0;
  frame->coprocess = FALSE;
  if (!brace)
    return TRUE;
  g_ptr_array_set_size(frame->words, 0);
  frame->state = STATE_COMMAND;
  return begin_command(parser, word);
}

static gboolean is_plain(const KeepShellWord *word, const char *text)
{
  return g_strcmp0(keep_shell_word_get_plain(word), text) == 0;
}

/* A word in a state that is not inside a command. */
static void read_word_between(Parser *parser, KeepShellWord *word)
{
  Frame *frame = top(parser);
  g_autofree char *text = keep_shell_word_dup_text(word, parser->reading->source);
  switch (frame->state)
  {
  case STATE_COMMAND:
  case STATE_ARGUMENTS:
    break;
  case STATE_AFTER:
    read_reserved(parser, word);
    break;
  case STATE_FOR_NAME:
    set_name(frame, g_steal_pointer(&text));
    frame->state = STATE_FOR_IN;
    break;
  case STATE_FOR_IN:
    frame->state = is_plain(word, "in") ? STATE_FOR_WORDS : STATE_COMMAND;
    if (frame->state == STATE_COMMAND)
      keep_shell_scope_assign_arguments(parser->reading->scope, frame->name);
    break;
  case STATE_FOR_WORDS:
    keep_shell_command_note_word(parser->reading, word);
    keep_shell_scope_assign_each(parser->reading->scope, frame->name, word);
    break;
  case STATE_CASE_WORD:
    keep_shell_command_note_word(parser->reading, word);
    frame->state = STATE_CASE_IN;
    break;
  case STATE_CASE_IN:
    frame->state = STATE_AFTER;
    if (is_plain(word, "in"))
      push(parser, FRAME_CASE, STATE_PATTERN);
    break;
  case STATE_PATTERN:
    if (is_plain(word, "esac") && !frame->started)
      leave_case(parser);
    else
      frame->started = TRUE;
    break;
  case STATE_FUNCTION_NAME:
    keep_shell_scope_define(parser->reading->scope, text);
    set_name(frame, g_steal_pointer(&text));
    frame->pending = TRUE;
    frame->state = STATE_COMMAND;
    break;
  case STATE_FUNCTION_CLOSE:
    frame->state = STATE_COMMAND;
    break;
  case STATE_CONDITION:
    keep_shell_command_note_word(parser->reading, word);
    frame->state = is_plain(word, "]]") ? STATE_AFTER : STATE_CONDITION;
    break;
  case STATE_ARITHMETIC:
    keep_shell_command_note_word(parser->reading, word);
    frame->state = frame->next;
    break;
  case STATE_IGNORED:
    keep_shell_command_expand_word(parser->reading, word);
    break;
  }
}

/* Takes ownership of the word. */
static void read_word(Parser *parser, KeepShellWord *word)
{
  g_autoptr(KeepShellWord) owned = word;
  Frame *frame = top(parser);
  gboolean keeps = FALSE;
  if (frame->redirection != 0)
  {
    if (frame->redirection == KEEP_SHELL_TOKEN_INPUT)
      keep_shell_command_note_word(parser->reading, word);
    else
      keep_shell_command_expand_word(parser->reading, word);
    frame->redirection = 0;
  }
  else if (frame->kind == FRAME_ARRAY)
    keeps = TRUE;
  else if (frame->state == STATE_COMMAND)
    keeps = begin_command(parser, word);
  else if (frame->state == STATE_ARGUMENTS)
    keeps = add_argument(parser, word);
  else
    read_word_between(parser, word);
  if (keeps)
    g_ptr_array_add(top(parser)->words, g_steal_pointer(&owned));
}

/* Newline, semicolon or another separator: whether it ends a command here. */
static gboolean separates(const Frame *frame, KeepShellTokenKind kind)
{
  switch (frame->state)
  {
  case STATE_COMMAND:
  case STATE_ARGUMENTS:
    return frame->kind != FRAME_ARRAY;
  case STATE_CONDITION:
    return kind == KEEP_SHELL_TOKEN_SEMICOLON;
  case STATE_FOR_NAME:
  case STATE_FOR_IN:
  case STATE_CASE_WORD:
  case STATE_CASE_IN:
    return kind != KEEP_SHELL_TOKEN_NEWLINE;
  case STATE_PATTERN:
  case STATE_IGNORED:
  case STATE_ARITHMETIC:
    return FALSE;
  case STATE_AFTER:
  case STATE_FOR_WORDS:
  case STATE_FUNCTION_NAME:
  case STATE_FUNCTION_CLOSE:
    return TRUE;
  }
  return TRUE;
}

static void read_separator(Parser *parser, KeepShellTokenKind kind)
{
  if (!separates(top(parser), kind))
    return;
  finish(parser);
  if (top(parser)->state == STATE_FOR_IN)
    keep_shell_scope_assign_arguments(parser->reading->scope, top(parser)->name); /* `for NAME;` */
  top(parser)->state = STATE_COMMAND;
}

/* ;; */
static void read_case_end(Parser *parser)
{
  finish(parser);
  while (top(parser)->kind == FRAME_BRACE)
    leave(parser);
  Frame *frame = top(parser);
  frame->state = frame->kind == FRAME_CASE ? STATE_PATTERN : STATE_COMMAND;
  frame->started = FALSE;
  frame->parentheses = 0;
}

/* A left parenthesis where a command may begin, or after one. */
static void open_subshell(Parser *parser, State next)
{
  Frame *frame = top(parser);
  if (keep_shell_lexer_find_arithmetic(parser->lexer))
  {
    frame->state = STATE_ARITHMETIC;
    frame->next = next;
    return;
  }
  finish(parser);
  frame->state = STATE_AFTER;
  if (!push(parser, FRAME_SUBSHELL, STATE_COMMAND))
    frame->state = STATE_COMMAND;
}

static void open_array(Parser *parser)
{
  char *name = g_strdup(top(parser)->name);
  gboolean append = top(parser)->append;
  top(parser)->assigned = FALSE;
  if (!push(parser, FRAME_ARRAY, STATE_COMMAND))
  {
    g_free(name);
    return;
  }
  top(parser)->name = name;
  top(parser)->append = append;
}

/* A left parenthesis after the words of a command: `name (`, `local name=(`, or a pattern for file names. */
static void open_in_command(Parser *parser, gboolean adjacent)
{
  Frame *frame = top(parser);
  const KeepShellWord *last = frame->words->pdata[frame->words->len - 1];
  g_autoptr(KeepShellWord) value = NULL;
  gboolean append = FALSE;
  g_autofree char *name = adjacent ? keep_shell_word_dup_assignment(last, &value, &append) : NULL;
  if (name != NULL && value->parts->len == 0)
  {
    set_name(frame, g_steal_pointer(&name));
    frame->append = append;
    g_ptr_array_set_size(frame->words, (gint)frame->words->len - 1);
    open_array(parser);
  }
  else if (frame->words->len == 1)
  {
    set_name(frame, keep_shell_word_dup_text(last, parser->reading->source));
    g_ptr_array_set_size(frame->words, 0);
    frame->state = STATE_FUNCTION_CLOSE;
  }
  else if (adjacent)
    push(parser, FRAME_GROUP, STATE_IGNORED);
  else
    open_subshell(parser, STATE_AFTER);
}

static void read_left(Parser *parser, gboolean adjacent)
{
  Frame *frame = top(parser);
  switch (frame->state)
  {
  case STATE_COMMAND:
    if (frame->kind == FRAME_ARRAY)
      push(parser, FRAME_GROUP, STATE_IGNORED);
    else if (frame->assigned && adjacent)
      open_array(parser);
    else if (frame->pending && frame->name != NULL && adjacent)
      frame->state = STATE_FUNCTION_CLOSE;
    else
      open_subshell(parser, STATE_AFTER);
    break;
  case STATE_ARGUMENTS:
    open_in_command(parser, adjacent);
    break;
  case STATE_AFTER:
  case STATE_FOR_NAME:
    open_subshell(parser, STATE_AFTER);
    break;
  case STATE_PATTERN:
    frame->parentheses += frame->started ? 1 : 0;
    frame->started = TRUE;
    break;
  case STATE_IGNORED:
    frame->parentheses++;
    break;
  case STATE_FOR_WORDS:
    push(parser, FRAME_GROUP, STATE_IGNORED);
    break;
  case STATE_FOR_IN:
  case STATE_CASE_WORD:
  case STATE_CASE_IN:
  case STATE_FUNCTION_NAME:
  case STATE_FUNCTION_CLOSE:
  case STATE_CONDITION:
  case STATE_ARITHMETIC:
    break;
  }
}

/* A right parenthesis that closes a subshell or a substitution, whatever was left open in it. */
static void close_subshell(Parser *parser)
{
  if (parser->parentheses == 0)
  {
    finish(parser);
    top(parser)->state = STATE_COMMAND;
    return;
  }
  while (top(parser)->kind != FRAME_SUBSHELL && top(parser)->kind != FRAME_SUBSTITUTION)
    leave(parser);
  gboolean substitution = top(parser)->kind == FRAME_SUBSTITUTION;
  leave(parser);
  if (substitution)
    keep_shell_lexer_close(parser->lexer);
  else
    top(parser)->state = STATE_AFTER;
}

static void read_right(Parser *parser)
{
  Frame *frame = top(parser);
  if (frame->state == STATE_PATTERN && frame->parentheses > 0)
    frame->parentheses--;
  else if (frame->state == STATE_PATTERN && frame->started)
    frame->state = STATE_COMMAND;
  else if (frame->state == STATE_FUNCTION_CLOSE)
  {
    keep_shell_scope_define(parser->reading->scope, frame->name);
    frame->pending = TRUE;
    frame->state = STATE_COMMAND;
  }
  else if (frame->state == STATE_IGNORED && frame->parentheses > 0)
    frame->parentheses--;
  else if (frame->state == STATE_IGNORED || frame->kind == FRAME_ARRAY)
    leave(parser);
  else if (frame->state != STATE_CONDITION)
    close_subshell(parser);
}

static void read_redirection(Parser *parser, KeepShellTokenKind kind)
{
  Frame *frame = top(parser);
  if (frame->kind != FRAME_ARRAY && frame->state != STATE_CONDITION && frame->state != STATE_PATTERN && frame->state != STATE_IGNORED)
    frame->redirection = kind;
}

/* One token; FALSE at the end. */
static gboolean read_token(Parser *parser)
{
  KeepShellToken token = {0};
  keep_shell_lexer_next(parser->lexer, &token);
  switch (token.kind)
  {
  case KEEP_SHELL_TOKEN_END:
    return FALSE;
  case KEEP_SHELL_TOKEN_WORD:
    read_word(parser, token.word);
    break;
  case KEEP_SHELL_TOKEN_OPEN:
    push(parser, FRAME_SUBSTITUTION, STATE_COMMAND);
    break;
  case KEEP_SHELL_TOKEN_TEXT:
  case KEEP_SHELL_TOKEN_HERE:
    read_inside(parser, token.text, token.line, token.start, token.kind == KEEP_SHELL_TOKEN_HERE);
    g_free(token.text);
    break;
  case KEEP_SHELL_TOKEN_NEWLINE:
  case KEEP_SHELL_TOKEN_SEMICOLON:
  case KEEP_SHELL_TOKEN_SEPARATOR:
    read_separator(parser, token.kind);
    break;
  case KEEP_SHELL_TOKEN_CASE_END:
    read_case_end(parser);
    break;
  case KEEP_SHELL_TOKEN_LEFT:
    read_left(parser, token.adjacent);
    break;
  case KEEP_SHELL_TOKEN_RIGHT:
    read_right(parser);
    break;
  case KEEP_SHELL_TOKEN_INPUT:
  case KEEP_SHELL_TOKEN_OUTPUT:
    read_redirection(parser, token.kind);
    break;
  }
  return TRUE;
}

static gint compare_start(gconstpointer a, gconstpointer b, gpointer data)
{
  (void)data;
  const KeepShellFinding *left = a, *right = b;
  return left->start < right->start ? -1 : left->start > right->start;
}

void keep_shell_parser_read(KeepShellReading *reading, const char *text, guint line, gboolean here_document, guint depth)
{
  g_autoptr(KeepShellLexer) lexer = keep_shell_lexer_new(text, line, here_document);
  g_autoptr(GPtrArray) frames = g_ptr_array_new_with_free_func(frame_free);
  Parser parser = {.reading = reading, .lexer = lexer, .frames = frames, .depth = depth};
  parser.functions = g_string_chunk_new(256);
  guint first = reading->findings->len;
  reading->source = text;
  push(&parser, FRAME_TEXT, here_document ? STATE_IGNORED : STATE_COMMAND);
  while (read_token(&parser))
    ;
  while (frames->len > 0)
    leave(&parser);
  reading->truncated = reading->truncated || keep_shell_lexer_is_truncated(lexer);
  if (reading->findings->len > first)
    g_qsort_with_data(&g_array_index(reading->findings, KeepShellFinding, first), (gint)(reading->findings->len - first),
                      sizeof(KeepShellFinding), compare_start, NULL);
  g_string_chunk_free(parser.functions);
}
