#!/usr/bin/env bash
# headers_alone.sh CXX FLAGS ROOT PART PARTS SCRATCH: each header that hecaton.hpp reaches compiles when it is the first
# and only one. Those that it does not reach are only seen by our own sources, and are left out to keep this under a
# minute of CPU time; the compiler lists them, so a new header is never forgotten. PART of PARTS: every so-many-th.
set -u
export LC_ALL=C
cxx=$1 flags=$2 root=$3 part=$4 parts=$5
scratch=$(mktemp -d "$6/headers-XXXXXX") || exit 1
trap 'rm -rf "$scratch"' EXIT

only() { printf '#include <%s>\n' "$1" >"$scratch/only.cpp"; }
only hecaton/hecaton.hpp
mapfile -t headers < <("$cxx" "@$flags" -M "$scratch/only.cpp" | tr -s ' \\' '\n' | sed -n "s,^$root/\(hecaton/.*\),\1,p" | sort)
if [ "${#headers[@]}" -lt 20 ]; then
  echo "FAILED: the compiler lists ${#headers[@]} headers only"
  exit 1
fi
failures=0
for ((i = part; i < ${#headers[@]}; i += parts)); do
  only "${headers[i]}"
  if ! "$cxx" "@$flags" -Werror -fsyntax-only "$scratch/only.cpp"; then
    echo "FAILED: ${headers[i]} does not compile by itself"
    failures=$((failures + 1))
  fi
done
[ "$failures" -eq 0 ]
