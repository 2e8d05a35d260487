/*
 * Globs with gitignore's meaning.
 *
 * "*" and "?" stay within a component; "[a-z]", "[!a-z]" and "[[:alpha:]]"
 * are classes; "**" as a whole component stands for any number of components;
 * "\" takes the next character as it is. A glob with a slash before its end
 * is anchored at the root, otherwise it matches at any depth. A trailing slash
 * asks for a directory. Matching takes time proportional to glob times path,
 * whatever they are.
 * Spec: gitignore(5), and what git's wildmatch.c makes of it.
 */
#ifndef SLIM_KEEP_GLOB_H
#define SLIM_KEEP_GLOB_H

#include <glib.h>

typedef struct keep_glob KeepGlob;

/*
 * Errors: SLIM_ERROR_USAGE for an empty glob, an open class, a class name
 * that is not known, a "\" at the end, or more than 4096 bytes.
 */
KeepGlob *keep_glob_new(const char *text, GError **error);
void keep_glob_free(KeepGlob *glob);

const char *keep_glob_text(const KeepGlob *glob); /* as given; borrowed */

/* path: absolute. */
gboolean keep_glob_match(const KeepGlob *glob, const char *path, gboolean is_directory);

/* The same. steps: grows by the states that were looked at, for tests of the bound: at most (glob + 2) times path, in bytes. */
gboolean keep_glob_match_counted(const KeepGlob *glob, const char *path, gboolean is_directory, guint64 *steps);

/* Whether the glob can match anything below this directory. */
gboolean keep_glob_matches_below(const KeepGlob *glob, const char *directory);

/*
 * The deepest directory that holds every path the glob can match, absolute;
 * borrowed. For a glob without wildcards this is the path itself.
 */
const char *keep_glob_base(const KeepGlob *glob);
gboolean keep_glob_is_literal(const KeepGlob *glob);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeepGlob, keep_glob_free)

#endif
