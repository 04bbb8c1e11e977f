#!/usr/bin/env bash
# Signals to the launcher: the ranks are asked to end, nothing is left behind, the status says which signal.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"

export HECATON_GRACE=700ms  # the ranks here either listen or never do

# begin PROGRAM...: starts it on two ranks that leave their process ids, and waits until they run.
# In a shell without job control, a program in the background ignores SIGINT and SIGQUIT; env gives them back.
begin() { begin_and_see 2 env --default-signal=INT,QUIT "$launcher" run -n 2 "$@"; }

# ends_with STATUS WHAT: the launcher ends, and has left nothing.
ends_with() {
  see_status "$2"
  expect_status "$1" "$2"
  expect_clean "$2"
}

mpi=("$probe" pids "$pids" sleep 10000)
polite=("$probe" on-term 0 "$scratch/asked" pids "$pids" sleep 10000)
# shellcheck disable=SC2016
plain=(bash -c 'echo $$ >"$1/$OMPI_COMM_WORLD_RANK"; exec sleep 10000' bash "$pids")
# shellcheck disable=SC2016
stubborn=(bash -c 'trap "" TERM INT; echo $$ >"$1/$OMPI_COMM_WORLD_RANK"; while :; do sleep 1; done' bash "$pids")

begin "${mpi[@]}"; kill -TERM "$pid"; ends_with 143 "SIGTERM"
begin "${mpi[@]}"; kill -INT "$pid"; ends_with 130 "SIGINT"
begin "${mpi[@]}"; kill -HUP "$pid"; ends_with 129 "SIGHUP"
begin "${mpi[@]}"; kill -QUIT "$pid"; ends_with 131 "SIGQUIT"
begin "${mpi[@]}"; kill -ALRM "$pid"; ends_with 142 "SIGALRM"
begin "${mpi[@]}"; kill -XCPU "$pid"; ends_with 152 "SIGXCPU"
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
  rm -f "$pids"/*
  run timeout -s TERM 1 "$launcher" run -n 2 "${command[@]}"
  expect_status 124 "timeout, $program"
  expect_clean "timeout, $program" soon
done

# mpirun dies under us, and the other way round.
child_of() { tr ' ' '\n' <"/proc/$1/task/$1/children" | head -1; }
for program in mpi plain; do
  declare -n command=$program
  begin "${command[@]}"; kill -KILL "$(child_of "$pid")"; ends_with 137 "mpirun is killed, $program"
  begin "${command[@]}"
  kill -KILL "$pid"
  see_launcher_end "the launcher is killed, $program"
done

# Batch systems send signals to all processes of a job, and mpirun passes some on to its own.
parent_of() { sed -n 's/^PPid:\t//p' "/proc/$1/status"; }
# shellcheck disable=SC2016
saver=(bash -c 'trap "echo saved; exit 0" USR1; echo $$ >"$1/$OMPI_COMM_WORLD_RANK"; while :; do sleep 0.1; done' bash "$pids")
begin "${saver[@]}"
for signal in HUP INT QUIT PIPE ALRM USR1 USR2 STKFLT TTIN TTOU IO PROF VTALRM PWR XCPU XFSZ WINCH URG CONT TSTP RTMIN RTMAX; do
  for rank in 0 1; do
    shim=$(parent_of "$(cat "$pids/$rank")")
    kill -$signal "$(parent_of "$shim")"
    kill -$signal "$shim"
  done
done
kill -TERM "$shim"
for signal in USR1 USR2 CONT; do kill -$signal "$(child_of "$pid")"; done
kill -WINCH "$pid"
kill -USR1 "$pid"
ends_with 0 "signals to all but the ranks, and then one to the launcher"
expect_out $'saved\nsaved' "signals to all but the ranks, and then one to the launcher"

# A launcher that nohup has started does not end with its terminal.
begin_and_see 2 env --ignore-signal=HUP "$launcher" run -n 2 "${plain[@]}"
kill -HUP "$pid"
kill -TERM "$pid"; ends_with 143 "SIGTERM after a SIGHUP that is ignored"

# Ctrl-Z: the ranks stop as the launcher does, and go on with it. The kernel stops no process of a group that has no
# parent to wake it. The parent of this group is the script, because timeout makes a group of its own.
state_is() { [ "$(sed 's/.*) //' "/proc/$2/stat" | cut -c1)" = "$1" ]; }
goes_on() { ! state_is T "$1"; }
begin_and_see 2 timeout "$limit" "$launcher" run -n 2 "${plain[@]}"
group=$pid
pid=$(child_of "$group")
started+=("$pid")
kill -TSTP "$pid"
for process in "$pid" "$(cat "$pids/0")" "$(cat "$pids/1")"; do
  wait_until state_is T "$process" || fail "Ctrl-Z: $process does not stop"
done
kill -CONT "$pid"
for process in "$pid" "$(cat "$pids/0")" "$(cat "$pids/1")"; do
  wait_until goes_on "$process" || fail "Ctrl-Z: $process does not go on"
done
kill -TERM "$pid"
pid=$group
ends_with 143 "Ctrl-Z"

done_testing
