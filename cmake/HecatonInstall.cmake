# The rules of `cmake --install` for the library, its headers, the launcher, and the files by which CMake and pkg-config find
# them. Everything is found from where the package file itself lies, so the prefix may be moved afterwards.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/hecaton)

# MPI and fmt may lie where the loader does not look; nothing of the build tree stays in what is installed.
set_target_properties(hecaton PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)
include(HecatonHeaders)
set(headers ${hecaton_public_headers} ${hecaton_needed_headers})
list(TRANSFORM headers PREPEND ${PROJECT_SOURCE_DIR}/runtime/)
target_sources(hecaton PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/runtime FILES ${headers})
install(TARGETS hecaton EXPORT hecatonTargets
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT headers
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

# The launcher has no part of libhecaton.so in it.
if(TARGET launcher)
  set_target_properties(launcher PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)
  install(TARGETS launcher RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(FILES ${PROJECT_SOURCE_DIR}/docs/hecaton.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  install(FILES ${PROJECT_SOURCE_DIR}/launcher/cli/completion.bash RENAME hecaton
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
endif()

# find_package(hecaton)
install(EXPORT hecatonTargets NAMESPACE hecaton:: DESTINATION ${package_dir})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/hecatonConfig.cmake.in
  ${PROJECT_BINARY_DIR}/hecatonConfig.cmake
  INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/hecatonConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/hecatonConfig.cmake ${PROJECT_BINARY_DIR}/hecatonConfigVersion.cmake
  ${CMAKE_CURRENT_LIST_DIR}/HecatonRequirements.cmake
  DESTINATION ${package_dir})

# pkg-config. MPI's and Boost's flags are spelled out as CMake found them: MPI's .pc files have another name with each
# MPI, Boost has none, and headers and library must be of the MPI that libhecaton was built with.
set(pc_cflags "")
foreach(dir IN LISTS MPI_CXX_INCLUDE_DIRS Boost_INCLUDE_DIRS)
  if(NOT dir IN_LIST CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES)
    list(APPEND pc_cflags "-I${dir}")
  endif()
endforeach()
list(APPEND pc_cflags ${MPI_CXX_COMPILE_OPTIONS})
set(pc_libs ${MPI_CXX_LIBRARIES})
list(FILTER pc_libs EXCLUDE REGEX "mpi_cxx")  # the C++ bindings, which nothing here uses
foreach(library IN ITEMS Boost::mpi Boost::serialization)
  list(APPEND pc_libs $<TARGET_LINKER_FILE:${library}>)
endforeach()
if(NOT BUILD_SHARED_LIBS)
  list(APPEND pc_libs ${SQLite3_LIBRARIES})
endif()
# A program finds the library in a prefix that the loader does not know, as it does when CMake links it.
set(pc_rpath " -Wl,-rpath,\${libdir}")
if(CMAKE_INSTALL_PREFIX STREQUAL "/usr" OR NOT BUILD_SHARED_LIBS)
  set(pc_rpath "")
endif()
list(REMOVE_DUPLICATES pc_cflags)
list(JOIN pc_cflags " " pc_cflags)
list(JOIN pc_libs " " pc_libs)
file(RELATIVE_PATH pc_prefix ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" pc_prefix ${pc_prefix})
configure_file(${CMAKE_CURRENT_LIST_DIR}/hecaton.pc.in ${PROJECT_BINARY_DIR}/hecaton.pc.generate @ONLY)
file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/hecaton.pc INPUT ${PROJECT_BINARY_DIR}/hecaton.pc.generate)
install(FILES ${PROJECT_BINARY_DIR}/hecaton.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
