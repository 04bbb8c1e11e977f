#!/usr/bin/env bash
# The unit tests that use threads, with clang's thread sanitizer.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tests/check/build.sh

tests=(test_bell test_chunk_run test_driver test_driver_processes test_early_ends test_journal test_journal_holder
  test_lazy test_progress test_recording test_sandbox test_sandbox_life test_shared_numbers test_shared_store test_wheel test_zygote)
build tsan clean_start "${tests[@]}"
ctest --preset tsan --parallel "$((3 * $(nproc)))" --tests-regex "^unit[.]($(IFS='|' && echo "${tests[*]}"))$"
echo "${#tests[@]} under TSan"
