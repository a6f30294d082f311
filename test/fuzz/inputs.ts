import { LogWriter } from "../unit/engine/log-writer.ts";
import { fixtureCopy } from "../unit/support/fixtures.ts";
import { stockDatabase } from "../unit/support/stock-sqlite.ts";
import { hostileSchemas } from "./hostile-schemas.ts";
import type { Random } from "./random.ts";

/** The files of one database. */
export interface Input {
  /** How it came about, for a person who looks for the cause of a failure. */
  what: string;
  main: Buffer;
  log?: Buffer;
  journal?: Buffer;
}

/** Whole databases of every layout, small enough to be read thousands of times a minute. */
export async function seeds(): Promise<Input[]> {
  const whole: Input[] = [];
  for (const [name, pageSize] of [
    ["v1.0", 4096],
    ["v0.4.32", 1024],
    ["v0.6.11", 512],
    ["v0.6.11", 4096],
  ] as const) {
    const file = await stockDatabase(fixtureCopy(name));
    for (const table of ["spans", "steps", "traces", "runs"]) {
      try {
        file.run(
          `DELETE FROM ${table} WHERE run_id NOT IN (SELECT run_id FROM runs ORDER BY run_id LIMIT 6)`,
        );
      } catch {
        // Not in this layout.
      }
    }
    file.run(`PRAGMA journal_mode = delete; PRAGMA page_size = ${pageSize}; VACUUM`);
    const before = Buffer.from(file.export());
    file.run("UPDATE runs SET status = 'failed'");
    const after = Buffer.from(file.export());
    file.close();
    whole.push({ what: `${name} in pages of ${pageSize}`, main: after });
    whole.push({
      what: `${name} with a log in pages of ${pageSize}`,
      main: Buffer.from(before).fill(2, 18, 20),
      log: new LogWriter(pageSize).commit(before, Buffer.from(after).fill(2, 18, 20)).bytes(),
    });
    whole.push({
      what: `${name} with a hot journal in pages of ${pageSize}`,
      main: after,
      journal: hotJournal(before, after, pageSize),
    });
  }
  for (const [what, sql] of hostileSchemas) {
    const file = await stockDatabase();
    file.run(sql);
    whole.push({ what, main: Buffer.from(file.export()) });
    file.close();
  }
  return whole;
}

/** The journal of a writer that was killed between `before` and `after`. */
function hotJournal(before: Buffer, after: Buffer, pageSize: number): Buffer {
  const header = Buffer.alloc(512);
  header.write("d9d505f920a163d7", "hex");
  header.writeUInt32BE(0xffffffff, 8);
  header.writeUInt32BE(99, 12);
  header.writeUInt32BE(before.length / pageSize, 16);
  header.writeUInt32BE(512, 20);
  header.writeUInt32BE(pageSize, 24);
  const records: Buffer[] = [];
  for (let page = 0; page < before.length / pageSize; page++) {
    const bytes = before.subarray(page * pageSize, (page + 1) * pageSize);
    if (bytes.equals(after.subarray(page * pageSize, (page + 1) * pageSize))) continue;
    let sum = 99;
    for (let at = pageSize - 200; at > 0; at -= 200) sum = (sum + bytes[at]!) >>> 0;
    const record = Buffer.alloc(pageSize + 8);
    record.writeUInt32BE(page + 1);
    bytes.copy(record, 4);
    record.writeUInt32BE(sum, pageSize + 4);
    records.push(record);
  }
  return Buffer.concat([header, ...records]);
}

/** One of the whole databases, damaged in one to four ways. */
export function damaged(random: Random, whole: readonly Input[]): Input {
  const seed = random.pick(whole);
  const input: Input = {
    what: seed.what,
    main: Buffer.from(seed.main),
    log: seed.log && Buffer.from(seed.log),
    journal: seed.journal && Buffer.from(seed.journal),
  };
  for (let count = 1 + random.below(4); count > 0; count--) damage(random, input);
  return input;
}

type Damage = (random: Random, bytes: Buffer, pageSize: number) => Buffer;

const damages: Readonly<Record<string, Damage>> = {
  "flipped bits": (random, bytes) => {
    for (let count = 1 + random.below(20); count > 0 && bytes.length > 0; count--)
      bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
    return bytes;
  },
  "a cut end": (random, bytes) => bytes.subarray(0, random.below(bytes.length + 1)),
  "a longer end": (random, bytes) =>
    Buffer.concat([bytes, Buffer.alloc(random.below(10_000), random.below(256))]),
  "swapped pages": (random, bytes, pageSize) => {
    const [a, b] = [pageAt(random, bytes, pageSize), pageAt(random, bytes, pageSize)];
    const kept = Buffer.from(a);
    b.copy(a);
    kept.copy(b);
    return bytes;
  },
  "a page of something else": (random, bytes, pageSize) => {
    pageAt(random, bytes, pageSize).fill(random.below(256));
    return bytes;
  },
  "a wrong page count": (random, bytes) => put32(bytes, 28, random.pick([0, 1, 2, 0x7fffffff, 0xffffffff])),
  "an absurd field of the header": (random, bytes) => {
    const at = random.pick([16, 18, 19, 20, 21, 24, 32, 36, 40, 44, 48, 52, 56, 60, 64, 92, 96]);
    if (at < bytes.length) bytes[at] = random.below(256);
    return bytes;
  },
  // Pointers to children and siblings that lead back: trees with loops.
  "a pointer to another page": (random, bytes, pageSize) => {
    const page = pageAt(random, bytes, pageSize);
    const pages = Math.max(1, Math.floor(bytes.length / pageSize));
    if (page.length >= 16)
      page.writeUInt32BE(1 + random.below(pages), random.pick([8, 8, 12, page.length - 4]));
    return bytes;
  },
  "a page that is its own child": (random, bytes, pageSize) => {
    const number = random.below(Math.max(1, Math.floor(bytes.length / pageSize)));
    const page = bytes.subarray(number * pageSize, (number + 1) * pageSize);
    if (page.length < 16 || number === 0) return bytes;
    page[0] = random.pick([2, 5]);
    page.writeUInt32BE(number + 1, 8);
    return bytes;
  },
  "another kind of page": (random, bytes, pageSize) => {
    const page = pageAt(random, bytes, pageSize);
    if (page.length > 0) page[0] = random.pick([0, 2, 5, 10, 13, 255]);
    return bytes;
  },
  "an overflowing cell": (random, bytes, pageSize) => {
    const page = pageAt(random, bytes, pageSize);
    const at = random.below(Math.max(1, page.length - 9));
    page.fill(0xff, at, at + 1 + random.below(9));
    return bytes;
  },
};

function damage(random: Random, input: Input): void {
  const [name, change] = random.pick(Object.entries(damages));
  const stored = input.main.length > 18 ? input.main.readUInt16BE(16) : 0;
  const pageSize = stored >= 512 ? stored : 4096;
  const files = (["main", "log", "journal"] as const).filter((file) => input[file] !== undefined);
  const file = random.pick(files);
  input.what += `, ${name} in ${file}`;
  const size = file === "log" ? pageSize + 24 : file === "journal" ? pageSize + 8 : pageSize;
  input[file] = Buffer.from(change(random, input[file]!, size));
}

function pageAt(random: Random, bytes: Buffer, pageSize: number): Buffer {
  const page = random.below(Math.max(1, Math.floor(bytes.length / pageSize)));
  return bytes.subarray(page * pageSize, (page + 1) * pageSize);
}

function put32(bytes: Buffer, at: number, value: number): Buffer {
  if (bytes.length >= at + 4) bytes.writeUInt32BE(value, at);
  return bytes;
}
