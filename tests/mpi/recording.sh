#!/usr/bin/env bash
# recording.sh LAUNCHER PROBE CHECK RANKS: what runs on so many ranks leave in their recordings.
set -u
launcher=$1 probe=$2 check=$3 ranks=$4
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
export HECATON_QUIET=1
failures=0

fail() {
  printf 'FAILED: %s\n' "$1"
  head -c 2000 "$folder/err"
  failures=$((failures + 1))
}

# record WORD...: runs the probe, and leaves its recording.
record() {
  rm -f "$folder/recording"
  "$launcher" run -n "$ranks" --env "HECATON_RECORDING=$folder/recording" "$probe" "$@" >"$folder/out" 2>"$folder/err" </dev/null
  status=$?
}

# expect WHAT EXPECTATION...: the recording is right.
expect() {
  local what=$1
  shift
  "$check" "$folder/recording" "$ranks" "$@" || fail "$what: the recording"
}

record map cheap chunks bulk isolated failures imap reduce async region
[ "$status" -eq 0 ] || fail "calls: status $status"
expect calls call:map:map:100:0 call:cheap:map:1000000:0 call:chunks:map:20000:0 call:bulk:map:2000000:0 \
  call:isolated:map:30:0 call:failures:map_outcomes:50:7 call:imap:imap:60:0 call:reduce:map_reduce:20000:0 \
  call:async:map:40:0 call:other:map:40:0 region:outer:1 'region:inner ä "quoted" '$'\xef\xbf\xbd'':1'

# The check sees what is missing, and what is there twice.
sed '0,/^ran /{/^ran /d}' "$folder/recording" >"$folder/less"
! "$check" "$folder/less" "$ranks" >"$folder/out" || fail "a piece that is missing is not noticed"
sed '0,/^ran /s/^ran .*/&\n&/' "$folder/recording" >"$folder/more"
! "$check" "$folder/more" "$ranks" >"$folder/out" || fail "a piece that is there twice is not noticed"

record apply texts
[ "$status" -eq 0 ] || fail "small calls: status $status"
expect "small calls" call::apply:20500:0 call:texts:map:300:0 region:text:800
[ "$(wc -l <"$folder/recording")" -lt 5000 ] || fail "a loop of small calls makes $(wc -l <"$folder/recording") lines"

record threads
[ "$status" -eq 0 ] || fail "several threads: status $status"
expect "several threads" side_by_side call:background:map:40:0 call::apply:4000:0 call::map:20000:0

record cancel
expect "a call that is cancelled" cut:cancel

record spmd
[ "$status" -eq 0 ] || fail "spmd: status $status"
expect spmd collective:scatter:20 collective:all_reduce:1 "region:whole:$ranks" "region:sum:$((20 * ranks))"

record split
[ "$status" -eq 0 ] || fail "several roots: status $status"
expect "several roots" "call:map:map:$((ranks == 1 ? 100 : 200)):0" call:failures:map_outcomes:50:7

record own
[ "$status" -eq 0 ] || fail "MPI of its own: status $status"
expect "MPI of its own" call:map:map:200:0 call:texts:map:600:0 region:text:1600

# As if each rank were on a machine of its own.
export HECATON_PRETEND_NODES=1,1,1
record map
unset HECATON_PRETEND_NODES
expect "several machines" call:map:map:100:0
[ "$(grep -c '^rank .*"round_trip_ns":[1-9]' "$folder/recording")" -eq $((ranks - 1)) ] ||
  fail "several machines: the clocks were not compared"

record map region die
[ "$status" -eq 137 ] || fail "a root that dies: status $status"
expect "a root that dies" call:map:map:100:0 region:outer:1 no_end
[ "$(tail -c 1 "$folder/recording" | od -An -c | tr -d ' ')" = '\n' ] || fail "a root that dies: the last line is torn"

if [ "$ranks" -ge 3 ]; then
  record map killed map
  [ "$status" -eq 0 ] || fail "a rank that dies: status $status"
  expect "a rank that dies" call:map:map:200:0 call:killed:map:60:0 lost_rank:1 died:killed
fi

# Without a launcher the program makes the report itself, and says how to where it cannot.
(
  cd "$folder" || exit 1
  HECATON_REPORT=run.html HECATON_TRACE=run.csv HECATON_RANKS=1 HECATON_LAUNCHER=$launcher "$probe" map >out 2>err </dev/null
) || fail "no launcher: status $?"
[ ! -s "$folder/err" ] || fail "no launcher: something is said"
[ "$(wc -l <"$folder/run.csv")" -eq 101 ] || fail "no launcher: no table of 100 items"
[ -s "$folder/run.html" ] || fail "no launcher: no report"
[ ! -e "$folder/run.html.recording" ] || fail "no launcher: the recording is left"
(
  cd "$folder" || exit 1
  HECATON_REPORT=none.html HECATON_RANKS=1 HECATON_LAUNCHER=none "$probe" map >out 2>err </dev/null
) || fail "no launcher anywhere: status $?"
grep -q "^hecaton: $folder/none.html was not made.*: hecaton report $folder/none.html.recording -o $folder/none.html" \
  "$folder/err" || fail "no launcher anywhere: the command is not said"
[ -s "$folder/none.html.recording" ] || fail "no launcher anywhere: no recording"

# The run goes on without its recording.
"$launcher" run -n "$ranks" --env HECATON_RECORDING=/dev/full "$probe" map apply failures >"$folder/out" 2>"$folder/err" </dev/null ||
  fail "a full disk: status $?"
if ! [ "$(wc -l <"$folder/err")" -eq 1 ] || ! grep -q '^hecaton: /dev/full: No space left' "$folder/err"; then
  fail "a full disk: not one line"
fi
"$launcher" run -n "$ranks" --env "HECATON_RECORDING=$folder/none/recording" "$probe" map >"$folder/out" 2>"$folder/err" </dev/null ||
  fail "no such folder: status $?"
if ! [ "$(wc -l <"$folder/err")" -eq 1 ] || ! grep -q '^hecaton: .* cannot be written: No such file' "$folder/err"; then
  fail "no such folder: not one line"
fi
"$launcher" run -n "$ranks" "$probe" map cheap apply failures spmd >"$folder/out" 2>"$folder/err" </dev/null
[ ! -s "$folder/out" ] || fail "nothing is recorded: something is said"

[ "$failures" -eq 0 ]
