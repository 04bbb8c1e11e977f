#!/usr/bin/env bash
# hecaton run --job-folder: the last line of a batch job's script. The job keeps a record of itself in its folder.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
cd "$scratch" || exit 1

# expect_record WORDS WHAT: the record has each of the words, as "NAME":VALUE.
expect_record() {
  local word
  for word in $1; do grep -qF -- "$word" job/record || fail "$2: the record lacks $word: $(<job/record)"; done
}
recorded() { grep -qF -- "$1" job/record 2>/dev/null; }

# The program is named there, with words that no shell could carry.
mkdir job
printf '%s\0' printf '[%s]\n' 'a  b' $'c\nd' "e'f\"g" '' >job/arguments
run "$launcher" run -n 1 --job-folder job
expect_status 0 "odd words"
expect_out $'[a  b]\n[c\nd]\n[e\'f"g]\n[]' "odd words"
expect_record '"run":1 "status":0 "runs":[] "card":[]' "odd words"
recorded '"ended":0.0' && fail "odd words: no end"

# The next run has its own number; how the one before went is kept.
printf '%s\0' bash -c 'exit 3' >job/arguments
run "$launcher" run -n 1 --job-folder job
expect_status 3 "the second run"
expect_record '"run":2 "status":3 "run":1,"status":0' "the second run"

# While it runs: it is alive, and how far the pool's call is.
printf '%s\0' "$survivor" idle "$scratch/go" >job/arguments
start "$launcher" run -n 2 --time 1h --job-folder job
wait_until recorded '"run":3' || fail "a job that runs: no record"
recorded '"ended":0.0' || fail "a job that runs: it says that it has ended"
has_deadline() { ! recorded '"deadline":0.0'; }
wait_until has_deadline || fail "a job that runs: no deadline"
: >go
see_status "a job that runs"
expect_status 0 "a job that runs"
expect_record '"total":100 "done":100 "failed":0 "status":0' "a job that runs"

# A rank that dies: the card is kept.
printf '%s\0' "$probe" raise 1 11 sleep 1000 >job/arguments
run "$launcher" run -n 2 --job-folder job
expect_status 139 "a rank that dies"
expect_record '"status":139 SIGSEGV' "a rank that dies"

# The warning before the end goes to those that handle it, and ends nobody.
# shellcheck disable=SC2016
for what in 'sleep 2' 'trap "echo warned" USR2; touch trapped; for ((i = 0; i < 20; ++i)); do sleep 0.1; done'; do
  printf '%s\0' bash -c "touch begun; $what; echo ended" >job/arguments
  rm -f begun
  start "$launcher" run -n 1 --job-folder job
  wait_until test -e begun
  sleep 0.3
  kill -USR2 "$pid"
  see_status "a warning"
  expect_status 0 "a warning"
  grep -qx ended out || fail "a warning: it ended the rank"
done
grep -qx warned out || fail "a warning: not passed on"

# What cannot run, and a folder that is none.
printf '%s\0' /nowhere/program >job/arguments
run "$launcher" run --job-folder job
expect_status 127 "no program"
expect_one_line "no program"
expect_record '"status":127 /nowhere/program' "no program"
run "$launcher" run --job-folder nowhere
[ "$status" -ne 0 ] || fail "no folder: status 0"
expect_one_line "no folder"
expect_err_has "nowhere/arguments" "no folder"

# Each task of an array has a record of its own.
printf '%s\0' true >job/arguments
HECATON_ARRAY_INDEX=4 run "$launcher" run -n 1 --job-folder job
expect_status 0 "a task of an array"
grep -q '"run":1' job/record.4 || fail "a task of an array: no record"
ls job | grep -qE '^record[.][0-9]+$|^arguments$|^record$' || fail "left behind"
[ -z "$(find job -name '.now.*' -o -name 'record.*.*')" ] || fail "left behind in the folder"

done_testing
