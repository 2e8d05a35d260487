/*
 * What an image needs to do its job: from roots to the fixed point of the
 * loader's closure and the rules.
 */
#ifndef SLIM_KEEP_CLOSURE_H
#define SLIM_KEEP_CLOSURE_H

#include "elfdeps/dlopen.h"
#include "elfdeps/graph.h"
#include "oci/config.h"
#include "oci/rootfs.h"
#include "slim/keep/packages.h"
#include "slim/keep/roots.h"
#include "slim/keep/rules.h"
#include "slim/keep/set.h"

typedef struct keep_closure KeepClosure;

/* Something that was asked for and is not in the image. */
typedef struct
{
  char *name;        /* a soname, a path, a command */
  char *from;        /* the kept path that asks for it, or NULL: the config or the user */
  GPtrArray *tried;  /* char*: where it was looked for; may be NULL */
  gboolean required; /* an entrypoint cannot start without it */
} KeepMissing;

typedef struct
{
  const KeepRule *rule;
  const char *subject;
  const char *evidence;
} KeepFiredRule;

/*
 * rootfs, config, rules: must outlive the closure.
 */
KeepClosure *keep_closure_new(OciRootfs *rootfs, const OciConfig *config, const KeepRules *rules);
void keep_closure_free(KeepClosure *closure);

/*
 * Follows what objects say about themselves in .note.dlopen, up to a
 * priority. Without this call no note is followed.
 *
 * Of alternatives the first one that is found is kept. One that is required
 * and not found is listed as missing.
 * Spec: UAPI.12, ELF dlopen() metadata.
 */
void keep_closure_follow_notes(KeepClosure *closure, ElfdepsPriority priority);

/*
 * Nothing that matches is kept, save what an entrypoint names itself. Give
 * all excludes before anything is kept.
 */
gboolean keep_closure_exclude(KeepClosure *closure, const char *glob, GError **error);

/*
 * Keeps what matches; a directory brings everything below it.
 *
 * Errors: SLIM_ERROR_USAGE for a bad glob, SLIM_ERROR_MISSING when a path
 * without wildcards is not in the image.
 */
gboolean keep_closure_include(KeepClosure *closure, const char *glob, const char *detail, GError **error);

/* A program with its arguments. What is missing is listed, not an error here. */
void keep_closure_add_root(KeepClosure *closure, const KeepRoot *root);

/* What the config names: working directory, volumes, the user's home, accounts, and /tmp. */
void keep_closure_add_config(KeepClosure *closure);

/*
 * Runs to the fixed point.
 *
 * Errors: only where reading the image fails.
 */
gboolean keep_closure_run(KeepClosure *closure, GError **error);

/*
 * Keeps a path of the image with every link on the way, unless it is
 * excluded. After the fixed point, for what nothing runs and nothing loads:
 * it is not looked into.
 *
 * whole: with everything below.
 * reason: copied.
 */
void keep_closure_add_path(KeepClosure *closure, const char *path, gboolean whole, const KeepReason *reason);

OciRootfs *keep_closure_rootfs(KeepClosure *closure);   /* borrowed */
KeepSet *keep_closure_set(KeepClosure *closure);        /* borrowed */
GPtrArray *keep_closure_missing(KeepClosure *closure);  /* KeepMissing*; borrowed */
GPtrArray *keep_closure_warnings(KeepClosure *closure); /* char*; borrowed */
GPtrArray *keep_closure_fired(KeepClosure *closure);    /* KeepFiredRule*; borrowed */

/*
 * A program by path, or by name through the image's PATH, relative paths from
 * the working directory. Returns: a new string, or NULL.
 */
char *keep_closure_find_program(KeepClosure *closure, const char *name);

/* Whether a regular file is an ELF program that a loader starts. */
gboolean keep_closure_has_interp(KeepClosure *closure, OciNode *node);

/*
 * The image's package databases, read when first asked for; borrowed. What
 * cannot be read in them is a warning of the closure.
 *
 * Errors: as keep_packages_new().
 */
KeepPackages *keep_closure_packages(KeepClosure *closure, GError **error);

/* The loader's simulation with the image's environment; borrowed. */
ElfdepsResolver *keep_closure_resolver(KeepClosure *closure);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeepClosure, keep_closure_free)

#endif
