"""Question 9: 2,000 items of a millisecond on 7 and on 64 ranks, and on 2, on the cores that there are.

    python3 benchmarks/oversubscribed.py build

The program is computing.cpp; each process times its map alone."""

from functools import partial
from statistics import median

from support.processes import alternate, hecaton_run, median_ratio, number, rate_text, report

REPEATS = 7


def main():
    many, two = (7, 64), 2
    *rates, peer = alternate(REPEATS, *(partial(number, hecaton_run(ranks, "computing", "rate")) for ranks in (*many, two)))
    for ranks, rate in zip(many, rates):
        ratio = median_ratio(rate, peer)
        report(9, f"2,000 items of 1 ms on {ranks} ranks", rate_text(median(rate)), f"{rate_text(median(peer))}, on 2 ranks",
               ratio, "at least 0.90 of 2 ranks' rate", ratio >= 0.90)


if __name__ == "__main__":
    main()
