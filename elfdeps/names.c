/* Names of enumerations, as they are printed. */
#include "elfdeps/graph.h"

const char *elfdeps_found_name(ElfdepsFound found)
{
  switch (found)
  {
  case ELFDEPS_FOUND_ROOT:
    return "root";
  case ELFDEPS_FOUND_INTERP:
    return "interpreter";
  case ELFDEPS_FOUND_PATH:
    return "path";
  case ELFDEPS_FOUND_RPATH:
    return "rpath";
  case ELFDEPS_FOUND_LIBRARY_PATH:
    return "LD_LIBRARY_PATH";
  case ELFDEPS_FOUND_RUNPATH:
    return "runpath";
  case ELFDEPS_FOUND_CACHE:
    return "ld.so.cache";
  case ELFDEPS_FOUND_DEFAULT:
    return "default directory";
  case ELFDEPS_FOUND_LOADED:
    return "already loaded";
  case ELFDEPS_FOUND_BUILTIN:
    return "built in";
  }
  return "unknown";
}

const char *elfdeps_edge_kind_name(ElfdepsEdgeKind kind)
{
  switch (kind)
  {
  case ELFDEPS_EDGE_NEEDED:
    return "needed";
  case ELFDEPS_EDGE_INTERP:
    return "interpreter";
  case ELFDEPS_EDGE_PRELOAD:
    return "preload";
  case ELFDEPS_EDGE_AUDIT:
    return "audit";
  case ELFDEPS_EDGE_AUXILIARY:
    return "auxiliary";
  case ELFDEPS_EDGE_FILTER:
    return "filter";
  case ELFDEPS_EDGE_DLOPEN:
    return "dlopen";
  }
  return "unknown";
}
