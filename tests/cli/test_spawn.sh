#!/usr/bin/env bash
# Programs that start others with MPI_Comm_spawn run as under mpirun --oversubscribe.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"

both=$'2 ranks have started 2: 30\n2 ranks were started: 3'
run "$launcher" run -n 2 "$spawning"
expect_status 0 "hecaton run"
expect_sorted_out "$both" "hecaton run"
expect_no_err "hecaton run"
expect_clean "hecaton run"

run env HECATON_RANKS=2 "$spawning"
expect_status 0 "self-launch"
expect_sorted_out "$both" "self-launch"
expect_no_err "self-launch"

if [ "$(open_mpi)" -lt 5 ]; then  # that of 5.0.7 waits for ever, with programs in C too
  run mpirun --oversubscribe -n 2 "$spawning"
  expect_status 0 "mpirun"
  expect_sorted_out "$both" "mpirun"
fi

# Python's pool over MPI: its workers are spawned.
for python in python3 /usr/bin/python3 ''; do  # Debian's package is for the latter
  "$python" -c 'import mpi4py.futures' 2>/dev/null && break
done
if [ -n "$python" ]; then
  cat >"$scratch/squares.py" <<'TEXT'
from mpi4py.futures import MPIPoolExecutor
if __name__ == "__main__":
    with MPIPoolExecutor(max_workers=2) as pool:
        print(list(pool.map(abs, range(-5, 0))))
TEXT
  run "$launcher" run -n 1 "$python" "$scratch/squares.py"
  expect_status 0 "mpi4py's pool"
  expect_out "[5, 4, 3, 2, 1]" "mpi4py's pool"
  run "$launcher" run -n 3 "$python" -m mpi4py.futures "$scratch/squares.py"
  expect_status 0 "mpi4py's pool without spawn"
  expect_out "[5, 4, 3, 2, 1]" "mpi4py's pool without spawn"
else
  leave_out "needs mpi4py (Debian: python3-mpi4py)"
fi

done_testing
