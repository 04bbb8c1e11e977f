#!/usr/bin/env bash
# Programs with Processes, as a whole: however they end, nothing is left of them.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
program=$(realpath "$7")
pids=$scratch/pids

# One line of ours; mpirun says a lot about a status that is not 0.
expect_said_once() { [ "$(grep -c '^hecaton: ' "$scratch/err")" -eq 1 ] || fail "$1: not said in one line"; }

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

# begin COMMAND...: starts it, and waits until 3 ranks and 4 processes run.
begin() {
  rm -f "$pids"/*
  "$@" "$program" stay "$pids" >"$scratch/out" 2>"$scratch/err" &
  pid=$!
  started+=("$pid")
  wait_until 100 has_pids 7 || fail "did not start: $*"
}
ended() { ! alive "$pid"; }
end() {
  wait_until 100 ended || { fail "$1: hangs"; kill -KILL "$pid"; }
  wait "$pid" 2>/dev/null
  status=$?
  wait_until 50 none_alive || fail "$1: left behind"
  wait_until 30 nothing_in_tmpdir
  rm -rf "${TMPDIR:?}"/* "$pids"/*
}
for rank in 0 1 2; do
  begin "$launcher" run -n 3
  kill -KILL "$(cat "$pids/rank-$rank")"
  end "rank $rank is killed"
  [ "$status" -ne 0 ] || fail "rank $rank is killed: status 0"
done
begin mpirun --oversubscribe -n 3
kill -KILL "$pid"
end "mpirun is killed"
begin "$launcher" run -n 3
kill -TERM "$pid"
end "the launcher is asked to end"
expect_status 143 "the launcher is asked to end"

done_testing
