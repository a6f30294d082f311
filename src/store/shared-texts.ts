import type { SpanDetail } from "./model.ts";
import { isObject } from "./values.ts";

/** Characters from which a text is not sent twice. */
const LONG = 10_000;

/** The value of an attribute. */
interface AttributeValue {
  readonly attribute: string;
}

/** Details of a span as they cross threads: input and output are often attributes, which may be megabytes long. */
export interface SentDetail extends Omit<SpanDetail, "input" | "output"> {
  readonly input: string | null | AttributeValue;
  readonly output: string | null | AttributeValue;
}

export function toSend(detail: SpanDetail): SentDetail {
  const { attributes } = detail;
  const shared = (text: string | null) => {
    if (text === null || text.length < LONG || !isObject(attributes)) return text;
    const found = Object.entries(attributes).find(([, value]) => value === text);
    return found ? { attribute: found[0] } : text;
  };
  return { ...detail, input: shared(detail.input), output: shared(detail.output) };
}

export function received(sent: SentDetail): SpanDetail {
  const { attributes } = sent;
  const textOf = (text: SentDetail["input"]) => {
    if (text === null || typeof text === "string") return text;
    return isObject(attributes) ? String(attributes[text.attribute]) : null;
  };
  return { ...sent, input: textOf(sent.input), output: textOf(sent.output) };
}
