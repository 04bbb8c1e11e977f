#!/usr/bin/env bash
# The words of this machine's licences (or of our own, where there are none), counted by us and by coreutils.
set -euo pipefail
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 LC_ALL=C
launcher=$1 program=$2
files=(/usr/share/common-licenses/*)
[ -f "${files[0]}" ] || files=("$(dirname "$0")"/../../LICENSE "$(dirname "$0")"/../../README.md)

expected=$(cat "${files[@]}" | tr -s '[:space:]' '\n' | grep . | sort | uniq -c | sort -k1,1nr -k2 | sed -n 1,10p)
for n in 1 2 3 7; do
  out=$("$launcher" run -n "$n" "$program" "${files[@]}")
  [ "$out" = "$expected" ] || { printf 'FAILED on %s ranks:\n%s\ninstead of\n%s\n' "$n" "$out" "$expected"; exit 1; }
done

# A file that is not there: one line, status 1, no output.
if out=$("$launcher" run -n 3 "$program" "${files[0]}" /no/such/file 2>"${TMPDIR:-/tmp}/word_count.$$"); then
  echo "FAILED: a missing file went unnoticed"; exit 1
fi
err=$(grep '^hecaton: std::' "${TMPDIR:-/tmp}/word_count.$$"; rm -f "${TMPDIR:-/tmp}/word_count.$$")
case $err in
  "hecaton: std::runtime_error: cannot read /no/such/file (item 1, rank "*) ;;
  *) printf 'FAILED: a missing file gives: %s\n' "$err"; exit 1 ;;
esac
[ -z "$out" ]
