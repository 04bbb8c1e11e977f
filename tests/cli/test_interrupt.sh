#!/usr/bin/env bash
# The first Ctrl-C in a program that keeps what is done, and the second one: under hecaton run, in programs that launch
# themselves, and without any launcher.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
program=$(dirname "$pool")/interrupt_probe
export HECATON_GRACE=700ms
gets_signals=(env --default-signal=INT,QUIT)  # see test_signals.sh

# begin RANKS COMMAND...: starts it, and waits until each of its ranks is in an item that does not end.
begin() {
  local ranks=$1
  shift
  rm -f "$pids"/*
  start "${gets_signals[@]}" "$@"
  wait_until items_wait "$ranks" || fail "did not start: $*"
}
items_wait() { [ "$(find "$pids" -name 'item-*' | wc -l)" -ge "$1" ]; }
staying() { [ -e "$pids/stays" ]; }

# expect_kept WHAT [alone: without a launcher]: the outcomes came back, the line says as many, and the status is the program's own.
expect_kept() {
  see_status "$1"
  expect_status 7 "$1"
  expect_clean "$1" soon
  local finished
  finished=$(sed -n 's/^done \([0-9]*\), .*/\1/p' "$scratch/out")
  [ -n "$finished" ] && [ "$finished" -ge 1 ] && [ "$finished" -le 20 ] || fail "$1: what was done is missing"
  case $(cat "$scratch/out") in
    "done $finished, not run $((1000 - finished))")
      expect_err_has "hecaton: interrupted: $finished of 1000 items of \"sweep\" are done and are returned; press Ctrl-C again to end it" "$1"
      ;;
    "done $finished, and more that were not run: true")
      expect_err_has "hecaton: interrupted: $finished items of \"sweep\" are done and are returned; press Ctrl-C again to end it" "$1"
      ;;
    *) fail "$1: wrong outcomes" ;;
  esac
  # Besides, it is said what the ranks were doing.
  [ "$(grep -Ec '^hecaton: (rank |no rank runs )' "$scratch/err")" -ge 1 ] || [ "${2-}" = alone ] ||
    fail "$1: it is not said what the ranks do"
  [ "$(grep -E '^hecaton: ' "$scratch/err" | grep -Evc '^hecaton: (rank |no rank runs )')" -eq 1 ] || fail "$1: more than one line"
}

# second_ends WHAT [as-MPI-leaves-it]: the program goes on after the first one, and the second one ends it.
second_ends() {
  wait_until staying || fail "$1: the first Ctrl-C is not taken"
  sleep 0.3  # less would be the same request again
  kill -INT "$pid"
  see_status "$1"
  expect_status 130 "$1"
  [ "${2-}" != as-MPI-leaves-it ] || rm -rf "${TMPDIR:?}"/*  # killed, without a launcher that cleans up
  expect_clean "$1" soon
}

# ---- under hecaton run ----
for form in outcomes imap; do
  for ranks in 1 3; do
    begin "$ranks" "$launcher" run -n "$ranks" "$program" "$form" "$pids"
    kill -INT "$pid"
    expect_kept "$form on $ranks ranks"
  done
done
begin 2 "$launcher" run -n 2 "$program" outcomes "$pids"
kill -INT "$pid"; kill -INT "$pid"
expect_kept "the same one twice at once"
begin 2 "$launcher" run -n 2 "$program" map "$pids"
kill -INT "$pid"
see_status "a map"
expect_status 7 "a map"
expect_out "interrupted by Ctrl-C (SIGINT) before it was finished" "a map"
begin 2 "$launcher" run -n 2 "$program" stay "$pids"
kill -INT "$pid"
second_ends "a second one"
begin 2 "$launcher" run -n 2 "$program" plain "$pids"
kill -INT "$pid"
see_status "a program that has not asked for it"
expect_status 130 "a program that has not asked for it"
expect_clean "a program that has not asked for it" soon
begin 2 "$launcher" run -n 2 "$program" outcomes "$pids"
kill -TERM "$pid"
see_status "SIGTERM"
expect_status 143 "SIGTERM"
expect_clean "SIGTERM" soon
# From a terminal all processes of the group get it.
begin 2 setsid "$launcher" run -n 2 bash -c '"$@"' bash "$program" outcomes "$pids"
kill -INT -- "-$pid"
expect_kept "to the whole group, and with a shell around the program"

# ---- programs that launch themselves, through hecaton and without ----
for way in "$launcher" none; do
  export HECATON_LAUNCHER=$way HECATON_RANKS=2
  begin 2 "$program" outcomes "$pids"
  kill -INT "$pid"
  expect_kept "self-launched, by $(basename "$way")" "$([ "$way" != none ] || echo alone)"
  begin 2 "$program" stay "$pids"
  kill -INT "$pid"
  second_ends "a second one, self-launched, by $(basename "$way")"
  begin 2 "$program" plain "$pids"
  kill -INT "$pid"
  see_status "not asked for, self-launched, by $(basename "$way")"
  expect_status 130 "not asked for, self-launched, by $(basename "$way")"
  expect_clean "not asked for, self-launched, by $(basename "$way")" soon
done
export HECATON_RANKS=1
begin 1 "$program" outcomes "$pids"
kill -INT "$pid"
expect_kept "one rank, no launcher" alone
begin 1 "$program" stay "$pids"
kill -INT "$pid"
second_ends "a second one, one rank, no launcher" as-MPI-leaves-it
unset HECATON_LAUNCHER HECATON_RANKS

# ---- plain mpirun: it ends the job itself at a Ctrl-C, but the root's process can be asked ----
begin 2 mpirun --oversubscribe -n 2 "$program" outcomes "$pids"
kill -INT "$(cat "$pids/rank-0")"
see_status "plain mpirun"
expect_status 7 "plain mpirun"
expect_err_has "hecaton: interrupted: " "plain mpirun"
wait_until none_alive || fail "plain mpirun: left behind"
# Launchers that send it to every rank: workers outlive it, too.
rm -rf "${TMPDIR:?}"/*
begin 2 mpirun --oversubscribe -n 2 "$program" outcomes "$pids"
kill -INT "$(cat "$pids/rank-1")" "$(cat "$pids/rank-0")"
see_status "plain mpirun, to all ranks"
expect_status 7 "plain mpirun, to all ranks"

done_testing
