"""One item a task through multiprocessing.Pool.imap_unordered. Prints the items a second.

    /usr/bin/python3 multiprocessing_pool.py"""

import multiprocessing
import time

ITEMS = 20_000
PROCESSES = 2


def square(x):
    return x * x


if __name__ == "__main__":
    with multiprocessing.Pool(PROCESSES) as pool:
        sum(pool.imap_unordered(square, range(1_000), chunksize=1))  # the processes are there
        begin = time.perf_counter()
        total = sum(pool.imap_unordered(square, range(ITEMS), chunksize=1))
        seconds = time.perf_counter() - begin
    assert total == sum(x * x for x in range(ITEMS))
    print(ITEMS / seconds)
