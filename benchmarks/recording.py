"""Question 17: what a recording costs: a map of items of 100 us on two ranks with and without one, in turn.

    python3 benchmarks/recording.py build

The program times its maps itself (recorded_map.cpp), so what happens at its start and end does not count."""

import pathlib
import tempfile
from statistics import median

from support.processes import alternate, hecaton_run, median_ratio, number, report, time_text

REPEATS = 7
ITEMS = 20_000
STEPS = 100_000  # of an item, a nanosecond each


def main():
    command = hecaton_run(2, "recorded_map", STEPS)
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "recording"
        recorded = [*command[:2], "--env", f"HECATON_RECORDING={file}", *command[2:]]
        on, off = alternate(REPEATS, lambda: number(recorded), lambda: number(command))
        lines = sum(1 for line in file.open("rb") if line.startswith(b"ran "))
    ratio = median_ratio(on, off)
    report(17, f"a map of {ITEMS:,} items of 100 us on 2 ranks, with a recording", time_text(median(on)),
           f"{time_text(median(off))}, without one", ratio, "at most 1.02 times the time", ratio <= 1.02,
           f"{lines:,} pieces recorded in 4 such maps")


if __name__ == "__main__":
    main()
