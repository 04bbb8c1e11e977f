#!/usr/bin/env bash
# installed_headers.sh LISTS CMAKE BUILD CXX FLAGS PART PARTS: `cmake --install` installs the headers of LISTS
# (cmake/HecatonHeaders.cmake) and no others; they are the public ones and all that those include, without Boost.MPI but for one; what is not public is in
# hecaton::detail; and each compiles when it is the first and only one. Every PARTS-th header from PART on is compiled.
set -u
export LC_ALL=C
lists=$1 cmake=$2 build=$3 cxx=$4 flags=$5 part=$6 parts=$7
scratch=$(mktemp -d "$build/headers-XXXXXX") || exit 1
trap 'rm -rf "$scratch"' EXIT
unset DESTDIR
failures=0
fail() {
  failures=$((failures + 1))
  printf 'FAILED: %s\n' "$1"
}

listed() { sed -n "/^set($1/,/)\$/s,^ *\\(hecaton/.*\\.hpp\\))*\$,\\1,p" "$lists"; }
mapfile -t public < <(listed hecaton_public_headers)
mapfile -t needed < <(listed hecaton_needed_headers)
headers=("${public[@]}" "${needed[@]}")
printf '%s\n' "${headers[@]}" | sort >"$scratch/listed"
# same WHAT FILE: its lines are the listed headers. Nothing goes on after a difference.
same() {
  diff "$scratch/listed" "$2" && return
  echo "FAILED: $1 (>) are not those of $lists (<)"
  exit 1
}

source=$(sed -n 's,^-I"\(.*\)",\1,p' "$flags")
printf '#include <%s>\n' "${public[@]}" >"$scratch/all.cpp"
"$cxx" "@$flags" -M "$scratch/all.cpp" | tr -s ' \\' '\n' | sed -n "s,^$source/\\(hecaton/.*\\),\\1,p" | sort >"$scratch/needed"
same "the public headers and what they include" "$scratch/needed"
# Boost.MPI's header takes long to compile: it comes with Environment::world() alone.
grep -vE '/(hecaton|environment)\.hpp>' "$scratch/all.cpp" >"$scratch/light.cpp"
heavy=$("$cxx" "@$flags" -M "$scratch/light.cpp" | grep -oE '[^ ]*/boost/mpi[^ ]*' | head -n 1)
[ -z "$heavy" ] || fail "a public header includes $heavy: that is for transport/environment.hpp only"

"$cmake" --install "$build" --prefix "$scratch/prefix" --component headers >"$scratch/log" 2>&1 || {
  cat "$scratch/log"
  exit 1
}
include=$(find "$scratch/prefix" -path '*/hecaton/hecaton.hpp')
include=${include%/hecaton/hecaton.hpp}
(cd "$include" && find hecaton -type f | sort) >"$scratch/installed"
same "the installed headers" "$scratch/installed"
# The flags of the build tree, but for the headers of the installed one.
sed "s,^-I.*,-I\"$include\"," "$flags" >"$scratch/flags"

for header in "${needed[@]}"; do
  ! grep -qE '^namespace hecaton( |$)' "$include/$header" || fail "$header declares names outside of hecaton::detail"
done
# Rooms behind the ones that users meet: not even a copy of their headers is there.
internals=$(grep -E '^hecaton/(launch|scheduling|pool/root|pool/worker)/|/(log|zygote.*|sandbox.*|bell|endpoint)\.hpp$' "$scratch/installed")
[ -z "$internals" ] || fail "internals are installed: $internals"

for ((i = part; i < ${#headers[@]}; i += parts)); do
  printf '#include <%s>\n' "${headers[i]}" >"$scratch/only.cpp"
  "$cxx" "@$scratch/flags" -Werror -fsyntax-only "$scratch/only.cpp" || fail "${headers[i]} does not compile by itself"
done
[ "$failures" -eq 0 ]
