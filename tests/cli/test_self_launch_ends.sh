#!/usr/bin/env bash
# What a program that launches itself reads, says and ends with: as under `hecaton run`, through which it goes, and the
# same where there is no hecaton.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
export HECATON_RANKS=2

for way in "$launcher" none; do
  export HECATON_LAUNCHER=$way
  by="by $(basename "$way")"

  # The rest of what the shell has read a line of, a pipe, much, nothing, and no stream at all.
  seq 10 >"$scratch/numbers"
  { read -r _ && run "$self"; } <"$scratch/numbers"
  [ "$(grep -c '^read: ' "$scratch/out")" -eq 9 ] || fail "a file, $by"
  run "$self" < <(seq 10)
  [ "$(grep -c '^read: ' "$scratch/out")" -eq 10 ] || fail "a pipe, $by"
  run "$self" < <(seq 300000)
  expect_status 0 "two megabytes of input, $by"
  # The other rank's lines may come anywhere among them.
  tr '\n' ' ' <"$scratch/out" | sed 's/before //g; s/rank 1 of 2, expected 2 //; s/^.*rank 0 of 2, expected 2 //' |
    cmp -s - <(seq 300000 | sed 's/^/read: /' | tr '\n' ' ') || fail "two megabytes of input, $by"
  run "$self" </dev/null
  expect_status 0 "no input, $by"
  run "$self" <&-
  expect_status 0 "standard input is closed, $by"
  expect_no_err "standard input is closed, $by"

  # Errors: one line, the status, and quick: mpirun's own wait alone takes two seconds.
  run "$pool" throw
  expect_status 1 "a body that throws, $by"
  expect_one_line "a body that throws, $by"
  expect_err_has "std::runtime_error: the body gives up" "a body that throws, $by"
  run "$pool" task-throws
  expect_status 1 "an item that throws, $by"
  expect_one_line "an item that throws, $by"
  expect_err_has "std::out_of_range: no item three (item 3, rank " "an item that throws, $by"
  run "$pool" exit-in-task
  expect_status 5 "an item that exits, $by"
  expect_one_line "an item that exits, $by"
  run "$pool" status
  expect_status 9 "a status of the body, $by"
  grep -q 'Primary job\|mpirun' "$scratch/err" && fail "a status of the body, $by: mpirun's words"
  run "$pool" crash-in-task
  # The pool may survive it: the item ran again in a sandbox, and was given up.
  [ "$status" -eq 1 ] && grep -q "hecaton::WorkerLost" "$scratch/err" || expect_status 139 "a crash in an item, $by"
  grep -Eq "^hecaton: rank [01] of 2 on $(hostname) (\(pid [0-9]+\) )?was ended by signal 11, SIGSEGV" "$scratch/err" ||
    fail "a crash in an item, $by: no card"
  expect_err_has 'it was running item 3 of "sweep"' "a crash in an item, $by"
  grep -q 'Primary job\|mpirun noticed' "$scratch/err" && fail "a crash in an item, $by: mpirun's words"

  # Signals to the process that was started.
  # shellcheck disable=SC2016
  waiting=("$pool" start "echo \$\$ >$pids/\$\$; exec sleep 10000")
  for signal in INT-130 TERM-143 HUP-129; do
    begin_and_see 2 env --default-signal=INT "${waiting[@]}"
    kill "-${signal%-*}" "$pid"
    see_status "SIG${signal%-*}, $by"
    expect_status "${signal#*-}" "SIG${signal%-*}, $by"
    expect_clean "SIG${signal%-*}, $by" soon
  done
  # What is not read stops nobody, and neither does a reader that goes away.
  run "$pool" < <(yes)
  expect_status 0 "endless input that is not read, $by"
  run bash -c '"$@" | true; exit ${PIPESTATUS[0]}' bash "$self" a < <(yes)
  expect_status 141 "a reader that goes away, $by"
  # Threads, locks and sockets of the program stay behind.
  run "$self" locked "$scratch/lock"
  expect_status 0 "a program that holds a lock, $by"
  expect_clean "all of this, $by"
done
done_testing
