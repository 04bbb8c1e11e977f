#!/usr/bin/env bash
# seeds.sh: writes the seeds of all fuzz targets, which have been built in build-asan/, into their corpora, tests/fuzz/corpus/NAME.
# What else lies there was found by the fuzzer, and stays.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
for source in tests/fuzz/fuzz_*.cpp; do
  target=$(basename "$source" .cpp)
  corpus=tests/fuzz/corpus/${target#fuzz_}
  mkdir -p "$corpus"
  rm -f "$corpus"/seed-*
  "build-asan/tests/fuzz/$target" --seeds "$corpus"
done
