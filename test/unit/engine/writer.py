"""Writes a database without rest, keeping the sum of all values constant in every transaction.

Usage: writer.py FILE MODE, where MODE is random, busy, delete, truncate or persist.
Prints "ready" when the first state stands, and goes on until it is ended.
"""

import random
import sqlite3
import sys
import time

ROWS = 3000


def main(path, mode):
    database = sqlite3.connect(path, isolation_level=None)
    journal = "wal" if mode in ("random", "busy") else mode
    database.execute(f"PRAGMA journal_mode = {journal}")
    database.execute("PRAGMA synchronous = off")
    database.execute("PRAGMA wal_autocheckpoint = " + ("20" if mode == "busy" else "0"))
    database.execute("BEGIN")
    database.execute("CREATE TABLE account (id INTEGER PRIMARY KEY, value INTEGER, filler TEXT)")
    database.executemany(
        "INSERT INTO account VALUES (?, 100, ?)", ((row, "x" * random.randint(50, 300)) for row in range(ROWS))
    )
    database.execute("COMMIT")
    print("ready", flush=True)
    while True:
        database.execute("BEGIN IMMEDIATE")
        for _ in range(random.randint(1, 40)):
            amount = random.randint(1, 50)
            giver, taker = random.sample(range(ROWS), 2)
            database.execute(
                "UPDATE account SET value = value - ?, filler = ? WHERE id = ?",
                (amount, "y" * random.randint(50, 300), giver),
            )
            database.execute("UPDATE account SET value = value + ? WHERE id = ?", (amount, taker))
        database.execute("ROLLBACK" if random.random() < 0.05 else "COMMIT")
        if mode == "random" and random.random() < 0.05:
            kind = random.choice(["PASSIVE", "FULL", "RESTART", "TRUNCATE"])
            database.execute(f"PRAGMA wal_checkpoint({kind})")
        if mode == "random" and random.random() < 0.01:
            # The last connection removes the log and its index.
            database.close()
            database = sqlite3.connect(path, isolation_level=None)
            database.execute("PRAGMA synchronous = off")
            database.execute("PRAGMA wal_autocheckpoint = 0")
        if mode != "busy":
            time.sleep(random.choice([0, 0, 0.002, 0.02]))


if __name__ == "__main__":
    main(*sys.argv[1:])
