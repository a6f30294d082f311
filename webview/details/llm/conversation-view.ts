/** A span's talk with a model, as what it is: messages by role, tool calls with their arguments, usage. Texts stay texts. */
import { html, nothing, type TemplateResult } from "lit";
import { formatCost } from "../../../src/format/numbers.ts";
import { oneLine, visible } from "../../../src/format/text.ts";
import { icon } from "../../icons.ts";
import { strings } from "../../strings.ts";
import { namedText, section } from "../sections.ts";
import type { Conversation, Retrieved, Tool, ToolRun, TraceEvent, Usage } from "./conversation.ts";
import type { ChatMessage, ChatPart } from "./messages.ts";
import { shownText } from "./values.ts";

/** Messages at either end of a long conversation that are shown at first. */
const EDGE = 10;
const MOST_LISTED = 50;

/** Sections for what a conversation holds; nothing for what it does not. */
export function conversationSections(talk: Conversation): TemplateResult {
  const { input, output, run, tools, documents, template, events } = talk;
  return html`
    ${hasModel(talk) ? section(strings.modelSection, modelFacts(talk)) : nothing}
    ${run ? section(strings.toolCall, toolRun(run)) : nothing}
    ${template ? section(strings.promptTemplate, html`${namedText(strings.template, template.text)}${template.variables === undefined ? nothing : namedText(strings.variables, shownText(template.variables))}`) : nothing}
    ${input.length > 0 ? section(strings.prompt(input.length), messageList(input, strings.prompt(input.length))) : nothing}
    ${output.length > 0 ? section(strings.response, messageList(output, strings.response)) : nothing}
    ${documents.length > 0 ? section(strings.retrieved(documents.length), html`<ol class="plain-list">${documents.slice(0, MOST_LISTED).map(retrieved)}</ol>${cut(documents.length)}`) : nothing}
    ${tools.length > 0 ? section(strings.toolsOffered(tools.length), html`${tools.slice(0, MOST_LISTED).map(offered)}${cut(tools.length)}`, false) : nothing}
    ${events.length > 0 ? section(strings.eventsSection(events.length), html`<ol class="plain-list">${events.slice(0, MOST_LISTED).map(event)}</ol>${cut(events.length)}`) : nothing}
  `;
}

function cut(count: number): TemplateResult | typeof nothing {
  return count > MOST_LISTED
    ? html`<p class="quiet">${strings.restInAttributes(count - MOST_LISTED)}</p>`
    : nothing;
}

function hasModel({ model, parameters, usage }: Conversation): boolean {
  return (
    model !== undefined || parameters.length > 0 || Object.values(usage).some((count) => count !== undefined)
  );
}

function modelFacts({ model, provider, parameters, usage }: Conversation): TemplateResult {
  return html`<dl class="facts-list">
    ${model === undefined ? nothing : fact(strings.model, html`${oneLine(model, 120)}${provider === undefined ? nothing : html` <span class="quiet">${oneLine(provider, 80)}</span>`}`)}
    ${usageFacts(usage)}
    ${parameters.map(([name, value]) => fact(oneLine(name, 60), html`${oneLine(value, 120)}`))}
  </dl>`;
}

function usageFacts({ input, output, total, cached, reasoning, cost }: Usage): TemplateResult {
  const notes = [
    ...(cached ? [strings.cachedTokens(cached)] : []),
    ...(reasoning ? [strings.reasoningTokens(reasoning)] : []),
  ];
  const parts = [
    ...(input === undefined ? [] : [strings.tokensIn(input)]),
    ...(output === undefined ? [] : [strings.tokensOut(output)]),
    ...(total === undefined ? [] : [strings.tokensTotal(total)]),
  ];
  return html`
    ${parts.length === 0 ? nothing : fact(strings.tokensLabel, html`${parts.join(" · ")}${notes.length > 0 ? html` <span class="quiet">${notes.join(" · ")}</span>` : nothing}`)}
    ${cost === undefined ? nothing : fact(strings.cost, html`${formatCost(cost)}`)}
  `;
}

function fact(name: string, value: TemplateResult): TemplateResult {
  return html`<dt>${name}</dt><dd>${value}</dd>`;
}

/** Messages in their order. Of a long conversation, the beginning and the end: what lies between unfolds in one go. */
export function messageList(messages: readonly ChatMessage[], label: string): TemplateResult {
  const between = messages.length - 2 * EDGE;
  const shown = (some: readonly ChatMessage[], first: number) =>
    some.map((one, index) => message(one, first + index));
  return html`<div class="messages" role="list" aria-label=${label}>
    ${
      between <= 0
        ? shown(messages, 0)
        : html`${shown(messages.slice(0, EDGE), 0)}
            <details class="between"><summary>${strings.moreMessages(between)}</summary>
              ${shown(messages.slice(EDGE, -EDGE).slice(0, MOST_LISTED * 4), EDGE)}</details>
            ${shown(messages.slice(-EDGE), messages.length - EDGE)}`
    }
  </div>`;
}

function message({ role, name, parts, finish }: ChatMessage, index: number): TemplateResult {
  const label = roleLabel(role);
  return html`<div class="message role-${roleClass(role)}" role="listitem">
    <div class="message-role"><b>${label}</b>${name === undefined ? nothing : html` <span class="mono">${oneLine(name, 60)}</span>`}${finish === undefined ? nothing : html` <span class="quiet">${oneLine(finish, 40)}</span>`}</div>
    ${parts.length === 0 ? html`<p class="quiet">${strings.emptyMessage}</p>` : parts.map((part) => messagePart(part, strings.messageOf(label, index + 1)))}
  </div>`;
}

function messagePart(part: ChatPart, label: string): TemplateResult {
  switch (part.kind) {
    case "text":
      return html`<lens-text .text=${part.text} .label=${label}></lens-text>`;
    case "reasoning":
      return html`<details class="reasoning"><summary>${strings.reasoning}</summary><lens-text .text=${part.text} .label=${strings.reasoning}></lens-text></details>`;
    case "call":
      return html`<div class="tool-call">
        <p>${icon("tools")} ${strings.callsTool} <b class="mono">${oneLine(part.name, 100)}</b> ${callId(part.id)}</p>
        ${value(part.input, strings.argumentsOf(oneLine(part.name, 60)))}
      </div>`;
    case "result":
      return html`<div class="tool-call">
        <p>${icon("output")} ${strings.toolResult}${part.name === undefined ? nothing : html` <b class="mono">${oneLine(part.name, 100)}</b>`} ${callId(part.id)}</p>
        ${value(part.output, strings.toolResult)}
      </div>`;
    case "other":
      return html`<p class="quiet">${oneLine(part.type, 60)}</p>${value(part.value, label)}`;
  }
}

function callId(id: string | undefined): TemplateResult | typeof nothing {
  return id === undefined
    ? nothing
    : html`<span class="quiet mono" title=${visible(id)}>${oneLine(id, 24)}</span>`;
}

function value(of: unknown, label: string): TemplateResult | typeof nothing {
  return of === undefined ? nothing : html`<lens-text .text=${shownText(of)} .label=${label}></lens-text>`;
}

function toolRun({ name, input, output }: ToolRun): TemplateResult {
  return html`${name === "" ? nothing : html`<p>${icon("tools")} <b class="mono">${oneLine(name, 100)}</b></p>`}
    ${input === undefined ? nothing : namedText(strings.toolArguments, shownText(input))}
    ${output === undefined ? nothing : namedText(strings.toolResult, shownText(output))}`;
}

function offered({ name, description, schema }: Tool): TemplateResult {
  return html`<details class="tool"><summary><b class="mono">${oneLine(name, 100) || strings.noName}</b> <span class="quiet">${description === undefined ? "" : oneLine(description, 160)}</span></summary>
    ${value(schema, strings.schemaOf(oneLine(name, 60)))}</details>`;
}

function retrieved({ id, score, content }: Retrieved): TemplateResult {
  const label = id === undefined ? strings.document : oneLine(id, 80);
  return html`<li><div class="message-role"><b>${label}</b>${score === undefined ? nothing : html` <span class="quiet">${strings.scored(score.toPrecision(4))}</span>`}</div>
    <lens-text .text=${content} .label=${label}></lens-text></li>`;
}

function event({ name, attributes }: TraceEvent): TemplateResult {
  const { name: _name, ...rest } = attributes;
  const text = Object.keys(rest).length === 0 ? undefined : shownText(rest);
  return html`<li><b class="mono">${oneLine(name, 100)}</b> ${
    text === undefined ? nothing : html`<lens-text .text=${text} .label=${oneLine(name, 60)}></lens-text>`
  }</li>`;
}

function roleLabel(role: string): string {
  const known: Readonly<Record<string, string>> = strings.roles;
  return Object.hasOwn(known, role) ? known[role]! : oneLine(role, 40);
}

function roleClass(role: string): string {
  return ["system", "user", "assistant", "tool"].includes(role) ? role : "other";
}
