/*
 * A rule: knowledge of what software needs at run time, as data.
 *
 *   { "id": "java",
 *     "why": "the launcher finds its libraries beside itself",
 *     "when": [ {"path": "/opt/jdk?/bin/java"}, {"all": [ {"env": "JAVA_HOME"}, {"rule": "jvm"} ]} ],
 *     "add":  [ {"files": ["{prefix}/lib"]}, {"directories": ["/var/empty"]},
 *               {"libraries": ["libnss_dns.so.2"]}, {"programs": ["/bin/sh"]}, {"packages": ["tzdata"]},
 *               {"names-in": ["{prefix}/lib/jvm.cfg"], "match": "^-(\\w+)\\s+KNOWN", "files": ["{prefix}/lib/{1}"]} ],
 *     "except": ["{prefix}/lib/src.zip"] }
 *
 * One condition of "when" is enough; "all" joins several. What is added and
 * is not in the image is passed over: a rule says what would be used if it
 * were there. In a rule that speaks of its evidence, "all" is about one file:
 * what is said of files must hold for the same one.
 *
 * Texts of "add" and "except" may hold the placeholders of template.h. A rule
 * that speaks of its evidence fires for each path that fulfils it, another one
 * once. A text whose placeholder has no value is passed over. A path that is
 * relative once it is filled in begins in the working directory.
 *
 * The form is described by slim/rules/rule.schema.json as well.
 */
#ifndef SLIM_KEEP_RULE_H
#define SLIM_KEEP_RULE_H

#include "oci/json.h"

#include <glib.h>

typedef enum
{
  KEEP_WHEN_IMPORT,      /* a kept object imports this symbol */
  KEEP_WHEN_SONAME,      /* an object with this soname is kept; "*" and "?" are wildcards */
  KEEP_WHEN_PATH,        /* a kept file has this path; a glob */
  KEEP_WHEN_ENV,         /* the image's environment sets this variable, and not to ""; "NAME=VALUE" with "*" and "?": to that */
  KEEP_WHEN_INTERPRETER, /* a script is run by a program of this name, or is its argument; "*" and "?" are wildcards */
  KEEP_WHEN_PROGRAM,     /* the image's command, its health check or the user runs the program with this path; "*" and "?" are wildcards */
  KEEP_WHEN_STRING,      /* a kept object's read-only data holds this text; "*" and "?" are wildcards, but not at the beginning */
  KEEP_WHEN_PACKAGE,     /* a package of this name is installed; "*" and "?" are wildcards */
  KEEP_WHEN_STATIC,      /* a kept static program of this C library looks names up; only "glibc" loads modules for it */
  KEEP_WHEN_RULE,        /* another rule fired */
  KEEP_WHEN_ALL,         /* all of several */
  KEEP_WHEN_KINDS,       /* how many there are */
} KeepWhenKind;

typedef struct
{
  KeepWhenKind kind;
  const char *text; /* borrowed from the document; NULL for KEEP_WHEN_ALL */
  GPtrArray *all;   /* KeepWhen*, only for KEEP_WHEN_ALL */
  gpointer glob;    /* KeepGlob* of KEEP_WHEN_PATH; else NULL */
  gboolean wild;    /* text is a pattern, see pattern.h */
} KeepWhen;

typedef enum
{
  KEEP_ADD_FILES,        /* globs; a directory brings everything below it */
  KEEP_ADD_DIRECTORIES,  /* globs; only the directory itself */
  KEEP_ADD_DATA,         /* globs; what files would add, without programs and shared objects */
  KEEP_ADD_LIBRARIES,    /* names given to dlopen() by the object that fired the rule; "*" and "?" stand for what its folders have */
  KEEP_ADD_PROGRAMS,     /* paths, or names looked up in PATH */
  KEEP_ADD_PACKAGES,     /* every file of these packages; "*" and "?" are wildcards */
  KEEP_ADD_NAMES_IN,     /* what the lines of files name */
  KEEP_ADD_LITERALS,     /* what the texts in the read-only data of the object that fired the rule name; see literals.h */
  KEEP_ADD_NAMED,        /* files of these directories whose name is such a text */
  KEEP_ADD_PACKAGE_DATA, /* globs: the data of the packages that these files came with, and of those of data that they depend on */
} KeepAddKind;

typedef enum
{
  KEEP_LITERAL_FILES,     /* regular files that an absolute path names */
  KEEP_LITERAL_TREES,     /* directories that one names, with everything below */
  KEEP_LITERAL_OWN_TREES, /* data below these, no program or module, that came with the same source package as the object */
  KEEP_LITERAL_MODULES,   /* the files of directories that hold shared objects */
  KEEP_LITERAL_PROGRAMS,  /* executable files */
  KEEP_LITERAL_LIBRARIES, /* names that dlopen() finds as the object calls it */
} KeepLiteralKind;

typedef struct
{
  KeepAddKind kind;
  GPtrArray *texts;        /* char*, borrowed from the document; of KEEP_ADD_LITERALS: globs that the paths must match, or none */
  const char *reader;      /* of KEEP_ADD_NAMES_IN: "nsswitch", or NULL: match says what a name is */
  GRegex *match;           /* its first groups become {1} to {9}; else NULL */
  GPtrArray *then;         /* KeepAdd*: what is added for each match; else NULL */
  KeepLiteralKind literal; /* of KEEP_ADD_LITERALS */
} KeepAdd;

typedef struct
{
  const char *id;
  const char *why;
  GPtrArray *when;      /* KeepWhen* */
  GPtrArray *add;       /* KeepAdd* */
  GPtrArray *except;    /* char*, borrowed: globs that take away from what "files" would add */
  gboolean per_subject; /* a text speaks of the evidence: {path}, {dir}, {prefix}, {name}, {appdir}, {own} or {nearest:NAME} */
  gboolean per_package; /* a text holds {own}: which package the evidence came with has to be known */
  gboolean per_program; /* it loads objects, which each program does in its own way */
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
