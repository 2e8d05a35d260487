/*
 * ld.so.conf: only ldconfig reads it, the loader never does. Here it explains
 * why a library is not found.
 */
#ifndef ELFDEPS_LDCONF_H
#define ELFDEPS_LDCONF_H

#include "elfdeps/fs.h"

/*
 * The directories that a configuration names, with what it includes. Wild
 * cards are expanded in the last part of an included path.
 *
 * Returns: new; char*; empty when there is no such file. Files behind
 * ELFDEPS_LIMIT_CONFIG_FILES are not read.
 * Spec: ldconfig(8); glibc elf/ldconfig.c, parse_conf().
 */
GPtrArray *elfdeps_ldconf_read(ElfdepsFs *fs, const char *path);

#endif
