/** What a glance at a span tells, the same in the sidebar's tooltip and the panel's. */
import { clip } from "./text.ts";

const PREVIEW_LENGTH = 600;
const PREVIEW_LINES = 12;

/** How many times its usual seconds a span took: "3.1", "12", "0.05". Undefined when nothing is usual. */
export function timesUsual(duration: number, usual: number): string | undefined {
  if (!(usual > 0)) return undefined;
  const ratio = duration / usual;
  return String(Number(ratio >= 10 || ratio < 0.1 ? ratio.toPrecision(2) : ratio.toFixed(1)));
}

/** The beginning of an input: some lines of it, and what it seems to be. Not made inert. */
export function inputPreview(input: string): { text: string; language: "json" | "plaintext" } {
  const lines = clip(input, PREVIEW_LENGTH).split(/\r\n|\r|\n/);
  const shown = lines.length > PREVIEW_LINES ? [...lines.slice(0, PREVIEW_LINES), "…"] : lines;
  return { text: shown.join("\n"), language: /^\s*[[{]/.test(input) ? "json" : "plaintext" };
}
