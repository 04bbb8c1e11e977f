# hecaton_compiler_flags(file): writes what a program that links to hecaton is compiled with, as a response file
# (`c++ @file -fsyntax-only x.cpp`), for tests that call the compiler themselves. Only hecaton's own headers give warnings.
function(hecaton_compiler_flags file)
  set(own "${PROJECT_SOURCE_DIR}/runtime")
  set(includes "$<FILTER:$<REMOVE_DUPLICATES:$<TARGET_PROPERTY:hecaton,INCLUDE_DIRECTORIES>>,EXCLUDE,^${own}$>")
  set(definitions "$<REMOVE_DUPLICATES:$<TARGET_PROPERTY:hecaton,INTERFACE_COMPILE_DEFINITIONS>>")
  file(GENERATE OUTPUT ${file} CONTENT "-std=c++20
-Wall -Wextra -Wpedantic -Wshadow
-I\"${own}\"
$<$<BOOL:${includes}>:-isystem\"$<JOIN:${includes},\"\n-isystem\">\">
$<$<BOOL:${definitions}>:-D$<JOIN:${definitions},\n-D>>
")
endfunction()
