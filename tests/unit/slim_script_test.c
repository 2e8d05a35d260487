/* First lines as the kernel reads them, and what env makes of its argument. */
#include "slim/keep/script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define LAST_BYTE (KEEP_SCRIPT_HEAD_BYTES - 1)

typedef struct
{
  const char *head;
  gsize length;            /* 0: strlen(head) */
  const char *interpreter; /* NULL: no script */
  const char *argument;
} ShebangCase;

static void check(const void *head, gsize length, const char *interpreter, const char *argument)
{
  g_auto(KeepShebang) shebang = {0};
  if (interpreter == NULL)
  {
    assert_false(keep_shebang_parse(head, length, &shebang));
    return;
  }
  assert_true(keep_shebang_parse(head, length, &shebang));
  assert_string_equal(shebang.interpreter, interpreter);
  if (argument == NULL)
    assert_null(shebang.argument);
  else
  {
    assert_non_null(shebang.argument);
    assert_string_equal(shebang.argument, argument);
  }
}

static void test_forms(void **state)
{
  (void)state;
  static const ShebangCase cases[] = {
      {"#!/bin/sh\n", 0, "/bin/sh", NULL},
      {"#!/bin/sh", 0, "/bin/sh", NULL},
      {"#! /bin/sh\n", 0, "/bin/sh", NULL},
      {"#!\t /bin/sh\n", 0, "/bin/sh", NULL},
      {"#!/bin/sh \t\n", 0, "/bin/sh", NULL},
      {"#!/bin/sh -e\n", 0, "/bin/sh", "-e"},
      {"#!/bin/sh \t -e -u \t\necho", 0, "/bin/sh", "-e -u"}, /* one argument */
      {"#!/usr/bin/env python3\n", 0, "/usr/bin/env", "python3"},
      {"#!bin/tool x\n", 0, "bin/tool", "x"},
      {"#!/bin/sh\r\n", 0, "/bin/sh\r", NULL}, /* what the kernel looks up */
      {"#!/bin/sh -e\r\n", 0, "/bin/sh", "-e\r"},
      {"#!/bin/sh\0-e\n", 13, "/bin/sh", NULL},
      {"#!/bin/sh a\0b\n", 14, "/bin/sh", "a"},
      {"#!/bin/sh a \0b\n", 15, "/bin/sh", "a "},
      {"#!/bin/sh a ", 0, "/bin/sh", "a "}, /* the end of the file is no end of the line */
      {"#!/bin/caf\xc3\xa9 \xff\n", 0, "/bin/caf\xc3\xa9", "\xff"},
      {"#!", 0, NULL, NULL},
      {"#!\n/bin/sh\n", 0, NULL, NULL},
      {"#!  \t\n/bin/sh\n", 0, NULL, NULL},
      {"#", 0, NULL, NULL},
      {"", 0, NULL, NULL},
      {" #!/bin/sh\n", 0, NULL, NULL},
      {"\xef\xbb\xbf#!/bin/sh\n", 0, NULL, NULL},
      {"echo hello\n", 0, NULL, NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
    check(cases[i].head, cases[i].length != 0 ? cases[i].length : strlen(cases[i].head), cases[i].interpreter, cases[i].argument);
}

/* A head of length bytes: text, then fill. */
static guint8 *head_new(const char *text, char fill, gsize length)
{
  guint8 *head = g_malloc(length);
  memset(head, fill, length);
  memcpy(head, text, strlen(text));
  return head;
}

/* The kernel's buffer: 256 bytes, of which the last one only shows whether a word goes on. */
static void test_cut_argument(void **state)
{
  (void)state;
  g_autofree guint8 *head = head_new("#!/x ", 'a', 400);
  g_autofree char *argument = g_strnfill(LAST_BYTE - 5, 'a');
  check(head, 400, "/x", argument);
  check(head, 256, "/x", argument);
  check(head, 255, "/x", argument);
  argument[LAST_BYTE - 6] = '\0';
  check(head, 254, "/x", argument);
  head[LAST_BYTE] = '\n';
  argument[LAST_BYTE - 6] = 'a';
  check(head, 400, "/x", argument);
  head[LAST_BYTE] = 'a';
  head[LAST_BYTE + 1] = '\n'; /* is not seen any more */
  check(head, 400, "/x", argument);
}

static void test_cut_argument_is_trimmed(void **state)
{
  (void)state;
  g_autofree guint8 *head = head_new("#!/x a", ' ', 400);
  check(head, 400, "/x", "a");
  check(head, 255, "/x", "a");
}

static void test_cut_interpreter(void **state)
{
  (void)state;
  g_autofree guint8 *head = head_new("#!/", 'x', 400);
  g_autofree char *longest = g_strnfill(LAST_BYTE - 2, 'x');
  longest[0] = '/';
  check(head, 400, NULL, NULL);
  check(head, 256, NULL, NULL);
  check(head, 255, longest, NULL); /* the file ends there */
  head[LAST_BYTE] = ' ';
  check(head, 400, longest, NULL);
  head[LAST_BYTE] = '\n';
  check(head, 400, longest, NULL);
  memset(head + 2, ' ', 398);
  check(head, 400, NULL, NULL);
}

static void test_env(void **state)
{
  (void)state;
  static const struct
  {
    const char *argument;
    const char *program; /* NULL: cannot be told */
  } cases[] = {
      {"python3", "python3"},
      {"/opt/bin/python3", "/opt/bin/python3"},
      {"python3 -u", "python3 -u"}, /* one word: env finds no such program, and neither do we */
      {"-S python3 -u", "python3"},
      {"-Spython3 -u", "python3"},
      {"-S   python3", "python3"},
      {"-vS python3", "python3"},
      {"-iS PATH=/bin python3", "python3"},
      {"--split-string=python3 -u", "python3"},
      {"--split-string python3 -u", "python3"},
      {"-S -i -u HOME PATH=/bin sh -c x=1", "sh"},
      {"-S --unset=HOME --chdir=/srv node --flag", "node"},
      {"-S --unset HOME --chdir /srv node --flag", "node"},
      {"-S -C /srv node", "node"},
      {"-S - node", "node"},
      {"-S -- node --x", "node"},
      {"-S -- A=b node", "node"},
      {"-S 'my program' x", "my program"},
      {"-S \"a b\" x", "a b"},
      {"-S A=b -x", "-x"}, /* env has read its options by then */
      {"-S A=b", NULL},
      {"-S ${HOME}/bin/tool x", NULL},
      {"-S A=${B} tool", "tool"},
      {"-S", NULL},
      {"-S ''", NULL},
      {"-S 'open", NULL},
      {"-i", NULL},
      {"-uSHELL", NULL},
      {"-i -S python3", NULL}, /* one word: env knows no option ' ' */
      {"--split-stringx python3", NULL},
      {"A=b", NULL},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    g_autofree char *program = keep_shebang_env_program(cases[i].argument);
    if (g_strcmp0(program, cases[i].program) != 0)
      fail_msg("env %s: %s instead of %s", cases[i].argument, program != NULL ? program : "(none)",
               cases[i].program != NULL ? cases[i].program : "(none)");
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_forms),           cmocka_unit_test(test_cut_argument), cmocka_unit_test(test_cut_argument_is_trimmed),
      cmocka_unit_test(test_cut_interpreter), cmocka_unit_test(test_env),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
