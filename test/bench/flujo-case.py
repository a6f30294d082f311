"""Measures one case through flujo's own SQLite backend:   python flujo-case.py CASE DATABASE

Reads only: the backend's preparation of the file, which writes, is told to be done.
"""

import asyncio
import json
import logging
import resource
import statistics
import sys
import time
from pathlib import Path

logging.disable(logging.CRITICAL)

from flujo.state.backends.sqlite import SQLiteBackend  # noqa: E402

TREE_COUNT = 21


def open_backend(file: str) -> SQLiteBackend:
    backend = SQLiteBackend(Path(file))
    backend._initialized = True
    return backend


async def measure_open(file: str) -> float:
    start = time.perf_counter()
    await open_backend(file).list_runs(limit=100)
    return time.perf_counter() - start


async def measure_tree(file: str) -> float:
    backend = open_backend(file)
    times = []
    for run in await backend.list_runs(limit=TREE_COUNT):
        start = time.perf_counter()
        await backend.get_trace(run["run_id"])
        times.append(time.perf_counter() - start)
    return statistics.median(times)


async def measure_statistics(file: str) -> float:
    backend = open_backend(file)
    start = time.perf_counter()
    await backend.get_span_statistics()
    return time.perf_counter() - start


CASES = {"open": measure_open, "tree": measure_tree, "statistics": measure_statistics}


def main() -> None:
    case, file = sys.argv[1:]
    seconds = asyncio.run(CASES[case](file))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"milliseconds": seconds * 1000, "peakMemory": peak, "answer": None}))


main()
