#!/usr/bin/env bash
# What a report says a serial run takes is so where ranks share a core, and where others keep the cores busy. That is a
# ratio of two times of one program: nothing here depends on how fast the machine is.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
program=$(dirname "$pool")/report_probe
cases=(25ms 0.5ms 20us 20us-alone tiny isolated sleep)
grep -q '^[0-9]* [0-9]* [1-9]' /proc/self/schedstat || skip "needs /proc/self/schedstat, which this kernel does not have"
cores=$(taskset -cp $$ | sed 's/.*: //; s/-.*//; s/,.*//')

run taskset -c "$cores" "$launcher" run -n 4 "$program" "${cases[@]}"
expect_status 0 "4 ranks on one core"
expect_clean "4 ranks on one core"

# busy CORE...: a neighbour on each.
busy() {
  local core
  for core in "$@"; do
    taskset -c "$core" bash -c 'while :; do :; done' &
    started+=($!)
  done
}
busy "$cores"
run taskset -c "$cores" "$launcher" run -n 1 "$program" 25ms 0.5ms sleep
expect_status 0 "a rank and a busy neighbour on one core"
run "$launcher" run -n 2 "$program" "${cases[@]}"
expect_status 0 "a busy neighbour on one of the cores"
run "$launcher" run -n 8 "$program" 25ms 0.5ms tiny
expect_status 0 "8 ranks and a busy neighbour"
done_testing
