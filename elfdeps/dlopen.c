/* .note.dlopen: the JSON in it. */
#include "elfdeps/dlopen.h"

#include "elfdeps/error.h"
#include "elfdeps/limits.h"

#include <jansson.h>
#include <string.h>

static gboolean refuse(GError **error, ElfdepsErrorCode code, const char *why)
{
  g_set_error(error, ELFDEPS_ERROR, code, "dlopen note: %s", why);
  return FALSE;
}

/* jansson nests by recursion: the depth is looked at before it sees the text. */
static gboolean check_depth(const char *bytes, gsize length, GError **error)
{
  guint depth = 0;
  gboolean quoted = FALSE;
  for (gsize i = 0; i < length; i++)
  {
    if (quoted && bytes[i] == '\\')
      i++;
    else if (bytes[i] == '"')
      quoted = !quoted;
    else if (!quoted && (bytes[i] == '[' || bytes[i] == '{') && ++depth > ELFDEPS_LIMIT_NOTE_DEPTH)
      return refuse(error, ELFDEPS_ERROR_LIMIT, "nested deeper than the limit ELFDEPS_LIMIT_NOTE_DEPTH");
    else if (!quoted && (bytes[i] == ']' || bytes[i] == '}') && depth > 0)
      depth--;
  }
  return TRUE;
}

static gboolean valid_soname(const char *soname)
{
  gsize length = strlen(soname);
  if (length == 0 || length > ELFDEPS_LIMIT_NOTE_SONAME_BYTES)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (g_ascii_iscntrl(soname[i]))
      return FALSE;
  return soname[0] == '/' || strchr(soname, '/') == NULL;
}

static gboolean take_sonames(ElfdepsDlopenNote *note, const json_t *sonames, GError **error)
{
  if (!json_is_array(sonames) || json_array_size(sonames) == 0)
    return refuse(error, ELFDEPS_ERROR_MALFORMED, "\"soname\" is no array of names");
  if (json_array_size(sonames) > ELFDEPS_LIMIT_NOTE_SONAMES)
    return refuse(error, ELFDEPS_ERROR_LIMIT, "more names than the limit ELFDEPS_LIMIT_NOTE_SONAMES");
  for (size_t i = 0; i < json_array_size(sonames); i++)
  {
    const char *soname = json_string_value(json_array_get(sonames, i));
    if (soname == NULL || !valid_soname(soname))
      return refuse(error, ELFDEPS_ERROR_MALFORMED, "a name in \"soname\" is empty, too long, or no file name");
    g_ptr_array_add(note->sonames, g_strdup(soname));
  }
  return TRUE;
}

static gboolean take_priority(ElfdepsDlopenNote *note, const json_t *priority, GError **error)
{
  if (priority == NULL)
    return TRUE;
  const char *text = json_string_value(priority);
  for (ElfdepsPriority i = ELFDEPS_PRIORITY_REQUIRED; text != NULL && i <= ELFDEPS_PRIORITY_SUGGESTED; i++)
    if (strcmp(text, elfdeps_priority_name(i)) == 0)
    {
      note->priority = i;
      return TRUE;
    }
  return refuse(error, ELFDEPS_ERROR_MALFORMED, "\"priority\" is none of required, recommended, suggested");
}

static ElfdepsDlopenNote *take_dependency(const json_t *dependency, GError **error)
{
  g_autoptr(ElfdepsDlopenNote) note = g_new0(ElfdepsDlopenNote, 1);
  note->sonames = g_ptr_array_new_with_free_func(g_free);
  note->priority = ELFDEPS_PRIORITY_RECOMMENDED;
  if (!json_is_object(dependency))
  {
    refuse(error, ELFDEPS_ERROR_MALFORMED, "a dependency is no object");
    return NULL;
  }
  if (!take_sonames(note, json_object_get(dependency, "soname"), error) ||
      !take_priority(note, json_object_get(dependency, "priority"), error))
    return NULL;
  note->feature = g_strdup(json_string_value(json_object_get(dependency, "feature")));
  note->description = g_strdup(json_string_value(json_object_get(dependency, "description")));
  return g_steal_pointer(&note);
}

static gboolean take_dependencies(const json_t *document, GPtrArray *notes, GError **error)
{
  if (!json_is_array(document))
    return refuse(error, ELFDEPS_ERROR_MALFORMED, "no JSON array");
  if (json_array_size(document) > ELFDEPS_LIMIT_NOTE_DEPENDENCIES - MIN(notes->len, ELFDEPS_LIMIT_NOTE_DEPENDENCIES))
    return refuse(error, ELFDEPS_ERROR_LIMIT, "more dependencies than the limit ELFDEPS_LIMIT_NOTE_DEPENDENCIES");
  guint before = notes->len;
  for (size_t i = 0; i < json_array_size(document); i++)
  {
    ElfdepsDlopenNote *note = take_dependency(json_array_get(document, i), error);
    if (note == NULL)
    {
      g_ptr_array_set_size(notes, (gint)before);
      return FALSE;
    }
    g_ptr_array_add(notes, note);
  }
  return TRUE;
}

gboolean elfdeps_dlopen_note_parse(const char *bytes, gsize length, GPtrArray *notes, GError **error)
{
  if (length > ELFDEPS_LIMIT_NOTE_JSON_BYTES)
    return refuse(error, ELFDEPS_ERROR_LIMIT, "longer than the limit ELFDEPS_LIMIT_NOTE_JSON_BYTES");
  const char *end = memchr(bytes, '\0', length);
  if (end != NULL)
    length = (gsize)(end - bytes);
  if (!check_depth(bytes, length, error))
    return FALSE;
  json_error_t position;
  json_t *document = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &position);
  if (document == NULL)
  {
    g_set_error(error, ELFDEPS_ERROR, ELFDEPS_ERROR_MALFORMED, "dlopen note: no JSON (byte %d)", position.position);
    return FALSE;
  }
  gboolean fine = take_dependencies(document, notes, error);
  json_decref(document);
  return fine;
}

void elfdeps_dlopen_note_free(ElfdepsDlopenNote *note)
{
  if (note == NULL)
    return;
  g_clear_pointer(&note->sonames, g_ptr_array_unref);
  g_free(note->feature);
  g_free(note->description);
  g_free(note);
}

const char *elfdeps_priority_name(ElfdepsPriority priority)
{
  switch (priority)
  {
  case ELFDEPS_PRIORITY_REQUIRED:
    return "required";
  case ELFDEPS_PRIORITY_RECOMMENDED:
    return "recommended";
  case ELFDEPS_PRIORITY_SUGGESTED:
    return "suggested";
  }
  return "unknown";
}
