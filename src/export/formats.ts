import { jsonPieces } from "../format/json-writer.ts";
import { chromeShape } from "./chrome.ts";
import type { ExportedRun } from "./exported.ts";
import { flujoShape } from "./flujo-json.ts";
import { htmlPieces } from "./html.ts";
import { markdownLines } from "./markdown.ts";
import { otlpShape } from "./otlp.ts";
import { csvLines } from "./table.ts";

export const exportFormats = ["json", "otlp", "chrome", "csv", "markdown", "html"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** The ending of a file in each format, without its dot. */
export const extensions: Readonly<Record<ExportFormat, string>> = {
  json: "json",
  otlp: "otlp.json",
  chrome: "trace.json",
  csv: "csv",
  markdown: "md",
  html: "html",
};

/** The text of an export, piece by piece and made while it is taken: a run of a million spans fits no string. */
export function exportPieces(runs: readonly ExportedRun[], format: ExportFormat): Iterable<string> {
  switch (format) {
    case "json":
      return jsonPieces(runs.length === 1 ? flujoShape(runs[0]!) : { runs: runs.map(flujoShape) });
    case "otlp":
      return jsonPieces(otlpShape(runs));
    case "chrome":
      return jsonPieces(chromeShape(runs));
    case "csv":
      return csvLines(runs);
    case "markdown":
      return markdownLines(runs);
    case "html":
      return htmlPieces(runs);
  }
}
