#!/usr/bin/env bash
# Batch jobs without a batch system: submit, status, logs, wait and cancel with --scheduler local.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
cd "$scratch" || exit 1
export XDG_STATE_HOME=$scratch/state XDG_CONFIG_HOME=$scratch/config
end_jobs() {
  "$launcher" cancel --all --grace 0 >/dev/null 2>&1
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    "$launcher" status --all 2>/dev/null | grep -qE ' (running|waiting) ' || break
    sleep 0.5
  done
  finish
}
trap end_jobs EXIT

submit() { run "$launcher" submit --scheduler local "$@"; }
is() { "$launcher" status --all "$1" 2>/dev/null | grep -qE "^state +$2( |$)"; }
is_soon() { wait_until is "$1" "$2" || fail "$1 does not become $2: $("$launcher" status "$1")"; }
# field NAME: of the only job in the JSON in out.
field() { grep -oE "\"$1\": [^,]*" "$scratch/out" | head -1 | sed 's/.*: //; s/"//g'; }

# From the submission to the status.
submit -n 2 --name first bash -c 'echo "got: $1"; echo error >&2' name "it's \$HOME
two lines"
expect_status 0 "submit"
expect_out "submitted as 1 (local); its folder: first.hecaton/1" "submit"
run "$launcher" wait first
expect_status 0 "wait"
run "$launcher" wait 1
expect_status 0 "wait, after the end"
run "$launcher" logs 1
expect_sorted_out "got: it's \$HOME
got: it's \$HOME
two lines
two lines" "logs"
expect_err_has error "logs"
run "$launcher" logs --tail 1 first.hecaton/1
expect_out "two lines" "logs --tail"
run "$launcher" logs --rank 1 1
expect_out "got: it's \$HOME
two lines" "logs --rank"
expect_err_has error "logs --rank"
run "$launcher" logs --rank 7 1
expect_out "" "logs of a rank that is none"
expect_one_line "logs of a rank that is none"
is 1 done || fail "the state of a job that has ended"
for file in job.json script.sh arguments out err; do
  [ -s "first.hecaton/1/$file" ] || fail "the folder lacks $file"
done
tail -1 first.hecaton/1/script.sh | grep -q '^exec .*hecaton run --job-folder ' || fail "the script's last line"

# The job's own status, from any folder, with an outer job's variables around.
(cd / && SLURM_JOB_ID=7 OMPI_COMM_WORLD_RANK=3 HECATON_DEADLINE=1 within_limit "$launcher" submit --scheduler local -n 1 \
  --wait bash -c 'exit 9') >out 2>err
status=$?
[ ! -d /bash.hecaton ] || rm -rf /bash.hecaton
expect_status 9 "submit --wait"
submit -n 1 --name clean bash -c 'echo "${SLURM_JOB_ID-none} ${PBS_JOBID-none} ${HECATON_DEADLINE-none}"'
run env SLURM_JOB_ID=7 PBS_JOBID=3 HECATON_DEADLINE=1 "$launcher" submit --scheduler local -n 1 --name clean bash -c \
  'echo "${SLURM_JOB_ID-none} ${PBS_JOBID-none} ${HECATON_DEADLINE-none}"'
run "$launcher" wait clean
run "$launcher" logs clean
expect_out "none none none" "an outer job's variables"
submit -n 1 --name killed bash -c 'kill -9 $$'
run "$launcher" wait killed
expect_status 137 "a job that a signal ends"
is killed failed || fail "the state of a job that failed"
run "$launcher" status killed --json
[ "$(field state)" = failed ] && [ "$(field version)" = 1 ] && [ "$(field status)" = 137 ] || fail "status --json"
if command -v python3 >/dev/null; then
  python3 -c 'import json, sys; jobs = json.load(sys.stdin)["jobs"]; assert jobs[0]["status"] == 137 and jobs[0]["ended"]' \
    <out || fail "status --json is no JSON"
fi

# A job that runs: its log while it comes, its end by cancel. It survives what has submitted it.
touch hold
submit -n 1 --name long bash -c 'echo begun; while [ -e "$1" ]; do sleep 0.1; done; echo over' name "$scratch/hold"
is_soon long running
start "$launcher" logs -f long
wait_until grep -q begun out || fail "logs -f shows nothing"
rm hold
see_status "logs -f"
expect_status 0 "logs -f"
expect_out $'begun\nover' "logs -f"
run "$launcher" wait long
expect_status 0 "wait for a job that has ended"
submit -n 1 --name endless bash -c 'trap "echo warned" USR2; trap "echo asked; exit 5" TERM; while :; do sleep 0.1; done'
is_soon endless running
wait_until grep -q . endless.hecaton/*/script.sh
run "$launcher" wait --timeout 300ms endless
expect_status 124 "wait --timeout"
expect_one_line "wait --timeout"
run "$launcher" cancel --grace 500ms endless
expect_status 0 "cancel"
is_soon endless cancelled
run "$launcher" wait endless
[ "$status" -ne 0 ] || fail "a cancelled job has status 0"
run "$launcher" cancel endless
expect_status 0 "cancel once more"

submit -n 1 --output mine --name elsewhere bash -c 'echo there'
run "$launcher" wait elsewhere
run "$launcher" logs elsewhere
expect_out there "--output"
[ "$(<mine)" = there ] || fail "--output: nothing in the file"

# One after the other, and arrays.
touch hold
submit -n 1 --name before bash -c 'while [ -e "$1" ]; do sleep 0.1; done; echo before >>order' name "$scratch/hold"
submit -n 1 --name behind --after before bash -c 'echo behind >>order'
is behind waiting || fail "a job that has to wait does not"
"$launcher" status behind | grep -q -- '--after' || fail "why a job waits is not said"
run "$launcher" logs behind
expect_err_has "is waiting" "logs of a job that waits"
rm hold
run "$launcher" wait behind
[ "$(<order)" = $'before\nbehind' ] || fail "--after: $(<order)"
submit -n 1 --name tasks --array 0-2,5%2 bash -c 'echo "task $HECATON_ARRAY_INDEX"; exit $((HECATON_ARRAY_INDEX == 5))'
run "$launcher" wait tasks
expect_status 1 "the worst of an array's tasks"
run "$launcher" logs tasks_2
expect_out "task 2" "logs of a task"
"$launcher" status --all | grep -cE '^ *[0-9]+_[0125] +tasks +(done|failed)' | grep -qx 4 || fail "the tasks of an array: $("$launcher" status --all)"

# The limit of time, and another run after status 75.
submit -n 1 --time 2s --name limit bash -c 'trap "" USR2; sleep 600'
run "$launcher" wait limit
[ "$status" -ne 0 ] || fail "a job whose time is over has status 0"
is_soon limit 'timed out'
submit -n 1 --time 10m --restarts 5 --name again bash -c 'echo run >>runs; [ "$(wc -l <runs)" -ge 3 ] || exit 75'
run "$launcher" wait again
expect_status 0 "a job that runs again"
[ "$(wc -l <runs)" -eq 3 ] || fail "it has run $(wc -l <runs) times"
submit -n 1 --time 10m --restarts 1 --name never bash -c 'echo run >>never-runs; exit 75'
run "$launcher" wait never
expect_status 75 "a job whose restarts are over"
[ "$(wc -l <never-runs)" -eq 2 ] || fail "--restarts 1: $(wc -l <never-runs) runs"

# A pool stops in time, and the next run computes the rest, until all is done.
run "$launcher" run -n 2 "$journaled" "$scratch/serial" 200 0
answer=$(<out)
submit -n 2 --time 6s --restarts 30 --journal j.db --name pool "$journaled" "$scratch/ran" 200 100
run "$launcher" wait pool
expect_status 0 "a pool that is cut several times"
expect_out "" "wait"
"$launcher" logs pool 2>/dev/null | tail -n "$(wc -l <<<"$answer")" >out
expect_out "$answer" "a pool that is cut several times"
again=$(sort ran | uniq -d | grep '^done')
[ -z "$again" ] || fail "these ran again: $again"
"$launcher" status pool | grep -q '^run  *1 on .* status 75' || fail "the runs of a job: $("$launcher" status pool)"
"$launcher" status pool | grep -q '200 of 200 items' || fail "the progress of a job: $("$launcher" status pool)"
submit -n 2 --time 1h --restarts 5 --journal cancelled.db --name drains "$journaled" "$scratch/ran" 100000 50
has_progress() { "$launcher" status drains | grep -q '[1-9][0-9]* of 100000 items'; }
wait_until has_progress || fail "a job without progress: $("$launcher" status drains)"
run "$launcher" cancel --grace 1m drains
is drains cancelled || fail "a pool that was cancelled: $("$launcher" status drains)"
grep -q 'out of time: ' drains.hecaton/*/err || fail "a pool that was cancelled was not warned"
run "$launcher" journal verify cancelled.db
expect_status 0 "the journal of a pool that was cancelled"

# The program is changed between its submission and its start; a copy is not.
program() { printf '#!/bin/sh\necho "%s: ${0##*/}"\n' "$1" >prog; chmod 750 prog; }
program old
touch hold
submit -n 1 --name first-of-all bash -c 'while [ -e "$1" ]; do sleep 0.1; done' name "$scratch/hold"
submit -n 1 --name new --after first-of-all ./prog
submit -n 1 --name old --after first-of-all --copy-program ./prog
expect_status 0 "--copy-program"
mv prog prog-before
program new
rm hold
run "$launcher" wait old new
run "$launcher" logs new
expect_out "new: prog" "a program that was changed"
expect_err_has "the program that was submitted at " "a program that was changed"
expect_err_has "--copy-program keeps a copy" "a program that was changed"
run "$launcher" logs old
expect_out "old: prog" "--copy-program"
expect_no_err "--copy-program"
"$launcher" status old | grep -q "^copy  *$scratch/old.hecaton/.*/program/prog" || fail "status: the copy"
[ "$(stat -c '%a %y' old.hecaton/h*/program/prog)" = "$(stat -c '%a %y' prog-before)" ] || fail "the copy's mode and time"
rm -r prog new.hecaton old.hecaton
if unshare -m true 2>/dev/null; then
  run unshare -m bash -c 'mount -t tmpfs -o size=32k tmpfs "$1" && cd "$1" || exit
    "$2" submit --scheduler local -n 1 --copy-program "$3"
    status=$?
    ls
    exit "$status"' small "$scratch/tmp" "$launcher" "$probe"
  expect_status 1 "--copy-program without room"
  expect_one_line "--copy-program without room"
  expect_err_has "are free there" "--copy-program without room"
  expect_out "" "--copy-program without room leaves something"
fi

# Memory and advice.
submit -n 1 --name large --time 1s bash -c 'x=$(head -c 40000000 /dev/zero | tr "\\0" x); exec sleep 600'
run "$launcher" wait large
is large 'timed out' || fail "the state of a job that needs more time"
"$launcher" status large | grep -q '^advice  *it needed more than its 0:00:01: --time ' || fail "advice: $("$launcher" status large)"
run "$launcher" status --json large
if command -v python3 >/dev/null; then
  python3 -c 'import json, sys; job = json.load(sys.stdin)["jobs"][0]
assert job["advice"].startswith("it needed more than its 0:00:01") and not job["memory"]["exhausted"], job' <out ||
    fail "advice in JSON"
fi

# What is set for all jobs.
mkdir -p config/hecaton
printf 'scheduler = "local"\n[env]\nFROM_CONFIG = "a \\"b\\""\n' >config/hecaton/config.toml
run "$launcher" submit -n 1 --name configured bash -c 'echo "$FROM_CONFIG"'
run "$launcher" wait configured
run "$launcher" logs configured
expect_out 'a "b"' "the user's file"
printf 'mem = "1G"\nranks-per-node = 3\n[local]\nranks-per-node = 2\n' >config/hecaton/config.toml
submit --dry-run true
grep -q '^exec .* -n 2 ' out || fail "the user's file: ranks"
echo 'acount = "x"' >config/hecaton/config.toml
submit true
expect_status 2 "a wrong user's file"
expect_one_line "a wrong user's file"
expect_err_has "config.toml, line 1: acount is not known; is it account?" "a wrong user's file"
rm config/hecaton/config.toml

# Nothing is submitted, and nothing is left, where something is wrong.
submit --dry-run -n 2 --time 1h --name dry bash -c 'exit 1'
expect_status 0 "--dry-run"
grep -q '^exec ' out || fail "--dry-run has no script"
[ ! -e dry.hecaton ] || fail "--dry-run leaves a folder"
for words in '--time abc true' '--name -x true' '--array 3-1 true' '--mem x true' '--after nothing true' '-N 2 true' \
  '--scheduler nothing true' '--restarts 2 true' '--output /nowhere/x true' ''; do
  # shellcheck disable=SC2086
  run "$launcher" submit --scheduler local $words
  [ "$status" -ne 0 ] || fail "submit $words: accepted"
  expect_one_line "submit $words"
done
[ ! -e true.hecaton ] || fail "a refused job leaves its folder"
run "$launcher" submit --scheduler local -n 1 ./not-there
expect_status 127 "a program that is not there"
for command in status logs wait cancel; do
  run "$launcher" "$command" nobody
  expect_status 1 "$command of a job that is not there"
  expect_one_line "$command of a job that is not there"
done
run "$launcher" wait
expect_status 2 "wait without a job"

# The doctor.
run "$launcher" doctor --batch --scheduler local "$probe"
expect_status 0 "the doctor"
grep -Eq '^ok +queue +none: .* this machine has [0-9]+ cores?$' out || fail "the doctor: no line of the queue"
grep -Eq '^ok +trial +job [0-9]+ on [^ ]+: 2 ranks were started and ended well.* they met in Open MPI' out || fail "the doctor's trial"
grep -qx 'scheduler = "local"' out || fail "the doctor's file"
[ ! -e hecaton-doctor.hecaton ] || fail "the doctor leaves a folder"
printf '#!/bin/sh\n[ "$1" = --version ] && exec %s --version\necho "no daemon today" >&2; exit 7\n' "$(type -P mpirun)" >bin-mpirun
mkdir bin && mv bin-mpirun bin/mpirun && chmod +x bin/mpirun
run env PATH="$scratch/bin:$PATH" "$launcher" doctor --batch --scheduler local
expect_status 1 "a trial that fails"
grep -Eq '^bad +trial +job [0-9]+, failed: .*status 7.*no daemon today' out || fail "why a trial fails"
grep -Eq 'mend: hecaton logs [0-9]+ .*hecaton-doctor.hecaton/' out || fail "where a trial's log is"

# A runner that is killed: its job is lost, and wait ends.
submit -n 1 --name orphan sleep 600
is_soon orphan running
kill -KILL "$(grep -oE '"pid":[0-9]+' "$XDG_STATE_HOME"/hecaton/local/*/"$(ls orphan.hecaton | grep -x '[0-9]*')"/state | cut -d: -f2)"
run "$launcher" wait orphan
[ "$status" -ne 0 ] || fail "a lost job has status 0"
is orphan lost || fail "a job whose runner was killed is not lost"
done_testing
