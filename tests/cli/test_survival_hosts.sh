#!/usr/bin/env bash
# Ranks that die on other machines: the job goes on without them. A machine that is gone ends it, and with a journal the
# next start computes the rest.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
# shellcheck source=hosts.sh
. "$(dirname "$0")/hosts.sh"
hosts_up 3
cd "$scratch" || exit 1
export HECATON_SSH="$ssh_command -o ConnectTimeout=2"
here=("$hosts/on" h1 "$launcher" run)

# The root is on h1 or h2; the worker that dies may be on any.
for how in 9 11 0; do
  run "${here[@]}" --hosts h2:1,h3:2 "$survivor" once "$how"
  expect_status 0 "$how on another machine"
  expect_out "done, 2 left" "$how on another machine"
  grep -Eq '^hecaton: rank [12] on h3 .* in item 20 of "sweep"' err || fail "$how on another machine: not said"
  expect_clean "$how on another machine" soon
done
run "${here[@]}" --hosts h1:2,h2:2,h3:2 "$survivor" all 9
expect_status 0 "all workers on three machines"
expect_out "5050, 1 left" "all workers on three machines"
run "${here[@]}" --hosts h1:1,h2:1,h3:1 "$survivor" twice 9
expect_status 0 "another pool on three machines"
expect_out $'done, 2 left\nthen 2 of 2' "another pool on three machines"
run "${here[@]}" --link-timeout 2s --hosts h1:1,h2:2 "$survivor" once 19
expect_status 0 "a rank that is stopped on another machine"
expect_out "done, 2 left" "a rank that is stopped on another machine"
expect_clean "deaths on other machines" soon

# A value that is there once on each machine, and the rank that keeps it for its machine dies.
rm -f go
started_idle() { grep -qs '^ready$' out; }
start "${here[@]}" --hosts h1:1,h2:3 "$survivor" idle "$scratch/go"
wait_until started_idle || fail "a keeper of a value: does not begin"
sleep 0.2  # the value has gone out
for process in $(pgrep -f "^$survivor idle"); do
  [ "$(tr '\0' '\n' 2>/dev/null <"/proc/$process/environ" | sed -n 's/^OMPI_COMM_WORLD_RANK=//p')" = 1 ] && kill -KILL "$process" 2>/dev/null
done
: >go
see_status "a keeper of a value"
expect_status 0 "a keeper of a value"
[ "$(tail -n 1 out)" = "5000, 3 left" ] || fail "a keeper of a value: not that"

# A machine that is gone takes its ranks, its shims and its daemon with it.
run "${here[@]}" --hosts h1:1,h2:1 "$journaled" "$scratch/ran" 60 0
answer=$(<out)
rm -f ran
"${here[@]}" --hosts h1:1,h2:1,h3:1 --journal j.db "$journaled" "$scratch/ran" 60 20 >out 2>err &
job=$!
started+=("$job")
# shellcheck disable=SC2317
some_are_kept() { grep -Eqs '^call 1 0 60 [1-9]' j.db-progress; }
wait_until some_are_kept || fail "nothing is kept"
kill -KILL "$(cat "$hosts/h3.init")"
wait "$job" 2>/dev/null
status=$?
[ "$status" -ne 0 ] || fail "a machine is gone: status 0"
"$launcher" journal export j.db --format csv >kept.csv 2>/dev/null
rm -f ran
run "${here[@]}" --hosts h1:1,h2:1 --journal j.db "$journaled" "$scratch/ran" 60 20
expect_status 0 "resumed on the machines that are left"
expect_out "$answer" "resumed on the machines that are left"
kept=$(grep -c "^squares" kept.csv)
[ "$kept" -gt 0 ] && [ "$(grep -c '^done squares' ran)" -eq $((60 - kept)) ] || fail "resumed on the machines that are left: what was kept ran again"

done_testing
