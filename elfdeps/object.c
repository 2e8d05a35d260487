/* One ELF file as a loader sees it: header, interpreter, and what the parts give. */
#include "elfdeps/object.h"

#include "elfdeps/dlopen.h"
#include "elfdeps/error.h"
#include "elfdeps/limits.h"
#include "elfdeps/object_dynamic.h"
#include "elfdeps/object_image.h"
#include "elfdeps/object_notes.h"

#include <elf.h>
#include <string.h>

enum
{
  SMALLEST_PAGE = 4096,
  NEWEST_ABI_VERSION = 8, /* EI_ABIVERSION with ELFOSABI_GNU: the C libraries of 2026 know 0 to 5 */
};

static void free_note(gpointer note)
{
  elfdeps_dlopen_note_free(note);
}

static ElfdepsObject *object_new(void)
{
  ElfdepsObject *object = g_new0(ElfdepsObject, 1);
  object->needed = g_ptr_array_new_with_free_func(g_free);
  object->auxiliary = g_ptr_array_new_with_free_func(g_free);
  object->filter = g_ptr_array_new_with_free_func(g_free);
  object->loads = g_array_new(FALSE, FALSE, sizeof(ElfdepsLoad));
  object->dlopen_notes = g_ptr_array_new_with_free_func(free_note);
  object->imports = g_ptr_array_new_with_free_func(g_free);
  object->warnings = g_ptr_array_new_with_free_func(g_free);
  return object;
}

/* The kernel's rules: the first PT_INTERP, by file offset, NUL at its end. */
static gboolean take_interp(const ElfdepsObjectImage *image, const ElfdepsSegment *segment, ElfdepsObject *object, GError **error)
{
  object->has_interp = TRUE;
  if (segment->filesz < 2 || segment->filesz > ELFDEPS_LIMIT_PATH_BYTES)
  {
    g_set_error(error, ELFDEPS_ERROR, ELFDEPS_ERROR_MALFORMED,
                "the interpreter's name at offset 0x%" G_GINT64_MODIFIER "x has a length that the kernel refuses", segment->offset);
    return FALSE;
  }
  g_autofree char *name = g_malloc((gsize)segment->filesz);
  if (!elfdeps_object_image_read(image, "interpreter's name", segment->offset, (gsize)segment->filesz, name, error))
    return FALSE;
  if (name[segment->filesz - 1] != '\0')
  {
    g_set_error(error, ELFDEPS_ERROR, ELFDEPS_ERROR_MALFORMED,
                "the interpreter's name at offset 0x%" G_GINT64_MODIFIER "x has no end in its segment", segment->offset);
    return FALSE;
  }
  object->interp = g_strdup(name);
  return TRUE;
}

static gboolean take_segments(const ElfdepsObjectImage *image, ElfdepsObject *object, GError **error)
{
  guint dynamic = 0;
  for (guint i = 0; i < image->segments->len; i++)
  {
    const ElfdepsSegment *segment = &g_array_index(image->segments, ElfdepsSegment, i);
    if (segment->type == PT_LOAD)
      object->has_load = TRUE;
    if (segment->type == PT_DYNAMIC)
      dynamic++;
    if (segment->type == PT_INTERP && !object->has_interp && !take_interp(image, segment, object, error))
      return FALSE;
  }
  object->has_dynamic = dynamic > 0;
  if (dynamic > 1)
    g_ptr_array_add(object->warnings, g_strdup("more than one dynamic section: the last one counts"));
  return TRUE;
}

static gboolean misplaced(const ElfdepsObjectImage *image)
{
  for (guint i = 0; i < image->segments->len; i++)
  {
    const ElfdepsSegment *segment = &g_array_index(image->segments, ElfdepsSegment, i);
    if (segment->type != PT_LOAD)
      continue;
    if (segment->align % SMALLEST_PAGE != 0 || ((segment->vaddr - segment->offset) & (segment->align - 1)) != 0)
      return TRUE;
  }
  return FALSE;
}

/* What glibc checks after class and machine. Spec: elf/dl-load.c, open_verify() and _dl_map_object_from_fd(). */
static const char *find_fatal(const ElfdepsObjectImage *image, const ElfdepsObject *object)
{
  if (object->ident_version != EV_CURRENT || object->version != EV_CURRENT)
    return "ELF file version is not the current one";
  if (object->osabi != ELFOSABI_SYSV && object->osabi != ELFOSABI_GNU)
    return "ELF file OS ABI invalid";
  if (object->abiversion != 0 && (object->osabi != ELFOSABI_GNU || object->abiversion > NEWEST_ABI_VERSION))
    return "ELF file ABI version invalid";
  if (object->padded)
    return "nonzero padding in e_ident";
  if (object->type != ET_DYN && object->type != ET_EXEC)
    return "only ET_DYN and ET_EXEC can be loaded";
  if (!object->has_load)
    return "object file has no loadable segments";
  if (!object->has_dynamic)
    return "object file has no dynamic section";
  if (misplaced(image))
    return "ELF load command address or offset not page-aligned";
  return NULL;
}

static gboolean read_parts(const ElfdepsObjectImage *image, ElfdepsObject *object, GError **error)
{
  if (!take_segments(image, object, error))
    return FALSE;
  g_autoptr(GArray) entries = elfdeps_object_dynamic_read(image, error);
  if (entries == NULL || !elfdeps_object_dynamic_take(image, entries, object, error) || !elfdeps_object_notes_take(image, object, error))
    return FALSE;
  object->fatal = find_fatal(image, object);
  return TRUE;
}

gboolean elfdeps_object_read_ident(ElfdepsFs *fs, const ElfdepsFile *file, ElfdepsObject *ident)
{
  ElfdepsObjectImage image;
  memset(ident, 0, sizeof *ident);
  elfdeps_object_image_init(&image, fs, file, ident, NULL);
  elfdeps_object_image_clear(&image);
  return ident->version != 0 || ident->machine != EM_NONE;
}

ElfdepsObject *elfdeps_object_read(ElfdepsFs *fs, const ElfdepsFile *file, GError **error)
{
  g_autoptr(ElfdepsObject) object = object_new();
  ElfdepsObjectImage image;
  gboolean fine = elfdeps_object_image_init(&image, fs, file, object, error) && read_parts(&image, object, error);
  elfdeps_object_image_clear(&image);
  if (fine)
    return g_steal_pointer(&object);
  g_autofree char *path = elfdeps_quote(file->real_path);
  g_prefix_error(error, "%s: ", path);
  return NULL;
}

void elfdeps_object_free(ElfdepsObject *object)
{
  if (object == NULL)
    return;
  g_free(object->interp);
  g_free(object->soname);
  g_free(object->rpath);
  g_free(object->runpath);
  g_free(object->audit);
  g_free(object->depaudit);
  g_array_unref(object->loads);
  g_ptr_array_unref(object->needed);
  g_ptr_array_unref(object->auxiliary);
  g_ptr_array_unref(object->filter);
  g_ptr_array_unref(object->dlopen_notes);
  g_ptr_array_unref(object->imports);
  g_ptr_array_unref(object->warnings);
  g_free(object);
}
