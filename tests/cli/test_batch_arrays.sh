#!/usr/bin/env bash
# Arrays that a batch system or a site does not take as they are, which are submitted in parts; and tasks that run again as
# jobs of their own. The batch systems are fake ones.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
# shellcheck source=batch/up.sh
. "$(dirname "$0")/batch/up.sh"
usual_path=$PATH
export XDG_STATE_HOME=$scratch/state HECATON_SITE=$scratch/site.toml XDG_CONFIG_HOME=$scratch/config
printf '[flux.env]\nFLUX_URI = ""\n' >"$HECATON_SITE"  # mpirun does not know a fake one

cat >"$scratch/program" <<'TEXT'
#!/bin/bash
index=$HECATON_ARRAY_INDEX
echo "task $index"
echo "$index" >>"runs.$index"
[ "$index" != "$1" ] || [ "$(wc -l <"runs.$index")" -ge "$2" ] || exit 75
[ -z "${3-}" ] || exec sleep 600
exit "$index"
TEXT
chmod +x "$scratch/program"

up() {
  PATH=$usual_path
  rm -rf "$scratch/queue.$1" "$scratch/$1" "$XDG_STATE_HOME"
  fake_up "$1"
  mkdir "$scratch/$1"
  cd "$scratch/$1" || exit 1
}
submit() { run "$launcher" submit --scheduler "$batch_system" -n 1 --time 1h --name sweep "$@"; }
calls() { grep -c "^$1 " "$FAKE_QUEUE/calls"; }
is() { "$launcher" status --all "$1" 2>/dev/null | grep -qE "^state +$2( |$)"; }
down() {
  [ ! -e "$FAKE_QUEUE/complaints" ] || fail "$batch_system: $(cat "$FAKE_QUEUE/complaints")"
  fake_down 2>/dev/null
}

# Task 5 runs three times, each in a job of its own.
for batch_system in pbs flux; do
  up "$batch_system"
  [ "$batch_system" = flux ] || echo 2 >"$FAKE_QUEUE/longest_array"
  submit --array 0,4-5%2 --restarts 2 "$scratch/program" 5 3
  expect_status 0 "$batch_system: submit"
  case $batch_system in
    pbs) expect_err_has 'the array is submitted in 2 parts, as the site allows 2 tasks: 101[].head, 102.head; %2 is shared' "parts" ;;
    flux) expect_err_has 'the array is submitted in 3 parts, as Flux has no arrays: 101, 102, 103; %2 is shared' "parts" ;;
  esac
  run "$launcher" wait sweep
  expect_status 5 "$batch_system: the highest status of all tasks"
  [ "$(cat runs.* | tr '\n' ' ')" = '0 4 5 5 5 ' ] || fail "$batch_system: runs: $(cat runs.*)"
  run "$launcher" logs sweep_5
  expect_out $'task 5\ntask 5\ntask 5' "$batch_system: the log of a task that ran again"
  "$launcher" status sweep_5 | grep -q '^run  *2 on .* status 75' || fail "$batch_system: $("$launcher" status sweep_5)"
  if [ "$batch_system" = pbs ]; then
    [ "$(calls qsub)" = 4 ] || fail "pbs: $(cat "$FAKE_QUEUE/calls")"
    grep -q '^qsub -W depend=afterany:102.head .*/script.2.sh' "$FAKE_QUEUE/calls" && fail "pbs: the parts wait for one another"
    grep -q '^qsub -W depend=afterany:102.head .*/again.5.sh' "$FAKE_QUEUE/calls" || fail "pbs: $(cat "$FAKE_QUEUE/calls")"
  else
    [ "$(grep -c '^flux-batch batch' "$FAKE_QUEUE/calls")" = 5 ] || fail "flux: $(cat "$FAKE_QUEUE/calls")"
    grep -q -- '--dependency=afterany:101 .*/script.3.sh' "$FAKE_QUEUE/calls" || fail "flux: two at once: $(cat "$FAKE_QUEUE/calls")"
  fi
  down
done

# A task that has run again is cancelled by its own id, and as a part of the job.
batch_system=torque
up torque
submit --array 0-1 --restarts 2 "$scratch/program" 1 2 sleep
[ "$status" -eq 0 ] || fail "torque: submit"
again() { "$launcher" status --all sweep_1 2>/dev/null | grep -q '^run  *1 ' && is sweep_1 running; }
wait_until again || fail "a task does not run again: $("$launcher" status sweep_1)"
run "$launcher" status 102
grep -qE '^job +101\[\]\.head_1 ' "$scratch/out" || fail "the job of a task: $(cat "$scratch/out")"
run "$launcher" cancel --grace 0s 102
expect_status 0 "cancel of a task that has run again"
is_soon() { wait_until is "$1" "$2" || fail "$1 does not become $2: $("$launcher" status "$1")"; }
is_soon sweep_1 cancelled
is sweep_0 running || fail "another task: $("$launcher" status sweep_0)"
run "$launcher" cancel --grace 0s sweep
is_soon sweep_0 cancelled
down

# Slurm, whose site allows the indices up to 2.
batch_system=slurm
up slurm
echo 3 >"$FAKE_QUEUE/longest_array"
touch "$FAKE_QUEUE/hold"
submit --array 0-3,7 "$scratch/program" 0 1
expect_err_has 'the array is submitted in 2 parts, as the site allows indices up to 2: 101, 102' "slurm"
submit --array 7 --after sweep "$scratch/program" 0 1
expect_err_has 'the array is submitted as one job, as the site allows indices up to 2' "slurm, one task"
grep -q '^#SBATCH --dependency=afterany:101:102$' sweep.hecaton/103/script.sh || fail "after both parts: $(cat sweep.hecaton/103/script.sh)"
submit --dry-run --array 3-4 "$scratch/program" 0 1
grep -q '^#SBATCH --array=0-1$' "$scratch/out" || fail "a dry run: $(cat "$scratch/out")"
run "$launcher" cancel --grace 0s sweep
expect_status 0 "cancel of all"
for job in 101 102 103; do [ -e "$FAKE_QUEUE/jobs/$job/cancelled" ] || fail "$job is not cancelled"; done

# The second part is refused: the first one is cancelled, and nothing is left.
next sbatch fine
next sbatch refuse
submit --array 0-5 "$scratch/program" 0 1
expect_status 1 "a part that is refused"
expect_err_has 'part 2 of 2 of the array: sbatch does not take the job' "a part that is refused"
expect_err_has '; cancelled: 104' "a part that is refused"
[ -e "$FAKE_QUEUE/jobs/104/cancelled" ] || fail "the part before is not cancelled"
[ "$(find sweep.hecaton -mindepth 1 -maxdepth 1 -type d | wc -l)" = 2 ] || fail "a part that is refused leaves a folder"

# Of the second part nothing is known.
next sbatch fine
next sbatch die-after
echo down >"$FAKE_QUEUE/squeue.always"
submit --array 0-5 "$scratch/program" 0 1
expect_status 1 "a part of which nothing is known"
expect_err_has 'part 2 of 2 of the array: it is not known whether Slurm has the job sweep' "a part of which nothing is known"
expect_err_has '; cancelled: 105' "a part of which nothing is known"
rm "$FAKE_QUEUE/squeue.always"
run "$launcher" status sweep_4
grep -qE '^job +106_4 ' "$scratch/out" || fail "the part is not found: $(cat "$scratch/out")"
run "$launcher" cancel --grace 0s 106
[ -e "$FAKE_QUEUE/jobs/106/cancelled" ] || fail "the part that was found is not cancelled"
[ "$(calls sbatch)" = 7 ] || fail "slurm: $(calls sbatch) submissions"
down
done_testing
