#!/usr/bin/env bash
# The limits of a control group count, also where they are set on a group around the process's own, as in a Slurm step or
# a systemd slice: self-launch, hecaton run and the doctor.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"

cores=$(getconf _NPROCESSORS_ONLN)
[ "$cores" -gt 1 ] || skip "there is one core only"
made=()

# group_of CONTROLLER: this process's group in the hierarchy with that controller, version 1 or 2.
group_of() {
  local path
  path=$(sed -n "s#^[0-9]*:$1:#/sys/fs/cgroup/$1#p" /proc/self/cgroup)
  [ -n "$path" ] || path=$(sed -n 's#^0::#/sys/fs/cgroup#p' /proc/self/cgroup)
  printf '%s' "$path"
}

# limit CONTROLLER FILE=TEXT...: makes two groups, one inside the other, writes the first of the files that is there to the
# outer one, and joins the inner one; false where that cannot be done.
limit() {
  local outer setting done=1
  outer=$(group_of "$1")/hecaton-$$-$1
  mkdir "$outer" 2>/dev/null || return 1
  made=("$outer" "${made[@]}")
  for setting in "${@:2}"; do
    [ -e "$outer/${setting%%=*}" ] && { echo "${setting#*=}" >"$outer/${setting%%=*}"; } 2>/dev/null && done=0 && break
  done
  [ "$done" -eq 0 ] && mkdir "$outer/inner" 2>/dev/null || return 1
  made=("$outer/inner" "${made[@]}")
  { echo $BASHPID >"$outer/inner/cgroup.procs"; } 2>/dev/null
}

# leave: this process goes back to where it was, and the groups go.
leave() {
  local group
  for group in "${made[@]}"; do
    { echo $$ >"${group%/hecaton-*}/cgroup.procs"; } 2>/dev/null
    wait_until rmdir "$group" 2>/dev/null || fail "$group is not empty"
  done
  made=()
}
end() {
  for group in "${made[@]}"; do { echo $$ >"${group%/hecaton-*}/cgroup.procs"; } 2>/dev/null && rmdir "$group" 2>/dev/null; done
  finish
}
trap end EXIT

# shellcheck disable=SC2016
ranks='echo of ${OMPI_COMM_WORLD_SIZE:-1}'
run env HECATON_LAUNCHER=none "$pool" start "$ranks"
grep -qx "of $cores" "$scratch/out" || fail "self-launch without a limit"

if limit cpu cpu.cfs_quota_us=100000 'cpu.max=100000 100000'; then
  for by in none "$launcher"; do
    run env HECATON_LAUNCHER="$by" "$pool" start "$ranks"
    expect_status 0 "self-launch with one core's worth of time"
    [ "$(sort -u "$scratch/out" | grep -v '^\[')" = "of 1" ] || fail "self-launch with one core's worth of time"
  done
  run "$launcher" run "$probe" rank
  expect_out "rank 0 of 1" "hecaton run with one core's worth of time"
  run "$launcher" doctor "$probe"
  grep -qE "^warning +cores +1 of the machine's $cores" "$scratch/out" || fail "the doctor with one core's worth of time"
else
  leave_out "a limit of time needs the right to make control groups"
fi
leave

if limit memory memory.limit_in_bytes=300M memory.max=300M; then
  run "$launcher" doctor "$probe"
  grep -qE "^(ok|warning) +memory +(300|314) MB for the whole group" "$scratch/out" || fail "the doctor with a limit of memory"
else
  leave_out "a limit of memory needs the right to make control groups"
fi
leave
done_testing
