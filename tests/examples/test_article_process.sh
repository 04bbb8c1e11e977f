#!/usr/bin/env bash
# Five lines, five different process ids, on any number of ranks; the lines are whole, also through a pipe.
set -euo pipefail
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 LC_ALL=C
launcher=$1 program=$2
names=$(printf 'Process-%s\n' 0 1 2 3 4)

# check TEXT WHAT
check() {
  local line='^Child process \(Process-[0-4]\) is running, process ID is: \([1-9][0-9]*\)$'
  if [ "$(wc -l <<<"$1")" -ne 5 ] || [ "$(grep -c "$line" <<<"$1")" -ne 5 ] ||
    [ "$(sed "s/$line/\\1/" <<<"$1" | sort)" != "$names" ] ||
    [ "$(sed "s/$line/\\2/" <<<"$1" | sort -u | wc -l)" -ne 5 ]; then
    printf 'FAILED: %s\n%s\n' "$2" "$1"
    exit 1
  fi
}

file=$(mktemp /tmp/hecaton-article-XXXXXX)
trap 'rm -f "$file"' EXIT
for n in 1 2 3 7; do
  check "$("$launcher" run -n "$n" "$program" | cat)" "$n ranks, through a pipe"
  "$launcher" run -n "$n" "$program" >"$file"
  check "$(cat "$file")" "$n ranks, into a file"
done
check "$("$program" | cat)" "without a launcher"
check "$(HECATON_RANKS=1 "$program" | cat)" "in this very process"
check "$(mpirun --oversubscribe -n 2 "$program" | cat)" "plain mpirun"
