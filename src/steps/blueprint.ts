import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type Node,
  type Pair,
  Parser,
  type YAMLMap,
} from "yaml";
import type { DefinitionKind, Found } from "./definition.ts";

const KINDS: Readonly<Record<string, DefinitionKind>> = {
  step: "step",
  loop: "loop",
  agentic_loop: "loop",
  map: "map",
  parallel: "parallel",
  conditional: "conditional",
  dynamic_router: "router",
  hitl: "hitl",
  cache: "cache",
  StateMachine: "state_machine",
};

/** Keys by which other tools' files with `steps:` are told from blueprints, at the top and in a step. */
const FOREIGN_FILE = [
  "apiVersion",
  "jobs",
  "kind",
  "on",
  "pipeline",
  "pool",
  "resources",
  "runs",
  "stages",
  "trigger",
];
const FOREIGN_STEP = [
  ..."args bash checkout command commands displayName entrypoint image label powershell pwsh run script task".split(
    " ",
  ),
];

/** A definition before it is known which pipeline it stands in. */
type Named = Omit<Found, "pipelines">;

/** Lexemes between two chances to pause. */
const PORTION = 100;
/** Larger ones are not written by hand, and would hold the thread for too long. */
const MAX_LENGTH = 200_000;

/** Whether a text is worth parsing. */
export function mayBeBlueprint(text: string): boolean {
  return text.length <= MAX_LENGTH && /^["']?steps["']?\s*:/m.test(text);
}

/** Finds the steps of a flujo blueprint. Empty for every other YAML file, and for what cannot be read. */
export function* blueprintDefinitions(text: string): Generator<void, Found[]> {
  if (!mayBeBlueprint(text)) return [];
  const document = yield* parse(text);
  if (!document) return [];
  const root = document.contents;
  if (!isMap(root) || !isBlueprint(root)) return [];
  const found: Named[] = [];
  const name = root.get("name", true);
  const pipeline = isScalar(name) ? definition("pipeline", name, root, name) : undefined;
  if (pipeline) found.push(pipeline);
  const seen = new Set<unknown>();
  const waiting: unknown[] = [root.get("steps", true)];
  while (waiting.length > 0) {
    const next = waiting.pop();
    const node = isAlias(next) ? next.resolve(document) : next;
    if (node === undefined || seen.has(node)) continue;
    seen.add(node);
    if (isSeq(node)) waiting.push(...node.items);
    else if (isMap(node)) readStep(node, found, waiting);
  }
  const pipelines = pipeline ? [pipeline.name] : [];
  return found.map((one) => ({ ...one, pipelines }));
}

/** As the library's own `parseDocument`, with pauses; only the last part, about a fifth of the work, has none. */
function* parse(text: string): Generator<void, Document.Parsed | undefined> {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let count = 0;
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    count += 1;
    if (count % PORTION === 0) yield;
  }
  tokens.push(...parser.end());
  yield;
  const composer = new Composer({ uniqueKeys: false, strict: false, logLevel: "silent" });
  for (const document of composer.compose(tokens, true, text.length)) return document;
  return undefined;
}

function readStep(step: YAMLMap, found: Named[], waiting: unknown[]): void {
  const name = step.get("name", true) ?? step.get("step", true);
  const kind = step.get("kind");
  if (isScalar(name)) {
    const one = definition(KINDS[String(kind ?? "step")] ?? "step", name, step, name);
    if (one) found.push(one);
  }
  waiting.push(step.get("fallback", true), step.get("wrapped_step", true), step.get("default_branch", true));
  waiting.push(...valuesOf(step.get("branches", true)), ...valuesOf(step.get("states", true)));
  for (const key of ["loop", "map", "router"]) {
    const inner = step.get(key, true);
    if (isMap(inner)) waiting.push(inner.get("body", true), ...valuesOf(inner.get("branches", true)));
  }
  // A body or a branch may be a list of steps, or hold one under this key.
  waiting.push(step.get("steps", true));
}

function valuesOf(node: unknown): unknown[] {
  return isMap(node) ? node.items.map((pair: Pair) => pair.value) : [];
}

function definition(
  kind: DefinitionKind,
  name: { value: unknown; range?: Node["range"] },
  whole: Node,
  at: Node,
): Named | undefined {
  const text = name.value;
  if (typeof text !== "string" || text.trim() === "" || text.includes("{{")) return undefined;
  if (!at.range || !whole.range) return undefined;
  return {
    name: text,
    kind,
    at: { from: at.range[0], to: at.range[1] },
    whole:
      kind === "pipeline"
        ? { from: at.range[0], to: at.range[1] }
        : { from: whole.range[0], to: whole.range[1] },
  };
}

/** flujo's own version says it; without one, nothing in the file may speak of another tool. */
function isBlueprint(root: YAMLMap): boolean {
  const steps = root.get("steps", true);
  if (!isSeq(steps)) return false;
  const version = root.get("version");
  if (version !== undefined) return /^0\.\d+$/.test(String(version));
  if (FOREIGN_FILE.some((key) => root.has(key))) return false;
  return steps.items.every(
    (step) =>
      !isMap(step) || ((step.has("name") || step.has("step")) && !FOREIGN_STEP.some((key) => step.has(key))),
  );
}
