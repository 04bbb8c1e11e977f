# shellcheck shell=bash
# Completion for bash: commands, options and their values as the launcher lists them (listing.hpp), then the program and
# its arguments.

# _hecaton_value KIND WORDS: what the text of an option may be; $current is the beginning of it.
_hecaton_value() {
  case $1 in
    wordlist) compgen -W "$2" -- "$current" ;;
    any) ;;
    *) compgen -A "$1" -- "$current" ;;
  esac
}

# _hecaton_action: the words of a command whose options may stand anywhere: an action, where it has some, and files.
_hecaton_action() {
  local before=${COMP_WORDS[COMP_CWORD - 1]} kind word=
  if [ "$before" = = ]; then
    before=${COMP_WORDS[COMP_CWORD - 2]}
  elif [ "$current" = = ]; then
    current=
  fi
  kind=${kinds[$before]-flag}
  if [ "$kind" != flag ]; then
    mapfile -t COMPREPLY < <(_hecaton_value "$kind" "${values[$before]}")
    return
  fi
  for word in "${COMP_WORDS[@]:2:COMP_CWORD-2}"; do
    [[ " ${actions[*]} " == *" $word "* ]] && break
    word=
  done
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "${options[*]}" -- "$current")
  elif [ -z "$word" ] && [ ${#actions[@]} -gt 0 ]; then
    mapfile -t COMPREPLY < <(compgen -W "${actions[*]}" -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  fi
}

_hecaton() {
  local current=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} at=2 names name kind words
  local -a options=() actions=()
  local -A kinds=() values=()
  [ "$COMP_CWORD" -gt 1 ] || command=
  COMPREPLY=()
  if [ -z "$command" ] || [ "$command" = help ]; then
    words=$("${COMP_WORDS[0]}" __completion ${command:+help} 2>/dev/null)
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
    return
  fi
  while IFS=$'\t' read -r names kind words; do
    for name in $names; do
      kinds[$name]=$kind values[$name]=$words
    done
    options+=("$name")  # the long one comes last
  done < <("${COMP_WORDS[0]}" __completion "$command" 2>/dev/null)
  [ ${#options[@]} -gt 0 ] || return
  mapfile -t actions < <("${COMP_WORDS[0]}" __completion "$command" actions 2>/dev/null)
  if [ ${#actions[@]} -gt 0 ] || [ "$command" = report ]; then
    _hecaton_action
    return
  fi

  while [ "$at" -lt "$COMP_CWORD" ]; do
    name=${COMP_WORDS[at]}
    case $name in
      --) at=$((at + 1)) && break ;;
      -?*) ;;
      *) break ;;
    esac
    kind=${kinds[$name]-flag}
    at=$((at + 1))
    [ "$kind" != flag ] || continue
    [ "${COMP_WORDS[at]}" = = ] && at=$((at + 1))  # bash makes three words of --bind=core
    if [ "$at" -ge "$COMP_CWORD" ]; then
      [ "$current" = = ] && current=
      mapfile -t COMPREPLY < <(_hecaton_value "$kind" "${values[$name]}")
      return
    fi
    at=$((at + 1))
    while [ "$at" -lt "$COMP_CWORD" ] && [[ ${COMP_WORDS[at]} == [:=]* || ${COMP_WORDS[at - 1]} == *[:=] ]]; do
      at=$((at + 1))  # and of A=1 and a:8
    done
  done

  if [ "$at" -eq "$COMP_CWORD" ] && [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "${options[*]}" -- "$current")
  elif declare -F _command_offset >/dev/null; then
    _command_offset "$at"
  elif [ "$at" -eq "$COMP_CWORD" ]; then
    mapfile -t COMPREPLY < <(compgen -c -- "$current" && compgen -d -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  fi
}

complete -o filenames -F _hecaton hecaton
