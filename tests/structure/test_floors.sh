#!/usr/bin/env bash
# test_floors.sh SCRATCH: floors.sh accepts a good tree, and finds each kind of violation when one is planted.
set -u
export LC_ALL=C
here=$(dirname "$(realpath "$0")")
scratch=$(mktemp -d "$1/floors-XXXXXX") || exit 1
trap 'rm -rf "$scratch"' EXIT
failures=0

runtime=$scratch/runtime
launcher=$scratch/launcher
# A header and a source that includes it, in each room.
fresh() {
  rm -rf "$runtime" "$launcher"
  local room
  for room in foundation codec tasks scheduling survival launch transport collectives pool pool/{calls,root,worker,lazy,shared,traffic} \
    launcher launcher/{base,cli,program,hosts,engines,link,watch,shim,cleanup,supervision,doctor}; do
    local folder=$runtime/hecaton/$room name=hecaton/$room
    if [[ $room == launcher* ]]; then folder=$scratch/$room name=$room; fi
    mkdir -p "$folder"
    printf '// What the room %s is for.\n#pragma once\n#include <vector>\n' "$room" >"$folder/good.hpp"
    printf '#include <%s/good.hpp>\n' "$name" >"$folder/good.cpp"
  done
  printf '#include <mpi.h>\nvoid f() { MPI_Isend(); MPI_Recv(); }\n' >"$runtime/hecaton/transport/mpi.cpp"
  printf '#include <hecaton/pool/good.hpp>\n#include <hecaton/tasks/good.hpp>\nvoid f() { MPI_Bcast(); }  // no MPI_Send\n' \
    >"$runtime/hecaton/pool/mpi.cpp"
  printf '// The options.\n#pragma once\n' >"$runtime/hecaton/pool/options.hpp"
  printf '#include <hecaton/pool/options.hpp>\n' >"$runtime/hecaton/pool/root/options_too.cpp"
  printf '// What run() is for.\n#pragma once\n#include <launcher/shim/good.hpp>\n' >"$launcher/run.hpp"
  printf '#include <launcher/run.hpp>\n#include <hecaton/launch/good.hpp>\n' >"$launcher/doctor/trial.cpp"
}
# expect FILE EXPECTED: the check fails, and what it says begins with the file and has the words in it.
expect() {
  if output=$(bash "$here/floors.sh" "$runtime"); then
    echo "FAILED: not noticed: $1, $2"
    failures=$((failures + 1))
  elif [[ $output != "$1: "*"$2"* ]]; then
    printf 'FAILED: %s, %s gives: %s\n' "$1" "$2" "$output"
    failures=$((failures + 1))
  fi
}
# plant FILE LINE EXPECTED: with that line behind the others the check fails, names the file, and says so.
plant() {
  fresh
  local path=$runtime/hecaton/$1
  if [[ $1 == launcher/* ]]; then path=$scratch/$1; fi
  mkdir -p "${path%/*}"
  printf '%s\n' "$2" >>"$path"
  expect "$1" "$3"
}

fresh
if ! bash "$here/floors.sh" "$runtime"; then
  echo "FAILED: a good tree is refused"
  failures=$((failures + 1))
fi
# Floors.
plant codec/good.cpp '#include <hecaton/pool/good.hpp>' 'codec may not include'
plant tasks/good.hpp '  #  include "hecaton/transport/good.hpp"' 'tasks may not include'
plant foundation/good.hpp '#include <hecaton/codec/good.hpp>' 'foundation may not include'
plant launch/good.hpp '#include <hecaton/tasks/good.hpp>' 'launch may not include'
plant pool/good.cpp '#include <hecaton/cellar/good.hpp>' 'no such room'
plant pool/good.cpp '#include <hecaton/hecaton.hpp>' 'for programs'
plant cellar/wine.cpp '#include <vector>' 'no room'
plant stray.cpp '#include <vector>' 'no room'
# Rooms inside pool/ and launcher/.
plant pool/worker/good.hpp '#include <hecaton/pool/root/good.hpp>' 'pool/worker may not include'
plant pool/root/good.cpp '#include <hecaton/pool/lazy/good.hpp>' 'pool/root may not include'
plant pool/shared/good.cpp '#include <hecaton/pool/options.hpp>' 'pool/shared may not include'
plant pool/lazy/good.hpp '#include <hecaton/pool/good.hpp>' 'pool/lazy may not include'
plant pool/root/good.hpp '#include <hecaton/pool/attic/good.hpp>' 'no such room'
plant pool/attic/good.cpp '#include <vector>' 'no room'
plant pool/root/deeper/good.cpp '#include <vector>' 'no room'
plant launcher/link/good.cpp '#include <launcher/engines/good.hpp>' 'launcher/link may not include'
plant launcher/engines/good.hpp '#include <launcher/supervision/good.hpp>' 'launcher/engines may not include'
plant launcher/doctor/good.cpp '#include <launcher/good.hpp>' 'launcher/doctor may not include'
plant launcher/cli/good.cpp '#include <hecaton/pool/good.hpp>' 'launcher/cli may not include'
plant launcher/cli/good.cpp '#include <launcher/farm/good.hpp>' 'no such room'
plant launcher/farm/good.cpp '#include <vector>' 'no room'
plant foundation/good.cpp '#include <launcher/base/good.hpp>' 'foundation may not include'
plant pool/good.cpp '#include "good.hpp"' 'without its rooms'
# Circles inside a room.
fresh
printf '// The first half.\n#pragma once\n#include <hecaton/pool/root/other.hpp>\n' >"$runtime/hecaton/pool/root/one.hpp"
printf '// The other half.\n#pragma once\n#include <hecaton/pool/root/one.hpp>\n' >"$runtime/hecaton/pool/root/other.hpp"
expect pool/root/one.hpp 'circle'
# MPI, Boost, clocks and threads.
plant codec/good.hpp '#include <mpi.h>' 'no MPI'
plant tasks/good.cpp '#include <boost/mpi/communicator.hpp>' 'no MPI'
plant launch/good.cpp '#include <mpi.h>' 'no MPI'
plant launch/good.cpp '#include <boost/serialization/vector.hpp>' 'no Boost'
plant foundation/good.cpp '#include <boost/serialization/vector.hpp>' 'no Boost'
plant launcher/engines/good.hpp '#include <mpi.h>' 'no MPI'
plant launcher/base/good.hpp '#include <boost/serialization/vector.hpp>' 'no Boost'
plant scheduling/good.cpp '#include <thread>' 'no clock'
plant scheduling/good.hpp '#include <chrono>' 'no clock'
for call in MPI_Send MPI_Isend MPI_Irecv MPI_Recv MPI_Issend MPI_Iprobe MPI_Improbe MPI_Mrecv MPI_Sendrecv MPI_Recv_init; do
  plant pool/root/good.cpp "int g() { return $call(); }" 'point-to-point'
done
# Files that are named.
plant pool/good.cpp 'int g();  // (pool/cellar.hpp has more)' 'names pool/cellar.hpp'
plant launcher/link/good.hpp '// As in wine.cpp.' 'names wine.cpp'
# Headers and sizes.
plant collectives/guardless.hpp '// Something that has no guard.' 'no #pragma once'
plant pool/silent.hpp '#pragma once' 'what it is for'
plant launcher/shim/silent.hpp '#pragma once' 'what it is for'
plant tasks/long.cpp "$(seq -f '// %g' 400)" 'has 400 lines'
fresh
for ((i = 0; i < 40; ++i)); do echo "// nothing" >"$launcher/shim/file$i.cpp"; done
expect launcher/shim 'source files'
[ "$failures" -eq 0 ]
