"""Leaves databases in the middle of transactions, as killed writers do.

Usage: make_hot_journal.py FOLDER SEED PAGE_SIZE SYNCHRONOUS. Leaves killed.db with its journal, and prints the rows that
stood before the transaction as JSON.
"""

import json
import os
import random
import sqlite3
import sys


def main(folder, seed, page_size, synchronous):
    random.seed(int(seed))
    path = os.path.join(folder, "killed.db")
    database = sqlite3.connect(path, isolation_level=None)
    database.execute(f"PRAGMA page_size = {page_size}")
    database.execute(f"PRAGMA auto_vacuum = {random.choice(['none', 'full'])}")
    database.execute(f"PRAGMA journal_mode = {random.choice(['delete', 'truncate', 'persist'])}")
    database.execute(f"PRAGMA synchronous = {synchronous}")
    database.execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, text TEXT)")
    database.execute("CREATE INDEX entry_text ON entry (text)")
    database.execute("BEGIN")
    for row in range(300):
        database.execute("INSERT INTO entry VALUES (?, ?)", (row, "a" * random.randint(1, 2000)))
    database.execute("COMMIT")
    # A committed transaction before, so that a kept journal holds old records too.
    database.execute("UPDATE entry SET text = text || 'b' WHERE id % 3 = 0")
    rows = database.execute("SELECT id, text FROM entry ORDER BY id").fetchall()
    # A cache of a few pages writes into the file before the transaction ends.
    database.execute("PRAGMA cache_size = 3")
    database.execute("BEGIN")
    for _ in range(200):
        row = random.randrange(300)
        kind = random.random()
        if kind < 0.5:
            database.execute("UPDATE entry SET text = ? WHERE id = ?", ("c" * random.randint(1, 3000), row))
        elif kind < 0.8:
            database.execute("DELETE FROM entry WHERE id = ?", (row,))
        else:
            database.execute("INSERT INTO entry VALUES (NULL, ?)", ("d" * random.randint(1, 3000),))
    print(json.dumps(rows), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
