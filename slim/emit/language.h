/*
 * What a file says about the package of a programming language that it
 * belongs to.
 */
#ifndef SLIM_EMIT_LANGUAGE_H
#define SLIM_EMIT_LANGUAGE_H

#include <glib.h>

#define EMIT_LANGUAGE_MAX_BYTES (1u << 20) /* of such a file; a larger one is none */

typedef enum
{
  EMIT_LANGUAGE_NONE,
  EMIT_LANGUAGE_PYTHON,
  EMIT_LANGUAGE_NODE,
  EMIT_LANGUAGE_RUBY,
} EmitLanguage;

/* Whose description a file of this path would be. */
EmitLanguage emit_language_of(const char *path);

/* "pypi", "npm", "gem": the type of a purl. Not for EMIT_LANGUAGE_NONE. */
const char *emit_language_type(EmitLanguage language);

/*
 * Reads such a file.
 *
 * text: of length bytes, not terminated; not trusted.
 * name, version: set to UTF-8 without control characters, owned by the caller.
 * Returns: whether both are there.
 * Spec: PyPA's core metadata; npm's package.json; Gem::Specification as RubyGems writes it.
 */
gboolean emit_language_parse(EmitLanguage language, const char *text, gsize length, char **name, char **version);

#endif
