import type { SyntaxNode } from "@lezer/common";
import { parser } from "@lezer/python";
import type { DefinitionKind, Found, Stretch } from "./definition.ts";
import { literalText } from "./python-literal.ts";
import { stepsReachedFrom } from "./python-pipelines.ts";
import {
  type Arguments,
  type Binding,
  readArguments,
  recordBindings,
  Scope,
  scopeOf,
} from "./python-scopes.ts";

/** flujo's classes of steps. */
const CLASSES: Readonly<Record<string, DefinitionKind>> = {
  Step: "step",
  HumanInTheLoopStep: "hitl",
  LoopStep: "loop",
  MapStep: "map",
  ParallelStep: "parallel",
  ConditionalStep: "conditional",
  DynamicParallelRouterStep: "router",
  CacheStep: "cache",
  GranularStep: "step",
  TreeSearchStep: "step",
  ImportStep: "step",
  StateMachineStep: "state_machine",
};

/** Constructors that take the name first. */
const NAMED: Readonly<Record<string, DefinitionKind>> = {
  human_in_the_loop: "hitl",
  loop_until: "loop",
  refine_until: "loop",
  granular: "loop",
  branch_on: "conditional",
  parallel: "parallel",
  dynamic_parallel_branch: "router",
  map_over: "map",
  gather: "step",
};

/** Constructors that give every step of theirs the same name. */
const FIXED: Readonly<Record<string, string>> = {
  solution: "solution",
  review: "review",
  validate_step: "validate",
  validate: "validate",
};

const FROM_FUNCTION: ReadonlySet<string> = new Set(["from_callable", "from_mapper"]);
const DECORATORS: ReadonlySet<string> = new Set(["step", "adapter_step"]);
const FLUJO = /^flujo(?:\.|$)/;
/** Steps of the parser or nodes of the tree between two chances to pause. */
const PORTION = 50;
/** Nodes of a file's tree that are looked at for what its pipelines are built from. */
const MAX_REACHED = 500_000;
/** How often a name may stand for another name. */
const MAX_ALIASES = 8;

/** Whether a text is worth parsing; a cheap look that never misses a step. */
export function mayHavePythonSteps(text: string): boolean {
  return /\bflujo\b|Step\s*[[(.]|@\s*(?:adapter_)?step\b/.test(text);
}

/** A definition before it is known which pipelines it stands in. */
type Named = Omit<Found, "pipelines">;

interface Candidate {
  readonly node: SyntaxNode;
  readonly scope: Scope;
}

/** Finds the steps of a Python file, whatever state it is in. Pauses now and then, so that a caller may do other things. */
export function* pythonDefinitions(text: string): Generator<void, Found[]> {
  if (!mayHavePythonSteps(text)) return [];
  const parse = parser.startParse(text);
  let tree = parse.advance();
  for (let count = 1; !tree; count += 1) {
    if (count % PORTION === 0) yield;
    tree = parse.advance();
  }
  yield;
  const module = new Scope("module", undefined);
  const scopes = [module];
  const opened: boolean[] = [];
  const candidates: Candidate[] = [];
  const cursor = tree.cursor();
  for (let count = 1; ; count += 1) {
    if (count % PORTION === 0) yield;
    const scope = scopes.at(-1)!;
    const inner = scopeOf(cursor.name, scope);
    recordBindings(cursor.node, text, scope, inner);
    if (cursor.name === "CallExpression" || cursor.name === "DecoratedStatement")
      candidates.push({ node: cursor.node, scope });
    if (inner) scopes.push(inner);
    if (cursor.firstChild()) {
      opened.push(inner !== undefined);
      continue;
    }
    if (inner) scopes.pop();
    while (!cursor.nextSibling()) {
      if (!cursor.parent()) {
        yield;
        return yield* readCandidates(candidates, text);
      }
      if (opened.pop()) scopes.pop();
    }
  }
}

function* readCandidates(candidates: readonly Candidate[], text: string): Generator<void, Found[]> {
  const reader = new Reader(text);
  const found: { one: Named; from: Candidate }[] = [];
  for (const [index, from] of candidates.entries()) {
    if (index % PORTION === PORTION - 1) yield;
    const { node, scope } = from;
    const one = node.name === "CallExpression" ? reader.call(node, scope) : reader.decorated(node, scope);
    if (one !== undefined && one.name.trim() !== "") found.push({ one, from });
  }
  yield;
  const runners = found.filter(({ one }) => one.kind === "pipeline");
  const starts = new Set(found.flatMap(({ one }) => (one.kind === "pipeline" ? [] : [one.whole.from])));
  const budget = { nodes: MAX_REACHED };
  /** Pipelines by the offset where a step of theirs begins. */
  const pipelines = new Map<number, Set<string>>();
  for (const { one, from } of runners) {
    for (const start of (yield* stepsReachedFrom(from.node, from.scope, starts, text, budget)) ?? []) {
      const known = pipelines.get(start);
      if (known) known.add(one.name);
      else pipelines.set(start, new Set([one.name]));
    }
  }
  const all = [...new Set(runners.map(({ one }) => one.name))];
  return found.map(({ one }) => {
    if (one.kind === "pipeline") return { ...one, pipelines: [one.name] };
    const own = pipelines.get(one.whole.from);
    return { ...one, pipelines: own ? [...own] : all };
  });
}

/** Understands calls and decorators in the light of what the file's names stand for. */
class Reader {
  constructor(private readonly text: string) {}

  call(node: SyntaxNode, scope: Scope): Named | undefined {
    const callee = node.firstChild;
    const list = node.getChild("ArgList");
    if (!callee || !list) return undefined;
    const args = readArguments(list, this.text);
    const property = methodOf(callee);
    if (property) {
      const method = this.textOf(property);
      const owner = callee.firstChild!;
      if (method === "as_step") return this.named("step", node, args, 0, scope);
      if (this.isStepClass(owner, scope)) return this.constructed(method, node, property, args, scope);
    }
    const name = this.flujoName(callee, scope);
    if (name === undefined) return undefined;
    if (name === "Flujo") return this.named("pipeline", node, args, undefined, scope, "pipeline_name");
    if (DECORATORS.has(name))
      return args.positional.length > 0 ? this.ofFunction(node, args, undefined, scope) : undefined;
    const kind = CLASSES[name];
    return kind === undefined ? undefined : this.named(kind, node, args, 0, scope);
  }

  decorated(node: SyntaxNode, scope: Scope): Named | undefined {
    const name = node.getChild("FunctionDefinition")?.getChild("VariableName");
    if (!name) return undefined;
    for (const decorator of node.getChildren("Decorator")) {
      const list = decorator.getChild("ArgList");
      const names = decorator.getChildren("VariableName");
      if (!this.isDecorator(names, scope)) continue;
      const given = list ? readArguments(list, this.text).keywords.get("name") : undefined;
      if (given && !this.isNone(given)) return this.found("step", given, node, this.constant(given, scope));
      return this.found("step", name, node, this.textOf(name));
    }
    return undefined;
  }

  private constructed(
    method: string,
    node: SyntaxNode,
    property: SyntaxNode,
    args: Arguments,
    scope: Scope,
  ): Named | undefined {
    const fixed = own(FIXED, method);
    if (fixed !== undefined) return this.found("step", property, node, fixed);
    if (FROM_FUNCTION.has(method)) return this.ofFunction(node, args, 1, scope);
    const kind = own(NAMED, method);
    return kind === undefined ? undefined : this.named(kind, node, args, 0, scope);
  }

  /** A step that is called as its function unless a name is given. */
  private ofFunction(
    node: SyntaxNode,
    args: Arguments,
    position: number | undefined,
    scope: Scope,
  ): Named | undefined {
    const given =
      args.keywords.get("name") ?? (position === undefined ? undefined : args.positional[position]?.node);
    if (given && !this.isNone(given)) return this.found("step", given, node, this.constant(given, scope));
    const called =
      args.positional[0]?.node ??
      args.keywords.get("callable_") ??
      args.keywords.get("mapper") ??
      args.keywords.get("func");
    return called && this.found("step", called, node, this.functionName(called, scope));
  }

  private named(
    kind: DefinitionKind,
    node: SyntaxNode,
    args: Arguments,
    position: number | undefined,
    scope: Scope,
    keyword = "name",
  ): Named | undefined {
    const given =
      args.keywords.get(keyword) ?? (position === undefined ? undefined : args.positional[position]?.node);
    return given && this.found(kind, given, node, this.constant(given, scope));
  }

  private found(
    kind: DefinitionKind,
    at: Stretch,
    whole: Stretch,
    name: string | undefined,
  ): Named | undefined {
    if (name === undefined) return undefined;
    return { name, kind, at: { from: at.from, to: at.to }, whole: { from: whole.from, to: whole.to } };
  }

  private constant(node: SyntaxNode, scope: Scope, aliases = 0): string | undefined {
    const literal = literalText(node, this.text);
    if (literal !== undefined || aliases > MAX_ALIASES) return literal;
    const [binding, ...others] = this.bindingsOf(node, scope);
    // Bound twice, it depends on what ran before.
    if (binding?.kind !== "value" || others.length > 0) return undefined;
    return this.constant(binding.node, binding.scope, aliases + 1);
  }

  /** Bindings of a plain name, or of `Names.NAME` where `Names` is a class of the file without bases. */
  private bindingsOf(node: SyntaxNode, scope: Scope): readonly Binding[] {
    if (node.name === "VariableName") return scope.lookup(this.textOf(node));
    const property = methodOf(node);
    if (!property || node.firstChild!.name !== "VariableName") return [];
    const [owner, ...others] = scope.lookup(this.textOf(node.firstChild!));
    if (owner?.kind !== "class" || owner.bases.length > 0 || others.length > 0) return [];
    return owner.body.own(this.textOf(property));
  }

  /** `__name__` of what an expression stands for, when it surely is a function. */
  private functionName(node: SyntaxNode, scope: Scope): string | undefined {
    const property = methodOf(node);
    if (property) return this.textOf(property);
    if (node.name !== "VariableName") return undefined;
    const [binding, ...others] = scope.lookup(this.textOf(node));
    if (others.length > 0) return undefined;
    if (binding?.kind === "function") return this.textOf(node);
    return binding?.kind === "import" ? binding.name : undefined;
  }

  private isStepClass(node: SyntaxNode, scope: Scope): boolean {
    const name = this.flujoName(node, scope);
    return name !== undefined && own(CLASSES, name) !== undefined;
  }

  private isDecorator(names: readonly SyntaxNode[], scope: Scope): boolean {
    const [first] = names;
    const last = names.at(-1);
    if (!first || !last || !DECORATORS.has(names.length > 1 ? this.textOf(last) : "step")) return false;
    const known = this.flujoName(first, scope);
    if (known === undefined) return false;
    return names.length > 1 ? !own(CLASSES, known) : DECORATORS.has(known);
  }

  /** What flujo calls the thing that an expression stands for; undefined when it is not flujo's. */
  private flujoName(node: SyntaxNode, scope: Scope, aliases = 0): string | undefined {
    if (aliases > MAX_ALIASES) return undefined;
    if (node.name === "MemberExpression") {
      const owner = this.flujoName(node.firstChild!, scope, aliases + 1);
      const property = methodOf(node);
      // `Step[int, str]` is a Step.
      if (!property) return owner;
      return owner === undefined || own(CLASSES, owner) !== undefined ? undefined : this.textOf(property);
    }
    if (node.name !== "VariableName") return undefined;
    const name = this.textOf(node);
    const bindings = scope.lookup(name);
    // Bound by nobody, it comes from an import of everything.
    if (bindings.length === 0)
      return own(CLASSES, name) || DECORATORS.has(name) || name === "Flujo" ? name : undefined;
    for (const binding of bindings) {
      if (binding.kind === "import" && FLUJO.test(binding.module)) return binding.name ?? binding.module;
      if (
        binding.kind === "class" &&
        binding.bases.some((base) => this.isBase(base, binding.scope, name, aliases))
      )
        return "Step";
      if (binding.kind === "value" && binding.node.name !== "CallExpression" && bindings.length === 1) {
        return this.flujoName(binding.node, binding.scope, aliases + 1);
      }
    }
    return undefined;
  }

  private isBase(base: SyntaxNode, scope: Scope, name: string, aliases: number): boolean {
    if (this.textOf(base) === name) return false;
    const known = this.flujoName(base, scope, aliases + 1);
    return known !== undefined && own(CLASSES, known) !== undefined;
  }

  private isNone(node: SyntaxNode): boolean {
    return node.name === "None";
  }

  private textOf(node: SyntaxNode): string {
    return this.text.slice(node.from, node.to);
  }
}

/** The property of `owner.property`; undefined for anything else, subscripts included. */
function methodOf(node: SyntaxNode): SyntaxNode | undefined {
  return node.name === "MemberExpression" ? (node.getChild("PropertyName") ?? undefined) : undefined;
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
