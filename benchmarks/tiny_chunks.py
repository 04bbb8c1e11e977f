"""Question 2: one million items one by one, through our pool and through other people's, as processes in turn.

    python3 benchmarks/tiny_chunks.py build

Each process times itself, without its start: tiny_chunks.cpp and peers/master_worker.cpp a million items, median of 3;
the Python pools fewer, because they are slow."""

from functools import partial
from statistics import median

from support.processes import (HERE, PEERS, PYTHON, alternate, has, has_mpi4py, hecaton_run, median_ratio,
                               mpirun, not_measured, number, rate_text, report, wall)

REPEATS = 7
LINES = 200  # of GNU parallel's input
NODE = ("--mca", "pml", "ob1", "--mca", "btl", "self,vader,tcp")  # as hecaton run has it


def calls():
    """What to call for the rate of each pool that is installed, by its name."""
    master = mpirun(2, PEERS / "master_worker", options=NODE)
    found = {
        "ours": partial(number, hecaton_run(2, "tiny_chunks")),
        "bound": partial(number, [*hecaton_run(2, "tiny_chunks")[:2], "--bind", "core",
                                  *hecaton_run(2, "tiny_chunks")[2:]]),
        "one": partial(number, master),
        "32": partial(number, [*master, "32"]),
        "multiprocessing": partial(number, [PYTHON, HERE / "peers" / "multiprocessing_pool.py"]),
    }
    if has_mpi4py():
        script = HERE / "peers" / "mpi4py_pool.py"
        found["mpi4py"] = partial(number, mpirun(3, PYTHON, "-m", "mpi4py.futures", script, options=["--oversubscribe"]))
    if has("parallel"):
        command = f"seq {LINES} | parallel --will-cite -j 2 true"
        found["parallel"] = lambda: LINES / wall(["bash", "-c", command])
    return found


def main():
    found = calls()
    rates = dict(zip(found, alternate(REPEATS, *found.values())))
    ours = rates["ours"]

    def row(what, name, peer, least=None, note=""):
        times = median_ratio(ours, rates[name])
        report(2, what, rate_text(median(ours)), f"{rate_text(median(rates[name]))}, {peer}", times,
               f"at least {least} times the peer's rate" if least else "", bool(least) and times >= least, note)

    row("1 million items, chunk_size = 1", "one", "MPI master and worker, 1 item under way", 2,
        f"hecaton run --bind core: {rate_text(median(rates['bound']))}; mpirun binds the peer's ranks to cores; "
        "items of nothing are not worth sharing, so the thread that calls runs them; question 18 has them shared")
    row("the same", "32", "MPI master and worker, 32 items under way")
    row("the same", "multiprocessing", "multiprocessing, imap_unordered, chunksize=1", 50,
        "20,000 items, 2 processes beside the one that deals them out")
    if "mpi4py" in rates:
        row("the same", "mpi4py", "mpi4py.futures, chunksize=1", 500, "4,000 items, 3 ranks: a master and 2 workers")
    else:
        not_measured(2, "mpi4py.futures", "python3-mpi4py")
    if "parallel" in rates:
        row("the same", "parallel", "GNU parallel, running true", note=f"{LINES} items, its start counted")
    else:
        not_measured(2, "GNU parallel", "parallel")


if __name__ == "__main__":
    main()
