# Sourced by the tests of the examples, after `launcher` and `program` are set.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 LC_ALL=C HECATON_QUIET=1
scratch=$(mktemp -d)
left_out=0
finish() {
  local status=$?
  rm -rf "$scratch"
  [ "$status" -ne 0 ] || exit "$left_out"
}
trap finish EXIT

fail() { printf 'FAILED: %s\n' "$*"; exit 1; }

# run N ARGUMENT...: the program on N ranks. Its standard error is in $scratch/err.
run() {
  local ranks=$1
  shift
  "$launcher" run -n "$ranks" "$program" "$@" 2>"$scratch/err" ||
    { local status=$?; cat "$scratch/err"; fail "status $status on $ranks ranks"; }
}

# expect TEXT N ARGUMENT...: that it prints TEXT on N ranks.
expect() {
  local text=$1 out
  shift
  out=$(run "$@") || fail "$out"
  [ "$out" = "$text" ] || fail "$(printf 'on %s ranks:\n%s\ninstead of\n%s' "$1" "$out" "$text")"
}

# refuses LINE N ARGUMENT...: that it ends in time with status 1, no output, and exactly one line of its own, LINE.
# The launcher's card of the rank that ended so follows, and Open MPI says more when a job ends by MPI_Abort.
refuses() {
  local line=$1 ranks=$2 status=0 said
  shift 2
  "$launcher" run -n "$ranks" "$program" "$@" >"$scratch/out" 2>"$scratch/err" || status=$?
  [ "$status" -eq 1 ] || fail "status $status and not 1 on $ranks ranks: $(cat "$scratch/err")"
  [ ! -s "$scratch/out" ] || fail "output in spite of an error: $(cat "$scratch/out")"
  said=$(grep -E "^(hecaton|$(basename "$program")): " "$scratch/err" | grep -vE '^hecaton: (rank [0-9]+ of |  )' || true)
  [ "$said" = "$line" ] || fail "$(printf 'on %s ranks it says\n%s\nand not\n%s' "$ranks" "$said" "$line")"
}

# is_png FILE WIDTH HEIGHT: by its signature, the size in its header, its end, and the verdict of pngfix.
is_png() {
  [ "$(od -An -tx1 -N8 "$1" | tr -d ' ')" = 89504e470d0a1a0a ] || fail "$1 has no PNG signature"
  [ "$(od -An -tx1 -j16 -N8 "$1" | tr -d ' \n')" = "$(printf '%08x%08x' "$2" "$3")" ] || fail "$1 is not $2 x $3"
  [ "$(tail -c 8 "$1" | od -An -tx1 | tr -d ' ')" = 49454e44ae426082 ] || fail "$1 has no end"
  if command -v pngfix >/dev/null; then
    pngfix "$1" >/dev/null || fail "pngfix does not accept $1"
  else
    left_out=77
    echo "skipped: to decode the picture needs pngfix (Debian: libpng-tools)"
  fi
}
