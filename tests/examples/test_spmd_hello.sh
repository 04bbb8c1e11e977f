#!/usr/bin/env bash
# One line a rank, in rank order, with this host's name.
set -euo pipefail
launcher=$1 program=$2
. "$(dirname "$0")/support.sh"

for n in 1 2 3 7; do
  expect "$(for ((r = 0; r < n; ++r)); do echo "rank $r of $n on $(uname -n)"; done)" "$n"
done
