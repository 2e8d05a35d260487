/*
 * What is usual on a machine: names of interpreters and library directories.
 * Only used where an interpreter does not tell.
 */
#ifndef ELFDEPS_MACHINE_H
#define ELFDEPS_MACHINE_H

#include "elfdeps/object.h"

/* "x86_64-linux-gnu", or NULL. */
const char *elfdeps_machine_triplet(const ElfdepsObject *object);

/* Where glibc's, then musl's loader usually is. Returns: new; char*. */
GPtrArray *elfdeps_machine_interpreters(const ElfdepsObject *object);

#endif
