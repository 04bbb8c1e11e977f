#!/usr/bin/env bash
# The output of ranks arrives whole: all of it, in lines, labelled and in files where that is wanted. Input, too.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
cd "$scratch" || exit 1

# Lines of different ranks do not mix, and none is lost, although each is written in many small parts.
# shellcheck disable=SC2016
torn='for i in $(seq 300); do for part in a b c d e f; do printf "%s%s" "$1" "$part"; done; echo; done'
run "$launcher" run -n 3 bash -c "$torn" bash x
expect_status 0 "lines in parts"
[ "$(grep -cx 'xaxbxcxdxexf' out)" -eq 900 ] && [ "$(wc -l <out)" -eq 900 ] || fail "lines in parts: torn or lost"

# The last line may lack its end; so may everything.
run "$launcher" run -n 1 printf 'one\ntwo'
[ "$(od -c out)" = "$(printf 'one\ntwo' | od -c)" ] || fail "no end of line at the end"
run "$launcher" run -n 2 printf 'no end'
expect_sorted_out $'no end\nno end' "two ranks without an end of line"
bytes=$("$launcher" run -n 1 head -c 30000000 /dev/zero | wc -c)
[ "$bytes" -eq 30000000 ] || fail "30 MB without an end of line: $bytes bytes"
bytes=$("$launcher" run -n 2 bash -c 'yes "a line" | head -c 56000000' | wc -c)
[ "$bytes" -eq 112000000 ] || fail "112 MB of lines: $bytes bytes"

# A rank's last words before it is killed are there, on both streams.
run "$launcher" run -n 1 bash -c 'echo out; echo err >&2; kill -KILL $$'
expect_status 137 "last words"
expect_out out "last words"
expect_err_has err "last words"

# Labels and times.
run "$launcher" run -n 11 --label bash -c 'echo "line"; echo "other" >&2'
expect_status 0 "labels"
[ "$(sort out | head -1)" = "[ 0] line" ] && [ "$(sort out | tail -1)" = "[10] line" ] || fail "labels on standard output"
[ "$(grep -cx '\[[ 0-9][0-9]\] other' err)" -eq 11 ] || fail "labels on standard error"
run env HECATON_LABEL=1 "$launcher" run -n 1 printf 'a\n\nb'
expect_out $'[0] a\n[0] \n[0] b' "labels by a variable"
run "$launcher" run -n 1 --timestamps --label echo hello
grep -Eqx '[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\.[0-9]{3} \[0\] hello' out || fail "times"

# A file for each rank and stream; the terminal gets it too.
run "$launcher" run -n 2 --output-dir logs/deep bash -c 'echo "out $OMPI_COMM_WORLD_RANK"; echo "err" >&2'
expect_status 0 "files"
expect_sorted_out $'out 0\nout 1' "files"
[ "$(cat logs/deep/rank.0.out logs/deep/rank.1.out logs/deep/rank.1.err)" = $'out 0\nout 1\nerr' ] || fail "files: their content"
[ "$(find logs/deep -type f | wc -l)" -eq 4 ] || fail "files: their number"
run "$launcher" run -n 2 --output-dir logs/deep true
[ ! -s logs/deep/rank.0.out ] || fail "files: not emptied by the next run"
run "$launcher" run -n 2 --output-dir /dev/null/x true
expect_status 2 "files where none can be"
expect_one_line "files where none can be"
mkdir -p blocked/rank.1.out
run "$launcher" run -n 2 --output-dir blocked touch started
expect_status 2 "a file that cannot be written"
expect_one_line "a file that cannot be written"
expect_err_has "--output-dir: blocked/rank.1.out: Is a directory" "a file that cannot be written"
[ ! -e started ] || fail "a file that cannot be written: started all the same"
if [ "$(id -u)" -eq 0 ] && mkdir small && mount -t tmpfs -o size=64k tmpfs small 2>/dev/null; then
  run "$launcher" run -n 1 --output-dir small head -c 1000000 /dev/zero
  umount small
  expect_status 1 "files on a full disk"
  expect_err_has "output is missing: small/rank.0.out: No space left on device" "files on a full disk"
else
  leave_out "a full disk needs CAP_SYS_ADMIN, to mount a small one"
fi

# A full disk behind standard output is no reader that went: the ranks go on, and it is said.
for what in 'run -n 2 sh -c "echo x; touch on"' --help 'run --dry-run true' 'doctor'; do
  run bash -c "'$launcher' $what >/dev/full"
  expect_status 1 "$what >/dev/full"
  expect_one_line "$what >/dev/full"
  expect_err_has "standard output: No space left on device" "$what >/dev/full"
done
[ -e on ] || fail "a full disk: the ranks were ended"

# The reader of standard output ends.
within_limit "$launcher" run -n 2 yes 2>err | head -n 1 >out
[ "${PIPESTATUS[0]}" -eq 141 ] || fail "a reader that goes"

# The reader pauses, and the launcher is asked to end.
mkfifo stuck
exec 8<>stuck
start bash -c 'exec "$0" run -n 1 yes >stuck' "$launcher"
# Zeros are no lines of ours; a write that would block fails.
full() { ! dd if=/dev/zero of=stuck bs=4096 count=1 conv=notrunc oflag=nonblock 2>/dev/null; }
wait_until full || fail "an end while nobody reads: the pipe does not fill"
kill -TERM "$pid"
see_status "an end while nobody reads"
expect_status 143 "an end while nobody reads"
exec 8>&-

# Much input, to rank 0 alone. (mpirun itself crashes now and then with that: open-mpi/ompi#7483.)
head -c 3000000 /dev/urandom | base64 >input
run "$launcher" run -n 3 bash -c '[ "$OMPI_COMM_WORLD_RANK" -eq 0 ] || { read -r x && echo "$x"; exit 0; }; cat' <input
expect_status 0 "4 MB of input"
cmp -s input out || fail "4 MB of input: $(wc -c <out) bytes"
run "$launcher" run -n 2 true <input
expect_status 0 "input that nobody reads"
run "$launcher" run -n 2 bash -c 'exec <&-; sleep 0.2' <input
expect_status 0 "input that is closed"

# A rank sees no terminal where there is none; bytes are not changed.
run "$launcher" run -n 1 bash -c '[ -t 1 ] || printf "a\tb\r\n\001\004\032"'
[ "$(od -c out)" = "$(printf 'a\tb\r\n\001\004\032' | od -c)" ] || fail "bytes are changed"

# On a terminal: labels in colour, a question before its answer is there, and the answer reaches rank 0.
if command -v script >/dev/null; then
  within_limit env TERM=xterm script -qec "$launcher run -n 1 --label echo x" /dev/null | grep -q $'\033\\[31m\\[0\\]\033\\[0m x' ||
    fail "colour on a terminal"
  for setting in NO_COLOR=1 TERM=dumb; do
    within_limit env TERM=xterm "$setting" script -qec "$launcher run -n 1 --label echo x" /dev/null | grep -q $'^\\[0\\] x' ||
      fail "colour on a terminal with $setting"
  done
  # The rank's terminal has the size of ours, or the usual one; no rank's colours get into files.
  ours() { within_limit script -qec "stty rows $1 cols $2; $launcher run -n 1 $3" /dev/null | tr -d '\r'; }
  [ "$(ours 33 99 "sh -c 'stty size <&1'")" = "33 99" ] || fail "the size of a terminal"
  [ "$(ours 0 0 "sh -c 'stty size <&1'")" = "24 80" ] || fail "the size of a terminal of 0 x 0"
  [ "$(ours 33 99 "--output-dir plain sh -c 'test -t 1 || echo none'")" = none ] || fail "a terminal, with files"
  # A progress bar that never rests is seen while it moves: before the rank goes on, it wants to know that.
  # shellcheck disable=SC2016
  bar='i=0; until [ -e seen ]; do i=$((i + 1)); printf "\rstep %s" $i; sleep 0.03; done'
  within_limit script -qfec "$launcher run -n 1 sh -c '$bar'" /dev/null >bar &
  shown() { grep -qs 'step 2' bar; }
  wait_until shown || fail "a progress bar on a terminal is not shown"
  touch seen
  wait $!
  mkfifo answers
  exec 9<>answers
  cat >ask <<'TEXT'
#!/bin/bash
[ "$OMPI_COMM_WORLD_RANK" = 0 ] || exit 0
printf 'name? '
read -r name
echo "<$name>"
TEXT
  chmod +x ask
  within_limit script -qec "$launcher run -n 2 ./ask" /dev/null <&9 >out 2>err &
  asked() { grep -q 'name? ' out; }
  answered() { grep -q '<Ada>' out; }
  wait_until asked || fail "a question on a terminal is not shown"
  echo Ada >&9
  wait_until answered || fail "an answer on a terminal does not arrive"
  wait $!
  # A rank that asks for the terminal itself would wait without a word.
  within_limit script -qec "$launcher run -n 1 sh -c 'echo \$\$ >resting; read -r x </dev/tty'" /dev/null <&9 >out 2>err &
  said_so() { grep -q 'hecaton: rank 0 waits for ever: it wants the terminal itself' out; }
  wait_until said_so || fail "a rank that wants /dev/tty: not said"
  kill -KILL "$(cat resting)"
  wait $!
  # Begun in the background: input that is typed once it is in front arrives.
  printf '#!/bin/sh\n: >up\nexec cat\n' >cat-in-front
  chmod +x cat-in-front
  typed_later="$launcher run -n 1 ./cat-in-front & until [ -e up ]; do sleep 0.05; done; fg; echo ended \$?"
  within_limit script -qec "bash -mc '$typed_later'" /dev/null <&9 >out 2>err &
  in_front() { grep -q '^.*hecaton run -n 1 ./cat-in-front' out; }
  wait_until in_front || fail "the foreground: fg does not come so far"
  echo typed >&9
  echoed() { [ "$(grep -c typed out)" -eq 2 ]; }  # by the terminal, and by cat
  wait_until echoed || fail "the foreground: what is typed does not arrive"
  printf '\004' >&9
  has_ended() { grep -q 'ended 0' out; }
  wait_until has_ended || fail "the foreground: the end of what is typed does not arrive"
  wait $!
  exec 9>&-
else
  leave_out "terminals need script (Debian: bsdutils)"
fi

# A launcher that is kept from running, here by its mpirun, finds at the end that short ranks have come and gone.
mkdir late
cat >late/mpirun <<TEXT
#!/bin/bash
[ "\$1" = --version ] && exec $(type -P mpirun) --version
kill -STOP \$PPID
$(type -P mpirun) "\$@"
status=\$?
(until grep -q '^State:.Z' /proc/\$\$/status; do sleep 0.02; done; kill -CONT \$PPID) >late/errors 2>&1 &
exit \$status
TEXT
chmod +x late/mpirun
for program in "$probe" echo; do
  run env PATH="$scratch/late:$PATH" "$launcher" run -n 3 --show-map "$program" rank
  expect_status 0 "a launcher that is kept from running, $program"
  [ "$(grep -c '^rank' out)" -eq 3 ] && [ "$(grep -Ec '^ +[012]  ' err)" -eq 3 ] ||
    fail "a launcher that is kept from running, $program"
done

expect_clean "all of this"
done_testing
