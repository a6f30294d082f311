import type { Reader } from "../engine/reader.ts";
import type { ReportQuery } from "./model.ts";
import { type BareReport, statisticsReport } from "./report.ts";
import { countRuns, newestRuns } from "./runs.ts";

/** A report of the newest runs before its snapshot is known. */
export interface BarePreview {
  readonly report: BareReport;
  readonly runs: number;
  readonly of: number;
}

/** What is read within a moment. */
const MOST = { runs: 500, spans: 20_000 };

/**
 * As `statisticsReport`, of as many of the newest runs as are read within a moment; undefined when the query takes no span of
 * these. Nothing is said of the period before: most of its runs would be missing.
 */
export function reportPreview(
  reader: Reader,
  query: ReportQuery,
  now: number,
  most = MOST,
): BarePreview | undefined {
  const { pipelineName: pipeline } = query;
  const onlyRuns: string[] = [];
  let spans = 0;
  for (const run of newestRuns(reader, { pipeline, limit: most.runs })) {
    spans += run.spans;
    if (spans > most.spans) break;
    onlyRuns.push(run.run_id);
  }
  const report = statisticsReport(reader, { ...query, onlyRuns }, now);
  if (report.covered === null) return undefined;
  return { report: { ...report, before: null }, runs: onlyRuns.length, of: countRuns(reader, { pipeline }) };
}
