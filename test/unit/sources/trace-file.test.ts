import { readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { openStore } from "../../../src/sources/open-store.ts";
import { exportedRunOf, text } from "../export/made-up.ts";
import { freshFolder } from "../support/fixtures.ts";

const leftovers = () => readdirSync(tmpdir()).filter((name) => /^flujo-lens-[A-Za-z0-9]{6}$/.test(name));

test("an exported trace opens like a database, and leaves nothing when it is closed", async () => {
  const file = path.join(freshFolder(), "run.otlp.json");
  const exported = exportedRunOf([
    { id: "a", start: 1_759_305_600, end: 1_759_305_602 },
    {
      id: "b",
      parent: 0,
      status: "failed",
      start: 1_759_305_600,
      end: 1_759_305_601,
      attributes: { feedback: "boom" },
    },
  ]);
  writeFileSync(file, text(exported, "otlp"));
  const before = leftovers();
  const said: string[] = [];
  const store = await openStore(file, (sentence) => said.push(sentence));
  expect(store.path).toBe(file);
  const [run] = await store.listRuns();
  expect(run).toMatchObject({ run_id: "run_1", pipeline_name: "triage", span_count: 2, failed_count: 1 });
  expect(
    (await store.getOutline("run_1")).spans.map(({ span_id, error }) => [span_id, error?.message]),
  ).toEqual([
    ["a", undefined],
    ["b", "boom"],
  ]);
  await store.close();
  expect(said).toEqual([]);
  expect(leftovers()).toEqual(before);
});

test("a file that is no trace says so in one sentence, and leaves nothing", async () => {
  const file = path.join(freshFolder(), "package.json");
  writeFileSync(file, '{"name": 5}');
  const before = leftovers();
  await expect(openStore(file, () => {})).rejects.toMatchObject({
    kind: "unreadable",
    message: expect.stringMatching(/is not an exported trace/),
  });
  expect(leftovers()).toEqual(before);
});
