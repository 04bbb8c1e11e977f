#!/usr/bin/env bash
# Jobs of LSF and Flux, which Debian's Open MPI does not know: their own commands reach the nodes. The commands are fakes
# that take what their manuals have and nothing else, and start what they are given as these say.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
# shellcheck source=hosts.sh
. "$(dirname "$0")/hosts.sh"
hosts_up 3
cd "$scratch" || exit 1
mkdir fakes
# A cluster has a network that MPI finds; this one has docker0, too.
export OMPI_MCA_btl_tcp_if_include=10.78.0.0/24 OMPI_MCA_oob_tcp_if_include=10.78.0.0/24 \
  PRTE_MCA_prte_if_include=10.78.0.0/24 OMPI_MCA_pml=ob1
there="$hosts/on h1 env PATH=$scratch/fakes:$PATH"

# blaunch HOST COMMAND...: like rsh, to hosts of the job only, and only within one; other options are ignored
cat >fakes/blaunch <<TEXT
#!/bin/bash
echo "blaunch \$*" >>$scratch/calls
[ -n "\${LSB_JOBID-}" ] || { echo "blaunch: not in an LSF job" >&2; exit 255; }
while [[ \$1 == -* ]]; do shift; done
grep -qx "\$1" "\$LSB_DJOB_HOSTFILE" || { echo "Host <\$1> is not used by the batch system." >&2; exit 255; }
exec $ssh_command "\$@"
TEXT
printf '%s\n' h1 h1 h2 h3 >hostfile
in_lsf="$there LSB_JOBID=7 LSB_DJOB_HOSTFILE=$scratch/hostfile"

# flux resource R; flux exec -n -r RANK COMMAND...: the words as they are
cat >fakes/flux <<TEXT
#!/bin/bash
echo "flux \$*" >>$scratch/calls
[ -n "\${FLUX_URI-}" ] || { echo "flux: ERROR: Unable to connect to Flux" >&2; exit 1; }
case "\$*" in
  'resource R')
    echo '{"version": 1, "execution": {"R_lite": [{"rank": "0-1", "children": {"core": "0-1"}}], "nodelist": ["h[1-2]"]}}' ;;
  'exec -n -r '[01]' '*)
    rank=\$4
    shift 4
    $ssh_command "h\$((rank + 1))" "\${*@Q}" </dev/null ;;
  *) echo "flux: ERROR: unexpected \$*" >&2; exit 1 ;;
esac
TEXT
chmod +x fakes/*
in_flux="$there FLUX_URI=local:///x"

for_each_system() {
  local system=$1 place=(bash -c 'echo "$(hostname) $HECATON_LOCAL_RANK/$HECATON_LOCAL_SIZE $HECATON_NODE/$HECATON_NODES"')
  local in_job=${!system}
  # shellcheck disable=SC2086
  {
    rm -f calls
    run $in_job "$launcher" run "${place[@]}"
    expect_status 0 "$system"
    expect_no_err "$system"
    expect_sorted_out "$2" "$system"
    grep -q "$3" calls || fail "$system: $(cat calls)"
    run $in_job "$launcher" run -n 2 --hosts h2:2 "${place[@]}"
    expect_sorted_out $'h2 0/2 0/1\nh2 1/2 0/1' "$system: a part of the job"
    run $in_job "$launcher" run "$pool"
    expect_status 0 "$system: a pool"
    grep -q '^\[0, 1, 4, 9, 16, 25, 36, 49, 64, 81\] on 4 ranks$' out || fail "$system: a pool"
    run $in_job HECATON_LAUNCHER="$launcher" "$pool"
    expect_status 0 "$system: a program that starts itself"
    grep -q ' on 4 ranks$' out || fail "$system: a program that starts itself"
    if command -v mpiexec.hydra >/dev/null; then
      run $in_job "$launcher" run --engine hydra "${place[@]}"
      expect_status 0 "$system: hydra"
      expect_sorted_out "$2" "$system: hydra"
    else
      leave_out "hydra needs mpiexec.hydra (Debian: mpich)"
    fi
    run $in_job "$launcher" run bash -c '[ "$(hostname)" != h2 ] || exit 9; sleep 60'
    expect_status 9 "$system: a rank that fails elsewhere"
    run $in_job "$launcher" run --hosts h9:2 true
    expect_status 2 "$system: a host of no job"
    expect_one_line "$system: a host of no job"
  }
}
for_each_system in_lsf $'h1 0/2 0/3\nh1 1/2 0/3\nh2 0/1 1/3\nh3 0/1 2/3' '^blaunch h3 '
for_each_system in_flux $'h1 0/2 0/2\nh1 1/2 0/2\nh2 0/2 1/2\nh2 1/2 1/2' '^flux exec -n -r 1 '

# Where these commands are not, or are of another job's nodes, what starts ranks there is named.
# shellcheck disable=SC2086
{
  run $in_flux FLUX_TASK_RANK=0 "$launcher" run -n 2 true
  expect_status 2 "a task of a Flux job"
  expect_err_has "flux run -n 2" "a task of a Flux job"
  touch fakes/jsrun && chmod +x fakes/jsrun
  run $in_lsf "$launcher" run -n 2 true
  expect_status 2 "an LSF job with jsrun"
  expect_err_has "jsrun -n 2" "an LSF job with jsrun"
  rm fakes/jsrun
  printf '#!/bin/sh\necho "LSF is down" >&2\nexit 255\n' >fakes/blaunch
  run $in_lsf "$launcher" run -n 4 true
  expect_status 2 "blaunch does not work"
  expect_err_has "host h2: LSF is down" "blaunch does not work"
}
done_testing
