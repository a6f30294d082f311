"""Makes a database whose newest rows are only in its write-ahead log, by random statements.

Usage: make_log.py FOLDER SEED PAGE_SIZE. Leaves seen.db, seen.db-wal and seen.db-shm as they are while it is open,
copied to copy.db and copy.db-wal too, and prints its rows as JSON.
"""

import json
import os
import random
import shutil
import sqlite3
import sys


def main(folder, seed, page_size):
    chance = random.Random(int(seed))
    path = os.path.join(folder, "seen.db")
    database = sqlite3.connect(path, isolation_level=None)
    database.execute(f"PRAGMA page_size = {page_size}")
    database.execute("PRAGMA journal_mode = wal")
    database.execute("PRAGMA wal_autocheckpoint = 0")
    database.execute("PRAGMA cache_size = 10")
    database.execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, text TEXT)")
    database.execute("CREATE INDEX entry_text ON entry (text)")
    for _ in range(chance.randint(3, 20)):
        database.execute("BEGIN")
        for _ in range(chance.randint(1, 60)):
            row = chance.randint(1, 200)
            if chance.random() < 0.3:
                database.execute("DELETE FROM entry WHERE id = ?", (row,))
            else:
                text = "".join(chance.choices("abcdef ", k=chance.choice([3, 50, 700, 9000])))
                database.execute("INSERT OR REPLACE INTO entry VALUES (?, ?)", (row, text))
        database.execute("COMMIT" if chance.random() < 0.8 else "ROLLBACK")
        if chance.random() < 0.15:
            kind = chance.choice(["PASSIVE", "FULL", "RESTART", "TRUNCATE"])
            database.execute(f"PRAGMA wal_checkpoint({kind})")
        if chance.random() < 0.05:
            database.execute("VACUUM")
    rows = database.execute("SELECT id, text FROM entry ORDER BY id").fetchall()
    for suffix in ("", "-wal"):
        shutil.copyfile(path + suffix, os.path.join(folder, "copy.db" + suffix))
    print(json.dumps(rows), flush=True)
    # Ending without closing leaves the log.
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
