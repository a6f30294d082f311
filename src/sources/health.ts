import { TraceError } from "../engine/errors.ts";
import type { TraceStore } from "../store/store.ts";

import type { Damage } from "./partial-store.ts";

/** How a database did when it was asked last. */
export type Health =
  | { readonly kind: "unknown" }
  /** `at`: when it last answered, seconds since the epoch. */
  | { readonly kind: "live"; readonly at: number }
  /** It is there, but nothing newer than `at` could be proven. */
  | { readonly kind: "stale"; readonly at: number; readonly reason: string }
  /** It is damaged, and answers from what could be read of it. */
  | { readonly kind: "partial"; readonly at: number; readonly reason: string }
  | { readonly kind: "unreadable"; readonly reason: string };

/** The health after a call, told from the health before it and from what the call threw; `now` in seconds since the epoch. */
export function healthAfter(before: Health, thrown: unknown, now: number, damage?: Damage): Health {
  if (thrown === undefined) {
    return damage === undefined
      ? { kind: "live", at: now }
      : { kind: "partial", at: now, reason: damage.sentence };
  }
  const { kind, message } = TraceError.from(thrown);
  switch (kind) {
    case "busy": {
      const at = before.kind === "live" || before.kind === "stale" ? before.at : undefined;
      return at === undefined
        ? { kind: "unreadable", reason: message }
        : { kind: "stale", at, reason: message };
    }
    case "not_found":
    case "not_a_database":
    case "unsupported_layout":
    case "unreadable":
    case "corrupt":
    case "internal":
      return { kind: "unreadable", reason: message };
    default:
      // What was asked for was wrong, or is no longer wanted: that says nothing about the file.
      return before;
  }
}

/** The store, whose every call is reported when it ends: with what it threw, or undefined. */
export function reported(store: TraceStore, report: (thrown: unknown) => void): TraceStore {
  return new Proxy(store, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== "function" || key === "close") return value;
      return (...args: unknown[]): unknown => {
        const result: unknown = Reflect.apply(value, target, args);
        if (result instanceof Promise) {
          result.then(
            () => report(undefined),
            (thrown: unknown) => report(thrown),
          );
        }
        return result;
      };
    },
  });
}
