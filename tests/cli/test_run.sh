#!/usr/bin/env bash
# A program under hecaton run: its ranks, arguments, standard streams and environment.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
cd "$scratch" || exit 1

run "$launcher" run -n 3 "$probe" rank
expect_status 0 "three ranks"
expect_no_err "three ranks"
expect_sorted_out $'rank 0 of 3\nrank 1 of 3\nrank 2 of 3' "three ranks"

run "$launcher" run "$probe" rank
expect_status 0 "as many as cores"
cores=$(nproc)
[ "$(wc -l <out)" -le "$cores" ] || fail "more ranks than cores"
grep -q 'rank 0 of ' out || fail "as many as cores"

run "$launcher" run -n 1 "$probe" rank
expect_out "rank 0 of 1" "one rank"

run "$launcher" run -n 3 printf 'x\n'
expect_status 0 "a program without MPI"
expect_out $'x\nx\nx' "a program without MPI"

# Arguments arrive as given.
# shellcheck disable=SC2016,SC1003
words=('a b' '' "it's" '"quoted"' $'two\nlines' -x --help -- '*' '$HOME' '\' '~' --dry-run -n 0)
expected=$(printf '<%s>\n' "${words[@]}")
run "$launcher" run -n 2 "$probe" args "${words[@]}"
expect_status 0 "arguments"
expect_out "$expected" "arguments"
run "$launcher" run --ranks=2 -- "$probe" args "${words[@]}"
expect_out "$expected" "arguments after --"
run "$launcher" run -n2 "$probe" args : "${words[@]}" :
expect_status 0 "a lone colon"
expect_out "<:>"$'\n'"$expected"$'\n'"<:>" "a lone colon"
mkdir -- -odd 'a folder'
ln -s "$probe" ./-odd/probe
ln -s "$probe" 'a folder/pro be'
run "$launcher" run -n 1 -- -odd/probe rank
expect_out "rank 0 of 1" "a path that begins with a dash"
run "$launcher" run -n 1 'a folder/pro be' rank
expect_out "rank 0 of 1" "a path with spaces"

# The printed command does the same.
for colon in "" :; do
  run "$launcher" run -n 2 --dry-run "$probe" args "$colon" "${words[@]}"
  expect_status 0 "dry run"
  expect_no_err "dry run"
  command=$(cat out)
  run bash -c "$command"
  expect_status 0 "the dry run's command"
  expect_out "<$colon>"$'\n'"$expected" "the dry run's command"
done

# Also with so many ranks that mpirun, left to itself, misses the end of some that are short.
command=$("$launcher" run -n 50 --dry-run true)
run bash -c "$command"
expect_status 0 "50 short ranks of the dry run's command"

# Environment.
run "$launcher" run -n 2 "$probe" environment HECATON_EXPECTED_SIZE
expect_out "HECATON_EXPECTED_SIZE=2" "the expected size"
run env MY_OWN='a  b' "$launcher" run -n 2 "$probe" environment MY_OWN
expect_out "MY_OWN=a  b" "the user's variables"
run "$launcher" run -n 2 "$launcher" run -n 1 "$probe" rank
expect_status 0 "hecaton inside hecaton"
expect_out $'rank 0 of 1\nrank 0 of 1' "hecaton inside hecaton"

# An allocation of one node, as Slurm describes it.
host=$(hostname)
slurm=(env SLURM_JOB_ID=5 SLURM_JOBID=5 SLURM_JOB_NODELIST="$host" SLURM_NODELIST="$host" SLURM_TASKS_PER_NODE=3)
run "${slurm[@]}" "$launcher" run "$probe" rank
expect_status 0 "a Slurm job"
expect_sorted_out $'rank 0 of 3\nrank 1 of 3\nrank 2 of 3' "a Slurm job"
run env -u HECATON_QUIET "${slurm[@]}" "$launcher" run -n 4 "$probe" environment HECATON_EXPECTED_SIZE
expect_status 0 "more ranks than a Slurm job's slots"
expect_out "HECATON_EXPECTED_SIZE=4" "more ranks than a Slurm job's slots"
expect_one_line "more ranks than a Slurm job's slots"
printf '%s\n' "$host" "$host" >nodes
run env PBS_JOBID=8 PBS_ENVIRONMENT=PBS_BATCH PBS_NODEFILE="$scratch/nodes" "$launcher" run "$probe" rank
expect_status 0 "a PBS job"
expect_sorted_out $'rank 0 of 2\nrank 1 of 2' "a PBS job"

# Standard input goes to rank 0; output is not lost.
printf 'one\ntwo  words\nlast' >input
run "$launcher" run -n 2 "$probe" stdin <input
expect_out $'one\ntwo  words\nlast' "standard input"
run "$launcher" run -n 2 "$probe" stdin rank </dev/null
expect_status 0 "empty standard input"
run "$launcher" run -n 2 "$probe" rank <&-
expect_status 0 "closed standard input"
# Not more: with 1.3 MB mpirun 4.1.4 itself crashes now and then (status 139, open-mpi/ompi#7483), without hecaton too.
seq 5000 >input
run "$launcher" run -n 2 "$probe" stdin <input
cmp -s input out || fail "24 KB of standard input"
run "$launcher" run -n 2 "$probe" output 20000000
expect_status 0 "20 MB of output"
[ "$(wc -c <out)" -eq 20000000 ] || fail "20 MB of output: $(wc -c <out) bytes"
count=$(within_limit "$launcher" run -n 2 "$probe" output 20000000 | (sleep 0.5; wc -c))
[ "$count" -eq 20000000 ] || fail "20 MB through a pipe: $count bytes"

# As many arguments as the engine takes arrive, and more are refused in a line.
long=$(head -c 65000 /dev/zero | tr '\0' x)
# shellcheck disable=SC2016
run "$launcher" run -n 2 --engine openmpi sh -c 'echo ${#1} ${#2}' sh "$long" "$long"
expect_out $'65000 65000\n65000 65000' "long arguments"
run "$launcher" run -n 2 --engine openmpi true "$long" "$long" "$long"
expect_status 2 "too long arguments"
expect_one_line "too long arguments"

# A TMPDIR that is not there, or no absolute path: mpirun would make it, or fail in many words.
for folder in "$scratch/nowhere" relative "$scratch/input"; do
  run env -u HECATON_QUIET TMPDIR="$folder" "$launcher" run -n 2 "$probe" rank
  expect_status 0 "TMPDIR=$folder"
  expect_one_line "TMPDIR=$folder"
  expect_err_has "TMPDIR=$folder is no folder that can be written to" "TMPDIR=$folder"
done
[ ! -e nowhere ] && [ ! -e relative ] || fail "TMPDIR that is not there: it was made"

# A user without a name, as in a container, and without HOME: PMIx dies of SIGSEGV by itself.
nobody=(env -u HOME -u HECATON_QUIET setpriv --reuid 4242 --regid 4242 --clear-groups)
if [ "$(id -u)" -ne 0 ]; then
  leave_out "a user without a name needs root"
elif "${nobody[@]}" test -x "$launcher" -a -x "$probe" 2>/dev/null; then
  chmod 755 "$scratch"
  chmod 1777 "$TMPDIR"
  run "${nobody[@]}" "$launcher" run -n 2 "$probe" environment HOME
  expect_status 0 "no HOME"
  expect_out "HOME=/" "no HOME"
  expect_one_line "no HOME"
  run env HECATON_RANKS=1 "${nobody[@]}" "$pool"
  expect_status 0 "no HOME and no launcher"
fi

# Root is told once, and not where it has said so itself.
if [ "$(id -u)" -eq 0 ]; then
  run env -u HECATON_QUIET -u OMPI_ALLOW_RUN_AS_ROOT -u OMPI_ALLOW_RUN_AS_ROOT_CONFIRM "$launcher" run -n 2 "$probe" rank
  expect_status 0 "root"
  expect_one_line "root"
  expect_err_has "running as root" "root"
else
  leave_out "what root is told needs root"
fi
expect_clean "all of this"
done_testing
