/*
 * Words, operators, comments and here-documents of a shell text.
 */
#include "slim/keep/shell_lexer.h"
#include "slim/keep/shell.h"
#include "slim/keep/shell_lexer_state.h"

#include <string.h>

enum
{
  LOOKAHEAD_FACTOR = 8,   /* times the text that may be read twice in all */
  ARITHMETIC_BYTES = 4096 /* within which an arithmetic expression ends */
};

typedef struct
{
  char *delimiter;
  gboolean strip;  /* <<- */
  gboolean expand; /* the delimiter has no quotes */
} HereDocument;

static void here_document_free(gpointer data)
{
  HereDocument *document = data;
  g_free(document->delimiter);
  g_free(document);
}

static const KeepShellLevel *top(const KeepShellLexer *lexer)
{
  return &g_array_index(lexer->levels, KeepShellLevel, lexer->levels->len - 1);
}

static void drop_levels(KeepShellLexer *lexer)
{
  for (guint i = 0; i < lexer->levels->len; i++)
  {
    const KeepShellLevel *level = &g_array_index(lexer->levels, KeepShellLevel, i);
    if (level->kind == KEEP_SHELL_LEVEL_WORD || level->kind == KEEP_SHELL_LEVEL_HERE_DOCUMENT)
      keep_shell_word_free(level->word);
  }
  g_array_set_size(lexer->levels, 1);
}

/* Reads the delimiter after << or <<-, without its quotes. */
static void announce(KeepShellLexer *lexer, gboolean strip)
{
  while (lexer->text[lexer->at] == ' ' || lexer->text[lexer->at] == '\t')
    lexer->at++;
  g_autoptr(GString) delimiter = g_string_new(NULL);
  gboolean expand = TRUE;
  char quote = '\0';
  for (; lexer->text[lexer->at] != '\0' && lexer->text[lexer->at] != '\n'; lexer->at++)
  {
    char c = lexer->text[lexer->at];
    if (quote == '\0' && strchr(" \t\r;&|()<>", c) != NULL)
      break;
    gboolean toggles = (c == '"' || c == '\'') && (quote == '\0' || quote == c);
    if (toggles)
      quote = quote == '\0' ? c : '\0';
    else if (c != '\\' || quote == '\'')
      g_string_append_c(delimiter, c);
    expand = expand && !toggles && c != '\\';
  }
  if (expand && delimiter->len == 0)
    return;
  HereDocument *document = g_new0(HereDocument, 1);
  document->delimiter = g_string_free(g_steal_pointer(&delimiter), FALSE);
  document->strip = strip;
  document->expand = expand;
  g_ptr_array_add(lexer->delimiters, document);
}

static gboolean is_delimiter(const HereDocument *document, const char *line, gsize length)
{
  while (document->strip && length > 0 && *line == '\t')
  {
    line++;
    length--;
  }
  if (length > 0 && line[length - 1] == '\r')
    length--;
  return strncmp(line, document->delimiter, length) == 0 && document->delimiter[length] == '\0';
}

static void read_body(KeepShellLexer *lexer, const HereDocument *document)
{
  gsize begin = lexer->at, end = lexer->at;
  guint line = lexer->line;
  gboolean closed = FALSE;
  while (lexer->at < lexer->length && !closed)
  {
    gsize length = strcspn(lexer->text + lexer->at, "\n");
    closed = is_delimiter(document, lexer->text + lexer->at, length);
    keep_shell_lexer_advance(lexer, MIN(length + 1, lexer->length - lexer->at));
    end = closed ? end : lexer->at;
  }
  if (!document->expand || end == begin)
    return;
  KeepShellToken *token = g_new0(KeepShellToken, 1);
  *token = (KeepShellToken){.kind = KEEP_SHELL_TOKEN_HERE, .line = line, .start = begin};
  token->text = g_strndup(lexer->text + begin, end - begin);
  g_queue_push_tail(&lexer->bodies, token);
}

static void read_bodies(KeepShellLexer *lexer)
{
  for (guint i = 0; i < lexer->delimiters->len; i++)
    read_body(lexer, lexer->delimiters->pdata[i]);
  g_ptr_array_set_size(lexer->delimiters, 0);
}

static void skip_blanks(KeepShellLexer *lexer)
{
  for (;;)
  {
    const char *at = lexer->text + lexer->at;
    if (*at == ' ' || *at == '\t' || (*at == '\r' && at[1] == '\n'))
      lexer->at++;
    else if (keep_shell_lexer_continuation(lexer) > 0)
      keep_shell_lexer_advance(lexer, keep_shell_lexer_continuation(lexer));
    else if (*at == '#')
      lexer->at += strcspn(at, "\n");
    else
      return;
  }
}

typedef struct
{
  const char *text;
  KeepShellTokenKind kind;
} Operator;

/* Longer ones first. */
static const Operator OPERATORS[] = {
    {"\n", KEEP_SHELL_TOKEN_NEWLINE},   {";;&", KEEP_SHELL_TOKEN_CASE_END}, {";;", KEEP_SHELL_TOKEN_CASE_END},
    {";&", KEEP_SHELL_TOKEN_CASE_END},  {";", KEEP_SHELL_TOKEN_SEMICOLON},  {"&&", KEEP_SHELL_TOKEN_SEPARATOR},
    {"&>>", KEEP_SHELL_TOKEN_OUTPUT},   {"&>", KEEP_SHELL_TOKEN_OUTPUT},    {"&", KEEP_SHELL_TOKEN_SEPARATOR},
    {"||", KEEP_SHELL_TOKEN_SEPARATOR}, {"|&", KEEP_SHELL_TOKEN_SEPARATOR}, {"|", KEEP_SHELL_TOKEN_SEPARATOR},
    {"(", KEEP_SHELL_TOKEN_LEFT},       {")", KEEP_SHELL_TOKEN_RIGHT},      {"<<<", KEEP_SHELL_TOKEN_OUTPUT},
    {"<&", KEEP_SHELL_TOKEN_OUTPUT},    {"<>", KEEP_SHELL_TOKEN_INPUT},     {"<", KEEP_SHELL_TOKEN_INPUT},
    {">>", KEEP_SHELL_TOKEN_OUTPUT},    {">&", KEEP_SHELL_TOKEN_OUTPUT},    {">|", KEEP_SHELL_TOKEN_OUTPUT},
    {">", KEEP_SHELL_TOKEN_OUTPUT},
};

/* Reads an operator; FALSE when a word begins here, or when a here-document was announced (then there is no token). */
static gboolean read_operator(KeepShellLexer *lexer, KeepShellToken *token)
{
  const char *at = lexer->text + lexer->at;
  for (gsize i = 0; i < G_N_ELEMENTS(OPERATORS); i++)
  {
    gsize length = strlen(OPERATORS[i].text);
    if (strncmp(at, OPERATORS[i].text, length) != 0)
      continue;
    *token = (KeepShellToken){.kind = OPERATORS[i].kind, .line = lexer->line, .start = lexer->at};
    keep_shell_lexer_advance(lexer, length);
    if (token->kind == KEEP_SHELL_TOKEN_NEWLINE)
      read_bodies(lexer);
    return TRUE;
  }
  return FALSE;
}

/* A token where commands stand; FALSE: a level was opened, or nothing is to be said. */
static gboolean read_token(KeepShellLexer *lexer, KeepShellToken *token)
{
  gsize before = lexer->token_end;
  skip_blanks(lexer);
  const char *at = lexer->text + lexer->at;
  if (*at == '\0')
  {
    *token = (KeepShellToken){.kind = KEEP_SHELL_TOKEN_END, .line = lexer->line, .start = lexer->at};
    return TRUE;
  }
  if (at[0] == '<' && at[1] == '<' && at[2] != '<')
  {
    lexer->at += at[2] == '-' ? 3 : 2;
    announce(lexer, at[2] == '-');
    return FALSE;
  }
  gboolean process = (at[0] == '<' || at[0] == '>') && at[1] == '(';
  if (!process && read_operator(lexer, token))
  {
    token->adjacent = token->start == before;
    lexer->token_end = lexer->at;
    return TRUE;
  }
  g_autoptr(KeepShellWord) word = keep_shell_word_new(lexer->at, lexer->line);
  if (keep_shell_lexer_push(lexer, KEEP_SHELL_LEVEL_WORD, word, NULL, FALSE))
    word = NULL;
  else
    lexer->at = lexer->length; /* cannot be: a word needs one level, and the levels inside leave one */
  return FALSE;
}

/* The 2 of 2>file and the {fd} of {fd}>file are no words. */
static gboolean is_descriptor(const KeepShellLexer *lexer, const KeepShellToken *token)
{
  char next = lexer->text[lexer->at];
  const char *text = token->kind == KEEP_SHELL_TOKEN_WORD ? keep_shell_word_get_plain(token->word) : NULL;
  if (text == NULL || (next != '<' && next != '>') || lexer->text[lexer->at + 1] == '(')
    return FALSE;
  gsize name = text[0] == '{' ? keep_shell_name_length(text + 1) : 0;
  return text[strspn(text, "0123456789")] == '\0' || (name > 0 && strcmp(text + 1 + name, "}") == 0);
}

/* A token from the inside of words; FALSE as above. */
static gboolean read_in_word(KeepShellLexer *lexer, KeepShellToken *token)
{
  KeepShellLevelKind kind = top(lexer)->kind;
  if (lexer->at == lexer->length && kind == KEEP_SHELL_LEVEL_HERE_DOCUMENT)
  {
    *token = (KeepShellToken){.kind = KEEP_SHELL_TOKEN_WORD, .word = top(lexer)->word, .line = top(lexer)->word->line};
    g_array_set_size(lexer->levels, lexer->levels->len - 1);
    return TRUE;
  }
  if (lexer->at == lexer->length && kind != KEEP_SHELL_LEVEL_WORD)
  {
    lexer->truncated = TRUE;
    drop_levels(lexer);
    return FALSE;
  }
  if (!keep_shell_lexer_step(lexer, token))
    return FALSE;
  if (is_descriptor(lexer, token))
  {
    keep_shell_word_free(token->word);
    return FALSE;
  }
  if (token->kind == KEEP_SHELL_TOKEN_WORD)
    lexer->token_end = lexer->at;
  return TRUE;
}

gboolean keep_shell_lexer_push(KeepShellLexer *lexer, KeepShellLevelKind kind, KeepShellWord *word, KeepShellPart *part, gboolean quoted)
{
  /* Every substitution leaves room for the words inside it. */
  guint most = kind == KEEP_SHELL_LEVEL_WORD ? KEEP_SHELL_NESTING + 1 : KEEP_SHELL_NESTING;
  if (lexer->levels->len >= most)
  {
    lexer->truncated = TRUE;
    return FALSE;
  }
  KeepShellLevel level = {.kind = kind, .word = word, .part = part, .quoted = quoted};
  g_array_append_val(lexer->levels, level);
  return TRUE;
}

void keep_shell_lexer_advance(KeepShellLexer *lexer, gsize count)
{
  for (gsize i = 0; i < count; i++)
    lexer->line += lexer->text[lexer->at + i] == '\n' ? 1 : 0;
  lexer->at += count;
}

gsize keep_shell_lexer_continuation(const KeepShellLexer *lexer)
{
  const char *at = lexer->text + lexer->at;
  if (at[0] != '\\')
    return 0;
  return at[1] == '\n' ? 2 : at[1] == '\r' && at[2] == '\n' ? 3 : 0;
}

gboolean keep_shell_lexer_is_arithmetic(KeepShellLexer *lexer, gsize at)
{
  guint open = 0;
  for (gsize count = 0; count < ARITHMETIC_BYTES; count++, at++)
  {
    if (lexer->lookahead_bytes == 0)
    {
      lexer->truncated = TRUE;
      return TRUE;
    }
    lexer->lookahead_bytes--;
    char c = lexer->text[at];
    if (c == '\0')
      return FALSE;
    if (c == ')' && open == 0)
      return lexer->text[at + 1] == ')';
    open = c == '(' ? open + 1 : c == ')' ? open - 1 : open;
  }
  return FALSE;
}

KeepShellLexer *keep_shell_lexer_new(const char *text, guint line, gboolean here_document)
{
  KeepShellLexer *lexer = g_new0(KeepShellLexer, 1);
  lexer->text = text;
  lexer->length = strlen(text);
  lexer->line = line;
  lexer->lookahead_bytes = lexer->length * LOOKAHEAD_FACTOR + ARITHMETIC_BYTES;
  lexer->token_end = G_MAXSIZE;
  lexer->delimiters = g_ptr_array_new_with_free_func(here_document_free);
  g_queue_init(&lexer->bodies);
  lexer->levels = g_array_new(FALSE, FALSE, sizeof(KeepShellLevel));
  keep_shell_lexer_push(lexer, KEEP_SHELL_LEVEL_COMMANDS, NULL, NULL, FALSE);
  if (here_document)
    keep_shell_lexer_push(lexer, KEEP_SHELL_LEVEL_HERE_DOCUMENT, keep_shell_word_new(0, line), NULL, TRUE);
  return lexer;
}

static void token_free(gpointer data)
{
  KeepShellToken *token = data;
  g_free(token->text);
  g_free(token);
}

void keep_shell_lexer_free(KeepShellLexer *lexer)
{
  if (lexer == NULL)
    return;
  drop_levels(lexer);
  g_array_unref(lexer->levels);
  g_ptr_array_unref(lexer->delimiters);
  g_queue_clear_full(&lexer->bodies, token_free);
  g_free(lexer);
}

void keep_shell_lexer_next(KeepShellLexer *lexer, KeepShellToken *token)
{
  KeepShellToken *body = g_queue_pop_head(&lexer->bodies);
  if (body != NULL)
  {
    *token = *body;
    g_free(body);
    return;
  }
  while (top(lexer)->kind == KEEP_SHELL_LEVEL_COMMANDS ? !read_token(lexer, token) : !read_in_word(lexer, token))
    ;
}

/* $(command -v NAME), $(which NAME) and $(type -p NAME) are as good as NAME. */
static void set_program(const KeepShellLexer *lexer, KeepShellPart *part)
{
  static const char *const FORMS[] = {"command -v ", "which ", "type -p ", "type -P "};
  const char *at = lexer->text + part->start + 2;
  at += strspn(at, " \t");
  for (gsize i = 0; i < G_N_ELEMENTS(FORMS); i++)
  {
    if (!g_str_has_prefix(at, FORMS[i]))
      continue;
    const char *name = at + strlen(FORMS[i]);
    gsize length = 0;
    while (g_ascii_isalnum(name[length]) || (name[length] != '\0' && strchr("_.+-/", name[length]) != NULL))
      length++;
    const char *rest = name + length + strspn(name + length, " \t");
    rest += g_str_has_prefix(rest, "2>/dev/null") ? strlen("2>/dev/null") : 0;
    rest += strspn(rest, " \t");
    gboolean fallback = g_str_has_prefix(rest, "|| true") || g_str_has_prefix(rest, "|| :");
    if (length == 0 || name[0] == '-' || (!fallback && *rest != ')'))
      return;
    part->kind = KEEP_SHELL_PART_LITERAL;
    part->quoted = TRUE;
    g_string_append_len(part->text, name, (gssize)length);
    return;
  }
}

void keep_shell_lexer_close(KeepShellLexer *lexer)
{
  const KeepShellLevel *level = top(lexer);
  if (level->kind != KEEP_SHELL_LEVEL_COMMANDS || lexer->levels->len == 1)
    return;
  level->part->end = lexer->at;
  set_program(lexer, level->part);
  g_array_set_size(lexer->levels, lexer->levels->len - 1);
}

gboolean keep_shell_lexer_find_arithmetic(KeepShellLexer *lexer)
{
  if (lexer->text[lexer->at] != '(' || !keep_shell_lexer_is_arithmetic(lexer, lexer->at + 1))
    return FALSE;
  KeepShellWord *word = keep_shell_word_new(lexer->at - 1, lexer->line);
  KeepShellLevel outer = {.kind = KEEP_SHELL_LEVEL_WORD, .word = word};
  KeepShellPart *part = keep_shell_word_add(word, KEEP_SHELL_PART_UNKNOWN, FALSE, lexer->at - 1);
  part->operand = keep_shell_word_new(lexer->at, lexer->line);
  KeepShellLevel inner = {.kind = KEEP_SHELL_LEVEL_ARITHMETIC, .word = part->operand, .part = part};
  lexer->at++;
  g_array_append_val(lexer->levels, outer);
  g_array_append_val(lexer->levels, inner);
  return TRUE;
}

gboolean keep_shell_lexer_is_truncated(const KeepShellLexer *lexer)
{
  return lexer->truncated;
}
