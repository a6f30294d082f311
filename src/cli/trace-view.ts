import { formatCost, formatCount, formatDuration } from "../format/numbers.ts";
import { oneLine } from "../format/text.ts";
import type { OutlineSpan } from "../store/model.ts";
import { type Palette, plain } from "./colour.ts";
import { markOf, painterOf } from "./marks.ts";
import { levelNote, TreeGuides } from "./tree.ts";
import { cutTo, displayWidth, padding } from "./width.ts";

/** A span as the tree shows it. */
export type TraceRow = Pick<
  OutlineSpan,
  | "parent"
  | "depth"
  | "child_count"
  | "name"
  | "state"
  | "status"
  | "duration"
  | "cost"
  | "tokens"
  | "attempt"
  | "error"
>;

/** The rows of a tree in reading order, parents before children: an array, or something that makes each row when it is asked. */
export interface TraceRows {
  readonly length: number;
  at(index: number): TraceRow | undefined;
}

/** Longest name, in characters; and the widest that the column of names grows, in cells. */
const MAX_NAME = 120;
const MAX_LABEL = 72;
const DURATION_WIDTH = 10;
/** Cells of a state's mark and the space after it. */
const MARK_WIDTH = 2;

/**
 * A trace as lines of text: one row a span with its duration, and under a failed span the reason.
 */
export function* traceLines(rows: TraceRows, palette: Palette, width: number): Generator<string> {
  const last = lastSiblings(rows);
  const repeated = repeatedErrors(rows);
  const column = labelWidth(rows);
  const guides = new TreeGuides();
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows.at(index)!;
    const guide = guides.next({ depth: row.depth, last: last[index] === 1 }, row.child_count > 0);
    const mark = painterOf(row.state, palette)(markOf(row.state));
    const name = nameOf(row);
    // Guides and marks take one cell a character; measuring them anew for every row would cost most of the time.
    const space = padding(name, column - guide.row.length - MARK_WIDTH);
    yield `${palette.dim(guide.row)}${mark} ${row.state === "failed" ? palette.red(name) : name}${space}  ${figures(row, palette)}`;
    const reason = repeated[index] === 1 ? undefined : reasonOf(row);
    if (reason === undefined) continue;
    const room = Math.max(20, width - guide.below.length);
    yield `${palette.dim(guide.below)}${palette.red(cutTo(reason, room))}`;
  }
}

function nameOf(row: TraceRow): string {
  return oneLine(row.name, MAX_NAME) || "(no name)";
}

function figures(row: TraceRow, palette: Palette): string {
  const duration = row.duration === null ? "unfinished" : formatDuration(row.duration);
  const facts = [
    levelNote(row.depth, palette),
    row.attempt !== null && row.attempt > 1 ? palette.yellow(`attempt ${formatCount(row.attempt)}`) : "",
    row.cost !== null && row.cost !== 0 ? formatCost(row.cost) : "",
    row.tokens !== null && row.tokens !== 0 ? palette.dim(`${formatCount(row.tokens)} tokens`) : "",
    row.state === "paused" || row.state === "cancelled" || row.state === "unknown"
      ? painterOf(row.state, palette)(oneLine(row.status, 40))
      : "",
  ].filter((fact) => fact !== "");
  const paint = row.duration === null ? palette.blue : plain;
  return [padding(duration, DURATION_WIDTH) + paint(duration), ...facts].join("  ");
}

function reasonOf(row: TraceRow): string | undefined {
  if (row.error === undefined) return undefined;
  const message = oneLine(row.error.message, 300);
  const type = oneLine(row.error.type, 80);
  if (message === "") return type === "unknown" ? "no error message was recorded" : type;
  return type === "unknown" || message.startsWith(type) ? message : `${type}: ${message}`;
}

/** 1 for rows after which no sibling follows. */
function lastSiblings(rows: TraceRows): Uint8Array {
  const last = new Uint8Array(rows.length);
  const seen = new Uint8Array(rows.length + 1);
  for (let index = rows.length - 1; index >= 0; index -= 1) {
    const parent = rows.at(index)!.parent + 1;
    if (seen[parent] === 0) last[index] = 1;
    seen[parent] = 1;
  }
  return last;
}

/** 1 for failed rows that only repeat what a failed child says, or say nothing while a child does. */
function repeatedErrors(rows: TraceRows): Uint8Array {
  const repeated = new Uint8Array(rows.length);
  for (const row of each(rows)) {
    if (row.error === undefined || row.parent < 0) continue;
    const above = rows.at(row.parent)!.error;
    if (above === undefined) continue;
    if (above.message === "" || above.message === row.error.message) repeated[row.parent] = 1;
  }
  return repeated;
}

function labelWidth(rows: TraceRows): number {
  const guides = new TreeGuides();
  let widest = 0;
  for (const row of each(rows)) {
    const guide = guides.next({ depth: row.depth, last: true }, false).row;
    widest = Math.max(widest, guide.length + MARK_WIDTH + displayWidth(nameOf(row)));
  }
  return Math.min(widest, MAX_LABEL);
}

function* each(rows: TraceRows): Generator<TraceRow> {
  for (let index = 0; index < rows.length; index += 1) yield rows.at(index)!;
}
