/*
 * The inside of words: quotes, parameters, substitutions.
 */
#include "slim/keep/shell.h"
#include "slim/keep/shell_lexer_state.h"

#include <string.h>

static KeepShellLevel *top(KeepShellLexer *lexer)
{
  return &g_array_index(lexer->levels, KeepShellLevel, lexer->levels->len - 1);
}

static void literal(KeepShellLexer *lexer, gboolean quoted, gsize count)
{
  keep_shell_word_add_literal(top(lexer)->word, quoted, lexer->text + lexer->at, count);
  keep_shell_lexer_advance(lexer, count);
}

static void pop_part(KeepShellLexer *lexer)
{
  KeepShellPart *part = top(lexer)->part;
  if (part != NULL)
    part->end = lexer->at;
  g_array_set_size(lexer->levels, lexer->levels->len - 1);
}

/* A quote that never ends swallows the rest of the text; the level that stays open makes its word incomplete. */
static void swallow(KeepShellLexer *lexer)
{
  KeepShellLevel level = {.kind = KEEP_SHELL_LEVEL_QUOTES, .word = top(lexer)->word, .quoted = TRUE};
  g_array_append_val(lexer->levels, level);
  keep_shell_lexer_advance(lexer, lexer->length - lexer->at);
}

static void single_quotes(KeepShellLexer *lexer)
{
  const char *begin = lexer->text + lexer->at + 1;
  const char *end = strchr(begin, '\'');
  if (end == NULL)
  {
    swallow(lexer);
    return;
  }
  keep_shell_word_add_literal(top(lexer)->word, TRUE, begin, (gsize)(end - begin));
  keep_shell_lexer_advance(lexer, (gsize)(end - begin) + 2);
}

/* One escape of $'…', at the character after the backslash; returns how many characters it takes. */
static gsize ansi_escape(const char *at, char *byte)
{
  static const char NAMES[] = "abeEfnrtv", BYTES[] = "\a\b\033\033\f\n\r\t\v";
  const char *name = *at != '\0' ? strchr(NAMES, *at) : NULL;
  if (name != NULL)
  {
    *byte = BYTES[name - NAMES];
    return 1;
  }
  guint base = *at == 'x' ? 16 : 8, value = 0;
  gsize count = *at == 'x' ? 1 : 0, most = 3;
  for (; count < most && g_ascii_isxdigit(at[count]) && (guint)g_ascii_xdigit_value(at[count]) < base; count++)
    value = value * base + (guint)g_ascii_xdigit_value(at[count]);
  *byte = (char)(value & 0xff);
  if (count > 0 && value != 0)
    return count;
  *byte = *at;
  return *at != '\0' ? 1 : 0;
}

/* $'…' */
static void ansi_quotes(KeepShellLexer *lexer)
{
  gsize at = lexer->at + 2;
  g_autoptr(GString) text = g_string_new(NULL);
  while (lexer->text[at] != '\'' && lexer->text[at] != '\0')
  {
    char byte = lexer->text[at];
    at += byte == '\\' ? 1 + ansi_escape(lexer->text + at + 1, &byte) : 1;
    g_string_append_c(text, byte);
  }
  if (lexer->text[at] == '\0')
  {
    swallow(lexer);
    return;
  }
  keep_shell_word_add_literal(top(lexer)->word, TRUE, text->str, text->len);
  keep_shell_lexer_advance(lexer, at + 1 - lexer->at);
}

/* `…`: its text is read on its own, because the backslashes in it count twice. */
static gboolean backticks(KeepShellLexer *lexer, KeepShellToken *token)
{
  const char *escaped = top(lexer)->quoted ? "$`\\\"" : "$`\\";
  gsize at = lexer->at + 1;
  g_autoptr(GString) text = g_string_new(NULL);
  for (; lexer->text[at] != '`' && lexer->text[at] != '\0'; at++)
  {
    if (lexer->text[at] == '\\' && lexer->text[at + 1] != '\0' && strchr(escaped, lexer->text[at + 1]) != NULL)
      at++;
    g_string_append_c(text, lexer->text[at]);
  }
  if (lexer->text[at] == '\0')
  {
    swallow(lexer);
    return FALSE;
  }
  *token = (KeepShellToken){.kind = KEEP_SHELL_TOKEN_TEXT, .line = lexer->line, .start = lexer->at};
  token->text = g_string_free(g_steal_pointer(&text), FALSE);
  KeepShellPart *part = keep_shell_word_add(top(lexer)->word, KEEP_SHELL_PART_UNKNOWN, top(lexer)->quoted, lexer->at);
  keep_shell_lexer_advance(lexer, at + 1 - lexer->at);
  part->end = lexer->at;
  return TRUE;
}

/* $( <( >(: the parser reads the commands; count characters open it. */
static gboolean substitution(KeepShellLexer *lexer, gsize count, KeepShellToken *token)
{
  gboolean quoted = top(lexer)->quoted;
  KeepShellWord *word = top(lexer)->word;
  if (!keep_shell_lexer_push(lexer, KEEP_SHELL_LEVEL_COMMANDS, word, NULL, FALSE))
  {
    literal(lexer, TRUE, count);
    return FALSE;
  }
  *token = (KeepShellToken){.kind = KEEP_SHELL_TOKEN_OPEN, .line = lexer->line, .start = lexer->at};
  top(lexer)->part = keep_shell_word_add(word, KEEP_SHELL_PART_UNKNOWN, quoted, lexer->at);
  keep_shell_lexer_advance(lexer, count);
  return TRUE;
}

/* Opens the level of a part's operand; at the limit the operand is read as if it stood beside the part. */
static void open_operand(KeepShellLexer *lexer, KeepShellLevelKind kind, KeepShellPart *part)
{
  g_autoptr(KeepShellWord) operand = keep_shell_word_new(lexer->at, lexer->line);
  part->end = lexer->at;
  /* In "${X%'}'}" the single quotes do quote, in "${X:-'}" they do not. */
  if (keep_shell_lexer_push(lexer, kind, operand, part, part->quoted && part->operation != KEEP_SHELL_OPERATION_OTHER))
    part->operand = g_steal_pointer(&operand);
}

static KeepShellOperation operation(const char *at, gsize *count)
{
  gboolean colon = at[0] == ':' && at[1] != '\0' && strchr("-=+?", at[1]) != NULL;
  char name = colon ? at[1] : at[0];
  *count = colon ? 2 : 1;
  if (name == '-')
    return KEEP_SHELL_OPERATION_DEFAULT;
  if (name == '=')
    return KEEP_SHELL_OPERATION_ASSIGN;
  if (name == '+')
    return KEEP_SHELL_OPERATION_ALTERNATE;
  return name == '?' ? KEEP_SHELL_OPERATION_NONE : KEEP_SHELL_OPERATION_OTHER;
}

/* The name in $NAME or ${NAME: returns its length, and sets what kind of part it makes. */
static gsize parameter(const char *at, KeepShellPartKind *kind)
{
  gsize length = keep_shell_name_length(at);
  *kind = KEEP_SHELL_PART_PARAMETER;
  if (length > 0)
    return length;
  length = strspn(at, "0123456789");
  *kind = length > 0 || *at == '@' || *at == '*' ? KEEP_SHELL_PART_ARGUMENTS : KEEP_SHELL_PART_UNKNOWN;
  return length > 0 ? length : (*at != '\0' && strchr("@*#?$!-", *at) != NULL ? 1 : 0);
}

/* In bash $BASH_SOURCE is the file that is read, as $0 is. */
static void set_name(KeepShellPart *part, const char *name, gsize length)
{
  g_string_append_len(part->text, name, (gssize)length);
  part->whole = strcmp(part->text->str, "@") == 0 || strcmp(part->text->str, "*") == 0;
  if (strcmp(part->text->str, "0") != 0 && strcmp(part->text->str, "BASH_SOURCE") != 0)
    return;
  part->kind = KEEP_SHELL_PART_ARGUMENTS;
  g_string_truncate(part->text, 0);
}

/* The length of [subscript], or 0. */
static gsize subscript(const char *at)
{
  gsize length = 1;
  while (*at == '[' && length < KEEP_SHELL_SUBSCRIPT_BYTES && at[length] != '\0' && strchr("]}\n", at[length]) == NULL)
    length++;
  return *at == '[' && at[length] == ']' ? length + 1 : 0;
}

/* ${…} */
static void braces(KeepShellLexer *lexer)
{
  KeepShellPartKind kind = KEEP_SHELL_PART_UNKNOWN;
  KeepShellPart *part = keep_shell_word_add(top(lexer)->word, kind, top(lexer)->quoted, lexer->at);
  keep_shell_lexer_advance(lexer, 2);
  const char *at = lexer->text + lexer->at;
  if ((*at == '#' || *at == '!') && at[1] != '}' && parameter(at + 1, &kind) > 0)
  {
    part->operation = KEEP_SHELL_OPERATION_OTHER;
    at++;
  }
  gsize length = parameter(at, &part->kind), count;
  set_name(part, at, length);
  at += length;
  part->whole = part->whole || strncmp(at, "[@]", 3) == 0 || strncmp(at, "[*]", 3) == 0;
  at += subscript(at);
  if (*at != '}' && *at != '\0')
  {
    KeepShellOperation found = operation(at, &count);
    part->operation = part->operation == KEEP_SHELL_OPERATION_OTHER ? part->operation : found;
    at += count;
  }
  keep_shell_lexer_advance(lexer, (gsize)(at - (lexer->text + lexer->at)));
  open_operand(lexer, KEEP_SHELL_LEVEL_BRACE, part);
}

static gboolean dollar(KeepShellLexer *lexer, KeepShellToken *token)
{
  const char *at = lexer->text + lexer->at;
  gboolean quoted = top(lexer)->quoted;
  if (at[1] == '(' && at[2] == '(' && keep_shell_lexer_is_arithmetic(lexer, lexer->at + 3))
  {
    KeepShellPart *part = keep_shell_word_add(top(lexer)->word, KEEP_SHELL_PART_UNKNOWN, quoted, lexer->at);
    keep_shell_lexer_advance(lexer, 3);
    open_operand(lexer, KEEP_SHELL_LEVEL_ARITHMETIC, part);
    return FALSE;
  }
  if (at[1] == '(')
    return substitution(lexer, 2, token);
  KeepShellPartKind kind;
  gsize length = parameter(at + 1, &kind);
  if (at[1] == '{')
    braces(lexer);
  else if (at[1] == '\'' && !quoted)
    ansi_quotes(lexer);
  else if (at[1] == '"' && !quoted)
    keep_shell_lexer_advance(lexer, 1); /* $"…" is translated: read it as "…" */
  else if (length == 0)
    literal(lexer, TRUE, 1);
  else
  {
    length = kind == KEEP_SHELL_PART_ARGUMENTS ? 1 : length; /* $10 is ${1}0 */
    KeepShellPart *part = keep_shell_word_add(top(lexer)->word, kind, quoted, lexer->at);
    set_name(part, at + 1, length);
    keep_shell_lexer_advance(lexer, length + 1);
    part->end = lexer->at;
  }
  return FALSE;
}

static void double_quotes(KeepShellLexer *lexer)
{
  KeepShellWord *word = top(lexer)->word;
  if (top(lexer)->kind == KEEP_SHELL_LEVEL_QUOTES)
  {
    if (word->parts->len == 0)
      keep_shell_word_add_literal(word, TRUE, "", 0); /* "" is a word */
    keep_shell_lexer_advance(lexer, 1);
    pop_part(lexer);
  }
  else if (!keep_shell_lexer_push(lexer, KEEP_SHELL_LEVEL_QUOTES, word, NULL, TRUE))
    literal(lexer, TRUE, 1);
  else
    keep_shell_lexer_advance(lexer, 1);
}

static void backslash(KeepShellLexer *lexer)
{
  const KeepShellLevel *level = top(lexer);
  gsize continuation = keep_shell_lexer_continuation(lexer);
  char next = lexer->text[lexer->at + 1];
  const char *escaped = level->kind == KEEP_SHELL_LEVEL_HERE_DOCUMENT ? "$`\\"
                        : level->kind == KEEP_SHELL_LEVEL_BRACE       ? "$`\"\\}"
                                                                      : "$`\"\\";
  if (continuation > 0)
    keep_shell_lexer_advance(lexer, continuation);
  else if (next == '\0' || (level->quoted && strchr(escaped, next) == NULL))
    literal(lexer, TRUE, 1);
  else
  {
    keep_shell_lexer_advance(lexer, 1);
    literal(lexer, TRUE, 1);
  }
}

/* The characters that mean the same at every level. TRUE: one of them stood here; given: token is set. */
static gboolean common(KeepShellLexer *lexer, KeepShellToken *token, gboolean *given)
{
  switch (lexer->text[lexer->at])
  {
  case '\\':
    backslash(lexer);
    return TRUE;
  case '$':
    *given = dollar(lexer, token);
    return TRUE;
  case '`':
    *given = backticks(lexer, token);
    return TRUE;
  case '"':
    if (top(lexer)->kind == KEEP_SHELL_LEVEL_HERE_DOCUMENT)
      return FALSE;
    double_quotes(lexer);
    return TRUE;
  case '\'':
    if (top(lexer)->quoted)
      return FALSE;
    single_quotes(lexer);
    return TRUE;
  default:
    return FALSE;
  }
}

static void in_arithmetic(KeepShellLexer *lexer)
{
  KeepShellLevel *level = top(lexer);
  char c = lexer->text[lexer->at];
  gboolean closed = c == ')' && level->parentheses == 0;
  if (c == '(')
    level->parentheses++;
  else if (c == ')' && !closed)
    level->parentheses--;
  if (!closed)
  {
    literal(lexer, TRUE, MAX(strcspn(lexer->text + lexer->at, "\\$`\"'()"), 1));
    return;
  }
  keep_shell_lexer_advance(lexer, lexer->text[lexer->at + 1] == ')' ? 2 : 1);
  pop_part(lexer);
}

/* ~ at the beginning of a word or of a value is $HOME, ~name is not known. */
static void tilde(KeepShellLexer *lexer)
{
  KeepShellWord *word = top(lexer)->word;
  const char *at = lexer->text + lexer->at;
  gsize length = strcspn(at, " \t\r\n;&|()<>\\'\"$`/");
  if (lexer->at != word->start && at[-1] != '=')
  {
    literal(lexer, FALSE, 1);
    return;
  }
  KeepShellPart *part = keep_shell_word_add(word, length == 1 ? KEEP_SHELL_PART_PARAMETER : KEEP_SHELL_PART_UNKNOWN, TRUE, lexer->at);
  g_string_append(part->text, "HOME");
  keep_shell_lexer_advance(lexer, length);
  part->end = lexer->at;
}

/* The end of a word, or what stands in it and nowhere else. */
static gboolean in_word(KeepShellLexer *lexer, KeepShellToken *token)
{
  const char *at = lexer->text + lexer->at;
  if ((*at == '<' || *at == '>') && at[1] == '(')
    return substitution(lexer, 2, token);
  if (*at == '\r' && at[1] != '\n')
  {
    literal(lexer, FALSE, 1);
    return FALSE;
  }
  if (*at == '~')
  {
    tilde(lexer);
    return FALSE;
  }
  gsize run = strcspn(at, " \t\r\n;&|()<>\\'\"$`~");
  if (run > 0)
  {
    literal(lexer, FALSE, run);
    return FALSE;
  }
  KeepShellWord *word = top(lexer)->word;
  word->end = lexer->at;
  *token = (KeepShellToken){.kind = KEEP_SHELL_TOKEN_WORD, .word = word, .line = word->line, .start = word->start};
  pop_part(lexer);
  return TRUE;
}

gboolean keep_shell_lexer_step(KeepShellLexer *lexer, KeepShellToken *token)
{
  gboolean given = FALSE;
  if (common(lexer, token, &given))
    return given;
  const KeepShellLevel *level = top(lexer);
  const char *at = lexer->text + lexer->at;
  switch (level->kind)
  {
  case KEEP_SHELL_LEVEL_COMMANDS:
    break;
  case KEEP_SHELL_LEVEL_WORD:
    return in_word(lexer, token);
  case KEEP_SHELL_LEVEL_ARITHMETIC:
    in_arithmetic(lexer);
    break;
  case KEEP_SHELL_LEVEL_BRACE:
    if (*at == '}')
    {
      keep_shell_lexer_advance(lexer, 1);
      pop_part(lexer);
    }
    else
      literal(lexer, level->quoted, MAX(strcspn(at, "\\$`\"'}"), 1));
    break;
  case KEEP_SHELL_LEVEL_QUOTES:
  case KEEP_SHELL_LEVEL_HERE_DOCUMENT:
    literal(lexer, TRUE, MAX(strcspn(at, "\\$`\""), 1));
    break;
  }
  return FALSE;
}
