/*
 * The documents of slim/rules/, compiled into the program by the build.
 */
#ifndef SLIM_KEEP_BUILTIN_RULES_H
#define SLIM_KEEP_BUILTIN_RULES_H

#include <glib.h>

typedef struct
{
  const char *name; /* "rules/names.json" */
  const char *text;
} KeepBuiltinRules;

extern const KeepBuiltinRules keep_builtin_rules[];
extern const guint keep_builtin_rules_count;

#endif
