#!/usr/bin/env bash
# Programs with a pool, as a whole: their output and their status, on 1, 2, 3 and 7 ranks. Nothing hangs, nothing is left.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
squares='[0, 1, 4, 9, 16, 25, 36, 49, 64, 81]'

expect_line() { [ "$(grep -cxF "$1" "$scratch/err")" -eq 1 ] || fail "$2: not once in a line: $1"; }

# A program that starts alone leaves a folder of Open MPI 5's behind.
others=$TMPDIR
[ "$(open_mpi)" -lt 5 ] || { others=$scratch/others && mkdir "$others"; }

for n in 1 2 3 7; do
  on="on $n ranks"
  run "$launcher" run -n "$n" "$pool"
  expect_status 0 "plain $on"
  expect_out "$squares on $n ranks" "plain $on"
  expect_no_err "plain $on"

  run "$launcher" run -n "$n" "$pool" throw
  expect_status 1 "a body that throws $on"
  [ "$(grep -c '^hecaton: std::runtime_error: the body gives up$' "$scratch/err")" -eq 1 ] ||
    fail "a body that throws $on: not said once"

  run "$launcher" run -n "$n" "$pool" task-throws
  expect_status 1 "a task that throws $on"
  [ "$(grep -c '^hecaton: std::out_of_range: no item three (item 3, rank [0-9]* on ' "$scratch/err")" -eq 1 ] ||
    fail "a task that throws $on: not said once"

  run "$launcher" run -n "$n" "$pool" throw-while-busy
  expect_status 1 "a body that throws while tasks run $on"

  run "$launcher" run -n "$n" "$pool" status
  expect_status 9 "a body's own status $on"
  [ "$(grep -c '^status 9$' "$scratch/out")" -eq "$n" ] || fail "a body's own status $on: not on every rank"

  run "$launcher" run -n "$n" "$pool" exit-in-body
  expect_status 3 "exit in the body $on"

  run "$launcher" run -n "$n" "$pool" exit-in-task
  expect_status 5 "exit in a task $on"
  [ "$(grep -c 'called exit(5) inside a task, item 3: the job ends' "$scratch/err")" -eq 1 ] || fail "exit in a task $on: not said once"

  # expect_named STATUS PROBE LINE: the job ends with that status, and the line is said once.
  expect_named() {
    run "$launcher" run -n "$n" "$pool" "$2"
    expect_status "$1" "$2 $on"
    [ "$(grep -Ec "$3" "$scratch/err")" -eq 1 ] || fail "$2 $on: not said once: $3"
  }
  expect_named 1 finalize-in-task 'rank [0-9]+ on .*, in item 3, called MPI_Finalize inside a task: the job ends'
  expect_named 6 abort-in-task 'rank [0-9]+ on .*, in item 3, called MPI_Abort inside a task: the job ends'
  expect_named 1 finalize-in-body 'rank 0 on .* called MPI_Finalize while a pool was open'
  expect_named 1 silent '^hecaton: .*Silent [(]no text[)]'

  # Items start other programs, which are no ranks of this job.
  for other in "HECATON_RANKS=1 '$pool' closed-world" "HECATON_RANKS=2 '$pool' closed-world" "'$launcher' run -n 2 '$pool' closed-world" \
    "mpirun --oversubscribe -n 2 '$pool' closed-world" "'$probe' rank" "mpirun --oversubscribe -n 2 '$probe' rank"; do
    run "$launcher" run -n "$n" "$pool" start "exec >&2; export TMPDIR='$others'; $other"
    expect_status 0 "items that start $other $on"
    expect_out "$(printf '%s\n' '[0, 0]' '[0, 0]')" "items that start $other $on"
  done

  run "$launcher" run -n "$n" "$pool" left-open
  expect_status 0 "results that are left behind $on"

  run "$launcher" run -n "$n" "$pool" closed
  expect_status 1 "map after close $on"
  [ "$(grep -c '^hecaton: map was called after the pool was closed' "$scratch/err")" -eq 1 ] ||
    fail "map after close $on: not said once"

  run "$launcher" run -n "$n" "$pool" twice
  expect_status 0 "run twice $on"
  [ "$(wc -l <"$scratch/out")" -eq 2 ] || fail "run twice $on"

  run "$launcher" run -n "$n" "$pool" own-mpi-multiple
  expect_status 0 "the program's own MPI $on"
  expect_out "$(printf '%s\n' "$squares" "$squares" "$squares")" "the program's own MPI $on"

  run "$launcher" run -n "$n" "$pool" own-mpi-single
  expect_status 0 "the program's own single-threaded MPI $on"
  expect_out "$(printf '%s\n' "$squares" "$squares" "$squares")" "the program's own single-threaded MPI $on"
  [ "$n" -eq 1 ] || expect_one_line "the program's own single-threaded MPI $on"

  run "$launcher" run -n "$n" "$pool" environment-throws
  expect_status 1 "an exception past Environment $on"
  grep -qx 'caught: rank 0 gives up' "$scratch/out" || fail "an exception past Environment $on: main's handler did not print"

  for bad in -1 8; do
    run "$launcher" run -n "$n" "$pool" processes "$bad"
    expect_status 1 "processes $bad $on"
    [ "$(grep -c "^hecaton: PoolOptions::processes is $bad" "$scratch/err")" -eq 1 ] || fail "processes $bad $on: not said once"
  done
  expect_clean "programs $on"
done

run "$launcher" run -n 2 "$pool" throw-while-stuck
expect_status 1 "a body that throws while a task does not end"
expect_err_has "the job ends" "a body that throws while a task does not end"

# Lines come as they are printed, also where standard output is no terminal.
run "$launcher" run -n 2 "$pool" prints-and-dies
expect_status 137 "a rank that prints and dies"
expect_out "last words" "a rank that prints and dies"

# expect_crash STATUS WHAT: the root ran the item, and the job ended; or others did, up to the last run, in a sandbox.
expect_crash() {
  if [ "$status" -eq 1 ]; then expect_err_has "hecaton::WorkerLost" "$2"; else expect_status "$1" "$2"; fi
}

# A rank that crashes: the card names the item that it was in the middle of, and only then.
for n in 1 3; do
  on="on $n ranks"
  run "$launcher" run -n "$n" "$pool" crash-in-task
  expect_crash 139 "a crash in a task $on"
  expect_line 'hecaton:   it was running item 3 of "sweep"' "a crash in a task $on"
  run "$launcher" run -n "$n" "$pool" crash-in-text-task
  expect_crash 137 "a crash in a task of texts $on"
  expect_line 'hecaton:   it was running item 3 of a call with 10 items' "a crash in a task of texts $on"
  run "$launcher" run -n "$n" "$pool" crash-in-fold
  expect_crash 139 "a crash in a fold $on"
  expect_line 'hecaton:   it was running item 3 of a call with 10 items' "a crash in a fold $on"
  for what in crash-after-tasks crash-in-sandbox; do
    run "$launcher" run -n "$n" "$pool" "$what"
    expect_status 139 "$what $on"
    grep -q 'SIGSEGV' "$scratch/err" || fail "$what $on: no card"
    grep -q 'running item' "$scratch/err" && fail "$what $on: the card names an item"
  done
  run "$launcher" run -n "$n" "$pool" deep-in-task
  expect_crash 139 "a full stack $on"
  expect_err_has 'hecaton:   its stack was full' "a full stack $on"
  run "$launcher" run -n "$n" "$pool" deep-in-sandbox
  expect_status 0 "a full stack in a sandbox $on"
  grep -q 'SIGSEGV (Segmentation fault): its stack was full' "$scratch/out" || fail "a full stack in a sandbox $on: not said"
  run "$launcher" run -n "$n" bash -c '"$@"; exit "$?"' bash "$pool" crash-in-task
  expect_crash 139 "a crash in a task, started by a script $on"
  expect_line 'hecaton:   it was running item 3 of "sweep"' "a crash in a task, started by a script $on"
done
expect_clean "crashes in tasks" soon

# Ranks that are asked to end: what they were doing is said.
for signal in TERM INT; do
  begin_and_see 3 env --default-signal=INT "$launcher" run -n 3 "$pool" never-ends "$pids"/{a,b,c}
  kill -$signal "$pid"
  see_launcher_end "items that never end, SIG$signal"
  for rank in 0 1 2; do
    grep -Eq "^hecaton: when asked to end, rank $rank on [^ ]+ had been in item [0-2] of \"sweep\" for (less than 1|[0-9]+) s\$" \
      "$scratch/err" || fail "items that never end, SIG$signal: rank $rank is not named"
  done
done

# Two programs, and a library that is not everywhere: one line, that names the ranks.
# By a script, for Debian's mpirun 5.0.7 crashes when it is given several programs.
# shellcheck disable=SC2016
run mpirun --oversubscribe -n 3 bash -c '[ $OMPI_COMM_WORLD_RANK = 2 ] && exec "$2"; exec "$1"' bash "$pool" "$other_pool"
expect_status 1 "two programs"
[ "$(grep -c '^hecaton: rank 2 runs another program than rank 0' "$scratch/err")" -eq 1 ] || fail "two programs: not said once"
run "$launcher" run -n 3 "$pool" library-on-rank-0 "$plugin"
expect_status 1 "a library on one rank"
[ "$(grep -c '^hecaton: ranks 1, 2 know other tasks than rank 0' "$scratch/err")" -eq 1 ] ||
  fail "a library on one rank: not said once"

# With no launcher: on as many ranks as asked for.
run env HECATON_RANKS=3 "$pool"
expect_out "$squares on 3 ranks" "HECATON_RANKS=3"
run env HECATON_RANKS=1 "$pool"
expect_out "$squares on 1 ranks" "HECATON_RANKS=1"
run "$pool" processes 3
expect_out "$squares on 3 ranks" "processes 3"
run "$pool" processes -1
[ "$status" -ne 0 ] || fail "processes -1 without a launcher"
expect_one_line "processes -1 without a launcher"
run env HECATON_RANKS=zero "$pool"
expect_status 2 "HECATON_RANKS=zero"
expect_one_line "HECATON_RANKS=zero"
# Started as 4 ranks by a launcher of another MPI: each is alone in its world.
run env HECATON_EXPECTED_SIZE=4 "$pool"
expect_status 2 "a launcher of another MPI"
expect_one_line "a launcher of another MPI"

run mpirun --oversubscribe -n 3 "$pool"
expect_out "$squares on 3 ranks" "plain mpirun"
forget_singletons
expect_clean "programs without a launcher"

done_testing
