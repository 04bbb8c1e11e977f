"""What the benchmarks share in which a peer is a process of its own; the others use support/benchmark.hpp.

A script that imports this gets the build directory as its first argument: tiny_chunks.py BUILD."""

import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else HERE.parent / "build").resolve()
PEERS = BUILD / "benchmarks" / "peers"
PYTHON = "/usr/bin/python3"  # the distribution's, to which its python3-mpi4py belongs


def hecaton_run(ranks, program, *arguments):
    return [BUILD / "launcher" / "hecaton", "run", "-n", str(ranks), BUILD / "benchmarks" / program, *arguments]


def mpirun(ranks, *command, options=()):
    return ["mpirun", "-n", str(ranks), *options, *command]


def has(*commands):
    """Whether each command can be found."""
    return all(shutil.which(command) for command in commands)


def has_mpi4py():
    return subprocess.run([PYTHON, "-c", "import mpi4py.futures"], capture_output=True).returncode == 0


def run(command, timeout=120):
    """Its wall time in seconds and what it printed; a failure ends this script with one line."""
    command = [str(word) for word in command]
    root = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"} if os.geteuid() == 0 else {}
    begin = time.perf_counter()
    try:
        done = subprocess.run(command, env={**os.environ, **root}, timeout=timeout, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True)
    except subprocess.TimeoutExpired:
        sys.exit(f"more than {timeout} s: {' '.join(command)}")
    seconds = time.perf_counter() - begin
    if done.returncode != 0:
        sys.exit(f"status {done.returncode}: {' '.join(command)}\n{done.stdout}{done.stderr}")
    return seconds, done.stdout


def number(command):
    """The number that the command prints, which is all that it prints."""
    return float(run(command)[1])


def wall(command):
    return run(command)[0]


def alternate(repeats, *calls):
    """What each of the calls returned, in turn: a list for each call."""
    return list(zip(*([call() for call in calls] for _ in range(repeats))))


def median_ratio(ours, peer):
    return statistics.median(a / b for a, b in zip(ours, peer))


def in_units(value, units):
    for size, name in units:
        if value >= size:
            break
    return f"{value / size:.3g} {name}"


def time_text(seconds):
    return in_units(seconds, [(1, "s"), (1e-3, "ms"), (1e-6, "us"), (1e-9, "ns")])


def rate_text(per_second):
    return in_units(per_second, [(1e9, "G/s"), (1e6, "M/s"), (1e3, "k/s"), (1, "/s")])


def report(question, what, ours, peer="", figure=0.0, target="", met=False, note=""):
    """A row, as benchmark::report() in support/benchmark.hpp makes it."""
    line = f"{question:>2}  {what}: {ours}"
    line += f" against {peer}" if peer else ""
    line += f"; {figure:.3g}, {target} {'(met)' if met else '(MISSED)'}" if target else ""
    print(line + (f"; {note}" if note else ""), flush=True)
    name = os.environ.get("HECATON_BENCHMARK_JSON")
    if name:
        row = dict(question=question, what=what, ours=ours, peer=peer, figure=figure, target=target, met=met, note=note)
        with open(name, "a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


def not_measured(question, what, package):
    report(question, what, "not measured", note=f"install {package}")
