# ocislim_unit_test(name libraries)
ocislim_unit_test(oci_pending_test oci)

# Images made by hand, for the tests of what reads and writes them.
add_library(image_fixture STATIC unit/image_fixture.c)
target_link_libraries(image_fixture PUBLIC oci PkgConfig::ZLIB)
ocislim_unit_test(oci_image_open_test image_fixture)
ocislim_unit_test(oci_image_write_test image_fixture)
ocislim_unit_test(oci_layer_write_test oci PkgConfig::ZLIB PkgConfig::ZSTD)
ocislim_unit_test(oci_tree_write_test oci)
