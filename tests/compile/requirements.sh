#!/usr/bin/env bash
# requirements.sh CXX FLAGS CMAKE REQUIREMENTS FOLDER: what a compiler or a flag lacks is one error with one line, by the header
# and by CMake; libstdc++'s debug mode compiles.
set -u
export LC_ALL=C
cxx=$1 flags=$2 cmake=$3 requirements=$4 folder=$5
failures=0
fail() {
  failures=$((failures + 1))
  printf 'FAILED: %s\n%s\n' "$1" "$output"
}
source=$(mktemp "$folder/requirements-XXXXXX.cpp") || exit 1
trap 'rm -f "$source"' EXIT
printf '#include <hecaton/hecaton.hpp>\nint main() {}\n' >"$source"

# one_error TEXT FLAG...
one_error() {
  local text=$1
  shift
  output=$("$cxx" "@$flags" "$@" -fsyntax-only "$source" 2>&1) && fail "$* compiles"
  [ "$(grep -c 'error:' <<<"$output")" = 1 ] && grep -q "error: .*$text" <<<"$output" || fail "$*: not one error with '$text'"
}
one_error 'hecaton needs C++20' -std=c++17
one_error 'hecaton needs RTTI' -fno-rtti
one_error 'hecaton needs exceptions' -fno-exceptions
output=$("$cxx" "@$flags" -D_GLIBCXX_DEBUG -fsyntax-only "$source" 2>&1) || fail "-D_GLIBCXX_DEBUG does not compile"

# refuses TEXT VARIABLE=VALUE...
refuses() {
  local text=$1
  shift
  output=$("$cmake" -DCMAKE_SYSTEM_NAME=Linux "${@/#/-D}" -P "$requirements" 2>&1) && fail "CMake takes $*"
  tr '\n' ' ' <<<"$output" | tr -s ' ' | grep -q "hecaton needs $text" || fail "CMake, $*: not '$text'"
}
refuses 'GCC from 12 on' CMAKE_CXX_COMPILER_ID=GNU CMAKE_CXX_COMPILER_VERSION=11.4.0
refuses 'GCC from 12 on, or clang from 16 on' CMAKE_CXX_COMPILER_ID=Clang CMAKE_CXX_COMPILER_VERSION=15.0.7
refuses 'RTTI and exceptions' CMAKE_CXX_COMPILER_ID=GNU CMAKE_CXX_COMPILER_VERSION=12.2.0 CMAKE_CXX_FLAGS=-fno-rtti
output=$("$cmake" -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_CXX_COMPILER_ID=GNU -DCMAKE_CXX_COMPILER_VERSION=12.2.0 -P "$requirements" 2>&1) ||
  fail "CMake refuses GCC 12"
exit $((failures > 0))
