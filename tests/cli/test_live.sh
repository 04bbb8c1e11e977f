#!/usr/bin/env bash
# What is said of a run while it goes on: which item each rank runs and since when.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"

# item_line RANK [TIME]: the line of a rank of the call "sweep".
item_line() { grep -Eq "^hecaton: rank $1 on [^ ]+ has been in item [0-2] of \"sweep\" for ${2:-(less than 1|[0-9]+)} s\$" "$scratch/err"; }
both_are_said() { item_line 0 "${1-}" && item_line 1 "${1-}"; }
asked_until_seconds() { kill -USR1 "$pid" && sleep 0.2 && both_are_said '[1-9][0-9]*'; }

# ---- SIGUSR1 ends no rank, and the time goes on ----
begin_and_see 2 "$launcher" run -n 2 "$pool" never-ends "$pids"/{a,b}
kill -USR1 "$pid"
wait_until both_are_said || fail "SIGUSR1: the items are not said"
wait_until asked_until_seconds || fail "SIGUSR1: the time does not go on"
kill -TERM "$pid"
see_launcher_end "SIGUSR1, and then SIGTERM"

begin_and_see 2 "$launcher" run -n 3 "$pool" never-ends "$pids"/{a,b}
kill -USR1 "$pid"
rank_without_item() { grep -Eq '^hecaton: rank [0-2] runs no item$' "$scratch/err"; }
wait_until rank_without_item || fail "SIGUSR1: the rank with nothing to run is not said"
kill -TERM "$pid"
see_launcher_end "SIGUSR1 with an idle rank"

# ---- ranks that know no pool; those that handle it get the signal ----
# shellcheck disable=SC2016
begin_and_see 2 "$launcher" run -n 2 bash -c 'trap "echo handled; exit 0" USR1; echo $$ >"$1/$OMPI_COMM_WORLD_RANK"; while :; do sleep 0.1; done' bash "$pids"
kill -USR1 "$pid"
see_status "a handler of the program's own"
expect_status 0 "a handler of the program's own"
expect_out $'handled\nhandled' "a handler of the program's own"

# shellcheck disable=SC2016
begin_and_see 1 "$launcher" run -n 1 bash -c 'echo $$ >"$1/0"; exec sleep 1000' bash "$pids"
kill -USR1 "$pid"
nothing_known() { grep -qx 'hecaton: no rank runs a call of a hecaton pool, as far as is known' "$scratch/err"; }
wait_until nothing_known || fail "SIGUSR1: no line about a program without a pool"
kill -TERM "$pid"
see_launcher_end "SIGUSR1 to a program without a pool"

# ---- a time limit says it too ----
run "$launcher" run -n 2 --timeout 2500ms "$pool" never-ends "$pids"/{c,d}
expect_status 124 "a time limit"
grep -Eq '^hecaton: when asked to end, rank [01] on [^ ]+ had been in item [01] of "sweep" for [0-9]+ s$' "$scratch/err" ||
  fail "a time limit: not said in which item a rank was"

done_testing
