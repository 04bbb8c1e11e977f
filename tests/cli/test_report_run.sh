#!/usr/bin/env bash
# hecaton run --report and --trace: what is said before the start, what is made at the end, however that was, and what is
# left over. The program here writes a recording as the runtime does.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
recordings=$(realpath "$(dirname "$0")/../support/recordings.sh")
cd "$scratch" || exit 1

# recorder CASE [STATUS]: rank 0 records CASE; each rank ends with STATUS.
cat >recorder <<TEXT
#!/bin/bash
[ -z "\${HECATON_REPORT-}\${HECATON_TRACE-}" ] || echo "the ranks see the options"
if [ "\${OMPI_COMM_WORLD_RANK-\${PMI_RANK-0}}" = 0 ]; then
  [ -n "\${HECATON_RECORDING-}" ] || echo "nothing is to be recorded"
  # Without what the launcher adds.
  bash "$recordings" "\$1" | sed '/^launcher /d' >"\${HECATON_RECORDING-/dev/null}"
fi
exit "\${2-0}"
TEXT
chmod +x recorder
only() { [ "$(find . -name 'run*' | sort | tr '\n' ' ')" = "$1" ] || fail "$2: there is $(find . -name 'run*' | tr '\n' ' ')"; }

run "$launcher" run -n 2 --report run.html ./recorder tail
expect_status 0 "a page"
expect_one_line "a page"
grep -q '^hecaton: run.html: parallel efficiency .* waited for item 812' err || fail "a page: the line"
expect_out "" "a page"
only "./run.html " "a page"
grep -q '"command","hecaton run -n 2 --report run.html ./recorder tail"' run.html || fail "the launcher's part: the command"
grep -q '"MPI","' run.html || fail "the launcher's part: the MPI"
grep -qF "\"hosts\",\"$(uname -n)\"" run.html || fail "the launcher's part: the hosts"

rm run.html
HECATON_REPORT=run.html HECATON_TRACE=run.json run "$launcher" run -n 2 ./recorder two 3
expect_status 3 "a program that fails"
expect_err_has "hecaton: run.html and run.json: parallel efficiency" "a program that fails"
grep -q "the ranks see" out && fail "the ranks see the options"
only "./run.html ./run.json " "a program that fails"
grep -q '"exit status","3"' run.html || fail "the launcher's part: the status"
grep -q '"ph":"X"' run.json || fail "a trace"
rm run.*
run "$launcher" run -n 2 --trace run.csv --env HECATON_REPORT=mine bash -c 'echo "$HECATON_REPORT"; ./recorder errors'
expect_err_has "hecaton: run.csv: parallel efficiency" "a table"
grep -q "^mine$" out || fail "--env counts"
[ "$(wc -l <run.csv)" -eq 601 ] || fail "a table: a line an item"
rm run.csv

# As far as the job came.
cat >dies <<TEXT
#!/bin/bash
./recorder died
kill -KILL \$\$
TEXT
chmod +x dies
run "$launcher" run -n 1 --report run.html --trace run.json ./dies
expect_status 137 "a job that died"
expect_err_has "run.html and run.json: " "a job that died"
grep -q 'The job ended here, after ' run.html || fail "a job that died: not said"
grep -q 'was ended by signal 9' run.html || fail "the launcher's part: losses"
tail -c 4 run.json | grep -q ']}' || fail "a job that died: the trace has no end"
only "./run.html ./run.json " "a job that died"
rm run.*
begin_and_see 1 "$launcher" run -n 1 --report run.html bash -c "./recorder two; echo \$\$ >$pids/rank-0; sleep 1000"
kill -TERM "$pid"  # a shell makes what it starts in the background ignore SIGINT
see_launcher_end "asked to end"
expect_status 143 "asked to end"
only "./run.html " "asked to end"
rm run.html
# The launcher itself is killed: the recording is there.
begin_and_see 1 "$launcher" run -n 1 --report run.html bash -c "./recorder two; echo \$\$ >$pids/rank-0; sleep 1000"
kill -KILL "$pid"
see_end "the launcher is killed"
rm -rf "${TMPDIR:?}"/*
only "./run.html.recording " "the launcher is killed"
run "$launcher" report run.html.recording -o run.html
expect_status 0 "the launcher is killed: the page is made later"
rm run.*
# After a restart there is the report of the last run.
cat >once <<'TEXT'
#!/bin/bash
if [ -e again ]; then ./recorder two; else touch again && ./recorder died && kill -KILL $$; fi
TEXT
chmod +x once
run "$launcher" run -n 1 --restarts 1 --report run.html ./once
expect_status 0 "a restart"
[ "$(grep -c 'run.html: parallel' err)" -eq 2 ] || fail "a restart: a report of each run"
grep -q 'The job ended here' run.html && fail "a restart: the report is of the first run"
only "./run.html " "a restart"
rm run.html

# Programs that record themselves.
run "$launcher" run -n 2 --report run.html --trace run.csv "${pool%/*}/report_probe" sleep
expect_status 0 "a pool"
expect_err_has "run.html and run.csv: parallel efficiency" "a pool"
[ "$(grep -c ',done$' run.csv)" -ge 30 ] || fail "a pool: a line an item"
grep -q ',failed$\|,lost$' run.csv && fail "a pool: something has failed"
[ "$(cut -d, -f3 run.csv | sort -u | grep -c '^[01]$')" -eq 2 ] || fail "a pool: both ranks"
rm run.*
run "$launcher" run -n 2 --trace run.csv "$pool" task-throws
expect_status 1 "an item that fails"
[ "$(grep -c ',failed$' run.csv)" -eq 1 ] || fail "an item that fails: its line"
grep -q '^3,.*,failed$' run.csv || fail "an item that fails: another one"
run "$launcher" run -n 2 --trace run.json "$pool" task-throws
grep '"ph":"X"' run.json | grep -q '"failed":1' || fail "an item that fails: its event"
rm run.*
HECATON_REPORT=run.html HECATON_RANKS=2 run "${pool%/*}/report_probe" sleep
expect_status 0 "a program that launches itself"
[ -s run.html ] || fail "a program that launches itself: no page"
rm -f run.*

# What cannot be is said before the start.
refused() {
  run "$launcher" run -n 1 "${@:2}" touch started
  expect_status 2 "${*:2}"
  expect_one_line "${*:2}"
  expect_err_has "$1" "${*:2}"
  [ ! -e started ] || fail "${*:2}: something has started"
}
mkdir folder.html
refused "--report no/run.html: No such file or directory" --report no/run.html
refused "--report folder.html: that is a folder" --report folder.html
refused "--report run.pdf: its name must end with .html, .json or .csv" --report run.pdf
refused "--report run.json: that is a page, name it .html" --report run.json
refused "--trace run.html: name it .json or .csv" --trace run.html
refused "--trace run: its name must end with" --report run.html --trace run
only "" "refusals"
touch run.html.recording # of an earlier run
run "$launcher" run -n 1 --report run.html true
expect_status 0 "a program that records nothing"
expect_one_line "a program that records nothing"
expect_err_has "run.html was not made: the program has recorded nothing" "a program that records nothing"
only "" "a program that records nothing"
run "$launcher" run -n 1 --dry-run --report run.html true
expect_status 0 "--dry-run"
expect_no_err "--dry-run"
grep -q RECORDING out && fail "--dry-run: the command records"
# A full disk costs the report only, and the recording is kept.
if [ -w /dev/full ]; then
  ln -s /dev/full full.html
  run "$launcher" run -n 1 --report full.html --trace run.csv ./recorder two
  expect_status 0 "a full disk"
  expect_err_has "full.html cannot be written: No space left on device" "a full disk"
  expect_err_has "run.csv: parallel efficiency" "a full disk"
  expect_err_has "the recording is kept: hecaton report $PWD/full.html.recording -o FILE" "a full disk"
  [ -s full.html.recording ] || fail "a full disk: the recording is gone"
fi
rm -f run.* full.*
# A damaged recording costs the report, too.
run "$launcher" run -n 1 --report run.html bash -c 'echo nonsense >"$HECATON_RECORDING"'
expect_status 0 "a damaged recording"
expect_one_line "a damaged recording"
expect_err_has "no report: $PWD/run.html.recording: that is no recording of hecaton" "a damaged recording"
rm run.*

# A batch job makes its report in its folder of work; a task of an array has its number in the name.
export XDG_STATE_HOME=$scratch/state XDG_CONFIG_HOME=$scratch/config
run "$launcher" submit --scheduler local --wait -n 1 --name batch --report run.html --trace run.csv ./recorder two
expect_status 0 "a batch job"
only "./run.csv ./run.html " "a batch job"
grep -q 'run.html and run.csv: parallel' batch.hecaton/*/err || fail "a batch job: not said"
rm run.*
HECATON_REPORT=run.html run "$launcher" submit --scheduler local --wait -n 1 --name tasks --array 3-4 ./recorder two
expect_status 0 "an array"
only "./run.3.html ./run.4.html " "an array"
rm run.*
run "$launcher" submit --scheduler local -n 1 --report run.pdf ./recorder two
expect_status 2 "submit with a bad name"
expect_one_line "submit with a bad name"
run "$launcher" submit --scheduler local --dry-run -n 1 --report 'a b.html' ./recorder two
expect_status 0 "submit --dry-run"
grep -q -- "--report 'a b.html'" out || fail "submit --dry-run: the script"
expect_clean "the end"
done_testing
