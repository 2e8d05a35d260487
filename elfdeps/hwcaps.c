/* glibc-hwcaps, and the legacy directories of glibc <= 2.36. */
#include "elfdeps/hwcaps.h"

#include "elfdeps/limits.h"
#include "elfdeps/pathlist.h"

#include <elf.h>
#include <string.h>

typedef struct
{
  guint16 machine;
  const char *platforms[20]; /* the commonest first, NULL at the end */
  const char *levels[8];     /* best first */
  const char *hwcaps[10];    /* the legacy names, highest bit first */
} Machine;

static const Machine machines[] = {
    {EM_X86_64, {"x86_64", "haswell", "xeon_phi"}, {"x86-64-v4", "x86-64-v3", "x86-64-v2"}, {"avx512_1", "x86_64", "sse2"}},
    {EM_386, {"i686", "i586", "i486", "i386", "haswell", "xeon_phi"}, {NULL}, {"avx512_1", "sse2"}},
    {EM_AARCH64, {"aarch64"}, {NULL}, {"atomics"}},
    {EM_ARM, {"v7l", "v8l", "v6l", "v5l", "v7b", "v6b", "v5b", "v4l"}, {NULL}, {"neon", "vfp"}},
    {EM_PPC64,
     {"power8", "power11", "power10", "power9", "power8+", "power7", "power6x", "power6", "power5+", "power5", "power4", "ppc970"},
     {"power10", "power9"},
     {"altivec", "dfp"}},
    {EM_PPC, {"powerpc", "ppc405", "ppc440", "ppc464", "ppc476", "ppca2"}, {NULL}, {"altivec", "dfp"}},
    {EM_S390,
     {"z13", "z17", "z16", "z15", "z14", "zEC12", "z196", "z10", "z9-109", "z990", "z900", "g5"},
     {"z17", "z16", "z15", "z14", "z13"},
     {"vxe2", "vxe", "vx", "dfp", "eimm", "ldisp", "zarch"}},
    {EM_SPARCV9, {"sparc"}, {NULL}, {"ultra3", "v9v2", "v9v", "v9"}},
    {EM_RISCV, {"riscv64"}, {NULL}, {NULL}},
    {EM_MIPS, {"loongson3a", "loongson2f", "loongson2e", "octeon3", "octeon2", "octeon"}, {NULL}, {NULL}},
    {EM_LOONGARCH, {"loongarch"}, {NULL}, {NULL}},
};

static const Machine *find_machine(guint16 machine)
{
  for (gsize i = 0; i < G_N_ELEMENTS(machines); i++)
    if (machines[i].machine == machine)
      return &machines[i];
  return NULL;
}

const char *const *elfdeps_hwcaps_platforms(guint16 machine)
{
  static const char *const none[] = {NULL};
  const Machine *found = find_machine(machine);
  return found == NULL ? none : found->platforms;
}

gboolean elfdeps_hwcaps_has_levels(guint16 machine)
{
  const Machine *found = find_machine(machine);
  return found != NULL && found->levels[0] != NULL;
}

static gboolean is_directory(ElfdepsFs *fs, const char *path)
{
  ElfdepsFile file;
  return fs->find(fs, path, &file) == ELFDEPS_FILE_DIRECTORY;
}

static guint rank(const Machine *machine, const char *name)
{
  guint i = 0;
  while (machine->levels[i] != NULL && strcmp(machine->levels[i], name) != 0)
    i++;
  return i;
}

/* Known levels best first, then whatever else ldconfig would take. */
static void add_levels(ElfdepsFs *fs, const Machine *machine, const char *directory, GPtrArray *found)
{
  g_autofree char *parent = elfdeps_path_join(directory, "glibc-hwcaps");
  g_autoptr(GPtrArray) names = fs->list(fs, parent);
  if (names == NULL)
    return;
  for (guint level = 0; level <= G_N_ELEMENTS(machine->levels); level++)
    for (guint i = 0; i < names->len && found->len < ELFDEPS_LIMIT_HWCAPS_DIRECTORIES; i++)
    {
      const char *name = names->pdata[i];
      if (name[0] == '.' || strchr(name, ':') != NULL || rank(machine, name) != level)
        continue;
      char *path = elfdeps_path_join(parent, name);
      if (is_directory(fs, path))
        g_ptr_array_add(found, path);
      else
        g_free(path);
    }
}

static gboolean comes_before(const GPtrArray *names, guint from, guint index)
{
  for (guint i = from; i < index; i++)
    if (strcmp(names->pdata[i], names->pdata[index]) == 0)
      return TRUE;
  return FALSE;
}

/* tls, a platform, hwcaps: in this order in a path, each may be absent. */
static void add_legacy(ElfdepsFs *fs, const GPtrArray *names, guint from, const char *directory, GPtrArray *found)
{
  for (guint i = from; i < names->len && found->len < ELFDEPS_LIMIT_HWCAPS_DIRECTORIES; i++)
  {
    if (comes_before(names, from, i)) /* x86_64 is a platform and a hwcap */
      continue;
    char *path = elfdeps_path_join(directory, names->pdata[i]);
    if (!is_directory(fs, path))
    {
      g_free(path);
      continue;
    }
    add_legacy(fs, names, i + 1, path, found);
    g_ptr_array_add(found, path);
  }
}

static GPtrArray *legacy_names(const Machine *machine)
{
  GPtrArray *names = g_ptr_array_new();
  g_ptr_array_add(names, (gpointer)(guintptr) "tls");
  for (guint i = 0; machine != NULL && machine->platforms[i] != NULL; i++)
    g_ptr_array_add(names, (gpointer)(guintptr)machine->platforms[i]);
  for (guint i = 0; machine != NULL && machine->hwcaps[i] != NULL; i++)
    g_ptr_array_add(names, (gpointer)(guintptr)machine->hwcaps[i]);
  return names;
}

GPtrArray *elfdeps_hwcaps_list(ElfdepsFs *fs, const char *directory, guint16 machine, gboolean levels, gboolean legacy)
{
  const Machine *known = find_machine(machine);
  g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
  if (levels && known != NULL && known->levels[0] != NULL)
    add_levels(fs, known, directory, found);
  if (legacy)
  {
    g_autoptr(GPtrArray) names = legacy_names(known);
    add_legacy(fs, names, 0, directory, found);
  }
  return found->len == 0 ? NULL : g_steal_pointer(&found);
}
