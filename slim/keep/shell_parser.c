/*
 * Where commands stand: operators, and the order of it all.
 *
 * Frames (subshells, braces, substitutions, cases, arrays) are a stack on the
 * heap. Reserved words that only separate (if, then, do …) need no frame.
 */
#include "slim/keep/shell_parser.h"
#include "slim/keep/shell_parser_state.h"

/* Newline, semicolon or another separator: whether it ends a command here. */
static gboolean separates(const KeepShellFrame *frame, KeepShellTokenKind kind)
{
  switch (frame->state)
  {
  case KEEP_SHELL_STATE_COMMAND:
  case KEEP_SHELL_STATE_ARGUMENTS:
    return frame->kind != KEEP_SHELL_FRAME_ARRAY;
  case KEEP_SHELL_STATE_CONDITION:
    return kind == KEEP_SHELL_TOKEN_SEMICOLON;
  case KEEP_SHELL_STATE_FOR_NAME:
  case KEEP_SHELL_STATE_FOR_IN:
  case KEEP_SHELL_STATE_CASE_WORD:
  case KEEP_SHELL_STATE_CASE_IN:
    return kind != KEEP_SHELL_TOKEN_NEWLINE;
  case KEEP_SHELL_STATE_PATTERN:
  case KEEP_SHELL_STATE_IGNORED:
  case KEEP_SHELL_STATE_ARITHMETIC:
    return FALSE;
  case KEEP_SHELL_STATE_AFTER:
  case KEEP_SHELL_STATE_FOR_WORDS:
  case KEEP_SHELL_STATE_FUNCTION_NAME:
  case KEEP_SHELL_STATE_FUNCTION_CLOSE:
    return TRUE;
  }
  return TRUE;
}

static void read_separator(KeepShellParser *parser, KeepShellTokenKind kind)
{
  if (!separates(keep_shell_parser_top(parser), kind))
    return;
  keep_shell_parser_finish(parser);
  if (keep_shell_parser_top(parser)->state == KEEP_SHELL_STATE_FOR_IN)
    keep_shell_scope_assign_arguments(parser->reading->scope, keep_shell_parser_top(parser)->name); /* `for NAME;` */
  keep_shell_parser_top(parser)->state = KEEP_SHELL_STATE_COMMAND;
}

/* ;; */
static void read_case_end(KeepShellParser *parser)
{
  keep_shell_parser_finish(parser);
  while (keep_shell_parser_top(parser)->kind == KEEP_SHELL_FRAME_BRACE)
    keep_shell_parser_leave(parser);
  KeepShellFrame *frame = keep_shell_parser_top(parser);
  frame->state = frame->kind == KEEP_SHELL_FRAME_CASE ? KEEP_SHELL_STATE_PATTERN : KEEP_SHELL_STATE_COMMAND;
  frame->started = FALSE;
  frame->parentheses = 0;
}

/* A left parenthesis where a command may begin, or after one. */
static void open_subshell(KeepShellParser *parser, KeepShellState next)
{
  KeepShellFrame *frame = keep_shell_parser_top(parser);
  if (keep_shell_lexer_find_arithmetic(parser->lexer))
  {
    frame->state = KEEP_SHELL_STATE_ARITHMETIC;
    frame->next = next;
    return;
  }
  keep_shell_parser_finish(parser);
  frame->state = KEEP_SHELL_STATE_AFTER;
  if (!keep_shell_parser_push(parser, KEEP_SHELL_FRAME_SUBSHELL, KEEP_SHELL_STATE_COMMAND))
    frame->state = KEEP_SHELL_STATE_COMMAND;
}

static void open_array(KeepShellParser *parser)
{
  char *name = g_strdup(keep_shell_parser_top(parser)->name);
  gboolean append = keep_shell_parser_top(parser)->append;
  keep_shell_parser_top(parser)->assigned = FALSE;
  if (!keep_shell_parser_push(parser, KEEP_SHELL_FRAME_ARRAY, KEEP_SHELL_STATE_COMMAND))
  {
    g_free(name);
    return;
  }
  keep_shell_parser_top(parser)->name = name;
  keep_shell_parser_top(parser)->append = append;
}

/* A left parenthesis after the words of a command: `name (`, `local name=(`, or a pattern for file names. */
static void open_in_command(KeepShellParser *parser, gboolean adjacent)
{
  KeepShellFrame *frame = keep_shell_parser_top(parser);
  const KeepShellWord *last = frame->words->pdata[frame->words->len - 1];
  g_autoptr(KeepShellWord) value = NULL;
  gboolean append = FALSE;
  g_autofree char *name = adjacent ? keep_shell_word_dup_assignment(last, &value, &append) : NULL;
  if (name != NULL && value->parts->len == 0)
  {
    keep_shell_frame_set_name(frame, g_steal_pointer(&name));
    frame->append = append;
    keep_shell_parser_drop_words(parser, frame->words->len - 1);
    open_array(parser);
  }
  else if (frame->words->len == 1)
  {
    keep_shell_frame_set_name(frame, keep_shell_word_dup_text(last, parser->reading->source));
    keep_shell_parser_drop_words(parser, 0);
    frame->state = KEEP_SHELL_STATE_FUNCTION_CLOSE;
  }
  else if (adjacent)
    keep_shell_parser_push(parser, KEEP_SHELL_FRAME_GROUP, KEEP_SHELL_STATE_IGNORED);
  else
    open_subshell(parser, KEEP_SHELL_STATE_AFTER);
}

static void read_left(KeepShellParser *parser, gboolean adjacent)
{
  KeepShellFrame *frame = keep_shell_parser_top(parser);
  switch (frame->state)
  {
  case KEEP_SHELL_STATE_COMMAND:
    if (frame->kind == KEEP_SHELL_FRAME_ARRAY)
      keep_shell_parser_push(parser, KEEP_SHELL_FRAME_GROUP, KEEP_SHELL_STATE_IGNORED);
    else if (frame->assigned && adjacent)
      open_array(parser);
    else if (frame->pending && frame->name != NULL && adjacent)
      frame->state = KEEP_SHELL_STATE_FUNCTION_CLOSE;
    else
      open_subshell(parser, KEEP_SHELL_STATE_AFTER);
    break;
  case KEEP_SHELL_STATE_ARGUMENTS:
    open_in_command(parser, adjacent);
    break;
  case KEEP_SHELL_STATE_AFTER:
  case KEEP_SHELL_STATE_FOR_NAME:
    open_subshell(parser, KEEP_SHELL_STATE_AFTER);
    break;
  case KEEP_SHELL_STATE_PATTERN:
    frame->parentheses += frame->started ? 1 : 0;
    frame->started = TRUE;
    break;
  case KEEP_SHELL_STATE_IGNORED:
    frame->parentheses++;
    break;
  case KEEP_SHELL_STATE_FOR_WORDS:
    keep_shell_parser_push(parser, KEEP_SHELL_FRAME_GROUP, KEEP_SHELL_STATE_IGNORED);
    break;
  case KEEP_SHELL_STATE_FOR_IN:
  case KEEP_SHELL_STATE_CASE_WORD:
  case KEEP_SHELL_STATE_CASE_IN:
  case KEEP_SHELL_STATE_FUNCTION_NAME:
  case KEEP_SHELL_STATE_FUNCTION_CLOSE:
  case KEEP_SHELL_STATE_CONDITION:
  case KEEP_SHELL_STATE_ARITHMETIC:
    break;
  }
}

/* A right parenthesis that closes a subshell or a substitution, whatever was left open in it. */
static void close_subshell(KeepShellParser *parser)
{
  if (parser->parentheses == 0)
  {
    keep_shell_parser_finish(parser);
    keep_shell_parser_top(parser)->state = KEEP_SHELL_STATE_COMMAND;
    return;
  }
  while (keep_shell_parser_top(parser)->kind != KEEP_SHELL_FRAME_SUBSHELL &&
         keep_shell_parser_top(parser)->kind != KEEP_SHELL_FRAME_SUBSTITUTION)
    keep_shell_parser_leave(parser);
  gboolean substitution = keep_shell_parser_top(parser)->kind == KEEP_SHELL_FRAME_SUBSTITUTION;
  keep_shell_parser_leave(parser);
  if (substitution)
    keep_shell_lexer_close(parser->lexer);
  else
    keep_shell_parser_top(parser)->state = KEEP_SHELL_STATE_AFTER;
}

static void read_right(KeepShellParser *parser)
{
  KeepShellFrame *frame = keep_shell_parser_top(parser);
  if (frame->state == KEEP_SHELL_STATE_PATTERN && frame->parentheses > 0)
    frame->parentheses--;
  else if (frame->state == KEEP_SHELL_STATE_PATTERN && frame->started)
    frame->state = KEEP_SHELL_STATE_COMMAND;
  else if (frame->state == KEEP_SHELL_STATE_FUNCTION_CLOSE)
  {
    keep_shell_scope_define(parser->reading->scope, frame->name);
    frame->pending = TRUE;
    frame->state = KEEP_SHELL_STATE_COMMAND;
  }
  else if (frame->state == KEEP_SHELL_STATE_IGNORED && frame->parentheses > 0)
    frame->parentheses--;
  else if (frame->state == KEEP_SHELL_STATE_IGNORED || frame->kind == KEEP_SHELL_FRAME_ARRAY)
    keep_shell_parser_leave(parser);
  else if (frame->state != KEEP_SHELL_STATE_CONDITION)
    close_subshell(parser);
}

static void read_redirection(KeepShellParser *parser, KeepShellTokenKind kind)
{
  KeepShellFrame *frame = keep_shell_parser_top(parser);
  if (frame->kind != KEEP_SHELL_FRAME_ARRAY && frame->state != KEEP_SHELL_STATE_CONDITION && frame->state != KEEP_SHELL_STATE_PATTERN &&
      frame->state != KEEP_SHELL_STATE_IGNORED)
    frame->redirection = kind;
}

/* One token; FALSE at the end. */
static gboolean read_token(KeepShellParser *parser)
{
  KeepShellToken token = {0};
  keep_shell_lexer_next(parser->lexer, &token);
  switch (token.kind)
  {
  case KEEP_SHELL_TOKEN_END:
    return FALSE;
  case KEEP_SHELL_TOKEN_WORD:
    keep_shell_parser_take_word(parser, token.word);
    break;
  case KEEP_SHELL_TOKEN_OPEN:
    keep_shell_parser_push(parser, KEEP_SHELL_FRAME_SUBSTITUTION, KEEP_SHELL_STATE_COMMAND);
    break;
  case KEEP_SHELL_TOKEN_TEXT:
  case KEEP_SHELL_TOKEN_HERE:
    keep_shell_parser_read_inside(parser, token.text, token.line, token.start, token.kind == KEEP_SHELL_TOKEN_HERE);
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
  g_autoptr(GPtrArray) frames = g_ptr_array_new_with_free_func(keep_shell_frame_free);
  KeepShellParser parser = {.reading = reading, .lexer = lexer, .frames = frames, .depth = depth};
  parser.functions = g_string_chunk_new(256);
  guint first = reading->findings->len;
  reading->source = text;
  keep_shell_parser_push(&parser, KEEP_SHELL_FRAME_TEXT, here_document ? KEEP_SHELL_STATE_IGNORED : KEEP_SHELL_STATE_COMMAND);
  while (read_token(&parser))
    ;
  while (frames->len > 0)
    keep_shell_parser_leave(&parser);
  reading->truncated = reading->truncated || keep_shell_lexer_is_truncated(lexer);
  if (reading->findings->len > first)
    g_qsort_with_data(&g_array_index(reading->findings, KeepShellFinding, first), (gint)(reading->findings->len - first),
                      sizeof(KeepShellFinding), compare_start, NULL);
  g_string_chunk_free(parser.functions);
}
