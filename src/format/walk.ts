interface WithChildren<Node> {
  readonly children: readonly Node[];
}

/** Every node with its depth (0 at the top), parents before children, without recursion. */
export function* walk<Node extends WithChildren<Node>>(
  roots: readonly Node[],
): Generator<{ readonly node: Node; readonly depth: number }> {
  const levels = [{ nodes: roots, next: 0 }];
  while (levels.length > 0) {
    const level = levels[levels.length - 1]!;
    const node = level.nodes[level.next];
    if (node === undefined) {
      levels.pop();
      continue;
    }
    level.next += 1;
    yield { node, depth: levels.length - 1 };
    if (node.children.length > 0) levels.push({ nodes: node.children, next: 0 });
  }
}

/** Levels of the deepest node; 0 for an empty forest. */
export function levelsOf<Node extends WithChildren<Node>>(roots: readonly Node[]): number {
  let levels = 0;
  for (const { depth } of walk(roots)) levels = Math.max(levels, depth + 1);
  return levels;
}
