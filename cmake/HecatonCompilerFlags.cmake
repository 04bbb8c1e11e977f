# hecaton_compiler_flags(file): writes what a program that links to hecaton is compiled with, as a response file
# (`c++ @file -fsyntax-only x.cpp`), for tests that call the compiler themselves. Only hecaton's own headers give warnings.
function(hecaton_compiler_flags file)
  set(own "${PROJECT_SOURCE_DIR}/runtime")
  # Named once more, the compiler's own directories would come in another order (#include_next); CMake drops them too.
  list(JOIN CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES "|" dropped)
  string(REGEX REPLACE "([+.*()?])" "[\\1]" dropped "${own}|${dropped}")
  set(includes "$<REMOVE_DUPLICATES:$<TARGET_PROPERTY:hecaton,INCLUDE_DIRECTORIES>>")
  set(includes "$<FILTER:${includes},EXCLUDE,^(${dropped})$>")
  set(definitions "$<REMOVE_DUPLICATES:$<TARGET_PROPERTY:hecaton,INTERFACE_COMPILE_DEFINITIONS>>")
  file(GENERATE OUTPUT ${file} CONTENT "-std=c++20
-Wall -Wextra -Wpedantic -Wshadow
-I\"${own}\"
$<$<BOOL:${includes}>:-isystem\"$<JOIN:${includes},\"\n-isystem\">\">
$<$<BOOL:${definitions}>:-D$<JOIN:${definitions},\n-D>>
")
endfunction()
