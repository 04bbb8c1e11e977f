#!/usr/bin/env bash
# The periods as awk integrates them; its job as a background job; the configuration beside it, with all that it has.
set -euo pipefail
launcher=$(realpath "$1") program=$(realpath "$2")
here=$(realpath "$(dirname "$0")")
. "$here/support.sh"

# A quarter of the way of a pendulum, as an elliptic integral by Simpson's rule.
swing() {
  awk -v n="$1" 'BEGIN { pi = atan2(0, -1); print "angle,period"
    for (i = 0; i < n; ++i) {
      k = sin(179 * i / n * pi / 360); steps = 2000; h = pi / 2 / steps; sum = 0
      for (j = 0; j <= steps; ++j)
        sum += (j == 0 || j == steps ? 1 : j % 2 ? 4 : 2) / sqrt(1 - (k * sin(j * h)) ^ 2)
      printf "%.3f,%.4f\n", 179 * i / n, 4 * sqrt(1 / 9.81) * sum * h / 3 } }'
}
all=$(run 1 12 1)
cut_digits() { awk -F, -v OFS=, 'NR > 1 { $2 = sprintf("%.4f", $2) } { print }'; }
[ "$(cut_digits <<<"$all")" = "$(swing 12)" ] || fail "$(diff <(cut_digits <<<"$all") <(swing 12))"
for n in 2 3 7; do expect "$all" "$n" 12 1; done
refuses "hecaton: std::invalid_argument: CASES is a whole number from 1 to 1000000, not 'many'" 2 many

# As in the README.
export XDG_STATE_HOME=$scratch/state XDG_CONFIG_HOME=$scratch/config
cd "$scratch"
"$launcher" submit --scheduler local -n 2 --time 10m --journal sweep.db --restarts 5 --wait "$program" 12 1 >said 2>err ||
  fail "submit --wait: $(cat said err)"
[ "$("$launcher" logs sweep 2>/dev/null)" = "$all" ] || fail "logs: $("$launcher" logs sweep)"
"$launcher" journal verify sweep.db >/dev/null || fail "its journal"

# Everything in the configuration, for each batch system that has a table there.
mkdir -p config/hecaton bin
example=$here/../../examples/cluster/config.toml
for command in sbatch qsub bsub; do printf '#!/bin/sh\n' >"bin/$command"; chmod +x "bin/$command"; done
with() {
  local system=$1 line=$2 keep='^#qos'
  [ "$system" != slurm ] || keep='^#nothing'
  sed "/^#scheduler/d; /$keep/d; s/^#\([a-z[]\)/\1/; s/^#\([A-Z]\)/\1/" "$example" >config/hecaton/config.toml
  PATH=$PWD/bin:$PATH "$launcher" submit --scheduler "$system" --dry-run -N 2 --ranks-per-node 4 "$program" >script 2>err ||
    fail "$system: $(cat err)"
  grep -qF -e "$line" script || fail "$system: no $line in $(cat script)"
  grep -qF "module load gcc/12" script && grep -qF "export OMP_PROC_BIND=close" script || fail "$system: $(cat script)"
}
with slurm '--constraint=ib'
with slurm '--qos=long'
with pbs '-q workq'
with lsf '-R select[ib]'
with sge '-pe mpi 8'
"$launcher" submit --scheduler local --dry-run -n 2 "$program" >/dev/null || fail "the configuration with local"
cp "$example" config/hecaton/config.toml
"$launcher" submit --scheduler local --dry-run -n 2 "$program" >/dev/null || fail "the configuration as it is"
