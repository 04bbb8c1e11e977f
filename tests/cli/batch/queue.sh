# shellcheck shell=bash
# A small queue for the fake commands of batch systems in this folder. Each of them takes what its manual has and nothing
# else, so a word that the real one would refuse is a failure. All is in the folder FAKE_QUEUE:
#
#   COMMAND.next      what the next calls of that command are to do, a line each; COMMAND.always for all others:
#                       banner, slow SECONDS, hang, down, refuse; a submission also: hang-after, die-after, lie, two, quiet;
#                       a list also: empty, garbage
#   hold              while it is there, no job starts
#   longest_array     so many tasks may an array have
#   jobs/N            a job: script, name, token, state, status, out, ...; jobs/N/tasks/K for those of an array
#   calls             the calls of all commands, a line each
set -u
queue=${FAKE_QUEUE:?is the folder of the fake batch system}
command=${0##*/}
here=$(dirname "$(readlink -f "$0")")
mkdir -p "$queue/jobs"

# complain WORDS: what the command would say; the test's log has it too.
complain() {
  printf '%s: %s\n' "$command" "$1" >>"$queue/complaints"
  printf '%s: %s\n' "$command" "$1" >&2
  exit "${2:-1}"
}

hang() {
  echo $$ >>"$queue/runners"
  exec sleep 600
}

behaviour=
behave() {
  local file=$queue/$command.next
  printf '%s %s\n' "$command" "$*" >>"$queue/calls"
  exec 9>"$queue/lock"
  flock 9
  if [ -s "$file" ]; then
    read -r behaviour <"$file"
    sed -i 1d "$file"
  elif [ -s "$queue/$command.always" ]; then
    read -r behaviour <"$queue/$command.always"
  fi
  exec 9>&-
  case $behaviour in
    slow\ *) sleep "${behaviour#slow }" ;;
    hang) hang ;;
    down) echo "$down_words" >&2 && exit "${down_status:-1}" ;;
    refuse) echo "$refuse_words" >&2 && exit "${refuse_status:-1}" ;;
    garbage) echo "<html><body>Maintenance until Monday 18:00</body></html>" && exit 0 ;;
    banner) printf '%s\n' "*** 2 of 400 nodes are down until 18:00 ***" "" "Your project has 4711.5 hours left." ;;
  esac
}

# new_job SCRIPT: makes a job of it, sets id and job; the script is copied as the real ones do.
new_job() {
  exec 9>"$queue/lock"
  flock 9
  id=$(($(cat "$queue/last" 2>/dev/null || echo 100) + 1))
  echo "$id" >"$queue/last"
  exec 9>&-
  job=$queue/jobs/$id
  mkdir -p "$job.new"
  cp "$1" "$job.new/script"
  pwd >"$job.new/folder"
  echo waiting >"$job.new/state"
  mv "$job.new" "$job"
}

# Starts the runner of a job, or of each task, apart from the command.
run_job() {
  local task
  if [ -e "$job/tasks" ]; then
    for task in "$job"/tasks/*; do
      cp "$job"/{script,folder,state} "$task"
      setsid "$here/run_job" "$task" </dev/null >/dev/null 2>&1 &
      echo $! >>"$queue/runners"
    done
  else
    setsid "$here/run_job" "$job" </dev/null >/dev/null 2>&1 &
    echo $! >>"$queue/runners"
  fi
}

# answer WORDS: a submission's answer, as it is to be.
answer() {
  case $behaviour in
    hang-after) hang ;;
    die-after) kill -KILL $$ ;;
    lie) echo "$lie_words" >&2 && exit 1 ;;
    quiet) exit 0 ;;
    two) printf '%s\n' "$1" "${1/$id/$((id + 1))}" && exit 0 ;;
    banner) printf '%s\n' "$1" "Please do not run on the login nodes." && exit 0 ;;
  esac
  printf '%s\n' "$1"
}

# directives MARK: the script's, a line each without the mark; one behind the first command is what no batch system reads.
directives() {
  local line seen=
  read -r line <"$script"
  [ "$line" = '#!/bin/sh' ] || [ "$line" = '#!/bin/bash' ] || complain "the script begins with: $line"
  ! grep -q $'\r' "$script" || complain "the script has DOS line ends"
  while IFS= read -r line; do
    case $line in
      "$1"*)
        [ -z "$seen" ] || complain "a directive behind a command: $line"
        printf '%s\n' "${line#"$1"}"
        ;;
      \#* | '') ;;
      *) seen=1 ;;
    esac
  done <"$script"
}

# checked_directives MARK PATTERN...: each has to have the form of one of the patterns; no site knows other ones.
checked_directives() {
  local mark=$1 line pattern
  shift
  directives "$mark" >"$queue/directives.$$"
  while IFS= read -r line; do
    for pattern in "$@"; do [[ $line =~ ^$pattern$ ]] && continue 2; done
    rm -f "$queue/directives.$$"
    complain "what is this: $mark$line"
  done <"$queue/directives.$$"
  given=$(cat "$queue/directives.$$")
  rm -f "$queue/directives.$$"
}

# value PATTERN: what the first group of it is in the first of the given directives that has that form.
value() {
  local line
  while IFS= read -r line; do
    [[ $line =~ ^$1$ ]] && printf '%s' "${BASH_REMATCH[1]}" && return
  done <<<"$given"
}

# seconds CLOCK: of 1:02:03 or 02:03.
seconds() {
  local all=0 part
  for part in ${1//:/ }; do all=$((all * 60 + 10#$part)); done
  echo "$all"
}

# array RANGES SHIFT: makes the tasks; their numbers as the batch system counts them.
array() {
  local range
  for range in ${1//,/ }; do
    for task in $(seq "${range%-*}" "${range#*-}"); do mkdir -p "$job/tasks/$task"; done
  done
}

get() { cat "$1" 2>/dev/null; }

# Ends the processes of a job: its script and what that has started.
end_job() {
  local pid
  pid=$(get "$1/pid")
  [ -z "$pid" ] || kill -"${2:-TERM}" -- "-$pid" 2>/dev/null
}
