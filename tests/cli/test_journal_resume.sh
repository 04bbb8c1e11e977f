#!/usr/bin/env bash
# A job that is killed at any moment, and started again with its journal: it computes the rest only, and ends with the same
# answer.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
cd "$scratch" || exit 1

run "$launcher" run -n 2 "$journaled" "$scratch/ran" 60 0
expect_status 0 "without a journal"
answer=$(<out)
rm ran

# What the journal has is never run again.
committed() {
  "$launcher" journal export j.db --format csv | awk -F, '
    NR > 1 && $6 == "done" {
      name = $3 == "map" ? "squares" : $3 == "imap" ? "parts" : "total"
      for (i = 0; i < $5; ++i) print name, $4 + i
    }' | sort -u
}
nothing_again() {
  local again
  again=$(comm -12 kept <(grep -v '^done' ran | sort -u))
  [ -z "$again" ] || fail "$1: ran again: $again"
}

# kill_when RANKS COMMAND...: starts the job, and kills all of it once the command succeeds or the job has ended.
kill_when() {
  rm -f j.db-progress  # of the start before
  setsid "$launcher" run -n "$1" --journal j.db "$journaled" "$scratch/ran" 60 10 >out 2>err &
  local job=$!
  started+=("$job")
  wait_until ended_or "$job" "${@:2}"
  kill -KILL -- "-$job" 2>/dev/null
  wait "$job" 2>/dev/null
  wait_until nobody_computes
}
ended_or() { ! alive "$1" || "${@:2}"; }
has_run() { [ "$(cat ran 2>/dev/null | wc -l)" -ge "$1" ] || some_committed; }
some_committed() { grep -Eqs '^call 1 0 60 [1-9]' j.db-progress; }
nobody_computes() { ! pgrep -f "^$journaled" >/dev/null; }

# In the first call, which cannot end before some of it is committed; then anywhere.
touch hold
: >kept
for at in "sleep 0.2" "has_run 1" "has_run 30" some_committed "sleep 0.4" "sleep 0.7"; do
  # shellcheck disable=SC2086
  kill_when 2 $at
  [ ! -e ran ] || nothing_again "killed at: $at"
  rm -f ran
  [ ! -e j.db ] || committed >kept
  [ "$at" != some_committed ] || rm hold
done
[ -s kept ] || fail "nothing was ever committed"
run "$launcher" run -n 3 --journal j.db "$journaled" "$scratch/ran" 60 10
expect_status 0 "resumed"
expect_out "$answer" "resumed"
grep -Eq '^hecaton: .*j.db has [0-9]+ of 60 items of "squares"; [0-9]+ (is|are) to do$' err || fail "resumed: what it has is not said"
nothing_again "resumed"
rm -f ran

# All of it is there now, for any number of ranks, self-launched too.
for how in "$launcher run -n 1 --journal j.db" "$launcher run -n 7 --journal j.db" "env HECATON_JOURNAL=j.db HECATON_RANKS=2"; do
  # shellcheck disable=SC2086
  run $how "$journaled" "$scratch/ran" 60 10
  expect_status 0 "complete, $how"
  expect_out "$answer" "complete, $how"
  [ ! -e ran ] || fail "complete, $how: something ran again"
done

# Programs that items start have nothing to do with it.
for other in "HECATON_RANKS=1 '$pool' closed-world" "'$launcher' run -n 2 '$pool' closed-world"; do
  run "$launcher" run -n 2 --journal others.db "$pool" start "exec >&2; $other"
  expect_status 0 "items that start $other"
done

# A second job on the same journal is refused, and named.
"$launcher" run -n 2 --journal held.db "$journaled" "$scratch/ran" 5 100000 >/dev/null 2>&1 &
started+=("$!")
wait_until test -e ran
run "$launcher" run -n 2 --journal held.db "$journaled" "$scratch/other" 5 0
expect_status 1 "a journal that is held"
expect_err_has "held.db" "a journal that is held"
expect_err_has "$(hostname)" "a journal that is held"
kill -TERM "$!"
wait "$!"

# Its disk is full in the middle: the job ends well with status 1, and says why.
if [ "$(id -u)" -eq 0 ] && mkdir small && unshare --mount true 2>/dev/null; then
  cat >full.sh <<TEXT
mount -t tmpfs -o size=200k tmpfs small
exec "$launcher" run -n 2 --journal small/j.db "$journaled" "$scratch/full-ran" 3000 0
TEXT
  rm -f "$scratch/full-ran"
  run unshare --mount bash full.sh
  expect_status 1 "a full disk"
  [ "$(wc -l <out)" -eq 1 ] || fail "a full disk: no answer"
  expect_err_has "small/j.db" "a full disk"
else
  leave_out "a full disk needs root, for a small file system"
fi

done_testing
