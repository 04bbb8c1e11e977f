#!/usr/bin/env bash
# Runs side by side on one machine: their bound ranks share no core.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
[ "$(nproc)" -ge 2 ] || skip "needs two cores"

# Each rank says which cores it has, and ends when those of the other run are there, too.
# shellcheck disable=SC2016
meet='sed -n "s/^Cpus_allowed_list:\t//p" /proc/self/status >"$1/$$"; until [ "$(cat "$1"/* | wc -l)" -ge 2 ]; do sleep 0.05; done'
said_its_cores() { [ -n "$(ls "$pids")" ]; }
engines=(openmpi)
if [ -x "$mpich" ]; then engines+=(hydra); else leave_out "hydra $mpich_packages"; fi
for engine in "${engines[@]}"; do
  for bind in "--bind core" "--bind core --threads 1"; do
    # shellcheck disable=SC2086
    "$launcher" run --engine "$engine" -n 1 $bind bash -c "$meet" bash "$pids" &
    other=$!
    wait_until said_its_cores  # two mpiruns of Open MPI 4 that begin in the same moment may fail on their common folder
    # shellcheck disable=SC2086
    run "$launcher" run --engine "$engine" -n 1 $bind bash -c "$meet" bash "$pids"
    expect_status 0 "two runs, $engine $bind"
    wait $other || fail "two runs, $engine $bind: the other one"
    [ "$(sort -u "$pids"/* | wc -l)" -eq 2 ] || fail "two runs, $engine $bind: both on $(sort -u "$pids"/*)"
    rm -f "$pids"/*
  done
done

# The cores that are left to the launcher.
cpu=$(sed -n 's/^Cpus_allowed_list:.*[-,]//p' /proc/self/status)
for engine in "${engines[@]}"; do
  run taskset -c "$cpu" "$launcher" run --engine "$engine" -n 1 --bind core sed -n 's/^Cpus_allowed_list:\t//p' /proc/self/status
  expect_out "$cpu" "under taskset, $engine"
done

# What a rank has had is free after it, also when its shim was killed.
# shellcheck disable=SC2016
run "$launcher" run -n 2 --bind core bash -c 'kill -KILL "$PPID"; sleep 10000'
expect_status 137 "a shim is killed"
run "$launcher" run -n 2 --bind core --show-map true
expect_status 0 "after another run"
[ "$(awk '/^ *[01] /{print $3}' "$scratch/err" | sort -u | wc -l)" -eq 2 ] || fail "after another run: cores are not free"
done_testing
