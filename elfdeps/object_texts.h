/*
 * The texts in an object's data: names that it can open later stand there.
 *
 * Looked at are the loaded segments that are not executed, and the executed
 * ones as well where the linker put data into these. Section headers are never
 * needed.
 */
#ifndef ELFDEPS_OBJECT_TEXTS_H
#define ELFDEPS_OBJECT_TEXTS_H

#include "elfdeps/fs.h"

/*
 * One run of printable ASCII, at least two bytes.
 *
 * text: length bytes and a NUL, valid during the call only.
 * whole: a NUL ends it in the file too, as every text in C. Else it may be
 * several texts in a row (Go and Rust do not end theirs); such a run comes in
 * overlapping pieces when it is long.
 */
typedef void (*ElfdepsTextFunc)(const char *text, gsize length, gboolean whole, gpointer data);

/*
 * Calls found() for every text, in the order of the file. At most
 * ELFDEPS_LIMIT_PROGRAM_BYTES of the object are looked at.
 *
 * Errors: as elfdeps_object_read().
 */
gboolean elfdeps_object_texts(ElfdepsFs *fs, const ElfdepsFile *file, ElfdepsTextFunc found, gpointer data, GError **error);

#endif
