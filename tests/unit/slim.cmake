# ocislim_unit_test(name libraries)
ocislim_unit_test(slim_shell_test slim_core)
