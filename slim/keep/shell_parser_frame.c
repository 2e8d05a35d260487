/*
 * The frames of the parser, and what is read when one of them, or its command, is complete.
 */
#include "slim/keep/shell.h"
#include "slim/keep/shell_parser.h"
#include "slim/keep/shell_parser_state.h"

KeepShellFrame *keep_shell_parser_top(const KeepShellParser *parser)
{
  return parser->frames->pdata[parser->frames->len - 1];
}

gboolean keep_shell_parser_push(KeepShellParser *parser, KeepShellFrameKind kind, KeepShellState state)
{
  if (kind != KEEP_SHELL_FRAME_SUBSTITUTION && parser->frames->len >= 2 * KEEP_SHELL_NESTING)
  {
    parser->reading->truncated = TRUE;
    return FALSE;
  }
  KeepShellFrame *outer = parser->frames->len > 0 ? keep_shell_parser_top(parser) : NULL;
  KeepShellFrame *frame = g_new0(KeepShellFrame, 1);
  frame->kind = kind;
  frame->state = state;
  frame->words = g_ptr_array_new_with_free_func((GDestroyNotify)keep_shell_word_free);
  frame->function = outer != NULL ? outer->function : parser->reading->function;
  if (outer != NULL && outer->pending && (kind == KEEP_SHELL_FRAME_BRACE || kind == KEEP_SHELL_FRAME_SUBSHELL))
  {
    frame->function = g_string_chunk_insert_const(parser->functions, outer->name);
    outer->pending = FALSE;
  }
  parser->parentheses += kind == KEEP_SHELL_FRAME_SUBSHELL || kind == KEEP_SHELL_FRAME_SUBSTITUTION ? 1 : 0;
  g_ptr_array_add(parser->frames, frame);
  return TRUE;
}

void keep_shell_parser_drop_words(KeepShellParser *parser, guint count)
{
  GPtrArray *words = keep_shell_parser_top(parser)->words;
  parser->words -= words->len - count;
  g_ptr_array_set_size(words, (gint)count);
}

void keep_shell_parser_keep_word(KeepShellParser *parser, KeepShellWord *word)
{
  if (parser->words < KEEP_SHELL_COMMAND_WORDS)
  {
    g_ptr_array_add(keep_shell_parser_top(parser)->words, word);
    parser->words++;
    return;
  }
  parser->reading->truncated = TRUE;
  keep_shell_command_note_word(parser->reading, word);
  keep_shell_word_free(word);
}

static void pop(KeepShellParser *parser)
{
  KeepShellFrameKind kind = keep_shell_parser_top(parser)->kind;
  parser->parentheses -= kind == KEEP_SHELL_FRAME_SUBSHELL || kind == KEEP_SHELL_FRAME_SUBSTITUTION ? 1 : 0;
  keep_shell_parser_drop_words(parser, 0);
  g_ptr_array_set_size(parser->frames, (gint)parser->frames->len - 1);
}

void keep_shell_parser_read_inside(KeepShellParser *parser, const char *text, guint line, gsize start, gboolean here_document)
{
  KeepShellReading *reading = parser->reading;
  if (parser->depth + 1 >= KEEP_SHELL_TEXT_DEPTH)
  {
    reading->truncated = TRUE;
    return;
  }
  const char *source = reading->source, *function = reading->function;
  guint first = reading->findings->len;
  reading->function = keep_shell_parser_top(parser)->function;
  keep_shell_parser_read(reading, text, line, here_document, parser->depth + 1);
  reading->source = source;
  reading->function = function;
  for (guint i = first; i < reading->findings->len; i++)
    g_array_index(reading->findings, KeepShellFinding, i).start = start;
}

static void read_inner_texts(KeepShellParser *parser)
{
  GQueue texts = parser->reading->texts;
  g_queue_init(&parser->reading->texts);
  for (KeepShellInnerText *inner = g_queue_pop_head(&texts); inner != NULL; inner = g_queue_pop_head(&texts))
  {
    keep_shell_parser_read_inside(parser, inner->text, inner->line, inner->start, FALSE);
    keep_shell_inner_text_free(inner);
  }
}

void keep_shell_parser_assign_empty(KeepShellParser *parser)
{
  KeepShellFrame *frame = keep_shell_parser_top(parser);
  g_autoptr(KeepShellWord) value = keep_shell_word_new(0, 0);
  g_autoptr(GPtrArray) words = g_ptr_array_new();
  g_ptr_array_add(words, value);
  if (frame->assigned && !frame->append)
    keep_shell_scope_assign(parser->reading->scope, frame->name, words, FALSE);
  frame->assigned = FALSE;
}

void keep_shell_parser_finish(KeepShellParser *parser)
{
  KeepShellFrame *frame = keep_shell_parser_top(parser);
  keep_shell_parser_assign_empty(parser);
  frame->redirection = 0;
  frame->coprocess = FALSE;
  if (frame->words->len == 0)
    return;
  const char *function = parser->reading->function;
  parser->reading->function = frame->function;
  keep_shell_scope_enter(parser->reading->scope, frame->function);
  keep_shell_command_read(parser->reading, frame->words);
  parser->reading->function = function;
  read_inner_texts(parser);
  keep_shell_parser_drop_words(parser, 0);
}

static void finish_array(KeepShellParser *parser)
{
  const KeepShellFrame *frame = keep_shell_parser_top(parser);
  if (frame->append)
    keep_shell_scope_append(parser->reading->scope, frame->name, frame->words);
  else
    keep_shell_scope_assign(parser->reading->scope, frame->name, frame->words, TRUE);
  for (guint i = 0; i < frame->words->len; i++)
    keep_shell_command_note_word(parser->reading, frame->words->pdata[i]);
}

void keep_shell_parser_leave(KeepShellParser *parser)
{
  if (keep_shell_parser_top(parser)->kind == KEEP_SHELL_FRAME_ARRAY)
    finish_array(parser);
  else if (keep_shell_parser_top(parser)->kind != KEEP_SHELL_FRAME_GROUP)
    keep_shell_parser_finish(parser);
  pop(parser);
}

void keep_shell_frame_set_name(KeepShellFrame *frame, char *name)
{
  g_free(frame->name);
  frame->name = name;
}

void keep_shell_frame_free(gpointer data)
{
  KeepShellFrame *frame = data;
  g_ptr_array_unref(frame->words);
  g_free(frame->name);
  g_free(frame);
}
