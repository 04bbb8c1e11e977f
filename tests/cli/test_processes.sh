#!/usr/bin/env bash
# Programs with Processes, as a whole: however they end, nothing is left of them.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
program=$(realpath "$7")
pids=$scratch/pids

for n in 1 2 3 7; do
  on="on $n ranks"
  run "$launcher" run -n "$n" "$program" drain "$pids"
  expect_status 0 "processes that outlive the body $on"
  expect_out "$(printf 'finished\n%.0s' 1 2 3 4)" "processes that outlive the body $on"
  expect_clean "processes that outlive the body $on"

  run "$launcher" run -n "$n" "$program" throw "$pids"
  expect_status 1 "a body that throws $on"
  expect_said_once "a body that throws $on"
  expect_clean "a body that throws $on"

  run "$launcher" run -n "$n" "$program" terminate "$pids"
  expect_status 0 "terminate $on"
  expect_out "$(printf -- '-15\n%.0s' 1 2 3 4)" "terminate $on"
  expect_clean "terminate $on"

  run "$launcher" run -n "$n" "$program" exit "$pids"
  expect_status 3 "exit in the body $on"
  expect_clean "exit in the body $on"
done

for n in 1 3; do
  on="on $n ranks"
  run "$launcher" run -n "$n" "$program" fail
  expect_status 0 "a process that throws $on"
  expect_out 1 "a process that throws $on"
  expect_said_once "a process that throws $on"
  grep -qE '^hecaton: Failing \(pid [0-9]+ on rank 0, .*\): std::out_of_range: no such thing$' "$scratch/err" ||
    fail "a process that throws $on: not said who"

  run "$launcher" run -n "$n" "$program" closed
  expect_status 1 "start after close $on"
  expect_err_has "hecaton: Process::start() was called after the pool was closed" "start after close $on"

  run "$launcher" run -n "$n" "$program" own-mpi
  expect_status 1 "the program's own MPI $on"
  expect_said_once "the program's own MPI $on"
  expect_err_has "Start MPI through hecaton::run or hecaton::Environment" "the program's own MPI $on"
done

# Those that do not listen are killed a second later.
for how in throw exit; do
  run "$launcher" run -n 2 "$program" "stubborn-$how" "$pids"
  expect_status $([ "$how" = throw ] && echo 1 || echo 3) "stubborn processes, $how"
  expect_clean "stubborn processes, $how"
done

killed_in_turn 7 "$program" stay "$pids"  # 3 ranks and 4 processes

done_testing
