import { expect, test } from "vitest";
import { openDatabase } from "../../../src/engine/database.ts";
import { buildColumns } from "../../../src/store/columns/build.ts";
import { columnStatistics, compareColumns } from "../../../src/store/columns/column-statistics.ts";
import { compareStatistics } from "../../../src/store/comparison.ts";
import { type StatisticsQuery, statisticsGroups } from "../../../src/store/model.ts";
import { StoreSession } from "../../../src/store/session.ts";
import { spanStatistics } from "../../../src/store/statistics.ts";
import { fixture } from "../support/fixtures.ts";
import { expectSame } from "../support/same-figures.ts";

test.each(["v0.4.32", "v0.6.11", "live"] as const)("columns of %s answer as SQL does", async (name) => {
  const session = new StoreSession(await openDatabase(fixture(name)));
  const queries: StatisticsQuery[] = [
    {},
    { pipelineName: "code_review" },
    { pipelineVersion: null },
    { states: ["failed"], errorTypes: ["timeout", "rate_limit"] },
    { durationRange: [0.3, 2], names: ["summarize", "pipeline_run"] },
  ];
  session.read((reader) => {
    const columns = buildColumns(reader, 1e9)!;
    expect(columns).toBeDefined();
    for (const query of queries) {
      for (const groupBy of [undefined, ...statisticsGroups])
        expectSame(
          columnStatistics(columns, { ...query, groupBy }),
          spanStatistics(reader, { ...query, groupBy }),
        );
      for (const groupBy of statisticsGroups)
        expectSame(
          compareColumns(columns, {}, query, groupBy),
          compareStatistics(reader, {}, query, groupBy),
        );
    }
  });
  session.database.close();
});

test("without room or with blobs there are no columns, and SQL answers", async () => {
  for (const [name, budget] of [
    ["v0.6.11", 1000],
    ["v1.0", 1e9],
  ] as const) {
    const session = new StoreSession(await openDatabase(fixture(name)));
    session.read((reader) => expect(buildColumns(reader, budget)).toBeUndefined());
    session.database.close();
  }
});
