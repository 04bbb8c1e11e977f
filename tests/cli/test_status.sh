#!/usr/bin/env bash
# Exit statuses, and that nothing is left behind.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"

ends() {
  local expected=$1
  shift
  run "$launcher" run -n 2 "$@"
  expect_status "$expected" "$*"
  expect_clean "$*"
}

ends 0 "$probe" pids "$pids"
ends 3 "$probe" pids "$pids" exit 1 3
ends 3 "$probe" pids "$pids" exit 0 3
ends 255 "$probe" exit 1 255
ends 5 "$probe" pids "$pids" drop 1 5 sleep 10000
ends 139 "$probe" pids "$pids" raise 1 11 sleep 10000
ends 137 "$probe" pids "$pids" raise 1 9 sleep 10000
expect_err_has "rank 1" "the rank that was killed"
ends 134 "$probe" pids "$pids" raise 0 6 sleep 10000
ends 143 "$probe" pids "$pids" raise 1 15 sleep 10000
ends 7 "$probe" pids "$pids" abort 1 7 sleep 10000
ends 4 bash -c 'exit 4'
ends 139 bash -c 'kill -SEGV $$'
ends 0 true

# The reports of short ranks count, although hecaton only reads them when mpirun is gone as well.
real=$(type -P mpirun)
mkdir "$scratch/bin"
cat >"$scratch/bin/mpirun" <<TEXT
#!/bin/bash
[ "\$1" = --version ] && exec "$real" --version
kill -STOP \$PPID
"$real" "\$@"
status=\$?
(until grep -q '^State:.Z' /proc/\$\$/status; do sleep 0.02; done; kill -CONT \$PPID) >/dev/null 2>&1 &
exit \$status
TEXT
chmod +x "$scratch/bin/mpirun"
run env PATH="$scratch/bin:$PATH" "$launcher" run -n 2 echo short
expect_status 0 "hecaton is slower than its ranks"
expect_out $'short\nshort' "hecaton is slower than its ranks"

done_testing
