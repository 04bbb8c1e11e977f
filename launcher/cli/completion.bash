# shellcheck shell=bash
# Completion for bash: commands, options and their values, as --help lists them, then the program and its arguments.

# _hecaton_value TYPE OPTION: what may follow an option, by the word for its value in --help.
_hecaton_value() {
  case $2 in
    --bind) compgen -W 'core none numa socket' -- "$current" ;;
    --engine) compgen -W 'hydra openmpi srun' -- "$current" ;;
    --hosts) compgen -A hostname -- "$current" ;;
    --env) compgen -v -- "$current" ;;
    *) case $1 in
      DIR) compgen -d -- "$current" ;;
      FILE) compgen -f -- "$current" ;;
    esac ;;
  esac
}

_hecaton() {
  local current=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} help options at=2 option type
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W 'run doctor help --help --version' -- "$current")
    return
  fi
  case $command in
    help) mapfile -t COMPREPLY < <(compgen -W 'run doctor' -- "$current") && return ;;
    run | doctor) help=$("${COMP_WORDS[0]}" "$command" --help 2>/dev/null) ;;
    *) return ;;
  esac
  # A line each: its names, and the word for its value where it takes one.
  options=$(sed -n '/^  -/{ s/^  \(-[a-z]\),/  \1 /; s/^  \(-[-a-z ]*[a-z]\)\( [A-Z][^ ]*\)\{0,1\}.*/\1\2/p }' <<<"$help")

  while [ "$at" -lt "$COMP_CWORD" ]; do
    option=${COMP_WORDS[at]}
    case $option in
      --) at=$((at + 1)) && break ;;
      -?*) ;;
      *) break ;;
    esac
    type=$(grep -E -- "(^| )$option( |\$)" <<<"$options" | grep -oE '[A-Z][^ ]*$')
    at=$((at + 1))
    [ -n "$type" ] || continue
    [ "${COMP_WORDS[at]}" = = ] && at=$((at + 1))  # bash makes three words of --bind=core
    if [ "$at" -ge "$COMP_CWORD" ]; then
      [ "$current" = = ] && current=
      mapfile -t COMPREPLY < <(_hecaton_value "$type" "$option")
      return
    fi
    at=$((at + 1))
    while [ "$at" -lt "$COMP_CWORD" ] && [[ ${COMP_WORDS[at]} == [:=]* || ${COMP_WORDS[at - 1]} == *[:=] ]]; do
      at=$((at + 1))  # and of A=1 and a:8
    done
  done

  if [ "$at" -eq "$COMP_CWORD" ] && [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(grep -oE -- '--[a-z-]+' <<<"$options")" -- "$current")
  elif declare -F _command_offset >/dev/null; then
    _command_offset "$at"
  elif [ "$at" -eq "$COMP_CWORD" ]; then
    mapfile -t COMPREPLY < <(compgen -c -- "$current" && compgen -d -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  fi
}

complete -o filenames -F _hecaton hecaton
