import { readSync } from "node:fs";
import type { Pages, SharedPages } from "./reader.ts";

/** Reads pages that another thread shares. Throws an Error when one is missing. */
export function sharedPages(shared: SharedPages, checkCancelled: () => void): Pages {
  const { pageSize, pageCount, main, log } = shared;
  const places = new Map<number, number>();
  for (let at = 0; at < shared.logged.length; at += 2) places.set(shared.logged[at]!, shared.logged[at + 1]!);
  const read = (descriptor: number, target: Uint8Array, position: number) => {
    for (let done = 0; done < target.length; ) {
      const count = readSync(descriptor, target, done, target.length - done, position + done);
      if (count === 0) throw new Error("A page is missing.");
      done += count;
    }
  };
  return {
    pageSize,
    pageCount,
    readPages(target, first) {
      checkCancelled();
      const count = target.length / pageSize;
      for (let at = 0; at < count; ) {
        const place = places.get(first + at);
        let end = at + 1;
        if (place === undefined) while (end < count && !places.has(first + end)) end += 1;
        const part = target.subarray(at * pageSize, end * pageSize);
        if (place === undefined) read(main, part, (first + at - 1) * pageSize);
        else read(log!, part, place);
        at = end;
      }
    },
  };
}
