/*
 * A rule: knowledge of what software needs at run time, as data.
 *
 *   { "id": "nss",
 *     "why": "the resolver loads the modules that nsswitch.conf names",
 *     "when": [ {"import": "getaddrinfo"}, {"soname": "libnss3.so*"}, {"all": [ {"env": "TZ"}, {"rule": "libc"} ]} ],
 *     "add":  [ {"files": ["/etc/nsswitch.conf"]}, {"directories": ["/var/empty"]},
 *               {"libraries": ["libnss_dns.so.2"]}, {"programs": ["/bin/sh"]},
 *               {"names-in": "/etc/nsswitch.conf", "as": "nsswitch"} ] }
 *
 * One condition of "when" is enough; "all" joins several. What is added and
 * is not in the image is passed over: a rule says what would be used if it
 * were there.
 */
#ifndef SLIM_KEEP_RULE_H
#define SLIM_KEEP_RULE_H

#include "oci/json.h"

#include <glib.h>

typedef enum
{
  KEEP_WHEN_IMPORT, /* a kept object imports this symbol */
  KEEP_WHEN_SONAME, /* an object with this soname is kept; "*" and "?" are wildcards */
  KEEP_WHEN_PATH,   /* a kept file has this path; a glob */
  KEEP_WHEN_ENV,    /* the image's environment sets this variable, and not to "" */
  KEEP_WHEN_RULE,   /* another rule fired */
  KEEP_WHEN_ALL,    /* all of several */
} KeepWhenKind;

typedef struct
{
  KeepWhenKind kind;
  const char *text; /* borrowed from the document; NULL for KEEP_WHEN_ALL */
  GPtrArray *all;   /* KeepWhen*, only for KEEP_WHEN_ALL */
  gpointer matcher; /* KeepGlob* of a path, GPatternSpec* of a soname */
} KeepWhen;

typedef enum
{
  KEEP_ADD_FILES,       /* globs; a directory brings everything below it */
  KEEP_ADD_DIRECTORIES, /* globs; only the directory itself */
  KEEP_ADD_LIBRARIES,   /* names given to dlopen() by the object that fired the rule */
  KEEP_ADD_PROGRAMS,    /* paths, or names looked up in PATH */
  KEEP_ADD_NAMES_IN,    /* what a file names, read by one of the readers */
} KeepAddKind;

typedef struct
{
  KeepAddKind kind;
  GPtrArray *texts;   /* char*, borrowed from the document */
  GPtrArray *globs;   /* KeepGlob*, for files and directories */
  const char *reader; /* for KEEP_ADD_NAMES_IN */
} KeepAdd;

typedef struct
{
  const char *id;
  const char *why;
  GPtrArray *when; /* KeepWhen* */
  GPtrArray *add;  /* KeepAdd* */
  json_t *document;
} KeepRule;

/*
 * document: the object of one rule; a reference is kept.
 * origin: for messages, e.g. the file's name.
 * Errors: SLIM_ERROR_USAGE with the rule and the member that is wrong.
 */
KeepRule *keep_rule_new(json_t *document, const char *origin, GError **error);
void keep_rule_free(KeepRule *rule);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeepRule, keep_rule_free)

#endif
