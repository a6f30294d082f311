/** Numbers of pages, counted from 1: a bit each. Goes through them in ascending order. */
export class PageSet {
  size = 0;
  private words = new Uint32Array(32);

  add(page: number): void {
    const word = page >>> 5;
    if (word >= this.words.length) {
      const larger = new Uint32Array(Math.max(word + 1, 2 * this.words.length));
      larger.set(this.words);
      this.words = larger;
    }
    const bit = 1 << (page & 31);
    if ((this.words[word]! & bit) !== 0) return;
    this.words[word]! |= bit;
    this.size += 1;
  }

  addAll(pages: Iterable<number>): void {
    for (const page of pages) this.add(page);
  }

  delete(page: number): void {
    if (!this.has(page)) return;
    this.words[page >>> 5]! &= ~(1 << (page & 31));
    this.size -= 1;
  }

  has(page: number): boolean {
    return ((this.words[page >>> 5] ?? 0) & (1 << (page & 31))) !== 0;
  }

  hasAnyOf(pages: Iterable<number>): boolean {
    for (const page of pages) if (this.has(page)) return true;
    return false;
  }

  *[Symbol.iterator](): Generator<number> {
    for (let word = 0; word < this.words.length; word += 1) {
      if (this.words[word] === 0) continue;
      for (let page = 32 * word; page < 32 * word + 32; page += 1) if (this.has(page)) yield page;
    }
  }
}
