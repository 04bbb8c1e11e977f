#!/usr/bin/env bash
# faults.sh LAUNCHER PROGRAM WHAT VICTIM [STEP]: each call of MPI, or each allocation, that rank VICTIM of 2 makes in WHAT
# (faults.cpp) fails once. Nothing hangs, and a line says what failed, unless all went well. STEP 7: each seventh only,
# since a failure that ends the job takes its time.
set -u
launcher=$1 program=$2 what=$3 victim=$4 step=${5:-1}
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT

wrong() {
  printf 'call %s of rank %s in %s: %s\n' "$n" "$victim" "$what" "$1"
  cat "$folder/err"
  exit 1
}

n=1
while :; do
  "$launcher" run -n 2 "$program" "$what" "$victim" "$n" >"$folder/out" 2>"$folder/err" </dev/null
  status=$?
  if [ "$(tail -n 1 "$folder/out")" = "no more" ]; then
    [ "$status" -eq 0 ] || wrong "status $status after all was done"
    break
  fi
  n=$(tail -n 1 "$folder/out")  # those before it went well
  case $n in '' | *[!0-9]*) n='?' && wrong "status $status, and no number" ;; esac
  [ "$status" -ne 0 ] || wrong "status 0"
  grep -q -e SIGALRM -e '^wrong: ' "$folder/err" && wrong "it hangs, or is wrong"
  if [ "$what" = opening ]; then
    grep -qE '^hecaton: .*(bad_alloc|no memory)' "$folder/err" || wrong "status $status, and no line says why"
    n=$((n + step))
    continue
  fi
  call=$(sed -n 's/^fault: //p' "$folder/err" | tail -n 1)
  [ -n "$call" ] || wrong "status $status without a fault"
  grep -q "^hecaton: .*$call failed" "$folder/err" || wrong "no line names $call"
  n=$((n + step))
done
[ "$n" -gt 20 ] || wrong "these were not all calls"
printf '%s: %s failed on rank %s\n' "$what" "$((n - 1))" "$victim"
