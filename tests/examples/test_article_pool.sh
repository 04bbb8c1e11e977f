#!/usr/bin/env bash
# The list is printed once, on any number of ranks, with and without a launcher.
set -euo pipefail
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
launcher=$1 program=$2

check() {
  local out
  out=$("$@")
  [ "$out" = '[1, 4, 9, 16, 25]' ] || { printf 'FAILED: %s\n%s\n' "$*" "$out"; exit 1; }
}
for n in 1 2 3 7; do check "$launcher" run -n "$n" "$program"; done
check "$program"
check mpirun --oversubscribe -n 2 "$program"
