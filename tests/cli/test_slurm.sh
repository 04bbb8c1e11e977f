#!/usr/bin/env bash
# hecaton run inside the jobs of a real Slurm, on one node and on two: by mpirun, and by srun where there is no mpirun.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
# shellcheck source=slurm.sh
. "$(dirname "$0")/slurm.sh"
export PIDS=$scratch/pids  # a job inherits it
slurm_up 2

# The programs that these tests use, and no mpirun.
mkdir "$scratch/tools"
for tool in srun bash sleep hostname env; do ln -s "$(type -P "$tool")" "$scratch/tools/$tool"; done
by_srun=(env "PATH=$scratch/tools")

root=(env OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_btl_tcp_if_include=lo HECATON_QUIET=1)
one=(-N1 -n2)
two=(-N2 -n4 --ntasks-per-node=2)
world=$'rank 0 of 4\nrank 1 of 4\nrank 2 of 4\nrank 3 of 4'
nodes=$'n1\nn1\nn2\nn2'

batch "${one[@]}" -- "$launcher" run "$probe" rank
expect_status 0 "one node"
expect_no_err "one node"
expect_sorted_out $'rank 0 of 2\nrank 1 of 2' "one node"

ranks_own_variables
for way in mpirun srun; do
  run_it=("$launcher" run)
  [ $way = srun ] && run_it=("${by_srun[@]}" "$launcher" run)
  batch "${two[@]}" -- "${run_it[@]}" "$probe" rank
  expect_status 0 "two nodes, $way"
  sed -i "/lacks support for cpu binding/d" "$scratch/err"  # srun says so where no task plugin is set up
  expect_no_err "two nodes, $way"
  expect_sorted_out "$world" "two nodes, $way"
  batch "${two[@]}" -- "${run_it[@]}" hostname
  expect_status 0 "without MPI, $way"
  expect_sorted_out "$nodes" "without MPI, $way"
  # shellcheck disable=SC2016
  batch "${two[@]}" -- "${run_it[@]}" \
    bash -c 'echo "$(hostname) $HECATON_LOCAL_RANK/$HECATON_LOCAL_SIZE $HECATON_NODE/$HECATON_NODES $OMP_NUM_THREADS"'
  expect_sorted_out $'n1 0/2 0/2 1\nn1 1/2 0/2 1\nn2 0/2 1/2 1\nn2 1/2 1/2 1' "the place of each rank, $way"
  batch -N2 -n2 -- "${run_it[@]}" "${given[@]}" "$scratch/alone"
  expect_out "$line"$'\n'"$line" "the ranks' own variables, $way"
  batch "${two[@]}" -- "${run_it[@]}" "$probe" exit 3 7
  expect_status 7 "an exit status, $way"
  expect_err_has "rank 3 of 4 on n2" "an exit status, $way"
  batch "${two[@]}" -- "${run_it[@]}" "$probe" raise 2 11 sleep 10000
  expect_status 139 "a crash, $way"
  expect_err_has "rank 2 of 4 on n2" "a crash, $way"
  batch "${two[@]}" -- "${run_it[@]}" "$survivor" once 9
  expect_status 0 "a rank that dies, $way"
  expect_out "done, 3 left" "a rank that dies, $way"
  batch "${two[@]}" -- "${run_it[@]}" "$survivor" all 11
  expect_status 0 "all workers die, $way"
  expect_out "5050, 1 left" "all workers die, $way"
  batch "${two[@]}" -- "${run_it[@]}" --timeout 2s "$probe" pids "$pids" sleep 10000
  expect_status 124 "a time limit, $way"
done

# A part of the job, by the scheduler.
# shellcheck disable=SC2016
for engine in openmpi srun; do
  batch "${two[@]}" -- "$launcher" run --engine $engine --hosts n2:2 hostname
  expect_status 0 "a part of the job, $engine"
  expect_out $'n2\nn2' "a part of the job, $engine"
done
batch "${two[@]}" -- "$launcher" run --hosts elsewhere hostname
expect_status 2 "no part of the job"
expect_one_line "no part of the job"
expect_err_has "elsewhere is no node of Slurm job" "no part of the job"

# sbatch tells all sruns of the job not to pass on the environment.
for export in NONE SOME=1; do
  batch "${two[@]}" --export=$export -- "${root[@]}" "$launcher" run "$probe" rank
  expect_status 0 "--export=$export, mpirun"
  expect_sorted_out "$world" "--export=$export, mpirun"
  batch "${two[@]}" --export=$export -- "${root[@]}" "$launcher" run --engine srun "$probe" rank
  expect_status 0 "--export=$export, srun"
  expect_sorted_out "$world" "--export=$export, srun"
done

# Two runs of one job, each of which ends only when both have begun.
# shellcheck disable=SC2016
meet='echo >"$1/$2.$$"; until [ "$(ls "$1" | wc -l)" -ge 4 ]; do sleep 0.1; done; hostname'
for engine in openmpi srun; do
  # shellcheck disable=SC2016
  batch "${two[@]}" -- bash -c 'first=("${@:1:6}") meet=${*: -2:1} dir=${*: -1}
    "${first[@]}" bash -c "$meet" bash "$dir" one & one=$!; "${first[@]}" bash -c "$meet" bash "$dir" two && wait $one' \
    bash "$launcher" run -n 2 --engine $engine "$meet" "$pids"
  expect_status 0 "side by side, $engine"
  expect_sorted_out "$nodes" "side by side, $engine"
  rm -f "$pids"/*
done

# GPUs are counted on each node. A job's nodes are alike, so what does not fit on this one is refused before the start.
mkdir -p "$scratch/gpus/dev"
touch "$scratch/gpus/dev/nvidia"{0,1}
export HECATON_PRETEND_GPUS=$scratch/gpus
# shellcheck disable=SC2016
batch "${two[@]}" -- "$launcher" run --gpus-per-rank 1 bash -c 'echo "$(hostname) $CUDA_VISIBLE_DEVICES"'
expect_status 0 "GPUs"
expect_sorted_out $'n1 0\nn1 1\nn2 0\nn2 1' "GPUs"
batch "${two[@]}" -- "$launcher" run --gpus-per-rank 2 true
expect_status 2 "too few GPUs"
expect_one_line "too few GPUs"
unset HECATON_PRETEND_GPUS

batch "${one[@]}" -- "$launcher" run srun hostname
expect_status 2 "srun inside"
expect_one_line "srun inside"
expect_err_has "srun starts ranks too" "srun inside"

# salloc runs its command on this machine, which is none of the job's.
run salloc -Q -N1 -n2 "$launcher" run hostname
expect_status 0 "salloc"
expect_sorted_out $'n1\nn1' "salloc"

if [ ! -x "$mpich" ]; then
  leave_out "MPICH needs it when the tests are built $mpich_packages"
else
  batch "${one[@]}" -- "$launcher" run "$mpich" rank
  expect_status 0 "MPICH by hydra"
  expect_sorted_out $'rank 0 of 2\nrank 1 of 2' "MPICH by hydra"
  batch "${one[@]}" -- "${by_srun[@]}" "$launcher" run "$mpich" rank
  expect_status 0 "MPICH by srun"
  expect_sorted_out $'rank 0 of 2\nrank 1 of 2' "MPICH by srun"
fi

the_walltime_signal_that_never_reaches_the_ranks() {  # openpmix/prrte#2136
  # Slurm looks every half minute at how long its jobs may still run.
  # shellcheck disable=SC2016
  batch "${two[@]}" -t1 --signal=B:USR1@50 -- exec "$launcher" run \
    bash -c 'trap "echo saved; exit 0" USR1; while :; do sleep 0.1; done'
  expect_status 0 "${FUNCNAME[0]}"
  expect_out $'saved\nsaved\nsaved\nsaved' "${FUNCNAME[0]}"
}
the_walltime_signal_that_never_reaches_the_ranks

# Two tasks of an array, at the same time on one node: the end of one does not touch the other.
cat >"$slurm/array" <<TEXT
#!/bin/bash
[ \$SLURM_ARRAY_TASK_ID = 0 ] && exec "$launcher" run -n 2 "$probe" raise 1 9 sleep 10000
exec "$launcher" run -n 2 "$probe" sleep 2 exchange 100000
TEXT
within_limit sbatch -Q -W -D "$scratch" --array=0-1 -N1 -n1 -w n1 -o "$scratch/task.%a" -e "$scratch/task.%a" "$slurm/array"
status=$?
expect_status 137 "an array"
grep -q '^hecaton: rank 1 of 2 on n1' "$scratch/task.0" || fail "an array, the task that ends: $(cat "$scratch/task.0")"
[ "$(cat "$scratch/task.1")" = exchanged ] || fail "an array, the other task: $(cat "$scratch/task.1")"

# Killed in the middle: nothing runs on, on either node.
sleeper=hecaton-slurm-sleeper-$$
none_sleeps() { ! grep -qsa "$sleeper" /proc/[0-9]*/cmdline; }
for way in mpirun srun; do
  run_it=("$launcher" run)
  [ $way = srun ] && run_it=("${by_srun[@]}" "$launcher" run)
  # shellcheck disable=SC2016
  batch "${two[@]}" -- bash -c '"$@" & until [ $(ls "$PIDS" | wc -l) -ge 4 ]; do sleep 0.1; done; kill -KILL $!' \
    bash "${run_it[@]}" bash -c 'echo >"$PIDS/$(hostname).$$"; while :; do sleep 1; done' "$sleeper"
  wait_until none_sleeps || fail "hecaton is killed, $way: ranks are left"
  rm -f "$pids"/*
done
done_testing
