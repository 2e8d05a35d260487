/* The JSON of .note.dlopen. */
#include "tests/unit/expect.h"

#include <stdint.h>

#include "elfdeps/dlopen.h"
#include "elfdeps/error.h"
#include "elfdeps/limits.h"

#include <string.h>

static void free_note(gpointer note)
{
  elfdeps_dlopen_note_free(note);
}

static char *print_notes(const GPtrArray *notes)
{
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < notes->len; i++)
  {
    const ElfdepsDlopenNote *note = notes->pdata[i];
    g_string_append_printf(text, "%s", elfdeps_priority_name(note->priority));
    for (guint j = 0; j < note->sonames->len; j++)
      g_string_append_printf(text, " %s", (const char *)note->sonames->pdata[j]);
    g_string_append_printf(text, " feature=%s description=%s\n", note->feature == NULL ? "-" : note->feature,
                           note->description == NULL ? "-" : note->description);
  }
  return g_string_free(text, FALSE);
}

static void expect_notes(const char *json, gsize length, const char *expected)
{
  g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(free_note);
  g_autoptr(GError) error = NULL;
  if (!elfdeps_dlopen_note_parse(json, length, notes, &error))
    fail_msg("%s", error->message);
  g_autofree char *text = print_notes(notes);
  assert_string_equal(text, expected);
}

static void reads_notes(void **state)
{
  (void)state;
  g_autofree char *json = json_text("[{'soname':['liba.so.2','liba.so.1'],'feature':'a','description':'Does a','priority':'suggested'},"
                                    "{'soname':['/opt/libb.so'],'priority':'required','unknown':{'x':[1]}},{'soname':['libc.so']}]");
  static const char expected[] = "suggested liba.so.2 liba.so.1 feature=a description=Does a\n"
                                 "required /opt/libb.so feature=- description=-\n"
                                 "recommended libc.so feature=- description=-\n";
  expect_notes(json, strlen(json), expected);
  expect_notes(json, strlen(json) + 1, expected);
  expect_notes("[]", 2, "");
}

static void refuses(const char *json, gsize length, ElfdepsErrorCode code, const char *message)
{
  g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(free_note);
  g_autoptr(GError) error = NULL;
  g_autofree char *text = json_text("%s", json);
  g_autofree char *exact = g_memdup2(text, length == 0 ? strlen(text) : length);
  assert_false(elfdeps_dlopen_note_parse(exact, length == 0 ? strlen(text) : length, notes, &error));
  assert_int_equal(notes->len, 0);
  expect_error(&error, ELFDEPS_ERROR, (int)code, message);
}

static void refuses_broken_notes(void **state)
{
  (void)state;
  refuses("{}", 0, ELFDEPS_ERROR_MALFORMED, "dlopen note: no JSON array");
  refuses("[1]", 0, ELFDEPS_ERROR_MALFORMED, "dlopen note: a dependency is no object");
  refuses("[{}]", 0, ELFDEPS_ERROR_MALFORMED, "dlopen note: \"soname\" is no array of names");
  refuses("[{'soname':[]}]", 0, ELFDEPS_ERROR_MALFORMED, "dlopen note: \"soname\" is no array of names");
  refuses("[{'soname':['a']},{'soname':['../x']}]", 0, ELFDEPS_ERROR_MALFORMED,
          "dlopen note: a name in \"soname\" is empty, too long, or no file name");
  refuses("[{'soname':['a\\u0001']}]", 0, ELFDEPS_ERROR_MALFORMED, "dlopen note: a name in \"soname\" is empty, too long, or no file name");
  refuses("[{'soname':['']}]", 0, ELFDEPS_ERROR_MALFORMED, "dlopen note: a name in \"soname\" is empty, too long, or no file name");
  refuses("[{'soname':['a'],'priority':'urgent'}]", 0, ELFDEPS_ERROR_MALFORMED,
          "dlopen note: \"priority\" is none of required, recommended, suggested");
  refuses("[{'soname':['a'],'soname':['b']}]", 0, ELFDEPS_ERROR_MALFORMED, "dlopen note: no JSON (byte 25)");
  refuses("[{'soname':['a']", 0, ELFDEPS_ERROR_MALFORMED, "dlopen note: no JSON (byte 16)");
}

static void limits_notes(void **state)
{
  (void)state;
  g_autofree char *deep = g_strnfill(60000, '[');
  refuses(deep, 0, ELFDEPS_ERROR_LIMIT, "dlopen note: nested deeper than the limit ELFDEPS_LIMIT_NOTE_DEPTH");
  g_autofree char *long_text = g_strnfill(ELFDEPS_LIMIT_NOTE_JSON_BYTES + 1, ' ');
  refuses(long_text, 0, ELFDEPS_ERROR_LIMIT, "dlopen note: longer than the limit ELFDEPS_LIMIT_NOTE_JSON_BYTES");
  g_autoptr(GString) names = g_string_new("[{\"soname\":[\"a\"");
  for (guint i = 0; i < ELFDEPS_LIMIT_NOTE_SONAMES; i++)
    g_string_append(names, ",\"a\"");
  g_string_append(names, "]}]");
  refuses(names->str, 0, ELFDEPS_ERROR_LIMIT, "dlopen note: more names than the limit ELFDEPS_LIMIT_NOTE_SONAMES");
  g_autoptr(GString) many = g_string_new("[1");
  for (guint i = 0; i < ELFDEPS_LIMIT_NOTE_DEPENDENCIES; i++)
    g_string_append(many, ",1");
  g_string_append(many, "]");
  refuses(many->str, 0, ELFDEPS_ERROR_LIMIT, "dlopen note: more dependencies than the limit ELFDEPS_LIMIT_NOTE_DEPENDENCIES");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reads_notes),
      cmocka_unit_test(refuses_broken_notes),
      cmocka_unit_test(limits_notes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
