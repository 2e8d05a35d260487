/* What the tests of documents share: JSON that is pleasant to read, and whole error messages. */
#ifndef TESTS_UNIT_EXPECT_H
#define TESTS_UNIT_EXPECT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib.h>

/* Checks code and text of an error, and clears it. */
static inline void expect_error(GError **error, GQuark domain, int code, const char *message)
{
  assert_non_null(*error);
  assert_string_equal((*error)->message, message);
  assert_int_equal((*error)->domain, domain);
  assert_int_equal((*error)->code, code);
  g_clear_error(error);
}

/* JSON written with single quotes. Returns: owned by the caller. */
static inline char *json_text(const char *format, ...) G_GNUC_PRINTF(1, 2);
static inline char *json_text(const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  return g_strdelimit(text, "'", '"');
}

#endif
