/*
 * What an object says itself that it opens later: .note.dlopen.
 *
 * Spec: UAPI.12, ELF dlopen() metadata.
 */
#ifndef ELFDEPS_DLOPEN_H
#define ELFDEPS_DLOPEN_H

#include <glib.h>

typedef enum
{
  ELFDEPS_PRIORITY_REQUIRED,
  ELFDEPS_PRIORITY_RECOMMENDED, /* also when the note has none */
  ELFDEPS_PRIORITY_SUGGESTED,
} ElfdepsPriority;

/* One dependency. */
typedef struct
{
  GPtrArray *sonames; /* char*: alternatives, the preferred one first; at least one */
  ElfdepsPriority priority;
  char *feature;     /* or NULL; dependencies of one feature belong together */
  char *description; /* or NULL */
} ElfdepsDlopenNote;

/*
 * Reads the description of one note: a JSON array of dependencies.
 *
 * bytes: length bytes, a NUL at the end is no part of the text.
 * notes: gets ElfdepsDlopenNote*, all or none.
 * Errors: ELFDEPS_ERROR_MALFORMED, ELFDEPS_ERROR_LIMIT.
 */
gboolean elfdeps_dlopen_note_parse(const char *bytes, gsize length, GPtrArray *notes, GError **error);
void elfdeps_dlopen_note_free(ElfdepsDlopenNote *note);

const char *elfdeps_priority_name(ElfdepsPriority priority); /* "required", … */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ElfdepsDlopenNote, elfdeps_dlopen_note_free)

#endif
