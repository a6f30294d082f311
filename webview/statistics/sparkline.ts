import { html, svg, type TemplateResult } from "lit";
import { formatDuration } from "../../src/format/numbers.ts";
import type { NameSeries } from "../../src/protocol/messages.ts";
import { strings } from "../strings.ts";

const WIDTH = 96;
const HEIGHT = 16;

/** A line of medians over time, broken where there was nothing. Its ends and extremes stand in its name. */
export function sparkline(series: NameSeries | undefined): TemplateResult {
  const values = series?.p50.flatMap((value, at) => (value === null ? [] : [{ value, at }])) ?? [];
  if (!series || values.length === 0) return html``;
  const most = values.reduce((top, { value }) => Math.max(top, value), 0);
  const least = values.reduce((bottom, { value }) => Math.min(bottom, value), most);
  const step = WIDTH / Math.max(1, series.p50.length - 1);
  const y = (value: number) => 1 + (most > least ? (most - value) / (most - least) : 0.5) * (HEIGHT - 2);
  const path = values
    .map(({ value, at }, index) => {
      const joined = index > 0 && values[index - 1]!.at === at - 1;
      const x = (at * step).toFixed(1);
      // A point of its own would not be seen without a little length.
      return joined ? `L${x} ${y(value).toFixed(1)}` : `M${x} ${y(value).toFixed(1)}h1.5`;
    })
    .join("");
  const text = strings.sparkline(formatDuration(least), formatDuration(most));
  return html`<span class="spark" role="img" aria-label=${text} title=${text}
    ><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width=${WIDTH} height=${HEIGHT} aria-hidden="true">${svg`<path d=${path}></path>`}</svg></span
  >`;
}
