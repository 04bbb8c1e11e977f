#!/usr/bin/env bash
# The deadline on several machines: all ranks are told, and the pool stops in time.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
# shellcheck source=hosts.sh
. "$(dirname "$0")/hosts.sh"
hosts_up 3
cd "$scratch" || exit 1
export HECATON_SSH="$ssh_command -o ConnectTimeout=2"
here=("$hosts/on" h1 "$launcher" run)
timed=$(dirname "$pool")/time_probe

run "${here[@]}" --hosts h1,h2,h3 --time 1h "$timed" left
expect_status 0 "all are told"
[ "$(sed 's/.*: //' out | sort -u)" = "an hour" ] || fail "all are told"

run "${here[@]}" --hosts h1,h2,h3 --time 6s "$timed" map
expect_status 75 "--time"
expect_err_has "out of time: " "--time"
run "${here[@]}" --hosts h1,h2,h3 --time 6s "$timed" spmd
expect_status 0 "time_left on all ranks"
expect_out "even" "time_left on all ranks"

"${here[@]}" --hosts h2,h3 "$timed" map "$scratch/begun" >out 2>err &
started+=("$!")
wait_until test -s begun
kill -USR2 "$(pgrep -f "^$launcher run --hosts h2,h3 $timed map")"
wait "$!"
status=$?
expect_status 75 "SIGUSR2"
expect_err_has "out of time: " "SIGUSR2"

done_testing
