#!/usr/bin/env bash
# No difference from a serial product, and the sum of all elements that awk finds.
set -euo pipefail
launcher=$1 program=$2
. "$(dirname "$0")/support.sh"

for size in 1 5 60; do
  sum=$(awk -v n=$size 'BEGIN {
    for (k = 0; k < n; ++k) { left = right = 0  # sum of a column, sum of a row: the sum of all is that of their products
      for (i = 0; i < n; ++i) { left += (3 * i + 7 * k) % 10; right += (k + 2 * i) % 10 }
      sum += left * right }
    print sum }')
  for n in 1 2 3 7; do
    expect "$(printf 'sum of all elements %s\nlargest difference from a serial product 0' "$sum")" "$n" $size
  done
done
refuses "hecaton: std::invalid_argument: SIZE is a whole number from 1 to 10000, not '0'" 3 0
