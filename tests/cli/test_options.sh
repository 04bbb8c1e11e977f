#!/usr/bin/env bash
# The options of hecaton run that change the surroundings of ranks: environment, folder, threads, cores, time limit, signals.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
cd "$scratch" || exit 1
mkdir 'a folder'

run "$launcher" run -n 1 --env 'A=1  2' --env B= --env HOME "$probe" environment A environment B environment HOME
expect_out "$(printf 'A=1  2\nB=\nHOME=%s' "$HOME")" "--env"
run env HECATON_ENV=$'A=1,  2\nB=\nHOME' "$launcher" run -n 1 "$probe" environment A environment B environment HOME
expect_out "$(printf 'A=1,  2\nB=\nHOME=%s' "$HOME")" "HECATON_ENV with several"
# Variables that mpirun and the loader heed reach the ranks as they were given, and no process in between sees them. The
# command that --dry-run prints does the same.
ranks_own_variables
mkdir with=1
cp alone with=1
for word in x :; do  # a lone colon takes another way
  run "$launcher" run -n 2 "${given[@]}" ./alone "$word"
  expect_out "$line"$'\n'"$line" "the ranks' own variables"
  run "$launcher" run -n 2 --dry-run "${given[@]}" with=1/alone "$word"
  cp out pasted
  run bash ./pasted
  expect_out "$line"$'\n'"$line" "the ranks' own variables, pasted"
done
run "$launcher" run -n 1 --env K=1 sh -c 'env | grep -c ^HECATON_SET'
expect_out 0 "the way of the ranks' variables is not their business"
run "$launcher" run -n 2 --wdir 'a folder' bash -c 'basename "$PWD"'
expect_out $'a folder\na folder' "--wdir"
cp "$(type -P printf)" here
run "$launcher" run -n 1 --wdir 'a folder' ./here found
expect_out found "--wdir and a program with a relative path"
touch file
for folder in nowhere file; do
  run "$launcher" run -n 1 --wdir "$folder" true
  expect_status 2 "--wdir $folder"
  expect_one_line "--wdir $folder"
  expect_err_has "--wdir $folder: " "--wdir $folder"
done
run bash -c 'mkdir gone && cd gone && rmdir ../gone && exec "$0" run -n 1 true' "$launcher"
expect_status 2 "a folder that was deleted"
expect_one_line "a folder that was deleted"
run "$launcher" run -n 5 --ranks-per-node 2 true
expect_status 2 "more ranks than fit"
expect_one_line "more ranks than fit"
run "$launcher" run --threads 2 bash -c 'echo $OMP_NUM_THREADS'
[ "$(sort -u out)" = 2 ] || fail "--threads"
run "$launcher" run -n 2 --bind core bash -c 'grep Cpus_allowed_list /proc/self/status | cut -f2'
[ "$(grep -Ecx '[0-9]+' out)" -eq 2 ] || fail "--bind core"
run "$launcher" run -n $(($(nproc) + 1)) --bind core true
expect_status 0 "--bind core with more ranks than cores"
run "$launcher" run -n 1 --show-map true
grep -Eq '^ +0  '"$(hostname)" err || fail "--show-map"
run env HECATON_RANKS=3 HECATON_LABEL=true "$launcher" run echo x
expect_sorted_out $'[0] x\n[1] x\n[2] x' "options as variables"
run "$launcher" run -n 2 bash -c 'env | grep -c ^HECATON_CHANNEL'
expect_out $'0\n0' "the channel's address is not the rank's business"

# More ranks than cores: once in a line, and not with --quiet.
cores=$(nproc)
run env -u HECATON_QUIET "$launcher" run -n $((cores + 1)) true
expect_status 0 "more ranks than cores"
expect_one_line "more ranks than cores"
expect_err_has "oversubscribed" "more ranks than cores"
run env -u HECATON_QUIET "$launcher" run -q -n $((cores + 1)) true
expect_no_err "more ranks than cores, quietly"

# Few open files are allowed: more are asked for, and the ranks have what the user has; else it is refused, before
# mpirun hangs.
run bash -c 'ulimit -Sn 20; exec "$0" run -n 2 bash -c "ulimit -Sn"' "$launcher"
expect_status 0 "a low soft limit of open files"
expect_out $'20\n20' "a low soft limit of open files"
run bash -c 'ulimit -n 60; exec "$0" run -n 12 true' "$launcher"
expect_status 2 "a low hard limit of open files"
expect_one_line "a low hard limit of open files"
expect_err_has "ulimit -n" "a low hard limit of open files"
run "$launcher" run -n 100000 true
expect_status 2 "100000 ranks here"
expect_one_line "100000 ranks here"

# The time limit.
run "$launcher" run -n 2 --timeout 700ms "$probe" pids "$pids" sleep 10000
expect_status 124 "--timeout"
expect_one_line "--timeout"
expect_err_has "the time limit of 0.7 s is over; rank 0-1 still ran" "--timeout"
expect_clean "--timeout" soon
run "$launcher" run -n 2 --timeout 1m true
expect_status 0 "a time limit that is not reached"

# An mpirun that does not start all ranks is waited for, and which are missing is said; with the time limit, too.
mkdir slow
cat >slow/mpirun <<TEXT
#!/bin/bash
[ "\$1" = --version ] && exec $(type -P mpirun) --version
args=()
for word; do
  [ "\$word" = "$launcher" ] && args+=(bash -c '[ "\$OMPI_COMM_WORLD_RANK" -eq 0 ] || exec sleep 10000; exec "\$@"' bash)
  args+=("\$word")
done
exec $(type -P mpirun) "\${args[@]}"
TEXT
chmod +x slow/mpirun
start env PATH="$scratch/slow:$PATH" "$launcher" run -n 3 --link-timeout 200ms sleep 10000
missing() { grep -Eq "mpirun.* has not started (any|rank 1-2)" err; }  # any: where this machine is very busy
wait_until missing || fail "ranks that do not come"
kill -TERM "$pid"
see_status "ranks that do not come"
expect_status 143 "ranks that do not come"
# shellcheck disable=SC2016
printf '#!/bin/bash\n[ "$1" = --version ] && exec %s --version; exec sleep 10000\n' "$(type -P mpirun)" >slow/mpirun
run env PATH="$scratch/slow:$PATH" "$launcher" run -n 3 --link-timeout 50ms --timeout 700ms true
expect_status 124 "no rank comes"
expect_err_has "has not started any rank in 0.3 s" "no rank comes"
expect_err_has "the time limit of 0.7 s is over; no rank ran; " "no rank comes"

# Signals to the ranks; the grace.
# shellcheck disable=SC2016
patient='trap "echo usr1" USR1; trap "echo usr2" USR2; trap "echo term; exit 75" TERM; echo $$ >"$1/$OMPI_COMM_WORLD_RANK"; while :; do sleep 0.1; done'
begin_and_see 2 "$launcher" run -n 2 bash -c "$patient" bash "$pids"
kill -USR1 "$pid"
said() { [ "$(grep -c "$1" out)" -ge 2 ]; }
wait_until said usr1 || fail "SIGUSR1 does not reach the ranks"
kill -USR2 "$pid"
wait_until said usr2 || fail "SIGUSR2 does not reach the ranks"
kill -TERM "$pid"
see_status "SIGTERM"
expect_status 143 "SIGTERM"
said term || fail "SIGTERM does not reach the ranks"
expect_clean "signals" soon
# A launcher with a short grace has ended when one with a long one, which was asked first, still waits.
# shellcheck disable=SC2016
stubborn=(bash -c 'trap "" TERM; echo $$ >"$1/$PPID.$$"; sleep 10000' bash "$pids")
start "$launcher" run -n 1 --grace 1h "${stubborn[@]}"
long=$pid
wait_until has_pids 1 || fail "a long grace: did not start"
kill -TERM "$long"
start "$launcher" run -n 1 --grace 200ms "${stubborn[@]}"
wait_until has_pids 2 || fail "a short grace: did not start"
kill -TERM "$pid"
see_status "a short grace"
expect_status 143 "a short grace"
alive "$long" || fail "a long grace is short"
kill -TERM "$long"  # at once
pid=$long
see_launcher_end "a long grace"

# A status of its own passes through: 75 means run me again.
run "$launcher" run -n 2 bash -c 'exit 75'
expect_status 75 "status 75"

# Without a launcher that listens, a shim is the program.
run "$launcher" __rank echo plain
expect_out plain "a shim without a launcher"

# Under a debugger, and with valgrind's way of wrapping: any program in front of ours.
run "$launcher" run -n 2 env X=1 "$probe" rank
expect_sorted_out $'rank 0 of 2\nrank 1 of 2' "a program in front of the program"
if command -v gdb >/dev/null; then
  run "$launcher" run -n 1 gdb -q -batch -ex run --args "$probe" rank
  grep -q 'rank 0 of 1' out || fail "gdb"
else
  leave_out "a program under gdb needs that (Debian: gdb)"
fi
done_testing
