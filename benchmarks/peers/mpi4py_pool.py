"""One item a task through mpi4py.futures.MPIPoolExecutor. Prints the items a second.

    mpirun -n 2 /usr/bin/python3 -m mpi4py.futures mpi4py_pool.py"""

import time

from mpi4py.futures import MPIPoolExecutor

ITEMS = 4_000


def square(x):
    return x * x


if __name__ == "__main__":
    with MPIPoolExecutor() as pool:
        sum(pool.map(square, range(200), chunksize=1))  # the workers are there
        begin = time.perf_counter()
        total = sum(pool.map(square, range(ITEMS), chunksize=1, unordered=True))
        seconds = time.perf_counter() - begin
    assert total == sum(x * x for x in range(ITEMS))
    print(ITEMS / seconds)
