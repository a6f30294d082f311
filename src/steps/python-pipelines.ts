import type { SyntaxNode } from "@lezer/common";
import type { Scope } from "./python-scopes.ts";

/** Nodes of the tree between two chances to pause. */
const PORTION = 200;

/**
 * The steps that a pipeline is built from, by the offsets where they begin: those in the runner's call, and in whatever the
 * names in it stand for, functions that build a pipeline included. Undefined when `budget` runs out of nodes.
 */
export function* stepsReachedFrom(
  call: SyntaxNode,
  scope: Scope,
  /** Where steps begin. */
  starts: ReadonlySet<number>,
  text: string,
  budget: { nodes: number },
): Generator<void, ReadonlySet<number> | undefined> {
  const reached = new Set<number>();
  const seen = new Set<number>();
  const waiting = [{ node: call, scope }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node } = next;
    if (seen.has(node.from)) continue;
    seen.add(node.from);
    if (starts.has(node.from)) reached.add(node.from);
    // What a step's function calls is no part of the pipeline.
    if (node.name === "DecoratedStatement" && starts.has(node.from)) continue;
    const cursor = node.cursor();
    while (cursor.next() && cursor.from < node.to) {
      budget.nodes -= 1;
      if (budget.nodes < 0) return undefined;
      if (budget.nodes % PORTION === 0) yield;
      if (starts.has(cursor.from)) reached.add(cursor.from);
      if (cursor.name !== "VariableName" || cursor.node.nextSibling?.name === "AssignOp") continue;
      for (const binding of next.scope.lookup(text.slice(cursor.from, cursor.to))) {
        if (binding.kind === "value") waiting.push(binding);
        else if (binding.kind === "function")
          waiting.push({ node: statementOf(binding.node), scope: binding.body });
      }
    }
  }
  return reached;
}

/** With its decorators. */
function statementOf(definition: SyntaxNode): SyntaxNode {
  const { parent } = definition;
  return parent?.name === "DecoratedStatement" ? parent : definition;
}
