# elfdeps: parsers, and closures of trees made on the fly.

# What the tests share: ELF files made by the test, trees of them, a folder of the host as file system.
add_library(elfdeps_fixtures STATIC unit/elfdeps_elf_writer.c unit/elfdeps_host_fs.c unit/elfdeps_segments.c unit/elfdeps_tree.c)
target_link_libraries(elfdeps_fixtures PUBLIC elfdeps PkgConfig::CMOCKA)

ocislim_unit_test(elfdeps_dlopen_test elfdeps_fixtures)
ocislim_unit_test(elfdeps_glibc_test elfdeps_fixtures)
ocislim_unit_test(elfdeps_ldcache_test elfdeps_fixtures)
ocislim_unit_test(elfdeps_ldconfig_test elfdeps_fixtures)
ocislim_unit_test(elfdeps_limits_test elfdeps_fixtures)
ocislim_unit_test(elfdeps_loader_test elfdeps_fixtures)
ocislim_unit_test(elfdeps_musl_test elfdeps_fixtures)
ocislim_unit_test(elfdeps_object_test elfdeps_fixtures)
ocislim_unit_test(elfdeps_object_texts_test elfdeps_fixtures)
ocislim_unit_test(elfdeps_request_test elfdeps_fixtures)
ocislim_unit_test(elfdeps_token_test elfdeps_fixtures)
ocislim_unit_test(elfdeps_verdict_test elfdeps_fixtures)

# Closures of a whole root, for comparison with ld.so and for timing.
add_executable(elf_closures bench/elf_closures.c)
target_link_libraries(elf_closures PRIVATE elfdeps_fixtures)

# Trees up to the limits: with sanitizers, on a busy machine, they take their time.
set_tests_properties(unit/elfdeps_limits_test PROPERTIES TIMEOUT 600)
