import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { readDefinitions } from "../../../src/steps/read.ts";
import { freshFolder } from "../support/fixtures.ts";
import { rowsOf, stockDatabase } from "../support/stock-sqlite.ts";

const folder = fileURLToPath(new URL("../../fixtures/steps/", import.meta.url));

/** Steps inside of others: flujo 0.4.35, which ran this file, writes spans of the outermost ones only. */
const inner = ["loop_body", "branch_yes", "left", "right", "each_item"];

test("the names found in a file are those that flujo itself wrote when it ran the file", async () => {
  const definitions = readDefinitions("python", readFileSync(path.join(folder, "every_way.py"), "utf8"));
  const file = path.join(freshFolder(), "every_way.db");
  writeFileSync(file, gunzipSync(readFileSync(path.join(folder, "every_way.db.gz"))));
  const database = await stockDatabase(file);
  const written = rowsOf(database, "SELECT name FROM spans WHERE parent_span_id IS NOT NULL").map(
    ({ name }) => name,
  );
  const [run] = rowsOf(database, "SELECT pipeline_name FROM runs");
  database.close();
  expect(written.length).toBe(17);
  const steps = definitions.filter(({ kind }) => kind !== "pipeline").map(({ name }) => name);
  expect(steps.filter((name) => !inner.includes(name)).sort()).toEqual([...written].sort());
  expect(definitions.find(({ kind }) => kind === "pipeline")?.name).toBe(run?.pipeline_name);
});
