#!/usr/bin/env bash
# Programs with Processes, as a whole: however they end, nothing is left of them.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
program=$processes

# ends STATUS WAY N: the program on N ranks, which is to end in that WAY, does so, and leaves nothing.
ends() {
  run "$launcher" run -n "$3" "$program" "$2" "$pids"
  expect_status "$1" "$2 on $3 ranks"
  expect_clean "$2 on $3 ranks"
}

for n in 1 2 3 7; do
  ends 0 drain "$n"
  expect_out "$(printf 'finished\n%.0s' 1 2 3 4)" "processes that outlive the body on $n ranks"
  ends 1 throw "$n"
  expect_said_once "a body that throws on $n ranks"
  ends 0 terminate "$n"
  expect_out "$(printf -- '-15\n%.0s' 1 2 3 4)" "terminate on $n ranks"
  ends 3 exit "$n"
done

for n in 1 3; do
  ends 0 fail "$n"
  expect_out 1 "a process that throws on $n ranks"
  expect_said_once "a process that throws on $n ranks"
  grep -qE '^hecaton: Failing \(pid [0-9]+ on rank 0, .*\): std::out_of_range: no such thing$' "$scratch/err" ||
    fail "a process that throws on $n ranks: not said which"
  ends 1 closed "$n"
  expect_err_has "hecaton: Process::start() was called after the pool was closed" "start after close on $n ranks"
  expect_own_mpi_refused "$program" "$n"
done

# Those that do not listen are killed a second later.
ends 1 stubborn-throw 2
ends 3 stubborn-exit 2

killed_in_turn 7 "$program" stay "$pids"  # 3 ranks and 4 processes

done_testing
