/** What a span took in, gave out and carried: texts, conversations, attributes, the step's record and evaluations. */
import { html, nothing, type TemplateResult } from "lit";
import { formatCost, formatCount, formatDuration, formatTime } from "../../src/format/numbers.ts";
import { clip, oneLine, visible } from "../../src/format/text.ts";
import type { Evaluation, SpanDetail, Step } from "../../src/protocol/messages.ts";
import { copyButton } from "../parts/copy-button.ts";
import { strings } from "../strings.ts";
import { conversationSections, messageList } from "./llm/conversation-view.ts";
import type { ChatMessage } from "./llm/messages.ts";
import type { SpanTalk } from "./llm/span-talk.ts";
import { namedText, section } from "./sections.ts";
import "./attribute-tree.ts";

/** Input, output and what was said to a model. */
export function talkSections(detail: SpanDetail, talk: SpanTalk): TemplateResult {
  return html`${talk.conversation ? conversationSections(talk.conversation) : nothing}
    ${valueSection(strings.input, talk.showInput ? detail.input : null, talk.input)}
    ${valueSection(strings.output, talk.showOutput ? detail.output : null, talk.output)}`;
}

/** Everything that was recorded, as it was recorded. */
export function recordSections(detail: SpanDetail): TemplateResult {
  const { attributes, attributes_text: raw } = detail;
  return html`
    ${section(
      strings.attributes,
      typeof attributes === "string"
        ? html`<lens-text .text=${attributes} .label=${strings.attributes}></lens-text>`
        : html`<lens-attributes .value=${attributes} .owner=${detail.span.span_id}></lens-attributes>
            ${raw ? html`<div class="block-actions">${copyButton(raw, strings.copyText(strings.attributes))}</div>` : nothing}`,
    )}
    ${detail.step ? section(strings.stepRecord, stepRecord(detail.step)) : nothing}
    ${detail.evaluations.length > 0 ? section(strings.evaluationCount(detail.evaluations.length), html`${detail.evaluations.map(evaluation)}`) : nothing}
  `;
}

function valueSection(
  title: string,
  text: string | null,
  messages: readonly ChatMessage[] | undefined,
): TemplateResult | typeof nothing {
  if (text === null) return nothing;
  const asText = html`<lens-text .text=${text} .label=${title}></lens-text>`;
  if (!messages) return section(title, asText);
  return section(
    title,
    html`${messageList(messages, title)}
    <details class="between"><summary>${strings.asStored}</summary>${asText}</details>`,
  );
}

function stepRecord(step: Step): TemplateResult {
  const { start_time, duration_ms, cost, tokens } = step;
  return html`<dl class="facts-list">
      <dt>${strings.step}</dt>
      <dd>${formatCount(step.step_index)} · ${oneLine(step.step_name, 120)}</dd>
      <dt>${strings.status}</dt>
      <dd>${oneLine(step.status, 80)}</dd>
      ${start_time === null ? nothing : html`<dt>${strings.startedAt}</dt><dd>${formatTime(start_time)}</dd>`}
      ${duration_ms === null ? nothing : html`<dt>${strings.duration}</dt><dd>${formatDuration(duration_ms / 1000)}</dd>`}
      ${cost === null ? nothing : html`<dt>${strings.cost}</dt><dd>${formatCost(cost)}</dd>`}
      ${tokens === null ? nothing : html`<dt>${strings.tokensLabel}</dt><dd>${formatCount(tokens)}</dd>`}
    </dl>
    ${namedText(strings.error, step.error)} ${namedText(strings.rawResponse, step.raw_response)}`;
}

function evaluation({ score, feedback, metadata, step_name, created_at }: Evaluation): TemplateResult {
  return html`<dl class="facts-list">
      <dt>${strings.score}</dt>
      <dd>${score === null ? "–" : String(score)} <span class="quiet">${step_name === null ? "" : oneLine(step_name, 80)} ${created_at === null ? "" : formatTime(created_at)}</span></dd>
      ${feedback === null ? nothing : html`<dt>${strings.feedback}</dt><dd>${visible(clip(feedback, 2000))}</dd>`}
    </dl>
    ${namedText(strings.metadata, metadata)}`;
}
