/*
 * Inside the closure: its state, and what its parts ask of each other.
 */
#ifndef SLIM_KEEP_CLOSURE_PRIVATE_H
#define SLIM_KEEP_CLOSURE_PRIVATE_H

#include "elfdeps/graph.h"
#include "slim/keep/closure.h"
#include "slim/keep/facts.h"
#include "slim/keep/glob.h"
#include "slim/keep/literals.h"

struct keep_closure
{
  OciRootfs *rootfs;
  const OciConfig *config;
  const KeepRules *rules;
  KeepFacts *facts;
  KeepSet *set;
  ElfdepsFs *fs;
  ElfdepsResolver *resolver;
  OciNode *working_dir; /* where relative paths begin; NULL: the root */
  char **path;          /* the directories of PATH */
  GPtrArray *excludes;  /* KeepGlob* */
  gboolean follow_notes;
  ElfdepsPriority note_priority; /* the least that is followed */
  GQueue *unexamined;            /* KeepEntry*: regular files, kept and not yet looked into */
  GHashTable *resolved;          /* OciInode*: objects that stand in some program's graph */
  GHashTable *texts;             /* OciInode*: shell texts that were read */
  GHashTable *run;               /* OciInode*: what something runs */
  GHashTable *quiet_scripts;     /* OciInode*: scripts that were looked into as parts of a library */
  GHashTable *literals;          /* OciInode* → KeepLiterals* of kept objects */
  GHashTable *objects;           /* char* real path → the data of its facts */
  GHashTable *trees;             /* char*: what literals kept whole already */
  GHashTable *data_packages;     /* KeepPackage* → 1: it brings only data; -1: something else as well */
  GHashTable *own_names;         /* KeepPackage* → char*: names that a package goes by */
  GPtrArray *library_folders;    /* NULL until asked for */
  guint names_taken;             /* by "names-in" */
  KeepPackages *packages;        /* NULL until asked for */
  GPtrArray *programs;           /* Program* of closure_elf.c */
  GPtrArray *found;              /* objects with their program, for the facts */
  GPtrArray *missing;            /* KeepMissing* */
  GPtrArray *warnings;           /* char* */
  GPtrArray *fired;              /* KeepFiredRule* */
};

/* --- closure_paths.c: keeping names --- */

/* Whether a glob of a list matches a node or a directory above it. globs: KeepGlob*; may be NULL. */
gboolean closure_is_listed(GPtrArray *globs, const OciNode *node);

/* The same for a path that leads to something, by its components. */
gboolean closure_is_path_listed(GPtrArray *globs, const char *path, gboolean is_directory);

/* Whether a node, or a directory above it, is excluded. */
gboolean closure_is_excluded(const KeepClosure *closure, const OciNode *node);

/* Keeps a node unless it is excluded. */
void closure_keep_node(KeepClosure *closure, OciNode *node, const KeepReason *reason);

/*
 * Keeps a path with every link on the way.
 *
 * base: where a relative path begins; NULL is the root.
 * Returns: what the path leads to, or NULL when it leads nowhere; borrowed.
 */
OciNode *closure_keep_path(KeepClosure *closure, OciNode *base, const char *path, const KeepReason *reason);

/*
 * Keeps a node and everything below it; links with what they lead to.
 *
 * except: KeepGlob*, what is passed over; may be NULL.
 */
void closure_keep_tree(KeepClosure *closure, OciNode *node, GPtrArray *except, const KeepReason *reason);

/*
 * Whether a node, at the end of a link, is a program or a shared object: these
 * are asked for by name, and bring interpreters and libraries along.
 */
gboolean closure_is_code(KeepClosure *closure, const OciNode *node);

typedef enum
{
  CLOSURE_ALONE,       /* what matches, directories without their content */
  CLOSURE_WHOLE,       /* directories with everything below */
  CLOSURE_DATA,        /* the same without programs and shared objects */
  CLOSURE_DIRECTORIES, /* only directories, without their content */
} ClosureExtent;

/*
 * Keeps what a glob matches. Returns: how many matches there were.
 *
 * extent: what of a match is kept.
 * except: KeepGlob*, what is passed over; may be NULL.
 */
guint closure_keep_glob(KeepClosure *closure, const KeepGlob *glob, ClosureExtent extent, GPtrArray *except, const KeepReason *reason);

/* What a glob matches, links followed. ends: gets OciNode*. */
void closure_find_glob(KeepClosure *closure, const KeepGlob *glob, GPtrArray *ends);

/*
 * Forgets libraries that objects miss which other programs load: where one of this name is kept, such a program has it loaded already. The
 * libraries of Java need libjvm.so, which stands in a folder that only the launcher knows.
 */
void closure_forget_present(KeepClosure *closure);

void closure_add_missing(KeepClosure *closure, const char *name, const char *from, GPtrArray *tried, gboolean required);
void closure_warn(KeepClosure *closure, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* --- closure_elf.c: objects --- */

/* The graph of an ELF file that is kept. */
gboolean closure_examine_elf(KeepClosure *closure, KeepEntry *entry, GError **error);

/*
 * What dlopen(name) in the object that fired a rule would load.
 *
 * data: as given with the fact; NULL when the evidence is no object: then the
 * first program asks.
 * Returns: whether it was found.
 */
gboolean closure_dlopen(KeepClosure *closure, gpointer data, const char *name, const KeepReason *reason);

/* The data of an object's facts, by its real path; NULL when it is in no graph. */
gpointer closure_find_object(KeepClosure *closure, const char *path);

/* The object that a fact's data stands for, or NULL. */
const ElfdepsFile *closure_object(gpointer data);

/* Folders that a loader searches by default and that are in the image; OciNode*, looked up once; borrowed. */
GPtrArray *closure_library_folders(KeepClosure *closure);

/* Keeps what the graphs grew by. */
gboolean closure_take_programs(KeepClosure *closure, GError **error);

void closure_free_programs(KeepClosure *closure);

/* --- closure_script.c: programs and scripts --- */

/* Whether a node is a regular file that may be executed. */
gboolean closure_is_program(const OciNode *node);

/* Keeps a program by name or path. Returns: FALSE when it is not in the image. */
gboolean closure_keep_program(KeepClosure *closure, const char *name, const KeepReason *reason);

/* States that a program is given a file, which an interpreter runs. node: the file; NULL and what is no file are passed over. */
void closure_state_argument(KeepClosure *closure, const char *program, const OciNode *node);

gboolean closure_examine_script(KeepClosure *closure, KeepEntry *entry, const void *head, gsize length, GError **error);

/* Whether a program of this path reads shell texts. */
gboolean closure_is_shell(const char *program);

/* A script is run: what was taken for a part of a library is looked into again. */
void closure_note_run(KeepClosure *closure, OciNode *node);

/* --- closure_shell.c: shell texts --- */

/* A longer one is not read. */
#define CLOSURE_SHELL_MAX_BYTES (1u << 20)

/*
 * The commands of a shell text.
 *
 * from: the kept path that holds it, or NULL.
 * quiet: nothing is said about what cannot be determined.
 */
void closure_read_shell(KeepClosure *closure, const char *text, gsize length, const char *from, gboolean quiet);

/* --- closure_literals.c: texts in objects --- */

/* Reads an object's texts and states them as facts, when some rule asks for texts. */
gboolean closure_read_literals(KeepClosure *closure, gconstpointer program, const ElfdepsFile *file, const ElfdepsObject *object,
                               gpointer data, GError **error);

/* What a rule's "literals" brings. except: KeepGlob*. */
gboolean closure_add_literals(KeepClosure *closure, const KeepFired *fired, const KeepAdd *add, GPtrArray *except, const KeepReason *reason,
                              GError **error);

/* What a rule's "named-in-object" brings. folders: KeepGlob*. */
gboolean closure_add_named(KeepClosure *closure, const KeepFired *fired, GPtrArray *folders, GPtrArray *except, const KeepReason *reason,
                           GError **error);

/* --- closure_packages.c --- */

/* What a rule's "packages" brings. names: char*. except: KeepGlob*. */
gboolean closure_add_packages(KeepClosure *closure, GPtrArray *names, GPtrArray *except, const KeepReason *reason, GError **error);

/* What a rule's "package-data" brings. files: KeepGlob*. */
gboolean closure_add_package_data(KeepClosure *closure, GPtrArray *files, GPtrArray *except, const KeepReason *reason, GError **error);

/* What {own} of template.h stands for, one name a line; borrowed; NULL for a path of no package. The packages must be there. */
const char *closure_own_names(KeepClosure *closure, const char *path);

/* States the installed packages as facts, when some rule asks for packages. */
gboolean closure_state_packages(KeepClosure *closure, GError **error);

/* --- closure_names.c --- */

/* What a rule's "names-in" brings. */
gboolean closure_add_names_in(KeepClosure *closure, const KeepFired *fired, const KeepAdd *add, GPtrArray *except, GError **error);

/* --- closure_rules.c --- */

/* A rule's texts as globs, filled in; array of KeepGlob*, owned by the caller. groups: as in template.h. */
GPtrArray *closure_fill_globs(KeepClosure *closure, const KeepFired *fired, GPtrArray *texts, char *const *groups);

/* Files, directories, libraries and programs. */
void closure_add_plain(KeepClosure *closure, const KeepFired *fired, const KeepAdd *add, char *const *groups, GPtrArray *except,
                       const KeepReason *reason);

/* Takes every rule that fired. */
gboolean closure_apply_rules(KeepClosure *closure, GError **error);

#endif
