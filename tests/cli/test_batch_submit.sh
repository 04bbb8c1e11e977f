#!/usr/bin/env bash
# Fifty submissions to a batch system that lies, is late, prints a site's messages around its answer, or refuses: each is in
# the queue once, or is said not to be there. The batch system is a pair of scripts with Slurm's names.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
cd "$scratch" || exit 1
export XDG_STATE_HOME=$scratch/state XDG_CONFIG_HOME=$scratch/config QUEUE=$scratch/queue
mkdir bin queue
export PATH=$scratch/bin:$PATH
cat >bin/sbatch <<'TEXT'
#!/bin/bash
# Takes the job in its way, the number of the submission modulo 10: $QUEUE/count.
exec 9>>"$QUEUE/lock"
flock 9
count=$(($(cat "$QUEUE/count" 2>/dev/null || echo 0) + 1))
echo "$count" >"$QUEUE/count"
for script; do :; done
# The token is in a directive or in the command.
token=$(cat "$script" <(printf '%s\n' "$@") | grep -oE '\bh[a-z2-9]{9}\b' | head -1)
take() { echo "$count $token" >"$QUEUE/taken.$count" && mv "$QUEUE/taken.$count" "$QUEUE/job.$count"; }
exec 9>&-
case $((count % 10)) in
  1) take && echo "$count" ;;
  2) echo "*** Welcome. 12 nodes are free. ***" && take && echo "$count" && echo "Your quota: 77%" ;;
  3) take && exec sleep 600 ;;                                     # late, but it has it
  4) take && echo "sbatch: error: Socket timed out" >&2; exit 1 ;; # says no, and has it
  5) take; exit 0 ;;                                               # says nothing
  6) echo "sbatch: error: invalid partition specified: x" >&2; exit 1 ;;
  7) (sleep 7; take) >/dev/null 2>&1 & exec sleep 600 ;;          # has it later
  8) take && echo "$count;cluster" ;;
  9) take && kill -KILL $$ ;;
  0) take && echo "sbatch: warning: slow" >&2 && echo "$count" ;;
esac
TEXT
cat >bin/squeue <<'TEXT'
#!/bin/bash
# The second question of each hecaton is not answered. The format is that of hecaton's question; another one is refused.
[[ "$*" == *'%F|%K|%T|%M|%L|%N|%r|%S|%k|%j'* ]] || { echo "squeue: unknown question: $*" >&2; exit 1; }
exec 9>>"$QUEUE/lock"
flock 9
asked=$(($(cat "$QUEUE/asked.$PPID" 2>/dev/null || echo 0) + 1))
echo "$asked" >"$QUEUE/asked.$PPID"
((asked != 2)) || { echo "slurm_load_jobs error: Unable to contact slurm controller" >&2; exit 1; }
for job in "$QUEUE"/job.*; do
  [ -e "$job" ] || continue
  read -r id token <"$job"
  echo "$id|N/A|PENDING|0:00|1:00:00||Priority|N/A|$token|sweep"
done
TEXT
chmod +x bin/*

# Ten at the same time, five times.
one() {
  "$launcher" submit --scheduler slurm -n 1 --patience 5s --name sweep true >"said.$1" 2>&1
  echo "$?" >"status.$1"
}
for round in 0 1 2 3 4; do
  for i in 0 1 2 3 4 5 6 7 8 9; do
    one "$round$i" &
    started+=("$!")
  done
  wait
done
status=0
touch out err
[ "$(<queue/count)" -eq 50 ] || fail "sbatch was called $(<queue/count) times for 50 submissions"
[ "$(cat queue/job.* | wc -l)" -eq 45 ] || fail "$(cat queue/job.* | wc -l) jobs in place of 45 are in the queue"
[ "$(cut -d' ' -f2 queue/job.* | sort -u | wc -l)" -eq 45 ] || fail "tokens are missing, or there twice"
[ "$(cat status.* | grep -cx 0)" -eq 45 ] || fail "$(cat status.* | grep -cx 0) submissions are said to be good"
[ "$(cat said.* | grep -c 'invalid partition')" -eq 5 ] || fail "refusals are not said in the batch system's words"
for job in queue/job.*; do
  read -r id token <"$job"
  grep -qE "^submitted as $id(@cluster)? " said.* || fail "job $id is lost: nobody was told"
  folder=sweep.hecaton/$id
  [ -e "$folder" ] || folder=$folder@cluster
  grep -q "$token" "$folder/job.json" || fail "job $id has the folder of another one"
done
[ "$(find sweep.hecaton -mindepth 1 -maxdepth 1 -type d | wc -l)" -eq 45 ] || fail "refused jobs leave folders"
[ "$(cat queue/asked.* | grep -c '^[^1]$')" -ge 5 ] || fail "nobody has asked again"
"$launcher" status --json >out 2>err
[ "$(grep -c '"state": "waiting"' out)" -eq 45 ] || fail "status: $(grep -c '"state": "waiting"' out) jobs wait"

# A queue that never answers: it is said that it is not known, and the job is found later.
mv bin/squeue bin/squeue.away
printf '#!/bin/sh\nexit 1\n' >bin/squeue
chmod +x bin/squeue
echo 2 >queue/count
run "$launcher" submit --scheduler slurm -n 1 --patience 3s --name unclear true
expect_status 1 "a submission of which nothing is known"
expect_err_has "do not submit it again" "a submission of which nothing is known"
run "$launcher" status unclear
expect_status 0 "status of it"
grep -q '^state  *unknown' out || fail "its state: $(<out)"
mv bin/squeue.away bin/squeue
for _ in 1 2; do run "$launcher" status unclear; grep -q '^job  *3 ' out && break; done
grep -q '^state  *waiting' out || fail "it is not found: $(<out)"
done_testing
