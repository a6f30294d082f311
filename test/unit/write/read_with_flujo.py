"""Prints what flujo's own backend reads of a database, one JSON line a span:   python read_with_flujo.py DATABASE"""

import asyncio
import json
import logging
import sys
from pathlib import Path

logging.disable(logging.CRITICAL)

from flujo.state.backends.sqlite import SQLiteBackend  # noqa: E402


async def main(file: str) -> None:
    backend = SQLiteBackend(Path(file))
    runs = await backend.list_runs(limit=1_000_000)
    print(json.dumps({"runs": sorted(run["run_id"] for run in runs)}))
    for run in runs:
        trace = await backend.get_trace(run["run_id"])
        waiting = [] if trace is None else [(trace, None)]
        while waiting:
            span, parent = waiting.pop()
            facts = {key: span.get(key) for key in ("span_id", "name", "status", "start_time", "end_time", "attributes")}
            print(json.dumps({"run": run["run_id"], "parent": parent, **facts}))
            waiting.extend((child, span["span_id"]) for child in span.get("children") or [])


asyncio.run(main(sys.argv[1]))
