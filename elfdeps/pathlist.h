/*
 * Lists of directories: RPATH, RUNPATH, LD_LIBRARY_PATH.
 */
#ifndef ELFDEPS_PATHLIST_H
#define ELFDEPS_PATHLIST_H

#include "elfdeps/token.h"

typedef struct
{
  const char *path; /* absolute, without a slash at the end unless it is "/" */
  gboolean variant; /* a less common $PLATFORM: searched, but never the last word */
} ElfdepsDirectory;

/* dir + "/" + name, relative ones made absolute. Returns: new. */
char *elfdeps_path_join(const char *directory, const char *name);

/* A path below working_dir unless it is absolute. Returns: new. */
char *elfdeps_path_absolute(const char *path, const char *working_dir);

/* All but the last component. Returns: new; "/" for a file in the root. */
char *elfdeps_path_directory(const char *path);

/*
 * Splits and expands as glibc does: an empty element is the working directory,
 * an empty list is none; slashes at the end and repetitions are dropped.
 *
 * separators: ":" or ":;". strings: holds the paths.
 * cut: set when ELFDEPS_LIMIT_PATH_LIST_ELEMENTS or ELFDEPS_LIMIT_PATH_LIST_EXPANDED_BYTES ended the list.
 * Returns: new; ElfdepsDirectory.
 */
GArray *elfdeps_path_list_parse(const char *list, const char *separators, const ElfdepsTokens *tokens, const char *working_dir,
                                GStringChunk *strings, gboolean *cut);

/*
 * Splits as musl does, at ':' and newline: an empty element is nothing. Tokens
 * are not expanded: see elfdeps_token_expand_musl().
 */
GArray *elfdeps_path_list_parse_musl(const char *list, const char *working_dir, GStringChunk *strings, gboolean *cut);

#endif
