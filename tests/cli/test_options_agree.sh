#!/usr/bin/env bash
# A command's options are the same in its table, its help, the man page, bash's completion and the examples of the docs.
# RENEW=1 writes the options of the man page from the tables; do that after a change of them.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
root=$(realpath "$(dirname "$0")/../..")
manual=$root/docs/hecaton.1
# shellcheck source=../../launcher/cli/completion.bash
. "$root/launcher/cli/completion.bash"
cd "$scratch" || exit 1
touch out err
# shellcheck disable=SC2034  # for fail
status=0

# with_tables: the man page, with its sections of options as the tables have them.
with_tables() {
  sed '/^\.SH OPTIONS OF/,$d' "$manual"
  "$launcher" __manual
  sed -n '/^\.SH ENVIRONMENT/,$p' "$manual"
}
with_tables >manual
[ -z "${RENEW-}" ] || cp manual "$manual"
diff "$manual" manual || fail "the man page has other options than the tables: RENEW=1 makes them anew"

# expect_same TABLE OTHER MESSAGE: lists of options, in any order.
expect_same() {
  diff <(sort <<<"$1") <(sort <<<"$2") || fail "$3"
}
"$launcher" __completion help >commands
sed -n '/^Subcommands:/,/^$/s/^  \([a-z]*\) .*/\1/p' <("$launcher" --help) >helped
expect_same "$(<commands)" "$(<helped)" "the commands of --help"
while read -r command; do
  "$launcher" "$command" --help | tee -a helps >help
  "$launcher" __completion "$command" >rows
  names=$(cut -f1 rows | tr ' ' '\n')
  expect_same "$names" "$(sed -nE 's/^  ((-[a-zA-Z]),)?(--[a-z-]+).*/\2 \3/p' help | tr ' ' '\n' | sed '/^$/d')" "$command: --help"
  in_manual=$(sed 's/\\-/-/g' "$manual" | sed -n "/^.SH OPTIONS OF ${command^^}$/,/^.SH/p" | grep '^\.BR -' | grep -oE -- ' --?[a-zA-Z-]+' | tr -d ' ')
  expect_same "$(sed -E '/^(-h|--help)$/d' <<<"$names")" "$in_manual" "$command: the man page"
  COMP_WORDS=("$launcher" "$command" --) COMP_CWORD=2
  _hecaton
  expect_same "$(grep -- '^--' <<<"$names")" "$(printf '%s\n' "${COMPREPLY[@]}")" "$command: completion"
done <commands

# unknown_option COMMAND WORDS...: the first option before the program that the command does not have.
unknown_option() {
  local word kind quote
  "$launcher" __completion "$1" >rows
  shift
  while [[ ${1-} == -?* && $1 != -- ]]; do
    word=${1%%=*}
    [ "$word" = -np ] && word=-n
    kind=$(awk -F '\t' -v word="$word" 'index(" " $1 " ", " " word " ") { print $2 }' rows)
    [ -n "$kind" ] || { echo "$word" && return; }
    [[ $kind == flag || $1 == *=* ]] || shift
    quote=$(grep -o "^[\"']" <<<"${1-}")  # the text goes on to the word that ends with it
    while [[ -n $quote && $# -gt 1 && $1 != ?*"$quote" ]]; do shift; done
    shift || return
  done
}
"$launcher" --help >>helps
sed -i 's/\\-/-/g' manual
examples=0
while IFS=: read -r file line; do
  line=${line#*hecaton }
  command=${line%% *}
  grep -qx -- "$command" commands || continue
  examples=$((examples + 1))
  read -ra words <<<"$line"
  option=$(unknown_option "${words[@]}")
  [ -z "$option" ] || fail "$file: $option is no option: hecaton $line"
done < <(grep -oE 'hecaton [a-z]+ [^`]*' helps manual "$root"/{README,CHANGELOG}.md "$root"/docs/*.md)
[ "$examples" -gt 30 ] || fail "only $examples examples were found"
done_testing
