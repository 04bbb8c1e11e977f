#!/usr/bin/env bash
# consumer.sh WAY SOURCE BUILD CMAKE GENERATOR CXX CONFIG MPIEXEC
# Builds a stranger's program against hecaton and runs it in all the ways in which one can. WAY: cmake and pkg_config
# install the build tree into a prefix, which is then moved; subproject only configures.
set -u
export LC_ALL=C
way=$1 source=$2 build=$3 cmake=$4 generator=$5 cxx=$6 config=$7 mpiexec=$8
here=$(dirname "$(realpath "$0")")
scratch=$(mktemp -d "$build/consumer-XXXXXX") || exit 1
trap 'rm -rf "$scratch"' EXIT
unset DESTDIR HECATON_RANKS HECATON_SELF_LAUNCH CMAKE_PREFIX_PATH hecaton_DIR hecaton_ROOT
export CMAKE_BUILD_PARALLEL_LEVEL=1
export OMPI_MCA_rmaps_base_oversubscribe=1 PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe
if [ "$(id -u)" -eq 0 ]; then export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1; fi

failures=0
fail() {
  failures=$((failures + 1))
  printf 'FAILED: %s\n' "$1"
  tail -n 40 "$scratch/out" "$scratch/err" 2>/dev/null
}
# step WHAT COMMAND...: nothing goes on after a step that fails.
step() {
  local what=$1
  shift
  "$@" >"$scratch/out" 2>"$scratch/err" && return
  fail "$what (status $?): $*"
  exit 1
}
# expect_squares WHAT COMMAND...: it prints the five squares, once, and succeeds.
expect_squares() {
  local what=$1 status
  shift
  "$@" >"$scratch/out" 2>"$scratch/err"
  status=$?
  [ "$status" -eq 0 ] || fail "$what: status $status"
  printf '[1, 4, 9, 16, 25]\n' | cmp -s - "$scratch/out" || fail "$what: another output"
}

# The prefix is written as one directory and used as another: nothing in it may know where it was.
install_and_move() {
  step "cmake --install" "$cmake" --install "$build" --prefix "$scratch/written"
  mv "$scratch/written" "$scratch/moved"
  prefix=$scratch/moved
  # A source tree at /hecaton is not meant by .../include/hecaton/.
  if grep -rIlP --exclude-dir=doc -e "(?<![a-z}])\Q$source\E/|\Q$scratch/written\E" "$prefix" >"$scratch/out"; then
    fail "installed files name the source tree or the first prefix"
  fi
}

run_everywhere() {
  local app=$1 n
  expect_squares "bare" "$app"
  expect_squares "one rank" env HECATON_RANKS=1 "$app"
  for n in 1 2 3 7; do expect_squares "hecaton run -n $n" "$prefix/bin/hecaton" run -n "$n" "$app"; done
  expect_squares "plain mpirun" "$mpiexec" -n 2 "$app"
}

case $way in
  cmake)
    install_and_move
    step "configuring" "$cmake" -G "$generator" -S "$here/project" -B "$scratch/app" \
      "-DCMAKE_PREFIX_PATH=$prefix" "-DCMAKE_CXX_COMPILER=$cxx" "-DCMAKE_BUILD_TYPE=$config"
    step "building" "$cmake" --build "$scratch/app"
    run_everywhere "$scratch/app/app"
    # A version that this one does not replace is refused when CMake looks for it, not when the program runs.
    sed 's/find_package(hecaton REQUIRED)/find_package(hecaton 99.0 REQUIRED)/' "$here/project/CMakeLists.txt" \
      >"$scratch/app/CMakeLists.txt"
    cp "$here/project/main.cpp" "$scratch/app"
    if "$cmake" -S "$scratch/app" -B "$scratch/newer" "-DCMAKE_PREFIX_PATH=$prefix" \
      "-DCMAKE_CXX_COMPILER=$cxx" >"$scratch/out" 2>"$scratch/err"; then
      fail "find_package(hecaton 99.0) succeeds"
    fi
    ;;
  pkg_config)
    if ! command -v pkg-config >/dev/null; then
      echo "skipped: needs pkg-config (Debian: pkg-config)"
      exit 77
    fi
    install_and_move
    PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name hecaton.pc)")${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
    export PKG_CONFIG_PATH
    step "pkg-config" pkg-config --print-errors --cflags --libs hecaton
    read -ra flags < <(tr '\n' ' ' <"$scratch/out")
    step "compiling" "$cxx" -std=c++20 "$here/project/main.cpp" -o "$scratch/app" "${flags[@]}"
    run_everywhere "$scratch/app"
    ;;
  subproject)
    for shared in "" ON OFF; do
      step "configuring (BUILD_SHARED_LIBS='$shared')" "$cmake" -G "$generator" -S "$here/subproject" \
        -B "$scratch/app$shared" "-DHECATON_SOURCE_DIR=$source" "-DCMAKE_CXX_COMPILER=$cxx" \
        ${shared:+-DSHARED=$shared}
    done
    ;;
esac
[ "$failures" -eq 0 ]
