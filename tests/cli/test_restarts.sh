#!/usr/bin/env bash
# --restarts: a job goes on after a death, on what is left, and not after an error of its own.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
cd "$scratch" || exit 1

# dies COUNT SIGNAL: rank 1 dies by it the first COUNT times; rank 0 copies its input.
cat >dies <<'TEXT'
#!/bin/bash
if [ "$HECATON_RANK_OF_TEST" = 1 ]; then
  echo >>times
  [ "$(wc -l <times)" -gt "$1" ] || { kill "-$2" $$; sleep 1000; }
else
  cat
fi
TEXT
cat >rank <<'TEXT'
#!/bin/bash
HECATON_RANK_OF_TEST=${OMPI_COMM_WORLD_RANK-$PMI_RANK} exec ./dies "$@"
TEXT
chmod +x dies rank
echo input >input
fresh() { rm -rf times logs; }

fresh
run "$launcher" run -n 2 --restarts 3 --output-dir logs ./rank 2 KILL <input
expect_status 0 "two deaths"
[ "$(wc -l <times)" -eq 3 ] || fail "two deaths: not three starts"
[ "$(grep -c '^hecaton: restart [12] of 3: everything runs again' err)" -eq 2 ] || fail "two deaths: not said"
[ "$(grep -cx input logs/rank.0.out)" -eq "$(grep -cx input out)" ] || fail "two deaths: the files begin anew"
tail -n 1 out | grep -qx input || fail "two deaths: the input was not given again"
grep -q 'standard input' err && fail "two deaths: a file can be read again"
expect_clean "two deaths"

fresh
run "$launcher" run -n 2 --restarts 1 ./rank 5 SEGV <input
expect_status 139 "too many deaths"
[ "$(wc -l <times)" -eq 2 ] || fail "too many deaths: not two starts"

fresh
cat >once <<'TEXT'
#!/bin/bash
[ "$OMPI_COMM_WORLD_RANK" = 1 ] || exit 0
echo >>times
[ "$(wc -l <times)" -gt 1 ] || sleep 1000
TEXT
chmod +x once
start "$launcher" run -n 2 --restarts 1 ./once
wait_until test -s times
kill -KILL "$(tr ' ' '\n' <"/proc/$pid/task/$pid/children" | head -n 1)"
see_status "the death of mpirun"
expect_status 0 "the death of mpirun"
[ "$(wc -l <times)" -eq 2 ] || fail "the death of mpirun: not two starts"
expect_clean "the death of mpirun"

fresh
run "$launcher" run -n 2 --restarts 1 ./rank 1 KILL < <(echo input)
expect_status 0 "input that is gone"
expect_err_has "standard input is not given again" "input that is gone"

# An error of the program's own, an abort, a time limit and a signal for the job are no deaths.
for what in "1 ABRT" "0 KILL; until [ -e times ]; do sleep 0.1; done; exit 3"; do
  fresh
  run "$launcher" run -n 2 --restarts 2 bash -c "./rank $what" <input
  [ "$(wc -l <times)" -eq 1 ] || fail "$what: started again"
  grep -q restart err && fail "$what: a restart"
done
fresh
run "$launcher" run -n 2 --restarts 2 --timeout 1s sleep 1000
expect_status 124 "a time limit"
grep -q restart err && fail "a time limit: a restart"
fresh
begin_and_see 2 "$launcher" run -n 2 --restarts 2 "$probe" pids "$pids" sleep 1000
kill -TERM "$pid"
see_status "a signal for the job"
expect_status 143 "a signal for the job"
grep -q 'restart 1' err && fail "a signal for the job: a restart"

# With a journal the second start computes the rest, and the answer is the same. The root is killed when some results are
# committed and one item still runs.
run "$launcher" run -n 2 "$journaled" "$scratch/ran" 40 0
answer=$(<out)
rm ran
some_committed() { grep -Eqs '^call 1 0 40 [1-9]' j.db-progress; }
touch hold
"$launcher" run -n 3 --restarts 2 --journal j.db "$journaled" "$scratch/ran" 40 1 >out 2>err &
job=$!
started+=("$job")
wait_until some_committed || fail "a death with a journal: nothing is committed"
kill -KILL "$(sed -n 's/^owner .*process \([0-9]*\).*/\1/p' j.db-progress)"
rm hold
wait "$job"
status=$?
expect_status 0 "a death with a journal"
expect_out "$answer" "a death with a journal"
expect_err_has "restart 1 of 2: j.db has what has finished, and the rest runs" "a death with a journal"
had=$(sed -n 's/.*j.db has \([0-9]*\) of 40 items of "squares".*/\1/p' err)
[ "${had:-0}" -ge 1 ] || fail "a death with a journal: what it has is not said"
sed -n '/^again$/,$p' ran | grep -v '^done' | sort >second
[ -z "$(uniq -d second)" ] || fail "a death with a journal: ran twice: $(uniq -d second)"
[ "$(grep -c '^squares ' second)" -eq $((40 - ${had:-0})) ] || fail "a death with a journal: not the rest of the first call"
for call in parts total; do
  [ "$(grep -c "^$call " second)" -eq 40 ] || fail "a death with a journal: not all of $call"
done

# meets COUNT: the first COUNT times, mpirun meets another one that makes the folder of their sessions.
meets() {
  rm -f met
  mkdir -p bin
  cat >bin/mpirun <<TEXT
#!/bin/bash
[ "\$1" = --version ] && exec "$(type -P mpirun)" --version
echo >>"$scratch/met"
[ "\$(wc -l <"$scratch/met")" -gt $1 ] && exec "$(type -P mpirun)" "\$@"
cat >&2 <<WORDS
--------------------------------------------------------------------------
A call to mkdir was unable to create the desired directory:

  Directory: /tmp/ompi.here.0
  Error:     File exists

Please check to ensure you have adequate permissions to perform
the desired operation.
--------------------------------------------------------------------------
[here:15350] [[22280,0],0] ORTE_ERROR_LOG: Error in file ../../../orte/util/session_dir.c at line 107
--------------------------------------------------------------------------
It looks like orte_init failed for some reason; your parallel process is
likely to abort.
--------------------------------------------------------------------------
WORDS
exit 1
TEXT
  chmod +x bin/mpirun
}

meets 1
run env PATH="$PWD/bin:$PATH" "$launcher" run -n 2 "$probe" rank
expect_status 0 "another run in the same moment"
expect_sorted_out $'rank 0 of 2\nrank 1 of 2' "another run in the same moment"
expect_err_has "could not make its folder /tmp/ompi.here.0, because it is there: another run may have made it" "another run"
expect_err_has "nothing of the program had begun: the job starts again" "another run in the same moment"
grep -q "A call to mkdir" err && fail "another run in the same moment: the engine's words"

meets 10
run env PATH="$PWD/bin:$PATH" "$launcher" run -n 2 "$probe" rank
expect_status 1 "again and again another run"
[ "$(wc -l <met)" -eq 4 ] || fail "again and again another run: $(wc -l <met) starts, not 4"

done_testing
