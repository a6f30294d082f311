"""Writes a trace database without end, so that a reader can tell from any answer which commit it shows.

Usage: writer.py DATABASE TIMES BEHAVIOUR [FIRST_SEED]

Every commit has a number n. In the database n is the length in seconds of the one span called `commit` and the version of
its run; the number of failed spans is n * FAILING % 50; spans move between runs and pages, and durations move between spans,
but the number of spans, the sum of their durations and each run's cost (the sum of its durations) hold in every commit.
`save_trace` replaces the spans of one run after the other; there n is the sum of the lengths of all roots.
After commit n has returned, the time is written as a double at byte 8 * n of TIMES.
"""

import os
import random
import sqlite3
import struct
import sys
import time

RUNS = 40
SPANS = 1000
FILLER = 500
FAILING = 7
BASE = 1_760_000_000.0
TRACES = 8


class Times:
    """Tells the reader when each commit had returned."""

    def __init__(self, path):
        self.file = os.open(path, os.O_RDWR | os.O_CREAT)

    def commit(self, n):
        os.pwrite(self.file, struct.pack("<d", time.time()), 8 * n)


def connect(path, journal, pragmas=()):
    database = sqlite3.connect(path, isolation_level=None, timeout=20)
    database.execute(f"PRAGMA journal_mode = {journal}")
    database.execute("PRAGMA synchronous = off")
    for pragma in pragmas:
        database.execute(f"PRAGMA {pragma}")
    return database


def create(database):
    database.execute("BEGIN")
    database.execute(
        "CREATE TABLE runs (run_id TEXT PRIMARY KEY, pipeline_name TEXT, pipeline_version TEXT, status TEXT, "
        "created_at TEXT, updated_at TEXT, total_cost REAL)"
    )
    database.execute(
        "CREATE TABLE spans (id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT, span_id TEXT, parent_span_id TEXT, "
        "name TEXT, start_time REAL, end_time REAL, status TEXT, attributes TEXT, created_at TEXT)"
    )
    database.execute("CREATE INDEX spans_run ON spans (run_id)")
    database.execute("CREATE INDEX spans_parent ON spans (parent_span_id)")
    for run in range(RUNS):
        database.execute("INSERT INTO runs VALUES (?, 'work', '0', 'completed', ?, ?, 0)", (f"run_{run:03}", AT, AT))
    database.execute("INSERT INTO runs VALUES ('marker', 'marker', '0', 'completed', ?, ?, 0)", (AT, AT))
    for span in range(SPANS):
        insert(database, f"s{span}", f"run_{span % RUNS:03}", 10, False)
    database.execute(
        "INSERT INTO spans (run_id, span_id, name, start_time, end_time, status) VALUES ('marker', 'c', 'commit', ?, ?, 'completed')",
        (BASE, BASE),
    )
    database.execute("UPDATE runs SET total_cost = 10 * ? WHERE run_id <> 'marker'", (SPANS // RUNS,))
    database.execute("COMMIT")


AT = "2025-10-09T08:53:20+00:00"


def insert(database, span, run, duration, failed):
    database.execute(
        "INSERT INTO spans (run_id, span_id, name, start_time, end_time, status, attributes) VALUES (?, ?, 'work', ?, ?, ?, ?)",
        (
            run,
            span,
            BASE,
            BASE + duration,
            "failed" if failed else "completed",
            '{"filler": "' + "x" * random.randint(50, FILLER) + '"}',
        ),
    )


class State:
    """What the last commit left, so that the next one need not ask."""

    def __init__(self, database):
        self.spans = {
            span: [run, int(round(end - start)), status == "failed"]
            for span, run, start, end, status in database.execute(
                "SELECT span_id, run_id, start_time, end_time, status FROM spans WHERE name = 'work'"
            )
        }
        self.names = list(self.spans)
        self.failed = {span for span, row in self.spans.items() if row[2]}
        self.n = int(database.execute("SELECT pipeline_version FROM runs WHERE run_id = 'marker'").fetchone()[0])


def change(database, state, moves):
    """One transaction's worth of changes; the caller commits."""
    n = state.n + 1
    names = state.names
    for span in random.sample(names, moves):
        run, duration, failed = state.spans[span]
        target = f"run_{random.randrange(RUNS):03}"
        if random.random() < 0.5:
            database.execute("UPDATE spans SET run_id = ? WHERE run_id = ? AND span_id = ?", (target, run, span))
        else:
            database.execute("DELETE FROM spans WHERE run_id = ? AND span_id = ?", (run, span))
            insert(database, span, target, duration, failed)
        pay(database, run, -duration)
        pay(database, target, duration)
        state.spans[span][0] = target
    giver, taker = random.sample(names, 2)
    amount = min(random.randint(0, 5), state.spans[giver][1])
    for span, change_by in ((giver, -amount), (taker, amount)):
        row = state.spans[span]
        row[1] += change_by
        database.execute("UPDATE spans SET end_time = ? WHERE run_id = ? AND span_id = ?", (BASE + row[1], row[0], span))
        pay(database, row[0], change_by)
    wanted = n * FAILING % 50
    if len(state.failed) > wanted:
        flips = random.sample(sorted(state.failed), len(state.failed) - wanted)
    else:
        flips = []
        while len(flips) < wanted - len(state.failed):
            span = random.choice(names)
            if not state.spans[span][2] and span not in flips:
                flips.append(span)
    state.failed.symmetric_difference_update(flips)
    for span in flips:
        row = state.spans[span]
        row[2] = not row[2]
        database.execute(
            "UPDATE spans SET status = ? WHERE run_id = ? AND span_id = ?",
            ("failed" if row[2] else "completed", row[0], span),
        )
    database.execute("UPDATE spans SET end_time = ? WHERE run_id = 'marker'", (BASE + n,))
    database.execute("UPDATE runs SET pipeline_version = ? WHERE run_id = 'marker'", (str(n),))
    state.n = n


def pay(database, run, amount):
    database.execute("UPDATE runs SET total_cost = total_cost + ? WHERE run_id = ?", (amount, run))


def commit(database, state, times, moves=4):
    database.execute("BEGIN IMMEDIATE")
    change(database, state, random.randint(1, moves))
    database.execute("COMMIT")
    times.commit(state.n)


def started(times, state):
    times.commit(state.n)
    print("ready", flush=True)


def autocheckpoint(path, times):
    database = connect(path, "wal", ["wal_autocheckpoint = 100"])
    create(database)
    state = State(database)
    started(times, state)
    while True:
        commit(database, state, times)


def checkpoints(path, times):
    database = connect(path, "wal", ["wal_autocheckpoint = 0"])
    create(database)
    state = State(database)
    started(times, state)
    while True:
        commit(database, state, times)
        if random.random() < 0.03:
            kind = random.choice(["PASSIVE", "FULL", "RESTART", "TRUNCATE"])
            database.execute(f"PRAGMA wal_checkpoint({kind})")
        if random.random() < 0.03:
            database.execute("BEGIN IMMEDIATE")
            change(database, state, 4)
            database.execute("ROLLBACK")
            state = State(database)
        time.sleep(random.choice([0, 0.001, 0.005, 0.02]))


def reopen(path, times):
    database = connect(path, "wal")
    create(database)
    state = State(database)
    started(times, state)
    while True:
        for _ in range(random.randint(1, 10)):
            commit(database, state, times)
            time.sleep(random.choice([0, 0.002, 0.01]))
        # The last connection removes the log and its index.
        database.close()
        time.sleep(random.choice([0, 0.02, 0.05]))
        database = connect(path, "wal")


def rollback(path, times):
    database = connect(path, "delete")
    create(database)
    state = State(database)
    started(times, state)
    while True:
        database.execute(f"PRAGMA journal_mode = {random.choice(['delete', 'truncate', 'persist'])}")
        for _ in range(random.randint(1, 20)):
            commit(database, state, times)
            time.sleep(random.choice([0, 0.005, 0.02, 0.05]))


def killed(path, times):
    """Ended from outside at any moment, and started again with either kind of journal."""
    new = not os.path.exists(path)
    # A cache of a few pages makes transactions write into the file before they commit.
    pragmas = ["cache_size = 5", "cache_spill = 1", "wal_autocheckpoint = 50"]
    database = connect(path, random.choice(["wal", "delete", "persist"]), pragmas)
    if new:
        create(database)
    state = State(database)
    started(times, state)
    while True:
        # Large transactions spend their time in the middle.
        commit(database, state, times, 200)
        time.sleep(random.choice([0, 0.005, 0.02]))


def trace(run, version):
    """The tree of a run that was saved so many times: its root lasts that many seconds."""
    return {
        "span_id": f"{run}-root-{version}",
        "name": "pipeline_run",
        "start_time": BASE,
        "end_time": BASE + version,
        "status": "completed",
        "attributes": {"version": version},
        "children": [
            {
                "span_id": f"{run}-{version}-{child}",
                "name": "step",
                "start_time": BASE,
                "end_time": BASE + 1,
                "status": "completed",
                "attributes": {"filler": "x" * random.randint(50, 2000)},
                "children": [],
            }
            for child in range(5 + version % 7)
        ],
    }


def save_trace(path, times):
    """Replaces the spans of one run after the other, with flujo's own backend where it can be imported."""
    try:
        from flujo.state.backends.sqlite import SQLiteBackend
    except Exception:
        SQLiteBackend = None
    if SQLiteBackend is None:
        print("without flujo", flush=True)
        save_trace_by_hand(path, times)
    else:
        print("with flujo", flush=True)
        import asyncio
        import logging
        from datetime import datetime
        from pathlib import Path

        logging.disable(logging.CRITICAL)

        async def save():
            backend = SQLiteBackend(Path(path))
            for run in range(TRACES):
                await backend.save_run_start(
                    {"run_id": f"run_{run}", "pipeline_name": "saved", "status": "completed", "start_time": datetime.utcfromtimestamp(BASE)}
                )
                await backend.save_trace(f"run_{run}", trace(run, 0))
            n = 0
            times.commit(0)
            print("ready", flush=True)
            while True:
                n += 1
                run = (n - 1) % TRACES
                await backend.save_trace(f"run_{run}", trace(run, (n - 1) // TRACES + 1))
                times.commit(n)
                await asyncio.sleep(random.choice([0, 0.005, 0.02, 0.05]))

        asyncio.run(save())


def save_trace_by_hand(path, times):
    database = connect(path, "wal")
    database.execute(
        "CREATE TABLE runs (run_id TEXT PRIMARY KEY, pipeline_name TEXT, pipeline_version TEXT, status TEXT, "
        "start_time TEXT, end_time TEXT, total_cost REAL, final_context_blob TEXT)"
    )
    database.execute(
        "CREATE TABLE spans (span_id TEXT PRIMARY KEY, run_id TEXT NOT NULL, parent_span_id TEXT, name TEXT NOT NULL, "
        "start_time REAL NOT NULL, end_time REAL, status TEXT DEFAULT 'running', attributes TEXT, created_at TEXT)"
    )
    database.execute("CREATE INDEX spans_run ON spans (run_id)")

    def save(run, version):
        root = trace(run, version)
        database.execute("BEGIN")
        database.execute("DELETE FROM spans WHERE run_id = ?", (f"run_{run}",))
        for span, parent in [(root, None)] + [(child, root["span_id"]) for child in root["children"]]:
            database.execute(
                "INSERT INTO spans VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)",
                (
                    span["span_id"],
                    f"run_{run}",
                    parent,
                    span["name"],
                    span["start_time"],
                    span["end_time"],
                    span["status"],
                    str(span["attributes"]).replace("'", '"'),
                ),
            )
        database.execute("COMMIT")

    for run in range(TRACES):
        database.execute("INSERT INTO runs VALUES (?, 'saved', '1', 'completed', ?, NULL, NULL, NULL)", (f"run_{run}", AT))
        save(run, 0)
    n = 0
    times.commit(0)
    print("ready", flush=True)
    while True:
        n += 1
        save((n - 1) % TRACES, (n - 1) // TRACES + 1)
        times.commit(n)
        time.sleep(random.choice([0, 0.005, 0.02, 0.05]))
        if random.random() < 0.1:
            # flujo opens a connection for every trace that it saves.
            database.close()
            database = connect(path, "wal")


def paced(path, times):
    """Twenty commits a second, as a busy pipeline writes them."""
    database = connect(path, "wal")
    create(database)
    state = State(database)
    started(times, state)
    while True:
        begun = time.time()
        commit(database, state, times)
        time.sleep(max(0, 0.05 - (time.time() - begun)))


def grow():
    """About 100 MB unless more is asked for, of which a commit writes a dozen pages or two, as a pipeline does."""
    global RUNS, SPANS, FILLER, FAILING
    RUNS, SPANS, FILLER, FAILING = 400, int(os.environ.get("FLUJO_LENS_STRESS_SPANS", 100_000)), 1500, 1


def large(path, times):
    """Hundred commits a second into a large file, with a checkpoint after every few of them."""
    grow()
    database = connect(path, "wal", ["wal_autocheckpoint = 100"])
    create(database)
    state = State(database)
    started(times, state)
    while True:
        begun = time.time()
        commit(database, state, times)
        time.sleep(max(0, 0.01 - (time.time() - begun)))


def large_reopen(path, times):
    """Every few commits into a large file the last connection closes, and its log and index go."""
    grow()
    database = connect(path, "wal")
    create(database)
    state = State(database)
    started(times, state)
    while True:
        for _ in range(random.randint(1, 10)):
            commit(database, state, times)
            time.sleep(random.choice([0.01, 0.02, 0.05]))
        database.close()
        time.sleep(random.choice([0, 0.02, 0.05]))
        database = connect(path, "wal")


def large_rollback(path, times):
    """A few commits a second into a large file without a log."""
    grow()
    database = connect(path, "delete")
    create(database)
    state = State(database)
    started(times, state)
    while True:
        begun = time.time()
        commit(database, state, times)
        time.sleep(max(0, 0.25 - (time.time() - begun)))


BEHAVIOURS = {
    "autocheckpoint": autocheckpoint,
    "checkpoints": checkpoints,
    "reopen": reopen,
    "rollback": rollback,
    "killed": killed,
    "save_trace": save_trace,
    "paced": paced,
    "large": large,
    "large_reopen": large_reopen,
    "large_rollback": large_rollback,
}

if __name__ == "__main__":
    file, times_file, behaviour = sys.argv[1:4]
    random.seed(sys.argv[4] if len(sys.argv) > 4 else None)
    BEHAVIOURS[behaviour](file, Times(times_file))
