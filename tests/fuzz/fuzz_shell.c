/*
 * The reader of shell text: any bytes.
 */
#include "slim/keep/shell.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every result is looked at, so that a wild pointer in it is seen. */
static gsize weigh(const KeepShellText *text)
{
  gsize bytes = 0;
  const GPtrArray *lists[] = {text->commands, text->sourced};
  for (gsize list = 0; list < G_N_ELEMENTS(lists); list++)
    for (guint i = 0; i < lists[list]->len; i++)
      bytes += strlen(((const KeepShellCommand *)lists[list]->pdata[i])->word);
  for (guint i = 0; i < text->paths->len; i++)
    bytes += strlen(text->paths->pdata[i]);
  return bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static const char *const ENVIRONMENT[] = {"HOME=/root", "A=/opt/a b", NULL};
  g_autoptr(KeepShellText) text = keep_shell_read((const char *)data, size);
  g_autoptr(KeepShellText) known = keep_shell_read_in((const char *)data, size, ENVIRONMENT);
  if (weigh(text) > 3 * (gsize)KEEP_SHELL_RESULTS * KEEP_SHELL_WORD_BYTES ||
      weigh(known) > 3 * (gsize)KEEP_SHELL_RESULTS * KEEP_SHELL_WORD_BYTES)
    g_error("more results than the limits allow");
  return 0;
}
