import { isObject } from "../store/values.ts";

/**
 * Where other writers keep what flujo keeps under names of its own: OpenTelemetry's GenAI conventions, OpenInference, and
 * names in common use. The first that is there counts. An attribute of flujo's own name is never replaced.
 */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  "flujo.budget.actual_cost_usd": ["gen_ai.usage.cost", "llm.cost.total", "llm.usage.total_cost"],
  "flujo.budget.actual_tokens": [
    "gen_ai.usage.total_tokens",
    "llm.token_count.total",
    "llm.usage.total_tokens",
  ],
  model: ["gen_ai.response.model", "gen_ai.request.model", "llm.model_name", "embedding.model_name"],
  step_input: ["gen_ai.input.messages", "gen_ai.prompt", "input.value", "traceloop.entity.input"],
  output: ["gen_ai.output.messages", "gen_ai.completion", "output.value", "traceloop.entity.output"],
  error_type: ["error.type", "exception.type"],
};

/** Pairs whose sum is the number of tokens, where no sum is given. */
const TOKEN_PAIRS: readonly (readonly [input: string, output: string])[] = [
  ["gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"],
  ["gen_ai.usage.prompt_tokens", "gen_ai.usage.completion_tokens"],
  ["llm.token_count.prompt", "llm.token_count.completion"],
];

/** The attributes with flujo's names beside the foreign ones. */
export function withFlujoNames(attributes: Record<string, unknown>): Record<string, unknown> {
  const mapped = attributes;
  for (const [name, foreign] of Object.entries(NAMES)) {
    if (Object.hasOwn(mapped, name)) continue;
    const found = foreign.find((key) => mapped[key] !== undefined && mapped[key] !== null);
    if (found !== undefined) mapped[name] = mapped[found];
  }
  const tokens = "flujo.budget.actual_tokens";
  if (Object.hasOwn(mapped, tokens)) return mapped;
  for (const [input, output] of TOKEN_PAIRS) {
    const given = [mapped[input], mapped[output]].filter((count) => typeof count === "number");
    if (given.length === 0) continue;
    mapped[tokens] = given.reduce((sum, count) => sum + count, 0);
    break;
  }
  return mapped;
}

/** An exception among a span's events, as attributes that explain a failure. */
export function exceptionOf(events: readonly unknown[]): Record<string, unknown> {
  for (const event of events.toReversed()) {
    if (!isObject(event) || event.name !== "exception" || !isObject(event.attributes)) continue;
    const { "exception.type": type, "exception.message": message } = event.attributes;
    return {
      ...(typeof type === "string" ? { error_type: type } : {}),
      ...(typeof message === "string" ? { feedback: message } : {}),
    };
  }
  return {};
}
