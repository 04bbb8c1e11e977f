#!/usr/bin/env bash
# hosts.sh BUILD: question 18, ranks on three machines, over TCP. The machines are network namespaces with a real sshd, as in
# tests/cli/hosts.sh; all of them have the cores of this one. As root. Without what it needs it says so, and measures nothing.
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")")
build=$(realpath "$1") || exit 2
none=/bin/true
# shellcheck source=../tests/cli/support.sh
. "$here/../tests/cli/support.sh" "$build/launcher/hecaton" $none $none $none $none $none $none $none $none $none $none $none $none $none $none
# shellcheck source=../tests/cli/hosts.sh
. "$here/../tests/cli/hosts.sh"
hosts_up 3
export HECATON_SSH="$ssh_command" OMPI_MCA_mpi_yield_when_idle=1
ranks=("$hosts/on" h1 "$launcher" run --hosts h1:2,h2:2,h3:2 "$build/benchmarks/far_ranks")
cd "$scratch" || exit 1

measure() { "${ranks[@]}" "$@" || fail "far_ranks $*"; }

measure chunks
measure apply
measure sleep "no delay" 0.97
is_ready() { grep -q ready "ready.$i"; }
relays=()
for i in 2 3; do
  python3 -B "$here/support/delay.py" "$net-sw" "$i" "$net-h$i" "10.78.0.$i/24" 1 10 >"ready.$i" &
  relays+=($!)
  started+=($!)
  wait_until is_ready || fail "a delay for h$i"
done
measure sleep "1 ms each way" 0.95
kill -USR1 "${relays[@]}"
measure sleep "10 ms each way" 0.9
done_testing
