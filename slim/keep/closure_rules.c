/* What a rule that fired adds. */
#include "slim/keep/closure_private.h"

#include "slim/keep/pattern.h"

#include "slim/keep/template.h"

#include <string.h>

#define LIBRARY_NAMES_MAX 1024u /* that one name with wildcards stands for */

static KeepValues values_of(KeepClosure *closure, const KeepFired *fired, char *const *groups)
{
  return (KeepValues){.subject = fired->subject,
                      .config = closure->config,
                      .rootfs = closure->rootfs,
                      .program_dirs = closure->path,
                      .groups = groups,
                      .own = fired->rule->per_package ? closure_own_names(closure, fired->subject) : NULL};
}

/* What is relative begins in the working directory, and not anywhere, as a glob would have it. */
static char *absolute(KeepClosure *closure, const char *text)
{
  if (text[0] == '/' || g_str_has_prefix(text, "**"))
    return g_strdup(text);
  g_autofree char *directory = closure->working_dir == NULL ? g_strdup("/") : oci_node_path(closure->working_dir);
  GString *path = g_string_new(NULL);
  for (const char *byte = directory; *byte != '\0'; byte++)
    g_string_append_printf(path, "%s%c", strchr("*?[\\", *byte) != NULL ? "\\" : "", *byte);
  g_string_append_printf(path, "%s%s", g_str_has_suffix(path->str, "/") ? "" : "/", text);
  return g_string_free(path, FALSE);
}

GPtrArray *closure_fill_globs(KeepClosure *closure, const KeepFired *fired, GPtrArray *texts, char *const *groups)
{
  GPtrArray *globs = g_ptr_array_new_with_free_func((GDestroyNotify)keep_glob_free);
  const KeepValues values = values_of(closure, fired, groups);
  for (guint i = 0; i < texts->len; i++)
  {
    g_autoptr(GPtrArray) filled = keep_template_expand(texts->pdata[i], &values, TRUE);
    for (guint j = 0; j < filled->len; j++)
    {
      g_autofree char *text = absolute(closure, filled->pdata[j]);
      KeepGlob *glob = keep_glob_new(text, NULL);
      if (glob != NULL)
        g_ptr_array_add(globs, glob);
    }
  }
  return globs;
}

/* By what a name leads to: in an image a folder may be a link, and a link may lead nowhere. */
static void add_folder(KeepClosure *closure, const char *path, GPtrArray *folders)
{
  OciNode *node = oci_rootfs_find(closure->rootfs, path);
  if (node != NULL && node->inode->metadata.type == OCI_FILE_DIRECTORY && !g_ptr_array_find(folders, node, NULL))
    g_ptr_array_add(folders, node);
}

GPtrArray *closure_library_folders(KeepClosure *closure)
{
  static const char *const tops[] = {"/lib",   "/usr/lib",   "/lib64",         "/usr/lib64",
                                     "/lib32", "/usr/lib32", "/usr/local/lib", "/usr/local/lib64"};
  if (closure->library_folders != NULL)
    return closure->library_folders;
  GPtrArray *folders = closure->library_folders = g_ptr_array_new();
  for (guint i = 0; i < G_N_ELEMENTS(tops); i++)
    add_folder(closure, tops[i], folders);
  for (guint i = 0, last = folders->len; i < last; i++)
  {
    g_autoptr(GPtrArray) children = oci_node_children(folders->pdata[i]);
    for (guint j = 0; j < children->len; j++)
    {
      g_autofree char *path = oci_node_path(children->pdata[j]);
      if (keep_pattern_match("*/*-linux-*", path)) /* of one architecture, as Debian has it */
        add_folder(closure, path, folders);
    }
  }
  return folders;
}

/* "libicuuc.so.*": each name in the loader's folders that matches. */
static void dlopen_matching(KeepClosure *closure, const KeepFired *fired, const char *pattern, const KeepReason *reason)
{
  const GPtrArray *folders = closure_library_folders(closure);
  guint taken = 0;
  for (guint i = 0; i < folders->len; i++)
  {
    g_autoptr(GPtrArray) children = oci_node_children(folders->pdata[i]);
    for (guint j = 0; j < children->len && taken < LIBRARY_NAMES_MAX; j++)
    {
      const char *name = ((const OciNode *)children->pdata[j])->name;
      if (keep_pattern_match(pattern, name) && closure_dlopen(closure, fired->data, name, reason))
        taken++;
    }
  }
}

static void add_libraries(KeepClosure *closure, const KeepFired *fired, GPtrArray *names, const KeepReason *reason)
{
  for (guint i = 0; i < names->len; i++)
  {
    const char *name = names->pdata[i];
    if (strchr(name, '/') == NULL && strpbrk(name, "*?") != NULL)
      dlopen_matching(closure, fired, name, reason);
    else
      closure_dlopen(closure, fired->data, name, reason);
  }
}

void closure_add_plain(KeepClosure *closure, const KeepFired *fired, const KeepAdd *add, char *const *groups, GPtrArray *except,
                       const KeepReason *reason)
{
  if (add->kind == KEEP_ADD_FILES || add->kind == KEEP_ADD_DIRECTORIES || add->kind == KEEP_ADD_DATA)
  {
    g_autoptr(GPtrArray) globs = closure_fill_globs(closure, fired, add->texts, groups);
    ClosureExtent extent = add->kind == KEEP_ADD_FILES ? CLOSURE_WHOLE : add->kind == KEEP_ADD_DATA ? CLOSURE_DATA : CLOSURE_DIRECTORIES;
    for (guint i = 0; i < globs->len; i++)
      closure_keep_glob(closure, globs->pdata[i], extent, except, reason);
    return;
  }
  const KeepValues values = values_of(closure, fired, groups);
  for (guint i = 0; i < add->texts->len; i++)
  {
    g_autoptr(GPtrArray) names = keep_template_expand(add->texts->pdata[i], &values, FALSE);
    if (add->kind == KEEP_ADD_LIBRARIES)
      add_libraries(closure, fired, names, reason);
    for (guint j = 0; add->kind == KEEP_ADD_PROGRAMS && j < names->len; j++)
      closure_keep_program(closure, names->pdata[j], reason);
  }
}

static gboolean apply(KeepClosure *closure, const KeepFired *fired, const KeepAdd *add, GPtrArray *except, GError **error)
{
  g_autofree char *detail = g_strdup_printf("%s (%s)", fired->rule->id, fired->evidence);
  KeepReason reason = {.kind = KEEP_REASON_RULE, .from = fired->subject, .detail = detail};
  switch (add->kind)
  {
  case KEEP_ADD_FILES:
  case KEEP_ADD_DIRECTORIES:
  case KEEP_ADD_DATA:
  case KEEP_ADD_LIBRARIES:
  case KEEP_ADD_PROGRAMS:
    closure_add_plain(closure, fired, add, NULL, except, &reason);
    return TRUE;
  case KEEP_ADD_PACKAGES:
    return closure_add_packages(closure, add->texts, except, &reason, error);
  case KEEP_ADD_NAMES_IN:
    return closure_add_names_in(closure, fired, add, except, error);
  case KEEP_ADD_LITERALS:
    return closure_add_literals(closure, fired, add, except, &reason, error);
  case KEEP_ADD_NAMED:
  {
    g_autoptr(GPtrArray) folders = closure_fill_globs(closure, fired, add->texts, NULL);
    return closure_add_named(closure, fired, folders, except, &reason, error);
  }
  case KEEP_ADD_PACKAGE_DATA:
  {
    g_autoptr(GPtrArray) files = closure_fill_globs(closure, fired, add->texts, NULL);
    return closure_add_package_data(closure, files, except, &reason, error);
  }
  }
  g_assert_not_reached();
}

/* A rule that loads objects fires for each program; said once for each file it is enough. */
static void note_fired(KeepClosure *closure, const KeepFired *fired)
{
  for (guint i = 0; fired->rule->per_program && i < closure->fired->len; i++)
  {
    const KeepFiredRule *other = closure->fired->pdata[i];
    if (other->rule == fired->rule && g_strcmp0(other->subject, fired->subject) == 0)
      return;
  }
  KeepFiredRule *entry = g_new0(KeepFiredRule, 1);
  *entry = (KeepFiredRule){.rule = fired->rule, .subject = fired->subject, .evidence = fired->evidence};
  g_ptr_array_add(closure->fired, entry);
}

gboolean closure_apply_rules(KeepClosure *closure, GError **error)
{
  KeepFired fired;
  while (keep_facts_take(closure->facts, &fired))
  {
    if (fired.data == NULL)
      fired.data = closure_find_object(closure, fired.subject);
    if (fired.rule->per_package && keep_closure_packages(closure, error) == NULL)
      return FALSE;
    note_fired(closure, &fired);
    g_autoptr(GPtrArray) except = closure_fill_globs(closure, &fired, fired.rule->except, NULL);
    for (guint i = 0; i < fired.rule->add->len; i++)
      if (!apply(closure, &fired, fired.rule->add->pdata[i], except, error))
        return FALSE;
  }
  return TRUE;
}
