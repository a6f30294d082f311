/**
 * Chat messages in the shapes that providers and frameworks write: OpenAI's and Anthropic's requests and answers, the parts of
 * OpenTelemetry's GenAI conventions, OpenInference's, and pydantic-ai's own.
 */
import { type Fields, firstOf, isFields, shownText, textOf, unwrapped } from "./values.ts";

export type ChatPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "reasoning"; readonly text: string }
  | { readonly kind: "call"; readonly name: string; readonly id: string | undefined; readonly input: unknown }
  | {
      readonly kind: "result";
      readonly name: string | undefined;
      readonly id: string | undefined;
      readonly output: unknown;
    }
  /** Pictures, files and what else there may be. */
  | { readonly kind: "other"; readonly type: string; readonly value: unknown };

export interface ChatMessage {
  /** As written: "system", "user", "assistant", "tool" or anything else. */
  readonly role: string;
  readonly name: string | undefined;
  readonly parts: readonly ChatPart[];
  /** Why the model stopped. */
  readonly finish: string | undefined;
}

/** The messages that a value holds, JSON text included; undefined when it is something else. */
export function readMessages(value: unknown): ChatMessage[] | undefined {
  const held = unwrapped(value);
  if (Array.isArray(held)) return readAll(held);
  if (!isFields(held)) return undefined;
  if (Array.isArray(held.messages)) return readAll(held.messages);
  if (Array.isArray(held.choices)) return readAll(held.choices);
  return isMessage(held) ? messagesOf(held) : undefined;
}

/** One text as a message; nothing when there is no text. */
export function textMessage(role: string, value: unknown): ChatMessage[] {
  if (value === undefined || value === null || value === "") return [];
  return [{ role, name: undefined, parts: [{ kind: "text", text: shownText(value) }], finish: undefined }];
}

/** A message out of a list of parts, such as system instructions; nothing when the value is no such list. */
export function partsMessage(role: string, value: unknown): ChatMessage[] {
  const held = unwrapped(value);
  if (!Array.isArray(held)) return textMessage(role, value);
  return [{ role, name: undefined, parts: partsOf(held), finish: undefined }];
}

function readAll(entries: readonly unknown[]): ChatMessage[] | undefined {
  const messages: ChatMessage[] = [];
  for (const entry of entries) {
    const fields = inner(entry);
    if (!fields || !isMessage(fields)) return undefined;
    const finish = isFields(entry) ? textOf(entry, "finish_reason", "stop_reason") : undefined;
    for (const message of messagesOf(fields)) messages.push(finish ? { ...message, finish } : message);
  }
  return messages.length === 0 ? undefined : messages;
}

/** OpenInference and lists of choices wrap a message once more. */
function inner(entry: unknown): Fields | undefined {
  if (!isFields(entry)) return undefined;
  const wrapped = entry.message ?? entry.delta;
  return isFields(wrapped) ? wrapped : entry;
}

function isMessage(fields: Fields): boolean {
  if (typeof fields.role === "string")
    return ["content", "contents", "parts", "tool_calls", "function_call"].some((name) => name in fields);
  return (fields.kind === "request" || fields.kind === "response") && Array.isArray(fields.parts);
}

const PART_ROLES: Readonly<Record<string, string>> = {
  "system-prompt": "system",
  "user-prompt": "user",
  "tool-return": "tool",
  "retry-prompt": "tool",
};

function messagesOf(fields: Fields): ChatMessage[] {
  const role = typeof fields.role === "string" ? fields.role : undefined;
  const finish = textOf(fields, "finish_reason", "stop_reason");
  const name = textOf(fields, "name");
  if (role === undefined && fields.kind === "request") {
    // A request of pydantic-ai is several messages: each part has its own role.
    return (fields.parts as readonly unknown[]).map((part) => ({
      role: (isFields(part) && PART_ROLES[String(part.part_kind)]) || "user",
      name: undefined,
      parts: partsOf([part]),
      finish: undefined,
    }));
  }
  const parts = [
    ...partsOf(fields.content ?? fields.contents),
    ...partsOf(fields.parts),
    ...listOf(fields.tool_calls).map((call) =>
      callPart(isFields(call) && isFields(call.tool_call) ? call.tool_call : call),
    ),
    ...(isFields(fields.function_call) ? [callPart(fields.function_call)] : []),
  ];
  const isResult = role === "tool" || role === "function";
  return [
    { role: role ?? "assistant", name, parts: isResult ? resultParts(fields, name, parts) : parts, finish },
  ];
}

/** What a tool answered stands in a message of its own. */
function resultParts(
  fields: Fields,
  name: string | undefined,
  parts: readonly ChatPart[],
): readonly ChatPart[] {
  const id = textOf(fields, "tool_call_id", "id");
  return parts.map((part) => (part.kind === "text" ? { kind: "result", name, id, output: part.text } : part));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function partsOf(content: unknown): ChatPart[] {
  if (content === undefined || content === null || content === "") return [];
  if (typeof content === "string") return [{ kind: "text", text: content }];
  if (!Array.isArray(content)) return [{ kind: "other", type: "", value: content }];
  return content.map((part) => partOf(part));
}

function partOf(part: unknown): ChatPart {
  if (typeof part === "string") return { kind: "text", text: part };
  if (!isFields(part)) return { kind: "other", type: "", value: part };
  if (isFields(part.message_content)) return partOf(part.message_content);
  const type = textOf(part, "type", "part_kind", "kind") ?? "";
  switch (type) {
    case "thinking":
    case "reasoning":
      return { kind: "reasoning", text: textOf(part, "thinking", "content", "text") ?? "" };
    case "tool_call":
    case "tool_use":
    case "tool-call":
    case "function_call":
    case "function":
      return callPart(part);
    case "tool_call_response":
    case "tool_result":
    case "tool-return":
    case "function_call_output":
      return {
        kind: "result",
        name: textOf(part, "name", "tool_name"),
        id: textOf(part, "id", "tool_call_id", "tool_use_id", "call_id"),
        output: unwrapped(firstOf(part, "response", "result", "content", "output")),
      };
  }
  const text = textOf(part, "text", "content");
  return text === undefined ? { kind: "other", type, value: part } : { kind: "text", text };
}

function callPart(call: unknown): ChatPart {
  if (!isFields(call)) return { kind: "other", type: "tool_call", value: call };
  const called = isFields(call.function) ? call.function : call;
  return {
    kind: "call",
    name: textOf(called, "name", "tool_name") ?? "",
    id: textOf(call, "id", "tool_call_id", "call_id"),
    input: unwrapped(firstOf(called, "arguments", "input", "args")),
  };
}
