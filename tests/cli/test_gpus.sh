#!/usr/bin/env bash
# --gpus-per-rank on a machine that pretends to have GPUs.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
unset CUDA_VISIBLE_DEVICES ROCR_VISIBLE_DEVICES HIP_VISIBLE_DEVICES GPU_DEVICE_ORDINAL ZE_AFFINITY_MASK
mkdir -p "$scratch/machine/dev/dri"
export HECATON_PRETEND_GPUS=$scratch/machine
# shellcheck disable=SC2016
show=(bash -c 'echo "$HECATON_LOCAL_RANK: ${CUDA_VISIBLE_DEVICES-} ${ROCR_VISIBLE_DEVICES-} ${ZE_AFFINITY_MASK-}"')

run "$launcher" run -n 2 --gpus-per-rank 1 "${show[@]}"
expect_status 2 "no GPU"
expect_one_line "no GPU"
expect_err_has "2 ranks on this machine need 2 GPUs, and it has 0" "no GPU"

touch "$scratch/machine/dev/nvidia"{0,1,2,3,ctl}
run "$launcher" run -n 2 "${show[@]}"
expect_sorted_out $'0:   \n1:   ' "GPUs that nobody has asked for"
run "$launcher" run -n 2 --gpus-per-rank 2 --show-map "${show[@]}"
expect_status 0 "GPUs of /dev"
expect_sorted_out $'0: 0,1  \n1: 2,3  ' "GPUs of /dev"
[ "$(awk '/^ *(rank|0|1) /{print $4}' "$scratch/err" | xargs)" = "gpus 0,1 2,3" ] || fail "GPUs of /dev: the map"
run "$launcher" run -n 3 --gpus-per-rank 2 "${show[@]}"
expect_status 2 "too few GPUs"
expect_one_line "too few GPUs"
run "$launcher" run --gpus-per-rank 4 "${show[@]}"
expect_out "0: 0,1,2,3  " "as many ranks as there are GPUs for"

run env CUDA_VISIBLE_DEVICES=5,GPU-7f "$launcher" run -n 2 --gpus-per-rank 1 "${show[@]}"
expect_sorted_out $'0: 5  \n1: GPU-7f  ' "GPUs that the scheduler gave"
run "$launcher" run -n 2 --gpus-per-rank 1 --env ROCR_VISIBLE_DEVICES=6,7 "${show[@]}"
expect_sorted_out $'0:  6 \n1:  7 ' "GPUs that --env gives"
run env ZE_AFFINITY_MASK=0.0,0.1 HECATON_GPUS_PER_RANK=1 "$launcher" run -n 2 --engine openmpi "${show[@]}"
expect_sorted_out $'0:   0.0\n1:   0.1' "GPUs by a variable of ours"
if [ -x "$mpich" ]; then
  run "$launcher" run -n 2 --engine hydra --gpus-per-rank 2 "${show[@]}"
  expect_sorted_out $'0: 0,1  \n1: 2,3  ' "GPUs with hydra"
else
  leave_out "hydra $mpich_packages"
fi
done_testing
