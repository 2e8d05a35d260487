/*
 * The notes of one ELF file. Private to the object reader.
 */
#ifndef ELFDEPS_OBJECT_NOTES_H
#define ELFDEPS_OBJECT_NOTES_H

#include "elfdeps/object_image.h"

/*
 * Fills object->dlopen_notes from the PT_NOTE segments.
 *
 * A note that cannot be read becomes a warning of the object.
 * Errors: only what the file system reports.
 */
gboolean elfdeps_object_notes_take(const ElfdepsObjectImage *image, ElfdepsObject *object, GError **error);

#endif
