/* Three forms: header lines, JSON, and Ruby that is looked through, not run. */
#include "slim/emit/language.h"

#include "oci/json.h"

#include <string.h>

#define WORD_MAX_BYTES 512u

/* The last component of a path before end, and where it begins. */
static const char *component_before(const char *path, const char *end, gsize *length)
{
  const char *start = end;
  for (; start > path && start[-1] != '/'; start--)
    ;
  *length = (gsize)(end - start);
  return start;
}

static gboolean ends_with(const char *text, gsize length, const char *suffix)
{
  gsize size = strlen(suffix);
  return length > size && memcmp(text + length - size, suffix, size) == 0;
}

static gboolean is_word(const char *text, gsize length, const char *word)
{
  return length == strlen(word) && memcmp(text, word, length) == 0;
}

/* ".../node_modules/NAME/package.json", with a scope between them where NAME has one. */
static gboolean is_in_modules(const char *path, const char *folder)
{
  gsize length;
  const char *above = folder == path ? path : component_before(path, folder - 1, &length);
  if (above == path)
    return FALSE;
  if (above[0] == '@')
    above = component_before(path, above - 1, &length);
  return is_word(above, length, "node_modules");
}

EmitLanguage emit_language_of(const char *path)
{
  gsize length;
  gsize folder_length = 0;
  const char *name = component_before(path, path + strlen(path), &length);
  const char *folder = name > path ? component_before(path, name - 1, &folder_length) : path;
  if ((strcmp(name, "METADATA") == 0 && ends_with(folder, folder_length, ".dist-info")) ||
      (strcmp(name, "PKG-INFO") == 0 && ends_with(folder, folder_length, ".egg-info")) || ends_with(name, length, ".egg-info"))
    return EMIT_LANGUAGE_PYTHON;
  if (strcmp(name, "package.json") == 0 && is_in_modules(path, folder))
    return EMIT_LANGUAGE_NODE;
  if (ends_with(name, length, ".gemspec") &&
      (is_word(folder, folder_length, "specifications") || (is_word(folder, folder_length, "default") && strstr(path, "/specifications/"))))
    return EMIT_LANGUAGE_RUBY;
  return EMIT_LANGUAGE_NONE;
}

const char *emit_language_type(EmitLanguage language)
{
  switch (language)
  {
  case EMIT_LANGUAGE_PYTHON:
    return "pypi";
  case EMIT_LANGUAGE_NODE:
    return "npm";
  case EMIT_LANGUAGE_RUBY:
    return "gem";
  case EMIT_LANGUAGE_NONE:
    break;
  }
  g_assert_not_reached();
}

/* A name or a version: short, printable, without white space around it; NULL for anything else. */
static char *take_word(const char *text, gsize length)
{
  for (; length > 0 && g_ascii_isspace(*text); length--)
    text++;
  for (; length > 0 && g_ascii_isspace(text[length - 1]); length--)
    ;
  if (length == 0 || length > WORD_MAX_BYTES || !g_utf8_validate(text, (gssize)length, NULL))
    return NULL;
  for (gsize i = 0; i < length; i++)
    if (g_ascii_iscntrl(text[i]))
      return NULL;
  return g_strndup(text, length);
}

static gboolean next_line(const char **at, const char *end, const char **line, gsize *length)
{
  if (*at == end)
    return FALSE;
  const char *newline = memchr(*at, '\n', (gsize)(end - *at));
  *line = *at;
  *length = (gsize)((newline != NULL ? newline : end) - *at);
  *at = newline != NULL ? newline + 1 : end;
  return TRUE;
}

static void take_field(const char *line, gsize length, const char *field, char **value)
{
  gsize size = strlen(field);
  if (*value == NULL && length > size && g_ascii_strncasecmp(line, field, size) == 0)
    *value = take_word(line + size, length - size);
}

/* Fields up to the first empty line. */
static void parse_python(const char *text, gsize text_length, char **name, char **version)
{
  const char *end = text + text_length;
  const char *line;
  gsize length;
  while (next_line(&text, end, &line, &length) && length > 0 && line[0] != '\r')
  {
    take_field(line, length, "Name:", name);
    take_field(line, length, "Version:", version);
  }
}

static void parse_node(const char *text, gsize length, char **name, char **version)
{
  g_autoptr(json_t) document = oci_json_parse(text, length, EMIT_LANGUAGE_MAX_BYTES, "package.json", NULL);
  const char *name_text = json_string_value(json_object_get(document, "name"));
  const char *version_text = json_string_value(json_object_get(document, "version"));
  *name = name_text == NULL ? NULL : take_word(name_text, strlen(name_text));
  *version = version_text == NULL ? NULL : take_word(version_text, strlen(version_text));
}

/* s.name = "rack".freeze */
static void take_assignment(const char *line, gsize length, const char *member, char **value)
{
  const char *end = line + length;
  for (; line < end && g_ascii_isspace(*line); line++)
    ;
  gsize size = strlen(member);
  if (*value != NULL || (gsize)(end - line) <= size + 1 || !g_ascii_isalpha(line[0]) || memcmp(line + 1, member, size) != 0)
    return;
  const char *open = line + 1 + size;
  for (; open < end && (*open == ' ' || *open == '='); open++)
    ;
  if (open == end || (*open != '"' && *open != '\''))
    return;
  const char *close = memchr(open + 1, *open, (gsize)(end - open - 1));
  if (close != NULL)
    *value = take_word(open + 1, (gsize)(close - open - 1));
}

static void parse_ruby(const char *text, gsize text_length, char **name, char **version)
{
  const char *end = text + text_length;
  const char *line;
  gsize length;
  while (next_line(&text, end, &line, &length))
  {
    take_assignment(line, length, ".name ", name);
    take_assignment(line, length, ".version ", version);
  }
}

gboolean emit_language_parse(EmitLanguage language, const char *text, gsize length, char **name, char **version)
{
  *name = NULL;
  *version = NULL;
  if (length > EMIT_LANGUAGE_MAX_BYTES)
    return FALSE;
  switch (language)
  {
  case EMIT_LANGUAGE_PYTHON:
    parse_python(text, length, name, version);
    break;
  case EMIT_LANGUAGE_NODE:
    parse_node(text, length, name, version);
    break;
  case EMIT_LANGUAGE_RUBY:
    parse_ruby(text, length, name, version);
    break;
  case EMIT_LANGUAGE_NONE:
    break;
  }
  if (*name != NULL && *version != NULL)
    return TRUE;
  g_clear_pointer(name, g_free);
  g_clear_pointer(version, g_free);
  return FALSE;
}
