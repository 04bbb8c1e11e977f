#!/usr/bin/env bash
# A rank dies, or the launcher, or any process in between: the message, the status, and that nothing is left.
# shellcheck source=support.sh
if [ "$(id -u)" -eq 0 ] && [ -z "${PRIVATE_SHM-}" ] && unshare -m true 2>/dev/null; then
  # A /dev/shm of our own, so that other people's shared memory is not counted.
  exec env PRIVATE_SHM=1 unshare -m bash -c 'mount -t tmpfs tmpfs /dev/shm && exec bash "$0" "$@"' "$0" "$@"
fi
. "$(dirname "$0")/support.sh" "$@"

# Every process of a run has this in its environment; those that are left are found by its number.
export HECATON_TEST_MARK=mark-$$-$RANDOM
marked() { grep -lsa "HECATON_TEST_MARK=$HECATON_TEST_MARK" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3; }
ours() { local pid; for pid in $(marked); do alive "$pid" && tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -Eq 'hecaton|mpirun|mpi_probe|sleep' && ! is_this "$pid" && echo "$pid"; done; }
is_this() { [ "$1" -eq $$ ] || [ "$1" -eq "$BASHPID" ] || grep -qa 'test_crash' "/proc/$1/cmdline"; }
nothing_left() { [ -z "$(ours)" ]; }
segments() { find /dev/shm -type f; }

# The card.
run "$launcher" run -n 3 "$probe" raise 1 11 sleep 10000
expect_status 139 "a crash"
grep -Eq "^hecaton: rank 1 of 3 on $(hostname) \(pid [0-9]+\) was ended by signal 11, SIGSEGV" "$scratch/err" || fail "a crash: no card"
expect_err_has "$launcher run -n 3 gdb -batch -ex run -ex bt --args $probe raise 1 11 sleep 10000" "a crash"
[ "$(grep -c '^hecaton: rank' "$scratch/err")" -eq 1 ] || fail "a crash: not one card"
grep -q 'mpirun noticed\|PRIMARY job' "$scratch/err" && fail "a crash: mpirun's text too"
# The program's own last words, and not those of Open MPI, which are above the card already.
run "$launcher" run -n 2 "$probe" complain 1 "reading block 17" complain 1 "it's odd" raise 1 11 sleep 10000
grep -A2 '^hecaton:   its last lines' "$scratch/err" | grep -qxF "hecaton:   | it's odd" || fail "last words"
grep -q '^hecaton:   | .*\(Signal\|libc\)' "$scratch/err" && fail "last words: a backtrace of Open MPI's too"
# The command of the card does what it says.
if command -v gdb >/dev/null; then
  run bash -c "$(sed -n 's/^hecaton:   to see where: //p' "$scratch/err")"
  grep -q 'received signal SIGSEGV' "$scratch/out" && grep -q '^#.* in main' "$scratch/out" || fail "the command that looks closer"
  grep -qF "it's odd" "$scratch/err" || fail "the command that looks closer: other arguments"
fi
# A crash inside malloc ends the rank, too: what prints the backtrace asks for no memory.
run "$launcher" run -n 2 --timeout 60s "$(dirname "$probe")/heap_probe"
expect_status 139 "a crash inside malloc"
# shellcheck disable=SC2016
run "$launcher" run -n 2 bash -c 'echo "the reason" >&2; [ $OMPI_COMM_WORLD_RANK = 1 ] && exit 9; sleep 10000'
expect_status 9 "a bad status"
expect_err_has "rank 1 of 2" "a bad status"
grep -qF "| the reason" "$scratch/err" && fail "a bad status: the card repeats what is just above it"
run "$launcher" run -n 2 "$probe" drop 1 0 sleep 10000
expect_status 1 "a rank that leaves without MPI_Finalize and with status 0"
expect_err_has "without MPI_Finalize" "a rank that leaves with status 0"
grep -q 'exiting improperly' "$scratch/err" && fail "a rank that leaves with status 0: mpirun's text too"
# Open MPI's mpirun sometimes loses a message that a rank has handed it; then hecaton says that.
run_until_heard() {
  for _ in 1 2 3 4 5 6 7 8; do
    run "$@"
    grep -q 'mpirun has lost what MPI said' "$scratch/err" || break
  done
}
init_fails=1
[ "$(open_mpi)" -lt 5 ] || init_fails=14
run_until_heard env OMPI_MCA_pml=none_of_this_name "$launcher" run -n 2 "$probe" rank
expect_status $init_fails "MPI_Init fails"
expect_err_has "Component: none_of_this_name" "MPI_Init fails"
grep -q 'mpirun detected\|Primary job' "$scratch/err" && fail "MPI_Init fails: mpirun's text too"
run "$launcher" run -n 2 "$probe" abort 0 0 sleep 10000
expect_status 1 "MPI_Abort with status 0"

# Why MPI does not come up, the MPI library tells mpirun, not the rank's standard error.
run_until_heard env OMPI_MCA_btl=nosuch OMPI_MCA_pml=ob1 "$launcher" run -n 2 "$probe" rank
expect_status $init_fails "MPI_Init fails"
expect_err_has "Component: nosuch" "MPI_Init fails"
expect_err_has "rank 1" "MPI_Init fails"
grep -q 'Primary job\|help message\|mpirun detected' "$scratch/err" && fail "MPI_Init fails: what the card says, too"

# Killed by the out-of-memory killer, in a memory group with a limit.
# memory_group: makes a group, and sets its name; false where none can be made.
memory_group() {
  local limit_file
  for limit_file in "$(sed -n 's#^[0-9]*:memory:#/sys/fs/cgroup/memory#p' /proc/self/cgroup)"/hecaton-$$/memory.limit_in_bytes \
    "$(sed -n 's#^0::#/sys/fs/cgroup#p' /proc/self/cgroup)"/hecaton-$$/memory.max; do
    group=$(dirname "$limit_file")
    mkdir "$group" 2>/dev/null || continue
    if { echo 200M >"$limit_file"; } 2>/dev/null; then
      { echo 0 >"$group/memory.swap.max"; } 2>/dev/null
      return 0
    fi
    rmdir "$group"
  done
  return 1
}
if memory_group; then
  # shellcheck disable=SC2016
  run bash -c 'echo $$ >"$1/cgroup.procs"; shift; exec "$@"' bash "$group" \
    "$launcher" run -n 2 bash -c '[ $OMPI_COMM_WORLD_RANK = 1 ] && exec tail /dev/zero; sleep 10000'
  expect_status 137 "out of memory"
  expect_err_has "killed by the out-of-memory killer" "out of memory"
  expect_err_has "--ranks-per-node" "out of memory"
  # shellcheck disable=SC2016
  (cd "$scratch" && XDG_STATE_HOME=$scratch XDG_CONFIG_HOME=$scratch run bash -c 'echo $$ >"$1/cgroup.procs"; shift
    "$@" submit --scheduler local -n 2 --name big --wait bash -c "exec tail /dev/zero" && exit; "$@" status big' bash "$group" "$launcher")
  grep -qE '^advice +it used .*200 MiB on .* and was killed: submit it again with fewer ranks on a node \(-n 1\)$' \
    "$scratch/out" || fail "a job that is out of memory"
  wait_until rmdir "$group" || fail "out of memory: $group is not empty"
else
  leave_out "the out-of-memory killer needs the right to make memory groups"
fi

# Processes that a rank has started end with it, also those that have left its process group.
# shellcheck disable=SC2016
run env -u HECATON_QUIET "$launcher" run -n 1 bash -c 'setsid sleep 300 & echo $! >"$1/helper"; sleep 300 & echo $! >"$1/other"; sleep 0.1' bash "$pids"
expect_status 0 "helpers"
expect_one_line "helpers"
expect_err_has "rank 0 ended, but what it had started still ran a second later, and was ended: sleep, sleep" "helpers"
expect_clean "helpers" soon

# kill -9 of processes between the launcher and rank 1 of 2; nothing is left, and the status is not 0.
child_of() { tr ' ' '\n' <"/proc/$1/task/$1/children" | head -1; }
parent_of() { awk '/^PPid/ {print $2}' "/proc/$1/status"; }

# killed mpi|plain VICTIM...: all of them at the same moment.
killed() {
  local program=$1 victim rank shim targets=() what
  shift
  what="kill -9 of $*, $program"
  if [ "$program" = mpi ]; then
    begin_and_see 2 "$launcher" run -n 2 "$probe" pids "$pids" sleep 10000
  else
    # shellcheck disable=SC2016
    begin_and_see 2 "$launcher" run -n 2 bash -c 'echo $$ >"$1/$OMPI_COMM_WORLD_RANK"; sleep 10000' bash "$pids"
  fi
  [ "$(ours | wc -l)" -ge 7 ] || fail "$what: the count does not see the processes"
  rank=$(cat "$pids/1")
  shim=$(parent_of "$rank")
  for victim in "$@"; do
    case $victim in
      launcher) targets+=("$pid") ;;
      mpirun) targets+=("$(child_of "$pid")") ;;
      stub) targets+=("$(parent_of "$shim")") ;;
      shim) targets+=("$shim") ;;
      rank) targets+=("$rank") ;;
    esac
  done
  kill -KILL "${targets[@]}" 2>/dev/null  # one that was killed may have taken another with it
  see_status "$what"
  [ "$status" -ne 0 ] || fail "$what: status 0"
  wait_until nothing_left || fail "$what: left: $(ours | xargs -n1 -I{} sh -c 'tr "\0" " " </proc/{}/cmdline')"
  wait_until nothing_in_tmpdir
  expect_clean "$what" soon
  [ -z "${PRIVATE_SHM-}" ] || [ -z "$(segments)" ] || {
    fail "$what: shared memory segments are left: $(segments)"
    rm -f /dev/shm/*
  }
}

for victim in launcher mpirun stub shim rank; do
  killed mpi $victim
  killed plain $victim
done
# An mpirun that does not end when the launcher is gone: it hangs in its own end now and then; here it is stopped.
begin_and_see 2 "$launcher" run -n 2 "$probe" pids "$pids" sleep 10000
engine=$(child_of "$pid")
kill -KILL "$pid"
wait_until ended
kill -STOP "$engine" 2>/dev/null
see_status "mpirun hangs when the launcher is killed"
wait_until nothing_left || {
  fail "mpirun hangs when the launcher is killed: left: $(ours)"
  kill -KILL "$engine"
}
wait_until nothing_in_tmpdir
expect_clean "mpirun hangs when the launcher is killed" soon

# By twos, and all. CRASH_TEST_ALL=1: every set of them, with both programs.
between=(launcher mpirun stub shim rank)
for ((set = 3; set < 32; ++set)); do
  victims=()
  for ((i = 0; i < 5; ++i)); do [ $((set >> i & 1)) -eq 0 ] || victims+=("${between[i]}"); done
  case ${#victims[@]} in 2 | 5) ;; *) [ -n "${CRASH_TEST_ALL-}" ] || continue ;; esac
  [ ${#victims[@]} -gt 1 ] || continue
  killed mpi "${victims[@]}"
  [ -z "${CRASH_TEST_ALL-}" ] || killed plain "${victims[@]}"
done

[ -n "${PRIVATE_SHM-}" ] || leave_out "the count of shared memory needs a /dev/shm of its own, and for that CAP_SYS_ADMIN"
done_testing
