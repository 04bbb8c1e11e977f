"""Question 8: how long a program of 2 ranks that does nothing takes, from the command to its end.

    python3 benchmarks/start.py build

peers/mpi_nothing.cpp under `hecaton run` and under mpirun, and with many more ranks than cores; pool_nothing.cpp under
`hecaton run` and launching itself."""

import os
from functools import partial
from statistics import median

from support.processes import (BUILD, PEERS, alternate, hecaton_run, median_ratio, mpirun, report, time_text, wall)

REPEATS = 15
CROWD = 150  # ranks
CROWD_REPEATS = 3
MORE = ("--oversubscribe", "--mca", "odls_base_num_threads", "0")  # without the latter, it may hang
NODE = ("--mca", "pml", "ob1", "--mca", "btl", "self,vader")  # the transports of one node, named


def main():
    os.environ["HECATON_RANKS"] = "2"  # for the program that launches itself
    nothing = PEERS / "mpi_nothing"
    ours, plain, named = alternate(REPEATS, partial(wall, hecaton_run(2, nothing)), partial(wall, mpirun(2, nothing)),
                                   partial(wall, mpirun(2, nothing, options=NODE)))
    ratio = median_ratio(ours, plain)
    report(8, "start and end of an MPI program of 2 ranks", time_text(median(ours)), f"{time_text(median(plain))}, mpirun",
           ratio, "at most 0.45 of the peer's time", ratio <= 0.45)
    report(8, "the same", time_text(median(ours)), f"{time_text(median(named))}, mpirun {' '.join(NODE)}",
           median_ratio(ours, named))

    ours, plain = alternate(CROWD_REPEATS, partial(wall, hecaton_run(CROWD, nothing)),
                            partial(wall, mpirun(CROWD, nothing, options=MORE)))
    ratio = median_ratio(ours, plain)
    report(8, f"the same of {CROWD} ranks", time_text(median(ours)), f"{time_text(median(plain))}, mpirun", ratio,
           "at most the peer's time", ratio <= 1)

    twice, once = alternate(CROWD_REPEATS, *(partial(wall, hecaton_run(ranks, nothing)) for ranks in (2 * CROWD, CROWD)))
    ratio = median_ratio(twice, once)
    report(8, f"the same of {2 * CROWD} ranks", time_text(median(twice)), f"{time_text(median(once))}, {CROWD} ranks", ratio,
           "linear: at most 2.2 times as long", ratio <= 2.2)

    launched, itself = alternate(REPEATS, partial(wall, hecaton_run(2, "pool_nothing")),
                                 partial(wall, [BUILD / "benchmarks" / "pool_nothing"]))
    behind = median(a - b for a, b in zip(itself, launched))
    report(8, "the same of a program that launches itself", time_text(median(itself)),
           f"{time_text(median(launched))}, hecaton run", 1e3 * behind, "at most 15 ms more", behind <= 15e-3)


if __name__ == "__main__":
    main()
