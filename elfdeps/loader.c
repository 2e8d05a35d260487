/* The loader of a program: found by name, known by its bytes. */
#include "elfdeps/loader.h"

#include "elfdeps/error.h"
#include "elfdeps/hwcaps.h"
#include "elfdeps/limits.h"
#include "elfdeps/machine.h"
#include "elfdeps/pathlist.h"

#include <elf.h>
#include <string.h>

enum
{
  READ_BYTES = 256 * 1024,
};

GByteArray *elfdeps_loader_read(ElfdepsFs *fs, const ElfdepsFile *file, gsize limit, gboolean *truncated, GError **error)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  *truncated = FALSE;
  for (gsize done = 0;;)
  {
    g_byte_array_set_size(bytes, (guint)(done + READ_BYTES));
    gssize got = fs->pread(fs, file, bytes->data + done, READ_BYTES, done, error);
    if (got < 0)
      return NULL;
    *truncated = (gsize)got > limit - done;
    done += MIN((gsize)got, limit - done);
    if (got == READ_BYTES && !*truncated)
      continue;
    g_byte_array_set_size(bytes, (guint)done);
    return g_steal_pointer(&bytes);
  }
}

static void set_directories(ElfdepsLoader *loader, const char *list)
{
  g_auto(GStrv) directories = g_strsplit(list, ":", -1);
  for (gsize i = 0; directories[i] != NULL; i++)
    if (*directories[i] != '\0')
      g_ptr_array_add(loader->directories, g_strdup(directories[i]));
}

static gboolean is_directory(ElfdepsFs *fs, const char *path)
{
  ElfdepsFile file;
  return fs->find(fs, path, &file) == ELFDEPS_FILE_DIRECTORY;
}

/* Debian's layout when there is such a directory, else lib64 when there is one. */
static void guess_glibc(ElfdepsLoader *loader, ElfdepsFs *fs)
{
  const char *triplet = elfdeps_machine_triplet(&loader->kind);
  g_autofree char *multiarch = g_strconcat("lib/", triplet == NULL ? "none" : triplet, NULL);
  g_autofree char *in_root = g_strconcat("/", multiarch, NULL);
  g_autofree char *in_usr = g_strconcat("/usr/", multiarch, NULL);
  const char *lib = "lib";
  if (is_directory(fs, in_root) || is_directory(fs, in_usr))
    lib = multiarch;
  else if (loader->kind.class == ELFCLASS64 && (is_directory(fs, "/lib64") || is_directory(fs, "/usr/lib64")))
    lib = "lib64";
  if (loader->lib == NULL)
    loader->lib = g_strdup(lib);
  if (loader->directories->len > 0)
    return;
  g_autofree char *list = g_strdup_printf("/%s:/usr/%s:/lib:/usr/lib", lib, lib);
  set_directories(loader, strcmp(lib, "lib") == 0 ? "/lib:/usr/lib" : list);
}

/* PREFIX/etc/ld-musl-ARCH.path. Spec: musl ldso/dynlink.c, load_library(). */
static char *musl_config(const char *interp, const char *arch)
{
  g_autofree char *parent = elfdeps_path_directory(interp);
  g_autofree char *prefix = elfdeps_path_directory(parent);
  return g_strdup_printf("%s/etc/ld-musl-%s.path", strcmp(prefix, "/") == 0 ? "" : prefix, arch);
}

static char *arch_of_name(const char *interp)
{
  const char *start = strstr(interp, "ld-musl-");
  if (start == NULL)
    return g_strdup("unknown");
  start += strlen("ld-musl-");
  return g_strndup(start, strcspn(start, "."));
}

static gboolean read_musl_config(ElfdepsLoader *loader, ElfdepsFs *fs, const char *working_dir, GError **error)
{
  g_autofree char *arch = loader->config == NULL ? arch_of_name(loader->interp) : g_steal_pointer(&loader->config);
  g_autofree char *interp = elfdeps_path_absolute(loader->interp, working_dir);
  loader->config = musl_config(interp, arch);
  ElfdepsFile file;
  ElfdepsFileKind kind = fs->find(fs, loader->config, &file);
  if (kind == ELFDEPS_FILE_MISSING)
  {
    if (loader->directories->len == 0)
      set_directories(loader, "/lib:/usr/local/lib:/usr/lib");
    return TRUE;
  }
  loader->has_config = TRUE;
  g_ptr_array_set_size(loader->directories, 0);
  if (kind != ELFDEPS_FILE_REGULAR) /* cannot be read: an empty path */
    return TRUE;
  gboolean truncated;
  g_autoptr(GByteArray) bytes = elfdeps_loader_read(fs, &file, ELFDEPS_LIMIT_CONFIG_BYTES, &truncated, error);
  if (bytes == NULL)
    return FALSE;
  g_autofree char *list = g_strndup((const char *)bytes->data, bytes->len);
  g_autoptr(GStringChunk) strings = g_string_chunk_new(256);
  g_autoptr(GArray) directories = elfdeps_path_list_parse_musl(list, working_dir, strings, &truncated);
  for (guint i = 0; i < directories->len; i++)
    g_ptr_array_add(loader->directories, g_strdup(g_array_index(directories, ElfdepsDirectory, i).path));
  return TRUE;
}

/* Of the usual names, the one that the program's C library belongs to. */
static char *choose_interp(ElfdepsFs *fs, const ElfdepsObject *program)
{
  g_autoptr(GPtrArray) names = elfdeps_machine_interpreters(program);
  gboolean musl = FALSE;
  for (guint i = 0; i < program->needed->len; i++)
  {
    const char *name = program->needed->pdata[i];
    musl = musl || g_str_has_prefix(name, "libc.musl-") || strcmp(name, "libc.so") == 0;
  }
  for (guint i = 0; i < names->len; i++)
  {
    const char *name = names->pdata[musl ? names->len - 1 - i : i];
    ElfdepsFile file;
    if (fs->find(fs, name, &file) == ELFDEPS_FILE_REGULAR)
      return g_strdup(name);
  }
  return g_strdup(names->len > 0 ? names->pdata[musl ? names->len - 1 : 0] : "/lib/ld.so.1");
}

static void take_kind(ElfdepsLoader *loader, const ElfdepsObject *object)
{
  loader->kind.class = object->class;
  loader->kind.data = object->data;
  loader->kind.machine = object->machine;
  loader->kind.flags = object->flags;
}

static gboolean read_interp(ElfdepsLoader *loader, ElfdepsFs *fs, const char *working_dir, GError **error)
{
  g_autofree char *path = elfdeps_path_absolute(loader->interp, working_dir);
  ElfdepsFile file;
  if (fs->find(fs, path, &file) != ELFDEPS_FILE_REGULAR)
    return TRUE;
  ElfdepsObject ident;
  if (elfdeps_object_read_ident(fs, &file, &ident))
    take_kind(loader, &ident);
  gboolean truncated;
  g_autoptr(GByteArray) bytes = elfdeps_loader_read(fs, &file, ELFDEPS_LIMIT_LOADER_BYTES, &truncated, error);
  if (bytes == NULL)
    return FALSE;
  elfdeps_loader_scan(loader, bytes->data, bytes->len);
  return TRUE;
}

static gboolean complete(ElfdepsLoader *loader, ElfdepsFs *fs, const char *working_dir, GError **error)
{
  loader->platforms = elfdeps_hwcaps_platforms(loader->kind.machine);
  if (loader->libc == ELFDEPS_LIBC_UNKNOWN)
  {
    loader->libc = strstr(loader->interp, "ld-musl-") != NULL ? ELFDEPS_LIBC_MUSL : ELFDEPS_LIBC_GLIBC;
    loader->levels = loader->legacy = loader->libc == ELFDEPS_LIBC_GLIBC;
  }
  if (loader->libc == ELFDEPS_LIBC_MUSL)
  {
    if (loader->lib == NULL)
      loader->lib = g_strdup("");
    return read_musl_config(loader, fs, working_dir, error);
  }
  guess_glibc(loader, fs);
  if (loader->cache == NULL)
    loader->cache = g_strdup("/etc/ld.so.cache");
  if (loader->preload == NULL)
    loader->preload = g_strdup("/etc/ld.so.preload");
  loader->levels = loader->levels && elfdeps_hwcaps_has_levels(loader->kind.machine);
  return TRUE;
}

ElfdepsLoader *elfdeps_loader_new(ElfdepsFs *fs, const ElfdepsObject *program, const char *interp, const char *working_dir, GError **error)
{
  g_autoptr(ElfdepsLoader) loader = g_new0(ElfdepsLoader, 1);
  loader->directories = g_ptr_array_new_with_free_func(g_free);
  loader->interp = interp != NULL ? g_strdup(interp) : choose_interp(fs, program);
  take_kind(loader, program);
  if (!read_interp(loader, fs, working_dir, error) || !complete(loader, fs, working_dir, error))
    return NULL;
  return g_steal_pointer(&loader);
}

void elfdeps_loader_free(ElfdepsLoader *loader)
{
  if (loader == NULL)
    return;
  g_ptr_array_unref(loader->directories);
  g_free(loader->interp);
  g_free(loader->lib);
  g_free(loader->cache);
  g_free(loader->preload);
  g_free(loader->config);
  g_free(loader);
}

/* Other kinds of float and calling conventions on one machine. Spec: glibc sysdeps, elf_machine_matches_host(). */
static gboolean same_abi(const ElfdepsObject *kind, const ElfdepsObject *object)
{
  guint32 difference = kind->flags ^ object->flags;
  switch (kind->machine)
  {
  case EM_RISCV:
    return (difference & (EF_RISCV_FLOAT_ABI | EF_RISCV_RVE)) == 0;
  case EM_PPC64:
    return (object->flags & EF_PPC64_ABI) == 0 || (difference & EF_PPC64_ABI) == 0;
  case EM_ARM:
    return !((kind->flags & EF_ARM_ABI_FLOAT_HARD) && (object->flags & EF_ARM_ABI_FLOAT_SOFT)) &&
           !((kind->flags & EF_ARM_ABI_FLOAT_SOFT) && (object->flags & EF_ARM_ABI_FLOAT_HARD));
  case EM_MIPS:
    return (difference & (EF_MIPS_ABI2 | EF_MIPS_NAN2008)) == 0;
  default:
    return TRUE;
  }
}

static const char *musl_refuses(const ElfdepsLoader *loader, const ElfdepsObject *object)
{
  if (object->class != loader->kind.class || object->data != loader->kind.data || object->machine != loader->kind.machine)
    return "ELF file is for another machine: exec format error";
  return object->type != ET_DYN && object->type != ET_EXEC ? "exec format error" : NULL;
}

const char *elfdeps_loader_refuses(const ElfdepsLoader *loader, const ElfdepsObject *object, gboolean *skip)
{
  *skip = FALSE;
  if (loader->libc == ELFDEPS_LIBC_MUSL)
    return musl_refuses(loader, object);
  if (object->class != loader->kind.class)
  {
    *skip = TRUE;
    return "wrong ELF class";
  }
  if (object->data != loader->kind.data)
    return "ELF file data encoding is not that of the program";
  if (object->fatal != NULL && (object->machine == loader->kind.machine || object->ident_version != EV_CURRENT || object->padded))
    return object->fatal;
  if (object->machine != loader->kind.machine || !same_abi(&loader->kind, object))
  {
    *skip = TRUE;
    return "other machine";
  }
  if (object->type == ET_EXEC || object->pie)
    return "cannot dynamically load an executable";
  return NULL;
}
