#!/usr/bin/env bash
# The mean temperature that awk computes, and a valid PNG that is the same on any number of ranks.
set -euo pipefail
launcher=$1 program=$2
. "$(dirname "$0")/support.sh"

size=2 steps=60
mean=$(awk -v s=$size -v steps=$steps 'BEGIN {
  split("    #    ###   ###   |   ##   #   # #   #  |    #   #   # #   #  |    #   #   # #   #  |" \
        "    #   #   # #   #  |    #   #   # #   #  |   ###   ###   ###   ", digits, "|")
  for (y = 1; y <= 13 * s; ++y) for (x = 1; x <= 21 * s; ++x)
    now[y, x] = hot[y, x] = substr(digits[int((y - 1) / s) - 2], int((x - 1) / s) + 1, 1) == "#"
  while (steps-- > 0) {
    for (y = 1; y <= 13 * s; ++y) for (x = 2; x < 21 * s; ++x)
      next_[y, x] = hot[y, x] ? 1 : (now[y, x - 1] + now[y, x + 1] + now[y - 1, x] + now[y + 1, x]) / 4
    for (y = 1; y <= 13 * s; ++y) for (x = 1; x <= 21 * s; ++x) now[y, x] = next_[y, x]
  }
  for (y = 1; y <= 13 * s; ++y) for (x = 1; x <= 21 * s; ++x) sum += now[y, x]
  printf "%.9f", sum / (13 * s * 21 * s)
}')
for n in 1 2 3 7; do
  expect "mean temperature $mean" "$n" "$scratch/$n.png" $size $steps
  cmp "$scratch/1.png" "$scratch/$n.png" || fail "another picture on $n ranks"
done
is_png "$scratch/1.png" $((21 * size)) $((13 * size))
run 15 "$scratch/15.png" 1 5 >"$scratch/more_ranks_than_rows"
run 1 "$scratch/alone.png" 1 5 | cmp - "$scratch/more_ranks_than_rows" || fail "another result with ranks without rows"
refuses "heat: STEPS is a whole number from 1 to 1000000, not '-3'" 3 "$scratch/x.png" 2 -3
refuses "heat: cannot write $scratch/none/x.png: No such file or directory" 3 "$scratch/none/x.png" 1 1
