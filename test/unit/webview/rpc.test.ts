import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PageMessage } from "../../../src/protocol/messages.ts";
import { parseMessage } from "../../../webview/inbound.ts";
import { RequestError, RpcClient } from "../../../webview/rpc.ts";

function setUp(patience?: number) {
  const sent: PageMessage[] = [];
  const rpc = new RpcClient((message) => sent.push(message), patience);
  const say = (data: unknown) => {
    const message = parseMessage(data);
    return message ? rpc.accept(message) : undefined;
  };
  return { sent, rpc, say };
}

const kindOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "answered",
    (error: unknown) => (error instanceof RequestError ? error.kind : "other"),
  );

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("requests to the panel", () => {
  it("get their own answers, in any order", async () => {
    const { sent, rpc, say } = setUp();
    const runs = rpc.request("runs", { limit: 5 });
    const pipelines = rpc.request("pipelines", {});
    expect(sent).toEqual([
      { type: "request", id: 1, method: "runs", params: { limit: 5 } },
      { type: "request", id: 2, method: "pipelines", params: {} },
    ]);
    say({ type: "reply", id: 2, result: [{ pipeline_name: "p", runs: 1 }] });
    say({ type: "reply", id: 1, result: [] });
    expect(await runs).toEqual([]);
    expect(await pipelines).toEqual([{ pipeline_name: "p", runs: 1 }]);
  });

  it("reject with the panel's kind and sentence", async () => {
    const { rpc, say } = setUp();
    const answer = rpc.request("runs", {});
    say({ type: "failure", id: 1, error: { kind: "busy", message: "Try again." } });
    await expect(answer).rejects.toMatchObject({ kind: "busy", message: "Try again." });
  });

  it("reject an answer of the wrong shape", async () => {
    const { rpc, say } = setUp();
    const outline = kindOf(rpc.request("outline", { runId: "r" }));
    say({ type: "reply", id: 1, result: { spans: "no" } });
    expect(await outline).toBe("internal");
  });

  it("end when they are aborted, and tell the panel", async () => {
    const { sent, rpc, say } = setUp();
    const abort = new AbortController();
    const kind = kindOf(rpc.request("runs", {}, { signal: abort.signal }));
    abort.abort();
    expect(await kind).toBe("cancelled");
    expect(sent.at(-1)).toEqual({ type: "cancel", id: 1 });
    expect(say({ type: "reply", id: 1, result: [] })).toBe(true);
  });

  it("are not sent when they were aborted before", async () => {
    const { sent, rpc } = setUp();
    expect(await kindOf(rpc.request("runs", {}, { signal: AbortSignal.abort() }))).toBe("cancelled");
    expect(sent).toEqual([]);
  });

  it("end with an error when the panel is silent", async () => {
    const { sent, rpc } = setUp(1000);
    const kind = kindOf(rpc.request("runs", {}));
    await vi.advanceTimersByTimeAsync(1000);
    expect(await kind).toBe("busy");
    expect(sent.at(-1)).toEqual({ type: "cancel", id: 1 });
  });

  it("wait longer while there is progress", async () => {
    const { rpc, say } = setUp(1000);
    const seen: number[] = [];
    const kind = kindOf(rpc.request("runs", {}, { onProgress: (fraction) => seen.push(fraction) }));
    await vi.advanceTimersByTimeAsync(900);
    say({ type: "progress", id: 1, fraction: 0.5 });
    await vi.advanceTimersByTimeAsync(900);
    say({ type: "reply", id: 1, result: [] });
    expect(await kind).toBe("answered");
    expect(seen).toEqual([0.5]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("messages to the page", () => {
  it("are ignored when the page does not know them", () => {
    for (const data of [
      undefined,
      null,
      7,
      "changed",
      {},
      { type: "eval" },
      { type: "reply", id: "1" },
      { type: "show", view: {} },
    ]) {
      expect(parseMessage(data)).toBeUndefined();
    }
  });

  it("belong to the page itself when they answer nothing", () => {
    const { say } = setUp();
    expect(say({ type: "changed" })).toBe(false);
    expect(say({ type: "show", databaseName: "d", view: { tab: "trace", database: "/d" } })).toBe(false);
    expect(say({ type: "reply", id: 99, result: null })).toBe(true);
  });

  it("keep a failure whose kind is new", () => {
    expect(parseMessage({ type: "failure", id: 1, error: { kind: "brand_new", message: "m" } })).toEqual({
      type: "failure",
      id: 1,
      error: { kind: "internal", message: "m" },
    });
  });
});
