/*
 * The words of the parser: assignments, reserved words, and those of commands.
 */
#include "slim/keep/shell_parser_state.h"

#include <stdlib.h>
#include <string.h>

static gboolean is_plain(const KeepShellWord *word, const char *text)
{
  return g_strcmp0(keep_shell_word_get_plain(word), text) == 0;
}

/* Whether an assignment stood at the beginning of a command; its value is noted. */
static gboolean read_assignment(KeepShellParser *parser, const KeepShellWord *word)
{
  g_autoptr(KeepShellWord) value = NULL;
  KeepShellFrame *frame = keep_shell_parser_top(parser);
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
  keep_shell_frame_set_name(frame, g_steal_pointer(&name));
  return TRUE;
}

typedef struct
{
  const char *word;
  KeepShellState state; /* after it */
} Reserved;

/* Sorted. The others ({ } esac function coproc) do more than that. */
static const Reserved RESERVED[] = {
    {"!", KEEP_SHELL_STATE_COMMAND},      {"[[", KEEP_SHELL_STATE_CONDITION},    {"case", KEEP_SHELL_STATE_CASE_WORD},
    {"coproc", KEEP_SHELL_STATE_COMMAND}, {"do", KEEP_SHELL_STATE_COMMAND},      {"done", KEEP_SHELL_STATE_AFTER},
    {"elif", KEEP_SHELL_STATE_COMMAND},   {"else", KEEP_SHELL_STATE_COMMAND},    {"esac", KEEP_SHELL_STATE_AFTER},
    {"fi", KEEP_SHELL_STATE_AFTER},       {"for", KEEP_SHELL_STATE_FOR_NAME},    {"function", KEEP_SHELL_STATE_FUNCTION_NAME},
    {"if", KEEP_SHELL_STATE_COMMAND},     {"select", KEEP_SHELL_STATE_FOR_NAME}, {"then", KEEP_SHELL_STATE_COMMAND},
    {"time", KEEP_SHELL_STATE_COMMAND},   {"until", KEEP_SHELL_STATE_COMMAND},   {"while", KEEP_SHELL_STATE_COMMAND},
    {"{", KEEP_SHELL_STATE_COMMAND},      {"}", KEEP_SHELL_STATE_AFTER},
};

static int compare(const void *key, const void *element)
{
  return strcmp(key, ((const Reserved *)element)->word);
}

/* esac: also out of braces that were left open. */
static void leave_case(KeepShellParser *parser)
{
  while (keep_shell_parser_top(parser)->kind == KEEP_SHELL_FRAME_BRACE)
    keep_shell_parser_leave(parser);
  if (keep_shell_parser_top(parser)->kind == KEEP_SHELL_FRAME_CASE)
    keep_shell_parser_leave(parser);
  keep_shell_parser_top(parser)->state = KEEP_SHELL_STATE_AFTER;
}

/* Whether the word is reserved where a command begins; then it is done. */
static gboolean read_reserved(KeepShellParser *parser, const KeepShellWord *word)
{
  const char *plain = keep_shell_word_get_plain(word);
  const Reserved *reserved = plain != NULL ? bsearch(plain, RESERVED, G_N_ELEMENTS(RESERVED), sizeof(RESERVED[0]), compare) : NULL;
  if (reserved == NULL)
    return FALSE;
  KeepShellFrame *frame = keep_shell_parser_top(parser);
  frame->state = reserved->state;
  frame->coprocess = strcmp(plain, "coproc") == 0;
  if (strcmp(plain, "esac") == 0)
    leave_case(parser);
  else if (strcmp(plain, "{") == 0)
  {
    frame->state = KEEP_SHELL_STATE_AFTER;
    if (!keep_shell_parser_push(parser, KEEP_SHELL_FRAME_BRACE, KEEP_SHELL_STATE_COMMAND))
      frame->state = KEEP_SHELL_STATE_COMMAND;
  }
  else if (strcmp(plain, "}") == 0 && frame->kind == KEEP_SHELL_FRAME_BRACE)
  {
    keep_shell_parser_leave(parser);
    keep_shell_parser_top(parser)->state = KEEP_SHELL_STATE_AFTER;
  }
  return TRUE;
}

/* A word where a command may begin. TRUE: the command keeps it. */
static gboolean begin_command(KeepShellParser *parser, const KeepShellWord *word)
{
  KeepShellFrame *frame = keep_shell_parser_top(parser);
  keep_shell_parser_assign_empty(parser);
  if (read_reserved(parser, word) || read_assignment(parser, word))
    return FALSE;
  frame->pending = FALSE;
  frame->state = KEEP_SHELL_STATE_ARGUMENTS;
  return TRUE;
}

/* A word inside a command. `coproc NAME {` begins another one. */
static gboolean add_argument(KeepShellParser *parser, const KeepShellWord *word)
{
  KeepShellFrame *frame = keep_shell_parser_top(parser);
  gboolean brace = frame->coprocess && frame->words->len == 1 && g_strcmp0(keep_shell_word_get_plain(word), "{") == 0;
  frame->coprocess = FALSE;
  if (!brace)
    return TRUE;
  keep_shell_parser_drop_words(parser, 0);
  frame->state = KEEP_SHELL_STATE_COMMAND;
  return begin_command(parser, word);
}

/* A word in a state that is not inside a command. */
static void read_word_between(KeepShellParser *parser, KeepShellWord *word)
{
  KeepShellFrame *frame = keep_shell_parser_top(parser);
  g_autofree char *text = keep_shell_word_dup_text(word, parser->reading->source);
  switch (frame->state)
  {
  case KEEP_SHELL_STATE_COMMAND:
  case KEEP_SHELL_STATE_ARGUMENTS:
    break;
  case KEEP_SHELL_STATE_AFTER:
    read_reserved(parser, word);
    break;
  case KEEP_SHELL_STATE_FOR_NAME:
    keep_shell_frame_set_name(frame, g_steal_pointer(&text));
    frame->state = KEEP_SHELL_STATE_FOR_IN;
    break;
  case KEEP_SHELL_STATE_FOR_IN:
    frame->state = is_plain(word, "in") ? KEEP_SHELL_STATE_FOR_WORDS : KEEP_SHELL_STATE_COMMAND;
    if (frame->state == KEEP_SHELL_STATE_COMMAND)
      keep_shell_scope_assign_arguments(parser->reading->scope, frame->name);
    break;
  case KEEP_SHELL_STATE_FOR_WORDS:
    keep_shell_command_note_word(parser->reading, word);
    keep_shell_scope_assign_each(parser->reading->scope, frame->name, word);
    break;
  case KEEP_SHELL_STATE_CASE_WORD:
    keep_shell_command_note_word(parser->reading, word);
    frame->state = KEEP_SHELL_STATE_CASE_IN;
    break;
  case KEEP_SHELL_STATE_CASE_IN:
    frame->state = KEEP_SHELL_STATE_AFTER;
    if (is_plain(word, "in"))
      keep_shell_parser_push(parser, KEEP_SHELL_FRAME_CASE, KEEP_SHELL_STATE_PATTERN);
    break;
  case KEEP_SHELL_STATE_PATTERN:
    if (is_plain(word, "esac") && !frame->started)
      leave_case(parser);
    else
      frame->started = TRUE;
    break;
  case KEEP_SHELL_STATE_FUNCTION_NAME:
    keep_shell_scope_define(parser->reading->scope, text);
    keep_shell_frame_set_name(frame, g_steal_pointer(&text));
    frame->pending = TRUE;
    frame->state = KEEP_SHELL_STATE_COMMAND;
    break;
  case KEEP_SHELL_STATE_FUNCTION_CLOSE:
    frame->state = KEEP_SHELL_STATE_COMMAND;
    break;
  case KEEP_SHELL_STATE_CONDITION:
    keep_shell_command_note_word(parser->reading, word);
    frame->state = is_plain(word, "]]") ? KEEP_SHELL_STATE_AFTER : KEEP_SHELL_STATE_CONDITION;
    break;
  case KEEP_SHELL_STATE_ARITHMETIC:
    keep_shell_command_note_word(parser->reading, word);
    frame->state = frame->next;
    break;
  case KEEP_SHELL_STATE_IGNORED:
    keep_shell_command_expand_word(parser->reading, word);
    break;
  }
}

/* Takes ownership of the word. */
void keep_shell_parser_take_word(KeepShellParser *parser, KeepShellWord *word)
{
  g_autoptr(KeepShellWord) owned = word;
  KeepShellFrame *frame = keep_shell_parser_top(parser);
  gboolean keeps = FALSE;
  keep_shell_scope_enter(parser->reading->scope, frame->function);
  if (frame->redirection != 0)
  {
    if (frame->redirection == KEEP_SHELL_TOKEN_INPUT)
      keep_shell_command_note_word(parser->reading, word);
    else
      keep_shell_command_expand_word(parser->reading, word);
    frame->redirection = 0;
  }
  else if (frame->kind == KEEP_SHELL_FRAME_ARRAY)
    keeps = TRUE;
  else if (frame->state == KEEP_SHELL_STATE_COMMAND)
    keeps = begin_command(parser, word);
  else if (frame->state == KEEP_SHELL_STATE_ARGUMENTS)
    keeps = add_argument(parser, word);
  else
    read_word_between(parser, word);
  if (keeps)
    keep_shell_parser_keep_word(parser, g_steal_pointer(&owned));
}
