import { html, type TemplateResult } from "lit";
import type { State } from "../src/protocol/messages.ts";
import { strings } from "./strings.ts";

const STATE_ICONS = {
  completed: "check",
  failed: "error",
  running: "sync",
  paused: "debug-pause",
  cancelled: "circle-slash",
  unknown: "question",
} as const satisfies Record<State, string>;

/** An icon of VS Code's set, silent for screen readers: what it means stands beside it. */
export function icon(name: string): TemplateResult {
  return html`<span class="codicon codicon-${name}" aria-hidden="true"></span>`;
}

/** The icon of a state, with the state's name for screen readers. */
export function stateIcon(state: State): TemplateResult {
  return html`<span class="codicon codicon-${STATE_ICONS[state]} state state-${state}" aria-hidden="true"></span
    ><span class="unseen">${strings.states[state]}</span>`;
}
