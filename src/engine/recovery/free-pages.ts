/**
 * The pages that lists of free pages name, found by the shape of those lists, because the header that leads to the first is
 * lost: the number of the next list, how many pages follow, and their numbers. A list that another one names is an old one.
 * @param usable Bytes of a page that SQLite uses.
 * @param isTaken Whether a page belongs to something else.
 * @param read The page's bytes, valid until the next call; undefined when it cannot be read.
 */
export function freePagesByShape(
  pageCount: number,
  usable: number,
  isTaken: (page: number) => boolean,
  read: (page: number) => Buffer | undefined,
): Set<number> {
  const lists = new Map<number, readonly number[]>();
  for (let number = 2; number <= pageCount; number += 1) {
    const pages = isTaken(number) ? undefined : listOn(read(number), pageCount, usable);
    if (pages !== undefined) lists.set(number, pages);
  }
  const named = new Set([...lists.values()].flat());
  const free = new Set<number>();
  for (const [number, pages] of lists) {
    if (named.has(number)) continue;
    for (const page of [number, ...pages]) free.add(page);
  }
  return free;
}

function listOn(page: Buffer | undefined, pageCount: number, usable: number): number[] | undefined {
  if (page === undefined || page.readUInt32BE(0) > pageCount) return undefined;
  const count = page.readUInt32BE(4);
  if (count === 0 || count > usable / 4 - 2) return undefined;
  const pages = new Set<number>();
  for (let at = 0; at < count; at += 1) {
    const number = page.readUInt32BE(8 + 4 * at);
    if (number < 2 || number > pageCount || pages.has(number)) return undefined;
    pages.add(number);
  }
  return [...pages];
}
