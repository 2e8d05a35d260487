/*
 * The dynamic section of one ELF file. Private to the object reader.
 */
#ifndef ELFDEPS_OBJECT_DYNAMIC_H
#define ELFDEPS_OBJECT_DYNAMIC_H

#include "elfdeps/object_image.h"

/* One entry; both classes. */
typedef struct
{
  gint64 tag; /* DT_* */
  guint64 value;
} ElfdepsDynamicEntry;

/*
 * Reads the entries up to DT_NULL or the end of the segment.
 *
 * Returns: new; ElfdepsDynamicEntry; empty without a PT_DYNAMIC. The last
 * PT_DYNAMIC counts, as for the loaders.
 */
GArray *elfdeps_object_dynamic_read(const ElfdepsObjectImage *image, GError **error);

/* The last entry of a tag, or NULL. */
const ElfdepsDynamicEntry *elfdeps_object_dynamic_find(const GArray *entries, gint64 tag);

/* Fills what object has of the dynamic section: names, paths, flags. */
gboolean elfdeps_object_dynamic_take(const ElfdepsObjectImage *image, const GArray *entries, ElfdepsObject *object, GError **error);

#endif
