/*
 * The loader's graph of a program, as a tree for people and as JSON.
 */
#ifndef SLIM_REPORT_DEPS_H
#define SLIM_REPORT_DEPS_H

#include "elfdeps/graph.h"
#include "oci/json.h"

/*
 * One line for each edge, indented below the object that asks:
 * "libz.so.1 => /lib/libz.so.1 [ld.so.cache]". An object's own edges are
 * shown where it was loaded first. What is missing has its tried paths below.
 */
void report_deps_text(const ElfdepsClosure *graph, GString *out);

/* Returns: a new reference. */
json_t *report_deps_json(const ElfdepsClosure *graph);

#endif
