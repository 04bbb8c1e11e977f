# shellcheck shell=bash
# Jobs by the words of launcher/batch (batch_probe). To be sourced after support.sh, with the batch system's name.
#
#   write_job FOLDER NAME TOKEN KEY=VALUE... <BODY   sets script and folder; the body finds $folder and $array_index
#   submit_job [AFTER...]      sets id
#   says WORDS...              $scratch/said is what batch_probe has understood, status its status
#   expect_said PATTERN WHAT   a line of it
#   job_is ID PATTERN          whether the list has such a line, expect_job ID PATTERN that it does
batch_system=$1
batch_probe=$(dirname "$probe")/batch_probe

# shellcheck disable=SC2034  # for the scripts
says() {
  within_limit "$batch_probe" "$batch_system" "$@" >"$scratch/said" 2>&1
  status=$?
}

expect_said() { grep -Eq -- "^$1" "$scratch/said" || fail "$2: $(cat "$scratch/said") instead of $1"; }

write_job() {
  folder=$1 script=$1/script.sh
  mkdir -p "$folder"
  says script "$@"
  [ "$status" -eq 0 ] || fail "script $*: $(cat "$scratch/said")"
  cp "$scratch/said" "$script"
  says index
  { printf 'folder=%q\narray_index=%q\n' "$folder" "$(cat "$scratch/said")" && cat; } >>"$script"
}

submit_job() {
  says submit "$script" "$@"
  expect_said 'id [0-9]+' "submit"
  id=$(sed -n 's/^id //p' "$scratch/said")
}

job_is() {
  says list
  grep -F -- "$1 " "$scratch/said" | grep -Eq -- "$2"
}

expect_job() { job_is "$@" || fail "job $1: $(cat "$scratch/said") instead of $2"; }
