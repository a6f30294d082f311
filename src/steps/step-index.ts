import type { Definition } from "./definition.ts";

export interface Place {
  /** As it was given to {@link StepIndex.set}. */
  readonly file: string;
  readonly definition: Definition;
}

/** Which step is defined where, over many files. */
export class StepIndex {
  private readonly byFile = new Map<string, readonly Definition[]>();
  private readonly byName = new Map<string, Set<string>>();

  /** Replaces what is known of a file. True when something is different now. */
  set(file: string, definitions: readonly Definition[]): boolean {
    const before = this.byFile.get(file) ?? [];
    if (before.length === 0 && definitions.length === 0) return false;
    for (const { name } of before) {
      const files = this.byName.get(name);
      files?.delete(file);
      if (files?.size === 0) this.byName.delete(name);
    }
    if (definitions.length === 0) this.byFile.delete(file);
    else this.byFile.set(file, definitions);
    for (const { name } of definitions) {
      const files = this.byName.get(name);
      if (files) files.add(file);
      else this.byName.set(name, new Set([file]));
    }
    return !same(before, definitions);
  }

  /** Files in which something is defined. */
  get files(): readonly string[] {
    return [...this.byFile.keys()];
  }

  in(file: string): readonly Definition[] {
    return this.byFile.get(file) ?? [];
  }

  /** Every place that defines a step of this name. */
  find(name: string): Place[] {
    return [...(this.byName.get(name) ?? [])].flatMap((file) =>
      this.in(file)
        .filter((definition) => definition.name === name && definition.kind !== "pipeline")
        .map((definition) => ({ file, definition })),
    );
  }
}

/** The innermost definition around an offset; undefined outside of all. */
export function definitionAt(definitions: readonly Definition[], offset: number): Definition | undefined {
  let best: Definition | undefined;
  for (const one of definitions) {
    const { from, to } = one.whole;
    if (offset < from || offset > to) continue;
    if (best === undefined || to - from < best.whole.to - best.whole.from) best = one;
  }
  return best;
}

function same(a: readonly Definition[], b: readonly Definition[]): boolean {
  return (
    a.length === b.length &&
    a.every((one, index) => {
      const other = b[index]!;
      return (
        one.name === other.name &&
        one.kind === other.kind &&
        one.at.from === other.at.from &&
        one.line === other.line &&
        one.pipelines.join("\n") === other.pipelines.join("\n")
      );
    })
  );
}
