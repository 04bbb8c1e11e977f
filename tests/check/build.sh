# shellcheck shell=bash
# build PRESET TARGET...: for the scripts of this folder. They need clang-19, clang-tidy-19, libclang-rt-19-dev and llvm-19.
build() {
  local preset=$1 log
  shift
  cmake --preset "$preset" >/dev/null
  log=build-$preset/check-build.log
  echo "building $* in build-$preset/"
  if ! cmake --build --preset "$preset" --parallel "$(nproc)" --target "$@" >"$log" 2>&1; then
    grep -A 30 -E '^FAILED:' "$log" || tail -n 50 "$log"
    return 1
  fi
}
