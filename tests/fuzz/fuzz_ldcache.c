/* ld.so.cache in both byte orders; every name of what was understood is looked up. */
#include "elfdeps/ldcache.h"
#include "tests/fuzz/target.h"

#include <elf.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static const guint8 orders[] = {ELFDATA2LSB, ELFDATA2MSB};
  for (guint i = 0; i < G_N_ELEMENTS(orders); i++)
  {
    g_autoptr(ElfdepsLdcache) cache = elfdeps_ldcache_parse(data, size, orders[i], NULL);
    if (cache != NULL && elfdeps_ldcache_size(cache) > 0)
      elfdeps_ldcache_find(cache, "libc.so.6");
  }
  return 0;
}
