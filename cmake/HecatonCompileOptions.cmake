# hecaton_compile_options(target): the language level, warnings and sanitizers of our own targets.
# Nothing of this reaches a program that links to hecaton::hecaton.
function(hecaton_compile_options target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>  # GCC 12 sees overlaps in std::string that are not there (PR 105651)
    $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)  # which libstdc++'s own std::stable_sort uses
  if(CMAKE_UNITY_BUILD)  # there one file's names are seen in the next
    target_compile_options(${target} PRIVATE -Wno-shadow)
    # A folder is one unit, so that a name has to be its file's own among its neighbours only, and a new file changes no
    # other unit.
    set_target_properties(${target} PROPERTIES UNITY_BUILD_MODE GROUP)
    get_target_property(sources ${target} SOURCES)
    foreach(source IN LISTS sources)
      if(NOT source MATCHES "^\\$<")
        get_filename_component(folder ${source} DIRECTORY)
        string(REPLACE "${CMAKE_CURRENT_SOURCE_DIR}/" "" folder "${folder}")
        string(REPLACE "/" "_" folder "${folder}")
        set_source_files_properties(${source} PROPERTIES UNITY_GROUP "${folder}")
      endif()
    endforeach()
  endif()
  if(HECATON_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(HECATON_SANITIZE)
    list(JOIN HECATON_SANITIZE "," sanitizers)
    target_compile_options(${target} PRIVATE -fsanitize=${sanitizers} -fno-sanitize-recover=all
      -fno-omit-frame-pointer)
    target_link_options(${target} PRIVATE -fsanitize=${sanitizers})
    if("thread" IN_LIST HECATON_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      target_compile_options(${target} PRIVATE -Wno-tsan)  # it does not follow the bell's fences, and no data depends on them
    endif()
  endif()
endfunction()
