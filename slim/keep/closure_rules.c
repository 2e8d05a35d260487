/* What a rule that fired adds. */
#include "slim/keep/closure_private.h"

#include "slim/keep/nsswitch.h"
#include "slim/keep/template.h"

#include <string.h>

#define NAMES_FILE_MAX_BYTES (1u << 20)

/* A rule's texts as globs, filled in; array of KeepGlob*. */
static GPtrArray *fill_globs(KeepClosure *closure, const KeepFired *fired, GPtrArray *texts)
{
  GPtrArray *globs = g_ptr_array_new_with_free_func((GDestroyNotify)keep_glob_free);
  for (guint i = 0; i < texts->len; i++)
  {
    g_autoptr(GPtrArray) filled = keep_template_expand(texts->pdata[i], fired->subject, closure->config, closure->path, TRUE);
    for (guint j = 0; j < filled->len; j++)
    {
      KeepGlob *glob = keep_glob_new(filled->pdata[j], NULL);
      if (glob != NULL)
        g_ptr_array_add(globs, glob);
    }
  }
  return globs;
}

static void add_globs(KeepClosure *closure, const KeepFired *fired, const KeepAdd *add, const KeepReason *reason)
{
  g_autoptr(GPtrArray) except = fill_globs(closure, fired, fired->rule->except);
  g_autoptr(GPtrArray) globs = fill_globs(closure, fired, add->texts);
  for (guint i = 0; i < globs->len; i++)
    closure_keep_glob(closure, globs->pdata[i], add->kind == KEEP_ADD_FILES, except, reason);
}

static void add_programs(KeepClosure *closure, const KeepFired *fired, const KeepAdd *add, const KeepReason *reason)
{
  for (guint i = 0; i < add->texts->len; i++)
  {
    g_autoptr(GPtrArray) names = keep_template_expand(add->texts->pdata[i], fired->subject, closure->config, closure->path, FALSE);
    for (guint j = 0; j < names->len; j++)
      closure_keep_program(closure, names->pdata[j], reason);
  }
}

/* Modules of glibc's name service switch: "dns" is libnss_dns.so.2. */
static void add_nsswitch_modules(KeepClosure *closure, const KeepFired *fired, GBytes *bytes, const char *file)
{
  g_autoptr(GPtrArray) services = keep_nsswitch_services(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
  for (guint i = 0; i < services->len; i++)
  {
    const char *service = services->pdata[i];
    g_autofree char *soname = g_strdup_printf("libnss_%s.so.2", service);
    g_autofree char *detail = g_strdup_printf("%s: %s names %s", fired->rule->id, file, service);
    KeepReason reason = {.kind = KEEP_REASON_RULE, .from = fired->subject, .detail = detail};
    closure_dlopen(closure, fired->data, soname, &reason);
  }
}

static gboolean add_names(KeepClosure *closure, const KeepFired *fired, const KeepAdd *add, GError **error)
{
  const char *file = add->texts->pdata[0];
  OciNode *node = oci_rootfs_find(closure->rootfs, file);
  if (node == NULL || node->inode->metadata.type != OCI_FILE_REGULAR)
    return TRUE;
  g_autoptr(GBytes) bytes = oci_rootfs_read(closure->rootfs, node->inode, NAMES_FILE_MAX_BYTES, error);
  if (bytes == NULL)
    return FALSE;
  add_nsswitch_modules(closure, fired, bytes, file);
  return TRUE;
}

static gboolean apply(KeepClosure *closure, const KeepFired *fired, const KeepAdd *add, GError **error)
{
  g_autofree char *detail = g_strdup_printf("%s (%s)", fired->rule->id, fired->evidence);
  KeepReason reason = {.kind = KEEP_REASON_RULE, .from = fired->subject, .detail = detail};
  switch (add->kind)
  {
  case KEEP_ADD_FILES:
  case KEEP_ADD_DIRECTORIES:
    add_globs(closure, fired, add, &reason);
    return TRUE;
  case KEEP_ADD_LIBRARIES:
    for (guint i = 0; i < add->texts->len; i++)
      closure_dlopen(closure, fired->data, add->texts->pdata[i], &reason);
    return TRUE;
  case KEEP_ADD_PROGRAMS:
    add_programs(closure, fired, add, &reason);
    return TRUE;
  case KEEP_ADD_NAMES_IN:
    return add_names(closure, fired, add, error);
  }
  g_assert_not_reached();
}

gboolean closure_apply_rules(KeepClosure *closure, GError **error)
{
  KeepFired fired;
  while (keep_facts_take(closure->facts, &fired))
  {
    KeepFiredRule *entry = g_new0(KeepFiredRule, 1);
    *entry = (KeepFiredRule){.rule = fired.rule, .subject = fired.subject, .evidence = fired.evidence};
    g_ptr_array_add(closure->fired, entry);
    for (guint i = 0; i < fired.rule->add->len; i++)
      if (!apply(closure, &fired, fired.rule->add->pdata[i], error))
        return FALSE;
  }
  return TRUE;
}
