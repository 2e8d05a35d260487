/*
 * $ORIGIN, $LIB and $PLATFORM in paths.
 *
 * Spec: ld.so(8); glibc elf/dl-load.c, _dl_dst_substitute(); musl
 * ldso/dynlink.c, fixup_rpath().
 */
#ifndef ELFDEPS_TOKEN_H
#define ELFDEPS_TOKEN_H

#include <glib.h>

/* What the tokens of one object stand for. */
typedef struct
{
  const char *origin;           /* an absolute directory */
  const char *lib;              /* "lib/x86_64-linux-gnu" */
  const char *const *platforms; /* what the kernel may say, NULL at the end, the commonest first */
  gboolean secure;              /* only a leading $ORIGIN is expanded */
  const GPtrArray *trusted;     /* char*: and only below one of these directories; NULL: anywhere */
} ElfdepsTokens;

/* Whether glibc would find a token in text. */
gboolean elfdeps_token_has(const char *text);

/*
 * Expands as glibc does. Unknown tokens stay as they are.
 *
 * Returns: new; char*. One, or one for each platform when text has $PLATFORM,
 * or none when secure mode refuses it or it becomes longer than
 * ELFDEPS_LIMIT_PATH_BYTES.
 */
GPtrArray *elfdeps_token_expand(const char *text, const ElfdepsTokens *tokens);

/*
 * Expands a whole path list as musl does.
 *
 * Returns: new; NULL when the list is ignored: another '$' in it, or too long.
 */
char *elfdeps_token_expand_musl(const char *list, const char *origin);

#endif
