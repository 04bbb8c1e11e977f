#!/usr/bin/env bash
# floors.sh RUNTIME: the rules for the files of RUNTIME/hecaton and of the launcher/ beside it. A file includes its own room
# and the rooms that the table names for it; MPI, Boost, threads and clocks stay in the rooms that are meant for them;
# a header has an include guard and says what it is for; files and folders stay small enough to read.
# Prints one line for each violation, and fails when there is any.
set -u
export LC_ALL=C
runtime=$(realpath "$1") || exit 2
cd "$runtime/.." || exit 2
runtime=${runtime##*/}

longest_file=320  # lines
largest_folder=30 # source files

# Each room, and the rooms that it may include besides itself. A room may name only rooms of the lines above its own, so
# there is no circle. A header in place of a room: that header alone.
rooms='
foundation
job                   foundation
recording             foundation
codec                 foundation
tasks                 foundation job codec
scheduling            foundation
attendant             foundation tasks/task_page.hpp
launch                foundation job attendant
journal               foundation
survival              foundation codec tasks
transport             foundation job codec tasks survival launch recording
collectives           foundation job codec tasks transport recording
collectives/kept      foundation job codec tasks transport collectives

pool/shared           @below
pool/calls            @below pool/shared
pool/journal          @below pool/shared pool/calls
pool/worker           @below pool/shared pool/calls
pool/time             @below pool/shared pool/calls pool/journal
pool/traffic          @below pool/shared pool/calls pool/journal pool/time pool/worker
pool/caller           @below pool/shared pool/calls pool/journal pool/time pool/worker pool/traffic
pool/root             @below pool/shared pool/calls pool/journal pool/time pool/worker pool/traffic pool/caller
pool/lazy             @below pool/shared pool/calls pool/journal pool/time pool/worker pool/traffic pool/caller pool/root
pool                  @below pool/shared pool/calls pool/journal pool/time pool/worker pool/traffic pool/caller pool/root pool/lazy

launcher/base         @ground
launcher/link         @ground launcher/base
launcher/program      @ground launcher/base launcher/link
launcher/hosts        @ground launcher/base launcher/link launcher/program
launcher/deadline     @ground launcher/base
launcher/engines      @ground launcher/base launcher/link launcher/program launcher/hosts launcher/deadline
launcher/cleanup      @ground launcher/base launcher/link
launcher/watch        @ground launcher/base launcher/link launcher/cleanup tasks/task_page.hpp
launcher/shim         @ground launcher/base launcher/link launcher/engines launcher/cleanup launcher/watch
launcher/live         @ground launcher/base launcher/link
launcher/supervision  @ground launcher/base launcher/link launcher/program launcher/engines launcher/cleanup launcher/deadline launcher/live
launcher/run          @ground @launcher
launcher/doctor       @ground @launcher launcher/run
launcher/journal      @ground journal launcher/base
launcher/report/data  @ground launcher/base
launcher/report/figures @ground launcher/base launcher/report/data
launcher/report       @ground launcher/base launcher/report/data launcher/report/figures
launcher/cli          @ground launcher/base
launcher/batch        @ground journal launcher/base
launcher/batch/site   @ground launcher/base launcher/batch
launcher/jobs         @ground launcher/base launcher/batch launcher/cli/values.hpp launcher/cli/unknown.hpp launcher/program/elf.hpp
launcher/doctor/batch @ground @launcher launcher/run launcher/doctor launcher/batch launcher/batch/site launcher/jobs
launcher/status       @ground launcher/base launcher/batch launcher/jobs
launcher/top          @ground launcher/base launcher/live launcher/batch launcher/jobs
launcher/local        @ground launcher/base launcher/batch launcher/jobs
launcher              @ground @launcher launcher/run launcher/doctor launcher/doctor/batch launcher/journal launcher/report launcher/batch launcher/jobs launcher/status launcher/local launcher/top launcher/cli
'
below='foundation job recording codec tasks scheduling launch journal survival transport collectives' # pool/
ground='foundation job launch'                                                     # launcher/
launcher='launcher/base launcher/link launcher/program launcher/hosts launcher/engines launcher/cleanup launcher/watch'
launcher+=' launcher/shim launcher/live launcher/supervision launcher/deadline'

# Files that lie at a door, and belong to a room behind it: users read them, and the room needs them.
declare -A belongs_to=([pool/options]=pool/calls [pool/report]=pool/calls [launcher/run]=launcher/run
  [launcher/root_recording]=launcher/run)

violations=0
violation() {
  violations=$((violations + 1))
  printf '%s\n' "$1"
}

declare -A may_include
while read -r room allowed; do
  [[ -n $room ]] || continue
  allowed=${allowed//@below/$below}
  allowed=${allowed//@ground/$ground}
  allowed=${allowed//@launcher/$launcher}
  for other in $allowed; do
    [[ $other == *.hpp || -n ${may_include[$other]-} ]] ||
      violation "the table: $room may include $other, which is no room of a line above"
  done
  may_include[$room]=" $room $allowed "
done <<<"$rooms"

# The room of a file or header, a path without hecaton/ in front.
room_of() {
  local without_suffix=${1%.*}
  room=${belongs_to[$without_suffix]-${1%/*}}
}

check_include() {
  local file=$1 header=$2 quote=$3 own target
  room_of "$file"
  own=$room
  target=${header#hecaton/}
  if [[ $header == hecaton/*/* || $header == launcher/* ]]; then
    room_of "$target"
    if [[ -z ${may_include[$room]-} ]]; then
      violation "$file: includes <$header>: there is no such room"
    elif [[ ${may_include[$own]} != *" $room "* && ${may_include[$own]} != *" $target "* ]]; then
      violation "$file: includes <$header>, which $own may not include"
    fi
  elif [[ $header == hecaton/* ]]; then
    violation "$file: includes <$header>, which is for programs"
  elif [[ $quote == '"' ]]; then
    violation "$file: includes \"$header\" without its rooms"
  fi
  case $own in
    foundation | recording | codec | tasks | scheduling | attendant | launch | journal)
      [[ $header != mpi.h && $header != boost/mpi* ]] || violation "$file: includes <$header>: there is no MPI in $own/"
      ;;
    launcher*)
      [[ $header != mpi.h && $header != boost/* ]] ||
        violation "$file: includes <$header>: there is no MPI and no Boost in launcher/"
      ;;
  esac
  if [[ $own == foundation || $own == attendant || $own == launch || $own == journal ]] && [[ $header == boost/* ]]; then
    violation "$file: includes <$header>: there is no Boost in $own/, which the launcher uses"
  elif [[ $own == scheduling ]]; then
    case $header in
      thread | chrono | mutex | shared_mutex | condition_variable | atomic | future | ctime | time.h)
        violation "$file: includes <$header>: the dispatcher has no clock and no threads"
        ;;
    esac
  fi
}

# The sources, as paths from the top; without RUNTIME/hecaton/ where they are named to the reader.
mapfile -t sources < <(find "$runtime/hecaton" launcher \( -name '*.hpp' -o -name '*.cpp' \) | sort)
known=()
for source in "${sources[@]}"; do
  file=${source#"$runtime/hecaton/"}
  [[ $file != hecaton.hpp ]] || continue
  room_of "$file"
  if [[ -n ${may_include[$room]-} ]]; then
    known+=("$source")
  else
    violation "$file: $room is no room that this check knows"
  fi
done

while IFS=: read -r source line; do
  [[ $line =~ ([<\"])([^\>\"]*)[\>\"] ]] || continue
  check_include "${source#"$runtime/hecaton/"}" "${BASH_REMATCH[2]}" "${BASH_REMATCH[1]}"
done < <(grep -HE '^[[:space:]]*#[[:space:]]*include' "${known[@]}")

# Inside a room too: no header includes itself by way of others.
while read -r header; do
  violation "${header#hecaton/}: is in a circle of headers that include each other"
done < <(grep -HE '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"](hecaton|launcher)/' "${known[@]}" |
  sed -nE "s,^($runtime/)?(.*\.hpp):[^<\"]*[<\"]([^>\"]*).*,\2 \3,p" | tsort 2>&1 >/dev/null | sed -n 's/^tsort: \([^-]\)/\1/p')

# Calls with a tag and a peer; collectives and MPI_Test are not meant, nor comments and string literals.
calls='\<MPI_I?m?([bsr]?send|recv|probe|sendrecv)(_init|_replace)?\>'
while read -r source; do
  [[ $source == "$runtime"/hecaton/transport/* ]] ||
    violation "${source#"$runtime/hecaton/"}: makes MPI point-to-point calls, which only transport/ does"
done < <(awk '{ gsub(/"([^"\\]|\\.)*"/, ""); sub(/\/\/.*/, ""); print FILENAME ":" $0 }' "${known[@]}" |
  grep -iE "$calls" | cut -d: -f1 | uniq)

for source in "${known[@]}"; do
  file=${source#"$runtime/hecaton/"}
  mapfile -t lines <"$source"
  ((${#lines[@]} <= longest_file)) || violation "$file: has ${#lines[@]} lines, more than $longest_file"
  [[ $file == *.hpp ]] || continue
  [[ " ${lines[*]} " == *' #pragma once '* ]] || violation "$file: has no #pragma once"
  [[ ${lines[0]-} =~ ^//\ .{10} ]] || violation "$file: does not begin with a comment that says what it is for"
done
while read -r count folder; do
  ((count <= largest_folder)) || violation "${folder#"$runtime/hecaton/"}: holds $count source files, more than $largest_folder"
done < <(printf '%s\n' "${sources[@]%/*}" | sort | uniq -c)

# The sources that a comment names, or the description of all of them, are there.
documents=(docs/architecture.md)
[[ -f ${documents[0]} ]] || documents=()
files=$(find . \( -name '.?*' -o -name 'build*' \) -prune -o -type f -print)$'\n'
while IFS=: read -r source name; do
  [[ $files == *"/$name"$'\n'* ]] || violation "${source#"$runtime/hecaton/"}: names $name, which is not there"
done < <(awk '
  FILENAME ~ /\.[ch]pp$/ && !sub(/^.*\/\/ /, "") { next }
  {
    while (match($0, /[a-z0-9_\/]*[a-z0-9_]\.[ch]pp/)) {
      name = substr($0, RSTART, RLENGTH)
      $0 = substr($0, RSTART + RLENGTH)
      if (name !~ /^boost\//) print FILENAME ":" name
    }
  }' "${known[@]}" "${documents[@]}" | sort -u)
((violations == 0))
