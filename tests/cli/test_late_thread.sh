#!/usr/bin/env bash
# A program that ends soon after MPI_Init does not die of what MPI_Init has left to a thread. The late thread loses 200 ms.
# shellcheck source=support.sh
. "$(dirname "$0")/support.sh" "$@"

late=$(dirname "$probe")/liblate_thread.so
for program in "$probe rank" "$pool" "$self"; do
  # shellcheck disable=SC2086  # a program and its argument
  run "$launcher" run -n 2 --env "LD_PRELOAD=$late" $program </dev/null
  expect_status 0 "$program"
done

done_testing
