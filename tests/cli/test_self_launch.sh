#!/usr/bin/env bash
# A program that launches itself, with no launcher around it.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"

export HECATON_LAUNCHER=none  # by mpirun; test_self_launch_ends.sh compares the ways
ranks_of() { grep -c "^rank [0-9]* of $1, expected $1\$" "$scratch/out"; }

run "$self" 'a b' "it's" '' : <<<"for rank 0"
expect_status 0 "self-launch"
expect_no_err "self-launch"
[ "$(ranks_of 3)" -eq 3 ] || fail "self-launch: not 3 ranks"
[ "$(grep '^<' "$scratch/out")" = $'<a b>\n<it\'s>\n<>\n<:>' ] || fail "self-launch: arguments"
[ "$(grep -c '^before' "$scratch/out")" -eq 4 ] || fail "self-launch: output before it is lost"
[ "$(grep '^read' "$scratch/out")" = "read: for rank 0" ] || fail "self-launch: standard input"

HECATON_RANKS=2 run "$self"
[ "$(ranks_of 2)" -eq 2 ] || fail "HECATON_RANKS=2"

# What the program has done to its process does not reach mpirun, which replaces it.
(umask 027 && run "$self" disturbed && expect_status 0 "a program that has set timers, limits and signals" &&
  expect_no_err "a program that has set timers, limits and signals" &&
  [ "$(grep -cxF "state: open heard many umask 027 in $PWD" "$scratch/out")" -eq 3 ]) ||
  fail "a program that has set timers, limits and signals"

for setting in HECATON_RANKS=1 HECATON_SELF_LAUNCH=0; do
  run env "$setting" "$self"
  expect_status 0 "$setting"
  grep -qx 'rank 0 of 1, expected nothing' "$scratch/out" || fail "$setting"
  [ "$(grep -c '^before' "$scratch/out")" -eq 1 ] || fail "$setting: it was launched"
done
run env HECATON_EXPECTED_SIZE=4 "$self"
grep -qx 'rank 0 of 1, expected 4' "$scratch/out" || fail "a chain of launches"

for bad in 0 -1 two 1.5; do
  HECATON_RANKS=$bad run "$self"
  expect_status 2 "HECATON_RANKS=$bad"
  expect_one_line "HECATON_RANKS=$bad"
  expect_err_has "HECATON_RANKS=$bad: the number of ranks" "HECATON_RANKS=$bad"
done

PATH_without=$(mktemp -d "$scratch/path-XXXX")
run env PATH="$PATH_without" "$self"
expect_status 2 "without mpirun"
expect_one_line "without mpirun"
expect_err_has "HECATON_RANKS=1 runs it in one process" "without mpirun"

# Which launcher: one that is named, the first in PATH, the one beside the library; each only of this version. A dry run
# shows by which.
mkdir "$scratch/bin"
ln -s "$launcher" "$scratch/bin/hecaton"
printf '#!/bin/sh\necho another hecaton\n' >"$scratch/hecaton"
chmod +x "$scratch/hecaton"
export HECATON_DRY_RUN=1
shows() { grep -q "mpirun -n 3 .* $1" "$scratch/out"; }
run env HECATON_LAUNCHER="$scratch/bin/hecaton" "$self" : -n 2 x
shows "env -S .*:.*-n.*2.*x" || fail "a launcher that is named"
run env -u HECATON_LAUNCHER PATH="$scratch/bin:$PATH" "$self"
shows "$self" || fail "a launcher in PATH"
run env -u HECATON_LAUNCHER "$pool" processes 3
shows "$pool" || fail "a launcher beside the library"
run env -u HECATON_LAUNCHER PATH="$scratch:$PATH" "$self"
[ "$(ranks_of 3)" -eq 3 ] || fail "another program of that name in PATH"
for bad in "$scratch/hecaton" "$scratch/bin" "$scratch/nowhere"; do
  run env HECATON_LAUNCHER="$bad" "$self"
  expect_status 2 "HECATON_LAUNCHER=$bad"
  expect_one_line "HECATON_LAUNCHER=$bad"
  expect_err_has "HECATON_LAUNCHER=$bad: that is no hecaton of version" "HECATON_LAUNCHER=$bad"
done
unset HECATON_DRY_RUN

# What the program has done to its process does not reach the launcher either.
(umask 027 && run env HECATON_LAUNCHER="$launcher" "$self" disturbed && expect_status 0 "the same by the launcher" &&
  expect_no_err "the same by the launcher" &&
  [ "$(grep -cxF "state: open heard many umask 027 in $PWD" "$scratch/out")" -eq 3 ]) || fail "the same by the launcher"

# Under a launcher it is a rank like any other.
run "$launcher" run -n 2 "$self"
[ "$(ranks_of 2)" -eq 2 ] || fail "under hecaton run"
run mpirun --oversubscribe -n 2 "$self"
[ "$(grep -c '^rank [01] of 2, expected nothing$' "$scratch/out")" -eq 2 ] || fail "under mpirun"

run env FLUX_URI=local:///x FLUX_JOB_ID=f1 "$self"
expect_status 2 "inside a Flux job"
expect_err_has "flux run -n" "inside a Flux job"

if [ "$(id -u)" -eq 0 ]; then
  run env -u HECATON_QUIET -u OMPI_ALLOW_RUN_AS_ROOT -u OMPI_ALLOW_RUN_AS_ROOT_CONFIRM HECATON_RANKS=2 "$self"
  expect_status 0 "root"
  expect_one_line "root"
else
  leave_out "what root is told needs root"
fi
forget_singletons
expect_clean "all of this"
done_testing
