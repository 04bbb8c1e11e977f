#!/usr/bin/env bash
# What threads, Processes and ranks see of a global, on any number of ranks: all, their own part, nothing. The last line gives
# a reason, whichever way the times went.
set -euo pipefail
export LC_ALL=C
launcher=$1 program=$2
primes=$(awk 'BEGIN {
  n = 1280000
  for (i = 2; i * i < n; ++i) if (!composite[i]) for (j = i * i; j < n; j += i) composite[j] = 1
  for (i = 2; i < n; ++i) count += !composite[i]
  print count
}')

for n in 1 2 3; do
  out=$("$launcher" run -n "$n" "$program" 2>/dev/null)
  fail() {
    printf 'FAILED: %s, on %s ranks\n%s\n' "$1" "$n" "$out"
    exit 1
  }
  has() { grep -q "$1" <<<"$out" || fail "no line $1"; }
  has "^the loop finds $primes primes in "
  has "^$n threads: "
  has "^    every thread sees $primes: one global, shared$"
  has "^$n processes: "
  has "^    the program sees 0: nothing comes back$"
  has "^    the root sees [0-9]*: its own global; what is returned makes $primes$"
  has "^threads .*, processes .*, ranks .* times as fast as the loop: .* paid"
  [ "$(sed -n 's/^    process [0-9]* sees \([0-9]*\): its own global$/\1/p' <<<"$out" | awk '{ sum += $1; ++count } END { print count, sum }')" = "$n $primes" ] ||
    fail "the processes do not see $primes together"
done
