import type { SyntaxNode } from "@lezer/common";

/** How a name comes to mean something in a scope. */
export type Binding =
  | { readonly kind: "value"; readonly node: SyntaxNode; readonly scope: Scope }
  /** `name` is undefined for a whole module. */
  | { readonly kind: "import"; readonly module: string; readonly name: string | undefined }
  | { readonly kind: "function"; readonly node: SyntaxNode; readonly body: Scope }
  | {
      readonly kind: "class";
      readonly bases: readonly SyntaxNode[];
      readonly scope: Scope;
      readonly body: Scope;
    }
  /** A parameter, a loop's variable, an unpacked or changed value: known only when the program runs. */
  | { readonly kind: "dynamic" };

/** Names of a module, a class, or a function (lambdas and comprehensions are functions, too). */
export class Scope {
  private readonly bindings = new Map<string, Binding[]>();
  private readonly elsewhere = new Map<string, Scope>();

  constructor(
    readonly kind: "module" | "class" | "function",
    readonly parent: Scope | undefined,
  ) {}

  bind(name: string, binding: Binding): void {
    const scope = this.elsewhere.get(name);
    if (scope !== undefined) {
      scope.bind(name, binding);
      return;
    }
    const known = this.bindings.get(name);
    if (known) known.push(binding);
    else this.bindings.set(name, [binding]);
  }

  /** What `global` and `nonlocal` do. */
  declare(name: string, how: "global" | "nonlocal"): void {
    let scope = this.parent;
    if (how === "global") while (scope?.parent) scope = scope.parent;
    if (scope) this.elsewhere.set(name, scope);
  }

  own(name: string): readonly Binding[] {
    return this.bindings.get(name) ?? [];
  }

  /** The bindings of a name as code in this scope sees it; empty when nothing in the file binds it. */
  lookup(name: string): readonly Binding[] {
    for (let scope: Scope | undefined = this; scope; scope = scope.parent) {
      // The names of a class are seen in its body, not in the functions inside.
      if (scope.kind === "class" && scope !== this) continue;
      const found = scope.bindings.get(name);
      if (found) return found;
    }
    return [];
  }
}

/** The scope that a node opens; undefined for most. */
export function scopeOf(name: string, parent: Scope): Scope | undefined {
  if (name === "ClassDefinition") return new Scope("class", parent);
  if (
    name === "FunctionDefinition" ||
    name === "LambdaExpression" ||
    name.endsWith("ComprehensionExpression")
  )
    return new Scope("function", parent);
  return undefined;
}

/** Records what a node binds. `inner` is the scope that the node itself opens. */
export function recordBindings(
  node: SyntaxNode,
  source: string,
  scope: Scope,
  inner: Scope | undefined,
): void {
  const textOf = (part: SyntaxNode) => source.slice(part.from, part.to);
  const dynamic = (target: SyntaxNode, where: Scope) => {
    for (const name of targetNames(target, source)) where.bind(name, { kind: "dynamic" });
  };
  switch (node.name) {
    case "ImportStatement":
      recordImport(node, textOf, scope);
      return;
    case "FunctionDefinition": {
      const name = node.getChild("VariableName");
      if (name && inner) scope.bind(textOf(name), { kind: "function", node, body: inner });
      return;
    }
    case "ClassDefinition": {
      const name = node.getChild("VariableName");
      const list = node.getChild("ArgList");
      const bases = list ? readArguments(list, source).positional.map(({ node: base }) => base) : [];
      if (name && inner) scope.bind(textOf(name), { kind: "class", bases, scope, body: inner });
      return;
    }
    case "ParamList":
      for (const name of node.getChildren("VariableName")) {
        // A default's names are not parameters.
        if (name.prevSibling?.name !== "AssignOp") scope.bind(textOf(name), { kind: "dynamic" });
      }
      return;
    case "AssignStatement":
      recordAssignment(node, source, scope);
      return;
    case "UpdateStatement":
    case "DeleteStatement":
      dynamic(node, scope);
      return;
    case "NamedExpression": {
      const name = node.getChild("VariableName");
      if (name) scope.bind(textOf(name), { kind: "dynamic" });
      return;
    }
    case "ScopeStatement": {
      const how = node.firstChild?.name === "nonlocal" ? "nonlocal" : "global";
      for (const name of node.getChildren("VariableName")) scope.declare(textOf(name), how);
      return;
    }
    case "for":
      for (let part = node.nextSibling; part && part.name !== "in"; part = part.nextSibling)
        dynamic(part, scope);
      return;
    case "as":
      if (node.parent?.name !== "ImportStatement" && node.nextSibling) dynamic(node.nextSibling, scope);
      return;
    case "CapturePattern":
      dynamic(node, scope);
      return;
  }
}

function recordImport(node: SyntaxNode, textOf: (part: SyntaxNode) => string, scope: Scope): void {
  let module: string | undefined;
  let path = "";
  let part = node.firstChild;
  if (part?.name === "from") {
    module = "";
    for (part = part.nextSibling; part && part.name !== "import"; part = part.nextSibling)
      module += textOf(part);
  }
  const bind = (alias?: string) => {
    if (path === "") return;
    if (module !== undefined) scope.bind(alias ?? path, { kind: "import", module, name: path });
    else if (alias !== undefined) scope.bind(alias, { kind: "import", module: path, name: undefined });
    else {
      const first = path.split(".", 1)[0]!;
      scope.bind(first, { kind: "import", module: first, name: undefined });
    }
  };
  let alias: string | undefined;
  for (part = part?.nextSibling ?? null; part; part = part.nextSibling) {
    if (part.name === "as") {
      part = part.nextSibling;
      if (!part) break;
      alias = textOf(part);
    } else if (part.name === ",") {
      bind(alias);
      path = "";
      alias = undefined;
    } else if (part.name === "VariableName" || part.name === ".") path += textOf(part);
  }
  bind(alias);
}

function recordAssignment(node: SyntaxNode, source: string, scope: Scope): void {
  const groups: SyntaxNode[][] = [[]];
  for (let part = node.firstChild; part; part = part.nextSibling) {
    if (part.name === "AssignOp") groups.push([]);
    else if (part.name !== "TypeDef" && part.name !== "Comment") groups.at(-1)!.push(part);
  }
  const value = groups.pop()!;
  for (const targets of groups) {
    const [target] = targets;
    if (targets.length === 1 && value.length === 1 && target!.name === "VariableName") {
      scope.bind(source.slice(target!.from, target!.to), { kind: "value", node: value[0]!, scope });
    } else {
      for (const one of targets)
        for (const name of targetNames(one, source)) scope.bind(name, { kind: "dynamic" });
    }
  }
}

/** The names that an assignment to `node` binds; `a.b` and `a[0]` bind none. */
function targetNames(node: SyntaxNode, source: string): string[] {
  const names: string[] = [];
  node.cursor().iterate((part) => {
    if (part.name === "MemberExpression") return false;
    if (part.name === "VariableName") names.push(source.slice(part.from, part.to));
    return undefined;
  });
  return names;
}

export interface Arguments {
  readonly positional: readonly { readonly node: SyntaxNode }[];
  readonly keywords: ReadonlyMap<string, SyntaxNode>;
}

/** Arguments as written. Positional ones end where one is unpacked, because the places after it are not known. */
export function readArguments(list: SyntaxNode, source: string): Arguments {
  const positional: { node: SyntaxNode }[] = [];
  const keywords = new Map<string, SyntaxNode>();
  let counted = true;
  let parts: SyntaxNode[] = [];
  const end = () => {
    const [first, second, third] = parts;
    if (first?.name === "*" || first?.name === "**") counted = counted && first.name === "**";
    else if (first?.name === "VariableName" && second?.name === "AssignOp") {
      if (third) keywords.set(source.slice(first.from, first.to), third);
    } else if (first && counted && !first.type.isError) positional.push({ node: first });
    parts = [];
  };
  for (let part = list.firstChild; part; part = part.nextSibling) {
    if (part.name === "(" || part.name === ")" || part.name === "Comment") continue;
    if (part.name === ",") end();
    else parts.push(part);
  }
  end();
  return { positional, keywords };
}
