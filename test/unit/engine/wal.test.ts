import { writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ReadOnlyFile } from "../../../src/engine/read-only-file.ts";
import { parseWalHeader, WalIndex } from "../../../src/engine/wal.ts";
import { freshFolder } from "../support/fixtures.ts";
import { LogWriter } from "./log-writer.ts";

const pages = 9;

function pageOf(pageSize: number, fill: number): Buffer {
  return Buffer.alloc(pageSize, fill);
}

function withFile<T>(file: string, use: (file: ReadOnlyFile) => T): T {
  const opened = ReadOnlyFile.open(file)!;
  try {
    return use(opened);
  } finally {
    opened.close();
  }
}

/** What the index maps, read back from the log: the first byte of the newest version of each page. */
function seen(index: WalIndex, file: ReadOnlyFile): Record<number, number> {
  const found: Record<number, number> = {};
  for (let page = 1; page <= pages; page++) {
    const frame = index.frameOf(page);
    if (frame === undefined) continue;
    const byte = Buffer.alloc(1);
    file.read(byte, 1, index.positionOf(frame));
    found[page] = byte[0]!;
  }
  return found;
}

const frame = fc.record({
  page: fc.integer({ min: 1, max: pages }),
  fill: fc.integer({ min: 1, max: 255 }),
  commits: fc.boolean(),
});

describe("write-ahead log", () => {
  it("shows exactly the committed frames, however often and wherever it is looked at in between", () => {
    const file = path.join(freshFolder(), "log");
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 30 }),
        fc.constantFrom(512, 1024, 4096, 65_536),
        fc.boolean(),
        fc.integer({ min: 0, max: 600 }),
        (frames, pageSize, bigEndian, torn) => {
          const index = new WalIndex();
          const log = new LogWriter(pageSize, [1, 2], bigEndian);
          const committed: Record<number, number> = {};
          let pending: Record<number, number> = {};
          let last = 0;
          for (const { page, fill, commits } of frames) {
            log.append(page, pageOf(pageSize, fill), commits ? pages : 0);
            pending[page] = fill;
            if (commits) {
              Object.assign(committed, pending);
              pending = {};
              last = log.frames;
            }
            // A frame that is still being written stands behind.
            writeFileSync(file, Buffer.concat([log.bytes(), Buffer.alloc(torn, 5)]));
            withFile(file, (opened) => {
              index.refresh(opened);
              expect(seen(index, opened)).toEqual(committed);
              expect(index.lastFrame).toBe(last);
              expect(index.lastFrameStands(opened)).toBe(true);
            });
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it("stops at the first frame whose checksum, salts or page number is wrong", () => {
    const file = path.join(freshFolder(), "log");
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 0, max: 511 + 24 }),
        (damaged, offset) => {
          const log = new LogWriter(512);
          for (let page = 1; page <= 8; page++) log.append(page, pageOf(512, page), 8);
          const bytes = log.bytes();
          const at = 32 + (damaged - 1) * (512 + 24) + offset;
          bytes[at] = bytes[at]! ^ 0x10;
          writeFileSync(file, bytes);
          const index = new WalIndex();
          withFile(file, (opened) => index.refresh(opened));
          expect(index.lastFrame).toBe(damaged - 1);
          expect(index.frameOf(damaged)).toBeUndefined();
        },
      ),
    );
  });

  it("forgets everything when the log was restarted with other salts", () => {
    const file = path.join(freshFolder(), "log");
    const old = new LogWriter(512, [1, 1]);
    for (let page = 1; page <= 5; page++) old.append(page, pageOf(512, page), 5);
    writeFileSync(file, old.bytes());
    const index = new WalIndex();
    withFile(file, (opened) => index.refresh(opened));
    expect(index.lastFrame).toBe(5);

    const restarted = new LogWriter(512, [2, 2]).append(3, pageOf(512, 99), 6);
    const leftOver = old.bytes().subarray(restarted.bytes().length);
    writeFileSync(file, Buffer.concat([restarted.bytes(), leftOver]));
    withFile(file, (opened) => {
      expect(index.headerIs(old.bytes().subarray(0, 32))).toBe(true);
      expect(index.headerIs(restarted.bytes().subarray(0, 32))).toBe(false);
      index.refresh(opened);
      expect(seen(index, opened)).toEqual({ 3: 99 });
      expect(index.pageCount).toBe(6);
    });
  });

  it("notices that a commit was written over with the same salts", () => {
    const file = path.join(freshFolder(), "log");
    const first = new LogWriter(512).append(1, pageOf(512, 1), 2).append(2, pageOf(512, 2), 2);
    const second = new LogWriter(512).append(1, pageOf(512, 1), 2).append(1, pageOf(512, 7), 2);
    writeFileSync(file, first.bytes());
    const index = new WalIndex();
    withFile(file, (opened) => index.refresh(opened));
    writeFileSync(file, second.bytes());
    withFile(file, (opened) => {
      expect(index.lastFrameStands(opened)).toBe(false);
      index.refresh(opened);
      expect(seen(index, opened)).toEqual({ 1: 7 });
    });
  });

  it("takes no header that is short, of another version, of an impossible page size or damaged", () => {
    const header = new LogWriter(4096).bytes();
    expect(parseWalHeader(header)?.pageSize).toBe(4096);
    expect(parseWalHeader(header.subarray(0, 31))).toBeUndefined();
    for (let at = 0; at < 32; at++) {
      const damaged = Buffer.from(header);
      damaged[at] = damaged[at]! ^ 0x40;
      expect(parseWalHeader(damaged), `byte ${at}`).toBeUndefined();
    }
    expect(parseWalHeader(new LogWriter(4000).bytes())).toBeUndefined();
    expect(parseWalHeader(new LogWriter(256).bytes())).toBeUndefined();
  });

  it("finds frames beyond 4 GB", () => {
    const file = path.join(freshFolder(), "log");
    writeFileSync(file, new LogWriter(65_536).append(1, pageOf(65_536, 1), 1).bytes());
    const index = new WalIndex();
    withFile(file, (opened) => index.refresh(opened));
    expect(index.positionOf(100_000)).toBe(32 + 99_999 * (24 + 65_536) + 24);
  });

  describe("between two looks", () => {
    const page = (fill: number) => pageOf(512, fill);

    /** A log of so many commits, each of the page with its number. */
    function logOf(salts: readonly [number, number], ...changed: number[]): Buffer {
      const log = new LogWriter(512, salts);
      for (const one of changed) log.append(one, page(one), pages);
      return log.bytes();
    }

    /** As a writer does: the new frames over the old ones, from the first on. */
    const over = (before: Buffer, after: Buffer) =>
      Buffer.concat([after, before.subarray(Math.min(before.length, after.length))]);

    /** What the second of two looks tells. */
    function change(first: Buffer, second: Buffer): { pages: number[]; restarted: boolean } | undefined {
      const file = path.join(freshFolder(), "log");
      const index = new WalIndex();
      const look = (bytes: Buffer) => {
        writeFileSync(file, bytes);
        return withFile(file, (opened) => index.refresh(opened));
      };
      look(first);
      const told = look(second);
      return told && { ...told, pages: [...told.pages] };
    }

    const older = logOf([9, 90], 8, 8, 8, 8, 8, 8, 8, 8);
    const seenFirst = over(older, logOf([10, 91], 1, 2, 3));
    const grown = over(older, logOf([10, 91], 1, 2, 3, 4, 5));

    it("tells the pages of new frames", () => {
      expect(change(seenFirst, grown)).toEqual({ pages: [4, 5], restarted: false });
      expect(change(seenFirst, seenFirst)).toEqual({ pages: [], restarted: false });
    });

    it("tells the pages of both logs when it began anew and the end of the one before still stands", () => {
      expect(change(seenFirst, over(grown, logOf([11, 92], 6)))).toEqual({
        pages: [4, 5, 6],
        restarted: true,
      });
      expect(change(seenFirst, over(seenFirst, logOf([11, 92], 6, 7)))).toEqual({
        pages: [6, 7],
        restarted: true,
      });
    });

    it("does not know when what was seen last is written over", () => {
      expect(change(seenFirst, over(grown, logOf([11, 92], 6, 6, 6)))).toBeUndefined();
    });

    it("does not know when the file ends where the log before may have gone on", () => {
      const bare = logOf([10, 91], 1, 2, 3);
      expect(change(bare, over(bare, logOf([11, 92], 6)))).toBeUndefined();
    });

    it("does not know when it may have begun anew twice, or was replaced, emptied or new", () => {
      expect(change(seenFirst, over(grown, logOf([12, 92], 6)))).toBeUndefined();
      expect(change(seenFirst, over(grown, logOf([77, 92], 6)))).toBeUndefined();
      expect(change(seenFirst, Buffer.alloc(0))).toBeUndefined();
      expect(change(Buffer.alloc(0), seenFirst)).toBeUndefined();
    });

    it("does not know when a commit that was seen was taken back", () => {
      expect(change(grown, over(older, logOf([10, 91], 1, 2, 3, 4, 7)))).toBeUndefined();
    });
  });
});
