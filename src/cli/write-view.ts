import { formatCount } from "../format/numbers.ts";
import { oneLine } from "../format/text.ts";
import type { Remark, WriteReport } from "../write/report.ts";
import type { Session } from "./session.ts";

/** Remarks that are printed for people; `--json` has them all. */
const MOST_PRINTED = 20;

/** What a command that writes says in the end. */
export async function printReport(session: Session, headline: string, report: WriteReport): Promise<void> {
  if (session.json) {
    const { runs, spans, mended, refused, counts } = report;
    const more = { mended: counts.mended - mended.length, refused: counts.refused - refused.length };
    const isCut = more.mended + more.refused > 0;
    await session.writeJson({ runs, spans, mended, refused, ...(isCut ? { more } : {}) });
    return;
  }
  await session.writeLines(
    [headline],
    remarkLines("Mended", report.mended, report.counts.mended),
    remarkLines("Refused", report.refused, report.counts.refused),
  );
}

export function runsAndSpans({ runs, spans }: WriteReport): string {
  return `${formatCount(runs)} ${runs === 1 ? "run" : "runs"}, ${formatCount(spans)} ${spans === 1 ? "span" : "spans"}`;
}

function* remarkLines(title: string, remarks: readonly Remark[], count: number): Generator<string> {
  if (count === 0) return;
  yield `${title}: ${formatCount(count)}`;
  for (const { run_id, span_id, reason } of remarks.slice(0, MOST_PRINTED)) {
    const place = span_id === undefined ? run_id : `${run_id} ${span_id}`;
    yield `  ${oneLine(place, 100)}: ${oneLine(reason, 300)}`;
  }
  if (count > MOST_PRINTED) yield `  and ${formatCount(count - MOST_PRINTED)} more; --json has them.`;
}
