#!/usr/bin/env bash
# run.sh [PART...]: the proof that no test of behaviour gives: tests under sanitizers, fuzz targets, threads, clang-tidy.
# It stops at the first part that finds something.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
[[ $# -gt 0 ]] || set -- sanitizers fuzz threads tidy

SECONDS=0
for part in "$@"; do
  printf '\n== %s\n' "$part"
  bash "tests/check/$part.sh"
done
printf '\ncheck: all well (%s) in %d minutes\n' "$*" $(((SECONDS + 59) / 60))
