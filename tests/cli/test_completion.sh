#!/usr/bin/env bash
# The completions of the tab key in bash.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
# shellcheck source=../../launcher/cli/completion.bash
. "$(dirname "$0")/../../launcher/cli/completion.bash"
cd "$scratch" || exit 1
mkdir logs
printf '#!/bin/sh\n' >program-of-ours
chmod +x program-of-ours
PATH=$PATH:$scratch

# offers WORDS EXPECTED: at the end of `hecaton WORDS`, whose last word is the part that was typed so far.
offers() {
  read -ra COMP_WORDS <<<"$launcher $1"
  [[ $1 == *' ' || -z $1 ]] && COMP_WORDS+=("")
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  _hecaton
  [ "${COMPREPLY[*]}" = "$2" ] || fail "hecaton $1: offers '${COMPREPLY[*]}' instead of '$2'"
}

offers '' 'run submit status logs wait cancel doctor journal report top help --help --version'
offers 'd' 'doctor'
offers 'help ru' 'run'
offers 'run --out' '--output-dir'
offers 'run --ranks' '--ranks --ranks-per-node'
offers 'run --label --sh' '--show-map'
offers 'run -n 2 --q' '--quiet'
offers 'run -n ' ''
offers 'run --output-dir lo' 'logs'
offers 'run --output-dir = lo' 'logs'
offers 'run --bind s' 'socket'
offers 'run --bind = ' 'core none numa socket'
offers 'run --bind = core --eng' '--engine'
offers 'run --env A = 1 --hosts a : 2 --la' '--label'
offers 'run -q -n 4 program-of-o' 'program-of-ours'
offers 'run -n 4 -- program-of-o' 'program-of-ours'
offers 'run -n 4 program-of-ours lo' 'logs'
offers 'run -n 4 program-of-ours --la' ''
offers 'doctor --j' '--json'
offers 'journal ' 'export forget show verify'
offers 'journal v' 'verify'
offers 'journal show lo' 'logs'
offers 'journal --call x e' 'export'
offers 'journal show lo --ca' '--call'
offers 'journal export lo --format ' 'csv json'
offers 'journal export lo --format = j' 'json'
offers 'journal export lo -o program-of-o' 'program-of-ours'
offers 'journal export --call x lo' 'logs'
offers 'report lo' 'logs'
offers 'report lo --o' '--output'
offers 'report lo -o program-of-o' 'program-of-ours'
offers 'frobnicate --' ''

# All options of --help are offered, and the values are those that are taken.
for verb in run submit status logs wait cancel doctor journal; do
  expected=$("$launcher" "$verb" --help | sed -n 's/^  \(-[a-zA-Z],\)\{0,1\}\(--[a-z-]*\).*/\2/p' | tr '\n' ' ')
  offers "$verb --" "${expected% }"
done
for option in --bind --engine; do
  run "$launcher" run "$option" nothing true
  offers "run $option " "$(sed -n 's/.*one of //p' "$scratch/err" | tr -d ,)"
done
done_testing
