#!/usr/bin/env bash
# hecaton doctor on this machine: a verdict and a mend for each check, as a table and as JSON.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"

expect_check() { grep -Eq "^$1 +$2 " "$scratch/out" || fail "$3: no line '$1 $2'"; }

run "$launcher" doctor "$probe"
expect_status 0 "a program that works"
expect_no_err "a program that works"
for check in program MPI launcher "batch job" cores /dev/shm TMPDIR "memory copies" user networks; do
  grep -Eq "^(ok|warning) +$check " "$scratch/out" || fail "a program that works: no check of $check"
done
grep -Eq '^ok +MPI +Open MPI [45] \(/' "$scratch/out" || fail "the program's MPI"
grep -Eq '^ok +trial +2 ranks were started and ended well, in [0-9.]+ s$' "$scratch/out" || fail "the trial"
expect_clean "the trial"
run "$launcher" doctor
expect_status 0 "no program"
expect_check ok trial "no program"
run "$launcher" doctor /nowhere/at/all
expect_status 1 "no such program"
expect_check bad program "no such program"
grep -q 'mend: ' "$scratch/out" || fail "no such program: no mend"
grep -q ' trial ' "$scratch/out" && fail "no such program: a trial all the same"
run env PATH=/nowhere "$launcher" doctor "$probe"
expect_status 1 "no launcher"
expect_check bad launcher "no launcher"
# An mpirun that says what it is, and then cannot, or does not come back, or says 0 and starts nothing.
mkdir "$scratch/ill"
# ill SCRIPT: that is what mpirun does.
ill() {
  # shellcheck disable=SC2016
  printf '#!/bin/bash\n[ "$1" = --version ] && { echo "mpirun (Open MPI) %s.9"; exit; }\n%s\n' "$(open_mpi)" "$1" >"$scratch/ill/mpirun"
  chmod +x "$scratch/ill/mpirun"
  run env PATH="$scratch/ill:$PATH" "$launcher" doctor "$probe"
  expect_status 1 "mpirun: $1"
  expect_check bad trial "mpirun: $1"
  expect_no_err "mpirun: $1"
  grep -q 'mend: hecaton run -n 2 hostname' "$scratch/out" || fail "mpirun: $1: no mend"
}
says() { grep -E '^bad +trial ' "$scratch/out" | grep -qF "$1" || fail "the trial does not say: $1"; }
ill 'echo "the daemon cannot be reached" >&2; exit 3'
says "2 ranks could not be run (status 3)"
says "the daemon cannot be reached"
ill 'exit 0'
says "did not start all ranks"
seconds=$SECONDS
ill 'trap "" TERM; while :; do sleep 1; done'
says "2 ranks did not start and end within 10 s"
[ $((SECONDS - seconds)) -lt 40 ] || fail "an mpirun that hangs: $((SECONDS - seconds)) s"
# One that starts programs which do not know of each other.
# shellcheck disable=SC2016
ill 'while [[ $1 != */hecaton ]]; do shift; done; export OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=1; "$@" & "$@" & wait'
says "2 ranks were to be started"
long=$scratch/tmp/$(printf 'x%.0s' {1..100})
run env TMPDIR="$long" "$launcher" doctor "$probe"
expect_status 1 "TMPDIR that is not there"
mkdir "$long"
run env TMPDIR="$long" "$launcher" doctor "$probe"
expect_status 0 "a long TMPDIR"
if [ "$(open_mpi)" -lt 5 ]; then expect_check warning TMPDIR "a long TMPDIR"; else expect_check ok TMPDIR "a long TMPDIR"; fi
rmdir "$long"
run taskset -c 0 "$launcher" doctor "$probe"
[ "$(getconf _NPROCESSORS_ONLN)" -eq 1 ] || expect_check warning cores "one core of several"
run "$launcher" doctor --json "$probe"
expect_status 0 "--json"
[ "$(head -c 14 "$scratch/out" | tr -d ' \n')" = '{"ok":true' ] || fail "--json"
grep -A1 '"name": "trial"' "$scratch/out" | grep -q '"verdict": "ok"' || fail "--json: no trial"
run "$launcher" doctor --hosts nobody.invalid "$probe"
expect_status 1 "a host that is not there"
expect_check bad "host nobody.invalid" "a host that is not there"
run "$launcher" doctor --hosts localhost "$probe"
expect_status 0 "this machine as a host"
expect_check ok "host localhost" "this machine as a host"
expect_check ok trial "this machine as a host"
done_testing
