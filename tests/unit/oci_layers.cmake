# ocislim_unit_test(name libraries)
ocislim_unit_test(oci_blob_test oci)
