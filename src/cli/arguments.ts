import { InvalidArgumentError } from "commander";
import { type FilterScope, findMistake } from "../filter/check.ts";
import type { Place } from "../filter/syntax.ts";
import { readDuration } from "../filter/values.ts";
import { visible } from "../format/text.ts";
import type { State } from "../store/model.ts";
import { stateOfRun, states } from "../store/status.ts";
import { displayWidth } from "./width.ts";

/** A whole number from 1 up, as `--limit` takes it. */
export function parseLimit(text: string): number {
  const limit = Number(text);
  if (!/^\+?\d+$/.test(text) || !Number.isSafeInteger(limit) || limit < 1) {
    throw new InvalidArgumentError("It takes a whole number from 1 up.");
  }
  return limit;
}

/** A positive number of hours, with or without a fraction. */
export function parseHours(text: string): number {
  const hours = Number(text);
  if (text.trim() === "" || !Number.isFinite(hours) || hours <= 0) {
    throw new InvalidArgumentError("It takes a number of hours above 0, such as 24 or 0.5.");
  }
  return hours;
}

/** A duration from 0 up: a number of seconds, or one with a unit. */
export function parseSeconds(text: string): number {
  const seconds = readDuration(text.trim());
  if (seconds === undefined || !(seconds >= 0)) {
    throw new InvalidArgumentError("It takes a duration from 0 up, such as 200ms, 2s or 1.5min.");
  }
  return seconds;
}

/** A state, or a word that stands for one. */
export function parseState(text: string): State {
  const state = stateOfRun(text);
  if (state !== "unknown" || text.trim().toLowerCase() === "unknown") return state;
  throw new InvalidArgumentError(`It takes one of ${states.join(", ")}.`);
}

/** A run id or a part of one. */
export function parseRunId(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("It takes a run id or a part of one.");
  return text;
}

/** A path or an address. */
export function parseDatabase(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("It takes the path of a trace database.");
  return text;
}

/** A path of a file. */
export function parseFile(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("It takes the path of a file.");
  return text;
}

/** Names separated by commas. */
export function parseNames(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.some((name) => name === ""))
    throw new InvalidArgumentError("It takes names separated by commas.");
  return names;
}

/** A filter in the filter language, about spans or about runs. A mistake is told with its place. */
export function parseFilterFor(scope: FilterScope): (text: string) => string {
  return (text) => {
    const mistake = findMistake(text, scope, Date.now() / 1000);
    if (mistake === undefined) return text;
    throw new InvalidArgumentError(
      `At character ${mistake.place.from + 1}: ${mistake.message}${pointedAt(text, mistake.place)}`,
    );
  };
}

/** The filter with a mark under a place of it; nothing where it would not fit into a line. */
function pointedAt(text: string, { from, to }: Place): string {
  if (text.length > 120 || visible(text) !== text || /[\r\n\t]/.test(text)) return "";
  const before = displayWidth(text.slice(0, from));
  const marked = Math.max(1, displayWidth(text.slice(from, to)));
  return `\n  ${text}\n  ${" ".repeat(before)}${"^".repeat(marked)}`;
}
