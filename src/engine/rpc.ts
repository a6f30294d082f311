import type { ErrorValue } from "./errors.ts";

/** An interface that names methods: `{ listRuns: { params: RunQuery; result: Run[] } }`. Both cross threads, so keep them flat. */
export type Methods<M> = { readonly [K in keyof M]: { params: unknown; result: unknown } };

/** What a client tells its worker. At most one call is under way. */
export type ToWorker =
  | {
      readonly type: "start";
      readonly data: unknown;
      /** One shared cell: the id of the call that should end early. */
      readonly cancel: Int32Array;
    }
  | { readonly type: "call"; readonly id: number; readonly method: string; readonly params: unknown };

/** What a worker tells its client: how its start went, and exactly one result or error a call. */
export type FromWorker =
  | { readonly type: "ready" }
  | { readonly type: "failed"; readonly error: ErrorValue }
  | { readonly type: "result"; readonly id: number; readonly value: unknown }
  | { readonly type: "error"; readonly id: number; readonly error: ErrorValue }
  | { readonly type: "progress"; readonly id: number; readonly fraction: number };
