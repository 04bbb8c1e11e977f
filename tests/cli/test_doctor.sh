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
run "$launcher" doctor
expect_status 0 "no program"
run "$launcher" doctor /nowhere/at/all
expect_status 1 "no such program"
expect_check bad program "no such program"
grep -q 'mend: ' "$scratch/out" || fail "no such program: no mend"
run env PATH=/nowhere "$launcher" doctor "$probe"
expect_status 1 "no launcher"
expect_check bad launcher "no launcher"
long=$scratch/tmp/$(printf 'x%.0s' {1..100})
run env TMPDIR="$long" "$launcher" doctor "$probe"
expect_status 1 "TMPDIR that is not there"
mkdir "$long"
run env TMPDIR="$long" "$launcher" doctor "$probe"
expect_status 0 "a long TMPDIR"
expect_check warning TMPDIR "a long TMPDIR"
rmdir "$long"
run taskset -c 0 "$launcher" doctor "$probe"
[ "$(getconf _NPROCESSORS_ONLN)" -eq 1 ] || expect_check warning cores "one core of several"
run "$launcher" doctor --json "$probe"
expect_status 0 "--json"
[ "$(head -c 14 "$scratch/out" | tr -d ' \n')" = '{"ok":true' ] || fail "--json"
run "$launcher" doctor --hosts nobody.invalid "$probe"
expect_status 1 "a host that is not there"
expect_check bad "host nobody.invalid" "a host that is not there"
run "$launcher" doctor --hosts localhost "$probe"
expect_status 0 "this machine as a host"
expect_check ok "host localhost" "this machine as a host"
done_testing
