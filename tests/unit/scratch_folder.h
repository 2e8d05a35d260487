/*
 * A folder of its own for each test: *state is its path.
 * Include after <cmocka.h> and what it needs.
 */
#ifndef SCRATCH_FOLDER_H
#define SCRATCH_FOLDER_H

#include <glib.h>

static int make_scratch_folder(void **state)
{
  *state = g_dir_make_tmp("ocislim-test-XXXXXX", NULL);
  return *state == NULL;
}

static int remove_scratch_folder(void **state)
{
  g_autofree char *folder = *state;
  g_autofree char *rm = g_strdup("rm");
  g_autofree char *flags = g_strdup("-rf");
  char *argv[] = {rm, flags, folder, NULL};
  return !g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
}

#define scratch_test(function) cmocka_unit_test_setup_teardown(function, make_scratch_folder, remove_scratch_folder)

#endif
