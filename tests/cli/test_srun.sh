#!/usr/bin/env bash
# srun as the engine, played by a script that starts programs as srun does: with SLURM_PROCID, and no more than that.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
mkdir "$scratch/slurm"
cat >"$scratch/slurm/srun" <<'TEXT'
#!/bin/bash
for word; do
  case $word in
    --ntasks=*) ranks=${word#*=} ;;
    --chdir=*) cd "${word#*=}" || exit 1 ;;
    --) break ;;
  esac
done
while [ "$1" != -- ]; do shift; done
shift
for ((rank = 0; rank < ranks; rank++)); do SLURM_PROCID=$rank SLURM_NTASKS=$ranks "$@" & done
wait
exit 0
TEXT
chmod +x "$scratch/slurm/srun"
srun=(env SLURM_JOB_ID=7 SLURM_JOB_NODELIST="$(hostname)" SLURM_TASKS_PER_NODE=3 PATH="$scratch/slurm:$PATH" "$launcher" run --engine srun)

run "${srun[@]}" --dry-run -n 2 --threads 2 echo 'a b'
command="$scratch/slurm/srun --ntasks=2 --cpus-per-task=2 --mpi=none --cpu-bind=cores --kill-on-bad-exit=0 --wait=0 --input=none"
grep -qF -- "$command -- env OMP_NUM_THREADS=2 $(type -P echo) 'a b'" "$scratch/out" ||
  fail "the command"
# shellcheck disable=SC2016
run "${srun[@]}" --label --wdir / bash -c 'echo "$PWD $OMP_NUM_THREADS"'
expect_status 0 "as many ranks as slots"
share=$(($(nproc) / 3 > 0 ? $(nproc) / 3 : 1))
expect_sorted_out "[0] / $share"$'\n'"[1] / $share"$'\n'"[2] / $share" "as many ranks as slots"
run "${srun[@]}" -n 2 cat <<<"for rank 0"
expect_out "for rank 0" "standard input"
# shellcheck disable=SC2016
run "${srun[@]}" -n 3 bash -c 'echo $$ >"$1/$$"; [ "$SLURM_PROCID" = 1 ] && exit 9; sleep 10000' bash "$pids"
expect_status 9 "a rank that fails, where srun says 0"
expect_err_has "rank 1 of 3" "a rank that fails, where srun says 0"
expect_clean "a rank that fails" soon
# No PMIx here, as with the wrong --mpi: each rank would be rank 0 of 1, with status 0.
run "${srun[@]}" -n 2 "$probe" sleep 10000
expect_status 2 "the wrong --mpi"
expect_one_line "the wrong --mpi"
expect_err_has "without PMI" "the wrong --mpi"
done_testing
