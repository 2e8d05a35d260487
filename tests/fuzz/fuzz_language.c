/* The first byte says whose description the rest is. A name and a version, or neither. */
#include "slim/emit/language.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static const EmitLanguage all[] = {EMIT_LANGUAGE_PYTHON, EMIT_LANGUAGE_NODE, EMIT_LANGUAGE_RUBY};
  if (size < 2)
    return 0;
  EmitLanguage language = all[data[0] % G_N_ELEMENTS(all)];
  g_autofree char *name = NULL;
  g_autofree char *version = NULL;
  gboolean found = emit_language_parse(language, (const char *)data + 1, size - 1, &name, &version);
  g_assert_true(found == (name != NULL) && found == (version != NULL));
  if (found)
    g_assert_true(*name != '\0' && *version != '\0' && g_utf8_validate(name, -1, NULL) && g_utf8_validate(version, -1, NULL));
  g_autofree char *path = g_strndup((const char *)data + 1, size - 1);
  emit_language_of(path);
  return 0;
}
