#!/usr/bin/env bash
# must_fail.sh CXX FLAGS PRECOMPILED SOURCE: with HECATON_MUST_FAIL the first error contains the text behind "// expect: " in the
# source's first line, the second error that of the second such line and so on, and little else is printed; without, the source
# compiles.
set -u
export LC_ALL=C
cxx=$1 flags=$2 precompiled=$3 source=$4
longest=40  # lines for each expected error: what fits on a screen
mapfile -t expected < <(sed -n '/^\/\/ expect: /!q; s///p' "$source")
if [ "${#expected[@]}" -eq 0 ]; then
  echo "FAILED: the first line of $source is not '// expect: TEXT'"
  exit 1
fi
if output=$("$cxx" "-I$precompiled" "@$flags" -fsyntax-only -DHECATON_MUST_FAIL "$source" 2>&1); then
  echo "FAILED: it compiles with HECATON_MUST_FAIL"
  exit 1
fi
mapfile -t errors < <(grep -F 'error:' <<<"$output")
for ((i = 0; i < ${#expected[@]}; ++i)); do
  if [[ ${errors[i]-} != *"${expected[i]}"* ]]; then
    printf 'FAILED: error %s does not say "%s" but "%s", in:\n%s\n' $((i + 1)) "${expected[i]}" "${errors[i]-}" "$output"
    exit 1
  fi
done
if [ "$(wc -l <<<"$output")" -gt $((longest * ${#expected[@]})) ]; then
  printf 'FAILED: the error is drowned in more than %s lines:\n%s\n' "$longest" "$output"
  exit 1
fi
if ! output=$("$cxx" "-I$precompiled" "@$flags" -fsyntax-only "$source" 2>&1); then
  printf 'FAILED: the passing twin does not compile:\n%s\n' "$output"
  exit 1
fi
