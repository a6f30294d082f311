import { describe, expect, it } from "vitest";
import type { Run } from "../../../src/store/model.ts";
import { PAGE, RunPages } from "../../../src/views/run-pages.ts";
import { makeRun } from "../support/runs.ts";

/** A list of runs as a store pages it. */
function source(runs: Run[]) {
  const calls: number[] = [];
  const pages = new RunPages(async (limit, after) => {
    calls.push(limit);
    const start = after === undefined ? 0 : runs.findIndex((run) => run.run_id === after.run_id) + 1;
    return runs.slice(start, start + limit);
  });
  return { pages, calls };
}

const runsOf = (count: number) => Array.from({ length: count }, (_, index) => makeRun(`run_${index}`));

describe("RunPages", () => {
  it("shows a first page, and the rest page by page", async () => {
    const { pages } = source(runsOf(250));
    expect(await pages.load()).toMatchObject({ runs: { length: PAGE }, more: true });
    expect(await pages.loadMore()).toMatchObject({ runs: { length: 200 }, more: true });
    const last = await pages.loadMore();
    expect(last.more).toBe(false);
    expect(last.runs.map((run) => run.run_id)).toEqual(runsOf(250).map((run) => run.run_id));
  });

  it("offers no next page when a page is exactly full", async () => {
    expect(await source(runsOf(PAGE)).pages.load()).toMatchObject({ runs: { length: PAGE }, more: false });
  });

  it("reads once until it is invalidated, then as much as before", async () => {
    const { pages, calls } = source(runsOf(250));
    await pages.load();
    await pages.load();
    await pages.loadMore();
    pages.invalidate();
    expect((await pages.load()).runs).toHaveLength(200);
    expect(calls).toEqual([PAGE + 1, PAGE + 1, 201]);
  });

  it("shows a run once, though it stands in two pages", async () => {
    const runs = runsOf(150);
    const pages = new RunPages(async (_limit, after) =>
      after === undefined ? runs.slice(0, 101) : [runs[0]!, ...runs.slice(100)],
    );
    await pages.load();
    expect((await pages.loadMore()).runs.map((run) => run.run_id)).toEqual(runs.map((run) => run.run_id));
  });

  it("tries again after a failure", async () => {
    let failing = true;
    const pages = new RunPages(async () => {
      if (failing) throw new Error("busy");
      return runsOf(1);
    });
    await expect(pages.load()).rejects.toThrow("busy");
    failing = false;
    expect((await pages.load()).runs).toHaveLength(1);
  });
});
