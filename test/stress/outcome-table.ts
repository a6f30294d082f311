import type { Outcome } from "./stress.ts";

const columns: readonly [title: string, cell: (outcome: Outcome) => string][] = [
  ["behaviour", ({ behaviour, writer }) => (writer === "" ? behaviour : `${behaviour} (${writer})`)],
  ["commits", ({ commits }) => String(commits)],
  ["attempts", ({ calls }) => String(calls)],
  ["accepted", ({ calls, accepted }) => `${accepted} (${Math.round((accepted / calls) * 100)} %)`],
  ["rejected", ({ rejected }) => String(rejected)],
  ["torn accepted", ({ torn }) => String(torn.length)],
  ["other failures", ({ failed }) => String(failed.length)],
  ["advanced", ({ advanced }) => String(advanced)],
  ["fresh p50", ({ freshness }) => milliseconds(freshness.p50)],
  ["fresh p95", ({ freshness }) => milliseconds(freshness.p95)],
  ["files", ({ before, after }) => (before === after ? `same ${before.slice(0, 8)}` : "CHANGED")],
];

/** One line a behaviour, as text. */
export function outcomeTable(outcomes: readonly Outcome[]): string {
  const rows = [
    columns.map(([title]) => title),
    ...outcomes.map((outcome) => columns.map(([, cell]) => cell(outcome))),
  ];
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ")).join("\n");
}

/** What must never happen and did, one sentence each. */
export function complaints({ behaviour, torn, failed, before, after }: Outcome): string[] {
  return [
    ...torn.slice(0, 5).map((why) => `${behaviour}: a torn answer was accepted: ${why}`),
    ...failed.slice(0, 5).map((why) => `${behaviour}: a call ended with ${why}`),
    ...(before === after ? [] : [`${behaviour}: a pure read changed the files`]),
  ];
}

function milliseconds(seconds: number): string {
  return Number.isNaN(seconds) ? "-" : `${Math.round(seconds * 1000)} ms`;
}
