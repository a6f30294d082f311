import type { MessagePort } from "node:worker_threads";
import { TraceError } from "./errors.ts";
import type { FromWorker, Methods, ToWorker } from "./rpc.ts";

/** What a worker's methods may ask while they run. */
export interface ServeContext<Data> {
  /** What the client was made with. */
  readonly data: Data;
  /** Whether the caller of the running call gave up. Cheap enough to ask at every page. */
  cancelled(): boolean;
  /** Tells the caller how far the running call has come, 0 to 1. */
  progress(fraction: number): void;
}

/** A result whose buffers go to the caller instead of being copied: the worker has them no more. */
export class Handover<T> {
  constructor(
    readonly value: T,
    readonly buffers: readonly ArrayBuffer[],
  ) {}
}

type Answer<T> = T | Handover<T>;

/** The methods of a worker. They run one at a time, because a client asks one thing at a time. */
export type Handlers<M extends Methods<M>> = {
  readonly [K in keyof M]: (
    params: M[K]["params"],
  ) => Answer<M[K]["result"]> | Promise<Answer<M[K]["result"]>>;
};

/** Progress is reported at most every so many milliseconds. */
const progressInterval = 50;

/**
 * Answers a `WorkerClient` at the other end of `port`.
 * @param start Makes the methods; when it throws, all waiting calls reject with its error.
 */
export function serve<M extends Methods<M>, Data>(
  port: MessagePort,
  start: (context: ServeContext<Data>) => Handlers<M> | Promise<Handlers<M>>,
): void {
  const post = (message: FromWorker, buffers: readonly ArrayBuffer[] = []) =>
    port.postMessage(message, buffers);
  let handlers: Handlers<M> | undefined;
  let cancel: Int32Array | undefined;
  let running = 0;
  let lastProgress = 0;

  const context = (data: Data): ServeContext<Data> => ({
    data,
    cancelled: () => running !== 0 && cancel !== undefined && Atomics.load(cancel, 0) === running,
    progress: (fraction) => {
      const now = performance.now();
      if (running === 0 || now - lastProgress < progressInterval) return;
      lastProgress = now;
      post({ type: "progress", id: running, fraction });
    },
  });

  const answer = async (id: number, method: string, params: unknown) => {
    running = id;
    lastProgress = 0;
    try {
      if (handlers === undefined || !Object.hasOwn(handlers, method)) {
        throw new TraceError("internal", `The worker has no method ${method}.`);
      }
      const value: unknown = await handlers[method as keyof M](params);
      if (value instanceof Handover) post({ type: "result", id, value: value.value }, value.buffers);
      else post({ type: "result", id, value });
    } catch (thrown) {
      // A trap in the WASM code leaves its memory in any state. Dying is the answer: the client starts another worker.
      if (thrown instanceof Error && thrown.name === "RuntimeError") throw thrown;
      post({ type: "error", id, error: TraceError.from(thrown).toValue() });
    } finally {
      running = 0;
    }
  };

  port.on("message", async (message: ToWorker) => {
    switch (message.type) {
      case "start":
        cancel = message.cancel;
        try {
          handlers = await start(context(message.data as Data));
        } catch (thrown) {
          post({ type: "failed", error: TraceError.from(thrown).toValue() });
          return;
        }
        post({ type: "ready" });
        return;
      case "call":
        await answer(message.id, message.method, message.params);
        return;
    }
  });
}
