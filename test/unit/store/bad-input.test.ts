import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { openTraceStore } from "../../../src/store/store.ts";
import { badDatabases } from "../support/bad-databases.ts";
import { type FixtureName, fixtureCopy, fixtureNames } from "../support/fixtures.ts";

describe("bad input", async () => {
  test.each(await badDatabases())("$what is refused as $kind", async ({ path: file, kind }) => {
    const opening = openTraceStore(file).then(async (store) => {
      try {
        // What opens in spite of damage must not answer as if it were whole.
        return await store.getSpanStatistics();
      } finally {
        await store.close();
      }
    });
    await expect(opening).rejects.toMatchObject({ kind, message: expect.stringMatching(/^\S.*\.$/) });
  });
});

test.each(fixtureNames)("reading %s leaves its folder as it was", async (name: FixtureName) => {
  const file = fixtureCopy(name);
  const folder = path.dirname(file);
  const before = readdirSync(folder).map((entry) => [
    entry,
    readFileSync(path.join(folder, entry)).toString("base64"),
  ]);
  const store = await openTraceStore(file);
  const [run] = await store.listRuns({ limit: 1 });
  await store.getTrace(run!.run_id);
  await store.getStatisticsReport();
  await store.close();
  const after = readdirSync(folder).map((entry) => [
    entry,
    readFileSync(path.join(folder, entry)).toString("base64"),
  ]);
  expect(after).toEqual(before);
});
