#!/usr/bin/env bash
# Signals to the launcher: the ranks are asked to end, nothing is left behind, the status says which signal.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"

export HECATON_GRACE=700ms  # the ranks here either listen or never do

# begin PROGRAM...: starts it on two ranks that leave their process ids, and waits until they run.
begin() {
  rm -f "$scratch"/pids/*
  # In a shell without job control, what runs in the background ignores SIGINT; env gives it back.
  env --default-signal=INT "$launcher" run -n 2 "$@" >"$scratch/out" 2>"$scratch/err" &
  pid=$!
  started+=("$pid")
  wait_until 100 has_pids 2 || fail "did not start: $*"
  sleep 0.2
}

# ends_with STATUS WHAT: the launcher ends within a few seconds.
ends_with() {
  wait_until 80 ended || { fail "$2: hangs"; kill -KILL "$pid"; }
  wait "$pid"
  status=$?
  expect_status "$1" "$2"
  expect_clean "$2"
}

mpi=("$probe" pids "$scratch/pids" sleep 60)
polite=("$probe" on-term 0 "$scratch/asked" pids "$scratch/pids" sleep 60)
# shellcheck disable=SC2016
plain=(bash -c 'echo $$ >"$1/$OMPI_COMM_WORLD_RANK"; exec sleep 60' bash "$scratch/pids")
# shellcheck disable=SC2016
stubborn=(bash -c 'trap "" TERM INT; echo $$ >"$1/$OMPI_COMM_WORLD_RANK"; while :; do sleep 1; done' bash "$scratch/pids")

begin "${mpi[@]}"; kill -TERM "$pid"; ends_with 143 "SIGTERM"
begin "${mpi[@]}"; kill -INT "$pid"; ends_with 130 "SIGINT"
begin "${mpi[@]}"; kill -HUP "$pid"; ends_with 129 "SIGHUP"
begin "${plain[@]}"; kill -TERM "$pid"; ends_with 143 "SIGTERM, without MPI"
begin "${stubborn[@]}"; kill -TERM "$pid"; ends_with 143 "SIGTERM, ignored by the ranks"

begin "${polite[@]}"; kill -TERM "$pid"; ends_with 143 "SIGTERM, handled by the ranks"
[ "$(grep -c 'asked to end' "$scratch/asked")" -eq 2 ] || fail "the ranks were not asked"

for program in mpi plain stubborn; do
  declare -n command=$program
  begin "${command[@]}"; kill -TERM "$pid"; kill -TERM "$pid"; ends_with 143 "the same signal twice at once, $program"
  begin "${command[@]}"; kill -INT "$pid"; sleep 0.4; kill -TERM "$pid"; ends_with 130 "a second signal, $program"
done

# To the whole group, as a terminal or timeout does it.
for program in mpi plain; do
  declare -n command=$program
  rm -f "$scratch"/pids/*
  timeout -s TERM 1 "$launcher" run -n 2 "${command[@]}" >"$scratch/out" 2>"$scratch/err"
  status=$?
  expect_status 124 "timeout, $program"
  expect_clean "timeout, $program" 50
done

# mpirun dies under us, and the other way round.
child_of() { tr ' ' '\n' <"/proc/$1/task/$1/children" | head -1; }
for program in mpi plain; do
  declare -n command=$program
  begin "${command[@]}"; kill -KILL "$(child_of "$pid")"; ends_with 137 "mpirun is killed, $program"
  begin "${command[@]}"
  kill -KILL "$pid"
  wait "$pid" 2>/dev/null
  wait_until 50 none_alive
  wait_until 30 nothing_in_tmpdir
  expect_clean "the launcher is killed, $program" 50
done

# Ctrl-Z: the ranks rest as the launcher does, and go on with it. With -m it has a shell that could wake it.
state_is() { [ "$(sed 's/.*) //' "/proc/$2/stat" | cut -c1)" = "$1" ]; }
rests_not() { ! state_is T "$1"; }
# shellcheck disable=SC2016
bash -mc '"$0" run -n 2 "$@" & echo $! >"$TMPDIR/launcher"; wait $!; while [ -e /proc/$! ]; do sleep 0.1; done; wait $!' \
  "$launcher" "${plain[@]}" >"$scratch/out" 2>"$scratch/err" &
shell=$!
started+=("$shell")
wait_until 100 has_pids 2 || fail "Ctrl-Z: did not start"
pid=$(cat "$TMPDIR/launcher")
started+=("$pid")
kill -TSTP "$pid"
for process in "$pid" "$(cat "$scratch/pids/0")" "$(cat "$scratch/pids/1")"; do
  wait_until 150 state_is T "$process" || fail "Ctrl-Z: $process does not rest"
done
kill -CONT "$pid"
for process in "$pid" "$(cat "$scratch/pids/0")" "$(cat "$scratch/pids/1")"; do
  wait_until 150 rests_not "$process" || fail "Ctrl-Z: $process does not go on"
done
kill -TERM "$pid"
wait_until 80 ended || fail "Ctrl-Z: hangs"
rm -f "$TMPDIR/launcher"
expect_clean "Ctrl-Z" 50

done_testing
