import type { ReadableBytes } from "./read-only-file.ts";

/** The header of a write-ahead log. */
export interface WalHeader {
  readonly bytes: Buffer;
  /** Byte order of the checksums; everything else in a log is big-endian. */
  readonly bigEndian: boolean;
  readonly pageSize: number;
  /** Both salts, 16 hexadecimal digits. Every frame of this log repeats them. */
  readonly salts: string;
  readonly checksum: Checksum;
}

/** The two running sums that chain the frames of a log. */
type Checksum = readonly [number, number];

const headerSize = 32;
const frameHeaderSize = 24;
const magic = 0x377f0682;
const walVersion = 3_007_000;
const scanBytes = 1 << 22;
const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** Undefined when these are not the bytes of a valid header. */
export function parseWalHeader(bytes: Buffer): WalHeader | undefined {
  if (bytes.length < headerSize) return undefined;
  const word = (index: number) => bytes.readUInt32BE(index * 4);
  const pageSize = word(2);
  if ((word(0) & ~1) >>> 0 !== magic || word(1) !== walVersion || !isPageSize(pageSize)) return undefined;
  const bigEndian = (word(0) & 1) === 1;
  const words = new Uint32Array(6);
  new Uint8Array(words.buffer).set(bytes.subarray(0, 24));
  const checksum = addToChecksum([0, 0], words, 0, 6, bigEndian);
  if (checksum[0] !== word(6) || checksum[1] !== word(7)) return undefined;
  return {
    bytes: Buffer.from(bytes.subarray(0, headerSize)),
    bigEndian,
    pageSize,
    salts: bytes.toString("hex", 16, 24),
    checksum,
  };
}

/** The bytes where the header is, fewer when the file is shorter. */
export function readWalHeader(file: ReadableBytes): Buffer {
  return readBytes(file, headerSize, 0);
}

/** SQLite's page sizes: powers of two from 512 to 65,536. */
export function isPageSize(size: number): boolean {
  return size >= 512 && size <= 65_536 && (size & (size - 1)) === 0;
}

/** What committed frames wrote between two looks at a log. */
export interface LogChange {
  /** Pages that they hold; some may occur more than once. */
  readonly pages: readonly number[];
  /** Whether the log began anew, so that frames known before may be written over. */
  readonly restarted: boolean;
}

/**
 * Where the newest committed version of each page lies in a log. Refreshing reads only what was appended.
 * A frame counts when its salts and its checksum chain hold, and when a commit frame stands at or after it.
 */
export class WalIndex {
  /** Undefined when there is no log, or none with a valid header. */
  header: WalHeader | undefined;
  /** Last commit frame, counted from 1; 0 when nothing is committed. */
  lastFrame = 0;
  /** Pages of the database after that commit. */
  pageCount = 0;
  private checksum: Checksum = [0, 0];
  private lastFrameHeader: Buffer = Buffer.alloc(0);
  private readonly frames = new Map<number, number>();
  private buffer = new Uint8Array(0);

  /** Frame that holds the newest version of a page (counted from 1); undefined when the main file has it. */
  frameOf(page: number): number | undefined {
    return this.frames.get(page);
  }

  /**
   * The pages with a version newer than a frame of the log with this header, as it was when this frame was its last;
   * undefined when that cannot be told.
   */
  pagesAfter(
    { header, frame, checksum }: { header: string; frame: number; checksum: string },
    file: ReadableBytes,
  ): Set<number> | undefined {
    if (this.header === undefined) return undefined;
    const marked = Buffer.from(header, "hex");
    if (this.header.bytes.equals(marked)) {
      if (this.lastFrame < frame || (frame > 0 && this.checksumOf(frame, file) !== checksum))
        return undefined;
      return this.pagesFrom(frame);
    }
    return this.followsDirectly(marked, frame, file) ? this.pagesFrom(0) : undefined;
  }

  /** The chained checksum up to a frame, as the log has it. */
  private checksumOf(frame: number, file: ReadableBytes): string | undefined {
    const bytes = readBytes(file, frameHeaderSize, this.positionOf(frame) - frameHeaderSize);
    return bytes.length < frameHeaderSize ? undefined : `${bytes.readUInt32BE(16)}:${bytes.readUInt32BE(20)}`;
  }

  private pagesFrom(frame: number): Set<number> {
    const pages = new Set<number>();
    for (const [page, last] of this.frames) if (last > frame) pages.add(page);
    return pages;
  }

  /**
   * Whether this log took the place of one that ended with a frame: the first number of its salts counts restarts, and where
   * the next frame of the old log would stand, there is none of it.
   */
  private followsDirectly(header: Buffer, frame: number, file: ReadableBytes): boolean {
    const now = this.header!.bytes;
    if (now.readUInt32BE(16) !== (header.readUInt32BE(16) + 1) >>> 0) return false;
    if (now.readUInt32BE(8) !== header.readUInt32BE(8) || this.lastFrame > frame) return false;
    const next = readBytes(file, frameHeaderSize, headerSize + frame * this.frameSize);
    if (next.length < frameHeaderSize) return true;
    // Written over by this log, it tells nothing of the old one.
    const salts = next.toString("hex", 8, 16);
    return salts !== header.toString("hex", 16, 24) && salts !== this.header!.salts;
  }

  /** Each page that the log has, followed by its place there, bytes. */
  places(): Float64Array {
    const places = new Float64Array(2 * this.frames.size);
    let at = 0;
    for (const [page, frame] of this.frames) {
      places[at++] = page;
      places[at++] = this.positionOf(frame);
    }
    return places;
  }

  /** Where a frame's page begins in the log, bytes. */
  positionOf(frame: number): number {
    return headerSize + (frame - 1) * this.frameSize + frameHeaderSize;
  }

  /** The chained checksum of the last commit frame, which stands for all frames up to it. */
  get lastChecksum(): string {
    return this.checksum.join(":");
  }

  /**
   * Takes over what was committed since the last refresh; starts afresh when the log was restarted or replaced.
   * @returns All that was committed meanwhile to this log; undefined when frames may have come and gone unseen.
   */
  refresh(file: ReadableBytes | undefined): LogChange | undefined {
    const header = file && parseWalHeader(readWalHeader(file));
    if (file === undefined || header === undefined) {
      this.reset(undefined);
      return undefined;
    }
    if (this.header?.bytes.equals(header.bytes)) {
      const stands = this.lastFrameStands(file);
      if (!stands) this.reset(header);
      const pages = this.extend(file, header);
      return stands ? { pages, restarted: false } : undefined;
    }
    const rest = this.restBefore(file, header);
    this.reset(header);
    const pages = this.extend(file, header);
    return rest && { pages: [...rest, ...pages], restarted: true };
  }

  /** Whether the log still has the header, or still lacks the valid one, that the last refresh saw. */
  headerIs(bytes: Buffer | undefined): boolean {
    const header = bytes && parseWalHeader(bytes);
    if (header === undefined || this.header === undefined) return this.header === header;
    return this.header.bytes.equals(header.bytes);
  }

  /**
   * Whether the last commit frame is still the one that the last refresh saw. A writer that fails after its commit frame
   * writes other frames over it without new salts.
   */
  lastFrameStands(file: ReadableBytes): boolean {
    if (this.lastFrame === 0) return true;
    const position = this.positionOf(this.lastFrame) - frameHeaderSize;
    return this.lastFrameHeader.equals(readBytes(file, frameHeaderSize, position));
  }

  private get frameSize(): number {
    return frameHeaderSize + (this.header?.pageSize ?? 0);
  }

  private reset(header: WalHeader | undefined): void {
    this.header = header;
    this.lastFrame = 0;
    this.pageCount = 0;
    this.checksum = header?.checksum ?? [0, 0];
    this.lastFrameHeader = Buffer.alloc(0);
    this.frames.clear();
    if (header === undefined) this.buffer = new Uint8Array(0);
  }

  /** Takes over the commits after the last known one. Returns the pages that they hold. */
  private extend(file: ReadableBytes, header: WalHeader): number[] {
    const found: number[] = [];
    const next = readBytes(file, frameHeaderSize, headerSize + this.lastFrame * this.frameSize);
    if (next.length < frameHeaderSize || next.toString("hex", 8, 16) !== header.salts) return found;
    this.scan(file, header, (commit) => {
      const { pages, frame } = commit;
      for (const [offset, page] of pages.entries()) {
        this.frames.set(page, frame - pages.length + 1 + offset);
        found.push(page);
      }
      this.lastFrame = frame;
      this.pageCount = commit.pageCount;
      this.checksum = commit.checksum;
      this.lastFrameHeader = commit.frameHeader;
    });
    return found;
  }

  /**
   * Pages that the log held after the last known frame before it began anew with the header `next`; undefined when that
   * cannot be told. Frames are written one after the other from the first on: while the last known one still stands,
   * none behind it was written over. Where the file ends there may have been more of it.
   */
  private restBefore(file: ReadableBytes, next: WalHeader): number[] | undefined {
    const { header } = this;
    if (header === undefined || this.lastFrame === 0 || header.pageSize !== next.pageSize) return undefined;
    const firstSalt = (salts: string) => Number.parseInt(salts.slice(0, 8), 16);
    // A restart adds one. Two restarts would hide a whole log.
    if ((firstSalt(header.salts) + 1) >>> 0 !== firstSalt(next.salts)) return undefined;
    const found: number[] = [];
    const end = this.scan(file, header, ({ pages }) => {
      for (const page of pages) found.push(page);
    });
    return end === "other frame" && this.lastFrameStands(file) ? found : undefined;
  }

  /** Goes through the committed frames of this header that follow the last known one, and tells where they end. */
  private scan(
    file: ReadableBytes,
    header: WalHeader,
    onCommit: (commit: Commit) => void,
  ): "other frame" | "end of file" {
    const frameSize = this.frameSize;
    const framesAtOnce = Math.max(1, Math.floor(scanBytes / frameSize));
    const left = file.size - headerSize - this.lastFrame * frameSize;
    const wanted = Math.min(framesAtOnce, Math.max(1, Math.ceil(left / frameSize))) * frameSize;
    if (this.buffer.length < wanted) this.buffer = new Uint8Array(wanted);
    const words = new Uint32Array(this.buffer.buffer);
    const view = Buffer.from(this.buffer.buffer);
    let pages: number[] = [];
    let checksum = this.checksum;
    let frame = this.lastFrame;
    for (;;) {
      const read = Math.floor(file.read(this.buffer, wanted, headerSize + frame * frameSize) / frameSize);
      for (let index = 0; index < read; index++) {
        const at = index * frameSize;
        const page = view.readUInt32BE(at);
        if (page === 0 || view.toString("hex", at + 8, at + 16) !== header.salts) return "other frame";
        checksum = addToChecksum(checksum, words, at / 4, 2, header.bigEndian);
        checksum = addToChecksum(
          checksum,
          words,
          (at + frameHeaderSize) / 4,
          header.pageSize / 4,
          header.bigEndian,
        );
        if (checksum[0] !== view.readUInt32BE(at + 16) || checksum[1] !== view.readUInt32BE(at + 20))
          return "other frame";
        frame++;
        pages.push(page);
        const pageCount = view.readUInt32BE(at + 4);
        if (pageCount === 0) continue;
        const frameHeader = Buffer.from(view.subarray(at, at + frameHeaderSize));
        onCommit({ frame, pages, pageCount, checksum, frameHeader });
        pages = [];
      }
      if (read * frameSize < wanted) return "end of file";
    }
  }
}

/** One transaction in a log. */
interface Commit {
  /** Its last frame. */
  readonly frame: number;
  /** In the order of its frames. */
  readonly pages: readonly number[];
  /** Of the database after it. */
  readonly pageCount: number;
  /** Chained up to it. */
  readonly checksum: Checksum;
  /** Of the last frame. */
  readonly frameHeader: Buffer;
}

/** Adds `count` words (an even number) from `start` on. The words are in the order of this machine. */
function addToChecksum(
  [first, second]: Checksum,
  words: Uint32Array,
  start: number,
  count: number,
  bigEndian: boolean,
): Checksum {
  let a = first | 0;
  let b = second | 0;
  const end = start + count;
  if (bigEndian === littleEndian) {
    for (let index = start; index < end; index += 2) {
      a = (a + swapped(words[index]!) + b) | 0;
      b = (b + swapped(words[index + 1]!) + a) | 0;
    }
  } else {
    for (let index = start; index < end; index += 2) {
      a = (a + words[index]! + b) | 0;
      b = (b + words[index + 1]! + a) | 0;
    }
  }
  return [a >>> 0, b >>> 0];
}

function swapped(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}

function readBytes(file: ReadableBytes, length: number, position: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, file.read(bytes, length, position));
}
