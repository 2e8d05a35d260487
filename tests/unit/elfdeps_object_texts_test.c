/* Texts in the data of ELF files that are made here: which segments, where a text begins and ends, how long it may be. */
#include "tests/unit/elfdeps_memory_fs.h"
#include "tests/unit/elfdeps_segments.h"
#include "tests/unit/expect.h"

#include "elfdeps/error.h"
#include "elfdeps/object_texts.h"

#include <elf.h>

static void append(const char *text, gsize length, gboolean whole, gpointer data)
{
  assert_int_equal(strlen(text), length);
  g_string_append_printf(data, "%s%s\n", text, whole ? "" : " (piece)");
}

static char *texts_of(const GByteArray *file)
{
  MemoryFs memory;
  GString *texts = g_string_new(NULL);
  memory_fs_init(&memory, file->data, file->len);
  GError *error = NULL;
  if (!elfdeps_object_texts(&memory.fs, &memory.file, append, texts, &error))
    fail_msg("%s", error->message);
  return g_string_free(texts, FALSE);
}

static void expect_texts(const ElfSegment *segments, guint count, const char *expected)
{
  g_autoptr(GByteArray) file = elf_segments_bytes(segments, count);
  g_autofree char *texts = texts_of(file);
  assert_string_equal(texts, expected);
}

#define BYTES(literal) literal, sizeof literal - 1

static void test_whole_texts(void **state)
{
  (void)state;
  const ElfSegment data[] = {{PF_R, BYTES("\0/etc/a.conf\0x\0ab\0\001%s/c\n\0\377name\0")}};
  expect_texts(data, 1, "/etc/a.conf\nab\n%s/c (piece)\nname\n");
}

static void test_the_end_of_a_segment(void **state)
{
  (void)state;
  const ElfSegment data[] = {{PF_R, BYTES("one\0two")}, {PF_R | PF_W, BYTES("three\0")}};
  expect_texts(data, 2, "one\ntwo (piece)\nthree\n");
}

static void test_code_is_left_out(void **state)
{
  (void)state;
  const ElfSegment apart[] = {{PF_R | PF_X, BYTES("code\0")}, {PF_R, BYTES("data\0")}};
  expect_texts(apart, 2, "data\n");
  const ElfSegment together[] = {{PF_R | PF_X, BYTES("both\0")}, {PF_R | PF_W, BYTES("written\0")}};
  expect_texts(together, 2, "both\nwritten\n");
}

/* A text that the end of a chunk (256 KiB) cuts is whole all the same. */
static void test_across_chunks(void **state)
{
  (void)state;
  g_autofree char *bytes = g_malloc0(600 * 1024);
  strcpy(bytes + 256 * 1024 - 5, "/usr/lib/cut");
  strcpy(bytes + 512 * 1024 - 1, "/b");
  const ElfSegment data[] = {{PF_R, bytes, 600 * 1024}};
  expect_texts(data, 1, "/usr/lib/cut\n/b\n");
}

typedef struct
{
  guint pieces;
  gsize bytes;
} Count;

static void count_piece(const char *text, gsize length, gboolean whole, gpointer data)
{
  (void)text;
  Count *count = data;
  assert_false(whole);
  assert_true(length <= (256 + 4) * 1024);
  count->pieces++;
  count->bytes += length;
}

/* A run without an end comes in pieces that overlap, so that no name is cut in all of them. */
static void test_long_run(void **state)
{
  (void)state;
  g_autofree char *bytes = g_malloc(1024 * 1024);
  memset(bytes, 'a', 1024 * 1024);
  const ElfSegment data[] = {{PF_R, bytes, 1024 * 1024}};
  g_autoptr(GByteArray) file = elf_segments_bytes(data, 1);
  MemoryFs memory;
  Count count = {0};
  memory_fs_init(&memory, file->data, file->len);
  assert_true(elfdeps_object_texts(&memory.fs, &memory.file, count_piece, &count, NULL));
  assert_int_equal(count.pieces, 4);
  assert_int_equal(count.bytes, 1024 * 1024 + 3 * 512);
}

static void test_broken_files(void **state)
{
  (void)state;
  const ElfSegment data[] = {{PF_R, BYTES("text\0")}};
  g_autoptr(GByteArray) file = elf_segments_bytes(data, 1);
  Elf64_Phdr *program = (Elf64_Phdr *)(void *)(file->data + sizeof(Elf64_Ehdr));
  program->p_filesz = G_MAXUINT64; /* ends with the file */
  g_autofree char *texts = texts_of(file);
  assert_string_equal(texts, "text\n");
  program->p_offset = G_MAXUINT64 - 16;
  g_autofree char *none = texts_of(file);
  assert_string_equal(none, "");
  MemoryFs memory;
  g_autoptr(GError) error = NULL;
  memory_fs_init(&memory, (const guint8 *)"#!/bin/sh\n", 10);
  assert_false(elfdeps_object_texts(&memory.fs, &memory.file, append, NULL, &error));
  assert_true(g_error_matches(error, ELFDEPS_ERROR, ELFDEPS_ERROR_NOT_ELF));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_whole_texts),      cmocka_unit_test(test_the_end_of_a_segment),
      cmocka_unit_test(test_code_is_left_out), cmocka_unit_test(test_across_chunks),
      cmocka_unit_test(test_long_run),         cmocka_unit_test(test_broken_files),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
