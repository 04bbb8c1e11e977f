#!/usr/bin/env bash
# hecaton submit, status, logs, wait and cancel on a real Slurm with three nodes.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
# shellcheck source=slurm.sh
. "$(dirname "$0")/slurm.sh"
cd "$scratch" || exit 1
export XDG_STATE_HOME=$scratch/state XDG_CONFIG_HOME=$scratch/config
slurm_up 3

submit() { run "$launcher" submit "$@"; }
is() { "$launcher" status --all "$1" 2>/dev/null | grep -qE "^state +$2( |$)"; }
is_soon() { wait_until is "$1" "$2" || fail "$1 does not become $2: $("$launcher" status "$1")"; }

# Slurm is found by itself. Ranks on three nodes, arguments as they are, and the status of the program.
submit -N 3 --ranks-per-node 2 --name hosts bash -c 'echo "$(hostname) $1"' name "it's \$HOME; x"
expect_status 0 "submit"
grep -qE '^submitted as [0-9]+ \(Slurm\); its folder: hosts.hecaton/[0-9]+$' out || fail "what submit says"
run "$launcher" wait hosts
expect_status 0 "wait"
run "$launcher" logs hosts
expect_sorted_out "$(for i in 1 1 2 2 3 3; do echo "n$i it's \$HOME; x"; done)" "ranks on three nodes"
is hosts done || fail "the state of a job that ended well"
"$launcher" status hosts | grep -qE '^memory +[1-9][0-9.]* MiB on n[123]$' || fail "memory: $("$launcher" status hosts)"
submit -n 2 --name fails --wait bash -c 'exit 7'
expect_status 7 "submit --wait"
is fails failed || fail "the state of a job that failed"
submit -N 7 --ranks-per-node 1 --name large true
[ "$status" -ne 0 ] || { is large waiting && "$launcher" cancel large >/dev/null; } || fail "more nodes than there are"

# What is refused is said in Slurm's words, in front of what to look at.
submit -n 1 --queue nope true
expect_status 1 "a wrong partition"
expect_err_has "invalid partition specified: nope" "a wrong partition"
submit -n 1 --mem 100G true
expect_status 1 "more memory than a node has"
expect_err_has "Memory specification can not be satisfied" "more memory than a node has"

# The doctor: Slurm, its partition, its settings; a trial over two nodes, which leaves nothing; a file for all jobs.
doctor() { run "$launcher" doctor --batch "$@"; }
expect_check() { grep -Eq "^$1 +$2  +$3" out || fail "the doctor: no line '$1 $2 $3'"; }
doctor "$probe"
expect_status 0 "the doctor"
expect_check ok "batch system" "Slurm [0-9.]+ answers, in [0-9.]+ s$"
expect_check ok "queue main" "up; the default; no time limit; 3 nodes of 2 cores and 500 MB$"
expect_check ok arrays "MaxArraySize 5: an --array with numbers above 4 is submitted in parts"
expect_check ok "ended jobs" "MinJobAge [0-9]+ s: .*it has no accounting"
expect_check ok preemption "PreemptMode REQUEUE"
expect_check ok "the end" "KillWait 3 s"
expect_check ok trial "job [0-9]+ on n[1-3], n[1-3]: 2 ranks were started and ended well.* they met in Open MPI .*MPI_Init took"
[ ! -e hecaton-doctor.hecaton ] || fail "the doctor leaves a folder: $(find hecaton-doctor.hecaton)"
run "$launcher" status --all
grep -q hecaton-doctor out && fail "the doctor leaves a job"
doctor --queue main --account ab --no-trial
expect_status 0 "the doctor, without a trial"
grep -q ' trial ' out && fail "--no-trial: a trial all the same"
sed -n '/^# for all jobs/,$p' out >site.toml
run env HECATON_SITE="$scratch/site.toml" "$launcher" submit --dry-run -n 1 true
expect_status 0 "the doctor's file: $(<site.toml)"
grep -qx '#SBATCH --partition=main' out || fail "the doctor's file has no partition"
grep -qx '#SBATCH --account=ab' out || fail "the doctor's file has no account"
doctor --queue nope
expect_status 1 "the doctor, with a wrong partition"
expect_check bad "queue nope" "there is none of that name"
submit -N 3 --ranks-per-node 2 --name full --time 10m bash -c 'sleep 600'
is_soon full running
doctor --json --patience 1s
expect_status 0 "a trial that waits"
grep -q '"ok": true' out || fail "a trial that waits: no JSON"
grep -Eq 'did not begin in time, and was cancelled: (Resources|Priority|None|it does not say)' out || fail "why a trial waits is not said"
grep -Fq '"configuration": "# for all jobs' out || fail "--json has no file"
in_queue() { squeue -h -o %j | grep -q ^hecaton-doctor; }
in_queue && fail "a trial that waits is not cancelled: $(squeue)"
start "$launcher" doctor --batch --patience 1h
wait_until in_queue || fail "no trial to be interrupted"
kill -INT "$pid"
see_status "a doctor that is interrupted"
expect_status 130 "a doctor that is interrupted"
in_queue && fail "an interrupted trial is still in the queue"
[ ! -e hecaton-doctor.hecaton ] || fail "an interrupted trial leaves its folder"
"$launcher" cancel --grace 0 full >/dev/null
is_soon full cancelled
for words in '--queue main' '--patience 1m' '--scheduler slurm' '--batch --hosts a'; do
  # shellcheck disable=SC2086
  run "$launcher" doctor $words
  expect_status 2 "doctor $words"
  expect_one_line "doctor $words"
done

# A job that runs, and one that waits for it.
submit -N 3 --ranks-per-node 2 --name long --time 10m bash -c 'echo begun; sleep 600'
is_soon long running
says_so() { "$launcher" status long | grep -q '^says  *the job itself'; }
wait_until says_so || fail "a job that runs says so itself: $("$launcher" status long)"
submit -N 3 --ranks-per-node 2 --name waits --after long true
is waits waiting || fail "a job that waits"
"$launcher" status waits | grep -q '^why  *Dependency' || fail "why it waits: $("$launcher" status waits)"
submit -N 3 --ranks-per-node 2 --name queued --time 1m true
has_start() { "$launcher" status queued | grep -qE '^expected +20[0-9-]+ [0-9]+:[0-9]+$'; }
wait_until has_start || fail "when a job is expected to start: $("$launcher" status queued)"
"$launcher" cancel queued >/dev/null
run "$launcher" cancel --grace 5s long
expect_status 0 "cancel"
is_soon long cancelled
run "$launcher" wait waits
expect_status 0 "a job after one that was cancelled"

# An array.
submit -n 1 --name tasks --array 0-3%2 bash -c 'echo "task $HECATON_ARRAY_INDEX"; exit $((HECATON_ARRAY_INDEX == 3))'
run "$launcher" wait tasks
expect_status 1 "the worst task of an array"
run "$launcher" logs tasks_2
expect_out "task 2" "a task of an array"

# One with a gap, and with more and larger numbers than the site allows: two parts, and one job.
submit -n 1 --name parts --array 0-4,8,20%3 bash -c 'echo "task $HECATON_ARRAY_INDEX"; exit $((HECATON_ARRAY_INDEX == 20 ? 3 : 0))'
grep -qE '^hecaton: the array is submitted in 2 parts, as the site allows indices up to 4: [0-9]+, [0-9]+; %3 is shared' err ||
  fail "an array in parts: $(<err)"
submit -n 1 --name behind --after parts bash -c 'ls parts.hecaton/*/record.*'
run "$launcher" wait parts
expect_status 3 "the worst task of an array in parts"
run "$launcher" logs parts_20
expect_out "task 20" "a task of an array in parts"
[ "$("$launcher" status parts | grep -c ' done ')" = 6 ] || fail "the tasks of an array in parts: $("$launcher" status parts)"
run "$launcher" wait behind
expect_status 0 "a job after an array in parts"
[ "$("$launcher" logs behind | grep -c '/h[a-z2-9]*/record')" = 7 ] || fail "a job begins before the array has ended: $("$launcher" logs behind)"
submit -n 1 --name many --time 10m --array 5-10 sleep 600
all_run() { [ "$("$launcher" status many | grep -c ' running ')" = 6 ]; }
wait_until all_run || fail "an array in parts: $("$launcher" status many)"
run "$launcher" cancel --grace 0s many_10
expect_status 0 "cancel of a task of an array in parts"
run "$launcher" cancel --grace 0s many
expect_status 0 "cancel of an array in parts"
all_cancelled() { [ "$("$launcher" status many | grep -c ' cancelled ')" = 6 ]; }
wait_until all_cancelled || fail "an array in parts, cancelled: $("$launcher" status many)"

# A controller that is gone says nothing about a job.
submit -n 1 --name survives --time 10m bash -c 'while [ ! -e go ]; do sleep 0.2; done; exit 4'
is_soon survives running
kill -KILL "$(<"$slurm/slurmctld.pid")"
"$launcher" status survives >out 2>err
grep -qE '^state +(running|unknown)' out || fail "a controller that is gone: $(<out)"
# Nor is anything submitted then, as one line says. Commands of Slurm have less patience here.
sed 's/^MessageTimeout=.*//; $aMessageTimeout=2' "$SLURM_CONF" >hasty.conf
for SLURM_CONF in "$scratch/hasty.conf" ''; do
  [ -n "$SLURM_CONF" ] || unset SLURM_CONF  # sbatch is installed, and not set up
  doctor
  expect_status 1 "the doctor, without a controller"
  expect_check bad "batch system" "Slurm does not answer: .*(connect failure|configuration source)"
  submit -n 1 --name nobody true
  expect_status 1 "a submission without a controller"
  expect_one_line "a submission without a controller"
  expect_err_has "--scheduler local" "a submission without a controller"
done
export SLURM_CONF=$slurm/slurm.conf
[ ! -e nobody.hecaton ] || fail "a submission without a controller leaves a folder"
touch go
run "$launcher" wait survives
expect_status 4 "the end of a job whose controller is gone"
done_testing
