"""Statistics by flujo's own method, with Python's own modules: load every row, parse its attributes, count and average.

python3 every-row.py DATABASE BYTES

BYTES is the memory that the process may take; beyond it, it prints {"milliseconds": null}.
"""

import json
import resource
import sqlite3
import sys
import time


def statistics(file: str) -> dict[str, object]:
    database = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    database.row_factory = sqlite3.Row
    rows = database.execute(
        """SELECT s.span_id, s.run_id, s.parent_span_id, s.name, s.start_time, s.end_time, s.status, s.attributes,
            r.pipeline_name
        FROM spans s JOIN runs r ON r.run_id = s.run_id WHERE s.end_time IS NOT NULL"""
    ).fetchall()
    spans = [dict(row, attributes=json.loads(row["attributes"] or "{}")) for row in rows]
    by_status: dict[str, int] = {}
    by_name: dict[str, list[float]] = {}
    for span in spans:
        by_status[span["status"]] = by_status.get(span["status"], 0) + 1
        total = by_name.setdefault(span["name"], [0, 0])
        total[0] += 1
        total[1] += span["end_time"] - span["start_time"]
    averages = {name: total / count for name, (count, total) in by_name.items()}
    return {"total": len(spans), "by_status": by_status, "averages": averages}


def main() -> None:
    file, most = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (int(most), int(most)))
    start = time.perf_counter()
    try:
        total = statistics(file)["total"]
        milliseconds = (time.perf_counter() - start) * 1000
    except MemoryError:
        total, milliseconds = None, None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"milliseconds": milliseconds, "peakMemory": peak, "answer": total}))


main()
