# shellcheck shell=bash
# A real Grid Engine for the tests, on the machines of hosts.sh: the qmaster on h1, an execd on each. Nothing is written under
# /etc, no service is started. To be sourced after support.sh and hosts.sh.
#
#   grid_engine_up N    h1 ... hN with four slots each, queue all.q, parallel environment orte; its commands are in PATH here
#                       and run on h1
#   grid_engine_down    ends its daemons; hosts_down does the rest. Also at exit

for tool in sge_qmaster sge_execd qsub qconf; do
  PATH=$PATH:/usr/sbin command -v "$tool" >/dev/null ||
    skip "needs $tool (Debian: gridengine-master gridengine-exec gridengine-client)"
done
cell=$scratch/sge
sge_variables=(SGE_ROOT="$cell/root" SGE_CELL=default SGE_QMASTER_PORT=6444 SGE_EXECD_PORT=6445 "PATH=$PATH:/usr/sbin")
sge() { on h1 env "${sge_variables[@]}" "$@"; }

grid_engine_files() {
  local folder share=/usr/share/gridengine
  mkdir -p "$cell/root/default/common" "$cell"/spool/{qmaster/job_scripts,execd,db} "$cell/bin"
  for folder in bin lib util utilbin; do ln -sfn "/var/lib/gridengine/$folder" "$cell/root/$folder"; done
  printf '%s\n' "admin_user none" "default_domain none" "ignore_fqdn false" "spooling_method berkeleydb" "spooling_lib libspoolb" \
    "spooling_params $cell/spool/db" "binary_path /usr/sbin" "qmaster_spool_dir $cell/spool/qmaster" "security_mode none" \
    "listener_threads 2" "worker_threads 2" "scheduler_threads 1" >"$cell/root/default/common/bootstrap"
  echo h1 >"$cell/root/default/common/act_qmaster"
  sed -e "s|/var/spool/gridengine/execd|$cell/spool/execd|; s|^min_uid.*|min_uid 0|; s|^min_gid.*|min_gid 0|" \
    -e "s|^load_report_time.*|load_report_time 00:00:05|; s|^max_unheard.*|max_unheard 00:00:20|" \
    -e "s|flush_time=00:00:15|flush_time=00:00:01|; s|^mailer.*|mailer /bin/true|" "$share/default-configuration" >"$cell/configuration"
  printf '%s\n' "pe_name orte" "slots 999" "user_lists NONE" "xuser_lists NONE" "start_proc_args NONE" "stop_proc_args NONE" \
    'allocation_rule $round_robin' "control_slaves TRUE" "job_is_first_task FALSE" "urgency_slots min" \
    "accounting_summary FALSE" "qsort_args NONE" >"$cell/environment"
  for tool in qsub qstat qdel qacct qhost qconf qalter qrls qmod; do
    # "$@" is the tool's own
    # shellcheck disable=SC2016
    printf '#!/bin/bash\nexec %q h1 env %s %q "$@"\n' "$hosts/on" "${sge_variables[*]}" "$(type -P "$tool")" >"$cell/bin/$tool"
    chmod +x "$cell/bin/$tool"
  done
}

answers() { sge qconf -sh >/dev/null 2>&1; }
all_hosts_report() { [ "$(sge qhost 2>/dev/null | awk '/^h[0-9]/ && $5 != "-"' | wc -l)" -eq "$1" ]; }

grid_engine_up() {
  local i tools=/usr/lib/gridengine share=/usr/share/gridengine
  grid_engine_files
  {
    sge "$tools/spoolinit" berkeleydb libspoolb "$cell/spool/db" init
    sge "$tools/spooldefaults" configuration "$cell/configuration"
    sge "$tools/spooldefaults" complexes "$share/util/resources/centry"
    sge "$tools/spooldefaults" usersets "$share/util/resources/usersets"
    sge "$tools/spooldefaults" managers root
    sge setsid sge_qmaster </dev/null
  } >"$cell/log" 2>&1
  wait_until answers || { tail "$cell/log"; fail "no qmaster"; done_testing; }
  {
    for i in $(seq "$1"); do sge qconf -ah "h$i"; sge qconf -as "h$i"; done
    printf 'group_name @allhosts\nhostlist%s\n' "$(printf ' h%s' $(seq "$1"))" >"$cell/group"
    sge qconf -Ahgrp "$cell/group"
    sge qconf -Ap "$cell/environment"
  } >>"$cell/log" 2>&1
  sge qconf -sq 2>/dev/null |  # without a name: a template
    sed -e "s|^qname.*|qname all.q|; s|^hostlist.*|hostlist @allhosts|; s|^pe_list.*|pe_list orte|; s|^slots.*|slots 4|" \
      -e "s|^shell .*|shell /bin/bash|; s|^load_thresholds.*|load_thresholds NONE|; s|^notify.*|notify 00:00:02|" \
      -e "s|^shell_start_mode.*|shell_start_mode unix_behavior|" >"$cell/queue"
  sge qconf -Aq "$cell/queue" >>"$cell/log" 2>&1
  sge qconf -ssconf | sed 's|^schedule_interval.*|schedule_interval 0:0:1|; s|^flush_\(submit\|finish\)_sec.*|flush_\1_sec 1|' >"$cell/scheduling"
  sge qconf -Msconf "$cell/scheduling" >>"$cell/log" 2>&1
  for i in $(seq "$1"); do on "h$i" env "${sge_variables[@]}" setsid sge_execd </dev/null >>"$cell/log" 2>&1; done
  wait_until all_hosts_report "$1" || { tail "$cell/log"; fail "no execd"; done_testing; }
  PATH=$cell/bin:$PATH
}

# Its processes are in the hosts' namespaces of process ids, which end with the hosts.
grid_engine_down() { hosts_down; }
