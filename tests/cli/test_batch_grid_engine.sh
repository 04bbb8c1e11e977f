#!/usr/bin/env bash
# The words of launcher/batch against a real Grid Engine: its scripts are accepted, its answers understood.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
# shellcheck source=hosts.sh
. "$(dirname "$0")/hosts.sh"
# shellcheck source=grid_engine.sh
. "$(dirname "$0")/grid_engine.sh"
# shellcheck source=batch_words.sh
. "$(dirname "$0")/batch_words.sh" sge
hosts_up 2
grid_engine_up 2

says site
expect_said 'version 8\.1\.9' "its version"
expect_said 'queue all\.q open: 0 nodes of 4 cores' "its queues"
expect_said '2 nodes of [0-9]+ cores and [1-9][0-9]+ MiB' "its hosts"
expect_said 'environment orte \$round_robin controls' "its parallel environments"
expect_said 'arrays: max_aj_tasks 75000' "its settings"

accounted() { says one "$1" && grep -Eq -- "$2" "$scratch/said"; }

write_job "$scratch/f older" sweep k7x2m9q4 ranks=3 limit=3600 restarts=2 'directive=-pe orte' <<'TEXT'
exec >>"$folder/out" 2>&1
echo "run $RESTARTED with $NSLOTS slots"
[ "$RESTARTED" = 1 ] && exit 7
exit 99
TEXT
submit_job
wait_until accounted "$id" 'state=failed'
expect_said "$id task=- name=sweep token=k7x2m9q4 state=failed word=- status=7 run=1 nodes=h[12]" "one job"
[ "$(cat "$folder/out")" = $'run 0 with 3 slots\nrun 1 with 3 slots' ] || fail "the script's output: $(cat "$folder/out")"
[ -e "$folder/batch.out" ] || fail "no batch.out in $(ls "$folder")"

write_job "$scratch/array" many abcdefgh last=3 at_once=1 <<'TEXT'
index=$(eval "$array_index")
echo "$index" >>"$folder/indices"
[ "$index" = 2 ] && exec sleep 600
exit "$index"
TEXT
submit_job
wait_until job_is "$id" 'task=2 .*token=abcdefgh state=running'
expect_job "$id" 'task=3 .*state=waiting'
says task "$id" 2
says cancel "$(cat "$scratch/said")"
expect_status 0 "cancel of a task"
has_indices() { [ "$(wc -l <"$folder/indices")" -eq 4 ]; }
wait_until has_indices
[ "$(tr '\n' ' ' <"$folder/indices")" = "0 1 2 3 " ] || fail "indices: $(cat "$folder/indices")"

# An array with a gap is another one there.
cd "$scratch" || exit 1
export XDG_STATE_HOME=$scratch/state XDG_CONFIG_HOME=$scratch/config
run "$launcher" submit --scheduler sge -n 1 --array 1-2,9%2 --name gaps bash -c 'echo "task $HECATON_ARRAY_INDEX"; exit $HECATON_ARRAY_INDEX'
expect_status 0 "an array with a gap"
expect_err_has 'the array is submitted as 0-2, as Grid Engine has no arrays with gaps' "an array with a gap"
run "$launcher" wait gaps
expect_status 9 "an array with a gap: $("$launcher" status gaps)"
run "$launcher" logs gaps_9
expect_out 'task 9' "a task of an array with a gap"

write_job "$scratch/warned" warned warnedee <<'TEXT'
trap 'echo warned >>"$folder/warned"; exit 3' USR2
touch "$folder/begun"
while :; do sleep 0.2; done
TEXT
submit_job
wait_until test -e "$folder/begun"
says cancel "$id"
expect_status 0 "cancel"
wait_until test -e "$folder/warned"

write_job "$scratch/large" large largeeee nodes=100 ranks=64 'directive=-pe orte' <<<'exit 0'
sed -i 's/-pe orte 6400/-pe orte 600/' "$script"
submit_job
large=$id
write_job "$scratch/after" after afterrrr after="$large" <<<'exit 0'
submit_job
wait_until job_is "$id" 'word=hqw'
expect_job "$id" 'state=held'
expect_job "$large" 'name=large token=largeeee state=waiting word=qw'
has_reason() { says why "$large" && grep -q 'cannot run in PE' "$scratch/said"; }
wait_until has_reason
expect_said 'The parallel environment has too few free slots' "why it waits"
says cancel "$large"
wait_until accounted "$id" 'state=done'

write_job "$scratch/late" late lateeeee limit=3 <<<'exec sleep 600'
submit_job
wait_until accounted "$id" 'state=timed out'

write_job "$scratch/nowhere" nowhere nowheree queue=nope <<<'exit 0'
says submit "$script"
expect_said 'refused: .*unknown queue "nope"' "a wrong queue"
grep -q 'qconf -sql' "$scratch/said" || fail "a wrong queue: no advice"
says one 99999
expect_said 'unknown' "a job that is none"

sge qconf -km >/dev/null 2>&1
gone() { ! sge qconf -sh >/dev/null 2>&1; }
wait_until gone
says list
expect_said 'unknown' "the qmaster is gone: the list"
write_job "$scratch/gone" gone goneeeee <<<'exit 0'
says submit "$script"
expect_said 'refused: .*Connection refused.*nothing was submitted' "the qmaster is gone: a submission"
done_testing
