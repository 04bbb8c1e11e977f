#!/usr/bin/env bash
# hecaton journal: what a journal has, whether it is whole, its rows for other programs, and how parts of it are forgotten.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
cd "$scratch" || exit 1

# fresh [BUILD [COUNT]]: j.db, with that many results of "sweep".
fresh() {
  rm -rf j.db*
  "$journaling" "$PWD/j.db" "${1-aa11}" "${2-20}" || fail "the probe"
}
expect_line() { grep -Eq -- "$1" out || fail "$2: no line $1"; }

fresh
run "$launcher" journal show j.db
expect_status 0 "show"
expect_no_err "show"
expect_line '^j.db: 2 calls, 21 results and 2 failures in [0-9.]+ [kM]B$' "show"
expect_line '^ *1 +sweep +map +20 of 22 +2 +20..-..-.. ..:..:.. +aa11$' "show"
expect_line '^ *2 +\(unnamed\) +apply +1 +0 ' "show"
expect_line '^build aa11 of 20..-..-.. ..:.. \(.*/journal_probe\)$' "show"
[ "$(ls j.db*)" = j.db ] || fail "show leaves files: $(ls j.db*)"
run "$launcher" journal show --call sweep j.db
expect_status 0 "show --call"
expect_line '^ *7 +1 +done +1 +node1 +1 +2017-.* +0.250$' "show --call"
expect_line '^ *21 +1 +failed .* std::runtime_error: a "comma", and a line$' "show --call"
[ "$(grep -c ' done ' out)" -eq 20 ] || fail "show --call: not all results"
run "$launcher" journal show j.db --call 2
expect_line '^\(unnamed\) \(apply\), build aa11' "show --call with an id"

# A journal that is in use is not opened.
mkfifo input
"$journaling" "$PWD/j.db" aa11 20 hold <input >ready &
started+=("$!")
exec 7>input
wait_until grep -q ready ready || fail "the probe does not hold the journal"
wait_until grep -q '^call 1 .* 20 2 map sweep$' j.db-progress || fail "no progress file"
wait_until grep -q '^commit [1-9]' j.db-progress || fail "the commit is not shown"
run "$launcher" journal show j.db
expect_status 0 "show of a journal in use"
expect_line "^j.db: in use by process $! on .*; last commit 20" "show of a journal in use"
expect_line '^ *1 +sweep +map +20 of 22 +2$' "show of a journal in use"
for action in "verify" "export" "forget --failed" "show --call sweep"; do
  read -ra words <<<"$action"
  run "$launcher" journal "${words[@]}" j.db
  expect_status 1 "$action of a journal in use"
  expect_one_line "$action of a journal in use"
  expect_err_has "process $! on " "$action of a journal in use"
done
sed 's/^host .*/host far/; s/^boot .*/boot other/' j.db-holder >far.db-holder
cp j.db far.db
cp j.db-progress far.db-progress
run "$launcher" journal show far.db
expect_status 0 "show of another host's journal"
expect_line '^far.db: may be in use by process [0-9]* on far; last commit 20' "show of another host's journal"
rm far.db*
# After kill -9 the log lies beside it.
kill -KILL "$!"
wait "$!" 2>/dev/null
exec 7>&-
run "$launcher" journal verify j.db
expect_status 0 "verify after a kill"
for rest in wal holder progress; do expect_line "^j.db-$rest: .*killed" "verify after a kill"; done
expect_line '^j.db: ok: 21 results and 2 failures$' "verify after a kill"
[ -s j.db-wal ] || fail "verify takes the log in"
run "$launcher" journal show j.db
expect_line '^ *1 +sweep +map +20 of 22 +2 ' "show after a kill"

fresh
run "$launcher" journal verify j.db
expect_out "j.db: ok: 21 results and 2 failures" "verify"
expect_status 0 "verify"
# damage OLD NEW: replaces bytes of the file by as many others.
damage() { LC_ALL=C sed -i "s/$1/$2/" j.db; }
damage 'value 7n' 'value 8n'
run "$launcher" journal verify j.db
expect_status 1 "verify of a changed result"
expect_line '^j.db: item 7 of sweep does not match its checksum' "verify of a changed result"
expect_line '^j.db: damaged: 1 problem' "verify of a changed result"
run "$launcher" journal export j.db
expect_status 1 "export of a changed result"
expect_line '^sweep,0,map,7,1,damaged,' "export of a changed result"
expect_one_line "export of a changed result"
fresh aa11 2000
dd if=/dev/zero of=j.db bs=16384 seek=4 count=3 conv=notrunc status=none
run "$launcher" journal verify j.db
expect_status 1 "verify of zeros"
fresh
truncate -s -20000 j.db
run "$launcher" journal verify j.db
expect_status 1 "verify of a short file"

fresh
run "$launcher" journal export j.db
expect_status 0 "export"
[ "$(head -1 out)" = call,number,kind,index,items,state,rank,host,attempts,started,duration,error,build,size,value ] || fail "export: the names"
expect_line '^sweep,0,map,7,1,done,1,node1,1,1500000007.0,0.25,,aa11,7,76616c75652037$' "export"
expect_line '^sweep,0,map,21,1,failed,0,node1,1,1500000021.0,0.25,"std::runtime_error: a ""comma"", and$' "export: quotes"
expect_line '^,0,apply,0,1,done,0,,1,0.0,0.0,,aa11,100000,$' "export: a large value"
run "$launcher" journal export j.db --format json -o sweep.json --call sweep
expect_status 0 "export to a file"
expect_out "" "export to a file"
if [ -n "$(type -P python3)" ]; then
  python3 -c 'import json; rows = json.load(open("sweep.json")); assert len(rows) == 22 and rows[7]["value"] == b"value 7".hex() and rows[21]["error"].endswith("\na line")' || fail "export: no JSON"
fi
run "$launcher" journal export j.db -o /dev/full
expect_status 1 "export to a full disk"
expect_one_line "export to a full disk"

run "$launcher" journal forget j.db --call sweep --failed
expect_status 0 "forget --failed"
expect_line '^j.db: forgot 0 results and 2 failures; the file has ' "forget --failed"
run "$launcher" journal show j.db
expect_line '^ *1 +sweep +map +20 of 22 +0 ' "after forget --failed"
run "$launcher" journal forget j.db --call 2
expect_line '^j.db: forgot 1 result and 0 failures' "forget --call"
[ "$(stat -c %s j.db)" -lt 150000 ] || fail "forget: the file has not become smaller"
run "$launcher" journal show j.db
expect_line '^j.db: 1 call, 20 results and 0 failures' "after forget --call"
run "$launcher" journal forget --build aa j.db
expect_line '^j.db: forgot 20 results and 0 failures' "forget --build"
run "$launcher" journal verify j.db
expect_out "j.db: ok: 0 results and 0 failures" "after forget --build"
[ "$(ls j.db*)" = j.db ] || fail "forget leaves files: $(ls j.db*)"
"$journaling" "$PWD/j.db" bb22 5 || fail "a journal with nothing in it takes results of another build"
"$journaling" "$PWD/j.db" cc33 5 2>err && fail "results of another build are not refused"
expect_err_has "build bb22 of 20" "results of another build"
expect_err_has "this is build cc33 of 20" "results of another build"
[ "$(wc -l <err)" -eq 1 ] || fail "results of another build: more than one line"

# refused STATUS TEXT WORDS...: in one line that says so.
refused() {
  run "$launcher" journal "${@:3}"
  expect_status "$1" "${*:3}"
  expect_one_line "${*:3}"
  expect_err_has "$2" "${*:3}"
}
echo text >text
fresh
refused 2 "what is to be done comes first"
refused 2 "one of export, forget, show, verify" frobnicate j.db
refused 2 "one journal at a time: hecaton journal show FILE" show
refused 2 "one journal at a time" show j.db text
refused 2 "unknown option --formats: is it --format?" show j.db --formats csv
refused 2 "--format and --output are for export" show j.db -o file
refused 2 "--failed and --build are for forget" verify j.db --failed
cp j.db kept.db
refused 2 "--output j.db: that is the journal" export j.db -o j.db
cmp -s j.db kept.db || fail "export has changed the journal"
refused 2 "forget what?" forget j.db
refused 2 "it must be one of csv, json" export j.db --format xml
refused 2 "j.db has no call nothing" show j.db --call nothing
refused 2 "j.db has nothing of build ff" forget j.db --build ff
refused 1 "nowhere.db: is not there" show nowhere.db
refused 1 "text: is no journal, but a file of another kind" verify text
refused 1 ".: is a folder" export .
[ ! -e nowhere.db ] || fail "show makes a journal"
run env HECATON_FAILED=1 HECATON_FORMAT=nothing "$launcher" journal show j.db
expect_status 0 "options of journal have no variables"
done_testing
