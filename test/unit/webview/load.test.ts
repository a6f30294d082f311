import type { ReactiveControllerHost } from "lit";
import { describe, expect, it } from "vitest";
import { Load } from "../../../webview/load.ts";
import { RequestError, type RpcClient } from "../../../webview/rpc.ts";

const host: ReactiveControllerHost = {
  addController: () => undefined,
  removeController: () => undefined,
  requestUpdate: () => undefined,
  updateComplete: Promise.resolve(true),
};

/** A panel that answers one question after the other with what stands here, and throws what is an error. */
function answering(...answers: unknown[]): () => RpcClient {
  const request = async () => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return () => ({ request }) as unknown as RpcClient;
}

const busy = new RequestError("busy", "It changes too fast.");
const gone = new RequestError("not_found", "There is no file.");
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe("an answer on screen", () => {
  it("stays, marked as old, while the database is busy, and is new again afterwards", async () => {
    const value = (at: number) => ({ spans: [], snapshot: { at, stale: false } });
    const load = new Load(host, answering(value(1), busy, value(2)), "outline");
    load.ask({ runId: "run_1" });
    await settled();
    load.refresh();
    await settled();
    expect([load.value, load.error]).toMatchObject([{ snapshot: { at: 1, stale: true } }, undefined]);
    load.refresh();
    await settled();
    expect(load.value).toMatchObject({ snapshot: { at: 2, stale: false } });
  });

  it("of the statistics too", async () => {
    const report = { statistics: { total_spans: 1, snapshot: { at: 1, stale: false } } };
    const load = new Load(host, answering(report, busy), "statistics");
    load.ask({} as never);
    await settled();
    load.refresh();
    await settled();
    expect([load.value, load.error]).toMatchObject([
      { statistics: { snapshot: { stale: true } } },
      undefined,
    ]);
  });

  it("stays beside the sentence when the file is gone; without an answer before, busy is a sentence", async () => {
    const load = new Load(host, answering({ snapshot: { at: 1, stale: false } }, gone), "outline");
    load.ask({ runId: "run_1" });
    await settled();
    load.refresh();
    await settled();
    expect([load.value, load.error]).toMatchObject([{ snapshot: { at: 1 } }, { kind: "not_found" }]);
    const first = new Load(host, answering(busy), "outline");
    first.ask({ runId: "run_1" });
    await settled();
    expect([first.value, first.error]).toMatchObject([undefined, { kind: "busy" }]);
  });
});
