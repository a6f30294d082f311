/**
 * What a span says of its talk with a model, out of attributes by the conventions of OpenTelemetry (GenAI), OpenInference and
 * flujo's agent events. Nothing here is believed to be complete: what is not understood stays visible among the attributes.
 */
import { type ChatMessage, partsMessage, readMessages, textMessage } from "./messages.ts";
import { type Fields, firstOf, isFields, nested, numberOf, shownText, textOf, unwrapped } from "./values.ts";

export interface Usage {
  readonly input: number | undefined;
  readonly output: number | undefined;
  readonly total: number | undefined;
  readonly cached: number | undefined;
  readonly reasoning: number | undefined;
  /** US dollars. */
  readonly cost: number | undefined;
}

/** A tool as it was offered to the model, or as this span ran it. */
export interface Tool {
  readonly name: string;
  readonly description: string | undefined;
  readonly schema: unknown;
}

export interface ToolRun {
  readonly name: string;
  readonly input: unknown;
  readonly output: unknown;
}

export interface Retrieved {
  readonly id: string | undefined;
  readonly score: number | undefined;
  readonly content: string;
}

export interface TraceEvent {
  readonly name: string;
  readonly attributes: Fields;
}

export interface Conversation {
  readonly model: string | undefined;
  readonly provider: string | undefined;
  /** As they were written, in their order. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
  readonly usage: Usage;
  readonly input: readonly ChatMessage[];
  readonly output: readonly ChatMessage[];
  readonly template: { readonly text: string; readonly variables: unknown } | undefined;
  readonly tools: readonly Tool[];
  readonly run: ToolRun | undefined;
  readonly documents: readonly Retrieved[];
  /** Events that are not part of the conversation. */
  readonly events: readonly TraceEvent[];
}

/** Reads a span's attributes; the parts it finds nothing for are empty. */
export function readConversation(attributes: Fields): Conversation {
  const events = readEvents(attributes);
  return {
    model:
      textOf(
        attributes,
        "gen_ai.response.model",
        "gen_ai.request.model",
        "llm.model_name",
        "model_name",
        "model",
      ) ?? spoken(events, "agent.system", "model_id", "model"),
    provider: textOf(attributes, "gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system"),
    parameters: readParameters(attributes),
    usage: readUsage(attributes, events),
    input: readInput(attributes, events),
    output: readOutput(attributes, events),
    template: readTemplate(attributes),
    tools: readTools(attributes),
    run: readRun(attributes),
    documents: readDocuments(attributes),
    events: events.filter(({ name }) => !SPOKEN.has(name) && !name.startsWith("gen_ai.")),
  };
}

const SPOKEN = new Set(["agent.system", "agent.prompt", "agent.input", "agent.response", "agent.usage"]);

/** flujo's exported trees keep events with their span; its databases do not, but other writers may. */
function readEvents(attributes: Fields): TraceEvent[] {
  const listed = unwrapped(attributes.events ?? attributes["otel.events"]);
  if (!Array.isArray(listed)) return [];
  return listed.flatMap((event) => {
    const name = isFields(event) ? textOf(event, "name", "event.name", "event") : undefined;
    if (name === undefined) return [];
    const inside = unwrapped((event as Fields).attributes ?? (event as Fields).body);
    return [{ name, attributes: isFields(inside) ? inside : (event as Fields) }];
  });
}

/** What an event or the attribute of its name says, by the first of these fields; a plain text says itself. */
function said(
  attributes: Fields,
  events: readonly TraceEvent[],
  name: string,
  ...fields: readonly string[]
): unknown {
  const event = events.findLast((one) => one.name === name)?.attributes;
  const own = event ?? nested(attributes, name);
  return isFields(own) ? (firstOf(own, ...fields) ?? (event ? undefined : own)) : own;
}

function spoken(
  events: readonly TraceEvent[],
  name: string,
  ...fields: readonly string[]
): string | undefined {
  const event = events.findLast((one) => one.name === name);
  return event && textOf(event.attributes, ...fields);
}

function readInput(attributes: Fields, events: readonly TraceEvent[]): ChatMessage[] {
  const instructions = partsMessage("system", attributes["gen_ai.system_instructions"]);
  const chat =
    readMessages(nested(attributes, "gen_ai.input.messages")) ??
    readMessages(nested(attributes, "llm.input_messages")) ??
    readMessages(nested(attributes, "gen_ai.prompt")) ??
    readMessages(attributes["pydantic_ai.all_messages"]) ??
    readMessages(attributes.all_messages_events) ??
    readMessages(attributes.messages) ??
    fromEvents(events, (name) => name !== "gen_ai.choice");
  if (chat) return [...instructions, ...chat];
  const system = said(attributes, events, "agent.system", "system_prompt", "text", "content");
  const history = said(attributes, events, "agent.prompt", "rendered_history", "prompt", "text", "content");
  const input = said(attributes, events, "agent.input", "input", "text", "content");
  const prompt = textOf(attributes, "gen_ai.prompt", "llm.prompts", "prompt");
  return [
    ...instructions,
    ...textMessage("system", system),
    ...(readMessages(history) ?? textMessage("user", history)),
    ...(input === history ? [] : (readMessages(input) ?? textMessage("user", input))),
    ...(history === undefined && input === undefined ? textMessage("user", prompt) : []),
  ];
}

function readOutput(attributes: Fields, events: readonly TraceEvent[]): ChatMessage[] {
  const chat =
    readMessages(nested(attributes, "gen_ai.output.messages")) ??
    readMessages(nested(attributes, "llm.output_messages")) ??
    readMessages(nested(attributes, "gen_ai.completion")) ??
    fromEvents(events, (name) => name === "gen_ai.choice");
  if (chat) return chat;
  const response =
    said(attributes, events, "agent.response", "response", "text", "content", "output") ??
    textOf(attributes, "gen_ai.completion", "completion", "response");
  return readMessages(response) ?? textMessage("assistant", response);
}

/** OpenTelemetry's older convention: an event for each message, its role in the event's name. */
function fromEvents(
  events: readonly TraceEvent[],
  wanted: (name: string) => boolean,
): ChatMessage[] | undefined {
  const messages = events.flatMap(({ name, attributes }) => {
    const role = /^gen_ai\.(system|user|assistant|tool)\.message$|^gen_ai\.choice$/.exec(name);
    if (!role || !wanted(name)) return [];
    return readMessages([{ role: role[1] ?? "assistant", content: "", ...attributes }]) ?? [];
  });
  return messages.length === 0 ? undefined : messages;
}

const COUNTS = {
  input: [
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.prompt_tokens",
    "llm.token_count.prompt",
    "llm.usage.prompt_tokens",
  ],
  output: [
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.completion_tokens",
    "llm.token_count.completion",
    "llm.usage.completion_tokens",
  ],
  total: ["gen_ai.usage.total_tokens", "llm.token_count.total", "llm.usage.total_tokens"],
  cached: [
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_read_input_tokens",
    "llm.token_count.prompt_details.cache_read",
  ],
  reasoning: ["gen_ai.usage.reasoning.output_tokens", "llm.token_count.completion_details.reasoning"],
  cost: ["gen_ai.usage.cost", "llm.cost.total", "flujo.budget.actual_cost_usd"],
} as const satisfies Record<keyof Usage, readonly string[]>;

/** Names inside of an object about usage. */
const INSIDE = {
  input: ["input_tokens", "prompt_tokens", "request_tokens"],
  output: ["output_tokens", "completion_tokens", "response_tokens"],
  total: ["total_tokens"],
  cached: ["cache_read_input_tokens", "cached_tokens"],
  reasoning: ["reasoning_tokens"],
  cost: ["cost_usd", "total_cost", "cost"],
} as const satisfies Record<keyof Usage, readonly string[]>;

function readUsage(attributes: Fields, events: readonly TraceEvent[]): Usage {
  const event = events.findLast(({ name }) => name === "agent.usage")?.attributes;
  const usage =
    event ?? [nested(attributes, "agent.usage"), nested(attributes, "usage")].find(isFields) ?? {};
  const count = (name: keyof Usage) =>
    numberOf(attributes, ...COUNTS[name]) ?? numberOf(usage, ...INSIDE[name]);
  const [input, output] = [count("input"), count("output")];
  const tokens = input !== undefined || output !== undefined || count("total") !== undefined;
  return {
    input,
    output,
    total: count("total") ?? (input !== undefined && output !== undefined ? input + output : undefined),
    cached: count("cached"),
    reasoning: count("reasoning"),
    // Every step of flujo has a cost; only beside tokens in and out it is a model's.
    cost: tokens ? count("cost") : numberOf(usage, ...INSIDE.cost),
  };
}

const MOST_PARAMETERS = 30;

function readParameters(attributes: Fields): [string, string][] {
  const found: [string, string][] = [];
  for (const [key, value] of Object.entries(attributes)) {
    const name = /^gen_ai\.request\.(?!model$)(.+)$/.exec(key)?.[1];
    if (name !== undefined) found.push([name, shownText(value)]);
  }
  const invocation = unwrapped(attributes["llm.invocation_parameters"]);
  if (isFields(invocation))
    for (const [name, value] of Object.entries(invocation)) found.push([name, shownText(value)]);
  return found.slice(0, MOST_PARAMETERS);
}

function readTemplate(attributes: Fields): Conversation["template"] {
  const text = textOf(attributes, "llm.prompt_template.template");
  if (text === undefined) return undefined;
  return { text, variables: unwrapped(attributes["llm.prompt_template.variables"]) };
}

function readTools(attributes: Fields): Tool[] {
  const listed = nested(attributes, "gen_ai.tool.definitions") ?? nested(attributes, "llm.tools");
  if (!Array.isArray(listed)) return [];
  return listed.flatMap((entry) => {
    const wrapped = isFields(entry) && isFields(entry.tool) ? entry.tool.json_schema : entry;
    const schema = unwrapped(wrapped);
    if (!isFields(schema)) return [];
    const about = isFields(schema.function) ? schema.function : schema;
    return [{ name: textOf(about, "name") ?? "", description: textOf(about, "description"), schema }];
  });
}

function readRun(attributes: Fields): ToolRun | undefined {
  const isTool = attributes["openinference.span.kind"] === "TOOL";
  const name = textOf(attributes, "gen_ai.tool.name", "tool.name", "tool_name");
  const input = firstOf(
    attributes,
    "gen_ai.tool.call.arguments",
    "tool_arguments",
    ...(isTool ? ["tool.parameters", "input.value"] : []),
  );
  const output = firstOf(
    attributes,
    "gen_ai.tool.call.result",
    "tool_response",
    ...(isTool ? ["output.value"] : []),
  );
  if (name === undefined && input === undefined && output === undefined) return undefined;
  return { name: name ?? "", input: unwrapped(input), output: unwrapped(output) };
}

function readDocuments(attributes: Fields): Retrieved[] {
  const listed = nested(attributes, "retrieval.documents") ?? nested(attributes, "reranker.output_documents");
  if (!Array.isArray(listed)) return [];
  return listed.flatMap((entry) => {
    const document = isFields(entry) && isFields(entry.document) ? entry.document : entry;
    if (!isFields(document)) return [];
    const content = textOf(document, "content", "text") ?? shownText(document.content ?? document);
    return [{ id: textOf(document, "id"), score: numberOf(document, "score"), content }];
  });
}
