#!/usr/bin/env bash
# The words of launcher/batch against a real Slurm: its scripts are accepted, its answers understood.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
# shellcheck source=slurm.sh
. "$(dirname "$0")/slurm.sh"
# shellcheck source=batch_words.sh
. "$(dirname "$0")/batch_words.sh" slurm
slurm_up 2

write_job "$scratch/f olde%r" sweep k7x2m9q4 nodes=2 limit=3600 restarts=2 <<'TEXT'
exec >>"$folder/out" 2>&1
echo "run ${SLURM_RESTART_COUNT-0} on $SLURM_NNODES nodes"
[ "${SLURM_RESTART_COUNT-0}" = 1 ] && exit 7
exec sleep 600
TEXT
submit_job
first=$id
wait_until job_is "$first" 'state=running'
expect_job "$first" 'task=- name=sweep token=k7x2m9q4 state=running word=RUNNING'
says requeue "$first"
expect_status 0 "requeue"
wait_until job_is "$first" 'state=waiting.*reason=BeginTime'
wait_until job_is "$first" 'state=failed'
says one "$first"
expect_said "$first task=- name=sweep token=k7x2m9q4 state=failed word=FAILED status=7 run=1 nodes=n\[1-2\] reason=NonZeroExitCode" "one job"
grep -q "run 1 on 2 nodes" "$folder/out" || fail "the script: $(cat "$folder/out" "$folder/batch.out"; ls -la "$folder")"
[ -e "$folder/batch.out" ] || fail "no batch.out in $(ls "$folder")"

write_job "$scratch/array" many abcdefgh last=3 at_once=1 <<'TEXT'
index=$(eval "$array_index")
echo "$index" >>"$folder/indices"
[ "$index" = 2 ] && exec sleep 600
exit "$index"
TEXT
submit_job
wait_until job_is "$id" 'task=2 .*state=running'
expect_job "$id" 'task=0 .*state=done'
expect_job "$id" 'task=1 .*state=failed'
expect_job "$id" 'task=3 .*token=abcdefgh state=waiting.*reason=JobArrayTaskLimit'
says task "$id" 2
says cancel "$(cat "$scratch/said")"
wait_until job_is "$id" 'task=3 .*state=failed'
expect_job "$id" 'task=2 .*state=cancelled'
[ "$(tr '\n' ' ' <"$folder/indices")" = "0 1 2 3 " ] || fail "indices: $(cat "$folder/indices")"

write_job "$scratch/warned" warned warnedee <<'TEXT'
trap 'echo warned >>"$folder/warned"; exit 3' USR2
touch "$folder/begun"
while :; do sleep 0.2; done
TEXT
submit_job
wait_until test -e "$folder/begun"
says warn "$id"
wait_until job_is "$id" 'state=failed'
[ -e "$folder/warned" ] || fail "no warning"

write_job "$scratch/after" after afterrrr after="$first" nodes=2 <<<'exit 0'
submit_job
wait_until job_is "$id" 'state=done'

write_job "$scratch/large" large largeeee nodes=2 ranks=2 <<<'exit 0'
sed -i 's/--nodes=2/--nodes=5/' "$script"
says submit "$script"
grep -Eq '^refused: .*(configuration|count)|^id ' "$scratch/said" || fail "too many nodes: $(cat "$scratch/said")"
write_job "$scratch/nowhere" nowhere nowheree queue=nope <<<'exit 0'
says submit "$script"
expect_said 'refused: .*invalid partition' "a wrong partition"
grep -q 'sinfo -s' "$scratch/said" || fail "a wrong partition: no advice"
says one 99999
expect_said 'unknown' "a job that is none"

kill "$(cat "$slurm/slurmctld.pid")"
wait_until controller_is_gone
says list
expect_said 'unknown' "the controller is gone: the list"
write_job "$scratch/gone" gone goneeeee <<<'exit 0'
says submit "$script"
expect_said 'refused: .*connect failure.*nothing was submitted' "the controller is gone: a submission"
done_testing
