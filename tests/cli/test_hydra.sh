#!/usr/bin/env bash
# A plain MPICH program, on a machine whose mpirun is Open MPI's: hydra starts it, and all the rest is as with Open MPI.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
[ -x "$mpich" ] || skip "needs MPICH when the tests are built $mpich_packages"
command -v mpiexec.hydra >/dev/null || skip "needs mpiexec.hydra $mpich_packages"

run "$launcher" run -n 3 "$mpich" rank
expect_status 0 "three ranks"
expect_sorted_out $'rank 0 of 3\nrank 1 of 3\nrank 2 of 3' "three ranks"
expect_no_err "three ranks"
run "$launcher" run -n 2 --dry-run "$mpich" rank
grep -q 'mpiexec.hydra -n 2' "$scratch/out" || fail "dry run"
run bash -c "$(cat "$scratch/out")"
expect_sorted_out $'rank 0 of 2\nrank 1 of 2' "the dry run's command"

# Behind a program without MPI, by which the launcher would be chosen otherwise.
run "$launcher" run -n 2 env X=1 nice -n 1 "$mpich" rank
expect_status 0 "a wrapper"
expect_sorted_out $'rank 0 of 2\nrank 1 of 2' "a wrapper"

words=('a b' '' "it's" $'two\nlines' : '*' -n)
run "$launcher" run -n 2 --env 'K=a b' "$mpich" args "${words[@]}"
expect_out "$(printf '<%s>\n' "${words[@]}")" "arguments"
run "$launcher" run -n 2 --env 'K=a  b' --wdir / "$mpich" environment K
expect_out "K=a  b" "environment"
ranks_own_variables
run "$launcher" run -n 2 --engine hydra "${given[@]}" "$scratch/alone"
expect_out "$line"$'\n'"$line" "the ranks' own variables"
run "$launcher" run -n 2 --engine hydra --dry-run "${given[@]}" "$scratch/alone"
run bash -c "$(cat "$scratch/out")"
expect_out "$line"$'\n'"$line" "the ranks' own variables, by the dry run's command"
seq 100000 >"$scratch/input"
run "$launcher" run -n 2 "$mpich" stdin <"$scratch/input"
cmp -s "$scratch/input" "$scratch/out" || fail "standard input"

ends() {
  local expected=$1
  shift
  run "$launcher" run -n 2 "$mpich" "$@"
  expect_status "$expected" "$*"
  expect_clean "$*" soon
}
for _ in 1 2 3 4 5; do ends 137 pids "$pids" raise 1 9 sleep 10000; done  # hydra itself says 0 now and then
expect_err_has "rank 1 of 2" "raise"
ends 3 pids "$pids" exit 1 3
ends 5 pids "$pids" drop 1 5 sleep 10000
ends 139 pids "$pids" raise 0 11 sleep 10000
ends 7 pids "$pids" abort 1 7 sleep 10000
run "$launcher" run -n 2 --timeout 1s "$mpich" pids "$pids" sleep 10000
expect_status 124 "timeout"
expect_clean "timeout" soon

# Where only Open MPI's launcher is, the refusal names both sides; and the other way round.
mkdir "$scratch/bin" "$scratch/hydra"
ln -s "$(command -v mpirun)" "$scratch/bin/mpirun"
run env PATH="$scratch/bin" "$launcher" run -n 2 "$mpich" rank
expect_status 2 "no hydra"
expect_one_line "no hydra"
expect_err_has "is linked with MPICH" "no hydra"
expect_err_has "bin/mpirun (Open MPI" "no hydra"
ln -s "$(command -v mpiexec.hydra)" "$scratch/hydra/mpirun"
run env PATH="$scratch/hydra" "$launcher" run -n 2 "$probe" rank
expect_status 2 "no Open MPI"
expect_one_line "no Open MPI"
expect_err_has "linked with Open MPI" "no Open MPI"
expect_err_has "MPICH" "no Open MPI"

# In a script the MPI does not show before the start; it is seen soon after it.
printf '#!/bin/sh\n"%s" sleep 10000\n' "$mpich" >"$scratch/script"
chmod +x "$scratch/script"
run "$launcher" run -n 2 "$scratch/script"
expect_status 2 "a script with another MPI"
expect_one_line "a script with another MPI"
expect_err_has "has loaded MPICH" "a script with another MPI"
expect_err_has "--engine hydra" "a script with another MPI"
printf '#!/bin/sh\n"%s" rank sleep 1\n' "$mpich" >"$scratch/script"
run "$launcher" run -n 2 --engine hydra "$scratch/script"
expect_sorted_out $'rank 0 of 2\nrank 1 of 2' "a script with --engine hydra"

# A rank that MPI ends because of an error. hydra closes its connection meanwhile, and MPICH then dies of SIGSEGV.
run "$launcher" run -n 2 "$mpich" misuse 1 sleep 10000
if [ "$status" -eq 0 ] || [ "$status" -gt 125 ]; then fail "an error in MPI_Send"; fi
expect_err_has "Fatal error in" "an error in MPI_Send"
expect_err_has "ended the job" "an error in MPI_Send"
grep -q '^hecaton:.*signal' "$scratch/err" && fail "an error in MPI_Send: a card about a signal"

# Open MPI takes more of them.
# shellcheck disable=SC2016,SC2046
run "$launcher" run -n 2 --engine hydra sh -c 'echo $#' sh $(seq 940)
expect_out $'940\n940' "many arguments"
# shellcheck disable=SC2046
run "$launcher" run -n 2 --engine hydra true $(seq 1000)
expect_status 2 "too many arguments"
expect_one_line "too many arguments"

# A launcher inside a rank is another matter.
# shellcheck disable=SC2016
run "$launcher" run -n 2 sh -c '"$0" run -n 1 "$1" rank sleep 1; echo after' "$launcher" "$mpich"
expect_status 0 "a launcher with another MPI inside a rank"
expect_sorted_out $'after\nafter\nrank 0 of 1\nrank 0 of 1' "a launcher with another MPI inside a rank"

done_testing
