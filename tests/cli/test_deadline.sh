#!/usr/bin/env bash
# --time, --rehearse-deadline, SIGUSR2 and the batch job's end: what can be done in time is done and kept, and the status
# says that the job should run again.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
cd "$scratch" || exit 1
timed=$(dirname "$pool")/time_probe

out_of_time='^hecaton: out of time: [0-9]+ items? done, [0-9]+ drained, [0-9]+ left( and what was not read of the input)?; '
expect_line() { grep -Eq "$out_of_time$1" err || fail "$2: no line: $1"; }
expect_no_failure() { ! grep -Eq 'ended with status|was ended|MPI_Abort|non-zero' err || fail "$1: said as a failure"; }

# A journal takes the job to its end in several runs; nothing that was finished runs again, and the answer is the same.
run "$launcher" run -n 2 "$journaled" "$scratch/ran" 60 0
expect_status 0 "without an end"
answer=$(<out)
rm ran
cut=0
for runs in 2 3 1 2 2 2 2 2 2 2 2 2; do
  run "$launcher" run -n "$runs" --restarts 2 --rehearse-deadline 5s --journal j.db "$journaled" "$scratch/ran" 60 50
  [ "$status" -eq 75 ] || break
  cut=1
  expect_line "run it again, and it computes the rest\$" "a rehearsal with a journal"
  expect_no_failure "a rehearsal with a journal"
  ! grep -q 'restart 1' err || fail "a rehearsal with a journal: started again"
done
[ "$cut" -eq 1 ] || fail "a rehearsal with a journal: never cut"
run "$launcher" run -n 2 --journal j.db "$journaled" "$scratch/ran" 60 50
expect_status 0 "the last run"
expect_out "$answer" "the last run"
again=$(sort ran | uniq -d | grep '^done')
[ -z "$again" ] || fail "these ran again: $again"

run "$launcher" run -n 2 --time 4s "$timed" map
expect_status 75 "--time"
expect_one_line "--time"
expect_line "run it again with more time: everything runs again" "--time"
expect_clean "--time"

# What a program can do about it.
run "$launcher" run -n 2 --time 4s "$timed" catch
expect_status 75 "a program that goes on"
expect_out "cut, and the next one too" "a program that goes on"
run "$launcher" run -n 2 --time 4s "$timed" catch-9
expect_status 9 "a program with a status of its own"
run "$launcher" run -n 3 --time 5s "$timed" spmd
expect_status 0 "time_left on all ranks"
expect_out "even" "time_left on all ranks"

# The batch system's warning: the status is the same, and nobody dies of the signal.
for more in "" "--time 1h"; do
  rm -f begun
  # shellcheck disable=SC2086
  "$launcher" run -n 3 $more "$timed" map "$scratch/begun" >out 2>err &
  job=$!
  started+=("$job")
  wait_until test -s begun
  sleep 0.5
  kill -USR2 "$job"
  wait "$job"
  status=$?
  expect_status 75 "SIGUSR2 $more"
  expect_line "run it again" "SIGUSR2 $more"
  expect_no_failure "SIGUSR2 $more"
  expect_clean "SIGUSR2 $more"
done
# mpirun passes it on to the ranks.
rm -f begun
HECATON_RANKS=2 HECATON_LAUNCHER=none "$timed" map "$scratch/begun" >out 2>err &
job=$!
started+=("$job")
wait_until test -s begun
sleep 0.5
kill -USR2 "$job"
wait "$job"
status=$?
expect_status 75 "SIGUSR2 without the launcher"
expect_line "run it again" "SIGUSR2 without the launcher"

# An item that does not end is given up, on whichever rank. Either the pool or the launcher ends the job.
for ranks in 1 2; do
  run "$launcher" run -n "$ranks" --time 5s --journal "stubborn$ranks.db" "$timed" stubborn
  expect_status 75 "an item that does not end, $ranks"
  expect_err_has "out of time: " "an item that does not end, $ranks"
  expect_clean "an item that does not end, $ranks" soon
done

# Programs that know nothing of it.
run "$launcher" run -n 2 --restarts 1 --time 1s sleep 1000
expect_status 124 "a program that knows nothing of it"
expect_one_line "a program that knows nothing of it"
expect_err_has "out of time: the 1s of --time are over, and rank 0-1 still ran and was asked to end" "a program that knows nothing of it"
run "$launcher" run -n 2 --time 1s --journal none.db sleep 1000
expect_status 75 "a program that knows nothing of it, with a journal"
run "$launcher" run -n 1 --restarts 1 --time 1h bash -c 'echo "$HECATON_DEADLINE"; [ -e once ] || { echo >once; kill -KILL $$; sleep 1000; }'
expect_status 0 "a restart"
[ "$(sort -u out | wc -l)" -eq 1 ] && [ "$(wc -l <out)" -eq 2 ] || fail "a restart begins anew: $(<out)"
run "$launcher" run -n 2 --time 1h true
expect_status 0 "a program that ends in time"
expect_no_err "a program that ends in time"
run "$launcher" run -n 1 --time 1h sh -c 'exit 75'
expect_status 75 "a program that asks to be run again"
expect_no_err "a program that asks to be run again"

# How it is told: to ranks and sandboxes, and not to what these start.
hour=$(printf 'body: an hour\nitem: an hour\nitem: an hour\nitem: an hour\nitem: an hour\nsandbox: an hour\nsandbox: an hour')
endless=${hour//an hour/endless}
in_an_hour=$(($(date +%s) + 3600))
tells() {
  local expected=$1
  shift
  run "$@" "$timed" left
  expect_status 0 "$*"
  expect_out "$expected" "$*"
}
tells "$endless" "$launcher" run -n 2
tells "$hour" "$launcher" run -n 2 --time 1h
tells "$hour" "$launcher" run -n 2 --rehearse-deadline 1h --time 5s
tells "$hour" env HECATON_TIME=1h HECATON_RANKS=2
tells "$hour" env HECATON_DEADLINE="$in_an_hour" "$launcher" run -n 2 --time 2h
tells "$hour" env HECATON_DEADLINE="$in_an_hour" HECATON_RANKS=1 HECATON_LAUNCHER=none
tells "$hour" env HECATON_DEADLINE="$in_an_hour.25" mpirun --oversubscribe -n 2
tells "$endless" env HECATON_DEADLINE="$in_an_hour" "$launcher" run -n 2 --time 0
tells "$hour" env COBALT_JOBID=7 COBALT_ENDTIME="$in_an_hour" "$launcher" run -n 2
tells "$hour" env COBALT_JOBID=7 COBALT_ENDTIME="$in_an_hour" mpirun --oversubscribe -n 2
tells "$endless" env COBALT_JOBID=7 COBALT_ENDTIME=1000000 "$launcher" run -n 2
run "$launcher" run -n 1 --time 1h sh -c 'test "$HECATON_DEADLINE" && echo "${HECATON_DEADLINE%.*}"'
[ "$(<out)" -gt "$in_an_hour" ] 2>/dev/null || fail "scripts are not told: $(<out)"

run env HECATON_DEADLINE=tomorrow "$launcher" run -n 1 true
expect_status 2 "no moment"
expect_one_line "no moment"
run env HECATON_DEADLINE=tomorrow HECATON_RANKS=1 "$timed" left
expect_status 2 "no moment, without the launcher"
expect_one_line "no moment, without the launcher"
run "$launcher" run -n 1 --time soon true
expect_status 2 "no time"

done_testing
