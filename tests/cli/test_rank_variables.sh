#!/usr/bin/env bash
# The variables that each rank finds, with every engine and of any program: its place, and its share of the cores.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
unset HECATON_QUIET  # the note about threads is looked for
threads=$(dirname "$pool")/threads_probe
cores=$(nproc)
share() { echo $((cores / $1 > 0 ? cores / $1 : 1)); }

# shellcheck disable=SC2016
place=(bash -c 'echo "$HECATON_LOCAL_RANK/$HECATON_LOCAL_SIZE $HECATON_NODE/$HECATON_NODES $OMP_NUM_THREADS"')
engines=(openmpi)
[ ! -x "$mpich" ] || engines+=(hydra)
for engine in "${engines[@]}"; do
  run "$launcher" run --quiet --engine "$engine" -n 3 "${place[@]}"
  expect_sorted_out "0/3 0/1 $(share 3)"$'\n'"1/3 0/1 $(share 3)"$'\n'"2/3 0/1 $(share 3)" "the variables, $engine"
done
run "$launcher" run -n 1 "${place[@]}"
expect_out "0/1 0/1 $cores" "one rank has all cores"
run env OMP_NUM_THREADS=7 "$launcher" run -n 1 "${place[@]}"
expect_out "0/1 0/1 7" "the user's own number"
run "$launcher" run -n 1 --env OMP_NUM_THREADS=5 "${place[@]}"
expect_out "0/1 0/1 5" "the user's own number, by --env"
run "$launcher" run -n 1 --threads 2 "${place[@]}"
expect_out "0/1 0/1 2" "the user's own number, by --threads"
# A job inside a job has a place of its own.
run "$launcher" run -n 2 --env "OTHER=$launcher" bash -c 'exec "$OTHER" run --quiet -n 1 "$@"' bash "${place[@]}"
expect_out "0/1 0/1 $(share 2)"$'\n'"0/1 0/1 $(share 2)" "a job inside a job"

[ -x "$threads" ] || {
  leave_out "OpenMP programs need a compiler with OpenMP (Debian: libomp-dev)"
  done_testing
}
# expect_shared RANKS WHAT: each of that many ranks has its share.
expect_shared() {
  local one
  one=$(share "$1")
  expect_status 0 "$2"
  expect_out "items [$one, $one, $one, $one] isolated [$one, $one, $one, $one] body $one"$'\n'"place 0 of $1, node 0 of 1"$'\n'"started OMP_NUM_THREADS=$one" "$2"
}
said_once() { [ "$(grep -c "OMP_NUM_THREADS=$(share "$1") for each of the $1 ranks" "$scratch/err")" -eq 1 ] || fail "$2: not said once"; }
run "$launcher" run -n 2 "$threads"
expect_shared 2 "under hecaton run"
said_once 2 "under hecaton run"
HECATON_RANKS=2 run "$threads"
expect_shared 2 "by self-launch"
said_once 2 "by self-launch"
HECATON_LAUNCHER=none HECATON_RANKS=2 run "$threads"
expect_shared 2 "by self-launch without a launcher"
HECATON_QUIET=1 run "$launcher" run -n 2 "$threads"
expect_shared 2 "quietly"
expect_no_err "quietly"
# Here the program's libraries have read their variables before the runtime can set them.
run mpirun --oversubscribe --bind-to none -n 2 "$threads"
expect_shared 2 "under mpirun"
[ "$cores" -lt 2 ] || said_once 2 "under mpirun"
run mpirun --oversubscribe --bind-to none -n 3 env -u OMPI_COMM_WORLD_LOCAL_SIZE "$pool" processes 0
expect_status 0 "MPI tells the place where no variable does"
run env OMP_NUM_THREADS=4 mpirun --oversubscribe --bind-to none -n 2 "$threads"
grep -q 'items \[4, 4, 4, 4\] isolated \[4, 4, 4, 4\] body 4' "$scratch/out" || fail "the user's own number under mpirun"
expect_no_err "the user's own number under mpirun"
HECATON_RANKS=1 run "$threads"
grep -qx "place 0 of 1, node 0 of 1" "$scratch/out" || fail "alone"
done_testing
