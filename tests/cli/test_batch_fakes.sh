#!/usr/bin/env bash
# The words of launcher/batch against the fake batch systems of batch/, which take what the manuals have and nothing else;
# and how the words take answers that are late, wrong or none: never twice, never lost.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
# shellcheck source=batch/up.sh
. "$(dirname "$0")/batch/up.sh"
# shellcheck source=batch_words.sh
. "$(dirname "$0")/batch_words.sh" none
usual_path=$PATH

jobs_there() { find "$FAKE_QUEUE/jobs" -maxdepth 1 -name '[0-9]*' | wc -l; }

for batch_system in slurm pbs torque lsf flux; do
  PATH=$usual_path
  fake_up "$batch_system"
  submitter=sbatch lister=squeue
  case $batch_system in
    pbs | torque) submitter=qsub lister=qselect ;;
    lsf) submitter=bsub lister=bjobs ;;
    flux) submitter=flux-batch lister=flux-jobs ;;
  esac

  write_job "$scratch/$batch_system" sweep k7x2m9q4 nodes=2 ranks=2 limit=3600 restarts=1 queue=normal <<'TEXT'
echo begun >>"$folder/out"
trap 'echo warned >>"$folder/out"; exit 3' USR2
while :; do sleep 0.1; done
TEXT
  next "$submitter" banner
  submit_job
  wait_until job_is "$id" 'state=running'
  expect_job "$id" 'task=- name=sweep token=k7x2m9q4'
  wait_until test -s "$folder/out"
  first=$id

  write_job "$scratch/$batch_system.after" after afterrrr after="$first" <<<'exit 0'
  submit_job "$first"
  after=$id
  expect_job "$after" 'state=waiting'

  says warn "$first"
  expect_status 0 "$batch_system: warn"
  wait_until grep -q warned "$folder/../$batch_system/out"
  if [ "$lister" != qselect ]; then
    wait_until job_is "$first" 'state=failed'
    says one "$first"
    expect_said "$first .*state=failed.* status=3 " "$batch_system: the job's own status"
    wait_until job_is "$after" 'state=done'
  else
    touch "$FAKE_QUEUE/history"  # qselect shows no ended jobs; PBS has a history, Torque keeps them for a while
    ended_in_history() { says one "$1" && grep -q "$2" "$scratch/said"; }
    wait_until ended_in_history "$first" 'state=failed.* status=3 '
    wait_until ended_in_history "$after" 'state=done'
  fi

  if [ "$batch_system" != flux ]; then
    write_job "$scratch/$batch_system.array" many abcdefgh last=3 at_once=2 <<'TEXT'
eval "$array_index" >"$folder/index.$(eval "$array_index")"
exec sleep 600
TEXT
    submit_job
    has_indices() { [ "$(cat "$folder"/index.? 2>/dev/null | wc -l)" -eq 4 ]; }
    wait_until has_indices
    [ "$(cat "$folder"/index.? | tr '\n' ' ')" = "0 1 2 3 " ] || fail "$batch_system: indices: $(tail "$folder"/index.*)"
    wait_until job_is "$id" 'task=3 .*token=abcdefgh state=running'
    says task "$id" 0
    says cancel "$(cat "$scratch/said")"
    expect_status 0 "$batch_system: cancel of a task"
    says cancel "$id"
    expect_status 0 "$batch_system: cancel"
    array_gone() { ! job_is "$1" 'state=running'; }
    wait_until array_gone "$id"
  fi

  write_job "$scratch/$batch_system.trouble" trouble troublee <<<'exec sleep 600'
  for trouble in hang down; do
    before=$(jobs_there)
    next "$submitter" "$trouble"
    BATCH_PROBE_SECONDS=2 says submit "$script"
    answer=unclear  # LSF's words for it come from a server that answers late, too
    [ "$trouble $batch_system" = 'down lsf' ] || [ "$trouble" = hang ] || answer='refused: .*nothing was submitted'
    expect_said "$answer" "$batch_system: $trouble"
    [ "$(jobs_there)" -eq "$before" ] || fail "$batch_system: $trouble: a job"
  done
  for trouble in hang-after die-after lie two quiet; do
    before=$(jobs_there)
    next "$submitter" "$trouble"
    BATCH_PROBE_SECONDS=8 says submit "$script"
    expect_said 'unclear' "$batch_system: $trouble"
    [ "$(jobs_there)" -eq $((before + 1)) ] || fail "$batch_system: $trouble: not one job"
    # Slow machines: the job may not be written yet when its command was killed.
    token_there() { says list && grep -q 'token=troublee' "$scratch/said"; }
    wait_until token_there
    for job in $(sed -n 's/ .*token=troublee .*//p' "$scratch/said"); do says cancel "$job"; done
    token_gone() { says list && ! grep 'token=troublee' "$scratch/said" | grep -Eq 'state=(running|waiting)'; }
    wait_until token_gone
  done
  next "$submitter" refuse
  says submit "$script"
  expect_said 'refused: ' "$batch_system: refuse"
  for trouble in hang down garbage; do
    next "$lister" "$trouble"
    BATCH_PROBE_SECONDS=2 says list
    grep -qx unknown "$scratch/said" || { [ "$trouble" = garbage ] && [ "$lister" = qselect ]; } ||
      fail "$batch_system: a list that is $trouble: $(cat "$scratch/said")"
  done
  printf '#%s --frobnicate\n' "$(sed -n '2s/^#\([^ ]*\) .*/\1/p' "$script")" >"$scratch/more"
  sed -i "1r $scratch/more" "$script"
  says submit "$script"
  expect_said 'refused: .*frobnicate' "$batch_system: a directive that nobody knows"
  fake_down 2>/dev/null
done
done_testing
