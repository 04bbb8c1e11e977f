#!/usr/bin/env bash
# fuzz.sh [SECONDS [TARGET...]]: runs the fuzz targets, 6 seconds each, beginning with what lies in tests/fuzz/corpus.
# A finding is kept in build-asan/fuzz/TARGET.found; mend the code, and put the file into the target's corpus.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tests/check/build.sh

export seconds=${1:-6}
shift $(($# > 0))
[[ $# -gt 0 ]] || set -- $(basename -s .cpp tests/fuzz/fuzz_*.cpp)
build asan "$@"

export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=0 UBSAN_OPTIONS=print_stacktrace=1
fuzz_one() {
  local target=$1 work=build-asan/fuzz
  local log=$work/$target.log
  rm -rf "${work:?}/$target" "$work/$target.found"
  mkdir -p "$work/$target"
  if "build-asan/tests/fuzz/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -exact_artifact_path="$work/$target.found" "$work/$target" "tests/fuzz/corpus/${target#fuzz_}" >"$log" 2>&1; then
    echo "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs, no finding"
  else
    echo "$target: a finding"
    grep -v -e '^#[0-9]*[[:space:]]' -e NEW_FUNC -e '^INFO' -e '^ *#.* in fuzzer::' "$log" | head -n 60
    return 1
  fi
}
export -f fuzz_one
printf '%s\n' "$@" | xargs -P 2 -I{} bash -c 'fuzz_one {}'
echo "$# fuzz targets"
