#!/usr/bin/env bash
# The same digits on any number of ranks; those of a small run computed again by the shell, those of a large one near pi.
set -euo pipefail
launcher=$1 program=$2
. "$(dirname "$0")/support.sh"

# SplitMix64 in the shell's 64-bit arithmetic, whose >> brings copies of the sign from the left.
points=2500 inside=0
for ((i = 0; i < points; ++i)); do
  ((z = (i + 1) * 0x9e3779b97f4a7c15,
    z = (z ^ ((z >> 30) & 0x3ffffffff)) * 0xbf58476d1ce4e5b9,
    z = (z ^ ((z >> 27) & 0x1fffffffff)) * 0x94d049bb133111eb,
    z ^= (z >> 31) & 0x1ffffffff,
    x = (z >> 33) & 0x7fffffff, y = z & 0x7fffffff, inside += x * x + y * y < 0x4000000000000000, 1))
done
pi=$(awk -v a="$inside" -v b="$points" 'BEGIN { printf "%.8f", 4 * a / b }')
large=$(run 1 3000001)
for n in 1 2 3 7; do
  expect "$inside of $points points are in the circle: pi is about $pi" "$n" "$points"
  expect "$large" "$n" 3000001
done
echo "$large" | awk '{ off = $NF - atan2(0, -1); exit !(off * off < 0.003 ^ 2) }' || fail "not near pi: $large"
refuses "hecaton: std::invalid_argument: POINTS is a whole number from 1 to 2000000000, not '1e6'" 3 1e6
