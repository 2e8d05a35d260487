/*
 * Directories for certain processors below a library directory.
 *
 * The processor of the place where the image runs is not known: all that
 * exist are alternatives.
 * Spec: ld.so(8), glibc-hwcaps; glibc <= 2.36 elf/dl-hwcaps.c for the legacy ones.
 */
#ifndef ELFDEPS_HWCAPS_H
#define ELFDEPS_HWCAPS_H

#include "elfdeps/fs.h"

/* What the kernel may give as AT_PLATFORM. Returns: NULL at the end, the commonest first. */
const char *const *elfdeps_hwcaps_platforms(guint16 machine);

/* Whether this machine has levels below glibc-hwcaps. */
gboolean elfdeps_hwcaps_has_levels(guint16 machine);

/*
 * Lists what exists below directory, in the loader's order: glibc-hwcaps/NAME,
 * then, for an older glibc, tls, platforms, hwcap names and their combinations.
 *
 * Returns: new; char*: absolute paths; NULL when there is none.
 */
GPtrArray *elfdeps_hwcaps_list(ElfdepsFs *fs, const char *directory, guint16 machine, gboolean levels, gboolean legacy);

#endif
