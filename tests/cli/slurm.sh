# shellcheck shell=bash
# A real Slurm for the tests: slurmctld here, and a slurmd for each node in UTS, IPC, mount and process id namespaces of its
# own, so that each node has a hostname and /dev/shm. All traffic is on loopback; nothing is written under /etc, no service
# is started, and the processes are ended by their ids. To be sourced after support.sh.
#
#   slurm_up N          n1 ... nN with two processors each; SLURM_CONF is exported. All that they need is here then, so
#                       nodes that do not come up are a failure
#   node_crash I        the node and all on it is gone from one moment to the next; Slurm notices that after minutes
#   node_down I         what the site's monitor says then
#   node_up I           it is started again
#   controller_stop     slurmctld is gone, and nothing answers
#   controller_up       it is started again, and knows its jobs
#   batch OPTIONS -- COMMAND...   runs it in a batch job on the first node and waits: sets status, $scratch/out and err
#   slurm_down          ends it all; also at exit

[ "$(id -u)" -eq 0 ] || skip "needs root, for namespaces"
for tool in slurmctld slurmd srun sbatch sinfo scancel unshare nsenter; do
  PATH=$PATH:/usr/sbin command -v "$tool" >/dev/null ||
    skip "needs $tool (Debian: slurmctld slurmd slurm-client slurm-wlm-basic-plugins)"
done
unshare -u -i -m -p -f true 2>/dev/null || skip "needs CAP_SYS_ADMIN, for namespaces"

export OMPI_MCA_btl_tcp_if_include=lo  # Open MPI 5 remarks that it finds no way by the others
slurm=$scratch/slurm
export SLURM_CONF=$slurm/slurm.conf

# The first of $1 consecutive ports without a listener.
free_ports() {
  local first port
  for _ in $(seq 50); do
    first=$((20000 + RANDOM % 10000))
    for ((port = first; port < first + $1; port++)); do
      (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && continue 2
    done
    echo "$first"
    return
  done
}

slurm_files() {
  local i port
  port=$(free_ports $(($1 + 1)))
  mkdir -p "$slurm/state" "$slurm/spool" "$slurm/log"
  chmod 755 "$scratch" "$slurm"
  printf '%s\n' "ClusterName=hecaton" "SlurmctldHost=$(hostname -s)(127.0.0.1)" "SlurmctldPort=$port" "SlurmUser=root" \
    "SlurmdUser=root" "AuthType=auth/none" "CredType=cred/none" "AuthInfo=cred_expire=5" "StateSaveLocation=$slurm/state" \
    "SlurmdSpoolDir=$slurm/spool/%n" "TmpFS=$slurm/node/%n" "SlurmctldPidFile=$slurm/slurmctld.pid" "SlurmdPidFile=$slurm/spool/%n.pid" \
    "SlurmctldLogFile=$slurm/log/slurmctld" "SlurmdLogFile=$slurm/log/%n" "ProctrackType=proctrack/linuxproc" \
    "TaskPlugin=task/none" "JobAcctGatherType=jobacct_gather/none" "AccountingStorageType=accounting_storage/none" \
    "SelectType=select/cons_tres" "SelectTypeParameters=CR_CPU" "SlurmdParameters=config_overrides" \
    "SchedulerParameters=sched_interval=2,bf_interval=2,batch_sched_delay=0" "MailProg=/bin/true" "MpiDefault=none" \
    "ReturnToService=2" "KillWait=3" "MaxArraySize=5" >"$SLURM_CONF"
  echo "CgroupPlugin=cgroup/v1" >"$slurm/cgroup.conf"  # the one that starts where no cgroup is mounted
  echo "127.0.0.1 localhost $(hostname -s)" >"$slurm/hosts"
  for i in $(seq "$1"); do
    mkdir -p -m 1777 "$slurm/node/n$i"  # two nodes with the same one would be in each other's way: PMIx has sockets there
    echo "127.0.0.1 n$i" >>"$slurm/hosts"
    echo "NodeName=n$i NodeHostname=n$i NodeAddr=127.0.0.1 Port=$((port + i)) CPUs=2 RealMemory=500" >>"$SLURM_CONF"
  done
  # Jobs of the partition "urgent" take the place of others, which are requeued.
  printf '%s\n' "PreemptType=preempt/partition_prio" "PreemptMode=REQUEUE" \
    "PartitionName=main Nodes=n[1-$1] Default=YES MaxTime=INFINITE State=UP PriorityTier=1" \
    "PartitionName=urgent Nodes=n[1-$1] MaxTime=INFINITE State=UP PriorityTier=2" >>"$SLURM_CONF"
  cat >"$slurm/init" <<TEXT
#!/bin/bash
hostname "\$1"
mount --bind $slurm/hosts /etc/hosts
mount -t tmpfs -o size=256m,mode=1777 tmpfs /dev/shm
cat /proc/sys/kernel/random/uuid >$slurm/boot.\$1  # each has a kernel of its own, as far as programs can tell
mount --bind $slurm/boot.\$1 /proc/sys/kernel/random/boot_id
$(PATH=$PATH:/usr/sbin command -v slurmd) -D -f $SLURM_CONF -N "\$1" &
while :; do wait -n 2>/dev/null || sleep 0.2; done
TEXT
  chmod +x "$slurm/init"
}

all_idle() { [ "$(timeout 5 sinfo -h -t idle -o %D 2>/dev/null)" = "$1" ]; }

node_up() {
  setsid unshare -u -i -m -p -f --kill-child --mount-proc "$slurm/init" "n$1" </dev/null >"$slurm/log/n$1.out" 2>&1 &
  echo $! >"$slurm/n$1.pid"
  disown  # the shell says nothing of its end
}

node_crash() {
  local pid
  pid=$(cat "$slurm/n$1.pid")
  kill -KILL "$(tr -d ' ' <"/proc/$pid/task/$pid/children")" "$pid"
  rm "$slurm/n$1.pid"
}

node_down() { scontrol update "nodename=n$1" state=down reason=crashed; }

controller_up() {
  # It leaves its caller by itself; its file tells its process id.
  PATH=$PATH:/usr/sbin setsid slurmctld -f "$SLURM_CONF" "$@" </dev/null >/dev/null 2>&1
}

controller_stop() {
  kill "$(cat "$slurm/slurmctld.pid")"
  wait_until controller_is_gone
}

slurm_up() {
  local i
  slurm_files "$1"
  controller_up -c
  for i in $(seq "$1"); do node_up "$i"; done
  wait_until all_idle "$1" || does_not_come_up
}

does_not_come_up() {
  echo "FAILED: Slurm is installed, but its nodes are not idle after $SECONDS s"
  sinfo -h -N -o '  %N: %T' 2>&1
  tail -v -n 5 "$slurm"/log/* 2>&1 | sed 's/^/  /'
  exit 1
}

# batch OPTIONS... -- COMMAND...
batch() {
  local options=()
  while [ "$1" != -- ]; do options+=("$1"); shift; done
  shift
  rm -f "$scratch/out" "$scratch/err"
  { echo '#!/bin/bash'; printf '%q ' "$@"; echo; } >"$slurm/job"
  within_limit sbatch -Q -W -D "$scratch" "${options[@]}" -o "$scratch/out" -e "$scratch/err" "$slurm/job"
  status=$?
  touch "$scratch/out" "$scratch/err"
}

controller_is_gone() { ! alive "$(cat "$slurm/slurmctld.pid" 2>/dev/null || echo none)"; }

slurm_down() {
  local file controller
  for file in "$slurm"/n*.pid; do
    file=${file##*/n}
    node_crash "${file%.pid}"
  done
  controller=$(cat "$slurm/slurmctld.pid")
  grep -qa slurmctld "/proc/$controller/cmdline" && kill "$controller"
  for _ in {1..30}; do controller_is_gone && return; sleep 0.1; done
  kill -KILL "$controller"
}
trap 'slurm_down 2>/dev/null; finish' EXIT
