#!/usr/bin/env bash
# must_fail.sh CXX FLAGS PRECOMPILED SOURCE: with HECATON_MUST_FAIL the first error contains the text behind "// expect: " in the
# source's first line, and little else is printed; without, the source compiles.
set -u
export LC_ALL=C
cxx=$1 flags=$2 precompiled=$3 source=$4
longest=40  # lines: what fits on a screen
expected=$(sed -n '1s,^// expect: ,,p' "$source")
if [ -z "$expected" ]; then
  echo "FAILED: the first line of $source is not '// expect: TEXT'"
  exit 1
fi
if output=$("$cxx" "-I$precompiled" "@$flags" -fsyntax-only -DHECATON_MUST_FAIL "$source" 2>&1); then
  echo "FAILED: it compiles with HECATON_MUST_FAIL"
  exit 1
fi
errors=$(grep -F 'error:' <<<"$output")
first=${errors%%$'\n'*}
if [[ $first != *"$expected"* ]]; then
  printf 'FAILED: the first error does not say "%s" but:\n%s\n' "$expected" "$output"
  exit 1
fi
if [ "$(wc -l <<<"$output")" -gt "$longest" ]; then
  printf 'FAILED: the error is drowned in more than %s lines:\n%s\n' "$longest" "$output"
  exit 1
fi
if ! output=$("$cxx" "-I$precompiled" "@$flags" -fsyntax-only "$source" 2>&1); then
  printf 'FAILED: the passing twin does not compile:\n%s\n' "$output"
  exit 1
fi
