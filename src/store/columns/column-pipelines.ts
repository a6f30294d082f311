import type { PipelineSummary } from "../model.ts";
import { pipelineOf, type RunFacts, versionOf } from "./run-facts.ts";
import type { SpanColumns } from "./span-columns.ts";

/** As `listPipelines`, from columns. */
export function columnPipelines(columns: SpanColumns, facts: RunFacts): PipelineSummary[] {
  const versions = new Map<number, Map<number, { runs: number; newest: number }>>();
  for (let run = 0; run < facts.size; run += 1) {
    const ofPipeline = entry(versions, pipelineOf(columns, facts, run), () => new Map());
    const one = entry(ofPipeline, versionOf(columns, facts, run), () => ({
      runs: 0,
      newest: Number.NEGATIVE_INFINITY,
    }));
    one.runs += 1;
    if (facts.start[run]! > one.newest) one.newest = facts.start[run]!;
  }
  return Array.from(versions, ([pipeline, found]) => {
    const known = Array.from(found, ([version, one]) => ({
      version: columns.runs.versions[version]!,
      ...one,
    }));
    known.sort((a, b) => b.newest - a.newest || ((a.version ?? "") < (b.version ?? "") ? 1 : -1));
    return {
      pipeline_name: columns.runs.pipelines[pipeline]!,
      runs: known.reduce((sum, { runs }) => sum + runs, 0),
      versions: known.map(({ version, runs }) => ({ pipeline_version: version, runs })),
    };
  }).sort((a, b) => (a.pipeline_name < b.pipeline_name ? -1 : 1));
}

function entry<V>(map: Map<number, V>, key: number, make: () => V): V {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}
