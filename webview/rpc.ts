/** Typed requests to the panel. Every request ends: with its answer, a failure, a cancellation or a time-out. */
import type {
  ErrorKind,
  ErrorValue,
  PageMessage,
  PanelMessage,
  PanelMethod,
  PanelMethods,
  Request,
} from "../src/protocol/messages.ts";
import { PieceBox } from "../src/protocol/pieces.ts";
import { isResult } from "./inbound.ts";
import { strings } from "./strings.ts";

/** Why a request did not get its answer. */
export class RequestError extends Error {
  override readonly name = "RequestError";

  constructor(
    readonly kind: ErrorKind,
    message: string,
    readonly place?: ErrorValue["place"],
  ) {
    super(message);
  }

  toValue(): ErrorValue {
    return { kind: this.kind, message: this.message, place: this.place };
  }
}

export interface RequestOptions {
  signal?: AbortSignal;
  /** 0 to 1. */
  onProgress?: (fraction: number) => void;
}

interface Pending {
  readonly method: PanelMethod;
  readonly onProgress: ((fraction: number) => void) | undefined;
  /** Arrays of the answer that came ahead of it. */
  readonly pieces: PieceBox;
  /** Ends the request: forgets it, stops its clock, lets go of its signal. */
  readonly end: () => void;
  /** Starts the clock anew. */
  readonly alive: () => void;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: RequestError) => void;
}

/** Milliseconds without an answer or a sign of progress. Statistics over millions of spans take their time. */
const PATIENCE = 60_000;

export class RpcClient {
  readonly #post: (message: PageMessage) => void;
  readonly #patience: number;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;

  /** `patience`: milliseconds without a sign of life after which a request fails. */
  constructor(post: (message: PageMessage) => void, patience = PATIENCE) {
    this.#post = post;
    this.#patience = patience;
  }

  /** Asks the panel. Rejects with a {@link RequestError}; its kind is `cancelled` when `signal` was aborted. */
  request<M extends PanelMethod>(
    method: M,
    params: PanelMethods[M]["params"],
    { signal, onProgress }: RequestOptions = {},
  ): Promise<PanelMethods[M]["result"]> {
    return new Promise<PanelMethods[M]["result"]>((resolve, reject) => {
      if (signal?.aborted) {
        reject(new RequestError("cancelled", strings.cancelled));
        return;
      }
      this.#lastId += 1;
      const id = this.#lastId;
      const giveUp = (error: RequestError) => {
        pending.end();
        this.#post({ type: "cancel", id });
        reject(error);
      };
      const onAbort = () => giveUp(new RequestError("cancelled", strings.cancelled));
      const onTimeout = () => giveUp(new RequestError("busy", strings.noAnswer(this.#patience / 1000)));
      let clock = setTimeout(onTimeout, this.#patience);
      const pending: Pending = {
        method,
        onProgress,
        pieces: new PieceBox(),
        end: () => {
          clearTimeout(clock);
          signal?.removeEventListener("abort", onAbort);
          this.#pending.delete(id);
        },
        alive: () => {
          clearTimeout(clock);
          clock = setTimeout(onTimeout, this.#patience);
        },
        resolve: (value) => {
          if (isResult(method, value)) resolve(value);
          else reject(new RequestError("internal", strings.strangeAnswer));
        },
        reject,
      };
      this.#pending.set(id, pending);
      signal?.addEventListener("abort", onAbort, { once: true });
      // The pair of method and params is right by this function's signature; the compiler cannot follow it into the union.
      this.#post({ type: "request", id, method, params } as Request);
    });
  }

  /** Takes a message from the panel. True when it belonged to a request, known or forgotten. */
  accept(message: PanelMessage): boolean {
    switch (message.type) {
      case "reply": {
        const pending = this.#pending.get(message.id);
        pending?.end();
        pending?.resolve(pending.pieces.putTogether(message.result, message.arrays ?? []));
        return true;
      }
      case "piece": {
        const pending = this.#pending.get(message.id);
        pending?.alive();
        pending?.pieces.put(message);
        return true;
      }
      case "failure": {
        const pending = this.#pending.get(message.id);
        pending?.end();
        pending?.reject(new RequestError(message.error.kind, message.error.message, message.error.place));
        return true;
      }
      case "progress": {
        const pending = this.#pending.get(message.id);
        pending?.alive();
        pending?.onProgress?.(message.fraction);
        return true;
      }
      case "show":
      case "changed":
      case "filters":
      case "sqlHistory":
      case "command":
      case "highlight":
      case "damage":
        return false;
    }
  }
}
