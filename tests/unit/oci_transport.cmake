# ocislim_unit_test(name libraries)
ocislim_unit_test(oci_pending_test oci)

# Images made by hand, for the tests of what reads and writes them.
add_library(image_fixture STATIC unit/image_fixture.c)
target_link_libraries(image_fixture PUBLIC oci PkgConfig::ZLIB)
ocislim_unit_test(oci_image_open_test image_fixture)
ocislim_unit_test(oci_image_write_test image_fixture)
ocislim_unit_test(oci_layer_write_test oci PkgConfig::ZLIB PkgConfig::ZSTD)
ocislim_unit_test(oci_tree_write_test oci)

# Registries: what can be tested without one; tests/field has the real ones.
ocislim_unit_test(oci_challenge_test oci)
ocislim_unit_test(oci_credentials_test oci)
ocislim_unit_test(oci_http_url_test oci)
ocislim_unit_test(oci_registry_name_test oci)
