import { type ResourceLimits, Worker } from "node:worker_threads";
import { type ErrorValue, TraceError } from "./errors.ts";
import type { FromWorker, Methods, ToWorker } from "./rpc.ts";

export interface WorkerOptions {
  /** Limits on the worker's JavaScript heap. */
  resourceLimits?: ResourceLimits;
  /** Milliseconds that a cancelled call has to end by itself before its worker is ended; 100 by default. */
  grace?: number;
}

export interface CallControl {
  signal?: AbortSignal;
  /** How far the call has come, 0 to 1. */
  onProgress?: (fraction: number) => void;
}

interface Call {
  readonly id: number;
  readonly method: string;
  readonly params: unknown;
  readonly onProgress: ((fraction: number) => void) | undefined;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: TraceError) => void;
}

/** A worker thread and what it is doing. */
interface Thread {
  readonly worker: Worker;
  readonly cancel: Int32Array;
  ready: boolean;
  running: Call | undefined;
  /** Ends the worker when a cancelled call does not end by itself. */
  deadline: NodeJS.Timeout | undefined;
  failure: unknown;
}

/**
 * Calls the methods of a worker that runs `serve`, one after the other. The worker starts at the first call, and another
 * one takes its place when it dies or when a cancelled call keeps it busy; waiting calls are carried over.
 * The thread keeps the process alive only while calls wait.
 */
export class WorkerClient<M extends Methods<M>> {
  private readonly waiting: Call[] = [];
  private readonly ending = new Set<Promise<number>>();
  private thread: Thread | undefined;
  private lastId = 0;
  private closed = false;

  /**
   * @param file Script of the worker.
   * @param data Handed to the worker's `start`, and again to every worker that takes its place.
   */
  constructor(
    private readonly file: string,
    private readonly data: unknown,
    private readonly options: WorkerOptions = {},
  ) {}

  /**
   * Rejects with what the method threw, `cancelled` as soon as the signal fires, `closed`, or `internal` when the worker died.
   */
  call<K extends keyof M & string>(
    method: K,
    params: M[K]["params"],
    { signal, onProgress }: CallControl = {},
  ): Promise<M[K]["result"]> {
    if (this.closed) return Promise.reject(closedError());
    if (signal?.aborted) return Promise.reject(cancelledError());
    return new Promise<unknown>((resolve, reject) => {
      this.lastId = (this.lastId % 0x7fffffff) + 1;
      const giveUp = () => this.giveUp(call);
      const settle =
        <T>(action: (value: T) => void) =>
        (value: T) => {
          signal?.removeEventListener("abort", giveUp);
          action(value);
        };
      const call: Call = {
        id: this.lastId,
        method,
        params,
        onProgress,
        resolve: settle(resolve),
        reject: settle(reject),
      };
      signal?.addEventListener("abort", giveUp);
      this.waiting.push(call);
      this.next();
    });
  }

  /** Ends the worker. Calls under way reject with `closed`. */
  async close(): Promise<void> {
    this.closed = true;
    this.thread?.running?.reject(closedError());
    this.rejectWaiting(closedError());
    this.endThread();
    await Promise.all(this.ending);
  }

  /** Gives the worker something to do if it is free and there is something. */
  private next(): void {
    if (this.closed) return;
    const thread = this.thread;
    if (thread === undefined) {
      if (this.waiting.length > 0) this.thread = this.start();
      return;
    }
    if (thread.running === undefined && this.waiting.length === 0) {
      thread.worker.unref();
      return;
    }
    thread.worker.ref();
    if (!thread.ready || thread.running !== undefined) return;
    const call = this.waiting.shift();
    if (call === undefined) return;
    try {
      post(thread.worker, { type: "call", id: call.id, method: call.method, params: call.params });
      thread.running = call;
    } catch (thrown) {
      call.reject(TraceError.from(thrown));
      this.next();
    }
  }

  private start(): Thread {
    // Flags of the host, such as those of a debugger, are not for this thread.
    const worker = new Worker(this.file, { execArgv: [], resourceLimits: this.options.resourceLimits });
    const cancel = new Int32Array(new SharedArrayBuffer(4));
    const thread: Thread = {
      worker,
      cancel,
      ready: false,
      running: undefined,
      deadline: undefined,
      failure: undefined,
    };
    worker.on("message", (message: FromWorker) => this.receive(thread, message));
    worker.on("messageerror", (error) => this.lose(thread, error));
    worker.on("error", (error) => this.lose(thread, error));
    worker.on("exit", (code) => this.lose(thread, new Error(`exit code ${code}`)));
    post(worker, { type: "start", data: this.data, cancel });
    return thread;
  }

  private receive(thread: Thread, message: FromWorker): void {
    if (thread !== this.thread) return;
    switch (message.type) {
      case "ready":
        thread.ready = true;
        break;
      case "failed":
        this.endThread();
        this.rejectWaiting(message.error);
        break;
      case "progress":
        if (thread.running?.id === message.id) thread.running.onProgress?.(message.fraction);
        return;
      case "result":
        this.finish(thread, message.id)?.resolve(message.value);
        break;
      case "error":
        this.finish(thread, message.id)?.reject(TraceError.fromValue(message.error));
        break;
    }
    this.next();
  }

  private finish(thread: Thread, id: number): Call | undefined {
    const call = thread.running;
    if (call?.id !== id) return undefined;
    clearTimeout(thread.deadline);
    thread.deadline = undefined;
    thread.running = undefined;
    return call;
  }

  private giveUp(call: Call): void {
    call.reject(cancelledError());
    const place = this.waiting.indexOf(call);
    if (place >= 0) {
      this.waiting.splice(place, 1);
      this.next();
      return;
    }
    const thread = this.thread;
    if (thread?.running !== call) return;
    Atomics.store(thread.cancel, 0, call.id);
    // A statement that reads no page never looks at the flag.
    thread.deadline = setTimeout(() => {
      if (thread !== this.thread) return;
      this.endThread();
      this.next();
    }, this.options.grace ?? 100);
  }

  /** A worker that died takes the running call with it; one that died at its start would die again. */
  private lose(thread: Thread, failure: unknown): void {
    if (thread !== this.thread) return;
    const reason = describe(failure);
    const { running, ready } = thread;
    this.endThread();
    running?.reject(
      new TraceError("internal", `The reader of this database stopped unexpectedly (${reason}). Try again.`, {
        cause: failure,
      }),
    );
    if (!ready) {
      const message = `The reader of this database could not be started (${reason}). Reinstall Flujo Lens.`;
      this.rejectWaiting({ kind: "internal", message });
    }
    this.next();
  }

  private endThread(): void {
    const thread = this.thread;
    if (thread === undefined) return;
    this.thread = undefined;
    clearTimeout(thread.deadline);
    const end = thread.worker.terminate();
    this.ending.add(end);
    void end.finally(() => this.ending.delete(end));
  }

  private rejectWaiting(error: ErrorValue): void {
    for (const call of this.waiting.splice(0)) call.reject(TraceError.fromValue(error));
  }
}

function post(worker: Worker, message: ToWorker): void {
  worker.postMessage(message);
}

function cancelledError(): TraceError {
  return new TraceError("cancelled", "The request was cancelled.");
}

function closedError(): TraceError {
  return new TraceError("closed", "The database was closed. Open it again.");
}

function describe(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  const code = "code" in failure ? failure.code : undefined;
  return code === "ERR_WORKER_OUT_OF_MEMORY" ? "out of memory" : failure.message;
}
