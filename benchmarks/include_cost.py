"""Question 12: the CPU time of compiling a program of 20 lines that includes hecaton, beside one with Boost.MPI alone.

    python3 benchmarks/include_cost.py build

include_hecaton.cpp and peers/include_boost_mpi.cpp, -fsyntax-only, with the compiler and the directories of the build."""

import resource
from functools import partial
from statistics import median

from support.processes import BUILD, HERE, alternate, median_ratio, run, time_text, report

REPEATS = 9


def cpu_seconds(source):
    """Of the compiler, all its processes together."""
    flags = (BUILD / "benchmarks" / f"{source.stem}.flags").read_text().split("\n")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run([compiler(), "-std=c++20", "-fsyntax-only", *filter(None, flags), source])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def compiler():
    lines = (BUILD / "CMakeCache.txt").read_text().splitlines()
    return next(line.split("=", 1)[1] for line in lines if line.startswith("CMAKE_CXX_COMPILER:"))


def main():
    ours, peer = alternate(REPEATS, partial(cpu_seconds, HERE / "include_hecaton.cpp"),
                           partial(cpu_seconds, HERE / "peers" / "include_boost_mpi.cpp"))
    seconds = median(ours)
    report(12, "compiling a program of 20 lines with <hecaton/hecaton.hpp>", f"{time_text(seconds)} of CPU",
           f"{time_text(median(peer))}, Boost.MPI", seconds, "at most 1.6 s of CPU", seconds <= 1.6,
           "")
    ratio = median_ratio(ours, peer)
    report(12, "the same", f"{time_text(seconds)} of CPU", f"{time_text(median(peer))}, Boost.MPI", ratio,
           "at most 1.15 of the peer's time", ratio <= 1.15)


if __name__ == "__main__":
    main()
