#!/usr/bin/env bash
# A program that launches itself, with no launcher around it.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"

ranks_of() { grep -c "^rank [0-9]* of $1, expected $1\$" "$scratch/out"; }

run "$self" 'a b' "it's" '' : <<<"not for the ranks"
expect_status 0 "self-launch"
expect_no_err "self-launch"
[ "$(ranks_of 3)" -eq 3 ] || fail "self-launch: not 3 ranks"
[ "$(grep '^<' "$scratch/out")" = $'<a b>\n<it\'s>\n<>\n<:>' ] || fail "self-launch: arguments"
[ "$(grep -c '^before' "$scratch/out")" -eq 4 ] || fail "self-launch: output before it is lost"
grep -q '^read' "$scratch/out" && fail "self-launch: standard input was read"

HECATON_STDIN=1 run "$self" <<<"for rank 0"
grep -qx 'read: for rank 0' "$scratch/out" || fail "HECATON_STDIN=1"

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

# Under a launcher it is a rank like any other.
run "$launcher" run -n 2 "$self"
[ "$(ranks_of 2)" -eq 2 ] || fail "under hecaton run"
run mpirun --oversubscribe -n 2 "$self"
[ "$(grep -c '^rank [01] of 2, expected nothing$' "$scratch/out")" -eq 2 ] || fail "under mpirun"

run env FLUX_URI=local:///x FLUX_JOB_ID=f1 "$self"
expect_status 2 "inside a Flux job"
expect_err_has "flux run -n" "inside a Flux job"

if [ "$(id -u)" -eq 0 ]; then
  run env -u OMPI_ALLOW_RUN_AS_ROOT -u OMPI_ALLOW_RUN_AS_ROOT_CONFIRM HECATON_RANKS=2 "$self"
  expect_status 0 "root"
  expect_one_line "root"
else
  leave_out "what root is told needs root"
fi
forget_singletons
expect_clean "all of this"
done_testing
