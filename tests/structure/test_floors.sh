#!/usr/bin/env bash
# test_floors.sh SCRATCH: floors.sh accepts a good tree, and finds each kind of violation when one is planted.
set -u
export LC_ALL=C
here=$(dirname "$(realpath "$0")")
scratch=$(mktemp -d "$1/floors-XXXXXX") || exit 1
trap 'rm -rf "$scratch"' EXIT
failures=0

fresh() {
  rm -rf "$scratch/hecaton"
  local room
  for room in foundation codec tasks scheduling survival launch transport collectives pool; do
    mkdir -p "$scratch/hecaton/$room"
    printf '// What the room %s is for.\n#pragma once\n#include <vector>\n' "$room" >"$scratch/hecaton/$room/good.hpp"
    printf '#include <hecaton/%s/good.hpp>\n' "$room" >"$scratch/hecaton/$room/good.cpp"
  done
  printf '#include <mpi.h>\nvoid f() { MPI_Isend(); MPI_Recv(); }\n' >"$scratch/hecaton/transport/mpi.cpp"
  printf '#include <hecaton/pool/good.hpp>\n#include <hecaton/tasks/good.hpp>\nvoid f() { MPI_Bcast(); }  // no MPI_Send\n' \
    >"$scratch/hecaton/pool/mpi.cpp"
}
# plant FILE LINE EXPECTED: the check then fails, names the file, and says so.
plant() {
  fresh
  printf '%s\n' "$2" >>"$scratch/hecaton/$1"
  if output=$(bash "$here/floors.sh" "$scratch"); then
    echo "FAILED: not noticed: $1 with $2"
    failures=$((failures + 1))
  elif [[ $output != "$1: "*"$3"* ]]; then
    printf 'FAILED: %s with %s gives: %s\n' "$1" "$2" "$output"
    failures=$((failures + 1))
  fi
}

fresh
if ! bash "$here/floors.sh" "$scratch"; then
  echo "FAILED: a good tree is refused"
  failures=$((failures + 1))
fi
plant codec/good.cpp '#include <hecaton/pool/good.hpp>' 'floor above'
plant tasks/good.hpp '  #  include "hecaton/transport/good.hpp"' 'floor above'
plant foundation/good.hpp '#include <hecaton/codec/good.hpp>' 'floor above'
plant pool/good.cpp '#include <hecaton/cellar/good.hpp>' 'no such room'
plant pool/good.cpp '#include <hecaton/hecaton.hpp>' 'for programs'
plant codec/good.hpp '#include <mpi.h>' 'no MPI'
plant tasks/good.cpp '#include <boost/mpi/communicator.hpp>' 'no MPI'
plant scheduling/good.cpp '#include <thread>' 'no clock'
plant scheduling/good.hpp '#include <chrono>' 'no clock'
for call in MPI_Send MPI_Isend MPI_Irecv MPI_Recv MPI_Issend MPI_Iprobe MPI_Improbe MPI_Mrecv MPI_Sendrecv MPI_Recv_init; do
  plant pool/good.cpp "int g() { return $call(); }" 'point-to-point'
done
plant collectives/guardless.hpp '// Something that has no guard.' 'no #pragma once'
plant pool/silent.hpp '#pragma once' 'what it is for'
[ "$failures" -eq 0 ]
