#!/usr/bin/env bash
# The unit, conformance, pool and SPMD tests with clang's address and undefined behaviour sanitizers; with MPI on 1, 2, 3
# and 7 ranks.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tests/check/build.sh

build asan clean_start launcher tests/unit/all tests/mpi/all tests/conformance/all
export UBSAN_OPTIONS=print_stacktrace=1

count=0
# run LEAKS REGEX: Open MPI never frees some of its memory, so programs with MPI are not asked about leaks.
run() {
  local report=build-asan/check-tests.xml
  ASAN_OPTIONS=detect_leaks=$1:detect_stack_use_after_return=1 \
    ctest --preset asan --parallel "$((3 * $(nproc)))" --tests-regex "$2" --output-junit "$PWD/$report"
  count=$((count + $(grep -c '<testcase ' "$report")))
}
run 1 '^unit[.]'
run 0 '^mpi[.][a-z_]*[.][123]$'
echo "$count tests under ASan+UBSan"
