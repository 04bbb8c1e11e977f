#!/usr/bin/env bash
# Wrong command lines, programs that cannot be run, help.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"
manual=$(realpath "$(dirname "$0")/../../docs/hecaton.1")

wrong() {
  local expected=$1 says=$2
  shift 2
  run "$launcher" "$@"
  expect_status "$expected" "hecaton $*"
  expect_one_line "hecaton $*"
  expect_err_has "$says" "hecaton $*"
  expect_out "" "hecaton $*"
}

wrong 2 "nothing to do"
wrong 2 "unknown command 'frobnicate'" frobnicate
wrong 2 "'./square' is no command; to start a program: hecaton run ./square" ./square 7
wrong 2 "the command comes first, for example: hecaton run -n 4 ./program" -n 4 ./square
wrong 2 "unknown option --frobnicate" --frobnicate
wrong 2 "unknown option --frobnicate" run --frobnicate "$probe"
wrong 2 "unknown option -x: write --env NAME=VALUE; see: hecaton run --help" run -x K=V "$probe"
wrong 2 "unknown option -hosts: write --hosts; see: hecaton run --help" run -hosts a,b "$probe"
wrong 2 "unknown option --lable: is it --label?" run --lable "$probe"
wrong 2 "unknown option -hosts: write --hosts; see: hecaton doctor --help" doctor -hosts a,b
for number in 0 -3 abc 99999999999 1.5 "" 2x 1000001; do
  wrong 2 "-n $number: the number of ranks must be a whole number" run -n "$number" "$probe"
done
wrong 2 "no program to run" run
wrong 2 "no program to run" run -n 2
wrong 2 "no program to run" run -n 2 --
wrong 2 "no program to run" run -n 2 ""
wrong 2 'hecaton run starts one program on all ranks' run -n 1 true : -n 2 false
wrong 2 'hecaton run starts one program on all ranks' run true x : -np 2 false
run "$launcher" run -n 1 -- echo : -n 2 false
expect_out ": -n 2 false" "a colon after --"
wrong 2 "see: hecaton run --help" run -n
wrong 2 "see: hecaton run --help" run -n 1 -n 2 "$probe"

cd "$scratch" || exit 1
mkdir folder
printf 'echo never\n' >plain
cp plain here
chmod +x here
wrong 127 "not found in PATH" run -n 2 hecaton-has-no-such-program
wrong 127 "there is no such file" run ./nowhere/at/all
wrong 127 "write ./here" run here
wrong 126 "is a directory" run ./folder
wrong 126 "is a directory" run folder
wrong 126 "is not executable" run ./plain
wrong 126 "begin it with a line like #!/bin/sh" run ./here

printf '#!/bin/sh\r\necho never\r\n' >windows
printf '#! /no/such/shell -e\n' >strange
printf '\357\273\277#!/bin/sh\necho never\n' >marked
printf '#!%s/folder\necho never\n' "$scratch" >for-a-folder
printf '#!\necho never\n' >unsaid
: >empty
ln -s nowhere dangling
ln -s circle circle
mkfifo pipe
chmod +x windows strange pipe marked for-a-folder unsaid empty
wrong 126 "has line ends of Windows" run ./windows
wrong 126 "is a script for /no/such/shell, which is not there" run ./strange
wrong 126 "not a program" run ./pipe
wrong 126 "has a byte order mark" run ./marked
wrong 126 "is a script for $scratch/folder, which cannot be executed" run ./for-a-folder
wrong 126 "begin it with a line like #!/bin/sh" run ./unsaid
wrong 126 "./empty is an empty file" run ./empty
wrong 127 "is a link to nowhere, and there is no such file" run ./dangling
wrong 126 "Too many levels of symbolic links" run ./circle
if [ "$(id -u)" -eq 0 ] && mkdir noexec && mount -t tmpfs -o noexec tmpfs noexec 2>/dev/null; then
  cp "$probe" noexec/program
  wrong 126 "mounted with noexec" run noexec/program
  umount noexec
else
  leave_out "a folder mounted with noexec needs CAP_SYS_ADMIN"
fi
# A file that the kernel does not run must not be tried by a shell.
printf 'echo never\n\0' >strange
chmod +x strange
wrong 126 "./strange is neither a program nor a script" run ./strange
# A file that the kernel or the loader does not run is refused; one that they run is not, whatever it looks like.
ill_programs
wrong 126 "./other-machine was built for another kind of machine" run ./other-machine
wrong 126 "./no-loader asks for the loader /lib" run ./no-loader
wrong 126 "./no-library needs libnowhere.so6, which the loader does not find" run ./no-library
mkdir in in/libraries
ln -s "$(ldd "$probe" | awk '/libstdc/ {print $3}')" in/libraries/libnowhere.so6
ln -s /bin/hostname in/only-there
run "$launcher" run -n 1 --wdir in ./only-there
expect_status 127 "a program that is in --wdir only"
expect_one_line "a program that is in --wdir only"
expect_err_has "write in/only-there" "a program that is in --wdir only"
# Variables of a job of Slurm's that there is not.
stale=(env SLURM_JOB_ID=99 SLURM_JOBID=99 SLURM_NODELIST=node7 SLURM_JOB_NODELIST=node7 SLURM_NNODES=1
  SLURM_JOB_NUM_NODES=1 SLURM_TASKS_PER_NODE=4 SLURM_NTASKS=4 SLURM_JOB_CPUS_PER_NODE=4)
mkdir no-srun
for tool in mpirun orted prted hostname env; do ln -s "$(type -P $tool)" no-srun/ 2>/dev/null; done
run "${stale[@]}" PATH="$scratch/no-srun" "$launcher" run -n 2 hostname
expect_status 2 "a job of Slurm's without srun"
expect_one_line "a job of Slurm's without srun"
expect_err_has "unset SLURM_JOB_ID" "a job of Slurm's without srun"
printf '#!/bin/sh\necho "srun: error: something" >&2\necho "srun: fatal: no such job" >&2\nexit 1\n' >no-srun/srun
chmod +x no-srun/srun
for engine in openmpi hydra srun; do
  [ $engine != hydra ] || command -v mpiexec.hydra >/dev/null || continue
  run "${stale[@]}" PATH="$scratch/no-srun:$PATH" "$launcher" run -n 2 --engine $engine hostname
  expect_status 2 "a job of Slurm's that has ended, $engine"
  expect_one_line "a job of Slurm's that has ended, $engine"
  expect_err_has "SLURM_JOB_ID=99" "a job of Slurm's that has ended, $engine"
done
run "$launcher" run -n 1 --wdir in --env LD_LIBRARY_PATH=libraries ./no-library rank
expect_out "rank 0 of 1" "a library that --env leads to"
run env LD_LIBRARY_PATH=in/libraries "$launcher" run -n 1 ./no-library rank
expect_out "rank 0 of 1" "a library in LD_LIBRARY_PATH"
run bash -c ./word-size
expected=$status
run "$launcher" run -n 1 ./word-size
expect_status "$expected" "a program for 32-bit x86"

# Without any PATH, as in some services: where the C library looks. /bin/mpirun would not start by that name.
if [ -x /bin/mpirun ] && [ -x /usr/bin/mpirun ]; then
  for path in "-u PATH" PATH=/bin:/usr/bin; do
    # shellcheck disable=SC2086
    run env $path "$launcher" run -n 1 sh -c 'echo found'
    expect_status 0 "env $path"
    expect_out found "env $path"
  done
fi
run env PATH=/nowhere "$launcher" run "$probe"
expect_status 2 "without mpirun"
expect_one_line "without mpirun"
expect_err_has "mpirun is not in PATH" "without mpirun"

mkdir other
printf '#!/bin/sh\necho "HYDRA build details:"\n' >other/mpirun
chmod +x other/mpirun
run env PATH="$scratch/other" "$launcher" run "$probe"
expect_status 2 "with another MPI's mpirun"
expect_err_has "is not Open MPI's" "with another MPI's mpirun"

run env FLUX_URI=local:///x FLUX_JOB_ID=f1 "$launcher" run -n 2 "$probe"
expect_status 2 "inside a Flux job"
expect_one_line "inside a Flux job"
expect_err_has "flux run -n 2 $probe" "inside a Flux job"

for help in --help "run --help" "run -h"; do
  # shellcheck disable=SC2086
  run "$launcher" $help
  expect_status 0 "$help"
  expect_no_err "$help"
  grep -q '^Usage: hecaton' "$scratch/out" || fail "$help: no usage"
  grep -q 'hecaton run -n 4 ./square' "$scratch/out" || fail "$help: no example"
done
# Every option of --help is in the man page with its variable, and every variable of an option of the man page in --help.
for verb in run doctor; do
  run "$launcher" "$verb" --help
  cat "$scratch/out" >>"$scratch/helps"
  sed 's/\\//g' "$manual" | sed -n "/^.SH OPTIONS OF ${verb^^}/,/^.SH/p" | tail -n +2 >"$scratch/section"
  for option in $(sed -n 's/^  \(-[a-z],\)\{0,1\}\(--[a-z-]*\).*/\2/p' "$scratch/out"); do
    [ "$option" = --help ] && continue
    grep -qE -- "$option( |\"|$)" "$scratch/section" || fail "$verb: $option is not in the man page"
    variable=HECATON_$(tr 'a-z-' 'A-Z_' <<<"${option#--}")
    grep -qE -- "[[(]$variable[],]" "$scratch/section" || fail "$verb: $variable is not in the man page"
    grep -q "Env:$variable)" "$scratch/out" || fail "$verb: $option has no variable $variable"
  done
done
for variable in $(grep -oE '[[]HECATON_[A-Z_]+' "$manual" | tr -d '[' | sort -u); do
  grep -q "Env:$variable)" "$scratch/helps" || fail "$variable is in the man page, not in --help"
done
run "$launcher" doctor --help
grep -q 'hecaton doctor --json' "$scratch/out" || fail "doctor --help: no example"

run "$launcher" --version
expect_status 0 "--version"
grep -Eqx 'hecaton [0-9]+\.[0-9]+\.[0-9]+' "$scratch/out" || fail "--version"

done_testing
