import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { workerFile } from "../../engine/assets.ts";
import type { SharedPages } from "../../engine/reader.ts";
import { sharedPages } from "../../engine/shared-pages.ts";
import type { StoredTable } from "./stored-table.ts";
import { readStretch, type Stretch } from "./stretch.ts";

/** What a second thread is to read. */
interface StretchOrder {
  readonly kind: "stretch";
  readonly pages: SharedPages;
  readonly table: StoredTable;
  readonly leaves: Uint32Array;
  readonly expected: number;
  readonly port: MessagePort;
  /** By {@link Flag}. */
  readonly flags: Int32Array;
}

/** `done` is set when an answer was sent; `progress` counts to {@link STEPS}. */
const Flag = { Done: 0, Cancelled: 1, Progress: 2 } as const;
const STEPS = 10_000;
/** A thread that gets no further for so many milliseconds is given up. */
const PATIENCE = 20_000;

/** Reads spans in a thread of its own, while this one reads others. Ask {@link wait} or {@link cancel} before the snapshot ends. */
export class SecondReader {
  private readonly flags = new Int32Array(new SharedArrayBuffer(12));
  private readonly port: MessagePort;
  private readonly worker: Worker;

  constructor(order: Pick<StretchOrder, "pages" | "table" | "leaves" | "expected">) {
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    const data: StretchOrder = { kind: "stretch", ...order, port: port2, flags: this.flags };
    this.worker = new Worker(workerFile, { execArgv: [], workerData: data, transferList: [port2] });
    // Its failure shows by the answer that does not come.
    this.worker.on("error", () => {});
    this.worker.unref();
    port1.unref();
  }

  /** Share of its work that is done, 0 to 1. */
  get fraction(): number {
    return Atomics.load(this.flags, Flag.Progress) / STEPS;
  }

  /** What it read; undefined when it could not. `turn` is called now and then, and may throw. */
  wait(turn: () => void): Stretch | undefined {
    let seen = -1;
    let since = performance.now();
    try {
      while (Atomics.wait(this.flags, Flag.Done, 0, 20) === "timed-out") {
        turn();
        const now = Atomics.load(this.flags, Flag.Progress);
        if (now !== seen) since = performance.now();
        seen = now;
        if (performance.now() - since > PATIENCE) return undefined;
      }
      return receiveMessageOnPort(this.port)?.message.stretch;
    } finally {
      this.cancel();
    }
  }

  /** Ends it. */
  cancel(): void {
    Atomics.store(this.flags, Flag.Cancelled, 1);
    this.port.close();
    void this.worker.terminate();
  }
}

export function isStretchOrder(data: unknown): data is StretchOrder {
  return typeof data === "object" && data !== null && "kind" in data && data.kind === "stretch";
}

/** What the second thread does. */
export function readOrderedStretch({ pages, table, leaves, expected, port, flags }: StretchOrder): void {
  const checkCancelled = () => {
    if (Atomics.load(flags, Flag.Cancelled) !== 0) throw new Error("The work was cancelled.");
  };
  let stretch: Stretch | undefined;
  try {
    stretch = readStretch(sharedPages(pages, checkCancelled), table, leaves, expected, (fraction) => {
      Atomics.store(flags, Flag.Progress, Math.floor(fraction * STEPS));
    });
  } catch {
    // The first thread meets the same when it reads these spans itself.
  }
  port.postMessage({ stretch }, stretch === undefined ? [] : buffersOf(stretch));
  Atomics.store(flags, Flag.Done, 1);
  Atomics.notify(flags, Flag.Done);
}

function buffersOf({ facts, runs, leaves }: Stretch): ArrayBuffer[] {
  const parts: readonly object[] = [facts, runs, leaves];
  return parts
    .flatMap((part) => Object.values<unknown>(part as Record<string, unknown>))
    .flatMap((value) =>
      ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer ? [value.buffer] : [],
    );
}
