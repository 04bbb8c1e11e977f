#!/usr/bin/env bash
# Several machines over ssh: the start, what is found before it, and what happens when a machine or its network goes.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
# shellcheck source=hosts.sh
. "$(dirname "$0")/hosts.sh"
daemon=orted
[ "$(open_mpi)" -lt 5 ] || daemon=prted
hosts_up 3
cd "$scratch" || exit 1
export HECATON_SSH="$ssh_command -o ConnectTimeout=2"
here=("$hosts/on" h1 "$launcher" run)

# With docker0 on each host, at the same address everywhere; rank 0 reads input; the environment and the folder are ours.
run "${here[@]}" --hosts h2:2,h3:1 --label --show-map "$probe" rank
expect_status 0 "two hosts"
grep -qv '^ ' err && fail "two hosts: something but the map on standard error"
expect_sorted_out $'[0] rank 0 of 3\n[1] rank 1 of 3\n[2] rank 2 of 3' "two hosts"
[ "$(grep -Ec '^ +[01]  h2  |^ +2  h3  ' err)" -eq 3 ] || fail "two hosts: the map"
printf 'h1 slots=1\nh2:1 # two\n' >hostfile
printf 'one\ntwo\n' >input
# shellcheck disable=SC2016
run "${here[@]}" --hostfile hostfile --env 'K=a "b"' --wdir / bash -c 'cat; echo "$(hostname) $PWD $K"' <input
expect_status 0 "a host file"
expect_sorted_out $'h1 / a "b"\nh2 / a "b"\none\ntwo' "a host file"
# GPUs of each host's own, which all are counted before the start.
mkdir -p gpus/dev
touch gpus/dev/nvidia0 gpus/dev/nvidia1
with_gpus=("$hosts/on" h1 env HECATON_PRETEND_GPUS="$scratch/gpus" "$launcher" run --gpus-per-rank 1
  --ssh "$ssh_command -o SetEnv=HECATON_PRETEND_GPUS=$scratch/gpus")
# shellcheck disable=SC2016
run "${with_gpus[@]}" --hosts h1:1,h2:2 bash -c 'echo "$(hostname) $CUDA_VISIBLE_DEVICES"'
expect_status 0 "GPUs"
expect_sorted_out $'h1 0\nh2 0\nh2 1' "GPUs"
run "${with_gpus[@]}" --hosts h1:1,h2:3 true
expect_status 2 "too few GPUs"
expect_one_line "too few GPUs"
expect_err_has "3 ranks on h2 need 3 GPUs, and it has 2" "too few GPUs"
# Where each rank is, also with more ranks than slots. mpirun puts the first ones here.
# shellcheck disable=SC2016
place=(bash -c 'echo "$(hostname) $HECATON_LOCAL_RANK/$HECATON_LOCAL_SIZE $HECATON_NODE/$HECATON_NODES"')
run "${here[@]}" --hosts h2:2,h3:1 "${place[@]}"
expect_sorted_out $'h2 0/2 0/2\nh2 1/2 0/2\nh3 0/1 1/2' "the place of each rank"
run "${here[@]}" --hosts h3:2,h1:1,h2:1 -n 6 "${place[@]}"
expect_sorted_out $'h1 0/2 0/3\nh1 1/2 0/3\nh2 0/1 2/3\nh3 0/3 1/3\nh3 1/3 1/3\nh3 2/3 1/3' "the place of each rank, crowded"
run env OMP_NUM_THREADS=9 "${here[@]}" --hosts h2,h3 bash -c 'echo $OMP_NUM_THREADS'
expect_out $'9\n9' "OMP_NUM_THREADS is ours on other machines"
ranks_own_variables
run "${here[@]}" --hosts h1,h2 "${given[@]}" ./alone
expect_out "$line"$'\n'"$line" "the ranks' own variables"
run "${here[@]}" --hosts h2,h3 --ranks-per-node 2 hostname
expect_sorted_out $'h2\nh2\nh3\nh3' "ranks a node"

the_wrong_network_interface() {  # open-mpi/ompi#6377: every host has a docker0 and a virbr0, with the same addresses
  run "${here[@]}" --hosts h1,h2,h3 "$pool"
  expect_status 0 "${FUNCNAME[0]}"
  expect_out "[0, 1, 4, 9, 16, 25, 36, 49, 64, 81] on 3 ranks" "${FUNCNAME[0]}"
  run "${here[@]}" --hosts h1,h2 --dry-run "$pool"
  grep -q -- '--mca btl_tcp_if_include 10.78.0.0/24' out || fail "${FUNCNAME[0]}"
}
the_wrong_network_interface

orted_not_found_on_the_remote_side() {  # open-mpi/ompi#8870
  on h2 mount --bind /dev/null /usr/bin/$daemon
  run "${here[@]}" --hosts h1,h2 "$probe" rank
  on h2 umount /usr/bin/$daemon
  expect_status 2 "${FUNCNAME[0]}"
  expect_err_has "host h2: /usr/bin/$daemon" "${FUNCNAME[0]}"
  expect_err_has "install the same MPI there" "${FUNCNAME[0]}"
}
orted_not_found_on_the_remote_side

# What cannot be found before the start: a daemon that cannot begin there. It says why, and the job ends with mpirun's status.
cannot_begin() {
  [ "$status" -ne 0 ] && [ "$status" -ne 124 ] || fail "$2: status $status"
  expect_err_has "$1" "$2"
  expect_err_has "did not start all ranks" "$2"
  grep -q 'This usually is caused by' err && fail "$2: mpirun's guesses too"
}
printf '#!/bin/sh\necho "the allocation has expired" >&2\nexit 1\n' >expired
chmod +x expired
on h2 mount --bind expired /usr/bin/$daemon
run "${here[@]}" --hosts h1,h2 hostname
on h2 umount /usr/bin/$daemon
cannot_begin "the allocation has expired" "a daemon that ends at once"
on h2 mount --bind /tmp /tmp
on h2 mount -o remount,bind,ro /tmp
run "${here[@]}" --hosts h1,h2 --timeout 2m hostname
on h2 umount /tmp
cannot_begin "Read-only file system" "a host with a read-only TMPDIR"

# Found before the start: one line for each host, all at once: no ssh begins before all the others are there, too.
ip -n "$net-h3" link set eth0 down
mkdir asked
cat >all_at_once <<TEXT
#!/bin/bash
: >"$scratch/asked/\$\$"
until [ "\$(ls "$scratch/asked" | wc -l)" -ge 11 ]; do sleep 0.05; done  # of 12 hosts one is where we are
exec $HECATON_SSH "\$@"
TEXT
chmod +x all_at_once
run "${here[@]}" --ssh "$scratch/all_at_once" --hosts "h1,h2,h3,h9$(printf ',10.78.0.%s' {91..98})" "$probe" rank
expect_status 2 "hosts that do not answer"
[ "$(grep -Ec '^hecaton: host (h[39]|10.78.0.9[1-8]): ssh: ' err)" -eq 10 ] || fail "hosts that do not answer: not a line each"
expect_err_has "10 of 12 hosts cannot be used; nothing was started" "hosts that do not answer"
run "$hosts/on" h1 "$launcher" doctor --hosts h1,h2,h3 "$probe"
expect_status 1 "the doctor of hosts"
[ "$(grep -Ec '^ok +host h[12] ' out)" -eq 2 ] && grep -Eq '^bad +host h3 ' out || fail "the doctor of hosts"
grep -q ' trial ' out && fail "the doctor of hosts: a trial all the same"
ip -n "$net-h3" link set eth0 up
run "$hosts/on" h1 "$launcher" doctor --hosts h1,h2,h3 "$probe"
expect_status 0 "the doctor of hosts that are well"
grep -Eq '^ok +trial +3 ranks were started' out || fail "the doctor of hosts: the trial"
mkdir only there
cp "$probe" only/probe
on h2 mount --bind there only
run "${here[@]}" --hosts h1,h2 ./only/probe rank
expect_status 2 "a missing program"
expect_err_has "host h2: $scratch/only/probe: there is no such file" "a missing program"
mkdir only/folder
run "${here[@]}" --hosts h1,h2 --wdir only/folder hostname
expect_status 2 "a missing --wdir"
expect_err_has "host h2: --wdir $scratch/only/folder: No such file or directory; " "a missing --wdir"
expect_err_has "1 of 2 hosts cannot be used; nothing was started" "a missing --wdir"
if command -v mpiexec.hydra >/dev/null; then
  run env -C only/folder "${here[@]}" --engine hydra --hosts h1,h2 hostname
  expect_status 2 "the folder where we are is missing, hydra"
  expect_err_has "host h2: $scratch/only/folder: No such file or directory; " "the folder where we are is missing, hydra"
else
  leave_out "hydra needs mpiexec.hydra (Debian: mpich)"
fi
run env -C only/folder -u HECATON_QUIET "${here[@]}" --hosts h1,h2 pwd
expect_status 0 "the folder where we are is missing"
expect_sorted_out "$HOME"$'\n'"$scratch/only/folder" "the folder where we are is missing"
expect_err_has "hecaton: host h2: $scratch/only/folder: No such file or directory; its ranks run in the home folder" \
  "the folder where we are is missing"
# Its library is where only h1 has it, and then on both.
ill_programs
mkdir libraries only/libraries
ln -s "$(ldd "$probe" | awk '/libstdc/ {print $3}')" libraries/libnowhere.so6
cp -P libraries/* only/libraries
run "${here[@]}" --hosts h1,h2 --env LD_LIBRARY_PATH="$scratch/only/libraries" ./no-library rank
expect_status 2 "a missing library"
expect_err_has "host h2: $scratch/no-library needs libnowhere.so6, which the loader does not find" "a missing library"
run "${here[@]}" --hosts h1,h2 --env LD_LIBRARY_PATH="$scratch/libraries" ./no-library rank
expect_sorted_out $'rank 0 of 2\nrank 1 of 2' "a library that --env leads to"
cp /bin/true there/probe
run "${here[@]}" --hosts h1,h2 ./only/probe rank
expect_status 2 "another build"
expect_err_has "host h2: $scratch/only/probe is another build" "another build"
on h2 umount "$scratch/only"
sed 's/^  IdentityFile.*/  IdentityFile \/nowhere/' hosts/ssh_config >hosts/no_key
run "${here[@]}" --ssh "ssh -F $hosts/no_key" --hosts h2 "$probe" rank
expect_err_has "host h2: it does not let us in without a password: ssh-copy-id h2" "no key"

# A rank, a daemon, a machine and a link: each ends the job within seconds, with a card, and nothing stays behind.
begin() { begin_and_see 3 "${here[@]}" --hosts h1:1,h2:1,h3:1 --link-timeout 3s "$probe" pids "$pids" sleep 10000; }
ends() {
  see_status "$2"
  expect_status "$1" "$2"
  wait_until no_ranks || fail "$2: ranks are left"
  wait_until nothing_in_tmpdir
  expect_clean "$2"
}
# Each host's process ids are its own, so its ranks are looked for there.
no_ranks() {
  local i
  for i in 1 2 3; do
    alive "$(cat "$hosts/h$i.init")" && [ -n "$(on "h$i" pgrep -f "^$probe")" ] && return 1
  done
  return 0
}

begin; on h2 kill -SEGV "$(cat pids/1)"; ends 139 "a rank is killed on another host"
expect_err_has "rank 1 of 3 on h2" "a rank is killed on another host"
begin; no_ranks && fail "the count does not see the ranks"
# shellcheck disable=SC2046  # Open MPI 5 has two of them
on h2 kill -KILL $(on h2 pgrep -x $daemon)
ends 1 "a daemon is killed"
expect_one_line "a daemon is killed"
expect_err_has "has lost its daemon on h2, and ended the job" "a daemon is killed"
begin; ip -n "$net-sw" link set p3 down; ends 137 "a cut link"
expect_err_has "rank 2 of 3 on h3" "a cut link"
[ "$(grep -cv '^hecaton: ' err)" -eq 0 ] || fail "a cut link: mpirun's own end too"
ip -n "$net-sw" link set p3 up
begin; kill -KILL "$(cat "$hosts/h3.init")"; ends 137 "a machine is gone"

# IPv6 alone, by name and by address. That both are there has been so all the time.
if only_ipv6 2; then
  for i in 1 2; do ip -n "$net-h$i" addr add fd17::1/64 dev docker0 nodad; done
  run "${here[@]}" --hosts h1:1,h2:2 "$probe" exchange 100000
  expect_status 0 "IPv6"
  expect_out exchanged "IPv6"
  expect_no_err "IPv6"
  run "${here[@]}" --hosts "[fd78::1],[fd78::2]:2" --label hostname
  expect_status 0 "IPv6 addresses"
  expect_sorted_out $'[0] h1\n[1] h2\n[2] h2' "IPv6 addresses"
  if command -v mpiexec.hydra >/dev/null; then
    run "${here[@]}" --hosts h1,h2 --engine hydra hostname
    expect_status 2 "IPv6 and hydra"
    expect_one_line "IPv6 and hydra"
  fi
else
  leave_out "IPv6 alone needs a kernel that has it"
fi

done_testing
