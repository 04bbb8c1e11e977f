"""The table "Against others" of docs/launcher-trials.md, tried on this machine: what each launcher does, a line for each fact.

    python3 benchmarks/launchers.py BUILD [LAUNCHER...]

BUILD has the probes of tests/cli. Launchers: hecaton, mpirun, hydra, srun (with SLURM_CONF set where that is needed),
torchrun (Debian: python3-torch); all that are installed when none is named. One to five minutes each."""

import glob
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

BUILD = pathlib.Path(sys.argv[1]).resolve()
MPI, MPICH = (str(BUILD / "tests" / "cli" / name) for name in ("mpi_probe", "mpich_probe"))
CORES = len(os.sched_getaffinity(0))
RANK = "r=${OMPI_COMM_WORLD_RANK-${PMI_RANK-${RANK-$SLURM_PROCID}}}; "  # for programs without MPI
MARK = f"hecaton-launchers-{os.getpid()}"
RUNS = 45

# Each: how it starts so many ranks here, the option for more than it has cores, the probe of its MPI and of another.
HECATON = [str(BUILD / "launcher" / "hecaton"), "run", "-n"]
# Python 3.11 does not find torch 1.13's own defaults for -r and -t, so they are said: nothing is redirected.
TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "-r", "9:0", "-t", "9:0", "--no_python", "--nproc_per_node"]
LAUNCHERS = {
    "hecaton": (HECATON, [], MPI, MPICH),
    "mpirun": (["mpirun", "-n"], ["--oversubscribe"], MPI, MPICH),
    "hydra": (["mpiexec.hydra", "-n"], [], MPICH, MPI),
    "srun": (["srun", "-Q", "-N1", "--mpi=pmix", "-n"], ["-O"], MPI, MPICH),
    "torchrun": (TORCHRUN, [], None, None),
}
PLAIN = {name: text for name, text in os.environ.items() if not name.startswith("OMPI_ALLOW_RUN_AS_ROOT")}
ENVIRONMENT = {**PLAIN, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}


def run(command, timeout=60, environment=None, **options):
    """Status (None after the timeout), seconds, standard output and error."""
    begin = time.perf_counter()
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    with subprocess.Popen(command, env=environment or ENVIRONMENT, start_new_session=True, text=True, **streams) as process:
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.terminate()
            try:
                process.communicate(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
            return None, time.perf_counter() - begin, "", ""
    return process.returncode, time.perf_counter() - begin, out, err


def said(result):
    return f"status {result[0]}, {len(result[3].splitlines())} lines of errors, after {result[1]:.1f} s"


def shell(text):
    return ["bash", "-c", RANK + text, MARK]


def marked():
    """Processes of ours that run."""
    found = []
    for file in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            words = pathlib.Path(file).read_bytes().split(b"\0")
        except OSError:
            continue
        if words[0].endswith(b"bash") and MARK.encode() in words[:4]:
            found.append(int(file.split("/")[2]))
    return found


class Launcher:
    def __init__(self, name):
        self.name = name
        self.words, self.crowd, self.mpi, self.other = LAUNCHERS[name]

    def start(self, ranks, *command, crowd=True):
        more = self.crowd if crowd else []
        return self.words[:1] + more + self.words[1:] + [str(ranks), *command]

    def tell(self, what, text):
        print(f"{self.name:9} {what:24} {text}", flush=True)

    def more_ranks_than_cores(self):
        self.tell("more ranks than cores", said(run(self.start(2 * CORES + 1, "true", crowd=False), timeout=30)))

    def another_mpi(self):
        if self.other:
            result = run(self.start(2, self.other, "rank"))
            alone = result[2].count("rank 0 of 1\n")
            self.tell("another MPI", f"{said(result)}, {alone} times rank 0 of 1")

    def exit_status(self):
        cases = [("7 of rank 1, no MPI", shell('[ "$r" = 1 ] && exit 7; sleep 1')),
                 ("3, then 9, no MPI", shell('[ "$r" = 1 ] && exit 3; sleep 0.2; exit 9'))]
        if self.mpi:
            cases += [("7 after finalize", [self.mpi, "exit", "1", "7"]),
                      ("0 without finalize", [self.mpi, "drop", "1", "0"]),
                      ("0, the others wait", [self.mpi, "drop", "1", "0", "barriers", "1"]),
                      ("SIGSEGV", [self.mpi, "raise", "1", "11"]), ("MPI_Abort(5)", [self.mpi, "abort", "1", "5"])]
        for what, command in cases:
            self.tell(what, said(run(self.start(2, *command))))

    def dead_rank(self):
        """The others wait for a rank that was killed."""
        first = run(self.start(3, *shell('[ "$r" = 1 ] && kill -9 $BASHPID; exec sleep 60')), timeout=40)
        self.tell("a rank dies, no MPI", said(first))
        if not self.mpi:
            return
        waiting = [self.mpi, "raise", "1", "9", "barriers", "1"]
        first = run(self.start(3, *waiting), timeout=20)
        self.tell("a rank dies", said(first))
        statuses = [run(self.start(2, *waiting), timeout=10)[0] for _ in range(3 if first[0] is None else RUNS)]
        counts = {status: statuses.count(status) for status in sorted(set(statuses), key=str)}
        self.tell(f"{len(statuses)} runs with one", ", ".join(f"{count} with {status}" for status, count in counts.items()))

    def killed_launcher(self):
        quiet = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
        process = subprocess.Popen(self.start(3, *shell("while :; do sleep 0.2; done")), env=ENVIRONMENT, **quiet)
        limit = time.monotonic() + 30
        while len(marked()) < 3 and time.monotonic() < limit:
            time.sleep(0.1)
        begun = len(marked())
        process.kill()
        process.wait()
        time.sleep(5)
        left = marked()
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        self.tell("launcher killed", f"of {begun} ranks {len(left)} run on after 5 s")

    def lines(self):
        parts = 'for i in $(seq 300); do for p in a b c d e f; do printf "x%s" $p; done; echo; done'
        out = run(self.start(3, *shell(parts)))[2].splitlines()
        self.tell("900 lines in parts", f"{len(out)} came, {len(out) - out.count('xaxbxcxdxexf')} of them torn")
        line = "x" * 99
        with tempfile.TemporaryFile() as file:
            result = run(self.start(2, *shell(f'yes {line} | head -n 500000')), timeout=120, stdout=file)
            file.seek(0)
            good = total = 0
            for got in file:
                total += 1
                good += got == f"{line}\n".encode()
            self.tell("1000000 lines, 100 MB", f"{said(result)}: {total} came, {total - good} of them torn")

    def input(self):
        text = "".join(f"{number}\n" for number in range(200_000))
        whole, statuses = 0, []
        with tempfile.TemporaryFile("w+") as file:
            file.write(text)
            for _ in range(5):
                file.seek(0)
                result = run(self.start(2, *shell('if [ "$r" = 0 ]; then cat; fi')), timeout=30, stdin=file)
                whole += result[2] == text
                statuses.append(result[0])
        self.tell("1.3 MB of input, 5 runs", f"{whole} whole; statuses {sorted(set(statuses), key=str)}")

    def root(self):
        if os.geteuid() == 0:
            self.tell("as root", said(run(self.start(2, "true"), environment=PLAIN)))

    def time_limit(self):
        limits = {"HECATON_TIMEOUT": "3s", "MPIEXEC_TIMEOUT": "3", "SLURM_TIMELIMIT": "0:03"}
        if self.mpi:
            result = run(self.start(2, "sleep", "200"), environment={**ENVIRONMENT, **limits}, timeout=150)
            self.tell("limit of 3 s", said(result))

    def start_of_two(self):
        nothing = [self.mpi] if self.mpi else ["true"]
        repeats = 3 if run(self.start(2, *nothing))[1] > 2 else 11
        times = [run(self.start(2, *nothing))[1] for _ in range(repeats)]
        self.tell("start of 2 ranks", f"{statistics.median(times):.2f} s, the median of {repeats} ({nothing[0]})")


def here(name):
    if name == "torchrun":
        return run([sys.executable, "-c", "import torch.distributed.run"])[0] == 0
    if name == "srun":
        return bool(shutil.which("srun")) and run(["sinfo", "-h"], timeout=5)[0] == 0
    return bool(shutil.which(LAUNCHERS[name][0][0]))


FACTS = ["more_ranks_than_cores", "another_mpi", "exit_status", "dead_rank", "killed_launcher", "lines", "input", "root",
         "time_limit", "start_of_two"]


def main():
    wanted = sys.argv[2:]
    names = [word for word in wanted if word in LAUNCHERS] or [name for name in LAUNCHERS if here(name)]
    for name in names:
        launcher = Launcher(name)
        for fact in [word for word in wanted if word in FACTS] or FACTS:
            getattr(launcher, fact)()


if __name__ == "__main__":
    main()
