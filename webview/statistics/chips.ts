/** What narrows the figures besides the toolbar, each with a button that takes it back. */
import { html, nothing, type TemplateResult } from "lit";
import { formatDuration, formatTime } from "../../src/format/numbers.ts";
import { oneLine } from "../../src/format/text.ts";
import { icon } from "../icons.ts";
import { strings } from "../strings.ts";
import { type Choices, hasDurationBrush, hasTimeBrush } from "./selection.ts";
import { versionName } from "./tables.ts";

export function chips(
  { pipeline, version, names, errorTypes, brush }: Choices,
  change: (change: Partial<Choices>) => void,
): TemplateResult | typeof nothing {
  const all: TemplateResult[] = [];
  const add = (text: string, clear: Partial<Choices>) =>
    all.push(
      html`<span class="brush-chip">${text}<button type="button" class="brush-clear" aria-label=${strings.clearBrush(text)} title=${strings.clearBrush(text)} @click=${() => change(clear)}>${icon("close")}</button></span>`,
    );
  // The toolbar shows versions of a chosen pipeline only.
  if (pipeline === "" && version !== undefined)
    add(strings.groupIs(strings.groups.version, versionName(version)), { version: undefined });
  for (const name of names)
    add(strings.groupIs(strings.groups.name, oneLine(name, 60) || strings.noName), {
      names: names.filter((other) => other !== name),
    });
  for (const type of errorTypes)
    add(strings.groupIs(strings.groups.error_type, type === null ? strings.noError : oneLine(type, 60)), {
      errorTypes: errorTypes.filter((other) => other !== type),
    });
  if (hasTimeBrush(brush))
    add(strings.runsStarted(formatTime(brush.from), formatTime(brush.to)), {
      brush: { ...brush, from: undefined, to: undefined },
    });
  if (hasDurationBrush(brush))
    add(strings.spansLasting(formatDuration(brush.minDuration), formatDuration(brush.maxDuration)), {
      brush: { ...brush, minDuration: undefined, maxDuration: undefined },
    });
  if (all.length === 0) return nothing;
  return html`<div class="brushes" role="group" aria-label=${strings.narrowedTo}>${all}</div>`;
}
