/*
 * What is particular to musl's loader.
 */
#ifndef ELFDEPS_MUSL_H
#define ELFDEPS_MUSL_H

#include <glib.h>

/*
 * Whether a name stands for the loader itself, which is the C library too.
 *
 * Spec: musl ldso/dynlink.c, load_library().
 */
gboolean elfdeps_musl_is_reserved(const char *name);

#endif
