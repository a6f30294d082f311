import * as vscode from "vscode";
import { formatCount } from "../format/numbers.ts";
import { oneLine } from "../format/text.ts";
import { lostSentence } from "../write/lost-sentence.ts";
import type { Recovery } from "../write/recover.ts";
import type { Remark, WriteReport } from "../write/report.ts";

/** All that a new database's report says, as plain text. */
export function reportText(
  { runs, spans, mended, refused, counts }: WriteReport,
  recovery?: Recovery,
  notes: readonly string[] = [],
): string {
  return [
    vscode.l10n.t("Runs: {0}", formatCount(runs)),
    vscode.l10n.t("Spans: {0}", formatCount(spans)),
    ...(recovery !== undefined && recovery.lost.length > 0 ? [lostSentence(recovery)] : []),
    ...notes.map((note) => oneLine(note, 500)),
    "",
    vscode.l10n.t("Mended so that it fits: {0}", formatCount(counts.mended)),
    ...remarkLines(mended, counts.mended),
    "",
    vscode.l10n.t("Without a place in the new schema: {0}", formatCount(counts.refused)),
    ...remarkLines(refused, counts.refused),
    "",
  ].join("\n");
}

function remarkLines(remarks: readonly Remark[], count: number): string[] {
  const lines = remarks.map(({ run_id, span_id, reason }) => {
    const place = span_id === undefined ? run_id : `${run_id} ${span_id}`;
    return `  ${oneLine(place, 200)}: ${oneLine(reason, 500)}`;
  });
  if (count > remarks.length)
    lines.push(`  ${vscode.l10n.t("and {0} more", formatCount(count - remarks.length))}`);
  return lines;
}
