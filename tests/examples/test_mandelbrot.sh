#!/usr/bin/env bash
# A valid PNG of the size that was asked for, the same on any number of ranks.
set -euo pipefail
launcher=$1 program=$2
. "$(dirname "$0")/support.sh"

for n in 1 2 3 7; do
  expect "$scratch/$n.png: 60 x 40 pixels" "$n" "$scratch/$n.png" 60 40
  cmp "$scratch/1.png" "$scratch/$n.png" || fail "another picture on $n ranks"
done
is_png "$scratch/1.png" 60 40
refuses "hecaton: std::invalid_argument: WIDTH is a whole number from 1 to 20000, not 'wide'" 3 "$scratch/x.png" wide
