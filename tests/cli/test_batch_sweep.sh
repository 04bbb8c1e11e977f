#!/usr/bin/env bash
# The example of examples/cluster on a real Slurm with three nodes. Its time limit is too short; then a node dies while the
# controller is gone, so that nobody takes its request to run again; then the node of `hecaton run` itself dies; then a more
# urgent job takes its place. It ends by itself, with the result of a serial run.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
[ -x "$sweep" ] || skip "needs the examples"
# shellcheck source=slurm.sh
. "$(dirname "$0")/slurm.sh"
cd "$scratch" || exit 1
export XDG_STATE_HOME=$scratch/state XDG_CONFIG_HOME=$scratch/config
slurm_up 3

# Requeues take their time, and looking is not to cost any.
soon() {
  until "$@"; do
    [ $SECONDS -lt $limit ] || return 1
    sleep 0.3
  done
}
# One value of what the job says of itself, not of the runs before.
record() { sed -n "s/\"runs\":\[[^]]*\]//; s/.*[{,]\"$1\":\"\{0,1\}\([^,\"]*\).*/\1/p" "$folder/record" 2>/dev/null; }
# Run $1 is under way, and has the journal.
runs_as() {
  [ "$(record run)" = "$1" ] && [ "$(record ended)" = 0.0 ] || return 1
  [ -e "begun.$1" ] || touch "begun.$1"
  [ sweep.db-progress -nt "begun.$1" ]
}
has_ended() { [ "$(record run)" = "$1" ] && [ "$(record ended)" != 0.0 ]; }
is() { "$launcher" status "$job" 2>/dev/null | grep -qE "^state +$1( |$)"; }
expect_open() { is waiting || is running || fail "$1: $("$launcher" status "$job")"; }
expect_run() { "$launcher" status "$job" | grep -qE "^run +$1 on n[1-3], $2" || fail "run $1: $("$launcher" status "$job")"; }
# The nodes of the job but the first one.
other_node() { scontrol show hostnames "$(squeue -h -j "$job" -o %N)" | grep -vx "$(record host)"; }

run "$launcher" run -n 1 "$sweep" 240 1
expect_status 0 "the serial run"
answer=$(<out)

# Half a minute of work for four ranks, in a limit of 20 s.
run "$launcher" submit -N 2 --ranks-per-node 2 --time 20s --journal sweep.db --restarts 9 "$sweep" 240 500
expect_status 0 "submit"
job=$(sed -n 's/^submitted as \([0-9]*\) .*/\1/p' out)
folder=sweep.hecaton/$job
start "$launcher" wait "$job"
soon has_ended 1 || fail "the first run does not end"
expect_open "a job that is out of time"

# A node on which it runs, but not `hecaton run`. Slurm answers when that has asked for some time.
soon runs_as 2 || fail "it does not run again"
other=$(other_node)
controller_stop
node_crash "${other#n}"
asks_again() { grep -q 'Slurm does not answer, and is asked again' "$folder/err"; }
soon asks_again || fail "Slurm is not asked again"
[ "$(record status)" = 137 ] || fail "a node has died: status $(record status)"
is waiting || fail "a job whose node has died: $("$launcher" status "$job")"
controller_up
soon node_down "${other#n}" 2>err
expect_open "a job whose node has died"
node_up "${other#n}"

# The node of `hecaton run`: the job itself cannot ask for anything, and Slurm starts it again.
soon runs_as 3 || fail "it does not run again after a node has died"
host=$(record host)
node_crash "${host#n}"
node_down "${host#n}"
soon is waiting || fail "a job whose own node has died: $("$launcher" status "$job")"

# A more urgent job takes the nodes.
soon runs_as 4 || fail "it does not run again after its own node has died"
run sbatch -Q -W -p urgent -N 2 --ntasks-per-node=2 -o "$scratch/urgent" --wrap hostname
expect_status 0 "a more urgent job"
expect_open "a job that was preempted"

see_status "the sweep"
expect_status 0 "hecaton wait: $("$launcher" status "$job")"
expect_out "" "hecaton wait"
run "$launcher" logs "$job"
[ "$(tail -n 241 out)" = "$answer" ] || fail "the result is not that of a serial run"
expect_run 1 '.*, status 75$'
expect_run 2 '.*, status 137$'
expect_run 3 'from .*, ended without a word'
expect_run 4 '.*, status 143: the batch system ended it'
is done || fail "its state: $("$launcher" status "$job")"
done_testing
