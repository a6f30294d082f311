import type { State } from "../store/model.ts";
import { type Painter, type Palette, plain } from "./colour.ts";

const marks: Readonly<Record<State, string>> = {
  running: "●",
  completed: "✓",
  failed: "✗",
  paused: "⏸",
  cancelled: "⊘",
  unknown: "?",
};

/** One character for a state. */
export function markOf(state: State): string {
  return marks[state];
}

export function painterOf(state: State, palette: Palette): Painter {
  switch (state) {
    case "running":
      return palette.blue;
    case "completed":
      return palette.green;
    case "failed":
      return palette.red;
    case "paused":
      return palette.yellow;
    case "cancelled":
      return palette.dim;
    case "unknown":
      return plain;
  }
}
