#!/usr/bin/env bash
# run.sh LAUNCHER RANKS PROGRAM: runs it in a folder of its own, where its files stay.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
"$1" run -n "$2" "$3"
