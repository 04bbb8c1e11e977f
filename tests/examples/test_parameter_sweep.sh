#!/usr/bin/env bash
# Distances without drag by their formula, rows with drag as an integral in awk, errors for bad rows, all rows in their order.
set -euo pipefail
launcher=$1 program=$2
. "$(dirname "$0")/support.sh"

sample=$(dirname "$0")/../../examples/parameters.csv
fly() {
  awk -F, -v OFS=, 'NR == 1 { print $0, "distance", "time", "error"; next }
    $2 !~ /^[0-9.]+$/ { print $0, "", "", "a row is three numbers with commas between them"; next }
    { g = 9.81; a = $2 * atan2(0, -1) / 180; vx = $1 * cos(a); vy = $1 * sin(a); k = $3
      t = 2 * vy / g  # from there Newton on the exact height, which with drag is an exponential
      if (k > 0) for (i = 0; i < 50; ++i) {
        e = exp(-k * t); t -= ((vy + g / k) / k * (1 - e) - g * t / k) / ((vy + g / k) * e - g / k) }
      printf "%s,%.2f,%.2f,\n", $0, (k > 0 ? vx / k * (1 - exp(-k * t)) : vx * t), t }' "$1"
}
cut_digits() { awk -F, -v OFS=, 'NR > 1 && $4 != "" { $4 = sprintf("%.2f", $4); $5 = sprintf("%.2f", $5) } { print }'; }
all=$(run 1 "$sample")
[ "$(cut_digits <<<"$all")" = "$(fly "$sample")" ] || fail "$(diff <(cut_digits <<<"$all") <(fly "$sample"))"
for n in 1 2 3 7; do expect "$all" "$n" "$sample"; done

printf 'speed,angle,drag\n20,95,0\n\n20,45\n20,45,0,7\n' >"$scratch/bad.csv"
three='a row is three numbers with commas between them'
for n in 1 3; do
  expect "$(printf '%s\n' 'speed,angle,drag,distance,time,error' '20,95,0,,,no ball flies like this' ",,,$three" \
    "20,45,,,$three" "20,45,0,7,,,$three")" "$n" "$scratch/bad.csv"
  refuses "hecaton: std::runtime_error: cannot read $scratch/none.csv" "$n" "$scratch/none.csv"
done
