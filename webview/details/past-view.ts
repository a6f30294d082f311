/** Whether an error happened before, and the same step in other runs. */
import { html, nothing, type TemplateResult } from "lit";
import { formatAge, formatDuration, formatTime, shortId } from "../../src/format/numbers.ts";
import { oneLine, visible } from "../../src/format/text.ts";
import type { StepHistory, StepOccurrence } from "../../src/protocol/messages.ts";
import { emit } from "../events.ts";
import { stateIcon } from "../icons.ts";
import { linkButton } from "../parts/actions.ts";
import { strings } from "../strings.ts";
import { happenedBefore, ranked } from "./past.ts";

/** One line under an error: did it happen before, when last, and when did the step last work. */
export function beforeLine(history: StepHistory): TemplateResult | typeof nothing {
  const past = happenedBefore(history);
  if (!past) return nothing;
  const runs = history.runs;
  const since = past.since > 0 ? html` ${strings.sinceThen(past.since)}` : nothing;
  const good = history.completed_before;
  return html`<p class="before">
    ${
      past.kind === "before"
        ? html`<b>${strings.happenedBefore}</b> ${strings.timesBefore(past.times, runs)} ${runLink(past.last, strings.lastBefore(age(past.last)))}.`
        : past.kind === "new"
          ? html`<b>${strings.firstTime}</b> ${strings.notBefore(runs)}`
          : strings.olderThanAll(runs)
    }${since}
    ${good ? html`${strings.lastGood} ${runLink(good, age(good))}.` : nothing}
  </p>`;
}

function age({ start_time }: StepOccurrence): string {
  return start_time === null ? strings.noStart : formatAge(start_time, Date.now() / 1000);
}

function runLink(one: StepOccurrence, when: string): TemplateResult {
  const go = (event: Event) => show(event, one);
  const hint = strings.openRunOf(
    visible(one.run_id),
    one.start_time === null ? "" : formatTime(one.start_time),
  );
  return html`<button type="button" class="link" title=${hint} @click=${go}>${strings.ageInRun(when, visible(shortId(one.run_id)))}</button>`;
}

function show(event: Event, { run_id, key }: StepOccurrence): void {
  emit(event.currentTarget as EventTarget, "lens-show-run", { runId: run_id, key });
}

/** The step in other runs, failures first, cut at `most`. */
export function otherRuns(
  history: StepHistory,
  start: number | null,
  most: number,
  onMore: () => void,
): TemplateResult {
  const all = ranked(history, start);
  const total = history.others_total;
  const same = history.same_error?.error_type;
  return html`<ul class="occurrences">
      ${all.slice(0, most).map((one) => occurrence(one, same))}
    </ul>
    ${
      all.length > most
        ? linkButton(strings.showOccurrences(all.length, total), onMore)
        : total > all.length
          ? html`<p class="quiet">${strings.occurrencesCut(all.length, total)}</p>`
          : nothing
    }`;
}

function occurrence(one: StepOccurrence, same: string | undefined): TemplateResult {
  const type = one.error_type === undefined ? "" : oneLine(one.error_type, 60);
  const isSame = same !== undefined && one.state === "failed" && one.error_type === same;
  return html`<li>
    <button
      type="button"
      class="occurrence"
      title=${strings.openRunOf(visible(one.run_id), one.start_time === null ? "" : formatTime(one.start_time))}
      @click=${(event: Event) => show(event, one)}
    >
      ${stateIcon(one.state)}<span class="mono">${visible(shortId(one.run_id))}</span>
      <span class="occurrence-age">${age(one)}</span>
      <span class="figure">${one.duration === null ? "" : formatDuration(one.duration)}</span>
      <span class="occurrence-error">${isSame ? html`<span class="tag" title=${type}>${strings.sameError}</span>` : type}</span>
    </button>
  </li>`;
}
