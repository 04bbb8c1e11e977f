#!/usr/bin/env bash
# From a fresh clone to a running program: installs what is missing, builds, and runs. See usage() below.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
  cat <<'TEXT'
Usage: ./bootstrap.sh COMMAND
  deps    install the packages that are missing (Debian, Ubuntu); elsewhere say which
  build   deps, and build everything into build/
  test    build, install what only the tests need, and run all tests; fails also where one is skipped that could be run
  check   build with clang, and run the tests under sanitizers, the fuzz targets and clang-tidy; slower than the tests
  bench   build the benchmarks, install what only they need, and run them: about 12 minutes, on a machine that does
          nothing else; rewrites the table in docs/performance.md
  demo    deps, build the launcher and two examples, and run them on the cores of this machine
TEXT
}

# libboost-mpi-dev brings the distribution's default MPI, openmpi-bin the ssh client that mpirun needs.
packages=(build-essential cmake ninja-build pkg-config
  libopenmpi-dev openmpi-bin libboost-mpi-dev libboost-serialization-dev
  libfmt-dev libcli11-dev nlohmann-json3-dev libelf-dev libsqlite3-dev libxxhash-dev libtoml11-dev libpng-dev catch2)
# Only tests need these: MPICH beside Open MPI (whose mpirun and mpicc stay the default), a debugger, a tool that looks at
# pictures, Python's MPI, ssh between network namespaces, Slurm and Grid Engine. The packages with daemons start them for
# everybody: not on a machine that runs services.
test_packages=(mpich libmpich-dev gdb libpng-tools iproute2 python3-mpi4py)
[[ -d /run/systemd/system ]] || test_packages+=(openssh-server slurmctld slurmd slurm-client slurm-wlm-basic-plugins)
# Grid Engine is not in all releases.
[[ -d /run/systemd/system ]] || ! apt-cache show gridengine-master >/dev/null 2>&1 ||
  test_packages+=(gridengine-master gridengine-exec gridengine-client)
# Only the check needs these: a clang that compiles C++20 ranges, with its sanitizers, its fuzzer and its linter.
check_packages=(clang-19 clang-tidy-19 libclang-rt-19-dev llvm-19)
# Only benchmarks need these: pools to compare with.
bench_packages=(python3 python3-mpi4py parallel)

say() { printf 'bootstrap: %s\n' "$*"; }

installed() { [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

as_root() {
  if [[ $(id -u) -eq 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    say "not root, and there is no sudo; as root, run: $*" >&2
    return 1
  fi
}

install_with_apt() {
  local missing=() package
  for package in "$@"; do
    installed "$package" || missing+=("$package")
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0
  say "installing ${missing[*]}"
  as_root apt-get update -q
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
}

# True when the compiler finds the header; MPI's wrapper knows where MPI's are.
has_header() {
  local compiler=c++
  command -v mpicxx >/dev/null && compiler=mpicxx
  printf '#if !__has_include(<%s>)\n#error\n#endif\n' "$1" | "$compiler" -std=c++20 -x c++ -E - >/dev/null 2>&1
}

# Where there is no apt-get nothing is installed: it only says what is missing.
check_without_apt() {
  local missing=() name
  for name in c++ cmake ninja pkg-config mpicxx mpirun; do
    command -v "$name" >/dev/null || missing+=("the command $name")
  done
  for name in mpi.h boost/mpi.hpp boost/archive/binary_oarchive.hpp fmt/format.h CLI/CLI.hpp nlohmann/json.hpp gelf.h sqlite3.h xxhash.h toml.hpp; do
    has_header "$name" || missing+=("the header $name")
  done
  has_header catch2/catch_all.hpp || has_header catch2/catch.hpp || missing+=("Catch2")
  [[ ${#missing[@]} -gt 0 ]] || return 0
  say "there is no apt-get here, and these are missing; install them and try again:" >&2
  printf '  %s\n' "${missing[@]}" >&2
  printf 'On Debian the packages are: %s\n' "${packages[*]}" >&2
  exit 1
}

deps() {
  if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
    install_with_apt "${packages[@]}"
  else
    check_without_apt
  fi
}

cores() { nproc 2>/dev/null || echo 1; }

# build [TARGET...]: everything when no target is named.
build() {
  cmake --preset release >/dev/null
  if [[ $# -gt 0 ]]; then
    cmake --build --preset release --parallel "$(cores)" --target "$@"
  else
    cmake --build --preset release --parallel "$(cores)"
  fi
}

bench() {
  cmake --preset release -DHECATON_BUILD_BENCHMARKS=ON -DCMAKE_UNITY_BUILD=OFF >/dev/null
  build launcher benchmarks/all
  /usr/bin/env python3 benchmarks/run --build build
}

# The tests that ctest has skipped, with what they said about it: a line "NAME<tab>REASON" for each reason.
skipped_tests() {
  awk '/^[0-9]+\/[0-9]+ Test: / { name = $3; reasons = 0 }
       /^skipped: / { reason[reasons++] = substr($0, 10) }
       /^Test Skipped\./ {
         if (reasons == 0) reason[reasons++] = ""
         while (reasons > 0) print name "\t" reason[--reasons]
       }' build/Testing/Temporary/LastTest.log | sort -u
}

# could_run REASON: whether a test that was skipped for it could have been run here. "needs root" and "(Debian: PACKAGE...)"
# can be compared with this machine; everything else, as what a kernel lacks, is believed.
could_run() {
  local package root=0
  [[ $(id -u) -ne 0 ]] || root=1
  [[ -n $1 ]] || return 0
  [[ $1 != *"needs root"* || $root -eq 0 ]] || return 0
  [[ $1 =~ \(Debian:\ ([^\)]*)\) ]] || return 1
  for package in ${BASH_REMATCH[1]}; do
    installed "$package" || [[ $root -eq 1 && " ${packages[*]} ${test_packages[*]} " == *" $package "* ]] || return 1
  done
}

run_tests() {
  local failed=0 name reason
  ctest --preset release --parallel "$((3 * $(cores)))" || failed=1  # see hecaton_test() in tests/CMakeLists.txt
  while IFS=$'\t' read -r name reason; do
    if could_run "$reason"; then
      say "$name was skipped, and this machine could run it: ${reason:-no reason is given}" >&2
      failed=1
    else
      say "$name was skipped: $reason"
    fi
  done < <(skipped_tests)
  return $failed
}

# show COMMAND...: prints it, then runs it.
show() {
  printf '\n$ %s\n' "$*"
  "$@"
}

demo() {
  local count
  count=$(cores)
  build launcher article_pool monte_carlo_pi
  say "$count ranks on the $count cores of $(uname -n), here and nowhere else:"
  show ./build/launcher/hecaton run -n "$count" ./build/examples/article_pool
  show ./build/launcher/hecaton run -n "$count" ./build/examples/monte_carlo_pi 100000000
  printf '\n'
  say "the programs are examples/article_pool.cpp and examples/monte_carlo_pi.cpp; they ran as $count processes"
}

if [[ $# -ne 1 ]]; then
  usage >&2
  exit 2
fi
case $1 in
  deps) deps ;;
  build)
    deps
    build
    ;;
  test)
    deps
    if command -v apt-get >/dev/null && ! install_with_apt "${test_packages[@]}"; then
      say "could not install ${test_packages[*]}: the tests that need them are skipped" >&2
    fi
    cmake --preset release -DCMAKE_UNITY_BUILD=ON >/dev/null  # each folder of the libraries at once, which is quicker
    build
    run_tests
    ;;
  check)
    deps
    if command -v apt-get >/dev/null; then
      install_with_apt "${check_packages[@]}"
    fi
    bash tests/check/run.sh
    ;;
  bench)
    deps
    if command -v apt-get >/dev/null && ! install_with_apt "${bench_packages[@]}"; then
      say "could not install ${bench_packages[*]}: what needs them is left out of the table" >&2
    fi
    bench
    ;;
  demo)
    deps
    demo
    ;;
  -h | --help) usage ;;
  *)
    usage >&2
    exit 2
    ;;
esac
