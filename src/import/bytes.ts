import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";

/** Bytes that are read a piece at a time. */
export interface Bytes {
  readonly size: number;
  /** Fills `target` with what stands at `position`; throws what the system says when it cannot. */
  read(target: Uint8Array, position: number): void;
}

export function bytesInMemory(bytes: Uint8Array): Bytes {
  return {
    size: bytes.length,
    read: (target, position) => target.set(bytes.subarray(position, position + target.length)),
  };
}

/** The bytes of a file as long as it is open. */
export class FileBytes implements Bytes {
  readonly size: number;
  private readonly descriptor: number;

  /** Throws what the system says. */
  constructor(file: string) {
    // Opening a pipe would wait for whoever writes it.
    if (statSync(file).isFIFO()) throw new Error("it is a pipe");
    this.descriptor = openSync(file, "r");
    this.size = fstatSync(this.descriptor).size;
  }

  read(target: Uint8Array, position: number): void {
    for (let done = 0; done < target.length; ) {
      const count = readSync(this.descriptor, target, done, target.length - done, position + done);
      if (count === 0) throw new Error("the file became shorter while it was read");
      done += count;
    }
  }

  close(): void {
    closeSync(this.descriptor);
  }
}
