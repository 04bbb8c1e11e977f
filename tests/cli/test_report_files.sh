#!/usr/bin/env bash
# hecaton report: pages, traces and tables that are made of recordings, and what it says about what is none.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
recordings=$(realpath "$(dirname "$0")/../support/recordings.sh")
cd "$scratch" || exit 1

# recorded CASE: CASE.rec.
recorded() { bash "$recordings" "$1" >"$1.rec" || fail "the recording $1"; }
for case in two tail errors died; do recorded "$case"; done

run "$launcher" report tail.rec
expect_status 0 "a sentence"
expect_no_err "a sentence"
head -1 out | grep -Eq '^parallel efficiency [0-9]+ % = load balance [0-9]+ % × dispatch [0-9]+ % × start and tail [0-9]+ %: the last [0-9]+ s waited for item 812; with a cost hint it would have ended [0-9]+ s earlier$' ||
  fail "the sentence"
grep -Eq '^sweep +1000 +0 +0 ' out || fail "the call"
run "$launcher" report died.rec
expect_status 0 "a job that died"
grep -q '^The job ended here, after ' out || fail "a job that died: not said"
grep -Eq '^search +40 ' out || fail "a job that died: the torn line counts"

for case in two tail errors died; do
  for kind in html json csv; do
    run "$launcher" report "$case.rec" -o "$case.$kind"
    expect_status 0 "$case.$kind"
    expect_no_err "$case.$kind"
    [ -s "$case.$kind" ] || fail "$case.$kind is empty"
  done
done
[ "$(head -1 tail.csv)" = index,call,rank,host,start,duration,attempts,state ] || fail "the header"
[ "$(wc -l <tail.csv)" -eq 1001 ] || fail "a line an item"
[ "$(grep -c ',failed$' errors.csv)" -eq 17 ] || fail "failed items"
[ "$(grep -c '^230,' errors.csv)" -eq 1 ] || fail "an item that was run again has one line"
grep -q '^230,simulate,.*,2,done$' errors.csv || fail "the second attempt"
[ "$(grep -c '"ph":"X"' tail.json)" -eq 1000 ] || fail "an event an item"
grep -q '"name":"all_reduce"' two.json || fail "collectives in the trace"
grep -q '<title>sweep: what ran where</title>' tail.html || fail "the title"
grep -q 'waited for item 812' tail.html || fail "the sentence in the page"
grep -Eqi '(src|href)=|https?:|@import|url\(' tail.html && fail "the page asks for other files"

# The table is as good as the recording, for what it knows.
run "$launcher" report tail.csv -o again.csv
expect_status 0 "CSV to CSV"
cmp tail.csv again.csv || fail "CSV to CSV: another one"
run "$launcher" report -o again.html tail.csv
expect_status 0 "CSV to HTML"
run "$launcher" report tail.csv
head -1 out | grep -Eq '^parallel efficiency [0-9]+ % = load balance [0-9]+ % × dispatch [0-9]+ %: the last [0-9]+ s waited for item 812' ||
  fail "the sentence of a CSV"
sed -i '7s/.*/7,sweep,zero/' again.csv
run "$launcher" report again.csv
expect_status 1 "a bad line"
expect_one_line "a bad line"
expect_err_has "again.csv, line 7: " "a bad line"

# bad STATUS TEXT WORDS...: one line with that text.
bad() {
  run "$launcher" report "${@:3}"
  expect_status "$1" "${*:3}"
  expect_one_line "${*:3}"
  expect_err_has "$2" "${*:3}"
}
echo nonsense >nonsense
: >empty
echo "hecaton-recording 9" >newer
bad 2 "no recording is named"
bad 2 "one recording at a time" two.rec tail.rec
bad 1 "nowhere.rec cannot be read: No such file" nowhere.rec
bad 1 ". cannot be read: Is a directory" .
bad 1 "nonsense: that is no recording of hecaton" nonsense
bad 1 "empty: that is no recording of hecaton" empty
bad 1 "a newer hecaton has recorded it" newer
bad 2 "its name must end with .html, .json or .csv" two.rec -o two.pdf
bad 2 "-o no/such/two.html: No such file or directory" two.rec -o no/such/two.html
mkdir folder.html
bad 2 "-o folder.html: that is a folder" two.rec -o folder.html
bad 2 "unknown option --format" two.rec --format csv
# What cannot be written to its end leaves nothing behind, and what was there stays.
if [ -w /dev/full ]; then
  ln -s /dev/full full.csv
  bad 1 "No space left on device" tail.rec -o full.csv
fi
cp two.html kept.html
cat >small <<'TEXT'
#!/bin/bash
ulimit -f 8
trap '' XFSZ
exec "$@"
TEXT
chmod +x small
run ./small "$launcher" report tail.rec -o kept.html
expect_status 1 "a file that cannot grow"
cmp two.html kept.html || fail "a page is lost"
[ "$(find . -name 'kept.html*' | wc -l)" -eq 1 ] || fail "half a page is left"
run "$launcher" report tail.rec -o /dev/null
expect_status 2 "a name without an end"
ln -s two.csv link.csv
run "$launcher" report tail.rec -o link.csv
expect_status 0 "a link"
[ -L link.csv ] && cmp two.csv tail.csv || fail "a link is replaced"
done_testing
