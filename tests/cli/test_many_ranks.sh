#!/usr/bin/env bash
# Many more ranks than cores: they start, end well, and leave time to each other. Nothing here depends on how long it takes.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
cores=$(nproc)

run "$launcher" run -n 200 true
expect_status 0 "200 ranks"
expect_no_err "200 ranks"
expect_clean "200 ranks"

# Where ranks wait for each other in MPI_Init, they look every tenth of a millisecond. Whoever shares a core looks less often.
# shellcheck disable=SC2016
slack=(bash -c 'read -r slack </proc/self/timerslack_ns; echo "$slack"')
mine=$("${slack[@]}")
run "$launcher" run -n 1 "${slack[@]}"
expect_out "$mine" "a rank with a core of its own"
run "$launcher" run -n $((20 * cores)) "${slack[@]}"
expect_status 0 "20 ranks on each core"
[ "$(sort -u "$scratch/out")" = 1000000 ] || fail "20 ranks on each core: timers are not 20 times as late"

run "$launcher" run -n 64 "$probe" rank
expect_status 0 "64 ranks with MPI"
[ "$(sort -u "$scratch/out" | wc -l)" -eq 64 ] || fail "64 ranks with MPI: not all spoke"

# The two processes around a rank have little memory of their own, also when output has gone through them.
# shellcheck disable=SC2016
run "$launcher" run -n 4 bash -c '
  head -c 3000000 /dev/zero | tr "\0" "\n"
  stub=$(sed -n "s/^PPid:\t//p" "/proc/$PPID/status")
  cat "/proc/$PPID/smaps_rollup" "/proc/$stub/smaps_rollup" |
    while read -r what kilobytes _; do
      case $what in Private_*) sum=$((sum + kilobytes)); echo "$sum" ;; esac
    done | tail -n 1 >"$1/private.$$"' bash "$scratch"
expect_status 0 "memory of shims"
for file in "$scratch"/private.*; do
  [ "$(cat "$file")" -lt 1500 ] || fail "memory of shims: $(cat "$file") kB"
done
expect_clean "all of this"
done_testing
