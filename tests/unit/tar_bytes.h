/*
 * Tar archives byte by byte, for tests that need what no writer writes.
 */
#ifndef TESTS_TAR_BYTES_H
#define TESTS_TAR_BYTES_H

#include <glib.h>
#include <string.h>

#define TAR_BLOCK 512

static inline void tar_checksum(guint8 *block)
{
  guint sum = 0;
  memset(block + 148, ' ', 8);
  for (guint i = 0; i < TAR_BLOCK; i++)
    sum += block[i];
  g_snprintf((char *)block + 148, 8, "%06o", sum);
}

/* A ustar header with mode 0644, owner 0:0 and time 1; the last block of tar afterwards. */
static inline guint8 *tar_header(GByteArray *tar, char type, const char *name, const char *target, guint64 size)
{
  guint8 block[TAR_BLOCK] = {0};
  memcpy(block, name, strnlen(name, 100));
  memcpy(block + 100, "0000644", 8);
  memcpy(block + 108, "0000000", 8);
  memcpy(block + 116, "0000000", 8);
  g_snprintf((char *)block + 124, 12, "%011" G_GINT64_MODIFIER "o", size);
  memcpy(block + 136, "00000000001", 12);
  block[156] = (guint8)type;
  if (target != NULL)
    memcpy(block + 157, target, strnlen(target, 100));
  memcpy(block + 257, "ustar\00000", 8);
  if (type == '3' || type == '4')
  {
    memcpy(block + 329, "0000001", 8);
    memcpy(block + 337, "0000003", 8);
  }
  tar_checksum(block);
  g_byte_array_append(tar, block, TAR_BLOCK);
  return tar->data + tar->len - TAR_BLOCK;
}

/* Changes bytes of the last header. */
static inline void tar_patch(GByteArray *tar, gsize offset, const void *bytes, gsize length)
{
  guint8 *block = tar->data + tar->len - TAR_BLOCK;
  memcpy(block + offset, bytes, length);
  tar_checksum(block);
}

static inline void tar_data(GByteArray *tar, const void *bytes, gsize length)
{
  static const guint8 zeros[TAR_BLOCK] = {0};
  g_byte_array_append(tar, bytes, (guint)length);
  g_byte_array_append(tar, zeros, (guint)((TAR_BLOCK - length % TAR_BLOCK) % TAR_BLOCK));
}

static inline void tar_file(GByteArray *tar, const char *name, const char *content)
{
  tar_header(tar, '0', name, NULL, strlen(content));
  tar_data(tar, content, strlen(content));
}

/* A header of the given type ('x', 'g', 'L', 'K') with a body. */
static inline void tar_extended(GByteArray *tar, char type, const void *body, gsize length)
{
  tar_header(tar, type, type == 'x' || type == 'g' ? "PaxHeaders/x" : "././@LongLink", NULL, length);
  if (type == 'L' || type == 'K')
    tar_patch(tar, 257, "ustar  ", 8);
  tar_data(tar, body, length);
}

/* One record of a pax header. */
static inline void pax_record(GByteArray *body, const char *key, const void *value, gsize length)
{
  gsize payload = strlen(key) + length + 3; /* " ", "=", "\n" */
  gsize total = payload + 1;
  for (;;)
  {
    g_autofree char *digits = g_strdup_printf("%" G_GSIZE_FORMAT, total);
    if (strlen(digits) + payload == total)
    {
      g_autofree char *start = g_strdup_printf("%s %s=", digits, key);
      g_byte_array_append(body, (const guint8 *)start, (guint)strlen(start));
      g_byte_array_append(body, value, (guint)length);
      g_byte_array_append(body, (const guint8 *)"\n", 1);
      return;
    }
    total = strlen(digits) + payload;
  }
}

/* A pax header with pairs of key and value; NULL ends them. */
static inline void tar_pax(GByteArray *tar, char type, const char *const *pairs)
{
  g_autoptr(GByteArray) body = g_byte_array_new();
  for (; *pairs != NULL; pairs += 2)
    pax_record(body, pairs[0], pairs[1], strlen(pairs[1]));
  tar_extended(tar, type, body->data, body->len);
}

static inline void tar_end(GByteArray *tar)
{
  static const guint8 zeros[2 * TAR_BLOCK] = {0};
  g_byte_array_append(tar, zeros, sizeof(zeros));
}

#endif
