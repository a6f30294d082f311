/** How the values of a span are to be shown: as a conversation, as messages, or as texts. */
import type { SpanDetail } from "../../../src/protocol/messages.ts";
import { type Conversation, readConversation } from "./conversation.ts";
import { type ChatMessage, readMessages } from "./messages.ts";

export interface SpanTalk {
  /** Undefined when the attributes cannot be looked into. */
  readonly conversation: Conversation | undefined;
  /** The messages that the input or output consists of. */
  readonly input: readonly ChatMessage[] | undefined;
  readonly output: readonly ChatMessage[] | undefined;
  /** False when the conversation shows the same already. */
  readonly showInput: boolean;
  readonly showOutput: boolean;
}

/** Reads a span's values once; the answer belongs to this detail for good. */
export function spanTalk({ attributes, input, output }: SpanDetail): SpanTalk {
  const conversation = typeof attributes === "string" ? undefined : readConversation(attributes);
  const [took, gave] = [readMessages(input), readMessages(output)];
  return {
    conversation,
    input: took,
    output: gave,
    showInput: !(took && conversation && conversation.input.length >= took.length),
    showOutput: !(gave && conversation && conversation.output.length >= gave.length),
  };
}
