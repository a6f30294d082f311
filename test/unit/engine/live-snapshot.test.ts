import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { ReadOnlyFile } from "../../../src/engine/read-only-file.ts";
import type { EngineDatabase } from "../../../src/engine/reader.ts";
import { blockFor } from "../../../src/engine/wait.ts";
import { stockDatabase } from "../support/stock-sqlite.ts";
import { LogWriter, sharedIndex } from "./log-writer.ts";
import { countNumbers, failureOf, folderState, numbersBytes, numbersDatabase, open } from "./support.ts";

const salts = [0x11111111, 0x22222222] as const;
const otherSalts = [0x11111112, 0x33333333] as const;
const journalMagic = Buffer.from("d9d505f920a163d7", "hex");

/** Long enough ago for changes to show in the time of change. */
function age(...files: string[]): void {
  const then = Date.now() / 1000 - 60;
  for (const file of files) utimesSync(file, then, then);
}

/** The bytes in write-ahead mode. */
function walMode(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes).fill(2, 18, 20);
}

/** Ten rows in the main file, twenty after one commit in the log, thirty after the next. */
async function logged(): Promise<{ file: string; log: LogWriter; next: LogWriter; first: number }> {
  const ten = walMode(await numbersBytes(10));
  const twenty = walMode(await numbersBytes(20));
  const thirty = walMode(await numbersBytes(300));
  const file = await numbersDatabase(10);
  writeFileSync(file, ten);
  const log = new LogWriter(4096, salts).commit(ten, twenty);
  const next = new LogWriter(4096, salts).commit(ten, twenty).commit(twenty, thirty);
  writeFileSync(`${file}-wal`, log.bytes());
  age(file, `${file}-wal`);
  return { file, log, next, first: log.frames };
}

/** Counts the numbers, and disturbs the files after the counting of each attempt. */
function countWhile(
  database: EngineDatabase,
  disturb: (attempt: number) => void,
): { count: unknown; attempts: number } {
  let attempts = 0;
  const { value } = database.read((reader) => {
    const count = reader.get("SELECT count(*) AS count FROM numbers")?.count;
    attempts++;
    disturb(attempts);
    return count;
  });
  return { count: value, attempts };
}

const once = (action: () => void) => (attempt: number) => {
  if (attempt === 1) action();
};

describe("a log with its shared index", () => {
  it("is read up to its last commit while a writer commits more", async () => {
    const { file, next, first } = await logged();
    writeFileSync(`${file}-shm`, sharedIndex({ salts, lastFrame: first }));
    const database = await open(file);
    const commit = once(() => {
      writeFileSync(`${file}-wal`, next.bytes());
      writeFileSync(`${file}-shm`, sharedIndex({ salts, lastFrame: next.frames }));
    });
    expect(countWhile(database, commit)).toEqual({ count: 20, attempts: 1 });
    expect(countNumbers(database)).toBe(300);
    database.close();
  });

  it("is read again when a checkpoint of later frames has begun", async () => {
    const { file, next, first } = await logged();
    writeFileSync(`${file}-shm`, sharedIndex({ salts, lastFrame: first }));
    const database = await open(file);
    const checkpoint = once(() => {
      writeFileSync(`${file}-wal`, next.bytes());
      const lastFrame = next.frames;
      writeFileSync(`${file}-shm`, sharedIndex({ salts, lastFrame, backfillAttempted: lastFrame }));
    });
    expect(countWhile(database, checkpoint)).toEqual({ count: 300, attempts: 2 });
    database.close();
  });

  it("is believed while a checkpoint copies no more than what was read", async () => {
    const { file, first } = await logged();
    writeFileSync(`${file}-shm`, sharedIndex({ salts, lastFrame: first }));
    const database = await open(file);
    const checkpoint = once(() => {
      writeFileSync(`${file}-shm`, sharedIndex({ salts, lastFrame: first, backfillAttempted: first }));
    });
    expect(countWhile(database, checkpoint)).toEqual({ count: 20, attempts: 1 });
    database.close();
  });

  it("is believed when a checkpoint lengthens the file and begins the log anew while it is opened", async () => {
    const { file, first } = await logged();
    writeFileSync(`${file}-shm`, sharedIndex({ salts, lastFrame: first }));
    const all = walMode(await numbersBytes(3000));
    expect(all.length).toBeGreaterThan(readFileSync(file).length);
    const database = await open(file);
    const stateOf = ReadOnlyFile.prototype.state;
    let checkpoints = 0;
    const looking = vi.spyOn(ReadOnlyFile.prototype, "state").mockImplementation(function (
      this: ReadOnlyFile,
    ) {
      const state = stateOf.call(this);
      if (checkpoints > 0) return state;
      checkpoints += 1;
      writeFileSync(file, all);
      writeFileSync(`${file}-shm`, sharedIndex({ salts: otherSalts, lastFrame: 0 }));
      return state;
    });
    try {
      expect(countNumbers(database)).toBe(3000);
      expect(checkpoints).toBe(1);
    } finally {
      looking.mockRestore();
      database.close();
    }
  });

  it("is read again when new salts are announced", async () => {
    const { file, first } = await logged();
    writeFileSync(`${file}-shm`, sharedIndex({ salts, lastFrame: first }));
    const database = await open(file);
    const restart = once(() =>
      writeFileSync(`${file}-shm`, sharedIndex({ salts: otherSalts, lastFrame: 0 })),
    );
    expect(countWhile(database, restart)).toEqual({ count: 10, attempts: 2 });
    database.close();
  });

  it("is read again when the log has another header", async () => {
    const { file, first } = await logged();
    writeFileSync(`${file}-shm`, sharedIndex({ salts, lastFrame: first }));
    const database = await open(file);
    const other = new LogWriter(4096, otherSalts).commit(
      walMode(await numbersBytes(10)),
      walMode(await numbersBytes(300)),
    );
    const begin = once(() => writeFileSync(`${file}-wal`, other.bytes()));
    expect(countWhile(database, begin)).toEqual({ count: 300, attempts: 2 });
    database.close();
  });

  it("is read again when the empty log got its first commit", async () => {
    const { file, next } = await logged();
    writeFileSync(`${file}-wal`, "");
    writeFileSync(`${file}-shm`, sharedIndex({ salts, lastFrame: 0 }));
    const database = await open(file);
    const commit = once(() => writeFileSync(`${file}-wal`, next.bytes()));
    expect(countWhile(database, commit)).toEqual({ count: 300, attempts: 2 });
    database.close();
  });

  it("is left aside when it was restarted: the main file has everything", async () => {
    const { file } = await logged();
    writeFileSync(`${file}-shm`, sharedIndex({ salts: otherSalts, lastFrame: 0 }));
    const database = await open(file);
    expect(countNumbers(database)).toBe(10);
    database.close();
  });

  it("is read again when log or index were replaced under the same name", async () => {
    for (const suffix of ["-wal", "-shm"]) {
      const { file, first } = await logged();
      writeFileSync(`${file}-shm`, sharedIndex({ salts, lastFrame: first }));
      const database = await open(file);
      const replace = once(() => {
        copyFileSync(file + suffix, `${file}.other`);
        renameSync(`${file}.other`, file + suffix);
      });
      expect(countWhile(database, replace)).toEqual({ count: 20, attempts: 2 });
      database.close();
    }
  });

  it("needs no usable index when nothing is written", async () => {
    const indexes = [
      Buffer.alloc(0),
      Buffer.alloc(32_768),
      sharedIndex({ salts: otherSalts, lastFrame: 3 }),
      sharedIndex({ salts, lastFrame: 900, backfillAttempted: 900 }),
      sharedIndex({ salts, lastFrame: 1 }).fill(9, 48, 60),
    ];
    for (const index of indexes) {
      const { file } = await logged();
      writeFileSync(`${file}-shm`, index);
      const before = folderState(file);
      const database = await open(file);
      expect(countNumbers(database)).toBe(20);
      database.close();
      expect(folderState(file)).toEqual(before);
    }
  });

  it("is not taken for what it was when the file was changed twice within a tick of its clock", async () => {
    const file = await numbersDatabase(1);
    const soon = Date.now() / 1000 + 60;
    const write = async (value: number) => {
      const database = await stockDatabase();
      database.run(`CREATE TABLE numbers (n); INSERT INTO numbers VALUES (${value})`);
      writeFileSync(file, walMode(database.export()));
      database.close();
      utimesSync(file, soon, soon);
    };
    writeFileSync(`${file}-wal`, "");
    writeFileSync(`${file}-shm`, sharedIndex({ salts: [0, 0], lastFrame: 0 }));
    await write(1);
    const database = await open(file);
    const value = () => database.read((reader) => reader.get("SELECT n FROM numbers")?.n).value;
    expect(value()).toBe(1);
    await write(2);
    expect(value()).toBe(2);
    database.close();
  });
});

describe("a question beside checkpoints", () => {
  const pageSize = 4096;

  /** Two tables of one row a page, in write-ahead mode; all rows hold `value`, but those of `second` hold `other`. */
  async function twoTables(value: number, other: number): Promise<Buffer> {
    const database = await stockDatabase();
    database.run(`PRAGMA page_size = ${pageSize}; CREATE TABLE first (n, text); CREATE TABLE second (n, text);
      WITH RECURSIVE counter(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < 9)
      INSERT INTO first SELECT ${value}, printf('%.3000c', 'x') FROM counter;
      INSERT INTO second SELECT ${other}, text FROM first`);
    const bytes = database.export();
    database.close();
    return walMode(bytes);
  }

  /** Opens the first of these states, with an empty log, and gives what commits and checkpoints each later one. */
  async function checkpointed(...states: Buffer[]) {
    const file = await numbersDatabase(1);
    const [start, ...later] = states;
    writeFileSync(file, start!);
    // A log that has been in use before, so that it does not end behind the new frames.
    const old = new LogWriter(pageSize, [salts[0] - 1, 5]);
    for (let frame = 0; frame < 60; frame++) old.append(1, start!.subarray(0, pageSize), 1);
    const write = (log: LogWriter, backfillAttempted: number) => {
      const bytes = log.bytes();
      writeFileSync(`${file}-wal`, Buffer.concat([bytes, old.bytes().subarray(bytes.length)]));
      writeFileSync(
        `${file}-shm`,
        sharedIndex({ salts: log.salts, lastFrame: log.frames, backfillAttempted }),
      );
    };
    const log = new LogWriter(pageSize, salts).append(
      1,
      start!.subarray(0, pageSize),
      start!.length / pageSize,
    );
    write(log, 0);
    let now = start!;
    const steps = later.map((state) => () => {
      log.commit(now, state);
      now = state;
      write(log, log.frames);
      writeFileSync(file, state);
    });
    /** The next commit after a checkpoint begins the log anew. */
    const restart = (state: Buffer) => {
      const next = new LogWriter(pageSize, otherSalts).commit(now, state);
      const bytes = next.bytes();
      writeFileSync(
        `${file}-wal`,
        Buffer.concat([bytes, readFileSync(`${file}-wal`).subarray(bytes.length)]),
      );
      writeFileSync(
        `${file}-shm`,
        sharedIndex({ salts: otherSalts, lastFrame: next.frames, backfillAttempted: next.frames }),
      );
      writeFileSync(file, state);
    };
    return { file, steps, restart };
  }

  const sum = (table: string) => `SELECT sum(n) AS sum FROM ${table}`;

  /** Reads one table, disturbs the files, and reads the other table: the sums of both, and how often it was tried. */
  async function bothSums(file: string, disturb: () => void) {
    const database = await open(file);
    let attempts = 0;
    const { value } = database.read((reader) => {
      attempts += 1;
      const first = reader.get(sum("first"))?.sum;
      // After a while, reading on begins with a look at the writers.
      blockFor(20);
      reader.get("SELECT n FROM second LIMIT 1");
      if (attempts === 1) disturb();
      return [first, reader.get(sum("second"))?.sum];
    });
    database.close();
    return { sums: value, attempts };
  }

  it("is answered at once when what it had read already was written over", async () => {
    const { file, steps } = await checkpointed(await twoTables(1, 1), await twoTables(2, 1));
    expect(await bothSums(file, steps[0]!)).toEqual({ sums: [9, 9], attempts: 1 });
  });

  it("is asked again when what it had still to read was written over", async () => {
    const { file, steps } = await checkpointed(await twoTables(1, 1), await twoTables(1, 2));
    expect(await bothSums(file, steps[0]!)).toEqual({ sums: [9, 18], attempts: 2 });
  });

  it("is asked again when what it had still to read came with a log that began anew", async () => {
    const { file, steps, restart } = await checkpointed(await twoTables(1, 1), await twoTables(2, 1));
    const state = await twoTables(2, 3);
    const disturb = () => {
      steps[0]!();
      restart(state);
    };
    expect(await bothSums(file, disturb)).toEqual({ sums: [18, 27], attempts: 2 });
  });

  it("is asked again when the first commit of a log is announced while it is answered", async () => {
    const [before, after] = await Promise.all([twoTables(1, 1), twoTables(2, 2)]);
    const file = await numbersDatabase(1);
    writeFileSync(file, before);
    const log = new LogWriter(pageSize, salts).commit(before, after);
    writeFileSync(`${file}-wal`, log.bytes());
    writeFileSync(`${file}-shm`, sharedIndex({ salts: [0, 0], lastFrame: 0 }));
    const announce = () => writeFileSync(`${file}-shm`, sharedIndex({ salts, lastFrame: log.frames }));
    expect(await bothSums(file, announce)).toEqual({ sums: [18, 18], attempts: 2 });
  });

  it("is answered from the pages that were copied when the writer goes on after that", async () => {
    const states = await Promise.all([1, 2, 3, 4, 5, 6].map((value) => twoTables(value, value)));
    const { file, steps } = await checkpointed(...states);
    const database = await open(file);
    let attempts = 0;
    const { value } = database.read((reader) => {
      attempts += 1;
      const first = reader.get(sum("first"))?.sum;
      // At every attempt, between the two halves of the answer.
      steps.shift()?.();
      return [first, reader.get(sum("second"))?.sum];
    });
    database.close();
    expect(value[1]).toBe(value[0]);
    expect(attempts).toBeLessThanOrEqual(4);
    expect(steps.length).toBeGreaterThan(0);
  });
});

describe("a log without shared index", () => {
  it("is read once more for every change of log, main file or neighbours", async () => {
    const changes: [string, (file: string, next: LogWriter) => void, number][] = [
      ["a commit", (file, next) => writeFileSync(`${file}-wal`, next.bytes()), 300],
      ["a frame without commit", (file) => appendFileSync(`${file}-wal`, Buffer.alloc(100)), 20],
      ["a touched main file", (file) => utimesSync(file, 1, 1), 20],
      ["a touched log", (file) => utimesSync(`${file}-wal`, 1, 1), 20],
      ["an index", (file) => writeFileSync(`${file}-shm`, ""), 20],
      ["no log", (file) => rmSync(`${file}-wal`), 10],
      ["an emptied log", (file) => writeFileSync(`${file}-wal`, ""), 10],
    ];
    for (const [what, change, count] of changes) {
      const { file, next } = await logged();
      const database = await open(file);
      const result = countWhile(
        database,
        once(() => change(file, next)),
      );
      expect([what, result]).toEqual([what, { count, attempts: 2 }]);
      database.close();
    }
  });

  it("is read although it was written just now, or by a clock that is ahead", async () => {
    for (const seconds of [0, 3600]) {
      const { file } = await logged();
      const time = Date.now() / 1000 + seconds;
      utimesSync(file, time, time);
      utimesSync(`${file}-wal`, time, time);
      const database = await open(file);
      expect(countNumbers(database)).toBe(20);
      database.close();
    }
  });

  it("is read again when the clock passed the time of its last change: a change would not show", async () => {
    const { file } = await logged();
    const database = await open(file);
    const changed = Date.now() + 3_600_000;
    utimesSync(file, changed / 1000, changed / 1000);
    const clock = vi.spyOn(Date, "now").mockReturnValue(changed - 1000);
    try {
      const pass = once(() => clock.mockReturnValue(changed + 1000));
      expect(countWhile(database, pass)).toEqual({ count: 20, attempts: 2 });
    } finally {
      clock.mockRestore();
    }
    database.close();
  });

  it("is answered from a copy when it rests long enough for that only", async () => {
    const { file } = await logged();
    const database = await open(file);
    const { count, attempts } = countWhile(database, (attempt) => utimesSync(file, attempt, attempt));
    expect(count).toBe(20);
    expect(attempts).toBeGreaterThan(1);
    database.close();
  });
});

describe("a database with a rollback journal", () => {
  it("shows what was committed while a transaction in its journal goes on", async () => {
    const file = await numbersDatabase(10);
    const database = await open(file, { patience: 200 });
    const header = Buffer.concat([journalMagic, Buffer.alloc(504)]);
    writeFileSync(`${file}-journal`, header);
    const before = folderState(file);
    expect(countNumbers(database)).toBe(10);
    expect(folderState(file)).toEqual(before);
    const disturbed = countWhile(database, (attempt) => {
      if (attempt <= 2) appendFileSync(`${file}-journal`, Buffer.alloc(4096));
    });
    expect([disturbed.count, disturbed.attempts > 1]).toEqual([10, true]);
    rmSync(`${file}-journal`);
    expect(countNumbers(database)).toBe(10);
    database.close();
  });

  it("is read beside a journal that rests, empty or with its header cleared", async () => {
    for (const rest of [Buffer.alloc(0), Buffer.alloc(512), Buffer.from("short")]) {
      const file = await numbersDatabase(10);
      writeFileSync(`${file}-journal`, rest);
      const database = await open(file);
      expect(countNumbers(database)).toBe(10);
      database.close();
    }
  });

  it("is read again when a transaction began or ended meanwhile", async () => {
    const thirty = await numbersBytes(30);
    const changes: [string, (file: string) => void, number][] = [
      ["a commit", (file) => writeFileSync(file, thirty), 30],
      ["a touched file", (file) => utimesSync(file, 1, 1), 10],
      ["a log", (file) => writeFileSync(`${file}-wal`, ""), 10],
    ];
    for (const [what, change, count] of changes) {
      const file = await numbersDatabase(10);
      const database = await open(file);
      const result = countWhile(
        database,
        once(() => change(file)),
      );
      expect([what, result]).toEqual([what, { count, attempts: 2 }]);
      database.close();
    }
  });

  it("is read again when it was begun in the middle of a transaction, although that has ended since", async () => {
    const file = await numbersDatabase(10);
    const database = await open(file);
    writeFileSync(`${file}-journal`, journalMagic);
    const end = once(() => rmSync(`${file}-journal`));
    expect(countWhile(database, end)).toEqual({ count: 10, attempts: 2 });
    database.close();
  });

  it("is read again when the journal appeared while it was read", async () => {
    const file = await numbersDatabase(10);
    const database = await open(file);
    const disturbed = countWhile(database, (attempt) => {
      if (attempt === 1) writeFileSync(`${file}-journal`, journalMagic);
      else if (existsSync(`${file}-journal`)) rmSync(`${file}-journal`);
    });
    expect(disturbed.count).toBe(10);
    expect(disturbed.attempts).toBeGreaterThan(1);
    database.close();
  });
});

describe("whatever a read throws", () => {
  it("is discarded when the database moved, and reported when it did not", async () => {
    const file = await numbersDatabase(10);
    const database = await open(file);
    let attempts = 0;
    const { value } = database.read((reader) => {
      attempts++;
      if (attempts === 1) {
        utimesSync(file, 1, 1);
        throw new Error("found half a row");
      }
      return reader.get("SELECT count(*) AS count FROM numbers")?.count;
    });
    expect([value, attempts]).toEqual([10, 2]);

    attempts = 0;
    const failure = await failureOf(() =>
      database.read(() => {
        attempts++;
        throw new Error("found half a row");
      }),
    );
    expect([failure.kind, attempts]).toEqual(["internal", 1]);
    expect(failure.message).toContain("found half a row");
    database.close();
  });

  it("is a damaged page only if the page is still damaged at the second look", async () => {
    const bytes = await numbersBytes(400);
    const file = await numbersDatabase(400);
    const database = await open(file);
    writeFileSync(file, Buffer.from(bytes).fill(0, 4096));
    let attempts = 0;
    const { value } = database.read((reader) => {
      attempts++;
      try {
        return reader.get("SELECT sum(n) AS sum FROM numbers")?.sum;
      } finally {
        if (attempts === 1) writeFileSync(file, bytes);
      }
    });
    expect([value, attempts]).toEqual([(400 * 401) / 2, 2]);
    database.close();
  });

  it("leaves no tables behind that were read in the middle of a change", async () => {
    // So many tables that their descriptions lie outside the first page.
    const tables = Array.from({ length: 60 }, (_, index) => `CREATE TABLE t${index} (n)`).join(";");
    const right = Buffer.from(await numbersBytes(400, 1024, tables));
    const description = Buffer.from("tablenumbersnumbers");
    const wrong = Buffer.from(right);
    wrong[wrong.indexOf(description) + description.length]! -= 1;
    expect(right.indexOf(description)).toBeGreaterThan(1024);

    const file = await numbersDatabase(10);
    const database = await open(file);
    expect(countNumbers(database)).toBe(10);
    writeFileSync(file, wrong);
    const seen: unknown[] = [];
    database.read((reader) => {
      seen.push(reader.get("SELECT count(*) AS count FROM numbers")?.count);
      writeFileSync(file, right);
      utimesSync(file, 1, 1);
    });
    expect(seen).toEqual([0, 400]);
    database.close();
  });

  it("is found even when the work itself goes on after it", async () => {
    const bytes = Buffer.from(readFileSync(await numbersDatabase(400)));
    const file = await numbersDatabase(400);
    const database = await open(file);
    writeFileSync(file, bytes.fill(0, 4 * 4096, 5 * 4096));
    const failure = await failureOf(() =>
      database.read((reader) => {
        try {
          return reader.all("SELECT * FROM numbers");
        } catch {
          return "nothing to see";
        }
      }),
    );
    expect(failure.kind).toBe("corrupt");
    database.close();
  });

  it("is cancelled without proof, and the next question is answered", async () => {
    const file = await numbersDatabase(5000);
    let asked = 0;
    let limit = Number.POSITIVE_INFINITY;
    const database = await open(file, { cancelled: () => ++asked > limit });
    asked = 0;
    limit = 20;
    const failure = await failureOf(() => countWhile(database, () => utimesSync(file, 1, 1)));
    expect(failure.kind).toBe("cancelled");
    limit = Number.POSITIVE_INFINITY;
    expect(countNumbers(database)).toBe(5000);
    database.close();
  });
});
