# shellcheck shell=bash
# Fake batch systems for the tests; see queue.sh. To be sourced after support.sh.
#
#   fake_up SYSTEM      slurm, pbs, torque, lsf or flux: its commands come first in PATH; FAKE_QUEUE is set
#   next COMMAND WORDS  what the next call of it is to do
#   fake_down           ends the jobs that run; also at exit
fake_folder=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")

fake_up() {
  export FAKE_QUEUE=$scratch/queue.$1
  mkdir -p "$FAKE_QUEUE"
  PATH=$fake_folder/$1:$PATH
}

next() { printf '%s\n' "${*:2}" >>"$FAKE_QUEUE/$1.next"; }

fake_down() {
  local file
  touch "$FAKE_QUEUE/hold"
  while read -r pid; do
    grep -qazx "FAKE_QUEUE=$FAKE_QUEUE" "/proc/$pid/environ" && kill "$pid"
  done <"$FAKE_QUEUE/runners"
  for file in "$FAKE_QUEUE"/jobs/*/pid "$FAKE_QUEUE"/jobs/*/tasks/*/pid; do
    [ -e "$file" ] && kill -KILL -- "-$(cat "$file")"
  done
}
trap 'fake_down 2>/dev/null; finish' EXIT
