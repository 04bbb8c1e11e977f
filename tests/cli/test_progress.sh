#!/usr/bin/env bash
# The progress of calls: lines in a file, and one line of a terminal that is written again and again.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
program=$(dirname "$pool")/progress_probe

# expect_lines WHAT FAILED: the call "sweep" was shown on the way and at its end, and each line of the program is whole.
expect_lines() {
  expect_status 0 "$1"
  grep -Eq '^hecaton: sweep: [0-9]+ of 60 items \([0-9]+ %\).*, after [0-9]+ s' "$scratch/err" || fail "$1: no line on the way"
  grep -Eq "^hecaton: sweep: 60 of 60 items \(100 %\), 6 failed, after [0-9]+ s\$" "$scratch/err" || fail "$1: no last line"
  [ "$(grep -c '100 %' "$scratch/err")" -eq 1 ] || fail "$1: the end is said twice"
}

run "$launcher" run -n 3 --progress "$program" map 60 150
expect_lines "a file"
run env HECATON_PROGRESS=1 "$launcher" run -n 3 "$program" imap 60 150
expect_lines "imap over a list"
run "$launcher" run -n 1 --progress "$program" map 60 50
expect_lines "one rank"
run "$launcher" run -n 3 "$program" asked 60 150
expect_lines "MapOptions::progress"
run env HECATON_LAUNCHER="$launcher" HECATON_RANKS=3 "$program" asked 60 150
expect_lines "a program that launches itself"
run env HECATON_LAUNCHER=none HECATON_RANKS=3 "$program" asked 60 150
expect_status 0 "without a launcher"
grep -Eq '^hecaton: sweep: 60 of 60 items \(100 %\), 6 failed, after ' "$scratch/err" || fail "without a launcher: no last line"
run "$launcher" run -n 3 "$program" map 60 60
expect_status 0 "not asked for"
expect_no_err "not asked for"
run "$launcher" run -n 2 --progress "$program" map 10 1
expect_status 0 "a call that is over at once"
expect_no_err "a call that is over at once"

# ---- a terminal ----
if command -v python3 >/dev/null; then
  on_terminal() { TERM=xterm run python3 "$(dirname "$0")/on_terminal.py" 90 "$scratch/raw" "$@"; }
  whole_lines() { grep -Ec '^item [0-9]+ is done, says a line of the program that is not to be torn$' "$scratch/out"; }
  for form in map two; do
    calls=$([ $form = two ] && echo 2 || echo 1)
    on_terminal "$launcher" run -n 3 --progress "$program" $form 60 100
    expect_status 0 "$form on a terminal"
    [ "$(whole_lines)" -eq $((calls * 60)) ] || fail "$form on a terminal: a line of the program is torn"
    [ "$(grep -c '^hecaton: .*: 60 of 60 items (100 %), 6 failed, after ' "$scratch/out")" -eq "$calls" ] ||
      fail "$form on a terminal: no last line for each call"
    others=$(grep -Ev '^(item|hecaton: (sweep|other): 60 of 60) |^$' "$scratch/out")
    [ -z "$others" ] || fail "$form on a terminal: something else stays: $others"
    grep -qF $'\rsweep [' "$scratch/raw" || fail "$form on a terminal: no bar was drawn"
    [ $form = map ] || grep -Eq $'\r(other|sweep) [0-9]+ %.* \\| (other|sweep) [0-9]+ %' "$scratch/raw" ||
      fail "two calls: they are not in one line"
  done
  TERM=dumb run python3 "$(dirname "$0")/on_terminal.py" 90 "$scratch/raw" "$launcher" run -n 3 --progress "$program" map 60 100
  expect_status 0 "a terminal that cannot"
  ! grep -qF $'\033' "$scratch/raw" || fail "a terminal that cannot: it was sent control sequences"
  grep -q '^hecaton: sweep: .* left' "$scratch/out" || fail "a terminal that cannot: no line"
else
  leave_out "terminals need python3"
fi

done_testing
