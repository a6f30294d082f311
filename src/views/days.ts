import type { Run } from "../store/model.ts";

/** Runs that started on one day of the local calendar. */
export interface Day {
  /** "2025-10-01", or "" for runs without a start. */
  readonly date: string;
  readonly runs: readonly Run[];
}

/** Groups runs by the local day of their start, in their order. */
export function byDay(runs: readonly Run[]): Day[] {
  const days = new Map<string, Run[]>();
  for (const run of runs) {
    const date = dayOf(run.start_time);
    const day = days.get(date);
    if (day === undefined) days.set(date, [run]);
    else day.push(run);
  }
  return [...days].map(([date, members]) => ({ date, runs: members }));
}

/** The local day of a time in seconds since the epoch, "" without one. */
export function dayOf(time: number | null): string {
  if (time === null) return "";
  const date = new Date(time * 1000);
  if (Number.isNaN(date.getTime())) return "";
  const two = (part: number) => String(part).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
