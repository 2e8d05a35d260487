# ocislim_unit_test(name libraries)
ocislim_unit_test(oci_pending_test oci)
