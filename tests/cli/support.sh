# shellcheck shell=bash
# Shared by the scripts of this folder; each sources it with its own arguments. ctest starts them with clean_start, so they
# do not depend on where the tests were started.
set -u
# shellcheck disable=SC2034  # for the scripts
{
  launcher=$(realpath "$1") probe=$(realpath "$2") self=$(realpath "$3") pool=$(realpath "$4")
  other_pool=$(realpath "$5") plugin=$(realpath "$6") processes=$(realpath "$7") isolated=$(realpath "$8")
  mpich=$(realpath -m "$9") without_cma=$(realpath "${10}") spawning=$(realpath "${11}")
  journaling=$(realpath "${12}") journaled=$(realpath "${13}") survivor=$(realpath "${14}")
  sweep=$(realpath -m "${15}")
}
scratch=$(mktemp -d /tmp/hecaton-cli-XXXXXX)
pids=$scratch/pids
failures=0 left_out=0
started=()

# ctest's limit for the script is the only upper limit of time. A wait for an event gives up half a minute before that, so
# that there is time to report the failure and to end processes.
limit=$((${HECATON_TEST_SECONDS:-3600} - 30))
within_limit() { timeout --foreground -k 5 "$((limit > SECONDS ? limit - SECONDS : 1))" "$@"; }

finish() {
  local pid
  # shellcheck disable=SC2046  # where the script is ended in the middle
  kill -TERM $(cat "/proc/$$/task/$$/children") 2>/dev/null
  for pid in "${started[@]}"; do kill -KILL "$pid" 2>/dev/null; done
  rm -rf "$scratch"
}
trap finish EXIT

export HECATON_QUIET=1  # two cores are enough for these tests; that they share them is said in a test of its own
# Root is told once in the test about that and is silent elsewhere.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
mkdir "$scratch/tmp" "$pids"
export TMPDIR=$scratch/tmp

# ranks_own_variables: sets `given`, options with variables that engines, loaders and shells heed, or that are hard to
# pass on; makes a program, $scratch/alone, that prints them in a line, and before that which of the processes above it
# have one of them, too; and sets `line` to that line.
ranks_own_variables() {
  local setting odd=$'a;b,c="d"\n\'e\'=\\ $f `g` %h :' names=()
  given=()
  for setting in "ODD=$odd" EMPTY= LD_PRELOAD= LD_BIND_NOW=no "PATH=$PATH:/only/ranks" OMPI_MCA_btl=self,none \
    OMPI_MCA_plm=none PRTE_MCA_plm=none OMPI_COMM_WORLD_RANK=7 PMI_RANK=7 SLURM_CONF=/none HYDRA_LAUNCHER=none \
    HWLOC_PLUGINS_PATH=/here; do
    given+=(--env "$setting")
    names+=("${setting%%=*}")
  done
  cat >"$scratch/alone" <<TEXT
#!/bin/bash
names=(${names[*]})
TEXT
  cat >>"$scratch/alone" <<'TEXT'
for ((above = PPID; above > 1; above = $(sed -n 's/^PPid:\t//p' "/proc/$above/status"))); do
  mapfile -d '' -t seen <"/proc/$above/environ"
  for name in "${names[@]}"; do
    for one in "${seen[@]}"; do [ "$one" = "$name=${!name}" ] && echo "$(<"/proc/$above/comm") has $name"; done
  done
done
for name in "${names[@]}"; do all+=("$name=${!name}"); done
printf '%s\n' "${all[*]@Q}"
TEXT
  chmod +x "$scratch/alone"
  # shellcheck disable=SC2034  # for the scripts
  line=$(for setting in "${given[@]}"; do [ "$setting" = --env ] || all+=("$setting"); done; printf '%s' "${all[*]@Q}")
}

# ill_programs: makes programs out of $probe that cannot be run, and word-size, for 32-bit x86, which some machines run.
ill_programs() {
  { head -c 18 "$probe"; printf '\377\377'; tail -c +21 "$probe"; } >other-machine
  sed 's#/ld-linux\([a-z0-9_-]*\)[.]so[.][0-9]#/ld-linux\1.so.0#' "$probe" >no-loader
  sed 's/libstdc++[.]so[.]6/libnowhere.so6/' "$probe" >no-library
  sed 's/GLIBC_2[.]34/GLIBC_2.94/' "$probe" >too-new
  {
    printf '\x7fELF\1\1\1\0\0\0\0\0\0\0\0\0\2\0\3\0\1\0\0\0\x54\x80\4\x08\x34\0\0\0\0\0\0\0\0\0\0\0\x34\0\x20\0\1\0\0\0\0\0\0\0'
    printf '\1\0\0\0\0\0\0\0\0\x80\4\x08\0\x80\4\x08\x5a\0\0\0\x5a\0\0\0\5\0\0\0\0\x10\0\0\xb0\1\x31\xdb\xcd\x80'
  } >word-size
  chmod +x other-machine no-loader no-library too-new word-size
}

# Open MPI's major version.
open_mpi() { mpirun --version | sed -n 's/^mpirun (Open MPI) \([0-9]*\).*/\1/p'; }

# shellcheck disable=SC2034
mpich_packages="(Debian: mpich libmpich-dev)"

# run COMMAND...: sets status, and leaves the output in $scratch/out and $scratch/err.
run() {
  within_limit "$@" >"$scratch/out" 2>"$scratch/err"
  status=$?
}

# skip REASON: this machine cannot run the test. ./bootstrap.sh test compares the reason with the machine: "needs root", and
# "(Debian: PACKAGE...)" for the packages that it needs.
skip() {
  echo "skipped: $1"
  exit 77
}

# leave_out REASON: this machine cannot run a part of the test, which counts as skipped when all else is well.
leave_out() {
  echo "skipped: $1"
  left_out=77
}

fail() {
  failures=$((failures + 1))
  printf 'FAILED: %s\n' "$1"
  printf '  status %s\n' "${status-}"
  head -c 2000 "$scratch/out" | sed 's/^/  out: /'
  head -c 2000 "$scratch/err" | sed 's/^/  err: /'
}

expect_status() { [ "$status" -eq "$1" ] || fail "$2: status $status instead of $1"; }
expect_out() { [ "$(cat "$scratch/out")" = "$1" ] || fail "$2: standard output is not: $1"; }
expect_sorted_out() { [ "$(sort "$scratch/out")" = "$1" ] || fail "$2: sorted standard output is not: $1"; }
expect_err_has() { grep -qF -- "$1" "$scratch/err" || fail "$2: standard error lacks: $1"; }
expect_no_err() { [ ! -s "$scratch/err" ] || fail "$1: something on standard error"; }
# One line that begins with "hecaton: " and nothing else.
expect_one_line() {
  if [ "$(wc -l <"$scratch/err")" -ne 1 ] || ! grep -q '^hecaton: ' "$scratch/err"; then
    fail "$1: not one line 'hecaton: ...'"
  fi
}

# Among other lines, as mpirun's words about a status that is not 0.
expect_said_once() { [ "$(grep -c '^hecaton: ' "$scratch/err")" -eq 1 ] || fail "$1: not said in one line"; }

# alive PID: it runs (a zombie does not; kill -0 could not tell).
alive() { [ -n "$(tr -d '\0' 2>/dev/null <"/proc/$1/cmdline")" ]; }

# wait_until COMMAND...: until it succeeds; false when the time is over.
wait_until() {
  until "$@"; do
    [ $SECONDS -lt $limit ] || return 1
    sleep 0.05
  done
}

# ended: the process that a script has started as "$pid" does not run any more.
ended() { ! alive "$pid"; }

has_pids() { [ "$(cat "$pids"/* 2>/dev/null | wc -l)" -ge "$1" ]; }
none_alive() {
  local file
  for file in "$pids"/*; do
    [ -e "$file" ] && alive "$(cat "$file")" && return 1
  done
  return 0
}

# Open MPI 5 leaves empty directories of programs that no launcher has started.
forget_singletons() { [ "$(open_mpi)" -lt 5 ] || find "$TMPDIR" -mindepth 1 -type d -empty -delete; }

nothing_in_tmpdir() { [ -z "$(ls -A "$TMPDIR")" ]; }

# expect_clean WHAT [soon]: no rank is left, no session directory; with "soon", ranks may take a moment to end.
expect_clean() {
  local file
  if [ "${2-}" = soon ]; then wait_until none_alive; else none_alive; fi || {
    fail "$1: ranks are left"
    for file in "$pids"/*; do kill -KILL "$(cat "$file")" 2>/dev/null; done
  }
  nothing_in_tmpdir || {
    fail "$1: left in TMPDIR: $(find "$TMPDIR" | head -3)"
    rm -rf "${TMPDIR:?}"/*
  }
  rm -f "$pids"/*
}

# start COMMAND...: starts it as "$pid", with its output in $scratch/out and $scratch/err.
start() {
  "$@" >"$scratch/out" 2>"$scratch/err" &
  pid=$!
  started+=("$pid")
}

# begin_and_see COUNT COMMAND...: starts it, and waits until COUNT processes have left their ids.
begin_and_see() {
  local count=$1
  shift
  rm -f "$pids"/*
  start "$@"
  wait_until has_pids "$count" || fail "did not start: $*"
}

# see_status WHAT: waits for the end of "$pid" and sets its status.
see_status() {
  wait_until ended || { fail "$1: hangs"; kill -KILL "$pid"; }
  wait "$pid" 2>/dev/null
  status=$?
}

# see_end WHAT: "$pid" ends, and nothing that has left its id outlives it.
see_end() {
  see_status "$1"
  wait_until none_alive || fail "$1: left behind"
  rm -f "$pids"/*
}

# see_launcher_end WHAT: the same for a launcher, whose engine leaves no session directory either.
see_launcher_end() {
  see_end "$1"
  wait_until nothing_in_tmpdir || fail "$1: left in TMPDIR: $(find "$TMPDIR" | head -3)"
}

# killed_in_turn COUNT PROGRAM...: of a program on three ranks, each rank, mpirun and the launcher are killed or asked to
# end, once COUNT processes have left their ids, the ranks as rank-0 to rank-2.
killed_in_turn() {
  local rank count=$1
  shift
  begin_and_see "$count" "$launcher" run -n 3 "$@"
  kill -KILL "$(cat "$pids/rank-0")"
  see_launcher_end "rank 0 is killed"
  [ "$status" -ne 0 ] || fail "rank 0 is killed: status 0"
  for rank in 1 2; do  # the pool goes on
    begin_and_see "$count" "$launcher" run -n 3 "$@"
    kill -KILL "$(cat "$pids/rank-$rank")"
    wait_until said_to_be_lost "$rank" || fail "rank $rank is killed: not said"
    kill -TERM "$pid"
    see_launcher_end "rank $rank is killed"
    expect_status 143 "rank $rank is killed, and the launcher asked to end"
  done
  begin_and_see "$count" mpirun --oversubscribe -n 3 "$@"
  kill -KILL "$pid"
  see_end "mpirun is killed"
  rm -rf "${TMPDIR:?}"/*  # mpirun's own
  begin_and_see "$count" "$launcher" run -n 3 "$@"
  kill -TERM "$pid"
  see_launcher_end "the launcher is asked to end"
  expect_status 143 "the launcher is asked to end"
}

# expect_own_mpi_refused PROGRAM N: a program of which processes are to be forked has started MPI by itself.
expect_own_mpi_refused() {
  run "$launcher" run -n "$2" "$1" own-mpi
  expect_status 1 "the program's own MPI on $2 ranks"
  expect_said_once "the program's own MPI on $2 ranks"
  expect_err_has "Start MPI through hecaton::run or hecaton::Environment" "the program's own MPI on $2 ranks"
}

# said_to_be_lost RANK: the pool of a job that a script has started says that it goes on without that rank.
said_to_be_lost() { grep -Eqs "^hecaton: rank $1 on .*(elsewhere|goes on without it)$" "$scratch/err"; }

# The end of a script.
done_testing() {
  if [ "$failures" -eq 0 ]; then
    echo "all well"
    exit "$left_out"
  fi
  echo "$failures failed"
  exit 1
}
