/** Bytes. */
const SIZES = [512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536] as const;
/** Bytes that are looked at together; every size of page divides it. */
const STRETCH = 1 << 20;
const STRETCHES = 16;

/**
 * How long the pages of a database are whose header is lost: the size in which most pages look like pages of a tree.
 * Shorter ones cut the rows off, longer ones pass over every second page. Undefined when none looks so.
 * @param length Bytes of the file.
 * @param read Fills `target` from `position` on; both are multiples of 512.
 */
export function guessPageSize(
  length: number,
  read: (target: Uint8Array, position: number) => void,
): number | undefined {
  const found = new Map<number, number>();
  const last = Math.max(0, Math.ceil(length / STRETCH) - 1);
  const starts = new Set(
    Array.from({ length: STRETCHES }, (_, at) => STRETCH * Math.round((last * at) / (STRETCHES - 1))),
  );
  for (const start of starts) {
    const bytes = Buffer.alloc(Math.min(STRETCH, length - start));
    read(bytes, start);
    for (const size of SIZES) {
      for (let at = start === 0 ? size : 0; at + size <= bytes.length; at += size) {
        if (isTreePage(bytes.subarray(at, at + size))) found.set(size, (found.get(size) ?? 0) + 1);
      }
    }
  }
  const most = Math.max(...found.values());
  return SIZES.find((size) => found.get(size) === most);
}

/** Whether these bytes are built like a page of a table's or an index's tree that holds something. */
function isTreePage(page: Buffer): boolean {
  const type = page[0]!;
  if (type !== 2 && type !== 5 && type !== 10 && type !== 13) return false;
  const head = type < 8 ? 12 : 8;
  const cells = page.readUInt16BE(3);
  const content = page.readUInt16BE(5) || 65_536;
  if (cells === 0 || head + 2 * cells > content || content > page.length || page[7]! > 60) return false;
  for (let cell = 0; cell < cells; cell += 1) {
    const at = page.readUInt16BE(head + 2 * cell);
    if (at < content || at + 4 > page.length) return false;
  }
  return true;
}
