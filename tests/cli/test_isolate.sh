#!/usr/bin/env bash
# Programs with isolated items, as a whole: however they end, no sandbox is left of them.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
program=$isolated

for n in 1 3; do
  on="on $n ranks"
  run "$launcher" run -n "$n" "$program" talk
  expect_status 0 "items that print $on"
  [ "$(grep -o 'item 1' "$scratch/out" | wc -l)" -eq 2 ] || fail "items that print $on: item 1 not printed twice"
  [ "$(grep -o 'end of [012]' "$scratch/out" | wc -l)" -eq 3 ] || fail "items that print $on: an end is missing"

  expect_own_mpi_refused "$program" "$n"

  run "$launcher" run -n "$n" "$program" threads
  expect_status 1 "a thread in front of run $on"
  expect_said_once "a thread in front of run $on"
  expect_err_has "1 thread (isolate_probe) ran already when hecaton::run was called" "a thread in front of run $on"
  HECATON_FORK_WITH_THREADS=1 run "$launcher" run -n "$n" "$program" threads
  expect_status 0 "a thread in front of run that holds no lock $on"
  expect_out initialized "a thread in front of run that holds no lock $on"

  run "$launcher" run -n "$n" "$program" initializer
  expect_status 0 "an initializer $on"
  expect_out initialized "an initializer $on"

  run "$launcher" run -n "$n" "$program" initializer-throws
  expect_status 1 "an initializer that throws $on"
  expect_said_once "an initializer that throws $on"
  expect_err_has "std::domain_error: no licence" "an initializer that throws $on"

  run "$launcher" run -n "$n" "$program" initializer-crashes
  expect_status 1 "an initializer that crashes $on"
  expect_said_once "an initializer that crashes $on"
  expect_err_has "the pool's initializer ended the sandbox that it ran in: killed by SIGABRT (Aborted)" \
    "an initializer that crashes $on"

  run "$launcher" run -n "$n" "$program" initializer-again
  expect_status 1 "an initializer that no sandbox can have $on"
  expect_said_once "an initializer that no sandbox can have $on"
  expect_err_has "Make it a plain function" "an initializer that no sandbox can have $on"

  run "$launcher" run -n "$n" "$program" idle "$pids"
  expect_status 0 "idle sandboxes $on"
  expect_clean "idle sandboxes $on"

  run "$launcher" run -n "$n" "$program" exit "$pids"
  expect_status 3 "exit in the body $on"
  expect_clean "exit in the body $on" soon
done

# The card of a rank names the item that its sandbox was running.
begin_and_see 4 "$launcher" run -n 2 "$program" stay "$pids"
kill -KILL "$(cat "$pids/rank-1")"
wait_until said_to_be_lost 1 || fail "a rank is killed while its sandbox computes: not said"
kill -TERM "$pid"
see_launcher_end "a rank is killed while its sandbox computes"
grep -Eq '^hecaton:   it was running item [01] of a call with 2 items$' "$scratch/err" ||
  fail "a rank is killed while its sandbox computes: the card does not name the item"

# Without the process that forks sandboxes a rank cannot go on; its items are not at fault.
begin_and_see 2 "$launcher" run -n 1 "$program" stay "$pids"
kill -KILL "$(sed -n 's/^PPid:\t//p' "/proc/$(cat "$pids/sandbox-0")/status")"
see_launcher_end "a zygote is killed"
expect_status 137 "a zygote is killed"
expect_err_has "which forks them, was killed; rank 0 ends with it" "a zygote is killed"

killed_in_turn 6 "$program" stay "$pids"  # 3 ranks and 3 sandboxes

done_testing
