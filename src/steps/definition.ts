/** What a step does, in the words of flujo's blueprints; `pipeline` is a name under which runs are recorded, no step. */
export type DefinitionKind =
  | "step"
  | "loop"
  | "map"
  | "parallel"
  | "conditional"
  | "router"
  | "hitl"
  | "cache"
  | "state_machine"
  | "pipeline";

/** A stretch of a file's text, in UTF-16 units from its start. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A place in a source file where a step or a pipeline gets its name. */
export interface Definition {
  readonly name: string;
  readonly kind: DefinitionKind;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units, as editors count. */
  readonly column: number;
  /** Where the name is written: the argument, or the name of the function or constructor that stands for it. */
  readonly at: Stretch;
  /** The whole construct: the call, the decorated function, the entry of a blueprint. */
  readonly whole: Stretch;
  /** Names of the pipelines that it surely stands in or, failing that, that its file names; none when the file names none. */
  readonly pipelines: readonly string[];
}

/** A definition before its line is counted. */
export type Found = Omit<Definition, "line" | "column">;

/** The definitions in order of their place, with lines and columns. */
export function placed(text: string, found: readonly Found[]): Definition[] {
  const sorted = [...found].sort((a, b) => a.at.from - b.at.from);
  const breaks = /\r\n|\r|\n/g;
  let line = 1;
  let start = 0;
  let next = breaks.exec(text);
  return sorted.map((one) => {
    while (next && breaks.lastIndex <= one.at.from) {
      line += 1;
      start = breaks.lastIndex;
      next = breaks.exec(text);
    }
    return { ...one, line, column: one.at.from - start + 1 };
  });
}
