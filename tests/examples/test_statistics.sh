#!/usr/bin/env bash
# The same digits as awk's, for many numbers and for fewer than ranks; and files that cannot be read.
set -euo pipefail
launcher=$1 program=$2
. "$(dirname "$0")/support.sh"

awk_says() {
  awk '{ x[NR] = $1; sum += $1; if (NR == 1 || $1 < low) low = $1; if (NR == 1 || $1 > high) high = $1 }
       END { mean = sum / NR; for (i in x) squares += (x[i] - mean) ^ 2
             printf "count %d\nmean %.6g\ndeviation %.6g\nmin %.6g\nmax %.6g\n", NR, mean, sqrt(squares / NR), low, high }' "$1"
}
awk 'BEGIN { srand(7); for (i = 0; i < 10007; ++i) print (rand() - 0.3) * 1000 }' >"$scratch/many"
printf ' 3.5\n-1e3 \n' >"$scratch/two"
for n in 1 2 3 7; do
  for file in many two; do expect "$(awk_says "$scratch/$file")" "$n" "$scratch/$file"; done
done

{ cat "$scratch/two"; echo '12 apples'; } >"$scratch/apples"
: >"$scratch/empty"
for n in 1 3; do
  refuses "statistics: cannot read $scratch/none" "$n" "$scratch/none"
  refuses "statistics: $scratch/apples:3: '12 apples' is no number" "$n" "$scratch/apples"
  refuses "statistics: there are no numbers in $scratch/empty" "$n" "$scratch/empty"
  refuses "statistics: give one FILE" "$n"
done
