// What the timeline's measurement found, as Markdown.
import os from "node:os";
import { megabytes, times } from "./table.mjs";

/** @typedef {import("./timeline.mjs").Cost} Cost */
/** @typedef {import("./timeline.mjs").TimelineResult} TimelineResult */

/** What a frame may cost at 100,000 spans: milliseconds, and a multiple of what it costs at 1,000. */
const limits = { script: 8, growth: 2 };

/** @param {number | undefined} value */
const ms = (value) => (value === undefined ? "not tried" : `${value.toFixed(value < 100 ? 1 : 0)} ms`);

/** @type {readonly (readonly [title: string, cell: (result: TimelineResult) => string])[]} */
const measures = [
  ["from the choice of the run to its first paint", ({ open }) => ms(open)],
  ["first paint, from the arrival of its spans", ({ paint }) => ms(paint)],
  ["a plain DOM waterfall: first paint", ({ peer }) => ms(peer?.paint)],
  ["script a frame: zoom", ({ costs }) => ms(costs.zoom?.script)],
  ["script a frame: pan", ({ costs }) => ms(costs.pan?.script)],
  ["script a frame: scroll", ({ costs }) => ms(costs.scroll?.script)],
  ["script of a jump to the next match, with its details", ({ costs }) => ms(costs.jump?.script)],
  ["script a frame: zoom of the flame graph", ({ costs }) => ms(costs["flame zoom"]?.script)],
  ["all of a frame: zoom", ({ costs }) => ms(costs.zoom?.task)],
  ["a plain DOM waterfall: zoom", ({ peer }) => ms(peer?.zoom.task)],
  ["all of a frame: scroll", ({ costs }) => ms(costs.scroll?.task)],
  ["a plain DOM waterfall: scroll", ({ peer }) => ms(peer?.scroll.task)],
  ["only failed spans and those above them", ({ failed }) => ms(failed)],
  [
    "memory of the page: objects + typed arrays",
    ({ memory }) => `${megabytes(memory.objects)} + ${megabytes(memory.arrays)}`,
  ],
];

/**
 * @param {readonly TimelineResult[]} results
 * @param {Cost} idle what a frame costs in which nothing happens.
 */
export function timelineTable(results, idle) {
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(" | ")} |`;
  const turns = results.flatMap((result) => result.turns);
  const grown = turns.map(({ objects, arrays }) => megabytes(objects + arrays)).join(", ");
  return [
    line(["spans of the run", ...results.map(({ spans }) => spans.toLocaleString("en"))]),
    line(["---", ...results.map(() => "---:")]),
    ...measures.map(([title, cell]) => line([title, ...results.map(cell)])),
    "",
    `Script and "all of a frame" in time of the processor. All is script, style, layout and painting on the page's main thread; a frame in which nothing happens has`,
    `${ms(idle.script)} of script and ${ms(idle.task)} in all, which is not taken off. Memory after collecting garbage; while run after run of`,
    `10,000 and 100,000 spans is opened in one page, after each of 100,000: ${grown}.`,
    "",
    ...verdicts(results),
    "",
    `${os.cpus().length} x ${os.cpus()[0]?.model.trim() ?? "unknown processor"}, load ${os.loadavg()[0]?.toFixed(1)}.`,
  ].join("\n");
}

/**
 * Whether frames of 100,000 spans cost what they may.
 *
 * @param {readonly TimelineResult[]} results
 */
function verdicts(results) {
  const [small, large] = [1_000, 100_000].map((wanted) => results.find(({ spans }) => spans === wanted));
  if (small === undefined || large === undefined) return [];
  // A jump draws the details of another span too, and 1,000 spans have but one match.
  const frames = Object.entries(large.costs).filter(([work]) => work !== "jump");
  return frames.map(([work, { script }]) => {
    const growth = script / (small.costs[work]?.script ?? Number.NaN);
    const within = script <= limits.script && growth <= limits.growth ? "within" : "BEYOND";
    return `- ${work}: ${ms(script)} of script a frame at 100,000 spans, ${times(growth)} of that at 1,000, ${within} ${limits.script} ms and ${limits.growth}x.`;
  });
}
