#!/usr/bin/env bash
# The README's programs are the tested ones: its first block of C++ is the example, its block of CMake the consumer's project.
set -euo pipefail
top=$(realpath "$1")

# block LANGUAGE: the first fenced block of that language.
block() { awk -v fence="\`\`\`$1" '$0 == fence { on = 1; next } /^```/ && on { exit } on' "$top/README.md"; }
# Leading comment lines and what is blank behind them are not shown.
program() { sed -e '/^[^\/]/,$!d' "$1"; }

diff <(block cpp) <(program "$top/examples/article_pool.cpp") ||
  { echo "FAILED: the README's program is not examples/article_pool.cpp"; exit 1; }
diff <(block cmake) <(grep -E '^(find_package|add_executable|target_link)' "$top/tests/consumer/project/CMakeLists.txt") ||
  { echo "FAILED: the README's CMake lines are not those of tests/consumer/project"; exit 1; }
echo "all well"
