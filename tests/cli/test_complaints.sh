#!/usr/bin/env bash
# What users of other launchers complain about most, each with a test of its name that shows what ours get instead.
# Those that need several machines are in test_hosts.sh.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
cd "$scratch" || exit 1

not_enough_slots() {  # open-mpi/ompi#8955
  local n=$(($(nproc) * 2 + 1))
  run env -u HECATON_QUIET "$launcher" run -n $n "$probe" rank
  expect_status 0 "${FUNCNAME[0]}"
  [ "$(grep -c "of $n\$" out)" -eq $n ] || fail "${FUNCNAME[0]}: not $n ranks"
  expect_one_line "${FUNCNAME[0]}"
}

every_rank_is_rank_0_of_1() {  # open-mpi/ompi#10799
  # An mpirun that starts two programs which do not know of each other, as one of another MPI does.
  mkdir -p wrong
  cat >wrong/mpirun <<'TEXT'
#!/bin/bash
[ "$1" = --version ] && { echo "mpirun (Open MPI) 4.9"; exit; }
while [ "$1" != "${1#-}" ] || [[ $1 != */hecaton ]]; do shift; done
OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=1 "$@" &
OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=1 "$@" &
wait
TEXT
  chmod +x wrong/mpirun
  run env PATH="$scratch/wrong:$PATH" "$launcher" run -n 2 bash -c 'sleep 1; echo "I ran"'
  expect_status 2 "${FUNCNAME[0]}"
  expect_err_has "2 ranks were to be started" "${FUNCNAME[0]}"
  grep -q 'I ran' out && fail "${FUNCNAME[0]}: a program ran to its end"
}

a_hang_after_one_rank_died() {
  local seconds=$SECONDS
  run "$launcher" run -n 3 "$probe" pids "$scratch/pids" raise 2 9 sleep 60
  expect_status 137 "${FUNCNAME[0]}"
  [ $((SECONDS - seconds)) -lt 15 ] || fail "${FUNCNAME[0]}: it took $((SECONDS - seconds)) s"
  expect_clean "${FUNCNAME[0]}" 10
}

orphans() {  # open-mpi/ompi#8672
  local pid
  "$launcher" run -n 2 bash -c 'echo $$ >"$1/$$"; trap "" TERM INT HUP; while :; do sleep 1; done' bash "$scratch/pids" &
  pid=$!
  started+=("$pid")
  wait_until 100 has_pids 2 || fail "${FUNCNAME[0]}: did not start"
  kill -KILL "$pid"
  wait "$pid" 2>/dev/null
  status=$?
  expect_clean "${FUNCNAME[0]}" 60
}

lost_or_torn_output() {  # openpmix/openpmix#3651
  run "$launcher" run -n 4 bash -c 'for i in $(seq 2000); do echo "a line of some length, number $i"; done'
  [ "$(wc -l <out)" -eq 8000 ] && [ "$(sort -u out | wc -l)" -eq 2000 ] || fail "${FUNCNAME[0]}"
}

success_reported_after_failure() {  # pmodels/mpich#7057
  run "$launcher" run -n 3 "$probe" exit 2 1
  expect_status 1 "${FUNCNAME[0]}"
  run "$launcher" run -n 3 "$probe" drop 1 0 sleep 30  # mpirun's own status is the rank's: 0
  expect_status 1 "${FUNCNAME[0]}"
}

refusal_to_run_as_root_in_a_container() {  # open-mpi/ompi#4451
  [ "$(id -u)" -eq 0 ] || return 0
  run env -u HECATON_QUIET -u OMPI_ALLOW_RUN_AS_ROOT -u OMPI_ALLOW_RUN_AS_ROOT_CONFIRM "$launcher" run -n 1 "$probe" rank
  expect_status 0 "${FUNCNAME[0]}"
  expect_one_line "${FUNCNAME[0]}"
}

slow_oversubscription() {  # open-mpi/ompi#10426: waiting ranks have to give way
  run "$launcher" run -n $(($(nproc) + 1)) --dry-run "$probe"
  grep -q -- '--mca mpi_yield_when_idle 1' out || fail "${FUNCNAME[0]}"
}

cma_errors_in_containers() {  # open-mpi/ompi#4948; the container's half is in unit.test_launch_command
  run "$launcher" run -n 2 "$probe" rank
  expect_status 0 "${FUNCNAME[0]}"
  expect_no_err "${FUNCNAME[0]}"
}

options_renamed_between_versions() {  # open-mpi/ompi#7413: ours are the same for every engine
  run "$launcher" run --ranks=2 --bind=none --wdir=/ --env=K=V "$probe" environment K
  expect_out K=V "${FUNCNAME[0]}"
}

a_surprising_default_binding() {  # open-mpi/ompi#13009
  # shellcheck disable=SC2016
  run "$launcher" run -n 1 bash -c 'nproc'
  expect_out "$(nproc)" "${FUNCNAME[0]}"
}

tmpdir_too_long() {  # open-mpi/ompi#3798
  local long=$scratch/tmp/$(printf 'x%.0s' $(seq 120))
  mkdir "$long"
  run env -u HECATON_QUIET TMPDIR="$long" "$launcher" run -n 2 "$probe" rank
  expect_status 0 "${FUNCNAME[0]}"
  expect_err_has "too long for Open MPI's sockets" "${FUNCNAME[0]}"
  [ -z "$(ls -A "$long")" ] || fail "${FUNCNAME[0]}: something is left"
  rmdir "$long"
}

the_walltime_signal_that_never_reaches_the_ranks() {  # openpmix/prrte#2136
  local pid
  # shellcheck disable=SC2016
  "$launcher" run -n 2 bash -c 'trap "echo saved; exit 0" USR1; echo $$ >"$1/$$"; while :; do sleep 0.1; done' bash "$scratch/pids" >out 2>err &
  pid=$!
  started+=("$pid")
  wait_until 100 has_pids 2
  sleep 0.2
  kill -USR1 "$pid"
  wait "$pid"
  status=$?
  expect_status 0 "${FUNCNAME[0]}"
  expect_out $'saved\nsaved' "${FUNCNAME[0]}"
}

not_enough_slots
every_rank_is_rank_0_of_1
a_hang_after_one_rank_died
orphans
lost_or_torn_output
success_reported_after_failure
refusal_to_run_as_root_in_a_container
slow_oversubscription
cma_errors_in_containers
options_renamed_between_versions
a_surprising_default_binding
tmpdir_too_long
the_walltime_signal_that_never_reaches_the_ranks
rm -f "$scratch"/pids/*
expect_clean "all of this" 20
done_testing
