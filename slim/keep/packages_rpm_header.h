/*
 * The header of one rpm package, as rpm's databases store it: an index of
 * tags and the bytes that they point into. Every access is bounded by them.
 *
 * Spec: rpm's docs/manual/format_header.md; the database's blob begins with
 * the two counts, without the magic of a package file.
 */
#ifndef SLIM_KEEP_PACKAGES_RPM_HEADER_H
#define SLIM_KEEP_PACKAGES_RPM_HEADER_H

#include <glib.h>

typedef enum
{
  RPM_TAG_NAME = 1000,
  RPM_TAG_VERSION = 1001,
  RPM_TAG_RELEASE = 1002,
  RPM_TAG_EPOCH = 1003,
  RPM_TAG_ARCH = 1022,
  RPM_TAG_FILESTATES = 1029,
  RPM_TAG_SOURCERPM = 1044,
  RPM_TAG_PROVIDENAME = 1047,
  RPM_TAG_REQUIRENAME = 1049,
  RPM_TAG_DIRINDEXES = 1116,
  RPM_TAG_BASENAMES = 1117,
  RPM_TAG_DIRNAMES = 1118,
} KeepRpmTag;

typedef struct
{
  const guint8 *index; /* 16 bytes for each tag */
  guint32 count;
  const guint8 *data;
  gsize length;
} KeepRpmHeader;

/* The values of a tag that are left. */
typedef struct
{
  const guint8 *at;
  gsize length; /* bytes from there to the end of the header */
  guint32 count;
} KeepRpmValues;

/*
 * blob: must outlive the header.
 * Returns: whether the counts fit into length bytes.
 */
gboolean keep_rpm_header_parse(const void *blob, gsize length, KeepRpmHeader *header);

/* A string; "" when the tag is not there, is no string or has no end. */
const char *keep_rpm_header_string(const KeepRpmHeader *header, KeepRpmTag tag);

/* A tag's strings, 32-bit numbers or bytes; none of them when it is not there or of another type. */
KeepRpmValues keep_rpm_header_strings(const KeepRpmHeader *header, KeepRpmTag tag);
KeepRpmValues keep_rpm_header_numbers(const KeepRpmHeader *header, KeepRpmTag tag);
KeepRpmValues keep_rpm_header_bytes(const KeepRpmHeader *header, KeepRpmTag tag);

/* Each takes the next value. */
gboolean keep_rpm_values_next_string(KeepRpmValues *values, const char **text);
gboolean keep_rpm_values_next_number(KeepRpmValues *values, guint32 *number);
gboolean keep_rpm_values_next_byte(KeepRpmValues *values, guint8 *byte);

#endif
