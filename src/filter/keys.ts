/** What a key holds; decides how its values are read and compared. */
export type KeyKind = "text" | "number" | "cost" | "seconds" | "moment";

export interface KeyDefinition {
  readonly name: string;
  readonly kind: KeyKind;
  /** One line for completion and help. */
  readonly help: string;
}

/** Keys of a span that are not attributes. */
export const spanKeys: readonly KeyDefinition[] = [
  {
    name: "status",
    kind: "text",
    help: "Status, as stored or as shown: failed, completed, running, paused, cancelled",
  },
  { name: "name", kind: "text", help: "The span's name, usually its step's" },
  { name: "id", kind: "text", help: "The span's id" },
  { name: "duration", kind: "seconds", help: "From start to end" },
  { name: "self", kind: "seconds", help: "Time spent in the span and in none of its children" },
  { name: "start", kind: "moment", help: "When the span started" },
  { name: "end", kind: "moment", help: "When the span ended" },
  { name: "error", kind: "text", help: "The error's message" },
  { name: "error_type", kind: "text", help: "The error's type, such as timeout or KeyError" },
  { name: "cost", kind: "cost", help: "US dollars" },
  { name: "tokens", kind: "number", help: "Tokens used" },
  { name: "attempt", kind: "number", help: "Number of the attempt, from 1" },
  { name: "depth", kind: "number", help: "How deep in the tree, 0 at the top" },
  { name: "children", kind: "number", help: "How many spans lie directly below" },
  { name: "parent", kind: "text", help: "Name of the span above" },
  { name: "input", kind: "text", help: "What went into the step" },
];

/** Keys of the run that a span belongs to; in a list of runs all of them stand without `run.`, and the span's key of the same name gives way. */
export const runKeys: readonly KeyDefinition[] = [
  { name: "run.status", kind: "text", help: "The run's status" },
  { name: "run.id", kind: "text", help: "The run's id" },
  { name: "run.duration", kind: "seconds", help: "How long the run took" },
  { name: "run.start", kind: "moment", help: "When the run started" },
  { name: "run.cost", kind: "cost", help: "What the run cost, US dollars" },
  { name: "run.tokens", kind: "number", help: "Tokens of the whole run" },
  { name: "run.spans", kind: "number", help: "How many spans the run has" },
  { name: "run.failed", kind: "number", help: "How many of its spans failed" },
  { name: "pipeline", kind: "text", help: "The pipeline's name" },
  { name: "version", kind: "text", help: "The pipeline's version" },
];

const ALL = new Map([...spanKeys, ...runKeys].map((key) => [key.name, key]));

/** The definition of a key that is not an attribute. */
export function knownKey(name: string): KeyDefinition | undefined {
  return ALL.get(name.toLowerCase());
}
