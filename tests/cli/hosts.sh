# shellcheck shell=bash
# Machines for the tests: network namespaces with a hostname, process ids, /dev/shm and an sshd of their own, on a switch
# that is a namespace too. Nothing is added to the machine's own network or to /etc. To be sourced after support.sh.
#
#   hosts_up N          h1 ... hN, 10.78.0.1 ... N and fd78::1 ... N; each also has a docker0 and a virbr0 with addresses
#                       that all of them have
#   on HOST COMMAND...  runs it there
#   only_ipv6 N         takes their IPv4 addresses away, and the names of these; false where the kernel has no IPv6
#   hosts_down          ends them; also at exit

net=hecaton$$
[ "$(id -u)" -eq 0 ] || skip "needs root, for network namespaces"
for tool in ip nsenter unshare ssh ssh-keygen /usr/sbin/sshd; do
  command -v "$tool" >/dev/null || skip "needs $tool (Debian: iproute2 util-linux openssh-client openssh-server)"
done
ip netns add "$net-sw" 2>/dev/null || skip "needs CAP_NET_ADMIN, for network namespaces"

hosts=$scratch/hosts
ssh_command="ssh -F $hosts/ssh_config"

on() { "$hosts/on" "$@"; }

# The first process of a host, as seen from here; it is the child of unshare.
first_process() { tr -d ' ' <"/proc/$1/task/$1/children"; }

has_child() { [ -n "$(first_process "$1" 2>/dev/null)" ]; }

host_files() {
  local i
  mkdir -p "$hosts"
  chmod 755 "$scratch"
  ssh-keygen -q -t ed25519 -N '' -f "$hosts/id"
  ssh-keygen -q -t ed25519 -N '' -f "$hosts/hostkey"
  cp "$hosts/id.pub" "$hosts/authorized_keys"
  echo "127.0.0.1 localhost" >"$hosts/etc_hosts"
  for i in $(seq "$1"); do printf '10.78.0.%s h%s\nfd78::%s h%s\n' "$i" "$i" "$i" "$i" >>"$hosts/etc_hosts"; done
  printf '%s\n' "HostKey $hosts/hostkey" "AuthorizedKeysFile $hosts/authorized_keys" "StrictModes no" "UsePAM no" \
    "PermitRootLogin prohibit-password" "PasswordAuthentication no" "UseDNS no" "PidFile none" "MaxStartups 200" \
    "PrintMotd no" "AcceptEnv HECATON_PRETEND_GPUS" >"$hosts/sshd_config"
  printf '%s\n' "Host *" "  User root" "  IdentityFile $hosts/id" "  IdentitiesOnly yes" "  StrictHostKeyChecking no" \
    "  UserKnownHostsFile /dev/null" "  LogLevel ERROR" >"$hosts/ssh_config"
  cat >"$hosts/init" <<TEXT
#!/bin/bash
hostname "\$1"
mount --bind $hosts/etc_hosts /etc/hosts
mount --bind /dev/null /etc/resolv.conf  # no nameserver is in reach from here; that it is asked takes seconds
[ ! -e ~/.bashrc ] || mount --bind /dev/null ~/.bashrc  # bash reads it for sshd; this machine's may take long
mount -t tmpfs -o size=256m,mode=1777 tmpfs /dev/shm
mount -t tmpfs -o size=16m,mode=755 tmpfs /run
mkdir -p /run/sshd
ip link set lo up
/usr/sbin/sshd -D -e -f $hosts/sshd_config 2>$hosts/\$1.log &
echo \$! >$hosts/\$1.sshd
while :; do wait -n 2>/dev/null || sleep 0.2; done
TEXT
  cat >"$hosts/on" <<TEXT
#!/bin/bash
init=\$(cat "$hosts/\$1.init")
shift
exec nsenter -t "\$init" -n -u -i -m -p --wd="\$PWD" -- "\$@"
TEXT
  chmod +x "$hosts/init" "$hosts/on"
}

hosts_up() {
  local i bridge
  host_files "$1"
  ip -n "$net-sw" link add br0 type bridge
  ip -n "$net-sw" link set br0 up
  for i in $(seq "$1"); do
    ip netns add "$net-h$i"
    ip -n "$net-sw" link add "p$i" type veth peer name eth0 netns "$net-h$i"
    ip -n "$net-sw" link set "p$i" master br0
    ip -n "$net-sw" link set "p$i" up
    ip -n "$net-h$i" link set lo up
    ip -n "$net-h$i" addr add "10.78.0.$i/24" dev eth0
    ip -n "$net-h$i" addr add "fd78::$i/64" dev eth0 nodad 2>/dev/null  # fails where the kernel has no IPv6
    ip -n "$net-h$i" link set eth0 up
    for bridge in "docker0 172.17.0.1/16" "virbr0 192.168.122.1/24"; do
      ip -n "$net-h$i" link add "${bridge% *}" type bridge
      ip -n "$net-h$i" addr add "${bridge#* }" dev "${bridge% *}"
      ip -n "$net-h$i" link set "${bridge% *}" up
    done
    ip netns exec "$net-h$i" setsid unshare -u -i -m -p -f --kill-child --mount-proc "$hosts/init" "h$i" \
      </dev/null >/dev/null 2>"$hosts/h$i.err" &
    echo $! >"$hosts/h$i.pid"
  done
  for i in $(seq "$1"); do
    wait_until has_child "$(cat "$hosts/h$i.pid")"
    first_process "$(cat "$hosts/h$i.pid")" >"$hosts/h$i.init"
    wait_until ip netns exec "$net-h$i" bash -c "exec 3<>/dev/tcp/10.78.0.$i/22" 2>/dev/null ||
      fail "h$i did not come up"
  done
}

only_ipv6() {
  local i
  ip -n "$net-h1" -6 addr show dev eth0 | grep -q fd78::1 || return 1
  grep -v '^10[.]' "$hosts/etc_hosts" >"$hosts/etc_hosts.six"
  cat "$hosts/etc_hosts.six" >"$hosts/etc_hosts"  # the mount is of the file, not of its name
  for i in $(seq "$1"); do ip -n "$net-h$i" -4 addr flush dev eth0; done
}

is_empty() { [ -z "$(ip netns pids "$1")" ]; }

hosts_down() {
  local file name
  for file in "$hosts"/h*.init "$hosts"/h*.pid; do
    [ -e "$file" ] && kill -KILL "$(cat "$file")" 2>/dev/null
  done
  for name in $(ip netns list | cut -d' ' -f1 | grep -x "$net-[a-z0-9]*"); do
    for _ in {1..50}; do is_empty "$name" && break; sleep 0.1; done
    ip netns del "$name"
  done
}
trap 'hosts_down 2>/dev/null; finish' EXIT
