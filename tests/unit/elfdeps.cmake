# ocislim_unit_test(name libraries)
