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
# met MPI: two ranks of the trial have used it.
met() {
  grep -Eq "^ok +trial +2 ranks .* in [0-9.]+ s; they met in $1: MPI_Init took [0-9.]+ s, the exchange of 1 MB [0-9.]+ ms$" \
    "$scratch/out" || fail "the trial with $1"
}
met 'Open MPI [45]'
expect_clean "the trial"
run "$launcher" doctor
expect_status 0 "no program"
grep -Eq '^ok +trial +2 ranks were started and ended well, in [0-9.]+ s$' "$scratch/out" || fail "the trial without MPI"
# MPI itself is broken: its settings, its library; or its ranks do not find each other.
run env OMPI_MCA_pml=none_of_this_name "$launcher" doctor "$probe"
expect_status 1 "a setting that breaks MPI"
grep -Eq '^bad +trial +2 ranks of Open MPI [45] failed in MPI_Init .*A requested component was not found' "$scratch/out" || fail "a setting that breaks MPI"
grep -q "mend: .*OMPI" "$scratch/out" || fail "a setting that breaks MPI: no mend"
expect_clean "a setting that breaks MPI"
if [ -x "$mpich" ] && [ -n "$(type -P mpiexec.hydra)" ]; then
  run "$launcher" doctor "$mpich"
  expect_status 0 "a program of MPICH"
  met MPICH
  mkdir "$scratch/other"
  cp "$(ldd "$mpich" | awk '/libstdc/ {print $3}')" "$scratch/other/libmpich.so.12"
  run env LD_LIBRARY_PATH="$scratch/other" "$launcher" doctor "$mpich"
  expect_status 1 "a library that is none of MPI"
  grep -Eq '^bad +trial +.*/other/libmpich.so.12 has no MPI_Init' "$scratch/out" || fail "a library that is none of MPI"
else
  leave_out "MPICH needs it, also when the tests are built $mpich_packages"
fi
run "$launcher" doctor /nowhere/at/all
expect_status 1 "no such program"
expect_check bad program "no such program"
grep -q 'mend: ' "$scratch/out" || fail "no such program: no mend"
grep -q ' trial ' "$scratch/out" && fail "no such program: a trial all the same"
# Of another machine, without its loader or a library, or with a library that is too old.
cd "$scratch" || exit 1
ill_programs
ill_program() {
  run "$launcher" doctor "./$1"
  expect_status 1 "$1"
  grep -Eq "^bad +program +./$1 $2" out || fail "$1"
  grep -q "mend: $3" out || fail "$1: no mend"
  grep -q ' trial ' out && fail "$1: a trial all the same"
}
ill_program other-machine 'was built for another kind of machine' 'build it on this machine'
ill_program no-loader 'asks for the loader .*, which is not there' 'install '
ill_program no-library 'needs libnowhere.so6, which the loader does not find' 'install it'
ill_program too-new ".*libc.so.6: version .GLIBC_2.94' not found" 'build it on this machine'
run env PATH=/nowhere "$launcher" doctor "$probe"
expect_status 1 "no launcher"
expect_check bad launcher "no launcher"
# An mpirun that tells its version, and then fails, or does not come back, or says 0 and starts nothing.
mkdir "$scratch/ill"
# ill SCRIPT [MEND]: that is what mpirun does.
ill() {
  # shellcheck disable=SC2016
  printf '#!/bin/bash\n[ "$1" = --version ] && { echo "mpirun (Open MPI) %s.9"; exit; }\n%s\n' "$(open_mpi)" "$1" >"$scratch/ill/mpirun"
  chmod +x "$scratch/ill/mpirun"
  run env PATH="$scratch/ill:$PATH" "$launcher" doctor "$probe"
  expect_status 1 "mpirun: $1"
  expect_check bad trial "mpirun: $1"
  expect_no_err "mpirun: $1"
  grep -q "mend: .*${2-hecaton run -n 2 hostname}" "$scratch/out" || fail "mpirun: $1: no mend"
}
says() { grep -E '^bad +trial ' "$scratch/out" | grep -qF "$1" || fail "the trial does not say: $1"; }
ill 'echo "the daemon cannot be reached" >&2; exit 3'
says "2 ranks could not be run (status 3)"
says "the daemon cannot be reached"
ill 'exit 0'
says "did not start all ranks"
ill 'trap "" TERM; while :; do sleep 1; done'
says "2 ranks did not start and end within 10 s"
# One that starts programs which do not know of each other.
# shellcheck disable=SC2016
ill 'while [[ $1 != */hecaton ]]; do shift; done; export OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=1; "$@" & "$@" & wait'
says "2 ranks were to be started"
# One whose programs think that they are two, while MPI does not.
# shellcheck disable=SC2016
ill 'while [[ $1 != */hecaton ]]; do shift; done; export OMPI_COMM_WORLD_SIZE=2; for r in 0 1; do OMPI_COMM_WORLD_RANK=$r PMI_RANK=$r "$@" & done; wait' env
says "each saw a world of 1"
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
