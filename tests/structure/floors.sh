#!/usr/bin/env bash
# floors.sh ROOT: the rules for the files of ROOT/hecaton. A file includes its own floor and those below; MPI, threads and
# clocks stay in the rooms that are meant for them; a header has an include guard and says what it is for.
# Prints one line for each violation, and fails when there is any.
set -u
export LC_ALL=C
cd "$1/hecaton" || exit 2

declare -A floor=([foundation]=0 [codec]=1 [tasks]=2 [scheduling]=2 [survival]=2 [launch]=2 [transport]=3 [collectives]=3 [pool]=4)
violations=0
violation() {
  violations=$((violations + 1))
  printf '%s\n' "$1"
}

includes() { sed -nE 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]([^>"]*)[>"].*/\1/p' "$1"; }
# The file without comments and string literals.
code() { sed -E 's/"([^"\\]|\\.)*"/""/g; s,//.*,,' "$1"; }

check_include() {
  local file=$1 room=$2 header=$3 other
  if [[ $header == hecaton/*/* ]]; then
    other=${header#hecaton/}
    other=${other%%/*}
    if [[ -z ${floor[$other]-} ]]; then
      violation "$file: includes <$header>: there is no such room"
    elif ((floor[$other] > floor[$room])); then
      violation "$file: includes <$header>, which is on a floor above its own"
    fi
  elif [[ $header == hecaton/* ]]; then
    violation "$file: includes <$header>, which is for programs"
  fi
  case $room in
    foundation | codec | tasks | scheduling)
      [[ $header != mpi.h && $header != boost/mpi* ]] || violation "$file: includes <$header>: there is no MPI in $room/"
      ;;
  esac
  if [[ $room == scheduling ]]; then
    case $header in
      thread | chrono | mutex | shared_mutex | condition_variable | atomic | future | ctime | time.h)
        violation "$file: includes <$header>: the dispatcher has no clock and no threads"
        ;;
    esac
  fi
}

check_file() {
  local file=$1 room header first
  room=${file%%/*}
  if [[ -z ${floor[$room]-} ]]; then
    violation "$file: $room/ is no room that this check knows"
    return
  fi
  while read -r header; do check_include "$file" "$room" "$header"; done < <(includes "$file")
  # Calls with a tag and a peer; collectives and MPI_Test are not meant.
  if [[ $room != transport ]] &&
    code "$file" | grep -qiE '\bMPI_I?m?([bsr]?send|recv|probe|sendrecv)(_init|_replace)?\b'; then
    violation "$file: makes MPI point-to-point calls, which only transport/ does"
  fi
  [[ $file == *.hpp ]] || return
  grep -qx '#pragma once' "$file" || violation "$file: has no #pragma once"
  IFS= read -r first <"$file"
  [[ $first =~ ^//\ .{10} ]] || violation "$file: does not begin with a comment that says what it is for"
}

while read -r file; do check_file "$file"; done < <(find . -mindepth 2 \( -name '*.hpp' -o -name '*.cpp' \) -printf '%P\n' | sort)
((violations == 0))
