#!/usr/bin/env bash
# A rank that dies while it serves a pool: the job goes on without it, and ends well.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
cd "$scratch" || exit 1
unset HECATON_QUIET
host=$(hostname)

# By signals, and by leaving: 9 SIGKILL, 11 SIGSEGV, 6 SIGABRT, 0 and -3 _exit.
for how in 9 11 6 0 -3; do
  for n in 2 3 7; do
    run "$launcher" run -n $n "$survivor" once "$how"
    expect_status 0 "$how on $n ranks"
    expect_out "done, $((n - 1)) left" "$how on $n ranks"
    expect_err_has "on $host (pid " "$how on $n ranks"
    grep -Eq "^hecaton: rank [1-6] on $host .* in item 20 of \"sweep\"; (its [0-9]+ other items? runs? elsewhere|the pool goes on without it)$" err ||
      fail "$how on $n ranks: what becomes of the items is not said"
    grep -Eq "^hecaton: rank [1-6] of $n was lost on the way, and the job went on without it$" err || fail "$how on $n ranks: the loss is not said at the end"
    grep -Eq 'mpirun has|PRIMARY|MPI_ABORT' err && fail "$how on $n ranks: mpirun's words"
    expect_clean "$how on $n ranks"
  done
done

# Self-launched, and over TCP.
HECATON_RANKS=3 run "$survivor" once 9
expect_status 0 "self-launched"
expect_out "done, 2 left" "self-launched"
OMPI_MCA_btl=self,tcp run "$launcher" run -n 3 "$survivor" once 9
expect_status 0 "over TCP"
expect_out "done, 2 left" "over TCP"

# An item that ends whoever runs it costs one rank for each run but the last, and itself.
run "$launcher" run -n 4 "$survivor" poison 11
expect_status 0 "a poisoned item"
[ "$(tail -n 1 out)" = "99 good, 2 left" ] || fail "a poisoned item: not that"
grep -Eq '^item 20: killed by SIGSEGV \(Segmentation fault\) in the last of 3 runs' out || fail "a poisoned item: not said"
expect_clean "a poisoned item"

# All workers die: the root finishes alone.
run "$launcher" run -n 4 "$survivor" all 9
expect_status 0 "all workers"
expect_out "5050, 1 left" "all workers"
expect_err_has "were lost on the way, and the job went on without them" "all workers"
expect_clean "all workers"

# Also where it does not work itself as long as anybody else is there.
run "$launcher" run -n 3 "$survivor" all-others 9
expect_status 0 "all workers, and a root that does not work"
expect_out "5050, 1 left" "all workers, and a root that does not work"

# A rank that is stopped, and does not go on.
run "$launcher" run -n 3 --link-timeout 1s "$survivor" once 19
expect_status 0 "a rank that is stopped"
expect_out "done, 2 left" "a rank that is stopped"
expect_err_has "was stopped (SIGSTOP)" "a rank that is stopped"
expect_clean "a rank that is stopped"

# While nobody has anything to do, also with a value that all share.
started_idle() { grep -qs '^ready$' out; }
for victims in "1" "1 2"; do
  rm -f go out  # the one before was ready, too
  start "$launcher" run -n 3 "$survivor" idle "$scratch/go"
  wait_until started_idle || fail "idle: does not begin"
  for rank in $victims; do
    for process in $(pgrep -f "^$survivor idle"); do
      [ "$(tr '\0' '\n' 2>/dev/null <"/proc/$process/environ" | sed -n 's/^OMPI_COMM_WORLD_RANK=//p')" = "$rank" ] && kill -KILL "$process" 2>/dev/null
    done
  done
  : >go
  see_status "idle"
  expect_status 0 "idle, rank $victims"
  [ "$(tail -n 1 out)" = "5000, $((3 - $(wc -w <<<"$victims"))) left" ] || fail "idle, rank $victims: not that"
  expect_clean "idle, rank $victims" soon
done

# Processes end with their rank, and new ones go to others.
run "$launcher" run -n 2 "$survivor" processes
expect_status 0 "processes"
expect_out $'0\n-9\non rank 0\n0' "processes"

# Another pool, over the ranks that are left.
run "$launcher" run -n 4 "$survivor" twice
expect_status 0 "another pool"
expect_out $'done, 3 left\nthen 3 of 3' "another pool"
expect_clean "another pool"

# The others end without MPI_Finalize, which is no failure while the root goes on by itself.
run "$launcher" run -n 4 "$survivor" late
expect_status 0 "a root that ends late"
expect_out $'done, 3 left\nlate' "a root that ends late"
expect_clean "a root that ends late"

# A collective would wait for the rank that is gone.
run "$launcher" run -n 3 "$survivor" collective
expect_status 3 "a collective after a death"
[ "$(grep -c 'all_reduce: rank [12] of the world has died' out)" -eq 2 ] || fail "a collective after a death: not refused on both ranks"
expect_clean "a collective after a death"

# In MPI_Finalize nothing is left to do: the others do not wait for it.
run "$launcher" run -n 3 "$survivor" finalize
expect_status 0 "a death in MPI_Finalize"
expect_out 4950 "a death in MPI_Finalize"
expect_clean "a death in MPI_Finalize"

# Before anything has begun, the job starts again by itself, some times; with what it would read.
echo 2 >deaths
run "$launcher" run -n 3 "$survivor" start deaths </dev/null
expect_status 0 "a death at the start"
expect_out 4950 "a death at the start"
[ "$(grep -c '^hecaton: nothing of the program had begun: the job starts again$' err)" -eq 2 ] || fail "a death at the start: not said twice"
echo 9 >deaths
run "$launcher" run -n 3 "$survivor" start deaths </dev/null
expect_status 137 "deaths at the start"
expect_out "" "deaths at the start"
[ "$(<deaths)" -eq 5 ] || fail "deaths at the start: not four starts"
echo 1 >deaths
run "$launcher" run -n 3 "$survivor" start deaths < <(echo input; exec sleep 1000)
expect_status 137 "a death at the start, with input that is gone"
expect_clean "deaths at the start"

# What the root keeps in a journal is kept.
run "$launcher" run -n 3 --journal j.db "$survivor" once 9
expect_status 0 "with a journal"
run "$launcher" journal verify j.db
expect_status 0 "with a journal: verify"

# Under plain mpirun the job ends, as ever.
run mpirun --oversubscribe -n 3 "$survivor" once 9
[ "$status" -ne 0 ] || fail "plain mpirun: status 0"

done_testing
