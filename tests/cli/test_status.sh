#!/usr/bin/env bash
# Exit statuses, and that nothing is left behind.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"

ends() {
  local expected=$1
  shift
  run "$launcher" run -n 2 "$@"
  expect_status "$expected" "$*"
  expect_clean "$*"
}

ends 0 "$probe" pids "$scratch/pids"
ends 3 "$probe" pids "$scratch/pids" exit 1 3
ends 3 "$probe" pids "$scratch/pids" exit 0 3
ends 255 "$probe" exit 1 255
ends 5 "$probe" pids "$scratch/pids" drop 1 5 sleep 30
ends 139 "$probe" pids "$scratch/pids" raise 1 11 sleep 30
ends 137 "$probe" pids "$scratch/pids" raise 1 9 sleep 30
expect_err_has "rank 1" "the rank that was killed"
ends 134 "$probe" pids "$scratch/pids" raise 0 6 sleep 30
ends 143 "$probe" pids "$scratch/pids" raise 1 15 sleep 30
ends 7 "$probe" pids "$scratch/pids" abort 1 7 sleep 30
ends 4 bash -c 'exit 4'
ends 139 bash -c 'kill -SEGV $$'
ends 0 true

done_testing
