#!/usr/bin/env bash
# tidy.sh [FILE...]: clang-tidy over the sources of the runtime and the launcher, with the checks of .clang-tidy.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

cmake --preset asan >/dev/null  # for compile_commands.json, and files that include those of a library
if [[ $# -eq 0 ]]; then
  mapfile -t files < <(find build-asan/runtime build-asan/launcher -name 'unity_*.cxx' | sort)
  set -- "${files[@]}"
fi
tidy_some() {
  local log
  if log=$(clang-tidy-19 --quiet --checks=-bugprone-suspicious-include -p build-asan "$@" 2>&1); then
    printf '%s\n' "$@"
  else
    grep -v ' warnings\? generated' <<<"$log" || true
    return 1
  fi
}
export -f tidy_some
printf '%s\0' "$@" | xargs -0 -P "$(nproc)" -n 1 bash -c 'tidy_some "$@"' bash
echo "$# files through clang-tidy"
