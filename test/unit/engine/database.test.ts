import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { LazyFile } from "../../../src/engine/lazy-file.ts";
import { type FixtureName, fixture, fixtureCopy, fixtureCounts, freshFolder } from "../support/fixtures.ts";
import { rowsOf, stockDatabase } from "../support/stock-sqlite.ts";
import { sharedIndex } from "./log-writer.ts";
import { countNumbers, failureOf, folderState, numbersBytes, numbersDatabase, open } from "./support.ts";

const withSpans: readonly FixtureName[] = ["v0.4.32", "v0.6.11", "live"];

describe("opening a real database", () => {
  it.each(withSpans)("finds all runs and spans of %s and leaves its folder as it was", async (name) => {
    const file = fixtureCopy(name);
    const before = folderState(file);
    const database = await open(file);
    const { value } = database.read((reader) => ({
      runs: reader.get("SELECT count(*) AS count FROM runs")?.count,
      spans: reader.get("SELECT count(*) AS count FROM spans")?.count,
    }));
    expect(value).toEqual({ runs: fixtureCounts[name].runs, spans: fixtureCounts[name].spans });
    expect(database.file.access).toBe("lazy");
    expect(database.file.journalMode).toBe("wal");
    database.close();
    expect(folderState(file)).toEqual(before);
  });

  it("reads rows that are only in the log when the shared index lies beside it", async () => {
    const file = fixtureCopy("live");
    const log = readFileSync(`${file}-wal`);
    const salts = [log.readUInt32BE(16), log.readUInt32BE(20)] as const;
    const lastFrame = (log.length - 32) / (24 + 4096);
    writeFileSync(`${file}-shm`, sharedIndex({ salts, lastFrame }));
    const before = folderState(file);
    const database = await open(file);
    expect(database.read((reader) => reader.get("SELECT count(*) AS count FROM runs")?.count).value).toBe(12);
    expect(database.file.walSize).toBe(log.length);
    database.close();
    expect(folderState(file)).toEqual(before);
  });

  it.each(["v1.0", "v0.4.32", "v0.6.11"] as const)(
    "reads every table of %s as stock SQLite does",
    async (name) => {
      const stock = await stockDatabase(fixture(name));
      const database = await open(fixture(name));
      const tables = rowsOf(stock, "SELECT name FROM sqlite_schema WHERE type = 'table'").map(
        (row) => row.name,
      );
      expect(tables.length).toBeGreaterThan(3);
      for (const table of tables) {
        const sql = `SELECT * FROM "${table}"`;
        expect(database.read((reader) => reader.all(sql)).value).toEqual(rowsOf(stock, sql));
      }
      stock.close();
      database.close();
    },
  );

  it.each([512, 1024, 2048, 8192, 16_384, 32_768, 65_536])("reads pages of %i bytes", async (pageSize) => {
    const file = await numbersDatabase(2000, pageSize);
    expect(readFileSync(file).readUInt16BE(16) % 65_535).toBe(pageSize === 65_536 ? 1 : pageSize);
    const database = await open(file);
    expect(countNumbers(database)).toBe(2000);
    database.close();
  });

  it("follows a link to the file, and finds the log beside the file", async () => {
    const link = path.join(freshFolder(), "link.db");
    symlinkSync(fixture("live"), link);
    const database = await open(link);
    expect(database.read((reader) => reader.get("SELECT count(*) AS count FROM runs")?.count).value).toBe(12);
    database.close();
  });

  it.skipIf(process.platform === "win32")("reads pages that lie beyond 4 GB", async () => {
    const pageSize = 4096;
    const far = 1_300_000;
    // The table's only page is moved behind a hole.
    const bytes = Buffer.from(await numbersBytes(20));
    const table = bytes.subarray(pageSize, 2 * pageSize);
    const stock = await stockDatabase();
    stock.run("PRAGMA writable_schema = on; CREATE TABLE numbers (n INTEGER PRIMARY KEY, text TEXT)");
    stock.run(`UPDATE sqlite_schema SET rootpage = ${far}`);
    const file = path.join(freshFolder(), "far.db");
    const first = Buffer.from(stock.export()).subarray(0, pageSize);
    first.writeUInt32BE(far, 28);
    writeFileSync(file, first);
    truncateSync(file, (far - 1) * pageSize);
    appendFileSync(file, table);
    const database = await open(file);
    expect(database.file.size).toBe(far * pageSize);
    expect(
      database.read((reader) => reader.get("SELECT count(*) AS c, max(n) AS m FROM numbers")).value,
    ).toEqual({
      c: 20,
      m: 20,
    });
    database.close();
  });
});

describe("without a lazy file", () => {
  const broken = {
    "that gives wrong bytes": (...[source, size]: ConstructorParameters<typeof LazyFile>) =>
      new LazyFile({ read: (target, position) => source.read(target.fill(0), position + 1) }, size),
    "that sql.js does not take": () => {
      throw new Error("no such thing");
    },
    "that hides failed reads": (...[source, size]: ConstructorParameters<typeof LazyFile>) =>
      Object.assign(new LazyFile(source, size), { takeFailure: () => undefined }),
  };

  it.each(Object.entries(broken))(
    "falls back from one %s to a copy with the log applied",
    async (_what, make) => {
      const file = fixtureCopy("live");
      const before = folderState(file);
      const copy = await open(file, { makeLazyFile: make });
      const lazy = await open(file);
      expect(copy.file.access).toBe("copy");
      const sql = "SELECT * FROM spans ORDER BY rowid";
      expect(copy.read((reader) => reader.all(sql)).value).toEqual(
        lazy.read((reader) => reader.all(sql)).value,
      );
      copy.close();
      lazy.close();
      expect(folderState(file)).toEqual(before);
    },
  );

  it("takes a new copy, with everything that was set up, when the file has changed", async () => {
    const file = await numbersDatabase(50);
    const database = await open(file, { makeLazyFile: broken["that sql.js does not take"] });
    database.define("twice", (value) => Number(value) * 2);
    database.setUp("CREATE TEMP VIEW doubled AS SELECT twice(n) AS n FROM numbers");
    const largest = () => database.read((reader) => reader.get("SELECT max(n) AS n FROM doubled")?.n).value;
    expect(largest()).toBe(100);
    const { generation } = database;
    expect(largest()).toBe(100);
    expect(database.generation).toBe(generation);
    writeFileSync(file, await numbersBytes(70));
    expect(largest()).toBe(140);
    expect(database.generation).toBeGreaterThan(generation);
    database.close();
  });
});

describe("a file that cannot be read", () => {
  it("says what is wrong with it", async () => {
    const folder = freshFolder();
    const at = (name: string, content: string | Uint8Array) => {
      writeFileSync(path.join(folder, name), content);
      return path.join(folder, name);
    };
    mkdirSync(path.join(folder, "folder.db"));
    const bytes = await numbersBytes(100);
    const cases: [string, string, RegExp][] = [
      [path.join(folder, "missing.db"), "not_found", /no file at/],
      [path.join(folder, "text.db", "below.db"), "not_found", /no file at/],
      [path.join(folder, "folder.db"), "unreadable", /is a folder/],
      [at("empty.db", ""), "not_a_database", /empty/],
      [at("text.db", "hello ".repeat(1000)), "not_a_database", /not a SQLite database/],
      [at("short.db", "SQLite format 3\0"), "not_a_database", /not a SQLite database/],
      [at("size.db", Buffer.from(bytes).fill(7, 16, 18)), "not_a_database", /not a SQLite database/],
      [at("cut.db", bytes.subarray(0, 8192)), "corrupt", /should have \d+ bytes and has 8192/],
      [at("half.db", bytes.subarray(0, 5000)), "corrupt", /damaged/],
    ];
    for (const [file, kind, message] of cases) {
      const failure = await failureOf(() => open(file));
      expect([failure.kind, failure.message]).toEqual([kind, expect.stringMatching(message)]);
      expect(failure.message).toContain(file);
    }
  });

  it.skipIf(process.platform !== "linux")("does not wait for a device or a pipe", async () => {
    expect((await failureOf(() => open("/dev/null"))).kind).toBe("unreadable");
  });

  it("answers corrupt or completely when a page is zeros, never in part", async () => {
    const file = fixtureCopy("v0.4.32");
    const bytes = readFileSync(file);
    const ask = async () => {
      const database = await open(file);
      try {
        return database.read((reader) => reader.all("SELECT * FROM spans ORDER BY rowid")).value;
      } finally {
        database.close();
      }
    };
    const whole = await ask();
    const verdicts = new Set<string>();
    for (let page = 2; page <= bytes.length / 4096; page += 5) {
      writeFileSync(file, Buffer.from(bytes).fill(0, (page - 1) * 4096, page * 4096));
      try {
        expect(await ask()).toEqual(whole);
        verdicts.add("complete");
      } catch (thrown) {
        expect(thrown).toMatchObject({ name: "TraceError", kind: "corrupt" });
        verdicts.add("corrupt");
      }
    }
    expect([...verdicts].sort()).toEqual(["complete", "corrupt"]);
  });

  it("answers corrupt when the end of a long text was overwritten with zeros", async () => {
    const stock = await stockDatabase();
    stock.run("CREATE TABLE texts (text TEXT)");
    stock.run("INSERT INTO texts VALUES (?)", ["long ".repeat(4000)]);
    const bytes = Buffer.from(stock.export());
    const file = path.join(freshFolder(), "text.db");
    const pages = bytes.length / 4096;
    expect(pages).toBeGreaterThan(5);
    for (let page = 3; page <= pages; page++) {
      writeFileSync(file, Buffer.from(bytes).fill(0, (page - 1) * 4096, page * 4096));
      const database = await open(file);
      const failure = await failureOf(() => database.read((reader) => reader.all("SELECT text FROM texts")));
      expect([page, failure.kind]).toEqual([page, "corrupt"]);
      database.close();
    }
  });

  it("answers corrupt for a damaged tree, and other questions still work", async () => {
    const file = fixtureCopy("v0.4.32");
    const stock = await stockDatabase(file);
    const [root] = rowsOf(stock, "SELECT rootpage FROM sqlite_schema WHERE name = 'spans'");
    const bytes = readFileSync(file);
    bytes.fill(0xff, (Number(root!.rootpage) - 1) * 4096, Number(root!.rootpage) * 4096);
    writeFileSync(file, bytes);
    const database = await open(file);
    const failure = await failureOf(() => database.read((reader) => reader.all("SELECT * FROM spans")));
    expect(failure.kind).toBe("corrupt");
    expect(database.read((reader) => reader.get("SELECT count(*) AS count FROM runs")?.count).value).toBe(
      300,
    );
    database.close();
  });

  it("says not_found when the file goes away, and reads the next one under its name", async () => {
    const file = await numbersDatabase(10);
    const database = await open(file);
    expect(countNumbers(database)).toBe(10);
    rmSync(file);
    expect((await failureOf(() => countNumbers(database))).kind).toBe("not_found");
    writeFileSync(file, await numbersBytes(20));
    expect(countNumbers(database)).toBe(20);
    database.close();
  });
});

describe("asking", () => {
  it("binds parameters by position and by name, whatever text they hold", async () => {
    const database = await open(await numbersDatabase(5));
    const hostile = "x'); DROP TABLE numbers; --\0\u202e</script>";
    const { value } = database.read((reader) => ({
      byPosition: reader.all("SELECT n FROM numbers WHERE n > ? AND n < ?", [1, 4]),
      byName: reader.get("SELECT :text AS text", { ":text": hostile }),
      blob: reader.get("SELECT ? AS blob, ? AS none", [Uint8Array.of(0, 255), null]),
      large: reader.get("SELECT ? AS large", [2 ** 52 + 1]),
    }));
    expect(value).toEqual({
      byPosition: [{ n: 2 }, { n: 3 }],
      byName: { text: hostile },
      blob: { blob: Uint8Array.of(0, 255), none: null },
      large: { large: 2 ** 52 + 1 },
    });
    expect(countNumbers(database)).toBe(5);
    database.close();
  });

  it("forgets the parameters of the question before", async () => {
    const database = await open(await numbersDatabase(1));
    const sql = "SELECT ? AS value";
    expect(database.read((reader) => [reader.get(sql, ["a"]), reader.get(sql)]).value).toEqual([
      { value: "a" },
      { value: null },
    ]);
    database.close();
  });

  it("refuses more rows than the limit rather than cutting them", async () => {
    const database = await open(await numbersDatabase(11));
    const ask = (limit: number) => database.read((reader) => reader.all("SELECT n FROM numbers", [], limit));
    expect(ask(11).value).toHaveLength(11);
    expect((await failureOf(() => ask(10))).kind).toBe("too_many_rows");
    database.close();
  });

  it("streams rows until told to stop, also through the same question inside itself", async () => {
    const database = await open(await numbersDatabase(10));
    const sql = "SELECT n FROM numbers ORDER BY n";
    const seen: string[] = [];
    database.read((reader) =>
      reader.each(sql, [], ([outer]) => {
        reader.each(sql, [], ([inner]) => {
          seen.push(`${outer}.${inner}`);
          return inner !== 2;
        });
        return outer !== 2;
      }),
    );
    expect(seen).toEqual(["1.1", "1.2", "2.1", "2.2"]);
    database.close();
  });

  it("calls functions with any number of arguments, and passes on what they throw", async () => {
    const database = await open(await numbersDatabase(3));
    database.define("joined", (...parts) => parts.join("+"));
    database.define("twice", (value) => Number(value) * 2);
    database.define("refuse", (value) => {
      throw new RangeError(`not ${value}`);
    });
    expect(database.read((reader) => reader.get("SELECT joined(1, 'b') AS j, twice(4) AS t")).value).toEqual({
      j: "1+b",
      t: 8,
    });
    const failure = await failureOf(() => database.read((reader) => reader.get("SELECT refuse(7)")));
    expect(failure).toMatchObject({ kind: "internal", cause: expect.any(RangeError) });
    expect(countNumbers(database)).toBe(3);
    database.close();
  });

  it("refuses to change the file, and goes on reading", async () => {
    const file = await numbersDatabase(3);
    const before = folderState(file);
    const database = await open(file);
    for (const sql of ["DELETE FROM numbers", "CREATE TABLE more (n)", "VACUUM", "DROP TABLE numbers"]) {
      const failure = await failureOf(() => database.read((reader) => reader.all(sql)));
      expect([sql, failure.kind]).toEqual([sql, "internal"]);
      expect(countNumbers(database)).toBe(3);
    }
    database.close();
    expect(folderState(file)).toEqual(before);
  });

  it("makes nothing of a set-up that fails", async () => {
    const database = await open(await numbersDatabase(3));
    await failureOf(() => database.setUp("CREATE TEMP VIEW first AS SELECT 1 AS one; CREATE NONSENSE"));
    await failureOf(() => database.read((reader) => reader.all("SELECT * FROM first")));
    database.setUp("CREATE TEMP VIEW first AS SELECT 2 AS two");
    expect(database.read((reader) => reader.all("SELECT * FROM first")).value).toEqual([{ two: 2 }]);
    database.close();
  });

  it("keeps what was set up when another file takes the place of this one", async () => {
    const file = await numbersDatabase(10);
    const database = await open(file);
    database.define("twice", (value) => Number(value) * 2);
    database.setUp("CREATE TEMP VIEW doubled AS SELECT twice(n) AS n FROM numbers");
    const largest = () => database.read((reader) => reader.get("SELECT max(n) AS n FROM doubled")?.n).value;
    expect(largest()).toBe(20);
    writeFileSync(`${file}.new`, await numbersBytes(30));
    renameSync(`${file}.new`, file);
    expect(largest()).toBe(60);
    database.close();
  });

  it("reads the schema again when another database is copied over this one", async () => {
    const file = await numbersDatabase(10);
    const database = await open(file);
    const sql = "SELECT * FROM numbers ORDER BY n LIMIT 1";
    expect(database.read((reader) => reader.get(sql)).value).toMatchObject({ n: 1 });
    // The same number of changes and the same table, but on other pages.
    const other = path.join(freshFolder(), "other.db");
    writeFileSync(other, await numbersBytes(40, 4096, "CREATE TABLE first (a, b, c)"));
    copyFileSync(other, file);
    expect(readFileSync(file).readUInt32BE(40)).toBe(Buffer.from(await numbersBytes(10)).readUInt32BE(40));
    expect(database.read((reader) => reader.get(sql)).value).toMatchObject({ n: 1 });
    expect(countNumbers(database)).toBe(40);
    expect(database.read((reader) => reader.get("SELECT count(*) AS c FROM first")?.c).value).toBe(0);
    database.close();
  });

  it("counts a generation for every change that it sees, and none without", async () => {
    const file = await numbersDatabase(10);
    const database = await open(file);
    const { generation } = database;
    countNumbers(database);
    countNumbers(database);
    expect(database.generation).toBe(generation);
    writeFileSync(file, await numbersBytes(11));
    expect(countNumbers(database)).toBe(11);
    expect(database.generation).toBe(generation + 1);
    database.close();
  });

  it("refuses to be asked after it was closed, and inside a question", async () => {
    const database = await open(await numbersDatabase(1));
    const nested = await failureOf(() => database.read(() => countNumbers(database)));
    expect(nested.kind).toBe("internal");
    database.close();
    expect((await failureOf(() => countNumbers(database))).kind).toBe("closed");
  });
});
