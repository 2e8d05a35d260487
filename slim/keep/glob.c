/*
 * A glob becomes a list of tokens, matched by stepping a set of states over
 * the path: no backtracking, so that no glob of an image's label can take
 * for ever.
 */
#include "slim/keep/glob.h"

#include "oci/error.h"
#include "slim/error.h"

#include <string.h>

#define GLOB_MAX_BYTES 4096

/* The furthest that one byte leads: over the token itself, a "**" and a "*". */
#define STATES_PER_BYTE 3

typedef enum
{
  TOKEN_BYTE,       /* this byte */
  TOKEN_ANY,        /* one byte, not a slash */
  TOKEN_CLASS,      /* one byte of a class, not a slash */
  TOKEN_STAR,       /* any bytes without a slash */
  TOKEN_COMPONENTS, /* whole components, each with its slash, or none */
  TOKEN_REST,       /* any bytes, at least one */
} TokenKind;

typedef struct
{
  TokenKind kind;
  guint8 byte;
  guint32 members[8]; /* of a class: a bit for each byte */
} Token;

struct keep_glob
{
  char *text;
  char *base;
  gboolean literal;
  gboolean directory_only;
  GArray *tokens;
};

/* A second star says nothing new, and a row of them would make each step longer. */
static gboolean repeats(const KeepGlob *glob, TokenKind kind)
{
  return (kind == TOKEN_STAR || kind == TOKEN_COMPONENTS) && glob->tokens->len > 0 &&
         g_array_index(glob->tokens, Token, glob->tokens->len - 1).kind == kind;
}

static void add_token(KeepGlob *glob, TokenKind kind, guint8 byte)
{
  Token token = {.kind = kind, .byte = byte};
  if (repeats(glob, kind))
    return;
  g_array_append_val(glob->tokens, token);
}

static gboolean class_has(const Token *token, guint8 byte)
{
  return (token->members[byte >> 5] >> (byte & 31) & 1) != 0;
}

static void add_range(Token *token, guint8 low, guint8 high)
{
  for (guint byte = low; byte <= high; byte++)
    token->members[byte >> 5] |= 1u << (byte & 31);
}

/* p stands at "[:" in a class. Returns: behind ":]", p when it is no name of bytes, NULL for a name that is not known. */
static const char *add_named(Token *token, const char *p)
{
  static const struct
  {
    const char *name;
    const char *members; /* pairs: from, to */
  } classes[] = {{"alnum", "azAZ09"},   {"alpha", "azAZ"},   {"blank", "  \t\t"}, {"cntrl", "\001\037\177\177"},
                 {"digit", "09"},       {"graph", "!~"},     {"lower", "az"},     {"print", " ~"},
                 {"punct", "!/:@[`{~"}, {"space", "\t\r  "}, {"upper", "AZ"},     {"xdigit", "09afAF"}};
  gsize length = strspn(p + 2, "abcdefghijklmnopqrstuvwxyz");
  if (p[2 + length] != ':' || p[3 + length] != ']')
    return p;
  for (guint i = 0; i < G_N_ELEMENTS(classes); i++)
    if (strncmp(classes[i].name, p + 2, length) == 0 && classes[i].name[length] == '\0')
    {
      for (const char *pair = classes[i].members; *pair != '\0'; pair += 2)
        add_range(token, (guint8)pair[0], (guint8)pair[1]);
      return p + length + 4;
    }
  return NULL;
}

/* p stands at a byte of a class, or at "low-high". Returns: behind it. */
static const char *add_member(Token *token, const char *p)
{
  guint8 low = (guint8)(*p == '\\' && p[1] != '\0' ? *++p : *p);
  guint8 high = low;
  p++;
  if (*p == '-' && p[1] != '\0' && p[1] != ']')
  {
    p++;
    high = (guint8)(*p == '\\' && p[1] != '\0' ? *++p : *p);
    p++;
  }
  add_range(token, low, high);
  return p;
}

/* p stands behind "[". Returns: behind "]", or NULL with what is wrong. */
static const char *add_class(KeepGlob *glob, const char *p, const char **wrong)
{
  Token token = {.kind = TOKEN_CLASS};
  gboolean negated = *p == '!' || *p == '^';
  if (negated)
    p++;
  for (gboolean first = TRUE; *p != '\0' && (*p != ']' || first); first = FALSE)
  {
    const char *next = p[0] == '[' && p[1] == ':' ? add_named(&token, p) : p;
    *wrong = "names a class that there is not";
    if (next == NULL)
      return NULL;
    p = next != p ? next : add_member(&token, p);
  }
  *wrong = "has an open '['";
  if (*p != ']')
    return NULL;
  for (guint i = 0; negated && i < G_N_ELEMENTS(token.members); i++)
    token.members[i] = ~token.members[i];
  g_array_append_val(glob->tokens, token);
  return p + 1;
}

/* p stands at "**" at the beginning of a component. Returns: behind it, or NULL when it is not a component of its own. */
static const char *add_components(KeepGlob *glob, const char *p)
{
  p += strspn(p, "*");
  if (*p == '/')
  {
    add_token(glob, TOKEN_COMPONENTS, 0);
    return p + 1;
  }
  if (*p == '\0')
  {
    add_token(glob, TOKEN_REST, 0);
    return p;
  }
  return NULL;
}

/* p stands at an element that is no "**". Returns: behind it, or NULL with what is wrong. */
static const char *add_element(KeepGlob *glob, const char *p, const char **wrong)
{
  switch (*p)
  {
  case '*':
    add_token(glob, TOKEN_STAR, 0);
    return p + 1;
  case '?':
    add_token(glob, TOKEN_ANY, 0);
    return p + 1;
  case '[':
    return add_class(glob, p + 1, wrong);
  case '\\':
    p++;
    break;
  }
  *wrong = "ends with a '\\'";
  if (*p == '\0')
    return NULL;
  add_token(glob, TOKEN_BYTE, (guint8)*p);
  return p + 1;
}

static gboolean compile(KeepGlob *glob, const char *pattern, gsize length, GError **error)
{
  g_autofree char *body = g_strndup(pattern, length);
  const char *p = body;
  const char *wrong = NULL;
  while (p != NULL && *p != '\0')
  {
    gboolean component_start = p == body || p[-1] == '/';
    const char *next = component_start && p[0] == '*' && p[1] == '*' ? add_components(glob, p) : NULL;
    p = next != NULL ? next : add_element(glob, p, &wrong);
  }
  if (p != NULL)
    return TRUE;
  g_autofree char *quoted = oci_quote(glob->text);
  g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "the glob %s %s", quoted, wrong);
  return FALSE;
}

/* The leading plain bytes, cut at the last slash unless everything is plain. */
static void find_base(KeepGlob *glob)
{
  GString *base = g_string_new("/");
  guint i = 0;
  for (; i < glob->tokens->len; i++)
  {
    const Token *token = &g_array_index(glob->tokens, Token, i);
    if (token->kind != TOKEN_BYTE)
      break;
    g_string_append_c(base, (char)token->byte);
  }
  glob->literal = i == glob->tokens->len;
  if (!glob->literal)
    g_string_truncate(base, MAX(1, (gsize)(strrchr(base->str, '/') - base->str)));
  glob->base = g_string_free(base, FALSE);
}

KeepGlob *keep_glob_new(const char *text, GError **error)
{
  gsize length = strlen(text);
  g_autoptr(KeepGlob) glob = g_new0(KeepGlob, 1);
  glob->text = g_strdup(text);
  glob->tokens = g_array_new(FALSE, FALSE, sizeof(Token));
  if (length > GLOB_MAX_BYTES)
  {
    g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "a glob of %" G_GSIZE_FORMAT " bytes is longer than %d", length, GLOB_MAX_BYTES);
    return NULL;
  }
  const char *pattern = text;
  glob->directory_only = length > 1 && text[length - 1] == '/';
  if (glob->directory_only)
    length--;
  if (length == 0)
  {
    g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "a glob is empty");
    return NULL;
  }
  gboolean anchored = memchr(text, '/', length) != NULL;
  while (length > 0 && *pattern == '/')
  {
    pattern++;
    length--;
  }
  if (!anchored)
    add_token(glob, TOKEN_COMPONENTS, 0);
  if (!compile(glob, pattern, length, error))
    return NULL;
  find_base(glob);
  return g_steal_pointer(&glob);
}

void keep_glob_free(KeepGlob *glob)
{
  if (glob == NULL)
    return;
  g_array_unref(glob->tokens);
  g_free(glob->base);
  g_free(glob->text);
  g_free(glob);
}

const char *keep_glob_text(const KeepGlob *glob)
{
  return glob->text;
}

const char *keep_glob_base(const KeepGlob *glob)
{
  return glob->base;
}

gboolean keep_glob_is_literal(const KeepGlob *glob)
{
  return glob->literal;
}

/* Enters a state, and those that are reached without a byte. */
static void enter(const KeepGlob *glob, guint8 *states, guint state, gboolean component_start)
{
  for (; state < glob->tokens->len; state++)
  {
    const Token *token = &g_array_index(glob->tokens, Token, state);
    states[state] = 1;
    gboolean passes = token->kind == TOKEN_STAR || (token->kind == TOKEN_COMPONENTS && component_start);
    if (!passes)
      return;
  }
  states[state] = 1;
}

static void step(const KeepGlob *glob, guint state, guint8 byte, guint8 *next)
{
  const Token *token = &g_array_index(glob->tokens, Token, state);
  gboolean slash = byte == '/';
  switch (token->kind)
  {
  case TOKEN_BYTE:
    if (byte == token->byte)
      enter(glob, next, state + 1, slash);
    break;
  case TOKEN_ANY:
    if (!slash)
      enter(glob, next, state + 1, FALSE);
    break;
  case TOKEN_CLASS:
    if (!slash && class_has(token, byte))
      enter(glob, next, state + 1, FALSE);
    break;
  case TOKEN_STAR:
    if (!slash)
      enter(glob, next, state, FALSE);
    break;
  case TOKEN_COMPONENTS:
    enter(glob, next, state, slash);
    break;
  case TOKEN_REST:
    next[state] = 1;
    next[state + 1] = 1;
    break;
  }
}

/*
 * Feeds path, and a slash behind it when below is set.
 *
 * steps: how many states were stepped or looked at.
 * Returns: the states that are alive, one byte each, owned by the caller.
 */
static guint8 *run(const KeepGlob *glob, const char *path, gboolean below, guint64 *steps)
{
  while (*path == '/')
    path++;
  gsize length = strlen(path);
  guint count = glob->tokens->len + 1;
  guint end = MIN(STATES_PER_BYTE + 1, count); /* none is alive at or behind it */
  g_autofree guint8 *states = g_malloc0(count);
  g_autofree guint8 *next = g_malloc0(count);
  enter(glob, states, 0, TRUE);
  below = below && length > 0;
  for (gsize i = 0; i < length + (below ? 1 : 0); i++)
  {
    guint next_end = MIN(end + STATES_PER_BYTE, count);
    memset(next, 0, next_end);
    for (guint state = 0; state < MIN(end, count - 1); state++)
      if (states[state])
        step(glob, state, i < length ? (guint8)path[i] : '/', next);
    *steps += end;
    end = next_end;
    guint8 *swapped = states;
    states = next;
    next = swapped;
  }
  return g_steal_pointer(&states);
}

gboolean keep_glob_match(const KeepGlob *glob, const char *path, gboolean is_directory)
{
  guint64 steps = 0;
  return keep_glob_match_counted(glob, path, is_directory, &steps);
}

gboolean keep_glob_match_counted(const KeepGlob *glob, const char *path, gboolean is_directory, guint64 *steps)
{
  if (glob->directory_only && !is_directory)
    return FALSE;
  g_autofree guint8 *states = run(glob, path, FALSE, steps);
  return states[glob->tokens->len] != 0;
}

gboolean keep_glob_matches_below(const KeepGlob *glob, const char *directory)
{
  guint64 steps = 0;
  g_autofree guint8 *states = run(glob, directory, TRUE, &steps);
  return memchr(states, 1, glob->tokens->len) != NULL;
}
