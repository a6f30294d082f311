import { expect, test } from "vitest";
import { type PageHost, PageSession } from "../../../src/panel/page-session.ts";
import type { PanelMessage } from "../../../src/protocol/messages.ts";
import type { TraceStore } from "../../../src/store/store.ts";
import { parseMessage } from "../../../webview/inbound.ts";
import { RpcClient } from "../../../webview/rpc.ts";
import { fakeStore } from "../support/fake-store.ts";

/** A panel and a page that talk as over VS Code: by copies. */
function connect(methods: Partial<TraceStore>, deliver: (message: PanelMessage) => Promise<void>) {
  const unused = () => Promise.reject(new Error("not asked for"));
  const host: PageHost = {
    store: async () => fakeStore(methods),
    post: async (message) => {
      await deliver(message);
      const parsed = parseMessage(structuredClone(message));
      if (parsed) rpc.accept(parsed);
    },
    ...{
      copy: unused,
      openText: unused,
      saveTable: unused,
      rememberSql: unused,
      exportRun: () => {},
      exportStatistics: () => {},
      forgetSql: unused,
    },
    ...{
      saveFilter: unused,
      deleteFilter: unused,
      rememberFilter: unused,
      filterHelp: unused,
      salvage: unused,
      ready: () => {},
      shown: () => {},
      warn: () => {},
    },
  };
  const session = new PageSession(host);
  const rpc: RpcClient = new RpcClient((message) => session.receive(structuredClone(message)));
  return rpc;
}

const snapshot = { at: 1, stale: false };
const keys = Float64Array.from({ length: 1_000_000 }, (_, index) => index * 3 + (index % 2) / 4 + 0.1);
const getMatches: TraceStore["getMatches"] = async () => ({ keys, snapshot });

test("a million numbers cross in pieces that are small, and arrive whole and in their place", async () => {
  const sizes: number[] = [];
  const rpc = connect({ getMatches }, async (message) => {
    if (message.type === "piece") sizes.push(message.bytes.buffer.byteLength);
    else if (message.type === "reply") expect(JSON.stringify(message.result).length).toBeLessThan(100);
  });
  const answer = await rpc.request("matches", { runId: "r", filter: "x" });
  expect(answer.snapshot).toEqual(snapshot);
  expect(Buffer.from(answer.keys.buffer).equals(Buffer.from(keys.buffer))).toBe(true);
  expect(sizes.length).toBe(8);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1 << 20);
});

test("small arrays stay where they are", async () => {
  const few = { keys: keys.slice(0, 10), snapshot };
  const types: string[] = [];
  const rpc = connect({ getMatches: async () => few }, async ({ type }) => void types.push(type));
  expect(await rpc.request("matches", { runId: "r", filter: "x" })).toEqual(few);
  expect(types).toEqual(["reply"]);
});

test("pieces are sent no faster than they arrive, and no more of them once the page gives up", async () => {
  const abort = new AbortController();
  const arrived: (() => void)[] = [];
  const types: string[] = [];
  const more = { keys: Float64Array.from({ length: 1_200_000 }, (_, index) => index + 0.1), snapshot };
  const rpc = connect({ getMatches: async () => more }, ({ type }) => {
    types.push(type);
    return type === "piece" ? new Promise((resolve) => arrived.push(resolve)) : Promise.resolve();
  });
  const answer = rpc.request("matches", { runId: "r", filter: "x" }, { signal: abort.signal });
  await new Promise((resolve) => setTimeout(resolve, 20));
  const pieces = Array.from({ length: 8 }, () => "piece");
  expect(types).toEqual(pieces);
  abort.abort();
  await expect(answer).rejects.toMatchObject({ kind: "cancelled" });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(types).toEqual([...pieces, "failure"]);
});

test("an answer whose arrays never came is not taken for one", async () => {
  const rpc = connect({ getMatches }, async (message) => {
    if (message.type === "piece") Object.assign(message, { id: -1 });
  });
  await expect(rpc.request("matches", { runId: "r", filter: "x" })).rejects.toMatchObject({
    kind: "internal",
  });
});
