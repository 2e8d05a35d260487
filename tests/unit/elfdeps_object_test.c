/* The object reader: every class and byte order, and what is broken. */
#include "tests/unit/expect.h"

#include <stdint.h>

#include "elfdeps/dlopen.h"
#include "elfdeps/error.h"
#include "elfdeps/limits.h"
#include "elfdeps/object.h"
#include "tests/unit/elfdeps_elf_writer.h"
#include "tests/unit/elfdeps_memory_fs.h"

#include <elf.h>

static ElfdepsObject *read_bytes(const GByteArray *bytes, GError **error)
{
  MemoryFs memory;
  memory_fs_init(&memory, bytes->data, bytes->len);
  ElfdepsObject *object = elfdeps_object_read(&memory.fs, &memory.file, error);
  assert_true(memory.asked <= ELFDEPS_LIMIT_NOTES_BYTES);
  return object;
}

static void add_list(GString *text, const char *name, const GPtrArray *list)
{
  g_string_append_printf(text, " %s=[", name);
  for (guint i = 0; i < list->len; i++)
    g_string_append_printf(text, "%s%s", i == 0 ? "" : " ", (const char *)list->pdata[i]);
  g_string_append_c(text, ']');
}

static void add_text(GString *text, const char *name, const char *value)
{
  if (value != NULL)
    g_string_append_printf(text, " %s=%s", name, value);
}

static char *print_object(const ElfdepsObject *object)
{
  GString *text = g_string_new(NULL);
  g_string_append_printf(text, "class=%u data=%u machine=%u type=%u flags=%x", object->class, object->data, object->machine, object->type,
                         object->flags);
  add_text(text, "interp", object->interp);
  add_text(text, "soname", object->soname);
  add_text(text, "rpath", object->rpath);
  add_text(text, "runpath", object->runpath);
  add_text(text, "audit", object->audit);
  add_text(text, "depaudit", object->depaudit);
  add_list(text, "needed", object->needed);
  add_list(text, "auxiliary", object->auxiliary);
  add_list(text, "filter", object->filter);
  g_string_append(text, " loads=[");
  for (guint i = 0; i < object->loads->len; i++)
    g_string_append_printf(text, "%d:%s ", g_array_index(object->loads, ElfdepsLoad, i).kind,
                           g_array_index(object->loads, ElfdepsLoad, i).name);
  g_string_append_printf(text, "] pie=%d nodeflib=%d", object->pie, object->nodeflib);
  add_list(text, "warnings", object->warnings);
  add_text(text, "fatal", object->fatal);
  return g_string_free(text, FALSE);
}

static void expect_object(const GByteArray *bytes, const char *expected)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(ElfdepsObject) object = read_bytes(bytes, &error);
  if (object == NULL)
    fail_msg("%s", error->message);
  g_autofree char *text = print_object(object);
  assert_string_equal(text, expected);
}

static const guint8 kinds[][2] = {
    {ELFCLASS32, ELFDATA2LSB}, {ELFCLASS32, ELFDATA2MSB}, {ELFCLASS64, ELFDATA2LSB}, {ELFCLASS64, ELFDATA2MSB}};

static void reads_every_kind(void **state)
{
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
  {
    g_autoptr(GByteArray) bytes = elf_spec_bytes(&(ElfSpec){.class = kinds[i][0],
                                                            .data = kinds[i][1],
                                                            .machine = EM_MIPS,
                                                            .flags = 0x12345678,
                                                            .interp = "/lib/ld.so.1",
                                                            .soname = "libx.so.1",
                                                            .needed = "liba.so aux:libb.so libc.so filter:libd.so",
                                                            .rpath = "/r",
                                                            .audit = "a:b",
                                                            .depaudit = "c",
                                                            .flags_1 = DF_1_PIE | DF_1_NODEFLIB});
    g_autofree char *expected = g_strdup_printf(
        "class=%u data=%u machine=8 type=3 flags=12345678 interp=/lib/ld.so.1 soname=libx.so.1 rpath=/r audit=a:b depaudit=c "
        "needed=[liba.so libc.so] auxiliary=[libb.so] filter=[libd.so] loads=[0:liba.so 1:libb.so 0:libc.so 2:libd.so ] pie=1 nodeflib=1 "
        "warnings=[]",
        kinds[i][0], kinds[i][1]);
    expect_object(bytes, expected);
  }
}

static void runpath_overrides_rpath(void **state)
{
  (void)state;
  g_autoptr(GByteArray) bytes = elf_spec_bytes(&(ElfSpec){.rpath = "/r", .runpath = "/s"});
  expect_object(
      bytes, "class=2 data=1 machine=62 type=3 flags=0 runpath=/s needed=[] auxiliary=[] filter=[] loads=[] pie=0 nodeflib=0 warnings=[]");
}

/* Cut anywhere, a file is an error or an object, and never more than its bytes are read. */
static void survives_truncation(void **state)
{
  (void)state;
  for (gsize kind = 0; kind < G_N_ELEMENTS(kinds); kind++)
  {
    g_autoptr(GByteArray) bytes = elf_spec_bytes(&(ElfSpec){.class = kinds[kind][0],
                                                            .data = kinds[kind][1],
                                                            .interp = "/lib/ld.so",
                                                            .needed = "liba.so libb.so",
                                                            .imports = "one two",
                                                            .note = "[{\"soname\":[\"libz.so.1\"]}]"});
    guint whole = 0;
    for (guint length = 0; length <= bytes->len; length++)
    {
      g_autofree guint8 *copy = g_memdup2(bytes->data, length);
      MemoryFs memory;
      memory_fs_init(&memory, copy, length);
      g_autoptr(GError) error = NULL;
      g_autoptr(ElfdepsObject) object = elfdeps_object_read(&memory.fs, &memory.file, &error);
      assert_true((object == NULL) == (error != NULL));
      whole += object != NULL;
      if (object != NULL)
        elfdeps_object_read_imports(&memory.fs, &memory.file, object, NULL);
    }
    assert_int_equal(whole, 1);
  }
}

/* Each byte set to extreme values, one after the other. */
static void survives_spoilt_bytes(void **state)
{
  (void)state;
  static const guint8 values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
  for (gsize kind = 0; kind < G_N_ELEMENTS(kinds); kind++)
  {
    g_autoptr(GByteArray) bytes = elf_spec_bytes(&(ElfSpec){.class = kinds[kind][0],
                                                            .data = kinds[kind][1],
                                                            .interp = "/lib/ld.so",
                                                            .needed = "liba.so",
                                                            .runpath = "/x",
                                                            .imports = "one two",
                                                            .gnu_hash = kind % 2 == 0,
                                                            .note = "[{\"soname\":[\"libz.so.1\"]}]"});
    for (guint at = 0; at < bytes->len; at++)
      for (gsize i = 0; i < G_N_ELEMENTS(values); i++)
      {
        guint8 before = bytes->data[at];
        bytes->data[at] = values[i];
        MemoryFs memory;
        memory_fs_init(&memory, bytes->data, bytes->len);
        g_autoptr(GError) error = NULL;
        g_autoptr(ElfdepsObject) object = elfdeps_object_read(&memory.fs, &memory.file, &error);
        assert_true((object == NULL) == (error != NULL));
        if (object != NULL)
          elfdeps_object_read_imports(&memory.fs, &memory.file, object, NULL);
        bytes->data[at] = before;
      }
  }
}

static void put(GByteArray *bytes, guint at, guint64 value, guint size)
{
  for (guint i = 0; i < size; i++)
    bytes->data[at + i] = (guint8)(value >> (8 * i));
}

static void refuses(GByteArray *bytes, ElfdepsErrorCode code, const char *message)
{
  g_autoptr(GError) error = NULL;
  assert_null(read_bytes(bytes, &error));
  expect_error(&error, ELFDEPS_ERROR, (int)code, message);
}

enum
{
  EHDR = sizeof(Elf64_Ehdr),
  PHDR = sizeof(Elf64_Phdr),
  LOAD = EHDR + PHDR, /* see ELF_WRITER_PHDRS */
  DYNAMIC = EHDR + 2 * PHDR,
  INTERP = EHDR + 3 * PHDR,
  NOTE = EHDR + 4 * PHDR,
};

static GByteArray *sample(void)
{
  return elf_spec_bytes(&(ElfSpec){.interp = "/lib/ld.so", .needed = "liba.so", .runpath = "/x"});
}

static void refuses_broken_headers(void **state)
{
  (void)state;
  g_autoptr(GByteArray) no_magic = g_byte_array_append(g_byte_array_new(), (const guint8 *)"!<arch>\n", 8);
  refuses(no_magic, ELFDEPS_ERROR_NOT_ELF, "'/lib/x.so': not an ELF file");
  g_autoptr(GByteArray) class = sample();
  class->data[EI_CLASS] = 3;
  refuses(class, ELFDEPS_ERROR_MALFORMED, "'/lib/x.so': unknown ELF class at offset 0x4");
  g_autoptr(GByteArray) data = sample();
  data->data[EI_DATA] = 0;
  refuses(data, ELFDEPS_ERROR_MALFORMED, "'/lib/x.so': unknown byte order at offset 0x5");
  g_autoptr(GByteArray) size = sample();
  put(size, offsetof(Elf64_Ehdr, e_phentsize), 32, 2);
  refuses(size, ELFDEPS_ERROR_MALFORMED, "'/lib/x.so': program headers have a wrong size at offset 0x36");
  g_autoptr(GByteArray) count = sample();
  put(count, offsetof(Elf64_Ehdr, e_phnum), 0xffff, 2);
  refuses(count, ELFDEPS_ERROR_LIMIT, "'/lib/x.so': more program headers (65535) than the limit ELFDEPS_LIMIT_PROGRAM_HEADERS_BYTES");
  g_autoptr(GByteArray) table = sample();
  put(table, offsetof(Elf64_Ehdr, e_phoff), G_MAXUINT64, 8);
  refuses(table, ELFDEPS_ERROR_MALFORMED, "'/lib/x.so': program header table at offset 0xffffffffffffffff (336 bytes) is outside the file");
}

static void refuses_broken_interpreters(void **state)
{
  (void)state;
  g_autoptr(GByteArray) outside = sample();
  put(outside, INTERP + offsetof(Elf64_Phdr, p_offset), 0x7ffffffffff0, 8);
  refuses(outside, ELFDEPS_ERROR_MALFORMED, "'/lib/x.so': interpreter's name at offset 0x7ffffffffff0 (11 bytes) is outside the file");
  g_autoptr(GByteArray) open = sample();
  put(open, INTERP + offsetof(Elf64_Phdr, p_filesz), 5, 8);
  refuses(open, ELFDEPS_ERROR_MALFORMED, "'/lib/x.so': the interpreter's name at offset 0x190 has no end in its segment");
  g_autoptr(GByteArray) long_name = sample();
  put(long_name, INTERP + offsetof(Elf64_Phdr, p_filesz), G_MAXUINT64, 8);
  refuses(long_name, ELFDEPS_ERROR_MALFORMED, "'/lib/x.so': the interpreter's name at offset 0x190 has a length that the kernel refuses");
}

/* Where the value of a dynamic tag is in the sample. */
static guint find_tag(const GByteArray *bytes, guint64 tag)
{
  Elf64_Phdr dynamic;
  memcpy(&dynamic, bytes->data + DYNAMIC, sizeof dynamic);
  for (guint at = (guint)dynamic.p_offset; at < dynamic.p_offset + dynamic.p_filesz; at += sizeof(Elf64_Dyn))
  {
    Elf64_Dyn entry;
    memcpy(&entry, bytes->data + at, sizeof entry);
    if ((guint64)entry.d_tag == tag)
      return at + 8;
  }
  fail();
  return 0;
}

static void refuses_broken_strings(void **state)
{
  (void)state;
  g_autoptr(GByteArray) outside = sample();
  put(outside, find_tag(outside, DT_NEEDED), 0x123456789, 8);
  refuses(outside, ELFDEPS_ERROR_MALFORMED, "'/lib/x.so': dynamic tag 0x1 points to 0x123456789, outside the string table");
  g_autoptr(GByteArray) table = sample();
  put(table, find_tag(table, DT_STRTAB), 0x123456789, 8);
  refuses(table, ELFDEPS_ERROR_MALFORMED, "'/lib/x.so': the dynamic section has names, but no string table in a loaded segment");
  g_autoptr(GByteArray) open = sample();
  guint64 end = open->len - 1;
  put(open, find_tag(open, DT_STRTAB), end, 8);
  put(open, find_tag(open, DT_NEEDED), 0, 8);
  put(open, find_tag(open, DT_RUNPATH), 0, 8);
  open->data[end] = 'x';
  refuses(open, ELFDEPS_ERROR_MALFORMED, "'/lib/x.so': the string at 0x0 of the string table has no end in its segment");
}

static void limits_names(void **state)
{
  (void)state;
  g_autofree char *long_name = g_strnfill(ELFDEPS_LIMIT_PATH_BYTES + 1, 'x');
  g_autoptr(GByteArray) name = elf_spec_bytes(&(ElfSpec){.needed = long_name});
  refuses(name, ELFDEPS_ERROR_LIMIT,
          "'/lib/x.so': the string of dynamic tag 0x1 is longer than the limit of 4096 bytes (ELFDEPS_LIMIT_PATH_BYTES)");
  g_autofree char *long_path = g_strnfill(ELFDEPS_LIMIT_PATH_LIST_BYTES + 1, 'x');
  g_autoptr(GByteArray) path = elf_spec_bytes(&(ElfSpec){.runpath = long_path});
  refuses(path, ELFDEPS_ERROR_LIMIT,
          "'/lib/x.so': the string of dynamic tag 0x1d is longer than the limit of 65536 bytes (ELFDEPS_LIMIT_PATH_LIST_BYTES)");
  g_autoptr(GString) many = g_string_new(NULL);
  for (guint i = 0; i <= ELFDEPS_LIMIT_NEEDED; i++)
    g_string_append_printf(many, "l%u ", i);
  g_autoptr(GByteArray) needed = elf_spec_bytes(&(ElfSpec){.needed = many->str});
  refuses(needed, ELFDEPS_ERROR_LIMIT, "'/lib/x.so': the object needs more others than the limit of 4096 (ELFDEPS_LIMIT_NEEDED)");
  long_path[ELFDEPS_LIMIT_PATH_LIST_BYTES] = '\0';
  g_autoptr(GByteArray) fits = elf_spec_bytes(&(ElfSpec){.runpath = long_path, .needed = "liba.so"});
  g_autoptr(GError) error = NULL;
  g_autoptr(ElfdepsObject) object = read_bytes(fits, &error);
  assert_non_null(object);
  assert_string_equal(object->runpath, long_path);
}

/* The last dynamic section counts; without DT_NULL the segment's end ends it. */
static void takes_the_last_dynamic_section(void **state)
{
  (void)state;
  g_autoptr(GByteArray) two = sample();
  memcpy(two->data + NOTE, two->data + DYNAMIC, PHDR);
  put(two, DYNAMIC + offsetof(Elf64_Phdr, p_vaddr), 0, 8);
  put(two, DYNAMIC + offsetof(Elf64_Phdr, p_offset), 0, 8);
  expect_object(two, "class=2 data=1 machine=62 type=3 flags=0 interp=/lib/ld.so runpath=/x needed=[liba.so] auxiliary=[] filter=[] "
                     "loads=[0:liba.so ] pie=0 nodeflib=0 warnings=[more than one dynamic section: the last one counts]");
  g_autoptr(GByteArray) cut = elf_spec_bytes(&(ElfSpec){.needed = "liba.so"});
  Elf64_Phdr dynamic;
  memcpy(&dynamic, cut->data + DYNAMIC, sizeof dynamic);
  put(cut, DYNAMIC + offsetof(Elf64_Phdr, p_filesz), dynamic.p_filesz - sizeof(Elf64_Dyn) - 5 + sizeof(Elf64_Dyn), 8);
  expect_object(cut, "class=2 data=1 machine=62 type=3 flags=0 needed=[liba.so] auxiliary=[] filter=[] loads=[0:liba.so ] pie=0 "
                     "nodeflib=0 warnings=[]");
}

static void expect_fatal(guint at, guint64 value, guint size, const char *fatal)
{
  g_autoptr(GByteArray) bytes = elf_spec_bytes(&(ElfSpec){.soname = "x"});
  g_autoptr(GError) error = NULL;
  put(bytes, at, value, size);
  g_autoptr(ElfdepsObject) object = read_bytes(bytes, &error);
  assert_non_null(object);
  assert_string_equal(object->fatal, fatal);
}

/* G9: what glibc refuses in a file that can be read. */
static void knows_what_is_fatal(void **state)
{
  (void)state;
  expect_fatal(EI_VERSION, 2, 1, "ELF file version is not the current one");
  expect_fatal(offsetof(Elf64_Ehdr, e_version), 2, 4, "ELF file version is not the current one");
  expect_fatal(EI_OSABI, ELFOSABI_FREEBSD, 1, "ELF file OS ABI invalid");
  expect_fatal(EI_ABIVERSION, 1, 1, "ELF file ABI version invalid");
  expect_fatal(EI_PAD + 3, 1, 1, "nonzero padding in e_ident");
  expect_fatal(offsetof(Elf64_Ehdr, e_type), ET_REL, 2, "only ET_DYN and ET_EXEC can be loaded");
  expect_fatal(DYNAMIC, PT_NULL, 4, "object file has no dynamic section");
  expect_fatal(LOAD + offsetof(Elf64_Phdr, p_align), 8, 8, "ELF load command address or offset not page-aligned");
}

static void reads_dlopen_notes(void **state)
{
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
  {
    g_autoptr(GByteArray) bytes = elf_spec_bytes(
        &(ElfSpec){.class = kinds[i][0], .data = kinds[i][1], .note = "[{\"soname\":[\"libz.so.1\"],\"priority\":\"required\"}]"});
    g_autoptr(GError) error = NULL;
    g_autoptr(ElfdepsObject) object = read_bytes(bytes, &error);
    assert_non_null(object);
    assert_int_equal(object->dlopen_notes->len, 1);
    const ElfdepsDlopenNote *note = object->dlopen_notes->pdata[0];
    assert_string_equal(note->sonames->pdata[0], "libz.so.1");
    assert_int_equal(note->priority, ELFDEPS_PRIORITY_REQUIRED);
  }
}

static void expect_note_warning(guint64 size, guint64 description, const char *text, const char *warning)
{
  g_autoptr(GByteArray) bytes = elf_spec_bytes(&(ElfSpec){.note = text});
  Elf64_Phdr note;
  memcpy(&note, bytes->data + NOTE, sizeof note);
  if (size != 0)
    put(bytes, NOTE + offsetof(Elf64_Phdr, p_filesz), size, 8);
  if (description != 0)
    put(bytes, (guint)note.p_offset + 4, description, 4);
  g_autoptr(GError) error = NULL;
  g_autoptr(ElfdepsObject) object = read_bytes(bytes, &error);
  assert_non_null(object);
  assert_int_equal(object->dlopen_notes->len, 0);
  assert_int_equal(object->warnings->len, 1);
  assert_string_equal(object->warnings->pdata[0], warning);
}

static void warns_of_broken_notes(void **state)
{
  (void)state;
  static const char good[] = "[{\"soname\":[\"libz.so.1\"]}]";
  expect_note_warning(0, 0, "[{", "dlopen note: no JSON (byte 2)");
  expect_note_warning(0, G_MAXUINT32, good, "a note is longer than its segment");
  expect_note_warning(G_MAXUINT64, 0, good, "notes are longer than the limit ELFDEPS_LIMIT_NOTES_BYTES: the rest was not looked at");
  expect_note_warning(ELFDEPS_LIMIT_NOTES_BYTES, 0, good, "a note segment is outside the file");
}

static void reads_imports(void **state)
{
  (void)state;
  for (gsize i = 0; i < 2 * G_N_ELEMENTS(kinds); i++)
  {
    const guint8 *kind = kinds[i / 2];
    g_autoptr(GByteArray) bytes = elf_spec_bytes(
        &(ElfSpec){.class = kind[0], .data = kind[1], .gnu_hash = i % 2 == 0, .soname = "x", .imports = "zeta dlopen alpha dlopen"});
    MemoryFs memory;
    memory_fs_init(&memory, bytes->data, bytes->len);
    g_autoptr(GError) error = NULL;
    g_autoptr(ElfdepsObject) object = elfdeps_object_read(&memory.fs, &memory.file, &error);
    assert_non_null(object);
    for (guint round = 0; round < 2; round++)
    {
      assert_true(elfdeps_object_read_imports(&memory.fs, &memory.file, object, &error));
      g_autoptr(GString) text = g_string_new(NULL);
      add_list(text, "imports", object->imports);
      assert_string_equal(text->str, " imports=[alpha dlopen zeta]");
    }
  }
}

static void limits_imports(void **state)
{
  (void)state;
  g_autoptr(GByteArray) bytes = elf_spec_bytes(&(ElfSpec){.imports = "one"});
  Elf64_Dyn hash;
  memcpy(&hash, bytes->data + find_tag(bytes, DT_HASH) - 8, sizeof hash);
  MemoryFs memory;
  memory_fs_init(&memory, bytes->data, bytes->len);
  g_autoptr(GError) error = NULL;
  g_autoptr(ElfdepsObject) object = elfdeps_object_read(&memory.fs, &memory.file, &error);
  put(bytes, (guint)hash.d_un.d_val + 4, G_MAXUINT32, 4);
  assert_false(elfdeps_object_read_imports(&memory.fs, &memory.file, object, &error));
  expect_error(&error, ELFDEPS_ERROR, ELFDEPS_ERROR_LIMIT, "'/lib/x.so': imported symbols: more than the limit ELFDEPS_LIMIT_SYMBOLS");
  put(bytes, (guint)hash.d_un.d_val + 4, 1000, 4);
  assert_false(elfdeps_object_read_imports(&memory.fs, &memory.file, object, &error));
  expect_error(&error, ELFDEPS_ERROR, ELFDEPS_ERROR_MALFORMED,
               "'/lib/x.so': imported symbols: no symbol table of that size in a loaded segment");
}

/* G13: the texts may be anywhere, also across the pieces in which a file is read. */
static void knows_static_glibc(void **state)
{
  (void)state;
  static const char cache[] = "/etc/ld.so.cache";
  static const char nss[] = "/etc/nsswitch.conf";
  g_autofree guint8 *bytes = g_malloc0(1024 * 1024);
  ElfdepsObject object = {.needed = g_ptr_array_new()};
  MemoryFs memory;
  memory_fs_init(&memory, bytes, 1024 * 1024);
  gboolean result = TRUE;
  memcpy(bytes + 256 * 1024 - 8, cache, sizeof cache);
  assert_true(elfdeps_object_is_static_glibc(&memory.fs, &memory.file, &object, &result, NULL));
  assert_false(result);
  memcpy(bytes + 1024 * 1024 - sizeof nss, nss, sizeof nss);
  assert_true(elfdeps_object_is_static_glibc(&memory.fs, &memory.file, &object, &result, NULL));
  assert_true(result);
  object.has_interp = TRUE;
  assert_true(elfdeps_object_is_static_glibc(&memory.fs, &memory.file, &object, &result, NULL));
  assert_false(result);
  g_ptr_array_unref(object.needed);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reads_every_kind),
      cmocka_unit_test(runpath_overrides_rpath),
      cmocka_unit_test(survives_truncation),
      cmocka_unit_test(survives_spoilt_bytes),
      cmocka_unit_test(refuses_broken_headers),
      cmocka_unit_test(refuses_broken_interpreters),
      cmocka_unit_test(refuses_broken_strings),
      cmocka_unit_test(limits_names),
      cmocka_unit_test(takes_the_last_dynamic_section),
      cmocka_unit_test(knows_what_is_fatal),
      cmocka_unit_test(reads_dlopen_notes),
      cmocka_unit_test(warns_of_broken_notes),
      cmocka_unit_test(reads_imports),
      cmocka_unit_test(limits_imports),
      cmocka_unit_test(knows_static_glibc),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
