# Each header of ours compiles alone.
file(GLOB_RECURSE headers RELATIVE ${PROJECT_SOURCE_DIR} CONFIGURE_DEPENDS
  ${PROJECT_SOURCE_DIR}/oci/*.h ${PROJECT_SOURCE_DIR}/elfdeps/*.h ${PROJECT_SOURCE_DIR}/slim/*.h)
add_library(headers_alone OBJECT)
target_link_libraries(headers_alone PRIVATE ocislim_flags PkgConfig::GLIB PkgConfig::JANSSON)
foreach(header IN LISTS headers)
  string(MAKE_C_IDENTIFIER ${header} name)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/headers/${name}.c)
  file(CONFIGURE OUTPUT ${source} CONTENT "#include \"${header}\"\n#include \"${header}\"\ntypedef int not_empty;\n")
  target_sources(headers_alone PRIVATE ${source})
endforeach()

# Who may include whom.
add_test(NAME includes COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/includes.sh ${PROJECT_SOURCE_DIR})
