#!/usr/bin/env bash
# The most frequent complaints about other launchers: each is a test of its name, which shows what hecaton does instead.
# Those that need several machines are in test_hosts.sh.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
cd "$scratch" || exit 1

# Where a plain MPICH program can be started, too, that is tried in several of these.
with_mpich() { [ -x "$mpich" ] && command -v mpiexec.hydra >/dev/null; }
with_mpich || leave_out "what concerns MPICH needs it, also when the tests are built $mpich_packages"

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
  # A program of the other MPI, on a machine whose mpirun is Open MPI's.
  with_mpich || return 0
  run "$launcher" run -n 3 "$mpich" rank
  expect_status 0 "${FUNCNAME[0]}, MPICH"
  expect_sorted_out $'rank 0 of 3\nrank 1 of 3\nrank 2 of 3' "${FUNCNAME[0]}, MPICH"
  run "$launcher" run -n 2 --engine openmpi "$mpich" rank
  expect_status 2 "${FUNCNAME[0]}, the wrong mpirun"
  expect_out "" "${FUNCNAME[0]}, the wrong mpirun"
}

a_hang_after_one_rank_died() {
  run "$launcher" run -n 3 "$probe" pids "$pids" raise 2 9 barriers 1  # the others wait for rank 2, in MPI
  expect_status 137 "${FUNCNAME[0]}"
  # shellcheck disable=SC2016
  run "$launcher" run -n 3 bash -c 'echo $$ >"$1/$$"; [ "$OMPI_COMM_WORLD_RANK" = 2 ] && exit 9; sleep 10000' bash "$pids"
  expect_status 9 "${FUNCNAME[0]}, without MPI"
  expect_clean "${FUNCNAME[0]}" soon
}

orphans() {  # open-mpi/ompi#8672
  # shellcheck disable=SC2016
  begin_and_see 2 "$launcher" run -n 2 \
    bash -c 'trap "" TERM INT HUP; echo $$ >"$1/$$"; while :; do sleep 1; done' bash "$pids"
  kill -KILL "$pid"
  see_launcher_end "${FUNCNAME[0]}"
}

lost_or_torn_output() {  # openpmix/openpmix#3651: in parts, without an end of line at the end, from a rank that dies
  # shellcheck disable=SC2016
  local together=': >"$1/$OMPI_COMM_WORLD_RANK"; for i in 0 1 2 3; do until [ -e "$1/$i" ]; do sleep 0.05; done; done'
  # shellcheck disable=SC2016
  local text='for i in $(seq 2000); do printf "a line of some length, "; echo "number $i"; done; printf "the end"; kill -KILL $$'
  mkdir "$scratch/torn"
  run "$launcher" run -n 4 --grace 10s bash -c "trap '' TERM; $together; $text" bash "$scratch/torn"
  expect_status 137 "${FUNCNAME[0]}"
  [ "$(grep -Ecx 'a line of some length, number [0-9]+' out)" -eq 8000 ] || fail "${FUNCNAME[0]}: lines"
  [ "$(grep -cx 'the end' out)" -eq 4 ] || fail "${FUNCNAME[0]}: last words"
  [ "$(sort -u out | wc -l)" -eq 2001 ] || fail "${FUNCNAME[0]}: lines that nobody wrote"
}

success_reported_after_failure() {  # pmodels/mpich#7057
  run "$launcher" run -n 3 "$probe" exit 2 1
  expect_status 1 "${FUNCNAME[0]}"
  run "$launcher" run -n 3 "$probe" drop 1 0 sleep 10000  # mpirun's own status is the rank's: 0
  expect_status 1 "${FUNCNAME[0]}"
  with_mpich || return 0
  for _ in 1 2 3 4 5 6; do  # hydra itself says 0 now and then
    run "$launcher" run -n 3 "$mpich" raise 1 9 sleep 10000
    expect_status 137 "${FUNCNAME[0]}, MPICH"
  done
}

refusal_to_run_as_root_in_a_container() {  # open-mpi/ompi#4451
  local root=()
  [ "$(id -u)" -eq 0 ] || root=(unshare -r)  # it believes that it is
  "${root[@]}" true 2>/dev/null || { leave_out "${FUNCNAME[0]} needs root, or user namespaces"; return; }
  run "${root[@]}" env -u HECATON_QUIET -u OMPI_ALLOW_RUN_AS_ROOT -u OMPI_ALLOW_RUN_AS_ROOT_CONFIRM "$launcher" run -n 1 "$probe" rank
  expect_status 0 "${FUNCNAME[0]}"
  expect_one_line "${FUNCNAME[0]}"
}

# cpu_time COMMAND...: runs it, and sets milliseconds, of CPU time: other programs do not add to it as they do to the time
# on the clock.
cpu_time() {
  local before
  before=$(cut -d' ' -f16,17 /proc/$$/stat)
  "$@"
  milliseconds=$(cut -d' ' -f16,17 /proc/$$/stat)
  milliseconds=$(((${milliseconds/ / + } - (${before/ / + })) * 1000 / $(getconf CLK_TCK)))
}

slow_oversubscription() {  # open-mpi/ompi#10426: waiting ranks have to give way
  local n=$(($(nproc) * 2 + 1)) ours theirs
  cpu_time run "$launcher" run -n $n "$probe" barriers 150
  ours=$milliseconds
  expect_status 0 "${FUNCNAME[0]}"
  cpu_time run env OMPI_MCA_mpi_yield_when_idle=0 "$launcher" run -n $n "$probe" barriers 150
  theirs=$milliseconds
  # Open MPI 5 gives way in any case; where waiting ranks do not, each barrier costs them their time slices.
  [ $((2 * ours)) -lt "$theirs" ] || [ "$(open_mpi)" -ge 5 ] ||
    fail "${FUNCNAME[0]}: $ours ms of CPU time, and $theirs ms where no rank gives way"
}

cma_errors_in_containers() {  # open-mpi/ompi#4948
  run "$without_cma" mpirun --oversubscribe -n 2 "$probe" exchange 1000000
  run "$without_cma" "$launcher" run -n 2 "$probe" exchange 1000000
  expect_status 0 "${FUNCNAME[0]}"
  expect_out exchanged "${FUNCNAME[0]}"
  expect_no_err "${FUNCNAME[0]}"
  run "$without_cma" "$launcher" doctor "$probe"
  grep -Eq '^warning +memory copies ' out || fail "${FUNCNAME[0]}: the doctor does not say it"
}

options_renamed_between_versions() {  # open-mpi/ompi#7413: ours are the same for every engine
  local engine engines=(openmpi)
  with_mpich && engines+=(hydra)
  for engine in "${engines[@]}"; do
    # shellcheck disable=SC2016
    run "$launcher" run --engine "$engine" --ranks=2 --ranks-per-node=2 --bind=core --wdir=/ --env=K=V --label --timeout=1m \
      bash -c 'echo "$K $PWD $(nproc)"'
    expect_status 0 "${FUNCNAME[0]}, $engine"
    expect_sorted_out $'[0] V / 1\n[1] V / 1' "${FUNCNAME[0]}, $engine"
    expect_no_err "${FUNCNAME[0]}, $engine"
  done
}

a_surprising_default_binding() {  # open-mpi/ompi#13009: plain mpirun binds two ranks to a core each
  run "$launcher" run -n 1 nproc
  expect_out "$(nproc)" "${FUNCNAME[0]}"
  run "$launcher" run -n 2 env -u OMP_NUM_THREADS nproc  # which believes that variable
  expect_out "$(nproc)"$'\n'"$(nproc)" "${FUNCNAME[0]}, two ranks"
}

tmpdir_too_long() {  # open-mpi/ompi#3798
  local long=$scratch/tmp/$(printf 'x%.0s' $(seq 120))
  mkdir "$long"
  run env -u HECATON_QUIET TMPDIR="$long" "$launcher" run -n 2 "$probe" rank
  expect_status 0 "${FUNCNAME[0]}"
  [ "$(open_mpi)" -ge 5 ] || expect_err_has "too long for Open MPI's sockets" "${FUNCNAME[0]}"  # 5 has none there
  [ -z "$(ls -A "$long")" ] || fail "${FUNCNAME[0]}: something is left"
  rmdir "$long"
}

the_walltime_signal_that_never_reaches_the_ranks() {  # openpmix/prrte#2136
  # shellcheck disable=SC2016
  begin_and_see 2 "$launcher" run -n 2 \
    bash -c 'trap "echo saved; exit 0" USR1; echo $$ >"$1/$$"; while :; do sleep 0.1; done' bash "$pids"
  kill -USR1 "$pid"
  see_status "${FUNCNAME[0]}"
  expect_status 0 "${FUNCNAME[0]}"
  expect_out $'saved\nsaved' "${FUNCNAME[0]}"
}

a_rank_that_starts_another_mpi_program() {  # by itself, and by the launcher; a program that has no hecaton in it
  run "$launcher" run -n 2 "$probe" start "$launcher run -n 1 $probe rank"
  expect_status 0 "${FUNCNAME[0]}: by the launcher"
  expect_out "rank 0 of 1" "${FUNCNAME[0]}: by the launcher"
  expect_no_err "${FUNCNAME[0]}: by the launcher"
  start "$launcher" run -n 2 "$probe" start "$probe rank"
  explained() { ended || grep -q 'called MPI_Init as if it were that rank' "$scratch/err"; }
  wait_until explained || fail "${FUNCNAME[0]}"
  kill -TERM "$pid" 2>/dev/null  # as under mpirun, it may be that it does not end
  see_status "${FUNCNAME[0]}"
  grep -q '^hecaton: a program that rank 0 has started .* Start it with hecaton run -n 1$' "$scratch/err" || fail "${FUNCNAME[0]}: the line"
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
a_rank_that_starts_another_mpi_program
rm -f "$pids"/*
expect_clean "all of this" soon
done_testing
