/* The tar reader: what it accepts, to the last field, and what it refuses, with the message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants the three above first. */
#include <cmocka.h>

#include "oci/error.h"
#include "oci/tar_read.h"

#include "tar_bytes.h"
#include "tar_dump.h"

typedef struct
{
  const char *name;
  void (*build)(GByteArray *tar);
  int code;             /* -1: accepted */
  const char *expected; /* the dump, or the message */
} Case;

/* Archives that are accepted. */

static void build_empty(GByteArray *tar)
{
  (void)tar;
}

static void build_zeros(GByteArray *tar)
{
  tar_end(tar);
}

static void build_types(GByteArray *tar)
{
  tar_header(tar, '5', "./", NULL, 0);
  tar_patch(tar, 100, "0040755", 8); /* some writers put the type in as well */
  tar_header(tar, '5', "etc/", NULL, 0);
  tar_file(tar, "etc/a", "hello");
  tar_header(tar, '1', "etc/b", "./etc/a", 0);
  tar_header(tar, '2', "c", "../etc//a/", 0);
  tar_header(tar, '3', "d", NULL, 0);
  tar_header(tar, '4', "e", NULL, 0);
  tar_header(tar, '6', "f", NULL, 0);
  tar_header(tar, '7', "g", NULL, 3);
  tar_data(tar, "abc", 3);
  tar_header(tar, '\0', "h", NULL, 1);
  tar_data(tar, "x", 1);
  tar_header(tar, '\0', "old/", NULL, 0);
  tar_end(tar);
}

static void build_paths(GByteArray *tar)
{
  tar_file(tar, "/abs", "");
  tar_file(tar, ".//a/./b/../c", "");
  tar_file(tar, "../../x", "");
  tar_header(tar, '5', "/", NULL, 0);
  tar_file(tar, "sp ace\xff\n", "");
  tar_end(tar);
}

static void build_prefix(GByteArray *tar)
{
  tar_file(tar, "name", "");
  tar_patch(tar, 345, "a/long/prefix", 13);
  tar_end(tar);
}

static void build_v7(GByteArray *tar)
{
  tar_file(tar, "old", "");
  tar_patch(tar, 257, "\0\0\0\0\0\0\0", 8);
  tar_patch(tar, 345, "not a prefix", 12);
  tar_end(tar);
}

static void build_gnu_numbers(GByteArray *tar)
{
  tar_file(tar, "big", "");
  tar_patch(tar, 257, "ustar  ", 8);
  tar_patch(tar, 345, "not a prefix", 12);
  tar_patch(tar, 108, "\x80\0\0\0\xff\xff\xff\xfe", 8);                        /* 2^32 - 2 */
  tar_patch(tar, 116, "  144 \0", 8);                                          /* 100 */
  tar_patch(tar, 136, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe", 12); /* -2 */
  tar_end(tar);
}

static void build_pax(GByteArray *tar)
{
  static const char *const pairs[] = {"path", "./long/name", "uid", "4294967294", "gid", "77",   "mtime", "-1.5", "atime",
                                      "1.5",  "ctime",       "2",   "comment",    "c",   "size", "2",     NULL};
  tar_pax(tar, 'x', pairs);
  tar_header(tar, '0', "short", NULL, 7); /* the size of the pax header counts */
  tar_data(tar, "ab", 2);
  static const char *const target[] = {"linkpath", "to\xc3\xa9", "mtime", "3.000000001999", "path", "", NULL};
  tar_pax(tar, 'x', target);
  tar_header(tar, '2', "link", "nowhere", 0);
  static const char *const zero[] = {"size", "0", NULL};
  tar_pax(tar, 'x', zero);
  tar_header(tar, '0', "none", NULL, 512);
  tar_end(tar);
}

static void build_xattrs(GByteArray *tar)
{
  g_autoptr(GByteArray) body = g_byte_array_new();
  pax_record(body, "SCHILY.xattr.user.b", "2", 1);
  pax_record(body, "SCHILY.xattr.security.capability", "\1\0\0\2\n=", 6);
  pax_record(body, "LIBARCHIVE.xattr.security.capability", "AQAAAgo9", 8);
  pax_record(body, "LIBARCHIVE.xattr.user.b", "Mg", 2);
  pax_record(body, "LIBARCHIVE.xattr.user.only", "Mg", 2);
  pax_record(body, "SCHILY.xattr.user.b", "3", 0);
  pax_record(body, "SCHILY.xattr.user.b", "2", 1); /* the last one counts */
  tar_extended(tar, 'x', body->data, body->len);
  tar_file(tar, "ping", "x");
  tar_file(tar, "plain", "");
  tar_end(tar);
}

static void build_gnu_long(GByteArray *tar)
{
  tar_extended(tar, 'K', "a/target", 9);
  tar_extended(tar, 'L', "./a/name", 8); /* without its terminator */
  tar_header(tar, '2', "cut", "cut", 0);
  tar_extended(tar, 'L', "b\0\0", 3);
  tar_file(tar, "cut", "y");
  tar_end(tar);
}

/* The size belongs to the file, not to the long name in between. */
static void build_pax_around_long(GByteArray *tar)
{
  static const char *const pairs[] = {"size", "1", NULL};
  tar_pax(tar, 'x', pairs);
  tar_extended(tar, 'L', "long", 5);
  tar_header(tar, '0', "cut", NULL, 1024);
  tar_data(tar, "z", 1);
  tar_file(tar, "next", "");
  tar_end(tar);
}

static void build_global(GByteArray *tar)
{
  static const char *const pairs[] = {"path", "evil", "comment", "commit", NULL};
  tar_pax(tar, 'g', pairs + 2);
  tar_file(tar, "a", "");
  tar_pax(tar, 'g', pairs);
  tar_file(tar, "b", "");
  tar_end(tar);
}

static void build_no_end(GByteArray *tar)
{
  tar_file(tar, "a", "x");
}

static void build_half_end(GByteArray *tar)
{
  tar_file(tar, "a", "x");
  tar_end(tar);
  g_byte_array_set_size(tar, tar->len - TAR_BLOCK);
}

static void build_trailing(GByteArray *tar)
{
  tar_file(tar, "a", "x");
  tar_end(tar);
  tar_end(tar);
  g_byte_array_append(tar, (const guint8 *)"junk", 4);
}

static void build_trailing_zeros(GByteArray *tar)
{
  tar_file(tar, "a", "x");
  for (guint i = 0; i < 10; i++)
    tar_end(tar);
}

/* Sparse: four forms of the same file, "ab", a hole of 8, "cd", a hole to 100. */

static void build_sparse_old(GByteArray *tar)
{
  tar_header(tar, 'S', "old", NULL, 4);
  tar_patch(tar, 257, "ustar  ", 8);
  tar_patch(tar, 386, "00000000000\00000000000002", 24);
  tar_patch(tar, 386 + 24, "00000000012\00000000000002", 24);
  tar_patch(tar, 386 + 48, "00000000144\00000000000000", 24); /* GNU tar marks the end so */
  tar_patch(tar, 483, "00000000144", 12);
  tar_data(tar, "abcd", 4);
  tar_end(tar);
}

static void build_sparse_old_extended(GByteArray *tar)
{
  tar_header(tar, 'S', "old", NULL, 25);
  tar_patch(tar, 257, "ustar  ", 8);
  char piece[32];
  for (guint i = 0; i < 4; i++)
  {
    g_snprintf(piece, sizeof(piece), "%011o%c%011o", i * 2, 0, 1);
    memcpy(piece + 12, "00000000001", 12);
    tar_patch(tar, 386 + 24 * i, piece, 24);
  }
  tar_patch(tar, 482, "\1", 1);
  tar_patch(tar, 483, "00000000144", 12);
  guint8 block[TAR_BLOCK] = {0};
  for (guint i = 0; i < 21; i++)
  {
    g_snprintf((char *)block + 24 * i, 12, "%011o", (i + 4) * 2);
    memcpy(block + 24 * i + 12, "00000000001", 12);
  }
  g_byte_array_append(tar, block, TAR_BLOCK);
  tar_data(tar, "abcdefghijklmnopqrstuvwxy", 25);
  tar_end(tar);
}

static void build_sparse_00(GByteArray *tar)
{
  static const char *const pairs[] = {"GNU.sparse.size",
                                      "100",
                                      "GNU.sparse.numblocks",
                                      "2",
                                      "GNU.sparse.offset",
                                      "0",
                                      "GNU.sparse.numbytes",
                                      "2",
                                      "GNU.sparse.offset",
                                      "10",
                                      "GNU.sparse.numbytes",
                                      "2",
                                      NULL};
  tar_pax(tar, 'x', pairs);
  tar_header(tar, '0', "v00", NULL, 4);
  tar_data(tar, "abcd", 4);
  tar_end(tar);
}

static void build_sparse_01(GByteArray *tar)
{
  static const char *const pairs[] = {
      "GNU.sparse.size", "100", "GNU.sparse.numblocks", "2", "GNU.sparse.name", "v01", "path", "gone", "GNU.sparse.map", "0,2,10,2", NULL};
  tar_pax(tar, 'x', pairs);
  tar_header(tar, '0', "./GNUSparseFile.1/v01", NULL, 4);
  tar_data(tar, "abcd", 4);
  tar_end(tar);
}

static void build_sparse_10(GByteArray *tar)
{
  static const char *const pairs[] = {
      "GNU.sparse.major", "1", "GNU.sparse.minor", "0", "GNU.sparse.name", "v10", "GNU.sparse.realsize", "100", NULL};
  tar_pax(tar, 'x', pairs);
  tar_header(tar, '0', "./GNUSparseFile.1/v10", NULL, 512 + 4);
  tar_data(tar, "2\n0\n2\n10\n2\n", 11);
  tar_data(tar, "abcd", 4);
  tar_end(tar);
}

static void build_sparse_hole(GByteArray *tar)
{
  static const char *const pairs[] = {"GNU.sparse.size", "100", "GNU.sparse.map", "100,0", NULL};
  tar_pax(tar, 'x', pairs);
  tar_header(tar, '0', "hole", NULL, 0);
  tar_end(tar);
}

/* Archives that are refused. */

static void build_checksum(GByteArray *tar)
{
  tar_file(tar, "a", "");
  tar->data[0] = 'b';
  tar_end(tar);
}

static void build_magic(GByteArray *tar)
{
  tar_file(tar, "a", "");
  tar_patch(tar, 257, "ustarX00", 8);
  tar_end(tar);
}

static void build_truncated_header(GByteArray *tar)
{
  tar_file(tar, "a", "x");
  g_byte_array_append(tar, (const guint8 *)"b", 1);
}

static void build_truncated_data(GByteArray *tar)
{
  tar_header(tar, '0', "a", NULL, 10);
  g_byte_array_append(tar, (const guint8 *)"b", 1);
}

static void build_lone_zero(GByteArray *tar)
{
  static const guint8 zeros[TAR_BLOCK] = {0};
  tar_file(tar, "a", "");
  g_byte_array_append(tar, zeros, TAR_BLOCK);
  tar_file(tar, "b", "");
  tar_end(tar);
}

#define BODY_CASE(suffix, type, name, target)                                                                                              \
  static void build_body_##suffix(GByteArray *tar)                                                                                         \
  {                                                                                                                                        \
    tar_header(tar, type, name, target, 512);                                                                                              \
    tar_file(tar, "hidden", "");                                                                                                           \
    tar_end(tar);                                                                                                                          \
  }
BODY_CASE(hardlink, '1', "a", "b")
BODY_CASE(symlink, '2', "a", "b")
BODY_CASE(character, '3', "a", NULL)
BODY_CASE(directory, '5', "a/", NULL)
BODY_CASE(fifo, '6', "a", NULL)
BODY_CASE(slash, '0', "a/", NULL)
BODY_CASE(old_slash, '\0', "a/", NULL)

static void build_body_by_pax(GByteArray *tar)
{
  static const char *const pairs[] = {"size", "512", NULL};
  tar_pax(tar, 'x', pairs);
  tar_header(tar, '1', "a", "b", 0);
  tar_end(tar);
}

static void build_slash_without_data(GByteArray *tar)
{
  tar_header(tar, '0', "a/", NULL, 0);
  tar_end(tar);
}

static void build_type(GByteArray *tar)
{
  tar_header(tar, 'V', "label", NULL, 0);
  tar_end(tar);
}

static void build_root_symlink(GByteArray *tar)
{
  tar_header(tar, '2', "./.", "/tmp", 0);
  tar_end(tar);
}

static void build_root_file(GByteArray *tar)
{
  tar_file(tar, "a/..", "x");
  tar_end(tar);
}

static void build_no_name(GByteArray *tar)
{
  tar_file(tar, "", "");
  tar_end(tar);
}

static void build_no_target(GByteArray *tar)
{
  tar_header(tar, '2', "a", "", 0);
  tar_end(tar);
}

static void build_hardlink_to_root(GByteArray *tar)
{
  tar_header(tar, '1', "a", "..", 0);
  tar_end(tar);
}

static void build_uid(GByteArray *tar)
{
  static const char *const pairs[] = {"uid", "4294967296", NULL};
  tar_pax(tar, 'x', pairs);
  tar_file(tar, "a", "");
  tar_end(tar);
}

static void build_uid_minus_one(GByteArray *tar)
{
  tar_file(tar, "a", "");
  tar_patch(tar, 108, "\x80\0\0\0\xff\xff\xff\xff", 8);
  tar_end(tar);
}

static void build_uid_negative(GByteArray *tar)
{
  static const char *const pairs[] = {"uid", "-1", NULL};
  tar_pax(tar, 'x', pairs);
  tar_file(tar, "a", "");
  tar_end(tar);
}

static void build_gid_negative(GByteArray *tar)
{
  tar_file(tar, "a", "");
  tar_patch(tar, 116, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
  tar_end(tar);
}

static void build_device(GByteArray *tar)
{
  tar_header(tar, '3', "a", NULL, 0);
  tar_patch(tar, 329, "0010000", 8);
  tar_end(tar);
}

static void build_octal(GByteArray *tar)
{
  tar_file(tar, "a", "");
  tar_patch(tar, 124, "0000000008\0", 12);
  tar_end(tar);
}

static void build_size_negative(GByteArray *tar)
{
  tar_file(tar, "a", "");
  tar_patch(tar, 124, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12);
  tar_end(tar);
}

static void build_size_overflow(GByteArray *tar)
{
  tar_file(tar, "a", "");
  tar_patch(tar, 124, "\x80\0\0\1\0\0\0\0\0\0\0\0", 12);
  tar_end(tar);
}

static void build_size_limit(GByteArray *tar)
{
  tar_file(tar, "a", "");
  tar_patch(tar, 124, "\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff", 12);
  tar_end(tar);
}

static void build_pax_nul(GByteArray *tar)
{
  g_autoptr(GByteArray) body = g_byte_array_new();
  pax_record(body, "path", "a\0b", 3);
  tar_extended(tar, 'x', body->data, body->len);
  tar_file(tar, "c", "");
  tar_end(tar);
}

static void build_pax_record(GByteArray *tar)
{
  tar_extended(tar, 'x', "12 path=abc\n", 12);
  tar_file(tar, "c", "");
  tar_extended(tar, 'x', "99 path=abc\n", 12);
  tar_file(tar, "c", "");
  tar_end(tar);
}

static void build_pax_key(GByteArray *tar)
{
  tar_extended(tar, 'x', "8 =abcd\n", 8);
  tar_file(tar, "c", "");
  tar_end(tar);
}

static void build_pax_twice(GByteArray *tar)
{
  static const char *const pairs[] = {"path", "a", NULL};
  tar_pax(tar, 'x', pairs);
  tar_pax(tar, 'x', pairs);
  tar_file(tar, "c", "");
  tar_end(tar);
}

static void build_pax_last(GByteArray *tar)
{
  static const char *const pairs[] = {"path", "a", NULL};
  tar_pax(tar, 'x', pairs);
  tar_end(tar);
}

static void build_pax_last_cut(GByteArray *tar)
{
  tar_extended(tar, 'L', "a", 1);
}

static void build_global_between(GByteArray *tar)
{
  static const char *const pairs[] = {"path", "a", NULL};
  tar_pax(tar, 'x', pairs);
  tar_pax(tar, 'g', pairs);
  tar_file(tar, "c", "");
  tar_end(tar);
}

static void build_mixed_names(GByteArray *tar)
{
  static const char *const pairs[] = {"path", "a", NULL};
  tar_extended(tar, 'L', "b", 2);
  tar_pax(tar, 'x', pairs);
  tar_file(tar, "c", "");
  tar_end(tar);
}

static void build_mixed_targets(GByteArray *tar)
{
  static const char *const pairs[] = {"linkpath", "a", NULL};
  tar_pax(tar, 'x', pairs);
  tar_extended(tar, 'K', "b", 2);
  tar_header(tar, '2', "c", "d", 0);
  tar_end(tar);
}

static void build_long_twice(GByteArray *tar)
{
  tar_extended(tar, 'L', "b", 2);
  tar_extended(tar, 'L', "b", 2);
  tar_file(tar, "c", "");
  tar_end(tar);
}

static void build_long_nul(GByteArray *tar)
{
  tar_extended(tar, 'L', "b\0c", 3);
  tar_file(tar, "c", "");
  tar_end(tar);
}

static void build_xattr_conflict(GByteArray *tar)
{
  static const char *const pairs[] = {"SCHILY.xattr.user.a", "1", "LIBARCHIVE.xattr.user.a", "Mg", NULL};
  tar_pax(tar, 'x', pairs);
  tar_file(tar, "c", "");
  tar_end(tar);
}

static void build_pax_too_large(GByteArray *tar)
{
  tar_header(tar, 'x', "PaxHeaders/x", NULL, (1 << 20) + 1);
  tar_end(tar);
}

static void build_xattr_too_large(GByteArray *tar)
{
  g_autofree guint8 *value = g_malloc0((64 << 10) + 1);
  g_autoptr(GByteArray) body = g_byte_array_new();
  pax_record(body, "SCHILY.xattr.user.a", value, (64 << 10) + 1);
  tar_extended(tar, 'x', body->data, body->len);
  tar_file(tar, "c", "");
  tar_end(tar);
}

static void build_path_too_long(GByteArray *tar)
{
  g_autoptr(GString) path = g_string_new(NULL);
  while (path->len <= 4096)
    g_string_append(path, "1234567/");
  const char *pairs[] = {"path", path->str, NULL};
  tar_pax(tar, 'x', pairs);
  tar_header(tar, '5', "c", NULL, 0);
  tar_end(tar);
}

static void build_component_too_long(GByteArray *tar)
{
  g_autofree char *path = g_strnfill(256, 'n');
  const char *pairs[] = {"path", path, NULL};
  tar_pax(tar, 'x', pairs);
  tar_file(tar, "c", "");
  tar_end(tar);
}

/* A sparse map of form 0.1 over four bytes. */
static void sparse_with(GByteArray *tar, const char *size, const char *map)
{
  const char *pairs[] = {"GNU.sparse.size", size, "GNU.sparse.map", map, NULL};
  tar_pax(tar, 'x', pairs);
  tar_header(tar, '0', "s", NULL, 4);
  tar_data(tar, "abcd", 4);
  tar_end(tar);
}

static void build_sparse_overlap(GByteArray *tar)
{
  sparse_with(tar, "100", "0,2,1,2");
}

static void build_sparse_beyond(GByteArray *tar)
{
  sparse_with(tar, "100", "97,4");
}

static void build_sparse_sum(GByteArray *tar)
{
  sparse_with(tar, "100", "0,2,10,1");
}

static void build_sparse_odd(GByteArray *tar)
{
  sparse_with(tar, "100", "0,2,10");
}

static void build_sparse_bomb(GByteArray *tar)
{
  sparse_with(tar, "9000000000000000", "0,4");
}

static void build_sparse_lines_cut(GByteArray *tar)
{
  static const char *const pairs[] = {"GNU.sparse.major", "1", "GNU.sparse.minor", "0", "GNU.sparse.realsize", "100", NULL};
  tar_pax(tar, 'x', pairs);
  tar_header(tar, '0', "s", NULL, 100);
  tar_data(tar, "1\n0\n4\n", 6);
  tar_end(tar);
}

static void build_sparse_lines_many(GByteArray *tar)
{
  static const char *const pairs[] = {"GNU.sparse.major", "1", "GNU.sparse.minor", "0", "GNU.sparse.realsize", "100", NULL};
  tar_pax(tar, 'x', pairs);
  g_autoptr(GString) map = g_string_new("65537\n");
  for (guint i = 0; i < 65537; i++)
    g_string_append(map, "0\n0\n");
  tar_header(tar, '0', "s", NULL, (map->len + 511) / 512 * 512);
  tar_data(tar, map->str, map->len);
  tar_end(tar);
}

static void build_sparse_empty_block(GByteArray *tar)
{
  tar_header(tar, 'S', "s", NULL, 0);
  tar_patch(tar, 257, "ustar  ", 8);
  tar_patch(tar, 482, "\1", 1);
  tar_patch(tar, 483, "00000000144", 12);
  guint8 block[TAR_BLOCK] = {[504] = 1};
  for (guint i = 0; i < 3; i++)
    g_byte_array_append(tar, block, TAR_BLOCK);
  tar_end(tar);
}

static void build_sparse_ustar(GByteArray *tar)
{
  tar_header(tar, 'S', "s", NULL, 0);
  tar_end(tar);
}

static const Case cases[] = {
    {"empty", build_empty, -1, ""},
    {"zeros", build_zeros, -1, ""},
    {"types", build_types, -1,
     "d 755 0:0 1 0  @0,512\nd 644 0:0 1 0 etc @512,1024\n- 644 0:0 1 5 etc/a @1024,1536 =hello\nh 644 0:0 1 0 etc/b -> etc/a @2048,2560\n"
     "l 644 0:0 1 0 c -> ../etc//a/ @2560,3072\nc 644 0:0 1 0 d 1,3 @3072,3584\nb 644 0:0 1 0 e 1,3 @3584,4096\np 644 0:0 1 0 f "
     "@4096,4608\n"
     "- 644 0:0 1 3 g @4608,5120 =abc\n- 644 0:0 1 1 h @5632,6144 =x\nd 644 0:0 1 0 old @6656,7168\n"},
    {"paths", build_paths, -1,
     "- 644 0:0 1 0 abs @0,512\n- 644 0:0 1 0 a/c @512,1024\n- 644 0:0 1 0 x @1024,1536\nd 644 0:0 1 0  @1536,2048\n"
     "- 644 0:0 1 0 sp\\20ace\\ff\\0a @2048,2560\nwarning at offset 1024: path leaves the root by \"..\": kept inside\n"},
    {"prefix", build_prefix, -1, "- 644 0:0 1 0 a/long/prefix/name @0,512\n"},
    {"v7", build_v7, -1, "- 644 0:0 1 0 old @0,512\n"},
    {"GNU numbers", build_gnu_numbers, -1, "- 644 4294967294:100 -2 0 big @0,512\n"},
    {"pax", build_pax, -1,
     "- 644 4294967294:77 -2.500000000 2 long/name @0,1536 =ab\nl 644 0:0 3.000000001 0 link -> to\\c3\\a9 @2048,3584\n"
     "- 644 0:0 1 0 none @3584,5120\n"},
    {"xattrs", build_xattrs, -1,
     "- 644 0:0 1 1 ping security.capability=\\01\\00\\00\\02\\0a= user.b=2 @0,1536 =x\n- 644 0:0 1 0 plain @2048,2560\n"},
    {"GNU long", build_gnu_long, -1, "l 644 0:0 1 0 a/name -> a/target @0,2560\n- 644 0:0 1 1 b @2560,4096 =y\n"},
    {"pax around long", build_pax_around_long, -1, "- 644 0:0 1 1 long @0,2560 =z\n- 644 0:0 1 0 next @3072,3584\n"},
    {"global", build_global, -1,
     "- 644 0:0 1 0 a @1024,1536\n- 644 0:0 1 0 b @2560,3072\n"
     "warning at offset 1536: global pax header sets path, linkpath or size: ignored\n"},
    {"no end", build_no_end, -1, "- 644 0:0 1 1 a @0,512 =x\nwarning at offset 1024: tar archive has no end marker\n"},
    {"half end", build_half_end, -1,
     "- 644 0:0 1 1 a @0,512 =x\nwarning at offset 1536: tar archive ends with one block of zeros instead of two\n"},
    {"trailing zeros", build_trailing_zeros, -1, "- 644 0:0 1 1 a @0,512 =x\n"},
    {"sparse old", build_sparse_old, -1, "- 644 0:0 1 100 old [0+2] [10+2] @0,512 =abcd\n"},
    {"sparse old extended", build_sparse_old_extended, -1,
     "- 644 0:0 1 100 old [0+1] [2+1] [4+1] [6+1] [8+1] [10+1] [12+1] [14+1] [16+1] [18+1] [20+1] [22+1] [24+1] [26+1] [28+1] [30+1] "
     "[32+1] [34+1] [36+1] [38+1] [40+1] [42+1] [44+1] [46+1] [48+1] @0,1024 =abcdefghijklmnopqrstuvwxy\n"},
    {"sparse 0.0", build_sparse_00, -1, "- 644 0:0 1 100 v00 [0+2] [10+2] @0,1536 =abcd\n"},
    {"sparse 0.1", build_sparse_01, -1, "- 644 0:0 1 100 v01 [0+2] [10+2] @0,1536 =abcd\n"},
    {"sparse 1.0", build_sparse_10, -1, "- 644 0:0 1 100 v10 [0+2] [10+2] @0,2048 =abcd\n"},
    {"sparse hole", build_sparse_hole, -1, "- 644 0:0 1 100 hole @0,1536\n"},

    {"checksum", build_checksum, OCI_ERROR_MALFORMED, "at offset 0: tar header does not match its checksum"},
    {"magic", build_magic, OCI_ERROR_MALFORMED, "at offset 0: tar header has a magic that is neither ustar nor GNU"},
    {"truncated header", build_truncated_header, OCI_ERROR_MALFORMED, "at offset 1024: tar archive ends too early"},
    {"lone zero", build_lone_zero, OCI_ERROR_MALFORMED, "at offset 512: a lone block of zeros stands in the tar archive"},
    {"hard link body", build_body_hardlink, OCI_ERROR_MALFORMED, "at offset 0: entry 'a' has data although it is no regular file"},
    {"symlink body", build_body_symlink, OCI_ERROR_MALFORMED, "at offset 0: entry 'a' has data although it is no regular file"},
    {"device body", build_body_character, OCI_ERROR_MALFORMED, "at offset 0: entry 'a' has data although it is no regular file"},
    {"directory body", build_body_directory, OCI_ERROR_MALFORMED, "at offset 0: entry 'a' has data although it is no regular file"},
    {"fifo body", build_body_fifo, OCI_ERROR_MALFORMED, "at offset 0: entry 'a' has data although it is no regular file"},
    {"pax body", build_body_by_pax, OCI_ERROR_MALFORMED, "at offset 0: entry 'a' has data although it is no regular file"},
    {"slash body", build_body_slash, OCI_ERROR_MALFORMED, "at offset 0: entry 'a/' is a regular file whose name ends in a slash"},
    {"slash", build_slash_without_data, OCI_ERROR_MALFORMED, "at offset 0: entry 'a/' is a regular file whose name ends in a slash"},
    {"old slash body", build_body_old_slash, OCI_ERROR_MALFORMED, "at offset 0: entry 'a' has data although it is no regular file"},
    {"type", build_type, OCI_ERROR_UNSUPPORTED, "at offset 0: entry 'label' has the unknown type 'V'"},
    {"root symlink", build_root_symlink, OCI_ERROR_MALFORMED, "at offset 0: entry '' is the root but not a directory"},
    {"root file", build_root_file, OCI_ERROR_MALFORMED, "at offset 0: entry '' is the root but not a directory"},
    {"no name", build_no_name, OCI_ERROR_MALFORMED, "at offset 0: entry '' has no name"},
    {"no target", build_no_target, OCI_ERROR_MALFORMED, "at offset 0: entry 'a' is a link without target"},
    {"hard link to root", build_hardlink_to_root, OCI_ERROR_MALFORMED, "at offset 0: entry 'a' is a link without target"},
    {"uid", build_uid, OCI_ERROR_MALFORMED, "at offset 0: entry 'a' has an owner or group that is not between 0 and 4294967294"},
    {"uid -1", build_uid_minus_one, OCI_ERROR_MALFORMED,
     "at offset 0: entry 'a' has an owner or group that is not between 0 and 4294967294"},
    {"pax uid -1", build_uid_negative, OCI_ERROR_MALFORMED,
     "at offset 0: pax header has a value of 'uid' that is no number or too large: '-1'"},
    {"gid", build_gid_negative, OCI_ERROR_MALFORMED, "at offset 0: entry 'a' has an owner or group that is not between 0 and 4294967294"},
    {"device", build_device, OCI_ERROR_MALFORMED, "at offset 0: entry 'a' has a device number that Linux cannot hold"},
    {"octal", build_octal, OCI_ERROR_MALFORMED,
     "at offset 0: tar header has a size that is no number or too large: '0000000008\\x00\\x00'"},
    {"size negative", build_size_negative, OCI_ERROR_MALFORMED, "at offset 0: entry 'a' has a negative size"},
    {"size overflow", build_size_overflow, OCI_ERROR_MALFORMED,
     "at offset 0: tar header has a size that is no number or too large: '\\x80\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00'"},
    {"size limit", build_size_limit, OCI_ERROR_LIMIT,
     "at offset 0: files have more bytes than the limit uncompressed_bytes, 68719476736\nhint: raise it with --max-uncompressed"},
    {"pax NUL", build_pax_nul, OCI_ERROR_MALFORMED, "at offset 0: pax header has a value of 'path' that has a zero byte: 'a\\x00b'"},
    {"pax record", build_pax_record, OCI_ERROR_MALFORMED, "at offset 1536: pax header has a record whose length is wrong"},
    {"pax key", build_pax_key, OCI_ERROR_MALFORMED, "at offset 0: pax header has a record without a key"},
    {"pax twice", build_pax_twice, OCI_ERROR_MALFORMED, "at offset 0: entry has two pax headers"},
    {"pax last", build_pax_last, OCI_ERROR_MALFORMED, "at offset 0: an extended header is followed by no entry"},
    {"long last", build_pax_last_cut, OCI_ERROR_MALFORMED, "at offset 0: an extended header is followed by no entry"},
    {"global between", build_global_between, OCI_ERROR_MALFORMED, "at offset 0: global pax header stands between the headers of one entry"},
    {"mixed names", build_mixed_names, OCI_ERROR_MALFORMED,
     "at offset 0: entry 'a' has a name in a pax header and another one in a GNU header"},
    {"mixed targets", build_mixed_targets, OCI_ERROR_MALFORMED,
     "at offset 0: entry 'c' has a link target in a pax header and another one in a GNU header"},
    {"long twice", build_long_twice, OCI_ERROR_MALFORMED, "at offset 0: entry has two GNU long names of one kind"},
    {"long NUL", build_long_nul, OCI_ERROR_MALFORMED, "at offset 0: GNU long name has a zero byte in its middle"},
    {"xattr conflict", build_xattr_conflict, OCI_ERROR_MALFORMED,
     "at offset 0: pax header has two values for the extended attribute 'user.a'"},
    {"pax too large", build_pax_too_large, OCI_ERROR_LIMIT,
     "at offset 0: extended header has 1048577 bytes, more than the limit pax_bytes, 1048576"},
    {"xattr too large", build_xattr_too_large, OCI_ERROR_LIMIT,
     "at offset 0: extended attribute 'user.a' has 65537 bytes, more than the limit xattr_bytes, 65536"},
    {"path too long", build_path_too_long, OCI_ERROR_LIMIT, NULL},
    {"component too long", build_component_too_long, OCI_ERROR_LIMIT, NULL},
    {"sparse overlap", build_sparse_overlap, OCI_ERROR_MALFORMED, "at offset 0: sparse map has segments that overlap or are out of order"},
    {"sparse beyond", build_sparse_beyond, OCI_ERROR_MALFORMED, "at offset 0: sparse map has a segment beyond the end of the file"},
    {"sparse sum", build_sparse_sum, OCI_ERROR_MALFORMED, "at offset 0: sparse map does not add up to the stored size"},
    {"sparse odd", build_sparse_odd, OCI_ERROR_MALFORMED, "at offset 0: sparse map has an offset without a length"},
    {"sparse bomb", build_sparse_bomb, OCI_ERROR_LIMIT,
     "at offset 0: files have more bytes than the limit uncompressed_bytes, 68719476736\nhint: raise it with --max-uncompressed"},
    {"sparse lines cut", build_sparse_lines_cut, OCI_ERROR_MALFORMED, "at offset 0: sparse map is longer than the data"},
    {"sparse lines many", build_sparse_lines_many, OCI_ERROR_LIMIT,
     "at offset 0: sparse file has more segments than the limit sparse_segments, 65536"},
    {"sparse empty block", build_sparse_empty_block, OCI_ERROR_MALFORMED, "at offset 0: sparse map has a block without a segment"},
    {"sparse in ustar", build_sparse_ustar, OCI_ERROR_MALFORMED, "at offset 0: entry 's' has a sparse map where none can be"},
};

static void check_case(const Case *example, const GByteArray *tar, gsize piece)
{
  OciLimits limits;
  oci_limits_init(&limits);
  g_autoptr(GError) error = NULL;
  g_autofree char *dump = dump_tar(tar->data, tar->len, piece, FALSE, &limits, &error);
  if (example->code < 0)
  {
    if (dump == NULL)
      fail_msg("%s: %s", example->name, error->message);
    assert_string_equal(dump, example->expected);
    return;
  }
  if (dump != NULL)
    fail_msg("%s: accepted as %s", example->name, dump);
  assert_true(g_error_matches(error, OCI_ERROR, example->code));
  if (example->expected != NULL)
    assert_string_equal(error->message, example->expected);
}

static void test_cases(void **state)
{
  (void)state;
  static const gsize pieces[] = {1, 100, 511, 512, 513, 1 << 20};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    g_autoptr(GByteArray) tar = g_byte_array_new();
    cases[i].build(tar);
    for (gsize k = tar->len > 100000 ? 2 : 0; k < G_N_ELEMENTS(pieces); k++)
      check_case(&cases[i], tar, pieces[k]);
  }
}

/* What is not shown is skipped; then the source may jump. */
static void test_skip(void **state)
{
  (void)state;
  g_autoptr(GByteArray) tar = g_byte_array_new();
  build_pax(tar);
  OciLimits limits;
  oci_limits_init(&limits);
  g_autofree char *dump = dump_tar(tar->data, tar->len, 512, TRUE, &limits, NULL);
  assert_string_equal(dump, "- 644 4294967294:77 -2.500000000 2 long/name @0,1536\nl 644 0:0 3.000000001 0 link -> to\\c3\\a9 @2048,3584\n"
                            "- 644 0:0 1 0 none @3584,5120\n");
}

/* Its offset follows from the piece that it came in. */
static void test_trailing(void **state)
{
  (void)state;
  g_autoptr(GByteArray) tar = g_byte_array_new();
  build_trailing(tar);
  OciLimits limits;
  oci_limits_init(&limits);
  g_autofree char *dump = dump_tar(tar->data, tar->len, 512, FALSE, &limits, NULL);
  assert_string_equal(dump, "- 644 0:0 1 1 a @0,512 =x\n"
                            "warning at offset 3072: bytes that are not zero follow the end of the tar archive: ignored\n");
}

static void test_truncated_data(void **state)
{
  (void)state;
  g_autoptr(GByteArray) tar = g_byte_array_new();
  build_truncated_data(tar);
  OciLimits limits;
  oci_limits_init(&limits);
  PieceSource source = {{piece_next, NULL}, tar->data, tar->len, 512, NULL};
  g_autoptr(OciTarReader) reader = oci_tar_reader_new(&source.source, &limits, NULL);
  const OciTarEntry *entry;
  assert_true(oci_tar_reader_next(reader, &entry, NULL));
  const guint8 *bytes;
  assert_int_equal(oci_tar_reader_data(reader, &bytes, NULL), 1);
  g_autoptr(GError) error = NULL;
  assert_int_equal(oci_tar_reader_data(reader, &bytes, &error), -1);
  assert_string_equal(error->message, "at offset 513: tar archive ends in the data of an entry");
  g_clear_error(&error);
  assert_false(oci_tar_reader_next(reader, &entry, &error));
  assert_null(entry);
  g_free(source.lent);
}

/* No cut of a valid archive makes the reader crash or go on for ever; only at a boundary it may look whole. */
static void test_every_cut(void **state)
{
  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    g_autoptr(GByteArray) tar = g_byte_array_new();
    cases[i].build(tar);
    OciLimits limits;
    oci_limits_init(&limits);
    for (gsize length = 1; length < MIN(tar->len, 20000); length += 173)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *dump = dump_tar(tar->data, length, 300, FALSE, &limits, &error);
      assert_true((dump == NULL) == (error != NULL));
      if (length % TAR_BLOCK != 0 && cases[i].code < 0 && cases[i].build != build_trailing_zeros && cases[i].build != build_zeros)
        assert_true(dump == NULL || strstr(dump, "warning") != NULL || length > tar->len - 2 * TAR_BLOCK);
    }
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_cases),          cmocka_unit_test(test_skip),      cmocka_unit_test(test_trailing),
      cmocka_unit_test(test_truncated_data), cmocka_unit_test(test_every_cut),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
