#!/usr/bin/env bash
# hosts.sh LAUNCHER CHAOS PROGRAM [OPTIONS of chaos...]: the chaos on three hosts in network namespaces, and machines that
# are gone: the job goes on with those that are left, and is resumed from another one.
set -u
launcher_file=$(realpath "$1") chaos=$(realpath "$2") program=$(realpath "$3")
shift 3
strikes=("$@")
cd "$(dirname "$0")/../cli" || exit 1
# shellcheck source=../cli/support.sh
. ./support.sh "$launcher_file"{,,,,,,,,,,,,,}
# shellcheck source=../cli/hosts.sh
. ./hosts.sh
hosts_up 3
cd "$scratch" || exit 1
export HECATON_SSH="$ssh_command -o ConnectTimeout=2"

options=(--on "$hosts/on")
for i in 1 2 3; do options+=(--host "h$i:$(cat "$hosts/h$i.init")"); done
run "$chaos" "$launcher" "$program" --lanes 1 "${strikes[@]}" "${options[@]}"
tail -n 1 out; tail -n 30 err
[ "$status" -eq 0 ] || [ "$status" -eq 77 ] || fail "the chaos"

# serial SEED: sets answer, that of one process.
serial() { answer=$(HECATON_RANKS=1 "$program" "$1" 0 "$scratch/serial") || fail "one process"; }
has_run() { [ "$(cat trace 2>/dev/null | wc -l)" -ge "$1" ]; }
has_run_or_ended() { has_run "$1" || ended; }
committed() {
  "$launcher" journal export j.db --format csv | awk -F, '
    NR > 1 && $6 == "done" { for (i = 0; i < $5; ++i) print $1, $4 + i }' | sort -u
}

# A machine that is gone. A job that does not restart by itself is started again by hand, on what is left.
serial 1
start "$hosts/on" h1 "$launcher" run --hosts h1:1,h2:1,h3:1 --link-timeout 3s --restarts 2 --journal j.db "$program" 1 20000 "$scratch/trace"
wait_until has_run_or_ended 20
kill -KILL "$(cat "$hosts/h3.init")"
see_status "a machine is gone"
expect_status 0 "a machine is gone"
[ "$(grep '^answer' out | sort -u)" = "$answer" ] || fail "a machine is gone: another answer"
rm -f j.db* trace

# So is the one of the launcher and the root. The next start is on another one, with the same file system.
start "$hosts/on" h1 "$launcher" run --hosts h1:1,h2:1 --link-timeout 3s --journal j.db "$program" 1 20000 "$scratch/trace"
some_committed() { grep -Eqs '^call [0-9]+ 0 [0-9]+ [1-9]' j.db-progress || ended; }
wait_until some_committed
kill -KILL "$(cat "$hosts/h1.init")"
see_status "the root's machine is gone"
no_ranks() { [ -z "$(on h2 pgrep -f "^$program")" ]; }
wait_until no_ranks || fail "the root's machine is gone: ranks are left on another one"
committed >kept
[ -s kept ] || fail "the root's machine is gone: nothing was committed"
rm -f trace
run "$hosts/on" h2 "$launcher" run -n 2 --journal j.db "$program" 1 20000 "$scratch/trace"
expect_status 0 "resumed on another machine"
expect_out "$answer" "resumed on another machine"
[ ! -e trace ] || [ -z "$(comm -12 kept <(sort -u trace))" ] || fail "resumed on another machine: something ran again"

done_testing
