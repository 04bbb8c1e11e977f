#!/usr/bin/env bash
# hecaton submit where a job cannot be requeued: on PBS, Torque and Flux another job follows, after a run that was out of time,
# also where the batch system does not answer just then, and after one that died. The batch systems are fake ones, whose submission takes the first job and says that it has not.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
# shellcheck source=batch/up.sh
. "$(dirname "$0")/batch/up.sh"
usual_path=$PATH
export XDG_STATE_HOME=$scratch/state XDG_CONFIG_HOME=$scratch/config
mkdir -p "$scratch/config/hecaton"
# No mpirun here finds the nodes of a Flux job; so these run as on any machine.
printf '[flux.env]\nFLUX_URI = ""\n' >"$scratch/config/hecaton/config.toml"

cat >"$scratch/program" <<'TEXT'
#!/bin/bash
printf '<%s>' "$@"
echo
runs=$(cat runs 2>/dev/null)
echo "$((${runs:-0} + 1))" >runs
case ${runs:-0} in
  0)
    until [ -e go ]; do sleep 0.1; done
    for lister in qselect flux-jobs; do echo down >"$FAKE_QUEUE/$lister.always"; done
    exit 75
    ;;
  1) kill -KILL $$ ;;
esac
exit 5
TEXT
chmod +x "$scratch/program"

# The node of `hecaton run` itself dies: its process is gone, and nobody asks for another run.
cat >"$scratch/vanishes" <<'TEXT'
#!/bin/bash
kill -KILL "$(sed -n 's/.*"pid":\([0-9]*\).*/\1/p' gone.hecaton/h*/record)"
sleep 60
TEXT
chmod +x "$scratch/vanishes"

for batch_system in pbs torque flux; do
  PATH=$usual_path
  fake_up "$batch_system"
  first=101.head submitter=qsub follows='^qsub -W depend=afterany:'
  [ "$batch_system" != flux ] || { first=101 submitter=flux-batch follows='^flux-batch batch --dependency=afterany:'; }
  next "$submitter" lie
  mkdir "$scratch/$batch_system"
  cd "$scratch/$batch_system" || exit 1
  # It is found without being named.
  [ "$batch_system" = pbs ] && [ -z "$(PATH=$usual_path type -P sbatch)" ] && named=() || named=(--scheduler "$batch_system")
  run "$launcher" submit "${named[@]}" -n 1 --name sweep --time 1h --restarts 2 "$scratch/program" "a 'b'" '$c;d' ''
  expect_status 0 "$batch_system: submit"
  grep -q "^submitted as $first " "$scratch/out" || fail "$batch_system: submit"
  expect_err_has "its queue is searched" "$batch_system: submit"
  touch go
  asks_again() { grep -q 'does not answer, and is asked again' sweep.hecaton/h*/err 2>/dev/null; }
  wait_until asks_again || fail "$batch_system: one that does not answer is not asked again"
  rm "$FAKE_QUEUE"/*.always
  run "$launcher" wait sweep
  expect_status 5 "$batch_system: the program's own status, of its third run"
  [ "$(cat runs)" = 3 ] || fail "$batch_system: $(cat runs) runs"
  run "$launcher" logs sweep
  [ "$(grep -c "^<a 'b'><\$c;d><>$" "$scratch/out")" = 3 ] || fail "$batch_system: the log of all runs"
  [ "$(grep -c "^$submitter " "$FAKE_QUEUE/calls")" = 3 ] || fail "$batch_system: $(cat "$FAKE_QUEUE/calls")"
  for before in "$first" "${first/101/102}"; do
    grep -q "$follows$before " "$FAKE_QUEUE/calls" || fail "$batch_system: $(cat "$FAKE_QUEUE/calls")"
  done
  run "$launcher" status sweep
  grep -q '^run  *1 on .*, status 75$' "$scratch/out" || fail "$batch_system: the first run"
  grep -q '^run  *2 on .*, status 137$' "$scratch/out" || fail "$batch_system: the second run"
  grep -q '^status  *5$' "$scratch/out" || fail "$batch_system: the third run"

  touch "$FAKE_QUEUE/history"  # else it takes a minute until nothing is expected of it any more
  run "$launcher" submit "${named[@]}" -n 1 --name gone --time 1h --restarts 2 "$scratch/vanishes"
  run "$launcher" wait gone
  [ "$status" -ne 0 ] || fail "$batch_system: a job whose node has died has status 0"
  [ "$(grep -c "^$submitter " "$FAKE_QUEUE/calls")" = 4 ] || fail "$batch_system: $(cat "$FAKE_QUEUE/calls")"
  run "$launcher" status gone
  grep -Eq '^state  *(lost|failed|cancelled) ' "$scratch/out" || fail "$batch_system: a job whose node has died"
  if [ "$batch_system" != flux ]; then
    # The doctor's trial is a job like others.
    run "$launcher" doctor --batch "${named[@]}" "$probe"
    expect_status 0 "$batch_system: the doctor"
    grep -Eq '^ok +queue workq +enabled True, started True; the default; 24 h at most$' "$scratch/out" || fail "$batch_system: the doctor's queue"
    grep -Eq '^ok +nodes +1 node of 2 cores and 7812 MB$' "$scratch/out" || fail "$batch_system: the doctor's nodes"
    grep -Eq '^ok +ended jobs +(job_history_enable False|keep_completed 300)' "$scratch/out" || fail "$batch_system: the doctor's settings"
    grep -Eq '^ok +trial +job [0-9]+\.head on [^ ]+: 2 ranks .* they met in Open MPI' "$scratch/out" || fail "$batch_system: the doctor's trial"
    grep -qx 'queue = "workq"' "$scratch/out" || fail "$batch_system: the doctor's file"
    next qsub refuse
    run "$launcher" doctor --batch "${named[@]}" --queue night
    expect_status 1 "$batch_system: a trial that is refused"
    grep -Eq '^warning +queue night .* starts no jobs' "$scratch/out" || fail "$batch_system: a queue that is stopped"
    grep -Eq '^bad +trial +qsub does not take the job: .*Unknown queue' "$scratch/out" || fail "$batch_system: a trial that is refused"
    [ ! -e hecaton-doctor.hecaton ] || fail "$batch_system: the doctor leaves a folder"
  fi
  [ ! -e "$FAKE_QUEUE/complaints" ] || fail "$batch_system: $(cat "$FAKE_QUEUE/complaints")"
  cd "$scratch" || exit 1
  fake_down 2>/dev/null
done
done_testing
