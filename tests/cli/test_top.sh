#!/usr/bin/env bash
# hecaton top: runs on this machine, and a batch job through its folder.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
export XDG_RUNTIME_DIR=$scratch/runtime XDG_STATE_HOME=$scratch/state
mkdir -m 700 "$XDG_RUNTIME_DIR"
program=$(dirname "$pool")/progress_probe
socket_of() { [ -S "$XDG_RUNTIME_DIR/hecaton/$1" ]; }

run "$launcher" top
expect_status 0 "no run"
expect_out "no run of hecaton run goes on here; of a batch job: hecaton top JOB" "no run"
run "$launcher" top 12 13
expect_status 2 "two at once"
run "$launcher" top no-such-job
[ "$status" -ne 0 ] || fail "no such job: status 0"
expect_one_line "no such job"

# ---- a run here ----
begin_and_see 2 "$launcher" run -n 2 "$pool" never-ends "$pids"/{a,b}
first=$pid
mv "$scratch/out" "$scratch/first.out"; mv "$scratch/err" "$scratch/first.err"
for word in "" "$first"; do
  run "$launcher" top $word
  expect_status 0 "one run, asked by '$word'"
  grep -Eq "^$first on [^ ]+, for [0-9]+ s: 2 of 2 ranks run, 2 of them an item\$" "$scratch/out" || fail "'$word': no line of the run"
  grep -Eq '^ +0  [^ ]+ +(less than 1|[0-9]+) s +sweep +[01] of 2$' "$scratch/out" || fail "'$word': no line of rank 0"
done
[ "$(stat -c %a "$XDG_RUNTIME_DIR/hecaton")" = 700 ] || fail "others may look into the folder"
calls_there() { "$launcher" top "$first" 2>/dev/null | grep -Eq '^sweep .* of 2'; }
wait_until calls_there || fail "the call is not shown"

begin_and_see 2 "$launcher" run -n 2 "$pool" never-ends "$pids"/{c,d}
second=$pid
run "$launcher" top
expect_status 0 "two runs"
for one in "$first" "$second"; do
  grep -Eq "^ *$one +[0-9]+ s +2 +2 +hecaton run -n 2 " "$scratch/out" || fail "two runs: no line of $one"
done
kill -KILL "$second"
gone() { ! alive "$1"; }
wait_until gone "$second"
run "$launcher" top
grep -q "^$first on " "$scratch/out" || fail "a run that was killed is still there"
! socket_of "$second" || fail "the socket of a run that was killed stays"

# ---- a terminal: anew each second, until q ----
if command -v python3 >/dev/null; then
  cat >"$scratch/keys.py" <<'TEXT'
import os, pty, sys, termios, time
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
got, screens = b"", 0
before = termios.tcgetattr(terminal)
while True:
    try:
        part = os.read(terminal, 65536)
    except OSError:
        break
    if not part:
        break
    got += part
    if got.count(b"\033[H") >= 3 and screens < 3:
        screens = 3
        during = termios.tcgetattr(terminal)
        os.write(terminal, sys.argv[1].encode().decode("unicode_escape").encode())
        got += b"<key>"
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.stdout.buffer.write(got)
if not got.rstrip().find(b"\033[?1049l") > got.find(b"\033[?1049h") >= 0:
    print("the usual screen is not restored")
    status = 99
sys.exit(status)
TEXT
  for key in q '\x03'; do
    run timeout 60 env TERM=xterm python3 "$scratch/keys.py" "$key" "$launcher" top "$first"
    expect_status 0 "a terminal, and $key"
    grep -q 'sweep' "$scratch/out" || fail "a terminal, and $key: no call"
  done
else
  leave_out "terminals need python3"
fi
kill -TERM "$first"
wait_until gone "$first"
! socket_of "$first" || fail "the socket does not go with the run"
run "$launcher" top "$first"
[ "$status" -ne 0 ] || fail "a run that is over: status 0"

# ---- a folder that is not ours alone ----
chmod 755 "$XDG_RUNTIME_DIR/hecaton"
run "$launcher" run -n 1 true
expect_status 0 "a folder that others may read"
[ -z "$(ls -A "$XDG_RUNTIME_DIR/hecaton")" ] || fail "a socket in a folder that others may read"
chmod 700 "$XDG_RUNTIME_DIR/hecaton"

# ---- a batch job ----
cd "$scratch" || exit 1
run "$launcher" submit --scheduler local -n 2 --name slow "$program" map 400 200
expect_status 0 "submit"
job=$(cat "$scratch/out")
asked() { "$launcher" top slow >"$scratch/out" 2>"$scratch/err"; }
wait_until asked || fail "a batch job: does not answer: $(cat "$scratch/err")"
grep -Eq '^sweep .* of 400' "$scratch/out" || wait_until asked
grep -Eq 'on [^ ]+, for [0-9]+ .*: 2 of 2 ranks run' "$scratch/out" || fail "a batch job: no line of the run"
"$launcher" cancel slow >/dev/null 2>&1
over() { "$launcher" top slow 2>&1 | grep -Eq "^hecaton: job .* has ended\$"; }
wait_until over || fail "a batch job that is over: not said ($job)"

done_testing
